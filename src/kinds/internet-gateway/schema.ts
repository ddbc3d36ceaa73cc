/** The fields of an internet gateway as authors write them. */
import { object, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC of the gateway; a VPC has at most one."),
});

export type InternetGateway = Static<typeof schema>;
