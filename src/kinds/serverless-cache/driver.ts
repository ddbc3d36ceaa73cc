import type { ModifyServerlessCacheCommandInput, ServerlessCache as AwsCache } from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Changes, Driver, Run } from "../kind.ts";
import { isBusy, marked, nameIn, proven, tagCache, tagsOfCache } from "../shared/cache/tags.ts";
import { finalSnapshotTag } from "../shared/final-snapshot.ts";
import { isInScope } from "../shared/in-scope.ts";
import { mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { filled } from "../shared/rds/fields.ts";
import { live, type Handle, type LiveCache } from "./observe.ts";
import type { ServerlessCache } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/elasticache.ts");

export function driver(sdk: Sdk): Driver<ServerlessCache, Handle> {
  return {
    async *list(aws, scope) {
      const all: AwsCache[] = [];
      for await (const found of caches(aws)) all.push(found);
      for (const found of await mayBeOurs(all, told, scope, "serverlessCache")) {
        const one = await read(aws, found);
        if (one && isInScope(one.tags, scope)) yield one;
      }
    },

    async get(aws, ids) {
      const lives = new Map<string, LiveCache>();
      for (const id of ids) {
        const found = await one(aws, id);
        const told = found && (await read(aws, found));
        if (told) lives.set(id, told);
      }
      return lives;
    },

    async within(aws, found) {
      const subnets = found.get("subnet") ?? new Set<string>();
      const members: { id: string; what: string }[] = [];
      if (subnets.size > 0)
        for await (const { ServerlessCacheName: id, SubnetIds = [] } of caches(aws))
          if (SubnetIds.some((subnet) => subnets.has(subnet)))
            members.push({ id: id!, what: `serverless cache ${id} in ${SubnetIds.join(", ")}` });
      return members;
    },

    async create(aws, request, identity) {
      await aws.elasticache(
        new sdk.CreateServerlessCacheCommand({
          ServerlessCacheName: identity.name,
          Description: marked(request.description ?? nameIn(identity.tags), identity.tags),
          Engine: request.engine,
          MajorEngineVersion: request.majorEngineVersion,
          CacheUsageLimits: limitsSent(request.usageLimits),
          KmsKeyId: request.kmsKey,
          SubnetIds: [...request.subnets],
          SecurityGroupIds: filled(request.securityGroups),
          UserGroupId: request.userGroup,
          SnapshotRetentionLimit: request.snapshotRetention,
          DailySnapshotTime: request.dailySnapshotTime,
          Tags: tagList(identity.tags),
        }),
        { once: true },
      );
      return identity.name;
    },

    async update(aws, _stage, found, request, changes, run) {
      await run.until(`${found.id} to accept the change`, 3600, 15, async () => {
        try {
          await aws.elasticache(
            new sdk.ModifyServerlessCacheCommand({ ServerlessCacheName: found.id, ...settings(request, changes, run) }),
          );
          return true;
        } catch (error) {
          if (isBusy(error)) return false;
          if (hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message)) return true;
          throw error;
        }
      });
      await run.wait(`${found.id} to be modified`, 3600, (now) => now !== undefined && now.handle.status === "available");
    },

    async delete(aws, found, run) {
      if (found.state === "deleting" || !(await proven(found, run))) return;
      const takesSnapshot =
        found.tags[finalSnapshotTag] !== "skip" && found.handle.status !== "create-failed" && found.spec.engine !== "memcached";
      let number = 1;
      await run.until(`${found.id} to accept the deletion`, 3600, 15, async () => {
        const name = takesSnapshot ? `${found.id}-final${number === 1 ? "" : `-${number}`}` : undefined;
        try {
          const input = { ServerlessCacheName: found.id, ...(name === undefined ? {} : { FinalSnapshotName: name }) };
          await aws.elasticache(new sdk.DeleteServerlessCacheCommand(input));
          if (name !== undefined) run.say(`final snapshot ${name}`);
          return true;
        } catch (error) {
          if (isNotFound(error)) return true;
          if (hasCode(error, "ServerlessCacheSnapshotAlreadyExistsFault")) number++;
          else if (!isBusy(error)) throw error;
          else if (await isGoing(aws, found.id)) return true;
          return false;
        }
      });
    },

    tag: (aws, found, set, remove) =>
      tagCache(aws, found, set, remove, (Description) =>
        aws.elasticache(new sdk.ModifyServerlessCacheCommand({ ServerlessCacheName: found.id, Description })),
      ),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name.toLowerCase()]));
    },
  };

  async function* caches(aws: Aws): AsyncIterable<AwsCache> {
    for await (const page of aws.elasticache.pages(sdk.DescribeServerlessCachesCommand, { MaxResults: 50 }))
      yield* page.ServerlessCaches ?? [];
  }

  async function one(aws: Aws, ServerlessCacheName: string): Promise<AwsCache | undefined> {
    const answer = await unlessGone(aws.elasticache(new sdk.DescribeServerlessCachesCommand({ ServerlessCacheName })));
    return answer?.ServerlessCaches?.[0];
  }

  async function read(aws: Aws, found: AwsCache): Promise<LiveCache | undefined> {
    const tags = await tagsOfCache(aws, {
      kind: "serverlessCache",
      id: found.ServerlessCacheName!,
      arn: found.ARN!,
      description: found.Description,
    });
    return tags && live(found, tags.tags, tags.isTold);
  }

  async function isGoing(aws: Aws, id: string): Promise<boolean> {
    const found = await one(aws, id);
    return found === undefined || found.Status?.toLowerCase() === "deleting";
  }
}

function limitsSent(limits: ServerlessCache["usageLimits"]): ModifyServerlessCacheCommandInput["CacheUsageLimits"] {
  if (limits === undefined) return undefined;
  const { dataStorage, ecpuPerSecond } = limits;
  return {
    ...(dataStorage && { DataStorage: { Minimum: dataStorage.minimum, Maximum: dataStorage.maximum, Unit: "GB" as const } }),
    ...(ecpuPerSecond && { ECPUPerSecond: { Minimum: ecpuPerSecond.minimum, Maximum: ecpuPerSecond.maximum } }),
  };
}

function settings(
  request: ServerlessCache,
  changes: Changes<ServerlessCache>,
  run: Run<ServerlessCache, Handle>,
): Partial<ModifyServerlessCacheCommandInput> {
  const { description, userGroup } = changes;
  const input: Partial<ModifyServerlessCacheCommandInput> = {
    Description: description?.after === undefined ? undefined : marked(description.after, run.identity.tags),
    Engine: changes.engine ? request.engine : undefined,
    MajorEngineVersion: changes.engine || changes.majorEngineVersion ? request.majorEngineVersion : undefined,
    CacheUsageLimits: changes.usageLimits ? limitsSent(request.usageLimits) : undefined,
    SecurityGroupIds: filled(changes.securityGroups?.after),
    UserGroupId: userGroup?.after,
    RemoveUserGroup: userGroup && userGroup.after === undefined ? true : undefined,
    SnapshotRetentionLimit: changes.snapshotRetention?.after,
    DailySnapshotTime: changes.dailySnapshotTime?.after,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<ModifyServerlessCacheCommandInput>;
}

function told({ ServerlessCacheName: name, ARN: arn, Description: description }: AwsCache): Listed {
  return { name: name!, arn: arn!, description };
}
