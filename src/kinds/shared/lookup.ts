/** Look-ups of EC2 objects by id and by the tags of foreign objects. */
import type { Aws } from "../../aws/aws.ts";
import type { AwsId, Blocker, Live, Neighbours, Tags } from "../kind.ts";
import { literal, tagsOf } from "../../resource/ownership.ts";

export interface Filter {
  readonly Name: string;
  readonly Values: string[];
}

/** The most values that one EC2 filter takes. */
const valuesPerFilter = 200;

/**
 * Returns a filter for each 200 ids. Filters are used because a call with a list of ids fails as a whole when one id is gone. A filtered
 * answer only leaves that id out.
 */
export function* idFilters(name: string, ids: readonly AwsId[]): Generator<Filter[]> {
  for (let from = 0; from < ids.length; from += valuesPerFilter) yield [{ Name: name, Values: ids.slice(from, from + valuesPerFilter) }];
}

/** Returns the id of the region's default VPC, if it has one. */
export async function defaultVpcs(aws: Aws): Promise<readonly AwsId[]> {
  const { DescribeVpcsCommand } = await import("../../aws/sdk/ec2.ts");
  const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
  return Vpcs.filter(({ IsDefault }) => IsDefault).map(({ VpcId }) => VpcId!);
}

/** Returns the VPCs among the objects that were found. */
export function networksOf(found: Neighbours): AwsId[] {
  return [...(found.get("vpc") ?? [])];
}

/** Returns the blockers of each object, where AWS must be asked for each one separately. */
export async function byEach<L extends Pick<Live, "id">>(
  lives: readonly L[],
  look: (live: L) => Promise<readonly Blocker[]>,
): Promise<ReadonlyMap<AwsId, readonly Blocker[]>> {
  return new Map(await Promise.all(lives.map(async (live) => [live.id, await look(live)] as const)));
}

/** Returns filters for objects that have all these tags. */
export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] }));
}

/** Whether a `{ tags, ownerId? }` reference means an object that a filter returned. Some emulators ignore filters. */
export function isMeant(
  found: { Tags?: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined; OwnerId?: string | undefined },
  tags: Tags,
  owner: string,
): boolean {
  const have = tagsOf(found.Tags);
  if (found.OwnerId !== undefined && found.OwnerId !== owner) return false;
  return Object.entries(tags).every(([key, value]) => have[key] === value);
}
