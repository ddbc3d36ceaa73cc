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
  const { mismatch, absent, unexpected } = checkApproval("actions" in approved ? approved : approvalOf(approved), now);
  return { mismatch, absent: absent.map(({ address }) => address), unexpected: unexpected.map(({ why }) => why) };
};
const fine = { mismatch: undefined, absent: [], unexpected: [] };

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

describe("the approved plan", () => {
  const both = plan(update("vpc/a", change("x", 1, 2), change("y", 1, 2)), update("vpc/b", rules([80, 443], [22])));

  test("may be run as it is, and any part of it: the rest is already done", () => {
    expect(check(both, both)).toEqual(fine);
    expect(check(both, plan(both.steps[1]!))).toEqual({ ...fine, absent: ["vpc/a"] });
    expect(check(both, plan())).toEqual({ ...fine, absent: ["vpc/a", "vpc/b"] });
  });

  test("does not cover a plan that loses more than the approved one", () => {
    const replace = (loses: string) => ({ ...update("vpc/a"), action: "replace", order: "create-first", loses }) as Step;
    const left = (loses: string) => ({ ...update("vpc/a (replaced x-1)"), action: "delete", loses, want: "" }) as Step;
    const why = "the approved plan would lose its disk, and this plan its data";
    expect(check(plan(replace("its disk")), plan(replace("its data"))).unexpected).toEqual([`vpc/a: ${why}`]);
    expect(check(plan(replace("its disk")), plan(left("its data"))).unexpected).toEqual([`vpc/a (replaced x-1): ${why}`]);
    expect(check(plan(replace("its disk")), plan(left("its disk")))).toEqual(fine);
    expect(check(plan(replace("its data")), plan(left("its disk")))).toEqual(fine);
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
      expect(check(approved, other).unexpected).toEqual(["routeTable/r: AWS has other values than at the approval (subnets)"]);
  });

  test.each([
    ["another field", plan(update("vpc/a", change("z", 1, 2))), "vpc/a: AWS has other values than at the approval (z)"],
    ["another value in AWS", plan(update("vpc/a", change("x", 7, 2))), "vpc/a: AWS has other values than at the approval (x)"],
    ["another rule", plan(update("vpc/b", rules([443], [22, 3389]))), "vpc/b: AWS has other values than at the approval (ingress)"],
    [
      "another object of that address",
      plan({ ...update("vpc/a", change("x", 1, 2)), id: "x-2" } as Step),
      "vpc/a: AWS has other values than at the approval (x)",
    ],
    [
      "another wish",
      plan({ ...update("vpc/a", change("x", 1, 3)), want: "other" }),
      "vpc/a: the YAML has other values than at the approval (x)",
    ],
    ["another address", plan(update("vpc/c", change("x", 1, 2))), "update vpc/c was not approved"],
    [
      "a harder step",
      plan({ ...update("vpc/a", change("x", 1, 2)), action: "replace", order: "create-first" } as unknown as Step),
      "vpc/a: the approved action was update, and is now replace",
    ],
  ])("does not cover %s", (_name, now, why) =>
    expect(check(both, now)).toEqual({ ...fine, absent: expect.anything() as unknown, unexpected: [why] }),
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

describe("of what an interrupted run began, an approval covers", () => {
  const step = (of: Pick<Step, "action" | "address"> & Readonly<Record<string, unknown>>): Step =>
    ({
      kind: "x",
      because: "",
      want: `want ${of.address}`,
      fingerprint: JSON.stringify(of),
      tags: { set: {}, remove: [] },
      changes: [],
      ...of,
    }) as Step;
  const replace = (id: string, more: object = {}) => step({ action: "replace", address: "vpc/a", id, order: "create-first", ...more });
  const remove = (address: string, id: string, more: object = {}) => step({ action: "delete", address, id, want: "", ...more });
  const retag = (set: Record<string, string>, ...gone: string[]) =>
    step({ action: "retag", address: "vpc/a", id: "x-1", tags: { set, remove: gone } });
  const items = (before: object, after: object): FieldChange => ({
    path: "rules",
    stage: "rules",
    impact: "update",
    items: { added: [], removed: [], changed: [{ key: "one", before: before as never, after: after as never }] },
  });
  const made = (value: object): FieldChange => ({
    path: "rules",
    stage: "rules",
    impact: "update",
    items: { added: [{ key: "one", value: value as never }], removed: [], changed: [] },
  });
  const left = (text: string) => [expect.stringContaining(text)] as unknown;

  test("the object that a replacement left beside its new one, and no other", () => {
    const approved = plan(replace("x-1"));
    expect(check(approved, plan(remove("vpc/a (replaced x-1)", "x-1")))).toEqual(fine);
    for (const [address, id] of [
      ["vpc/a (replaced x-2)", "x-2"],
      ["vpc/b (replaced x-1)", "x-1"],
      ["vpc/a", "x-1"],
    ] as const)
      expect(check(approved, plan(remove(address, id))).unexpected).toHaveLength(1);
    expect(check(plan(update("vpc/a", change("x", 1, 2))), plan(remove("vpc/a (replaced x-1)", "x-1"))).unexpected).toHaveLength(1);
  });

  test("the same replacement of the same object, whatever else of that has changed", () => {
    const approved = plan(replace("x-1"));
    expect(check(approved, plan(replace("x-1", { fingerprint: "marked" })))).toEqual(fine);
    const others = [{ want: "other" }, { order: "delete-first" as const }];
    for (const other of others)
      expect(check(approved, plan(replace("x-1", { fingerprint: "other", ...other }))).unexpected).toHaveLength(1);
    expect(check(approved, plan(replace("x-2"))).unexpected).toHaveLength(1);
  });

  test("a delete that waits for something else, and the remaining name of a part", () => {
    const approved = plan(remove("vpc/a", "x-1", { until: ["vpc/b"] }));
    expect(check(approved, plan(remove("vpc/a", "x-1")))).toEqual(fine);
    expect(check(approved, plan(remove("vpc/a", "name of x-1", { isNameAlone: true })))).toEqual(fine);
    expect(check(approved, plan(remove("vpc/a", "x-2"))).unexpected).toEqual(left("AWS has other values than at the approval"));
    expect(check(plan(update("vpc/a", change("x", 1, 2))), plan(remove("vpc/a", "x", { isNameAlone: true }))).unexpected).toHaveLength(1);
  });

  test("the remaining changes of an object that it made, a restart included", () => {
    const approved = plan(step({ action: "create", address: "vpc/a" }));
    for (const action of ["update", "restart", "retag"] as const)
      expect(check(approved, plan(step({ action, address: "vpc/a", id: "x-1" })))).toEqual(fine);
    expect(check(approved, plan(step({ action: "retag", address: "vpc/a", want: "other" }))).unexpected).toHaveLength(1);
  });

  test("the marks of the entries that it made, and no other tag", () => {
    const approved = plan(update("vpc/a", change("x", 1, 2)));
    expect(check(approved, plan(retag({ "infra:made-1": "12345678" }, "infra:superseded")))).toEqual(fine);
    expect(check(approved, plan(retag({ team: "web" }))).unexpected).toHaveLength(1);
    expect(check(plan(), plan(retag({ "infra:made-1": "12345678" }))).unexpected).toEqual(["retag vpc/a was not approved"]);
    const marked = update("vpc/a", change("x", 1, 2), change("tags.infra:made-1", "1", "2"));
    expect(check(plan(update("vpc/a", change("x", 1, 2), change("y", 1, 2))), plan(marked))).toEqual(fine);
  });

  test("the rest of a change of tags alone", () => {
    const approved = plan(retag({ team: "web", stage: "prod" }, "old"));
    expect(check(approved, plan(retag({ team: "web" })))).toEqual(fine);
    for (const other of [retag({ team: "db" }), retag({}, "team")]) expect(check(approved, plan(other)).unexpected).toHaveLength(1);
  });

  test("members of an item, and an item that is made anew", () => {
    const approved = plan(update("vpc/a", items({ port: 1, note: "a", by: "c" }, { port: 2, note: "b", by: "c" })));
    expect(check(approved, plan(update("vpc/a", items({ port: 2, note: "a", by: "c" }, { port: 2, note: "b", by: "c" }))))).toEqual(fine);
    expect(check(approved, plan(update("vpc/a", made({ port: 2, note: "b", by: "c" }))))).toEqual(fine);
    for (const other of [items({ port: 7, note: "a", by: "c" }, { port: 2, note: "b", by: "c" }), made({ port: 2, note: "z", by: "c" })])
      expect(check(approved, plan(update("vpc/a", other))).unexpected).toEqual(left("(rules)"));
  });

  test("the delete of an object that refers by its id to one that is deleted, to the same end", () => {
    const to = (target: object, end = "vpc/new") => update("vpc/b", items(target, { target: end }));
    const approved = plan(replace("x-1"), to({ target: "vpc/a" }));
    expect(check(approved, plan(to({ target: [{ id: "x-1", weight: 1 }] })))).toMatchObject({ unexpected: [] });
    for (const other of [to({ target: "x-1" }, "vpc/other"), to({ target: "x-9" })])
      expect(check(approved, plan(other)).unexpected).toEqual(left("vpc/b: AWS has other values than at the approval (rules)"));
  });

  test("elements of a list that are objects, each in its place", () => {
    const list = (before: object[], after: object[]) => update("vpc/a", change("cards", before as never, after as never));
    const approved = plan(list([{ text: "a", count: 1 }], [{ text: "b", count: 2 }]));
    expect(check(approved, plan(list([{ text: "b", count: 1 }], [{ text: "b", count: 2 }])))).toEqual(fine);
    expect(check(approved, plan(list([{ text: "z", count: 1 }], [{ text: "b", count: 2 }]))).unexpected).toEqual(left("(cards)"));
  });

  test("a change that it left unfinished, where it was a restart or listed that", () => {
    const unfinished = (path: string): FieldChange => ({ ...change(path, "stopped", "running"), unfinished: true });
    const restart = (...changes: FieldChange[]) => ({ ...update("vpc/a", ...changes), action: "restart" }) as Step;
    const rest = [update("vpc/a", unfinished("state")), restart(unfinished("state"), change("x", 1, 2))];
    for (const one of rest) expect(check(plan(restart(change("x", 1, 2))), plan(one))).toEqual(fine);
    expect(check(plan(update("vpc/a", change("x", 1, 2))), plan(rest[0]!)).unexpected).toHaveLength(1);
    expect(check(plan(update("vpc/a", change("state", "a", "running"))), plan(rest[0]!))).toEqual(fine);
  });

  test("a change that follows another, however far that one is by then", () => {
    const following = (before: string, after = "vpc/template"): Step =>
      update("vpc/a", { ...change("template", before, after), follows: true });
    expect(check(plan(following("vpc/template")), plan(following("t-1:1")))).toEqual(fine);
    expect(check(plan(following("vpc/template")), plan(following("t-1:1", "vpc/other"))).unexpected).toEqual(left("(template)"));
  });
});
