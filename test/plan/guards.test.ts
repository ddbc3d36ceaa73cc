import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/kinds/kind.ts";
import { guards } from "../../src/plan/guards.ts";
import type { Plan, Step } from "../../src/plan/plan.ts";

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
    ["a keystone", ["vpc/main"], 100, undefined, /vpc\/main is among them/],
  ])("%s", (_name, deletes, objects, allowed, expected) => {
    const [problem] = guards(plan(deletes, objects), kinds, allowed);
    if (expected === undefined) expect(problem).toBeUndefined();
    else expect(problem?.summary).toMatch(expected);
  });
});
