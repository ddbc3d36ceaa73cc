import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["elasticache_parameter_group", "elasticache_parameter_groups"],
  fields: { parameter: "parameters", ParameterNameValues: "parameters", Properties: "parameters" },
};
