import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["nat", "ngw"],
  fields: { allocation_id: "elasticIp", AllocationId: "elasticIp", eip: "elasticIp", connectivity_type: "connectivity" },
};
