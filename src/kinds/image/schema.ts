/** The fields of an image as authors write them. */
import { boolean, integer, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  from: ref(
    "instance",
    "The machine of which it is made, once. What becomes of the machine later is no change; of one that is gone, `{ id: … }` says which it was.",
  ),
  version: optional(
    integer("Another number makes a new image of the machine as it is then, and keeps the old one.", { minimum: 1, examples: [2] }),
  ),
  keep: optional(
    integer("How many old images stay when a new one is made, for the way back; the oldest go first.", { minimum: 1, maximum: 100 }),
  ),
  noReboot: optional(
    boolean(
      "Whether the machine runs on while its image is made. EC2 restarts it otherwise, so that what it has in memory is on its disks.",
    ),
  ),
  description: optional(string("What it is for.", { maxLength: 255 })),
});

export type Image = Static<typeof schema>;
