/**
 * The tags of a group. ElastiCache answers nothing about them while the group is not available ("Cluster not in available state to
 * perform tagging operations"), which lasts for minutes when it is made and for hours when it is resharded. Then the index of the
 * tagging API is asked, and where that does not show the group yet, the mark in its description stands for its tags: enough
 * to wait for it, and not enough to delete it (docs/decisions/0075-tags-that-cannot-be-read.md).
 */
import type { ReplicationGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { Run, Tags } from "../kind.ts";
import { cacheTagsOf } from "../shared/elasticache-tagging.ts";
import { markIn } from "../shared/marked-description.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Handle, LiveGroup } from "./observe.ts";
import type { ReplicationGroup } from "./schema.ts";

export interface Read {
  readonly tags: Tags;
  /** The description told them. */
  readonly isTold: boolean;
}

/** What the group bears, or undefined when it is gone. */
export async function tagsOfGroup(aws: Aws, group: AwsGroup): Promise<Read | undefined> {
  try {
    const tags = await cacheTagsOf(aws, group.ARN!);
    return tags && { tags, isTold: false };
  } catch (error) {
    if (!isBusy(error)) throw error;
    const tags = await indexed(aws, group.ARN!);
    return tags ? { tags, isTold: false } : { tags: told(group), isTold: true };
  }
}

export function isBusy(error: unknown): boolean {
  return hasCode(error, "InvalidReplicationGroupState", "InvalidCacheClusterState");
}

/** Before a group is deleted, its own tags must say that it is ours. */
export async function proven(live: LiveGroup, run: Run<ReplicationGroup, Handle>): Promise<boolean> {
  if (!live.handle.isTold) return true;
  const seen = await run.wait(
    `${live.id} to tell its tags`,
    3600,
    (now) => now === undefined || !now.handle.isTold || typeof now.state === "object",
  );
  if (seen === undefined) return false;
  const keys = [ownership.project, ownership.environment, ownership.resource];
  if (seen.handle.isTold || keys.some((key) => seen.tags[key] !== live.tags[key]))
    throw new Refusal(
      `${live.id} (${seen.handle.status}) does not tell by its tags whose it is, and is not deleted on the word of its description alone. Delete it by hand if it is yours.`,
    );
  return true;
}

async function indexed(aws: Aws, arn: string): Promise<Tags | undefined> {
  const { GetResourcesCommand } = await import("../../aws/sdk/tagging.ts");
  try {
    for await (const page of aws.tagging.pages(GetResourcesCommand, { ResourceARNList: [arn] }))
      for (const { ResourceARN, Tags: tags } of page.ResourceTagMappingList ?? []) if (ResourceARN === arn) return tagsOf(tags);
  } catch (error) {
    // Denied, or an endpoint without the service: the description is left.
    if (!(error instanceof AwsError)) throw error;
    if (error.class !== "auth" && !hasCode(error, "NotImplemented", "UnknownOperationException")) throw error;
  }
  return undefined;
}

function told({ Description, ReplicationGroupId }: AwsGroup): Tags {
  const mark = markIn(Description);
  if (mark?.name === undefined) return {};
  return {
    [ownership.project]: mark.project,
    [ownership.environment]: mark.environment,
    [ownership.resource]: `replicationGroup/${mark.name}`,
    [ownership.name]: ReplicationGroupId!,
  };
}
