/**
 * Turns differences that the user accepts from AWS into edits of the file. The edits write what an author would write about the object,
 * only in the places that differ. A plan of the edited file proves them. Pure.
 */
import type { Edit, Way } from "../config/edit/edit.ts";
import type { Address, Desired, FieldRule, Json, Kind, Spec } from "../kinds/kind.ts";
import { canonicalJson, keysOf } from "../plan/compare.ts";
import { isPlainObject } from "../resource/plain-object.ts";
import { normalised, rulesOf } from "../plan/normalised.ts";
import type { Observed } from "../plan/observed.ts";
import type { FieldChange, TagChange } from "../plan/plan.ts";
import { fieldOf, isLiteral, mapAnnotated } from "../resource/references.ts";
import { authorAll, type Place } from "./author.ts";
import { specsOf, taken } from "./classify.ts";
import { LinkedText, withMarks, withValues } from "./values.ts";

/** Returns AWS's values of the declared objects as an author writes them: bodies by address. */
export function bodiesOf({ objects }: Observed, place: Place): Map<Address, Spec> {
  const found = [...objects.values()].filter(({ kind }) => kind.authored !== undefined);
  const specOf = specsOf(found);
  const sorted = found.flatMap(({ kind, live }) => taken(kind, live, specOf) ?? []);
  const addresses = new Map(found.map(({ live, address }) => [live, address]));
  const entries = withValues(authorAll({ taken: sorted, outside: [] }, addresses, place), sorted, addresses);
  return new Map(entries.map(({ address, body }) => [address, body]));
}

/** An accepted field, an item of a field, or everything of an address. */
export interface Accepted {
  readonly address: Address;
  /** "ingress", "rootVolume.size", "listeners.443", "tags.team"; absent for everything. */
  readonly path?: string;
}

/**
 * Returns what an argument means, among the addresses of these steps. The longest address that fits is taken, and the rest is the path of a
 * field.
 */
export function acceptedIn(text: string, addresses: readonly Address[]): Accepted | undefined {
  const fitting = addresses.filter((one) => text === one || text.startsWith(`${one}.`)).sort((a, b) => b.length - a.length);
  const [address] = fitting;
  return address === undefined ? undefined : text === address ? { address } : { address, path: text.slice(address.length + 1) };
}

export interface Difference {
  readonly kind: Kind;
  readonly desired: Desired;
  readonly body: Spec;
  readonly tags: Readonly<Record<string, string>>;
}

/** The changes that a plan would make to one object. */
export interface Differing {
  readonly changes: readonly FieldChange[];
  readonly tags: TagChange;
}

/** Returns the edits that accept differences. With `asWhole`, a field that differs is written again as a whole. */
export function editsOf(differing: Differing, { path }: Accepted, difference: Difference, written: unknown, asWhole: boolean): Edit[] {
  const changes = differing.changes.filter((change) => isAsked(change.path, path) || itemOf(change, path) !== undefined);
  const fields = asWhole ? wholeFields(changes, difference) : changes.flatMap((change) => editsOfChange(change, path, difference));
  return [...fields, ...editsOfTags(differing.tags, path, difference, written)];
}

/** Whether the accepted path is the place of a change, or holds it. */
function isAsked(at: string, path: string | undefined): boolean {
  return path === undefined || at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`);
}

/** Returns the key of the item of a change that a path names: "listeners.443". */
function itemOf(change: FieldChange, path: string | undefined): string | undefined {
  if (!change.items || path === undefined || !path.startsWith(`${change.path}.`)) return undefined;
  const key = path.slice(change.path.length + 1);
  return [...change.items.added, ...change.items.removed, ...change.items.changed].some((one) => one.key === key) ? key : undefined;
}

function wholeFields(changes: readonly FieldChange[], { body }: Difference): Edit[] {
  const fields = [...new Set(changes.map(({ path }) => fieldOf(path)))];
  return fields.map((field) => (field in body ? { how: "set", way: [field], value: body[field] } : { how: "remove", way: [field] }));
}

function editsOfChange(change: FieldChange, path: string | undefined, difference: Difference): Edit[] {
  const rule = ruleOf(difference.kind, change.path);
  if (!change.items) return editsOfValue(change, difference);
  const only = itemOf(change, path);
  const isMeant = ({ key }: { readonly key: string }) => only === undefined || key === only;
  const { added, removed, changed } = change.items;
  const items = { added: added.filter(isMeant), removed: removed.filter(isMeant), changed: changed.filter(isMeant) };
  return typeof rule?.as === "object" && "key" in rule.as
    ? editsOfList(change.path, items, rule, difference)
    : editsOfMap(change.path, items, difference);
}

/**
 * Returns the edits of a value, as an author writes it, or as it is compared when nobody would write it. Parts that are equal in the file
 * stay as they are.
 */
function editsOfValue({ path, before }: FieldChange, { body, desired }: Difference): Edit[] {
  const way = path.split(".");
  const value = valueAt(body, way) ?? before;
  return value === undefined || value === null ? [{ how: "remove", way }] : merged(way, valueAt(desired.spec, way), value);
}

type Items = NonNullable<FieldChange["items"]>;

function editsOfMap(path: string, { added, removed, changed }: Items, { body, desired }: Difference): Edit[] {
  const way = path.split(".");
  const entry = (key: string, fallback: Json) => valueAt(body, [...way, key]) ?? fallback;
  return [
    ...removed.map(({ key, value }): Edit => ({ how: "set", way: [...way, key], value: entry(key, value) })),
    ...changed.flatMap(({ key, before }) => merged([...way, key], valueAt(desired.spec as Spec, [...way, key]), entry(key, before))),
    ...added.map(({ key }): Edit => ({ how: "remove", way: [...way, key] })),
  ];
}

/**
 * Returns the edits of a list whose items are known by their keys. Several keys may stand in one item of the file, and the keys of one item
 * of AWS may stand in several.
 */
function editsOfList(path: string, { added, removed, changed }: Items, rule: FieldRule, difference: Difference): Edit[] {
  const { kind, desired, body } = difference;
  const field = fieldOf(path);
  const keysIn = (item: unknown) => keysOf(rule, normalised(kind, { [field]: [item] })[field]);
  const ours = listOf((desired.spec as Spec)[field]).map((item) => ({ item, keys: keysIn(item) }));
  const theirs = listOf(body[field]).map((item) => ({ item, keys: keysIn(withAddresses(kind, field, item)) }));
  const theirsOf = (key: string) => theirs.find(({ keys }) => keys.includes(key))?.item;
  const gone = new Set(added.map(({ key }) => key));
  const going = ours.flatMap(({ keys }, i) => (keys.some((key) => gone.has(key)) ? [i] : []));
  const left = going.flatMap((i) => ours[i]!.keys.filter((key) => !gone.has(key)));
  const keys = new Set([...removed.map(({ key }) => key), ...left]);
  const coming = new Set([...keys].flatMap((key) => theirsOf(key) ?? removed.find((one) => one.key === key)?.value ?? []));
  const instead = pairs(
    going.map((i) => ({ i, item: ours[i]!.item })),
    coming,
  );
  return [
    ...changed.flatMap(({ key, before }) => {
      const i = ours.findIndex((one) => one.keys.includes(key));
      return i < 0 ? [] : merged([field, i], ours[i]!.item, theirsOf(key) ?? before);
    }),
    ...[...instead].flatMap(([i, item]) => merged([field, i], ours[i]!.item, item)),
    // Starts from the end, so that the indexes of the other items stay valid.
    ...going
      .filter((i) => !instead.has(i))
      .toReversed()
      .map((i): Edit => ({ how: "remove", way: [field, i] })),
    ...[...coming].map((value): Edit => ({ how: "append", way: [field], value })),
  ];
}

/**
 * Pairs an item that goes with a similar item that comes, which is a change of the item in its place. Removes the paired items from
 * `coming`.
 */
function pairs(going: readonly { readonly i: number; readonly item: unknown }[], coming: Set<unknown>): Map<number, unknown> {
  const found = new Map<number, unknown>();
  for (const { i, item } of going) {
    const ranked = [...coming].map((other) => ({ other, likeness: likeness(item, other) })).filter((one) => one.likeness >= 0.5);
    const [best] = ranked.sort((a, b) => b.likeness - a.likeness);
    if (!best) continue;
    found.set(i, best.other);
    coming.delete(best.other);
  }
  return found;
}

/** Returns the share of members that are the same in two items. */
function likeness(a: unknown, b: unknown): number {
  if (!isPlainObject(a) || !isPlainObject(b)) return 0;
  const members = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return members.filter((member) => canonicalJson(a[member]) === canonicalJson(b[member])).length / members.length;
}

/** Returns the edits that turn a written value into another one, member by member. */
function merged(way: Way, written: unknown, to: unknown): Edit[] {
  if (canonicalJson(written) === canonicalJson(withMarks(to))) return [];
  if (!isPlainObject(written) || !isPlainObject(to) || to instanceof LinkedText) return [{ how: "set", way, value: to }];
  const members = [...new Set([...Object.keys(to), ...Object.keys(written)])];
  return members.flatMap((member): Edit[] =>
    member in to ? merged([...way, member], written[member], to[member]) : [{ how: "remove", way: [...way, member] }],
  );
}

/** Returns the edits of tags that AWS has with other values, or not at all. Tags that nothing in the file sets are no difference. */
function editsOfTags({ set, remove }: TagChange, path: string | undefined, { tags }: Difference, written: unknown): Edit[] {
  const own = valueAt(written, ["tags"]);
  const keys = [...Object.keys(set), ...remove].filter((key) => !key.startsWith("infra:") && isAsked(`tags.${key}`, path));
  return keys.map((key): Edit => {
    const way = ["tags", key];
    if (tags[key] !== undefined) return { how: "set", way, value: tags[key] };
    // A tag of the whole environment is taken away by `null`.
    return isPlainObject(own) && key in own ? { how: "remove", way } : { how: "set", way, value: null };
  });
}

/** Returns an item with addresses in place of the names that an author writes, as references are compared. */
function withAddresses(kind: Kind, field: string, item: unknown): unknown {
  const spec = mapAnnotated(kind.schema, { [field]: [item] } as Spec, "x-ref", (value, _path, schema) => {
    if (isPlainObject(value)) return value["id"] ?? value["arn"] ?? value["name"] ?? value;
    const isName = typeof value === "string" && schema["x-ref"]!.length === 1 && !value.includes("/");
    return isName && !isLiteral(value, schema["x-literal"]) ? `${schema["x-ref"]![0]}/${value}` : value;
  });
  return listOf(spec[field])[0];
}

function ruleOf(kind: Kind, path: string): FieldRule | undefined {
  return new Map(rulesOf(kind)).get(fieldOf(path));
}

function valueAt(value: unknown, way: Way): unknown {
  return way.reduce<unknown>((inner, part) => (isPlainObject(inner) ? inner[String(part)] : undefined), value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
