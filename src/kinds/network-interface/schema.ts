/** The fields of a network interface as authors write them. */
import { boolean, integer, list, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  subnet: ref("subnet", "The subnet of the network interface."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "The security groups. If omitted: the default group of the VPC.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  privateIpAddresses: optional(
    list(
      string("An address inside the subnet.", { format: "ipv4" }),
      "The private addresses; the first one is the primary address. If omitted: one that EC2 chooses.",
      {
        minItems: 1,
        uniqueItems: true,
        examples: [["10.0.1.10", "10.0.1.11"]],
      },
    ),
  ),
  secondaryPrivateIpAddressCount: optional(
    integer("Number of private addresses in addition to the primary one; EC2 chooses them.", { minimum: 0, maximum: 49 }),
  ),
  ipv6AddressCount: optional(integer("Number of IPv6 addresses from the subnet's network.", { minimum: 0, maximum: 49 })),
  sourceDestCheck: optional(
    boolean("Whether EC2 drops packets that are not from or to the network interface; `false` for instances that route traffic."),
  ),
  description: optional(string("A description of the network interface.", { maxLength: 255 })),
});

export type NetworkInterface = Static<typeof schema>;
