/** The fields of a network interface as authors write them. */
import { boolean, integer, list, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  subnet: ref("subnet", "The subnet it lies in."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Its security groups. If omitted: the default group of the VPC.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  privateIpAddresses: optional(
    list(
      string("An address inside the subnet.", { format: "ipv4" }),
      "Its private addresses, the first one before all others. If omitted: one that EC2 picks.",
      {
        minItems: 1,
        uniqueItems: true,
        examples: [["10.0.1.10", "10.0.1.11"]],
      },
    ),
  ),
  secondaryPrivateIpAddressCount: optional(
    integer("How many more private addresses it has besides the first, where it does not matter which.", { minimum: 0, maximum: 49 }),
  ),
  ipv6AddressCount: optional(integer("How many IPv6 addresses of its subnet's range it has.", { minimum: 0, maximum: 49 })),
  sourceDestCheck: optional(boolean("Whether it only takes and sends packets of its own; `false` for machines that route.")),
  description: optional(string("What it is for.", { maxLength: 255 })),
});

export type NetworkInterface = Static<typeof schema>;
