/**
 * Marks of the entries that we made inside a parent, where AWS gives an entry no tags of its own: policies, schedules, hooks,
 * notifications, subscriptions, targets, extra certificates.
 *
 * Terms: an *entry* is an item of a list or map field, or a setting as a whole, with no key. Its *mark* is a hash of field and key. The
 * tags `infra:made-1`, `infra:made-2`, … of the parent hold the marks. A mark is written before the entry is made, and removed after the
 * entry is gone. So a run that ends in between leaves a mark without an entry, never an entry without a mark.
 * docs/decisions/0018-made-marks.md.
 */
import { createHash } from "node:crypto";
import type { Tags } from "../kinds/kind.ts";

/** The number of marks in one tag: 28 marks of 8 characters, with spaces between them, take 251 of AWS's 256 characters. */
const perTag = 28;

const prefix = "infra:made-";

/** Returns the mark of an entry, from its field and its key with AWS's ids in it. A setting as a whole has no key. */
export function markOf(field: string, key = ""): string {
  return createHash("sha256").update(`${field}\n${key}`).digest("hex").slice(0, 8);
}

/** Returns the marks of a field's entries. */
export function marksOf(field: string, keys: Iterable<string>): string[] {
  return [...keys].map((key) => markOf(field, key));
}

/** Returns the marks that an object has. */
export function marksIn(tags: Tags): ReadonlySet<string> {
  return new Set(
    Object.entries(tags)
      .filter(([key]) => isMadeTag(key))
      .flatMap(([, value]) => value.split(" "))
      .filter((mark) => /^[0-9a-f]{8}$/.test(mark)),
  );
}

/** Returns the tags that hold these marks. */
export function tagsOfMarks(marks: Iterable<string>): Tags {
  const sorted = [...new Set(marks)].sort();
  const tags: Record<string, string> = {};
  for (let from = 0; from < sorted.length; from += perTag)
    tags[`${prefix}${from / perTag + 1}`] = sorted.slice(from, from + perTag).join(" ");
  return tags;
}

/** Returns the tags to set and to remove, so that the object holds these marks and no others. */
export function marksChange(have: Tags, marks: Iterable<string>): { readonly set: Tags; readonly remove: readonly string[] } {
  const wanted = tagsOfMarks(marks);
  return {
    set: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value)),
    remove: Object.keys(have).filter((key) => isMadeTag(key) && !(key in wanted)),
  };
}

/** Returns how many tags this number of marks takes. */
export function tagsForMarks(count: number): number {
  return Math.ceil(count / perTag);
}

/** Whether a tag holds marks. */
export function isMadeTag(key: string): boolean {
  return key.startsWith(prefix);
}

/**
 * Whether an object has marks besides these. Then other entries of ours may exist, and the fields that nobody asked for must be read, too.
 */
export function hasOtherMarks(tags: Tags, known: Iterable<string>): boolean {
  const explained = new Set(known);
  return [...marksIn(tags)].some((mark) => !explained.has(mark));
}
