import { CreateVpcEndpointCommand, DeleteVpcEndpointsCommand, DescribeVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { canonicalPolicy, fullAccess } from "../../src/kinds/vpc-endpoint/policy.ts";
import { fullName, regionIn, shortName } from "../../src/kinds/vpc-endpoint/service.ts";
import { vpcEndpoint } from "../../src/kinds/vpc-endpoint/vpc-endpoint.ts";
import type { VpcEndpoint } from "../../src/kinds/vpc-endpoint/schema.ts";
import { identity, mockedEc2, refusal, resourceIndexOf, runOf, scope, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await vpcEndpoint.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

describe("a policy", () => {
  const statement = (more: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: "*", Resource: "*", ...more } });

  it.each<[string, string, string]>([
    ["one action and a list of one", statement({ Action: "s3:Get*" }), statement({ Action: ["s3:Get*"] })],
    ["the order of actions", statement({ Action: ["b", "a"] }), statement({ Action: ["a", "b", "a"] })],
    ["everybody in both forms", statement({ Principal: { AWS: "*" } }), statement({ Principal: "*" })],
    [
      "one statement and a list of one",
      statement({}),
      JSON.stringify({ Statement: [JSON.parse(statement({})).Statement], Version: "2012-10-17" }),
    ],
    [
      "AWS's default in its own form",
      fullAccess,
      '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    ],
  ])("means the same: %s", (_what, a, b) => {
    expect(canonicalPolicy(a)).toBe(canonicalPolicy(b));
    expect(canonicalPolicy(canonicalPolicy(a))).toBe(canonicalPolicy(a));
  });

  it.each<[string, string, string]>([
    ["another action", statement({ Action: "a" }), statement({ Action: "b" })],
    ["another effect", statement({}), statement({ Effect: "Deny" })],
    ["the order inside a condition's text", statement({ Condition: { StringEquals: { a: "b" } } }), statement({})],
    ["a version with variables", statement({}), statement({}).replace("2012", "2008")],
  ])("means something else: %s", (_what, a, b) => expect(canonicalPolicy(a)).not.toBe(canonicalPolicy(b)));

  it("that is none stays as it is", () => expect(canonicalPolicy("{")).toBe("{"));
});

it.each<[short: string, full: string, region: string | undefined]>([
  ["s3", "com.amazonaws.eu-west-1.s3", "eu-west-1"],
  ["ecr.api", "com.amazonaws.eu-west-1.ecr.api", "eu-west-1"],
  ["vpce-svc-0a", "com.amazonaws.vpce.eu-west-1.vpce-svc-0a", "eu-west-1"],
  ["com.amazonaws.s3-global.accesspoint", "com.amazonaws.s3-global.accesspoint", undefined],
  ["aws.sagemaker.eu-west-1.notebook", "aws.sagemaker.eu-west-1.notebook", undefined],
  ["cn.com.amazonaws.cn-north-1.ec2", "cn.com.amazonaws.cn-north-1.ec2", undefined],
])("%s is %s", (short, full, region) => {
  expect(shortName(full)).toBe(short);
  expect(fullName(short, "eu-west-1")).toBe(full);
  expect(regionIn(full)).toBe(region);
});

describe("the driver", () => {
  const request: VpcEndpoint = { vpc: "vpc-1", service: "ssm", type: "Interface", subnets: ["s-1"], securityGroups: ["sg-1"] };
  const conflict = refusal(
    "InvalidParameter",
    "private-dns-enabled cannot be set because there is already a conflicting DNS domain for ssm in the VPC vpc-1",
  );
  const answer = { VpcEndpoint: { VpcEndpointId: "vpce-1" } };

  it("sends private names unless the file says otherwise, and asks again while a deleted endpoint's names stay", async () => {
    ec2.on(CreateVpcEndpointCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolves(answer);
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [{ PrivateDnsEnabled: true, State: "deleting" as never }] });
    expect(await driver.create(aws, request, identity())).toBe("vpce-1");
    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
    const { input } = ec2.commandCalls(CreateVpcEndpointCommand)[0]!.args[0];
    expect(input).toMatchObject({ ServiceName: "com.amazonaws.eu-west-1.ssm", PrivateDnsEnabled: true, ClientToken: "t0k3n" });
    expect(input).not.toHaveProperty("PolicyDocument");
  });

  it("does not wait for an endpoint that stays", async () => {
    ec2.on(CreateVpcEndpointCommand).rejects(conflict);
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [{ PrivateDnsEnabled: true, State: "available" as never }] });
    await expect(driver.create(aws, request, identity())).rejects.toThrow("conflicting DNS domain");
    expect(ec2.commandCalls(CreateVpcEndpointCommand)).toHaveLength(1);
  });

  it.each<[state: string, told: unknown]>([
    ["available", "ready"],
    ["Available", "ready"],
    ["pendingAcceptance", "ready"],
    ["pending", "pending"],
    ["deleting", "deleting"],
    ["Deleted", "dead"],
    ["rejected", { failed: 'AWS says "rejected"' }],
  ])("takes the state %s for %j", async (State, told) => {
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolves({ VpcEndpoints: [{ VpcEndpointId: "vpce-1", VpcId: "vpc-1", ServiceName: "x", State: State as never }] });
    expect((await driver.get(aws, ["vpce-1"], scope)).get("vpce-1")!.state).toEqual(told);
  });

  it.each([
    ["InvalidVpcEndpointId.NotFound", undefined],
    ["OperationNotPermitted", "AWS refused to delete vpce-1: OperationNotPermitted: why"],
  ])("finds the failure %s in a success", async (Code, message) => {
    ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [{ ResourceId: "vpce-1", Error: { Code, Message: "why" } }] });
    const live = { id: "vpce-1", aliases: [], tags: {}, spec: {}, handle: null, state: "ready" as const };
    const deleted = driver.delete(aws, live, runOf(clock, async () => undefined) as never);
    if (message === undefined) await expect(deleted).resolves.toBeUndefined();
    else await expect(deleted).rejects.toThrow(message);
  });
});

describe("checking", () => {
  const of = (address: string, spec: object): Declared => ({ address, spec });
  const around = [
    of("vpc/main", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true }),
    of("vpc/plain", { cidrBlock: "10.1.0.0/16" }),
    of("subnet/a", { vpc: "vpc/main", availabilityZone: "eu-west-1a" }),
    of("subnet/a2", { vpc: "vpc/main", availabilityZone: "eu-west-1a" }),
    of("subnet/p", { vpc: "vpc/plain", availabilityZone: "eu-west-1b" }),
    of("routeTable/p", { vpc: "vpc/plain" }),
    of("securityGroup/g", { vpc: "vpc/main" }),
  ];
  const gateway = { vpc: "vpc/main", service: "s3" };
  const own = { vpc: "vpc/main", service: "ssm", type: "Interface", subnets: ["subnet/a"], securityGroups: ["securityGroup/g"] };

  it.each<[string, object, string[]]>([
    ["a gateway endpoint", gateway, []],
    ["an interface endpoint", own, []],
    ["a service of another region", { ...gateway, service: "com.amazonaws.us-east-1.s3" }, ["bad-value service"]],
    ["a gateway endpoint to a service that has none", { ...gateway, service: "ssm" }, ["bad-value service"]],
    ["AAAA records without IPv6 addresses", { ...own, dnsRecordIpType: "ipv6" }, ["conflict dnsRecordIpType"]],
    ["the service's records without IPv6 addresses", { ...own, dnsRecordIpType: "service-defined" }, ["conflict dnsRecordIpType"]],
    ["A records of IPv4 addresses", { ...own, dnsRecordIpType: "ipv4" }, []],
    ["the service's records of a gateway endpoint", { ...gateway, dnsRecordIpType: "service-defined" }, []],
    ["subnets of a gateway endpoint", { ...gateway, subnets: ["subnet/a"] }, ["conflict subnets"]],
    ["tables of an interface endpoint", { ...own, routeTables: ["routeTable/p"] }, ["conflict routeTables", "other-vpc routeTables[0]"]],
    [
      "an interface endpoint without anything",
      { vpc: "vpc/main", service: "ssm", type: "Interface" },
      ["missing-field undefined", "missing-field undefined"],
    ],
    ["two subnets of a zone", { ...own, subnets: ["subnet/a", "subnet/a2"] }, ["bad-value subnets[1]"]],
    ["a subnet of another VPC", { ...own, subnets: ["subnet/p"] }, ["other-vpc subnets[0]"]],
    [
      "private names where the VPC has none",
      { ...own, vpc: "vpc/plain", subnets: ["subnet/p"], securityGroups: ["sg-1"] },
      ["conflict service"],
    ],
    ["a policy that is none", { ...gateway, policy: "[]" }, ["bad-value policy"]],
    ["a policy that is too long", { ...gateway, policy: JSON.stringify({ Statement: ["x".repeat(20_480)] }) }, ["bad-value policy"]],
    ["a balancer's endpoint to AWS", { ...gateway, type: "GatewayLoadBalancer", subnets: ["subnet/a"] }, ["bad-value service"]],
  ])("%s", (_what, spec, problems) => {
    const index = resourceIndexOf(...around, of("vpcEndpoint/main", spec));
    expect(vpcEndpoint.check!(index.get("vpcEndpoint/main")!, index).map(({ code, path }) => `${code} ${path}`)).toEqual(problems);
  });

  it.each([
    [{}, "enableDnsHostnames"],
    [{ enableDnsHostnames: true, enableDnsSupport: false }, "enableDnsSupport"],
  ])("a VPC with %j needs %s for private names", (settings, field) => {
    const vpc = of("vpc/other", { cidrBlock: "10.2.0.0/16", ...settings });
    const index = resourceIndexOf(vpc, of("vpcEndpoint/main", { ...own, vpc: "vpc/other", subnets: ["sn-1"], securityGroups: ["sg-1"] }));
    const [problem] = vpcEndpoint.check!(index.get("vpcEndpoint/main")!, index);
    expect(problem?.hint).toBe(`write \`${field}: true\` there, or \`privateDns: false\` here`);
  });

  it("has one owner of a route and of private names", () => {
    const slots = (spec: object) =>
      vpcEndpoint.slots!(
        { address: "vpcEndpoint/x", kind: "vpcEndpoint", name: "x", tags: {}, spec: spec as VpcEndpoint },
        resourceIndexOf(),
      );
    expect(slots({ ...gateway, routeTables: ["routeTable/a"] }).map(({ what }) => what)).toEqual(["the route to s3 in routeTable/a"]);
    expect(slots(own).map(({ what }) => what)).toEqual(["the private DNS names for ssm in vpc/main"]);
    expect(slots({ ...own, privateDns: false })).toEqual([]);
    expect(slots({ ...own, service: "s3" })).toEqual([]);
  });
});
