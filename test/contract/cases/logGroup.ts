import type { Case } from "../case.ts";

const key = (id: string) => `arn:aws:kms:eu-west-1:123456789012:key/${id}`;

export const logGroup: Case = {
  kind: "logGroup",
  index: { kmsKeys: { data: {} } },
  bare: {},
  forms: [
    {
      full: { retention: 30, kmsKey: key("11111111-1111-1111-1111-111111111111"), class: "STANDARD" },
      changes: [
        ["retention", 365],
        ["retention", "never"],
        ["kmsKey", key("1234abcd-12ab-34cd-56ef-1234567890ab")],
        ["kmsKey", "data"],
        ["class", "INFREQUENT_ACCESS", "refused"],
      ],
    },
  ],
};
