/**
 * NAT gateways: creating and deleting take minutes, a failure comes after a successful answer, and
 * deleted ones stay in answers for an hour.
 */
import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NatGateway,
  NatGatewayAddress,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, missingParameter } from "./faults.ts";
import { gatewayOf } from "./gateways.ts";
import { idKinds, isWellFormed, need } from "./ids.ts";
import { attach, deleteManagedInterface, holdAddress, isHeld, letGo, makeInterface, takeAddresses as takeMore } from "./interfaces.ts";
import { quota, within } from "./quotas.ts";
import {
  addresses,
  natGateways,
  subnets,
  type InterfaceRecord,
  type NatAddress,
  type NatGatewayRecord,
  type SubnetRecord,
} from "./state.ts";
import { beginRegional, dropTableOf } from "./regional-nat.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { once } from "./tokens.ts";
import { freeAddresses } from "./subnets.ts";

type Failure = NonNullable<NatGatewayRecord["failure"]>;

const create: Handler<CreateNatGatewayRequest, CreateNatGatewayResult> = (input, call) => {
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const nat = natGateways(call).get(ids[0]!);
  return { ClientToken: input.ClientToken, NatGateway: nat ? describe(call, nat) : { NatGatewayId: ids[0], State: "deleted" } };
};

function begin(call: Call, input: CreateNatGatewayRequest): NatGatewayRecord {
  if (input.AvailabilityMode === "regional") return beginRegional(call, input);
  if (input.AvailabilityZoneAddresses?.length || input.VpcId)
    throw invalidCombination("VpcId and AvailabilityZoneAddresses are for regional NAT gateways");
  const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
  const tags = tagsToBe(input.TagSpecifications, "natgateway");
  checkShape(call, input);
  checkQuota(call, subnet.zone);
  const id = call.id("nat");
  const failure = failureOf(call, input, subnet);
  const nat: NatGatewayRecord = {
    id,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    connectivity: input.ConnectivityType ?? "public",
    createdAt: call.now,
    state: "pending",
    addresses: failure ? plannedAddresses(call, input) : takeAddresses(call, id, subnet, input),
    ...(failure ? { failure } : {}),
  };
  natGateways(call).set(id, nat);
  giveTags(call, id, tags["natgateway"]);
  call.later(failure ? timing.natFails : timeFor(call, id, timing.natAvailable), "ec2:natGatewaySettles", { id });
  return nat;
}

function checkShape(call: Call, input: CreateNatGatewayRequest): void {
  const isPrivate = input.ConnectivityType === "private";
  const allocations = [input.AllocationId, ...(input.SecondaryAllocationIds ?? [])].filter((id) => id !== undefined);
  if (isPrivate && allocations.length > 0) throw invalidCombination("A private NAT gateway takes no Elastic IP address");
  if (!isPrivate && !input.AllocationId) throw missingParameter("allocationId");
  if (!isPrivate && input.SecondaryPrivateIpAddressCount)
    throw invalidCombination("SecondaryPrivateIpAddressCount is for private NAT gateways");
  for (const id of allocations)
    if (!isWellFormed(idKinds.address, id)) throw new AwsFault(idKinds.address.malformed, `Invalid id: "${id}"`);
  if (allocations.length > quota(call, "addressesPerNat"))
    throw invalidValue(`A NAT gateway takes ${quota(call, "addressesPerNat")} Elastic IP addresses at most`);
}

/** Checks the quota of a zone. Gateways that are being deleted count. */
function checkQuota(call: Call, zone: string): void {
  let have = 0;
  for (const nat of natGateways(call).values())
    if (["pending", "available", "deleting"].includes(nat.state) && subnets(call).get(nat.subnetId ?? "")?.zone === zone) have++;
  within(call, "natGatewaysPerZone", have, "NatGatewayLimitExceeded", "The maximum number of NAT gateways has been reached.");
}

/** The failure that the gateway will report later, after a successful answer to the call. */
function failureOf(call: Call, input: CreateNatGatewayRequest, subnet: SubnetRecord): Failure | undefined {
  if (call.fault("ec2:natGatewayFails"))
    return { code: "InternalError", message: "Network interface could not be created for this NAT gateway" };
  if (input.ConnectivityType !== "private" && !gatewayOf(call, subnet.vpcId))
    return { code: "Gateway.NotAttached", message: `Network ${subnet.vpcId} has no Internet gateway attached` };
  for (const id of [input.AllocationId, ...(input.SecondaryAllocationIds ?? [])]) {
    if (id === undefined) continue;
    const address = addresses(call).get(id);
    if (!address || !call.sees(id, "id"))
      return { code: "InvalidAllocationID.NotFound", message: `Elastic IP address ${id} could not be associated with this NAT gateway` };
    if (address.association || isHeld(call, address))
      return { code: "Resource.AlreadyAssociated", message: `Elastic IP address ${id} is already associated` };
  }
  const needed = 1 + (input.SecondaryAllocationIds?.length ?? 0) + (input.SecondaryPrivateIpAddressCount ?? 0);
  if (freeAddresses(subnet) < needed)
    return {
      code: "InsufficientFreeAddressesInSubnet",
      message: `Subnet ${subnet.id} has insufficient free addresses to create this NAT gateway`,
    };
  return undefined;
}

function plannedAddresses(call: Call, input: CreateNatGatewayRequest): NatAddress[] {
  return [input.AllocationId, ...(input.SecondaryAllocationIds ?? [])].map((id, place) => ({
    primary: place === 0,
    ...(id ? { allocationId: id } : {}),
    ...(id && addresses(call).has(id) ? { publicIp: addresses(call).get(id)!.publicIp } : {}),
    status: "associating",
  }));
}

/** Makes the interface in the subnet, and takes its private addresses and Elastic IPs. Nobody else can use or release them now. */
function takeAddresses(call: Call, natId: string, subnet: SubnetRecord, input: CreateNatGatewayRequest): NatAddress[] {
  const allocations = [input.AllocationId, ...(input.SecondaryAllocationIds ?? [])];
  const named = input.SecondaryPrivateIpAddresses ?? [];
  const further = Math.max(allocations.length - 1, input.SecondaryPrivateIpAddressCount ?? 0);
  const one = makeInterface(call, subnet, {
    description: `Interface for NAT Gateway ${natId}`,
    groups: [],
    requesterId: "amazon-vpc-nat",
    type: "nat_gateway",
    privateIps: input.PrivateIpAddress === undefined ? [] : [input.PrivateIpAddress],
    secondaryCount: Math.max(0, further - named.length),
  });
  one.privateIps.push(...takeMore(call, subnet, one.id, named));
  attach(call, one, { ownerId: "amazon-aws", deviceIndex: 1, deleteOnTermination: false });
  return one.privateIps.map((ip, place) => natAddress(call, natId, one, ip, allocations[place], place === 0));
}

/** One address of a gateway. Takes the Elastic IP when there is one. */
export function natAddress(
  call: Call,
  natId: string,
  one: InterfaceRecord,
  privateIp: string,
  allocationId: string | undefined,
  primary: boolean,
): NatAddress {
  const bare = { primary, interfaceId: one.id, privateIp };
  if (!allocationId) return { ...bare, status: "assigning" };
  const associationId = holdAddress(call, allocationId, one, privateIp, natId);
  return { ...bare, allocationId, associationId, publicIp: addresses(call).get(allocationId)!.publicIp, status: "associating" };
}

function settle({ id }: { readonly id: string }, call: Call): void {
  const nat = natGateways(call).get(id);
  if (nat?.state !== "pending") return;
  nat.state = nat.failure ? "failed" : "available";
  for (const address of nat.addresses) address.status = nat.failure ? "failed" : "succeeded";
  if (!nat.failure) return;
  dropTableOf(call, nat);
  nat.deletedAt = call.now;
  call.later(timing.natForgotten, "ec2:natGatewayForgotten", { id });
}

const remove: Handler<DeleteNatGatewayRequest, DeleteNatGatewayResult> = (input, call) => {
  const nat = need(call, idKinds.natGateway, input.NatGatewayId, "natGatewayId");
  if (nat.state === "deleted") throw new AwsFault("NatGatewayNotFound", `NatGateway ${nat.id} was not found`);
  if (nat.state === "pending" || nat.state === "available") {
    nat.state = "deleting";
    call.later(timeFor(call, nat.id, timing.natDeleted), "ec2:natGatewayDeleted", { id: nat.id });
  } else if (nat.state === "failed") nat.state = "deleted";
  return { NatGatewayId: nat.id };
};

/** Ends a deletion. Subnet and internet gateway are free now, its Elastic IPs some seconds later. */
function deleted({ id }: { readonly id: string }, call: Call): void {
  const nat = natGateways(call).get(id);
  if (nat?.state !== "deleting") return;
  nat.state = "deleted";
  nat.deletedAt = call.now;
  for (const { allocationId } of nat.addresses)
    if (allocationId && addresses(call).get(allocationId)?.heldBy === id) letGo(call, allocationId, timing.natLetsGo);
  dropTableOf(call, nat);
  for (const { interfaceId } of nat.addresses) if (interfaceId) deleteManagedInterface(call, interfaceId);
  call.later(timing.natForgotten, "ec2:natGatewayForgotten", { id });
}

function forgotten({ id }: { readonly id: string }, call: Call): void {
  natGateways(call).delete(id);
  dropTags(call, id);
}

/** Describes NAT gateways. The parameter for filters is `Filter` here, in the singular. */
const describeGateways: Handler<DescribeNatGatewaysRequest, DescribeNatGatewaysResult> = (input, call) => {
  const { found, NextToken } = list<NatGatewayRecord>(
    call,
    { Filters: input.Filter, MaxResults: input.MaxResults, NextToken: input.NextToken },
    {
      records: natGateways(call).values(),
      ids: { kind: idKinds.natGateway, given: input.NatGatewayIds, parameter: "natGatewayId" },
      pages: [5, 1000],
      filters: {
        "nat-gateway-id": (nat) => nat.id,
        state: (nat) => nat.state,
        "subnet-id": (nat) => nat.subnetId,
        "vpc-id": (nat) => nat.vpcId,
      },
    },
  );
  return { NextToken, NatGateways: found.map((nat) => describe(call, nat)) };
};

function describe(call: Call, nat: NatGatewayRecord): NatGateway {
  return {
    NatGatewayId: nat.id,
    VpcId: nat.vpcId,
    SubnetId: nat.subnetId,
    ConnectivityType: nat.connectivity,
    AvailabilityMode: nat.regional ? "regional" : "zonal",
    AutoProvisionZones: nat.regional && (nat.regional.isAutomatic ? "enabled" : "disabled"),
    AutoScalingIps: nat.regional && (nat.regional.isAutomatic ? "enabled" : "disabled"),
    RouteTableId: nat.regional?.routeTableId,
    State: nat.state,
    CreateTime: new Date(nat.createdAt),
    DeleteTime: nat.deletedAt === undefined ? undefined : new Date(nat.deletedAt),
    FailureCode: nat.state === "failed" || nat.state === "deleted" ? nat.failure?.code : undefined,
    FailureMessage: nat.state === "failed" || nat.state === "deleted" ? nat.failure?.message : undefined,
    NatGatewayAddresses: nat.addresses.map(describeAddress),
    Tags: tagList(call, nat.id),
  };
}

export function describeAddress(address: NatAddress): NatGatewayAddress {
  return {
    AllocationId: address.allocationId,
    NetworkInterfaceId: address.interfaceId,
    PrivateIp: address.privateIp,
    PublicIp: address.publicIp,
    AssociationId: address.associationId,
    IsPrimary: address.zone ? undefined : address.primary,
    AvailabilityZone: address.zone,
    AvailabilityZoneId: address.zoneId,
    Status: address.status,
  };
}

export const natGatewayOperations: Record<string, Handler> = {
  CreateNatGateway: create,
  DeleteNatGateway: remove,
  DescribeNatGateways: describeGateways,
};

export const natGatewayTransitions = { natGatewayDeleted: deleted, natGatewayForgotten: forgotten, natGatewaySettles: settle };
