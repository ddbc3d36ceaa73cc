/**
 * Differences that replacements cause: a reference keeps its address and gets another id. They are shown as the old id against the address,
 * without anything that stays the same. A reference to an object that an earlier run replaced is shown in the same way, so that the rest of
 * a plan reads as it did in the plan.
 */
import type { Address, AwsId, FieldRule, Spec } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { mapRefs, refsOf } from "../resource/references.ts";
import { compareField } from "./compare.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { normalised } from "./normalised.ts";

/** Restates the differences that follow replacements, once all replacements are known, and again when some of them are taken back. */
export function stateFollowing(decisions: Decisions): Decisions {
  const gone = new Map<Address, AwsId>();
  for (const { address, found } of decisions.values())
    if (found && ownership.superseded in found.live.tags) gone.set(address, found.live.id);
  const isStated = ({ declared, found, deltas }: Decision) => declared && found && deltas.length > 0;
  return new Map([...decisions].map(([address, one]) => [address, isStated(one) ? restated(one, gone, decisions) : one]));
}

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

/** Returns a difference that only replacements cause. */
function stated(one: Decision, delta: Delta, replaced: ReadonlyMap<Address, AwsId>): Delta {
  const { before, after, items } = following(one, delta, replaced);
  return { ...delta, before, after, ...(items && { items }) };
}

/** Returns a difference of the object's own, together with the part that replacements add to it. */
function withFollowing(one: Decision, delta: Delta, replaced: ReadonlyMap<Address, AwsId>): Delta {
  const own = { before: delta.before, items: delta.items };
  const { before, items } = following(one, delta, replaced);
  if (!delta.items) return { ...delta, own, before };
  const plain = following(one, delta, new Map()).items;
  const more = <T extends { readonly key: string }>(what: readonly T[] = [], known: readonly T[] = []) =>
    what.filter(({ key }) => !known.some((other) => other.key === key));
  const [was, now] = [plain ?? noItems, items ?? noItems];
  // A reference to an object that an earlier run replaced differs by itself: its old id stands in AWS as it did before that run.
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

/** Compares a field of the object, with the old ids of replaced objects, with the same field of the file. */
function following({ kind, found, declared }: Decision, { field, path }: Delta, replaced: ReadonlyMap<Address, AwsId>) {
  const old = mapRefs(kind.schema, found!.linked, (value) => replaced.get(value as Address) ?? value);
  const [before, after] = [normalised(kind, old)[field], normalised(kind, declared!.desired.spec)[field]];
  const { same: _same, ...rule } = (kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  const against = { live: { ...found!.live, spec: old as Spec }, resolved: after, unlisted: undefined };
  const items = compareField(path, rule, after, before, against).differences.find((difference) => difference.path === path)?.items;
  return { before, after, items };
}
