/** `adopt:` takes over existing objects. It writes tags and creates nothing, and omitted fields stay as they are. */
import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

type Call = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

/**
 * A network that somebody made by hand: DNS host names on, an internet gateway, and a security group without egress and with port 22 open.
 */
interface ByHand {
  readonly vpc: string;
  readonly table: string;
  readonly group: string;
  readonly gateway: string;
}

const caller =
  ({ sandbox }: Testbed): Call =>
  (operation, input) =>
    sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input }) as Promise<
      Readonly<Record<string, unknown>>
    >;

async function byHand(call: Call): Promise<ByHand> {
  const tags = (type: string, name: string) => ({ TagSpecifications: [{ ResourceType: type, Tags: [{ Key: "Name", Value: name }] }] });
  const vpc = ((await call("CreateVpc", { CidrBlock: "10.7.0.0/16", ...tags("vpc", "legacy-prod") }))["Vpc"] as { VpcId: string }).VpcId;
  await call("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
  const made = (await call("CreateInternetGateway", {}))["InternetGateway"] as { InternetGatewayId: string };
  const gateway = made.InternetGatewayId;
  await call("AttachInternetGateway", { VpcId: vpc, InternetGatewayId: gateway });
  const { RouteTableId: table } = (await call("CreateRouteTable", { VpcId: vpc }))["RouteTable"] as { RouteTableId: string };
  await call("CreateRoute", { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway });
  const group = (await call("CreateSecurityGroup", { VpcId: vpc, GroupName: "locked", Description: "Locked" }))["GroupId"] as string;
  const all = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  await call("RevokeSecurityGroupEgress", { GroupId: group, IpPermissions: all });
  const ssh = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
  await call("AuthorizeSecurityGroupIngress", { GroupId: group, IpPermissions: ssh });
  return { vpc, table, group, gateway };
}

/** The shortest YAML for these objects, with or without `adopt:` lines. */
function adopting({ vpc, table, group }: ByHand, isWritten = true): string {
  const line = (id: string) => (isWritten ? `, adopt: { id: ${id} }` : "");
  return `${header}
vpcs:
  main: { cidrBlock: 10.7.0.0/16${line(vpc)} }
routeTables:
  public: { vpc: main${line(table)} }
securityGroups:
  web: { vpc: main, description: Locked${line(group)} }
`;
}

async function start(): Promise<{ index: Testbed; call: Call; hand: ByHand }> {
  const index = openTestbed();
  const call = caller(index);
  const hand = await byHand(call);
  await index.clock.sleep(60_000); // a new VPC is pending for a moment and cannot be read in full until then
  return { index, call, hand };
}

const errorsOf = (run: Awaited<ReturnType<Testbed["plan"]>>) =>
  run.diagnostics.filter(({ severity }) => severity === "error").map(({ code, summary }) => ({ code, summary }));

describe("adoption", () => {
  it("writes our tags and nothing else: unwritten rules, routes, settings and the Name stay, with `adopt:` in the file or not", async () => {
    const { index, call, hand } = await start();
    const yaml = adopting(hand);
    const { run } = await index.apply(yaml);
    expect(stepsOf(run)).toEqual(["retag vpc/main", "retag routeTable/public", "retag securityGroup/web"]);
    expect(run.plan.steps[0]).toMatchObject({
      tags: {
        set: { "infra:project": "lab", "infra:environment": "test", "infra:resource": "vpc/main", "infra:adopted": "true" },
        remove: [],
      },
    });
    expect(Object.keys((run.plan.steps[0] as unknown as { tags: { set: object } }).tags.set)).toHaveLength(4);
    for (const text of [yaml, adopting(hand, false)]) {
      const again = await index.plan(text);
      expect(stepsOf(again)).toEqual([]);
      expect(again.diagnostics).toEqual([]);
    }
    const seen = (await call("DescribeVpcs", { VpcIds: [hand.vpc] }))["Vpcs"] as { Tags: { Key: string; Value: string }[] }[];
    expect(seen[0]!.Tags).toContainEqual({ Key: "Name", Value: "legacy-prod" });
  });

  it("compares a field as soon as the file writes it, and only that one", async () => {
    const { index, hand } = await start();
    const yaml = adopting(hand);
    await index.apply(yaml);
    const writing = yaml
      .replace("10.7.0.0/16,", "10.7.0.0/16, enableDnsHostnames: false, tags: { Name: core },")
      .replace("{ vpc: main, adopt", "{ vpc: main, routes: [], adopt")
      .replace("description: Locked", "description: Locked, egress: []");
    const run = await index.plan(writing);
    expect(run.plan.steps.map((step) => [step.address, "changes" in step ? step.changes.map(({ path }) => path) : []])).toEqual([
      ["vpc/main", ["enableDnsHostnames", "tags.Name"]],
      ["routeTable/public", ["routes"]],
    ]);
    await index.apply(writing);
    expect(stepsOf(await index.plan(writing))).toEqual([]);
  });

  it("keeps the values from the adoption, when the object gets another address", async () => {
    const { index, hand } = await start();
    await index.apply(adopting(hand));
    const moved = adopting(hand).replace("  web:", "  door:").concat("moved: [{ from: securityGroup/web, to: securityGroup/door }]\n");
    const { run } = await index.apply(moved);
    expect(stepsOf(run)).toEqual(["retag securityGroup/door"]);
    expect(run.plan.steps[0]).toMatchObject({ tags: { set: { "infra:resource": "securityGroup/door" }, remove: [] } });
    expect(stepsOf(await index.plan(moved))).toEqual([]);
  });

  it("is known again when the file calls it by another key: a likely rename", async () => {
    const { index, hand } = await start();
    await index.apply(adopting(hand));
    const { plan } = await index.plan(adopting(hand, false).replace("  web:", "  door:"));
    expect(plan.notes.find(({ code }) => code === "likely-rename")?.text).toContain(
      "moved: [{ from: securityGroup/web, to: securityGroup/door }]",
    );
  });

  it("holds a successor to all defaults again: it was made, not adopted", async () => {
    const { index, hand } = await start();
    const yaml = adopting(hand);
    await index.apply(yaml);
    const changed = yaml.replace("description: Locked", "description: Web");
    expect(stepsOf((await index.apply(changed)).run)).toEqual(["replace securityGroup/web"]);
    const after = await index.plan(changed);
    expect(stepsOf(after)).toEqual([]);
    const group = after.observed.objects.get("securityGroup/web")!;
    expect(group.live.tags).not.toHaveProperty("infra:adopted");
    expect(group.live.spec).toMatchObject({ ingress: [], egress: [{ protocol: "all", destination: "0.0.0.0/0" }] });
    expect(after.plan.notes).toMatchObject([
      { code: "adopt-idle", address: "securityGroup/web" },
      { code: "unlisted", address: "routeTable/public" },
    ]);
  });
});

describe("an object that cannot be adopted is an error for its address and its dependants, and nothing is created", () => {
  it("an object that is not there", async () => {
    const { index, hand } = await start();
    const run = await index.plan(adopting({ ...hand, vpc: "vpc-0123456789abcdef0" }));
    expect(errorsOf(run)).toEqual([
      {
        code: "adopt-missing",
        summary: "vpc-0123456789abcdef0 is to be adopted as vpc/main, but there is no such vpc in eu-west-1 for account 123456789012.",
      },
    ]);
    expect(run.diagnostics[0]!.at).toMatchObject({ line: 7 });
    expect(stepsOf(run)).toEqual([]);
  });

  it("reported once, also where it is the target", async () => {
    const { index, hand } = await start();
    const environment = index.load(adopting({ ...hand, vpc: "vpc-0123456789abcdef0" }));
    const run = await planEnvironment(kinds, await index.connection(), environment, { goal: "agree", targets: ["vpc/main"] });
    expect(run.diagnostics.map(({ code }) => code)).toEqual(["adopt-missing"]);
  });

  it("an object of another environment that infra manages", async () => {
    const { index, hand } = await start();
    await index.apply(adopting(hand));
    const run = await index.plan(adopting(hand).replace("environment: test", "environment: other"));
    expect(errorsOf(run).map(({ code }) => code)).toEqual(["adopt-owned", "adopt-owned", "adopt-owned"]);
    expect(errorsOf(run)[2]!.summary).toBe(`${hand.vpc} is to be adopted as vpc/main, but it belongs to vpc/main of lab/test.`);
    expect(stepsOf(run)).toEqual([]);
  });

  it("an object that has another address here, which is then not deleted either", async () => {
    const { index, hand } = await start();
    await index.apply(adopting(hand));
    const renamed = adopting(hand).replace("  web:", "  door:");
    const run = await index.plan(renamed);
    expect(errorsOf(run)).toMatchObject([{ code: "adopt-owned", summary: expect.stringContaining("it belongs to securityGroup/web.") }]);
    expect(run.diagnostics[0]!.hint).toContain("moved: [{ from: securityGroup/web, to: securityGroup/door }]");
    expect(stepsOf(run)).toEqual([]);
  });

  it("one object under two addresses", async () => {
    const { index, hand } = await start();
    const twice = `${adopting(hand)}  door: { vpc: main, description: Locked, adopt: { id: ${hand.group} } }\n`;
    await expect(index.plan(twice)).rejects.toThrow(/adopt-owned\n.*securityGroup\/web.* both adopt sg-/);
  });

  it("an object that would have to be replaced", async () => {
    const { index, hand } = await start();
    const run = await index.plan(adopting(hand).replace("10.7.0.0/16", "10.8.0.0/16"));
    expect(errorsOf(run)).toEqual([
      {
        code: "refused-change",
        summary: `vpc/main (${hand.vpc}) cannot be adopted: it would have to be replaced, because cidrBlock of a VPC cannot be changed.`,
      },
    ]);
    expect(stepsOf(run).filter((step) => /^(create|replace|delete)/.test(step))).toEqual([]);
  });
});
