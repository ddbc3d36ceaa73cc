/** Slots in the sandbox: a step frees a slot before another takes it, and a plan that cannot do so is refused before the first write. */
import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, type Applied, type Testbed } from "../support/testbed.ts";

const network = `
vpcs:
  main: { cidrBlock: 10.10.0.0/16, enableDnsHostnames: true }
internetGateways:
  main: { vpc: main }
subnets:
  a: { vpc: main, cidrBlock: 10.10.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  c: { vpc: main, cidrBlock: 10.10.2.0/24, availabilityZone: c }
routeTables:
  public: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }], subnets: [a, c] }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 80, source: 0.0.0.0/0 }] }
`;
const image =
  "image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, disposable: true";
const machine = `instances:
  m: { subnet: a, ${image}, securityGroups: [web] }
`;
const privateMachine = machine.replace("subnet: a", "subnet: c");
const balancer = `loadBalancers:
  l: { scheme: internet-facing, subnets: [a, c], securityGroups: [web], disposable: true }
`;
const nat = `elasticIps: { n: {} }
natGateways: { n: { subnet: a, elasticIp: n } }
`;

describe("subnets", () => {
  it("renamed: the old one goes before the one that takes its range is made, and the plan names the missing subnet", async () => {
    const { run, done } = await changed(network, renamed);
    expect(done).toEqual(["delete subnet/a", "create subnet/a2", "attributes subnet/a2", "associations routeTable/public"]);
    expect(run.plan.steps.find(({ address }) => address === "subnet/a")).toMatchObject({ action: "delete", until: ["subnet/a2"] });
  });

  it("renamed with a machine: the machine goes with the subnet and comes back in the new one", async () => {
    const { done } = await changed(network + machine, renamed);
    expect(order(done, "delete instance/m", "delete subnet/a", "create subnet/a2", "create instance/m")).toEqual("in order");
  });

  it("split in two", async () => {
    const split = (yaml: string) =>
      yaml.replace(/  a: \{.*\n/, (a) => a.replace("1.0/24", "1.0/25") + a.replace("  a:", "  b:").replace("1.0/24", "1.128/25"));
    const { done } = await changed(network, split);
    expect(done.slice(0, 3)).toEqual(["delete subnet/a", "create subnet/a", "create subnet/b"]);
  });

  it("shrunk", async () => {
    const { done } = await changed(network, (yaml) => yaml.replace("1.0/24", "1.0/26"));
    expect(done.slice(0, 2)).toEqual(["delete subnet/a", "create subnet/a"]);
  });

  it("two that swap their ranges: one of them is missing for a while, the other is not", async () => {
    const swap = (yaml: string) => yaml.replace("10.10.1.0", "X").replace("10.10.2.0", "10.10.1.0").replace("X", "10.10.2.0");
    const { done } = await changed(network + machine, swap);
    expect(done.filter((step) => / subnet\/[ac]$/.test(step) && !step.startsWith("attributes"))).toEqual([
      "delete subnet/a",
      "create subnet/c",
      "delete subnet/c",
      "create subnet/a",
    ]);
  });

  it("in another zone, under a balancer of two zones: refused whole, and the NAT gateway and the machine stand", async () => {
    expect(
      await refused(network + machine + nat + balancer, (yaml) =>
        yaml.replace("1.0/24, availabilityZone: a", "1.0/24, availabilityZone: b"),
      ),
    ).toEqual([
      "cannot-let-go: subnet/a (subnet-…) would have to be deleted before it is created again, because availabilityZone of a subnet cannot be changed; loadBalancer/l cannot do without it: it would be left in one zone, but it needs two. [make two changes: first declare the new resource beside the old one, with values of its own, and change every reference to it; then remove the old one]",
    ]);
  });

  it("in another zone, under a balancer of three: the balancer leaves the subnet and comes back", async () => {
    const wide = (network + machine + balancer).replace(
      "\nrouteTables",
      "\n  b: { vpc: main, cidrBlock: 10.10.3.0/24, availabilityZone: b }\nrouteTables",
    );
    const three = wide.replace("subnets: [a, c], securityGroups", "subnets: [a, b, c], securityGroups");
    const testbed = openTestbed({ sandbox: {} });
    await testbed.apply(header + three);
    const applied = await agrees(testbed, three.replace("1.0/24, availabilityZone: a", "1.0/25, availabilityZone: a"));
    const steps = ["create let go loadBalancer/l", "delete subnet/a", "create subnet/a", "create loadBalancer/l"];
    expect(order(doneOf(applied), ...steps)).toBe("in order");
    expect(applied.run.plan.notes.map(({ text }) => text)).toContain("loadBalancer/l is without subnet/a until its replacement exists");
  });

  it("in another zone, under an endpoint with an interface in each of two: the endpoint leaves the subnet and comes back", async () => {
    const testbed = openTestbed();
    const endpoint = "vpcEndpoints: { x: { vpc: main, service: ssm, type: Interface, subnets: [a, c], securityGroups: [web] } }\n";
    await testbed.apply(header + network + endpoint);
    const moved = (network + endpoint).replace("1.0/24, availabilityZone: a", "1.0/24, availabilityZone: b");
    const applied = await agrees(testbed, moved);
    const steps = ["create let go vpcEndpoint/x", "delete subnet/a", "create subnet/a", "create vpcEndpoint/x"];
    expect(order(doneOf(applied), ...steps)).toBe("in order");
  });

  it("with an ACL: the two part by themselves", async () => {
    const testbed = openTestbed();
    const acl =
      "networkAcls: { n: { vpc: main, subnets: [a, c], ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 } } } }\n";
    await testbed.apply(header + network + acl);
    const applied = await agrees(testbed, (network + acl).replace("1.0/24, availabilityZone: a", "1.0/24, availabilityZone: b"));
    expect(order(doneOf(applied), "delete subnet/a", "create subnet/a", "associations networkAcl/n")).toBe("in order");
  });

  it("renamed where `maxDisruption` forbids a replacement: refused with the `moved:` line", async () => {
    const testbed = openTestbed();
    const calm = `maxDisruption: restart\n${network}`;
    await testbed.apply(header + calm);
    expect(await refusal(testbed, renamed(calm))).toEqual([
      "too-disruptive: subnet/a (subnet-…) would have to be deleted before subnet/a2 exists, because both need the range 10.10.1.0/24 in vpc/main; this environment allows at most `maxDisruption: restart`. [if it is the same object under a new name, add `moved: [{ from: subnet/a, to: subnet/a2 }]`]",
    ]);
  });

  it("whose range a subnet holds that data keeps: refused, with the line that would keep both", async () => {
    const kept = network + machine.replace(", disposable: true", "");
    expect(await refused(kept, (yaml) => renamed(yaml).replace(/instances:\n.*\n/, ""))).toEqual([
      "slot-taken: subnet/a2 needs the range 10.10.1.0/24 in vpc/main, which subnet/a (subnet-…) already has; it stays, because kept, because of instance/m. [if subnet/a2 is subnet/a under a new name, add `moved: [{ from: subnet/a, to: subnet/a2 }]`]",
    ]);
  });
});

describe("gateways and addresses", () => {
  const gateway = (yaml: string) =>
    yaml.replace("internetGateways:\n  main:", "internetGateways:\n  gw:").replace("internetGateway/main", "internetGateway/gw");

  it("an internet gateway renamed: made, the old one detached, attached", async () => {
    const { done } = await changed(network + privateMachine, gateway);
    expect(
      order(done, "create internetGateway/gw", "delete internetGateway/main", "attachment internetGateway/gw", "routes routeTable/public"),
    ).toBe("in order");
  });

  it("an internet gateway renamed while public addresses need it: refused with the `moved:` line", async () => {
    const [said, ...more] = await refused(network + machine, gateway);
    expect(said).toMatch(
      /^cannot-let-go: internetGateway\/main \(igw-…\) would have to be deleted before internetGateway\/gw can have the single internet gateway attachment of vpc\/main; instance\/m cannot do without it: eni-… \(public address [0-9.]+ on the network interface of instance i-…\) is in it\. \[if internetGateway\/gw is internetGateway\/main under a new name, add `moved: /,
    );
    expect(more).toEqual([]);
  });

  it("a NAT gateway renamed with its address: the old one goes first", async () => {
    const { done } = await changed(network + nat, (yaml) => yaml.replace("natGateways: { n:", "natGateways: { out:"));
    expect(done).toEqual(["delete natGateway/n", "create natGateway/out"]);
  });

  it("a NAT gateway deleted by hand a moment ago: its end is awaited, and none fails", async () => {
    const testbed = openTestbed();
    const { connection } = await testbed.apply(header + network + nat);
    const { plan } = await testbed.plan(header + network + nat);
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const NatGatewayId = plan.objects.find(({ address }) => address === "natGateway/n")!.id;
    await connection.aws.ec2(new ec2.DeleteNatGatewayCommand({ NatGatewayId }));
    const applied = await agrees(testbed, network + nat);
    expect(doneOf(applied)).toEqual([`delete natGateway/n (${NatGatewayId}, which AWS is deleting)`, "create natGateway/n"]);
    expect(applied.outcome.done.map(({ action }) => action)).toEqual(["wait", "create"]);
    expect(applied.run.plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["create natGateway/n"]);
    expect(applied.run.plan.notes.map(({ code }) => code)).toContain("awaited");
    const { NatGateways = [] } = await connection.aws.ec2(new ec2.DescribeNatGatewaysCommand({}));
    expect(NatGateways.filter(({ State }) => State === "failed")).toEqual([]);
  });

  it("a fixed private address under another name", async () => {
    const fixed = network + machine.replace("subnet: a,", "subnet: a, privateIpAddress: 10.10.1.10,");
    const { done } = await changed(fixed, (yaml) => yaml.replace("  m: {", "  m2: {"));
    expect(done.slice(0, 2)).toEqual(["delete instance/m", "create instance/m2"]);
  });
});

describe("security groups with a written name", () => {
  const groups = (more: string) =>
    network.replace(
      "securityGroups:\n",
      `securityGroups:\n  app: { vpc: main, name: app, description: One }\n  user: { vpc: main, description: User, ingress: [{ port: 22, source: securityGroup/app }] }\n`,
    ) + more;
  const described = (yaml: string) => yaml.replace("description: One", "description: Two");

  it("another description, on a machine that has no other group: refused, with the way round", async () => {
    expect(await refused(groups(machine.replace("[web]", "[app]")), described)).toEqual([
      "cannot-let-go: securityGroup/app (sg-…) would have to be deleted before it is created again, because description of a security group cannot be changed; instance/m cannot do without it: it would be left without a security group. [write another `name:`, or none: infra then creates the new object first, changes the objects that use the old one, and deletes the old one last]",
    ]);
  });

  it("another description, on an instance with another group: rules are revoked and the instance leaves the group first", async () => {
    const { done } = await changed(groups(machine.replace("[web]", "[app, web]")), described);
    const steps = ["rules let go securityGroup/user", "delete securityGroup/app", "create securityGroup/app", "rules securityGroup/user"];
    expect(order(done, ...steps)).toBe("in order");
    expect(order(done, "create let go instance/m", "delete securityGroup/app", "create instance/m")).toBe("in order");
  });

  it("another address for the same name", async () => {
    const { done } = await changed(groups(""), (yaml) =>
      yaml.replace("  app: {", "  app2: {").replace("securityGroup/app", "securityGroup/app2"),
    );
    expect(
      order(done, "rules let go securityGroup/user", "delete securityGroup/app", "create securityGroup/app2", "rules securityGroup/user"),
    ).toBe("in order");
  });
});

describe("names that another address takes over", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2mVwGg0v5x1c6m5m1Z1o2b3c4d5e6f7g8h9i0j1k2l me@home";
  it.each([
    ["key pair", `keyPairs:\n  x: { name: it, publicKey: "${key}" }\n`],
    ["target group", "targetGroups:\n  x: { name: it, vpc: main, port: 80, protocol: HTTP }\n"],
    ["load balancer", "loadBalancers:\n  x: { name: it, scheme: internal, subnets: [a, c], securityGroups: [web], disposable: true }\n"],
    [
      "launch template",
      `launchTemplates:\n  x: { name: the-one, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro }\n`,
    ],
    [
      "alarm",
      "alarms:\n  x: { name: it, namespace: AWS/EC2, metricName: CPUUtilization, statistic: Average, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold }\n",
    ],
    ["topic", "topics:\n  x: { name: it }\n"],
    ["DB subnet group", "dbSubnetGroups:\n  x: { name: it, subnets: [a, c] }\n"],
    ["DB parameter group", "dbParameterGroups:\n  x: { name: it, family: postgres16 }\n"],
  ])("%s: the old one goes first", async (_what, yaml) => {
    const { done } = await changed(network + yaml, (before) => before.replace("  x: {", "  y: {"));
    const section = /^\w+/.exec(yaml)![0].slice(0, -1);
    expect(order(done, `delete ${section}/x`, `create ${section}/y`)).toBe("in order");
  });

  it("a target group with a written name, to which a listener forwards, on another port: refused, with the way round", async () => {
    const forwarded = `${network}targetGroups:\n  t: { name: it, vpc: main, port: 80, protocol: HTTP }\n${balancer.replace("disposable: true", "disposable: true, listeners: { 80: { protocol: HTTP, forward: t } }")}`;
    expect(await refused(forwarded, (yaml) => yaml.replace("port: 80, protocol: HTTP }", "port: 81, protocol: HTTP }"))).toEqual([
      "cannot-let-go: targetGroup/t (arn) would have to be deleted before it is created again, because the port of a target group cannot change in place; loadBalancer/l cannot do without it: AWS deletes no object that is in use. [write another `name:`, or none: infra then creates the new object first, changes the objects that use the old one, and deletes the old one last]",
    ]);
  });

  it("a balancer renamed with its target group: the new one forwards when the old one is gone", async () => {
    const forwarded = `${network}targetGroups:\n  t: { vpc: main, port: 80, protocol: HTTP }\n${balancer.replace("disposable: true", "disposable: true, listeners: { 80: { protocol: HTTP, forward: t } }")}`;
    const { done } = await changed(forwarded, (yaml) => yaml.replace("  l: {", "  l2: {"));
    expect(order(done, "create loadBalancer/l2", "delete loadBalancer/l", "listeners loadBalancer/l2")).toBe("in order");
  });
});

describe("listener rules", () => {
  const rules = (text: string) =>
    network +
    balancer.replace(
      "disposable: true",
      `disposable: true, listeners: { 80: { protocol: HTTP, fixedResponse: { statusCode: 404 }, rules: { ${text} } } }`,
    );
  const rule = (name: string, priority: number) =>
    `${name}: { priority: ${priority}, conditions: { path: [/${name}] }, fixedResponse: { statusCode: 200 } }`;

  it("two swap their priorities by one call", async () => {
    const testbed = openTestbed();
    await testbed.apply(header + rules(`${rule("x", 10)}, ${rule("y", 20)}`));
    const { connection } = await agrees(testbed, rules(`${rule("x", 20)}, ${rule("y", 10)}`));
    expect([...connection.calls.byOperation].filter(([operation]) => operation.endsWith("RulePriorities"))).toEqual([
      ["elbv2:SetRulePriorities", 1],
    ]);
  });

  it("a foreign rule has the priority: an error of the plan", async () => {
    const testbed = openTestbed();
    const before = rules(rule("x", 10));
    const { connection, run } = await testbed.apply(header + before);
    const { plan } = await testbed.plan(header + before);
    const elbv2 = await import("../../src/aws/sdk/elbv2.ts");
    const LoadBalancerArn = plan.objects.find(({ address }) => address === "loadBalancer/l")!.id;
    const { Listeners = [] } = await connection.aws.elbv2(new elbv2.DescribeListenersCommand({ LoadBalancerArn }));
    await connection.aws.elbv2(
      new elbv2.CreateRuleCommand({
        ListenerArn: Listeners[0]!.ListenerArn,
        Priority: 50,
        Conditions: [{ Field: "path-pattern", Values: ["/theirs"] }],
        Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
      }),
    );
    expect(run.diagnostics).toEqual([]);
    expect(await refusal(testbed, rules(`${rule("x", 10)}, ${rule("y", 50)}`))).toEqual([
      "slot-taken: loadBalancer/l needs priority 50 of listener 80, which a rule with priority 50 that somebody else made already has; this plan does not change that. [choose another, or first remove it from the object that has it]",
    ]);
  });
});

describe("slots that foreign objects take", () => {
  it("a range, a name, the gateway of a VPC: errors of the plan, where it looks ahead", async () => {
    const testbed = openTestbed();
    await testbed.apply(`${header}vpcs:\n  main: { cidrBlock: 10.10.0.0/16 }\n`);
    const { connection, observed } = await testbed.plan(`${header}vpcs:\n  main: { cidrBlock: 10.10.0.0/16 }\n`);
    const VpcId = observed.objects.get("vpc/main")!.live.id;
    const call = (operation: string, input: object) =>
      testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input });
    await call("CreateSubnet", { VpcId, CidrBlock: "10.10.1.128/25" });
    await call("CreateSecurityGroup", { VpcId, GroupName: "Test-WEB", Description: "Theirs" });
    const made = (await call("CreateInternetGateway", {})) as { InternetGateway: { InternetGatewayId: string } };
    await call("AttachInternetGateway", { VpcId, InternetGatewayId: made.InternetGateway.InternetGatewayId });
    const { diagnostics } = await planEnvironment(kinds, connection, testbed.load(header + network), { goal: "agree", preflight: true });
    expect(
      diagnostics
        .map(({ code, severity, summary, hint }) =>
          `${severity} ${code}: ${summary} [${hint}]`.replaceAll(/\b(subnet|sg|igw)-[0-9a-f]{17}/g, "$1-…"),
        )
        .sort(),
    ).toEqual([
      "error slot-taken: internetGateway/main: the VPC already has an internet gateway, and a VPC has at most one: igw-…, which is not in this environment. [AWS will reject this: take it over with `adopt: { id: igw-… }` if it is this resource, or delete it]",
      'error slot-taken: securityGroup/web: the name "test-web" (for AWS the same name as "Test-WEB") is taken by sg-…, which is not in this environment. [AWS will reject this: take it over with `adopt: { id: sg-… }` if it is this resource, write another name, or delete it]',
      "error slot-taken: subnet/a: 10.10.1.0/24 overlaps 10.10.1.128/25 of subnet-…, which is not in this environment. [AWS will reject this: take it over with `adopt: { id: subnet-… }` if it is this resource, write another cidrBlock, or delete it]",
    ]);
  });
});

describe("addresses that foreign objects have", () => {
  const place = `${header}${network}elasticIps: { n: {} }\n`;
  const fixed = `instances:
  m: { subnet: a, ${image}, privateIpAddress: 10.10.1.10, secondaryPrivateIpAddresses: [10.10.1.11] }
networkInterfaces:
  i: { subnet: a, privateIpAddresses: [10.10.1.12] }
natGateways: { n: { subnet: a, elasticIp: n, privateIpAddress: 10.10.1.13 } }
`;

  it("are errors of the plan: fixed private ones, and an Elastic IP of ours that somebody associated with an instance of theirs", async () => {
    const testbed = openTestbed();
    await testbed.apply(place);
    const { connection, observed } = await testbed.plan(place);
    const [SubnetId, AllocationId] = ["subnet/a", "elasticIp/n"].map((address) => observed.objects.get(address)!.live.id);
    const call = (operation: string, input: object) =>
      testbed.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input });
    const made = [];
    for (const PrivateIpAddress of ["10.10.1.10", "10.10.1.11", "10.10.1.12", "10.10.1.13"])
      made.push(
        ((await call("CreateNetworkInterface", { SubnetId, PrivateIpAddress })) as { NetworkInterface: { NetworkInterfaceId: string } })
          .NetworkInterface,
      );
    await call("AssociateAddress", { AllocationId, NetworkInterfaceId: made[0]!.NetworkInterfaceId });
    const { diagnostics } = await planEnvironment(kinds, connection, testbed.load(place + fixed), { goal: "agree", preflight: true });
    const theirs = "is taken by eni-… (network interface of type interface, available), which is not in this environment.";
    expect([...new Set(diagnostics.map(({ summary, hint }) => `${/elasticIp/.test(summary)} ${hint}`))].sort()).toEqual([
      "false AWS will reject this: write another address, or release it there",
      "true AWS will reject this: name another Elastic IP, or disassociate it there",
    ]);
    expect(
      diagnostics.map(({ code, severity, summary }) => `${severity} ${code}: ${summary}`.replaceAll(/\beni-[0-9a-f]{17}/g, "eni-…")).sort(),
    ).toEqual([
      `error slot-taken: instance/m: the private address 10.10.1.10 in subnet/a ${theirs}`,
      `error slot-taken: instance/m: the private address 10.10.1.11 in subnet/a ${theirs}`,
      `error slot-taken: natGateway/n: the private address 10.10.1.13 in subnet/a ${theirs}`,
      `error slot-taken: natGateway/n: the use of elasticIp/n ${theirs}`,
      `error slot-taken: networkInterface/i: the private address 10.10.1.12 in subnet/a ${theirs}`,
    ]);
  });

  it("also where a change in place would take them", async () => {
    const testbed = openTestbed();
    const kept = fixed.replace(", secondaryPrivateIpAddresses: [10.10.1.11]", "");
    await testbed.apply(place + kept);
    const { connection, observed } = await testbed.plan(place + kept);
    const SubnetId = observed.objects.get("subnet/a")!.live.id;
    const input = { SubnetId, PrivateIpAddress: "10.10.1.11" };
    await testbed.sandbox.call({
      service: "ec2",
      operation: "CreateNetworkInterface",
      account: "123456789012",
      region: "eu-west-1",
      input,
    });
    const { plan, diagnostics } = await planEnvironment(kinds, connection, testbed.load(place + fixed), { goal: "agree", preflight: true });
    expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["update instance/m"]);
    expect(diagnostics.map(({ code, summary, at }) => `${at?.line} ${code}: ${summary}`.replace(/eni-[0-9a-f]+/, "eni-…"))).toEqual([
      "19 slot-taken: instance/m: the private address 10.10.1.11 in subnet/a is taken by eni-… (network interface of type interface, available), which is not in this environment.",
    ]);
  });

  it("and one of our own objects that has them in the way of a replacement is no error", async () => {
    const testbed = openTestbed();
    await testbed.apply(place + fixed);
    const { connection } = await testbed.plan(place + fixed);
    const moved = (place + fixed).replace("secondaryPrivateIpAddresses: [10.10.1.11]", "userData: x").replace("10.10.1.13", "10.10.1.14");
    const { plan, diagnostics } = await planEnvironment(kinds, connection, testbed.load(moved), { goal: "agree", preflight: true });
    expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toContain("replace natGateway/n");
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

describe("a refused change", () => {
  it("keeps objects that leave the YAML from being deleted, and says so", async () => {
    const testbed = openTestbed();
    const before = network + machine + balancer;
    await testbed.apply(header + before);
    const zone = before.replace("1.0/24, availabilityZone: a", "1.0/24, availabilityZone: b").replace(/instances:\n.*\n/, "");
    const { run, outcome } = await testbed.tryApply(header + zone);
    expect(outcome.done).toEqual([]);
    expect(run.plan.steps.filter(({ action }) => action === "keep").map(({ address, because }) => `${address}: ${because}`)).toEqual([
      "instance/m: nothing is deleted while a change of this plan is refused",
    ]);
  });
});

function renamed(yaml: string): string {
  return yaml.replace("  a: {", "  a2: {").replaceAll("[a, c]", "[a2, c]").replace("subnet: a,", "subnet: a2,");
}

/** Returns the steps in the order in which they ended. */
function doneOf({ outcome }: Applied): string[] {
  return outcome.done.map(({ address, stage }) => `${stage} ${address}`);
}

/** Whether the steps stand in this order; otherwise returns the actual order. */
function order(done: readonly string[], ...steps: string[]): string {
  const places = steps.map((step) => done.lastIndexOf(step));
  const isOrdered = places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]!));
  return isOrdered ? "in order" : done.join("\n");
}

/** Applies and checks that the next plan is empty. */
async function agrees(testbed: Testbed, yaml: string): Promise<Applied> {
  const applied = await testbed.apply(header + yaml);
  const { plan, diagnostics } = await testbed.plan(header + yaml);
  expect(plan.steps).toEqual([]);
  expect(diagnostics).toEqual([]);
  return applied;
}

async function changed(before: string, change: (yaml: string) => string): Promise<Applied & { done: string[] }> {
  const testbed = openTestbed();
  await testbed.apply(header + before);
  expect(change(before)).not.toBe(before);
  const applied = await agrees(testbed, change(before));
  return { ...applied, done: doneOf(applied) };
}

/** Returns the errors of a plan that is refused before it does anything. */
async function refusal(testbed: Testbed, yaml: string): Promise<string[]> {
  const { run, outcome } = await testbed.tryApply(header + yaml);
  expect(outcome.failed).toEqual([]);
  expect(outcome.done).toEqual([]);
  return run.diagnostics.map(({ code, summary, hint }) =>
    `${code}: ${summary} [${hint}]`
      .replaceAll(/\b(subnet|sg|eni|igw|nat|i|eipalloc)-[0-9a-f]{17}/g, "$1-…")
      .replaceAll(/arn:[^\s)]+/g, "arn"),
  );
}

async function refused(before: string, change: (yaml: string) => string): Promise<string[]> {
  const testbed = openTestbed();
  await testbed.apply(header + before);
  expect(change(before)).not.toBe(before);
  return refusal(testbed, change(before));
}
