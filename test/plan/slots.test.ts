import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { slotsOf } from "../support/slots.ts";
import { planned, printed } from "./pure.ts";

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const a = "a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }";
const c = "c: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: c }";
const subnets = (...those: string[]) => `${vpc}subnets: { ${those.join(", ")} }\n`;
const machine = (fields: string) =>
  `instances: { m: { image: ami-0123456789abcdef0, instanceType: t3.micro, disposable: true, ${fields} } }\n`;

/** Returns the work, or the problems. */
function plan(before: string, after: string): string[] {
  const made = planned(before, after);
  const errors = made.diagnostics.map(({ code, summary }) => `${code}: ${summary}`);
  return errors.length > 0 ? errors : printed(made);
}

function actions({ plan: { steps } }: ReturnType<typeof planned>): string[] {
  return steps.map(({ action, address }) => `${action} ${address}`);
}

describe("the slots that a kind declares", () => {
  it.each<[string, object, string[]]>([
    ["subnet", { vpc: "vpc/main", cidrBlock: "10.0.1.0/24" }, ["ranges of vpc/main: 167772416 to 167772671"]],
    ["internetGateway", { vpc: "vpc/main" }, ["gateway of vpc/main: vpc/main"]],
    ["elasticIp", { instance: "instance/m" }, ["uses of Elastic IPs: elasticIp/it", "Elastic IPs of instance/m: its first address"]],
    ["elasticIp", {}, []],
    [
      "loadBalancer",
      {
        listeners: {
          "80": { protocol: "HTTP", forward: "targetGroup/t" },
          "80.rules.x": { priority: 10, conditions: ["path /x"], forward: "targetGroup/t" },
          "80.rules.@50": { priority: 50, conditions: ["path /y"], forward: "targetGroup/theirs" },
        },
      },
      [
        "balancers of target groups: targetGroup/t",
        "balancers of target groups: targetGroup/theirs",
        "priorities of listener 80 of loadBalancer/it: 10",
        "priorities of listener 80 of loadBalancer/it: 50 (a rule with priority 50 that somebody else made)",
      ],
    ],
    [
      "loadBalancer",
      {
        subnetMappings: [
          { subnet: "subnet/a", elasticIp: "elasticIp/x" },
          { subnet: "subnet/c", privateIpv4Address: "10.0.2.9" },
        ],
      },
      ["uses of Elastic IPs: elasticIp/x", "addresses of subnet/c: 10.0.2.9"],
    ],
  ])("%s %j", (name, spec, slots) =>
    expect(
      slotsOf(
        kinds.find((kind) => kind.name === name)!,
        spec,
      ),
    ).toEqual(slots),
  );
});

describe("the order of work", () => {
  it("a range that is free needs no early delete", () => {
    expect(plan(subnets(a), subnets(a.replace("a:", "b:").replace("1.0/24", "3.0/24")))).toEqual([
      "create subnet/b",
      "update subnet/b (attributes)",
      "--- all is made and changed",
      "delete subnet/a",
    ]);
  });

  it("a renamed subnet", () => {
    expect(plan(subnets(a), subnets(a.replace("a:", "a2:")))).toEqual([
      "delete subnet/a",
      "create subnet/a2",
      "update subnet/a2 (attributes)",
      "--- all is made and changed",
    ]);
  });

  it("two subnets that take one's range wait for one delete", () => {
    const halves = [
      "b: { vpc: main, cidrBlock: 10.0.1.0/25, availabilityZone: a }",
      "d: { vpc: main, cidrBlock: 10.0.1.128/25, availabilityZone: a }",
    ];
    expect(plan(subnets(a), subnets(...halves)).slice(0, 3)).toEqual(["delete subnet/a", "create subnet/b", "create subnet/d"]);
  });

  it("of two subnets that swap, one is made again beside its old one", () => {
    expect(plan(subnets(a, c), subnets(a.replace("1.0", "2.0"), c.replace("2.0", "1.0"))).slice(0, 5)).toEqual([
      "delete subnet/a",
      "create subnet/c",
      "delete subnet/c",
      "update subnet/c (attributes)",
      "create subnet/a",
    ]);
  });

  it("three that take each other's ranges in a circle: one goes first", () => {
    const d = "d: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: a }";
    const turned = [a.replace("1.0", "2.0"), c.replace("2.0", "3.0"), d.replace("3.0", "1.0")];
    const work = plan(subnets(a, c, d), subnets(...turned)).filter((line) => !line.startsWith("update"));
    expect(work).toEqual([
      "delete subnet/a",
      "create subnet/d",
      "delete subnet/d",
      "create subnet/c",
      "delete subnet/c",
      "create subnet/a",
      "--- all is made and changed",
    ]);
  });

  it("a delete that makes room comes after everything else that its successor needs", () => {
    const gateway = "internetGateways: { main: { vpc: main } }\n";
    expect(plan(vpc + gateway, vpc + gateway.replace("main:", "gw:"))).toEqual([
      "create internetGateway/gw",
      "delete internetGateway/main",
      "update internetGateway/gw (attachment)",
      "--- all is made and changed",
    ]);
  });

  it("a machine with a fixed address goes first where its successor has the same one, and not where it has another", () => {
    const before = subnets(a) + machine("subnet: a, privateIpAddress: 10.0.1.10");
    const again = before.replace("ami-0123456789abcdef0", "ami-0123456789abcdef1");
    expect(plan(before, again).slice(0, 2)).toEqual(["delete instance/m", "create instance/m"]);
    expect(plan(before, again.replace("1.10", "1.11"))[0]).toBe("create instance/m");
  });

  it("in a VPC that is replaced the ranges are free", () => {
    const work = plan(subnets(a), subnets(a).replace("10.0.0.0/16", "10.0.0.0/17"));
    expect(work.indexOf("create subnet/a")).toBeLessThan(work.indexOf("delete subnet/a"));
  });

  it("a name that differs in upper and lower case alone is the same to AWS", () => {
    const group = `${vpc}securityGroups: { one: { vpc: main, name: App } }\n`;
    expect(plan(group, group.replace("one:", "two:").replace("App", "app")).slice(0, 2)).toEqual([
      "delete securityGroup/one",
      "create securityGroup/two",
    ]);
  });

  it("rules are revoked that name a group which has to be deleted first", () => {
    const groups = `${vpc}securityGroups: { app: { vpc: main, name: app, description: One }, user: { vpc: main, ingress: [{ port: 22, source: securityGroup/app }] } }\n`;
    expect(plan(groups, groups.replace("One", "Two"))).toEqual([
      "letGo securityGroup/user (rules)",
      "delete securityGroup/app",
      "create securityGroup/app",
      "update securityGroup/app (rules)",
      "update securityGroup/user (rules)",
      "--- all is made and changed",
    ]);
  });

  it.each([
    ["first made, then deleted", "", "One"],
    ["first deleted", ", name: fixed", "One"],
  ])("groups that name each other and are both replaced revoke these rules before they are deleted (%s)", (_how, name, before) => {
    const pair = (description: string) => `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
securityGroups:
  x: { vpc: main${name}, description: ${description}, ingress: [{ port: 22, source: securityGroup/y }] }
  y: { vpc: main, description: ${description}, ingress: [{ port: 22, source: securityGroup/x }] }
`;
    const lines = printed(planned(pair(before), pair("Two")));
    const at = (line: string) => lines.indexOf(line);
    expect(at("detach securityGroup/x")).toBeGreaterThan(-1);
    expect(at("delete securityGroup/y")).toBeGreaterThan(at("detach securityGroup/x"));
    expect(at("delete securityGroup/x")).toBeGreaterThan(at("detach securityGroup/y"));
  });

  it("a user whose own change frees the object needs no release", () => {
    const group = (sources: string) =>
      `${vpc}securityGroups: { app: { vpc: main, name: app }, user: { vpc: main, ingress: [${sources}] } }\n`;
    const after = group("{ port: 22, source: 10.0.0.0/8 }").replace("app: {", "app2: {");
    expect(plan(group("{ port: 22, source: securityGroup/app }"), after).slice(0, 3)).toEqual([
      "update securityGroup/user (rules)",
      "delete securityGroup/app",
      "create securityGroup/app2",
    ]);
  });
});

describe("refused changes", () => {
  it("a name that something keeps", () => {
    const kept = `${vpc}securityGroups: { app: { vpc: main, name: app, retain: true } }\n`;
    expect(plan(kept, kept.replace("app: {", "app2: {"))).toEqual([
      'slot-taken: securityGroup/app2 needs the name "app" in vpc/main, which securityGroup/app (id of securityGroup/app) already has; it stays, because it is retained (`retain: true`).',
    ]);
  });

  it("a whole chain, none of which is left in the plan", () => {
    const group = `${subnets(a)}securityGroups: { app: { vpc: main, name: app, description: One } }\n${machine("subnet: a, securityGroups: [app]")}`;
    const { plan: made, diagnostics, work } = planned(group, group.replace("One", "Two"));
    expect(diagnostics.map(({ code }) => code)).toEqual(["cannot-let-go"]);
    expect(made.steps).toEqual([]);
    expect(work.map(({ id }) => id)).toEqual(["barrier"]);
  });

  it("an object that one of ours is in, though no field says so", () => {
    const gateway = `${vpc}internetGateways: { main: { vpc: main } }\nelasticIps: { n: {} }\n`;
    const standing = new Map([["internetGateway/main", [{ by: "elasticIp/n", what: "eni-1 (public address 192.0.2.1) is in it" }]]]);
    const { diagnostics } = planned(gateway, gateway.replace("main: { vpc", "gw: { vpc"), { standing });
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      "internetGateway/main (id of internetGateway/main) would have to be deleted before internetGateway/gw can have the single internet gateway attachment of vpc/main; elasticIp/n cannot do without it: eni-1 (public address 192.0.2.1) is in it.",
    ]);
  });

  it("an early delete of an object that others use", () => {
    const users = new Map([["id of subnet/a", [{ id: "eni-1", what: "network interface of Lambda function f", holder: "eni-1" }]]]);
    const { diagnostics } = planned(subnets(a), subnets(a.replace("a:", "a2:")), { users });
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toContain("error in-use");
  });

  it("keeps deletes back, and says what waits for them", () => {
    const group = `${subnets(a, c)}securityGroups: { app: { vpc: main, name: app, retain: true } }\n`;
    const { plan: made } = planned(group, group.replace("app: {", "app2: {").replace("c: {", "c2: {"));
    expect(made.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["keep subnet/c", "keep securityGroup/app"]);
    expect(made.notes.filter(({ code }) => code === "slot-taken").map(({ text }) => text)).toEqual([
      "subnet/c2 is not created yet: subnet/c still has the range 10.0.2.0/24 in vpc/main, and nothing is deleted while a change of this plan is refused",
    ]);
  });
});

/**
 * AWS deletes no object in use. A delete or replacement is therefore not started when an object that this plan leaves alone uses the old
 * object.
 */
describe("an object in use by one that stays", () => {
  const group = (description: string) => `securityGroups: { app: { vpc: main, description: ${description} } }\n`;
  const stubborn = machine("subnet: a, securityGroups: [app]").replace("disposable: true, ", "");
  const errors = ({ diagnostics }: ReturnType<typeof planned>) => diagnostics.map(({ code, summary }) => `${code}: ${summary}`);
  const moved = subnets(a, c).replace("10.0.1.0", "10.0.3.0");

  it("an instance that left the file and is kept: the objects that it is in are not replaced, and the reason is named", () => {
    const made = planned(subnets(a) + group("One") + stubborn, subnets(a).replace("10.0.1.0", "10.0.3.0") + group("Two"));
    const why = "deleting it would lose its disk; to allow that, add `allowDestroy: { instance/m: id of instance/m }`";
    const refusal = (what: string, field: string) =>
      `cannot-let-go: ${what} (id of ${what}) would have to be replaced, because ${field} cannot be changed; the old one could not be deleted: instance/m (id of instance/m) uses it and stays as it is, because ${why}.`;
    expect(errors(made).sort()).toEqual([
      refusal("securityGroup/app", "description of a security group"),
      refusal("subnet/a", "cidrBlock of a subnet"),
    ]);
    expect(actions(made)).toEqual(["keep instance/m"]);
  });

  it("a change that would free the object, and that is refused", () => {
    const made = planned(subnets(a, c) + group("One") + stubborn, moved + group("One") + stubborn.replace("subnet: a", "subnet: c"));
    expect(errors(made)).toEqual([
      expect.stringMatching(/^destroys-data: instance\/m /),
      expect.stringMatching(/^cannot-let-go: subnet\/a .* uses it and stays as it is, because its own change is refused\.$/),
    ]);
    expect(actions(made)).toEqual([]);
  });

  it("an object that cannot be planned, because its look-up failed", () => {
    const made = planned(subnets(a) + group("One") + stubborn, subnets(a) + group("Two") + stubborn, { failed: new Set(["instance/m"]) });
    expect(errors(made)).toEqual([expect.stringMatching(/^cannot-let-go: securityGroup\/app .* because this plan does not include it\.$/)]);
  });

  it("an object that is no target", () => {
    const both = subnets(a) + machine("subnet: a");
    const made = planned(both, both.replace("10.0.1.0", "10.0.3.0"), { targets: ["subnet/a"] });
    expect(errors(made)).toEqual([
      expect.stringMatching(/^cannot-let-go: subnet\/a .* instance\/m .* because this plan does not include it\.$/),
    ]);
  });

  it("an object that only leaves the file is kept with its user", () => {
    const two = `${group("One")}`.replace("app:", "old: { vpc: main }, app:");
    const made = planned(
      subnets(a) + two + machine("subnet: a, securityGroups: [old]"),
      subnets(a) + group("One") + machine("subnet: a, securityGroups: [app], ignoreChanges: [securityGroups]"),
    );
    expect(made.diagnostics).toEqual([]);
    expect(made.plan.steps.map(({ action, address, because }) => `${action} ${address}: ${because}`)).toEqual([
      "keep securityGroup/old: instance/m uses it, and `ignoreChanges` leaves securityGroups as it is",
    ]);
  });

  it("waits, where its user would go if nothing else were refused", () => {
    const kept = group("One").replace(" } }", " }, named: { vpc: main, name: one, retain: true } }");
    const taken = group("Two").replace(" } }", " }, other: { vpc: main, name: one } }");
    const made = planned(subnets(a) + kept + machine("subnet: a, securityGroups: [app]"), subnets(a) + taken);
    expect(errors(made)).toEqual([expect.stringMatching(/^slot-taken: securityGroup\/other /)]);
    expect(actions(made).sort()).toEqual(["keep instance/m", "keep securityGroup/named"]);
    expect(made.plan.notes.filter(({ code }) => code === "cannot-let-go").map(({ text }) => text)).toEqual([
      "securityGroup/app is not replaced yet: instance/m uses it, and nothing is deleted while a change of this plan is refused",
    ]);
  });

  it("does not count where AWS lets the two part: a subnet takes its association with an ACL along", () => {
    const acl = "networkAcls: { n: { vpc: main, subnets: [a] } }\n";
    expect(plan(subnets(a) + acl, subnets(a.replace("availabilityZone: a", "availabilityZone: b")) + acl).slice(0, 2)).toEqual([
      "delete subnet/a",
      "create subnet/a",
    ]);
  });
});

describe("changes that are withdrawn with a refused change", () => {
  const kept = (fields: string) => `${a.replace(" }", `${fields} }`)}`;
  const held = ({ plan }: ReturnType<typeof planned>) => plan.notes.flatMap(({ code, text }) => (code === "held-back" ? [text] : []));

  it("the object that would be made in its place", () => {
    const before = subnets(kept(", protect: true"));
    const made = planned(before, before.replace("10.0.1.0", "10.0.3.0") + machine("subnet: a, privateIpAddress: 10.0.3.10"));
    expect(made.diagnostics.map(({ code }) => code)).toEqual(["protected"]);
    expect(made.plan.steps).toEqual([]);
    expect(held(made)).toEqual(["instance/m is not created, because subnet/a is not replaced"]);
  });

  it("a change in place that would first refer to it, with the changes that follow that", () => {
    const table = (more: string) => `routeTables: { r: { vpc: main, subnets: [c${more}] } }\n`;
    const template = (groups: string) => `securityGroups: { one: { vpc: main, description: One, protect: true }, two: { vpc: main } }
launchTemplates: { t: { image: ami-0123456789abcdef0, instanceType: t3.micro, securityGroups: [${groups}] } }
autoScalingGroups: { g: { launchTemplate: t, subnets: [c], minSize: 0, maxSize: 1 } }
`;
    const before = subnets(kept(", protect: true"), c) + table("") + template("two");
    const after = before.replace("10.0.1.0", "10.0.3.0").replace("subnets: [c] }", "subnets: [c, a] }").replace("[two]", "[one]");
    const made = planned(before, after.replace("description: One", "description: Uno"));
    expect(made.diagnostics.map(({ code }) => code)).toEqual(["protected", "protected"]);
    expect(made.plan.steps).toEqual([]);
    expect(held(made).sort()).toEqual([
      "launchTemplate/t is not changed, because securityGroup/one is not replaced",
      "routeTable/r is not changed, because subnet/a is not replaced",
    ]);
  });

  it("and nothing that referred to it already", () => {
    const table = "routeTables: { r: { vpc: main, subnets: [a, c]MORE } }\n";
    const before = subnets(kept(", protect: true"), c) + table.replace("MORE", "");
    const made = planned(before, before.replace("10.0.1.0", "10.0.3.0").replace("subnets: [a, c] }", "subnets: [a, c], tags: { x: y } }"));
    expect(actions(made)).toEqual(["update routeTable/r"]);
    expect(held(made)).toEqual([]);
  });

  it("the changes that follow it alone, also where two are refused one after the other", () => {
    const table = "routeTables: { r: { vpc: main, subnets: [a, c] } }\n";
    const two = subnets(kept(", protect: true"), c) + machine("subnet: c").replace("disposable: true, ", "") + table;
    const made = planned(two, two.replace("10.0.1.0", "10.0.4.0").replace("10.0.2.0", "10.0.3.0"));
    expect(made.diagnostics.map(({ code }) => code)).toEqual(["protected", "destroys-data"]);
    expect(made.plan.steps).toEqual([]);
    const withheld = subnets(kept(", protect: true"), c) + machine("subnet: c, protect: true") + table;
    const late = planned(
      withheld,
      subnets(kept(", protect: true"), c).replace("10.0.1.0", "10.0.4.0").replace("10.0.2.0", "10.0.3.0") + table,
    );
    expect(late.diagnostics.map(({ code }) => code)).toEqual(["protected", "cannot-let-go"]);
    expect(late.plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["keep instance/m"]);
  });

  it("and the remaining message lists the remaining changes", () => {
    const table = "routeTables: { r: { vpc: main, subnets: [a, c] } }\n";
    const before = subnets(kept(", protect: true"), c) + table;
    const made = planned(before, before.replace("10.0.1.0", "10.0.4.0").replace("10.0.2.0", "10.0.3.0"));
    const [step] = made.plan.steps.filter(({ address }) => address === "routeTable/r");
    expect(step).toMatchObject({
      because: "subnet/c is replaced",
      changes: [{ path: "subnets", before: ["subnet/a", "id of subnet/c"], after: ["subnet/a", "subnet/c"] }],
    });
  });

  it("the changes that would follow a change in place", () => {
    const both = (name: string, more = "") => `${subnets(a)}securityGroups: { ${name}: { vpc: main, name: one${more} } }
launchTemplates: { t: { image: ami-0123456789abcdef0, instanceType: t3.micro, securityGroups: [${name}] } }
autoScalingGroups: { g: { launchTemplate: t, subnets: [a], minSize: 0, maxSize: 1 } }
`;
    const able = planned(both("old"), both("x"));
    expect(able.plan.steps.map(({ address, because }) => `${address}: ${because}`)).toContain(
      "autoScalingGroup/g: launchTemplate/t changes",
    );
    const made = planned(both("old", ", retain: true"), both("x"));
    expect(made.diagnostics.map(({ code }) => code)).toEqual(["slot-taken"]);
    expect(actions(made)).toEqual(["keep securityGroup/old"]);
  });
});
