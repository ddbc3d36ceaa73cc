/**
 * Objects that are left alone as a whole, because somebody is at work on them (a quarantine). Nothing is written to them. They are still
 * compared, so that plans and drift reports show how they differ.
 */
import type { Address } from "../kinds/kind.ts";
import type { Contest, Decision, LeftAlone } from "./decision.ts";
import type { Diff } from "./diff.ts";
import { noTagChange } from "./tags.ts";

/** Returns the decision about an object that differs and must not be touched. `impossible`: differences that no change could remove. */
export function leaveAlone(differing: Decision, why: string, impossible: Diff["impossible"]): Decision & { readonly leftAlone: LeftAlone } {
  const { tags } = differing;
  const deltas = [...differing.deltas, ...impossible];
  const contested: readonly Contest[] = [];
  return { ...differing, action: "none", deltas: [], tags: noTagChange, refused: [], contested, leftAlone: { why, deltas, tags } };
}

/** Whether anything differs from the file. */
export function differs({ deltas, tags }: LeftAlone): boolean {
  return deltas.length + Object.keys(tags.set).length + tags.remove.length > 0;
}

/** An object that is left alone follows no replacement. So an object that it refers to cannot be replaced either. */
export function refusingToFollow(user: Decision, path: string, cause: Address, why: string): Decision {
  const one = { ...user, causes: new Map(user.causes).set(cause, "changed") };
  if (user.refused.some((refused) => refused.path === path)) return one;
  return { ...one, refused: [...user.refused, { path, why: `${cause} would be replaced, and ${user.address} is left alone: ${why}` }] };
}
