import type { Case } from "../case.ts";

export const subnet: Case = {
  kind: "subnet",
  index: { vpcs: { one: { cidrBlock: "10.0.0.0/16" }, two: { cidrBlock: "10.0.0.0/16" } } },
  bare: { vpc: "one", cidrBlock: "10.0.1.0/24", availabilityZone: "a" },
  forms: [
    {
      full: { vpc: "one", cidrBlock: "10.0.1.0/24", availabilityZone: "a", mapPublicIpOnLaunch: true },
      changes: [
        ["vpc", "two", "replace"],
        ["cidrBlock", "10.0.2.0/24", "replace"],
        ["availabilityZone", "b", "replace"],
        ["mapPublicIpOnLaunch", false],
      ],
    },
  ],
};
