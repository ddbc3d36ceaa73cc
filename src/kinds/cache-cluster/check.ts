import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { checkLogs } from "../shared/cache/logs.ts";
import { checkGroupsOfCache } from "../shared/cache/places.ts";
import { familyOf, isOlder } from "../shared/cache/versions.ts";
import { refKey } from "../shared/network/network-index.ts";
import { onlyOfRedis, type CacheCluster } from "./schema.ts";

/**
 * Checks that the schema cannot express: the features of each engine, the parameter group, and one VPC (ElastiCache API,
 * CreateCacheCluster).
 */
export function check({ spec }: Subject<CacheCluster>, index: ResourceIndex): readonly Problem[] {
  return [
    ...(spec.engine === "memcached" ? checkMemcached(spec) : checkRedis(spec)),
    ...checkZones(spec, index),
    ...checkParameters(spec, index),
    ...checkGroupsOfCache(spec, index),
    ...checkLogs(spec.logDelivery),
  ];
}

function checkMemcached(spec: CacheCluster): Problem[] {
  const problems: Problem[] = onlyOfRedis
    .filter((path) => spec[path] !== undefined)
    .map((path) => ({ code: "conflict", path, summary: `Memcached has no ${path}`, hint: `remove ${path}` }));
  if (spec.azMode === "cross-az" && (spec.numCacheNodes ?? 1) < 2)
    problems.push({
      code: "cache-nodes",
      path: "azMode",
      summary: "a cluster with one node cannot be in several zones",
      hint: "write numCacheNodes: 2 or more, or remove azMode",
    });
  if (spec.transitEncryption === true && isOlder(spec.engineVersion ?? "1.6.12", "1.6.12") && /^\d+\.\d+\.\d+$/.test(spec.engineVersion!))
    problems.push({
      code: "cache-encryption",
      path: "transitEncryption",
      summary: `Memcached ${spec.engineVersion} has no encryption in transit; it needs 1.6.12 or newer`,
    });
  return problems;
}

function checkRedis(spec: CacheCluster): Problem[] {
  const problems: Problem[] = [];
  const group = "declare it under replicationGroups, where this is possible even with one node";
  if ((spec.numCacheNodes ?? 1) > 1)
    problems.push({ code: "cache-nodes", path: "numCacheNodes", summary: "a Redis OSS cache cluster has only one node", hint: group });
  if (spec.azMode === "cross-az")
    problems.push({
      code: "cache-nodes",
      path: "azMode",
      summary: "a Redis OSS cache cluster has one node, and so it cannot be in several zones",
      hint: group,
    });
  if (spec.transitEncryption === true)
    problems.push({
      code: "cache-encryption",
      path: "transitEncryption",
      summary: "a Redis OSS cache cluster has no encryption in transit",
      hint: group,
    });
  if (spec.snapshotWindow !== undefined && spec.snapshotRetention === 0)
    problems.push({
      code: "bad-value",
      severity: "warning",
      path: "snapshotWindow",
      summary: "AWS takes no snapshots, because snapshotRetention is 0",
    });
  return problems;
}

function checkZones(spec: CacheCluster, index: ResourceIndex): Problem[] {
  const { azMode, availabilityZone } = spec;
  if (azMode === "cross-az" && availabilityZone !== undefined)
    return [
      {
        code: "conflict",
        path: "availabilityZone",
        summary: "with azMode: cross-az the nodes are in several zones",
        hint: "remove one of the two",
      },
    ];
  const group = index.get(refKey(spec.subnetGroup));
  const subnets = ((group?.spec.subnets as readonly string[] | undefined) ?? []).map((subnet) => index.get(subnet)?.spec);
  // AWS judges subnets that are not declared here.
  if (subnets.length === 0 || subnets.some((subnet) => subnet === undefined)) return [];
  const zones = new Set(subnets.map((subnet) => subnet?.availabilityZone as string | undefined));
  if (availabilityZone !== undefined && !zones.has(undefined) && !zones.has(availabilityZone))
    return [
      {
        code: "cache-network",
        path: "availabilityZone",
        summary: `no subnet of ${refKey(spec.subnetGroup)} is in ${availabilityZone}`,
        hint: `write one of the zones of its subnets: ${[...zones].join(", ")}`,
      },
    ];
  if (azMode === "cross-az" && zones.size < 2)
    return [{ code: "cache-network", path: "azMode", summary: `the subnets of ${refKey(spec.subnetGroup)} are all in one zone` }];
  return [];
}

function checkParameters({ engine, engineVersion, parameterGroup }: CacheCluster, index: ResourceIndex): Problem[] {
  if (parameterGroup === undefined) return [];
  const wanted = familyOf(engine, engineVersion);
  const ours = index.get(refKey(parameterGroup))?.spec as { family: string; parameters?: Record<string, unknown> } | undefined;
  const aws = /^default\.(.+?)(\.cluster\.on)?$/.exec(refKey(parameterGroup));
  const family = ours?.family ?? aws?.[1];
  if (family === undefined) return [];
  const problems: Problem[] = [];
  if (wanted === undefined ? !family.startsWith(engine) : family !== wanted)
    problems.push({
      code: "cache-parameters",
      path: "parameterGroup",
      summary: `the parameter group is of the family ${family}, and ${[engine, engineVersion].filter(Boolean).join(" ")} needs ${wanted ?? `one of ${engine}`}`,
    });
  if (aws?.[2] !== undefined || ["yes", "true", "1"].includes(String(ours?.parameters?.["cluster-enabled"] ?? "no")))
    problems.push({
      code: "cache-parameters",
      path: "parameterGroup",
      summary: "the parameter group switches cluster mode on, which a cache cluster cannot have",
      hint: "declare the cache under replicationGroups, or write another parameter group",
    });
  return problems;
}
