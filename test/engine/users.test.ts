/** Foreign dependents of objects that a plan would delete are named before the first write. */
import { describe, expect, it } from "vitest";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const network = (zone: string) => `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: ${zone} }
securityGroups:
  web: { vpc: main, description: Web }
`;
const empty = `${header}\n`;

async function idsIn(index: Testbed) {
  const { plan } = await index.plan(network("a"));
  const idOf = (address: string) => plan.objects.find((object) => object.address === address)!.id;
  return { vpc: idOf("vpc/main"), subnet: idOf("subnet/a"), group: idOf("securityGroup/web") };
}

/** Makes an object of somebody else in our network, with a separate client. */
async function make<T>(index: Testbed, operation: string, input: object): Promise<T> {
  return (await index.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input })) as T;
}

const inUse = (run: { readonly diagnostics: readonly { code: string; severity: string; summary: string }[] }) =>
  run.diagnostics.filter(({ code }) => code === "in-use").map(({ severity, summary }) => `${severity}: ${summary}`);

describe("an interface of others in a subnet and a security group of ours", () => {
  const inhabited = async () => {
    const index = openTestbed();
    await index.apply(network("a"));
    const { subnet, group } = await idsIn(index);
    type Made = { readonly NetworkInterface: { readonly NetworkInterfaceId: string } };
    const made = await make<Made>(index, "CreateNetworkInterface", { SubnetId: subnet, Groups: [group] });
    return { index, subnet, group, card: made.NetworkInterface.NetworkInterfaceId };
  };

  it("is named when they are to be deleted, and the delete is still planned", async () => {
    const { index, subnet, group, card } = await inhabited();
    const run = await index.plan(empty);
    expect(stepsOf(run).sort()).toEqual(["delete securityGroup/web", "delete subnet/a", "delete vpc/main"]);
    const who = `${card} (network interface of type interface, available)`;
    expect(inUse(run).sort()).toEqual([
      `warning: securityGroup/web (${group}) is to be deleted, but other objects use it: ${who}.`,
      `warning: subnet/a (${subnet}) is to be deleted, but other objects use it: ${who}.`,
      expect.stringContaining("warning: vpc/main (vpc-"),
    ]);
  });

  it("refuses a replacement before its first step", async () => {
    const { index, card } = await inhabited();
    const run = await index.plan(network("b"));
    expect(inUse(run)).toEqual([expect.stringMatching(`^error: subnet/a .* is to be replaced, but other objects use it: ${card}`)]);
    expect(stepsOf(run)).toEqual([]);
  });
});

it("a rule in another's group that names ours is reported", async () => {
  const index = openTestbed();
  await index.apply(network("a"));
  const { vpc, group } = await idsIn(index);
  const { GroupId } = await make<{ GroupId: string }>(index, "CreateSecurityGroup", { VpcId: vpc, GroupName: "theirs", Description: "x" });
  const rule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: group }] };
  await make(index, "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: [rule] });
  const run = await index.plan(network("a").replace(/securityGroups:[^]*/, ""));
  expect(inUse(run)).toEqual([
    `warning: securityGroup/web (${group}) is to be deleted, but other objects use it: ${GroupId} (security group "theirs", whose rules name this one).`,
  ]);
});

it("a group of another's in our VPC ends a destroy after two looks, not after ten minutes", async () => {
  const index = openTestbed();
  await index.apply(network("a"));
  const { vpc } = await idsIn(index);
  const { GroupId } = await make<{ GroupId: string }>(index, "CreateSecurityGroup", { VpcId: vpc, GroupName: "theirs", Description: "x" });
  const { outcome } = await index.tryApply(network("a"), "destroy");
  expect(outcome.failed.map(({ step, failure }) => [step.address, failure.code, failure.message])).toEqual([
    ["vpc/main", "blocked", `AWS does not delete ${vpc}: ${GroupId} (security group "theirs") still uses it.`],
  ]);
  expect(outcome.ms).toBeLessThan(60_000);
});

describe("a load balancer of another environment in a subnet of ours", () => {
  const shared = `${network("a")}`.replace(
    "securityGroups:",
    "  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }\nsecurityGroups:",
  );
  const theirs = (subnet: string) => ({
    Name: "theirs",
    Type: "network",
    Scheme: "internal",
    Subnets: [subnet],
  });
  const inhabited = async () => {
    const index = openTestbed();
    await index.apply(shared);
    const { subnet } = await idsIn(index);
    const input = theirs(subnet);
    const call = (operation: string, input: object) =>
      index.sandbox.call({ service: "elbv2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<{
        readonly LoadBalancers: readonly { readonly LoadBalancerArn: string }[];
      }>;
    const { LoadBalancers } = await call("CreateLoadBalancer", input);
    return { index, subnet, call, arn: LoadBalancers[0]!.LoadBalancerArn };
  };

  it("is named in the plan, and ends a destroy after two looks", async () => {
    const { index, subnet, arn } = await inhabited();
    const run = await index.plan(shared.replace(/ {2}a: \{ vpc.*\n/, ""));
    const path = arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
    expect(inUse(run)).toEqual([
      expect.stringMatching(`^warning: subnet/a \\(${subnet}\\) is to be deleted, but other objects use it: eni-\\w+ .*ELB ${path}`),
    ]);
    const { outcome } = await index.tryApply(shared, "destroy");
    expect(outcome.failed.map(({ step, failure }) => [step.address, failure.code])).toEqual([["subnet/a", "blocked"]]);
    expect(outcome.ms).toBeLessThan(120_000);
  });

  it("that was deleted goes by itself, and no warning names the interfaces that it leaves for minutes", async () => {
    const { index, call, arn } = await inhabited();
    await call("DeleteLoadBalancer", { LoadBalancerArn: arn });
    expect(inUse(await index.plan(empty))).toEqual([]);
  });
});

it("our own objects are not foreign dependents of each other, and a plan without deletes reads none", async () => {
  const index = openTestbed();
  const inhabited = `${network("a")}
  admin: { vpc: main, description: Admin, ingress: [{ port: 22, source: web }] }
instances:
  box: { subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, securityGroups: [web], disposable: true }
`;
  await index.apply(inhabited);
  expect(inUse(await index.plan(empty))).toEqual([]);
  // The test bed lists every kind, interfaces too, in one call. A search for dependents would make more calls.
  const calls = index.sandbox.calls.length;
  await index.plan(inhabited);
  const asked = index.sandbox.calls.slice(calls).filter(({ operation }) => operation === "DescribeNetworkInterfaces");
  expect(asked).toHaveLength(1);
});
