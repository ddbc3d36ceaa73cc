/**
 * Remembers values that AWS accepted and does not return as written. Handlers leave out properties when they read, or return them in
 * another form. Without a state, that looks like a change by others, and each run would write the value again. So the object is read right
 * after a successful write, and for each property that still differs a tag remembers a hash of the requested value.
 */
import { createHash } from "node:crypto";
import type { Live, Spec, Tags } from "../kind.ts";
import { covers, reachesInto, type TypeFacts } from "./facts.ts";
import { sameProperty, sorted, type Comparing } from "./same.ts";

const prefix = "infra:unread:";

/** Seconds between polls: right after a write, a handler may still read the old value. */
export const pollDelays = [3, 6, 12];

/** Returns the properties that differ from the request, among those that AWS can return. */
export function unread(comparing: Comparing, properties: readonly string[], asked: Spec, have: Partial<Spec>): string[] {
  return properties.filter(
    (property) => isTold(comparing.facts, property) && !sameProperty(comparing, property, asked[property], have[property]),
  );
}

/** Returns the tags that remember these properties, and the earlier ones that no longer apply. */
export function unreadTags(properties: readonly string[], differing: readonly string[], asked: Spec, have: Tags) {
  const set = Object.fromEntries(differing.map((property) => [`${prefix}${property}`, hashOf(asked[property])]));
  const remove = properties.map((property) => `${prefix}${property}`).filter((tag) => tag in have && !(tag in set));
  return { set, remove };
}

/** Whether this value was written before and AWS is known not to return it. */
export function isKnownUnread({ tags }: Pick<Live, "tags">, property: string, asked: unknown): boolean {
  const tag = tags[`${prefix}${property}`];
  return tag !== undefined && tag === hashOf(asked);
}

export function notesOf({ tags }: Pick<Live, "tags">): readonly string[] {
  return Object.keys(tags).flatMap((tag) =>
    tag.startsWith(prefix)
      ? [
          `AWS accepted ${tag.slice(prefix.length)}, but does not return it as the file has it; infra cannot see changes that others make to it`,
        ]
      : [],
  );
}

/** Whether AWS returns the property. A write-only property has a hash of its own. */
function isTold({ readOnly, writeOnly }: TypeFacts, property: string): boolean {
  return ![readOnly, writeOnly].some((ways) => covers(ways, [property])) && !reachesInto(writeOnly, [property]);
}

function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)) ?? "")
    .digest("hex")
    .slice(0, 32);
}
