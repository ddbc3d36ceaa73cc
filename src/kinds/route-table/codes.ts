import type { CodeDoc } from "../../diag/codes.ts";

export const routeTableCodes = {
  "two-main-tables": {
    title: "Two main route tables in one VPC",
    cause: "Subnets that no table names follow the main one, so there is one.",
    cure: "Leave `main: true` on one of them.",
  },
  "local-route": {
    title: "A route to the VPC itself",
    cause: "AWS keeps the route inside the VPC by itself, in every table.",
    cure: "Remove it.",
  },
  "bad-target": {
    title: "A target to which no such route can lead",
    cause: "AWS takes only certain targets, some for one family of addresses only.",
    cure: "Name another target.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof routeTableCodes, CodeDoc> {}
}
