/**
 * Subscriptions. Email and HTTP endpoints must confirm theirs, which nothing does here. Until then a subscription cannot be deleted, and
 * after two days it is forgotten.
 */
import type {
  GetSubscriptionAttributesInput,
  ListSubscriptionsByTopicInput,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  UnsubscribeInput,
} from "@aws-sdk/client-sns";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { subscriptions, topics, type SubscriptionRecord, type TopicRecord } from "./state.ts";

const pendingForgotten = 2 * 24 * 60 * 60 * 1000;
const mustConfirm = ["email", "email-json", "http", "https"];

export function needTopic(call: Call, arn: string | undefined): TopicRecord {
  const found = topics(call).get(arn ?? "");
  if (!found || !call.sees(found.arn, "id")) throw new AwsFault("NotFound", "Topic does not exist", 404);
  return found;
}

const shapes: Readonly<Record<string, RegExp>> = {
  application: /^arn:[^:]+:sns:[^:]*:\d*:endpoint\//,
  firehose: /^arn:[^:]+:firehose:/,
  email: /^[^@\s]+@[^@\s]+$/,
  "email-json": /^[^@\s]+@[^@\s]+$/,
  http: /^http:\/\//,
  https: /^https:\/\//,
  lambda: /^arn:[^:]+:lambda:/,
  sms: /^\+?[1-9]\d{1,14}$/,
  sqs: /^arn:[^:]+:sqs:/,
};

export const subscriptionOperations: Record<string, Handler> = {
  /** Subscribes an endpoint. Subscribing it again changes nothing. */
  Subscribe(input: SubscribeInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const { Protocol: protocol = "", Endpoint: endpoint = "" } = input;
    if (!shapes[protocol]?.test(endpoint))
      throw new AwsFault("InvalidParameter", `Invalid parameter: the endpoint ${endpoint} does not fit the protocol ${protocol}`);
    if (topic.attributes["FifoTopic"] === "true" && protocol !== "sqs")
      throw new AwsFault("InvalidParameter", "Invalid parameter: Invalid protocol type: FIFO topics take SQS queues only");
    for (const [name, value] of Object.entries(input.Attributes ?? {})) checkAttribute(protocol, name, value);
    checkFilter(input.Attributes ?? {});
    if (protocol === "firehose" && !input.Attributes?.["SubscriptionRoleArn"])
      throw new AwsFault("InvalidParameter", "Invalid parameter: Attributes Reason: SubscriptionRoleArn is required for firehose");
    const known = [...subscriptions(call).values()].find(
      (one) => one.topic === topic.arn && one.protocol === protocol && one.endpoint === endpoint,
    );
    if (known && Object.entries(input.Attributes ?? {}).some(([name, value]) => known.attributes?.[name] !== value))
      throw new AwsFault("InvalidParameter", "Invalid parameter: Attributes Reason: Subscription already exists with different attributes");
    const made = known ?? {
      arn: `${topic.arn}:${call.id("sub").slice(4)}`,
      topic: topic.arn,
      protocol,
      endpoint,
      since: call.now,
      pending: mustConfirm.includes(protocol),
      attributes: { ...input.Attributes },
    };
    if (!known) subscriptions(call).set(made.arn, made);
    if (made.pending) call.later(pendingForgotten, "sns:expires", { arn: made.arn });
    return { SubscriptionArn: made.pending && !input.ReturnSubscriptionArn ? "pending confirmation" : made.arn };
  },

  Unsubscribe(input: UnsubscribeInput, call) {
    const found = subscriptions(call).get(input.SubscriptionArn ?? "");
    if (!input.SubscriptionArn?.startsWith("arn:"))
      throw new AwsFault("InvalidParameter", `Invalid parameter: SubscriptionArn ${input.SubscriptionArn}`);
    if (found?.pending)
      throw new AwsFault("InvalidParameter", "Invalid parameter: This subscription must be confirmed before it can be deleted");
    if (found) subscriptions(call).delete(found.arn);
    return {};
  },

  GetSubscriptionAttributes(input: GetSubscriptionAttributesInput, call) {
    const one = needSubscription(call, input.SubscriptionArn);
    const { FilterPolicyScope, ...rest } = one.attributes ?? {};
    return {
      Attributes: {
        RawMessageDelivery: "false",
        ...rest,
        ...(rest["FilterPolicy"] && { FilterPolicyScope: FilterPolicyScope ?? "MessageAttributes" }),
        SubscriptionArn: one.arn,
        TopicArn: one.topic,
        Owner: call.account,
        Protocol: one.protocol,
        Endpoint: one.endpoint,
        PendingConfirmation: String(one.pending),
        ConfirmationWasAuthenticated: "true",
      },
    };
  },

  SetSubscriptionAttributes(input: SetSubscriptionAttributesInput, call) {
    const one = needSubscription(call, input.SubscriptionArn);
    if (one.pending) throw new AwsFault("InvalidParameter", "Invalid parameter: This subscription is not confirmed");
    const { AttributeName: name = "", AttributeValue: value = "" } = input;
    checkAttribute(one.protocol, name, value);
    const { [name]: _, ...rest } = one.attributes ?? {};
    const now = value === "" ? rest : { ...rest, [name]: value };
    checkFilter(now);
    one.attributes = now;
    return {};
  },

  ListSubscriptionsByTopic(input: ListSubscriptionsByTopicInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const all = [...subscriptions(call).values()].filter((one) => one.topic === topic.arn);
    const { items, next } = page(call, all, input, { key: (one) => one.arn, max: 100, size: 100 });
    return { Subscriptions: items.map((one) => describe(call, one)), ...next };
  },
};

function needSubscription(call: Call, arn: string | undefined): SubscriptionRecord {
  const found = subscriptions(call).get(arn ?? "");
  if (!found) throw new AwsFault("NotFound", "Subscription does not exist", 404);
  return found;
}

/** Checks an attribute, and whether it fits the protocol (SNS API, Subscribe). */
function checkAttribute(protocol: string, name: string, value: string): void {
  const wrong = (reason: string) => new AwsFault("InvalidParameter", `Invalid parameter: ${reason}`);
  const known = ["DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy", "SubscriptionRoleArn"];
  if (!known.includes(name)) throw wrong("AttributeName");
  if (name === "RawMessageDelivery" && !/^(true|false)$/.test(value)) throw wrong("Attributes Reason: RawMessageDelivery");
  if (name === "RawMessageDelivery" && value === "true" && !["sqs", "http", "https", "firehose"].includes(protocol))
    throw wrong(`Attributes Reason: Delivery protocol [${protocol}] does not support raw message delivery.`);
  if (name === "FilterPolicyScope" && !/^(MessageAttributes|MessageBody)$/.test(value)) throw wrong("Attributes Reason: FilterPolicyScope");
  if (name === "RedrivePolicy" && value !== "") {
    const { deadLetterTargetArn } = parsed(value, wrong("RedrivePolicy: failed to parse JSON."));
    if (!/^arn:[^:]+:sqs:/.test(String(deadLetterTargetArn))) throw wrong("RedrivePolicy: deadLetterTargetArn is not an SQS queue");
  }
}

/**
 * Checks a filter policy: at most five keys, and nested keys only in filters of message bodies (SNS
 * Developer Guide, "Filter policy constraints").
 */
function checkFilter(given: Readonly<Record<string, string>>): void {
  if (!given["FilterPolicy"]) return;
  const wrong = (reason: string) => new AwsFault("InvalidParameter", `Invalid parameter: FilterPolicy: ${reason}`);
  const policy = parsed(given["FilterPolicy"], wrong("failed to parse JSON."));
  if (Object.keys(policy).length > 5) throw wrong("Filter policy can not have more than 5 keys");
  const isNested = Object.values(policy).some((value) => typeof value === "object" && !Array.isArray(value));
  if (isNested && given["FilterPolicyScope"] !== "MessageBody")
    throw wrong("Filter policy scope MessageAttributes does not support nested filter policy");
}

function parsed(text: string, fault: AwsFault): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw fault;
  }
}

function describe(call: Call, one: SubscriptionRecord) {
  return {
    SubscriptionArn: one.pending ? "PendingConfirmation" : one.arn,
    Owner: call.account,
    Protocol: one.protocol,
    Endpoint: one.endpoint,
    TopicArn: one.topic,
  };
}

function expire({ arn }: { readonly arn: string }, call: Call): void {
  if (subscriptions(call).get(arn)?.pending) subscriptions(call).delete(arn);
}

export const subscriptionTransitions = { expires: expire };
