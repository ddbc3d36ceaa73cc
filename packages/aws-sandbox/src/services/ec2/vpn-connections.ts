/**
 * Site-to-site VPN connections and their static routes. AWS makes the keys of the tunnels and shows them in every answer. The sandbox
 * computes them for each answer and stores them nowhere.
 */
import { createHash } from "node:crypto";
import type {
  CreateVpnConnectionRequest,
  CreateVpnConnectionResult,
  CreateVpnConnectionRouteRequest,
  DeleteVpnConnectionRequest,
  DeleteVpnConnectionRouteRequest,
  DescribeVpnConnectionsRequest,
  DescribeVpnConnectionsResult,
  ModifyVpnConnectionOptionsRequest,
  ModifyVpnConnectionOptionsResult,
  ModifyVpnConnectionRequest,
  ModifyVpnConnectionResult,
  VpnConnection,
  VpnConnectionOptionsSpecification,
  VpnState,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { formatIpv4, ipv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, missing, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { vpnConnections, type RouteRecord, type RouteTableRecord, type VpnConnectionRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { listed, needCustomer, needGateway } from "./vpn-gateways.ts";

const create: Handler<CreateVpnConnectionRequest, CreateVpnConnectionResult> = (input, call) => {
  if (required(input.Type, "type") !== "ipsec.1") throw invalidValue(`Value (${input.Type}) for parameter type is invalid.`);
  if (input.TransitGatewayId) throw notModelled("VPN connections of transit gateways");
  const customer = needCustomer(call, input.CustomerGatewayId);
  if (!input.VpnGatewayId) throw missingParameter("vpnGatewayId");
  const gateway = needGateway(call, input.VpnGatewayId);
  const options = optionsOf(input.Options ?? {});
  if (customer.asn === gateway.asn)
    throw new AwsFault("AsnConflict", `The customer gateway's ASN ${customer.asn} is that of the virtual private gateway.`);
  const tags = tagsToBe(input.TagSpecifications, "vpn-connection");
  const alive = [...vpnConnections(call).values()].filter((one) => one.deletedAt === undefined);
  // "This is an idempotent operation. If you perform the operation more than once, Amazon EC2 doesn't return an error."
  const same = alive.find((one) => one.customer === customer.id && one.gateway === gateway.id);
  if (same && (same.isStatic !== options.isStatic || same.local !== options.local || same.remote !== options.remote))
    throw new AwsFault("InvalidOption.Conflict", `The VPN connection ${same.id} exists already with other options.`);
  if (same) return { VpnConnection: describe(call, same) };
  within(call, "vpnConnections", alive.length, "VpnConnectionLimitExceeded", "The maximum number of VPN connections has been reached.");
  const made: VpnConnectionRecord = {
    id: call.id("vpn"),
    customer: customer.id,
    gateway: gateway.id,
    ...options,
    createdAt: call.now,
    routes: {},
  };
  vpnConnections(call).set(made.id, made);
  giveTags(call, made.id, tags["vpn-connection"]);
  return { VpnConnection: describe(call, made) };
};

function optionsOf(given: VpnConnectionOptionsSpecification): Pick<VpnConnectionRecord, "isStatic" | "local" | "remote"> {
  const { StaticRoutesOnly = false, LocalIpv4NetworkCidr, RemoteIpv4NetworkCidr, ...others } = given;
  for (const [name, value] of Object.entries(others)) if (value !== undefined) throw notModelled(`${name} of VPN connections`);
  return { isStatic: StaticRoutesOnly, local: cidrOf(LocalIpv4NetworkCidr, "local"), remote: cidrOf(RemoteIpv4NetworkCidr, "remote") };
}

function cidrOf(text: string | undefined, side: "local" | "remote"): string {
  return text === undefined ? "0.0.0.0/0" : formatIpv4(ipv4(text, `${side}Ipv4NetworkCidr`));
}

const remove: Handler<DeleteVpnConnectionRequest, object> = (input, call) => {
  const one = need(call, idKinds.vpnConnection, input.VpnConnectionId, "vpnConnectionId");
  one.deletedAt ??= call.now;
  return {};
};

/** Changes the end or ends that the call gives. The connection is `modifying` for a while. */
const modify: Handler<ModifyVpnConnectionRequest, ModifyVpnConnectionResult> = (input, call) => {
  const one = needAvailable(call, input.VpnConnectionId);
  if (input.TransitGatewayId) throw notModelled("VPN connections of transit gateways");
  if (!input.CustomerGatewayId && !input.VpnGatewayId) throw missingParameter("customerGatewayId or vpnGatewayId");
  if (input.CustomerGatewayId) one.customer = needCustomer(call, input.CustomerGatewayId).id;
  if (input.VpnGatewayId) one.gateway = needGateway(call, input.VpnGatewayId).id;
  one.changedAt = call.now;
  return { VpnConnection: describe(call, one) };
};

const modifyOptions: Handler<ModifyVpnConnectionOptionsRequest, ModifyVpnConnectionOptionsResult> = (input, call) => {
  const one = needAvailable(call, input.VpnConnectionId);
  if (input.LocalIpv6NetworkCidr ?? input.RemoteIpv6NetworkCidr) throw notModelled("IPv6 of VPN connections");
  if (input.LocalIpv4NetworkCidr !== undefined) one.local = cidrOf(input.LocalIpv4NetworkCidr, "local");
  if (input.RemoteIpv4NetworkCidr !== undefined) one.remote = cidrOf(input.RemoteIpv4NetworkCidr, "remote");
  one.changedAt = call.now;
  return { VpnConnection: describe(call, one) };
};

const createRoute: Handler<CreateVpnConnectionRouteRequest, object> = (input, call) => {
  const one = needAvailable(call, input.VpnConnectionId);
  if (!one.isStatic) throw new AwsFault("InvalidVpnConnection.InvalidType", `The VPN connection ${one.id} does not use static routes.`);
  const destination = formatIpv4(ipv4(required(input.DestinationCidrBlock, "destinationCidrBlock"), "destinationCidrBlock"));
  one.routes[destination] ??= call.now;
  return {};
};

const deleteRoute: Handler<DeleteVpnConnectionRouteRequest, object> = (input, call) => {
  const one = needConnection(call, input.VpnConnectionId);
  const destination = formatIpv4(ipv4(required(input.DestinationCidrBlock, "destinationCidrBlock"), "destinationCidrBlock"));
  if (one.routes[destination] === undefined)
    throw new AwsFault("InvalidRoute.NotFound", `The route ${destination} of the VPN connection ${one.id} does not exist.`);
  delete one.routes[destination];
  return {};
};

function needConnection(call: Call, id: string | undefined): VpnConnectionRecord {
  const one = need(call, idKinds.vpnConnection, id, "vpnConnectionId");
  if (one.deletedAt !== undefined) throw missing(idKinds.vpnConnection, one.id);
  return one;
}

function needAvailable(call: Call, id: string | undefined): VpnConnectionRecord {
  const one = needConnection(call, id);
  const state = stateOf(call, one);
  if (state !== "available") throw new AwsFault("InvalidVpnConnection.InvalidState", `The VPN connection ${one.id} is ${state}.`);
  return one;
}

function stateOf(call: Call, one: VpnConnectionRecord): "pending" | "available" | "modifying" | "deleting" | "deleted" {
  if (one.deletedAt !== undefined) return call.now < one.deletedAt + timing.vpnConnectionDeleted ? "deleting" : "deleted";
  if (call.now < one.createdAt + timeFor(call, one.id, timing.vpnConnectionAvailable)) return "pending";
  return one.changedAt !== undefined && call.now < one.changedAt + timing.vpnConnectionModified ? "modifying" : "available";
}

const describeConnections: Handler<DescribeVpnConnectionsRequest, DescribeVpnConnectionsResult> = (input, call) => {
  const { found } = list<VpnConnectionRecord>(call, input, {
    records: listed(call, vpnConnections(call)),
    ids: { kind: idKinds.vpnConnection, given: input.VpnConnectionIds, parameter: "vpnConnectionId" },
    filters: {
      "customer-gateway-id": (one) => one.customer,
      "option.static-routes-only": (one) => one.isStatic,
      "route.destination-cidr-block": (one) => Object.keys(one.routes),
      state: (one) => stateOf(call, one),
      type: () => "ipsec.1",
      "vpn-connection-id": (one) => one.id,
      "vpn-gateway-id": (one) => one.gateway,
    },
  });
  return { VpnConnections: found.map((one) => describe(call, one)) };
};

/** The routes that a table gets from its propagating gateways: the static routes of their connections. */
export function propagatedRoutes(call: Call, table: RouteTableRecord): RouteRecord[] {
  const own = new Set(table.routes.map(({ destination }) => destination));
  return (table.propagating ?? []).flatMap((gateway) =>
    [...vpnConnections(call).values()]
      .filter((one) => one.gateway === gateway && one.deletedAt === undefined)
      .flatMap(({ routes }) => Object.keys(routes))
      .filter((destination) => !own.has(destination))
      .map((destination): RouteRecord => ({
        destination,
        family: "ipv4",
        target: { type: "gateway", id: gateway },
        origin: "EnableVgwRoutePropagation",
      })),
  );
}

function describe(call: Call, one: VpnConnectionRecord): VpnConnection {
  const state = stateOf(call, one);
  const tunnels = [1, 2].map((tunnel) => tunnelOf(one.id, tunnel));
  return {
    VpnConnectionId: one.id,
    CustomerGatewayId: one.customer,
    VpnGatewayId: one.gateway,
    State: state as VpnState, // `modifying` is not in the SDK's list (Site-to-Site VPN User Guide, "Modify a connection's options")
    Type: "ipsec.1",
    Category: "VPN",
    CustomerGatewayConfiguration: `<vpn_connection id="${one.id}">${tunnels.map(({ key }) => `<pre_shared_key>${key}</pre_shared_key>`).join("")}</vpn_connection>`,
    Options: {
      EnableAcceleration: false,
      StaticRoutesOnly: one.isStatic,
      LocalIpv4NetworkCidr: one.local,
      RemoteIpv4NetworkCidr: one.remote,
      OutsideIpAddressType: "PublicIpv4",
      TunnelInsideIpVersion: "ipv4",
      TunnelOptions: tunnels.map(({ outside, inside, key }) => ({
        OutsideIpAddress: outside,
        TunnelInsideCidr: inside,
        PreSharedKey: key,
      })),
    },
    Routes: Object.entries(one.routes).map(([DestinationCidrBlock, since]) => ({
      DestinationCidrBlock,
      Source: "Static",
      State: call.now < since + timing.vpnRouteAvailable ? "pending" : "available",
    })),
    VgwTelemetry: tunnels.map(({ outside }) => ({
      OutsideIpAddress: outside,
      Status: "DOWN",
      AcceptedRouteCount: 0,
      LastStatusChange: new Date(one.createdAt),
      StatusMessage: "",
    })),
    Tags: tagList(call, one.id),
  };
}

function tunnelOf(id: string, tunnel: number) {
  const digest = createHash("sha256").update(`${id} ${tunnel}`).digest();
  return {
    outside: `203.0.113.${digest[0]}`,
    inside: `169.254.${digest[1]}.${(digest[2]! >> 2) * 4}/30`,
    key: `psk_${digest.toString("base64url").slice(0, 28)}`,
  };
}

export const vpnConnectionOperations: Record<string, Handler> = {
  CreateVpnConnection: create,
  CreateVpnConnectionRoute: createRoute,
  DeleteVpnConnection: remove,
  DeleteVpnConnectionRoute: deleteRoute,
  DescribeVpnConnections: describeConnections,
  ModifyVpnConnection: modify,
  ModifyVpnConnectionOptions: modifyOptions,
};
