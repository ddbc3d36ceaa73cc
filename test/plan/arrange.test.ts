/**
 * Which step makes room for which, which plans are refused because no step does, and their messages: the problem, the places of the other
 * objects, the way round.
 */
import { describe, expect, test } from "vitest";
import type { Observed } from "../../src/plan/observed.ts";
import type { PlanInput } from "../../src/plan/planned.ts";
import { inputOf, planned, printed } from "./pure.ts";

/** Returns the messages of a plan: problems with their places, notes, and what waits for a delete. */
function saidOf(before: string, after: string, more: Partial<PlanInput> = {}): string[] {
  const { diagnostics, plan } = planned(before, after, more);
  const place = (at: { readonly line: number; readonly column: number } | undefined) => (at ? ` [${at.line}:${at.column}]` : "");
  return [
    ...diagnostics.flatMap(({ severity, code, at, summary, detail, hint }) => [
      `${severity} ${code}${place(at)}: ${summary}`,
      ...(detail?.split("\n").map((line) => `  ${line}`) ?? []),
      ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ]),
    ...plan.notes
      .filter(({ code }) => code !== "likely-rename")
      .map(({ code, at, id, text }) => `${code}${place(at)}: ${text}${id === undefined ? "" : ` (${id})`}`),
    ...plan.steps.flatMap((step) => ("until" in step ? [`${step.address} goes before ${step.until!.join(" and ")}`] : [])),
  ];
}

// The header of the file has four lines.
const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const a = "a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }";
const c = "c: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: c }";
const subnets = (...those: string[]) => `${vpc}subnets: { ${those.join(", ")} }\n`;
const groups = (...those: string[]) => `securityGroups: { ${those.join(", ")} }\n`;
const app = (description: string, more = "") => `app: { vpc: main, description: ${description}${more} }`;
const machines = (more: string) =>
  `instances: { ${["m", "n"].map((name) => `${name}: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro${more} }`).join(", ")} }\n`;
const balancer = (
  subnet: string,
) => `${subnets(subnet, c)}${groups("s: { vpc: main }")}loadBalancers: { l: { scheme: internal, securityGroups: [s], subnets: [a, c] } }
`;
const inTwoChanges =
  "  hint: make two changes: first declare the new resource beside the old one, with values of its own, and change every reference to it; then remove the old one";

describe("a delete that would have to go first, and cannot", () => {
  const used = machines(", securityGroups: [app]");

  test("because its users cannot do without the object", () => {
    const text = (description: string) => subnets(a) + groups(app(description, ", name: app")) + used;
    expect(saidOf(text("One"), text("Two"))).toEqual([
      "error cannot-let-go [7:50]: securityGroup/app (id of securityGroup/app) would have to be deleted before it is created again, because description of a security group cannot be changed; instance/m cannot do without it: it would be left without a security group; instance/n cannot do without it: it would be left without a security group.",
      "  instance/m is at test.yaml:8",
      "  instance/n is at test.yaml:8",
      "  hint: write another `name:`, or none: infra then creates the new object first, changes the objects that use the old one, and deletes the old one last",
    ]);
  });

  test("and no other name would help, where its kind has no names", () => {
    expect(saidOf(balancer(a), balancer(a.replace("Zone: a", "Zone: b")))).toEqual([
      "error cannot-let-go [6:70]: subnet/a (id of subnet/a) would have to be deleted before it is created again, because availabilityZone of a subnet cannot be changed; loadBalancer/l cannot do without it: it would be left in one zone, but it needs two.",
      "  loadBalancer/l is at test.yaml:8",
      inTwoChanges,
    ]);
  });

  test("where it has a new name, with the line that keeps it", () => {
    expect(saidOf(balancer(a), balancer(a.replace("a:", "a2:")).replace("[a, c]", "[a2, c]"))).toEqual([
      "error cannot-let-go [6:40]: subnet/a (id of subnet/a) would have to be deleted before subnet/a2 can have the range 10.0.1.0/24 in vpc/main; loadBalancer/l cannot do without it: it would be left in one zone, but it needs two.",
      "  loadBalancer/l is at test.yaml:8",
      "  hint: if subnet/a2 is subnet/a under a new name, add `moved: [{ from: subnet/a, to: subnet/a2 }]`",
      "held-back [8:18]: loadBalancer/l is not changed, because subnet/a2 is not created (id of loadBalancer/l)",
    ]);
  });

  test("where another one takes its place", () => {
    const other = balancer(a.replace("a:", "b:").replace("Zone: a", "Zone: b")).replace("[a, c]", "[b, c]");
    expect(saidOf(balancer(a), other).slice(0, 3)).toEqual([
      "error cannot-let-go [6:39]: subnet/a (id of subnet/a) would have to be deleted before subnet/b can have the range 10.0.1.0/24 in vpc/main; loadBalancer/l cannot do without it: it would be left in one zone, but it needs two.",
      "  loadBalancer/l is at test.yaml:8",
      inTwoChanges,
    ]);
  });
});

describe("a slot that an object which stays has taken", () => {
  test("is an error with the line that carries the old one over, where the two look alike", () => {
    const text = (name: string, more = "") => vpc + groups(`${name}: { vpc: main, name: app${more} }`);
    expect(saidOf(text("app", ", retain: true"), text("app2"))).toEqual([
      'error slot-taken [6:44]: securityGroup/app2 needs the name "app" in vpc/main, which securityGroup/app (id of securityGroup/app) already has; it stays, because it is retained (`retain: true`).',
      "  hint: if securityGroup/app2 is securityGroup/app under a new name, add `moved: [{ from: securityGroup/app, to: securityGroup/app2 }]`",
    ]);
    expect(saidOf(text("app", ", description: One, retain: true"), text("app2", ", description: Two")).slice(1)).toEqual([
      "  hint: choose another, or first remove it from the object that has it",
    ]);
  });

  test("names the place of the holder in the file", () => {
    const text = (x: string, more = "") => `${subnets(a)}internetGateways: { g: { vpc: main } }
${machines("")}elasticIps:
  x: { instance: ${x} }
${more}`;
    const after = text("n, ignoreChanges: [instance]", "  y: { instance: m }\n");
    expect(saidOf(text("m"), after)).toEqual([
      "error slot-taken [11:18]: elasticIp/y needs the Elastic IP of instance/m, which elasticIp/x (id of elasticIp/x) already has; this plan does not change that.",
      "  elasticIp/x is at test.yaml:10",
      "  hint: choose another, or first remove it from the object that has it",
    ]);
  });
});

describe("a delete that goes before a create", () => {
  const twoHalves = [
    "d: { vpc: main, cidrBlock: 10.0.1.128/25, availabilityZone: a }",
    "b: { vpc: main, cidrBlock: 10.0.1.0/25, availabilityZone: a }",
  ];

  test("names the create that it serves", () => {
    expect(saidOf(subnets(a), subnets(...twoHalves))).toEqual(["subnet/a goes before subnet/b and subnet/d"]);
  });

  test("is refused where the environment allows no replacement, and a replacement that frees the same is not said twice", () => {
    const refusal = (to: string, column: number) =>
      `error too-disruptive [7:${column}]: subnet/a (id of subnet/a) would have to be deleted before subnet/${to} exists, because both need the range 10.0.1.0/24 in vpc/main; this environment allows at most \`maxDisruption: restart\`.`;
    expect(saidOf(subnets(a), `maxDisruption: restart\n${subnets(a.replace("a:", "a2:"))}`)).toEqual([
      refusal("a2", 40),
      "  hint: if it is the same object under a new name, add `moved: [{ from: subnet/a, to: subnet/a2 }]`",
    ]);
    expect(saidOf(subnets(a), `maxDisruption: restart\n${subnets(a.replace("a:", "b:").replace("Zone: a", "Zone: b"))}`)).toEqual([
      refusal("b", 39),
    ]);
  });

  test("is refused where others use it", () => {
    const [one, two] = ["eni-1", "eni-2"].map((id) => ({ id, what: `interface of ${id}`, holder: id }));
    const users = new Map([["id of subnet/a", [one!, two!]]]);
    expect(saidOf(subnets(a), subnets(a.replace("a:", "a2:")), { users }).slice(2)).toEqual([
      "error in-use [6:40]: subnet/a (id of subnet/a) would have to be deleted before subnet/a2 exists, because both need the range 10.0.1.0/24 in vpc/main, and others use it: eni-1 (interface of eni-1), eni-2 (interface of eni-2).",
      "  hint: if it is the same object under a new name, add `moved: [{ from: subnet/a, to: subnet/a2 }]`",
    ]);
  });

  test("is waited for where AWS is deleting the object already", () => {
    const { observed } = inputOf(subnets(a), subnets(a));
    const subnet = observed.objects.get("subnet/a")!;
    const dying = [{ ...subnet, address: "subnet/a~1", live: { ...subnet.live, state: "deleting" as const } }];
    const objects = new Map([...observed.objects].filter(([address]) => address !== "subnet/a"));
    const seen: Observed = { ...observed, objects, dying };
    expect(saidOf(subnets(a), subnets(a), { observed: seen })).toEqual([
      "awaited [6:39]: subnet/a waits until AWS has deleted id of subnet/a, which still has the range 10.0.1.0/24 in vpc/main (id of subnet/a)",
    ]);
    expect(printed(planned(subnets(a), subnets(a), { observed: seen })).slice(0, 2)).toEqual(["delete subnet/a~1", "create subnet/a"]);
  });
});

describe("an object that another one misses for a while", () => {
  const text = (description: string, more = "") =>
    vpc +
    groups(
      `x: { vpc: main, name: x, description: ${description} }`,
      `y: { vpc: main, name: y, description: ${description} }`,
      `user: { vpc: main, ingress: [{ port: 22, source: securityGroup/y }${more}] }`,
    );

  test("is reported: one successor", () => {
    expect(saidOf(text("One"), text("Two"))).toEqual([
      "gap [6:128]: securityGroup/user is without securityGroup/y until its replacement exists",
    ]);
  });

  test("is reported: several", () => {
    const both = ", { port: 23, source: securityGroup/x }";
    expect(saidOf(text("One", both), text("Two", both))).toEqual([
      "gap [6:128]: securityGroup/user is without securityGroup/x, securityGroup/y until their replacements exist",
    ]);
  });
});

describe("an object in use by one that stays as it is", () => {
  const used = (fields: string) => machines(`, securityGroups: [app]${fields}`);
  const before = (more: string) => subnets(a) + groups(app("One")) + used(more);

  test("is not replaced: an error names all users", () => {
    const after = subnets(a) + groups(app("Two")) + used("");
    const failed = new Set(["instance/m", "instance/n"]);
    expect(saidOf(before(""), after, { failed })).toEqual([
      "error cannot-let-go [7:50]: securityGroup/app (id of securityGroup/app) would have to be replaced, because description of a security group cannot be changed; the old one could not be deleted: instance/m (id of instance/m) uses it and stays as it is, because this plan does not include it; instance/n (id of instance/n) uses it and stays as it is, because this plan does not include it.",
      "  hint: AWS deletes no object that is in use: first remove it from the objects that use it, or leave this resource as it is",
    ]);
  });

  test("names the place of a user whose own change is refused", () => {
    const text = (net: string, subnet: string) =>
      subnets(net, c) + machines(", protect: true").replaceAll("subnet: a", `subnet: ${subnet}`);
    expect(saidOf(text(a, "a"), text(a.replace("10.0.1", "10.0.3"), "c")).slice(-4)).toEqual([
      "error cannot-let-go [6:39]: subnet/a (id of subnet/a) would have to be replaced, because cidrBlock of a subnet cannot be changed; the old one could not be deleted: instance/m (id of instance/m) uses it and stays as it is, because its own change is refused; instance/n (id of instance/n) uses it and stays as it is, because its own change is refused.",
      "  instance/m is at test.yaml:7",
      "  instance/n is at test.yaml:7",
      "  hint: AWS deletes no object that is in use: first remove it from the objects that use it, or leave this resource as it is",
    ]);
  });

  test("waits where all its users would go if nothing else were refused", () => {
    const other = groups(app("Two"), "other: { vpc: main, name: one }");
    const kept = subnets(a) + groups(app("One"), "named: { vpc: main, name: one, retain: true }") + used(", disposable: true");
    expect(saidOf(kept, subnets(a) + other).slice(-1)).toEqual([
      "cannot-let-go [7:50]: securityGroup/app is not replaced yet: instance/m, instance/n use it, and nothing is deleted while a change of this plan is refused (id of securityGroup/app)",
    ]);
    const one = (yaml: string) => yaml.replace(/, n: .* } }\n$/, " }\n");
    expect(saidOf(one(kept), subnets(a) + other).slice(-1)).toEqual([
      "cannot-let-go [7:50]: securityGroup/app is not replaced yet: instance/m uses it, and nothing is deleted while a change of this plan is refused (id of securityGroup/app)",
    ]);
  });
});
