import { Type, type Static } from "typebox";
import { list, object, optional, string } from "../../resource/fields.ts";
import type { FieldRule, Kind, Problem, Subject } from "../kind.ts";
import { foreign } from "./foreign.ts";
import { authored } from "./options.ts";

const address = (doc: string) => string(doc, { minLength: 1, examples: ["10.0.0.2"] });

/** AWS takes four of each (EC2 API, CreateDhcpOptions); of time servers four IPv4 and four IPv6 ones. */
const schema = object({
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

const settled = { change: "replace", because: "DHCP options cannot be changed; a new set takes the place of the old one" } as const;
const listed: FieldRule<string[]> = { ...settled, default: { value: [], class: "enforced" } };

export const dhcpOptions: Kind<DhcpOptions, null> = {
  name: "dhcpOptions",
  section: "dhcpOptions",
  idPrefix: "dopt-",
  bornWith: "region",
  doc: "What machines of a VPC learn from its DHCP server: who answers for names, the domain, time servers.",
  foreign,
  schema,
  fields: {
    domainName: settled,
    domainNameServers: listed,
    ntpServers: listed,
    netbiosNameServers: listed,
    netbiosNodeType: settled,
    ipv6AddressPreferredLeaseTime: settled,
  },
  stages: [{ name: "create" }],
  create: "tag-lookup",
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "ec2:dhcp-options" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeDhcpOptions", "ec2:DescribeVpcs"],
    write: ["ec2:CreateDhcpOptions", "ec2:DeleteDhcpOptions", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteDhcpOptions"],
    // AWS's own set is told by having no tags.
    bornFree: true,
    access: { "ec2:CreateDhcpOptions": { made: ["dhcp-options/*"] } },
  },
  check,
  authored,
  drawn: () => ({ as: "beside", glyph: "setting", sub: "DHCP options" }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ address: self, spec }: Subject<DhcpOptions>): readonly Problem[] {
  const problems: Problem[] = [];
  if (Object.values(spec).every((value) => value === undefined || (Array.isArray(value) && value.length === 0)))
    problems.push({
      code: "bad-value",
      summary: `${self} sets no option, and AWS makes no empty set.`,
      hint: "write `domainNameServers: [AmazonProvidedDNS]`, or refer to AWS's own set: `dhcpOptions: { default: true }` of a VPC",
    });
  const { ntpServers = [], domainNameServers = [] } = spec;
  for (const [family, some] of [
    ["IPv4", ntpServers.filter((one) => !one.includes(":"))],
    ["IPv6", ntpServers.filter((one) => one.includes(":"))],
  ] as const)
    if (some.length > 4)
      problems.push({
        code: "bad-value",
        path: "ntpServers",
        summary: `${some.length} time servers with ${family} are written; AWS takes four.`,
      });
  const misspelt = domainNameServers.findIndex((one) => one.toLowerCase() === "amazonprovideddns" && one !== "AmazonProvidedDNS");
  if (misspelt >= 0)
    problems.push({ code: "bad-value", path: `domainNameServers[${misspelt}]`, summary: "AWS writes it AmazonProvidedDNS." });
  return problems;
}
