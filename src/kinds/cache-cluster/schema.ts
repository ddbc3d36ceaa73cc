import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { logDelivery } from "../shared/cache-logs.ts";
import { dailyWindow, weeklyWindow } from "../shared/rds-fields.ts";

export const schema = object({
  engine: oneOf(
    ["memcached", "redis"],
    "The engine; for good. Valkey, replicas and encryption of Redis OSS need a replication group, also of one node.",
  ),
  engineVersion: optional(
    string(
      "A version or the beginning of one: `1.6`, `7.1`. AWS's newest when left out. A newer one is an upgrade; there is no way back.",
      {
        pattern: "^\\d+(\\.(\\d+|x)){0,2}$",
        examples: ["1.6", "7.1"],
      },
    ),
  ),
  nodeType: string(
    "The machine of each node: `cache.t4g.micro`. Of Redis OSS it changes online; of Memcached it can only be chosen at creation.",
    {
      pattern: "^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$",
      examples: ["cache.t4g.micro", "cache.r7g.large"],
    },
  ),
  numCacheNodes: optional(
    integer("How many nodes there are; 1 when left out, and always 1 of Redis OSS. Clients of Memcached spread the keys over them.", {
      minimum: 1,
      maximum: 40,
    }),
  ),
  azMode: optional(
    oneOf(["single-az", "cross-az"], "Memcached: whether the nodes stand in one zone or in several. AWS puts them in one when left out."),
  ),
  availabilityZone: optional(zone("The zone in which all nodes stand; AWS chooses one when left out. For good. Not with cross-az.")),
  subnetGroup: ref("cacheSubnetGroup", "The subnets it may stand in; for good."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  port: optional(
    integer("The port it listens on; 11211 of Memcached and 6379 of Redis OSS when left out. For good.", { minimum: 1024, maximum: 65535 }),
  ),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "cacheParameterGroup",
      "The engine's settings: one of ours, or AWS's (`default.memcached1.6`, `default.redis7`); not one that switches cluster mode on.",
    ),
  ),
  transitEncryption: optional(boolean("Memcached from 1.6.12 on: whether clients must use TLS, which few do by themselves; for good.")),
  snapshotRetention: optional(
    integer("Redis OSS: days for which the daily snapshots are kept; 0: none are taken.", { minimum: 0, maximum: 35 }),
  ),
  snapshotWindow: optional(string("Redis OSS: when the daily snapshot starts, UTC; an hour or more.", dailyWindow)),
  maintenanceWindow: optional(string("When AWS patches, UTC; an hour or more.", weeklyWindow)),
  notificationTopic: optional(ref("topic", "Who is told of its events.")),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  logDelivery: optional(logDelivery),
  finalSnapshot: optional(
    boolean(
      "Redis OSS: whether a last snapshot is taken when it is deleted; kept in a tag, so that it holds when this block is gone. Of Memcached AWS takes none.",
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
