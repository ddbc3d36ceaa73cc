import type { Case } from "../case.ts";

export const parameter: Case = {
  kind: "parameter",
  index: {},
  bare: { value: "on" },
  forms: [
    {
      full: { value: "https://a.example.com", description: "Where the API is", allowedPattern: "https://.+", tier: "Standard" },
      changes: [
        ["value", "https://b.example.com"],
        ["value", ["https://a.example.com", "b"], "replace"],
        ["description", "Where the new API is"],
        ["allowedPattern", "https?://.+"],
        ["tier", "Advanced", "update", { back: "replace" }],
      ],
    },
  ],
};
