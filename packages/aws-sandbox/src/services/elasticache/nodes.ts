/** The nodes of a replication group: their names, zones and interfaces. */
import type { Call } from "../../model.ts";
import { createManagedInterface, deleteManagedInterface } from "../ec2/interfaces.ts";
import { groups as ec2Groups, subnets as ec2Subnets } from "../ec2/state.ts";
import { AwsFault } from "../../model.ts";
import { invalidCombination, invalidValue } from "./faults.ts";
import { cacheClusters, quota, replicationGroups, subnetGroups, type MemberRecord, type ReplicationGroupRecord } from "./state.ts";
import { timeFor } from "./timing.ts";

/**
 * The name of a node: `web-001`, or `web-0001-001` in a group with shards (ElastiCache User Guide, "Replication: Valkey and Redis OSS").
 */
function nameOf(group: Pick<ReplicationGroupRecord, "id" | "clusterEnabled">, shard: string, number: number): string {
  const node = String(number).padStart(3, "0");
  return group.clusterEnabled ? `${group.id}-${shard}-${node}` : `${group.id}-${node}`;
}

/** Sets the number of nodes in each shard. Nodes with the highest numbers are removed first. */
export function setNodes(call: Call, group: ReplicationGroupRecord, shards: readonly string[], each: number): void {
  const kept: MemberRecord[] = [];
  for (const shard of shards) {
    const have = group.members.filter((member) => member.shard === shard);
    kept.push(...have.slice(0, each));
    for (let number = have.length + 1; number <= each; number++) kept.push(newNode(call, group, shard, number));
  }
  const gone = group.members.filter(({ id }) => !kept.some((member) => member.id === id));
  for (const { interfaceId } of gone)
    call.later(timeFor(call, interfaceId, "interfacesLinger"), "elasticache:interfaceGone", { id: interfaceId });
  group.members = kept;
}

export function shardsOf({ members }: Pick<ReplicationGroupRecord, "members">): string[] {
  return [...new Set(members.map(({ shard }) => shard))];
}

/** The number of nodes in each shard; all shards have the same number here. */
export function nodesOf({ members }: Pick<ReplicationGroupRecord, "members">): number {
  return members.filter(({ shard }) => shard === members[0]!.shard).length;
}

export function checkNodeQuota(call: Call, more: number): void {
  const inGroups = replicationGroups.all(call).reduce((sum, { members }) => sum + members.length, 0);
  const have = cacheClusters.all(call).reduce((sum, { nodes }) => sum + nodes.length, inGroups);
  if (have + more > quota(call, "nodes"))
    throw new AwsFault("NodeQuotaForCustomerExceeded", "The request would exceed the allowed number of cache nodes per customer.");
}

/** The security groups of the request, which must belong to the VPC; by default the VPC's default group. */
export function chooseGroups(call: Call, vpcId: string, asked: readonly string[] | undefined): string[] {
  if (!asked?.length) return [[...ec2Groups(call).values()].find((group) => group.vpcId === vpcId && group.name === "default")!.id];
  const unique = [...new Set(asked)];
  for (const id of unique) {
    const group = ec2Groups(call).get(id);
    if (!group || !call.sees(id, "id")) throw invalidValue(`Invalid security group ID: ${id}.`);
    if (group.vpcId !== vpcId) throw invalidCombination(`The security group ${id} is not in the VPC ${vpcId} of the cache subnet group.`);
  }
  return unique;
}

function newNode(call: Call, group: ReplicationGroupRecord, shard: string, number: number): MemberRecord {
  const places = subnetGroups
    .get(call, group.subnetGroup)!
    .subnetIds.map((id) => ec2Subnets(call).get(id))
    .filter((subnet) => subnet !== undefined);
  const subnet = places[(number - 1) % places.length]!;
  const id = nameOf(group, shard, number);
  const { id: interfaceId } = createManagedInterface(call, {
    subnetId: subnet.id,
    groups: group.securityGroups,
    description: `ElastiCache ${id}`,
    requesterId: "amazon-elasticache",
    publicAddress: false,
  });
  return { id, shard, zone: subnet.zone, interfaceId };
}

export const nodeTransitions = {
  interfaceGone({ id }: { id: string }, call: Call) {
    deleteManagedInterface(call, id);
  },
};
