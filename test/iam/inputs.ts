/** Reading the input of a call: its tags, its texts, its lists. */
import type { Authorisation } from "./authorisation.ts";
import type { Tags } from "./state.ts";

export type Input = Readonly<Record<string, unknown>>;

/** Returns the tags of a request: its own, and those for each type of object that it creates. */
export function tagsIn(input: Input): { readonly own: Tags; readonly byType: Readonly<Record<string, Tags>> } {
  const specifications = listed(input["TagSpecifications"]) as readonly { readonly ResourceType: string; readonly Tags: unknown }[];
  const keys = listed(input["TagKeys"] ?? input["tagKeys"]).map((key) => [String(key), undefined] as const);
  return {
    own: { ...pairs(input["Tags"]), ...(input["tags"] as Tags | undefined), ...(Object.fromEntries(keys) as unknown as Tags) },
    byType: Object.fromEntries(specifications.map(({ ResourceType, Tags }) => [ResourceType, pairs(Tags)])),
  };
}

function pairs(tags: unknown): Tags {
  return Object.fromEntries(
    // KMS calls them TagKey and TagValue.
    (listed(tags) as readonly { readonly [name in "Key" | "Value" | "TagKey" | "TagValue"]?: string }[]).map(
      ({ Key, Value, TagKey, TagValue }) => [Key ?? TagKey, Value ?? TagValue] as [string, string],
    ),
  );
}

/** The context of a request with tags: the keys, and the values of the tags that have one. */
export function requestContext(tags: Tags): Authorisation["context"] {
  const keys = Object.keys(tags);
  return keys.length === 0 ? {} : { ...tagContext("aws:RequestTag", tags), "aws:TagKeys": keys };
}

export function tagContext(key: string, tags: Tags): Authorisation["context"] {
  return Object.fromEntries(Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [[`${key}/${name}`, value]])));
}

export function hasId(list: unknown, id: unknown): boolean {
  return listed(list).some((item) => (item as Input)["id"] === id);
}

export function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Returns every text in an input. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(textsIn);
}
