/**
 * Marks of the entries that we made inside a parent, where AWS gives an entry no tags of its own: policies, schedules,
 * hooks, notifications, subscriptions, targets, extra certificates. Terms: an *entry* is an item of a list or map field
 * (or a setting as a whole, with no key); its *mark* is a hash of field and key; the tags `infra:made-1`, `infra:made-2`, …
 * of the parent hold the marks. A mark is written before the entry is made and removed after the entry is gone, so a run
 * that ends between leaves a mark without an entry, never an entry without a mark. docs/decisions/0018-made-marks.md.
 */
import { createHash } from "node:crypto";
import type { Tags } from "../kinds/kind.ts";

/** Marks a tag holds: 28 of 8 characters with the spaces between them are 251 of the 256 characters that AWS takes. */
const perTag = 28;

const prefix = "infra:made-";

/** The mark of an entry by the field that holds it and its key, with AWS's ids in it; of a setting as a whole, with no key. */
export function markOf(field: string, key = ""): string {
  return createHash("sha256").update(`${field}\n${key}`).digest("hex").slice(0, 8);
}

/** The marks of a field's entries. */
export function marksOf(field: string, keys: Iterable<string>): string[] {
  return [...keys].map((key) => markOf(field, key));
}

/** The marks that an object has. */
export function marksIn(tags: Tags): ReadonlySet<string> {
  return new Set(
    Object.entries(tags)
      .filter(([key]) => isMadeTag(key))
      .flatMap(([, value]) => value.split(" "))
      .filter((mark) => /^[0-9a-f]{8}$/.test(mark)),
  );
}

/** Tags that hold these marks. */
export function tagsOfMarks(marks: Iterable<string>): Tags {
  const sorted = [...new Set(marks)].sort();
  const tags: Record<string, string> = {};
  for (let from = 0; from < sorted.length; from += perTag)
    tags[`${prefix}${from / perTag + 1}`] = sorted.slice(from, from + perTag).join(" ");
  return tags;
}

/** What has to be written and removed for the tags of an object to hold these marks and no others. */
export function marksChange(have: Tags, marks: Iterable<string>): { readonly set: Tags; readonly remove: readonly string[] } {
  const wanted = tagsOfMarks(marks);
  return {
    set: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value)),
    remove: Object.keys(have).filter((key) => isMadeTag(key) && !(key in wanted)),
  };
}

/** How many tags so many marks take. */
export function tagsForMarks(count: number): number {
  return Math.ceil(count / perTag);
}

/** Whether a tag holds marks. */
export function isMadeTag(key: string): boolean {
  return key.startsWith(prefix);
}

/** Whether there may be an entry of ours that is not among these: then the fields that nobody asked for have to be read as well. */
export function hasOtherMarks(tags: Tags, known: Iterable<string>): boolean {
  const explained = new Set(known);
  return [...marksIn(tags)].some((mark) => !explained.has(mark));
}
