import type { Json, Told } from "../kinds/kind.ts";
import type { FieldChange, TagChange } from "../plan/plan.ts";
import type { Position } from "../diag/diagnostic.ts";
import { brief, inline } from "./values.ts";

/** One difference on one line: a mark, its subject and the values. */
export interface ChangeLine {
  readonly mark: "+" | "-" | "~" | " ";
  readonly text: string;
  readonly at?: Position | undefined;
  /** Belongs under the line before it. */
  readonly nested?: true;
  /** A warning that stands out after the text: "open to the internet". */
  readonly warning?: string;
}

/**
 * Returns the lines of a field's difference: one for a single value; for a list, one for the field and one per item. Leaves out a reason
 * that `known` already contains.
 */
export function linesOfChange(change: FieldChange, known = ""): ChangeLine[] {
  const because =
    change.because !== undefined && change.impact !== "update" && !known.includes(change.because) ? `  (${change.because})` : "";
  if (change.secret) return [{ mark: "~", text: `${change.path}: (secret)${because}`, at: change.at }];
  if (change.items) return [...itemsWithTitle(change, because), ...goneLines(change)];
  if (change.isGone) return [{ mark: "-", text: `${change.path} ${noLonger}`, at: change.at }];
  const sets = setDifference(change);
  if (sets) return [{ mark: " ", text: `${change.path}${because}`, at: change.at }, ...sets];
  const members = memberDifferences(change, because);
  if (members) return members;
  if (isUnset(change.before)) return [{ mark: "+", text: `${change.path}: ${brief(change.after)}${because}`, at: change.at }];
  if (isUnset(change.after)) return [{ mark: "-", text: `${change.path}: ${brief(change.before)}${because}`, at: change.at }];
  return [{ mark: "~", text: `${change.path}: ${brief(change.before)} → ${brief(change.after)}${because}`, at: change.at }];
}

/** Returns the lines for tags that a step writes or removes. Their values before are unknown. */
export function linesOfTags(tags: TagChange): ChangeLine[] {
  return [
    ...Object.entries(tags.set).map(([key, value]): ChangeLine => ({ mark: "+", text: `tags.${key}: ${inline(value)}` })),
    ...tags.remove.map((key): ChangeLine => ({ mark: "-", text: `tags.${key}` })),
    ...Object.entries(tags.claim ?? {}).flatMap(([field, keys]) =>
      keys.map((key): ChangeLine => ({ mark: "+", text: `${field}.${key}: owner tags` })),
    ),
  ];
}

export function isTag(change: Pick<FieldChange, "path">): boolean {
  return change.path === "tags" || change.path.startsWith("tags.");
}

/** Returns one line for each member that differs between two mappings. */
function memberDifferences({ path, before, after, at }: FieldChange, because: string): ChangeLine[] | undefined {
  if (before === undefined || after === undefined || !isObject(before) || !isObject(after)) return undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (differing.length === names.length || differing.length === 0) return undefined;
  return differing.map((name, place): ChangeLine => {
    const [was, now] = [before[name], after[name]];
    const why = place === differing.length - 1 ? because : "";
    if (isUnset(was)) return { mark: "+", text: `${path}.${name}: ${brief(now)}${why}`, at };
    if (isUnset(now)) return { mark: "-", text: `${path}.${name}: ${brief(was)}${why}`, at };
    return { mark: "~", text: `${path}.${name}: ${brief(was)} → ${brief(now)}${why}`, at };
  });
}

/** Whether a value is absent, in either spelling: `undefined` or `null`. */
export function isUnset(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/**
 * Whether an item is the entry of a map, which must be shown with its key. The item of a list contains its key ("10.0.0.0/8"), or its key
 * is made of several members ("tcp 22 10.0.0.0/8").
 */
export function isMapEntry(key: string, value: Json): boolean {
  if (!isObject(value)) return String(value) !== key;
  return /^[A-Za-z0-9][\w.-]*$/.test(key) && !Object.values(value).some((member) => String(member) === key);
}

function itemLines({ items }: FieldChange): ChangeLine[] {
  const shown = ({ key, value, told }: { readonly key: string; readonly value: Json; readonly told?: Told }) =>
    told?.text ?? (isMapEntry(key, value) ? `${key}: ${inline(value)}` : inline(value));
  const warned = (told: Told | undefined) => (told?.warning === undefined ? {} : { warning: told.warning });
  return [
    ...(items?.removed ?? []).filter(({ made }) => !made).map((item): ChangeLine => ({ mark: "-", text: shown(item), nested: true })),
    ...(items?.added ?? []).map((item): ChangeLine => ({ mark: "+", text: shown(item), at: item.at, nested: true, ...warned(item.told) })),
    ...(items?.changed ?? []).map(({ key, before: was, after: now, at }): ChangeLine => ({
      mark: "~",
      text: changedItem(key, was, now),
      at,
      nested: true,
    })),
  ];
}

const noLonger = "(no longer in the file)";

function itemsWithTitle(change: FieldChange, because: string): ChangeLine[] {
  const lines = itemLines(change);
  return lines.length === 0 ? [] : [{ mark: " ", text: `${change.path}${because}`, at: change.at }, ...lines];
}

/** Returns a line for each item that infra made and that is no longer in the file: "scalingPolicies.q (no longer in the file)". */
function goneLines({ path, items, at }: FieldChange): ChangeLine[] {
  return (items?.removed ?? [])
    .filter(({ made }) => made)
    .map(({ key, value }): ChangeLine => {
      const name = isMapEntry(key, value) ? `${path}.${key}` : `${path}: ${inline(value)}`;
      return { mark: "-", text: `${name} ${noLonger}`, at };
    });
}

/** Describes an item that changed: the members that both sides share name it, and each other member is shown as before → after. */
function changedItem(key: string, was: Json, now: Json): string {
  if (!isObject(was) || !isObject(now)) return `${key}: ${inline(was)} → ${inline(now)}`;
  const same: Record<string, Json> = {};
  const differing: string[] = [];
  for (const member of new Set([...Object.keys(was), ...Object.keys(now)])) {
    if (JSON.stringify(was[member]) === JSON.stringify(now[member])) same[member] = was[member]!;
    else differing.push(`${member}: ${inline(was[member])} → ${inline(now[member])}`);
  }
  const name = isMapEntry(key, now) || Object.keys(same).length === 0 ? key : inline(same);
  return `${name}  ${differing.join(", ")}`;
}

/**
 * Compares two lists of plain values as sets and returns the added and removed items, since order and repetition rarely matter to a reader.
 */
function setDifference({ before, after }: FieldChange): ChangeLine[] | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const [was, now] = [before as readonly Json[], after as readonly Json[]].map((list) => new Set(list.map(inline))) as [
    Set<string>,
    Set<string>,
  ];
  const lines: ChangeLine[] = [
    ...[...was].filter((item) => !now.has(item)).map((text): ChangeLine => ({ mark: "-", text, nested: true })),
    ...[...now].filter((item) => !was.has(item)).map((text): ChangeLine => ({ mark: "+", text, nested: true })),
  ];
  return lines.length > 0 ? lines : undefined;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
