import type { CodeDoc } from "../../diag/codes.ts";

export const dbInstanceCodes = {
  "db-blue-green": {
    title: "A database that cannot have a blue/green deployment",
    cause:
      "RDS makes no blue/green deployment of a read replica, of a database with a managed password or without automated backups, or of a database behind a proxy. infra makes none of a database with read replicas.",
    cure: "Do what the hint says, or remove blueGreenUpdate: infra then makes the change in place.",
  },
  "db-inherited": {
    title: "A field that a replica takes from its source",
    cause: "A read replica has the engine, user, password, encryption and network of its source database.",
    cure: "Remove the field.",
  },
  "db-replica-backups": {
    title: "A replica of a database without backups",
    cause: "AWS creates a replica from a backup of its source.",
    cure: "Give the source a backupRetention of one day or more.",
  },
  "db-replica-groups": {
    title: "A replica without security groups",
    cause: "AWS gives the replica the default security group of the VPC, not the security groups of its source.",
    cure: "Write securityGroups.",
  },
  "db-replica-password": {
    title: "A replica of a database with a managed password",
    cause: "AWS makes no read replicas of a database whose password is in Secrets Manager.",
    cure: "Write masterPassword: { ssmParameter: NAME } in the source. NAME is an encrypted parameter. infra creates it with a random value if it does not exist.",
  },
  "db-replica-version": {
    title: "A replica of another version than its source",
    cause: "AWS allows no replica that is older than its source. With PostgreSQL, both must have the same major version.",
    cure: "Write the engineVersion of the source. MySQL and MariaDB upgrade replicas first. PostgreSQL upgrades them with the source.",
  },
  "db-storage": {
    title: "Storage that AWS refuses",
    cause: "Size, IOPS and throughput depend on the storage type and on each other.",
    cure: "Use a value that the message names.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof dbInstanceCodes, CodeDoc> {}
}
