/** The differences of a step as hashes. With them an approval recognises the rest of a change after a run that ended half-way. */
import type { AwsId, Json } from "../kinds/kind.ts";
import { isPlainObject } from "../resource/plain-object.ts";
import { hashOf } from "./hash.ts";
import type { FieldChange, Step } from "./plan.ts";
import { isMark, withoutMarks } from "./tags.ts";

/** One difference of an object: of a field, of a list item, or of a member of an item. A run may end after any of these. */
interface Difference {
  readonly path: string;
  /** The path inside the field. */
  readonly place: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  /** The field changes with the object that it refers to, and may show any state of it. */
  readonly follows?: true | undefined;
}

/**
 * Returns the hashes that an approval keeps, by path. Each difference has two hashes: one of its start and its end, and one of its end
 * alone, for the states that a run leaves in between.
 */
export function approvedFields(step: Step): Record<string, string[]> {
  const id = idOf(step);
  const hashes: Record<string, string[]> = {};
  for (const one of [...differencesOf(step), ...madeAnew(step)])
    hashes[one.path] = [...new Set([...(hashes[one.path] ?? []), exactly(id, one), theEndOf(id, one)])];
  return hashes;
}

/**
 * Returns the paths of the changes that were not approved. `going`: the ids of the objects that the approval deletes or replaces. A
 * reference may show such an id once its address belongs to no object or to another one. Where the field now has no value, or refers to
 * such an id, only the end of the change counts.
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

/**
 * Returns the differences of a change in place or of tags. A new object has none: it is approved by its desired state. Marks of runs, and
 * changes that a run began and left unfinished, are not differences.
 */
function differencesOf(step: Step): Difference[] {
  if (step.action === "retag") {
    const { set, remove } = withoutMarks(step.tags);
    // A retag does not have the previous values of its tags.
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
  // Where as many objects are removed as are added, each removed object is paired with the added one in its place.
  const [objects, newObjects] = [removed.filter(isPlainObject), added.filter(isPlainObject)] as [Json[], Json[]];
  const pairs = objects.length === newObjects.length ? objects.length : 0;
  const isPaired = (element: Json) => pairs > 0 && isPlainObject(element);
  return [
    ...added.filter((element) => !isPaired(element)).map((element) => one([], null, element)),
    ...removed.filter((element) => !isPaired(element)).map((element) => one([], element, null)),
    ...objects.slice(0, pairs).flatMap((was, i) => changed([String(i)], was, newObjects[i]!)),
  ];
}

/**
 * Returns the values that a change sets although they are already there, because a run may have taken them away: items that change, and
 * fields that are renewed.
 */
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

/** Returns the elements that only one of the lists has. Where only the order differs there are none, and the list counts as a whole. */
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
