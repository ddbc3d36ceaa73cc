import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { logDelivery } from "../shared/cache-logs.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { dailyWindow, weeklyWindow } from "../shared/rds-fields.ts";

export const schema = object({
  description: optional(
    string("What it is for. AWS's description ends with whose the group is: `(infra PROJECT/ENVIRONMENT NAME)`.", {
      minLength: 1,
      maxLength: 100,
      pattern: "^[^()]*$",
    }),
  ),
  engine: oneOf(["valkey", "redis"], "The engine. Redis OSS can become Valkey in place, and there is no way back."),
  engineVersion: optional(
    string(
      "A version or the beginning of one: `8.0`, `7.1`. AWS's newest when left out. A newer one is an upgrade; there is no way back.",
      {
        pattern: "^\\d+(\\.(\\d+|x)){0,2}$",
        examples: ["8.0", "7.1", "6.x"],
      },
    ),
  ),
  nodeType: string("The machine of each node: `cache.t4g.micro`. It changes online.", {
    pattern: "^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$",
    examples: ["cache.t4g.micro", "cache.r7g.large"],
  }),
  numCacheClusters: optional(
    integer("Without shards: how many nodes there are, the primary and its replicas. 1 when left out.", { minimum: 1, maximum: 6 }),
  ),
  numNodeGroups: optional(
    integer("With cluster mode: how many shards the data is spread over. Clients must know cluster mode.", { minimum: 1, maximum: 90 }),
  ),
  replicasPerNodeGroup: optional(integer("With cluster mode: replicas of each shard; none when left out.", { minimum: 0, maximum: 5 })),
  automaticFailover: optional(boolean("Whether a replica takes over when the primary fails. On where there is a replica.")),
  multiAz: optional(boolean("Whether replicas are kept in other zones than the primary; needs automaticFailover.")),
  subnetGroup: ref("cacheSubnetGroup", "The subnets it may stand in; for good."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  port: optional(integer("The port it listens on; 6379 when left out. For good.", { minimum: 1024, maximum: 65535 })),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "cacheParameterGroup",
      "The engine's settings: one of ours, or AWS's (`default.valkey8`, `default.redis7.cluster.on`).",
    ),
  ),
  transitEncryption: optional(
    oneOf(
      ["required", "preferred", "disabled"],
      "TLS between clients and nodes. It changes by one step at a time, with `preferred` in the middle, while clients move over; the names of the endpoints change with it.",
    ),
  ),
  atRestEncryption: optional(boolean("Whether what it keeps on disk is encrypted; for good.")),
  kmsKey: optional(keyRef("The KMS key that encrypts what is on disk; a key of AWS when left out. For good.")),
  userGroups: optional(
    list(string("The id of a user group."), "Who may log in (RBAC), at most one group; needs transitEncryption.", { maxItems: 1 }),
  ),
  snapshotRetention: optional(integer("Days for which the daily snapshots are kept; 0: none are taken.", { minimum: 0, maximum: 35 })),
  snapshotWindow: optional(string("When the daily snapshot starts, UTC; an hour or more.", dailyWindow)),
  maintenanceWindow: optional(string("When AWS patches, UTC; an hour or more.", weeklyWindow)),
  notificationTopic: optional(ref("topic", "Who is told of its events.")),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  logDelivery: optional(logDelivery),
  finalSnapshot: optional(
    boolean("Whether a last snapshot is taken when it is deleted; kept in a tag, so that it holds when this block is gone."),
  ),
});

export type ReplicationGroup = Static<typeof schema>;

/** Values sent at creation for fields that the author left out. Stated once: the field rules and the driver both read it. */
export const defaults = {
  numCacheClusters: 1,
  replicasPerNodeGroup: 0,
  automaticFailover: true,
  multiAz: false,
  transitEncryption: "required",
  atRestEncryption: true,
  autoMinorVersionUpgrade: true,
  finalSnapshot: true,
} as const satisfies Partial<{ [F in keyof ReplicationGroup]: unknown }>;

/** Whether the group uses cluster mode, in which data is spread over shards. */
export function hasShards(spec: Partial<ReplicationGroup>): boolean {
  return spec.numNodeGroups !== undefined;
}

/** Returns the number of nodes of one shard. */
export function nodesOf(spec: Partial<ReplicationGroup>): number {
  return hasShards(spec)
    ? 1 + (spec.replicasPerNodeGroup ?? defaults.replicasPerNodeGroup)
    : (spec.numCacheClusters ?? defaults.numCacheClusters);
}

/** Whether a failover is possible: always with shards, and otherwise with at least one replica. */
export function canFailOver(spec: Partial<ReplicationGroup>): boolean {
  return hasShards(spec) || nodesOf(spec) > 1;
}
