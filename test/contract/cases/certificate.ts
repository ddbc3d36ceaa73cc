import type { Case } from "../case.ts";

export const certificate: Case = {
  kind: "certificate",
  index: { hostedZones: { shop: { name: "shop.example.com" }, within: { name: "www.shop.example.com" } } },
  bare: { domainName: "shop.example.com", validation: { zone: "shop" } },
  forms: [
    {
      full: {
        domainName: "www.shop.example.com",
        alternativeNames: ["*.www.shop.example.com"],
        validation: { zone: "shop" },
        keyAlgorithm: "EC_prime256v1",
      },
      changes: [
        ["domainName", "api.shop.example.com", "replace"],
        ["alternativeNames", ["a.www.shop.example.com", "b.www.shop.example.com"], "replace"],
        ["alternativeNames", undefined, "replace"],
        ["keyAlgorithm", "EC_secp384r1", "replace"],
        ["validation.zone", "within"],
      ],
    },
  ],
};
