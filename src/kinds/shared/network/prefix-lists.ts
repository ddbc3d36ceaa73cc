/** The networks of a prefix list, if the resource index has it. */
import type { ResourceIndex } from "../../kind.ts";

/** Returns the networks of a prefix list; undefined when the reference is not a prefix list of this index. */
export function networksOf(index: ResourceIndex, reference: string): readonly string[] | undefined {
  // The plan's check of the moments during an apply records which resources are read here. A reference to a security group is not a prefix
  // list, and its rules do not matter here, so it is not read.
  if (!/^(prefixList\/|pl-)/.test(reference)) return undefined;
  const found = index.get(reference);
  if (found?.kind !== "prefixList") return undefined;
  return ((found.spec.entries as readonly { readonly cidr: string }[] | undefined) ?? []).map(({ cidr }) => cidr);
}
