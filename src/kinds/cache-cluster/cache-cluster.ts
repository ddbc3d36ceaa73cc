import type { Kind } from "../kind.ts";
import { besides, namesOfCaches } from "../shared/cache/fields.ts";
import { groupsOfLogs } from "../shared/cache/logs.ts";
import { cacheDrawn, endpointOfCache } from "../shared/cache/places.ts";
import { tagsOfCaches } from "../shared/cache/tagging.ts";
import { finalSnapshotMark } from "../shared/final-snapshot.ts";
import { authored } from "./authored.ts";
import { check } from "./check.ts";
import { driver } from "./driver.ts";
import { foreign } from "./foreign.ts";
import type { Handle } from "./observe.ts";
import { fields } from "./rules.ts";
import { portOf, schema, type CacheCluster } from "./schema.ts";

export const cacheCluster: Kind<CacheCluster, Handle> = {
  name: "cacheCluster",
  section: "cacheClusters",
  doc: "An ElastiCache cache without replicas: Memcached, or one node of Redis OSS. Changes are applied immediately. A Redis OSS cache is deleted only when `allowDestroy` names it, with a final snapshot; a Memcached cache holds no lasting data.",
  wanted: ["endpoint", "port"],
  outputs: {
    arn: "The ARN.",
    endpoint: "The host name for clients: for Memcached the configuration endpoint, for Redis OSS that of the node.",
    port: { doc: "The port.", type: "number" },
  },
  foreign,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      sentWithCreate: true,
      // The fields that are left to the first stage can only be chosen at creation.
      fields: [
        "engineVersion",
        "nodeType",
        "numCacheNodes",
        "securityGroups",
        "parameterGroup",
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
  naming: namesOfCaches(50),
  replace: "delete-first",
  dataLoss: ({ engine }) => (engine === "memcached" ? undefined : "data"),
  waits: { create: { typical: 450, limit: 2400 }, delete: { typical: 330, limit: 2400 }, poll: 15 },
  tagIndex: { type: "elasticache:cluster", inDoubt: true },
  // All clusters of the account that are in no replication group. The tags are read one by one for those that may be ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: [
      "elasticache:DescribeCacheClusters",
      "elasticache:DescribeCacheSubnetGroups",
      "elasticache:ListTagsForResource",
      "tag:GetResources",
    ],
    write: [
      "elasticache:AddTagsToResource",
      "elasticache:CreateCacheCluster",
      "elasticache:DeleteCacheCluster",
      "elasticache:ModifyCacheCluster",
      "elasticache:RemoveTagsFromResource",
    ],
    remove: ["elasticache:DeleteCacheCluster"],
    access: {
      "elasticache:AddTagsToResource": tagsOfCaches("cluster:*"),
      "elasticache:CreateCacheCluster": { made: ["cluster:*"], free: ["parametergroup:*", "subnetgroup:*"] },
      "elasticache:DeleteCacheCluster": { ours: ["cluster:*"], free: ["snapshot:*"] },
      "elasticache:ModifyCacheCluster": { ours: ["cluster:*"], free: ["parametergroup:*"] },
    },
    implied: (_self, index, place) => besides({}, index, place),
  },
  /** The create call also sends references of a later stage, so the referenced objects must exist before. */
  after: ({ spec: { securityGroups = [], parameterGroup, notificationTopic, logDelivery } }) =>
    [...securityGroups, parameterGroup, notificationTopic, ...groupsOfLogs(logDelivery)].filter((one) => typeof one === "string"),
  check,
  network: ({ address, spec }, index) => endpointOfCache(address, spec, portOf(spec), index),
  marks: (spec) => finalSnapshotMark(spec.finalSnapshot),
  authored,
  drawn({ spec }, index) {
    const { engine, engineVersion, nodeType, numCacheNodes = 1 } = spec;
    const count = numCacheNodes === 1 ? "one node" : `${numCacheNodes} nodes`;
    return cacheDrawn(spec, [[engine, engineVersion].filter(Boolean).join(" "), nodeType, count], index);
  },
  load: async () => driver(await import("../../aws/sdk/elasticache.ts")),
};
