import type { Case } from "../case.ts";

export const carrierGateway: Case = {
  kind: "carrierGateway",
  index: { vpcs: { one: { cidrBlock: "10.0.0.0/16" }, two: { cidrBlock: "10.1.0.0/16" } } },
  bare: { vpc: "one" },
  forms: [{ full: { vpc: "one" }, changes: [["vpc", "two", "replace"]] }],
};
