import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { cacheDrawn } from "../shared/cache/places.ts";
import { hasShards, nodesOf, type ReplicationGroup } from "./schema.ts";

export function drawn({ spec }: Subject<Partial<ReplicationGroup>>, index: ResourceIndex): Drawn {
  const engine = [spec.engine, spec.engineVersion].filter(Boolean).join(" ");
  const count = hasShards(spec) ? `${spec.numNodeGroups} shards` : nodesOf(spec) === 1 ? "one node" : `${nodesOf(spec)} nodes`;
  return cacheDrawn(spec, [engine, spec.nodeType, count], index);
}
