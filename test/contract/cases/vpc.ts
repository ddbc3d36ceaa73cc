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
  ],
};
