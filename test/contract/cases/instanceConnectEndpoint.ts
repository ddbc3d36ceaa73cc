import type { Case } from "../case.ts";

export const instanceConnectEndpoint: Case = {
  kind: "instanceConnectEndpoint",
  index: {
    vpcs: { net: { cidrBlock: "10.0.0.0/16", ipv6: "amazon" } },
    subnets: {
      a: { vpc: "net", cidrBlock: "10.0.1.0/24", availabilityZone: "a", ipv6CidrBlock: 1 },
      b: { vpc: "net", cidrBlock: "10.0.2.0/24", availabilityZone: "b", ipv6CidrBlock: 2 },
    },
    securityGroups: { one: { vpc: "net" }, two: { vpc: "net" } },
  },
  bare: { subnet: "a" },
  forms: [
    {
      full: { subnet: "a", securityGroups: ["one"], preserveClientIp: false, ipAddressType: "ipv4" },
      changes: [
        ["subnet", "b", "replace"],
        ["securityGroups", ["one", "two"]],
        ["preserveClientIp", true],
        ["ipAddressType", "dualstack"],
      ],
    },
  ],
};
