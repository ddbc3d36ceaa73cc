import type { Case } from "../case.ts";

export const customerGateway: Case = {
  kind: "customerGateway",
  index: {},
  bare: { ipAddress: "198.51.100.10" },
  forms: [
    {
      full: { ipAddress: "198.51.100.10", bgpAsn: 65_001, deviceName: "router" },
      changes: [
        ["ipAddress", "198.51.100.11", "replace"],
        ["bgpAsn", 4_200_000_000, "replace"],
        ["bgpAsn", undefined, "replace"],
        ["deviceName", "other", "replace"],
      ],
    },
  ],
};
