/**
 * Regional NAT gateways: one for all zones of a VPC, in no subnet, with a route table that AWS makes for it (VPC User Guide, "Regional NAT
 * gateways for automatic multi-AZ expansion"). An automatic one covers the zones in which the VPC has subnets at its creation. The sandbox
 * does not model that it later follows instances to other zones.
 */
import type { AvailabilityZoneAddress, CreateNatGatewayRequest } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { addressOf, numberOf } from "./cidrs.ts";
import { invalidCombination, invalidValue, missingParameter } from "./faults.ts";
import { gatewayOf } from "./gateways.ts";
import { idKinds, isWellFormed, need } from "./ids.ts";
import { holdForGateway, isHeld } from "./interfaces.ts";
import { makeRouteTable } from "./route-tables.ts";
import { addresses, natGateways, next, routeTables, subnets, type NatAddress, type NatGatewayRecord } from "./state.ts";
import { dropTags, giveTags, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { zonesOf, type Zone } from "./zones.ts";

/** Creates a regional gateway. AWS silently makes a private one public (seen by users of ACK, 2026). */
export function beginRegional(call: Call, input: CreateNatGatewayRequest): NatGatewayRecord {
  if (input.SubnetId) throw invalidCombination("A regional NAT gateway takes no subnet");
  if (input.AllocationId || input.SecondaryAllocationIds?.length || input.PrivateIpAddress)
    throw invalidCombination("The addresses of a regional NAT gateway are given by Availability Zone");
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const tags = tagsToBe(input.TagSpecifications, "natgateway");
  const wanted = input.AvailabilityZoneAddresses?.map((one) => ({ zone: zoneOf(call, one), ids: allocationsOf(one) }));
  const id = call.id("nat");
  const failure = failureOf(call, vpc.id, wanted?.flatMap(({ ids }) => ids) ?? []);
  const planned = wanted
    ? wanted.flatMap(({ zone, ids }) => ids.map((allocationId) => ({ zone, allocationId })))
    : automatic(call, vpc.id).map((zone) => ({ zone, allocationId: allocate(call) }));
  const nat: NatGatewayRecord = {
    id,
    vpcId: vpc.id,
    regional: { isAutomatic: wanted === undefined, routeTableId: tableFor(call, vpc.id) },
    connectivity: "public",
    createdAt: call.now,
    state: "pending",
    addresses: failure ? [] : planned.map(({ zone, allocationId }) => zoneAddress(call, id, zone, allocationId)),
    ...(failure ? { failure } : {}),
  };
  natGateways(call).set(id, nat);
  giveTags(call, id, tags["natgateway"]);
  call.later(failure ? timing.natFails : timeFor(call, id, timing.natAvailable), "ec2:natGatewaySettles", { id });
  return nat;
}

function allocationsOf({ AllocationIds = [] }: AvailabilityZoneAddress): readonly string[] {
  if (AllocationIds.length === 0) throw missingParameter("AllocationIds");
  for (const id of AllocationIds)
    if (!isWellFormed(idKinds.address, id)) throw new AwsFault(idKinds.address.malformed, `Invalid id: "${id}"`);
  return AllocationIds;
}

/** The zone with this name or id. */
export function zoneOf(
  call: Call,
  { AvailabilityZone, AvailabilityZoneId }: Pick<AvailabilityZoneAddress, "AvailabilityZone" | "AvailabilityZoneId">,
): Zone {
  const named = AvailabilityZone ?? AvailabilityZoneId;
  if (named === undefined) throw missingParameter("AvailabilityZone");
  const found = zonesOf(call).find(({ name, id }) => name === AvailabilityZone || id === AvailabilityZoneId);
  if (!found) throw invalidValue(`Value (${named}) for parameter availabilityZone is invalid.`);
  return found;
}

function automatic(call: Call, vpcId: string): Zone[] {
  const used = new Set([...subnets(call).values()].filter((subnet) => subnet.vpcId === vpcId).map(({ zone }) => zone));
  return zonesOf(call).filter(({ name }) => used.has(name));
}

/** Allocates an address for AWS. The account sees it among its own addresses, but cannot use it. */
function allocate(call: Call): string {
  const id = call.id("eipalloc");
  addresses(call).set(id, { id, publicIp: addressOf(numberOf("13.124.0.1")! + next(call, "elasticIp")), managedBy: "rnat" });
  return id;
}

export function zoneAddress(call: Call, natId: string, zone: Zone, allocationId: string): NatAddress {
  const associationId = holdForGateway(call, allocationId, natId);
  const { publicIp } = addresses(call).get(allocationId)!;
  return { primary: false, zone: zone.name, zoneId: zone.id, allocationId, associationId, publicIp, status: "associating" };
}

function failureOf(call: Call, vpcId: string, ids: readonly string[]): NatGatewayRecord["failure"] {
  if (call.fault("ec2:natGatewayFails"))
    return { code: "InternalError", message: "Network interface could not be created for this NAT gateway" };
  if (!gatewayOf(call, vpcId)) return { code: "Gateway.NotAttached", message: `Network ${vpcId} has no Internet gateway attached` };
  for (const id of ids) {
    const address = addresses(call).get(id);
    if (!address || !call.sees(id, "id"))
      return { code: "InvalidAllocationID.NotFound", message: `Elastic IP address ${id} could not be associated with this NAT gateway` };
    if (address.association || isHeld(call, address))
      return { code: "Resource.AlreadyAssociated", message: `Elastic IP address ${id} is already associated` };
  }
  return undefined;
}

/** Makes the gateway's route table, with a route to the internet gateway. */
function tableFor(call: Call, vpcId: string): string {
  const table = makeRouteTable(call, vpcId);
  const gateway = gatewayOf(call, vpcId);
  if (gateway)
    table.routes.push({
      destination: "0.0.0.0/0",
      family: "ipv4",
      target: { type: "gateway", id: gateway.id },
      origin: "CreateRoute",
    });
  return table.id;
}

/** Deletes the table of a regional gateway, and the addresses that AWS allocated for it. */
export function dropTableOf(call: Call, { regional, addresses: had }: NatGatewayRecord): void {
  if (!regional) return;
  routeTables(call).delete(regional.routeTableId);
  dropTags(call, regional.routeTableId);
  for (const { allocationId } of had)
    if (allocationId && addresses(call).get(allocationId)?.managedBy === "rnat") addresses(call).delete(allocationId);
}
