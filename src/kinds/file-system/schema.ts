import type { Static } from "typebox";
import { boolean, integer, map, mapOf, number, object, oneOf, optional, ref, set, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { policyDocument } from "../shared/policies/documents.ts";

const ages = [
  "AFTER_1_DAY",
  "AFTER_7_DAYS",
  "AFTER_14_DAYS",
  "AFTER_30_DAYS",
  "AFTER_60_DAYS",
  "AFTER_90_DAYS",
  "AFTER_180_DAYS",
  "AFTER_270_DAYS",
  "AFTER_365_DAYS",
] as const;

const lifecycle = object(
  {
    transitionToIA: optional(
      oneOf(ages, "The time without access after which a file moves to Infrequent Access, which costs less to store and more to read."),
    ),
    transitionToArchive: optional(
      oneOf(
        ages,
        "The time without access after which a file moves to Archive; needs elastic throughput, and a later time than transitionToIA.",
      ),
    ),
    transitionToPrimaryStorageClass: optional(
      oneOf(["AFTER_1_ACCESS"], "Whether a file moves back to the primary storage class when it is read."),
    ),
  },
  "The lifecycle policy for files that are not accessed.",
);

const mountTarget = object({
  securityGroups: optional(
    set(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the mount target (TCP 2049). If omitted: the default group of the VPC.",
      {
        minItems: 1,
      },
    ),
  ),
  ipAddress: optional(
    string("A free address of the subnet. If omitted: AWS chooses one. A change makes another mount target.", {
      pattern: "^\\d+\\.\\d+\\.\\d+\\.\\d+$",
      examples: ["10.0.1.20"],
    }),
  ),
});

const id = (doc: string) => integer(doc, { minimum: 0, maximum: 4_294_967_295 });

const accessPoint = object({
  path: optional(
    string("The directory that clients of the access point see as root. Default: `/`.", {
      pattern: "^/$|^(/[^/]+){1,4}$",
      examples: ["/uploads"],
    }),
  ),
  posixUser: optional(
    object(
      {
        uid: id("The user id."),
        gid: id("The group id."),
        secondaryGids: optional(set(id("A group id."), "Further group ids.", { maxItems: 16 })),
      },
      "The POSIX user and group for all requests through the access point, whatever the user on the client.",
    ),
  ),
  creation: optional(
    object(
      {
        ownerUid: id("The user id of the owner."),
        ownerGid: id("The group id of the owner."),
        permissions: string("The permissions, in octal digits.", { pattern: "^[0-7]{3,4}$", examples: ["0755"] }),
      },
      "The owner and permissions with which the directory is made if it does not exist.",
    ),
  ),
});

export const schema = object({
  encrypted: optional(boolean("Whether data at rest is encrypted. It cannot be changed.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the file system. If omitted: the AWS managed key. It cannot be changed.")),
  performanceMode: optional(
    oneOf(
      ["generalPurpose", "maxIO"],
      "The performance mode; it cannot be changed. Default: generalPurpose, which AWS recommends; maxIO has higher latency and allows more parallel access.",
    ),
  ),
  throughputMode: optional(
    oneOf(
      ["bursting", "elastic", "provisioned"],
      "The throughput mode: bursting (the default) grows with the stored data, elastic scales with the load and is charged by use, provisioned is fixed. AWS accepts a change of the mode, or a decrease of provisioned throughput, once in 24 hours.",
    ),
  ),
  provisionedThroughput: optional(number("The throughput in MiB/s, with provisioned.", { minimum: 1, maximum: 3414 })),
  availabilityZone: optional(
    zone(
      "The only zone of a One Zone file system, which costs less and is lost with the zone. If omitted: several zones. It cannot be changed.",
    ),
  ),
  lifecycle: optional(lifecycle),
  backup: optional(boolean("Whether AWS Backup makes a backup every day. Default: true for One Zone, otherwise false.")),
  policy: optional(policyDocument("The file system policy: who may mount it and with which permissions, in addition to security groups.")),
  replicationOverwriteProtection: optional(
    boolean("Whether the file system is protected from becoming the destination of a replication. Default: true."),
  ),
  mountTargets: optional(
    mapOf(
      "subnet",
      mountTarget,
      "The mount targets, by subnet: at most one in each zone, all in one VPC. When a mount target is removed, file systems that are mounted through it hang.",
    ),
  ),
  accessPoints: optional(
    map(accessPoint, "Access points with a user and a directory of their own, by name. A change replaces the access point."),
  ),
});

export type FileSystem = Static<typeof schema>;
export type MountTarget = NonNullable<FileSystem["mountTargets"]>[string];
export type AccessPoint = NonNullable<FileSystem["accessPoints"]>[string];

/** Values that a create sends where the author wrote nothing. AWS itself would not encrypt it. */
export const defaults = { encrypted: true } as const satisfies Partial<{ [F in keyof FileSystem]: unknown }>;
