/** Subnets, their attributes and their IPv6 blocks. */
import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { blockState, isListed, isLive } from "./blocks.ts";
import { contains, containsIpv6, formatIpv4, ipv4, ipv6, overlap, parseIpv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { dependency, invalidCombination, invalidValue, knownValue, missingParameter, notModelled, required } from "./faults.ts";
import { arn, idKinds, need } from "./ids.ts";
import { adoptSubnet, forgetSubnet } from "./network-acls.ts";
import { within } from "./quotas.ts";
import { dropRouteAssociationsOf } from "./route-tables.ts";
import { interfaces, subnets, vpcs, type CidrRecord, type SubnetRecord, type VpcRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { zonesOf } from "./zones.ts";

const createSubnet: Handler<CreateSubnetRequest, CreateSubnetResult> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (input.OutpostArn || input.Ipv4IpamPoolId || input.Ipv6IpamPoolId) throw notModelled("Outposts and IPAM subnets");
  const isNative = input.Ipv6Native ?? false;
  if (isNative && input.CidrBlock !== undefined)
    throw invalidCombination("The parameter cidrBlock cannot be used with the parameter ipv6Native");
  const cidr = isNative ? undefined : freeRange(call, vpc, required(input.CidrBlock, "cidrBlock"));
  const zone = zoneOf(call, input);
  const ipv6Text = isNative ? required(input.Ipv6CidrBlock, "ipv6CidrBlock") : input.Ipv6CidrBlock;
  const ipv6Cidr = ipv6Text === undefined ? undefined : freeIpv6(call, vpc, ipv6Text);
  const tags = tagsToBe(input.TagSpecifications, "subnet");
  const siblings = [...subnets(call).values()].filter((subnet) => subnet.vpcId === vpc.id).length;
  within(call, "subnetsPerVpc", siblings, "SubnetLimitExceeded", "The maximum number of subnets has been reached.");
  const subnet = makeSubnet(call, vpc, { cidr, zone });
  if (ipv6Cidr) subnet.ipv6.push({ id: call.id("subnet-cidr-assoc"), cidr: ipv6Cidr, since: call.now });
  giveTags(call, subnet.id, tags["subnet"]);
  return { Subnet: describe(call, subnet) };
};

export function makeSubnet(
  call: Call,
  vpc: VpcRecord,
  of: { readonly cidr: string | undefined; readonly zone: string; readonly default?: true },
): SubnetRecord {
  const subnet: SubnetRecord = {
    id: call.id("subnet"),
    vpcId: vpc.id,
    ...(of.cidr === undefined ? {} : { cidr: of.cidr }),
    zone: of.zone,
    createdAt: call.now,
    defaultForAz: of.default ?? false,
    mapPublicIpOnLaunch: of.default ?? false,
    // In a subnet without IPv4, every interface has an IPv6 address, and names are made from ids (EC2 API, CreateSubnet).
    assignIpv6OnCreation: of.cidr === undefined,
    enableDns64: false,
    hostnameType: of.cidr === undefined ? "resource-name" : "ip-name",
    dnsARecord: false,
    dnsAaaaRecord: false,
    ipv6: [],
    aclId: "",
    taken: {},
    takenCount: 0,
    nextHost: 4,
  };
  subnets(call).set(subnet.id, subnet);
  adoptSubnet(call, subnet);
  return subnet;
}

/** The canonical range of `text`. It must be inside a block of the VPC and must not overlap its other subnets. */
function freeRange(call: Call, vpc: VpcRecord, text: string): string {
  const range = ipv4(text, "cidrBlock");
  const within = vpc.cidrs.some((block) => blockState(block, call.now) === "associated" && contains(parseIpv4(block.cidr)!, range));
  if (range.prefix < 16 || range.prefix > 28 || !within) throw new AwsFault("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
  for (const other of subnets(call).values())
    if (other.vpcId === vpc.id && other.cidr !== undefined && overlap(parseIpv4(other.cidr)!, range))
      throw new AwsFault("InvalidSubnet.Conflict", `The CIDR '${text}' conflicts with another subnet`);
  return formatIpv4(range);
}

/** The canonical IPv6 block of `text`: /44 to /64 in steps of 4, inside a block of the VPC. */
function freeIpv6(call: Call, vpc: VpcRecord, text: string): string {
  const cidr = ipv6(text, "ipv6CidrBlock");
  const prefix = Number(cidr.split("/")[1]);
  const within = vpc.ipv6.some((block) => blockState(block, call.now) === "associated" && containsIpv6(block.cidr, cidr));
  if (prefix < 44 || prefix > 64 || prefix % 4 !== 0 || !within)
    throw new AwsFault("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
  for (const other of subnets(call).values())
    if (
      other.vpcId === vpc.id &&
      other.ipv6.some((block) => isLive(block) && (containsIpv6(block.cidr, cidr) || containsIpv6(cidr, block.cidr)))
    )
      throw new AwsFault("InvalidSubnet.Conflict", `The CIDR '${text}' conflicts with another subnet`);
  return cidr;
}

/** The zone of a new subnet. Without one in the request, AWS chooses a zone and does not spread subnets. */
function zoneOf(call: Call, { AvailabilityZone: name, AvailabilityZoneId: id }: CreateSubnetRequest): string {
  if (name && id) throw invalidCombination("You cannot specify both AvailabilityZone and AvailabilityZoneId");
  const zones = zonesOf(call);
  if (!name && !id) return zones[0]!.name;
  const zone = zones.find((one) => one.name === name || one.id === id);
  if (!zone)
    throw invalidValue(
      `Value (${name ?? id}) for parameter ${name ? "availabilityZone" : "availabilityZoneId"} is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((one) => one.name).join(", ")}.`,
    );
  return zone.name;
}

const deleteSubnet: Handler<DeleteSubnetRequest, object> = (input, call) => {
  const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
  if (subnet.takenCount > 0) throw dependency(`The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
  dropRouteAssociationsOf(call, subnet);
  forgetSubnet(call, subnet);
  subnets(call).delete(subnet.id);
  dropTags(call, subnet.id);
  return {};
};

const describeSubnets: Handler<DescribeSubnetsRequest, DescribeSubnetsResult> = (input, call) => {
  const listed = (pick: (block: CidrRecord) => string) => (subnet: SubnetRecord) =>
    subnet.ipv6.filter((block) => isListed(block, call.now)).map(pick);
  const { found, NextToken } = list<SubnetRecord>(call, input, {
    records: subnets(call).values(),
    ids: { kind: idKinds.subnet, given: input.SubnetIds, parameter: "subnetId" },
    pages: [5, 1000],
    filters: {
      "availability-zone": (subnet) => subnet.zone,
      availabilityZone: (subnet) => subnet.zone,
      "availability-zone-id": (subnet) => zoneId(call, subnet),
      "available-ip-address-count": freeAddresses,
      "cidr-block": (subnet) => subnet.cidr,
      cidr: (subnet) => subnet.cidr,
      cidrBlock: (subnet) => subnet.cidr,
      "default-for-az": (subnet) => subnet.defaultForAz,
      defaultForAz: (subnet) => subnet.defaultForAz,
      "ipv6-cidr-block-association.association-id": listed((block) => block.id),
      "ipv6-cidr-block-association.ipv6-cidr-block": listed((block) => block.cidr),
      "ipv6-cidr-block-association.state": listed((block) => blockState(block, call.now)),
      "ipv6-native": isIpv6Only,
      "map-public-ip-on-launch": (subnet) => subnet.mapPublicIpOnLaunch,
      "owner-id": () => call.account,
      state: (subnet) => stateOf(call, subnet),
      "subnet-arn": (subnet) => arn(call, "subnet", subnet.id),
      "subnet-id": (subnet) => subnet.id,
      "vpc-id": (subnet) => subnet.vpcId,
    },
  });
  return { NextToken, Subnets: found.map((subnet) => describe(call, subnet)) };
};

function describe(call: Call, subnet: SubnetRecord): Subnet {
  return {
    SubnetId: subnet.id,
    SubnetArn: arn(call, "subnet", subnet.id),
    OwnerId: call.account,
    VpcId: subnet.vpcId,
    ...(subnet.cidr === undefined ? {} : { CidrBlock: subnet.cidr }),
    State: stateOf(call, subnet),
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneId(call, subnet),
    AvailableIpAddressCount: freeAddresses(subnet),
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.assignIpv6OnCreation,
    EnableDns64: subnet.enableDns64,
    EnableLniAtDeviceIndex: subnet.lniDeviceIndex,
    Ipv6Native: isIpv6Only(subnet),
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.hostnameType,
      EnableResourceNameDnsARecord: subnet.dnsARecord,
      EnableResourceNameDnsAAAARecord: subnet.dnsAaaaRecord,
    },
    Ipv6CidrBlockAssociationSet: subnet.ipv6
      .filter((block) => isListed(block, call.now))
      .map((block) => ({ AssociationId: block.id, Ipv6CidrBlock: block.cidr, Ipv6CidrBlockState: { State: blockState(block, call.now) } })),
    BlockPublicAccessStates: { InternetGatewayBlockMode: "off" },
    Tags: tagList(call, subnet.id),
  };
}

function stateOf(call: Call, subnet: SubnetRecord): "pending" | "available" {
  return call.now < subnet.createdAt + timing.subnetAvailable ? "pending" : "available";
}

function zoneId(call: Call, subnet: SubnetRecord): string | undefined {
  return zonesOf(call).find((zone) => zone.name === subnet.zone)?.id;
}

export function isIpv6Only({ cidr }: SubnetRecord): boolean {
  return cidr === undefined;
}

/** The number of free IPv4 addresses. AWS keeps the first four addresses and the last one; IPv6 addresses do not count. */
export function freeAddresses(subnet: SubnetRecord): number {
  if (subnet.cidr === undefined) return 0;
  return parseIpv4(subnet.cidr)!.size - 5 - subnet.takenCount;
}

/** Changes one attribute in each call. The API has no DryRun. */
const modifySubnetAttribute: Handler<ModifySubnetAttributeRequest, object> = (input, call) => {
  const { SubnetId, ...attributes } = input;
  const subnet = need(call, idKinds.subnet, SubnetId, "subnetId");
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw missingParameter("MapPublicIpOnLaunch");
  if (given.length > 1) throw invalidCombination("Fields for multiple attribute types specified");
  if (input.MapPublicIpOnLaunch) setMapPublicIp(subnet, input.MapPublicIpOnLaunch.Value ?? false);
  else if (input.AssignIpv6AddressOnCreation) setAssignIpv6(subnet, input.AssignIpv6AddressOnCreation.Value ?? false);
  else if (input.EnableDns64) subnet.enableDns64 = input.EnableDns64.Value ?? false;
  else if (input.EnableResourceNameDnsARecordOnLaunch) subnet.dnsARecord = input.EnableResourceNameDnsARecordOnLaunch.Value ?? false;
  else if (input.EnableResourceNameDnsAAAARecordOnLaunch)
    subnet.dnsAaaaRecord = input.EnableResourceNameDnsAAAARecordOnLaunch.Value ?? false;
  else if (input.PrivateDnsHostnameTypeOnLaunch) {
    knownValue(input.PrivateDnsHostnameTypeOnLaunch, ["ip-name", "resource-name"], "privateDnsHostnameTypeOnLaunch");
    if (isIpv6Only(subnet) && input.PrivateDnsHostnameTypeOnLaunch === "ip-name") throw ipv6Only(subnet, "the host name type ip-name");
    subnet.hostnameType = input.PrivateDnsHostnameTypeOnLaunch;
  } else if (input.EnableLniAtDeviceIndex !== undefined) subnet.lniDeviceIndex = input.EnableLniAtDeviceIndex;
  else throw notModelled(`the subnet attribute ${given[0]![0]}`);
  return {};
};

function ipv6Only({ id }: SubnetRecord, what: string): AwsFault {
  return invalidValue(`The subnet '${id}' is an IPv6-only subnet, which does not support ${what}.`);
}

function setMapPublicIp(subnet: SubnetRecord, value: boolean): void {
  if (value && isIpv6Only(subnet)) throw ipv6Only(subnet, "public IPv4 addresses on launch");
  subnet.mapPublicIpOnLaunch = value;
}

function setAssignIpv6(subnet: SubnetRecord, value: boolean): void {
  if (!value && isIpv6Only(subnet)) throw ipv6Only(subnet, "interfaces without an IPv6 address");
  if (value && !subnet.ipv6.some(isLive)) throw invalidValue(`The subnet '${subnet.id}' has no IPv6 CIDR block.`);
  subnet.assignIpv6OnCreation = value;
}

const associateCidr: Handler<AssociateSubnetCidrBlockRequest, AssociateSubnetCidrBlockResult> = (input, call) => {
  const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
  if (subnet.ipv6.some(isLive)) throw new AwsFault("InvalidParameterValue", `The subnet '${subnet.id}' already has an IPv6 CIDR block.`);
  const cidr = freeIpv6(call, vpcs(call).get(subnet.vpcId)!, required(input.Ipv6CidrBlock, "ipv6CidrBlock"));
  const block = { id: call.id("subnet-cidr-assoc"), cidr, since: call.now };
  subnet.ipv6.push(block);
  return {
    SubnetId: subnet.id,
    Ipv6CidrBlockAssociation: { AssociationId: block.id, Ipv6CidrBlock: cidr, Ipv6CidrBlockState: { State: "associating" } },
  };
};

const disassociateCidr: Handler<DisassociateSubnetCidrBlockRequest, DisassociateSubnetCidrBlockResult> = (input, call) => {
  const id = required(input.AssociationId, "associationId");
  for (const subnet of subnets(call).values()) {
    const block = subnet.ipv6.find((one) => one.id === id && isLive(one));
    if (!block) continue;
    if (isIpv6Only(subnet)) throw ipv6Only(subnet, "the loss of its IPv6 CIDR block");
    if (subnet.assignIpv6OnCreation) throw dependency(`The subnet '${subnet.id}' assigns IPv6 addresses on creation.`);
    for (const one of interfaces(call).values())
      if (one.subnetId === subnet.id && one.ipv6Ips?.length)
        throw dependency(`The subnet CIDR block with association ID ${id} may not be disassociated. It has addresses in use.`);
    block.goneAt = call.now;
    return {
      SubnetId: subnet.id,
      Ipv6CidrBlockAssociation: { AssociationId: id, Ipv6CidrBlock: block.cidr, Ipv6CidrBlockState: { State: "disassociating" } },
    };
  }
  throw new AwsFault("InvalidSubnetCidrBlockAssociationID.NotFound", `The subnet CIDR block association ID '${id}' does not exist`);
};

export const subnetOperations: Record<string, Handler> = {
  AssociateSubnetCidrBlock: associateCidr,
  CreateSubnet: createSubnet,
  DeleteSubnet: deleteSubnet,
  DescribeSubnets: describeSubnets,
  DisassociateSubnetCidrBlock: disassociateCidr,
  ModifySubnetAttribute: modifySubnetAttribute,
};
