import type { Case } from "../case.ts";
import { network } from "../network.ts";

/** A network with IPv6, so that interfaces can have IPv6 addresses. */
const dual = {
  ...network,
  vpcs: { net: { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, ipv6: "amazon" } },
  subnets: {
    a: { vpc: "net", cidrBlock: "10.0.1.0/24", availabilityZone: "a", ipv6CidrBlock: 1 },
    b: { vpc: "net", cidrBlock: "10.0.2.0/24", availabilityZone: "b" },
    c: { vpc: "net", cidrBlock: "10.0.3.0/24", availabilityZone: "c" },
  },
};

export const networkInterface: Case = {
  kind: "networkInterface",
  index: dual,
  bare: { subnet: "a" },
  forms: [
    {
      full: {
        subnet: "a",
        securityGroups: ["one"],
        privateIpAddresses: ["10.0.1.10"],
        secondaryPrivateIpAddressCount: 1,
        ipv6AddressCount: 1,
        sourceDestCheck: true,
        description: "one",
      },
      changes: [
        ["subnet", "b", "replace", { also: { privateIpAddresses: ["10.0.2.10"], ipv6AddressCount: 0 } }],
        ["securityGroups", ["two"]],
        ["privateIpAddresses", ["10.0.1.11"], "replace"],
        ["secondaryPrivateIpAddressCount", 3],
        ["ipv6AddressCount", 3],
        ["sourceDestCheck", false],
        ["description", "two"],
      ],
    },
    {
      full: { subnet: "a", privateIpAddresses: ["10.0.1.10", "10.0.1.11"] },
      changes: [["privateIpAddresses", ["10.0.1.10", "10.0.1.12", "10.0.1.13"]]],
    },
  ],
};
