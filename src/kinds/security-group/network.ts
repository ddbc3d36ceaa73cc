import type { Live, NetworkPart, Opening, ResourceIndex, Subject } from "../kind.ts";
import { isLikeNetwork } from "../../resource/ranges.ts";
import { everything, everythingIpv6, openingOf, ruleKey, type Direction, type Rule } from "./rule.ts";
import { networksOf } from "../shared/network/prefix-lists.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { SecurityGroup } from "./schema.ts";

/** For the VPC's default group, rules that are not written are as AWS made them (VPC User Guide, "Default security groups"). */
export function network({ address, spec }: Subject<Partial<SecurityGroup>>, index: ResourceIndex, live?: Live): readonly NetworkPart[] {
  const isDefault = spec.default === true && spec.vpc !== undefined;
  return [
    {
      is: "firewall",
      id: address,
      ...(isDefault ? { defaultOf: refKey(spec.vpc) } : {}),
      ingress: openingsOf(spec.ingress ?? (isDefault ? [fromMembers] : []), "ingress", address, index),
      egress: openingsOf(live ? (spec.egress ?? [everything]) : withTwin(spec.egress ?? [everything]), "egress", address, index),
    },
  ];
}

/**
 * Adds AWS's IPv6 rule to a new group that keeps its rule for all of IPv4, where the VPC has IPv6 (VPC User Guide, "Security group rules").
 * An existing group has its own rules.
 */
function withTwin(egress: readonly Rule[]): readonly Rule[] {
  const keys = new Set(egress.map(ruleKey));
  return keys.has(ruleKey(everything)) && !keys.has(ruleKey(everythingIpv6)) ? [...egress, everythingIpv6] : egress;
}

const fromMembers: Rule = { protocol: "all", source: "self" };

/** Returns the openings of rules. A rule that names a declared prefix list stands for one rule for each network of the list. */
function openingsOf(rules: readonly Rule[], direction: Direction, self: string, index: ResourceIndex): readonly Opening[] {
  return rules.flatMap((rule, i): Opening[] => {
    const { protocol, from, to, peer } = openingOf(rule);
    const path = `${direction}[${i}]`;
    const networks = networksOf(index, peer);
    if (networks) return networks.map((range) => ({ protocol, from, to, peer: { range }, path, list: peer }));
    return [{ protocol, from, to, peer: peerOf(peer, self), path }];
  });
}

function peerOf(peer: string, self: string): Opening["peer"] {
  if (peer === "self") return { firewall: self };
  if (isLikeNetwork(peer)) return { range: peer };
  return /^(securityGroup\/|sg-)/.test(peer) ? { firewall: peer } : { unread: peer.startsWith("pl-") ? peer : "a prefix list" };
}
