/** Fields of topics and subscriptions, and their attributes in SNS, which are all texts. */
import type { Logging, Protocol, Subscription, Topic } from "./schema.ts";

/** The fields that are one attribute each. */
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

/** All fields that are stored in the topic's own attributes. */
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

/** Returns the attributes of a create. SNS refuses `FifoTopic: false`. */
export function attributesOf(request: Topic): Texts {
  const texts: Texts = {};
  for (const field of attributeFields) {
    const value = request[field];
    if (value !== undefined && !(field === "fifo" && value === false)) texts[attributes[field]] = String(value);
  }
  return { ...texts, ...loggingAttributes(request.deliveryLogging) };
}

/** Returns the fields from a topic's attributes. A topic without a display name has an empty one. */
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

/** The order in which attributes are set: see `subscriptionChanges`. */
export const subscriptionAttributes = [
  "filterPolicyScope",
  "filterPolicy",
  "rawMessageDelivery",
  "redrivePolicy",
  "subscriptionRole",
] as const satisfies readonly (keyof Subscription)[];

/** Returns the attributes with which a subscription is created. */
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
 * Returns the changed attributes in an order in which each step is valid. A filter of message bodies may be nested, a filter of attributes
 * may not, so the wider scope is set before its filter and the narrower one after it.
 */
export function subscriptionChanges(before: Partial<Subscription>, after: Partial<Subscription>): [name: string, value: string][] {
  const had = subscriptionTexts(before);
  const differing = Object.entries(subscriptionTexts(after)).filter(([name, value]) => had[name] !== value);
  const isNarrower = after.filterPolicyScope === "MessageAttributes";
  return isNarrower ? [...differing.filter(([name]) => name !== scope), ...differing.filter(([name]) => name === scope)] : differing;
}

const scope = "FilterPolicyScope";

/** Returns the fields from a subscription's attributes. */
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

/**
 * Returns one text for all documents that mean the same: keys sorted, no white space. A text that is not JSON stays unchanged, and `check`
 * reports it.
 */
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
