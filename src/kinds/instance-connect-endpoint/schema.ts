/** The fields of an Instance Connect endpoint as authors write them. */
import type { Static } from "typebox";
import { boolean, list, object, oneOf, optional, ref } from "../../resource/fields.ts";

export const schema = object({
  subnet: ref("subnet", "The subnet in which it has its address; from there it reaches every subnet of the VPC."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "What it may open connections to. If omitted: the default group of the VPC.", {
      minItems: 1,
      maxItems: 16,
      uniqueItems: true,
    }),
  ),
  preserveClientIp: optional(
    boolean(
      "Whether machines see the address of whoever connects instead of the endpoint's; their groups must then let that in. IPv4 only.",
    ),
  ),
  ipAddressType: optional(oneOf(["ipv4", "dualstack", "ipv6"], "Which addresses it has. If omitted: those of its subnet.")),
});

export type InstanceConnectEndpoint = Static<typeof schema>;
