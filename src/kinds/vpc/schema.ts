/** The fields of a VPC as authors write them. */
import { boolean, cidr, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

const ofPool = object(
  {
    pool: string("The id of a pool of the account, or of one that is shared with it.", {
      pattern: "^(ipam-pool|ipv6pool-ec2)-[0-9a-f]{8,17}$",
      examples: ["ipam-pool-0123456789abcdef0"],
    }),
    cidrBlock: optional(cidr("The network to take from the pool. If omitted: a pool of IPAM chooses one.", 6)),
    netmaskLength: optional(
      integer("The prefix length of the network that a pool of IPAM chooses. If omitted: the default of the pool.", {
        minimum: 44,
        maximum: 60,
        multipleOf: 4,
      }),
    ),
  },
  "A network from an address pool: of IPAM (`ipam-pool-…`), or of your own addresses (`ipv6pool-ec2-…`).",
);

export const schema = object({
  cidrBlock: cidr("The primary IPv4 network, /16 to /28."),
  secondaryCidrBlocks: optional(
    list(cidr("A further IPv4 network, /16 to /28."), "Further IPv4 networks, which must not overlap each other or the primary one."),
  ),
  ipv6: optional(
    Type.Union(
      [
        oneOf(
          ["amazon", "none"],
          "The source of the network. `amazon`: a /56 of Amazon's IPv6 addresses, chosen by AWS, of which each subnet gets a /64. `none`: no IPv6; an existing network is removed.",
        ),
        ofPool,
      ],
      { description: "The IPv6 network. If omitted: it stays unchanged." },
    ),
  ),
  enableDnsSupport: optional(boolean("Whether instances can use the VPC's DNS resolver.")),
  enableDnsHostnames: optional(boolean("Whether instances with public addresses get public DNS names; needs `enableDnsSupport`.")),
  dhcpOptions: optional(
    ref(
      "dhcpOptions",
      "The DHCP options set of the VPC; `{ default: true }`: the set of AWS, which every new VPC has. If omitted: it stays unchanged.",
    ),
  ),
  instanceTenancy: optional(
    oneOf(
      ["default", "dedicated"],
      "The tenancy of instances in the VPC. `dedicated`: every instance runs on hardware for this account only, at additional cost.",
    ),
  ),
});

export type Ipv6Pool = Static<typeof ofPool>;
export type Vpc = Static<typeof schema>;
