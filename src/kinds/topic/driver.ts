/** Reads and changes topics and subscriptions in SNS. */
import type { Subscription as AwsSubscription } from "@aws-sdk/client-sns";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { hasOtherMarks, markOf, marksIn } from "../../resource/made-marks.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Change, CreateIdentity, Driver, Live, Scope, Tags } from "../kind.ts";
import { defaultPolicy } from "./policy.ts";
import {
  attributeFields,
  attributes,
  attributesOf,
  loggingAttributes,
  settingFields,
  settingsIn,
  subscriptionAttributes,
  subscriptionChanges,
  subscriptionFields,
  subscriptionTexts,
} from "./attributes.ts";
import { keyOf, type Handle, type Observed } from "./live.ts";
import type { Subscription, Topic } from "./schema.ts";
import { hasIdentity } from "../shared/in-scope.ts";

type Sdk = typeof import("../../aws/sdk/sns.ts");
type LiveTopic = Live<Topic, Handle>;

export function driver(sns: Sdk): Driver<Topic, Handle> {
  return {
    async *list(aws, scope) {
      for await (const arns of scope.candidates ? [scope.candidates] : allTopics(aws)) {
        const tagged = await Promise.all(arns.map(async (arn) => ({ arn, tags: await tagsIfThere(aws, arn) })));
        for (const { arn, tags } of tagged) {
          if (tags?.[ownership.environment] !== scope.environment) continue;
          if (scope.address !== undefined && tags[ownership.resource] !== tagOfAddress(scope.address)) continue;
          const live = await unlessGone(observe(aws, arn, tags, scope));
          if (live) yield live;
        }
      }
    },

    async get(aws, ids, scope) {
      const lives = await Promise.all(
        ids.map(async (arn) => {
          const tags = await tagsIfThere(aws, arn);
          return tags && (await unlessGone(observe(aws, arn, tags, scope)));
        }),
      );
      return new Map(lives.filter((live) => live !== undefined).map((live) => [live.id, live]));
    },

    /** Creates a topic. When the name exists, SNS answers with that topic, no matter who owns it, so its tags are checked first. */
    async create(aws, request, identity) {
      const arn = `arn:${aws.partition}:sns:${aws.region}:${aws.account}:${identity.name}`;
      const tags = await tagsIfThere(aws, arn);
      if (tags && hasIdentity(tags, identity)) return arn;
      if (tags) throw taken(arn, identity);
      const Attributes = attributesOf(request);
      const { TopicArn } = await aws.sns(new sns.CreateTopicCommand({ Name: identity.name, Attributes, Tags: tagList(identity.tags) }));
      return TopicArn!;
    },

    initialState: (request) => ({ spec: { ...request, subscriptions: [] }, handle: { subscriptions: {} } }),

    async update(aws, stage, live, request, changes, run) {
      if (stage === "subscriptions") return setSubscriptions(aws, live, request, changes.subscriptions, run.say);
      const set = (AttributeName: string, AttributeValue: string) =>
        aws.sns(new sns.SetTopicAttributesCommand({ TopicArn: live.id, AttributeName, AttributeValue }));
      for (const field of attributeFields)
        if (changes[field]) {
          const after = changes[field].after === undefined ? "" : String(changes[field].after);
          await set(attributes[field], field === "policy" && after === "" ? defaultPolicy(live.id) : after);
        }
      if (!changes.deliveryLogging) return;
      const had = loggingAttributes(live.spec.deliveryLogging);
      for (const [name, value] of Object.entries(loggingAttributes(request.deliveryLogging)))
        if (had[name] !== value) await set(name, value);
    },

    async delete(aws, live) {
      await aws.sns(new sns.DeleteTopicCommand({ TopicArn: live.id }));
    },

    async named(aws, names) {
      const found = await Promise.all(
        names.map(async (name) => {
          const arn = `arn:${aws.partition}:sns:${aws.region}:${aws.account}:${name}`;
          return (await tagsIfThere(aws, arn)) ? ([name, arn] as const) : undefined;
        }),
      );
      return new Map(found.filter((one) => one !== undefined));
    },

    async tag(aws, live, set, remove) {
      if (Object.keys(set).length > 0) await aws.sns(new sns.TagResourceCommand({ ResourceArn: live.id, Tags: tagList(set) }));
      if (remove.length > 0) await aws.sns(new sns.UntagResourceCommand({ ResourceArn: live.id, TagKeys: [...remove] }));
    },

    async find(aws, tags) {
      const found: AwsId[] = [];
      for await (const arns of allTopics(aws))
        for (const arn of arns) {
          const have = await tagsIfThere(aws, arn);
          if (have && Object.entries(tags).every(([key, value]) => have[key] === value)) found.push(arn);
        }
      return found;
    },
  };

  /** Returns the ARNs of all topics of the account, page by page. */
  async function* allTopics(aws: Aws): AsyncGenerator<readonly AwsId[]> {
    for await (const page of aws.sns.pages(sns.ListTopicsCommand, {})) yield (page.Topics ?? []).map(({ TopicArn }) => TopicArn!);
  }

  async function tagsIfThere(aws: Aws, ResourceArn: AwsId): Promise<Tags | undefined> {
    const answer = await unlessGone(aws.sns(new sns.ListTagsForResourceCommand({ ResourceArn })));
    return answer && tagsOf(answer.Tags);
  }

  async function observe(aws: Aws, arn: AwsId, tags: Tags, scope: Scope): Promise<LiveTopic> {
    const address = tags[ownership.resource] === undefined ? undefined : addressOfTag(tags[ownership.resource]!);
    // An object without our tags is being adopted, so all of it is read.
    const asks = (field: keyof Topic) => address === undefined || (tags[ownership.project] === scope.project && scope.asks(address, field));
    const policyMark = markOf("policy");
    const [settings, subscriptions] = await Promise.all([
      settingFields.some(asks) || marksIn(tags).has(policyMark) ? aws.sns(new sns.GetTopicAttributesCommand({ TopicArn: arn })) : undefined,
      asks("subscriptions") || hasOtherMarks(tags, [policyMark]) ? subscriptionsOf(aws, arn) : undefined,
    ]);
    const pending = (subscriptions ?? []).filter((one) => !isConfirmed(one));
    const told = await Promise.all(
      (subscriptions ?? []).map((one) => withAttributes(aws, one, wantedOf(scope, address ?? scope.adoptedAs?.(arn), one))),
    );
    const there = told.filter((one) => one !== undefined);
    const read = settings?.Attributes;
    return {
      id: arn,
      aliases: [arn.slice(arn.lastIndexOf(":") + 1)], // CloudWatch's name
      tags,
      owner: arn.split(":")[4],
      name: arn.split(":").at(-1),
      state: "ready",
      spec: {
        ...(read ? settingsIn(read) : {}),
        ...(subscriptions ? { subscriptions: there } : {}),
      },
      handle: {
        subscriptions: Object.fromEntries(
          (subscriptions ?? []).filter(isConfirmed).map((one) => [keyOf(subscriptionOf(one)), one.SubscriptionArn!]),
        ),
      },
      outputs: { arn },
      notes: pending.map((one) => `${one.Protocol} ${one.Endpoint} has not confirmed its subscription and gets no messages until then`),
    };
  }

  /**
   * Returns a subscription with its attributes, which are read only when the file sets some. SNS returns no attributes of an unconfirmed
   * subscription. Undefined when it ended after it was listed.
   */
  async function withAttributes(
    aws: Aws,
    found: AwsSubscription,
    wanted: Partial<Subscription> | "all" | undefined,
  ): Promise<Observed | undefined> {
    const bare = subscriptionOf(found);
    if (wanted === undefined) return bare;
    if (bare.pending) return wanted === "all" ? bare : { ...wanted, ...bare };
    const read = await unlessGone(aws.sns(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn: found.SubscriptionArn })));
    return read && { ...bare, ...subscriptionFields(read.Attributes ?? {}) };
  }

  async function subscriptionsOf(aws: Aws, TopicArn: AwsId): Promise<AwsSubscription[]> {
    const found: AwsSubscription[] = [];
    for await (const page of aws.sns.pages(sns.ListSubscriptionsByTopicCommand, { TopicArn })) found.push(...(page.Subscriptions ?? []));
    return found;
  }

  async function setSubscriptions(
    aws: Aws,
    live: LiveTopic,
    request: Topic,
    change: Change<Topic["subscriptions"]> | undefined,
    say: (text: string) => void,
  ): Promise<void> {
    const added = change?.items ? change.items.added.map((item) => item.value as Subscription) : (request.subscriptions ?? []);
    for (const one of added) {
      const { protocol, endpoint } = one;
      const Attributes = subscriptionTexts(one);
      await aws.sns(
        new sns.SubscribeCommand({
          TopicArn: live.id,
          Protocol: protocol,
          Endpoint: endpoint,
          ReturnSubscriptionArn: true,
          ...(Object.keys(Attributes).length > 0 && { Attributes }),
        }),
      );
      if (/^(email|http)/.test(protocol)) say(`SNS asks ${endpoint} to confirm the subscription`);
    }
    for (const { key, before, after } of change?.items?.changed ?? []) {
      const SubscriptionArn = live.handle.subscriptions[key];
      if (SubscriptionArn === undefined) continue;
      for (const [AttributeName, AttributeValue] of subscriptionChanges(before as Subscription, after as Subscription))
        await aws.sns(new sns.SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    }
    for (const { key } of change?.items?.removed ?? []) {
      const arn = live.handle.subscriptions[key];
      if (arn !== undefined) await unlessGone(aws.sns(new sns.UnsubscribeCommand({ SubscriptionArn: arn })));
    }
  }
}

/** Returns the attributes of a subscription in the file; undefined when the file sets none. */
function wantedOf(scope: Scope, address: string | undefined, found: AwsSubscription): Partial<Subscription> | "all" | undefined {
  if (scope.whole) return "all";
  const wanted = address === undefined ? undefined : (scope.wants?.(address, "subscriptions") as readonly Subscription[] | undefined);
  const one = wanted?.find(({ protocol, endpoint }) => protocol === found.Protocol && endpoint === found.Endpoint);
  return one && subscriptionAttributes.some((field) => one[field] !== undefined) ? one : undefined;
}

function isConfirmed({ SubscriptionArn }: AwsSubscription): boolean {
  return SubscriptionArn?.startsWith("arn:") ?? false;
}

function subscriptionOf(found: AwsSubscription): Observed {
  const { Protocol, Endpoint = "" } = found;
  return { protocol: Protocol as Subscription["protocol"], endpoint: Endpoint, ...(isConfirmed(found) ? {} : { pending: true }) };
}

function taken(arn: AwsId, identity: CreateIdentity): AwsError {
  return new AwsError({
    class: "duplicate",
    code: "conflict",
    message: `The name "${identity.name}" is taken by ${arn}`,
    service: "sns",
    operation: "CreateTopic",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
