/**
 * Tags of all taggable resources of ElastiCache, by ARN as in the calls. Tags of a group can be
 * read and changed only while it is available.
 */
import type { AddTagsToResourceMessage, ListTagsForResourceMessage, RemoveTagsFromResourceMessage, Tag } from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import {
  clusterBusy,
  groupBusy,
  invalidValue,
  noCluster,
  noGroup,
  noParameterGroup,
  noServerless,
  noSnapshot,
  noSubnetGroup,
  serverlessBusy,
} from "./faults.ts";
import { parseArn } from "./names.ts";
import { cacheClusters, parameterGroups, replicationGroups, serverlessCaches, snapshots, subnetGroups, type Tags } from "./state.ts";

export const tagOperations: Readonly<Record<string, Handler>> = {
  AddTagsToResource(input: AddTagsToResourceMessage, call) {
    const { tags, key } = owner(input.ResourceName, call);
    Object.assign(tags, checked(input.Tags, tags));
    call.tagged(key);
    return { TagList: tagList(tags) };
  },

  RemoveTagsFromResource(input: RemoveTagsFromResourceMessage, call) {
    const { tags, key } = owner(input.ResourceName, call);
    for (const name of input.TagKeys ?? []) delete tags[name];
    call.tagged(key);
    return { TagList: tagList(tags) };
  },

  ListTagsForResource(input: ListTagsForResourceMessage, call) {
    return { TagList: tagList(owner(input.ResourceName, call).tags) };
  },
};

/** Checks the tags of a create call. */
export function newTags(list: readonly Tag[] | undefined): Tags {
  return checked(list, {});
}

function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function checked(list: readonly Tag[] | undefined, have: Tags): Tags {
  const tags: Tags = {};
  for (const { Key, Value = "" } of list ?? []) {
    if (!Key || Key.length > 128 || Value.length > 256) throw invalidValue("Tag keys have 1 to 128 characters and tag values 256 at most.");
    if (/^aws:/i.test(Key)) throw invalidValue(`Tag keys beginning with aws: are reserved: ${Key}`);
    if (Key in tags) throw invalidValue(`Duplicate tag key: ${Key}`);
    tags[Key] = Value;
  }
  if (Object.keys({ ...have, ...tags }).length > 50)
    throw new AwsFault(
      "TagQuotaPerResourceExceeded",
      "The request cannot be processed because it would cause the resource to have more than the allowed number of tags.",
    );
  return tags;
}

const missing = {
  subnetgroup: noSubnetGroup,
  parametergroup: noParameterGroup,
  replicationgroup: noGroup,
  snapshot: noSnapshot,
  cluster: noCluster,
  serverlesscache: noServerless,
} as const;

const tables = {
  subnetgroup: subnetGroups,
  parametergroup: parameterGroups,
  replicationgroup: replicationGroups,
  snapshot: snapshots,
  cluster: cacheClusters,
  serverlesscache: serverlessCaches,
} as const;

function owner(resource: string | undefined, call: Call): { readonly tags: Tags; readonly key: string } {
  const { type, name } = parseArn(resource);
  if (!Object.hasOwn(missing, type)) throw invalidValue(`Invalid resource name: ${resource}`);
  const table = tables[type as keyof typeof tables];
  const found = table.get(call, name);
  const key = table.key(name);
  if (!found || !call.sees(key, "id")) throw missing[type as keyof typeof missing](name);
  // hashicorp/terraform-provider-aws #30444 and #33859: seen while creating, modifying and snapshotting.
  if (type === "serverlesscache" && (found as { status?: string }).status !== "available")
    throw serverlessBusy("Cluster not in available state to perform tagging operations.");
  // For a cluster that is being created, AWS answers that it does not exist (hashicorp/terraform-provider-aws #18116).
  if (type === "cluster" && (found as { status?: string }).status === "creating")
    throw new AwsFault("CacheClusterNotFound", `${name} is either not present or not available.`, 404);
  if (type === "cluster" && (found as { status?: string }).status !== "available")
    throw clusterBusy("Cluster not in available state to perform tagging operations.");
  if (type === "replicationgroup" && (found as { status?: string }).status !== "available")
    throw groupBusy("Cluster not in available state to perform tagging operations.");
  return { tags: found.tags, key };
}
