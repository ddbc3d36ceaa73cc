import type { Case } from "../case.ts";

const network = (third: number, description?: string) => ({ cidr: `10.0.${third}.0/24`, ...(description ? { description } : {}) });

export const prefixList: Case = {
  kind: "prefixList",
  index: {},
  bare: {},
  forms: [
    {
      full: { addressFamily: "IPv4", entries: [network(1, "one"), network(2)], maxEntries: 10 },
      changes: [
        ["addressFamily", "IPv6", "replace", { also: { entries: [{ cidr: "2001:db8::/56", description: "six" }] } }],
        ["entries", [network(2), network(3)]],
        ["entries.0.cidr", "10.0.9.0/24"],
        ["entries.0.description", "another"],
        ["entries", Array.from({ length: 230 }, (_, i) => network(i)), "update", { also: { maxEntries: undefined } }],
        ["maxEntries", 20],
      ],
    },
  ],
};
