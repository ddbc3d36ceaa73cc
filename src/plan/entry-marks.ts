/**
 * Tells the entries that we made inside an object from those of others, by their marks (resource/made-marks.ts). Terms: an entry is *ours*
 * when it has a mark or tags that say so; it is *listed* when the file has it. An entry that is ours and no longer listed is removed. A
 * listed entry without a mark gets one. A mark without an entry is taken away. An entry that is neither ours nor listed belongs to
 * somebody else. Pure.
 */
import type { Changes, Desired, FieldRule, Kind, Live, Spec, Tags } from "../kinds/kind.ts";
import { marksIn, markOf, tagsOfMarks } from "../resource/made-marks.ts";
import { mapRefs } from "../resource/references.ts";
import { agrees, keysOf } from "./compare.ts";
import { normalised, rulesOf } from "./normalised.ts";

/** One entry that AWS has. */
export interface Entry {
  readonly field: string;
  /** The key by which the entry is compared. "" for a setting as a whole. */
  readonly key: string;
  /** Undefined: the entry has tags of its own. */
  readonly mark?: string;
  readonly isOurs: boolean;
}

/** The changes of marks after which each listed entry is known as ours and no mark is without an entry. */
export interface Marking {
  readonly mark: readonly string[];
  readonly tidy: readonly string[];
  /** Entries that can have tags and do not have our tags, by field. */
  readonly claim: Readonly<Record<string, readonly string[]>>;
}

/**
 * Returns the entries of an object. `live.spec` may have addresses in place of ids. Marks are made from AWS's ids, so `ids` is the same
 * spec as AWS returned it.
 */
export function entriesOf(kind: Kind, live: Live, ids: Spec = live.spec as Spec): Entry[] {
  const made = madeRulesOf(kind);
  if (made.length === 0) return [];
  const [linked, raw] = [normalised(kind, live.spec as Spec), normalised(kind, ids)];
  const marks = marksIn(live.tags);
  return made.flatMap(([field, rule]) => {
    const keys = entryKeys(rule, linked[field]);
    return entryKeys(rule, raw[field]).flatMap((idKey, i): Entry[] => {
      const key = keys[i] ?? idKey;
      const has = bearsTags(rule, idKey, live);
      if (has !== undefined) return [{ field, key, isOurs: has }];
      const mark = markOf(field, idKey);
      return bearsMark(rule, raw[field], i) ? [{ field, key, mark, isOurs: marks.has(mark) }] : [];
    });
  });
}

/**
 * Returns the marks and entry tags that an object lacks, and the marks that no entry needs. A field that was not read, or is ignored,
 * keeps its marks.
 */
export function markingOf(kind: Kind, want: Pick<Desired, "spec" | "ignoreChanges">, live: Live, ids: Spec): Marking {
  const made = madeRulesOf(kind).filter(([field]) => field in live.spec && !want.ignoreChanges.includes(field));
  const isWhole = made.length === madeRulesOf(kind).length;
  const spec = normalised(kind, want.spec as Spec);
  const listed = new Set(made.flatMap(([field, rule]) => entryKeys(rule, spec[field]).map((key) => `${field}\n${key}`)));
  const entries = entriesOf(kind, live, ids).filter(({ field }) => made.some(([one]) => one === field));
  const lacking = entries.filter((entry) => !entry.isOurs && listed.has(`${entry.field}\n${entry.key}`));
  const known = new Set([...entries.map((entry) => entry.mark), ...fixedMarks(kind, want.spec as Spec)]);
  const claim: Record<string, string[]> = {};
  for (const { field, key, mark } of lacking) if (mark === undefined) (claim[field] ??= []).push(key);
  return {
    mark: lacking.flatMap(({ mark }) => mark ?? []),
    tidy: isWhole ? [...marksIn(live.tags)].filter((mark) => !known.has(mark)) : [],
    claim,
  };
}

/**
 * Returns the marks that a create writes: those of all entries whose keys hold no reference, because these are known before any other
 * object exists.
 */
export function createMarks(kind: Kind, spec: Spec): Tags {
  return tagsOfMarks(fixedMarks(kind, spec));
}

/**
 * Returns the marks of the entries that a stage makes, which are written before, and of those that it takes away, which are removed
 * after. Both specs hold AWS's ids.
 */
export function marksOfChanges(kind: Kind, live: Live, changes: Changes<Spec>): { readonly made: string[]; readonly gone: string[] } {
  const made: string[] = [];
  const gone: string[] = [];
  for (const [field, rule] of madeRulesOf(kind)) {
    const change = changes[field];
    if (!change) continue;
    const marks = (items: readonly { readonly key: string; readonly value: unknown }[]) =>
      items
        .filter(({ key, value }) => bearsTags(rule, key, live) === undefined && bearsMark(rule, [value], 0))
        .map(({ key }) => markOf(field, key));
    if (isSetting(rule)) {
      (entryKeys(rule, change.after).length > 0 ? made : gone).push(markOf(field)); // one mark, also for a map or a list
      continue;
    }
    const { added = [], changed = [], removed = [] } = change.items ?? {};
    const now = marks(changed.map(({ key, after }) => ({ key, value: after })));
    made.push(...marks(added), ...now);
    // A change may turn an entry into one that needs no mark.
    const before = marks(changed.map(({ key, before: value }) => ({ key, value })));
    gone.push(...marks(removed), ...before.filter((mark) => !now.includes(mark)));
  }
  return { made, gone };
}

/** Returns the value that a setting which we made gets when the file no longer has it. Undefined for all other fields. */
export function valueWhenGone(rule: FieldRule): unknown {
  return isSetting(rule) ? rule.made.off : undefined;
}

/** The largest number of entries of an object that will have marks. */
export function countMarks(kind: Kind, spec: Spec): number {
  const full = normalised(kind, spec);
  const marked = ([field, rule]: readonly [string, MadeRule]) =>
    entryKeys(rule, full[field]).filter((_key, i) => bearsMark(rule, full[field], i)).length;
  return madeRulesOf(kind).reduce((count, one) => count + marked(one), 0);
}

function fixedMarks(kind: Kind, spec: Spec): string[] {
  const made = madeRulesOf(kind);
  if (made.length === 0) return [];
  const [full, blurred] = [
    normalised(kind, spec),
    normalised(
      kind,
      mapRefs(kind.schema, spec, () => "?"),
    ),
  ];
  return made.flatMap(([field, rule]) => {
    const fixed = new Set(entryKeys(rule, blurred[field]));
    return entryKeys(rule, full[field])
      .filter((key, i) => fixed.has(key) && bearsTags(rule, key, notThereYet) === undefined && bearsMark(rule, full[field], i))
      .map((key) => markOf(field, key));
  });
}

/** An object that does not exist yet and has no entries. */
const notThereYet: Live = { id: "", aliases: [], tags: {}, spec: {}, handle: undefined, state: "pending" };

type MadeRule = FieldRule & { readonly made: NonNullable<FieldRule["made"]> };

function madeRulesOf(kind: Kind): readonly (readonly [string, MadeRule])[] {
  return rulesOf(kind).filter((entry): entry is readonly [string, MadeRule] => entry[1].made !== undefined);
}

function isSetting(rule: FieldRule): rule is MadeRule & { readonly made: { readonly off: unknown } } {
  return typeof rule.made === "object" && "off" in rule.made;
}

function bearsTags({ made }: FieldRule, key: string, live: Live): boolean | undefined {
  return typeof made === "object" && "bears" in made ? made.bears(key, live) : undefined;
}

/** Whether the entry at this place of a list needs a mark. */
function bearsMark({ made }: FieldRule, list: unknown, place: number): boolean {
  return !(typeof made === "object" && "only" in made) || (Array.isArray(list) && made.only(list[place]));
}

/** The keys of a field's entries. A setting that is on counts as one entry without a key. */
function entryKeys(rule: MadeRule, value: unknown): readonly string[] {
  if (!isSetting(rule)) return keysOf(rule, value);
  return value === undefined || value === null || isOff(rule.made.off, value) ? [] : [""];
}

/** Whether a setting is off. An empty mapping agrees with every mapping, so where `off` is empty the value must be empty too. */
function isOff(off: unknown, value: unknown): boolean {
  const isEmpty = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one) && Object.keys(one).length === 0;
  return isEmpty(off) ? isEmpty(value) : agrees(off, value);
}
