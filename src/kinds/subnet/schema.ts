/** The fields of a subnet as authors write them. */
import { boolean, cidr, integer, object, oneOf, optional, ref, zone } from "../../resource/fields.ts";
import type { Ipv6Block } from "./ipv6.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC it lies in."),
  cidrBlock: optional(
    cidr(
      "Its IPv4 network, /16 to /28, inside the VPC; AWS keeps the first four addresses and the last. Left out where it is `ipv6Native`.",
      4,
      "10.0.1.0/24",
    ),
  ),
  ipv6Native: optional(
    boolean("Whether it is a network of IPv6 only, without `cidrBlock`: what is in it has IPv6 addresses and no others."),
  ),
  availabilityZone: zone("The zone it lies in."),
  mapPublicIpOnLaunch: optional(boolean("Whether machines launched in it get a public address.")),
  ipv6CidrBlock: optional(
    Type.Unsafe<Ipv6Block>(
      Type.Union(
        [
          Type.Literal("none", { description: "No IPv6 range: one that is there is taken away." }),
          integer("The number of the /64 in the VPC's range from Amazon, which is not known before it is given.", {
            minimum: 0,
            maximum: 255,
          }),
          cidr("The range itself, /44 to /64.", 6, "2001:db8:0:1::/64"),
        ],
        {
          description:
            "Its IPv6 range: 0 to 255, the number of a /64 in the VPC's range; the range itself; or `none`. If omitted, it stays as it is.",
          examples: [1],
        },
      ),
    ),
  ),
  assignIpv6AddressOnCreation: optional(
    boolean("Whether network interfaces made in it, and so machines, get an IPv6 address; needs `ipv6CidrBlock`."),
  ),
  enableDns64: optional(
    boolean("Whether the resolver answers IPv6 machines with addresses of 64:ff9b::/96 for names that have IPv4 addresses only."),
  ),
  privateDnsHostnameTypeOnLaunch: optional(
    oneOf(
      ["ip-name", "resource-name"],
      "What the host names of machines launched in it are made of: their private IPv4 address, or their id.",
    ),
  ),
});

export type Subnet = Static<typeof schema>;
