import { describe, expect, test } from "vitest";
import { approvalOf, checkApproval, type Approval } from "../../src/plan/approval.ts";
import type { FieldChange, Plan, Step } from "../../src/plan/plan.ts";
import { agreeing } from "../render/fixtures.ts";

const change = (path: string, before: FieldChange["before"], after: FieldChange["after"]): FieldChange => ({
  path,
  stage: "create",
  impact: "update",
  before: before!,
  after: after!,
});

const rules = (added: readonly number[], removed: readonly number[]): FieldChange => {
  const item = (port: number) => ({ key: `tcp ${port}`, value: { port } });
  return { path: "ingress", stage: "rules", impact: "update", items: { added: added.map(item), removed: removed.map(item), changed: [] } };
};

const update = (address: string, ...changes: FieldChange[]): Step => ({
  action: "update",
  address,
  kind: "x",
  id: "x-1",
  because: "",
  tags: { set: {}, remove: [] },
  changes,
  want: `want ${address}`,
  fingerprint: JSON.stringify([address, changes]),
});

const plan = (...steps: Step[]): Plan => ({ ...agreeing, steps });
const check = (approved: Plan | Approval, now: Plan) => {
  const { mismatch, done, unexpected } = checkApproval("actions" in approved ? approved : approvalOf(approved), now);
  return { mismatch, done: done.map(({ address }) => address), unexpected: unexpected.map(({ why }) => why) };
};
const fine = { mismatch: undefined, done: [], unexpected: [] };

describe("an approval is for", () => {
  test.each([
    ["project", { project: "other" }],
    ["environment", { environment: "prod" }],
    ["account", { account: "999999999999" }],
    ["region", { region: "us-east-1" }],
    ["goal", { goal: "destroy" as const }],
  ] as const)("one %s", (what, other) => {
    expect(check(plan(), { ...plan(), ...other }).mismatch).toMatch(new RegExp(`^it is for ${what} `));
  });

  test("one commit, where both are known", () => {
    const approval = approvalOf(plan(), "a".repeat(40));
    expect(checkApproval(approval, plan(), "b".repeat(40)).mismatch).toContain("it is for commit aaa");
    expect(checkApproval(approval, plan(), "a".repeat(40)).mismatch).toBeUndefined();
    expect(checkApproval(approval, plan()).mismatch).toBeUndefined();
    expect(checkApproval(approvalOf(plan()), plan(), "b".repeat(40)).mismatch).toBeUndefined();
  });
});

describe("what was approved", () => {
  const both = plan(update("vpc/a", change("x", 1, 2), change("y", 1, 2)), update("vpc/b", rules([80, 443], [22])));

  test("may be run as it is, and any part of it: the rest is done already", () => {
    expect(check(both, both)).toEqual(fine);
    expect(check(both, plan(both.steps[1]!))).toEqual({ ...fine, done: ["vpc/a"] });
    expect(check(both, plan())).toEqual({ ...fine, done: ["vpc/a", "vpc/b"] });
  });

  test("may be half done: some fields, some rules of a list", () => {
    expect(check(both, plan(update("vpc/a", change("y", 1, 2)), update("vpc/b", rules([443], [22]))))).toEqual(fine);
    expect(check(both, plan(update("vpc/a", change("y", 1, 2)), update("vpc/b", rules([], [22]))))).toEqual(fine);
  });

  test("may be half done where a list names what the same plan replaces and deletes", () => {
    const subnets = (...before: string[]) =>
      plan(update("routeTable/r", change("subnets", before, ["subnet/a", "subnet/new", "subnet/stays"])));
    const approved = subnets("subnet-a", "subnet/gone", "subnet/stays");
    expect(check(approved, subnets("subnet/stays"))).toEqual(fine);
    expect(check(approved, subnets("subnet-a", "subnet/stays"))).toEqual(fine);
    const [took, gave] = [subnets("subnet/gone"), subnets("subnet/stays", "subnet/theirs")];
    for (const other of [took, gave])
      expect(check(approved, other).unexpected).toEqual(["routeTable/r: what AWS has of it changed since (subnets)"]);
  });

  test.each([
    ["another field", plan(update("vpc/a", change("z", 1, 2))), "vpc/a: what AWS has of it changed since (z)"],
    ["another value in AWS", plan(update("vpc/a", change("x", 7, 2))), "vpc/a: what AWS has of it changed since (x)"],
    ["another rule", plan(update("vpc/b", rules([443], [22, 3389]))), "vpc/b: what AWS has of it changed since (ingress)"],
    [
      "another object of that address",
      plan({ ...update("vpc/a", change("x", 1, 2)), id: "x-2" } as Step),
      "vpc/a: what AWS has of it changed since (x)",
    ],
    ["another wish", plan({ ...update("vpc/a", change("x", 1, 3)), want: "other" }), "vpc/a: what is wanted of it changed since (x)"],
    ["another address", plan(update("vpc/c", change("x", 1, 2))), "update vpc/c was not approved"],
    [
      "a harder step",
      plan({ ...update("vpc/a", change("x", 1, 2)), action: "replace", order: "create-first" } as unknown as Step),
      "vpc/a: approved was update, now it is replace",
    ],
  ])("does not cover %s", (_name, now, why) =>
    expect(check(both, now)).toEqual({ ...fine, done: expect.anything() as unknown, unexpected: [why] }),
  );

  test("as a restart covers the update that is left of it, and an update no restart", () => {
    const restart = (step: Step) => ({ ...step, action: "restart" }) as Step;
    const approved = plan(restart(update("i/a", change("type", 1, 2), change("tags.team", "a", "b"))));
    expect(check(approved, plan(update("i/a", change("tags.team", "a", "b")))).unexpected).toEqual([]);
    expect(
      check(plan(update("i/a", change("x", 1, 2), change("y", 1, 2))), plan(restart(update("i/a", change("x", 1, 2))))).unexpected,
    ).toHaveLength(1);
  });

  test("survives being written down and read", () => {
    expect(check(JSON.parse(JSON.stringify(approvalOf(both))) as Approval, both)).toEqual(fine);
  });
});
