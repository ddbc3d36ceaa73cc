import type { CodeDoc } from "../../diag/codes.ts";

export const replicationGroupCodes = {
  "cache-nodes": {
    title: "Nodes, shards and failover that do not go together",
    cause:
      "Without shards a group has `numCacheClusters` nodes; with them `numNodeGroups` and `replicasPerNodeGroup`. A failover needs a replica, `multiAz` needs a failover, and shards always have it.",
    cure: "Write the fields that go together, as the hint says.",
  },
  "cache-parameters": {
    title: "A parameter group that does not fit the cache",
    cause: "A parameter group is made for one engine and major version, and with `cluster-enabled` for shards or without for none.",
    cure: "Name a group of the right family and mode.",
  },
  "cache-encryption": {
    title: "Encryption of a cache that AWS would refuse",
    cause: "A key needs encryption at rest; user groups need encryption in transit.",
    cure: "Write both, or neither.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof replicationGroupCodes, CodeDoc> {}
}
