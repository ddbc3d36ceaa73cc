import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["aws_placement_group", "pg"],
  fields: { partition_count: "partitionCount", spread_level: "spreadLevel" },
};
