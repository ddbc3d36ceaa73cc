/**
 * Fields over which infra and somebody else fight. Terms: apply *sets* a field when it brings it from what AWS has to what
 * the YAML wants; a field is *contested* when it was set to one and the same value twice within thirty days and differs
 * again. It is then left as it is, until the YAML wants another value, or somebody says otherwise.
 * Premise: what was set is remembered by object and field, with the value only as a hash (docs/decisions/0012).
 */
import type { AwsId } from "../kinds/kind.ts";
import { hashOf } from "./hash.ts";

/** What apply has set a field to, how often in a row, and when last. */
export interface SetBefore {
  /** Hash of the value. */
  readonly want: string;
  readonly times: number;
  /** YYYY-MM-DD. */
  readonly last: string;
}

/** By object and field. */
export type AppliedHistory = ReadonlyMap<string, SetBefore>;

/** A field of an object, and what the YAML wants of it; of a tag, `tags.KEY`. */
export interface Setting {
  readonly id: AwsId;
  readonly field: string;
  readonly want: unknown;
}

const days = 30;
const often = 2;
/** A parameter holds 4 KiB; the rest is for what stands around the entries. */
const most = 90;

/** What was set so often that nobody sets it again; undefined: this may be set. */
export function contestOf(appliedHistory: AppliedHistory, setting: Setting): SetBefore | undefined {
  const before = appliedHistory.get(keyOf(setting));
  return before !== undefined && before.times >= often && before.want === wantOf(setting) ? before : undefined;
}

/** The memory after these were set. What is old is forgotten, and of too many the least contested and the oldest. */
export function remembering(appliedHistory: AppliedHistory, set: readonly Setting[], now: number): AppliedHistory {
  const today = new Date(now).toISOString().slice(0, 10);
  const all = new Map(recent(appliedHistory, now));
  // A field may take several steps; it was set once all the same.
  for (const [key, want] of new Map(set.map((setting) => [keyOf(setting), wantOf(setting)]))) {
    const before = all.get(key);
    all.set(key, { want, times: before?.want === want ? before.times + 1 : 1, last: today });
  }
  const ranked = [...all].sort(([a, one], [b, two]) => two.times - one.times || compare(two.last, one.last) || compare(a, b));
  return new Map(ranked.slice(0, most));
}

/** What is not older than a fight can be. */
export function recent(appliedHistory: AppliedHistory, now: number): AppliedHistory {
  const since = new Date(now - days * 86_400_000).toISOString().slice(0, 10);
  return new Map([...appliedHistory].filter(([, { last }]) => last >= since));
}

/** As text for a parameter. */
export function formatAppliedHistory(appliedHistory: AppliedHistory): string {
  return JSON.stringify({
    format: 1,
    set: Object.fromEntries([...appliedHistory].map(([key, one]) => [key, `${one.want} ${one.times} ${one.last}`])),
  });
}

/** From a parameter's text; nothing where it holds something else, since then there is nothing to remember. */
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
