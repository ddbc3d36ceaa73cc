import type { NetworkPart, Subject } from "../kind.ts";
import type { PrefixList } from "./schema.ts";

/** Its networks, for rules and routes that name it by its id: those of the same file are told its networks themselves. */
export function network({ address, spec }: Subject<Partial<PrefixList>>): readonly NetworkPart[] {
  return [{ is: "list", id: address, ranges: (spec.entries ?? []).map(({ cidr }) => cidr) }];
}
