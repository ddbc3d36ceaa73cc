/** Fields of topics and of subscriptions, and the attributes that SNS has for them: texts, all of them. */
import type { Logging, Protocol, Subscription, Topic } from "./schema.ts";

/** Those that are one attribute each. */
export const attributes = {
  displayName: "DisplayName",
  fifo: "FifoTopic",
  contentBasedDeduplication: "ContentBasedDeduplication",
  fifoThroughputScope: "FifoThroughputScope",
  policy: "Policy",
  kmsKey: "KmsMasterKeyId",
  signatureVersion: "SignatureVersion",
  tracingConfig: "TracingConfig",
} as const;

export type Attribute = keyof typeof attributes;
export const attributeFields = Object.keys(attributes) as Attribute[];

/** All fields that stand in the topic's own attributes. */
export const settingFields: readonly (keyof Topic)[] = [...attributeFields, "deliveryLogging"];

const protocols: Readonly<Record<Protocol, string>> = {
  http: "HTTP",
  firehose: "Firehose",
  lambda: "Lambda",
  application: "Application",
  sqs: "SQS",
};

const logged: Readonly<Record<keyof Logging, string>> = {
  successRole: "SuccessFeedbackRoleArn",
  successSampleRate: "SuccessFeedbackSampleRate",
  failureRole: "FailureFeedbackRoleArn",
};

type Texts = Record<string, string>;

export function loggingAttributes(logging: Topic["deliveryLogging"]): Texts {
  const texts: Texts = {};
  for (const [protocol, fields] of Object.entries(logging ?? {}) as [Protocol, Logging][])
    for (const [field, value] of Object.entries(fields) as [keyof Logging, string | number][])
      texts[`${protocols[protocol]}${logged[field]}`] = String(value);
  return texts;
}

/** What a topic is made with. SNS refuses `FifoTopic: false`. */
export function attributesOf(request: Topic): Texts {
  const texts: Texts = {};
  for (const field of attributeFields) {
    const value = request[field];
    if (value !== undefined && !(field === "fifo" && value === false)) texts[attributes[field]] = String(value);
  }
  return { ...texts, ...loggingAttributes(request.deliveryLogging) };
}

/** A topic without a display name has none, and says so. */
export function settingsIn(read: Readonly<Record<string, string>>): Partial<Topic> {
  const deliveryLogging: Record<string, Record<string, unknown>> = {};
  for (const [protocol, prefix] of Object.entries(protocols))
    for (const [field, name] of Object.entries(logged)) {
      const value = read[`${prefix}${name}`];
      if (value !== undefined && value !== "")
        (deliveryLogging[protocol] ??= {})[field] = field === "successSampleRate" ? Number(value) : value;
    }
  return {
    displayName: read["DisplayName"] ?? "",
    fifo: read["FifoTopic"] === "true",
    policy: read["Policy"],
    kmsKey: read["KmsMasterKeyId"],
    ...(read["FifoTopic"] === "true" && { contentBasedDeduplication: read["ContentBasedDeduplication"] === "true" }),
    ...(read["FifoThroughputScope"] && { fifoThroughputScope: read["FifoThroughputScope"] as NonNullable<Topic["fifoThroughputScope"]> }),
    ...(read["SignatureVersion"] && { signatureVersion: read["SignatureVersion"] as NonNullable<Topic["signatureVersion"]> }),
    ...(read["TracingConfig"] && { tracingConfig: read["TracingConfig"] as NonNullable<Topic["tracingConfig"]> }),
    ...(Object.keys(deliveryLogging).length > 0 && { deliveryLogging: deliveryLogging as NonNullable<Topic["deliveryLogging"]> }),
  };
}

/** In the order in which they are set: see `subscriptionChanges`. */
export const subscriptionAttributes = [
  "filterPolicyScope",
  "filterPolicy",
  "rawMessageDelivery",
  "redrivePolicy",
  "subscriptionRole",
] as const satisfies readonly (keyof Subscription)[];

/** What a subscription is made with. */
export function subscriptionTexts(one: Partial<Subscription>): Texts {
  const { filterPolicyScope, filterPolicy, rawMessageDelivery, redrivePolicy, subscriptionRole } = one;
  return {
    ...(filterPolicyScope === undefined ? {} : { FilterPolicyScope: filterPolicyScope }),
    ...(filterPolicy === undefined ? {} : { FilterPolicy: jsonText(filterPolicy) }),
    ...(rawMessageDelivery === undefined ? {} : { RawMessageDelivery: String(rawMessageDelivery) }),
    ...(redrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: redrivePolicy.deadLetterTarget }) }),
    ...(subscriptionRole === undefined ? {} : { SubscriptionRoleArn: subscriptionRole }),
  };
}

/**
 * What differs, in an order in which each step is valid: a filter of bodies may be nested, one of attributes may not, so the wider
 * scope comes before its filter and the narrower one after it.
 */
export function subscriptionChanges(before: Partial<Subscription>, after: Partial<Subscription>): [name: string, value: string][] {
  const had = subscriptionTexts(before);
  const differing = Object.entries(subscriptionTexts(after)).filter(([name, value]) => had[name] !== value);
  const isNarrower = after.filterPolicyScope === "MessageAttributes";
  return isNarrower ? [...differing.filter(([name]) => name !== scope), ...differing.filter(([name]) => name === scope)] : differing;
}

const scope = "FilterPolicyScope";

/** The fields that SNS tells of a subscription's attributes. */
export function subscriptionFields(read: Readonly<Record<string, string>>): Partial<Subscription> {
  const redrive = read["RedrivePolicy"]
    ? (JSON.parse(read["RedrivePolicy"]) as { deadLetterTargetArn?: string }).deadLetterTargetArn
    : undefined;
  return {
    ...(read["FilterPolicy"] && { filterPolicy: jsonText(read["FilterPolicy"]) }),
    ...(read["FilterPolicyScope"] && { filterPolicyScope: read["FilterPolicyScope"] as NonNullable<Subscription["filterPolicyScope"]> }),
    rawMessageDelivery: read["RawMessageDelivery"] === "true",
    ...(redrive && { redrivePolicy: { deadLetterTarget: redrive } }),
    ...(read["SubscriptionRoleArn"] && { subscriptionRole: read["SubscriptionRoleArn"] }),
  };
}

/** One text for documents that mean the same: keys sorted, no white space. What is no JSON stays, and `check` says so. */
export function jsonText(document: unknown): string {
  let value = document;
  if (typeof document === "string")
    try {
      value = JSON.parse(document);
    } catch {
      return document;
    }
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
