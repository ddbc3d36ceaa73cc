/**
 * VPCs: their lifecycle and attributes. Blocks are in vpc-cidrs.ts; resources that are created with a VPC are in the files of their kinds.
 */
import type {
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  ModifyVpcTenancyRequest,
  ModifyVpcTenancyResult,
  Vpc,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { blockState, isListed } from "./blocks.ts";
import { formatIpv4, ipv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { defaultDhcpOptions } from "./dhcp-options.ts";
import { dependency, invalidCombination, missingParameter, notModelled, required } from "./faults.ts";
import { deleteGroupRecord, makeDefaultGroup } from "./groups.ts";
import { idKinds, need } from "./ids.ts";
import { makeDefaultAcl } from "./network-acls.ts";
import { within } from "./quotas.ts";
import { makeRouteTable } from "./route-tables.ts";
import {
  carrierGateways,
  egressOnlyGateways,
  groups,
  internetGateways,
  natGateways,
  networkAcls,
  routeAssociations,
  routeTables,
  subnets,
  vpcEndpoints,
  vpcs,
  type CidrRecord,
  type VpcRecord,
} from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { addIpv6Block } from "./vpc-cidrs.ts";
import { standsFor } from "./vpc-peerings.ts";
import { hasTransitAttachment } from "./transit-states.ts";
import { hasVpnGateway } from "./vpn-gateways.ts";

const createVpc: Handler<CreateVpcRequest, CreateVpcResult> = (input, call) => {
  if (input.Ipv4IpamPoolId || input.Ipv6IpamPoolId || input.Ipv6Pool || input.Ipv6CidrBlock) throw notModelled("address pools");
  const block = ipv4(required(input.CidrBlock, "cidrBlock"), "cidrBlock");
  if (block.prefix < 16 || block.prefix > 28) throw new AwsFault("InvalidVpc.Range", `The CIDR '${input.CidrBlock}' is invalid.`);
  const tenancy = input.InstanceTenancy ?? "default";
  if (tenancy !== "default" && tenancy !== "dedicated")
    throw new AwsFault("InvalidParameterValue", `Invalid value '${tenancy}' for instanceTenancy`);
  const tags = tagsToBe(input.TagSpecifications, "vpc");
  within(call, "vpcs", vpcs(call).size, "VpcLimitExceeded", "The maximum number of VPCs has been reached.");
  const vpc = makeVpc(call, formatIpv4(block), { tenancy });
  if (input.AmazonProvidedIpv6CidrBlock) addIpv6Block(call, vpc);
  giveTags(call, vpc.id, tags["vpc"]);
  return { Vpc: describe(call, vpc) };
};

/** Makes a VPC with the resources that AWS creates with it: default group, default network ACL and main route table. */
export function makeVpc(call: Call, cidr: string, more: { tenancy?: VpcRecord["tenancy"]; isDefault?: boolean } = {}): VpcRecord {
  const vpc: VpcRecord = {
    id: call.id("vpc"),
    createdAt: call.now,
    isDefault: more.isDefault ?? false,
    tenancy: more.tenancy ?? "default",
    dhcpOptionsId: defaultDhcpOptions(call).id,
    cidrs: [{ id: call.id("vpc-cidr-assoc"), cidr, since: call.now - timing.cidrAssociated }],
    ipv6: [],
    enableDnsSupport: true,
    enableDnsHostnames: more.isDefault ?? false,
    enableNetworkAddressUsageMetrics: false,
  };
  vpcs(call).set(vpc.id, vpc);
  makeRouteTable(call, vpc.id, { main: true });
  makeDefaultAcl(call, vpc.id);
  makeDefaultGroup(call, vpc.id);
  return vpc;
}

const deleteVpc: Handler<DeleteVpcRequest, object> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (hasDependants(call, vpc.id)) throw dependency(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  for (const table of routeTables(call).values())
    if (table.vpcId === vpc.id) {
      for (const association of table.associations) routeAssociations(call).delete(association.id);
      routeTables(call).delete(table.id);
      dropTags(call, table.id);
    }
  for (const acl of networkAcls(call).values())
    if (acl.vpcId === vpc.id) {
      networkAcls(call).delete(acl.id);
      dropTags(call, acl.id);
    }
  for (const group of groups(call).values()) if (group.vpcId === vpc.id) deleteGroupRecord(call, group);
  vpcs(call).delete(vpc.id);
  dropTags(call, vpc.id);
  return {};
};

/** Whether anything prevents the deletion of a VPC. The default group, the default ACL and the main table do not. */
function hasDependants(call: Call, vpcId: string): boolean {
  const inVpc = (record: { readonly vpcId?: string }) => record.vpcId === vpcId;
  const any = <R>(table: Map<string, R>, test: (record: R) => boolean) => {
    for (const record of table.values()) if (test(record)) return true;
    return false;
  };
  return (
    any(subnets(call), inVpc) ||
    any(internetGateways(call), inVpc) ||
    any(egressOnlyGateways(call), inVpc) ||
    any(carrierGateways(call), inVpc) ||
    any(natGateways(call), (nat) => inVpc(nat) && nat.state !== "deleted" && nat.state !== "failed") ||
    any(routeTables(call), (table) => inVpc(table) && !table.associations.some((association) => association.main)) ||
    any(groups(call), (group) => inVpc(group) && group.name !== "default") ||
    any(vpcEndpoints(call), inVpc) ||
    standsFor(call, vpcId) ||
    hasVpnGateway(call, vpcId) ||
    hasTransitAttachment(call, vpcId) ||
    any(networkAcls(call), (acl) => inVpc(acl) && !acl.isDefault)
  );
}

const describeVpcs: Handler<DescribeVpcsRequest, DescribeVpcsResult> = (input, call) => {
  const blocks = (of: "cidrs" | "ipv6", pick: (block: CidrRecord) => string) => (vpc: VpcRecord) =>
    vpc[of].filter((block) => isListed(block, call.now)).map(pick);
  const { found, NextToken } = list<VpcRecord>(call, input, {
    records: vpcs(call).values(),
    ids: { kind: idKinds.vpc, given: input.VpcIds, parameter: "vpcId" },
    pages: [5, 1000],
    filters: {
      cidr: (vpc) => vpc.cidrs[0]!.cidr,
      "cidr-block-association.association-id": blocks("cidrs", (block) => block.id),
      "cidr-block-association.cidr-block": blocks("cidrs", (block) => block.cidr),
      "cidr-block-association.state": blocks("cidrs", (block) => blockState(block, call.now)),
      "dhcp-options-id": (vpc) => vpc.dhcpOptionsId,
      "ipv6-cidr-block-association.association-id": blocks("ipv6", (block) => block.id),
      "ipv6-cidr-block-association.ipv6-cidr-block": blocks("ipv6", (block) => block.cidr),
      "ipv6-cidr-block-association.state": blocks("ipv6", (block) => blockState(block, call.now)),
      "is-default": (vpc) => vpc.isDefault,
      isDefault: (vpc) => vpc.isDefault,
      "owner-id": () => call.account,
      state: (vpc) => stateOf(call, vpc),
      "vpc-id": (vpc) => vpc.id,
    },
  });
  return { NextToken, Vpcs: found.map((vpc) => describe(call, vpc)) };
};

function describe(call: Call, vpc: VpcRecord): Vpc {
  const listed = (blocks: readonly CidrRecord[]) => blocks.filter((block) => isListed(block, call.now));
  return {
    VpcId: vpc.id,
    OwnerId: call.account,
    State: stateOf(call, vpc),
    CidrBlock: vpc.cidrs[0]!.cidr,
    CidrBlockAssociationSet: listed(vpc.cidrs).map((block) => ({
      AssociationId: block.id,
      CidrBlock: block.cidr,
      CidrBlockState: { State: blockState(block, call.now) },
    })),
    Ipv6CidrBlockAssociationSet: listed(vpc.ipv6).map((block) => ({
      AssociationId: block.id,
      Ipv6CidrBlock: block.cidr,
      Ipv6CidrBlockState: { State: blockState(block, call.now) },
      NetworkBorderGroup: call.region,
      Ipv6Pool: block.pool ?? "Amazon",
    })),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: vpc.tenancy,
    IsDefault: vpc.isDefault,
    Tags: tagList(call, vpc.id),
    BlockPublicAccessStates: { InternetGatewayBlockMode: "off" },
  };
}

function stateOf(call: Call, vpc: VpcRecord): "pending" | "available" {
  return call.now < vpc.createdAt + timing.vpcAvailable ? "pending" : "available";
}

const attributes = ["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"] as const;

const describeVpcAttribute: Handler<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const attribute = attributes.find((name) => name === required(input.Attribute, "attribute"));
  if (!attribute)
    throw new AwsFault("InvalidParameterValue", `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  return { VpcId: vpc.id, [capital(attribute)]: { Value: vpc[attribute] } };
};

/** Changes one attribute in each call. Host names need DNS support (EC2 API, ModifyVpcAttribute). */
const modifyVpcAttribute: Handler<ModifyVpcAttributeRequest, object> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const given = attributes.filter((name) => input[capital(name)] !== undefined);
  const [attribute] = given;
  if (!attribute) throw missingParameter("enableDnsSupport, enableDnsHostnames or enableNetworkAddressUsageMetrics");
  if (given.length > 1) throw invalidCombination("Fields for multiple attribute types specified");
  const value = required(input[capital(attribute)]?.Value, "value");
  if (attribute === "enableDnsHostnames" && value && !vpc.enableDnsSupport)
    throw invalidCombination("DNS hostnames cannot be enabled while DNS support is disabled");
  if (attribute === "enableDnsSupport" && !value && vpc.enableDnsHostnames)
    throw invalidCombination("DNS support cannot be disabled while DNS hostnames are enabled");
  vpc[attribute] = value;
  return {};
};

const modifyVpcTenancy: Handler<ModifyVpcTenancyRequest, ModifyVpcTenancyResult> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (required(input.InstanceTenancy, "instanceTenancy") !== "default")
    throw new AwsFault("UnsupportedTenancy", "The tenancy of a VPC can only be changed to default.");
  vpc.tenancy = "default";
  return { ReturnValue: true };
};

function capital<const T extends string>(name: T): Capitalize<T> {
  return (name[0]!.toUpperCase() + name.slice(1)) as Capitalize<T>;
}

export const vpcOperations: Record<string, Handler> = {
  CreateVpc: createVpc,
  DeleteVpc: deleteVpc,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcs: describeVpcs,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcTenancy: modifyVpcTenancy,
};
