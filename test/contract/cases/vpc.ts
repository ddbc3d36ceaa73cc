import type { Case } from "../case.ts";

export const vpc: Case = {
  kind: "vpc",
  index: { dhcpOptions: { one: { domainName: "one.example.com" }, two: { domainName: "two.example.com" } } },
  bare: { cidrBlock: "10.0.0.0/16" },
  forms: [
    {
      full: {
        cidrBlock: "10.0.0.0/16",
        secondaryCidrBlocks: ["10.1.0.0/16"],
        ipv6: "amazon",
        enableDnsSupport: true,
        enableDnsHostnames: true,
        dhcpOptions: "one",
        instanceTenancy: "default",
      },
      changes: [
        ["cidrBlock", "10.2.0.0/16", "replace"],
        ["secondaryCidrBlocks", ["10.3.0.0/16"]],
        ["ipv6", "none"],
        ["enableDnsSupport", false, "update", { also: { enableDnsHostnames: false } }],
        ["enableDnsHostnames", false],
        ["dhcpOptions", "two"],
        ["dhcpOptions", { default: true }],
        ["instanceTenancy", "dedicated", "replace"],
      ],
    },
    {
      full: { cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipam-pool-0123456789abcdef0", netmaskLength: 56 } },
      changes: [
        ["ipv6", "none"],
        ["ipv6", "amazon", "refused"],
        ["ipv6.netmaskLength", 52, "refused"],
      ],
    },
    {
      full: { cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipv6pool-ec2-0123456789abcdef0", cidrBlock: "2001:db8:1::/56" } },
      changes: [
        ["ipv6", "none"],
        ["ipv6.pool", "ipv6pool-ec2-0a1b2c3d4e5f60718", "refused"],
        ["ipv6.cidrBlock", "2001:db8:2::/56", "refused"],
      ],
    },
  ],
};
