import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/kinds/kind.ts";
import { guards } from "../../src/plan/guards.ts";
import { routeTable } from "../../src/kinds/route-table/route-table.ts";
import { securityGroup } from "../../src/kinds/security-group/security-group.ts";
import type { FieldChange, Plan, Step } from "../../src/plan/plan.ts";

const kinds = [{ name: "vpc", critical: true }, { name: "subnet" }] as unknown as Kind[];

function plan(deletes: readonly string[], objects: number): Plan {
  const steps = deletes.map((address): Step => ({
    action: "delete",
    address,
    kind: address.split("/")[0]!,
    because: "",
    id: "x",
    fingerprint: "",
    want: "",
  }));
  return {
    project: "p",
    environment: "e",
    account: "1",
    region: "r",
    goal: "agree",
    isNew: false,
    steps,
    notes: [],
    lookups: {},
    objects: Array.from({ length: objects }, (_, i) => ({ address: `subnet/${i}`, id: `s-${i}` })),
  };
}

const subnets = (count: number) => Array.from({ length: count }, (_, i) => `subnet/${i}`);

describe("brakes", () => {
  it.each([
    ["nothing is deleted", [], 10, undefined, undefined],
    ["five of a hundred", subnets(5), 100, undefined, undefined],
    ["six of a hundred", subnets(6), 100, undefined, /more than 5/],
    ["six, and six allowed", subnets(6), 100, 6, undefined],
    ["six, and five allowed", subnets(6), 100, 5, /more than 5/],
    ["two of five", subnets(2), 5, undefined, /40 %/],
    ["a critical one", ["vpc/main"], 100, undefined, /vpc\/main is among them/],
  ])("%s", (_name, deletes, objects, allowed, expected) => {
    const [problem] = guards(plan(deletes, objects), kinds, allowed);
    if (expected === undefined) expect(problem).toBeUndefined();
    else expect(problem?.summary).toMatch(expected);
  });
});

/** An update of one field that opens access to everybody. */
function opening(address: string, more: Partial<FieldChange> = {}): Step {
  const change: FieldChange = { path: "ingress", stage: "rules", impact: "update", exposes: "it allows inbound tcp 22 0.0.0.0/0", ...more };
  return {
    action: "update",
    address,
    kind: "securityGroup",
    because: "",
    id: "sg-1",
    fingerprint: "",
    want: "",
    changes: [change],
    tags: { set: {}, remove: [] },
  };
}

describe("openings", () => {
  const withSteps = (objects: number, deletes: readonly string[], ...steps: readonly Step[]): Plan => {
    const base = plan(deletes, objects);
    return { ...base, steps: [...base.steps, ...steps] };
  };

  it.each([
    ["one of a hundred, written", withSteps(100, [], opening("securityGroup/a")), undefined, []],
    ["one of four, written", withSteps(4, [], opening("securityGroup/a")), undefined, ["many-deletes"]],
    ["one of four, written and allowed", withSteps(4, [], opening("securityGroup/a")), 1, []],
    ["beside five deletes", withSteps(100, subnets(5), opening("securityGroup/a")), undefined, ["many-deletes"]],
    ["one of a hundred, unwritten", withSteps(100, [], opening("securityGroup/a", { unwritten: true })), undefined, ["opens-unwritten"]],
    [
      "unwritten, whatever deletes are allowed",
      withSteps(100, [], opening("securityGroup/a", { unwritten: true })),
      9,
      ["opens-unwritten"],
    ],
  ] as const)("%s", (_name, of, allowed, codes) => {
    expect(guards(of, kinds, allowed).map(({ code }) => code)).toEqual(codes);
  });

  it("say what is opened, and what the file does not write", () => {
    const [unwritten, many] = guards(withSteps(4, [], opening("securityGroup/a", { path: "egress", unwritten: true })), kinds, undefined);
    expect(unwritten!.summary).toBe(
      "securityGroup/a: egress would change, and it allows inbound tcp 22 0.0.0.0/0; the YAML does not set egress.",
    );
    expect(many!.detail).toBe("update securityGroup/a: egress: it allows inbound tcp 22 0.0.0.0/0");
  });
});

describe("changes that kinds call an opening", () => {
  const items = (more: object) => ({ added: [], removed: [], changed: [], ...more });
  const rule = (key: string, value: object) => items({ added: [{ key, value }] });
  it.each([
    ["everybody in", "ingress", rule("tcp 22 0.0.0.0/0", { port: 22, source: "0.0.0.0/0" }), "it allows inbound tcp 22 0.0.0.0/0"],
    ["everybody in by IPv6", "ingress", rule("tcp 22 ::/0", { port: 22, source: "0::0/0" }), "it allows inbound tcp 22 ::/0"],
    ["everything out", "egress", rule("all 0.0.0.0/0", { protocol: "all", destination: "0.0.0.0/0" }), "it allows outbound all 0.0.0.0/0"],
    ["a network", "ingress", rule("tcp 22 10.0.0.0/8", { port: 22, source: "10.0.0.0/8" }), undefined],
    ["a group", "ingress", rule("tcp 22 securityGroup/lb", { port: 22, source: "securityGroup/lb" }), undefined],
    ["a rule that goes", "ingress", items({ removed: [{ key: "tcp 22 0.0.0.0/0", value: { port: 22, source: "0.0.0.0/0" } }] }), undefined],
  ] as const)("%s", (_name, field, change, text) => {
    expect(securityGroup.fields[field].exposes!(change)).toBe(text);
  });

  it.each([
    ["the default route goes", items({ removed: [{ key: "0.0.0.0/0", value: {} }] }), "it removes the default route 0.0.0.0/0"],
    ["that of IPv6 goes", items({ removed: [{ key: "::/0", value: {} }] }), "it removes the default route ::/0"],
    ["another route goes", items({ removed: [{ key: "10.1.0.0/16", value: {} }] }), undefined],
    ["a default route comes", items({ added: [{ key: "0.0.0.0/0", value: {} }] }), undefined],
  ] as const)("%s", (_name, change, text) => {
    expect(routeTable.fields.routes.exposes!(change)).toBe(text);
  });
});
