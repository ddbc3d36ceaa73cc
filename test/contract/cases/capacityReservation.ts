import type { Case } from "../case.ts";

export const capacityReservation: Case = {
  kind: "capacityReservation",
  index: { placementGroups: { near: {}, far: {} } },
  bare: { instanceType: "m5.large", availabilityZone: "a", instanceCount: 1 },
  forms: [
    {
      full: {
        instanceType: "m5.large",
        instancePlatform: "Linux/UNIX",
        availabilityZone: "a",
        instanceCount: 2,
        tenancy: "default",
        ebsOptimized: true,
        endDate: "2037-03-01T00:00Z",
        instanceMatchCriteria: "targeted",
        placementGroup: "near",
      },
      changes: [
        ["instanceType", "m5.xlarge", "replace"],
        ["instancePlatform", "Windows", "replace"],
        ["availabilityZone", "b", "replace"],
        ["instanceCount", 3],
        ["tenancy", "dedicated", "replace"],
        ["ebsOptimized", false, "replace"],
        ["endDate", "never"],
        ["endDate", "2037-04-01T00:00:00Z"],
        ["instanceMatchCriteria", "open"],
        ["placementGroup", "far", "replace"],
      ],
    },
  ],
};
