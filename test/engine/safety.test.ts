/** Objects that a plan refuses to touch, keeps, adopts, moves and leaves alone. */
import { describe, expect, it } from "vitest";
import { ownership, supersededAfter } from "../../src/resource/ownership.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const network = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 80, source: 0.0.0.0/0 }] }
`;
const machine = (more = "") => `${network}
instances:
  box: { subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, securityGroups: [web]${more} }
`;

/** Returns the id under which AWS shows an address. */
async function idOf(index: Testbed, yaml: string, address: string): Promise<string> {
  const { plan } = await index.plan(yaml);
  return plan.objects.find((object) => object.address === address)!.id;
}

async function ec2(index: Testbed) {
  const { aws } = await index.connection();
  return { send: aws.ec2, sdk: await import("@aws-sdk/client-ec2") };
}

describe("data and addresses", () => {
  it("a machine that leaves the YAML is kept, with all it needs, and the plan says how to delete it", async () => {
    const index = openTestbed();
    await index.apply(machine());
    const id = await idOf(index, machine(), "instance/box");
    const gone = `${header}\n`;
    const run = await index.plan(gone);
    expect(stepsOf(run).sort()).toEqual(["keep instance/box", "keep securityGroup/web", "keep subnet/a", "keep vpc/main"]);
    const kept = run.plan.steps.find((step) => step.address === "instance/box")!;
    expect(kept.because).toContain(`allowDestroy: { instance/box: ${id} }`);
    expect(run.plan.steps.find((step) => step.address === "vpc/main")?.because).toBe("kept, because of instance/box");
    const applied = await index.apply(`${gone}allowDestroy: { instance/box: ${id} }\n`);
    expect(stepsOf(applied.run).sort()).toEqual(["delete instance/box", "delete securityGroup/web", "delete subnet/a", "delete vpc/main"]);
    expect((await index.plan(gone)).plan.objects).toEqual([]);
  });

  it("a disposable machine goes with its subnet, in order, after the creates", async () => {
    const index = openTestbed();
    const disposable = machine(", disposable: true");
    await index.apply(disposable);
    const moved = `${network.replace("  a: {", "  b: {").replace("10.0.1.0", "10.0.2.0")}`;
    const { run, events } = await index.apply(moved);
    expect(stepsOf(run)).toEqual(["create subnet/b", "delete instance/box", "delete subnet/a"]);
    const done = events.flatMap((event) => (event.type === "step-done" ? [`${event.step.action} ${event.step.address}`] : []));
    expect(done.indexOf("delete subnet/a")).toBeGreaterThan(done.indexOf("delete instance/box"));
    expect(done.indexOf("delete instance/box")).toBeGreaterThan(done.indexOf("create subnet/b"));
  });

  it("a zone that changes would lose a machine's disk, so the whole chain is refused before its first step", async () => {
    const index = openTestbed();
    await index.apply(machine());
    const run = await index.plan(machine().replace("availabilityZone: a", "availabilityZone: b"));
    expect(stepsOf(run)).toEqual([]);
    expect(run.diagnostics).toMatchObject([{ code: "destroys-data", severity: "error", summary: expect.stringContaining("instance/box") }]);
    expect(run.diagnostics[0]!.summary).toContain("its disk");
  });

  it("a network is not renumbered around a machine that stays, though its parts have reasons of their own to be replaced", async () => {
    const index = openTestbed();
    await index.apply(machine());
    const run = await index.plan(machine().replaceAll("10.0.", "10.1."));
    expect(stepsOf(run)).toEqual([]);
    expect(run.diagnostics.map(({ code }) => code)).toEqual(["destroys-data"]);
  });

  it("nor around a database, whose subnet group lies in the VPC for good", async () => {
    const index = openTestbed();
    const database = `${network}
dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main: { engine: mysql, instanceClass: db.t4g.micro, allocatedStorage: 20, masterUsername: dbadmin, subnetGroup: main, securityGroups: [web] }
`.replace("subnets:\n", "subnets:\n  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }\n");
    await index.apply(database);
    const run = await index.plan(database.replaceAll("10.0.", "10.1."));
    expect(stepsOf(run)).toEqual([]);
    expect(run.diagnostics.map(({ code }) => code)).toContain("refused-change");
    expect(run.diagnostics[0]!.summary).toContain("dbSubnetGroup/main is replaced");
  });

  it("an object that depends on a refused change stays as it is with it", async () => {
    const index = openTestbed();
    await index.apply(machine());
    const run = await index.plan(
      machine().replace("description: Web", "description: Web servers").replace("subnet: a,", "subnet: a, privateIpAddress: 10.0.1.99,"),
    );
    expect(stepsOf(run), "the group, which the machine would keep").toEqual([]);
    expect(run.diagnostics.map(({ code }) => code)).toEqual(["destroys-data"]);
  });

  it("protection outlives the YAML that asked for it", async () => {
    const index = openTestbed();
    await index.apply(network.replace("10.0.0.0/16 }", "10.0.0.0/16, protect: true }"));
    const run = await index.plan(`${header}\n`);
    expect(run.plan.steps.find((step) => step.address === "vpc/main")).toMatchObject({
      action: "keep",
      because: "it is protected (`protect: true`)",
    });
    expect((await index.destroy(network)).run.plan.steps.find((step) => step.address === "vpc/main")?.action).toBe("keep");
  });

  it("maxDisruption stops a replacement", async () => {
    const index = openTestbed();
    await index.apply(network);
    const run = await index.plan(`${network.replace("availabilityZone: a", "availabilityZone: b")}\nmaxDisruption: restart\n`);
    expect(run.diagnostics).toMatchObject([{ code: "too-disruptive" }]);
    expect(stepsOf(run)).toEqual([]);
  });
});

describe("names that change", () => {
  it("a rename without `moved:` is reported as a likely one", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { plan } = await index.plan(network.replace("  a: {", "  b: {"));
    expect(plan.notes.find((note) => note.code === "likely-rename")?.text).toContain("moved: [{ from: subnet/a, to: subnet/b }]");
  });

  it("with `moved:` nothing is replaced, and the line may then go", async () => {
    const index = openTestbed();
    await index.apply(network);
    const moved = `${network.replace("  a: {", "  b: {")}\nmoved: [{ from: subnet/a, to: subnet/b }]\n`;
    const applied = await index.apply(moved);
    expect(stepsOf(applied.run)).toEqual(["retag subnet/b"]);
    expect(stepsOf(await index.plan(moved))).toEqual([]);
    expect(stepsOf(await index.plan(network.replace("  a: {", "  b: {")))).toEqual([]);
  });

  it("`adopt:` takes over unowned objects, and only those", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { send, sdk } = await ec2(index);
    const vpc = await idOf(index, network, "vpc/main");
    const made = await send(new sdk.CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.0.9.0/24", AvailabilityZone: "eu-west-1a" }));
    const adopting = network.replace(
      "subnets:\n",
      `subnets:\n  old: { vpc: main, cidrBlock: 10.0.9.0/24, availabilityZone: a, adopt: { id: ${made.Subnet!.SubnetId} } }\n`,
    );
    const applied = await index.apply(adopting);
    expect(stepsOf(applied.run)).toEqual(["retag subnet/old"]);
    expect(stepsOf(await index.plan(adopting))).toEqual([]);
  });

  it("`adopt:` shows the differences of the YAML and makes them in the same apply, rules of a group included", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { send, sdk } = await ec2(index);
    const vpc = await idOf(index, network, "vpc/main");
    const made = await send(new sdk.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "by-hand", Description: "theirs" }));
    const GroupId = made.GroupId!;
    await send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIp: "0.0.0.0/0" }));
    const adopting = network.replace(
      "securityGroups:\n",
      `securityGroups:\n  old: { vpc: main, ingress: [{ port: 443, source: 0.0.0.0/0 }], adopt: { id: ${GroupId} } }\n`,
    );
    const applied = await index.apply(adopting);
    expect(stepsOf(applied.run)).toEqual(["retag securityGroup/old", "update securityGroup/old"]);
    expect(stepsOf(await index.plan(adopting))).toEqual([]);
  });
});

describe("objects that are not ours", () => {
  it("a copy of our tags on a foreign group is reported and never touched", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { send, sdk } = await ec2(index);
    const vpc = await idOf(index, network, "vpc/main");
    const group = await idOf(index, network, "securityGroup/web");
    const { SecurityGroups } = await send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [group] }));
    const foreign = await send(new sdk.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "foreign", Description: "theirs" }));
    await send(new sdk.CreateTagsCommand({ Resources: [foreign.GroupId!], Tags: SecurityGroups![0]!.Tags! }));
    const run = await index.plan(network);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.find((note) => note.code === "copy")?.text).toContain(foreign.GroupId!);
  });

  it("two objects that pass as one address are an error for it and its dependants only", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { send, sdk } = await ec2(index);
    const vpc = await idOf(index, network, "vpc/main");
    const { Subnets } = await send(new sdk.DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }));
    const copy = await send(new sdk.CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.0.9.0/24", AvailabilityZone: "eu-west-1a" }));
    await send(new sdk.CreateTagsCommand({ Resources: [copy.Subnet!.SubnetId!], Tags: Subnets![0]!.Tags! }));
    const run = await index.plan(machine().replace("10.0.0.0/16 }", "10.0.0.0/16, enableDnsHostnames: true }"));
    expect(run.diagnostics).toMatchObject([
      { code: "two-of-one", severity: "error", summary: expect.stringContaining(copy.Subnet!.SubnetId!) },
    ]);
    expect(stepsOf(run)).toEqual(["update vpc/main"]);
  });

  it("of two objects that were to be replaced the last counts, whose replacement a killed run did not make", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { send, sdk } = await ec2(index);
    const vpc = await idOf(index, network, "vpc/main");
    const { Subnets = [] } = await send(new sdk.DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }));
    const [last] = Subnets;
    const before = await send(new sdk.CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.0.9.0/24", AvailabilityZone: "eu-west-1a" }));
    const mark = (id: string, value: string) =>
      send(new sdk.CreateTagsCommand({ Resources: [id], Tags: [...last!.Tags!, { Key: ownership.superseded, Value: value }] }));
    await mark(before.Subnet!.SubnetId!, "true");
    await mark(last!.SubnetId!, supersededAfter([{ [ownership.superseded]: "true" }]));
    const run = await index.plan(network);
    expect(run.diagnostics).toEqual([]);
    const address = last!.Tags!.find(({ Key }) => Key === ownership.resource)!.Value!;
    const left = `${address} (replaced ${before.Subnet!.SubnetId!})`;
    expect(stepsOf(run)).toEqual([`retag ${address}`, `delete ${left}`]);
    expect(run.plan.steps[0]).toMatchObject({ because: "it no longer has to be replaced" });
    // Any text that somebody wrote by hand in place of the turn counts as a mark, and as the earliest.
    for (const byHand of ["by hand", "", "0", "-1", "1e3", "NaN"]) {
      await mark(before.Subnet!.SubnetId!, byHand);
      expect(stepsOf(await index.plan(network))).toEqual([`retag ${address}`, `delete ${left}`]);
    }
    expect([[], [{}], [{ [ownership.superseded]: "2" }, { [ownership.superseded]: "true" }]].map(supersededAfter)).toEqual([
      "true",
      "true",
      "3",
    ]);
  });

  it("another project's environment of the same name is reported, and left alone", async () => {
    const index = openTestbed();
    await index.apply(network);
    const other = network
      .replace("project: lab", "project: shop")
      .replace("10.0.0.0/16", "10.1.0.0/16")
      .replace("10.0.1.0", "10.1.1.0")
      .replace("Web,", "Web, name: shop-web,");
    const run = await index.plan(other);
    expect(run.plan.isNew).toBe(true);
    expect(run.plan.notes.find((note) => note.code === "other-project")?.text).toMatch(/^project lab has an environment test here too/);
    await index.apply(other);
    await index.destroy(other);
    expect(stepsOf(await index.plan(network))).toEqual([]);
  });
});

describe("replacement", () => {
  it("create-first: the old object waits, marked, until the new one has taken its place", async () => {
    const index = openTestbed();
    await index.apply(machine(", disposable: true"));
    const before = await idOf(index, machine(", disposable: true"), "securityGroup/web");
    const changed = machine(", disposable: true").replace("description: Web", "description: Web servers");
    const { run } = await index.apply(changed);
    expect(stepsOf(run)).toEqual(["replace securityGroup/web", "update instance/box"]);
    expect(run.plan.steps[0]).toMatchObject({ order: "create-first" });
    expect(run.plan.steps[1]!.because).toBe("securityGroup/web is replaced");
    const after = await idOf(index, changed, "securityGroup/web");
    expect(after).not.toBe(before);
    expect(stepsOf(await index.plan(changed))).toEqual([]);
  });
});
