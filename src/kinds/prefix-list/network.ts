import type { NetworkPart, Subject } from "../kind.ts";
import type { PrefixList } from "./schema.ts";

/** Returns the networks of a list, for rules and routes that name it by its id. Those of the same file get the networks directly. */
export function network({ address, spec }: Subject<Partial<PrefixList>>): readonly NetworkPart[] {
  return [{ is: "list", id: address, ranges: (spec.entries ?? []).map(({ cidr }) => cidr) }];
}
