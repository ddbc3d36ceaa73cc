/** Subscriptions. People and web servers must confirm theirs, which nobody does here: until then nobody can end them, and in two days they are forgotten. */
import type { ListSubscriptionsByTopicInput, SubscribeInput, UnsubscribeInput } from "@aws-sdk/client-sns";
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
  email: /^[^@\s]+@[^@\s]+$/,
  "email-json": /^[^@\s]+@[^@\s]+$/,
  http: /^http:\/\//,
  https: /^https:\/\//,
  lambda: /^arn:[^:]+:lambda:/,
  sms: /^\+?[1-9]\d{1,14}$/,
  sqs: /^arn:[^:]+:sqs:/,
};

export const subscriptionOperations: Record<string, Handler> = {
  /** Twice is once. */
  Subscribe(input: SubscribeInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const { Protocol: protocol = "", Endpoint: endpoint = "" } = input;
    if (!shapes[protocol]?.test(endpoint))
      throw new AwsFault("InvalidParameter", `Invalid parameter: the endpoint ${endpoint} does not fit the protocol ${protocol}`);
    const known = [...subscriptions(call).values()].find(
      (one) => one.topic === topic.arn && one.protocol === protocol && one.endpoint === endpoint,
    );
    const made = known ?? {
      arn: `${topic.arn}:${call.id("sub").slice(4)}`,
      topic: topic.arn,
      protocol,
      endpoint,
      since: call.now,
      pending: mustConfirm.includes(protocol),
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

  ListSubscriptionsByTopic(input: ListSubscriptionsByTopicInput, call) {
    const topic = needTopic(call, input.TopicArn);
    const all = [...subscriptions(call).values()].filter((one) => one.topic === topic.arn);
    const { items, next } = page(call, all, input, { key: (one) => one.arn, max: 100, size: 100 });
    return { Subscriptions: items.map((one) => describe(call, one)), ...next };
  },
};

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
