/**
 * Reads, tags and creates of target groups and load balancers. Elastic Load Balancing lists objects without their tags and has no filter by
 * tag, so the tags of every object in the account are read, twenty ARNs in each call (docs/decisions/0010-elbv2-ownership.md).
 */
import type { Aws } from "../../../aws/aws.ts";
import { AwsError } from "../../../aws/errors.ts";
import { batches, existing, soon } from "../../../aws/eventual.ts";
import { ownership, tagsOf } from "../../../resource/ownership.ts";
import { tagList } from "../../../aws/tagging.ts";
import { ifAllowed } from "../instances/preflight.ts";
import type { AwsId, CreateIdentity, Tags } from "../../kind.ts";

/** DescribeTags and AddTags take 20 ARNs, and the Describe calls 20 ARNs or names (Elastic Load Balancing API). */
export const perCall = 20;

/** Returns the tags of the objects that exist, by ARN. */
export async function elbv2TagsOf(aws: Aws, arns: readonly AwsId[]): Promise<Map<AwsId, Tags>> {
  const elbv2 = await import("../../../aws/sdk/elbv2.ts");
  const described = await existing(
    arns,
    perCall,
    async (ResourceArns) => (await aws.elbv2(new elbv2.DescribeTagsCommand({ ResourceArns }))).TagDescriptions ?? [],
  );
  return new Map(described.map((one) => [one.ResourceArn!, tagsOf(one.Tags)]));
}

/** Driver.tag: writes and removes tags of objects of this service. */
export async function elbv2Tagging(aws: Aws, arns: readonly AwsId[], set: Tags, remove: readonly string[]): Promise<void> {
  const elbv2 = await import("../../../aws/sdk/elbv2.ts");
  for (const ResourceArns of batches(arns, perCall)) {
    if (Object.keys(set).length > 0) await aws.elbv2(new elbv2.AddTagsCommand({ ResourceArns, Tags: tagList(set) }));
    if (remove.length > 0) await aws.elbv2(new elbv2.RemoveTagsCommand({ ResourceArns, TagKeys: [...remove] }));
  }
}

/**
 * Creates an object by its name and never adopts one. When an object with the same name and settings exists, AWS answers a create with that
 * object, no matter who made it. So the name is looked up first, and the tags are checked afterwards.
 */
export async function createByName(
  aws: Aws,
  identity: CreateIdentity,
  find: () => Promise<AwsId | undefined>,
  make: () => Promise<AwsId>,
): Promise<AwsId> {
  const arn = (await find()) ?? (await soon(aws, make));
  const elbv2 = await import("../../../aws/sdk/elbv2.ts");
  const { TagDescriptions: [described] = [] } = await soon(aws, () => aws.elbv2(new elbv2.DescribeTagsCommand({ ResourceArns: [arn] })));
  const tags = tagsOf(described?.Tags);
  if (owner.every((key) => tags[key] === identity.tags[key])) return arn;
  throw new AwsError({
    class: "duplicate",
    code: "conflict",
    message: `The name "${identity.name}" is taken by ${arn}`,
    service: "elbv2",
    operation: "Create",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}

/** Returns the account's limits by AWS's names for them; none when the role may not read them. */
export async function elbv2Limits(aws: Aws, unchecked: string[]): Promise<ReadonlyMap<string, number>> {
  const elbv2 = await import("../../../aws/sdk/elbv2.ts");
  const answer = await ifAllowed(
    aws.elbv2(new elbv2.DescribeAccountLimitsCommand({ PageSize: 400 })),
    "limits of Elastic Load Balancing",
    unchecked,
  );
  return new Map((answer?.Limits ?? []).map(({ Name, Max }) => [Name!, Number(Max)]));
}

/** The tags that name an object's owner. */
export const owner = [ownership.project, ownership.environment, ownership.resource] as const;

/** Returns the last part of an ARN, which distinguishes two objects with the same name: `50dc6c495c0c9188`. */
export function tailOf(arn: AwsId): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** Returns `web` for `…:loadbalancer/app/web/50dc6c495c0c9188` and for `…:targetgroup/web/50dc6c495c0c9188`. */
export function nameIn(arn: AwsId): string {
  return arn.split("/").at(-2) ?? arn;
}
