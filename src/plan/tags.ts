import { ownership, tagOfAddress } from "../resource/ownership.ts";
import type { Desired, Kind, Live, Spec, Tags } from "../kinds/kind.ts";
import { isLate, lateIn, markOf } from "../resource/late.ts";
import { isMadeTag, marksChange, marksIn } from "../resource/made-marks.ts";
import { hashOf } from "./hash.ts";
import type { Marking } from "./entry-marks.ts";
import { normalised, rulesOf } from "./normalised.ts";
import type { TagChange } from "./plan.ts";

export interface Owner {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
}

/** Returns infra's own tags that an object must have now: ownership, life (`protect`, `retain`, `disposable`) and the kind's marks. */
export function ourTags(owner: Owner, kind: Kind, desired: Desired, awsName: string | undefined): Tags {
  return {
    [ownership.project]: owner.project,
    [ownership.environment]: owner.environment,
    [ownership.resource]: tagOfAddress(desired.address),
    ...(kind.isGlobal ? { [ownership.region]: owner.region } : {}),
    ...(awsName !== undefined && kind.naming ? { [ownership.name]: awsName } : {}),
    ...(desired.protect ? { [ownership.protect]: "true" } : {}),
    ...(desired.retain ? { [ownership.retain]: "true" } : {}),
    ...(desired.disposable ? { [ownership.disposable]: "true" } : {}),
    ...kind.marks?.(desired.spec),
  };
}

/** Returns the hashes of the fields that are compared by a tag. */
export function hashTags(kind: Kind, spec: Spec): Tags {
  const tags: Record<string, string> = {};
  for (const [field, { hashTag }] of rulesOf(kind)) {
    const value = hashTag === undefined ? undefined : normalised(kind, spec)[field];
    // The hash of a text that waits for a value is unknown, so the mark of that value stands for it.
    if (value !== undefined) tags[hashTag!] = isLate(value) ? lateIn(value).map(markOf).join(" ") : hashOf(value);
  }
  return tags;
}

/** Returns the tags that the author declared, without the keys that are to be removed. */
export function declaredTags(desired: Desired): Tags {
  return Object.fromEntries(Object.entries(desired.tags).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Returns the difference between the tags that an object has and those that it should have. Keys that nobody declared stay. */
export function tagChange(owner: Owner, kind: Kind, desired: Desired, live: Live, agreedHashes: Tags): TagChange {
  const have = live.tags;
  const ours = ourTags(owner, kind, desired, live.name ?? have[ownership.name]);
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const want of [desired.tags, ours, agreedHashes])
    for (const key of Object.keys(want)) {
      const value = want[key];
      if (value === null) remove.push(key);
      else if (have[key] !== value) set[key] = value!;
    }
  remove.push(...lifeTags.filter((key) => !(key in ours)));
  return { set, remove: remove.filter((key) => key in have) };
}

/** Adds to a change of tags the change of the marks of entries (entry-marks.ts). */
export function withMarking(change: TagChange, have: Tags, { mark, tidy, claim }: Marking): TagChange {
  const left = new Set([...marksIn(have), ...mark]);
  for (const one of tidy) left.delete(one);
  const marks = mark.length + tidy.length > 0 ? marksChange(have, left) : noTagChange;
  return {
    set: { ...change.set, ...marks.set },
    remove: [...change.remove, ...marks.remove],
    ...(Object.keys(claim).length > 0 ? { claim } : {}),
  };
}

/** A change of no tags. */
export const noTagChange: TagChange = { set: {}, remove: [] };

/** Whether the tags differ at all. */
export function changesTags({ set, remove, claim }: TagChange): boolean {
  return Object.keys(set).length + remove.length > 0 || claim !== undefined;
}

/** Whether only marks of runs differ: marks of the entries that we made and of a pending replacement. No tag of the author differs. */
export function changesMarksOnly(change: TagChange): boolean {
  return changesTags(change) && [...Object.keys(change.set), ...change.remove].every(isMark);
}

/** Whether a tag is a mark that runs write and remove as they go. */
export function isMark(key: string): boolean {
  return isMadeTag(key) || key === ownership.superseded;
}

/** Returns a change of tags without the marks of runs. */
export function withoutMarks(change: TagChange): TagChange {
  return {
    ...change,
    set: Object.fromEntries(Object.entries(change.set).filter(([key]) => !isMark(key))),
    remove: change.remove.filter((key) => !isMark(key)),
  };
}

/** Tags of infra that are removed when they no longer apply. `superseded` stays on an object that is still to be replaced. */
const lifeTags = [ownership.protect, ownership.retain, ownership.disposable, ownership.superseded];
