import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { logDelivery } from "../shared/cache/logs.ts";
import { dailyWindow, weeklyWindow } from "../shared/rds/fields.ts";

export const schema = object({
  engine: oneOf(
    ["memcached", "redis"],
    "The engine; it cannot be changed. Valkey, replicas, and Redis OSS with encryption need a replication group, even for one node.",
  ),
  engineVersion: optional(
    string(
      "The engine version or its beginning: `1.6`, `7.1`. If omitted: AWS's newest. A newer version is an upgrade, which cannot be reverted.",
      {
        pattern: "^\\d+(\\.(\\d+|x)){0,2}$",
        examples: ["1.6", "7.1"],
      },
    ),
  ),
  nodeType: string("The node type: `cache.t4g.micro`. For Redis OSS it changes online; for Memcached it can only be chosen at creation.", {
    pattern: "^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$",
    examples: ["cache.t4g.micro", "cache.r7g.large"],
  }),
  numCacheNodes: optional(
    integer("Number of nodes; Redis OSS always has 1. Clients of Memcached distribute the keys over the nodes.", {
      minimum: 1,
      maximum: 40,
    }),
  ),
  azMode: optional(
    oneOf(["single-az", "cross-az"], "Whether Memcached nodes are in one zone or in several. If omitted: AWS puts them in one."),
  ),
  availabilityZone: optional(
    zone("The Availability Zone of all nodes. If omitted: AWS chooses one. It cannot be changed. Not with cross-az."),
  ),
  subnetGroup: ref("cacheSubnetGroup", "The subnet group; it cannot be changed."),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the cache. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  port: optional(
    integer("The port. If omitted: 11211 for Memcached, 6379 for Redis OSS. It cannot be changed.", { minimum: 1024, maximum: 65535 }),
  ),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "cacheParameterGroup",
      "The parameter group: one of this file, or one of AWS (`default.memcached1.6`, `default.redis7`); not one that enables cluster mode.",
    ),
  ),
  transitEncryption: optional(
    boolean("Whether clients must use TLS, which few do by default; Memcached from 1.6.12. It cannot be changed."),
  ),
  snapshotRetention: optional(
    integer("Number of days for which daily snapshots are kept; 0: none are taken. Redis OSS only.", { minimum: 0, maximum: 35 }),
  ),
  snapshotWindow: optional(string("The daily window in which the snapshot starts, UTC; at least an hour. Redis OSS only.", dailyWindow)),
  maintenanceWindow: optional(string("The weekly window for patches by AWS, UTC; at least an hour.", weeklyWindow)),
  notificationTopic: optional(ref("topic", "The topic that gets notifications about the cache.")),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  logDelivery: optional(logDelivery),
  finalSnapshot: optional(
    boolean(
      "Whether a final snapshot is taken before the cache is deleted; a tag records it, so that it also holds after this block is removed. Redis OSS only: AWS takes no snapshots of Memcached.",
    ),
  ),
});

export type CacheCluster = Static<typeof schema>;

/** Values that a create sends where the author wrote nothing. */
export const defaults = {
  numCacheNodes: 1,
  autoMinorVersionUpgrade: true,
  finalSnapshot: true,
} as const satisfies Partial<{ [F in keyof CacheCluster]: unknown }>;

/** The port of an engine where none is written. */
export function portOf(spec: Partial<CacheCluster>): number {
  return Number(spec.port ?? (spec.engine === "memcached" ? 11211 : 6379));
}

/** Fields that Memcached does not have, because it never keeps its data. */
export const onlyOfRedis = ["snapshotRetention", "snapshotWindow", "logDelivery"] as const satisfies readonly (keyof CacheCluster)[];
