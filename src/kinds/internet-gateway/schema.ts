/** The fields of an internet gateway as authors write them. */
import { object, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC that it connects to the internet; a VPC has one at most."),
});

export type InternetGateway = Static<typeof schema>;
