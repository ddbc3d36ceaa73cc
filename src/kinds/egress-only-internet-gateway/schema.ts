/** The fields of an egress-only internet gateway as authors write them. */
import { object, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC from which IPv6 traffic may leave; a VPC has one at most."),
});

export type EgressOnlyInternetGateway = Static<typeof schema>;
