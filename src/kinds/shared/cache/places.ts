/**
 * The network of caches with a subnet group: their endpoints, their place in the picture, and a check of the VPC of their security groups.
 */
import type { Drawn, NetworkPart, Problem, ResourceIndex } from "../../kind.ts";
import { refKey, vpcOfSubnets } from "../network/network-index.ts";

/** The fields of a cache that place it in a network. */
interface Placed {
  readonly subnetGroup?: unknown;
  readonly securityGroups?: readonly unknown[];
}

function subnetsOf({ subnetGroup }: Placed, index: ResourceIndex): readonly unknown[] {
  return (index.get(refKey(subnetGroup))?.spec.subnets as readonly unknown[] | undefined) ?? [];
}

/** Returns the endpoint of a cache: its nodes stand in the subnets of the subnet group and accept connections on one port. */
export function endpointOfCache(address: string, spec: Placed, port: number, index: ResourceIndex): readonly NetworkPart[] {
  return [
    {
      is: "endpoint",
      id: address,
      subnets: subnetsOf(spec, index).map(refKey),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: "no",
      listens: [{ protocol: "tcp", from: port, to: port }],
    },
  ];
}

/** Draws a cache as a bar across its subnet group, because AWS chooses the subnet of each node. */
export function cacheDrawn(spec: Placed, sub: readonly (string | undefined)[], index: ResourceIndex): Drawn {
  return {
    as: "bar",
    at: subnetsOf(spec, index).map(refKey),
    glyph: "database",
    sub: sub.filter(Boolean).join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    sends: [],
  };
}

/** Checks that the security groups are in the VPC of the subnets (ElastiCache API, CreateReplicationGroup and CreateCacheCluster). */
export function checkGroupsOfCache(spec: Placed, index: ResourceIndex): Problem[] {
  const vpc = vpcOfSubnets(index, subnetsOf(spec, index));
  if (vpc === undefined) return [];
  return (spec.securityGroups ?? []).flatMap((reference, i): Problem[] => {
    const found = index.get(refKey(reference));
    const other = found === undefined ? vpc : refKey(found.spec.vpc);
    if (other === vpc) return [];
    return [
      {
        code: "cache-network",
        path: `securityGroups[${i}]`,
        summary: `${refKey(reference)} is in ${other}, but the subnets are in ${vpc}`,
      },
    ];
  });
}
