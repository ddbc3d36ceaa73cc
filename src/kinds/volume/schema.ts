/** The fields of a volume as authors write them. */
import { boolean, integer, mapOf, object, oneOf, optional, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { deviceName, volumeTypes } from "../shared/machine-fields.ts";
import type { Static } from "typebox";

const attachment = object({
  device: string("The name under which the machine sees it; EC2 recommends `/dev/sdf` to `/dev/sdp`.", {
    pattern: deviceName,
    examples: ["/dev/sdf"],
  }),
});

export const schema = object({
  availabilityZone: zone("The zone in which it lies; only machines of that zone can use it."),
  size: optional(
    integer("GiB. Can grow in place, never shrink. If omitted: that of its snapshot.", { minimum: 1, maximum: 65_536, examples: [20] }),
  ),
  type: optional(oneOf(volumeTypes, "The volume type; `gp3` at creation when unwritten.")),
  iops: optional(integer("Operations a second: gp3 (from 3000), io1 and io2 (required there).", { minimum: 100 })),
  throughput: optional(integer("MiB a second; gp3 only, from 125.", { minimum: 125 })),
  snapshot: optional(string("The snapshot it is made from.", { pattern: "^snap-[0-9a-f]{8,17}$", examples: ["snap-0123456789abcdef0"] })),
  encrypted: optional(boolean("Whether it is encrypted. If omitted: what the snapshot and the account's setting say.")),
  kmsKey: optional(keyRef("The KMS key that encrypts it. If omitted: AWS's own key.")),
  multiAttach: optional(boolean("Whether several machines may hold it at once; io1 and io2 only, and the file system must know of it.")),
  attachments: optional(
    mapOf(
      "instance",
      attachment,
      "The machines that hold it, each with its device: one, unless `multiAttach`. What is not listed is detached.",
    ),
  ),
});

export type Volume = Static<typeof schema>;
