/** One object's desired state against its observed state, whatever its kind. */
import { hashOf } from "./hash.ts";
import { agrees, compareField, impactOf, keysOf, meaningOf, same, unwritten, type Comparison, type Difference } from "./compare.ts";
import type { Address, Change, Changes, Desired, FieldRule, Kind, Live, Reasons, Spec } from "../kinds/kind.ts";
import { stageOf } from "../resource/references.ts";
import { entriesOf, valueWhenGone, type Entry } from "./entry-marks.ts";
import { normalised, rulesOf } from "./normalised.ts";

/** A rule with the reason for one impact. */
export type SaidRule = FieldRule & { readonly because?: string };

/** The rule with what it says of a change with this impact. */
export function saidFor(rule: FieldRule, impact: keyof Reasons): SaidRule {
  const { because, ...rest } = rule;
  const said = typeof because === "object" ? because[impact] : because;
  return said === undefined ? rest : { ...rest, because: said };
}

/** A difference with what it costs. */
export interface Delta extends Difference {
  readonly rule: SaidRule;
  readonly field: string;
  readonly stage: string;
  readonly impact: "note" | "update" | "restart" | "replace";
  /** What alone brings it about: replacements that give what the field refers to another id, or changes that it follows. */
  readonly causes?: readonly Address[];
  /** Of a difference that is there without them: the replacements that add to it. */
  readonly also?: readonly Address[];
  /** Where replacements add to it: the difference without them. */
  readonly own?: Pick<Difference, "before" | "items">;
}

export interface Diff {
  readonly deltas: readonly Delta[];
  /** Changes that cannot be made, and why. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  /** The differences that these refusals are about. */
  readonly impossible: readonly Delta[];
  readonly kept: Comparison["kept"];
}

/** What a diff needs to know of the declared side; a Desired fits. */
export interface Expected extends Pick<Desired, "spec" | "ignoreChanges" | "unlisted"> {
  /** The object was adopted: only what the author writes is compared, and no default. */
  readonly writtenOnly?: boolean;
}

/**
 * Compares every field by its rule. Both specs must speak the same language: both with addresses (planning) or both
 * with AWS ids (execution). `resolved` is the desired spec after look-ups, `ids` the live spec as AWS told it.
 */
export function diff(kind: Kind, expected: Expected, live: Live, resolved: Spec = expected.spec, ids: Spec = live.spec as Spec): Diff {
  const deltas: Delta[] = [];
  const refused: { path: string; why: string }[] = [];
  const impossible: Delta[] = [];
  const spec = normalised(kind, expected.spec);
  const have = normalised(kind, live.spec);
  const entries = entriesOf(kind, live, ids);
  const desired = withoutIgnored(kind, spec, expected.ignoreChanges);
  const compared = rulesOf(kind)
    .filter(([field]) => !expected.ignoreChanges.includes(field))
    .map(([field, rule]) => ({ field, rule, ...differencesOf(field, rule, { expected, spec, desired, have, live, resolved, entries }) }));
  const was = compared.reduce((left, { field, rule, differences }) => withoutGone(left, field, rule, differences), have);
  for (const { field, differences } of compared)
    for (const difference of differences) {
      if (expected.ignoreChanges.includes(difference.path)) continue;
      const impact = impactOf(difference.rule, difference.before, difference.after, { was, now: spec, live });
      if (impact === "never") continue;
      const rule = saidFor(difference.rule, typeof impact === "object" ? "update" : impact);
      const delta = { ...difference, rule, field, stage: stageOf(kind, field) };
      if (typeof impact === "object") {
        refused.push({ path: difference.path, why: impact.refuse });
        impossible.push({ ...delta, impact: "update" });
      } else deltas.push({ ...delta, impact });
    }
  return { deltas, refused, impossible, kept: compared.flatMap(({ kept }) => kept) };
}

/** The fields of one stage that differ, as a driver takes them. */
export function changesOf(kind: Kind, found: Diff, stage: string, expected: Expected, live: Live): Changes<Spec> {
  const spec = normalised(kind, expected.spec);
  const have = normalised(kind, live.spec);
  const changes: Record<string, Change> = {};
  for (const delta of found.deltas) {
    if (delta.stage !== stage || delta.impact === "note") continue;
    const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[delta.field]!;
    changes[delta.field] ??= {
      before: have[delta.field],
      after: spec[delta.field] ?? unwritten(rule, have[delta.field], expected.writtenOnly, spec) ?? valueWhenGone(rule),
      ...(delta.path === delta.field && delta.items ? { items: delta.items } : {}),
    };
  }
  return changes;
}

/** A desired spec with what is sent at creation though unwritten: defaults of every class. */
export function withDefaults(kind: Kind, spec: Spec): Spec {
  const full: Record<string, unknown> = { ...spec };
  for (const [field, rule] of rulesOf(kind)) {
    const value = rule.default?.unless?.(spec) ? full[field] : defaulted(rule, full[field]);
    if (value !== undefined) full[field] = value;
  }
  return full;
}

function defaulted(rule: FieldRule, value: unknown): unknown {
  if (value === undefined && rule.default) return rule.default.value;
  if (!rule.of || (value !== undefined && (typeof value !== "object" || value === null || Array.isArray(value)))) return value;
  const inner: Record<string, unknown> = { ...(value as Record<string, unknown> | undefined) };
  for (const [member, sub] of Object.entries(rule.of)) {
    const one = defaulted(sub, inner[member]);
    if (one !== undefined) inner[member] = one;
  }
  return Object.keys(inner).length === 0 ? value : inner;
}

interface Sides {
  readonly expected: Expected;
  readonly spec: Spec;
  /** Of `spec`, what is held against the live object. */
  readonly desired: Spec;
  readonly have: Spec;
  readonly live: Live;
  readonly resolved: Spec;
  readonly entries: readonly Entry[];
}

function differencesOf(field: string, rule: FieldRule, { expected, spec, desired, have, live, resolved, entries }: Sides): Comparison {
  if (rule.hashTag !== undefined) return compareHash(field, rule, spec[field], have, live, resolved[field], spec);
  const isOurs = rule.made && ((key: string) => entries.some((entry) => entry.field === field && entry.key === key && entry.isOurs));
  const { writtenOnly } = expected;
  const value = spec[field] ?? unwritten(rule, have[field], writtenOnly, spec);
  if (value === undefined && isOurs?.(""))
    return { differences: [{ path: field, before: have[field], after: undefined, isGone: true, rule }], kept: [] };
  const isUnwritten = value === undefined && rule.made !== undefined && keysOf(rule, have[field]).length > 0;
  if (value === undefined && (!rule.of || writtenOnly) && !isUnwritten) return same;
  if (!(field in have)) return same; // not read
  if (value === undefined && have[field] === undefined) return same; // nothing here and nothing asked for
  return compareField(field, rule, value ?? {}, have[field], {
    live,
    resolved: resolved[field],
    spec: desired,
    unlisted: unlistedOf(expected, field),
    isOurs,
    isUnwritten,
    writtenOnly,
  });
}

/** What says how to behave (`never`) counts whatever is ignored. */
function withoutIgnored(kind: Kind, spec: Spec, ignored: readonly string[]): Spec {
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !ignored.includes(field) || rules[field]?.change === "never"));
}

/** What is left of a field when the entries that we made, and the file no longer has, are gone. */
function withoutGone(have: Spec, field: string, rule: FieldRule, differences: readonly Difference[]): Spec {
  const gone = new Set(differences.flatMap(({ items }) => items?.removed ?? []).flatMap(({ key, made }) => (made ? [key] : [])));
  if (gone.size === 0) return have;
  const value = have[field];
  const keys = keysOf(rule, value);
  const left = Array.isArray(value)
    ? value.filter((_, i) => !gone.has(keys[i]!))
    : Object.fromEntries(Object.entries(value as Spec).filter(([key]) => !gone.has(key)));
  return { ...have, [field]: left };
}

/** By the hash in the tag; by value where an adopted object has no tag yet; not at all where AWS does not tell the value. */
function compareHash(field: string, rule: FieldRule, written: unknown, have: Spec, live: Live, resolved: unknown, spec: Spec): Comparison {
  if (written === undefined) return same;
  const hash = live.tags[rule.hashTag!];
  const isSame =
    hash !== undefined
      ? hash === hashOf(written) && (rule.same?.(written, have[field], live, resolved, spec) ?? true)
      : !(field in have) || agrees(meaningOf(rule, resolved), meaningOf(rule, have[field]));
  return isSame ? same : { differences: [{ path: field, before: have[field], after: written, rule }], kept: [] };
}

function unlistedOf(expected: Expected, field: string): "remove" | "keep" | undefined {
  return typeof expected.unlisted === "string" ? expected.unlisted : expected.unlisted?.[field];
}
