/**
 * Fields over which infra and somebody else fight. Terms: apply *sets* a field when it changes it from the value in AWS to the value in
 * the YAML. A field is *contested* when it was set to the same value twice within thirty days and differs again. A contested field is left
 * as it is until the YAML has another value or the user says otherwise.
 * Premise: the history is kept by object and field, with the value only as a hash (docs/decisions/0012).
 */
import type { AwsId } from "../kinds/kind.ts";
import { hashOf } from "./hash.ts";

/** The value that apply has set a field to, how often in a row, and when last. */
export interface SetBefore {
  /** Hash of the value. */
  readonly want: string;
  readonly times: number;
  /** YYYY-MM-DD. */
  readonly last: string;
}

/** By object and field. */
export type AppliedHistory = ReadonlyMap<string, SetBefore>;

/** A field of an object and the value that the YAML has for it. For a tag the field is `tags.KEY`. */
export interface Setting {
  readonly id: AwsId;
  readonly field: string;
  readonly want: unknown;
}

const days = 30;
const often = 2;
/** The largest number of entries. A parameter holds 4 KiB; the rest of it is for the text around the entries. */
const most = 90;

/** Returns the history of a field that was set so often that it is not set again. Undefined: it may be set. */
export function contestOf(appliedHistory: AppliedHistory, setting: Setting): SetBefore | undefined {
  const before = appliedHistory.get(keyOf(setting));
  return before !== undefined && before.times >= often && before.want === wantOf(setting) ? before : undefined;
}

/** Returns the history after these settings, without old entries. Where there are too many, the least contested and the oldest go. */
export function remembering(appliedHistory: AppliedHistory, set: readonly Setting[], now: number): AppliedHistory {
  const today = new Date(now).toISOString().slice(0, 10);
  const all = new Map(recent(appliedHistory, now));
  // A field may take several steps, and counts as set once all the same.
  for (const [key, want] of new Map(set.map((setting) => [keyOf(setting), wantOf(setting)]))) {
    const before = all.get(key);
    all.set(key, { want, times: before?.want === want ? before.times + 1 : 1, last: today });
  }
  const ranked = [...all].sort(([a, one], [b, two]) => two.times - one.times || compare(two.last, one.last) || compare(a, b));
  return new Map(ranked.slice(0, most));
}

/** Returns the entries that are not older than thirty days. */
export function recent(appliedHistory: AppliedHistory, now: number): AppliedHistory {
  const since = new Date(now - days * 86_400_000).toISOString().slice(0, 10);
  return new Map([...appliedHistory].filter(([, { last }]) => last >= since));
}

/** Returns the history as text for a parameter. */
export function formatAppliedHistory(appliedHistory: AppliedHistory): string {
  return JSON.stringify({
    format: 1,
    set: Object.fromEntries([...appliedHistory].map(([key, one]) => [key, `${one.want} ${one.times} ${one.last}`])),
  });
}

/** Reads the history from a parameter's text. A text in another form gives an empty history, because it holds nothing to use. */
export function parseAppliedHistory(text: string): AppliedHistory {
  const entries = Object.entries(setIn(text)).flatMap(([key, value]): [string, SetBefore][] => {
    const [, want, times, last] = /^([0-9a-f]{8}) (\d{1,6}) (\d{4}-\d\d-\d\d)$/.exec(String(value)) ?? [];
    return want === undefined ? [] : [[key, { want, times: Number(times), last: last! }]];
  });
  return new Map(entries);
}

function setIn(text: string): object {
  try {
    const { set } = (JSON.parse(text) ?? {}) as { readonly set?: unknown };
    return typeof set === "object" && set !== null ? set : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function keyOf({ id, field }: Setting): string {
  return hashOf([id, field]).slice(0, 12);
}

function wantOf({ want }: Setting): string {
  return hashOf([want ?? null]).slice(0, 8);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
