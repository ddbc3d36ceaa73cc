/** The order of a plan: which creates come first, when deletes happen, and what no order can reach. */
import { describe, expect, test } from "vitest";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { WorkOrder } from "../../src/plan/order/work-order.ts";
import type { Work } from "../../src/plan/work.ts";
import { as, inputOf, planned, printed } from "./pure.ts";

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const a = "a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }";
const network = () => `${vpc}internetGateways: { g: { vpc: main } }\nsubnets: { ${a} }\n`;
const machines = (names: string, more = "") =>
  `instances: { ${[...names].map((name) => `${name}: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro, disposable: true${more} }`).join(", ")} }\n`;
const table = (destination: string, target: string) =>
  `routeTables: { r: { vpc: main, subnets: [a], routes: [{ destination: ${destination}, target: ${target} }] } }\n`;
const address = "elasticIps: { x: { instance: m } }\n";
const groups = (description: string) => `securityGroups: { s: { vpc: main, description: ${description} } }\n`;

const barrier = "--- all is made and changed";

test.each<[what: string, before: string, after: string, lines: string[]]>([
  ["nothing to do", vpc, vpc, [barrier]],
  [
    "what refers to another is made after it, stage by stage",
    "",
    network() + table("0.0.0.0/0", "internetGateway/g") + machines("m") + address,
    [
      "create internetGateway/g",
      "create vpc/main",
      "update vpc/main (attributes)",
      "create routeTable/r",
      "create subnet/a",
      "update internetGateway/g (attachment)",
      "create elasticIp/x",
      "update routeTable/r (routes)",
      "update subnet/a (attributes)",
      "update routeTable/r (associations)",
      "create instance/m",
      "update instance/m (settings)",
      "update elasticIp/x (association)",
      barrier,
    ],
  ],
  [
    "a table is wished for before the machines in its subnet, and comes after one to which it leads",
    "",
    network() + table("10.9.0.0/16", "instance/m") + machines("m"),
    [
      "create internetGateway/g",
      "create vpc/main",
      "update vpc/main (attributes)",
      "create routeTable/r",
      "create subnet/a",
      "update internetGateway/g (attachment)",
      "update subnet/a (attributes)",
      "create instance/m",
      "update instance/m (settings)",
      "update routeTable/r (routes)",
      "update routeTable/r (associations)",
      barrier,
    ],
  ],
  [
    "what goes, goes behind all else and after what refers to it; an address outlives its machine",
    `${network()}${table("0.0.0.0/0", "internetGateway/g")}${machines("m")}elasticIps: { x: { instance: m, disposable: true } }\n`,
    "topics: { t: {} }\n",
    [
      "create topic/t",
      barrier,
      "delete instance/m",
      "delete elasticIp/x",
      "delete routeTable/r",
      "delete internetGateway/g",
      "delete subnet/a",
      "delete vpc/main",
    ],
  ],
  [
    "tags are written last, because some tell what the changes before have brought about",
    vpc,
    vpc.replace("/16", "/16, enableDnsHostnames: true, tags: { team: web }"),
    ["update vpc/main (attributes)", "tag vpc/main", barrier],
  ],
  [
    "a successor is made first, then its users move over, and the old one goes last",
    network() + groups("One") + machines("m", ", securityGroups: [s]"),
    network() + groups("Two") + machines("m", ", securityGroups: [s]"),
    ["create securityGroup/s", "update instance/m (create)", "update securityGroup/s (rules)", barrier, "delete securityGroup/s"],
  ],
  [
    "a user that has let go of what only goes lets it go",
    network() + groups("One").replace(" s:", " old: { vpc: main }, s:") + machines("m", ", securityGroups: [old]"),
    network() + groups("One") + machines("m", ", securityGroups: [s]"),
    ["update instance/m (create)", barrier, "delete securityGroup/old"],
  ],
  [
    "what a range holds goes before the range is taken away, and the new range comes before what it is to hold",
    "vpcs: { main: { cidrBlock: 10.0.0.0/16, secondaryCidrBlocks: [10.1.0.0/16] } }\nsubnets: { a: { vpc: main, cidrBlock: 10.1.1.0/24, availabilityZone: a } }\n",
    "vpcs: { main: { cidrBlock: 10.0.0.0/16, secondaryCidrBlocks: [10.2.0.0/16] } }\nsubnets: { a: { vpc: main, cidrBlock: 10.2.1.0/24, availabilityZone: a } }\n",
    ["update vpc/main (ranges)", "create subnet/a", "update subnet/a (attributes)", barrier, "delete subnet/a", "shrink vpc/main"],
  ],
  [
    "a range that only comes takes nothing away",
    vpc.replace("/16", "/16, secondaryCidrBlocks: [10.1.0.0/16]"),
    vpc.replace("/16", "/16, secondaryCidrBlocks: [10.1.0.0/16, 10.2.0.0/16]"),
    ["update vpc/main (ranges)", barrier],
  ],
  [
    "groups that name each other let go of each other before either goes",
    `${vpc}securityGroups: { x: { vpc: main, ingress: [{ port: 22, source: securityGroup/y }] }, y: { vpc: main, ingress: [{ port: 22, source: securityGroup/x }] } }\n`,
    vpc,
    [barrier, "detach securityGroup/x", "detach securityGroup/y", "delete securityGroup/x", "delete securityGroup/y"],
  ],
])("%s", (_what, before, after, lines) => {
  const made = planned(before, after);
  expect(made.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(printed(made)).toEqual(lines);
});

describe("steps that come before all others", () => {
  const adopted = (found: Found): Found => {
    const { "infra:project": _, ...tags } = found.live.tags;
    return { ...found, adopted: true, live: { ...found.live, tags } };
  };
  const withObserved = (before: string, after: string, seen: (observed: Observed) => Observed) =>
    printed(planned(before, after, { observed: seen(inputOf(before, after).observed) }));
  const changed = vpc.replace("/16", "/16, enableDnsHostnames: true, tags: { team: web }");

  test("is the adoption of an object: a run that dies has changed nothing except the ownership tags", () => {
    expect(withObserved(vpc, `${changed}topics: { t: {} }\n`, as("vpc/main", adopted))).toEqual([
      "adopt vpc/main",
      "--- all is adopted",
      "create topic/t",
      "update vpc/main (attributes)",
      "tag vpc/main",
      barrier,
    ]);
  });

  test("is no step of its own where there is nothing but to adopt", () => {
    expect(withObserved(vpc, vpc, as("vpc/main", adopted))).toEqual(["tag vpc/main", barrier]);
  });

  test("is the whole of an adoption where only others are changed", () => {
    expect(withObserved(vpc, `${vpc}topics: { t: {} }\n`, as("vpc/main", adopted))).toEqual([
      "tag vpc/main",
      "--- all is adopted",
      "create topic/t",
      barrier,
    ]);
  });

  test("is the object that AWS has not finished", () => {
    const pending = (found: Found): Found => ({ ...found, live: { ...found.live, state: "pending" } });
    expect(withObserved(vpc, changed, as("vpc/main", pending))).toEqual([
      "wait vpc/main",
      "update vpc/main (attributes)",
      "tag vpc/main",
      barrier,
    ]);
  });
});

test("two objects that stay and would take slots from each other have no order, and both are refused", () => {
  const text = (x: string, y: string) => `${network()}${machines("mn")}elasticIps: { x: { instance: ${x} }, y: { instance: ${y} } }\n`;
  const made = planned(text("m", "n"), text("n", "m"));
  expect(made.diagnostics.map(({ code, summary, hint }) => `${code}: ${summary} (${hint})`)).toEqual([
    "cannot-let-go: elasticIp/y (id of elasticIp/y) would have to be changed before elasticIp/x can have the Elastic IP of instance/n; each of the two waits for the other. (make two changes: in the first, remove it from elasticIp/y; in the second, give it to elasticIp/x)",
    "cannot-let-go: elasticIp/x (id of elasticIp/x) would have to be changed before elasticIp/y can have the Elastic IP of instance/m; each of the two waits for the other. (make two changes: in the first, remove it from elasticIp/x; in the second, give it to elasticIp/y)",
  ]);
  expect(printed(made)).toEqual([barrier]);
});

describe("an order to which edges are added", () => {
  const node = (id: string, ...needs: string[]): Work => ({ id, op: "create", address: id, stage: "", needs: new Set(needs) });
  const order = () => new WorkOrder([node("one"), node("two", "one"), node("three", "two"), node("four")]);
  const before = (of: WorkOrder, id: string) => [...of.before(id)].sort();

  test("tells what comes before a node, and how many come after it", () => {
    expect([before(order(), "three"), before(order(), "one")]).toEqual([["one", "two"], []]);
    expect(["one", "two", "three"].map((id) => order().after(id))).toEqual([2, 1, 0]);
  });

  test("lets nothing wait for itself, nor for a step that waits for it", () => {
    const of = order();
    const may = (later: string, earlier: string) => of.mayWait(later, earlier);
    expect([may("four", "three"), may("one", "three"), may("one", "one")]).toEqual([true, false, false]);
  });

  test("knows added and removed edges at once", () => {
    const of = order();
    expect(before(of, "four")).toEqual([]);
    of.add("four", "two");
    expect(before(of, "four")).toEqual(["one", "two"]);
    expect(of.work().map(({ id, needs }) => [id, ...needs])).toEqual([["one"], ["two", "one"], ["three", "two"], ["four", "two"]]);
    of.remove("four", "two");
    expect(before(of, "four")).toEqual([]);
    expect(of.work().map(({ needs }) => needs.size)).toEqual([0, 1, 1, 0]);
  });
});
