/** SNS in the sandbox: topics with their subscriptions and tags. No message is ever sent. */
import type {
  CreateTopicInput,
  DeleteTopicInput,
  GetTopicAttributesInput,
  ListTagsForResourceRequest,
  ListTopicsInput,
  SetTopicAttributesInput,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-sns";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { subscriptions, topics, type TopicRecord } from "./state.ts";
import { needTopic, subscriptionOperations, subscriptionTransitions } from "./subscriptions.ts";

/** Attributes about the delivery status, one set for each protocol that reports it (SNS API, SetTopicAttributes). */
const feedback = ["Application", "Firehose", "HTTP", "Lambda", "SQS"].flatMap((protocol) =>
  ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"].map((name) => protocol + name),
);
const settable = [
  "ContentBasedDeduplication",
  "DeliveryPolicy",
  "DisplayName",
  "FifoThroughputScope",
  "FifoTopic",
  "KmsMasterKeyId",
  "Policy",
  "SignatureVersion",
  "TracingConfig",
  ...feedback,
];

const operations: Record<string, Handler> = {
  ...subscriptionOperations,

  /** Creates a topic. For an existing name it returns that topic, unless the request differs from it. */
  CreateTopic(input: CreateTopicInput, call) {
    refuseUnknown(call, input, ["Attributes", "Name", "Tags"]);
    const name = input.Name ?? "";
    if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(name)) throw invalid(`Topic Name ${name}`);
    checkAttributes(input.Attributes ?? {});
    checkFifo(name, input.Attributes ?? {});
    const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? ""]));
    const TopicArn = `arn:${call.partition}:sns:${call.region}:${call.account}:${name}`;
    const known = topics(call).get(TopicArn);
    if (known) {
      if (Object.entries(input.Attributes ?? {}).some(([key, value]) => known.attributes[key] !== value))
        throw invalid("Attributes Reason: Topic already exists with different attributes");
      if (input.Tags && JSON.stringify(sorted(tags)) !== JSON.stringify(sorted(known.tags)))
        throw invalid("Tags Reason: Topic already exists with different tags");
      return { TopicArn };
    }
    topics(call).set(TopicArn, { arn: TopicArn, name, attributes: { ...input.Attributes, ...fifoDefaults(input.Attributes ?? {}) }, tags });
    return { TopicArn };
  },

  DeleteTopic(input: DeleteTopicInput, call) {
    topics(call).delete(input.TopicArn!);
    for (const one of subscriptions(call).values()) if (one.topic === input.TopicArn) subscriptions(call).delete(one.arn);
    return {};
  },

  ListTopics(input: ListTopicsInput, call) {
    const all = [...topics(call).values()].filter((one) => call.sees(one.arn, "id"));
    const { items, next } = page(call, all, input, { key: (one) => one.arn, max: 100, size: 100 });
    return { Topics: items.map((one) => ({ TopicArn: one.arn })), ...next };
  },

  GetTopicAttributes(input: GetTopicAttributesInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const mine = [...subscriptions(call).values()].filter((one) => one.topic === topic.arn);
    return {
      Attributes: {
        DisplayName: "",
        Policy: defaultPolicy(call, topic),
        ...topic.attributes,
        TopicArn: topic.arn,
        Owner: call.account,
        SubscriptionsConfirmed: String(mine.filter((one) => !one.pending).length),
        SubscriptionsPending: String(mine.filter((one) => one.pending).length),
        SubscriptionsDeleted: "0",
      },
    };
  },

  SetTopicAttributes(input: SetTopicAttributesInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const name = input.AttributeName ?? "";
    checkAttributes({ [name]: input.AttributeValue ?? "" });
    if (name === "FifoTopic") throw invalid("AttributeName");
    if (ofFifo.includes(name) && topic.attributes["FifoTopic"] !== "true") throw invalid(`Attributes Reason: ${name} is for FIFO topics`);
    if (name === "TracingConfig" && topic.attributes["FifoTopic"] === "true")
      throw invalid("Attributes Reason: FIFO topics are not traced");
    if (input.AttributeValue) topic.attributes[name] = input.AttributeValue;
    else delete topic.attributes[name];
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceRequest, call) {
    return { Tags: Object.entries(needTagged(call, input.ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })) };
  },

  TagResource(input: TagResourceRequest, call) {
    const topic = needTagged(call, input.ResourceArn);
    for (const { Key, Value } of input.Tags ?? []) topic.tags[Key!] = Value ?? "";
    call.tagged(topic.arn);
    return {};
  },

  UntagResource(input: UntagResourceRequest, call) {
    const topic = needTagged(call, input.ResourceArn);
    for (const key of input.TagKeys ?? []) delete topic.tags[key];
    call.tagged(topic.arn);
    return {};
  },
};

function needTagged(call: Call, arn: string | undefined): TopicRecord {
  const found = topics(call).get(arn ?? "");
  if (!found || !call.sees(found.arn, "id")) throw new AwsFault("ResourceNotFound", "Resource does not exist", 404);
  return found;
}

/**
 * The actions that a topic's policy may allow (SNS Developer Guide, "Amazon SNS API permissions"), and
 * Receive, which old default policies have.
 */
const policyActions = [
  "AddPermission",
  "DeleteTopic",
  "GetDataProtectionPolicy",
  "GetTopicAttributes",
  "ListSubscriptionsByTopic",
  "ListTagsForResource",
  "Publish",
  "PutDataProtectionPolicy",
  "Receive",
  "RemovePermission",
  "SetTopicAttributes",
  "Subscribe",
  "TagResource",
  "UntagResource",
].map((action) => `sns:${action}`.toLowerCase());

function checkPolicy(text: string): void {
  let policy: { readonly Statement?: unknown } | undefined;
  try {
    policy = JSON.parse(text) as { readonly Statement?: unknown };
  } catch {
    throw invalid("Policy statement is not valid JSON");
  }
  for (const statement of [policy?.Statement ?? []].flat() as { readonly Action?: unknown; readonly NotAction?: unknown }[])
    for (const action of [statement.Action ?? [], statement.NotAction ?? []].flat().map((one) => String(one).toLowerCase()))
      if (
        !policyActions.some(
          (known) => (action.endsWith("*") ? known.startsWith(action.slice(0, -1)) : known === action) && action.startsWith("sns:"),
        )
      )
        throw invalid("Policy statement action out of service scope!");
}

/** The allowed values of attributes (SNS API, SetTopicAttributes). An empty value removes an attribute. */
const bounds: Readonly<Record<string, RegExp>> = {
  ContentBasedDeduplication: /^(true|false)$/,
  DisplayName: /^.{0,100}$/s,
  FifoThroughputScope: /^(Topic|MessageGroup)$/,
  FifoTopic: /^true$/,
  SignatureVersion: /^[12]?$/,
  TracingConfig: /^(Active|PassThrough)?$/,
};

function checkAttributes(given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!settable.includes(name)) throw invalid(`AttributeName ${name}`);
    if (!(bounds[name]?.test(value) ?? true)) throw invalid(`${name} Reason: '${value}' is not a valid value`);
    if (name !== "Policy" || value === "") continue;
    checkPolicy(value);
  }
}

const ofFifo = ["ContentBasedDeduplication", "FifoThroughputScope"];

/** Checks the type of a topic: the name of a FIFO topic, and of no other, ends with `.fifo` (SNS API, CreateTopic). */
function checkFifo(name: string, given: Readonly<Record<string, string>>): void {
  const isFifo = given["FifoTopic"] === "true";
  if (isFifo && !name.endsWith(".fifo")) throw invalid("Topic Name: FIFO topics must end with .fifo");
  if (!isFifo && name.endsWith(".fifo")) throw invalid("Topic Name");
  for (const attribute of isFifo ? ["TracingConfig"] : ofFifo)
    if (given[attribute] !== undefined) throw invalid(`Attributes Reason: ${attribute} does not go with this type of topic`);
}

function fifoDefaults(given: Readonly<Record<string, string>>): Record<string, string> {
  if (given["FifoTopic"] !== "true") return {};
  return { ContentBasedDeduplication: given["ContentBasedDeduplication"] ?? "false" };
}

function defaultPolicy(call: Call, topic: TopicRecord): string {
  const owner = { StringEquals: { "AWS:SourceOwner": call.account } };
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:Publish", "SNS:Subscribe"],
        Resource: topic.arn,
        Condition: owner,
      },
    ],
  });
}

function sorted(tags: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
}

function invalid(what: string): AwsFault {
  return new AwsFault("InvalidParameter", `Invalid parameter: ${what}`);
}

export const model: ServiceModel = { operations, transitions: subscriptionTransitions };
