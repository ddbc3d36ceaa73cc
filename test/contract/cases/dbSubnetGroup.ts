import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const dbSubnetGroup: Case = {
  kind: "dbSubnetGroup",
  world: network,
  bare: { subnets: ["a", "b"] },
  full: { subnets: ["a", "b"], description: "Where databases stand" },
  changes: [
    { field: "subnets", to: ["a", "c"], action: "update" },
    { field: "description", to: "Where they stand now", action: "update" },
  ],
};
