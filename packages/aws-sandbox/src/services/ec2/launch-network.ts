/** The interfaces of a new instance, from either of the two forms of request. */
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { invalidCombination, invalidValue, required } from "./faults.ts";
import { defaultGroupOf, needGroup } from "./groups.ts";
import { idKinds, need } from "./ids.ts";
import { attach, dropInterface, makeInterface, publicAddress } from "./interfaces.ts";
import { interfaces, subnets, type InterfaceRecord, type SubnetRecord } from "./state.ts";
import { freeAddresses } from "./subnets.ts";
import { zonesOf } from "./zones.ts";

export interface PlannedInterface {
  readonly deviceIndex: number;
  readonly subnet: SubnetRecord;
  /** The existing interface to use. */
  readonly existing?: InterfaceRecord;
  readonly groups: readonly string[];
  readonly privateIps: readonly string[];
  readonly secondaryCount: number;
  readonly ipv6Count?: number | undefined;
  readonly description: string;
  readonly deleteOnTermination: boolean;
  readonly publicIp: boolean;
}

/** Plans the interfaces. Subnet, groups and addresses are either in the request itself or in its network interfaces, never in both. */
export function planNetwork(call: Call, request: RunInstancesRequest): PlannedInterface[] {
  const given = request.NetworkInterfaces ?? [];
  if (given.length === 0) return [planPlain(call, request)];
  if (request.SubnetId) throw together("subnet ID");
  if (request.SecurityGroupIds?.length || request.SecurityGroups?.length) throw together("security groups");
  if (request.PrivateIpAddress) throw together("private IP address");
  const planned = given.map((one) => planInterface(call, request, one, given.length)).toSorted((a, b) => a.deviceIndex - b.deviceIndex);
  if (planned[0]!.deviceIndex !== 0) throw invalidCombination("The network interface at device index 0 must be given");
  if (new Set(planned.map((one) => one.deviceIndex)).size < planned.length)
    throw invalidCombination("Each network interface needs a device index of its own");
  if (new Set(planned.map((one) => one.subnet.zone)).size > 1)
    throw invalidCombination("The network interfaces are in different availability zones");
  return planned;
}

function together(what: string): AwsFault {
  return invalidCombination(`Network interfaces and an instance-level ${what} may not be specified on the same request`);
}

function planPlain(call: Call, request: RunInstancesRequest): PlannedInterface {
  const subnet = request.SubnetId
    ? need(call, idKinds.subnet, request.SubnetId, "subnetId")
    : defaultSubnet(call, request.Placement?.AvailabilityZone);
  const named = (request.SecurityGroups ?? []).map((GroupName) => needGroup(call, { GroupName }).id);
  return {
    deviceIndex: 0,
    subnet,
    groups: groupsOrDefault(call, subnet, [...(request.SecurityGroupIds ?? []), ...named]),
    privateIps: request.PrivateIpAddress ? [request.PrivateIpAddress] : [],
    secondaryCount: 0,
    description: "",
    deleteOnTermination: true,
    publicIp: subnet.mapPublicIpOnLaunch,
  };
}

const modelled = [
  "AssociatePublicIpAddress",
  "DeleteOnTermination",
  "Description",
  "DeviceIndex",
  "Groups",
  "Ipv6AddressCount",
  "NetworkInterfaceId",
  "PrivateIpAddress",
  "PrivateIpAddresses",
  "SecondaryPrivateIpAddressCount",
  "SubnetId",
];

function planInterface(
  call: Call,
  request: RunInstancesRequest,
  one: InstanceNetworkInterfaceSpecification,
  count: number,
): PlannedInterface {
  refuseUnknown(call, one, modelled, { InterfaceType: "interface", NetworkCardIndex: 0 });
  const deviceIndex = required(one.DeviceIndex, "deviceIndex");
  if (one.AssociatePublicIpAddress !== undefined && count > 1)
    throw invalidCombination("The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.");
  if (one.NetworkInterfaceId) return planExisting(call, one, deviceIndex);
  const subnet = one.SubnetId
    ? need(call, idKinds.subnet, one.SubnetId, "subnetId")
    : defaultSubnet(call, request.Placement?.AvailabilityZone);
  const listed = (one.PrivateIpAddresses ?? [])
    .toSorted((a, b) => Number(b.Primary ?? false) - Number(a.Primary ?? false))
    .map((ip) => ip.PrivateIpAddress!);
  return {
    deviceIndex,
    subnet,
    groups: groupsOrDefault(call, subnet, one.Groups ?? []),
    privateIps: one.PrivateIpAddress ? [one.PrivateIpAddress] : listed,
    secondaryCount: one.SecondaryPrivateIpAddressCount ?? 0,
    ipv6Count: one.Ipv6AddressCount,
    description: one.Description ?? "",
    deleteOnTermination: one.DeleteOnTermination ?? true,
    publicIp: one.AssociatePublicIpAddress ?? (count === 1 && subnet.mapPublicIpOnLaunch),
  };
}

function planExisting(call: Call, one: InstanceNetworkInterfaceSpecification, deviceIndex: number): PlannedInterface {
  if (one.AssociatePublicIpAddress !== undefined)
    throw invalidCombination("A network interface may not specify a network interface ID and associatePublicIPAddress together");
  if (one.SubnetId || one.Groups?.length || one.PrivateIpAddress)
    throw invalidCombination("A network interface may not specify both a network interface ID and a subnet, groups or an address");
  const existing = need(call, idKinds.networkInterface, one.NetworkInterfaceId, "networkInterfaceId");
  if (existing.attachment) throw new AwsFault("InvalidNetworkInterface.InUse", `Interface: [${existing.id}] in use.`);
  const subnet = subnets(call).get(existing.subnetId)!;
  return {
    deviceIndex,
    subnet,
    existing,
    groups: existing.groups,
    privateIps: existing.privateIps,
    secondaryCount: 0,
    description: existing.description,
    deleteOnTermination: one.DeleteOnTermination ?? false,
    publicIp: false,
  };
}

function groupsOrDefault(call: Call, subnet: SubnetRecord, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    const group = need(call, idKinds.group, id, "groupId");
    if (group.vpcId !== subnet.vpcId)
      throw new AwsFault("InvalidParameter", `Security group ${id} and subnet ${subnet.id} belong to different networks.`);
  }
  return ids.length > 0 ? ids : [defaultGroupOf(call, subnet.vpcId).id];
}

/** The default subnet of the zone, or the first default subnet: for a request without a subnet. */
function defaultSubnet(call: Call, zone: string | undefined): SubnetRecord {
  if (zone && !zonesOf(call).some((one) => one.name === zone)) throw invalidValue(`Invalid availability zone: [${zone}]`);
  for (const subnet of subnets(call).values()) if (subnet.defaultForAz && (!zone || subnet.zone === zone)) return subnet;
  throw new AwsFault("MissingInput", "No subnets found for the default VPC. Please specify a subnet.");
}

/** The number of instances that the subnets have addresses for. */
export function roomFor(planned: readonly PlannedInterface[]): number {
  const rooms = planned
    .filter((one) => !one.existing && one.subnet.cidr !== undefined)
    .map((one) => Math.floor(freeAddresses(one.subnet) / (Math.max(1, one.privateIps.length) + one.secondaryCount)));
  return Math.min(Number.MAX_SAFE_INTEGER, ...rooms);
}

/** Makes the interfaces, all or none, and attaches them. */
export function makeNetwork(call: Call, instanceId: string, planned: readonly PlannedInterface[]): InterfaceRecord[] {
  const made: InterfaceRecord[] = [];
  try {
    for (const one of planned) made.push(one.existing ?? makeInterface(call, one.subnet, one));
  } catch (error) {
    made.forEach((one, place) => planned[place]!.existing || dropInterface(call, one));
    throw error;
  }
  made.forEach((one, place) => {
    const { deviceIndex, deleteOnTermination, publicIp } = planned[place]!;
    attach(call, one, { instanceId, ownerId: call.account, deviceIndex, deleteOnTermination });
    if (!publicIp) return;
    one.wantsPublicIp = true;
    one.autoPublicIp = publicAddress(call);
  });
  return made;
}

/** Drops the automatic public addresses at a stop; a start brings new ones. Elastic IPs stay. */
export function dropPublicAddresses(call: Call, ids: readonly string[]): void {
  for (const id of ids) delete interfaces(call).get(id)?.autoPublicIp;
}

export function givePublicAddresses(call: Call, ids: readonly string[]): void {
  for (const id of ids) {
    const one = interfaces(call).get(id);
    if (one?.wantsPublicIp && !one.allocations[one.privateIps[0]!]) one.autoPublicIp = publicAddress(call);
  }
}
