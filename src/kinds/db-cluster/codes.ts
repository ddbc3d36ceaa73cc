import type { CodeDoc } from "../../diag/codes.ts";

export const dbClusterCodes = {
  "db-cluster-shape": {
    title: "Fields of another kind of cluster",
    cause:
      "Aurora keeps one storage and has the instances that are named; a Multi-AZ cluster (engine mysql or postgres) has three machines of one `instanceClass` with disks of their own. Each has fields that the other does not have.",
    cure: "Take the field out, or write what the hint says in its place.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof dbClusterCodes, CodeDoc> {}
}
