/**
 * What AWS took and does not tell as it was asked. Handlers leave properties out of what they read, or write them in a form of their own;
 * without a state nothing could tell that from a change by others, and each run would write it again. So right after a write that ended
 * well the object is read, and what still differs is remembered in a tag by a hash of what was asked.
 */
import { createHash } from "node:crypto";
import type { Live, Spec, Tags } from "../kind.ts";
import { covers, reachesInto, type TypeFacts } from "./facts.ts";
import { sameProperty, sorted, type Comparing } from "./same.ts";

const prefix = "infra:unread:";

/** Seconds between polls: a handler may read a moment behind what it wrote. */
export const pollDelays = [3, 6, 12];

/** The properties that differ from what was asked, of those that AWS could tell. */
export function unread(comparing: Comparing, properties: readonly string[], asked: Spec, have: Partial<Spec>): string[] {
  return properties.filter(
    (property) => isTold(comparing.facts, property) && !sameProperty(comparing, property, asked[property], have[property]),
  );
}

/** The tags that remember them, and those of before that say nothing any more. */
export function unreadTags(properties: readonly string[], differing: readonly string[], asked: Spec, have: Tags) {
  const set = Object.fromEntries(differing.map((property) => [`${prefix}${property}`, hashOf(asked[property])]));
  const remove = properties.map((property) => `${prefix}${property}`).filter((tag) => tag in have && !(tag in set));
  return { set, remove };
}

/** Whether it was asked for, and is known not to be told. */
export function isKnownUnread({ tags }: Pick<Live, "tags">, property: string, asked: unknown): boolean {
  const tag = tags[`${prefix}${property}`];
  return tag !== undefined && tag === hashOf(asked);
}

export function notesOf({ tags }: Pick<Live, "tags">): readonly string[] {
  return Object.keys(tags).flatMap((tag) =>
    tag.startsWith(prefix)
      ? [`AWS took ${tag.slice(prefix.length)} and does not tell it as the file has it; a change of it by others is not seen`]
      : [],
  );
}

/** What is written only is compared by a hash of its own. */
function isTold({ readOnly, writeOnly }: TypeFacts, property: string): boolean {
  return ![readOnly, writeOnly].some((ways) => covers(ways, [property])) && !reachesInto(writeOnly, [property]);
}

function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)) ?? "")
    .digest("hex")
    .slice(0, 32);
}
