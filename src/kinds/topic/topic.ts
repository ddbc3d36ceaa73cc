import { passRole, roleArns } from "../../resource/iam.ts";
import type { Authored, Kind } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { policyLines } from "../shared/policies/told.ts";
import { isDefaultPolicy } from "./policy.ts";
import { jsonText, settingFields } from "./attributes.ts";
import { check } from "./check.ts";
import { foreign } from "./foreign.ts";
import { keyOf, type Handle, type Observed } from "./live.ts";
import { schema, type Subscription, type Topic } from "./schema.ts";
import { opensByPolicy, opensWithMore } from "../shared/urgency.ts";

/** The end of a topic's ARN, which is its name. */
const topicEnd = "?*";

export const topic: Kind<Topic, Handle> = {
  name: "topic",
  section: "topics",
  doc: "An SNS topic with its subscriptions, to which alarms and Auto Scaling groups publish.",
  outputs: { arn: "The ARN." },
  foreign,
  schema,
  fields: {
    displayName: { change: "update" },
    fifo: {
      change: "replace",
      default: { value: false, class: "create-only" },
      because: "a topic cannot change between standard and FIFO",
    },
    contentBasedDeduplication: { change: "update" },
    fifoThroughputScope: { change: "update" },
    signatureVersion: { change: "update" },
    tracingConfig: { change: "update" },
    deliveryLogging: { change: "update", urgency: "safety" },
    policy: { change: "update", late: true, as: "json", lines: policyLines, made: { off: "" }, urgency: opensByPolicy },
    kmsKey: { change: "update", urgency: "safety" },
    // Only its owner can end an unconfirmed subscription. SNS forgets it after two days (SNS API, Unsubscribe).
    subscriptions: {
      change: "update",
      as: { key: keyOf, unlisted: "keep", foreign: (one: Observed) => one.pending === true },
      made: "entries",
      urgency: opensWithMore,
    },
  },
  stages: [{ name: "create" }, { name: "subscriptions", fields: ["subscriptions"] }],
  create: "name",
  usableAfter: "create",
  naming: { max: 256, forbidden: /[^A-Za-z0-9_-]/, ending: ({ fifo }) => (fifo === true ? ".fifo" : "") },
  replace: "create-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "sns", idOf: (arn) => arn },
  // The cost of a full listing: topics are listed as ARNs only, so the tags of each topic in the account are read. For our topics, the
  // declared fields are read too.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.account + 2 * n.ours,
  iam: {
    read: [
      "sns:GetSubscriptionAttributes",
      "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTagsForResource",
      "sns:ListTopics",
    ],
    write: [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ],
    remove: ["sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Unsubscribe"],
    onlyFor: {
      "sns:GetSubscriptionAttributes": ["subscriptions"],
      "sns:SetSubscriptionAttributes": ["subscriptions"],
      "sns:SetTopicAttributes": settingFields,
      "sns:Subscribe": ["subscriptions"],
      "sns:Unsubscribe": ["subscriptions"],
    },
    // SNS has no condition key that names the create in which tags are written.
    access: { "sns:CreateTopic": { made: [topicEnd] }, "sns:TagResource": { made: [topicEnd], ours: [topicEnd] } },
    implied: ({ spec }, index, place) => {
      const roles = rolesOf(spec).flatMap((role) => roleArns(role, index, place));
      return roles.length === 0 ? [] : [passRole(roles, "sns.amazonaws.com")];
    },
  },
  normalise: (spec) => (spec.subscriptions === undefined ? spec : { ...spec, subscriptions: spec.subscriptions.map(plainSubscription) }),
  check,
  authored: authoredTopic,
  goesWithUsers: true,
  drawn: () => ({ as: "beside", glyph: "bell", sub: "topic" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/sns.ts")),
};

/** Returns a topic without the policy that SNS gives a new topic, and with subscriptions as they were requested. */
function authoredTopic(spec: Partial<Topic>): Authored<Topic> {
  const subscriptions = (spec.subscriptions ?? []).map(
    (one) =>
      without(one, {
        pending: true,
        rawMessageDelivery: false,
        filterPolicyScope: "MessageAttributes",
      } as Partial<Observed>) as Subscription,
  );
  const plain = without(isDefaultPolicy(spec.policy) ? omit(spec, ["policy"]) : spec, { fifo: false, contentBasedDeduplication: false });
  return { spec: { ...plain, ...(subscriptions.length > 0 && { subscriptions }) } };
}

/** Returns a subscription with one form of its filter, so that filters with the same meaning are equal. */
function plainSubscription(one: Subscription): Subscription {
  return one.filterPolicy === undefined ? one : { ...one, filterPolicy: jsonText(one.filterPolicy) };
}

function rolesOf({ deliveryLogging = {}, subscriptions = [] }: Partial<Topic>): readonly unknown[] {
  const logging = Object.values(deliveryLogging).flatMap(({ successRole, failureRole }) => [successRole, failureRole]);
  return [...logging, ...subscriptions.map(({ subscriptionRole }) => subscriptionRole)].filter((role) => role !== undefined);
}
