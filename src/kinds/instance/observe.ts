/** Finds instances, in as few calls as the written fields need. */
import type { Filter } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import type { AwsId, Member, Neighbours, Scope, Tags } from "../kind.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import { readDetails } from "./details.ts";
import { isLiving, liveOf, livingOnly, withLaunchFailure, type InstanceLive, type Sighting } from "./live.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export async function* listInstances(ec2: Sdk, aws: Aws, scope: Scope): AsyncIterable<InstanceLive> {
  const found = await sightings(ec2, aws, environmentFilter(scope));
  const mine = found.filter((sighting) => mayBeOurs(sighting, scope));
  const details = await readDetails(ec2, aws, scope, mine);
  for (const sighting of found) yield liveOf(aws, sighting, details);
}

/** Reads instances for steps that wait, in one call for all. Only an instance that is being adopted is read in full. */
export async function getInstances(ec2: Sdk, aws: Aws, ids: readonly AwsId[], scope: Scope): Promise<ReadonlyMap<AwsId, InstanceLive>> {
  const found: Sighting[] = [];
  for (const filters of idFilters("instance-id", ids)) found.push(...(await sightings(ec2, aws, filters)));
  const adopted = found.filter(({ one }) => tagsOf(one.Tags)[ownership.resource] === undefined);
  const details = await readDetails(ec2, aws, { ...scope, asks: () => true }, adopted);
  return new Map(found.map((sighting) => [sighting.one.InstanceId!, withLaunchFailure(aws, sighting, liveOf(aws, sighting, details))]));
}

export async function findInstances(ec2: Sdk, aws: Aws, tags: Tags, owner = aws.account): Promise<AwsId[]> {
  const found = await sightings(ec2, aws, [...tagFilters(tags), livingOnly]);
  return found.flatMap(({ one, owner: has }) =>
    isLiving(one) && isMeant({ Tags: one.Tags, OwnerId: has }, tags, owner) ? [one.InstanceId!] : [],
  );
}

/** The instances of VPCs. Those of Auto Scaling and fleets belong to the service that made them. */
export async function instancesWithin(ec2: Sdk, aws: Aws, found: Neighbours): Promise<Member[]> {
  const members: Member[] = [];
  for (const filters of idFilters("vpc-id", networksOf(found)))
    for (const { one } of await sightings(ec2, aws, [...filters, livingOnly])) {
      const tags = tagsOf(one.Tags);
      const isMadeByService = Object.keys(tags).some((key) => key.startsWith("aws:"));
      const what = `instance ${tags["Name"] ?? one.InstanceType} in ${one.VpcId}`;
      if (isLiving(one)) members.push({ id: one.InstanceId!, what, isMadeByService });
    }
  return members;
}

async function sightings(ec2: Sdk, aws: Aws, Filters: Filter[]): Promise<Sighting[]> {
  const found: Sighting[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeInstancesCommand, { Filters, MaxResults: 1000 }))
    for (const { Instances = [], OwnerId } of page.Reservations ?? []) found.push(...Instances.map((one) => ({ one, owner: OwnerId })));
  return found;
}

/**
 * Whether the instance may be ours. Emulators ignore filters, and an environment of another project may have our name. Neither is worth
 * further calls.
 */
function mayBeOurs({ one }: Sighting, scope: Scope): boolean {
  const tags = tagsOf(one.Tags);
  return isLiving(one) && tags[ownership.project] === scope.project && tags[ownership.environment] === scope.environment;
}
