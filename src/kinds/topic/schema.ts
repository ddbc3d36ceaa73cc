/** The fields of a topic as authors write them. */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

/** A mapping, or the same as JSON text. */
const jsonDocument = (doc: string, example: object) =>
  Type.Unsafe<Readonly<Record<string, unknown>> | string>({
    description: `${doc} A mapping, or the same as JSON text.`,
    type: ["object", "string"],
    examples: [example],
  } as unknown as TSchema);

const subscription = object({
  protocol: oneOf(["email", "email-json", "https", "http", "lambda", "sms", "sqs", "firehose", "application"], "How it is told."),
  endpoint: string("Who is told: an e-mail address, a URL, an ARN, a telephone number.", { minLength: 1 }),
  filterPolicy: optional(
    jsonDocument("Which messages it is told; if omitted, all.", { store: ["example_corp"], price: [{ numeric: [">=", 100] }] }),
  ),
  filterPolicyScope: optional(
    oneOf(["MessageAttributes", "MessageBody"], "What the filter looks at; AWS takes the attributes of a message when unwritten."),
  ),
  rawMessageDelivery: optional(
    boolean("Queues, streams and web servers: whether they get the message alone, without what SNS wraps around it."),
  ),
  redrivePolicy: optional(
    object(
      { deadLetterTarget: string("The ARN of an SQS queue.", { pattern: "^arn:[^:]+:sqs:" }) },
      "Where messages go that could not be delivered.",
    ),
  ),
  subscriptionRole: optional(ref("iamRole", "Of a Firehose stream: the role with which SNS writes into it.", { named: true })),
});

const logging = object(
  {
    successRole: optional(ref("iamRole", "The role with which SNS logs what was delivered.", { named: true })),
    successSampleRate: optional(integer("Per cent of what was delivered that is logged.", { minimum: 0, maximum: 100 })),
    failureRole: optional(ref("iamRole", "The role with which SNS logs what was not delivered.", { named: true })),
  },
  "With which roles it is written, and how much of it.",
);

export const schema = object({
  displayName: optional(string("The sender's name in e-mails and text messages.", { maxLength: 100 })),
  fifo: optional(boolean("Whether it keeps the order of messages, for SQS queues only; its name ends with `.fifo`.")),
  contentBasedDeduplication: optional(boolean("Of a FIFO topic: whether messages with the same text within five minutes are one.")),
  fifoThroughputScope: optional(
    oneOf(["Topic", "MessageGroup"], "Of a FIFO topic: whether its limit of messages a second is for all of it or for each message group."),
  ),
  policy: optional(string("Who may publish and subscribe, as a JSON policy.", { minLength: 2 })),
  kmsKey: optional(keyRef("The KMS key with which messages are encrypted; `alias/aws/sns` is AWS's own.")),
  signatureVersion: optional(oneOf(["1", "2"], "How messages are signed: `1` with SHA1, `2` with SHA256. AWS takes 1 when unwritten.")),
  tracingConfig: optional(oneOf(["PassThrough", "Active"], "Whether SNS adds to X-Ray traces of standard topics.")),
  deliveryLogging: optional(
    object(
      {
        http: optional(logging),
        firehose: optional(logging),
        lambda: optional(logging),
        application: optional(logging),
        sqs: optional(logging),
      },
      "What of deliveries is written into CloudWatch Logs, by protocol.",
    ),
  ),
  subscriptions: optional(
    list(subscription, "Who is told. People and web servers must confirm before they are; until then the plan says so."),
  ),
});

export type Topic = Static<typeof schema>;
export type Subscription = Static<typeof subscription>;
export type Protocol = keyof NonNullable<Topic["deliveryLogging"]>;
export type Logging = Static<typeof logging>;
