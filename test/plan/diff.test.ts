/** Which fields differ and what each difference costs, by the rules of the fields, and which changes a driver receives. */
import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { object, optional } from "../../src/resource/fields.ts";
import type { FieldRule, Kind, Live, Spec } from "../../src/kinds/kind.ts";
import { changesOf, type Delta, diff, type Expected, withDefaults } from "../../src/plan/diff.ts";
import { markOf, tagsOfMarks } from "../../src/resource/made-marks.ts";
import { hashOf } from "../../src/plan/hash.ts";

type Rules = Readonly<Record<string, FieldRule>>;

function kindOf(fields: Rules, stages: Kind["stages"] = [{ name: "create" }]): Kind {
  const schema = object(Object.fromEntries(Object.keys(fields).map((field) => [field, optional(Type.Any())])));
  return { name: "thing", schema, fields, stages } as unknown as Kind;
}

interface Otherwise extends Partial<Expected> {
  readonly live?: Partial<Live>;
  readonly resolved?: Spec;
}

function differences(fields: Rules, have: Spec, spec: Spec, { live: more, resolved = spec, ...expected }: Otherwise = {}) {
  const live: Live = { id: "t-1", aliases: [], tags: {}, spec: have, handle: undefined, state: "ready", ...more };
  return { ...diff(kindOf(fields), { spec, ignoreChanges: [], ...expected }, live, resolved), live };
}

/** Returns a line for each difference: "size: 1 → 2, restart (it is read at boot)", and the refusals. */
function linesOf(...of: Parameters<typeof differences>): string[] {
  const { deltas, refused, kept } = differences(...of);
  return [
    ...deltas.map(line),
    ...refused.map(({ path, why }) => `${path} cannot be changed: ${why}`),
    ...kept.map(({ path, key }) => `${path}.${key} stays`),
  ];
}

function line({ path, impact, before, after, items, rule, isGone }: Delta): string {
  const text = (value: unknown) => JSON.stringify(value) ?? "none";
  const entries = items && [
    ...items.added.map(({ key }) => `+${key}`),
    ...items.removed.map(({ key, made }) => `-${key}${made ? " (ours)" : ""}`),
    ...items.changed.map(({ key }) => `~${key}`),
  ];
  const what = entries?.join(" ") ?? (isGone ? `${text(before)} is taken away` : `${text(before)} → ${text(after)}`);
  return `${path}: ${what}${impact === "update" ? "" : `, ${impact}`}${rule.because ? ` (${rule.because as string})` : ""}`;
}

const plain: FieldRule = { change: "update" };
const oneWay: FieldRule = { change: (was, now) => (Number(now) < Number(was) ? { refuse: "storage never shrinks" } : "update") };
const list: FieldRule = { change: "update", as: { key: (one: { readonly name: string }) => one.name, unlisted: "remove" } };
const named = (...names: string[]) => names.map((name) => ({ name }));

describe("a field", () => {
  test.each<[what: string, rule: FieldRule, have: unknown, want: unknown, lines: string[]]>([
    ["that agrees", plain, 1, 1, []],
    ["that differs", plain, 1, 2, ["it: 1 → 2"]],
    ["with a reason", { change: "restart", because: "it is read at boot" }, 1, 2, ["it: 1 → 2, restart (it is read at boot)"]],
    ["whose reason is another one's", { change: "restart", because: { replace: "it is fixed" } }, 1, 2, ["it: 1 → 2, restart"]],
    ["that costs a remark", { change: "note" }, 1, 2, ["it: 1 → 2, note"]],
    ["that says how to behave", { change: "never" }, 1, 2, []],
    ["that nobody wrote and that has no default is AWS's", plain, 1, undefined, []],
    ["that is to be there and is not", plain, null, 2, ["it: null → 2"]],
    ["that AWS may change in one direction alone", oneWay, 2, 1, ["it cannot be changed: storage never shrinks"]],
    ["and in the other", oneWay, 1, 2, ["it: 1 → 2"]],
  ])("%s", (_what, it, have, want, lines) => {
    expect(linesOf({ it }, { it: have }, want === undefined ? {} : { it: want })).toEqual(lines);
  });

  test("that is refused is reported with the rule's text about a change in place", () => {
    const because = { update: "storage grows in place", replace: "it is made anew" };
    const { deltas, refused, impossible } = differences({ it: { ...oneWay, because } }, { it: 2 }, { it: 1 });
    expect({ deltas, refused, impossible: impossible.map(line) }).toEqual({
      deltas: [],
      refused: [{ path: "it", why: "storage never shrinks" }],
      impossible: ["it: 2 → 1 (storage grows in place)"],
    });
  });

  test("that was not read is not compared", () => {
    expect(linesOf({ it: plain }, {}, { it: 1 })).toEqual([]);
    expect(linesOf({ it: { ...plain, default: { value: 1, class: "enforced" } } }, {}, {})).toEqual([]);
  });

  test("that the author ignores is not compared, as a whole or in one place", () => {
    const rules = { it: plain, size: plain };
    const of = (...ignoreChanges: string[]) =>
      linesOf(rules, { it: { a: 1, b: 1 }, size: 1 }, { it: { a: 2, b: 2 }, size: 2 }, { ignoreChanges });
    expect(of("it")).toEqual(["size: 1 → 2"]);
    expect(of("it.a", "size")).toEqual(["it.b: 1 → 2"]);
  });

  test("that depends on other fields sees no ignored ones, except settings of infra", () => {
    const seen: Spec[] = [];
    const same = (_want: unknown, _have: unknown, _live: Live, _resolved: unknown, spec: Spec = {}) => seen.push(spec) > 0;
    const rules = { it: { ...plain, same }, size: plain, pace: { change: "never" as const } };
    linesOf(rules, { it: 1, size: 1 }, { it: 1, size: 2, pace: "slow" });
    linesOf(rules, { it: 1, size: 1 }, { it: 1, size: 2, pace: "slow" }, { ignoreChanges: ["size", "pace"] });
    expect(seen).toEqual([
      { it: 1, size: 2, pace: "slow" },
      { it: 1, pace: "slow" },
    ]);
  });
});

describe("a default of an omitted field", () => {
  const enforced: FieldRule = { ...plain, default: { value: true, class: "enforced" } };
  const floor: FieldRule = { ...plain, default: { value: 2, class: "floor" }, lessSafe: (have, dflt) => Number(have) < Number(dflt) };
  test.each<[what: string, rule: FieldRule, have: unknown, lines: string[]]>([
    ["that is enforced is a difference", enforced, false, ["it: false → true"]],
    ["of the creation is none", { ...plain, default: { value: true, class: "create-only" } }, false, []],
    ["that is a floor is one where AWS has less", floor, 1, ["it: 1 → 2"]],
    ["that is a floor is none where AWS has more", floor, 3, []],
    ["of a member", { ...plain, of: { on: enforced } }, { on: false }, ["it.on: false → true"]],
    ["of a member, where AWS has nothing at all", { ...plain, of: { on: enforced } }, undefined, []],
  ])("%s", (_what, it, have, lines) => {
    expect(linesOf({ it }, { it: have }, {})).toEqual(lines);
  });

  test("does not count on an object that was adopted, except for changes that a run left unfinished", () => {
    const adopted = { writtenOnly: true };
    expect(linesOf({ it: enforced, of: { ...plain, of: { on: enforced } } }, { it: false, of: { on: false } }, {}, adopted)).toEqual([]);
    expect(linesOf({ it: { ...enforced, unfinished: (have) => have === false } }, { it: false }, {}, adopted)).toEqual([
      "it: false → true",
    ]);
  });

  test("is sent at creation whatever its class, with its members, and not where the object has it from elsewhere", () => {
    const rules: Rules = {
      it: enforced,
      floor,
      of: { ...plain, of: { on: enforced, size: plain } },
      deep: { ...plain, of: { in: { ...plain, of: { on: enforced } } } },
      bare: { ...plain, of: { size: plain } },
      password: { ...plain, default: { value: "generate", class: "create-only", unless: ({ copy }) => copy === true } },
    };
    const full = { it: true, floor: 2, of: { on: true }, deep: { in: { on: true } }, password: "generate" };
    expect(withDefaults(kindOf(rules), {})).toEqual(full);
    expect(withDefaults(kindOf(rules), { copy: true, password: undefined })).not.toHaveProperty("password", "generate");
    expect(withDefaults(kindOf(rules), { of: { size: 3 }, it: false })).toEqual({ ...full, it: false, of: { on: true, size: 3 } });
    expect(withDefaults(kindOf({ size: plain }), {})).toStrictEqual({});
    for (const of of [null, "all", ["all"]]) expect(withDefaults(kindOf(rules), { of })).toEqual({ ...full, of });
  });
});

describe("entries", () => {
  const mine = { live: { tags: tagsOfMarks([markOf("doors", "a")]) } };

  test.each<[what: string, rule: FieldRule, have: unknown, want: unknown, more: Otherwise, lines: string[]]>([
    ["come, go and change by their keys", list, named("a", "b"), [{ name: "b", open: true }, ...named("c")], {}, ["doors: +c -a ~b"]],
    ["of a map as well", { ...plain, as: "map" }, { a: 1, b: 1 }, { b: 2, c: 1 }, {}, ["doors: +c -a ~b"]],
    ["that nobody lists stay where the author says so", list, named("a", "b"), named("b"), { unlisted: "keep" }, ["doors.a stays"]],
    ["and where he says so of this field", list, named("a", "b"), named("b"), { unlisted: { doors: "keep" } }, ["doors.a stays"]],
    ["and not where he says so of another", list, named("a", "b"), named("b"), { unlisted: { walls: "keep" } }, ["doors: -a"]],
    [
      "of a field that the file has no more: ours go",
      { ...list, made: "entries" },
      named("a", "b"),
      undefined,
      mine,
      ["doors: -a (ours)", "doors.b stays"],
    ],
    ["and none where none are there", { ...list, made: "entries" }, [], undefined, mine, []],
    ["and none of a field in which nobody is known as the maker", list, named("a"), undefined, {}, []],
    [
      "others' go where the file has the field, and does not list them",
      { ...list, made: "entries" },
      named("a", "b"),
      named("b"),
      {},
      ["doors: -a"],
    ],
  ])("%s", (_what, doors, have, want, more, lines) => {
    expect(linesOf({ doors }, { doors: have }, want === undefined ? {} : { doors: want }, more)).toEqual(lines);
  });

  test("that we made and that are removed do not count for the old value of another field", () => {
    const size: FieldRule = { change: (_was, _now, { was }) => ({ refuse: `doors were ${JSON.stringify(was.doors)}` }) };
    const told = (doors: FieldRule, have: unknown, tags = mine.live.tags) =>
      linesOf({ doors, size }, { doors: have, size: 1 }, { size: 2 }, { live: { tags } }).filter((one) => one.startsWith("size"));
    const byName = { ...list, made: "entries" as const };
    expect(told(byName, named("a", "b"))).toEqual(['size cannot be changed: doors were [{"name":"b"}]']);
    expect(told(byName, named("a", "b"), {})).toEqual(['size cannot be changed: doors were [{"name":"a"},{"name":"b"}]']);
    const byKey: FieldRule = { ...plain, as: { map: true, unlisted: "keep" }, made: "entries" };
    expect(told(byKey, { a: 1, b: 2 })).toEqual(['size cannot be changed: doors were {"b":2}']);
  });

  test("are known as ours field by field", () => {
    const rules = { doors: { ...list, made: "entries" as const }, walls: { ...list, made: "entries" as const } };
    expect(linesOf(rules, { doors: named("a"), walls: named("a") }, {}, mine)).toEqual(["doors: -a (ours)", "walls.a stays"]);
  });

  test("a setting that we made goes as a whole with the line of the file, and another one's stays", () => {
    const pool: FieldRule = { ...plain, made: { off: { enabled: false } } };
    const tags = tagsOfMarks([markOf("pool", "")]);
    const of = (rules: Rules, marks: Live["tags"], spec: Spec = {}) =>
      linesOf(rules, { pool: { enabled: true }, size: 1 }, spec, { live: { tags: marks } });
    expect(of({ pool }, tags)).toEqual(['pool: {"enabled":true} is taken away']);
    expect(of({ pool }, {})).toEqual([]);
    expect(of({ pool, size: plain }, tags, { pool: { enabled: true } })).toEqual([]);
  });
});

describe("a value that AWS does not tell back", () => {
  const script: FieldRule = { ...plain, hashTag: "infra:script" };
  const of = (spec: Spec, have: Spec, tags: Live["tags"], more: Partial<FieldRule> = {}) =>
    linesOf({ script: { ...script, ...more } }, have, spec, { live: { tags } });

  test("is compared by the hash in its tag", () => {
    expect(of({ script: "a" }, {}, { "infra:script": hashOf("a") })).toEqual([]);
    expect(of({ script: "a" }, { script: "b" }, { "infra:script": hashOf("a") })).toEqual([]);
    expect(of({ script: "a" }, {}, { "infra:script": hashOf("b") })).toEqual(['script: none → "a"']);
  });

  test("also has to pass the other checks of its rule", () => {
    const tags = { "infra:script": hashOf("a") };
    expect(of({ script: "a" }, { script: "b" }, tags, { same: () => false })).toEqual(['script: "b" → "a"']);
  });

  test("is compared as it is where nothing has written the tag, and not at all where AWS does not tell it", () => {
    expect(of({ script: "a" }, { script: "b" }, {})).toEqual(['script: "b" → "a"']);
    expect(of({ script: "a" }, { script: "a" }, {})).toEqual([]);
    expect(of({ script: "a" }, {}, {})).toEqual([]);
  });

  test("is left alone where the file omits it", () => {
    expect(of({}, { script: "b" }, { "infra:script": hashOf("a") })).toEqual([]);
  });
});

describe("the changes that a driver gets", () => {
  const stages = [{ name: "create" }, { name: "rules", fields: ["doors"] }];
  const rules: Rules = {
    size: plain,
    remark: { change: "note" },
    on: { ...plain, default: { value: true, class: "enforced" } },
    of: { ...plain, of: { doors: list } },
    pool: { ...plain, made: { off: { enabled: false } } },
    doors: list,
  };
  const changes = (have: Spec, spec: Spec, stage: string, tags = {}) => {
    const kind = kindOf(rules, stages);
    const live: Live = { id: "t-1", aliases: [], tags, spec: have, handle: undefined, state: "ready" };
    const expected = { spec, ignoreChanges: [] };
    return changesOf(kind, diff(kind, expected, live), stage, expected, live);
  };

  test("is the fields of its stage that change, with the entries that come and go", () => {
    const [have, spec] = [
      { size: 1, remark: 1, doors: named("a") },
      { size: 2, remark: 2, doors: named("b") },
    ];
    expect(changes(have, spec, "create")).toEqual({ size: { before: 1, after: 2 } });
    expect(changes(have, spec, "rules")).toEqual({
      doors: {
        before: named("a"),
        after: named("b"),
        items: { added: [{ key: "b", value: { name: "b" } }], removed: [{ key: "a", value: { name: "a" } }], changed: [] },
      },
    });
  });

  test("is the whole field where members of it differ", () => {
    const [have, spec] = [{ of: { doors: named("a"), size: 1 } }, { of: { doors: named("b"), size: 2 } }];
    expect(changes(have, spec, "create")).toEqual({ of: { before: have.of, after: spec.of } });
  });

  test("is the default of an omitted field, and the value of a setting that is removed", () => {
    expect(changes({ on: false }, {}, "create")).toEqual({ on: { before: false, after: true } });
    expect(changes({ pool: { enabled: true } }, {}, "create", tagsOfMarks([markOf("pool", "")]))).toEqual({
      pool: { before: { enabled: true }, after: { enabled: false } },
    });
  });
});
