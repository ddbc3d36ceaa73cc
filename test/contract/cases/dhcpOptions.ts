import type { Case } from "../case.ts";

export const dhcpOptions: Case = {
  kind: "dhcpOptions",
  index: {},
  bare: { domainName: "corp.example.com" },
  forms: [
    {
      full: {
        domainName: "corp.example.com",
        domainNameServers: ["10.0.0.2", "AmazonProvidedDNS"],
        ntpServers: ["169.254.169.123"],
        netbiosNameServers: ["10.0.0.3"],
        netbiosNodeType: 2,
        ipv6AddressPreferredLeaseTime: 600,
      },
      changes: [
        ["domainName", "lab.example.com", "replace"],
        ["domainNameServers", ["AmazonProvidedDNS", "10.0.0.2"], "replace"],
        ["ntpServers", [], "replace"],
        ["netbiosNameServers", ["10.0.0.4"], "replace"],
        ["netbiosNodeType", 8, "replace"],
        ["ipv6AddressPreferredLeaseTime", 700, "replace"],
      ],
    },
  ],
};
