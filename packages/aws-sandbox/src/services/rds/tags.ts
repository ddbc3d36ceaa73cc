/** Tags of all taggable resources of RDS, by ARN as in the calls. */
import type { AddTagsToResourceMessage, ListTagsForResourceMessage, RemoveTagsFromResourceMessage, Tag } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import {
  invalidValue,
  noBlueGreen,
  noCluster,
  noClusterSnapshot,
  noInstance,
  noOptionGroup,
  noParameterGroup,
  noSnapshot,
  noSubnetGroup,
  noSubscription,
} from "./faults.ts";
import { parseArn } from "./names.ts";
import {
  blueGreens,
  clusterParameterGroups,
  clusters,
  clusterSnapshots,
  instances,
  eventSubscriptions,
  optionGroups,
  parameterGroups,
  proxies,
  snapshots,
  subnetGroups,
  type Tags,
} from "./state.ts";

export const tagOperations: Readonly<Record<string, Handler>> = {
  AddTagsToResource(input: AddTagsToResourceMessage, call) {
    const { tags, key } = owner(input.ResourceName, call);
    Object.assign(tags, checked(input.Tags, tags));
    call.tagged(key);
    return {};
  },

  RemoveTagsFromResource(input: RemoveTagsFromResourceMessage, call) {
    const { tags, key } = owner(input.ResourceName, call);
    for (const name of input.TagKeys ?? []) delete tags[name];
    call.tagged(key);
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceMessage, call) {
    return { TagList: tagList(owner(input.ResourceName, call).tags) };
  },
};

/** Checks the tags of a create call. */
export function newTags(list: readonly Tag[] | undefined): Tags {
  return checked(list, {});
}

export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function checked(list: readonly Tag[] | undefined, have: Tags): Tags {
  const tags: Tags = {};
  for (const { Key, Value = "" } of list ?? []) {
    if (!Key || Key.length > 128 || Value.length > 256) throw invalidValue("Tag keys have 1 to 128 characters and tag values 256 at most.");
    if (/^aws:/i.test(Key)) throw invalidValue(`Tag keys beginning with aws: are reserved: ${Key}`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value)) throw invalidValue(`The tag ${Key} holds a character that tags cannot hold.`);
    if (Key in tags) throw invalidValue(`Duplicate tag key: ${Key}`);
    tags[Key] = Value;
  }
  if (Object.keys({ ...have, ...tags }).length > 50) throw new AwsFault("InvalidParameterValue", "A resource can have 50 tags at most.");
  return tags;
}

function owner(resource: string | undefined, call: Call): { readonly tags: Tags; readonly key: string } {
  const { type, name } = parseArn(resource);
  const tables = {
    db: { table: instances, missing: noInstance },
    subgrp: { table: subnetGroups, missing: noSubnetGroup },
    pg: { table: parameterGroups, missing: noParameterGroup },
    es: { table: eventSubscriptions, missing: noSubscription },
    og: { table: optionGroups, missing: noOptionGroup },
    snapshot: { table: snapshots, missing: noSnapshot },
    deployment: { table: blueGreens, missing: noBlueGreen },
    cluster: { table: clusters, missing: noCluster },
    "cluster-pg": { table: clusterParameterGroups, missing: noParameterGroup },
    "cluster-snapshot": { table: clusterSnapshots, missing: noClusterSnapshot },
  } as const;
  if (type === "db-proxy") {
    const found = proxies.all(call).find(({ id }) => id === name);
    if (!found || !call.sees(proxies.key(found.name), "id")) throw new AwsFault("DBProxyNotFoundFault", `DB Proxy not found: ${name}`, 404);
    return { tags: found.tags, key: proxies.key(found.name) };
  }
  if (!Object.hasOwn(tables, type)) throw invalidValue(`Invalid resource name: ${resource}`);
  const { table, missing } = tables[type as keyof typeof tables];
  const found = table.get(call, name);
  const key = table.key(name);
  if (!found || !call.sees(key, "id")) throw missing(name);
  return { tags: found.tags, key };
}
