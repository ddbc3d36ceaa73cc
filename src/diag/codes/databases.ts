import type { CodeDoc } from "./code-doc.ts";

/** Databases. */
export const databasesCodes = {
  "db-cluster-shape": {
    title: "Fields of another kind of cluster",
    cause:
      "Aurora keeps one storage and has the instances that are named; a Multi-AZ cluster (engine mysql or postgres) has three machines of one `instanceClass` with disks of their own. Each has fields that the other does not have.",
    cure: "Take the field out, or write what the hint says in its place.",
  },
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
  "db-inherited": {
    title: "A replica has this from its source",
    cause: "Engine, user, password, encryption and network of a read replica are those of the database that it follows.",
    cure: "Remove the field.",
  },
  "db-network": {
    title: "A database across two VPCs",
    cause: "The subnets of a group, and the security groups of a database in it, belong to one VPC.",
    cure: "Name groups and subnets of the same VPC.",
  },
  "db-replica-backups": {
    title: "A replica of a database without backups",
    cause: "AWS begins a replica with a backup of its source.",
    cure: "Give the source a backupRetention of a day or more.",
  },
  "db-replica-groups": {
    title: "A replica without security groups",
    cause: "AWS gives it the VPC's default group, not those of its source.",
    cure: "Write securityGroups.",
  },
  "db-replica-password": {
    title: "A replica of a database with a managed password",
    cause: "AWS makes no read replicas of databases whose password Secrets Manager keeps.",
    cure: "Write masterPassword: { ssmParameter: NAME } in the source: an encrypted parameter, made at random when it does not exist.",
  },
  "db-public-dns": {
    title: "A public database in a VPC without DNS host names",
    cause: "Clients find a public database by its name, and AWS makes none in a VPC that lacks DNS host names or DNS resolution.",
    cure: "Write enableDnsHostnames: true in the VPC, or publiclyAccessible: false.",
  },
  "db-replica-version": {
    title: "A replica of another version than its source",
    cause: "AWS keeps no replica that is older than its source; with PostgreSQL both have the same major version.",
    cure: "Write the engineVersion of the source. MySQL and MariaDB upgrade replicas first, PostgreSQL with the source.",
  },
  "db-storage": {
    title: "Storage that AWS does not take",
    cause: "Sizes, I/O and throughput depend on the storage type and on each other.",
    cure: "Take what the message names.",
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
