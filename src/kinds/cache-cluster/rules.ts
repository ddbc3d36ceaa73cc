import type { Fields, Impact } from "../kind.ts";
import { isOlder, satisfies } from "../shared/cache/versions.ts";
import { isSameWindow } from "../shared/rds/fields.ts";
import { atLeast } from "../shared/slots.ts";
import { defaults, type CacheCluster } from "./schema.ts";
import { opensUnless, opensWithMore } from "../shared/urgency.ts";

const anew = "the old cluster is deleted first, and the new one is created without its data";

/** How each field of a cache cluster is compared, and the cost of a change. */
export const fields: Fields<CacheCluster> = {
  engine: { change: "replace", because: `the engine can only be chosen at creation: ${anew}` },
  engineVersion: {
    change: (was, now) => (was !== undefined && now !== undefined && isOlder(now, was) ? "replace" : "restart"),
    same: (request, have) => have !== undefined && satisfies(have, request),
    because: `an upgrade replaces the nodes, and Memcached nodes are empty afterwards; it cannot be reverted, and for an older version ${anew}`,
  },
  nodeType: {
    change: (_was, _now, { was, now }): Impact => ((was.engine ?? now.engine) === "memcached" ? "replace" : "restart"),
    because: `AWS replaces the node of Redis OSS in 10 to 20 minutes; for Memcached ${anew}`,
  },
  numCacheNodes: {
    change: "update",
    default: { value: defaults.numCacheNodes, class: "create-only" },
    because: "new nodes are empty, and the newest nodes are removed first; a part of the keys moves to other nodes",
  },
  azMode: {
    change: "replace",
    // With a single node nobody can tell the mode, and AWS does not return the mode that was requested.
    same: (request, have) => have === undefined || request === have,
    because: `nodes cannot move to other zones: ${anew}`,
  },
  availabilityZone: { change: "replace", because: `nodes cannot move to other zones: ${anew}` },
  subnetGroup: { change: "replace", because: `a cluster cannot move to other subnets (you can change the subnets of its group): ${anew}` },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  port: { change: "replace", because: `the port can only be chosen at creation: ${anew}` },
  parameterGroup: { change: "update", because: "parameters that need a reboot take effect when you reboot the nodes" },
  transitEncryption: {
    change: "replace",
    because: `encryption in transit can only be chosen at creation: ${anew}`,
    urgency: opensUnless(true),
  },
  snapshotRetention: { change: "update", urgency: "safety" },
  snapshotWindow: { change: "update", urgency: "safety" },
  maintenanceWindow: { change: "update", same: isSameWindow },
  notificationTopic: { change: "update", whileGone: "free" },
  autoMinorVersionUpgrade: { change: "update", default: { value: defaults.autoMinorVersionUpgrade, class: "create-only" } },
  logDelivery: { change: "update", as: "map", whileGone: "free", urgency: "safety" },
  finalSnapshot: { change: "never", default: { value: defaults.finalSnapshot, class: "create-only" } },
};
