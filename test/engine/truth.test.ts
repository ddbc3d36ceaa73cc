/** Plans and drift tell the truth: a difference that is left alone is still reported, and a value that stays is not shown as a change. */
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { guards } from "../../src/plan/guards.ts";
import { driftOf } from "../../src/render/drift.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const machine = `${header}
vpcs:
  main: { cidrBlock: 10.10.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.10.1.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 80, source: 10.0.0.0/8 }] }
instances:
  m:
    subnet: a
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    securityGroups: [web]
    metadataOptions: { httpTokens: required }
    disposable: true
`;

const balancer = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
securityGroups:
  lb: { vpc: main, description: Balancer }
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80 }
  api: { vpc: main, protocol: HTTP, port: 8080 }
loadBalancers:
  main:
    scheme: internal
    securityGroups: [lb]
    subnets: [a, b]
    listeners:
      80:
        protocol: HTTP
        forward: web
        rules:
          api: { priority: 10, conditions: { path: [/api/*] }, forward: api }
          old: { priority: 20, conditions: { path: [/old/*] }, redirect: { path: /new } }
`;

/** Somebody puts the instance into another security group and weakens its metadata service. */
async function seize(index: Testbed): Promise<string> {
  const call = (operation: string, input: object) =>
    index.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<{ GroupId: string }>;
  const { plan } = await index.plan(machine);
  const id = (address: string) => plan.objects.find((one) => one.address === address)!.id;
  const { GroupId } = await call("CreateSecurityGroup", { GroupName: "theirs", Description: "theirs", VpcId: id("vpc/main") });
  await call("ModifyInstanceAttribute", { InstanceId: id("instance/m"), Groups: [GroupId] });
  await call("ModifyInstanceMetadataOptions", { InstanceId: id("instance/m"), HttpTokens: "optional" });
  return GroupId;
}

describe("a machine that may be in quarantine", () => {
  it("is compared and reported, and left alone", async () => {
    const index = openTestbed();
    await index.apply(machine);
    const group = await seize(index);
    const run = await index.plan(machine);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.leftAlone).toMatchObject([
      {
        address: "instance/m",
        because: expect.stringContaining(group),
        changes: [
          { path: "securityGroups", before: [group], after: ["securityGroup/web"] },
          { path: "metadataOptions.httpTokens", before: "optional", after: "required" },
        ],
      },
    ]);
    expect(driftOf(run.plan).findings.map(({ address, path, urgency }) => [address, path, urgency])).toEqual([
      ["instance/m", "securityGroups", "exposure"],
      ["instance/m", "metadataOptions.httpTokens", "exposure"],
    ]);
  });

  it("follows no replacement: the object that it is in is not replaced either", async () => {
    const index = openTestbed();
    await index.apply(machine);
    await seize(index);
    const moved = await index.plan(machine.replace("10.10.1.0/24", "10.10.9.0/24"));
    expect(moved.diagnostics).toMatchObject([
      {
        code: "refused-change",
        summary: expect.stringMatching(/^instance\/m: subnet cannot be changed: subnet\/a would be replaced, and/),
      },
    ]);
    expect(stepsOf(moved)).toEqual([]);
    expect(moved.plan.leftAlone).toHaveLength(1);
  });
});

describe("a default that the file does not write", () => {
  const network = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
internetGateways:
  main: { vpc: main }
routeTables:
  public: { vpc: main }
securityGroups:
  web: { vpc: main, description: Web }
`;

  it("opens no group that somebody locked, and cuts no way out that somebody made, unless that very plan is approved", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { plan } = await index.plan(network);
    const id = (address: string) => plan.objects.find((one) => one.address === address)!.id;
    const call = (operation: string, input: object) =>
      index.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input });
    const IpPermissions = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await call("RevokeSecurityGroupEgress", { GroupId: id("securityGroup/web"), IpPermissions });
    const route = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: id("internetGateway/main") };
    await call("CreateRoute", { RouteTableId: id("routeTable/public"), ...route });

    const run = await index.plan(network);
    expect(stepsOf(run).sort()).toEqual(["update routeTable/public", "update securityGroup/web"]);
    expect(guards(run.plan, kinds, 9).map(({ code, summary }) => [code, summary])).toEqual(
      expect.arrayContaining([
        ["opens-unwritten", "securityGroup/web: egress would change, and it allows outbound all 0.0.0.0/0; the YAML does not set egress."],
        [
          "opens-unwritten",
          "routeTable/public: routes would change, and it removes the default route 0.0.0.0/0; the YAML does not set routes.",
        ],
      ]),
    );

    const written = network.replace("description: Web", "description: Web, egress: [{ protocol: all, destination: 0.0.0.0/0 }]");
    const asked = guards((await index.plan(written)).plan, kinds, 9);
    expect(asked.map(({ summary }) => summary)).toEqual([expect.stringMatching(/^routeTable\/public/)]);
  });
});

describe("an object that follows a replacement", () => {
  it("agrees with the file until then: drift reports only the replaced object", async () => {
    const index = openTestbed();
    await index.apply(machine);
    const { plan } = await index.plan(machine.replace("description: Web", "description: Of the web"));
    expect(stepsOf({ plan })).toEqual(["replace securityGroup/web", "update instance/m"]);
    expect(driftOf(plan).findings.map(({ address, path, urgency }) => [address, path, urgency])).toEqual([
      ["securityGroup/web", "description", "setting"],
    ]);
  });

  it("is shown alone: only those listeners of a load balancer whose group is replaced", async () => {
    const index = openTestbed();
    await index.apply(balancer);
    const run = await index.plan(balancer.replace("port: 8080", "port: 8081"));
    expect(stepsOf(run)).toEqual(["replace targetGroup/api", "update loadBalancer/main"]);
    const [change] = (run.plan.steps[1] as unknown as { changes: { path: string; items: object }[] }).changes;
    expect(change).toMatchObject({
      path: "listeners",
      items: {
        added: [],
        removed: [],
        changed: [{ key: "80.rules.api", before: { forward: expect.stringContaining("arn:") }, after: { forward: "targetGroup/api" } }],
      },
    });
    expect(JSON.stringify(change)).not.toContain("80.rules.old");
  });

  it("and an entry that changes is shown by the members that change", async () => {
    const index = openTestbed();
    await index.apply(balancer);
    const run = await index.plan(balancer.replace("priority: 20", "priority: 30"));
    const [change] = (run.plan.steps[0] as unknown as { changes: { items: { changed: { before: object; after: object }[] } }[] }).changes;
    const [{ before, after }] = change!.items.changed as [{ before: Record<string, unknown>; after: Record<string, unknown> }];
    const differing = Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
    expect(differing).toEqual(["priority"]);
  });
});
