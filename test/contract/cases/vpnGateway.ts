import type { Case } from "../case.ts";

export const vpnGateway: Case = {
  kind: "vpnGateway",
  index: { vpcs: { one: { cidrBlock: "10.1.0.0/16" }, two: { cidrBlock: "10.2.0.0/16" } } },
  bare: { vpc: "one" },
  forms: [
    {
      full: { vpc: "one", amazonSideAsn: 65_010 },
      changes: [
        ["vpc", "two"],
        ["amazonSideAsn", 65_020, "replace"],
      ],
    },
  ],
};
