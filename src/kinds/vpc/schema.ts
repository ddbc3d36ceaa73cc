/** The fields of a VPC as authors write them. */
import { boolean, cidr, list, object, oneOf, optional, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  cidrBlock: cidr("Its first IPv4 network, /16 to /28."),
  secondaryCidrBlocks: optional(
    list(cidr("A further IPv4 network, /16 to /28."), "Further IPv4 networks, which overlap neither each other nor the first."),
  ),
  ipv6: optional(
    oneOf(
      ["amazon", "none"],
      "`amazon`: a /56 of Amazon's IPv6 addresses, of which subnets take a /64 each; AWS chooses it. `none`: takes it away. If omitted, it stays as it is.",
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

export type Vpc = Static<typeof schema>;
