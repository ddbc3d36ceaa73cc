/** Compares one expected value with one observed value. Pure; knows shapes, not kinds. */
import { canonicalCidr } from "../resource/ranges.ts";
import type { Change, FieldRule, Impact, ListShape, Live, MapShape, Spec } from "../kinds/kind.ts";
import { isPlainObject } from "../resource/plain-object.ts";

/** One place in a field at which the two sides differ. */
export interface Difference {
  /** "rootVolume.size". The field's own name when the field differs as a whole. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly items?: Change["items"];
  /** The setting goes as a whole: we made it, and the file no longer has it. */
  readonly isGone?: true;
  readonly rule: FieldRule;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Items that AWS has, that the YAML does not list, and that stay. They become notes. */
  readonly kept: readonly { readonly path: string; readonly key: string; readonly value: unknown }[];
}

export interface Against {
  readonly live: Live;
  /** The expected value after look-ups (an AMI id where `expected` is an expression). */
  readonly resolved: unknown;
  readonly unlisted: "remove" | "keep" | undefined;
  /** Whether we made the live entry with this key. Absent where this is unknown. */
  readonly isOurs?: ((key: string) => boolean) | undefined;
  /** The file does not have the field at all, so only the entries that we made are removed. */
  readonly isUnwritten?: boolean | undefined;
  /** The object was adopted: a member that the author does not write is not compared. */
  readonly writtenOnly?: boolean | undefined;
  /** The whole desired spec, without the fields that the author ignores. */
  readonly spec?: Spec | undefined;
}

interface Fate {
  readonly unlisted: "remove" | "keep" | ((value: unknown, key: string) => "remove" | "keep");
  readonly foreign?: (value: unknown, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
  readonly same?: (request: unknown, have: unknown) => boolean;
}

/** No difference. */
export const same: Comparison = { differences: [], kept: [] };

/** Compares a written (or defaulted) value with what AWS has. */
export function compareField(path: string, rule: FieldRule, expected: unknown, have: unknown, against: Against): Comparison {
  if (rule.same) return rule.same(expected, have, against.live, against.resolved, against.spec) ? same : whole(path, rule, expected, have);
  if (rule.means) return agrees(meaningOf(rule, expected), meaningOf(rule, have)) ? same : whole(path, rule, expected, have);
  const shape = rule.as;
  if (isListShape(shape)) return compareItems(path, rule, byKey(expected, shape.key), byKey(have, shape.key), shape, against);
  if (isMapShape(shape)) return compareItems(path, rule, entriesOf(expected), entriesOf(have), shape, against);
  if (shape === "map") return compareItems(path, rule, entriesOf(expected), entriesOf(have), { unlisted: "remove" as const }, against);
  if (isPlainObject(expected) && shape === undefined) return compareMembers(path, rule, expected, isPlainObject(have) ? have : {}, against);
  return equal(shape, expected, have) ? same : whole(path, rule, expected, have);
}

export function meaningOf({ means }: FieldRule, value: unknown): unknown {
  return means && value !== undefined ? means(value) : value;
}

/** Whether `have` agrees with `expected`: scalars by equality, objects by the keys that `expected` has, arrays item by item. */
export function agrees(expected: unknown, have: unknown): boolean {
  if (expected === undefined) return true;
  if (Array.isArray(expected))
    return Array.isArray(have) && expected.length === have.length && expected.every((item, i) => agrees(item, have[i]));
  if (isPlainObject(expected)) return isPlainObject(have) && Object.keys(expected).every((key) => agrees(expected[key], have[key]));
  return expected === have || (isNone(expected) && isNone(have));
}

/** Returns the observed value in the form of the expected one: members that agree look the same, and unwritten members are left out. */
export function asWritten(expected: unknown, have: unknown): unknown {
  if (agrees(expected, have)) return expected;
  if (!isPlainObject(expected) || !isPlainObject(have)) return have;
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, asWritten(value, have[key])]));
}

/** JSON text with sorted keys, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      isPlainObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? "null"
  );
}

function whole(path: string, rule: FieldRule, expected: unknown, have: unknown): Comparison {
  const { becauseUnset } = rule;
  const told = becauseUnset !== undefined && isNone(have) ? { ...rule, because: becauseUnset } : rule;
  return { differences: [{ path, before: have, after: expected, rule: told }], kept: [] };
}

function compareMembers(
  path: string,
  rule: FieldRule,
  expected: Readonly<Record<string, unknown>>,
  have: Readonly<Record<string, unknown>>,
  against: Against,
): Comparison {
  const differences: Difference[] = [];
  const kept: Comparison["kept"][number][] = [];
  const members = new Set([...Object.keys(expected), ...Object.keys(rule.of ?? {})]);
  for (const member of members) {
    const inner = ruleOfMember(rule, member);
    if (inner.change === "never") continue;
    const authored = expected[member] ?? unwritten(inner, have[member], against.writtenOnly);
    if (authored === undefined) continue;
    const found = compareField(`${path}.${member}`, inner, authored, have[member], { ...against, resolved: authored });
    differences.push(...found.differences);
    kept.push(...found.kept);
  }
  return { differences, kept };
}

/** A member has its own rule, or is compared and changed as the field is; its drift is as urgent as that of the field unless it says so itself. */
function ruleOfMember({ of, change, because, urgency }: FieldRule, member: string): FieldRule {
  const own: FieldRule = of?.[member] ?? { change, ...(because ? { because } : {}) };
  return own.urgency !== undefined || urgency === undefined ? own : { ...own, urgency };
}

/**
 * Returns the default that an unwritten value is compared with, or undefined. On an adopted object (`writtenOnly`) a default counts only
 * where an interrupted run left the value.
 */
export function unwritten(rule: FieldRule, have: unknown, writtenOnly = false, spec: Spec = {}): unknown {
  const dflt = rule.default;
  if (!dflt || dflt.class === "create-only" || dflt.unless?.(spec)) return undefined;
  if (writtenOnly && !rule.unfinished?.(have)) return undefined;
  if (dflt.class === "enforced") return dflt.value;
  return have !== undefined && rule.lessSafe?.(have, dflt.value) ? dflt.value : undefined;
}

function compareItems(
  path: string,
  rule: FieldRule,
  expected: ReadonlyMap<string, unknown>,
  have: ReadonlyMap<string, unknown>,
  shape: Fate,
  against: Against,
): Comparison {
  const added: { key: string; value: unknown }[] = [];
  const removed: { key: string; value: unknown; made?: true }[] = [];
  const changed: { key: string; before: unknown; after: unknown }[] = [];
  const kept: { path: string; key: string; value: unknown }[] = [];
  for (const [key, value] of expected) {
    if (!have.has(key)) added.push({ key, value });
    else if (!(shape.same ?? agrees)(value, have.get(key))) changed.push({ key, before: have.get(key), after: value });
  }
  for (const [key, value] of have) {
    if (expected.has(key)) continue;
    if (shape.foreign?.(value, key, expected)) continue;
    if (against.isOurs?.(key)) removed.push({ key, value, made: true });
    else if (fateOf(shape, value, key, against) === "remove") removed.push({ key, value });
    else kept.push({ path, key, value });
  }
  if (added.length + removed.length + changed.length === 0) return { differences: [], kept };
  const difference = { path, before: [...have.values()], after: [...expected.values()], items: { added, removed, changed }, rule };
  return { differences: [difference], kept };
}

/** Returns what happens to an entry that others made and that the file does not have. */
function fateOf({ unlisted }: Fate, value: unknown, key: string, against: Against): "remove" | "keep" {
  if (against.isUnwritten) return "keep";
  return against.unlisted ?? (typeof unlisted === "function" ? unlisted(value, key) : unlisted);
}

function equal(shape: FieldRule["as"], expected: unknown, have: unknown): boolean {
  if (shape === "set") return setText(expected) === setText(have);
  if (shape === "cidr") return networkOf(expected) === networkOf(have);
  if (shape === "json") return jsonText(expected) === jsonText(have);
  return agrees(expected, have);
}

const networkOf = (value: unknown) => (typeof value === "string" ? canonicalCidr(value) : value);

function setText(value: unknown): string {
  const items = Array.isArray(value) ? value : isNone(value) ? [] : [value];
  return [...new Set(items.map((item) => canonicalJson(networkOf(item))))].sort().join("\n");
}

function jsonText(value: unknown): string {
  if (typeof value !== "string") return canonicalJson(value);
  try {
    return canonicalJson(JSON.parse(value));
  } catch {
    return value; // not JSON after all, so only equal texts are equal values
  }
}

/** The keys of a field's entries, in the order of the value. Empty for a field without entries. */
export function keysOf({ as: shape }: FieldRule, value: unknown): readonly string[] {
  if (isListShape(shape)) return Array.isArray(value) ? value.map((item) => shape.key(item)) : [];
  return (isMapShape(shape) || shape === "map") && isPlainObject(value) ? Object.keys(value) : [];
}

function byKey(value: unknown, key: (item: unknown) => string): Map<string, unknown> {
  return new Map((Array.isArray(value) ? value : []).map((item) => [key(item), item]));
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(isPlainObject(value) ? Object.entries(value) : []);
}

function isListShape(shape: FieldRule["as"]): shape is ListShape {
  return typeof shape === "object" && "key" in shape;
}

function isMapShape(shape: FieldRule["as"]): shape is MapShape {
  return typeof shape === "object" && "map" in shape;
}

/** Null, absent, "" and [] mean the same to AWS: no value. */
function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

export function impactOf(rule: FieldRule, was: unknown, now: unknown, specs: { was: object; now: object; live?: Live }): Impact | "never" {
  return typeof rule.change === "function" ? rule.change(was, now, specs) : rule.change;
}
