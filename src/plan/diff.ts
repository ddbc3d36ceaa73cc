/** Compares one object's desired state with its observed state, whatever its kind. */
import { hashOf } from "./hash.ts";
import { agrees, compareField, impactOf, keysOf, meaningOf, same, unwritten, type Comparison, type Difference } from "./compare.ts";
import type { Address, Change, Changes, Desired, FieldRule, Kind, Live, Reasons, Spec } from "../kinds/kind.ts";
import { stageOf } from "../resource/references.ts";
import { entriesOf, valueWhenGone, type Entry } from "./entry-marks.ts";
import { normalised, rulesOf } from "./normalised.ts";

/** A field rule with the reason for one impact. */
export type SaidRule = FieldRule & { readonly because?: string };

/** Returns the rule with its reason for a change with this impact. */
export function saidFor(rule: FieldRule, impact: keyof Reasons): SaidRule {
  const { because, ...rest } = rule;
  const said = typeof because === "object" ? because[impact] : because;
  return said === undefined ? rest : { ...rest, because: said };
}

/** A difference with its impact. */
export interface Delta extends Difference {
  readonly rule: SaidRule;
  readonly field: string;
  readonly stage: string;
  readonly impact: "note" | "update" | "restart" | "replace";
  /** The only causes of the difference: replacements that give a referenced object another id, or changes that the field follows. */
  readonly causes?: readonly Address[];
  /** Where the difference exists without replacements: the replacements that add to it. */
  readonly also?: readonly Address[];
  /** The difference without the part that replacements add. */
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

/** The parts of a desired resource that a diff reads. A Desired fits. */
export interface Expected extends Pick<Desired, "spec" | "ignoreChanges" | "unlisted"> {
  /** The object was adopted: the diff compares only what the author writes, and no default. */
  readonly writtenOnly?: boolean;
}

/**
 * Compares every field by its rule. Both specs must be in the same form: both with addresses (planning) or both with AWS ids
 * (execution). `resolved` is the desired spec after look-ups, `ids` the live spec as AWS returned it.
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

/** Returns the changed fields of one stage in the form that a driver takes. */
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

/** Returns a spec with the defaults of every class, which a create sends even though nobody wrote them. */
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
  /** The part of `spec` that is compared with the live object. */
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

/** Drops the ignored fields. Fields with `change: "never"` stay: they say how to behave, and count even when ignored. */
function withoutIgnored(kind: Kind, spec: Spec, ignored: readonly string[]): Spec {
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !ignored.includes(field) || rules[field]?.change === "never"));
}

/** Returns the spec without the entries of a field that we made and that the file no longer has. */
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

/** Compares by the hash in the tag. Where the tag is missing (adopted objects), compares by value, if AWS returns the value. */
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
