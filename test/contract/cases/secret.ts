import type { Case } from "../case.ts";

export const secret: Case = {
  kind: "secret",
  index: { kmsKeys: { data: {} } },
  bare: {},
  forms: [
    {
      full: {
        description: "The key of the API",
        generate: { length: 40, punctuation: true },
        kmsKey: "alias/mine",
        recoveryDays: 7,
      },
      changes: [
        ["description", "The key of the new API"],
        ["generate.length", 20, "nothing"],
        ["generate.punctuation", false, "nothing"],
        ["kmsKey", "alias/aws/secretsmanager"],
        ["kmsKey", "data"],
        ["recoveryDays", 10],
      ],
    },
  ],
};
