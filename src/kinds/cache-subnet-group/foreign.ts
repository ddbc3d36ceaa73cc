import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["elasticache_subnet_group", "elasticache_subnet_groups"],
  fields: { SubnetIds: "subnets", subnet_ids: "subnets" },
};
