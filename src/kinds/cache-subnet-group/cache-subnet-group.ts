import type { CacheSubnetGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { list, object, ref } from "../../resource/fields.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Member, Problem, ResourceIndex, Subject, Tags } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { cacheTagging, cacheTagsOf, tagsOfCaches } from "../shared/cache/tagging.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import { mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { vpcOfSubnets } from "../shared/network/network-index.ts";
import { atLeast } from "../shared/slots.ts";
import { describeGroup, groupDescription, liveGroup, tagGroup, whenSubnetsAreSeen } from "../shared/subnet-groups.ts";
import { foreign } from "./foreign.ts";
import { textOf } from "../shared/told.ts";

const schema = object({
  subnets: list(
    ref("subnet", "A subnet."),
    "The subnets for caches, all of one VPC; in two zones if a replica must survive the loss of a zone.",
    {
      minItems: 1,
      maxItems: 20,
    },
  ),
  description: groupDescription,
});

export type CacheSubnetGroup = Static<typeof schema>;

interface Handle {
  readonly arn: string;
  readonly description: string;
}

type LiveGroup = Live<CacheSubnetGroup, Handle>;

export const cacheSubnetGroup: Kind<CacheSubnetGroup, Handle> = {
  name: "cacheSubnetGroup",
  section: "cacheSubnetGroups",
  doc: "The subnets of a VPC from which ElastiCache chooses those of a cache.",
  outputs: { arn: "The ARN.", vpc: "The id of the VPC." },
  foreign,
  summary: ({ subnets = [] }) => ({ line: `of ${subnets.map(textOf).join(", ")}`, tells: ["subnets"] }),
  schema,
  fields: {
    subnets: {
      change: "update",
      as: "set",
      whileGone: (left) => atLeast(1, left, "subnet"),
      because: "a subnet with a cache in it cannot be removed",
      urgency: "traffic",
    },
    description: { change: "update", late: true },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  replace: "delete-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "elasticache:subnetgroup", inDoubt: true },
  // All groups of the account are listed. The tags are read one by one for the groups whose description says that they are ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["elasticache:DescribeCacheSubnetGroups", "elasticache:ListTagsForResource"],
    write: [
      "elasticache:AddTagsToResource",
      "elasticache:CreateCacheSubnetGroup",
      "elasticache:DeleteCacheSubnetGroup",
      "elasticache:ModifyCacheSubnetGroup",
      "elasticache:RemoveTagsFromResource",
    ],
    remove: ["elasticache:DeleteCacheSubnetGroup"],
    access: {
      "elasticache:AddTagsToResource": tagsOfCaches("subnetgroup:*"),
      "elasticache:CreateCacheSubnetGroup": { made: ["subnetgroup:*"] },
    },
  },
  // ElastiCache: "The new subnets are not in the same VPC as the existing subnet group".
  liesIn(spec, index) {
    const place = vpcOfSubnets(index, spec.subnets ?? []);
    return place === undefined ? undefined : { place, field: "subnets" };
  },
  check,
  authored: asRead,
  goesWithUsers: true,
  drawn: () => ({ as: "hidden", sub: "cache subnet group" }),
  withoutNetwork: "it only lists the subnets of caches",
  load: async () => driver(await import("../../aws/sdk/elasticache.ts")),
};

function check({ spec }: Subject<CacheSubnetGroup>, index: ResourceIndex): readonly Problem[] {
  const declared = spec.subnets.map((subnet) => index.get(subnet)?.spec as { vpc?: unknown } | undefined);
  // AWS judges subnets that are not declared here.
  if (declared.some((subnet) => subnet === undefined)) return [];
  const vpcs = new Set(declared.map((subnet) => JSON.stringify(subnet?.vpc)));
  return vpcs.size > 1 ? [{ code: "cache-network", summary: "the subnets are in different VPCs", path: "subnets" }] : [];
}

function driver(sdk: typeof import("../../aws/sdk/elasticache.ts")): Driver<CacheSubnetGroup, Handle> {
  return {
    async *list(aws, scope) {
      const all: AwsGroup[] = [];
      for await (const one of groups(aws)) all.push(one);
      for (const found of await mayBeOurs(all, told, scope, "cacheSubnetGroup")) {
        const tags = await cacheTagsOf(aws, found.ARN!);
        if (tags && isInScope(tags, scope)) yield live(found, tags);
      }
    },

    async get(aws, ids) {
      const lives = new Map<string, LiveGroup>();
      for (const name of ids) {
        const found = await one(aws, name);
        const tags = found && (await cacheTagsOf(aws, found.ARN!));
        if (found && tags) lives.set(name, live(found, tags));
      }
      return lives;
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const { CacheSubnetGroupName: name, VpcId = "" } of groups(aws))
          if (networks.has(VpcId))
            members.push({ id: name!, what: `cache subnet group ${name} in ${VpcId}`, isMadeByService: name === "default" });
      return members;
    },

    async create(aws, request, identity) {
      await whenSubnetsAreSeen(aws, () =>
        aws.elasticache(
          new sdk.CreateCacheSubnetGroupCommand({
            CacheSubnetGroupName: identity.name,
            CacheSubnetGroupDescription: describeGroup(request.description, identity.tags),
            SubnetIds: [...request.subnets],
            Tags: tagList(identity.tags),
          }),
          { once: true },
        ),
      );
      return identity.name;
    },

    async update(aws, _stage, found, request, changes, run) {
      const description = changes.description?.after;
      await whenSubnetsAreSeen(aws, () =>
        aws.elasticache(
          new sdk.ModifyCacheSubnetGroupCommand({
            CacheSubnetGroupName: found.id,
            ...(changes.subnets ? { SubnetIds: [...request.subnets] } : {}),
            ...(description === undefined ? {} : { CacheSubnetGroupDescription: describeGroup(description, run.identity.tags) }),
          }),
        ),
      );
    },

    async delete(aws, found) {
      await unlessGone(aws.elasticache(new sdk.DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: found.id })));
    },

    tag: (aws, found, set, remove) =>
      tagGroup(found, set, remove, {
        tag: () => cacheTagging(aws, found.handle.arn, set, remove),
        setDescription: (CacheSubnetGroupDescription) =>
          aws.elasticache(new sdk.ModifyCacheSubnetGroupCommand({ CacheSubnetGroupName: found.id, CacheSubnetGroupDescription })),
      }),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name]));
    },

    async blockers(aws, lives) {
      const users = new Map<AwsId, Blocker[]>(lives.map(({ id }) => [id, []]));
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheClustersCommand, { MaxRecords: 100 }))
        for (const { CacheClusterId: id = "", CacheClusterStatus, CacheSubnetGroupName = "", ReplicationGroupId } of page.CacheClusters ??
          [])
          users.get(CacheSubnetGroupName)?.push({
            id,
            what: `cache ${id}${ReplicationGroupId === undefined ? "" : ` of ${ReplicationGroupId}`} (${CacheClusterStatus})`,
            holder: ReplicationGroupId ?? id,
          });
      return users;
    },
  };

  async function* groups(aws: Aws): AsyncIterable<AwsGroup> {
    for await (const page of aws.elasticache.pages(sdk.DescribeCacheSubnetGroupsCommand, { MaxRecords: 100 }))
      yield* page.CacheSubnetGroups ?? [];
  }

  async function one(aws: Aws, name: string): Promise<AwsGroup | undefined> {
    const answer = await unlessGone(aws.elasticache(new sdk.DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name })));
    return answer?.CacheSubnetGroups?.[0];
  }
}

function told({ CacheSubnetGroupName: name, ARN: arn, CacheSubnetGroupDescription: description }: AwsGroup): Listed {
  return { name: name!, arn: arn!, description };
}

function live(found: AwsGroup, tags: Tags): LiveGroup {
  const group = liveGroup(found.CacheSubnetGroupName!, found.ARN!, tags, found.CacheSubnetGroupDescription, found);
  return { ...group, outputs: { arn: found.ARN!, ...group.outputs } };
}
