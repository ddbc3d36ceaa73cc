import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const dbSubnetGroup: Case = {
  kind: "dbSubnetGroup",
  index: network,
  bare: { subnets: ["a", "b"] },
  forms: [
    {
      full: { subnets: ["a", "b"], description: "Where databases stand" },
      changes: [
        ["subnets", ["a", "c"]],
        ["description", "Where they stand now"],
      ],
    },
  ],
};
