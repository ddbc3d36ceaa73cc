/** The differences of a step as hashes, by which an approval knows what is left of a change when a run came half-way. */
import type { AwsId, Json } from "../kinds/kind.ts";
import { isPlainObject } from "../resource/plain-object.ts";
import { hashOf } from "./hash.ts";
import type { FieldChange, Step } from "./plan.ts";
import { isMark, withoutMarks } from "./tags.ts";

/** One difference of an object: of a field, of an item of a list, or of a member of an item, since a run may have come as far as that. */
interface Difference {
  readonly path: string;
  /** Where in the field it is. */
  readonly place: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  /** It changes with what it refers to, and may stand at any state of that. */
  readonly follows?: true | undefined;
}

/** What an approval keeps of them, by path: of each what it finds and what it brings about, and the end alone, for what a run leaves in between. */
export function approvedFields(step: Step): Record<string, string[]> {
  const id = idOf(step);
  const hashes: Record<string, string[]> = {};
  for (const one of [...differencesOf(step), ...madeAnew(step)])
    hashes[one.path] = [...new Set([...(hashes[one.path] ?? []), exactly(id, one), theEndOf(id, one)])];
  return hashes;
}

/**
 * The paths of what a step changes otherwise than approved. `going`: what the approval has go, to which something may refer by its id once
 * its address is nobody's or another's. Where there is nothing any more, or what refers to that, the end alone counts.
 */
export function unapprovedPaths(step: Step, approved: Readonly<Record<string, readonly string[]>>, going: ReadonlySet<AwsId>): string[] {
  const id = idOf(step);
  const isCovered = (one: Difference) => {
    const known = approved[one.path] ?? [];
    const isInBetween = one.follows === true || one.before === null || mentions(one.before, going);
    return known.includes(exactly(id, one)) || (isInBetween && known.includes(theEndOf(id, one)));
  };
  return [...new Set(differencesOf(step).flatMap((one) => (isCovered(one) ? [] : [one.path])))];
}

function idOf(step: Step): AwsId {
  return "id" in step ? step.id : "";
}

/** What is made is approved by what is wanted of it. The marks of runs, and what a run left of a change that it began, are no differences. */
function differencesOf(step: Step): Difference[] {
  if (step.action === "retag") {
    const { set, remove } = withoutMarks(step.tags);
    // What a tag was before is not told of them.
    const tag = (key: string, after: string | null): Difference => ({ path: "tags", place: [key], before: "any", after });
    return [...Object.entries(set).map(([key, value]) => tag(key, value)), ...remove.map((key) => tag(key, null))];
  }
  if (step.action !== "update" && step.action !== "restart") return [];
  return step.changes.filter((change) => !change.unfinished && !isOfMark(change)).flatMap(ofField);
}

function isOfMark({ path }: FieldChange): boolean {
  return path.startsWith("tags.") && isMark(path.slice("tags.".length));
}

function ofField({ path, before, after, secret, items, form, follows }: FieldChange): Difference[] {
  const one = (place: readonly string[], was: unknown, now: unknown): Difference => ({
    path,
    place,
    before: was ?? null,
    after: now ?? null,
    ...(follows ? { follows } : {}),
  });
  const changed = (place: readonly string[], was: Json, now: Json) => {
    const members = membersThatDiffer(was, now);
    return members.length === 0
      ? [one(place, was, now)]
      : members.map((member) => one([...place, member], (was as Members)[member], (now as Members)[member]));
  };
  if (form !== undefined) return [one(["form"], items ? "items" : before, form)];
  if (secret) return [one(["hidden"], "before", "after")];
  if (items)
    return [
      ...items.added.map(({ key, value }) => one([key], null, value)),
      ...items.removed.map(({ key, value }) => one([key], value, null)),
      ...items.changed.flatMap(({ key, before: was, after: now }) => changed([key], was, now)),
    ];
  const { removed, added } = elementsThatDiffer(before, after);
  if (removed.length + added.length === 0) return [one([], before, after)];
  // An element that is an object becomes the one in its place.
  const [objects, newObjects] = [removed.filter(isPlainObject), added.filter(isPlainObject)] as [Json[], Json[]];
  const pairs = objects.length === newObjects.length ? objects.length : 0;
  const isPaired = (element: Json) => pairs > 0 && isPlainObject(element);
  return [
    ...added.filter((element) => !isPaired(element)).map((element) => one([], null, element)),
    ...removed.filter((element) => !isPaired(element)).map((element) => one([], element, null)),
    ...objects.slice(0, pairs).flatMap((was, i) => changed([String(i)], was, newObjects[i]!)),
  ];
}

/** What a change sets though it is there already, where a run has taken that away: an item that becomes another, and fields that are renewed. */
function madeAnew(step: Step): Difference[] {
  if (step.action !== "update" && step.action !== "restart") return [];
  return step.changes.flatMap(({ path, items, form, secret, renews = {} }) => {
    const renewed = Object.entries(renews).map(([other, after]): Difference => ({ path: other, place: [], before: null, after }));
    if (form !== undefined || secret) return renewed;
    return [...renewed, ...(items?.changed ?? []).map(({ key, after }): Difference => ({ path, place: [key], before: null, after }))];
  });
}

type Members = Readonly<Record<string, Json>>;

function membersThatDiffer(before: Json, after: Json): string[] {
  if (!isPlainObject(before) || !isPlainObject(after)) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Where only the order of a list differs, there are none, and it counts as a whole. */
function elementsThatDiffer(before: Json | undefined, after: Json | undefined): Readonly<Record<"removed" | "added", readonly Json[]>> {
  if (!Array.isArray(before) || !Array.isArray(after)) return { removed: [], added: [] };
  const without = (list: readonly Json[], other: readonly Json[]) => {
    const texts = new Set(other.map((element) => JSON.stringify(element)));
    return list.filter((element) => !texts.has(JSON.stringify(element)));
  };
  return { removed: without(before, after), added: without(after, before) };
}

function exactly(id: AwsId, { path, place, before, after }: Difference): string {
  return hashOf([id, path, place, before, after]).slice(0, 12);
}

function theEndOf(id: AwsId, { path, place, after }: Difference): string {
  return hashOf([id, path, place, "as it is by then", after]).slice(0, 12);
}

function mentions(value: unknown, ids: ReadonlySet<AwsId>): boolean {
  if (typeof value === "string") return ids.has(value);
  return typeof value === "object" && value !== null && Object.values(value).some((one) => mentions(one, ids));
}
