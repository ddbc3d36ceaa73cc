import { DescribeInstancesCommand, type Instance as AwsInstance } from "@aws-sdk/client-ec2";
import { beforeEach } from "vitest";
import { instance } from "../../src/kinds/instance/instance.ts";
import type { Instance } from "../../src/kinds/instance/schema.ts";
import type { Handle } from "../../src/kinds/instance/live.ts";
import type { Changes, Live, Scope } from "../../src/kinds/kind.ts";
import { changesOf, diff } from "../../src/plan/diff.ts";
import { all, mockedEc2, runOf, scope, sent, type MockedEc2 } from "./mocked-ec2.ts";

export const driver = await instance.load();

/** The shortest spec of an instance. */
export const base: Instance = { image: "ami-0123456789abcdef0", instanceType: "t3.micro", subnet: "subnet-1" };

/** The instance that `base` makes, as DescribeInstances returns it. */
export const seen = (more: Partial<AwsInstance> = {}): AwsInstance => ({
  InstanceId: "i-1",
  ImageId: "ami-0123456789abcdef0",
  InstanceType: "t3.micro",
  SubnetId: "subnet-1",
  VpcId: "vpc-1",
  State: { Name: "running" },
  ClientToken: "t0k3n",
  PrivateIpAddress: "10.0.1.9",
  SourceDestCheck: true,
  RootDeviceName: "/dev/xvda",
  LaunchTime: new Date(Date.UTC(2026, 0, 1)),
  BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeId: "vol-root", DeleteOnTermination: true } }],
  NetworkInterfaces: [
    {
      NetworkInterfaceId: "eni-1",
      Groups: [{ GroupId: "sg-1" }],
      SourceDestCheck: true,
      Attachment: { DeviceIndex: 0, AttachTime: new Date(Date.UTC(2025, 11, 1)) },
    },
  ],
  Tags: Object.entries({ "infra:project": "lab", "infra:environment": "dev", "infra:resource": "instance/web" }).map(([Key, Value]) => ({
    Key,
    Value,
  })),
  ...more,
});

/** The tags of the instance and more. */
export const tagged = (tags: Record<string, string>) => [...seen().Tags!, ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))];

/** One instance behind a mocked EC2, new for each test of the file. */
export function machineTestbed() {
  const mocked = {} as MockedEc2;
  beforeEach(async () => {
    Object.assign(mocked, await mockedEc2());
  });

  const asking = (...fields: string[]): Scope => ({
    ...scope,
    asks: (address, field) => address === "instance/web" && fields.includes(field),
  });
  const answer = (one: Partial<AwsInstance> = {}) =>
    mocked.ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ OwnerId: "123456789012", Instances: [seen(one)] }] });

  /** The instance as a plan reads it for a YAML with these fields. */
  async function listed(one: Partial<AwsInstance>, ...fields: string[]): Promise<Live<Instance, Handle>> {
    answer(one);
    return (await all(driver.list(mocked.aws, asking(...fields))))[0]!;
  }

  /** The differences that the real diff finds: changes for the driver, and the cost of each. */
  function planned(
    live: Live,
    spec: Partial<Instance>,
    resolved: Partial<Instance> = {},
  ): { request: Instance; changes: Changes<Instance>; impacts: string[] } {
    const request = { ...base, ...spec };
    const declared = { spec: request, ignoreChanges: [] };
    const found = diff(instance, declared, live, { ...request, ...resolved });
    const changes = {
      ...changesOf(instance, found, "create", declared, live),
      ...changesOf(instance, found, "settings", declared, live),
    } as Changes<Instance>;
    return {
      request,
      changes,
      impacts: [...found.deltas.map(({ path, impact }) => `${path} ${impact}`), ...found.refused.map(({ path }) => `${path} refused`)],
    };
  }

  /** Applies the difference between an instance and a spec. Afterwards the mock holds only the calls of this change. */
  async function apply(live: Live<Instance, Handle>, spec: Partial<Instance>, resolved: Partial<Instance> = {}) {
    const { request, changes } = planned(live, spec, resolved);
    const run = runOf<Instance, Handle>(mocked.clock, async () => (await driver.get(mocked.aws, ["i-1"], scope)).get("i-1"));
    mocked.ec2.resetHistory();
    await driver.update!(mocked.aws, "create", live, request, changes, run);
    return run;
  }

  /** The calls that are not reads. */
  const writes = () => sent(mocked.ec2).filter(({ name }) => !name.startsWith("Describe"));
  const written = () => writes().map(({ name, input }) => [name, input]);
  return { mocked, asking, answer, listed, planned, apply, writes, written };
}
