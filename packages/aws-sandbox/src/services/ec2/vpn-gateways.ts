/** The two ends of a VPN: the virtual private gateway of a VPC, and the customer gateway. The connection is in vpn-connections.ts. */
import type {
  AttachVpnGatewayRequest,
  AttachVpnGatewayResult,
  CreateCustomerGatewayRequest,
  CreateCustomerGatewayResult,
  CreateVpnGatewayRequest,
  CreateVpnGatewayResult,
  CustomerGateway,
  DeleteCustomerGatewayRequest,
  DeleteVpnGatewayRequest,
  DescribeCustomerGatewaysRequest,
  DescribeCustomerGatewaysResult,
  DescribeVpnGatewaysRequest,
  DescribeVpnGatewaysResult,
  DetachVpnGatewayRequest,
  DisableVgwRoutePropagationRequest,
  EnableVgwRoutePropagationRequest,
  VpnGateway,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { parseIpv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, notModelled, required } from "./faults.ts";
import { idKinds, missing, need } from "./ids.ts";
import { within } from "./quotas.ts";
import {
  customerGateways,
  routeTables,
  vpnConnections,
  vpnGateways,
  type CustomerGatewayRecord,
  type RouteTableRecord,
  type VpnGatewayRecord,
} from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";

function ipsec(type: string | undefined): void {
  if (required(type, "type") !== "ipsec.1") throw invalidValue(`Value (${type}) for parameter type is invalid. Unknown type.`);
}

const createVpnGateway: Handler<CreateVpnGatewayRequest, CreateVpnGatewayResult> = (input, call) => {
  ipsec(input.Type);
  const asn = input.AmazonSideAsn ?? 64_512;
  if (!(asn >= 64_512 && asn <= 65_534) && !(asn >= 4_200_000_000 && asn <= 4_294_967_294))
    throw invalidValue(`The specified ASN ${asn} is not in a private range.`);
  const tags = tagsToBe(input.TagSpecifications, "vpn-gateway");
  const alive = [...vpnGateways(call).values()].filter((one) => one.deletedAt === undefined).length;
  within(call, "vpnGateways", alive, "VpnGatewayLimitExceeded", "The maximum number of virtual private gateways has been reached.");
  const made: VpnGatewayRecord = { id: call.id("vgw"), asn, createdAt: call.now };
  vpnGateways(call).set(made.id, made);
  giveTags(call, made.id, tags["vpn-gateway"]);
  return { VpnGateway: describe(call, made) };
};

/** Attaches a gateway. A VPC has at most one, and a gateway at most one VPC. */
const attach: Handler<AttachVpnGatewayRequest, AttachVpnGatewayResult> = (input, call) => {
  const gateway = needGateway(call, input.VpnGatewayId);
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  settle(call, gateway);
  if (gateway.attachment?.vpcId === vpc.id && gateway.attachment.detachedAt === undefined)
    return { VpcAttachment: attachmentOf(call, gateway) };
  if (gateway.attachment)
    throw new AwsFault(
      "VpnGatewayAttachmentLimitExceeded",
      `The vpnGateway ID '${gateway.id}' is already attached to VPC ${gateway.attachment.vpcId}.`,
    );
  for (const other of vpnGateways(call).values()) {
    settle(call, other);
    if (other.deletedAt === undefined && other.attachment?.vpcId === vpc.id)
      throw new AwsFault("InvalidVpcState", `The VPC ${vpc.id} already has a virtual private gateway attached to it.`);
  }
  gateway.attachment = { vpcId: vpc.id, since: call.now };
  return { VpcAttachment: attachmentOf(call, gateway) };
};

const detach: Handler<DetachVpnGatewayRequest, object> = (input, call) => {
  const gateway = needGateway(call, input.VpnGatewayId);
  settle(call, gateway);
  if (gateway.attachment?.vpcId !== required(input.VpcId, "vpcId"))
    throw new AwsFault(
      "InvalidVpnGatewayAttachment.NotFound",
      `The attachment with vpn gateway ID '${gateway.id}' and vpc ID '${input.VpcId}' does not exist`,
    );
  if (gateway.attachment.detachedAt !== undefined) return {};
  gateway.attachment.detachedAt = call.now;
  for (const table of routeTables(call).values()) stopPropagation(table, gateway.id);
  return {};
};

const deleteVpnGateway: Handler<DeleteVpnGatewayRequest, object> = (input, call) => {
  const gateway = needGateway(call, input.VpnGatewayId);
  settle(call, gateway);
  if (gateway.attachment) throw new AwsFault("IncorrectState", `The vpnGateway '${gateway.id}' is in use`);
  for (const one of vpnConnections(call).values())
    if (one.deletedAt === undefined && one.gateway === gateway.id)
      throw new AwsFault("IncorrectState", `The vpnGateway '${gateway.id}' is in use by ${one.id}`);
  gateway.deletedAt = call.now;
  return {};
};

/** Ends a detachment that has taken long enough. */
function settle(call: Call, gateway: VpnGatewayRecord): void {
  const { attachment } = gateway;
  if (attachment?.detachedAt !== undefined && call.now >= attachment.detachedAt + timeFor(call, gateway.id, timing.vpnGatewayDetached))
    delete gateway.attachment;
}

/** Whether a VPC has an attached gateway, or one that is attaching or detaching. */
export function hasVpnGateway(call: Call, vpcId: string): boolean {
  for (const gateway of vpnGateways(call).values()) {
    settle(call, gateway);
    if (gateway.deletedAt === undefined && gateway.attachment?.vpcId === vpcId) return true;
  }
  return false;
}

/** Whether routes of a VPC may use the gateway. */
export function isAttached(call: Call, gateway: VpnGatewayRecord, vpcId: string): boolean {
  return gateway.deletedAt === undefined && gateway.attachment?.vpcId === vpcId && stateOfAttachment(call, gateway) === "attached";
}

export function needGateway(call: Call, id: string | undefined): VpnGatewayRecord {
  const gateway = need(call, idKinds.vpnGateway, id, "vpnGatewayId");
  if (gateway.deletedAt !== undefined) throw missing(idKinds.vpnGateway, gateway.id);
  return gateway;
}

function stateOfAttachment(call: Call, { id, attachment }: VpnGatewayRecord): "attaching" | "attached" | "detaching" {
  if (attachment?.detachedAt !== undefined) return "detaching";
  return call.now < attachment!.since + timeFor(call, id, timing.vpnGatewayAttached) ? "attaching" : "attached";
}

function attachmentOf(call: Call, gateway: VpnGatewayRecord) {
  return gateway.attachment && { VpcId: gateway.attachment.vpcId, State: stateOfAttachment(call, gateway) };
}

const describeVpnGateways: Handler<DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult> = (input, call) => {
  for (const gateway of vpnGateways(call).values()) settle(call, gateway);
  const { found } = list<VpnGatewayRecord>(call, input, {
    records: listed(call, vpnGateways(call)),
    ids: { kind: idKinds.vpnGateway, given: input.VpnGatewayIds, parameter: "vpnGatewayId" },
    filters: {
      "amazon-side-asn": (one) => String(one.asn),
      "attachment.state": (one) => attachmentOf(call, one)?.State,
      "attachment.vpc-id": (one) => one.attachment?.vpcId,
      state: (one) => stateOf(call, one),
      type: () => "ipsec.1",
      "vpn-gateway-id": (one) => one.id,
    },
  });
  return { VpnGateways: found.map((one) => describe(call, one)) };
};

function stateOf(
  call: Call,
  one: { readonly createdAt: number; readonly deletedAt?: number },
): "pending" | "available" | "deleting" | "deleted" {
  if (one.deletedAt !== undefined) return call.now < one.deletedAt + timing.vpnEndDeleted ? "deleting" : "deleted";
  return call.now < one.createdAt + timing.vpnEndAvailable ? "pending" : "available";
}

/** The records that answers show: they show deleted ones for a while. */
export function* listed<R extends { readonly deletedAt?: number }>(call: Call, table: Map<string, R>): Iterable<R> {
  for (const one of table.values()) if (one.deletedAt === undefined || call.now < one.deletedAt + timing.vpnForgotten) yield one;
}

function describe(call: Call, one: VpnGatewayRecord): VpnGateway {
  const attachment = attachmentOf(call, one);
  return {
    VpnGatewayId: one.id,
    State: stateOf(call, one),
    Type: "ipsec.1",
    AmazonSideAsn: one.asn,
    VpcAttachments: attachment ? [attachment] : [],
    Tags: tagList(call, one.id),
  };
}

const createCustomerGateway: Handler<CreateCustomerGatewayRequest, CreateCustomerGatewayResult> = (input, call) => {
  ipsec(input.Type);
  if (input.CertificateArn) throw notModelled("customer gateways with certificates");
  const ip = required(input.IpAddress ?? input.PublicIp, "ipAddress");
  if (parseIpv4(`${ip}/32`) === undefined) throw invalidValue(`Value (${ip}) for parameter ipAddress is invalid. Invalid IPv4 address.`);
  if (input.BgpAsn !== undefined && input.BgpAsnExtended !== undefined)
    throw invalidCombination("Only one of BgpAsn and BgpAsnExtended may be given");
  if ((input.BgpAsn ?? 1) > 2_147_483_647) throw invalidValue("ASNs above 2147483647 are given as BgpAsnExtended");
  const asn = Number(input.BgpAsn ?? input.BgpAsnExtended ?? 65_000);
  if (!(asn >= 1 && asn <= 4_294_967_295)) throw invalidValue(`Value (${asn}) for parameter bgpAsn is invalid.`);
  const tags = tagsToBe(input.TagSpecifications, "customer-gateway");
  const alive = [...customerGateways(call).values()].filter((one) => one.deletedAt === undefined);
  // "If you use this operation more than once with the same values, the original customer gateway is
  // returned" (EC2 API, CreateCustomerGateway).
  const same = alive.find((one) => one.ip === ip && one.asn === asn && one.device === input.DeviceName);
  if (same) return { CustomerGateway: describeCustomer(call, same) };
  within(
    call,
    "customerGateways",
    alive.length,
    "CustomerGatewayLimitExceeded",
    "The maximum number of customer gateways has been reached.",
  );
  const made: CustomerGatewayRecord = {
    id: call.id("cgw"),
    ip,
    asn,
    createdAt: call.now,
    ...(input.DeviceName === undefined ? {} : { device: input.DeviceName }),
  };
  customerGateways(call).set(made.id, made);
  giveTags(call, made.id, tags["customer-gateway"]);
  return { CustomerGateway: describeCustomer(call, made) };
};

const deleteCustomerGateway: Handler<DeleteCustomerGatewayRequest, object> = (input, call) => {
  const gateway = needCustomer(call, input.CustomerGatewayId);
  for (const one of vpnConnections(call).values())
    if (one.customer === gateway.id && (one.deletedAt === undefined || call.now < one.deletedAt + timing.vpnConnectionDeleted))
      throw new AwsFault("IncorrectState", `The customer gateway is in use by ${one.id}.`);
  gateway.deletedAt = call.now;
  return {};
};

export function needCustomer(call: Call, id: string | undefined): CustomerGatewayRecord {
  const gateway = need(call, idKinds.customerGateway, id, "customerGatewayId");
  if (gateway.deletedAt !== undefined) throw missing(idKinds.customerGateway, gateway.id);
  return gateway;
}

const describeCustomerGateways: Handler<DescribeCustomerGatewaysRequest, DescribeCustomerGatewaysResult> = (input, call) => {
  const { found } = list<CustomerGatewayRecord>(call, input, {
    records: listed(call, customerGateways(call)),
    ids: { kind: idKinds.customerGateway, given: input.CustomerGatewayIds, parameter: "customerGatewayId" },
    filters: {
      "bgp-asn": (one) => String(one.asn),
      "customer-gateway-id": (one) => one.id,
      "ip-address": (one) => one.ip,
      state: (one) => stateOf(call, one),
      type: () => "ipsec.1",
    },
  });
  return { CustomerGateways: found.map((one) => describeCustomer(call, one)) };
};

/** Describes a customer gateway. AWS takes the ASN as a number and returns it as a text. */
function describeCustomer(call: Call, one: CustomerGatewayRecord): CustomerGateway {
  return {
    CustomerGatewayId: one.id,
    State: stateOf(call, one),
    Type: "ipsec.1",
    IpAddress: one.ip,
    ...(one.asn > 2_147_483_647 ? { BgpAsnExtended: String(one.asn) } : { BgpAsn: String(one.asn) }),
    DeviceName: one.device,
    Tags: tagList(call, one.id),
  };
}

const enablePropagation: Handler<EnableVgwRoutePropagationRequest, object> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const gateway = needGateway(call, input.GatewayId);
  if (!isAttached(call, gateway, table.vpcId))
    throw new AwsFault("Gateway.NotAttached", `resource ${gateway.id} is not attached to VPC ${table.vpcId}`);
  if (!table.propagating?.includes(gateway.id)) table.propagating = [...(table.propagating ?? []), gateway.id];
  return {};
};

const disablePropagation: Handler<DisableVgwRoutePropagationRequest, object> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const id = required(input.GatewayId, "gatewayId");
  stopPropagation(table, id);
  return {};
};

function stopPropagation(table: RouteTableRecord, id: string): void {
  if (table.propagating?.includes(id)) table.propagating = table.propagating.filter((one) => one !== id);
}

export const vpnGatewayOperations: Record<string, Handler> = {
  AttachVpnGateway: attach,
  CreateCustomerGateway: createCustomerGateway,
  CreateVpnGateway: createVpnGateway,
  DeleteCustomerGateway: deleteCustomerGateway,
  DeleteVpnGateway: deleteVpnGateway,
  DescribeCustomerGateways: describeCustomerGateways,
  DescribeVpnGateways: describeVpnGateways,
  DetachVpnGateway: detach,
  DisableVgwRoutePropagation: disablePropagation,
  EnableVgwRoutePropagation: enablePropagation,
};
