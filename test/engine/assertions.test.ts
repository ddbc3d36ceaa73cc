/** `assert:` through the engine: in plans, in applies with and without an approval, and in drift on what AWS has. */
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { describe, expect, it } from "vitest";
import { applyUnderLease, planEnvironment, type PlanOptions } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { approvalOf, type Approval } from "../../src/plan/approval.ts";
import { driftOf } from "../../src/render/drift.ts";
import { runProcess } from "../simulation/process.ts";
import { header, loadText, openTestbed, type Testbed } from "../support/testbed.ts";

const image = "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }";

const fileOf = (group: string, assertion = "") => `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true } }
routeTables: { main: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
securityGroups: { web: { vpc: main, ${group} } }
instances:
  web: { subnet: a, image: ${image}, instanceType: t3.micro, securityGroups: [web] }
  other: { subnet: a, image: ${image}, instanceType: t3.micro, securityGroups: [web] }
${assertion === "" ? "" : `assert: { it: ${assertion} }\n`}`;

const plain = "ingress: [{ port: 443, source: 0.0.0.0/0 }]";
const broken = fileOf(
  "ingress: [{ port: 22, source: self }], egress: []",
  "{ deny: { from: instance/web, to: instance/other, port: 22 } }",
);

async function apply(testbed: Testbed, yaml: string, approval?: Approval) {
  return applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    approval,
    lease: { me: { who: "test", run: `run ${testbed.clock.now()}`, process: "1" } },
  });
}

async function planOf(testbed: Testbed, yaml: string, options: Partial<PlanOptions> = {}) {
  return planEnvironment(kinds, await testbed.connection(), testbed.load(yaml), { goal: "agree", ...options });
}

async function openByHand(testbed: Testbed, port: number): Promise<void> {
  const group = (await testbed.plan(fileOf(plain))).plan.objects.find(({ address }) => address === "securityGroup/web")!.id;
  const input = {
    GroupId: group,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  };
  await testbed.sandbox.call({
    service: "ec2",
    operation: "AuthorizeSecurityGroupIngress",
    account: "123456789012",
    region: "eu-west-1",
    input,
  });
}

describe("assertions and plans", () => {
  it("say what a change opens and closes, with the line that does it", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf(plain));
    const { plan } = await planOf(testbed, fileOf("ingress: [{ port: 22, source: 0.0.0.0/0 }]"));
    const flow = (port: string, to: string) => ({ from: "internet", to: `instance/${to}`, flows: { tcp: port }, certain: true });
    const outer = (changes: readonly { readonly from: string }[] = []) => changes.filter(({ from }) => from === "internet");
    expect(outer(plan.reach?.opens)).toMatchObject([
      { ...flow("22", "other"), via: [{ address: "securityGroup/web", text: "{ port: 22, source: 0.0.0.0/0 }", at: { line: 9 } }] },
      flow("22", "web"),
    ]);
    expect(outer(plan.reach?.closes)).toMatchObject([flow("443", "other"), flow("443", "web")]);
  });

  it("stop an apply that would break one in between, even if it was approved", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf("ingress: []"));
    const run = await planOf(testbed, broken);
    expect(run.diagnostics.map(({ code }) => code)).toEqual(["assert-broken-meanwhile"]);
    expect(run.plan.assertions).toEqual([{ name: "it", severity: "error", verdict: "holds", meanwhile: "violated" }]);
    const calls = testbed.sandbox.calls.length;
    for (const approval of [undefined, approvalOf(run.plan)])
      expect(await apply(testbed, broken, approval)).toMatchObject({ ended: "refused", problems: [{ code: "assert-broken-meanwhile" }] });
    expect(testbed.sandbox.calls.slice(calls).filter(({ mutating }) => mutating)).toEqual([]);
    expect(await apply(testbed, broken.replace("deny: {", "severity: warning, deny: {"))).toMatchObject({
      ended: "ran",
      outcome: { status: "done" },
    });
  });

  it("are checked against AWS in drift, and against the future state in a plan", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf(plain));
    await openByHand(testbed, 22);
    const yaml = fileOf(plain, "{ deny: { from: internet, port: 22 } }");
    const drift = await planOf(testbed, yaml, { unmanaged: true });
    expect(drift.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
      ["assert-violated", "it: deny from internet to anybody tcp 22; internet → instance/other tcp 22 is open, and 1 more."],
    ]);
    expect((await planOf(testbed, yaml)).diagnostics).toEqual([]);
  });

  it("stop an apply that keeps through `unlisted` a rule that an assertion forbids", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf(plain));
    await openByHand(testbed, 22);
    const yaml = fileOf(
      `unlisted: keep, description: "Managed by infra", ingress: [{ port: 443, source: 0.0.0.0/0 }, { port: 80, source: 0.0.0.0/0 }]`,
      "{ deny: { from: internet, port: 22 } }",
    );
    expect(await apply(testbed, yaml)).toMatchObject({ ended: "refused", problems: [{ code: "assert-violated" }] });
  });

  it("use the written values of a half-made cache where AWS does not return them", async () => {
    const environment = loadText(
      `${fileOf("ingress: []", "{ allow: { from: instance/web, to: cacheCluster/main, port: 7000 } }")}
cacheSubnetGroups: { main: { subnets: [a] } }
cacheClusters: { main: { engine: redis, nodeType: cache.t4g.micro, port: 7000, subnetGroup: main, securityGroups: [web] } }
`.replace("ingress: []", "ingress: [{ port: 7000, source: self }]"),
    );
    const job = { environment, goal: "agree" } as const;
    const calm = await runProcess(kinds, new SandboxState(), 0, job);
    expect(calm).toMatchObject({ how: "done", result: { run: { diagnostics: [] } } });
    const created = calm.log.indexOf("elasticache:CreateCacheCluster") + 1;
    const state = new SandboxState();
    const killed = await runProcess(kinds, state, 0, job, { faults: { stop: [{ call: created, when: "after" }] } });
    expect(killed.how).toBe("died");
    const next = await runProcess(kinds, state, killed.end, job, { afterDeath: true });
    expect(next).toMatchObject({ how: "done", result: { run: { diagnostics: [], plan: { assertions: [{ verdict: "holds" }] } } } });
    expect(next.log).not.toContain("elasticache:CreateCacheCluster");
  });

  it("say so where an estate is too large, and take nothing for good", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf("ingress: []"));
    const yaml = fileOf(plain, "{ severity: warning, deny: { from: internet, port: 443 } }");
    const { plan, diagnostics } = await planOf(testbed, yaml, { reachSteps: 5 });
    expect(plan.reach).toBeUndefined();
    expect(plan.notes.filter(({ code }) => code === "not-looked-at").map(({ text }) => text)).toEqual([
      "infra did not compute what this plan opens and closes, because there are too many resources; `infra reach test FROM TO` answers single questions",
    ]);
    expect(diagnostics[0]?.hint).toContain("`infra reach test FROM TO` answers for one pair");
    expect(diagnostics.map(({ code, severity, summary }) => `${severity} ${code}: ${summary}`)).toEqual([
      "warning assert-unknown: it: deny from internet to anybody tcp 443; this was not checked, because the environment is too large.",
      "warning step-unknown: it: infra did not compute whether it holds at every step of the apply, because the steps have too many possible orders.",
    ]);
  });
});

describe("objects of others", () => {
  const call = (testbed: Testbed, operation: string, input: object) =>
    testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<
      Record<string, Record<string, string>>
    >;
  const shared = (group: string, assertion: string) =>
    `${fileOf(plain, assertion).replaceAll("securityGroups: [web]", `securityGroups: [web, { id: ${group} }]`)}`;

  it("count with the rules that they have, at a call or two a kind", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf(plain));
    const { plan } = await testbed.plan(fileOf(plain));
    const vpc = plan.objects.find(({ address }) => address === "vpc/main")!.id;
    const made = await call(testbed, "CreateSecurityGroup", { GroupName: "shared", Description: "shared", VpcId: vpc });
    const group = String(made["GroupId"]);
    const deny = shared(group, "{ deny: { from: internet, port: 8080 } }");
    // The file alone cannot know the result and says so; a plan that reads the group can.
    expect(() => testbed.load(deny)).toThrow(/assert-unknown/);
    const warned = deny.replace("{ deny: {", "{ severity: warning, deny: {");
    const before = testbed.sandbox.calls.length;
    const run = await planOf(testbed, warned);
    expect(run.diagnostics).toEqual([]);
    const reads = testbed.sandbox.calls.slice(before).filter(({ operation }) => operation === "DescribeSecurityGroups");
    // The groups of the file, the group of others, and the other groups of the VPC are read by name.
    expect(reads.length).toBeLessThanOrEqual(4);
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await call(testbed, "AuthorizeSecurityGroupIngress", { GroupId: group, IpPermissions });
    expect((await planOf(testbed, warned)).diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning assert-violated",
    ]);
  });

  it("a network of others counts with its tables, ACLs and groups", async () => {
    const testbed = openTestbed();
    const { Vpc } = await call(testbed, "CreateVpc", { CidrBlock: "10.9.0.0/16" });
    const { Subnet } = await call(testbed, "CreateSubnet", { VpcId: Vpc!["VpcId"], CidrBlock: "10.9.1.0/24" });
    const yaml = (
      assertion: string,
    ) => `${header}securityGroups: { web: { vpc: { id: ${Vpc!["VpcId"]} }, ingress: [{ port: 22, source: 0.0.0.0/0 }] } }
instances: { web: { subnet: { id: ${Subnet!["SubnetId"]} }, image: ${image}, instanceType: t3.micro, securityGroups: [web] } }
assert: { it: { severity: warning, ${assertion} } }
`;
    const deny = yaml("deny: { from: internet, port: 22 }");
    expect((await planOf(testbed, deny)).diagnostics).toEqual([]);
    const { InternetGateway } = await call(testbed, "CreateInternetGateway", {});
    await call(testbed, "AttachInternetGateway", { InternetGatewayId: InternetGateway!["InternetGatewayId"], VpcId: Vpc!["VpcId"] });
    const { RouteTables } = (await call(testbed, "DescribeRouteTables", {})) as unknown as {
      RouteTables: { RouteTableId: string; VpcId: string }[];
    };
    const table = RouteTables.find(({ VpcId }) => VpcId === Vpc!["VpcId"])!.RouteTableId;
    await call(testbed, "CreateRoute", {
      RouteTableId: table,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: InternetGateway!["InternetGatewayId"],
    });
    await call(testbed, "ModifySubnetAttribute", { SubnetId: Subnet!["SubnetId"], MapPublicIpOnLaunch: { Value: true } });
    const { diagnostics } = await planOf(testbed, deny);
    expect(diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
      ["assert-violated", "it: deny from internet to anybody tcp 22; internet → instance/web tcp 22 is open."],
    ]);
  });
});

describe("machines of others in our subnets", () => {
  const ec2 = (testbed: Testbed, operation: string, input: object) =>
    testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<
      Record<string, unknown>
    >;
  const warned = (assertion: string) => fileOf(plain, `{ severity: warning, ${assertion} }`);
  /** Plans, and counts the reads of network interfaces, including those for instances. */
  const readsOf = async (testbed: Testbed, yaml: string, options: Partial<PlanOptions> = {}) => {
    const calls = testbed.sandbox.calls.length;
    const { diagnostics } = await planOf(testbed, yaml, options);
    const reads = testbed.sandbox.calls.slice(calls).filter(({ operation }) => operation === "DescribeNetworkInterfaces").length;
    return { said: diagnostics.map(({ code, summary }) => [code, summary]), reads };
  };

  it("are ends of an assertion about the subnet, and are read only for such an assertion", async () => {
    const testbed = openTestbed();
    await testbed.apply(fileOf(plain));
    const { plan } = await testbed.plan(fileOf(plain));
    const idOf = (one: string) => plan.objects.find(({ address }) => address === one)!.id;
    const GroupId = String((await ec2(testbed, "CreateSecurityGroup", { GroupName: "theirs", Description: "theirs", VpcId: idOf("vpc/main") }))["GroupId"]); // oxfmt-ignore
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
    await ec2(testbed, "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions });
    const toSubnet = warned("deny: { from: instance/web, to: subnet/a, port: 22 }");
    expect((await planOf(testbed, toSubnet)).diagnostics).toEqual([]);
    const made = await ec2(testbed, "CreateNetworkInterface", { SubnetId: idOf("subnet/a"), Groups: [GroupId] });
    const eni = (made["NetworkInterface"] as { readonly NetworkInterfaceId: string }).NetworkInterfaceId;
    const violated = ["assert-violated", `it: deny from instance/web to subnet/a tcp 22; instance/web → ${eni} tcp 22 is open.`];
    const plainly = await readsOf(testbed, fileOf(plain));
    expect(await readsOf(testbed, toSubnet)).toEqual({ said: [violated], reads: plainly.reads + 1 });
    expect((await readsOf(testbed, toSubnet, { unmanaged: true })).said).toEqual([violated]);
    // Neither our own instances nor those that no assertion names count as instances of others.
    expect(await readsOf(testbed, warned("deny: { from: internet, to: subnet/a, port: 22 }"))).toEqual({
      said: [],
      reads: plainly.reads + 1,
    });
    expect(await readsOf(testbed, warned("deny: { from: instance/web, to: instance/other, port: 22 }"))).toEqual({
      said: [],
      reads: plainly.reads,
    });
  });
});

describe("prefix lists of others", () => {
  const call = (testbed: Testbed, operation: string, input: object) =>
    testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<
      Record<string, Record<string, string>>
    >;
  const office = "203.0.113.0/24";

  it("are read with their networks, for rules and for routes", async () => {
    const testbed = openTestbed();
    const made = await call(testbed, "CreateManagedPrefixList", {
      PrefixListName: "office",
      AddressFamily: "IPv4",
      MaxEntries: 5,
      Entries: [{ Cidr: office }],
    });
    const list = String(made["PrefixList"]!["PrefixListId"]);
    const yaml = (assertion: string) =>
      fileOf(`ingress: [{ port: 22, source: { id: ${list} } }]`, `{ severity: warning, ${assertion} }`).replace(
        "destination: 0.0.0.0/0,",
        `destination: { id: ${list} },`,
      );
    const said = async (assertion: string) => (await planOf(testbed, yaml(assertion))).diagnostics.map(({ code }) => code);
    // The file alone cannot know the entries of the list.
    const warnings = testbed.load(yaml("allow: { from: 203.0.113.7, to: instance/web, port: 22 }"));
    expect(warnings.assertions).toHaveLength(1);
    expect(await said("allow: { from: 203.0.113.7, to: instance/web, port: 22 }")).toEqual([]);
    expect(await said("deny: { from: 198.51.100.0/24, port: 22 }")).toEqual([]);
    expect(await said("deny: { from: 203.0.113.0/25, port: 22 }")).toEqual(["assert-violated"]);
  });
});

describe("the objects that AWS made with a network and the file does not declare", () => {
  const call = (testbed: Testbed, operation: string, input: object) =>
    testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<
      Record<string, Record<string, string>[]>
    >;
  const yaml = `${fileOf(plain, "{ severity: warning, deny: { from: internet, to: instance/web, port: 8443 } }").replace(
    "web: { subnet: a, image: " + image + ", instanceType: t3.micro, securityGroups: [web] }",
    "web: { subnet: a, image: " + image + ", instanceType: t3.micro }",
  )}`;

  it("counts with the rules that it has, in a plan and in drift", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml);
    expect((await planOf(testbed, yaml)).diagnostics).toEqual([]);
    const { SecurityGroups } = await call(testbed, "DescribeSecurityGroups", {});
    const vpc = (await testbed.plan(yaml)).plan.objects.find(({ address }) => address === "vpc/main")!.id;
    const own = SecurityGroups!.find(({ GroupName, VpcId }) => GroupName === "default" && VpcId === vpc)!["GroupId"];
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 8443, ToPort: 8443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await call(testbed, "AuthorizeSecurityGroupIngress", { GroupId: own, IpPermissions });
    for (const options of [{}, { unmanaged: true }])
      expect((await planOf(testbed, yaml, options)).diagnostics.map(({ code }) => code)).toEqual(["assert-violated"]);
  });
});

describe("the table that AWS makes with a transit gateway, where the file does not declare it,", () => {
  const yaml = `${header}vpcs: { a: { cidrBlock: 10.0.0.0/16 }, b: { cidrBlock: 10.1.0.0/16 } }
transitGateways: { hub: {} }
subnets:
  a: { vpc: a, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: b, cidrBlock: 10.1.1.0/24, availabilityZone: a }
transitGatewayAttachments:
  a: { transitGateway: hub, vpc: a, subnets: [a] }
  b: { transitGateway: hub, vpc: b, subnets: [b] }
routeTables:
  a: { vpc: a, subnets: [a], routes: [{ destination: 10.1.0.0/16, target: transitGateway/hub }] }
  b: { vpc: b, subnets: [b], routes: [{ destination: 10.0.0.0/16, target: transitGateway/hub }] }
securityGroups: { a: { vpc: a }, b: { vpc: b, ingress: [{ port: 22, source: 10.0.0.0/16 }] } }
networkInterfaces: { a: { subnet: a, securityGroups: [a] }, b: { subnet: b, securityGroups: [b] } }
assert: { it: { allow: { from: networkInterface/a, to: networkInterface/b, port: 22 } } }
`;

  it("counts with the routes that it has", async () => {
    const testbed = openTestbed();
    expect((await planOf(testbed, yaml)).plan.assertions).toMatchObject([{ name: "it", verdict: "holds" }]);
    await testbed.apply(yaml);
    expect((await planOf(testbed, yaml)).plan.assertions).toMatchObject([{ name: "it", verdict: "holds" }]);
    const call = (operation: string, input: object) =>
      testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input });
    const { TransitGatewayRouteTables: tables } = (await call("DescribeTransitGatewayRouteTables", {})) as {
      TransitGatewayRouteTables: { TransitGatewayRouteTableId: string }[];
    };
    const TransitGatewayRouteTableId = tables[0]!.TransitGatewayRouteTableId;
    await call("CreateTransitGatewayRoute", { TransitGatewayRouteTableId, DestinationCidrBlock: "10.1.0.0/16", Blackhole: true });
    const { diagnostics } = await planOf(testbed, yaml);
    expect(diagnostics.map(({ code }) => code)).toEqual(["assert-violated"]);
    expect(diagnostics[0]!.summary).toContain("networkInterface/a → networkInterface/b");
  });
});

it("drift names first the changes that open access, and for whom", async () => {
  const testbed = openTestbed();
  await testbed.apply(fileOf(plain));
  await openByHand(testbed, 22);
  const run = await planOf(testbed, fileOf(plain), { unmanaged: true });
  expect(driftOf(run.plan).findings).toMatchObject([
    {
      address: "securityGroup/web",
      path: "ingress",
      urgency: "exposure",
      lets: ["internet → instance/other tcp 22", "internet → instance/web tcp 22"],
    },
  ]);
});
