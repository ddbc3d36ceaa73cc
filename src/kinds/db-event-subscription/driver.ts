import type { EventSubscription as AwsSubscription } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Driver, Live, Run, Tags } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { filled } from "../shared/rds/fields.ts";
import { preflightRdsQuota } from "../shared/rds/limits.ts";
import { deleteWhenTaken, rdsReads, whenTaken } from "../shared/rds/objects.ts";
import { rdsTagging, rdsTagsOf } from "../shared/rds/tagging.ts";
import { defaults, type DbEventSubscription, type SourceType } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/rds.ts");

export interface Handle {
  readonly arn: string;
  readonly status: string;
}

type LiveSubscription = Live<DbEventSubscription, Handle>;
type SubscriptionRun = Run<DbEventSubscription, Handle>;

const busy = { codes: ["InvalidEventSubscriptionState"], limit: 2400, poll: 5 };

export function driver(rds: Sdk): Driver<DbEventSubscription, Handle> {
  return {
    ...rdsReads({
      kind: "dbEventSubscription",
      all,
      one,
      told,
      read: async (aws, found) => {
        const tags = await rdsTagsOf(aws, found.EventSubscriptionArn!);
        return tags && live(found, tags);
      },
    }),

    async create(aws, request, identity) {
      await whenTopicIsSeen(aws, () =>
        aws.rds(
          new rds.CreateEventSubscriptionCommand({
            SubscriptionName: identity.name,
            SnsTopicArn: request.topic,
            SourceType: typeSent(request),
            SourceIds: filled(request.sources),
            EventCategories: filled(request.eventCategories),
            Enabled: request.enabled ?? defaults.enabled,
            Tags: tagList(identity.tags),
          }),
          { once: true },
        ),
      );
      return identity.name;
    },

    /**
     * Without its last source, the subscription would report on all objects. New sources are therefore added first. Only sources of another
     * type are removed before.
     */
    async update(aws, _stage, found, request, changes, run) {
      const { topic, sourceType, sources, eventCategories, enabled } = changes;
      const before = found.spec.sources ?? [];
      const after = sources?.after ?? (sourceType ? request.sources : undefined) ?? before;
      const isOtherType = sourceType !== undefined;
      if (isOtherType) for (const source of before) await take(aws, found, source, run);
      if (topic || sourceType || eventCategories || enabled)
        await whenFree(aws, found, run, () =>
          whenTopicIsSeen(aws, () =>
            aws.rds(
              new rds.ModifyEventSubscriptionCommand({
                SubscriptionName: found.id,
                SnsTopicArn: topic?.after,
                // Categories depend on the source type, so the type is sent with them.
                SourceType: sourceType || eventCategories ? typeSent(request) : undefined,
                EventCategories: filled(eventCategories?.after ?? (isOtherType ? request.eventCategories : undefined)),
                Enabled: enabled?.after,
              }),
            ),
          ),
        );
      for (const source of after)
        if (isOtherType || !before.includes(source))
          await whenFree(aws, found, run, () =>
            aws.rds(new rds.AddSourceIdentifierToSubscriptionCommand({ SubscriptionName: found.id, SourceIdentifier: source })),
          );
      if (!isOtherType) for (const source of before) if (!after.includes(source)) await take(aws, found, source, run);
    },

    async delete(aws, found, run) {
      if (found.state === "deleting") return;
      const { id } = found;
      const send = () => aws.rds(new rds.DeleteEventSubscriptionCommand({ SubscriptionName: id }));
      await deleteWhenTaken(id, run, busy, send, async () => (await one(aws, id))?.Status);
    },

    tag: (aws, found, set, remove) => rdsTagging(aws, found.handle.arn, set, remove),

    preflight: (aws, planned, { thorough }) => preflightRdsQuota(aws, planned, "EventSubscriptions", thorough),
  };

  async function* all(aws: Aws): AsyncIterable<AwsSubscription> {
    for await (const page of aws.rds.pages(rds.DescribeEventSubscriptionsCommand, { MaxRecords: 100 }))
      yield* page.EventSubscriptionsList ?? [];
  }

  async function one(aws: Aws, SubscriptionName: string): Promise<AwsSubscription | undefined> {
    const answer = await unlessGone(aws.rds(new rds.DescribeEventSubscriptionsCommand({ SubscriptionName })));
    return answer?.EventSubscriptionsList?.[0];
  }

  async function take(aws: Aws, found: LiveSubscription, SourceIdentifier: string, run: SubscriptionRun): Promise<void> {
    await whenFree(aws, found, run, () =>
      unlessGone(aws.rds(new rds.RemoveSourceIdentifierFromSubscriptionCommand({ SubscriptionName: found.id, SourceIdentifier }))),
    );
  }

  /** Repeats the call until AWS takes it, and waits until it is done: AWS makes one change at a time. */
  async function whenFree(aws: Aws, found: LiveSubscription, run: SubscriptionRun, send: () => Promise<unknown>): Promise<void> {
    await whenTaken(found.id, run, busy, send);
    await run.wait(`${found.id} to be modified`, busy.limit, (now) => now === undefined || now.handle.status !== "modifying");
  }
}

/** RDS learns of a new topic and its policy with a delay. For a minute, "no authorization" may mean "not yet". */
async function whenTopicIsSeen(aws: Aws, send: () => Promise<unknown>): Promise<void> {
  const began = aws.clock.now();
  for (;;)
    try {
      await send();
      return;
    } catch (error) {
      if (!hasCode(error, "SNSNoAuthorization", "SNSTopicArnNotFound") || aws.clock.now() - began > 60_000) throw error;
      await aws.clock.sleep(5_000);
    }
}

/** AWS has no value for "all types". */
function typeSent({ sourceType = defaults.sourceType }: DbEventSubscription): string | undefined {
  return sourceType === "all" ? undefined : sourceType;
}

function told({ CustSubscriptionId: name, EventSubscriptionArn: arn }: AwsSubscription) {
  return { name: name!, arn: arn!, description: undefined };
}

function live(found: AwsSubscription, tags: Tags): LiveSubscription {
  const status = found.Status ?? "creating";
  return {
    id: found.CustSubscriptionId!,
    aliases: [found.EventSubscriptionArn!],
    tags,
    name: found.CustSubscriptionId!,
    owner: found.EventSubscriptionArn!.split(":")[4],
    state: status === "creating" ? "pending" : status === "deleting" ? "deleting" : "ready",
    isUnderWay: isAskedFor(status),
    spec: {
      ...(found.SnsTopicArn === undefined ? {} : { topic: found.SnsTopicArn }),
      sourceType: (found.SourceType as SourceType | undefined) ?? defaults.sourceType,
      sources: found.SourceIdsList ?? [],
      eventCategories: found.EventCategoriesList ?? [],
      enabled: found.Enabled ?? true,
    },
    handle: { arn: found.EventSubscriptionArn!, status },
    outputs: { arn: found.EventSubscriptionArn!, status },
    notes: notesOf(status),
  };
}

/** Neither status ends by itself (RDS API, EventSubscription: Status). */
function notesOf(status: string): string[] {
  if (status === "no-permission") return ["sends nothing: RDS is not allowed to publish to its topic"];
  if (status === "topic-not-exist")
    return ["sends nothing: its topic was deleted; delete the subscription, and the next apply creates it again"];
  return [];
}
