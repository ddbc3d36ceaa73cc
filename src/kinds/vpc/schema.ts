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
    cidrBlock: optional(cidr("Which network of the pool. A pool of IPAM picks one where none is written.", 6)),
    netmaskLength: optional(
      integer("How large the network is that a pool of IPAM picks. If omitted: what the pool says.", {
        minimum: 44,
        maximum: 60,
        multipleOf: 4,
      }),
    ),
  },
  "A network of an address pool: of IPAM (`ipam-pool-…`), or of your own addresses (`ipv6pool-ec2-…`).",
);

export const schema = object({
  cidrBlock: cidr("Its first IPv4 network, /16 to /28."),
  secondaryCidrBlocks: optional(
    list(cidr("A further IPv4 network, /16 to /28."), "Further IPv4 networks, which overlap neither each other nor the first."),
  ),
  ipv6: optional(
    Type.Union(
      [
        oneOf(
          ["amazon", "none"],
          "`amazon`: a /56 of Amazon's IPv6 addresses, of which subnets take a /64 each; AWS chooses it. `none`: takes it away.",
        ),
        ofPool,
      ],
      { description: "Its IPv6 network. If omitted, it stays as it is." },
    ),
  ),
  enableDnsSupport: optional(boolean("Whether machines can ask the VPC's own DNS resolver.")),
  enableDnsHostnames: optional(boolean("Whether machines with public addresses get public DNS names; needs `enableDnsSupport`.")),
  dhcpOptions: optional(
    ref(
      "dhcpOptions",
      "What its DHCP server tells machines; `{ default: true }`: AWS's own set, which every new VPC has. If omitted, it stays as it is.",
    ),
  ),
  instanceTenancy: optional(
    oneOf(["default", "dedicated"], "`dedicated`: every machine runs on hardware of this account alone, at a price."),
  ),
});

export type Ipv6Pool = Static<typeof ofPool>;
export type Vpc = Static<typeof schema>;
