import type { Aws } from "../../../aws/aws.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import { tagsOf } from "../../../resource/ownership.ts";
import { tagList } from "../../../aws/tagging.ts";
import type { Access, Tags } from "../../kind.ts";

/**
 * Returns the access for writing tags. ElastiCache has no condition key that names the create in which tags are written, so a role may give
 * our tags to an object without ownership tags.
 */
export function tagsOfCaches(end: string): Access {
  return { made: [end], ours: ["*"] };
}

/** Writes and removes tags of an ElastiCache object. */
export async function cacheTagging(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void> {
  const sdk = await import("../../../aws/sdk/elasticache.ts");
  if (Object.keys(set).length > 0) await aws.elasticache(new sdk.AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(set) }));
  if (remove.length > 0) await aws.elasticache(new sdk.RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: [...remove] }));
}

/**
 * Returns the tags of an object, with one call for each, because no listing of ElastiCache has them. Undefined when the object was deleted
 * meanwhile.
 */
export async function cacheTagsOf(aws: Aws, arn: string): Promise<Tags | undefined> {
  const sdk = await import("../../../aws/sdk/elasticache.ts");
  const answer = await unlessGone(aws.elasticache(new sdk.ListTagsForResourceCommand({ ResourceName: arn })));
  return answer && tagsOf(answer.TagList);
}
