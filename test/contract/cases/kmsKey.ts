import type { Case } from "../case.ts";

const policy = (...more: readonly object[]) => ({
  Version: "2012-10-17",
  Statement: [
    { Sid: "Account", Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" },
    ...more,
  ],
});

const reader = {
  Sid: "Reader",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::123456789012:role/others" },
  Action: ["kms:Decrypt"],
  Resource: "*",
};

export const kmsKey: Case = {
  kind: "kmsKey",
  index: {},
  bare: {},
  forms: [
    {
      full: {
        alias: "shop-data",
        description: "What the shop keeps",
        policy: policy(),
        rotation: true,
        rotationPeriod: 180,
        enabled: true,
        spec: "SYMMETRIC_DEFAULT",
        usage: "ENCRYPT_DECRYPT",
        multiRegion: false,
        deletionWindow: 7,
      },
      changes: [
        ["alias", "alias/shop-records"],
        ["description", "What the shop kept"],
        ["policy", policy(reader)],
        ["rotation", false, "update", { also: { rotationPeriod: undefined } }],
        ["rotationPeriod", 365],
        ["enabled", false],
        ["spec", "RSA_2048", "refused", { also: { rotation: undefined, rotationPeriod: undefined } }],
        ["usage", "SIGN_VERIFY", "refused", { also: { spec: "RSA_2048", rotation: undefined, rotationPeriod: undefined } }],
        ["multiRegion", true, "refused"],
        ["deletionWindow", 10],
      ],
    },
  ],
};
