/** The fields of an Instance Connect endpoint as authors write them. */
import type { Static } from "typebox";
import { boolean, list, object, oneOf, optional, ref } from "../../resource/fields.ts";

export const schema = object({
  subnet: ref("subnet", "The subnet of the endpoint; from there it reaches every subnet of the VPC."),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control the connections from the endpoint. If omitted: the default group of the VPC.",
      {
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
      },
    ),
  ),
  preserveClientIp: optional(
    boolean("Whether instances see the client's address instead of the endpoint's; their security groups must then allow it. IPv4 only."),
  ),
  ipAddressType: optional(oneOf(["ipv4", "dualstack", "ipv6"], "The IP address type. If omitted: that of the subnet.")),
});

export type InstanceConnectEndpoint = Static<typeof schema>;
