/**
 * The kinds of objects with EC2 ids: prefix, type in tags, and the errors for unknown and malformed ids. The spelling of the codes is
 * AWS's, which is not consistent (EC2 API Reference, Error codes).
 */
import { AwsFault, type Call } from "../../model.ts";
import * as state from "./state.ts";

export interface IdKind<R extends object = object> {
  readonly prefix: string;
  /** The type in TagSpecifications. */
  readonly type: string;
  readonly table: (call: Pick<Call, "store">) => Map<string, R>;
  readonly notFound: string;
  readonly malformed: string;
  readonly says: (id: string) => string;
}

const doesNotExist = (noun: string) => (id: string) => `The ${noun} '${id}' does not exist`;

export const idKinds = {
  vpc: kind("vpc", "vpc", state.vpcs, "InvalidVpcID", doesNotExist("vpc ID")),
  subnet: kind("subnet", "subnet", state.subnets, "InvalidSubnetID", doesNotExist("subnet ID")),
  dhcpOptions: kind("dopt", "dhcp-options", state.dhcpOptions, "InvalidDhcpOptionID", doesNotExist("dhcpOption ID"), {
    malformed: "InvalidDhcpOptionsId.Malformed",
  }),
  internetGateway: kind("igw", "internet-gateway", state.internetGateways, "InvalidInternetGatewayID", doesNotExist("internetGateway ID"), {
    malformed: "InvalidInternetGatewayId.Malformed",
  }),
  egressOnlyGateway: kind(
    "eigw",
    "egress-only-internet-gateway",
    state.egressOnlyGateways,
    "InvalidGatewayID",
    doesNotExist("egressOnlyInternetGateway ID"),
  ),
  carrierGateway: kind("cagw", "carrier-gateway", state.carrierGateways, "InvalidCarrierGatewayID", doesNotExist("carrierGateway ID")),
  routeTable: kind("rtb", "route-table", state.routeTables, "InvalidRouteTableID", doesNotExist("routeTable ID"), {
    malformed: "InvalidRouteTableId.Malformed",
  }),
  group: kind("sg", "security-group", state.groups, "InvalidGroup", doesNotExist("security group"), {
    malformed: "InvalidGroupId.Malformed",
  }),
  rule: kind("sgr", "security-group-rule", state.ruleOwners, "InvalidSecurityGroupRuleId", doesNotExist("security group rule ID")),
  networkAcl: kind("acl", "network-acl", state.networkAcls, "InvalidNetworkAclID", doesNotExist("networkAcl ID"), {
    malformed: "InvalidNetworkAclId.Malformed",
  }),
  vpcEndpoint: kind(
    "vpce",
    "vpc-endpoint",
    state.vpcEndpoints,
    "InvalidVpcEndpointId",
    (id) => `The Vpc Endpoint Id '${id}' does not exist`,
  ),
  vpcPeering: kind(
    "pcx",
    "vpc-peering-connection",
    state.vpcPeerings,
    "InvalidVpcPeeringConnectionID",
    doesNotExist("vpcPeeringConnection ID"),
    { malformed: "InvalidVpcPeeringConnectionId.Malformed" },
  ),
  prefixList: kind("pl", "prefix-list", state.prefixLists, "InvalidPrefixListID", doesNotExist("prefix list ID"), {
    malformed: "InvalidPrefixListId.Malformed",
  }),
  transitGateway: kind("tgw", "transit-gateway", state.transitGateways, "InvalidTransitGatewayID", doesNotExist("transitGateway ID")),
  transitAttachment: kind(
    "tgw-attach",
    "transit-gateway-attachment",
    state.transitAttachments,
    "InvalidTransitGatewayAttachmentID",
    (id) => `Transit Gateway Attachment ${id} was deleted or does not exist.`,
  ),
  transitTable: kind(
    "tgw-rtb",
    "transit-gateway-route-table",
    state.transitTables,
    "InvalidRouteTableID",
    (id) => `Transit Gateway Route Table ${id} was deleted or does not exist.`,
    { malformed: "InvalidRouteTableId.Malformed" },
  ),
  vpnGateway: kind("vgw", "vpn-gateway", state.vpnGateways, "InvalidVpnGatewayID", doesNotExist("vpnGateway ID")),
  customerGateway: kind("cgw", "customer-gateway", state.customerGateways, "InvalidCustomerGatewayID", doesNotExist("customerGateway ID")),
  vpnConnection: kind("vpn", "vpn-connection", state.vpnConnections, "InvalidVpnConnectionID", doesNotExist("vpnConnection ID")),
  flowLog: kind("fl", "vpc-flow-log", state.flowLogs, "InvalidFlowLogId", doesNotExist("flow log ID")),
  address: kind("eipalloc", "elastic-ip", state.addresses, "InvalidAllocationID", doesNotExist("allocation ID")),
  natGateway: kind("nat", "natgateway", state.natGateways, "NatGateway", (id) => `NatGateway ${id} was not found`, {
    notFound: "NatGatewayNotFound",
    malformed: "NatGatewayMalformed",
  }),
  networkInterface: kind("eni", "network-interface", state.interfaces, "InvalidNetworkInterfaceID", doesNotExist("networkInterface ID"), {
    malformed: "InvalidNetworkInterfaceId.Malformed",
  }),
  instance: kind("i", "instance", state.instances, "InvalidInstanceID", doesNotExist("instance ID")),
  volume: kind("vol", "volume", state.volumes, "InvalidVolume", doesNotExist("volume"), { malformed: "InvalidVolumeID.Malformed" }),
  snapshot: kind("snap", "snapshot", state.snapshots, "InvalidSnapshot", doesNotExist("snapshot"), {
    malformed: "InvalidSnapshotID.Malformed",
  }),
  image: kind("ami", "image", state.images, "InvalidAMIID", (id) => `The image id '[${id}]' does not exist`),
  keyPair: kind("key", "key-pair", state.keyPairs, "InvalidKeyPair", doesNotExist("key pair")),
  placementGroup: kind(
    "pg",
    "placement-group",
    state.placementGroups,
    "InvalidPlacementGroup",
    (id) => `The Placement Group '${id}' is unknown.`,
    { notFound: "InvalidPlacementGroup.Unknown", malformed: "InvalidPlacementGroupId.Malformed" },
  ),
  capacityReservation: kind(
    "cr",
    "capacity-reservation",
    state.capacityReservations,
    "InvalidCapacityReservationId",
    (id) => `The capacity reservation '${id}' does not exist`,
  ),
  connectEndpoint: kind(
    "eice",
    "instance-connect-endpoint",
    state.connectEndpoints,
    "InvalidInstanceConnectEndpointId",
    doesNotExist("InstanceConnectEndpoint ID"),
  ),
  endpointService: kind(
    "vpce-svc",
    "vpc-endpoint-service",
    state.endpointServices,
    "InvalidVpcEndpointServiceId",
    (id) => `The VpcEndpointService Id '${id}' does not exist`,
  ),
  launchTemplate: kind(
    "lt",
    "launch-template",
    state.launchTemplates,
    "InvalidLaunchTemplateId",
    (id) => `The specified launch template, with template ID ${id}, does not exist.`,
  ),
  spotRequest: kind(
    "sir",
    "spot-instances-request",
    state.spotRequests,
    "InvalidSpotInstanceRequestID",
    doesNotExist("spot instance request ID"),
  ),
} as const;

/** The kinds by prefix, for calls that take ids of any kind. */
export const kindByPrefix: ReadonlyMap<string, IdKind> = new Map(Object.values(idKinds).map((k) => [k.prefix, k as unknown as IdKind]));

/** The record with that id. Throws AWS's errors for malformed, unknown and not yet visible ids. */
export function need<R extends object>(call: Call, k: IdKind<R>, id: string | undefined, parameter: string): R {
  if (id === undefined || id === "") throw new AwsFault("MissingParameter", `The request must contain the parameter ${parameter}`);
  if (!isWellFormed(k, id)) throw new AwsFault(k.malformed, `Invalid id: "${id}" (expecting "${k.prefix}-...")`);
  const found = k.table(call).get(id);
  if (!found || !call.sees(id, "id")) throw missing(k, id);
  return found;
}

/** The records with these ids. Throws AWS's error for the first id that is missing. */
export function needAll<R extends object>(call: Call, k: IdKind<R>, ids: readonly string[], parameter: string): R[] {
  return [...new Set(ids)].map((id) => need(call, k, id, parameter));
}

export function missing(k: IdKind<never> | IdKind, id: string): AwsFault {
  return new AwsFault(k.notFound, k.says(id));
}

export function isWellFormed(k: Pick<IdKind, "prefix">, id: string): boolean {
  return id.startsWith(`${k.prefix}-`) && /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(k.prefix.length + 1));
}

/** The ARN of an EC2 object: `arn:aws:ec2:REGION:ACCOUNT:subnet/subnet-…`. */
export function arn(call: Call, type: string, id: string): string {
  return `arn:${call.partition}:ec2:${call.region}:${call.account}:${type}/${id}`;
}

function kind<R extends object>(
  prefix: string,
  type: string,
  table: IdKind<R>["table"],
  family: string,
  says: IdKind["says"],
  codes: { notFound?: string; malformed?: string } = {},
): IdKind<R> {
  return {
    prefix,
    type,
    table,
    notFound: codes.notFound ?? `${family}.NotFound`,
    malformed: codes.malformed ?? `${family}.Malformed`,
    says,
  };
}
