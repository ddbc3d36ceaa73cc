import type { Admission, ResourceIndex, Subject } from "../kind.ts";
import { networksOf } from "../shared/network/prefix-lists.ts";
import { openingOf, type Opening, type Rule } from "./rule.ts";
import type { SecurityGroup } from "./schema.ts";

/**
 * Returns who may open connections to members of the group: the sources of its rules, without groups whose own rules do not let that
 * traffic out.
 */
export function admits({ address, spec }: Subject<Partial<SecurityGroup>>, index: ResourceIndex): readonly Admission[] {
  return (spec.ingress ?? []).flatMap((rule) => {
    if (typeof rule.source !== "string") return []; // a look-up without an answer yet
    const opening = openingOf(rule as Rule);
    const from = rule.source === "self" ? address : rule.source;
    if (!letsOut(index.get(from), opening)) return [];
    const ports = { first: opening.from, last: opening.to };
    return (networksOf(index, from) ?? [from]).map((one) => ({ from: one, protocol: opening.protocol, ports }));
  });
}

/** Whether any rule of the source lets such traffic out, to any destination. A group that is not declared here may let everything out. */
function letsOut(source: Subject | undefined, wanted: Opening): boolean {
  const egress = source?.spec.egress as readonly Rule[] | undefined;
  return egress === undefined || egress.map((rule) => openingOf(rule)).some((opening) => covers(opening, wanted));
}

function covers(rule: Opening, wanted: Opening): boolean {
  if (rule.protocol === "all" || wanted.protocol === "all") return true;
  if (rule.protocol !== wanted.protocol) return false;
  return rule.from === -1 || wanted.from === -1 || (rule.from <= wanted.to && wanted.from <= rule.to);
}
