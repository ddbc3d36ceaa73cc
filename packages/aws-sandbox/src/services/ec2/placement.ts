/** Placement groups: identified by name, never changed, not deletable while an instance is in them. */
import type {
  CreatePlacementGroupRequest,
  CreatePlacementGroupResult,
  DeletePlacementGroupRequest,
  DescribePlacementGroupsRequest,
  DescribePlacementGroupsResult,
  PlacementGroup,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, required } from "./faults.ts";
import { arn, idKinds } from "./ids.ts";
import { within } from "./quotas.ts";
import { capacityReservations, instances, placementGroups, type PlacementGroupRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";

const create: Handler<CreatePlacementGroupRequest, CreatePlacementGroupResult> = (input, call) => {
  const name = required(input.GroupName, "groupName");
  const strategy = input.Strategy ?? (input.PartitionCount ? "partition" : "cluster");
  if (name.length > 255) throw invalidValue("The name of a placement group is 255 characters long at most");
  if (!["cluster", "spread", "partition"].includes(strategy))
    throw invalidValue(`Invalid value '${strategy}' for placement group strategy.`);
  if (input.PartitionCount !== undefined && strategy !== "partition")
    throw invalidCombination("The partition count is for the strategy partition");
  if (input.SpreadLevel !== undefined && strategy !== "spread") throw invalidCombination("The spread level is for the strategy spread");
  const partitions = strategy === "partition" ? (input.PartitionCount ?? 2) : undefined;
  if (partitions !== undefined && (partitions < 1 || partitions > 7))
    throw invalidValue(`Invalid value '${partitions}' for the partition count. It must be between 1 and 7.`);
  const tags = tagsToBe(input.TagSpecifications, "placement-group");
  if (placementGroupNamed(call, name))
    throw new AwsFault("InvalidPlacementGroup.Duplicate", `The placement group '${name}' already exists.`);
  within(
    call,
    "placementGroups",
    placementGroups(call).size,
    "PlacementGroupLimitExceeded",
    "The maximum number of placement groups has been reached.",
  );
  const group: PlacementGroupRecord = {
    id: call.id("pg"),
    createdAt: call.now,
    name,
    strategy,
    ...(partitions === undefined ? {} : { partitions }),
    ...(strategy === "spread" ? { spreadLevel: input.SpreadLevel ?? "rack" } : {}),
  };
  placementGroups(call).set(group.id, group);
  giveTags(call, group.id, tags["placement-group"]);
  return { PlacementGroup: describe(call, group) };
};

export function placementGroupNamed(call: Call, name: string): PlacementGroupRecord | undefined {
  for (const group of placementGroups(call).values()) if (group.name === name) return group;
  return undefined;
}

export function needPlacementGroup(call: Call, name: string): PlacementGroupRecord {
  const group = placementGroupNamed(call, name);
  if (!group || !call.sees(group.id, "id")) throw unknown(name);
  return group;
}

function unknown(name: string): AwsFault {
  return new AwsFault("InvalidPlacementGroup.Unknown", `The Placement Group '${name}' is unknown.`);
}

const remove: Handler<DeletePlacementGroupRequest, object> = (input, call) => {
  const group = needPlacementGroup(call, required(input.GroupName, "groupName"));
  for (const instance of instances(call).values())
    if (instance.placementGroup === group.name && instance.state !== "terminated") throw inUse(group.name);
  for (const one of capacityReservations(call).values())
    if (one.placementGroup === group.name && one.cancelledAt === undefined) throw inUse(group.name);
  placementGroups(call).delete(group.id);
  dropTags(call, group.id);
  return {};
};

function inUse(name: string): AwsFault {
  return new AwsFault("InvalidPlacementGroup.InUse", `The placement group '${name}' is in use and may not be deleted.`);
}

function stateOf(call: Call, { createdAt }: PlacementGroupRecord): "pending" | "available" {
  return call.now < createdAt + timing.placementGroupAvailable ? "pending" : "available";
}

/** Describes placement groups, without pages. */
const describeGroups: Handler<DescribePlacementGroupsRequest, DescribePlacementGroupsResult> = (input, call) => {
  const { found } = list<PlacementGroupRecord>(
    call,
    { Filters: input.Filters },
    {
      records: placementGroups(call).values(),
      ids: {
        kind: idKinds.placementGroup,
        given: [...(input.GroupIds ?? []), ...(input.GroupNames ?? []).map((name) => needPlacementGroup(call, name).id)],
        parameter: "groupId",
      },
      filters: {
        "group-arn": (group) => arn(call, "placement-group", group.name),
        "group-name": (group) => group.name,
        "spread-level": (group) => group.spreadLevel,
        state: (group) => stateOf(call, group),
        strategy: (group) => group.strategy,
      },
    },
  );
  return { PlacementGroups: found.map((group) => describe(call, group)) };
};

function describe(call: Call, group: PlacementGroupRecord): PlacementGroup {
  return {
    GroupId: group.id,
    GroupName: group.name,
    GroupArn: arn(call, "placement-group", group.name),
    State: stateOf(call, group),
    Strategy: group.strategy as "cluster",
    PartitionCount: group.partitions,
    SpreadLevel: group.spreadLevel as "rack" | undefined,
    Tags: tagList(call, group.id),
  };
}

export const placementOperations: Record<string, Handler> = {
  CreatePlacementGroup: create,
  DeletePlacementGroup: remove,
  DescribePlacementGroups: describeGroups,
};
