import type { Fields, Impact } from "../kind.ts";
import { isOlder, satisfies } from "../shared/cache/versions.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { isSameWindow } from "../shared/rds/fields.ts";
import { atLeast } from "../shared/slots.ts";
import { canFailOver, defaults, hasShards, type ReplicationGroup } from "./schema.ts";
import { opensWithMore } from "../shared/urgency.ts";

const anew = "a new group is created without the data, and the old one is deleted";

/** The comparison of each field of a replication group, and the impact of a change. */
export const fields: Fields<ReplicationGroup> = {
  description: { change: "update", late: true },
  engine: {
    change: (was, now, { now: spec }) => {
      if (was !== "redis" || now !== "valkey") return "replace";
      if (spec.engineVersion !== undefined) return "restart";
      return { refuse: "A change from Redis OSS to Valkey needs a version. Write `engineVersion` with a version of Valkey." };
    },
    because: {
      restart: "the nodes change from Redis OSS to Valkey one by one, with a failover of seconds, which cannot be reverted",
      replace: `only Redis OSS can be changed to Valkey in place: ${anew}`,
    },
  },
  engineVersion: {
    change: (was, now, { was: had, now: spec }) =>
      was !== undefined && now !== undefined && had.engine === spec.engine && isOlder(now, was) ? "replace" : "restart",
    same: (request, have) => have !== undefined && satisfies(have, request),
    because: {
      restart: "an upgrade replaces the nodes one by one, with a failover of seconds, and cannot be reverted",
      replace: `a group cannot change to an older version: ${anew}`,
    },
  },
  nodeType: { change: "update", because: "the nodes are replaced online in 10 to 60 minutes, with a failover of seconds" },
  numCacheClusters: {
    change: modeOr("update"),
    default: { value: defaults.numCacheClusters, class: "create-only", unless: hasShards },
    because: {
      update: "replicas are added and removed without an outage",
      replace: `a group with shards cannot be changed to one without in place: ${anew}`,
    },
  },
  numNodeGroups: {
    change: modeOr("update"),
    because: {
      update: "the data is redistributed over the shards online, which can take hours",
      replace: `a group without shards cannot be changed to one with shards in place: ${anew}`,
    },
  },
  replicasPerNodeGroup: {
    change: "update",
    default: { value: defaults.replicasPerNodeGroup, class: "create-only", unless: (spec) => !hasShards(spec) },
    because: "replicas are added and removed without an outage",
  },
  automaticFailover: {
    change: "update",
    default: { value: defaults.automaticFailover, class: "create-only", unless: (spec) => !canFailOver(spec) },
    urgency: "safety",
  },
  multiAz: { change: "update", default: { value: defaults.multiAz, class: "create-only" }, urgency: "safety" },
  subnetGroup: { change: "replace", because: `a group cannot move to other subnets (you can change the subnets of its group): ${anew}` },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  port: { change: "replace", because: `the port can only be chosen at creation: ${anew}` },
  parameterGroup: { change: "update", because: "parameters that need a reboot take effect when you reboot the nodes" },
  transitEncryption: {
    change: encryption,
    default: { value: defaults.transitEncryption, class: "create-only" },
    because: {
      update: "the names of the endpoints change with TLS; with `preferred`, clients may connect either way",
      replace: `with versions before 7.0.5, TLS can only be chosen at creation: ${anew}`,
    },
    urgency: (expected, actual) => (steps.indexOf(actual ?? "disabled") < steps.indexOf(expected) ? "exposure" : "safety"),
  },
  atRestEncryption: {
    change: "replace",
    default: { value: defaults.atRestEncryption, class: "create-only" },
    because: `encryption at rest can only be chosen at creation: ${anew}`,
    urgency: "safety",
  },
  kmsKey: {
    change: "replace",
    same: (request, have) => have !== undefined && isSameKey(request, have),
    because: `the key can only be chosen at creation: ${anew}`,
    urgency: "safety",
  },
  userGroups: {
    change: "update",
    as: "set",
    because: "permissions to log in change at once; open connections are not closed",
    urgency: opensWithMore,
  },
  snapshotRetention: { change: "update", urgency: "safety" },
  snapshotWindow: { change: "update", urgency: "safety" },
  maintenanceWindow: { change: "update", same: isSameWindow },
  notificationTopic: { change: "update", whileGone: "free" },
  autoMinorVersionUpgrade: { change: "update", default: { value: defaults.autoMinorVersionUpgrade, class: "create-only" } },
  logDelivery: { change: "update", as: "map", whileGone: "free", urgency: "safety" },
  finalSnapshot: { change: "never", default: { value: defaults.finalSnapshot, class: "create-only" } },
};

/** Returns the impact of a change of a number. A number that the group does not have belongs to the other mode. */
function modeOr(otherwise: Impact) {
  return (was: number | undefined): Impact => (was === undefined ? "replace" : otherwise);
}

const steps = ["disabled", "preferred", "required"];

/**
 * Returns the impact of a change of encryption. From version 7.0.5 on it is made in place (ElastiCache User Guide, "Enabling in-transit
 * encryption on an existing cluster").
 */
function encryption(was: string | undefined, now: string | undefined, { was: had }: { readonly was: Partial<ReplicationGroup> }): Impact {
  if (had.engine === "redis" && isOlder(had.engineVersion ?? "7.0.5", "7.0.5")) return "replace";
  if (Math.abs(steps.indexOf(was ?? "disabled") - steps.indexOf(now ?? "disabled")) === 1) return "update";
  return {
    refuse: `TLS cannot be changed in one step. Write \`transitEncryption: preferred\`, apply, change the clients, and then write \`${now}\`.`,
  };
}
