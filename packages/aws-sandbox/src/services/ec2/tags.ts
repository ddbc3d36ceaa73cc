/** Tags of every kind of resource, by id, and the three calls that handle them. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  Tag,
  TagSpecification,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidValue, required } from "./faults.ts";
import { isWellFormed, kindByPrefix, missing } from "./ids.ts";
import { tags, type Tags } from "./state.ts";

const limit = 50;

export function tagList(call: Call, id: string): Tag[] {
  return Object.entries(tags(call).get(id) ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Checks the TagSpecifications of a create call before anything is created. Returns the tags by resource type. */
export function tagsToBe(
  specifications: readonly TagSpecification[] | undefined,
  ...allowed: readonly string[]
): Readonly<Record<string, Tags>> {
  const byType: Record<string, Tags> = {};
  for (const { ResourceType: type, Tags: given } of specifications ?? []) {
    if (type === undefined || !allowed.includes(type))
      throw invalidValue(`'${type ?? ""}' is not a valid taggable resource type for this operation.`);
    if (byType[type]) throw invalidValue(`Tag specification resource type '${type}' must be specified once`);
    if (!given || given.length === 0) throw invalidValue("Tag specification must have at least one tag");
    byType[type] = checked(given);
    if (Object.keys(byType[type]).length > limit) throw tooMany();
  }
  return byType;
}

/** Sets the tags of a new resource; stores nothing when there are none. */
export function giveTags(call: Call, id: string, given: Tags | undefined): void {
  if (given && Object.keys(given).length > 0) tags(call).set(id, { ...given });
}

export function dropTags(call: Call, id: string): void {
  tags(call).delete(id);
}

const createTags: Handler<CreateTagsRequest, object> = (input, call) => {
  const ids = required(input.Resources, "ResourceIdSet");
  const given = checked(required(input.Tags, "Tag"));
  if (ids.length > 1000) throw invalidValue("The maximum number of resources in one request is 1000");
  for (const id of ids) needTaggable(call, id);
  for (const id of ids) {
    const merged = { ...tags(call).get(id), ...given };
    if (Object.keys(merged).filter((key) => !isReserved(key)).length > limit) throw tooMany();
  }
  for (const id of ids) {
    tags(call).set(id, { ...tags(call).get(id), ...given });
    call.tagged(id);
  }
  return {};
};

/** Deletes tags. A key without a value matches any value; no keys at all means every tag. Deleting nothing is not an error. */
const deleteTags: Handler<DeleteTagsRequest, object> = (input, call) => {
  const ids = required(input.Resources, "resourceIdSet");
  for (const id of ids) needTaggable(call, id);
  for (const { Key } of input.Tags ?? []) if (Key && isReserved(Key)) throw reserved();
  for (const id of ids) {
    const have = tags(call).get(id);
    if (!have) continue;
    const going = input.Tags?.length
      ? input.Tags
      : Object.keys(have)
          .filter((key) => !isReserved(key))
          .map((Key): Tag => ({ Key }));
    for (const { Key, Value } of going) if (Key !== undefined && (Value === undefined || have[Key] === Value)) delete have[Key];
    if (Object.keys(have).length === 0) tags(call).delete(id);
    call.tagged(id);
  }
  return {};
};

const describeTags: Handler<DescribeTagsRequest, DescribeTagsResult> = (input, call) => {
  const { found, NextToken } = list(call, input, {
    records: everyTag(call),
    tagged: (tag) => tag.resource,
    filters: {
      key: (tag) => tag.key,
      value: (tag) => tag.value,
      "resource-id": (tag) => tag.resource,
      "resource-type": (tag) => tag.type,
    },
    pages: [5, 1000],
  });
  return {
    NextToken,
    Tags: found.map(({ resource, type, key, value }) => ({ ResourceId: resource, ResourceType: type as "vpc", Key: key, Value: value })),
  };
};

export const tagOperations: Record<string, Handler> = { CreateTags: createTags, DeleteTags: deleteTags, DescribeTags: describeTags };

function* everyTag(call: Call) {
  for (const [resource, have] of tags(call)) {
    if (!call.sees(resource, "tags")) continue;
    const type = kindOf(resource)?.type ?? "";
    for (const [key, value] of Object.entries(have)) yield { id: `${resource} ${key}`, resource, type, key, value };
  }
}

function needTaggable(call: Call, id: string): void {
  const kind = kindOf(id);
  if (!kind) throw new AwsFault("InvalidID", `The ID '${id}' is not valid`);
  if (!isWellFormed(kind, id)) throw new AwsFault(kind.malformed, `Invalid id: "${id}"`);
  if (!kind.table(call).has(id) || !call.sees(id, "id")) throw missing(kind, id);
}

function kindOf(id: string) {
  return kindByPrefix.get(id.slice(0, id.lastIndexOf("-")));
}

/** Checks tags: keys of up to 127 characters, values of up to 256, the prefix `aws:` reserved for AWS (EC2 API, Tag). */
function checked(given: readonly Tag[]): Tags {
  const byKey: Tags = {};
  for (const { Key, Value = "" } of given) {
    if (!Key) throw invalidValue("Tag keys must not be empty");
    if (isReserved(Key)) throw reserved();
    if (Key.length > 127) throw invalidValue("Tag key exceeds the maximum length of 127 characters");
    if (Value.length > 256) throw invalidValue("Tag value exceeds the maximum length of 256 characters");
    if (Object.hasOwn(byKey, Key)) throw invalidValue(`Duplicate tag key '${Key}' specified.`);
    byKey[Key] = Value;
  }
  return byKey;
}

function isReserved(key: string): boolean {
  return /^aws:/i.test(key);
}

function reserved(): AwsFault {
  return new AwsFault("InvalidTagKey.Malformed", "Tag keys starting with 'aws:' are reserved for internal use");
}

function tooMany(): AwsFault {
  return new AwsFault("TagLimitExceeded", `The maximum number of Tags for a resource has been reached: ${limit}`);
}
