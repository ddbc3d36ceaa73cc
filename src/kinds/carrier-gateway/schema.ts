/** The fields of a carrier gateway as authors write them. */
import { object, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC of the gateway, with subnets in Wavelength Zones; a VPC has at most one carrier gateway."),
});

export type CarrierGateway = Static<typeof schema>;
