/** Secondary addresses of a NAT gateway, which can be added and removed while it works. Only one change at a time. */
import type {
  AssignPrivateNatGatewayAddressRequest,
  AssignPrivateNatGatewayAddressResult,
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult,
  DisassociateNatGatewayAddressRequest,
  DisassociateNatGatewayAddressResult,
  UnassignPrivateNatGatewayAddressRequest,
  UnassignPrivateNatGatewayAddressResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { freeUp, letGo, needFree, takeAddresses } from "./interfaces.ts";
import { describeAddress, natAddress } from "./nat-gateways.ts";
import { quota } from "./quotas.ts";
import { interfaces, natGateways, subnets, type InterfaceRecord, type NatAddress, type NatGatewayRecord } from "./state.ts";
import { zoneAddress, zoneOf } from "./regional-nat.ts";
import { timing } from "./timing.ts";

const associate: Handler<AssociateNatGatewayAddressRequest, AssociateNatGatewayAddressResult> = (input, call) => {
  const nat = needCalm(call, input.NatGatewayId, "public");
  const allocations = required(input.AllocationIds, "allocationId");
  if (nat.regional) return associateInZone(call, nat, input, allocations);
  if (input.AvailabilityZone ?? input.AvailabilityZoneId) throw invalidCombination("Availability Zones are for regional NAT gateways");
  if (nat.addresses.length + allocations.length > quota(call, "addressesPerNat"))
    throw new AwsFault(
      "NatGatewayAddressLimitExceeded",
      `A NAT gateway takes ${quota(call, "addressesPerNat")} Elastic IP addresses at most.`,
    );
  for (const id of allocations) needFree(call, id);
  const more = addIps(
    call,
    nat,
    allocations.map((_, place) => input.PrivateIpAddresses?.[place]),
    allocations,
  );
  return { NatGatewayId: nat.id, NatGatewayAddresses: more.map(describeAddress) };
};

/**
 * Associates addresses in a zone. Refused while AWS manages the gateway's zones automatically (VPC User Guide, "Regional NAT gateways").
 */
function associateInZone(
  call: Call,
  nat: NatGatewayRecord,
  input: AssociateNatGatewayAddressRequest,
  allocations: readonly string[],
): AssociateNatGatewayAddressResult {
  if (nat.regional!.isAutomatic) throw invalidCombination(`NAT gateway ${nat.id} manages its Availability Zones automatically`);
  const zone = zoneOf(call, input);
  const have = nat.addresses.filter((address) => address.zone === zone.name).length;
  if (have + allocations.length > quota(call, "addressesPerRegionalNatZone"))
    throw new AwsFault(
      "NatGatewayAddressLimitExceeded",
      `A regional NAT gateway takes ${quota(call, "addressesPerRegionalNatZone")} Elastic IP addresses at most in a zone.`,
    );
  for (const id of allocations) needFree(call, id);
  const more = allocations.map((id) => zoneAddress(call, nat.id, zone, id));
  nat.addresses.push(...more);
  call.later(timing.natAddressAssociated, "ec2:natAddressesSettle", { id: nat.id });
  return { NatGatewayId: nat.id, NatGatewayAddresses: more.map(describeAddress) };
}

const assign: Handler<AssignPrivateNatGatewayAddressRequest, AssignPrivateNatGatewayAddressResult> = (input, call) => {
  const nat = needCalm(call, input.NatGatewayId, "private");
  const wanted = input.PrivateIpAddresses?.length
    ? input.PrivateIpAddresses
    : Array.from<undefined>({ length: input.PrivateIpAddressCount ?? 0 });
  if (wanted.length === 0) throw missingParameter("privateIpAddress or privateIpAddressCount");
  if (nat.addresses.length + wanted.length > quota(call, "privateAddressesPerNat"))
    throw new AwsFault(
      "NatGatewayAddressLimitExceeded",
      `A NAT gateway takes ${quota(call, "privateAddressesPerNat")} private addresses at most.`,
    );
  return { NatGatewayId: nat.id, NatGatewayAddresses: addIps(call, nat, wanted, []).map(describeAddress) };
};

function addIps(call: Call, nat: NatGatewayRecord, wanted: readonly (string | undefined)[], allocations: readonly string[]): NatAddress[] {
  const one = interfaceOf(call, nat);
  const ips = takeAddresses(call, subnets(call).get(nat.subnetId!)!, one.id, wanted);
  one.privateIps.push(...ips);
  const more = ips.map((ip, place) => natAddress(call, nat.id, one, ip, allocations[place], false));
  nat.addresses.push(...more);
  call.later(timing.natAddressAssociated, "ec2:natAddressesSettle", { id: nat.id });
  return more;
}

const disassociate: Handler<DisassociateNatGatewayAddressRequest, DisassociateNatGatewayAddressResult> = (input, call) => {
  const nat = needCalm(call, input.NatGatewayId, "public");
  const drain = input.MaxDrainDurationSeconds ?? 350;
  if (drain < 1 || drain > 4000) throw invalidValue(`Value (${drain}) for parameter maxDrainDurationSeconds is invalid.`);
  const going = required(input.AssociationIds, "associationId").map((id) => secondary(nat, (one) => one.associationId === id, id));
  return { NatGatewayId: nat.id, NatGatewayAddresses: leave(call, nat, going, "disassociating") };
};

const unassign: Handler<UnassignPrivateNatGatewayAddressRequest, UnassignPrivateNatGatewayAddressResult> = (input, call) => {
  const nat = needCalm(call, input.NatGatewayId, "private");
  const going = required(input.PrivateIpAddresses, "privateIpAddress").map((ip) => secondary(nat, (one) => one.privateIp === ip, ip));
  return { NatGatewayId: nat.id, NatGatewayAddresses: leave(call, nat, going, "unassigning") };
};

function secondary(nat: NatGatewayRecord, test: (address: NatAddress) => boolean, what: string): NatAddress {
  const found = nat.addresses.find(test);
  if (!found) throw new AwsFault("InvalidAssociationID.NotFound", `The association ID '${what}' does not exist`);
  if (found.primary) throw invalidValue(`The primary address of NAT gateway ${nat.id} cannot be removed`);
  return found;
}

function leave(call: Call, nat: NatGatewayRecord, going: readonly NatAddress[], status: NatAddress["status"]) {
  for (const address of going) address.status = status;
  call.later(timing.natAddressGone, "ec2:natAddressesSettle", { id: nat.id });
  return going.map(describeAddress);
}

/** Ends changes of addresses: new ones are in use, removed ones are gone. */
function settle({ id }: { readonly id: string }, call: Call): void {
  const nat = natGateways(call).get(id);
  if (nat?.state !== "available") return;
  const one = nat.regional ? undefined : interfaceOf(call, nat);
  for (const address of nat.addresses) {
    if (address.status === "associating" || address.status === "assigning") address.status = "succeeded";
    if (address.status !== "disassociating" && address.status !== "unassigning") continue;
    if (address.allocationId) letGo(call, address.allocationId, timing.natLetsGo);
    if (!one) continue;
    freeUp(call, nat.subnetId!, address.privateIp!);
    one.privateIps = one.privateIps.filter((ip) => ip !== address.privateIp);
  }
  nat.addresses = nat.addresses.filter((address) => address.status === "succeeded");
}

function interfaceOf(call: Call, nat: NatGatewayRecord): InterfaceRecord {
  return interfaces(call).get(nat.addresses[0]!.interfaceId!)!;
}

/** The gateway, if it is available and no change of its addresses is running. */
function needCalm(call: Call, id: string | undefined, connectivity: NatGatewayRecord["connectivity"]): NatGatewayRecord {
  const nat = need(call, idKinds.natGateway, id, "natGatewayId");
  if (nat.connectivity !== connectivity) throw invalidValue(`NAT gateway ${nat.id} is not ${connectivity}`);
  if (nat.state !== "available" || nat.addresses.some((address) => address.status !== "succeeded"))
    throw new AwsFault("IncorrectState", `NAT gateway ${nat.id} is not in a valid state for this operation.`);
  return nat;
}

export const natAddressOperations: Record<string, Handler> = {
  AssignPrivateNatGatewayAddress: assign,
  AssociateNatGatewayAddress: associate,
  DisassociateNatGatewayAddress: disassociate,
  UnassignPrivateNatGatewayAddress: unassign,
};

export const natAddressTransitions = { natAddressesSettle: settle };
