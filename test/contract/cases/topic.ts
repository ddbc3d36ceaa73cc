import type { Case } from "../case.ts";

const statement = { Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: "*" };
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

export const topic: Case = {
  kind: "topic",
  index: {},
  bare: {},
  forms: [
    {
      full: {
        displayName: "Operators",
        policy: policy(),
        kmsKey: "alias/aws/sns",
        subscriptions: [
          { protocol: "sqs", endpoint: "arn:aws:sqs:eu-west-1:123456789012:jobs" },
          { protocol: "https", endpoint: "https://example.com/a" },
        ],
        unlisted: "remove",
      },
      changes: [
        ["displayName", "On call"],
        ["policy", policy(statement)],
        ["kmsKey", "alias/other"],
        ["subscriptions", [{ protocol: "https", endpoint: "https://example.com/a" }]],
        [
          "subscriptions.0.protocol",
          "lambda",
          "update",
          { also: { "subscriptions.0.endpoint": "arn:aws:lambda:eu-west-1:123456789012:function:jobs" } },
        ],
        ["subscriptions.0.endpoint", "arn:aws:sqs:eu-west-1:123456789012:others"],
      ],
    },
  ],
};
