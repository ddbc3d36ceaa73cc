/**
 * Network interfaces. Other services' models create their interfaces here:
 *
 *   createManagedInterface(call, { subnetId, groups, description, requesterId, type? , instanceOwnerId?, publicAddress?, allocationId? })
 *     Creates an interface that belongs to a service (a load balancer's, a database's). It is in use from the start and takes a
 *     private address of the subnet. It blocks the deletion of its subnet and groups, and with a public address the detachment of
 *     the VPC's internet gateway. Throws AWS's errors (unknown subnet or group, no free address).
 *   setInterfaceGroups(call, id, groups)   Replaces its groups, as a load balancer does on SetSecurityGroups.
 *   deleteManagedInterface(call, id)       Deletes it and frees its addresses; does nothing when it is already gone.
 *
 * The calls that users make about interfaces are in interface-calls.ts.
 */
import { AwsFault, type Call } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { addressOf, ipv6AddressIn, numberOf, parseIpv4 } from "./cidrs.ts";
import { invalidValue } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { quota, within } from "./quotas.ts";
import {
  addressAssociations,
  addresses,
  groups,
  interfaceAttachments,
  interfaces,
  next,
  subnets,
  type AddressRecord,
  type InterfaceAttachment,
  type InterfaceRecord,
  type SubnetRecord,
} from "./state.ts";
import { dropTags } from "./tags.ts";

export interface ManagedInterface {
  readonly subnetId: string;
  readonly groups: readonly string[];
  readonly description: string;
  /** The requester as AWS shows it: "amazon-elb", "amazon-rds". */
  readonly requesterId: string;
  /** InterfaceType in the answers; "interface" when absent. */
  readonly type?: string;
  /** Attachment.InstanceOwnerId; the requester when absent. */
  readonly instanceOwnerId?: string;
  /** Whether it gets one of Amazon's public addresses, like an internet-facing load balancer. */
  readonly publicAddress?: boolean;
  /** The Elastic IP that it gets. Users cannot take that address away from it. */
  readonly allocationId?: string;
  readonly privateIp?: string;
}

export function createManagedInterface(call: Call, of: ManagedInterface): InterfaceRecord {
  const subnet = need(call, idKinds.subnet, of.subnetId, "subnetId");
  if (of.allocationId) needFree(call, of.allocationId);
  const made = makeInterface(call, subnet, {
    description: of.description,
    groups: of.groups,
    requesterId: of.requesterId,
    type: of.type,
    privateIps: of.privateIp ? [of.privateIp] : [],
  });
  attach(call, made, { ownerId: of.instanceOwnerId ?? of.requesterId, deviceIndex: 1, deleteOnTermination: false });
  if (of.publicAddress) made.autoPublicIp = publicAddress(call);
  if (of.allocationId) holdAddress(call, of.allocationId, made, made.privateIps[0]!, of.requesterId);
  return made;
}

export function deleteManagedInterface(call: Call, id: string): void {
  const found = interfaces(call).get(id);
  if (found) dropInterface(call, found);
}

export function setInterfaceGroups(call: Call, id: string, ids: readonly string[]): void {
  const found = need(call, idKinds.networkInterface, id, "networkInterfaceId");
  if (ids.length === 0) throw invalidValue("An interface needs at least one security group");
  joinGroups(call, found, checkGroups(call, found.vpcId, ids));
}

export interface NewInterface {
  readonly description?: string | undefined;
  readonly groups: readonly string[];
  readonly requesterId?: string | undefined;
  readonly type?: string | undefined;
  /** The requested private addresses, the primary first; one is chosen when the list is empty. */
  readonly privateIps?: readonly string[] | undefined;
  /** Number of additional addresses to choose. */
  readonly secondaryCount?: number | undefined;
  /** Number of IPv6 addresses to choose. When absent, one if the subnet gives them to new interfaces. */
  readonly ipv6Count?: number | undefined;
}

/** Makes an interface that is not attached. */
export function makeInterface(call: Call, subnet: SubnetRecord, of: NewInterface): InterfaceRecord {
  checkInterfaces(call, 1);
  const joined = checkGroups(call, subnet.vpcId, of.groups);
  if (of.requesterId) needIpv4(subnet);
  const ipv6Ips = ipv6Addresses(call, subnet, of.requesterId ? 0 : (of.ipv6Count ?? (subnet.assignIpv6OnCreation ? 1 : 0)));
  const id = call.id("eni");
  const wanted = of.privateIps?.length ? of.privateIps : subnet.cidr === undefined ? [] : [undefined];
  const privateIps = takeAddresses(call, subnet, id, [...wanted, ...Array.from<undefined>({ length: of.secondaryCount ?? 0 })]);
  const made: InterfaceRecord = {
    id,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    type: of.type ?? "interface",
    createdAt: call.now,
    description: of.description ?? "",
    ...(of.requesterId ? { requesterId: of.requesterId } : {}),
    privateIps,
    ...(ipv6Ips.length > 0 ? { ipv6Ips } : {}),
    groups: [],
    sourceDestCheck: of.type !== "nat_gateway",
    allocations: {},
  };
  interfaces(call).set(id, made);
  joinGroups(call, made, joined);
  return made;
}

/** New addresses from the subnet's IPv6 block, which never runs out. */
export function ipv6Addresses(call: Call, subnet: SubnetRecord, count: number): string[] {
  if (count === 0) return [];
  const block = subnet.ipv6.find(isLive);
  if (!block) throw invalidValue(`The subnet '${subnet.id}' has no IPv6 CIDR block.`);
  return Array.from({ length: count }, () => ipv6AddressIn(block.cidr, next(call, "ipv6Address")));
}

/** Throws AWS's error when the region's quota does not allow that many more interfaces. */
export function checkInterfaces(call: Call, more: number): void {
  within(
    call,
    "interfaces",
    interfaces(call).size + more - 1,
    "NetworkInterfaceLimitExceeded",
    "The maximum number of network interfaces has been reached.",
  );
}

/** Takes addresses of the subnet, all or none. In `wanted`, undefined stands for any address. */
export function takeAddresses(call: Call, subnet: SubnetRecord, interfaceId: string, wanted: readonly (string | undefined)[]): string[] {
  const taken: string[] = [];
  try {
    for (const one of wanted) {
      const ip = one === undefined ? freeAddress(subnet) : checkAddress(subnet, one);
      subnet.taken[ip] = interfaceId;
      subnet.takenCount++;
      taken.push(ip);
    }
    return taken;
  } catch (error) {
    for (const ip of taken) freeUp(call, subnet.id, ip);
    throw error;
  }
}

export function freeUp(call: Call, subnetId: string, ip: string): void {
  const subnet = subnets(call).get(subnetId);
  if (!subnet?.taken[ip]) return;
  delete subnet.taken[ip];
  subnet.takenCount--;
}

/** The IPv4 range of a subnet. Most services create no interface in a subnet without one. */
function needIpv4({ id, cidr }: SubnetRecord): string {
  if (cidr === undefined) throw invalidValue(`The subnet '${id}' is an IPv6-only subnet and has no IPv4 addresses.`);
  return cidr;
}

/** A free address of a subnet. AWS keeps the first four addresses and the last one. */
function freeAddress(subnet: SubnetRecord): string {
  const { first, size } = parseIpv4(needIpv4(subnet))!;
  const hosts = size - 5;
  if (subnet.takenCount >= hosts)
    throw new AwsFault(
      "InsufficientFreeAddressesInSubnet",
      `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`,
    );
  for (let tries = 0; tries < hosts; tries++) {
    const host = 4 + ((subnet.nextHost - 4) % hosts);
    subnet.nextHost = host + 1;
    const ip = addressOf(first + host);
    if (!(ip in subnet.taken)) return ip;
  }
  throw new Error(`the count of addresses of ${subnet.id} is wrong`);
}

function checkAddress(subnet: SubnetRecord, ip: string): string {
  const { first, size } = parseIpv4(needIpv4(subnet))!;
  const number = numberOf(ip);
  if (number === undefined) throw invalidValue(`invalid value for parameter address: ${ip}`);
  if (number < first || number >= first + size) throw invalidValue(`Address ${ip} does not fall within the subnet's address range`);
  if (number < first + 4 || number === first + size - 1) throw invalidValue(`Address ${ip} is in subnet's reserved address range`);
  if (ip in subnet.taken) throw new AwsFault("InvalidIPAddress.InUse", `Address ${ip} is in use.`);
  return ip;
}

function checkGroups(call: Call, vpcId: string, ids: readonly string[]): readonly string[] {
  const unique = [...new Set(ids)];
  if (unique.length > quota(call, "groupsPerInterface"))
    throw new AwsFault(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "You have exceeded the number of security groups allowed per network interface.",
    );
  for (const id of unique)
    if (need(call, idKinds.group, id, "groupId").vpcId !== vpcId)
      throw new AwsFault("InvalidGroup.NotFound", `The security group '${id}' does not exist in VPC '${vpcId}'`);
  return unique;
}

function joinGroups(call: Call, one: InterfaceRecord, ids: readonly string[]): void {
  for (const id of one.groups) delete groups(call).get(id)?.interfaces[one.id];
  for (const id of ids) groups(call).get(id)!.interfaces[one.id] = true;
  one.groups = [...ids];
}

export function attach(call: Call, one: InterfaceRecord, to: Omit<InterfaceAttachment, "id" | "attachedAt">): InterfaceAttachment {
  const attachment: InterfaceAttachment = { id: call.id("eni-attach"), attachedAt: call.now, ...to };
  one.attachment = attachment;
  interfaceAttachments(call).set(attachment.id, { owner: one.id });
  return attachment;
}

export function detach(call: Call, one: InterfaceRecord): void {
  if (one.attachment) interfaceAttachments(call).delete(one.attachment.id);
  delete one.attachment;
}

/** Deletes an interface and frees its addresses, groups, Elastic IPs and tags. */
export function dropInterface(call: Call, one: InterfaceRecord): void {
  detach(call, one);
  joinGroups(call, one, []);
  for (const allocation of Object.values(one.allocations)) letGo(call, allocation);
  for (const ip of one.privateIps) freeUp(call, one.subnetId, ip);
  interfaces(call).delete(one.id);
  dropTags(call, one.id);
}

/** Associates an Elastic IP with a private address of an interface. On the primary address it replaces the automatic public address. */
export function mapAddress(call: Call, allocationId: string, one: InterfaceRecord, privateIp: string): string {
  const address = addresses(call).get(allocationId)!;
  const id = call.id("eipassoc");
  address.association = { id, interfaceId: one.id, privateIp };
  addressAssociations(call).set(id, { owner: allocationId });
  one.allocations[privateIp] = allocationId;
  if (privateIp === one.privateIps[0]) delete one.autoPublicIp;
  return id;
}

/** Like mapAddress, for a service. Users cannot take the address away while the service holds it. */
export function holdAddress(call: Call, allocationId: string, one: InterfaceRecord, privateIp: string, by: string): string {
  const address = needFree(call, allocationId);
  address.heldBy = by;
  delete address.heldUntil;
  return mapAddress(call, allocationId, one, privateIp);
}

/** Like holdAddress, for a gateway whose interfaces users cannot see. */
export function holdForGateway(call: Call, allocationId: string, by: string): string {
  const address = needFree(call, allocationId);
  const id = call.id("eipassoc");
  address.heldBy = by;
  delete address.heldUntil;
  address.association = { id };
  addressAssociations(call).set(id, { owner: allocationId });
  return id;
}

/** The address, if it is neither associated nor held by a service. */
export function needFree(call: Call, allocationId: string): AddressRecord {
  const address = need(call, idKinds.address, allocationId, "allocationId");
  if (address.association || isHeld(call, address))
    throw new AwsFault("Resource.AlreadyAssociated", `Elastic IP address ${allocationId} is already associated`);
  return address;
}

/** Ends the association of an address. An address that a service held is free only some seconds later. */
export function letGo(call: Call, allocationId: string, after = 0): void {
  const address = addresses(call).get(allocationId);
  if (!address?.association) return;
  const { id, interfaceId, privateIp } = address.association;
  addressAssociations(call).delete(id);
  delete address.association;
  const one = interfaceId === undefined ? undefined : interfaces(call).get(interfaceId);
  if (one && privateIp !== undefined) delete one.allocations[privateIp];
  if (address.heldBy) address.heldUntil = call.now + after;
}

export function isHeld(call: Call, { heldBy, heldUntil }: { readonly heldBy?: string; readonly heldUntil?: number }): boolean {
  return heldBy !== undefined && (heldUntil === undefined || call.now < heldUntil);
}

/** A new public address of Amazon's. */
export function publicAddress(call: Call): string {
  return addressOf(numberOf("3.34.0.1")! + next(call, "publicAddress"));
}

export function publicName(call: Call, ip: string): string {
  const domain = call.region === "us-east-1" ? "compute-1.amazonaws.com" : `${call.region}.compute.amazonaws.com`;
  return `ec2-${ip.replaceAll(".", "-")}.${domain}`;
}

/**
 * The private DNS name, made from the private address, or from the instance's id if there is none (EC2 User
 * Guide, "EC2 instance hostnames and domains").
 */
export function privateName(call: Call, ip: string | undefined, instanceId?: string): string | undefined {
  const domain = call.region === "us-east-1" ? "ec2.internal" : `${call.region}.compute.internal`;
  const host = ip === undefined ? instanceId : `ip-${ip.replaceAll(".", "-")}`;
  return host === undefined ? undefined : `${host}.${domain}`;
}
