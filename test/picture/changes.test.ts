/** The states before and after a plan in one picture. */
import { describe, expect, test } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Subject } from "../../src/kinds/kind.ts";
import { onlyChanged, inputOfPlan } from "../../src/picture/changes.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import type { Step } from "../../src/plan/plan.ts";

const index = (subjects: readonly Subject[]) => resourceIndexOf("eu-west-1", subjects);
const resource = (kind: string, name: string, spec: object): Subject => ({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
const steps = (actions: Readonly<Record<string, Step["action"]>>) =>
  Object.entries(actions).map(([address, action]) => ({ address, action }) as Step);

const rule = (port: number, source: string) => ({ port, source });
const network = (rules: readonly object[]) => [
  resource("vpc", "main", { cidrBlock: "10.0.0.0/16" }),
  resource("internetGateway", "main", { vpc: "vpc/main" }),
  resource("subnet", "public-a", { vpc: "vpc/main", cidrBlock: "10.0.1.0/24", availabilityZone: "eu-west-1a", mapPublicIpOnLaunch: true }),
  resource("subnet", "private-a", { vpc: "vpc/main", cidrBlock: "10.0.2.0/24", availabilityZone: "eu-west-1a" }),
  resource("routeTable", "public", {
    vpc: "vpc/main",
    routes: [{ destination: "0.0.0.0/0", target: "internetGateway/main" }],
    subnets: ["subnet/public-a"],
  }),
  resource("securityGroup", "web", { vpc: "vpc/main", ingress: rules }),
  resource("instance", "web", { subnet: "subnet/public-a", instanceType: "t3.micro", securityGroups: ["securityGroup/web"] }),
];
const old = resource("instance", "old", { subnet: "subnet/private-a", instanceType: "t3.nano", securityGroups: ["securityGroup/web"] });
const fresh = resource("instance", "fresh", { subnet: "subnet/private-a", instanceType: "t3.nano", securityGroups: [] });

const input = inputOfPlan({
  kinds,
  index,
  plan: {
    project: "lab",
    environment: "dev",
    region: "eu-west-1",
    isNew: false,
    steps: steps({
      "securityGroup/web": "update",
      "instance/old": "delete",
      "instance/fresh": "create",
      "instance/web": "replace",
      "routeTable/public": "update",
    }),
  },
  before: [...network([rule(80, "0.0.0.0/0"), rule(22, "203.0.113.0/24")]), old],
  wanted: [...network([rule(80, "0.0.0.0/0"), rule(443, "0.0.0.0/0")]), fresh],
});

describe("a picture of a plan", () => {
  const svg = pictureOf(input);

  test.each([
    ["a new object has a plus", /m-create" data-a="instance\/fresh".*?>\+<\/text>/],
    ["one that goes is still there, marked", /m-delete" data-a="instance\/old".*?>–<\/text>/],
    ["one that is replaced", /m-replace" data-a="instance\/web".*?>±<\/text>/],
    ["a changed group is a coloured chip", /class="chip c-update" data-a="securityGroup\/web"/],
    ["a changed table is told beside its row", /<g class="row">.*?b-update/],
    ["a rule that comes opens", /<title>opens tcp 443<\/title>/],
    ["a rule that goes closes", /<title>closes tcp 22 from 203\.0\.113\.0\/24<\/title>/],
    ["a rule that stays is as it was", /<title>tcp 80<\/title>/],
    ["how many of each", />1 to create<.*?>2 to update<.*?>1 to replace<.*?>1 to delete</],
  ])("%s", (_what, pattern) => expect(svg).toMatch(new RegExp(pattern.source, "s")));

  test("objects that stay as they are have no mark", () => expect(svg).toContain('class="cell t-isolated" data-a="subnet/private-a"'));
});

test("only changes are left, with the networks that they are in", () => {
  const narrow = inputOfPlan({
    kinds,
    index,
    plan: { project: "lab", environment: "dev", region: "eu-west-1", isNew: false, steps: steps({ "instance/old": "delete" }) },
    before: [...network([]), old],
    wanted: network([]),
  });
  expect(
    onlyChanged(narrow)
      .shown.map(({ address }) => address)
      .sort(),
  ).toEqual(["instance/old", "internetGateway/main", "securityGroup/web", "subnet/private-a", "vpc/main"]);
  const gone = onlyChanged({
    ...narrow,
    shown: narrow.shown.map((one) => (one.address === "subnet/public-a" ? { ...one, mark: "update" } : one)),
  });
  expect(pictureOf(gone)).toContain(">nothing changes</text>"); // the instance in it stays as it is
});

test.each([
  [
    "what a target leaves out is not made",
    { "instance/fresh": "create" },
    network([]),
    [...network([]), fresh, old],
    ["instance/fresh", "instance/web"],
  ],
  [
    "what is kept though it is not declared stays",
    { "instance/old": "keep" },
    [...network([]), old],
    network([]),
    ["instance/old", "instance/web"],
  ],
  [
    "a destroy shows all that goes",
    { "instance/web": "delete", "instance/old": "delete" },
    [...network([]), old],
    [],
    ["instance/old", "instance/web"],
  ],
] as const)("%s", (_name, actions, before, wanted, expected) => {
  const plan = { project: "lab", environment: "dev", region: "eu-west-1", isNew: false, steps: steps(actions) };
  const drawn = inputOfPlan({ kinds, index, plan, before, wanted }).shown.filter(({ kind }) => kind === "instance");
  expect(drawn.map(({ address }) => address).sort()).toEqual(expected);
});

test("in a new environment nothing counts as opened: everything is new", () => {
  const wanted = network([rule(80, "0.0.0.0/0")]);
  const created = Object.fromEntries(wanted.map(({ address }) => [address, "create" as const]));
  const plan = { project: "lab", environment: "dev", region: "eu-west-1", isNew: true, steps: steps(created) };
  const made = inputOfPlan({ kinds, index, plan, before: [], wanted });
  expect(made.flows.map(({ change }) => change)).toEqual([undefined]);
});
