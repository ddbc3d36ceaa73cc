/** The actions that write and remove tags. */
import type { IamNeeds, Kind } from "../kinds/kind.ts";

/** Returns the actions of infra that write or remove tags of a kind's objects and for which a policy can check the tag keys. */
export function tagActions({ write, tagging }: IamNeeds): readonly string[] {
  return write.filter((action) => isTagging(action) && !tagging?.withoutKeys?.includes(action));
}

/** Returns all actions that write or remove tags of objects of these kinds, as far as a policy can check the tag keys. */
export function guardedActions(kinds: readonly Kind[]): readonly string[] {
  // IAM accepts actions in any case, and the registry writes some of them in two cases.
  const bySmall = new Map(
    kinds.flatMap(({ iam }) => [...(iam.tagging?.more ?? []), ...tagActions(iam)]).map((action) => [action.toLowerCase(), action]),
  );
  return [...bySmall.values()].sort();
}

function isTagging(action: string): boolean {
  return /:(Tag|Un[tT]ag|(Add|Change|Create|CreateOrUpdate|Delete|Remove)Tags|(Put|Delete)\w*Tagging)/.test(action);
}

/** Whether an action removes tags. */
export function isUntagging(action: string): boolean {
  return /:(Un[tT]ag|Delete|Remove)/.test(action);
}
