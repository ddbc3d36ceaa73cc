import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Access, Tags } from "../kind.ts";

/** ElastiCache has no key that names the create in which tags are written: an object with no ownership tags can be given ours. */
export function tagsOfCaches(end: string): Access {
  return { made: [end], ours: ["*"] };
}

/** Writes and removes tags of an object of ElastiCache. */
export async function cacheTagging(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void> {
  const sdk = await import("../../aws/sdk/elasticache.ts");
  if (Object.keys(set).length > 0) await aws.elasticache(new sdk.AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(set) }));
  if (remove.length > 0) await aws.elasticache(new sdk.RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: [...remove] }));
}

/** The tags, which no listing of ElastiCache tells: one call an object. Undefined when it was deleted meanwhile. */
export async function cacheTagsOf(aws: Aws, arn: string): Promise<Tags | undefined> {
  const sdk = await import("../../aws/sdk/elasticache.ts");
  const answer = await unlessGone(aws.elasticache(new sdk.ListTagsForResourceCommand({ ResourceName: arn })));
  return answer && tagsOf(answer.TagList);
}
