/** Converts the tags of a group to Auto Scaling's form. */
import type { Aws } from "../../aws/aws.ts";
import type { AwsId, Tags } from "../kind.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

const ResourceType = "auto-scaling-group";

export async function writeTags(aws: Aws, sdk: Sdk, name: AwsId, tags: Tags, propagated: ReadonlySet<string>): Promise<void> {
  if (Object.keys(tags).length > 0) await aws.autoscaling(new sdk.CreateOrUpdateTagsCommand({ Tags: tagRequests(name, tags, propagated) }));
}

export async function removeTags(aws: Aws, sdk: Sdk, ResourceId: AwsId, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await aws.autoscaling(new sdk.DeleteTagsCommand({ Tags: keys.map((Key) => ({ Key, ResourceId, ResourceType })) }));
}

/** Our own tags are never propagated: the instances belong to the group, not to the environment. */
export function tagRequests(ResourceId: AwsId, tags: Tags, propagated: ReadonlySet<string>) {
  return Object.entries(tags).map(([Key, Value]) => ({
    Key,
    Value,
    ResourceId,
    ResourceType,
    PropagateAtLaunch: propagated.has(Key) && !Key.startsWith("infra:"),
  }));
}
