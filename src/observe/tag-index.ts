/** Reads candidates for an environment from the index of the Resource Groups Tagging API. The service itself then proves each candidate. */
import type { Aws } from "../aws/aws.ts";
import { AwsError, hasCode } from "../aws/errors.ts";
import type { AwsId, Kind } from "../kinds/kind.ts";
import { addressOfTag, ownership, tagsOf } from "../resource/ownership.ts";
import { homeOf } from "../resource/partition.ts";
import { filterOfTypes, isOfType } from "../resource/tag-filters.ts";

/** ARNs by the name of the kind. The index lags, and shows deleted objects for a while. */
export type TagIndex = ReadonlyMap<string, readonly AwsId[]>;

/**
 * Reads from the index all objects of these kinds that have the tags of the environment. Returns the reason when the index cannot be read:
 * AWS denies it, or the endpoint has no such service.
 */
export async function readTagIndex(
  aws: Aws,
  kinds: readonly Kind[],
  scope: { readonly project: string; readonly environment: string },
): Promise<TagIndex | string> {
  const found = new Map<string, AwsId[]>();
  const isAtHome = ({ isGlobal }: Kind) => isGlobal === true && homeOf(aws.region) !== aws.region;
  try {
    for (const atHome of [false, true]) {
      const asked = kinds.filter((kind) => isAtHome(kind) === atHome);
      for await (const { name, arn } of shown(aws, asked, scope, atHome)) found.set(name, [...(found.get(name) ?? []), arn]);
    }
  } catch (error) {
    if (!(error instanceof AwsError) || !isClosed(error)) throw error;
    return `${error.operation} of the tagging API was refused (${error.code})`;
  }
  return found;
}

async function* shown(
  aws: Aws,
  kinds: readonly Kind[],
  scope: Parameters<typeof readTagIndex>[2],
  atHome: boolean,
): AsyncGenerator<{ readonly name: string; readonly arn: AwsId }> {
  const types = kinds.flatMap(({ tagIndex }) => tagIndex?.type ?? []);
  if (types.length === 0) return;
  const tagging = await aws.clock.work(import("../aws/sdk/tagging.ts"));
  const TagFilters = [
    { Key: ownership.project, Values: [scope.project] },
    { Key: ownership.environment, Values: [scope.environment] },
    { Key: ownership.resource },
  ];
  const input = { TagFilters, ...filterOfTypes(types), ResourcesPerPage: 100 };
  for await (const page of aws.tagging.pages(tagging.GetResourcesCommand, input, { atHome }))
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
      const name = addressOfTag(tagsOf(Tags)[ownership.resource] ?? "").split("/")[0]!;
      const type = kinds.find((kind) => kind.name === name)?.tagIndex?.type;
      if (type !== undefined && isOfType(ResourceARN!, type)) yield { name, arn: ResourceARN! };
    }
}

/** Returns the ARNs that the index shows for these kinds, or the reason why it cannot be read, which is not an empty answer. */
export async function indexedIn(
  aws: Aws,
  kinds: readonly Kind[],
  scope: Parameters<typeof readTagIndex>[2],
): Promise<ReadonlySet<AwsId> | string> {
  const index = await readTagIndex(aws, kinds, scope);
  return typeof index === "string" ? index : new Set([...index.values()].flat());
}

/** Whether the index cannot be read at all: a right is missing, or the endpoint is an emulator without it. */
function isClosed(error: AwsError): boolean {
  return error.class === "auth" || hasCode(error, "NotImplemented", "UnknownOperationException");
}
