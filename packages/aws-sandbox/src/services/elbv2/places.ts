/** The zones of a load balancer: subnets of one VPC, one in each zone, with an interface in each. */
import type { SubnetMapping } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call } from "../../model.ts";
import { isLive } from "../ec2/blocks.ts";
import { parseIpv4 } from "../ec2/cidrs.ts";
import { gatewayOf } from "../ec2/gateways.ts";
import { createManagedInterface, deleteManagedInterface, isHeld } from "../ec2/interfaces.ts";
import { addresses, groups, subnets, type SubnetRecord } from "../ec2/state.ts";
import { badConfiguration, invalid, oneOf } from "./faults.ts";
import { pathOf } from "./arns.ts";
import type { LoadBalancerRecord, Place } from "./state.ts";

export interface WantedPlace {
  readonly subnet: SubnetRecord;
  readonly allocationId?: string | undefined;
  readonly privateIp?: string | undefined;
}

/**
 * The smallest subnet and the free addresses that an Application Load Balancer needs in each zone: a /27 and 8 (Elastic Load Balancing,
 * "Subnets for your load balancer").
 */
const smallestSubnet = 32;
const freeAddresses = 8;

type Shape = Pick<LoadBalancerRecord, "type" | "scheme">;

/** The subnets that a call asks for, with AWS's refusals. `have` are the present ones. */
export function wantedPlaces(
  call: Call,
  of: Shape,
  input: { readonly Subnets?: readonly string[] | undefined; readonly SubnetMappings?: readonly SubnetMapping[] | undefined },
  have: readonly Place[] = [],
): WantedPlace[] {
  if (input.Subnets?.length && input.SubnetMappings?.length) throw invalid("You must specify either subnets or subnet mappings, not both");
  const mappings: readonly SubnetMapping[] = input.SubnetMappings?.length
    ? input.SubnetMappings
    : (input.Subnets ?? []).map((SubnetId) => ({ SubnetId }));
  if (mappings.length === 0) throw invalid("You must specify either subnets or subnet mappings");
  const wanted = mappings.map((mapping): WantedPlace => ({
    subnet: subnetOf(call, mapping.SubnetId),
    allocationId: mapping.AllocationId,
    privateIp: mapping.PrivateIPv4Address,
  }));
  checkZones(of, wanted);
  if (of.scheme === "internet-facing" && !gatewayOf(call, wanted[0]!.subnet.vpcId))
    throw new AwsFault("InvalidSubnet", `VPC ${wanted[0]!.subnet.vpcId} has no internet gateway`);
  for (const place of wanted)
    checkPlace(
      call,
      of,
      place,
      have.find((one) => one.subnetId === place.subnet.id),
    );
  return wanted;
}

function subnetOf(call: Call, id: string | undefined): SubnetRecord {
  const found = id === undefined ? undefined : subnets(call).get(id);
  if (!found || !call.sees(id!, "id")) throw new AwsFault("SubnetNotFound", `The subnet ID '${id}' is not valid`);
  return found;
}

function checkZones({ type }: Shape, wanted: readonly WantedPlace[]): void {
  const zones = wanted.map((place) => place.subnet.zone);
  if (new Set(wanted.map((place) => place.subnet.vpcId)).size > 1) throw badConfiguration("All subnets must belong to the same VPC");
  if (new Set(zones).size < zones.length)
    throw badConfiguration("A load balancer cannot be attached to multiple subnets in the same Availability Zone");
  if (type === "application" && zones.length < 2)
    throw invalid("At least two subnets in two different Availability Zones must be specified");
}

function checkPlace(call: Call, { type, scheme }: Shape, { subnet, allocationId, privateIp }: WantedPlace, has: Place | undefined): void {
  if ((allocationId || privateIp) && type === "application")
    throw badConfiguration("Application Load Balancers cannot have fixed addresses");
  if (allocationId && scheme === "internal") throw badConfiguration("Internal load balancers cannot have Elastic IP addresses");
  if (privateIp && scheme === "internet-facing")
    throw badConfiguration("You cannot specify a private IPv4 address for an internet-facing load balancer");
  if (has) {
    if ((allocationId && allocationId !== has.allocationId) || (privateIp && privateIp !== has.privateIp))
      throw badConfiguration(`The address in subnet '${subnet.id}' cannot be changed`);
    return;
  }
  if (allocationId) {
    const address = addresses(call).get(allocationId);
    if (!address) throw new AwsFault("AllocationIdNotFound", `The allocation ID '${allocationId}' does not exist`);
    if (address.association || isHeld(call, address)) throw new AwsFault("ResourceInUse", `The allocation ID '${allocationId}' is in use`);
  }
  if (subnet.cidr === undefined) throw new AwsFault("InvalidSubnet", `The subnet ID '${subnet.id}' is not valid: it has no IPv4 addresses`);
  const { size } = parseIpv4(subnet.cidr)!;
  const free = size - 5 - subnet.takenCount;
  if ((type === "application" && size < smallestSubnet) || free < (type === "application" ? freeAddresses : 1))
    throw new AwsFault(
      "InvalidSubnet",
      `Not enough IP space available in ${subnet.id}. ELB requires at least ${freeAddresses} free IP addresses in each subnet.`,
    );
}

/** Checks that all subnets of a dual-stack load balancer have IPv6 (Elastic Load Balancing API, SetIpAddressType). */
export function checkFamily(ipAddressType: string, places: readonly SubnetRecord[]): void {
  oneOf(ipAddressType, ["ipv4", "dualstack", "dualstack-without-public-ipv4"], "ipAddressType");
  if (ipAddressType !== "ipv4" && !places.every((subnet) => subnet.ipv6.some(isLive)))
    throw invalid("You must specify subnets with an associated IPv6 CIDR block");
}

/** The security groups that a call asks for, with AWS's refusals. */
export function wantedGroups(call: Call, ids: readonly string[], vpcId: string): string[] {
  const unique = [...new Set(ids)];
  for (const id of unique) {
    const found = groups(call).get(id);
    if (!found || !call.sees(id, "id")) throw new AwsFault("InvalidSecurityGroup", `Security group '${id}' does not exist`);
    if (found.vpcId !== vpcId) throw badConfiguration("One or more security groups are invalid");
  }
  if (unique.length > 5) throw badConfiguration("A load balancer takes 5 security groups at most");
  return unique;
}

/** Makes the interface in a zone. */
export function settle(
  call: Call,
  balancer: Pick<LoadBalancerRecord, "arn" | "type" | "scheme" | "securityGroups">,
  { subnet, allocationId, privateIp }: WantedPlace,
): Place {
  const isNetwork = balancer.type === "network";
  const made = createManagedInterface(call, {
    subnetId: subnet.id,
    groups: balancer.securityGroups,
    description: `ELB ${pathOf(balancer.arn)}`,
    requesterId: "amazon-elb",
    instanceOwnerId: isNetwork ? "amazon-aws" : "amazon-elb",
    ...(isNetwork ? { type: "network_load_balancer" } : {}),
    ...(balancer.scheme === "internet-facing" && !allocationId ? { publicAddress: true } : {}),
    ...(allocationId ? { allocationId } : {}),
    ...(privateIp ? { privateIp } : {}),
  });
  return {
    subnetId: subnet.id,
    zone: subnet.zone,
    interfaceId: made.id,
    ...(allocationId ? { allocationId } : {}),
    ...(privateIp ? { privateIp } : {}),
  };
}

export function leave(call: Call, interfaceIds: readonly string[]): void {
  for (const id of interfaceIds) deleteManagedInterface(call, id);
}
