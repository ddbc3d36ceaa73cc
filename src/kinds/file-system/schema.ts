import type { Static } from "typebox";
import { boolean, integer, map, mapOf, number, object, oneOf, optional, ref, set, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { policyDocument } from "../shared/policy-documents.ts";

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
      oneOf(ages, "When a file that nobody reads moves to Infrequent Access, which costs less to keep and more to read."),
    ),
    transitionToArchive: optional(
      oneOf(ages, "When it moves on to Archive; needs elastic throughput, and a later time than transitionToIA."),
    ),
    transitionToPrimaryStorageClass: optional(oneOf(["AFTER_1_ACCESS"], "Whether a file comes back once somebody reads it.")),
  },
  "Where files go that nobody reads.",
);

const mountTarget = object({
  securityGroups: optional(
    set(ref("securityGroup", "A security group."), "Who may mount it there (TCP 2049). The VPC's default group when left out.", {
      minItems: 1,
    }),
  ),
  ipAddress: optional(
    string("A free address of the subnet; AWS takes one when left out. Another one is another mount target.", {
      pattern: "^\\d+\\.\\d+\\.\\d+\\.\\d+$",
      examples: ["10.0.1.20"],
    }),
  ),
});

const id = (doc: string) => integer(doc, { minimum: 0, maximum: 4_294_967_295 });

const accessPoint = object({
  path: optional(
    string("The directory that is the root for whoever comes this way; `/` when left out.", {
      pattern: "^/$|^(/[^/]+){1,4}$",
      examples: ["/uploads"],
    }),
  ),
  posixUser: optional(
    object(
      {
        uid: id("The user id."),
        gid: id("The group id."),
        secondaryGids: optional(set(id("A group id."), "Further groups.", { maxItems: 16 })),
      },
      "As whom they come, whoever they are on their machine.",
    ),
  ),
  creation: optional(
    object(
      {
        ownerUid: id("Who owns it."),
        ownerGid: id("Which group owns it."),
        permissions: string("Its permissions, in octal digits.", { pattern: "^[0-7]{3,4}$", examples: ["0755"] }),
      },
      "How the directory is made where it is not there yet.",
    ),
  ),
});

export const schema = object({
  encrypted: optional(boolean("Whether what is stored is encrypted; for good. True when left out.")),
  kmsKey: optional(keyRef("The KMS key that encrypts it; a key of AWS when left out. For good.")),
  performanceMode: optional(
    oneOf(
      ["generalPurpose", "maxIO"],
      "maxIO answers later and takes more at once; AWS recommends generalPurpose, which it is when left out. For good.",
    ),
  ),
  throughputMode: optional(
    oneOf(
      ["bursting", "elastic", "provisioned"],
      "bursting grows with what is stored, elastic follows the load and is paid by use, provisioned is a fixed one. bursting when left out. AWS takes a change of it, or less of the provisioned one, once in 24 hours.",
    ),
  ),
  provisionedThroughput: optional(number("MiB a second, with provisioned.", { minimum: 1, maximum: 3414 })),
  availabilityZone: optional(
    zone("One Zone: the only zone in which it is stored, which costs less, and is lost with it. In several zones when left out. For good."),
  ),
  lifecycle: optional(lifecycle),
  backup: optional(boolean("Whether AWS Backup takes a backup every day. Of One Zone it does when left out, else it does not.")),
  policy: optional(policyDocument("Who may mount it and what they may do there, on top of security groups.")),
  replicationOverwriteProtection: optional(boolean("Whether it is kept from becoming the target of a replication. It is when left out.")),
  mountTargets: optional(
    mapOf(
      "subnet",
      mountTarget,
      "The subnets in which it can be mounted, one of each zone, all of one VPC. Where a mount target goes, what is mounted through it hangs.",
    ),
  ),
  accessPoints: optional(
    map(accessPoint, "Ways in with a user and a directory of their own, by name. What changes of one makes it again."),
  ),
});

export type FileSystem = Static<typeof schema>;
export type MountTarget = NonNullable<FileSystem["mountTargets"]>[string];
export type AccessPoint = NonNullable<FileSystem["accessPoints"]>[string];

/** Values that a create sends where the author wrote nothing. AWS itself would not encrypt it. */
export const defaults = { encrypted: true } as const satisfies Partial<{ [F in keyof FileSystem]: unknown }>;
