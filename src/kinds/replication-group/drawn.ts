import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { hasShards, nodesOf, type ReplicationGroup } from "./schema.ts";

/** A bar across its subnet group: AWS chooses where each node stands. */
export function drawn({ spec }: Subject<Partial<ReplicationGroup>>, index: ResourceIndex): Drawn {
  const group = index.get(refKey(spec.subnetGroup));
  const engine = [spec.engine, spec.engineVersion].filter(Boolean).join(" ");
  const count = hasShards(spec) ? `${spec.numNodeGroups} shards` : nodesOf(spec) === 1 ? "one node" : `${nodesOf(spec)} nodes`;
  return {
    as: "bar",
    at: ((group?.spec.subnets as unknown[] | undefined) ?? []).map(refKey),
    glyph: "database",
    sub: [engine, spec.nodeType, count].filter(Boolean).join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    sends: [],
  };
}
