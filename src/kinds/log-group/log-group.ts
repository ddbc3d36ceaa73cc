import { asRead } from "../shared/authored.ts";
import type { LogGroup as AwsGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { existing, unlessGone } from "../../aws/eventual.ts";
import { ownership } from "../../resource/ownership.ts";
import type { AwsId, Driver, Kind, Live, Problem, Subject, Tags } from "../kind.ts";
import { arnsOfEnvironment, arnsTagged } from "../shared/tag-index.ts";
import { schema, type LogGroup } from "./schema.ts";
import { hasIdentity } from "../shared/in-scope.ts";

interface Handle {
  readonly arn: AwsId;
}

type LiveGroup = Live<LogGroup, Handle>;

/** The end of the ARN of a log group. */
const end = "log-group:*";

export const logGroup: Kind<LogGroup, Handle> = {
  name: "logGroup",
  section: "logGroups",
  doc: "A log group of CloudWatch Logs, to which services and programs write events, with its retention.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  schema,
  fields: {
    retention: {
      change: "update",
      because: "AWS permanently deletes events that are older than the new number of days",
      urgency: "safety",
    },
    kmsKey: { change: "update", because: "existing events keep their encryption", urgency: "safety" },
    class: { change: "replace", because: "the class of a log group cannot be changed" },
  },
  stages: [{ name: "create" }, { name: "settings", fields: ["retention"] }],
  create: "name",
  naming: {
    max: 512,
    forbidden: /[^A-Za-z0-9_/.#-]/,
    whyNot: (name) => (name.startsWith("aws/") ? "names that begin with aws/ are reserved for AWS" : undefined),
  },
  replace: "delete-first",
  keepsId: true,
  dataLoss: "data",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "logs:log-group" },
  // One read of the tag index, the settings of fifty groups in one call, and the tags of each group.
  readCost: ({ ours }) => 1 + Math.ceil(ours / 50) + ours,
  iam: {
    read: ["logs:DescribeLogGroups", "logs:ListTagsForResource", "tag:GetResources"],
    write: [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ],
    remove: ["logs:DeleteLogGroup"],
    onlyFor: {
      "logs:AssociateKmsKey": ["kmsKey"],
      "logs:DeleteRetentionPolicy": ["retention"],
      "logs:PutRetentionPolicy": ["retention"],
    },
    // A create with tags also needs TagResource, and so does taking over a group without tags (Service Authorization Reference, CloudWatch
    // Logs). The older names still work (CloudWatch Logs API, TagLogGroup).
    tagging: { more: ["logs:TagLogGroup", "logs:UntagLogGroup"] },
    access: { "logs:CreateLogGroup": { made: [end] }, "logs:TagResource": { made: [end], ours: [end] } },
  },
  check,
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "log", sub: "log group" }),
  withoutNetwork: "it passes no packets",
  load: async () => driver(await import("../../aws/sdk/logs.ts")),
};

function check({ spec }: Subject<LogGroup>): readonly Problem[] {
  if (spec.class !== "DELIVERY" || spec.retention === undefined) return [];
  const summary = "a log group of the class DELIVERY keeps its events for one day, and this cannot be changed";
  return [{ code: "bad-value", path: "retention", summary, hint: "remove `retention`, or write another class" }];
}

type Sdk = typeof import("../../aws/sdk/logs.ts");

function driver(logs: Sdk): Driver<LogGroup, Handle> {
  return {
    async *list(aws, scope) {
      const indexed = (await arnsOfEnvironment(aws, "logs", scope)).flatMap(nameIn);
      const names = new Set([...indexed, ...(scope.namesOf?.("logGroup") ?? [])]);
      for (const live of await lives(aws, [...names])) if (live.tags[ownership.environment] === scope.environment) yield live;
    },

    async get(aws, ids) {
      return new Map((await lives(aws, ids)).map((live) => [live.id, live]));
    },

    /** Lambda, RDS and other services create the group that they write to when it does not exist. Such a group is taken over. */
    async create(aws, request, identity, say) {
      try {
        await aws.logs(
          new logs.CreateLogGroupCommand({
            logGroupName: identity.name,
            tags: { ...identity.tags },
            ...(request.kmsKey !== undefined && { kmsKeyId: request.kmsKey }),
            ...(request.class !== undefined && { logGroupClass: request.class }),
          }),
        );
      } catch (error) {
        if (!hasCode(error, "ResourceAlreadyExistsException")) throw error;
        const [found] = await lives(aws, [identity.name]);
        if (!found || !(hasIdentity(found.tags, identity) || isNobodys(found))) throw error;
        if (isNobodys(found)) {
          await aws.logs(new logs.TagResourceCommand({ resourceArn: found.handle.arn, tags: { ...identity.tags } }));
          say?.(`${identity.name} already exists without tags, like a log group that a service creates; infra takes it over`);
        }
      }
      return identity.name;
    },

    async update(aws, _stage, live, request, changes) {
      const logGroupName = live.id;
      if (changes.kmsKey && request.kmsKey !== undefined)
        await aws.logs(new logs.AssociateKmsKeyCommand({ logGroupName, kmsKeyId: request.kmsKey }));
      if (changes.retention && typeof request.retention === "number")
        await aws.logs(new logs.PutRetentionPolicyCommand({ logGroupName, retentionInDays: request.retention }));
      if (changes.retention && request.retention === "never") await aws.logs(new logs.DeleteRetentionPolicyCommand({ logGroupName }));
    },

    async delete(aws, live) {
      await unlessGone(aws.logs(new logs.DeleteLogGroupCommand({ logGroupName: live.id })));
    },

    async tag(aws, live, set, remove) {
      const resourceArn = live.handle.arn;
      if (Object.keys(set).length > 0) await aws.logs(new logs.TagResourceCommand({ resourceArn, tags: { ...set } }));
      if (remove.length > 0) await aws.logs(new logs.UntagResourceCommand({ resourceArn, tagKeys: [...remove] }));
    },

    /** Existing groups by name, without those that a create would take over. */
    async named(aws, names) {
      return new Map((await lives(aws, names)).filter((live) => !isNobodys(live)).map(({ id }) => [id, id]));
    },

    async find(aws, tags) {
      const found = await lives(aws, (await arnsTagged(aws, "logs", tags)).flatMap(nameIn));
      return found.filter((live) => Object.entries(tags).every(([key, value]) => live.tags[key] === value)).map(({ id }) => id);
    },
  };

  async function lives(aws: Aws, names: readonly string[]): Promise<LiveGroup[]> {
    const found = await existing(names, 50, async (logGroupIdentifiers) => {
      const { logGroups = [] } = await aws.logs(new logs.DescribeLogGroupsCommand({ logGroupIdentifiers }));
      return logGroups;
    });
    const tagged = await Promise.all(
      found.map(async (group) => {
        const answer = await unlessGone(aws.logs(new logs.ListTagsForResourceCommand({ resourceArn: arnOf(group) })));
        return answer && live(group, answer.tags ?? {});
      }),
    );
    return tagged.filter((one) => one !== undefined);
  }
}

function live(found: AwsGroup, tags: Tags): LiveGroup {
  const name = found.logGroupName!;
  const arn = arnOf(found);
  return {
    id: name,
    aliases: [arn, `${arn}:*`],
    tags,
    name,
    owner: arn.split(":")[4],
    state: "ready",
    spec: {
      retention: found.retentionInDays ?? "never",
      kmsKey: found.kmsKeyId,
      class: found.logGroupClass as LogGroup["class"],
    },
    handle: { arn },
    outputs: { name, arn },
    ...(found.creationTime !== undefined && { createdAt: new Date(found.creationTime).toISOString() }),
  };
}

/** The ARN in the form of tags and policies. `arn` ends with `:*`, for the group's streams (CloudWatch Logs API, LogGroup). */
function arnOf({ arn = "", logGroupArn }: AwsGroup): AwsId {
  return logGroupArn ?? arn.replace(/:\*$/, "");
}

/** Reads the name from an ARN. CloudWatch Logs also has other objects with tags. */
function nameIn(arn: AwsId): readonly string[] {
  return /:log-group:([^:]+)/.exec(arn)?.slice(1) ?? [];
}

/** Whether the group is as a service creates it: no tags, and events kept for ever. */
function isNobodys({ tags, spec }: LiveGroup): boolean {
  return Object.keys(tags).every((key) => key.startsWith("aws:")) && spec.retention === "never";
}
