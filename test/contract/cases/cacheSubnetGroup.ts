import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const cacheSubnetGroup: Case = {
  kind: "cacheSubnetGroup",
  index: network,
  bare: { subnets: ["a"] },
  forms: [
    {
      full: { subnets: ["a", "b"], description: "Where caches stand" },
      changes: [
        ["subnets", ["a", "c"]],
        ["description", "Where they stand now"],
      ],
    },
  ],
};
