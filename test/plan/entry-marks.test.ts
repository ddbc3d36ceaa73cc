import { describe, expect, test } from "vitest";
import * as Type from "typebox";
import { hasOtherMarks, markOf, marksChange, marksIn, marksOf, tagsForMarks, tagsOfMarks } from "../../src/resource/made-marks.ts";
import type { Kind, Live, Spec } from "../../src/kinds/kind.ts";
import { object, optional, ref } from "../../src/resource/fields.ts";
import { diff } from "../../src/plan/diff.ts";
import { createMarks, countMarks, markingOf, marksOfChanges } from "../../src/plan/entry-marks.ts";
import { changesMarksOnly, withMarking } from "../../src/plan/tags.ts";

/** A parent with a map by name, a list by reference, a setting, and a map whose entries have tags unless they begin with "x". */
const parent = {
  name: "parent",
  schema: object({
    rules: optional(Type.Any()),
    targets: optional(Type.Array(ref("machine", "A machine."))),
    pool: optional(Type.Any()),
    doors: optional(Type.Any()),
  }),
  fields: {
    rules: {
      change: "update",
      as: { map: true, unlisted: "keep", foreign: (_value: unknown, key: string) => key === "tool" },
      made: "entries",
    },
    targets: { change: "update", as: { key: (one: string) => one, unlisted: "keep" }, made: "entries" },
    pool: { change: "update", made: { off: { enabled: false } } },
    doors: {
      change: "update",
      as: { map: true, unlisted: "remove" },
      made: {
        bears: (key: string, live: Live) =>
          key.startsWith("x") ? undefined : ((live.handle as string[] | undefined)?.includes(key) ?? false),
      },
    },
  },
  stages: [{ name: "create" }],
} as unknown as Kind;

const want = (spec: Spec) => ({ spec, ignoreChanges: [] as string[] });
const found = (spec: Spec, marks: readonly string[], ours: readonly string[] = []): Live => ({
  id: "p-1",
  aliases: [],
  tags: tagsOfMarks(marks),
  spec,
  handle: ours,
  state: "ready",
});
const itemsOf = (spec: Spec, live: Live, ids?: Spec) => {
  const { deltas, kept } = diff(parent, want(spec), live, spec, ids);
  return {
    removed: deltas.flatMap(({ path, items, isGone }) => (isGone ? [path] : (items?.removed ?? []).map(({ key }) => `${path}.${key}`))),
    kept: kept.map(({ path, key }) => `${path}.${key}`),
  };
};

describe("the tags that hold marks", () => {
  test("keep every mark, in any number, within 256 characters a value", () => {
    for (const count of [0, 1, 28, 29, 235]) {
      const marks = Array.from({ length: count }, (_, n) => markOf("scalingPolicies", `p${n}`));
      const tags = tagsOfMarks(marks);
      expect(Object.keys(tags)).toEqual(Array.from({ length: tagsForMarks(count) }, (_, n) => `infra:made-${n + 1}`));
      for (const value of Object.values(tags)) expect(value.length).toBeLessThanOrEqual(256);
      expect(marksIn(tags)).toEqual(new Set(marks));
    }
  });

  test("are the same whatever the order, and no others are touched", () => {
    expect(tagsOfMarks(["b0000000", "a0000000"])).toEqual(tagsOfMarks(["a0000000", "b0000000", "a0000000"]));
    const have = { team: "web", "infra:made-1": "aaaaaaaa bbbbbbbb", "infra:made-2": "cccccccc" };
    expect(marksChange(have, ["aaaaaaaa", "bbbbbbbb"])).toEqual({ set: {}, remove: ["infra:made-2"] });
    expect(marksChange(have, ["aaaaaaaa"])).toEqual({ set: { "infra:made-1": "aaaaaaaa" }, remove: ["infra:made-2"] });
    expect(marksChange(have, [])).toEqual({ set: {}, remove: ["infra:made-1", "infra:made-2"] });
  });

  test("that somebody damaged still hold the rest of them", () => {
    expect(marksIn({ "infra:made-1": "  nonsense aaaaaaaa", "infra:made": "bbbbbbbb" })).toEqual(new Set(["aaaaaaaa"]));
  });

  test("tell two fields apart that have an entry of one name", () => {
    expect(markOf("scalingPolicies", "a")).not.toBe(markOf("scheduledActions", "a"));
    expect(markOf("scalingPolicies", "a")).toMatch(/^[0-9a-f]{8}$/);
  });

  test("say whether something is not accounted for", () => {
    const tags = tagsOfMarks(marksOf("rules", ["a", "b"]));
    expect(hasOtherMarks(tags, marksOf("rules", ["a", "b", "c"]))).toBe(false);
    expect(hasOtherMarks(tags, marksOf("rules", ["a"]))).toBe(true);
  });
});

describe("an entry that the file does not have", () => {
  const rules = { a: 1, b: 2, theirs: 3, tool: 4 };
  const marks = marksOf("rules", ["a", "b", "tool"]);

  test("goes when we made it, whatever `unlisted` says; those of others stay, and those of known tools always", () => {
    expect(itemsOf({ rules: { a: 1 } }, found({ rules }, marks))).toEqual({ removed: ["rules.b"], kept: ["rules.theirs"] });
    const kept = diff(parent, { ...want({ rules: { a: 1 } }), unlisted: "keep" }, found({ rules }, marks));
    expect(kept.deltas[0]!.items!.removed).toEqual([{ key: "b", value: 2, made: true }]);
  });

  test("is removed with the whole field, of which others' entries stay though `unlisted` says remove", () => {
    expect(itemsOf({}, found({ rules }, marks))).toEqual({ removed: ["rules.a", "rules.b"], kept: ["rules.theirs"] });
    const { kept } = diff(parent, { ...want({}), unlisted: "remove" }, found({ rules }, marks));
    expect(kept.map(({ key }) => key)).toEqual(["theirs"]);
  });

  test("is matched by AWS's ids where the plan has addresses", () => {
    const linked = { targets: ["machine/a", "machine/b"] };
    const ids = { targets: ["i-1", "i-2"] };
    expect(itemsOf({ targets: ["machine/a"] }, found(linked, marksOf("targets", ["i-2"])), ids)).toEqual({
      removed: ["targets.machine/b"],
      kept: [],
    });
  });

  test("may say of itself whose it is", () => {
    const live = found({ doors: { 80: 1, 81: 1, x1: 1, x2: 1 } }, marksOf("doors", ["x1"]), ["80"]);
    expect(itemsOf({}, live)).toEqual({ removed: ["doors.80", "doors.x1"], kept: ["doors.81", "doors.x2"] });
  });

  test("is not searched in a field that was not read, or is ignored", () => {
    expect(itemsOf({}, found({}, marks))).toEqual({ removed: [], kept: [] });
    expect(diff(parent, { spec: {}, ignoreChanges: ["rules"] }, found({ rules }, marks)).deltas).toEqual([]);
  });

  test("as a setting is switched off when we switched it on", () => {
    const pool = { enabled: true, size: 2 };
    expect(itemsOf({}, found({ pool }, [markOf("pool")]))).toEqual({ removed: ["pool"], kept: [] });
    expect(itemsOf({}, found({ pool }, []))).toEqual({ removed: [], kept: [] });
    expect(itemsOf({}, found({ pool: { enabled: false } }, [markOf("pool")]))).toEqual({ removed: [], kept: [] });
  });
});

describe("entries that only sometimes need a mark", () => {
  const kind = {
    ...parent,
    fields: {
      targets: {
        change: "update",
        as: { key: (one: { to: string }) => one.to, unlisted: "keep" },
        made: { only: (one: { by: string }) => one.by !== "ours" },
      },
    },
  } as unknown as Kind;
  const entry = (to: string, by: string) => ({ to, by });

  test("have one as long as they do", () => {
    const all = { targets: [entry("a", "ours"), entry("b", "theirs")] };
    expect(markingOf(kind, want(all), found(all, []), all)).toEqual({ mark: [markOf("targets", "b")], tidy: [], claim: {} });
    expect(countMarks(kind, all)).toBe(1);
    const change = (before: string, after: string) => ({
      targets: {
        before: undefined,
        after: undefined,
        items: { added: [], removed: [], changed: [{ key: "b", before: entry("b", before), after: entry("b", after) }] },
      },
    });
    expect(marksOfChanges(kind, found(all, []), change("theirs", "ours"))).toEqual({ made: [], gone: [markOf("targets", "b")] });
    expect(marksOfChanges(kind, found(all, []), change("ours", "theirs"))).toEqual({ made: [markOf("targets", "b")], gone: [] });
  });
});

describe("marks", () => {
  const all = { rules: { a: 1, b: 2 }, targets: ["i-1"], pool: { enabled: true }, doors: { 80: 1, x1: 1 } };
  const listed = { rules: { a: 1 }, targets: ["i-1"], pool: { enabled: true }, doors: { 80: 1, x1: 1 } };

  test("are written for listed entries without one, and no others", () => {
    expect(markingOf(parent, want(listed), found(all, []), all)).toEqual({
      mark: [markOf("rules", "a"), markOf("targets", "i-1"), markOf("pool"), markOf("doors", "x1")],
      tidy: [],
      claim: { doors: ["80"] },
    });
  });

  test("without an entry are removed, but not those of entries that the file will have, nor when a field was not read", () => {
    const marks = [...marksOf("rules", ["a", "b", "gone", "coming"]), markOf("targets", "i-1"), markOf("pool"), markOf("doors", "x1")];
    const planned = { ...listed, rules: { a: 1, coming: 1 } };
    expect(markingOf(parent, want(planned), found(all, marks, ["80"]), all)).toEqual({
      mark: [],
      tidy: [markOf("rules", "gone")],
      claim: {},
    });
    const { targets: _unread, ...some } = all;
    expect(markingOf(parent, want(planned), found(some, marks, ["80"]), some).tidy).toEqual([]);
    expect(markingOf(parent, { spec: planned, ignoreChanges: ["pool"] }, found(all, marks, ["80"]), all).tidy).toEqual([]);
  });

  test("at creation are those whose names hold no reference", () => {
    const tags = createMarks(parent, { ...all, targets: ["machine/a"] });
    expect(marksIn(tags)).toEqual(new Set([...marksOf("rules", ["a", "b"]), markOf("pool"), markOf("doors", "x1")]));
    expect(createMarks(parent, {})).toEqual({});
    expect(countMarks(parent, all)).toBe(6);
  });

  test("of a change are written for new entries and removed for deleted ones", () => {
    const live = found(all, []);
    const changes = {
      rules: {
        before: undefined,
        after: undefined,
        items: { added: [{ key: "c", value: 1 }], changed: [{ key: "a", before: 1, after: 2 }], removed: [{ key: "b", value: 1 }] },
      },
      doors: {
        before: undefined,
        after: undefined,
        items: { added: [{ key: "81", value: 1 }], changed: [], removed: [{ key: "x1", value: 1 }] },
      },
      pool: { before: { enabled: true }, after: { enabled: false } },
    };
    expect(marksOfChanges(parent, live, changes)).toEqual({
      made: marksOf("rules", ["c", "a"]),
      gone: [markOf("rules", "b"), markOf("pool"), markOf("doors", "x1")],
    });
    expect(marksOfChanges(parent, live, { pool: { before: undefined, after: { enabled: true } } })).toEqual({
      made: [markOf("pool")],
      gone: [],
    });
  });

  test("alone are a matter of tags only", () => {
    const marking = { mark: [markOf("rules", "a")], tidy: [], claim: {} };
    expect(changesMarksOnly(withMarking({ set: {}, remove: [] }, {}, marking))).toBe(true);
    expect(changesMarksOnly(withMarking({ set: { team: "web" }, remove: [] }, {}, marking))).toBe(false);
    expect(changesMarksOnly(withMarking({ set: {}, remove: [] }, {}, { mark: [], tidy: [], claim: {} }))).toBe(false);
    expect(changesMarksOnly(withMarking({ set: {}, remove: [] }, {}, { mark: [], tidy: [], claim: { doors: ["80"] } }))).toBe(true);
  });
});
