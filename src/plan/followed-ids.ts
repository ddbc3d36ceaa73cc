/**
 * Differences that replacements bring about: a reference whose address stays and whose id will be another. They are shown as what
 * they are, the old id against the address, and nothing that stays is among them. So is a reference to what an earlier run
 * replaced: what is left of a plan then reads as it did in the plan.
 */
import type { Address, AwsId, FieldRule, Spec } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { mapRefs, refsOf } from "../resource/references.ts";
import { compareField } from "./compare.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { normalised } from "./normalised.ts";

/** Restates the differences that follow replacements, once all of these are known; and again when some of these are taken back. */
export function stateFollowing(decisions: Decisions): Decisions {
  const gone = new Map<Address, AwsId>();
  for (const { address, found } of decisions.values())
    if (found && ownership.superseded in found.live.tags) gone.set(address, found.live.id);
  const isStated = ({ declared, found, deltas }: Decision) => declared && found && deltas.length > 0;
  return new Map([...decisions].map(([address, one]) => [address, isStated(one) ? restated(one, gone, decisions) : one]));
}

/** Of one object. */
function restated(one: Decision, gone: ReadonlyMap<Address, AwsId>, decisions: Decisions): Decision {
  const deltas = one.deltas.map((delta) => {
    if (delta.path !== delta.field) return delta;
    const replaced = new Map(gone);
    for (const cause of [...(delta.causes ?? []), ...(delta.also ?? [])]) {
      const { action, found } = decisions.get(cause)!;
      if (action === "replace") replaced.set(cause, found!.live.id);
    }
    const own = { ...delta, ...delta.own };
    const follows = refersTo(one, delta.field, replaced);
    return delta.causes ? stated(one, own, replaced) : follows || delta.own ? withFollowing(one, own, replaced) : delta;
  });
  return { ...one, deltas };
}

function refersTo({ kind, found }: Decision, field: string, replaced: ReadonlyMap<Address, AwsId>): boolean {
  const refs = replaced.size === 0 ? [] : refsOf(kind.schema, { [field]: found!.linked[field] });
  return refs.some(({ value }) => replaced.has(value as Address));
}

/** A difference that is there because of replacements alone. */
function stated(one: Decision, delta: Delta, replaced: ReadonlyMap<Address, AwsId>): Delta {
  const { before, after, items } = following(one, delta, replaced);
  return { ...delta, before, after, ...(items && { items }) };
}

/** A difference of its own, and what replacements add to it. */
function withFollowing(one: Decision, delta: Delta, replaced: ReadonlyMap<Address, AwsId>): Delta {
  const own = { before: delta.before, items: delta.items };
  const { before, items } = following(one, delta, replaced);
  if (!delta.items) return { ...delta, own, before };
  const plain = following(one, delta, new Map()).items;
  const more = <T extends { readonly key: string }>(what: readonly T[] = [], known: readonly T[] = []) =>
    what.filter(({ key }) => !known.some((other) => other.key === key));
  const [was, now] = [plain ?? noItems, items ?? noItems];
  // What refers to something that an earlier run replaced differs by itself: its old id stands there as it did before that run.
  const has = (list: readonly { readonly key: string }[], { key }: { readonly key: string }) => list.some((one) => one.key === key);
  const restatedIn = <T extends { readonly key: string }>(ours: readonly T[], before: readonly T[], stated: readonly T[]) =>
    ours.filter((one) => !has(before, one) || has(stated, one)).map((one) => stated.find(({ key }) => key === one.key) ?? one);
  return {
    ...delta,
    own,
    items: {
      added: [...delta.items.added, ...more(now.added, was.added)],
      removed: [...restatedIn(delta.items.removed, was.removed, now.removed), ...more(now.removed, was.removed)],
      changed: [
        ...restatedIn(delta.items.changed, was.changed, now.changed),
        ...more(now.changed, [...was.changed, ...delta.items.changed]),
      ],
    },
  };
}

const noItems = { added: [], removed: [], changed: [] };

/** A field as the object has it, with the old ids of what is replaced, held against what the file says. */
function following({ kind, found, declared }: Decision, { field, path }: Delta, replaced: ReadonlyMap<Address, AwsId>) {
  const old = mapRefs(kind.schema, found!.linked, (value) => replaced.get(value as Address) ?? value);
  const [before, after] = [normalised(kind, old)[field], normalised(kind, declared!.desired.spec)[field]];
  const { same: _same, ...rule } = (kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  const against = { live: { ...found!.live, spec: old as Spec }, resolved: after, unlisted: undefined };
  const items = compareField(path, rule, after, before, against).differences.find((difference) => difference.path === path)?.items;
  return { before, after, items };
}
