import type { Case } from "../case.ts";

export const cacheParameterGroup: Case = {
  kind: "cacheParameterGroup",
  index: {},
  bare: { family: "valkey8" },
  forms: [
    {
      full: { family: "valkey8", description: "Settings", parameters: { "maxmemory-policy": "allkeys-lru" } },
      changes: [
        ["family", "redis7", "refused"],
        ["description", "Other settings", "note"],
        ["parameters", { "maxmemory-policy": "noeviction" }],
        ["parameters", { "maxmemory-policy": "allkeys-lru", activedefrag: true }],
        ["parameters", {}],
      ],
    },
  ],
};
