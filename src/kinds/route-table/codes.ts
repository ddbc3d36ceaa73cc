import type { CodeDoc } from "../../diag/codes.ts";

export const routeTableCodes = {
  "two-main-tables": {
    title: "Two main route tables in one VPC",
    cause: "A subnet that no route table names uses the main route table, so a VPC has only one.",
    cure: "Keep `main: true` in one of them.",
  },
  "local-route": {
    title: "A route to the VPC itself",
    cause: "AWS adds the route inside the VPC to every route table.",
    cure: "Remove it.",
  },
  "bad-target": {
    title: "A target that AWS refuses for this route",
    cause: "AWS accepts only certain targets, and some of them for one address family only.",
    cure: "Name another target.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof routeTableCodes, CodeDoc> {}
}
