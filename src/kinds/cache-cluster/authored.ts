import type { Authored } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { LiveCluster } from "./observe.ts";
import { defaults, portOf, type CacheCluster } from "./schema.ts";

/** A cluster as an author writes it, without values that AWS fills in by itself and without the patch level of its version. */
export function authored(spec: Partial<CacheCluster>, live: LiveCluster): Authored<CacheCluster> {
  const left: (keyof CacheCluster)[] = [
    ...(spec.parameterGroup?.startsWith("default.") ? (["parameterGroup"] as const) : []),
    ...(live.spec.azMode === "single-az" ? (["azMode"] as const) : []),
  ];
  const plain = without(omit(spec, left), {
    numCacheNodes: defaults.numCacheNodes,
    port: portOf({ ...(spec.engine && { engine: spec.engine }) }),
    transitEncryption: false,
    snapshotRetention: 0,
    autoMinorVersionUpgrade: defaults.autoMinorVersionUpgrade,
    logDelivery: {},
  });
  const version = spec.engineVersion?.split(".").slice(0, 2).join(".");
  const isWhole = spec.engine === "memcached";
  return { spec: { ...plain, ...(version !== undefined && !isWhole && { engineVersion: version }) } };
}
