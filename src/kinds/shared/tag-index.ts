/** Candidates by tag, for kinds whose own service cannot be asked by tag. */
import type { Aws } from "../../aws/aws.ts";
import { ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
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

/** ARNs of any service whose tags say that they are the environment's and of this kind, where nobody knows how its ARNs are built. */
export async function arnsOfKind(aws: Aws, kind: string, { environment }: Scope): Promise<AwsId[]> {
  const { GetResourcesCommand } = await import("../../aws/sdk/tagging.ts");
  const TagFilters = [{ Key: ownership.environment, Values: [environment] }, { Key: ownership.resource }];
  const arns: AwsId[] = [];
  for await (const page of aws.tagging.pages(GetResourcesCommand, { TagFilters }))
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? [])
      if (ResourceARN !== undefined && tagsOf(Tags)[ownership.resource]?.startsWith(`${kind}/`)) arns.push(ResourceARN);
  return arns;
}

/** ARNs of a service that bear all these tags, by the same index. */
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
