import type { Kind } from "../kind.ts";
import { besides, namesOfCaches } from "../shared/cache/fields.ts";
import { groupsOfLogs } from "../shared/cache/logs.ts";
import { endpointOfCache } from "../shared/cache/places.ts";
import { tagsOfCaches } from "../shared/cache/tagging.ts";
import { finalSnapshotMark } from "../shared/final-snapshot.ts";
import { authored } from "./authored.ts";
import { check } from "./check.ts";
import { drawn } from "./drawn.ts";
import { driver } from "./driver.ts";
import { foreign } from "./foreign.ts";
import type { Handle } from "./observe.ts";
import { fields } from "./rules.ts";
import { schema, type ReplicationGroup } from "./schema.ts";

export const replicationGroup: Kind<ReplicationGroup, Handle> = {
  name: "replicationGroup",
  section: "replicationGroups",
  doc: "A Valkey or Redis OSS cache of ElastiCache: one node, a primary with replicas, or shards. Changes are applied immediately. It is deleted only when `allowDestroy` names it, with a final snapshot.",
  wanted: ["endpoint", "port"],
  outputs: {
    arn: "The ARN.",
    endpoint: {
      doc: "The host name for reads and writes; with shards, the configuration endpoint.",
      changesWith: ["transitEncryption"],
    },
    port: { doc: "The port.", type: "number" },
    readerEndpoint: { doc: "The host name for reads from replicas; with shards there is none.", changesWith: ["transitEncryption"] },
  },
  foreign,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      sentWithCreate: true,
      // Fields that only the first stage has can be chosen at creation only.
      fields: [
        "description",
        "engine",
        "engineVersion",
        "nodeType",
        "numCacheClusters",
        "numNodeGroups",
        "replicasPerNodeGroup",
        "automaticFailover",
        "multiAz",
        "securityGroups",
        "parameterGroup",
        "transitEncryption",
        "userGroups",
        "snapshotRetention",
        "snapshotWindow",
        "maintenanceWindow",
        "notificationTopic",
        "autoMinorVersionUpgrade",
        "logDelivery",
      ],
    },
  ],
  create: "name",
  naming: namesOfCaches(40),
  replace: "delete-first",
  dataLoss: "data",
  waits: { create: { typical: 600, limit: 3600 }, delete: { typical: 600, limit: 3600 }, poll: 15 },
  tagIndex: { type: "elasticache:replicationgroup", inDoubt: true },
  // Lists all groups of the account and, if one may be ours, all nodes. Reads the tags of each group that may be ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + (n.ours > 0 ? 1 : 0) + n.ours,
  iam: {
    read: [
      "elasticache:DescribeCacheClusters",
      "elasticache:DescribeCacheSubnetGroups",
      "elasticache:DescribeReplicationGroups",
      "elasticache:ListTagsForResource",
      "tag:GetResources",
    ],
    write: [
      "elasticache:AddTagsToResource",
      "elasticache:CreateReplicationGroup",
      "elasticache:DecreaseReplicaCount",
      "elasticache:DeleteReplicationGroup",
      "elasticache:IncreaseReplicaCount",
      "elasticache:ModifyReplicationGroup",
      "elasticache:ModifyReplicationGroupShardConfiguration",
      "elasticache:RemoveTagsFromResource",
    ],
    remove: ["elasticache:DeleteReplicationGroup"],
    onlyFor: {
      "elasticache:DecreaseReplicaCount": ["numCacheClusters", "replicasPerNodeGroup"],
      "elasticache:IncreaseReplicaCount": ["numCacheClusters", "replicasPerNodeGroup"],
      "elasticache:ModifyReplicationGroupShardConfiguration": ["numNodeGroups"],
    },
    access: {
      "elasticache:AddTagsToResource": tagsOfCaches("replicationgroup:*"),
      "elasticache:CreateReplicationGroup": { made: ["replicationgroup:*"], free: ["parametergroup:*", "subnetgroup:*", "usergroup:*"] },
      "elasticache:DeleteReplicationGroup": { ours: ["replicationgroup:*"], free: ["snapshot:*"] },
      "elasticache:ModifyReplicationGroup": { ours: ["replicationgroup:*"], free: ["parametergroup:*", "usergroup:*"] },
    },
    implied: ({ spec }, index, place) => besides(spec, index, place),
  },
  after: ({ spec }) => needed(spec),
  check,
  network: ({ address, spec }, index) => endpointOfCache(address, spec, Number(spec.port ?? 6379), index),
  marks: (spec) => finalSnapshotMark(spec.finalSnapshot),
  authored,
  drawn,
  load: async () => driver(await import("../../aws/sdk/elasticache.ts")),
};

/** Returns references of a later stage that are also sent at creation, so they must exist before. */
function needed({ securityGroups = [], parameterGroup, notificationTopic, logDelivery }: ReplicationGroup): string[] {
  return [...securityGroups, parameterGroup, notificationTopic, ...groupsOfLogs(logDelivery)].filter((one) => typeof one === "string");
}
