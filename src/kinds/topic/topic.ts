import { omit, without } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { Subscription as AwsSubscription } from "@aws-sdk/client-sns";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { hasOtherMarks, markOf, marksIn } from "../../resource/made-marks.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import { list, object, oneOf, optional, string } from "../../resource/fields.ts";
import type { Authored, AwsId, CreateIdentity, Change, Driver, Kind, Live, Problem, Scope, Subject, Tags } from "../kind.ts";
import { defaultPolicy, isDefaultPolicy, whyNotPolicy } from "../shared/topic-policy.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { policyLines } from "../shared/policy-told.ts";

const subscription = object({
  protocol: oneOf(["email", "email-json", "https", "http", "lambda", "sms", "sqs"], "How it is told."),
  endpoint: string("Who is told: an e-mail address, a URL, an ARN, a telephone number.", { minLength: 1 }),
});

const schema = object({
  displayName: optional(string("The sender's name in e-mails and text messages.", { maxLength: 100 })),
  policy: optional(string("Who may publish and subscribe, as a JSON policy.", { minLength: 2 })),
  kmsKey: optional(keyRef("The KMS key with which messages are encrypted; `alias/aws/sns` is AWS's own.")),
  subscriptions: optional(
    list(subscription, "Who is told. People and web servers must confirm before they are; until then the plan says so."),
  ),
});

export type Topic = Static<typeof schema>;
type Subscription = Static<typeof subscription>;
type Observed = Subscription & { readonly pending?: true };

interface Handle {
  /** ARNs by protocol and endpoint; absent while nobody confirmed. */
  readonly subscriptions: Readonly<Record<string, AwsId>>;
}

type LiveTopic = Live<Topic, Handle>;

const attributes = { displayName: "DisplayName", policy: "Policy", kmsKey: "KmsMasterKeyId" } as const;
type Attribute = keyof typeof attributes;
const attributeFields = Object.keys(attributes) as Attribute[];

/** How the ARN of a topic ends: with its name. */
const topicEnd = "?*";

export const topic: Kind<Topic, Handle> = {
  name: "topic",
  section: "topics",
  doc: "An SNS topic: what alarms and groups publish to, and who is told.",
  outputs: { arn: "Its ARN." },
  foreign,
  schema,
  fields: {
    displayName: { change: "update" },
    policy: { change: "update", late: true, as: "json", lines: policyLines, made: { off: "" } },
    kmsKey: { change: "update" },
    // Nobody but its owner can end one that is not confirmed; SNS forgets it after two days (SNS API, Unsubscribe).
    subscriptions: {
      change: "update",
      as: { key: keyOf, unlisted: "keep", foreign: (one: Observed) => one.pending === true },
      made: "entries",
    },
  },
  stages: [{ name: "create" }, { name: "subscriptions", fields: ["subscriptions"] }],
  create: "name",
  usableAfter: "create",
  naming: { max: 256, forbidden: /[^A-Za-z0-9_-]/ },
  replace: "create-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "sns", idOf: (arn) => arn },
  // Of a full listing: topics come as bare ARNs, so each of the account is asked for its tags; ours for what the YAML writes.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.account + 2 * n.ours,
  iam: {
    read: ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sns:ListTopics"],
    write: [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ],
    remove: ["sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Unsubscribe"],
    onlyFor: {
      "sns:SetTopicAttributes": attributeFields,
      "sns:Subscribe": ["subscriptions"],
      "sns:Unsubscribe": ["subscriptions"],
    },
    // SNS has no key that names the create in which tags are written.
    access: { "sns:CreateTopic": { made: [topicEnd] }, "sns:TagResource": { made: [topicEnd], ours: [topicEnd] } },
  },
  check,
  authored: authoredTopic,
  goesWithUsers: true,
  drawn: () => ({ as: "beside", glyph: "bell", sub: "topic" }),
  load: async () => driver(await import("../../aws/sdk/sns.ts")),
};

/** Without the policy that SNS gives a topic, and with subscriptions as they were asked for. */
function authoredTopic(spec: Partial<Topic>): Authored<Topic> {
  const subscriptions = (spec.subscriptions ?? []).map((one) => without(one, { pending: true }) as Subscription);
  const plain = isDefaultPolicy(spec.policy) ? omit(spec, ["policy"]) : spec;
  return { spec: { ...plain, ...(subscriptions.length > 0 && { subscriptions }) } };
}

function check({ spec }: Subject<Topic>): readonly Problem[] {
  const policy = (spec.policy === undefined ? [] : whyNotPolicy(spec.policy)).map((problem) => ({
    code: "bad-value" as const,
    path: "policy",
    ...problem,
  }));
  return [...policy, ...(spec.subscriptions ?? []).flatMap((one, i) => checkEndpoint(one, `subscriptions[${i}].endpoint`))];
}

/** What an endpoint looks like, by protocol (SNS API, Subscribe); telephone numbers are in E.164 form, digits only. */
const endpoints: Readonly<Record<Subscription["protocol"], readonly [shape: RegExp, what: string]>> = {
  email: [/^[^@\s]+@[^@\s]+$/, "an e-mail address"],
  "email-json": [/^[^@\s]+@[^@\s]+$/, "an e-mail address"],
  http: [/^http:\/\/./, "a URL that begins with http://"],
  https: [/^https:\/\/./, "a URL that begins with https://"],
  lambda: [/^arn:[^:]+:lambda:/, "the ARN of a Lambda function"],
  sms: [/^\+[1-9][0-9]{1,14}$/, "a telephone number as `+` and digits, country first"],
  sqs: [/^arn:[^:]+:sqs:/, "the ARN of an SQS queue"],
};

function checkEndpoint({ protocol, endpoint }: Subscription, path: string): Problem[] {
  const [shape, what] = endpoints[protocol];
  if (shape.test(endpoint)) return [];
  const number = protocol === "sms" ? `+${endpoint.replace(/[^0-9]/g, "")}` : "";
  const hint = shape.test(number) ? { hint: `write "${number}"` } : {};
  return [{ code: "bad-value", path, summary: `"${endpoint}" is not ${what}, as the protocol ${protocol} needs`, ...hint }];
}

function keyOf({ protocol, endpoint }: Subscription): string {
  return `${protocol} ${endpoint}`;
}

type Sdk = typeof import("../../aws/sdk/sns.ts");

function driver(sns: Sdk): Driver<Topic, Handle> {
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

    /** With the name of an existing topic SNS answers with that topic, whosever it is; so its tags are looked at first. */
    async create(aws, request, identity) {
      const arn = `arn:${aws.partition}:sns:${aws.region}:${aws.account}:${identity.name}`;
      const tags = await tagsIfThere(aws, arn);
      if (tags && isSame(tags, identity)) return arn;
      if (tags) throw taken(arn, identity);
      const Attributes = Object.fromEntries(
        attributeFields.filter((field) => request[field] !== undefined).map((field) => [attributes[field], request[field]!]),
      );
      const { TopicArn } = await aws.sns(new sns.CreateTopicCommand({ Name: identity.name, Attributes, Tags: tagList(identity.tags) }));
      return TopicArn!;
    },

    initialState: (request) => ({ spec: { ...request, subscriptions: [] }, handle: { subscriptions: {} } }),

    async update(aws, stage, live, request, changes, run) {
      if (stage === "subscriptions") return setSubscriptions(aws, live, request, changes.subscriptions, run.say);
      for (const field of attributeFields)
        if (changes[field])
          await aws.sns(
            new sns.SetTopicAttributesCommand({
              TopicArn: live.id,
              AttributeName: attributes[field],
              AttributeValue: (field === "policy" && !changes[field].after ? defaultPolicy(live.id) : changes[field].after) ?? "",
            }),
          );
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

  /** The ARNs of every topic of the account, by the page. */
  async function* allTopics(aws: Aws): AsyncGenerator<readonly AwsId[]> {
    for await (const page of aws.sns.pages(sns.ListTopicsCommand, {})) yield (page.Topics ?? []).map(({ TopicArn }) => TopicArn!);
  }

  async function tagsIfThere(aws: Aws, ResourceArn: AwsId): Promise<Tags | undefined> {
    const answer = await unlessGone(aws.sns(new sns.ListTagsForResourceCommand({ ResourceArn })));
    return answer && tagsOf(answer.Tags);
  }

  async function observe(aws: Aws, arn: AwsId, tags: Tags, scope: Scope): Promise<LiveTopic> {
    const address = tags[ownership.resource] === undefined ? undefined : addressOfTag(tags[ownership.resource]!);
    // Without our tags it is being adopted, and all of it is read.
    const asks = (field: keyof Topic) => address === undefined || (tags[ownership.project] === scope.project && scope.asks(address, field));
    const policyMark = markOf("policy");
    const [settings, subscriptions] = await Promise.all([
      attributeFields.some(asks) || marksIn(tags).has(policyMark)
        ? aws.sns(new sns.GetTopicAttributesCommand({ TopicArn: arn }))
        : undefined,
      asks("subscriptions") || hasOtherMarks(tags, [policyMark]) ? subscriptionsOf(aws, arn) : undefined,
    ]);
    const pending = (subscriptions ?? []).filter((one) => !isConfirmed(one));
    const read = settings?.Attributes;
    return {
      id: arn,
      aliases: [arn.slice(arn.lastIndexOf(":") + 1)], // as CloudWatch calls it
      tags,
      owner: arn.split(":")[4],
      name: arn.split(":").at(-1),
      state: "ready",
      spec: {
        ...(read ? { displayName: read["DisplayName"] ?? "", policy: read["Policy"], kmsKey: read["KmsMasterKeyId"] } : {}),
        ...(subscriptions ? { subscriptions: subscriptions.map(subscriptionOf) } : {}),
      },
      handle: {
        subscriptions: Object.fromEntries(
          (subscriptions ?? []).filter(isConfirmed).map((one) => [keyOf(subscriptionOf(one)), one.SubscriptionArn!]),
        ),
      },
      outputs: { arn },
      notes: pending.map((one) => `${one.Protocol} ${one.Endpoint} has not confirmed its subscription, and is told nothing until then`),
    };
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
    for (const { protocol, endpoint } of added) {
      await aws.sns(new sns.SubscribeCommand({ TopicArn: live.id, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true }));
      if (/^(email|http)/.test(protocol)) say(`${endpoint} is asked to confirm`);
    }
    for (const { key } of change?.items?.removed ?? []) {
      const arn = live.handle.subscriptions[key];
      if (arn !== undefined) await unlessGone(aws.sns(new sns.UnsubscribeCommand({ SubscriptionArn: arn })));
    }
  }
}

function isConfirmed({ SubscriptionArn }: AwsSubscription): boolean {
  return SubscriptionArn?.startsWith("arn:") ?? false;
}

function subscriptionOf(found: AwsSubscription): Observed {
  const { Protocol, Endpoint = "" } = found;
  return { protocol: Protocol as Subscription["protocol"], endpoint: Endpoint, ...(isConfirmed(found) ? {} : { pending: true }) };
}

function isSame(tags: Tags, identity: CreateIdentity): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]);
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
