/**
 * DHCP options and flow logs against moto, an emulator by others; the SDK alone reads the result. Only the sandbox has what moto lacks:
 * which options set AWS made, a set that VPCs keep, and AWS's own change of a bucket policy for flow logs.
 */
import { DescribeDhcpOptionsCommand, DescribeFlowLogsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
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
  main: { cidrBlock: 10.0.0.0/16, dhcpOptions: corp }
dhcpOptions:
  corp: { domainName: corp.example.com, domainNameServers: [10.0.0.5, AmazonProvidedDNS], netbiosNodeType: 2 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
logGroups:
  flow: { retention: 7 }
iamRoles:
  flow: { trust: vpc-flow-logs.amazonaws.com }
flowLogs:
  refused: { of: vpc/main, traffic: REJECT, to: logGroup/flow, role: flow, interval: 60 }
  a: { of: subnet/a, to: logGroup/flow, role: flow, format: [version, vpc-id, srcaddr, dstaddr, action] }
`;

describe.skipIf(!hasMoto)("the rest of a network in moto", () => {
  let testbed: MotoTestbed;
  let client: EC2Client;
  beforeAll(async () => {
    testbed = await motoTestbed();
    client = new EC2Client(testbed.client);
  });
  afterAll(() => testbed.stop());

  it("is made as written, and agrees", async () => {
    const run = await planEnvironment(kinds, testbed, loadText(environment), { goal: "agree" });
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished")
        expect(event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`)).toEqual([]);

    const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
    const main = Vpcs.find(({ CidrBlock }) => CidrBlock === "10.0.0.0/16")!;
    const { DhcpOptions = [] } = await client.send(new DescribeDhcpOptionsCommand({}));
    const set = DhcpOptions.find(({ DhcpOptionsId }) => DhcpOptionsId === main.DhcpOptionsId)!;
    expect(Object.fromEntries(set.DhcpConfigurations!.map(({ Key, Values }) => [Key, Values!.map(({ Value }) => Value)]))).toEqual({
      "domain-name": ["corp.example.com"],
      "domain-name-servers": ["10.0.0.5", "AmazonProvidedDNS"],
      "netbios-node-type": ["2"],
    });
    const { FlowLogs = [] } = await client.send(new DescribeFlowLogsCommand({}));
    const logs = FlowLogs.map((one) => [one.TrafficType, one.ResourceId!.split("-")[0], one.MaxAggregationInterval, one.LogFormat]);
    expect(logs.sort()).toEqual([
      ["ALL", "subnet", 600, "${version} ${vpc-id} ${srcaddr} ${dstaddr} ${action}"],
      ["REJECT", "vpc", 60, expect.stringMatching(/^\$\{version\} \$\{account-id\}/)],
    ]);
    expect(stepsOf(await planEnvironment(kinds, testbed, loadText(environment), { goal: "agree" }))).toEqual([]);
  });
});
