import type { CacheParameterGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Problem, Subject } from "../kind.ts";
import { cacheTagging, cacheTagsOf, tagsOfCaches } from "../shared/cache/tagging.ts";
import { parameterGroupKind, type FoundGroup, type GroupCalls, type ParameterGroup } from "../shared/parameter-groups/kind.ts";
import { foreign } from "./foreign.ts";

export const cacheParameterGroup = parameterGroupKind({
  name: "cacheParameterGroup",
  section: "cacheParameterGroups",
  doc: "Parameters of a cache engine. Some take effect at once, others at the next reboot of the nodes.",
  foreign,
  family: {
    doc: "The parameter group family, engine and major version: `valkey8`, `redis7`, `redis6.x`, `memcached1.6`.",
    pattern: "^(valkey\\d+|redis\\d+(\\.\\d+|\\.x)?|memcached\\d+\\.\\d+)$",
    examples: ["valkey8", "redis7"],
  },
  users: { many: "caches", one: "cache" },
  because: "some parameters change at once, others wait for a reboot of the nodes",
  tagIndex: "elasticache:parametergroup",
  iam: {
    read: ["elasticache:DescribeCacheParameterGroups", "elasticache:DescribeCacheParameters", "elasticache:ListTagsForResource"],
    write: [
      "elasticache:AddTagsToResource",
      "elasticache:CreateCacheParameterGroup",
      "elasticache:DeleteCacheParameterGroup",
      "elasticache:ModifyCacheParameterGroup",
      "elasticache:RemoveTagsFromResource",
      "elasticache:ResetCacheParameterGroup",
    ],
    remove: ["elasticache:DeleteCacheParameterGroup"],
    onlyFor: { "elasticache:ModifyCacheParameterGroup": ["parameters"] },
    access: {
      "elasticache:AddTagsToResource": tagsOfCaches("parametergroup:*"),
      "elasticache:CreateCacheParameterGroup": { made: ["parametergroup:*"] },
    },
  },
  check,
  sub: "cache parameter group",
  load: async () => calls(await import("../../aws/sdk/elasticache.ts")),
});

/**
 * AWS cannot reset this parameter: it answers "doesn't exist" (Terraform's provider uses reserved-memory-percent instead for the same
 * reason).
 */
function check({ spec }: Subject<ParameterGroup>): readonly Problem[] {
  if (spec.parameters === undefined || !("reserved-memory" in spec.parameters)) return [];
  return [
    {
      code: "bad-value",
      path: "parameters.reserved-memory",
      summary: "ElastiCache cannot reset reserved-memory, so it could never be removed again",
      hint: "write reserved-memory-percent, or omit both for the default (25 percent)",
    },
  ];
}

function calls(sdk: typeof import("../../aws/sdk/elasticache.ts")): GroupCalls {
  return {
    async *all(aws) {
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheParameterGroupsCommand, { MaxRecords: 100 }))
        yield* (page.CacheParameterGroups ?? []).map(found);
    },

    async one(aws, CacheParameterGroupName) {
      const answer = await unlessGone(aws.elasticache(new sdk.DescribeCacheParameterGroupsCommand({ CacheParameterGroupName })));
      return answer?.CacheParameterGroups?.map(found)[0];
    },

    tagsOf: cacheTagsOf,
    tag: cacheTagging,

    create: (aws, { name, family, description }, tags) =>
      aws.elasticache(
        new sdk.CreateCacheParameterGroupCommand({
          CacheParameterGroupName: name,
          CacheParameterGroupFamily: family,
          Description: description,
          Tags: tagList(tags),
        }),
        { once: true },
      ),

    delete: (aws, CacheParameterGroupName) =>
      unlessGone(aws.elasticache(new sdk.DeleteCacheParameterGroupCommand({ CacheParameterGroupName }))),

    /** The call has no filter for parameter names. */
    async *parameters(aws, CacheParameterGroupName, names) {
      const input = { CacheParameterGroupName, MaxRecords: 100, ...(names ? {} : { Source: "user" }) };
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheParametersCommand, input))
        for (const { ParameterName, ParameterValue, AllowedValues, ChangeType } of page.Parameters ?? [])
          yield { name: ParameterName!, value: ParameterValue, allowed: AllowedValues, isDynamic: ChangeType === "immediate" };
    },

    set: (aws, CacheParameterGroupName, parameters) =>
      aws.elasticache(
        new sdk.ModifyCacheParameterGroupCommand({
          CacheParameterGroupName,
          ParameterNameValues: parameters.map(({ name, value }) => ({ ParameterName: name, ParameterValue: value })),
        }),
      ),

    reset: (aws, CacheParameterGroupName, parameters) =>
      aws.elasticache(
        new sdk.ResetCacheParameterGroupCommand({
          CacheParameterGroupName,
          ResetAllParameters: false,
          ParameterNameValues: parameters.map(({ name }) => ({ ParameterName: name })),
        }),
      ),

    async *users(aws) {
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheClustersCommand, { MaxRecords: 100 }))
        for (const { CacheClusterId: id = "", CacheClusterStatus, CacheParameterGroup, ReplicationGroupId: group } of page.CacheClusters ??
          [])
          yield {
            groups: [CacheParameterGroup?.CacheParameterGroupName],
            user: { id, what: `cache ${id}${group === undefined ? "" : ` of ${group}`} (${CacheClusterStatus})`, holder: group ?? id },
          };
    },
  };
}

function found(group: AwsGroup): FoundGroup {
  return {
    name: group.CacheParameterGroupName!,
    arn: group.ARN!,
    family: group.CacheParameterGroupFamily ?? "",
    description: group.Description ?? "",
  };
}
