/** Brings the entries and the subnets of a network ACL to the desired state. */
import type { NetworkAcl as AwsNetworkAcl } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Change, Run, Tags } from "../kind.ts";
import { entryInput, type Direction, type Entry } from "./entry.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/**
 * Changes entries in place and adds new ones before it deletes any, so that traffic that both the old and the new entries allow never
 * stops. Only when an ACL is full are new entries added after the deletes.
 */
export async function setEntries(ec2: Sdk, aws: Aws, acl: string, direction: Direction, items: Change["items"]): Promise<void> {
  const { added = [], changed = [], removed = [] } = items ?? {};
  for (const { key, after } of changed) await replaceEntry(ec2, aws, acl, direction, key, after as Entry);
  const waiting: (typeof added)[number][] = [];
  for (const item of added)
    await createEntry(ec2, aws, acl, direction, item.key, item.value as Entry).catch((error) => {
      if (removed.length === 0 || !hasCode(error, "NetworkAclEntryLimitExceeded")) throw error;
      waiting.push(item);
    });
  for (const { key } of removed) await deleteEntry(ec2, aws, acl, direction, key);
  for (const { key, value } of waiting) await createEntry(ec2, aws, acl, direction, key, value as Entry);
}

async function createEntry(ec2: Sdk, aws: Aws, acl: string, direction: Direction, number: string, entry: Entry): Promise<void> {
  const input = entryInput(acl, direction, number, entry);
  await aws.ec2(new ec2.CreateNetworkAclEntryCommand(input)).catch(async (error) => {
    if (!hasCode(error, "NetworkAclEntryAlreadyExists")) throw error;
    await aws.ec2(new ec2.ReplaceNetworkAclEntryCommand(input)); // foreign, or ours with a lost answer
  });
}

/** Replaces an entry in one call, so that there is no moment without it. */
async function replaceEntry(ec2: Sdk, aws: Aws, acl: string, direction: Direction, number: string, entry: Entry): Promise<void> {
  const input = entryInput(acl, direction, number, entry);
  await aws.ec2(new ec2.ReplaceNetworkAclEntryCommand(input)).catch(async (error) => {
    if (!hasCode(error, "InvalidNetworkAclEntry.NotFound")) throw error;
    await createEntry(ec2, aws, acl, direction, number, entry); // deleted meanwhile
  });
}

async function deleteEntry(ec2: Sdk, aws: Aws, NetworkAclId: string, direction: Direction, number: string): Promise<void> {
  const input = { NetworkAclId, RuleNumber: Number(number), Egress: direction === "egress" };
  await unlessGone(aws.ec2(new ec2.DeleteNetworkAclEntryCommand(input)));
}

interface Acl {
  readonly id: string;
  readonly vpc: string;
  readonly tags: Tags;
}

/** The current ACL of a subnet. Every move gives the association another id. */
interface Place {
  readonly association: string;
  readonly acl: AwsNetworkAcl;
}

/**
 * Makes exactly these subnets follow the ACL; a subnet that leaves it follows the VPC's default ACL again. EC2 has no call to create or
 * delete an association: a subnet always follows one ACL, and one call moves it to another. A new subnet appears in the default ACL a
 * moment after its creation, and an association may get another id between the read and the call. In both cases the ACLs are read again.
 */
export async function setSubnets(ec2: Sdk, aws: Aws, acl: Acl, request: readonly string[], run: Pick<Run, "until" | "say">): Promise<void> {
  await run.until(`the subnets to be associated with ${acl.id}`, 300, 5, async () => {
    const acls = await aclsIn(ec2, aws, acl.vpc);
    const places = placesOf(acls);
    const coming = await Promise.all(request.map((subnet) => bring(ec2, aws, acl, subnet, places.get(subnet), run.say)));
    const leaving = [...places].filter(([subnet, place]) => place.acl.NetworkAclId === acl.id && !request.includes(subnet));
    if (leaving.length === 0) return coming.every(Boolean);
    const to = defaultOf(
      acl,
      acls,
      leaving.map(([subnet]) => subnet),
    );
    const left = await Promise.all(leaving.map(([, place]) => move(ec2, aws, place, to)));
    return [...coming, ...left].every(Boolean);
  });
}

/** Moves a subnet to the ACL. Returns whether the subnet follows it now. */
async function bring(ec2: Sdk, aws: Aws, acl: Acl, subnet: string, place: Place | undefined, say: Run["say"]): Promise<boolean> {
  if (!place) return false;
  if (place.acl.NetworkAclId === acl.id) return true;
  if (isForeign(place.acl, acl))
    say(
      `${subnet} was associated with ${place.acl.NetworkAclId}, which is not of this environment; it is now associated with this network ACL`,
    );
  return move(ec2, aws, place, acl.id);
}

/** Moves an association. Returns false when its id has changed meanwhile. */
async function move(ec2: Sdk, aws: Aws, { association }: Place, to: string): Promise<boolean> {
  try {
    await aws.ec2(new ec2.ReplaceNetworkAclAssociationCommand({ AssociationId: association, NetworkAclId: to }));
    return true;
  } catch (error) {
    if (hasCode(error, "InvalidAssociationID.NotFound")) return false;
    throw error;
  }
}

function defaultOf(acl: Acl, acls: readonly AwsNetworkAcl[], leaving: readonly string[]): string {
  const found = acls.find(({ IsDefault }) => IsDefault)?.NetworkAclId;
  if (found === undefined) throw new Refusal(`AWS shows no default network ACL in ${acl.vpc}`);
  if (found === acl.id)
    throw new Refusal(
      `${acl.id} is the default network ACL of ${acl.vpc}, and a subnet leaves it only for another network ACL that lists the subnet: ${leaving.join(", ")}. Remove \`subnets\` here.`,
    );
  return found;
}

/** Returns all ACLs of the VPC, in one read. */
async function aclsIn(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly AwsNetworkAcl[]> {
  const acls: AwsNetworkAcl[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeNetworkAclsCommand, {
    Filters: [{ Name: "vpc-id", Values: [vpc] }],
    MaxResults: 1000,
  }))
    acls.push(...(page.NetworkAcls ?? []));
  return acls;
}

function placesOf(acls: readonly AwsNetworkAcl[]): ReadonlyMap<string, Place> {
  return new Map(
    acls.flatMap((acl) =>
      (acl.Associations ?? []).map(({ SubnetId, NetworkAclAssociationId }) => [SubnetId!, { association: NetworkAclAssociationId!, acl }]),
    ),
  );
}

/** Whether another ACL belongs to someone else. The default ACL belongs to nobody: every new subnet follows it. */
function isForeign(other: AwsNetworkAcl, acl: Acl): boolean {
  const tags = tagsOf(other.Tags);
  return !other.IsDefault && [ownership.project, ownership.environment].some((key) => tags[key] !== acl.tags[key]);
}
