import type { CodeDoc } from "./code-doc.ts";

/** Codes that several kinds of databases and caches use. */
export const databasesCodes = {
  "cache-network": {
    title: "A cache across two VPCs",
    cause: "The subnets of a subnet group and the security groups of a cache in it must be in one VPC.",
    cure: "Name security groups and subnets of the same VPC.",
  },
  "cache-nodes": {
    title: "Nodes, shards and failover that do not fit together",
    cause:
      "Without shards, a replication group has `numCacheClusters` nodes. With shards, it has `numNodeGroups` and `replicasPerNodeGroup`. Failover needs a replica, `multiAz` needs failover, and shards always have failover.",
    cure: "Write fields that fit together, as the hint says.",
  },
  "cache-parameters": {
    title: "A parameter group that does not fit the cache",
    cause:
      "A parameter group is made for one engine and major version. It is either for shards, with `cluster-enabled`, or for no shards, without it.",
    cure: "Name a parameter group of the right family and mode.",
  },
  "cache-encryption": {
    title: "Encryption of a cache that AWS refuses",
    cause:
      "A KMS key needs encryption at rest, and user groups need encryption in transit. Some engines and versions have no encryption in transit.",
    cure: "Write both fields, or neither.",
  },
  "db-family": {
    title: "A parameter group of another version",
    cause: "A parameter group is made for one engine and major version, and AWS accepts no other.",
    cure: "Declare a parameter group of the right family. For a major upgrade, change both in one plan.",
  },
  "db-network": {
    title: "A database across two VPCs",
    cause: "The subnets of a subnet group and the security groups of a database in it must be in one VPC.",
    cure: "Name security groups and subnets of the same VPC.",
  },
  "db-public-dns": {
    title: "A public database in a VPC without DNS host names",
    cause: "Clients find a public database by its DNS name. AWS makes no such name in a VPC without DNS host names or DNS resolution.",
    cure: "Write enableDnsHostnames: true in the VPC, or publiclyAccessible: false in the database.",
  },
  "db-user": {
    title: "A name of the master user that the engine refuses",
    cause: "Each engine reserves some names, and limits the length of a name.",
    cure: "Use another name, such as dbadmin.",
  },
  "db-windows": {
    title: "Backup and maintenance windows that AWS refuses",
    cause: "Backup and maintenance windows must last half an hour or more, and must not overlap.",
    cure: "Change one of the windows.",
  },
  "db-zones": {
    title: "Database subnets in too few Availability Zones",
    cause:
      "The subnets of a subnet group must be in at least two Availability Zones, even for a database without a standby, and in three for a Multi-AZ cluster.",
    cure: "Add a subnet in another Availability Zone.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
