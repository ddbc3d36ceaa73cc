import { isNotFound } from "./errors.ts";
import type { Aws } from "./aws.ts";
import type { Live, Tags } from "../kinds/kind.ts";

/** `TagSpecifications` of an EC2 create call. AWS refuses an empty list of tags, so there must be one. */
export function tagSpecifications<const T extends string>(
  type: T,
  tags: Tags,
): { ResourceType: T; Tags: { Key: string; Value: string }[] }[] {
  return [{ ResourceType: type, Tags: tagList(tags) }];
}

export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

interface Batch {
  readonly ids: string[];
  readonly sent: Promise<void>;
}

/** Batches that wait to be sent, by the tags that they write and remove. */
const waiting = new WeakMap<Aws, Map<string, Batch>>();

/**
 * Driver.tag of every EC2 kind whose `id` is an EC2 resource id. Objects that get the same tags within a moment share a call. A new tag for
 * a whole environment costs a few calls, not one for each object.
 */
export async function ec2Tagging(aws: Aws, live: Pick<Live, "id">, set: Tags, remove: readonly string[]): Promise<void> {
  const batches = waiting.get(aws) ?? new Map<string, Batch>();
  waiting.set(aws, batches);
  const key = JSON.stringify([Object.entries(set).sort(), [...remove].sort()]);
  let batch = batches.get(key);
  if (!batch) {
    const ids: string[] = [];
    const sent = aws.clock.sleep(20).then(() => {
      batches.delete(key);
      return tagEc2(aws, ids, set, remove);
    });
    batch = { ids, sent };
    batches.set(key, batch);
  }
  batch.ids.push(live.id);
  try {
    await batch.sent;
  } catch (error) {
    // One missing id fails the call for all, so each object is then tagged by a call of its own.
    if (!isNotFound(error) || batch.ids.length === 1) throw error;
    await tagEc2(aws, [live.id], set, remove);
  }
}

/**
 * Writes and removes tags of EC2 objects, up to 1,000 in a call. DeleteTags without tags would delete every tag, so it is never sent with
 * an empty list.
 */
export async function tagEc2(aws: Aws, ids: readonly string[], set: Tags, remove: readonly string[]): Promise<void> {
  const ec2 = await import("./sdk/ec2.ts");
  for (let from = 0; from < ids.length; from += 1000) {
    const Resources = ids.slice(from, from + 1000);
    if (Object.keys(set).length > 0) await aws.ec2(new ec2.CreateTagsCommand({ Resources, Tags: tagList(set) }));
    if (remove.length > 0) await aws.ec2(new ec2.DeleteTagsCommand({ Resources, Tags: remove.map((Key) => ({ Key })) }));
  }
}
