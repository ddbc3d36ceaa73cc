import type { Case } from "../case.ts";

export const topic: Case = {
  kind: "topic",
  world: {},
  bare: {},
  full: { displayName: "Operators", subscriptions: [{ protocol: "https", endpoint: "https://example.com/a" }] },
  changes: [
    { field: "displayName", to: "On call", action: "update" },
    {
      field: "subscriptions",
      to: [
        { protocol: "https", endpoint: "https://example.com/a" },
        { protocol: "https", endpoint: "https://example.com/b" },
      ],
      action: "update",
    },
  ],
  elsewhere: { policy: "test/kinds/topic.test.ts", kmsKey: "test/kinds/topic.test.ts" },
};
