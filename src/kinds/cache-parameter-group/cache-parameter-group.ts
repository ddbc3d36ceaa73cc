import type { CacheParameterGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { map, object, optional, string } from "../../resource/fields.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Problem, Scope, Subject, Tags } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { cacheTagging, cacheTagsOf, isInScope, tagsOfCaches } from "../shared/elasticache-tagging.ts";
import { descriptionOf, markedDescription, mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { difference, sameValue, sameValues, spelled, type Value, type Values } from "../shared/parameter-values.ts";
import { parameterGroupKind, type FoundGroup, type GroupCalls, type ParameterGroup } from "../shared/parameter-group.ts";
import { foreign } from "./foreign.ts";

export const cacheParameterGroup = parameterGroupKind({
  name: "cacheParameterGroup",
  section: "cacheParameterGroups",
  doc: "Settings of a cache engine. Each parameter decides by itself whether a change reaches the nodes at once or at their next reboot.",
  foreign,
  family: {
    doc: "Engine and major version: `valkey8`, `redis7`, `redis6.x`, `memcached1.6`.",
    pattern: "^(valkey\\d+|redis\\d+(\\.\\d+|\\.x)?|memcached\\d+\\.\\d+)$",
    examples: ["valkey8", "redis7"],
  },
  stages: [{ name: "create" }, { name: "parameters", fields: ["parameters"] }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "elasticache:parametergroup", inDoubt: true },
  // All groups of the account are listed; ours are asked for their tags and for what is set in them, one by one. One more
  // where the YAML sets something to the engine's own default, which AWS does not list as set.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + 2 * n.ours,
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

/** AWS takes no reset of it: "doesn't exist" (Terraform's provider goes over reserved-memory-percent for the same reason). */
function check({ spec }: Subject<ParameterGroup>): readonly Problem[] {
  if (spec.parameters === undefined || !("reserved-memory" in spec.parameters)) return [];
  return [
    {
      code: "bad-value",
      path: "parameters.reserved-memory",
      summary: "ElastiCache cannot reset reserved-memory, so that it could never be taken out again",
      hint: "write reserved-memory-percent, or leave both out for the default (25 percent)",
    },
  ];
}

function told({ CacheParameterGroupName: name, ARN: arn, Description: description }: AwsGroup): Listed {
  return { name: name!, arn: arn!, description };
}

function driver(sdk: typeof import("../../aws/sdk/elasticache.ts")): Driver<CacheParameterGroup, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheParameterGroupsCommand, { MaxRecords: 100 }))
        for (const found of await mayBeOurs(page.CacheParameterGroups ?? [], told, scope, "cacheParameterGroup")) {
          const tags = await cacheTagsOf(aws, found.ARN!);
          if (tags && isInScope(tags, scope))
            yield live(found, tags, await valuesOf(aws, found.CacheParameterGroupName!, wantedIn(scope, tags)));
        }
function calls(sdk: typeof import("../../aws/sdk/elasticache.ts")): GroupCalls {
    async *all(aws) {
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

    /** The call has no filter for names. */
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
