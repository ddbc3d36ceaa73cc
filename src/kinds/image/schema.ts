/** The fields of an image as authors write them. */
import { boolean, integer, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  from: ref(
    "instance",
    "The instance from which the image is made, once. Later changes of the instance do not matter; for an instance that no longer exists, write its id as `{ id: … }`.",
  ),
  version: optional(
    integer("The version of the image. Another number makes a new image of the instance in its present state and keeps the old one.", {
      minimum: 1,
      examples: [2],
    }),
  ),
  keep: optional(
    integer("Number of old images to keep when a new one is made, to be able to go back; the oldest are deleted first.", {
      minimum: 1,
      maximum: 100,
    }),
  ),
  noReboot: optional(
    boolean(
      "Whether the image is made without a restart of the instance. With the restart, EC2 makes sure that data in memory is written to the volumes.",
    ),
  ),
  description: optional(string("A description of the image.", { maxLength: 255 })),
});

export type Image = Static<typeof schema>;
