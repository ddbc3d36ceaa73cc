/** One object's desired state against its observed state, whatever its kind. */
import { hashOf } from "./hash.ts";
import { agrees, compareField, impactOf, same, unwritten, type Comparison, type Difference } from "./compare.ts";
import type { Address, Change, Changes, Desired, FieldRule, Kind, Live, Spec } from "../kinds/kind.ts";
import { stageOf } from "../resource/references.ts";

/** A difference with what it costs. */
export interface Delta extends Difference {
  readonly field: string;
  readonly stage: string;
  readonly impact: "note" | "update" | "restart" | "replace";
  /** The replacements that alone bring it about: what the field refers to gets another id. */
  readonly causes?: Address[];
}

export interface Diff {
  readonly deltas: readonly Delta[];
  /** Changes that cannot be made, and why. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  readonly kept: Comparison["kept"];
}

/** What a diff needs to know of the declared side; a Desired fits. */
export type Expected = Pick<Desired, "spec" | "ignoreChanges" | "unlisted">;

/**
 * Compares every field by its rule. Both specs must speak the same language: both with addresses (planning) or both
 * with AWS ids (execution). `wanted` is the desired spec after lookups.
 */
export function diff(kind: Kind, expected: Expected, live: Live, resolved: Spec = expected.spec): Diff {
  const deltas: Delta[] = [];
  const refused: { path: string; why: string }[] = [];
  const kept: Comparison["kept"][number][] = [];
  const spec = normalised(kind, expected.spec);
  const have = normalised(kind, live.spec);
  for (const [field, rule] of rulesOf(kind)) {
    if (rule.change === "never" || expected.ignoreChanges.includes(field)) continue;
    const found = differencesOf(field, rule, spec[field], have, live, resolved[field], unlistedOf(expected, field), spec);
    kept.push(...found.kept);
    for (const difference of found.differences) {
      if (expected.ignoreChanges.includes(difference.path)) continue;
      const impact = impactOf(difference.rule, difference.before, difference.after, { was: have, now: spec, live });
      if (impact === "never") continue;
      if (typeof impact === "object") refused.push({ path: difference.path, why: impact.refuse });
      else deltas.push({ ...difference, field, stage: stageOf(kind, field), impact });
    }
  }
  return { deltas, refused, kept };
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
      after: spec[delta.field] ?? unwritten(rule, have[delta.field]),
      ...(delta.path === delta.field && delta.items ? { items: delta.items } : {}),
    };
  }
  return changes;
}

/** A desired spec with what is sent at creation though unwritten: held, birth and ratchet defaults alike. */
export function withDefaults(kind: Kind, spec: Spec): Spec {
  const full: Record<string, unknown> = { ...spec };
  for (const [field, rule] of rulesOf(kind)) {
    const value = rule.default?.unless?.(spec) ? full[field] : defaulted(rule, full[field]);
    if (value !== undefined) full[field] = value;
  }
  return full;
}

/** The canonical form of the kind, where it has one. */
export function normalised(kind: Kind, spec: Spec): Spec {
  return (kind.normalise?.(spec) ?? spec) as Spec;
}

/** The fields of a kind with their rules. */
export function rulesOf(kind: Kind): readonly (readonly [string, FieldRule])[] {
  let known = rules.get(kind);
  if (!known) rules.set(kind, (known = Object.entries(kind.fields)));
  return known;
}

const rules = new WeakMap<Kind, readonly (readonly [string, FieldRule])[]>();

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

function differencesOf(
  field: string,
  rule: FieldRule,
  written: unknown,
  have: Spec,
  live: Live,
  resolved: unknown,
  unlisted: "remove" | "keep" | undefined,
  spec: Spec,
): Comparison {
  if (rule.hashTag !== undefined) return compareHash(field, rule, written, have, live, resolved, spec);
  const expected = written ?? unwritten(rule, have[field]);
  if (expected === undefined && !rule.of) return same;
  if (!(field in have)) return same; // not read
  if (expected === undefined && have[field] === undefined) return same; // nothing here and nothing asked for
  return compareField(field, rule, expected ?? {}, have[field], { live, resolved, unlisted });
}

/** By the hash in the tag; by value where an adopted object has no tag yet; not at all where AWS does not tell the value. */
function compareHash(field: string, rule: FieldRule, written: unknown, have: Spec, live: Live, resolved: unknown, spec: Spec): Comparison {
  if (written === undefined) return same;
  const hash = live.tags[rule.hashTag!];
  const isSame =
    hash !== undefined
      ? hash === hashOf(written) && (rule.same?.(written, have[field], live, resolved, spec) ?? true)
      : !(field in have) || agrees(resolved, have[field]);
  return isSame ? same : { differences: [{ path: field, before: have[field], after: written, rule }], kept: [] };
}

function unlistedOf(expected: Expected, field: string): "remove" | "keep" | undefined {
  return typeof expected.unlisted === "string" ? expected.unlisted : expected.unlisted?.[field];
}
