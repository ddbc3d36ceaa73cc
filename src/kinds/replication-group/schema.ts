import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { logDelivery } from "../shared/cache/logs.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { dailyWindow, weeklyWindow } from "../shared/rds/fields.ts";

export const schema = object({
  description: optional(
    string("A description of the group. In AWS, the description ends with the owner: `(infra PROJECT/ENVIRONMENT NAME)`.", {
      minLength: 1,
      maxLength: 100,
      pattern: "^[^()]*$",
    }),
  ),
  engine: oneOf(["valkey", "redis"], "The engine. Redis OSS can be changed to Valkey in place, which cannot be reverted."),
  engineVersion: optional(
    string(
      "The engine version or its beginning: `8.0`, `7.1`. If omitted: AWS's newest. A newer version is an upgrade, which cannot be reverted.",
      {
        pattern: "^\\d+(\\.(\\d+|x)){0,2}$",
        examples: ["8.0", "7.1", "6.x"],
      },
    ),
  ),
  nodeType: string("The node type: `cache.t4g.micro`. It changes online.", {
    pattern: "^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$",
    examples: ["cache.t4g.micro", "cache.r7g.large"],
  }),
  numCacheClusters: optional(integer("Number of nodes without shards: the primary and its replicas.", { minimum: 1, maximum: 6 })),
  numNodeGroups: optional(
    integer("Number of shards (node groups) with cluster mode. Clients must support cluster mode.", { minimum: 1, maximum: 90 }),
  ),
  replicasPerNodeGroup: optional(integer("Number of replicas of each shard, with cluster mode.", { minimum: 0, maximum: 5 })),
  automaticFailover: optional(boolean("Whether a replica is promoted when the primary fails; it needs a replica.")),
  multiAz: optional(boolean("Whether replicas are in other zones than the primary; needs automaticFailover.")),
  subnetGroup: ref("cacheSubnetGroup", "The subnet group; it cannot be changed."),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the cache. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  port: optional(integer("The port. Default: 6379. It cannot be changed.", { minimum: 1024, maximum: 65535 })),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "cacheParameterGroup",
      "The parameter group: one of this file, or one of AWS (`default.valkey8`, `default.redis7.cluster.on`).",
    ),
  ),
  transitEncryption: optional(
    oneOf(
      ["required", "preferred", "disabled"],
      "Whether connections between clients and nodes use TLS. It changes one step at a time, with `preferred` between, while clients switch; the names of the endpoints change with it.",
    ),
  ),
  atRestEncryption: optional(boolean("Whether data at rest is encrypted; it cannot be changed.")),
  kmsKey: optional(keyRef("The KMS key that encrypts data at rest. If omitted: the AWS managed key. It cannot be changed.")),
  userGroups: optional(
    list(string("The id of a user group."), "The user group that controls who may log in (RBAC), at most one; needs transitEncryption.", {
      maxItems: 1,
    }),
  ),
  snapshotRetention: optional(
    integer("Number of days for which daily snapshots are kept; 0: none are taken.", { minimum: 0, maximum: 35 }),
  ),
  snapshotWindow: optional(string("The daily window in which the snapshot starts, UTC; at least an hour.", dailyWindow)),
  maintenanceWindow: optional(string("The weekly window for patches by AWS, UTC; at least an hour.", weeklyWindow)),
  notificationTopic: optional(ref("topic", "The topic that gets notifications about the cache.")),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  logDelivery: optional(logDelivery),
  finalSnapshot: optional(
    boolean(
      "Whether a final snapshot is taken before the cache is deleted; a tag records it, so that it also holds after this block is removed.",
    ),
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
