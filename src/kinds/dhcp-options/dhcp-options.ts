import type { FieldRule, Kind, Problem, Subject } from "../kind.ts";
import { foreign } from "./foreign.ts";
import { authored } from "./options.ts";
import { type DhcpOptions, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const fixed = { change: "replace", because: "DHCP options cannot be changed; a new set replaces the old one" } as const;

const listed: FieldRule<string[]> = { ...fixed, default: { value: [], class: "enforced" } };

export const dhcpOptions: Kind<DhcpOptions, null> = {
  name: "dhcpOptions",
  section: "dhcpOptions",
  idPrefix: "dopt-",
  madeWith: "region",
  doc: "The options that the DHCP server of a VPC gives to instances: DNS servers, domain name, NTP servers.",
  foreign,
  schema,
  fields: {
    domainName: fixed,
    domainNameServers: { ...listed, urgency: "traffic" },
    ntpServers: listed,
    netbiosNameServers: listed,
    netbiosNodeType: fixed,
    ipv6AddressPreferredLeaseTime: fixed,
  },
  stages: [{ name: "create" }],
  create: "tag-lookup",
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("dhcp-options"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeDhcpOptions", "ec2:DescribeVpcs"],
    write: ["ec2:CreateDhcpOptions", "ec2:DeleteDhcpOptions", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteDhcpOptions"],
    // AWS's own set is recognised by its lack of tags.
    defaultIsFree: true,
    access: { "ec2:CreateDhcpOptions": { made: ["dhcp-options/*"] } },
  },
  check,
  authored,
  drawn: () => ({ as: "beside", glyph: "setting", sub: "DHCP options" }),
  withoutNetwork: "it sets names and clocks, and passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ address: self, spec }: Subject<DhcpOptions>): readonly Problem[] {
  const problems: Problem[] = [];
  if (Object.values(spec).every((value) => value === undefined || (Array.isArray(value) && value.length === 0)))
    problems.push({
      code: "bad-value",
      summary: `${self} sets no option, and AWS does not create an empty set.`,
      hint: "write `domainNameServers: [AmazonProvidedDNS]`, or use AWS's own set: `dhcpOptions: { default: true }` on the VPC",
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
        summary: `${some.length} time servers with ${family} addresses are listed, and AWS allows four.`,
      });
  const misspelt = domainNameServers.findIndex((one) => one.toLowerCase() === "amazonprovideddns" && one !== "AmazonProvidedDNS");
  if (misspelt >= 0)
    problems.push({ code: "bad-value", path: `domainNameServers[${misspelt}]`, summary: "The spelling must be AmazonProvidedDNS." });
  return problems;
}
