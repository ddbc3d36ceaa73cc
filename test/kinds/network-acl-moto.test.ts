/** Network ACLs against moto, an emulator by others; the SDK alone reads the result. */
import { DescribeNetworkAclsCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const environment = `
format: 1
project: lab
environment: test
region: ap-northeast-2
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
networkAcls:
  main:
    vpc: main
    subnets: [a]
    ingress:
      100: { action: allow, port: 443, source: 0.0.0.0/0 }
      200: { action: deny, protocol: all, source: 192.0.2.0/24 }
    egress:
      100: { action: allow, ports: 1024-65535, destination: 0.0.0.0/0 }
`;

describe.skipIf(!hasMoto)("network ACLs in moto", () => {
  let testbed: MotoTestbed;
  let client: EC2Client;
  beforeAll(async () => {
    testbed = await motoTestbed();
    client = new EC2Client(testbed.client);
  });
  afterAll(() => testbed.stop());

  async function apply(yaml: string): Promise<void> {
    const run = await planEnvironment(kinds, testbed, loadText(yaml), { goal: "agree" });
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished")
        expect(event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`)).toEqual([]);
  }

  const acl = async () => {
    const { NetworkAcls: all = [] } = await client.send(new DescribeNetworkAclsCommand({}));
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
    const ranges = new Map(Subnets.map(({ SubnetId, CidrBlock }) => [SubnetId, CidrBlock]));
    const ours = all.find(({ Tags = [] }) => Tags.some(({ Key, Value }) => Key === "infra:resource" && Value === "networkAcl/main"));
    return {
      entries: (ours?.Entries ?? [])
        .filter(({ RuleNumber }) => RuleNumber! < 32_767)
        .map((entry) =>
          [
            entry.RuleNumber,
            entry.Egress,
            entry.Protocol,
            entry.RuleAction,
            entry.CidrBlock,
            entry.PortRange?.From,
            entry.PortRange?.To,
          ].join(" "),
        )
        .sort(),
      subnets: (ours?.Associations ?? []).map(({ SubnetId }) => ranges.get(SubnetId)).sort(),
      byDefault: all
        .filter(({ IsDefault }) => IsDefault)
        .flatMap(({ Associations = [] }) => Associations.map(({ SubnetId }) => ranges.get(SubnetId))),
    };
  };

  it("are made as written, and agree", async () => {
    await apply(environment);
    expect(await acl()).toMatchObject({
      entries: ["100 false 6 allow 0.0.0.0/0 443 443", "100 true 6 allow 0.0.0.0/0 1024 65535", "200 false -1 deny 192.0.2.0/24  "],
      subnets: ["10.0.1.0/24"],
      byDefault: expect.arrayContaining(["10.0.2.0/24"]) as string[],
    });
    expect(stepsOf(await planEnvironment(kinds, testbed, loadText(environment), { goal: "agree" }))).toEqual([]);
  });

  it("are changed, and leave their subnets to the default one when they go", async () => {
    await apply(environment.replace("subnets: [a]", "subnets: [b]").replace("port: 443", "port: 8443"));
    expect(await acl()).toMatchObject({
      entries: expect.arrayContaining(["100 false 6 allow 0.0.0.0/0 8443 8443"]) as string[],
      subnets: ["10.0.2.0/24"],
    });
    await apply(environment.slice(0, environment.indexOf("networkAcls:")));
    expect(await acl()).toMatchObject({
      entries: [],
      subnets: [],
      byDefault: expect.arrayContaining(["10.0.1.0/24", "10.0.2.0/24"]) as string[],
    });
  });
});
