import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  type Address,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { elasticIp } from "../../src/kinds/elastic-ip/elastic-ip.ts";
import type { ElasticIp } from "../../src/kinds/elastic-ip/schema.ts";
import { identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await elasticIp.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => {
  ({ aws, ec2, clock } = await mockedEc2());
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [{ NetworkInterfaceId: "eni-nat", RequesterManaged: true }] });
});

const ours = [
  { Key: "infra:project", Value: "lab" },
  { Key: "infra:environment", Value: "dev" },
];
const free: Address = { AllocationId: "eipalloc-1", PublicIp: "203.0.113.5", NetworkBorderGroup: "eu-west-1", Tags: ours };
const on = (InstanceId: string): Address => ({ ...free, AssociationId: "eipassoc-1", InstanceId, NetworkInterfaceId: "eni-1" });
const onNat: Address = { ...free, AssociationId: "eipassoc-1", InstanceId: "", NetworkInterfaceId: "eni-nat" };

function shows(address?: Address) {
  ec2.on(DescribeAddressesCommand).resolves({ Addresses: address ? [address] : [] });
}

function holderHas(Tags: { Key: string; Value: string }[], state: "running" | "terminated" = "running") {
  ec2
    .on(DescribeInstancesCommand)
    .callsFake((input) => ({ Reservations: [{ Instances: [{ InstanceId: input.Filters[0].Values[0], Tags, State: { Name: state } }] }] }));
}

async function get() {
  return (await driver.get(aws, ["eipalloc-1"], scope)).get("eipalloc-1")!;
}

async function put(instance: string | undefined) {
  const live = await get();
  ec2.resetHistory();
  await driver.update!(aws, "association", live, (instance === undefined ? {} : { instance }) as ElasticIp, {}, runOf(clock, get));
  return sent(ec2);
}

describe("reading", () => {
  it.each([
    ["nothing", free, undefined, undefined],
    ["a machine", on("i-1"), "i-1", "eni-1"],
    ["a NAT gateway", onNat, undefined, "eni-nat"],
  ])("on %s", async (_what, address, instance, networkInterface) => {
    shows(address);
    const live = await get();
    expect(live.spec).toEqual({ instance, networkInterface, privateIpAddress: undefined, networkBorderGroup: "eu-west-1" });
    expect(live.aliases).toEqual(["203.0.113.5"]);
  });
});

it("is taken once, with its tags: a lost answer is for the engine to resolve", async () => {
  ec2.on(AllocateAddressCommand).rejects(refusal("InternalError"));
  await expect(driver.create(aws, {}, identity())).rejects.toMatchObject({ class: "ambiguous" });
  expect(sent(ec2)).toEqual([
    { name: "AllocateAddress", input: { Domain: "vpc", TagSpecifications: [{ ResourceType: "elastic-ip", Tags: ours }] } },
  ]);
});

describe("associating", () => {
  beforeEach(() => {
    ec2.on(AssociateAddressCommand).resolves({});
    ec2.on(DisassociateAddressCommand).resolves({});
  });

  it("never lets AWS take the address from its holder", async () => {
    shows(free);
    expect(await put("i-2")).toEqual([
      { name: "AssociateAddress", input: { AllocationId: "eipalloc-1", InstanceId: "i-2", AllowReassociation: false } },
    ]);
  });

  it("moves it from one machine of the environment to another", async () => {
    shows(on("i-1"));
    holderHas(ours);
    expect((await put("i-2")).map(({ name }) => name)).toEqual(["DescribeInstances", "DisassociateAddress", "AssociateAddress"]);
  });

  it("moves it from a machine that is going", async () => {
    shows(on("i-1"));
    holderHas([], "terminated");
    ec2.on(DisassociateAddressCommand).rejects(refusal("InvalidAssociationID.NotFound"));
    expect((await put("i-2")).map(({ name }) => name)).toEqual(["DescribeInstances", "DisassociateAddress", "AssociateAddress"]);
  });

  it.each([
    ["a foreign machine", on("i-9"), [], "is associated with instance i-9, which is not in this environment"],
    [
      "another environment's machine",
      on("i-9"),
      [ours[0]!, { Key: "infra:environment", Value: "prod" }],
      "is associated with instance i-9",
    ],
    [
      "a group's machine with our tags",
      on("i-9"),
      [...ours, { Key: "aws:autoscaling:groupName", Value: "web" }],
      "is associated with instance i-9",
    ],
    ["a NAT gateway", onNat, ours, "is associated with network interface eni-nat"],
  ])("leaves it with %s", async (_what, address, tags, text) => {
    shows(address);
    holderHas(tags);
    await expect(put("i-2")).rejects.toThrow(text);
    expect(sent(ec2).filter(({ name }) => !name.startsWith("Describe"))).toEqual([]);
  });

  it("takes a conflict for success only when the very pair is there", async () => {
    shows(free);
    ec2.on(AssociateAddressCommand).callsFake(() => {
      shows(on("i-2"));
      throw refusal("Resource.AlreadyAssociated");
    });
    await put("i-2");
    shows(free);
    ec2.on(AssociateAddressCommand).callsFake(() => {
      shows(on("i-9"));
      throw refusal("Resource.AlreadyAssociated");
    });
    await expect(put("i-2")).rejects.toThrow("203.0.113.5 is associated with instance i-9; disassociate it there first");
  });

  it("tells that the machine is not running yet", async () => {
    shows(free);
    ec2.on(AssociateAddressCommand).rejects(refusal("IncorrectInstanceState"));
    await expect(put("i-2")).rejects.toMatchObject({ class: "wrong-state" });
  });

  it("does nothing when it is there, and nothing when no machine is wanted", async () => {
    shows(on("i-1"));
    expect(await put("i-1")).toEqual([]);
    expect(await put(undefined)).toEqual([]);
  });
});

describe("releasing", () => {
  const release = async () => {
    const live = await get();
    ec2.resetHistory();
    await driver.delete(aws, live, runOf(clock, get));
    return sent(ec2);
  };

  it("takes it off our machine first", async () => {
    shows(on("i-1"));
    holderHas(ours);
    ec2.on(DisassociateAddressCommand).resolves({});
    ec2.on(ReleaseAddressCommand).resolves({});
    expect((await release()).map(({ name }) => name)).toEqual(["DescribeInstances", "DisassociateAddress", "ReleaseAddress"]);
  });

  it("leaves it to a foreign machine", async () => {
    shows(on("i-9"));
    holderHas([]);
    await expect(release()).rejects.toThrow("which is not in this environment");
  });

  it("reports the use by a NAT gateway as such, whatever AWS calls it", async () => {
    shows(onNat);
    ec2.on(ReleaseAddressCommand).rejects(refusal("AuthFailure", "You do not have permission to access the specified resource."));
    await expect(release()).rejects.toMatchObject({ class: "dependency" });
    expect(await driver.blockers!(aws, [await get()])).toEqual(
      new Map([["eipalloc-1", [{ id: "eni-nat", what: "network interface eni-nat" }]]]),
    );
  });

  it("believes that it is gone only when no list has it", async () => {
    ec2.on(ReleaseAddressCommand).rejects(refusal("InvalidAddress.NotFound"));
    shows(free);
    await expect(release()).rejects.toMatchObject({ code: "InvalidAddress.NotFound" });
    const live = await get();
    shows();
    await driver.delete(aws, live, runOf(clock, get));
  });

  it("names the border group where it is not the region's own", async () => {
    ec2.on(ReleaseAddressCommand).resolves({});
    shows(free);
    expect((await release())[0]!.input).toEqual({ AllocationId: "eipalloc-1" });
    shows({ ...free, NetworkBorderGroup: "us-east-1-bos-1" });
    expect((await release())[0]!.input).toEqual({ AllocationId: "eipalloc-1", NetworkBorderGroup: "us-east-1-bos-1" });
  });
});

describe("checking and order", () => {
  const around: Declared[] = [
    { address: "vpc/a", spec: {} },
    { address: "vpc/b", spec: {} },
    { address: "internetGateway/a", spec: { vpc: "vpc/a" } },
    { address: "subnet/a", spec: { vpc: "vpc/a" } },
    { address: "subnet/b", spec: { vpc: "vpc/b" } },
    { address: "instance/a", spec: { subnet: "subnet/a" } },
    { address: "instance/b", spec: { subnet: "subnet/b" } },
  ];

  it("comes after the internet gateway of its machine's VPC", () => {
    const index = resourceIndexOf(
      ...around,
      { address: "elasticIp/x", spec: { instance: "instance/a" } },
      { address: "elasticIp/y", spec: {} },
    );
    expect(elasticIp.after!(index.subject("elasticIp/x"), index)).toEqual(["internetGateway/a"]);
    expect(elasticIp.after!(index.subject("elasticIp/y"), index)).toEqual([]);
  });

  it.each([
    [[{ instance: "instance/a" }, {}], []],
    [[{ instance: "instance/a" }, { instance: "instance/a" }], ["1 conflict instance"]],
    [[{ instance: "instance/b" }], ["0 no-gateway instance"]],
    [[{ instance: "i-0shared" }], []],
    [[{}, {}, {}, {}, {}, {}], ["5 quota undefined"]],
  ])("%j: %j", (specs, problems) => {
    const index = resourceIndexOf(...around, ...specs.map((spec, i) => ({ address: `elasticIp/${i}`, spec })));
    expect(
      index.of("elasticIp").flatMap((one) => elasticIp.check!(one, index).map(({ code, path }) => `${one.name} ${code} ${path}`)),
    ).toEqual(problems);
  });
});
