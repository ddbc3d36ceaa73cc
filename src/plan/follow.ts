/**
 * Differences that only a replacement brings about: a reference whose address stays and whose id will be another. They are
 * shown as what they are, the old id against the address, and nothing that stays is among them.
 */
import type { Address, AwsId, FieldRule, Spec } from "../kinds/kind.ts";
import { mapRefs } from "../resource/references.ts";
import { compareField } from "./compare.ts";
import type { Decision } from "./decide.ts";
import type { Delta } from "./diff.ts";
import { normalised } from "./normal.ts";

/** Restates the differences that follow replacements, once all of these are known. */
export function stateFollowing(decisions: ReadonlyMap<Address, Decision>): void {
  for (const one of decisions.values())
    if (one.deltas.some(({ causes }) => causes !== undefined)) one.deltas = one.deltas.map((delta) => stated(one, delta, decisions));
}

function stated(one: Decision, delta: Delta, decisions: ReadonlyMap<Address, Decision>): Delta {
  const { kind, found, declared } = one;
  if (delta.causes === undefined || delta.path !== delta.field) return delta;
  const replaced = new Map(delta.causes.map((cause): [Address, AwsId | undefined] => [cause, decisions.get(cause)?.found?.live.id]));
  const old = mapRefs(kind.schema, found!.linked, (value) => replaced.get(value as Address) ?? value);
  const [before, after] = [normalised(kind, old)[delta.field], normalised(kind, declared!.desired.spec)[delta.field]];
  const { same: _same, ...rule } = (kind.fields as Readonly<Record<string, FieldRule>>)[delta.field]!;
  const against = { live: { ...found!.live, spec: old as Spec }, resolved: after, unlisted: undefined };
  const items = compareField(delta.path, rule, after, before, against).differences.find(({ path }) => path === delta.path)?.items;
  return { ...delta, before, after, ...(items && { items }) };
}
