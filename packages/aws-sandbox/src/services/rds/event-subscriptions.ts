/** Event subscriptions: the events of RDS that a topic gets. The sandbox does not model the events themselves. */
import type {
  AddSourceIdentifierToSubscriptionMessage,
  CreateEventSubscriptionMessage,
  DeleteEventSubscriptionMessage,
  DescribeEventCategoriesMessage,
  DescribeEventSubscriptionsMessage,
  EventSubscription,
  ModifyEventSubscriptionMessage,
  RemoveSourceIdentifierFromSubscriptionMessage,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { topics } from "../sns/state.ts";
import { invalidCombination, invalidValue, noSubscription, required } from "./faults.ts";
import { arn, identifier, nameOf } from "./names.ts";
import {
  clusters,
  clusterSnapshots,
  eventSubscriptions,
  instances,
  parameterGroups,
  proxies,
  quota,
  snapshots,
  type EventSubscriptionRecord,
} from "./state.ts";
import { newTags } from "./tags.ts";
import { timing } from "./timing.ts";

/** Event categories (RDS User Guide, "Amazon RDS event categories and event messages"). */
const categories: Readonly<Record<string, readonly string[]>> = {
  "db-instance": [
    "availability",
    "backup",
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
    "restoration",
    "security",
    "security patching",
  ],
  "db-cluster": [
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "global-failover",
    "maintenance",
    "migration",
    "notification",
    "serverless",
  ],
  "db-parameter-group": ["configuration change"],
  "db-security-group": ["configuration change", "failure"],
  "db-snapshot": ["creation", "deletion", "notification", "restoration"],
  "db-cluster-snapshot": ["backup", "notification"],
  "db-proxy": ["configuration change", "creation", "deletion", "failure"],
  "blue-green-deployment": ["creation", "deletion", "failure", "notification"],
  "custom-engine-version": ["creation", "failure", "restoring"],
  "zero-etl": ["creation", "deletion", "failure", "notification"],
};

const sizes = { min: 20, max: 100, size: 100, names: "rds" } as const;

export const eventSubscriptionOperations: Readonly<Record<string, Handler>> = {
  CreateEventSubscription(input: CreateEventSubscriptionMessage, call) {
    const name = identifier(input.SubscriptionName, "SubscriptionName", 254);
    if (eventSubscriptions.get(call, name)) throw new AwsFault("SubscriptionAlreadyExist", `Subscription ${name} already exists.`);
    if (eventSubscriptions.all(call).length >= quota(call, "eventSubscriptions"))
      throw new AwsFault("EventSubscriptionQuotaExceeded", "You have reached the maximum number of event subscriptions.");
    const type = checkType(input.SourceType);
    const sources = (input.SourceIds ?? []).map((id) => checkSource(call, type, id));
    const record: EventSubscriptionRecord = {
      name,
      createdAt: call.now,
      topic: checkTopic(call, input.SnsTopicArn),
      ...(type === undefined ? {} : { type }),
      sources,
      categories: checkCategories(type, input.EventCategories ?? []),
      enabled: input.Enabled ?? true,
      status: "creating",
      tags: newTags(input.Tags),
    };
    eventSubscriptions.set(call, name, record);
    call.later(timing.subscribed, "rds:subscriptionReady", { name, createdAt: record.createdAt });
    return { EventSubscription: describe(record, call) };
  },

  DescribeEventSubscriptions(input: DescribeEventSubscriptionsMessage, call) {
    if (input.SubscriptionName !== undefined) return { EventSubscriptionsList: [describe(need(call, input.SubscriptionName), call)] };
    const all = eventSubscriptions.all(call).filter(({ name }) => call.sees(eventSubscriptions.key(name), "id"));
    const { items, next } = page(call, all, input, { key: ({ name }) => eventSubscriptions.key(name), ...sizes });
    return { EventSubscriptionsList: items.map((one) => describe(one, call)), ...next };
  },

  DescribeEventCategories(input: DescribeEventCategoriesMessage) {
    const type = checkType(input.SourceType);
    const all = Object.entries(categories).filter(([name]) => type === undefined || type === name);
    return { EventCategoriesMapList: all.map(([SourceType, EventCategories]) => ({ SourceType, EventCategories })) };
  },

  ModifyEventSubscription(input: ModifyEventSubscriptionMessage, call) {
    const record = needActive(call, input.SubscriptionName);
    const type = input.SourceType === undefined ? record.type : checkType(input.SourceType);
    if (type !== record.type && record.sources.length > 0)
      throw invalidCombination(`The subscription ${record.name} has sources of ${record.type}: remove them before its type is changed.`);
    const asked = input.EventCategories?.length ? input.EventCategories : type === record.type ? record.categories : [];
    const checked = checkCategories(type, asked);
    const topic = input.SnsTopicArn === undefined ? record.topic : checkTopic(call, input.SnsTopicArn);
    Object.assign(record, {
      topic,
      categories: checked,
      enabled: input.Enabled ?? record.enabled,
      ...(type === undefined ? {} : { type }),
    });
    busy(call, record);
    return { EventSubscription: describe(record, call) };
  },

  AddSourceIdentifierToSubscription(input: AddSourceIdentifierToSubscriptionMessage, call) {
    const record = needActive(call, input.SubscriptionName);
    const source = checkSource(call, record.type, required(input.SourceIdentifier, "SourceIdentifier"));
    if (!record.sources.includes(source)) record.sources.push(source);
    busy(call, record);
    return { EventSubscription: describe(record, call) };
  },

  RemoveSourceIdentifierFromSubscription(input: RemoveSourceIdentifierFromSubscriptionMessage, call) {
    const record = needActive(call, input.SubscriptionName);
    const source = nameOf(required(input.SourceIdentifier, "SourceIdentifier"));
    if (!record.sources.includes(source)) throw new AwsFault("SourceNotFound", `Source ${source} not found`, 404);
    record.sources = record.sources.filter((one) => one !== source);
    busy(call, record);
    return { EventSubscription: describe(record, call) };
  },

  DeleteEventSubscription(input: DeleteEventSubscriptionMessage, call) {
    const record = need(call, input.SubscriptionName);
    if (record.status === "creating" || record.status === "modifying" || record.status === "deleting") throw stateFault(record);
    record.status = "deleting";
    call.later(timing.unsubscribed, "rds:subscriptionGone", { name: record.name, createdAt: record.createdAt });
    return { EventSubscription: describe(record, call) };
  },
};

export const eventSubscriptionTransitions = {
  subscriptionReady({ name, createdAt }: { name: string; createdAt: number }, call: Call) {
    const record = eventSubscriptions.get(call, name);
    if (record?.createdAt === createdAt && record.status !== "deleting") record.status = "active";
  },

  subscriptionGone({ name, createdAt }: { name: string; createdAt: number }, call: Call) {
    if (eventSubscriptions.get(call, name)?.createdAt === createdAt) eventSubscriptions.delete(call, name);
  },
};

function busy(call: Call, record: EventSubscriptionRecord): void {
  record.status = "modifying";
  call.later(timing.subscribed, "rds:subscriptionReady", { name: record.name, createdAt: record.createdAt });
}

function need(call: Call, name: string | undefined): EventSubscriptionRecord {
  const wanted = nameOf(required(name, "SubscriptionName"));
  const found = eventSubscriptions.get(call, wanted);
  if (!found || !call.sees(eventSubscriptions.key(wanted), "id")) throw noSubscription(wanted);
  return found;
}

function needActive(call: Call, name: string | undefined): EventSubscriptionRecord {
  const record = need(call, name);
  if (record.status !== "active") throw stateFault(record);
  return record;
}

function stateFault({ name, status }: EventSubscriptionRecord): AwsFault {
  return new AwsFault("InvalidEventSubscriptionState", `The event subscription ${name} is ${status}.`);
}

function checkType(type: string | undefined): string | undefined {
  if (type !== undefined && !Object.hasOwn(categories, type)) throw invalidValue(`Invalid source type: ${type}`);
  return type;
}

function checkCategories(type: string | undefined, asked: readonly string[]): string[] {
  if (asked.length > 0 && type === undefined) throw invalidCombination("EventCategories need a SourceType.");
  const bad = asked.find((one) => !categories[type!]!.includes(one));
  if (bad !== undefined) throw new AwsFault("SubscriptionCategoryNotFound", `The category ${bad} is not one of ${type}.`, 404);
  return [...new Set(asked)].sort();
}

function checkTopic(call: Call, topic: string | undefined): string {
  const given = required(topic, "SnsTopicArn");
  if (!/^arn:[^:]+:sns:/.test(given) || given.endsWith(".fifo")) throw new AwsFault("SNSInvalidTopic", `The topic ${given} is not valid.`);
  if (!topics(call).has(given) || !call.sees(given, "id"))
    throw new AwsFault("SNSTopicArnNotFound", `The topic ${given} does not exist.`, 404);
  return given;
}

function checkSource(call: Call, type: string | undefined, id: string): string {
  if (type === undefined) throw invalidCombination("SourceIds need a SourceType.");
  const name = nameOf(id);
  const tables = {
    "db-instance": instances,
    "db-cluster": clusters,
    "db-parameter-group": parameterGroups,
    "db-snapshot": snapshots,
    "db-cluster-snapshot": clusterSnapshots,
    "db-proxy": proxies,
  } as const;
  const table = tables[type as keyof typeof tables] as { get(call: Call, name: string): object | undefined } | undefined;
  if (!table?.get(call, name)) throw new AwsFault("SourceNotFound", `Source ${name} not found`, 404);
  return name;
}

/** Describes a subscription. Its status shows when the topic does not exist. */
function describe(record: EventSubscriptionRecord, call: Call): EventSubscription {
  const isThere = topics(call).has(record.topic);
  return {
    CustomerAwsId: call.account,
    CustSubscriptionId: record.name,
    SnsTopicArn: record.topic,
    Status: record.status === "active" && !isThere ? "topic-not-exist" : record.status,
    SubscriptionCreationTime: new Date(record.createdAt).toISOString(),
    ...(record.type === undefined ? {} : { SourceType: record.type }),
    SourceIdsList: [...record.sources],
    EventCategoriesList: [...record.categories],
    Enabled: record.enabled,
    EventSubscriptionArn: arn(call, "es", record.name),
  };
}
