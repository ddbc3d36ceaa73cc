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
  protocol: oneOf(["email", "email-json", "https", "http", "lambda", "sms", "sqs", "firehose", "application"], "The delivery protocol."),
  endpoint: string("The endpoint that gets the messages: an e-mail address, a URL, an ARN, a telephone number.", { minLength: 1 }),
  filterPolicy: optional(
    jsonDocument("The filter policy, which selects messages. If omitted: all are delivered.", {
      store: ["example_corp"],
      price: [{ numeric: [">=", 100] }],
    }),
  ),
  filterPolicyScope: optional(
    oneOf(
      ["MessageAttributes", "MessageBody"],
      "The part of a message that the filter policy applies to. If omitted: the message attributes.",
    ),
  ),
  rawMessageDelivery: optional(
    boolean("Whether queues, streams and web servers get the message alone, without the JSON that SNS wraps around it."),
  ),
  redrivePolicy: optional(
    object(
      { deadLetterTarget: string("The ARN of an SQS queue.", { pattern: "^arn:[^:]+:sqs:" }) },
      "The dead-letter queue for messages that could not be delivered.",
    ),
  ),
  subscriptionRole: optional(ref("iamRole", "The role with which SNS writes into a Firehose stream.", { named: true })),
});

const logging = object(
  {
    successRole: optional(ref("iamRole", "The role with which SNS logs successful deliveries.", { named: true })),
    successSampleRate: optional(integer("The percentage of successful deliveries to log.", { minimum: 0, maximum: 100 })),
    failureRole: optional(ref("iamRole", "The role with which SNS logs failed deliveries.", { named: true })),
  },
  "The roles for the log, and the share of deliveries to log.",
);

export const schema = object({
  displayName: optional(string("The display name: the sender in e-mails and text messages.", { maxLength: 100 })),
  fifo: optional(
    boolean("Whether it is a FIFO topic, which keeps the order of messages, only for SQS queues; its name ends with `.fifo`."),
  ),
  contentBasedDeduplication: optional(boolean("Whether messages with the same text within five minutes count as one; FIFO topics only.")),
  fifoThroughputScope: optional(
    oneOf(
      ["Topic", "MessageGroup"],
      "Whether the limit of messages per second applies to the whole topic or to each message group; FIFO topics only.",
    ),
  ),
  policy: optional(string("The topic policy: who may publish and subscribe, as a JSON policy.", { minLength: 2 })),
  kmsKey: optional(keyRef("The KMS key that encrypts messages; `alias/aws/sns` is the AWS managed key.")),
  signatureVersion: optional(oneOf(["1", "2"], "The signature version of messages: `1` with SHA1, `2` with SHA256. AWS's default: 1.")),
  tracingConfig: optional(oneOf(["PassThrough", "Active"], "Whether SNS adds segments to X-Ray traces; standard topics only.")),
  deliveryLogging: optional(
    object(
      {
        http: optional(logging),
        firehose: optional(logging),
        lambda: optional(logging),
        application: optional(logging),
        sqs: optional(logging),
      },
      "The delivery status logs in CloudWatch Logs, by protocol.",
    ),
  ),
  subscriptions: optional(
    list(
      subscription,
      "The subscriptions of the topic. People and web servers must confirm theirs before they get messages; until then the plan says so.",
    ),
  ),
});

export type Topic = Static<typeof schema>;
export type Subscription = Static<typeof subscription>;
export type Protocol = keyof NonNullable<Topic["deliveryLogging"]>;
export type Logging = Static<typeof logging>;
