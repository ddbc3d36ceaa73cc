/** Objects of another environment, named by that environment and the address there. */
import { describe, expect, it, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { folderWith } from "../config/write-files.ts";
import { header, openTestbed } from "../support/testbed.ts";

const network = `${header.replace("environment: test", "environment: network")}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
const user = (where: string) => `${header}subnets: { a: { vpc: ${where}, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n`;

it("is found by its ownership tags, and is an error where it does not exist", async () => {
  const index = openTestbed();
  const text = user("{ environment: network, address: vpc/main }");
  const before = await index.plan(text);
  expect(before.diagnostics.map(({ code }) => code)).toEqual(["lookup-failed"]);
  expect(before.plan.steps).toEqual([]);
  const made = await index.apply(network);
  const id = made.events.flatMap((event) => (event.type === "step-done" && event.step.address === "vpc/main" ? (event.id ?? []) : []))[0];
  const { plan } = await index.plan(text);
  expect(plan.steps.map(({ address }) => address)).toEqual(["subnet/a"]);
  expect(Object.values(plan.lookups)).toEqual([id]);
  await index.apply(text);
  expect((await index.plan(text)).plan.steps).toEqual([]);
});

describe("all objects that are repeated there", () => {
  const zones = (names: string) => `${network}subnets:
  public: { forEach: ${names}, vpc: main, availabilityZone: "\${each.key}", cidrBlock: "\${cidr.subnet(vpc.main.cidrBlock, 8, each.value)}" }
`;
  const group = (subnets: string) => `${header}dbSubnetGroups: { data: { description: Data, subnets: ${subnets} } }\n`;

  it.each(['{ environment: network, address: "subnet/public[*]" }', '[{ environment: network, address: "subnet/public[*]" }]'])(
    "stands in a list, written as %s",
    async (written) => {
      const index = openTestbed();
      const missing = await index.plan(group(written));
      expect(missing.diagnostics).toMatchObject([{ code: "lookup-failed", summary: expect.stringContaining("no subnet has these tags") }]);
      await index.apply(zones("{ c: 2, a: 0 }"));
      const { plan } = await index.plan(group(written));
      expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["create dbSubnetGroup/data"]);
      expect(Object.values(plan.lookups)[0]!.split(", ")).toHaveLength(2);
      await index.apply(group(written));
      expect((await index.plan(group(written))).plan.steps).toEqual([]);
      await index.apply(zones("{ c: 2, a: 0, b: 1 }"));
      expect((await index.plan(group(written))).plan.steps).toMatchObject([{ action: "update", address: "dbSubnetGroup/data" }]);
    },
  );
});

it("is counted by no check before it is looked up: a load balancer that names all of them is not one in one zone", () => {
  const lb = '{ scheme: internal, subnets: { environment: network, address: "subnet/public[*]" }, securityGroups: [g] }';
  const text = `${header}securityGroups: { g: { vpc: { environment: network, address: vpc/main } } }\nloadBalancers: { lb: ${lb} }\n`;
  expect(
    openTestbed()
      .load(text)
      .nodes.map(({ address }) => address),
  ).toContain("loadBalancer/lb");
});

it("is found in another region, which is only read", async () => {
  const testbed = openTestbed();
  const there = { account: "123456789012", region: "eu-central-1" };
  const Tags = Object.entries({ project: "lab", environment: "network", resource: "vpc/main" }).map(([Key, Value]) => ({
    Key: `infra:${Key}`,
    Value,
  }));
  const made = (await testbed.sandbox.call({
    ...there,
    service: "ec2",
    operation: "CreateVpc",
    input: { CidrBlock: "10.9.0.0/16", TagSpecifications: [{ ResourceType: "vpc", Tags }] },
  })) as { Vpc: { VpcId: string } };
  const peering = (region: string) =>
    `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
vpcPeerings: { far: { vpc: main, peerRegion: eu-central-1, peerVpc: { environment: network, address: vpc/main${region} } } }
`;
  const run = await testbed.plan(peering(", region: eu-central-1"));
  expect(Object.values(run.plan.lookups)).toEqual([made.Vpc.VpcId]);
  expect(run.plan.steps.map(({ address }) => address)).toContain("vpcPeering/far");
  expect((await testbed.plan(peering(""))).diagnostics).toMatchObject([{ code: "lookup-failed" }]);
  const ec2 = await import("@aws-sdk/client-ec2");
  await expect(run.connection.aws.elsewhere("eu-central-1").ec2(new ec2.DeleteVpcCommand({ VpcId: made.Vpc.VpcId }))).rejects.toThrow(
    "infra writes nothing outside the environment's region",
  );
});

describe("it is refused", () => {
  test.each<[string, string, string, string]>([
    ["without its address", "{ environment: network }", "missing-field", "needs both `environment` and `address`"],
    ["beside an id", "{ environment: network, address: vpc/main, id: vpc-0a1b2c3d }", "conflict", "can be combined only with"],
    ["of another kind", "{ environment: network, address: subnet/a }", "wrong-kind", "subnet/a of network is a subnet"],
    [
      "in another region",
      "{ environment: network, address: vpc/main, region: us-east-1 }",
      "conflict",
      "takes only objects of the environment's own region, not of us-east-1",
    ],
    ["of no kind", "{ environment: network, address: thing/a }", "bad-address", '"thing/a" is not an address'],
    [
      "as several, where one fits",
      '{ environment: network, address: "vpc/all[*]" }',
      "counted-ref",
      "means several objects, but this field takes one",
    ],
  ])("%s", (_what, where, code, summary) => {
    const cwd = folderWith({ "test.yaml": user(where) });
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
    expect(diagnostics.map((one) => [one.code, one.summary])).toEqual([[code, expect.stringContaining(summary)]]);
  });
});
