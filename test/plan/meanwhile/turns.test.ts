/** The state of an object in AWS after each turn of a plan: creates before deletes, and a value that moves to another object. */
import { expect, test } from "vitest";
import { turnsOf, type Version } from "../../../src/plan/meanwhile/turns.ts";
import type { Spec } from "../../../src/kinds/kind.ts";
import { inputOf, planned } from "../pure.ts";

/** Returns the turns of one address, each as early as possible: its node, and how the fields of the old and the new object then differ. */
function turnsFor(address: string, before: string, after: string): string[] {
  const { work, decisions } = planned(before, after);
  const { before: was, turns, oldIds } = turnsOf(work, decisions, inputOf(before, after).observed);
  let has = was.get(address) ?? {};
  const done = new Set<number>();
  const isDone = (node: string) => turns.every((turn) => turn.node !== node || done.has(turn.id));
  const mayCome = ({ id, node, after: first }: (typeof turns)[number]): boolean =>
    !done.has(id) && first.every((one) => done.has(one)) && [...work.find((one) => one.id === node)!.needs].every(isDone);
  const lines = [...oldIds].map(([one, id]) => `${one} is known as ${id}`);
  for (let turn = turns.find(mayCome); turn; turn = turns.find(mayCome)) {
    done.add(turn.id);
    if (turn.address !== address) continue;
    const had = has;
    has = turn.does(had);
    const taken = turn.takes ? `, which leaves where it was: ${turn.takes.kind} ${turn.takes.field} ${String(turn.takes.value)}` : "";
    lines.push(
      `${turn.node.replace(`:${address}`, "")}: ${[...changed("", had.old, has.old), ...changed("new ", had.now, has.now)].join("; ")}${taken}`,
    );
  }
  expect(done.size).toBe(turns.length);
  return lines;
}

function changed(which: string, had: Version | undefined, has: Version | undefined): string[] {
  if (had && !has) return [`${which}gone`];
  const [was, now] = [had, has].map((one) => (one?.subject.spec ?? {}) as Spec);
  const text = (value: unknown) => (Array.isArray(value) ? value.map(short).join(", ") || "none" : short(value));
  return Object.entries(now!)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(was![field]))
    .map(([field, value]) => `${which}${field} ${text(value)}`);
}

/** Returns a rule in the form "22 10.0.0.0/8". */
function short(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.values(value).join(" ") : String(value);
}

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const network = `${vpc}internetGateways: { g: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }, c: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: c } }
`;
const table = (to: string, subnets: string) =>
  `${network}routeTables: { r: { vpc: main, subnets: [${subnets}], routes: [{ destination: ${to}, target: internetGateway/g }] } }\n`;
const rule = (port: number, more = "") => `{ port: ${port}, source: 10.0.0.0/8${more} }`;
const group = (...rules: string[]) => `${vpc}securityGroups: { s: { vpc: main, ingress: [${rules.join(", ")}] } }\n`;
const twoGroups = (description: string, name = "") =>
  `${vpc}securityGroups: { app: { vpc: main${name}, description: ${description} }, user: { vpc: main, ingress: [{ port: 22, source: securityGroup/app }, ${rule(80)}] } }\n`;
const ranges = (range: string) => vpc.replace("/16", `/16, secondaryCidrBlocks: [${range}]`);

test.each<[what: string, address: string, before: string, after: string, lines: string[]]>([
  [
    "a new object has first what its create sends, and what AWS gives it by itself goes when what is wanted has come",
    "securityGroup/s",
    "",
    group(rule(22)).replace("ingress", "egress: [{ port: 443, destination: 0.0.0.0/0 }], ingress"),
    [
      "create#create: new vpc vpc/main",
      "update#rules: new ingress 22 10.0.0.0/8",
      "update#rules: new egress all 0.0.0.0/0, 443 0.0.0.0/0",
      "update#rules: new egress 443 0.0.0.0/0",
    ],
  ],
  [
    "where AWS gives what is wanted, nothing comes and goes",
    "securityGroup/s",
    "",
    group(),
    ["create#create: new vpc vpc/main", "update#rules: new ingress none", "update#rules: new egress all 0.0.0.0/0"],
  ],
  [
    "rules come and change all at once, and then the old ones go",
    "securityGroup/s",
    group(rule(22), rule(80, ", description: A")),
    group(rule(443), rule(80, ", description: B")),
    [
      "update#rules: ingress tcp 22 10.0.0.0/8, tcp 80 10.0.0.0/8 B, tcp 443 10.0.0.0/8",
      "update#rules: ingress tcp 80 10.0.0.0/8 B, tcp 443 10.0.0.0/8",
    ],
  ],
  ["rules that only go take one turn", "securityGroup/s", group(rule(22)), group(), ["update#rules: ingress none"]],
  ["rules that only come take one turn", "securityGroup/s", group(), group(rule(22)), ["update#rules: ingress tcp 22 10.0.0.0/8"]],
  [
    "a table gets its new routes before the old ones go, and a subnet that comes leaves the table that it followed",
    "routeTable/r",
    table("0.0.0.0/0", "a"),
    table("10.9.0.0/16", "c"),
    [
      "update#routes: routes 0.0.0.0/0 internetGateway/g, 10.9.0.0/16 internetGateway/g",
      "update#routes: routes 10.9.0.0/16 internetGateway/g",
      "update#associations: subnets subnet/a, subnet/c, which leaves where it was: routeTable subnets subnet/c",
      "update#associations: subnets subnet/c",
    ],
  ],
  [
    "a new table gets its subnets one by one",
    "routeTable/r",
    "",
    table("0.0.0.0/0", "a, c"),
    [
      "create#create: new vpc vpc/main",
      "update#routes: new routes 0.0.0.0/0 internetGateway/g",
      "update#routes: new propagatingVpnGateways none",
      "update#associations: new subnets subnet/a, which leaves where it was: routeTable subnets subnet/a",
      "update#associations: new subnets subnet/a, subnet/c, which leaves where it was: routeTable subnets subnet/c",
    ],
  ],
  [
    "a range that goes is there until what was in it has gone",
    "vpc/main",
    ranges("10.1.0.0/16"),
    ranges("10.2.0.0/16"),
    ["update#ranges: secondaryCidrBlocks 10.1.0.0/16, 10.2.0.0/16", "shrink#ranges: secondaryCidrBlocks 10.2.0.0/16"],
  ],
  [
    "a rule that names a group moves over to its successor, by whichever name each is known",
    "securityGroup/user",
    twoGroups("One"),
    twoGroups("Two"),
    [
      "securityGroup/app is known as id of securityGroup/app",
      "update#rules: ingress tcp 22 id of securityGroup/app, tcp 80 10.0.0.0/8, tcp 22 securityGroup/app",
      "update#rules: ingress tcp 80 10.0.0.0/8, tcp 22 securityGroup/app",
    ],
  ],
  [
    "a replaced group is there twice for a while",
    "securityGroup/app",
    twoGroups("One"),
    twoGroups("Two"),
    [
      "securityGroup/app is known as id of securityGroup/app",
      "create#create: new vpc vpc/main; new description Two",
      "update#rules: new ingress none",
      "update#rules: new egress all 0.0.0.0/0",
      "delete: gone",
    ],
  ],
  [
    "groups that go let go of each other, and of nothing else",
    "securityGroup/x",
    `${vpc}securityGroups: { x: { vpc: main, ingress: [{ port: 22, source: securityGroup/y }, ${rule(80)}] }, y: { vpc: main, ingress: [{ port: 22, source: securityGroup/x }] } }\n`,
    vpc,
    ["detach#rules: ingress 80 10.0.0.0/8", "delete: gone"],
  ],
])("%s", (_what, address, before, after, lines) => {
  expect(turnsFor(address, before, after)).toEqual(lines);
});

test("a value that an object misses for a while is gone from it until the successor exists", () => {
  const lines = turnsFor("securityGroup/user", twoGroups("One", ", name: app"), twoGroups("Two", ", name: app"));
  expect(lines.slice(0, 3)).toEqual([
    "securityGroup/app is known as id of securityGroup/app",
    "letGo#rules: ingress 80 10.0.0.0/8",
    "update#rules: ingress tcp 80 10.0.0.0/8, tcp 22 securityGroup/app",
  ]);
});
