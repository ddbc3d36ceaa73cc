import type { Case } from "../case.ts";

export const egressOnlyInternetGateway: Case = {
  kind: "egressOnlyInternetGateway",
  index: { vpcs: { one: { cidrBlock: "10.0.0.0/16", ipv6: "amazon" }, two: { cidrBlock: "10.1.0.0/16", ipv6: "amazon" } } },
  bare: { vpc: "one" },
  forms: [{ full: { vpc: "one" }, changes: [["vpc", "two", "replace"]] }],
};
