import type { Case } from "../case.ts";

export const hostedZone: Case = {
  kind: "hostedZone",
  index: { vpcs: { net: { cidrBlock: "10.0.0.0/16" }, other: { cidrBlock: "10.1.0.0/16" } } },
  bare: { name: "shop.example.com", disposable: true },
  forms: [
    {
      full: { name: "shop.example.com", private: ["net"], comment: "The shop, inside", disposable: true },
      changes: [
        ["name", "shop.example.org", "replace"],
        ["private", ["net", "other"]],
        ["private", ["other"]],
        ["private", undefined, "replace"],
        ["comment", "The shop"],
      ],
    },
  ],
};
