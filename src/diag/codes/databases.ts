import type { CodeDoc } from "./code-doc.ts";

/** Codes that several kinds of databases and caches use. */
export const databasesCodes = {
  "cache-network": {
    title: "A cache across two VPCs",
    cause: "The subnets of a group, and the security groups of a cache in it, belong to one VPC.",
    cure: "Name groups and subnets of the same VPC.",
  },
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
  "db-family": {
    title: "A parameter group of another version",
    cause: "A parameter group is made for one engine and major version, and AWS takes no other.",
    cure: "Declare a group of the right family; for a major upgrade change both in one plan.",
  },
  "db-network": {
    title: "A database across two VPCs",
    cause: "The subnets of a group, and the security groups of a database in it, belong to one VPC.",
    cure: "Name groups and subnets of the same VPC.",
  },
  "db-public-dns": {
    title: "A public database in a VPC without DNS host names",
    cause: "Clients find a public database by its name, and AWS makes none in a VPC that lacks DNS host names or DNS resolution.",
    cure: "Write enableDnsHostnames: true in the VPC, or publiclyAccessible: false.",
  },
  "db-user": {
    title: "A master user that the engine refuses",
    cause: "Each engine keeps names for itself and takes names of a certain length.",
    cure: "Take another name, such as dbadmin.",
  },
  "db-windows": {
    title: "Windows that AWS does not take",
    cause: "Backup and maintenance windows last half an hour or more and do not overlap.",
    cure: "Move one of them.",
  },
  "db-zones": {
    title: "Database subnets in too few zones",
    cause:
      "AWS wants the subnets of a group in two zones at least, also for a database without a standby, and in three for a Multi-AZ cluster.",
    cure: "Add a subnet in another zone.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
