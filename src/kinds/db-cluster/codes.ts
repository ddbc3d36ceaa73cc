import type { CodeDoc } from "../../diag/codes.ts";

export const dbClusterCodes = {
  "db-cluster-shape": {
    title: "Fields for another type of cluster",
    cause:
      "An Aurora cluster has one storage, and the instances that the file names. A Multi-AZ cluster (engine mysql or postgres) has three instances of one `instanceClass`, each with its own storage. Each has fields that the other does not have.",
    cure: "Remove the field, or write the field from the hint instead.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof dbClusterCodes, CodeDoc> {}
}
