import type { CodeDoc } from "../../diag/codes.ts";

export const dbInstanceCodes = {
  "db-blue-green": {
    title: "A database that no blue/green deployment can change",
    cause:
      "RDS makes no blue/green deployment of a read replica, of a database with a managed password or without automated backups, or behind a proxy; and infra none of a database with read replicas.",
    cure: "Take what the message names, or leave blueGreenUpdate out: the change is then made in place.",
  },
  "db-inherited": {
    title: "A replica has this from its source",
    cause: "Engine, user, password, encryption and network of a read replica are those of the database that it follows.",
    cure: "Remove the field.",
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
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof dbInstanceCodes, CodeDoc> {}
}
