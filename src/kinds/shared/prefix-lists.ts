/** What a prefix list stands for, where the index has it. */
import type { ResourceIndex } from "../kind.ts";

/** Its networks; undefined for what is no list of this index. */
export function networksOf(index: ResourceIndex, reference: string): readonly string[] | undefined {
  // A moment of an apply follows what is looked up: a group that is named is no list, and its rules are no matter here.
  if (!/^(prefixList\/|pl-)/.test(reference)) return undefined;
  const found = index.get(reference);
  if (found?.kind !== "prefixList") return undefined;
  return ((found.spec.entries as readonly { readonly cidr: string }[] | undefined) ?? []).map(({ cidr }) => cidr);
}
