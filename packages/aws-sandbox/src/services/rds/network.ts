/** The network of an instance: its zones, and its interfaces in the subnets of its group. */
import { AwsFault, type Call } from "../../model.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "../ec2/interfaces.ts";
import { groups as ec2Groups, subnets as ec2Subnets, vpcs as ec2Vpcs, type SubnetRecord } from "../ec2/state.ts";
import { invalidCombination, invalidValue } from "./faults.ts";
import { subnetGroups, type InstanceRecord, type SubnetGroupRecord } from "./state.ts";
import { timeFor } from "./timing.ts";

export interface Zones {
  readonly zone: string;
  readonly secondaryZone?: string;
}

/** The zone of the request, or one of the subnet group's; two for an instance with a standby. */
export function chooseZones(call: Call, group: SubnetGroupRecord, asked: string | undefined, multiAz: boolean): Zones {
  const zones = [...new Set(subnetsOf(call, group).map((subnet) => subnet.zone))].sort();
  if (multiAz && asked !== undefined)
    throw invalidCombination("Requesting a specific availability zone is not valid for Multi-AZ instances.");
  if (asked !== undefined && !zones.includes(asked))
    throw new AwsFault(
      "InvalidVPCNetworkStateFault",
      `Cannot create a database instance in ${asked} because no subnets in the DB subnet group '${group.name}' exist in that Availability Zone. Choose one of: ${zones.join(", ")}.`,
    );
  const start = Math.floor(call.random() * zones.length);
  const zone = asked ?? zones[start]!;
  if (!multiAz) return { zone };
  if (zones.length < 2)
    throw new AwsFault(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `DB Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at least 2 availability zones. Current coverage: ${zones.length}`,
    );
  return { zone, secondaryZone: zones[(zones.indexOf(zone) + 1) % zones.length]! };
}

/** A zone for the standby, other than the instance's. */
export function otherZone(call: Call, group: SubnetGroupRecord, zone: string): string {
  const found = subnetsOf(call, group).find((subnet) => subnet.zone !== zone);
  if (!found)
    throw new AwsFault(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      "DB Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at least 2 availability zones.",
    );
  return found.zone;
}

/** The security groups of the request, which must belong to the VPC; by default the VPC's default group. */
export function chooseGroups(call: Call, vpcId: string, asked: readonly string[] | undefined): string[] {
  if (!asked?.length) return [[...ec2Groups(call).values()].find((group) => group.vpcId === vpcId && group.name === "default")!.id];
  const unique = [...new Set(asked)];
  for (const id of unique) {
    const group = ec2Groups(call).get(id);
    if (!group || !call.sees(id, "id")) throw invalidValue(`Invalid security group , groupId= ${id}, groupName=.`);
    if (group.vpcId !== vpcId)
      throw invalidCombination(
        `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group is in ${group.vpcId}`,
      );
  }
  return unique;
}

/**
 * Checks the VPC of a public instance. Clients find the instance by name, so the VPC needs DNS host names and resolution (RDS User Guide,
 * "Working with a DB instance in a VPC").
 */
export function checkPublic(call: Call, vpcId: string): void {
  const vpc = ec2Vpcs(call).get(vpcId);
  if (vpc === undefined || (vpc.enableDnsHostnames && vpc.enableDnsSupport)) return;
  throw new AwsFault(
    "InvalidVPCNetworkStateFault",
    "Cannot create a publicly accessible DBInstance. The specified VPC does not support DNS resolution, DNS hostnames, or both. Update the VPC and then try again",
  );
}

/** Makes one interface in the zone of the instance, and one in the zone of its standby. */
export function plugIn(call: Call, instance: InstanceRecord): void {
  const group = subnetGroups.get(call, instance.subnetGroup)!;
  for (const zone of [instance.zone, instance.secondaryZone])
    if (zone !== undefined) instance.interfaceIds.push(interfaceIn(call, group, zone, instance));
}

/** Makes the interface of a new standby. */
export function plugInStandby(call: Call, instance: InstanceRecord): void {
  const group = subnetGroups.get(call, instance.subnetGroup)!;
  instance.interfaceIds.push(interfaceIn(call, group, instance.secondaryZone!, instance));
}

/** Deletes the interface of a removed standby. */
export function unplugStandby(call: Call, instance: InstanceRecord): void {
  const id = instance.interfaceIds.pop();
  if (id !== undefined) deleteManagedInterface(call, id);
}

/** Deletes the interfaces of an instance some minutes after it. Until then their subnets and groups cannot be deleted. */
export function unplug(call: Call, instance: InstanceRecord): void {
  for (const id of instance.interfaceIds) call.later(timeFor(call, id, "interfacesLinger"), "rds:interfaceGone", { id });
}

export function regroup(call: Call, instance: InstanceRecord, groups: readonly string[]): void {
  for (const id of instance.interfaceIds) setInterfaceGroups(call, id, groups);
  instance.securityGroups = [...groups];
}

export const networkTransitions = {
  interfaceGone({ id }: { id: string }, call: Call) {
    deleteManagedInterface(call, id);
  },
};

function interfaceIn(call: Call, group: SubnetGroupRecord, zone: string, instance: InstanceRecord): string {
  const subnet = subnetsOf(call, group).find((one) => one.zone === zone)!;
  return createManagedInterface(call, {
    subnetId: subnet.id,
    groups: instance.securityGroups,
    description: "RDSNetworkInterface",
    requesterId: "amazon-rds",
    publicAddress: instance.publiclyAccessible,
  }).id;
}

function subnetsOf(call: Call, group: SubnetGroupRecord): SubnetRecord[] {
  return group.subnetIds.map((id) => ec2Subnets(call).get(id)).filter((subnet) => subnet !== undefined);
}
