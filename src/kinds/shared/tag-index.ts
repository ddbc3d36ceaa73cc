/** Candidates by tag, for kinds whose own service cannot be asked by tag. */
import type { Aws } from "../../aws/aws.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { filterOfTypes } from "../../resource/tag-filters.ts";
import type { AwsId, Scope, Tags } from "../kind.ts";

/**
 * ARNs of a service (`logs`) whose tags say that they are the environment's, by the index of the Resource Groups
 * Tagging API. It lags by minutes and remembers what was deleted (Tagging API, GetResources): what it names must be read
 * before it is believed, and what the YAML declares is asked for by name beside it.
 */
export async function arnsOfEnvironment(aws: Aws, service: string, scope: Scope): Promise<AwsId[]> {
  return (await indexedOfEnvironment(aws, service, scope)).map(({ arn }) => arn);
}

/** The same, each with whether it is the project's, too: what is ours must be readable, and what is another project's need not. */
export async function indexedOfEnvironment(
  aws: Aws,
  service: string,
  { project, environment, address }: Scope,
): Promise<{ readonly arn: AwsId; readonly isOurs: boolean }[]> {
  const tags = { [ownership.environment]: environment, ...(address !== undefined && { [ownership.resource]: tagOfAddress(address) }) };
  return (await tagged(aws, service, tags)).map(({ arn, tags: have }) => ({ arn, isOurs: have[ownership.project] === project }));
}

/** An ARN that the index shows, with the name of the kind that its tag says. */
export interface Indexed {
  readonly arn: AwsId;
  readonly kind: string;
}

/** All that the index shows of an environment, of kinds whose ARNs are of these types: one call for all of them. `atHome`: of what has no region. */
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

/** ARNs of a service that have all these tags, by the same index. */
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
