import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["rds_subnet_group"],
  fields: { SubnetIds: "subnets", subnet_ids: "subnets" },
};
