/** Finds candidates in the tag index, for kinds whose own service cannot list by tag. */
import type { Aws } from "../../aws/aws.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { filterOfTypes } from "../../resource/tag-filters.ts";
import type { AwsId, Scope, Tags } from "../kind.ts";

/**
 * Returns the ARNs of a service (`logs`) whose tags name the environment, from the index of the Resource Groups Tagging API. The index lags
 * by minutes and still shows deleted objects (Tagging API, GetResources). So an object that it names must be read before it counts, and
 * objects that the YAML declares are also read by name.
 */
export async function arnsOfEnvironment(aws: Aws, service: string, scope: Scope): Promise<AwsId[]> {
  return (await indexedOfEnvironment(aws, service, scope)).map(({ arn }) => arn);
}

/**
 * Returns the same ARNs, and whether each belongs to the project too. Our objects must be readable; those of another project need not be.
 */
export async function indexedOfEnvironment(
  aws: Aws,
  service: string,
  { project, environment, address }: Scope,
): Promise<{ readonly arn: AwsId; readonly isOurs: boolean }[]> {
  const tags = { [ownership.environment]: environment, ...(address !== undefined && { [ownership.resource]: tagOfAddress(address) }) };
  return (await tagged(aws, service, tags)).map(({ arn, tags: have }) => ({ arn, isOurs: have[ownership.project] === project }));
}

/** An ARN from the index, with the kind that its tag names. */
export interface Indexed {
  readonly arn: AwsId;
  readonly kind: string;
}

/**
 * Returns all objects of an environment in the index whose ARNs have these types, with one request for all types. `atHome` asks for objects
 * without a region.
 */
export async function indexedOf(aws: Aws, types: readonly string[], { environment }: Scope, atHome: boolean): Promise<readonly Indexed[]> {
  const { GetResourcesCommand } = await import("../../aws/sdk/tagging.ts");
  const TagFilters = [{ Key: ownership.environment, Values: [environment] }, { Key: ownership.resource }];
  const found: Indexed[] = [];
  const input = { TagFilters, ...filterOfTypes(types), ResourcesPerPage: 100 };
  for await (const page of aws.tagging.pages(GetResourcesCommand, input, { atHome }))
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? [])
      if (ResourceARN !== undefined)
        found.push({ arn: ResourceARN, kind: addressOfTag(tagsOf(Tags)[ownership.resource] ?? "").split("/")[0]! });
  return found;
}

/** Returns the ARNs of a service that have all these tags, from the same index. */
export async function arnsTagged(aws: Aws, service: string, tags: Tags): Promise<AwsId[]> {
  return (await tagged(aws, service, tags)).map(({ arn }) => arn);
}

async function tagged(aws: Aws, service: string, tags: Tags): Promise<{ readonly arn: AwsId; readonly tags: Tags }[]> {
  const { GetResourcesCommand } = await import("../../aws/sdk/tagging.ts");
  const TagFilters = Object.entries(tags).map(([Key, Value]) => ({ Key, Values: [Value] }));
  const found: { arn: AwsId; tags: Tags }[] = [];
  for await (const page of aws.tagging.pages(GetResourcesCommand, { ResourceTypeFilters: [service], TagFilters }))
    for (const { ResourceARN, Tags: have } of page.ResourceTagMappingList ?? [])
      if (ResourceARN !== undefined) found.push({ arn: ResourceARN, tags: tagsOf(have) });
  return found;
}
