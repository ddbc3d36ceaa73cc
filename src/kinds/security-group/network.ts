import type { NetworkPart, Opening, Subject } from "../kind.ts";
import { isLikeNetwork } from "../../resource/ranges.ts";
import { everything, openingOf, type Direction, type Rule } from "./rule.ts";
import { blindToDefault } from "../shared/defaults.ts";
import type { SecurityGroup } from "./security-group.ts";

export function network({ address, spec }: Subject<Partial<SecurityGroup>>): readonly NetworkPart[] {
  return [
    ...blindToDefault(address, spec),
    {
      is: "firewall",
      id: address,
      ingress: openingsOf(spec.ingress ?? [], "ingress", address),
      egress: openingsOf(spec.egress ?? [everything], "egress", address),
    },
  ];
}

function openingsOf(rules: readonly Rule[], direction: Direction, self: string): readonly Opening[] {
  return rules.map((rule, i) => {
    const { protocol, from, to, peer } = openingOf(rule);
    return { protocol, from, to, peer: peerOf(peer, self), path: `${direction}[${i}]` };
  });
}

function peerOf(peer: string, self: string): Opening["peer"] {
  if (peer === "self") return { firewall: self };
  if (isLikeNetwork(peer)) return { range: peer };
  return /^(securityGroup\/|sg-)/.test(peer) ? { firewall: peer } : { unread: peer.startsWith("pl-") ? peer : "a prefix list" };
}
