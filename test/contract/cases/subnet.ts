import type { Case } from "../case.ts";

export const subnet: Case = {
  kind: "subnet",
  index: { vpcs: { one: { cidrBlock: "10.0.0.0/16", ipv6: "amazon" }, two: { cidrBlock: "10.0.0.0/16", ipv6: "amazon" } } },
  bare: { vpc: "one", cidrBlock: "10.0.1.0/24", availabilityZone: "a" },
  forms: [
    {
      full: {
        vpc: "one",
        cidrBlock: "10.0.1.0/24",
        availabilityZone: "a",
        mapPublicIpOnLaunch: true,
        ipv6CidrBlock: 1,
        assignIpv6AddressOnCreation: true,
        enableDns64: true,
        privateDnsHostnameTypeOnLaunch: "resource-name",
      },
      changes: [
        ["vpc", "two", "replace"],
        ["cidrBlock", "10.0.2.0/24", "replace"],
        ["availabilityZone", "b", "replace"],
        ["mapPublicIpOnLaunch", false],
        ["ipv6CidrBlock", 2],
        ["ipv6CidrBlock", "none", "update", { also: { assignIpv6AddressOnCreation: false } }],
        ["assignIpv6AddressOnCreation", false],
        ["enableDns64", undefined],
        ["privateDnsHostnameTypeOnLaunch", "ip-name"],
      ],
    },
    {
      full: {
        vpc: "one",
        ipv6Native: true,
        ipv6CidrBlock: 1,
        availabilityZone: "a",
        assignIpv6AddressOnCreation: true,
        enableDns64: true,
        privateDnsHostnameTypeOnLaunch: "resource-name",
      },
      changes: [
        ["vpc", "two", "replace"],
        ["availabilityZone", "b", "replace"],
        ["ipv6Native", undefined, "replace", { also: { cidrBlock: "10.0.2.0/24" } }],
        ["ipv6CidrBlock", 2, "replace"],
        ["enableDns64", false],
      ],
    },
  ],
};
