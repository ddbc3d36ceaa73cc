import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { checkLogs } from "../shared/cache/logs.ts";
import { checkGroupsOfCache } from "../shared/cache/places.ts";
import { familyOf } from "../shared/cache/versions.ts";
import { refKey } from "../shared/network/network-index.ts";
import { canFailOver, defaults, hasShards, nodesOf, type ReplicationGroup } from "./schema.ts";

/**
 * Checks that a schema cannot express: nodes, shards and failover; the parameter group; one VPC (ElastiCache API, CreateReplicationGroup).
 */
export function check({ spec }: Subject<ReplicationGroup>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkNodes(spec),
    ...checkEncryption(spec),
    ...checkParameters(spec, index),
    ...checkGroupsOfCache(spec, index),
    ...checkLogs(spec.logDelivery),
    ...checkWindow(spec),
  ];
}

function checkNodes(spec: ReplicationGroup): Problem[] {
  const problems: Problem[] = [];
  const bad = (path: string, summary: string, hint: string) => problems.push({ code: "cache-nodes", path, summary, hint });
  if (hasShards(spec) && spec.numCacheClusters !== undefined)
    bad(
      "numCacheClusters",
      "numCacheClusters is for a group without shards, and numNodeGroups makes shards",
      "remove numCacheClusters, and write replicasPerNodeGroup",
    );
  if (!hasShards(spec) && spec.replicasPerNodeGroup !== undefined)
    bad(
      "replicasPerNodeGroup",
      "replicasPerNodeGroup is for a group with shards",
      "add numNodeGroups, or write numCacheClusters, which counts the primary too",
    );
  if ((spec.numNodeGroups ?? 1) * nodesOf(spec) > 90)
    bad("numNodeGroups", "a group has at most 90 nodes in all its shards", "write fewer shards or replicas");
  if (spec.automaticFailover === true && !canFailOver(spec))
    bad("automaticFailover", "automaticFailover needs a replica", "write numCacheClusters: 2 or more");
  if (spec.automaticFailover === false && hasShards(spec))
    bad("automaticFailover", "a group with shards always has automatic failover", "remove automaticFailover");
  const failsOver = spec.automaticFailover ?? canFailOver(spec);
  if (spec.multiAz === true && (!failsOver || nodesOf(spec) < 2))
    bad(
      "multiAz",
      "multiAz needs automaticFailover and a replica in each shard",
      hasShards(spec) ? "write replicasPerNodeGroup: 1 or more" : "write numCacheClusters: 2 or more",
    );
  return problems;
}

function checkEncryption(spec: ReplicationGroup): Problem[] {
  const problems: Problem[] = [];
  if (spec.kmsKey !== undefined && spec.atRestEncryption === false)
    problems.push({
      code: "cache-encryption",
      path: "kmsKey",
      summary: "kmsKey needs encryption at rest",
      hint: "remove atRestEncryption: false",
    });
  if ((spec.userGroups ?? []).length > 0 && (spec.transitEncryption ?? defaults.transitEncryption) !== "required")
    problems.push({
      code: "cache-encryption",
      path: "userGroups",
      summary: "user groups need encryption in transit",
      hint: "write transitEncryption: required",
    });
  return problems;
}

function checkParameters(spec: ReplicationGroup, index: ResourceIndex): Problem[] {
  const { parameterGroup, engine, engineVersion } = spec;
  if (parameterGroup === undefined) return [];
  const wanted = familyOf(engine, engineVersion);
  const ours = index.get(refKey(parameterGroup))?.spec as { family: string; parameters?: Record<string, unknown> } | undefined;
  const aws = /^default\.(.+?)(\.cluster\.on)?$/.exec(refKey(parameterGroup));
  const family = ours?.family ?? aws?.[1];
  if (family === undefined) return [];
  const isOn = ours ? ["yes", "true", "1"].includes(String(ours.parameters?.["cluster-enabled"] ?? "no")) : aws?.[2] !== undefined;
  const problems: Problem[] = [];
  if (wanted === undefined ? !family.startsWith(engine) : family !== wanted)
    problems.push({
      code: "cache-parameters",
      path: "parameterGroup",
      summary: `the parameter group is of the family ${family}, and ${engine} ${engineVersion ?? ""} needs ${wanted ?? `one of ${engine}`}`,
    });
  if (isOn !== hasShards(spec))
    problems.push({
      code: "cache-parameters",
      path: "parameterGroup",
      summary: isOn
        ? "the parameter group switches cluster mode on, and the replication group has no shards"
        : "shards need a parameter group with cluster mode",
      hint: isOn
        ? "write numNodeGroups, or another parameter group"
        : "write AWS's parameter group that ends in .cluster.on, or write cluster-enabled: yes in your own",
    });
  return problems;
}

function checkWindow({ snapshotRetention, snapshotWindow }: ReplicationGroup): Problem[] {
  if (snapshotWindow === undefined || snapshotRetention !== 0) return [];
  return [
    { code: "bad-value", severity: "warning", path: "snapshotWindow", summary: "AWS takes no snapshots, because snapshotRetention is 0" },
  ];
}
