/** How EC2 objects are looked for by id and by other people's tags. */
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
 * A filter for each 200 ids. Filters, not id lists: one id that is gone fails a whole call by id list, and merely is
 * absent from a filtered answer.
 */
export function* idFilters(name: string, ids: readonly AwsId[]): Generator<Filter[]> {
  for (let from = 0; from < ids.length; from += valuesPerFilter) yield [{ Name: name, Values: ids.slice(from, from + valuesPerFilter) }];
}

/** The id of the region's default VPC, where it has one. */
export async function defaultVpcs(aws: Aws): Promise<readonly AwsId[]> {
  const { DescribeVpcsCommand } = await import("../../aws/sdk/ec2.ts");
  const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
  return Vpcs.filter(({ IsDefault }) => IsDefault).map(({ VpcId }) => VpcId!);
}

/** The VPCs among what was found. */
export function networksOf(found: Neighbours): AwsId[] {
  return [...(found.get("vpc") ?? [])];
}

/** Who is in the way of each, where AWS is to be asked one by one. */
export async function byEach<L extends Pick<Live, "id">>(
  lives: readonly L[],
  look: (live: L) => Promise<readonly Blocker[]>,
): Promise<ReadonlyMap<AwsId, readonly Blocker[]>> {
  return new Map(await Promise.all(lives.map(async (live) => [live.id, await look(live)] as const)));
}

/** Filters for objects that have all these tags. */
export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] }));
}

/** Whether an object that a filter let through is meant by a `{ tags, ownerId? }` reference: some emulators ignore filters. */
export function isMeant(
  found: { Tags?: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined; OwnerId?: string | undefined },
  tags: Tags,
  owner: string,
): boolean {
  const have = tagsOf(found.Tags);
  if (found.OwnerId !== undefined && found.OwnerId !== owner) return false;
  return Object.entries(tags).every(([key, value]) => have[key] === value);
}
