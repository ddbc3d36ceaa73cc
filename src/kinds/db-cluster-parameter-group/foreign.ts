import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["rds_cluster_parameter_group"],
  fields: { parameter: "parameters", DBParameterGroupFamily: "family" },
};
