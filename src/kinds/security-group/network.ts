import type { NetworkPart, Opening, Subject } from "../kind.ts";
import { isLikeNetwork } from "../../resource/ranges.ts";
import { everything, openingOf, type Direction, type Rule } from "./rule.ts";
import { refKey } from "../shared/network-index.ts";
import type { SecurityGroup } from "./security-group.ts";

/** What nobody wrote of the VPC's own group is as AWS makes it (VPC User Guide, "Default security groups"). */
export function network({ address, spec }: Subject<Partial<SecurityGroup>>): readonly NetworkPart[] {
  const isDefault = spec.default === true && spec.vpc !== undefined;
  return [
    {
      is: "firewall",
      id: address,
      ...(isDefault ? { defaultOf: refKey(spec.vpc) } : {}),
      ingress: openingsOf(spec.ingress ?? (isDefault ? [fromMembers] : []), "ingress", address),
      egress: openingsOf(spec.egress ?? [everything], "egress", address),
    },
  ];
}

const fromMembers: Rule = { protocol: "all", source: "self" };

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
