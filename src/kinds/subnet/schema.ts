/** The fields of a subnet as authors write them. */
import { boolean, cidr, integer, object, oneOf, optional, ref, zone } from "../../resource/fields.ts";
import type { Ipv6Block } from "./ipv6.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC of the subnet."),
  cidrBlock: optional(
    cidr(
      "The IPv4 network of the subnet, /16 to /28, inside the VPC; AWS reserves the first four addresses and the last. Omit it with `ipv6Native`.",
      4,
      "10.0.1.0/24",
    ),
  ),
  ipv6Native: optional(boolean("Whether the subnet is IPv6-only, without `cidrBlock`: instances in it have IPv6 addresses and no others.")),
  availabilityZone: zone("The Availability Zone of the subnet."),
  mapPublicIpOnLaunch: optional(boolean("Whether instances launched in the subnet get a public IPv4 address.")),
  ipv6CidrBlock: optional(
    Type.Unsafe<Ipv6Block>(
      Type.Union(
        [
          Type.Literal("none", { description: "No IPv6 network: an existing one is removed." }),
          integer("The number of the /64 in the VPC's network from Amazon, whose addresses are not known before AWS assigns it.", {
            minimum: 0,
            maximum: 255,
          }),
          cidr("The IPv6 network itself, /44 to /64.", 6, "2001:db8:0:1::/64"),
        ],
        {
          description:
            "The IPv6 network: 0 to 255, the number of a /64 in the VPC's network; the network itself; or `none`. If omitted: it stays unchanged.",
          examples: [1],
        },
      ),
    ),
  ),
  assignIpv6AddressOnCreation: optional(
    boolean("Whether network interfaces in the subnet, and so instances, get an IPv6 address at creation; needs `ipv6CidrBlock`."),
  ),
  enableDns64: optional(
    boolean("Whether the DNS resolver returns addresses of 64:ff9b::/96 to IPv6 clients for names that have only IPv4 addresses."),
  ),
  privateDnsHostnameTypeOnLaunch: optional(
    oneOf(
      ["ip-name", "resource-name"],
      "The type of host name for instances launched in the subnet: made from the private IPv4 address or from the instance id.",
    ),
  ),
});

export type Subnet = Static<typeof schema>;
