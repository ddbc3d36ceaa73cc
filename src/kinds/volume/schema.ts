/** The fields of a volume as authors write them. */
import { boolean, integer, mapOf, object, oneOf, optional, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { deviceName, volumeTypes } from "../shared/instances/fields.ts";
import type { Static } from "typebox";

const attachment = object({
  device: string("The device name on the instance; EC2 recommends `/dev/sdf` to `/dev/sdp`.", {
    pattern: deviceName,
    examples: ["/dev/sdf"],
  }),
});

export const schema = object({
  availabilityZone: zone("The Availability Zone; only instances in this zone can use the volume."),
  size: optional(
    integer("The size in GiB. It can grow in place and never shrink. If omitted: that of the snapshot.", {
      minimum: 1,
      maximum: 65_536,
      examples: [20],
    }),
  ),
  type: optional(oneOf(volumeTypes, "The volume type.")),
  iops: optional(integer("I/O operations per second: for gp3 (from 3000), io1 and io2 (required there).", { minimum: 100 })),
  throughput: optional(integer("The throughput in MiB/s; only gp3, from 125.", { minimum: 125 })),
  snapshot: optional(
    string("The snapshot from which the volume is made.", { pattern: "^snap-[0-9a-f]{8,17}$", examples: ["snap-0123456789abcdef0"] }),
  ),
  encrypted: optional(boolean("Whether the volume is encrypted. If omitted: the setting of the snapshot and of the account.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the volume. If omitted: the AWS managed key.")),
  multiAttach: optional(
    boolean(
      "Whether the volume can be attached to several instances at the same time; only io1 and io2, with a file system that supports it.",
    ),
  ),
  attachments: optional(
    mapOf(
      "instance",
      attachment,
      "The instances to attach the volume to, each with its device name: one, unless `multiAttach`. The volume is detached from instances that are not listed.",
    ),
  ),
});

export type Volume = Static<typeof schema>;
