import type { CacheParameterGroup as AwsGroup, Parameter } from "@aws-sdk/client-elasticache";
import { Type, type Static, type TSchema } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { map, object, optional, string } from "../../resource/fields.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Problem, Scope, Subject, Tags } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { cacheTagging, cacheTagsOf, isInScope, tagsOfCaches } from "../shared/elasticache-tagging.ts";
import { descriptionOf, markedDescription, mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { difference, sameValue, sameValues, spelled, type Value, type Values } from "../shared/parameter-values.ts";
import { foreign } from "./foreign.ts";

const value = Type.Unsafe<Value>({ description: "Its value.", type: ["string", "number", "boolean"] } as unknown as TSchema);

const schema = object({
  family: string("Engine and major version: `valkey8`, `redis7`, `redis6.x`, `memcached1.6`.", {
    pattern: "^(valkey\\d+|redis\\d+(\\.\\d+|\\.x)?|memcached\\d+\\.\\d+)$",
    examples: ["valkey8", "redis7"],
  }),
  description: optional(
    string("What it is for; for good. AWS's description ends with whose the group is: `(infra PROJECT/ENVIRONMENT)`.", {
      minLength: 1,
      maxLength: 200,
      pattern: "^[^()]*$",
    }),
  ),
  parameters: optional(
    map(value, "Settings by name. What is not named has the engine's default; what others set here is reset.", "^[A-Za-z][A-Za-z0-9_.-]*$"),
  ),
});

export type CacheParameterGroup = Static<typeof schema>;

interface Handle {
  readonly arn: string;
}

type LiveGroup = Live<CacheParameterGroup, Handle>;

/** Of ModifyCacheParameterGroup and ResetCacheParameterGroup alike. */
const most = 20;

export const cacheParameterGroup: Kind<CacheParameterGroup, Handle> = {
  name: "cacheParameterGroup",
  section: "cacheParameterGroups",
  doc: "Settings of a cache engine. Each parameter decides by itself whether a change reaches the nodes at once or at their next reboot.",
  outputs: { arn: "Its ARN.", family: "The engine and version that it is for." },
  foreign,
  schema,
  fields: {
    family: {
      change: {
        refuse:
          "The family of a parameter group cannot change, and caches hold on to it. Declare a second group of the new family, let `parameterGroup` of the cache name it " +
          "(for a major upgrade together with its `engineVersion`), and remove this one afterwards.",
      },
    },
    description: { change: "note", because: "the description of a parameter group is written once, when it is made" },
    parameters: {
      change: "update",
      as: "map",
      default: { value: {}, class: "enforced" },
      same: (request, have) => have !== undefined && sameValues(request, have),
      because: "some parameters change at once, others wait for a reboot of the nodes",
    },
  },
  stages: [{ name: "create" }, { name: "parameters", fields: ["parameters"] }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "elasticache:parametergroup", inDoubt: true },
  // All groups of the account are listed; ours are asked for their tags and for what is set in them, one by one. One more
  // where the YAML sets something to the engine's own default, which AWS does not list as set.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + 2 * n.ours,
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
  authored: asRead,
  goesWithUsers: true,
  drawn: () => ({ as: "hidden", sub: "cache parameter group" }),
  load: async () => driver(await import("../../aws/sdk/elasticache.ts")),
};

/** AWS takes no reset of it: "doesn't exist" (Terraform's provider goes over reserved-memory-percent for the same reason). */
function check({ spec }: Subject<CacheParameterGroup>): readonly Problem[] {
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
    },

    async get(aws, ids, scope) {
      const lives = new Map<string, LiveGroup>();
      for (const name of ids) {
        const found = await one(aws, name);
        const tags = found && (await cacheTagsOf(aws, found.ARN!));
        if (found && tags) lives.set(name, live(found, tags, await valuesOf(aws, name, wantedIn(scope, tags))));
      }
      return lives;
    },

    async create(aws, request, identity) {
      const owner = identity.tags;
      const text = request.description ?? (owner[ownership.resource] ?? "").split("/").at(-1) ?? "";
      await aws.elasticache(
        new sdk.CreateCacheParameterGroupCommand({
          CacheParameterGroupName: identity.name,
          CacheParameterGroupFamily: request.family,
          Description: markedDescription(text, owner[ownership.project] ?? "", owner[ownership.environment] ?? ""),
          Tags: tagList(owner),
        }),
        { once: true },
      );
      return identity.name;
    },

    initialState: () => ({ spec: { parameters: {} }, handle: { arn: "" } }),

    async update(aws, _stage, found, request, changes) {
      if (!changes.parameters) return;
      const { set, reset } = difference(changes.parameters.before ?? {}, request.parameters ?? {});
      const CacheParameterGroupName = found.id;
      for (const batch of batches([...reset].sort(), most))
        await aws.elasticache(
          new sdk.ResetCacheParameterGroupCommand({
            CacheParameterGroupName,
            ResetAllParameters: false,
            ParameterNameValues: batch.map((ParameterName) => ({ ParameterName })),
          }),
        );
      if (Object.keys(set).length === 0) return;
      const known = await allParameters(aws, found.id);
      for (const batch of batches(Object.keys(set).sort(), most))
        await aws.elasticache(
          new sdk.ModifyCacheParameterGroupCommand({
            CacheParameterGroupName,
            ParameterNameValues: batch.map((ParameterName) => ({
              ParameterName,
              ParameterValue: spelled(set[ParameterName]!, known.get(ParameterName.toLowerCase())?.AllowedValues),
            })),
          }),
        );
    },

    async delete(aws, found) {
      await unlessGone(aws.elasticache(new sdk.DeleteCacheParameterGroupCommand({ CacheParameterGroupName: found.id })));
    },

    tag: (aws, found, set, remove) => cacheTagging(aws, found.handle.arn, set, remove),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name]));
    },

    async blockers(aws, lives) {
      const users = new Map<AwsId, Blocker[]>(lives.map(({ id }) => [id, []]));
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheClustersCommand, { MaxRecords: 100 }))
        for (const { CacheClusterId: id = "", CacheClusterStatus, CacheParameterGroup, ReplicationGroupId } of page.CacheClusters ?? [])
          users.get(CacheParameterGroup?.CacheParameterGroupName ?? "")?.push({
            id,
            what: `cache ${id}${ReplicationGroupId === undefined ? "" : ` of ${ReplicationGroupId}`} (${CacheClusterStatus})`,
            holder: ReplicationGroupId ?? id,
          });
      return users;
    },
  };

  async function one(aws: Aws, name: string): Promise<AwsGroup | undefined> {
    const answer = await unlessGone(aws.elasticache(new sdk.DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: name })));
    return answer?.CacheParameterGroups?.[0];
  }

  /**
   * What is set in a group. A parameter that was set to the very default of the engine is not listed as set ("user"), so what the
   * YAML wants and the list lacks is looked up in all parameters: where the default is the wanted value, it counts as set.
   */
  async function valuesOf(aws: Aws, name: string, resolved: Values): Promise<Values> {
    const set: Record<string, Value> = {};
    for (const found of (await allParameters(aws, name, "user")).values())
      if (found.ParameterValue !== undefined) set[found.ParameterName!] = found.ParameterValue;
    const present = new Set(Object.keys(set).map((key) => key.toLowerCase()));
    const missing = Object.keys(resolved).filter((key) => !present.has(key.toLowerCase()));
    if (missing.length === 0) return set;
    const all = await allParameters(aws, name);
    for (const key of missing) {
      const dflt = all.get(key.toLowerCase())?.ParameterValue;
      if (dflt !== undefined && sameValue(dflt, resolved[key])) set[key] = dflt;
    }
    return set;
  }

  /** Parameters by lower-cased name. The call has no filter for names. */
  async function allParameters(aws: Aws, CacheParameterGroupName: string, Source?: "user"): Promise<Map<string, Parameter>> {
    const all = new Map<string, Parameter>();
    const input = { CacheParameterGroupName, MaxRecords: 100, ...(Source ? { Source } : {}) };
    for await (const page of aws.elasticache.pages(sdk.DescribeCacheParametersCommand, input))
      for (const found of page.Parameters ?? []) all.set(found.ParameterName!.toLowerCase(), found);
    return all;
  }
}

/** What the YAML wants of this group, as far as the engine tells. */
function wantedIn(scope: Scope, tags: Tags): Values {
  return (scope.wants?.(addressOfTag(tags[ownership.resource] ?? ""), "parameters") as Values | undefined) ?? {};
}

function live(found: AwsGroup, tags: Tags, parameters: Values): LiveGroup {
  return {
    id: found.CacheParameterGroupName!,
    aliases: [found.ARN!],
    tags,
    name: found.CacheParameterGroupName!,
    owner: found.ARN!.split(":")[4],
    state: "ready",
    spec: { family: found.CacheParameterGroupFamily, description: descriptionOf(found.Description), parameters },
    handle: { arn: found.ARN! },
    outputs: { arn: found.ARN!, family: found.CacheParameterGroupFamily ?? "" },
  };
}
