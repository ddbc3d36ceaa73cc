/** Checks tags of groups. A tag may be propagated to instances that are launched later. */
import type { CreateOrUpdateTagsType, DeleteTagsType, DescribeTagsType, Tag, TagDescription } from "@aws-sdk/client-auto-scaling";
import { matcher } from "../../filters.ts";
import { AwsFault, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { invalid, needLiving } from "./faults.ts";
import { groups, type GroupRecord } from "./state.ts";

export function checkedTags(list: readonly Tag[] | undefined, name: string, have: GroupRecord["tags"]): GroupRecord["tags"] {
  const tags = { ...have };
  for (const { Key, Value = "", PropagateAtLaunch = false, ResourceId, ResourceType } of list ?? []) {
    if (!Key || Key.length > 128 || Value.length > 256) throw invalid("Tag keys have 1 to 128 characters and tag values 256 at most");
    if (/^aws:/i.test(Key)) throw invalid(`Tag keys beginning with aws: are reserved: ${Key}`);
    if (ResourceType !== undefined && ResourceType !== "auto-scaling-group")
      throw invalid(`The resource type '${ResourceType}' is not valid`);
    if (ResourceId !== undefined && ResourceId !== name) throw invalid(`The resource id '${ResourceId}' is not that of the group`);
    tags[Key] = { value: Value, propagate: PropagateAtLaunch };
  }
  if (Object.keys(tags).length > 50) throw new AwsFault("LimitExceeded", "A group can have 50 tags at most");
  return tags;
}

export function describeTags(group: GroupRecord): TagDescription[] {
  return Object.entries(group.tags).map(([Key, tag]) => ({
    Key,
    Value: tag.value,
    PropagateAtLaunch: tag.propagate,
    ResourceId: group.name,
    ResourceType: "auto-scaling-group",
  }));
}

export const tagOperations: Record<string, Handler> = {
  CreateOrUpdateTags(input: CreateOrUpdateTagsType, call) {
    for (const tag of input.Tags ?? []) {
      const group = needLiving(call, tag.ResourceId);
      group.tags = checkedTags([tag], group.name, group.tags);
      call.tagged(group.name);
    }
    return {};
  },

  DeleteTags(input: DeleteTagsType, call) {
    for (const { ResourceId, Key } of input.Tags ?? []) {
      const group = needLiving(call, ResourceId);
      delete group.tags[Key!];
      call.tagged(group.name);
    }
    return {};
  },

  DescribeTags(input: DescribeTagsType, call) {
    const fits = matcher<TagDescription>(input.Filters, {
      "auto-scaling-group": (tag) => tag.ResourceId,
      key: (tag) => tag.Key,
      "propagate-at-launch": (tag) => tag.PropagateAtLaunch,
      value: (tag) => tag.Value,
    });
    const all = [...groups(call).values()].flatMap(describeTags).filter(fits);
    const { items, next } = page(call, all, input, {
      key: (tag) => `${tag.ResourceId} ${tag.Key}`,
      max: 100,
      size: 50,
      names: "autoscaling",
    });
    return { Tags: items, ...next };
  },
};
