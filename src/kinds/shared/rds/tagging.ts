import type { Aws } from "../../../aws/aws.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import { tagsOf } from "../../../resource/ownership.ts";
import { tagList } from "../../../aws/tagging.ts";
import type { Access, Tags } from "../../kind.ts";

/**
 * Returns the access for writing tags. RDS has no condition key that names the create in which tags are written, so a role may give our
 * tags to an object without ownership tags.
 */
export function tagsOfRds(end: string): Access {
  return { made: [end], ours: ["*"] };
}

/** Writes and removes tags of an RDS object. */
export async function rdsTagging(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void> {
  const rds = await import("../../../aws/sdk/rds.ts");
  if (Object.keys(set).length > 0) await aws.rds(new rds.AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(set) }));
  if (remove.length > 0) await aws.rds(new rds.RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: [...remove] }));
}

/**
 * Returns the tags of an object that RDS lists without them: subnet groups and parameter groups. Makes one call for each object. Undefined
 * when it was deleted meanwhile.
 */
export async function rdsTagsOf(aws: Aws, arn: string): Promise<Tags | undefined> {
  const rds = await import("../../../aws/sdk/rds.ts");
  const answer = await unlessGone(aws.rds(new rds.ListTagsForResourceCommand({ ResourceName: arn })));
  return answer && tagsOf(answer.TagList);
}
