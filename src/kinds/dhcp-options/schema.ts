/** The fields of DHCP options as authors write them. */
import { list, object, optional, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

const address = (doc: string) => string(doc, { minLength: 1, examples: ["10.0.0.2"] });

/** AWS takes four values of each (EC2 API, CreateDhcpOptions), and four IPv4 and four IPv6 time servers. */
export const schema = object({
  domainName: optional(
    string("The domain name that instances append to names without a domain.", {
      minLength: 1,
      maxLength: 1000,
      examples: ["corp.example.com"],
    }),
  ),
  domainNameServers: optional(
    list(address("An address of a DNS server, or `AmazonProvidedDNS`, the VPC's own resolver."), "The DNS servers, in order of use.", {
      maxItems: 4,
    }),
  ),
  ntpServers: optional(
    list(address("An address of an NTP server."), "The NTP servers, in order of use: at most four IPv4 and four IPv6 addresses.", {
      maxItems: 8,
    }),
  ),
  netbiosNameServers: optional(
    list(address("An address of a NetBIOS name server."), "The NetBIOS name servers, in order of use.", { maxItems: 4 }),
  ),
  netbiosNodeType: optional(
    Type.Unsafe<1 | 2 | 4 | 8>({
      type: "integer",
      enum: [1, 2, 4, 8],
      description: "The NetBIOS node type; AWS recommends 2, because a VPC does not support broadcast.",
      examples: [2],
    }),
  ),
  ipv6AddressPreferredLeaseTime: optional(
    Type.Integer({
      description: "The interval in seconds at which an instance renews the lease of its IPv6 address. AWS's default: 140.",
      minimum: 140,
      maximum: 2_147_483_647,
    }),
  ),
});

export type DhcpOptions = Static<typeof schema>;
