import type { Case } from "../case.ts";

const statement = { Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: "*" };
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
const logging = { successRole: "log", successSampleRate: 10, failureRole: "log" };
const every = { http: logging, firehose: logging, lambda: logging, application: logging, sqs: logging };
const protocols = Object.keys(every);

export const topic: Case = {
  kind: "topic",
  index: { iamRoles: { log: { trust: "sns.amazonaws.com" }, other: { trust: "sns.amazonaws.com" } } },
  bare: {},
  forms: [
    {
      full: {
        displayName: "Operators",
        fifo: false,
        policy: policy(),
        kmsKey: "alias/aws/sns",
        signatureVersion: "2",
        tracingConfig: "Active",
        deliveryLogging: every,
        subscriptions: [
          { protocol: "sqs", endpoint: queue("jobs") },
          { protocol: "https", endpoint: "https://example.com/a" },
        ],
        unlisted: "remove",
      },
      changes: [
        ["displayName", "On call"],
        ["policy", policy(statement)],
        ["kmsKey", "alias/other"],
        ["signatureVersion", "1"],
        ["tracingConfig", "PassThrough"],
        ...protocols.flatMap((protocol): Case["forms"][number]["changes"] => [
          [`deliveryLogging.${protocol}.successRole`, "other"],
          [`deliveryLogging.${protocol}.successSampleRate`, 100],
          [`deliveryLogging.${protocol}.failureRole`, "other"],
        ]),
        ["subscriptions", [{ protocol: "https", endpoint: "https://example.com/a" }]],
        [
          "subscriptions.0.protocol",
          "lambda",
          "update",
          { also: { "subscriptions.0.endpoint": "arn:aws:lambda:eu-west-1:123456789012:function:jobs" } },
        ],
        ["subscriptions.0.endpoint", queue("others")],
        ["fifo", true, "replace", { also: { tracingConfig: undefined, subscriptions: [] } }],
      ],
    },
    {
      full: {
        subscriptions: [
          {
            protocol: "sqs",
            endpoint: queue("jobs"),
            filterPolicy: { kind: ["order"] },
            filterPolicyScope: "MessageAttributes",
            rawMessageDelivery: true,
            redrivePolicy: { deadLetterTarget: queue("dead") },
          },
          {
            protocol: "firehose",
            endpoint: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/all",
            subscriptionRole: "log",
          },
          { protocol: "https", endpoint: "https://example.com/a", filterPolicy: { kind: ["order"] } },
        ],
        unlisted: "remove",
      },
      changes: [
        ["subscriptions.0.filterPolicy", { kind: ["order", "refund"] }],
        ["subscriptions.0.filterPolicy", '{ "kind": ["order"] }', "nothing"],
        [
          "subscriptions.0.filterPolicyScope",
          "MessageBody",
          "update",
          { also: { "subscriptions.0.filterPolicy": { order: { kind: ["big"] } } } },
        ],
        ["subscriptions.0.rawMessageDelivery", false],
        ["subscriptions.0.redrivePolicy.deadLetterTarget", queue("graveyard")],
        ["subscriptions.1.subscriptionRole", "other"],
      ],
    },
    {
      full: {
        fifo: true,
        contentBasedDeduplication: true,
        fifoThroughputScope: "MessageGroup",
        subscriptions: [{ protocol: "sqs", endpoint: queue("jobs.fifo") }],
      },
      changes: [
        ["contentBasedDeduplication", false],
        ["fifoThroughputScope", "Topic"],
      ],
    },
  ],
};
