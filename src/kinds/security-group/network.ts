import type { NetworkPart, Opening, ResourceIndex, Subject } from "../kind.ts";
import { isLikeNetwork } from "../../resource/ranges.ts";
import { everything, openingOf, type Direction, type Rule } from "./rule.ts";
import { networksOf } from "../shared/prefix-lists.ts";
import { blindToDefault } from "../shared/defaults.ts";
import type { SecurityGroup } from "./security-group.ts";

export function network({ address, spec }: Subject<Partial<SecurityGroup>>, index: ResourceIndex): readonly NetworkPart[] {
  return [
    ...blindToDefault(address, spec),
    {
      is: "firewall",
      id: address,
      ingress: openingsOf(spec.ingress ?? [], "ingress", address, index),
      egress: openingsOf(spec.egress ?? [everything], "egress", address, index),
    },
  ];
}

/** A rule that names a list of this environment stands for one rule for each of its networks. */
function openingsOf(rules: readonly Rule[], direction: Direction, self: string, index: ResourceIndex): readonly Opening[] {
  return rules.flatMap((rule, i): Opening[] => {
    const { protocol, from, to, peer } = openingOf(rule);
    const path = `${direction}[${i}]`;
    const networks = networksOf(index, peer);
    if (networks) return networks.map((range) => ({ protocol, from, to, peer: { range }, path }));
    return [{ protocol, from, to, peer: peerOf(peer, self), path }];
  });
}

function peerOf(peer: string, self: string): Opening["peer"] {
  if (peer === "self") return { firewall: self };
  if (isLikeNetwork(peer)) return { range: peer };
  return /^(securityGroup\/|sg-)/.test(peer) ? { firewall: peer } : { unread: peer.startsWith("pl-") ? peer : "a prefix list" };
}
