/** The fields of DHCP options as authors write them. */
import { list, object, optional, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

const address = (doc: string) => string(doc, { minLength: 1, examples: ["10.0.0.2"] });

/** AWS takes four values of each (EC2 API, CreateDhcpOptions), and four IPv4 and four IPv6 time servers. */
export const schema = object({
  domainName: optional(
    string("The domain that machines add to names without one.", { minLength: 1, maxLength: 1000, examples: ["corp.example.com"] }),
  ),
  domainNameServers: optional(
    list(
      address("An address of a DNS server, or `AmazonProvidedDNS`, the VPC's own resolver."),
      "Whom machines ask for names, in this order.",
      {
        maxItems: 4,
      },
    ),
  ),
  ntpServers: optional(
    list(
      address("An address of a time server."),
      "From whom machines get the time, in this order: four IPv4 and four IPv6 addresses at most.",
      {
        maxItems: 8,
      },
    ),
  ),
  netbiosNameServers: optional(
    list(address("An address of a NetBIOS name server."), "NetBIOS name servers, in this order.", { maxItems: 4 }),
  ),
  netbiosNodeType: optional(
    Type.Unsafe<1 | 2 | 4 | 8>({
      type: "integer",
      enum: [1, 2, 4, 8],
      description: "How NetBIOS names are resolved; AWS advises 2, since a VPC passes no broadcasts.",
      examples: [2],
    }),
  ),
  ipv6AddressPreferredLeaseTime: optional(
    Type.Integer({
      description: "How often a machine with IPv6 renews its address, in seconds. AWS: 140 when none is set.",
      minimum: 140,
      maximum: 2_147_483_647,
    }),
  ),
});

export type DhcpOptions = Static<typeof schema>;
