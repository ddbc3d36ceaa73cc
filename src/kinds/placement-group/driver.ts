import type { PlacementGroup as AwsGroup } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { tagEc2, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, literal, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live } from "../kind.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import type { Handle, PlacementGroup } from "./schema.ts";

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<PlacementGroup, Handle> {
  const described = async (aws: Aws, Filters: Filter[]) =>
    (await aws.ec2(new ec2.DescribePlacementGroupsCommand({ Filters }))).PlacementGroups ?? [];

  return {
    async *list(aws, scope) {
      for (const found of await described(aws, environmentFilter(scope))) yield live(aws, found);
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, Live<PlacementGroup, Handle>>();
      for (const Filters of idFilters("group-name", ids.map(literal)))
        for (const found of await described(aws, Filters)) lives.set(found.GroupName!, live(aws, found));
      return lives;
    },

    async create(aws, { strategy, partitionCount, spreadLevel }, identity) {
      await aws.ec2(
        new ec2.CreatePlacementGroupCommand({
          GroupName: identity.name,
          Strategy: strategy ?? "cluster",
          ...(partitionCount === undefined ? {} : { PartitionCount: partitionCount }),
          ...(spreadLevel === undefined ? {} : { SpreadLevel: spreadLevel }),
          TagSpecifications: tagSpecifications("placement-group", identity.tags),
        }),
        { once: true },
      );
      return identity.name;
    },

    async delete(aws, { id: GroupName, state }) {
      if (state === "dead" || state === "deleting") return;
      await aws.ec2(new ec2.DeletePlacementGroupCommand({ GroupName })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: (aws, { handle }, set, remove) => tagEc2(aws, [handle.groupId], set, remove),

    async named(aws, names) {
      const found = new Map<string, AwsId>();
      for (const Filters of idFilters("group-name", names.map(literal)))
        for (const { GroupName } of await described(aws, Filters)) found.set(GroupName!, GroupName!);
      return found;
    },

    async find(aws, tags, owner = aws.account) {
      if (owner !== aws.account) return []; // shared groups are named by ARN
      return (await described(aws, tagFilters(tags))).filter((found) => isMeant(found, tags, owner)).map(({ GroupName }) => GroupName!);
    },
  };
}

function live(aws: Aws, found: AwsGroup): Live<PlacementGroup, Handle> {
  const arn = found.GroupArn ?? `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:placement-group/${found.GroupName}`;
  return {
    id: found.GroupName!,
    aliases: [...(found.GroupId ? [found.GroupId] : []), arn],
    tags: tagsOf(found.Tags),
    owner: aws.account,
    name: found.GroupName!,
    state: stateOf(found.State),
    spec: {
      ...(found.Strategy ? { strategy: found.Strategy as NonNullable<PlacementGroup["strategy"]> } : {}),
      partitionCount: found.PartitionCount,
      spreadLevel: found.SpreadLevel,
    } as Partial<PlacementGroup>,
    handle: { groupId: found.GroupId! },
    outputs: { arn, groupId: found.GroupId ?? "" },
  };
}

function stateOf(state: string | undefined): Live["state"] {
  if (state === "pending") return "pending";
  return state === "deleting" ? "deleting" : state === "deleted" ? "dead" : "ready";
}
