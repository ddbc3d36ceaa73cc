/** The calls about network interfaces. Interfaces of services can be read but not changed. */
import type {
  AssignIpv6AddressesRequest,
  AssignIpv6AddressesResult,
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterface,
  NetworkInterfaceAssociation,
  UnassignIpv6AddressesRequest,
  UnassignIpv6AddressesResult,
  UnassignPrivateIpAddressesRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { defaultGroupOf } from "./groups.ts";
import { idKinds, need } from "./ids.ts";
import {
  attach,
  detach,
  dropInterface,
  freeUp,
  ipv6Addresses,
  isHeld,
  letGo,
  makeInterface,
  privateName,
  publicName,
  setInterfaceGroups,
  takeAddresses,
} from "./interfaces.ts";
import { givePublicAddresses } from "./launch-network.ts";
import { addresses, groups, instances, interfaceAttachments, interfaces, subnets, vpcs, type InterfaceRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";
import { zonesOf } from "./zones.ts";

const create: Handler<CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult> = (input, call) => {
  const { ids } = once(call, input, () => {
    const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
    const tags = tagsToBe(input.TagSpecifications, "network-interface");
    if (input.Ipv6Addresses?.length || (input.InterfaceType && input.InterfaceType !== ("interface" as string)))
      throw notModelled("chosen IPv6 addresses and special types of interfaces");
    const listed = (input.PrivateIpAddresses ?? [])
      .toSorted((a, b) => Number(b.Primary ?? false) - Number(a.Primary ?? false))
      .map((one) => one.PrivateIpAddress!);
    const made = makeInterface(call, subnet, {
      description: input.Description,
      groups: input.Groups?.length ? input.Groups : [defaultGroupOf(call, subnet.vpcId).id],
      privateIps: input.PrivateIpAddress ? [input.PrivateIpAddress, ...listed.filter((ip) => ip !== input.PrivateIpAddress)] : listed,
      secondaryCount: input.SecondaryPrivateIpAddressCount,
      ipv6Count: input.Ipv6AddressCount,
    });
    giveTags(call, made.id, tags["network-interface"]);
    return [made.id];
  });
  const made = interfaces(call).get(ids[0]!);
  return { NetworkInterface: made ? describe(call, made) : { NetworkInterfaceId: ids[0] }, ClientToken: input.ClientToken };
};

const remove: Handler<DeleteNetworkInterfaceRequest, object> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  if (one.attachment) throw invalidValue(`Network interface '${one.id}' is currently in use.`);
  dropInterface(call, one);
  return {};
};

/** The interface, if users may change it. An interface of a service answers that they may not. */
function needOwn(call: Call, id: string | undefined): InterfaceRecord {
  const one = need(call, idKinds.networkInterface, id, "networkInterfaceId");
  if (one.requesterId)
    throw new AwsFault(
      "OperationNotPermitted",
      `You do not have permission to access the specified resource: ${one.id} is managed by ${one.requesterId}.`,
    );
  return one;
}

const attachInterface: Handler<AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const deviceIndex = required(input.DeviceIndex, "deviceIndex");
  if (one.attachment) throw new AwsFault("InvalidNetworkInterface.InUse", `Interface: [${one.id}] in use.`);
  if (instance.state !== "running" && instance.state !== "stopped")
    throw new AwsFault("IncorrectState", `The instance '${instance.id}' is not in a valid state for this operation.`);
  if (subnets(call).get(one.subnetId)!.zone !== instance.zone)
    throw invalidValue("The network interface and the instance are not in the same availability zone");
  if (instance.interfaces.some((id) => interfaces(call).get(id)?.attachment?.deviceIndex === deviceIndex))
    throw invalidValue(`Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`);
  const attachment = attach(call, one, { instanceId: instance.id, ownerId: call.account, deviceIndex, deleteOnTermination: false });
  instance.interfaces.push(one.id);
  return { AttachmentId: attachment.id, NetworkCardIndex: 0 };
};

const detachInterface: Handler<DetachNetworkInterfaceRequest, object> = (input, call) => {
  const id = required(input.AttachmentId, "attachmentId");
  const one = interfaces(call).get(interfaceAttachments(call).get(id)?.owner ?? "");
  if (!one) throw new AwsFault("InvalidAttachmentID.NotFound", `The attachment ID '${id}' does not exist`);
  needOwn(call, one.id);
  if (one.attachment!.deviceIndex === 0)
    throw new AwsFault("OperationNotPermitted", "The network interface at device index 0 cannot be detached.");
  const instance = instances(call).get(one.attachment!.instanceId ?? "");
  if (instance) instance.interfaces = instance.interfaces.filter((other) => other !== one.id);
  detach(call, one);
  return {};
};

/** Changes one attribute in each call. */
const modify: Handler<ModifyNetworkInterfaceAttributeRequest, object> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  const { NetworkInterfaceId: _, ...attributes } = input;
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
  if (given.length === 0) throw missingParameter("groups, description, sourceDestCheck or attachment");
  if (given.length > 1) throw invalidCombination("Fields for multiple attribute types specified");
  if (input.Groups?.length) setInterfaceGroups(call, one.id, input.Groups);
  else if (input.SourceDestCheck) one.sourceDestCheck = input.SourceDestCheck.Value ?? true;
  else if (input.Description) one.description = input.Description.Value ?? "";
  else if (input.Attachment) setDeleteOnTermination(one, input.Attachment);
  else if (input.AssociatePublicIpAddress !== undefined) setAutomaticAddress(call, one, input.AssociatePublicIpAddress);
  else throw notModelled(`the network interface attribute ${given[0]![0]}`);
  return {};
};

function setDeleteOnTermination(
  one: InterfaceRecord,
  { AttachmentId, DeleteOnTermination }: NonNullable<ModifyNetworkInterfaceAttributeRequest["Attachment"]>,
): void {
  if (!one.attachment || one.attachment.id !== AttachmentId)
    throw new AwsFault("InvalidAttachmentID.NotFound", `The attachment ID '${AttachmentId}' does not exist`);
  one.attachment.deleteOnTermination = DeleteOnTermination ?? false;
}

/**
 * Sets whether an interface gets a public address. Every interface accepts the setting, but only the first interface of an instance gets an
 * address, while the instance runs (EC2 API, ModifyNetworkInterfaceAttribute).
 */
function setAutomaticAddress(call: Call, one: InterfaceRecord, wanted: boolean): void {
  one.wantsPublicIp = wanted;
  if (!wanted) delete one.autoPublicIp;
  const isFirst = one.attachment?.deviceIndex === 0 && instances(call).get(one.attachment.instanceId ?? "")?.state === "running";
  if (isFirst && one.autoPublicIp === undefined) givePublicAddresses(call, [one.id]);
}

const describeAttribute: Handler<DescribeNetworkInterfaceAttributeRequest, DescribeNetworkInterfaceAttributeResult> = (input, call) => {
  const one = need(call, idKinds.networkInterface, input.NetworkInterfaceId, "networkInterfaceId");
  const { Attachment, Groups } = describe(call, one);
  const attribute = required(input.Attribute, "attribute");
  if (attribute === "description") return { NetworkInterfaceId: one.id, Description: { Value: one.description } };
  if (attribute === "groupSet") return { NetworkInterfaceId: one.id, Groups };
  if (attribute === "sourceDestCheck") return { NetworkInterfaceId: one.id, SourceDestCheck: { Value: one.sourceDestCheck } };
  if (attribute === "attachment") return { NetworkInterfaceId: one.id, Attachment };
  throw notModelled(`the network interface attribute ${attribute}`);
};

const assign: Handler<AssignPrivateIpAddressesRequest, AssignPrivateIpAddressesResult> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  const wanted = input.PrivateIpAddresses?.length
    ? input.PrivateIpAddresses
    : Array.from<undefined>({ length: input.SecondaryPrivateIpAddressCount ?? 0 });
  if (wanted.length === 0) throw missingParameter("privateIpAddress or secondaryPrivateIpAddressCount");
  const more = takeAddresses(call, subnets(call).get(one.subnetId)!, one.id, wanted);
  one.privateIps.push(...more);
  return { NetworkInterfaceId: one.id, AssignedPrivateIpAddresses: more.map((PrivateIpAddress) => ({ PrivateIpAddress })) };
};

const unassign: Handler<UnassignPrivateIpAddressesRequest, object> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  const going = required(input.PrivateIpAddresses, "privateIpAddress");
  for (const ip of going)
    if (one.privateIps.indexOf(ip) < 1)
      throw invalidValue(`Some of the specified addresses are not assigned to interface ${one.id} or are its primary address`);
  for (const ip of going) {
    const allocation = one.allocations[ip];
    if (allocation) letGo(call, allocation);
    freeUp(call, one.subnetId, ip);
  }
  one.privateIps = one.privateIps.filter((ip) => !going.includes(ip));
  return {};
};

const assign6: Handler<AssignIpv6AddressesRequest, AssignIpv6AddressesResult> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  if (input.Ipv6Addresses?.length || input.Ipv6Prefixes?.length || input.Ipv6PrefixCount) throw notModelled("chosen IPv6 addresses");
  const more = ipv6Addresses(call, subnets(call).get(one.subnetId)!, required(input.Ipv6AddressCount, "ipv6AddressCount"));
  one.ipv6Ips = [...(one.ipv6Ips ?? []), ...more];
  return { NetworkInterfaceId: one.id, AssignedIpv6Addresses: more };
};

const unassign6: Handler<UnassignIpv6AddressesRequest, UnassignIpv6AddressesResult> = (input, call) => {
  const one = needOwn(call, input.NetworkInterfaceId);
  const going = required(input.Ipv6Addresses, "ipv6Addresses");
  for (const ip of going) if (!one.ipv6Ips?.includes(ip)) throw invalidValue(`The address ${ip} is not assigned to interface ${one.id}`);
  one.ipv6Ips = one.ipv6Ips!.filter((ip) => !going.includes(ip));
  return { NetworkInterfaceId: one.id, UnassignedIpv6Addresses: going };
};

const describeInterfaces: Handler<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult> = (input, call) => {
  const zone = (one: InterfaceRecord) => subnets(call).get(one.subnetId)?.zone;
  const association = (pick: (found: NetworkInterfaceAssociation) => string | undefined) => (one: InterfaceRecord) =>
    one.privateIps.map((ip) => {
      const found = associationOf(call, one, ip);
      return found && pick(found);
    });
  const { found, NextToken } = list<InterfaceRecord>(call, input, {
    records: interfaces(call).values(),
    ids: { kind: idKinds.networkInterface, given: input.NetworkInterfaceIds, parameter: "networkInterfaceId" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: {
      "addresses.association.public-ip": association((one) => one.PublicIp),
      "addresses.primary": (one) => one.privateIps.map((_, place) => place === 0),
      "addresses.private-ip-address": (one) => one.privateIps,
      "association.allocation-id": association((one) => one.AllocationId),
      "association.association-id": association((one) => one.AssociationId),
      "association.ip-owner-id": association((one) => one.IpOwnerId),
      "association.public-ip": association((one) => one.PublicIp),
      "attachment.attachment-id": (one) => one.attachment?.id,
      "attachment.delete-on-termination": (one) => one.attachment?.deleteOnTermination,
      "attachment.device-index": (one) => one.attachment?.deviceIndex,
      "attachment.instance-id": (one) => one.attachment?.instanceId,
      "attachment.instance-owner-id": (one) => one.attachment?.ownerId,
      "attachment.status": (one) => one.attachment && "attached",
      "availability-zone": zone,
      description: (one) => one.description,
      "group-id": (one) => one.groups,
      "group-name": (one) => one.groups.map((id) => groups(call).get(id)?.name),
      "interface-type": (one) => one.type,
      "mac-address": (one) => macOf(one),
      "network-interface-id": (one) => one.id,
      "owner-id": () => call.account,
      "private-dns-name": (one) => privateName(call, one.privateIps[0]),
      "private-ip-address": (one) => one.privateIps,
      "requester-id": (one) => one.requesterId,
      "requester-managed": (one) => one.requesterId !== undefined,
      "source-dest-check": (one) => one.sourceDestCheck,
      status: (one) => (one.attachment ? "in-use" : "available"),
      "subnet-id": (one) => one.subnetId,
      "vpc-id": (one) => one.vpcId,
    },
  });
  return { NextToken, NetworkInterfaces: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: InterfaceRecord): NetworkInterface {
  const [primary] = one.privateIps;
  const zone = subnets(call).get(one.subnetId)?.zone;
  const named = vpcs(call).get(one.vpcId)?.enableDnsHostnames;
  return {
    NetworkInterfaceId: one.id,
    OwnerId: call.account,
    VpcId: one.vpcId,
    SubnetId: one.subnetId,
    AvailabilityZone: zone,
    AvailabilityZoneId: zonesOf(call).find((other) => other.name === zone)?.id,
    Description: one.description,
    InterfaceType: one.type as "interface",
    RequesterId: one.requesterId,
    RequesterManaged: one.requesterId !== undefined,
    SourceDestCheck: one.sourceDestCheck,
    Status: one.attachment ? "in-use" : "available",
    MacAddress: macOf(one),
    PrivateIpAddress: primary,
    PrivateDnsName: privateName(call, primary),
    PrivateIpAddresses: one.privateIps.map((ip, place) => ({
      PrivateIpAddress: ip,
      PrivateDnsName: named ? privateName(call, ip) : undefined,
      Primary: place === 0,
      Association: associationOf(call, one, ip),
    })),
    Association: associationOf(call, one, primary),
    Ipv6Addresses: (one.ipv6Ips ?? []).map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    Groups: groupsOf(call, one),
    Attachment: one.attachment && {
      AttachmentId: one.attachment.id,
      InstanceId: one.attachment.instanceId,
      InstanceOwnerId: one.attachment.ownerId,
      DeviceIndex: one.attachment.deviceIndex,
      NetworkCardIndex: 0,
      DeleteOnTermination: one.attachment.deleteOnTermination,
      AttachTime: new Date(one.attachment.attachedAt),
      Status: "attached",
    },
    TagSet: tagList(call, one.id),
  };
}

export function groupsOf(call: Call, one: InterfaceRecord): { GroupId: string; GroupName: string | undefined }[] {
  return one.groups.map((id) => ({ GroupId: id, GroupName: groups(call).get(id)?.name }));
}

/** The association of a private address with its public one. An Elastic IP belongs to the account, an automatic address to Amazon. */
export function associationOf(call: Call, one: InterfaceRecord, ip: string | undefined): NetworkInterfaceAssociation | undefined {
  if (ip === undefined) return undefined;
  const address = addresses(call).get(one.allocations[ip] ?? "");
  const hidden = address && isHeld(call, address) && address.heldBy?.startsWith("amazon-");
  if (address)
    return {
      AllocationId: address.id,
      AssociationId: address.association?.id,
      IpOwnerId: hidden ? address.heldBy : call.account,
      PublicIp: address.publicIp,
      PublicDnsName: publicName(call, address.publicIp),
    };
  if (one.autoPublicIp && ip === one.privateIps[0])
    return { IpOwnerId: one.requesterId ?? "amazon", PublicIp: one.autoPublicIp, PublicDnsName: publicName(call, one.autoPublicIp) };
  return undefined;
}

export function macOf(one: Pick<InterfaceRecord, "id">): string {
  return `02:${one.id.slice(-10).match(/../g)!.join(":")}`;
}

export const interfaceOperations: Record<string, Handler> = {
  AssignIpv6Addresses: assign6,
  AssignPrivateIpAddresses: assign,
  AttachNetworkInterface: attachInterface,
  CreateNetworkInterface: create,
  DeleteNetworkInterface: remove,
  DescribeNetworkInterfaceAttribute: describeAttribute,
  DescribeNetworkInterfaces: describeInterfaces,
  DetachNetworkInterface: detachInterface,
  ModifyNetworkInterfaceAttribute: modify,
  UnassignIpv6Addresses: unassign6,
  UnassignPrivateIpAddresses: unassign,
};
