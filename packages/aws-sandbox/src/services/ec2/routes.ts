/** The routes of a table. A route has one destination and one target, and is a black hole when the target is gone. */
import type { CreateRouteRequest, CreateRouteResult, DeleteRouteRequest, ReplaceRouteRequest, Route } from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { contains, containsIpv6, formatIpv4, ipv4, ipv6, parseIpv4 } from "./cidrs.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled } from "./faults.ts";
import { idKinds, missing, need } from "./ids.ts";
import { needPrefixList } from "./prefix-lists.ts";
import { within } from "./quotas.ts";
import {
  carrierGateways,
  egressOnlyGateways,
  instances,
  interfaces,
  internetGateways,
  natGateways,
  vpcEndpoints,
  vpcPeerings,
  vpcs,
  vpnGateways,
  type RouteRecord,
  type RouteTableRecord,
  type RouteTarget,
} from "./state.ts";
import { hasTransitAttachment } from "./transit-states.ts";
import { isStanding, statusOf } from "./vpc-peerings.ts";
import { isAttached, needGateway } from "./vpn-gateways.ts";

type Destination = Pick<RouteRecord, "destination" | "family">;

const create: Handler<CreateRouteRequest, CreateRouteResult> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const destination = destinationOf(call, input);
  const existing = routeTo(table, destination);
  const target = targetOf(call, table, input, destination);
  if (existing) throw new AwsFault("RouteAlreadyExists", `The route identified by ${destination.destination} already exists.`);
  checkInsideVpc(call, table, destination, target);
  const have = table.routes.filter(
    (route) => (route.family === "ipv6") === (destination.family === "ipv6") && route.target.type !== "local",
  ).length;
  within(call, "routesPerTable", have, "RouteLimitExceeded", "The maximum number of routes has been reached.");
  table.routes.push({ ...destination, target, origin: "CreateRoute" });
  return { Return: true };
};

const replace: Handler<ReplaceRouteRequest, object> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const destination = destinationOf(call, input);
  const existing = routeTo(table, destination);
  if (!existing)
    throw invalidValue(`There is no route defined for '${destination.destination}' in the route table. Use CreateRoute instead.`);
  const isLocal = existing.origin === "CreateRouteTable";
  if (input.LocalTarget) {
    if (!isLocal) throw invalidValue(`The route identified by ${destination.destination} is not a local route.`);
    existing.target = { type: "local" };
    return {};
  }
  const target = targetOf(call, table, input, destination);
  if (isLocal && target.type !== "networkInterface")
    throw invalidValue(
      `The destination CIDR block ${destination.destination} is a local route. This route can target only an interface or an instance.`,
    );
  if (!isLocal) checkInsideVpc(call, table, destination, target);
  existing.target = target;
  return {};
};

const remove: Handler<DeleteRouteRequest, object> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const destination = destinationOf(call, input);
  const existing = routeTo(table, destination);
  if (!existing)
    throw new AwsFault(
      "InvalidRoute.NotFound",
      `no route with destination-cidr-block ${destination.destination} in route table ${table.id}`,
    );
  if (existing.target.type === "vpcEndpoint")
    throw invalidValue(`cannot remove VPC endpoint route ${destination.destination} in route table ${table.id}`);
  if (existing.origin === "CreateRouteTable")
    throw invalidValue(`cannot remove local route ${destination.destination} in route table ${table.id}`);
  table.routes = table.routes.filter((route) => route !== existing);
  return {};
};

function routeTo(table: RouteTableRecord, { destination }: Destination): RouteRecord | undefined {
  return table.routes.find((route) => route.destination === destination);
}

function destinationOf(
  call: Call,
  input: Pick<CreateRouteRequest, "DestinationCidrBlock" | "DestinationIpv6CidrBlock" | "DestinationPrefixListId">,
): Destination {
  const { DestinationCidrBlock: v4, DestinationIpv6CidrBlock: v6, DestinationPrefixListId: listId } = input;
  if ([v4, v6, listId].filter(Boolean).length > 1) throw invalidCombination("Only one destination may be given");
  if (v4) return { destination: formatIpv4(ipv4(v4, "destinationCidrBlock")), family: "ipv4" };
  if (v6) return { destination: ipv6(v6, "destinationIpv6CidrBlock"), family: "ipv6" };
  if (listId) return { destination: needPrefixList(call, listId).id, family: "prefixList" };
  throw missingParameter("destinationCidrBlock");
}

const notModelledTargets = ["VpcEndpointId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn"] as const;
const targetFields = [
  "GatewayId",
  "NatGatewayId",
  "NetworkInterfaceId",
  "InstanceId",
  "EgressOnlyInternetGatewayId",
  "CarrierGatewayId",
  "VpcPeeringConnectionId",
  "TransitGatewayId",
] as const;

function targetOf(call: Call, table: RouteTableRecord, input: CreateRouteRequest, { family }: Destination): RouteTarget {
  for (const field of notModelledTargets) if (input[field]) throw notModelled(`routes to ${field}`);
  const given = targetFields.filter((field) => input[field]);
  if (given.length === 0) throw missingParameter("gatewayId, natGatewayId, networkInterfaceId, instanceId or egressOnlyInternetGatewayId");
  if (given.length > 1) throw invalidCombination("Only one target may be given");
  if (input.GatewayId) return gatewayTarget(call, table, input.GatewayId);
  if (input.NatGatewayId) return natTarget(call, table, input.NatGatewayId, family);
  if (input.EgressOnlyInternetGatewayId) return egressOnlyTarget(call, table, input.EgressOnlyInternetGatewayId, family);
  if (input.CarrierGatewayId) return carrierTarget(call, table, input.CarrierGatewayId, family);
  if (input.VpcPeeringConnectionId) return peeringTarget(call, table, input.VpcPeeringConnectionId);
  if (input.TransitGatewayId) return transitTarget(call, table, input.TransitGatewayId);
  return interfaceTarget(call, table, input.NetworkInterfaceId ?? interfaceOf(call, input.InstanceId!));
}

function gatewayTarget(call: Call, table: RouteTableRecord, id: string): RouteTarget {
  if (id.startsWith("vpce-")) throw notModelled(`routes to ${id}`);
  if (id.startsWith("vgw-")) return vpnTarget(call, table, id);
  if (!id.startsWith("igw-")) throw new AwsFault("InvalidGatewayID.NotFound", `The gateway ID '${id}' does not exist`);
  const gateway = need(call, idKinds.internetGateway, id, "gatewayId");
  if (gateway.vpcId !== table.vpcId) throw differentNetworks(table, `network gateway ${id}`);
  return { type: "gateway", id };
}

function natTarget(call: Call, table: RouteTableRecord, id: string, family: RouteRecord["family"]): RouteTarget {
  const gone = new AwsFault("InvalidNatGatewayID.NotFound", `The natGateway ID '${id}' does not exist`);
  const nat = natGateways(call).get(id);
  if (!nat || nat.state === "deleted" || nat.state === "failed") throw gone;
  need(call, idKinds.natGateway, id, "natGatewayId");
  if (nat.vpcId !== table.vpcId) throw differentNetworks(table, `NAT gateway ${id}`);
  if (family === "ipv6") throw notModelled("NAT64 routes");
  return { type: "natGateway", id };
}

function egressOnlyTarget(call: Call, table: RouteTableRecord, id: string, family: RouteRecord["family"]): RouteTarget {
  const gateway = need(call, idKinds.egressOnlyGateway, id, "egressOnlyInternetGatewayId");
  if (gateway.vpcId !== table.vpcId) throw differentNetworks(table, `egress only internet gateway ${id}`);
  if (family !== "ipv6") throw invalidValue("An egress-only internet gateway takes IPv6 destinations only.");
  return { type: "egressOnlyInternetGateway", id };
}

function carrierTarget(call: Call, table: RouteTableRecord, id: string, family: RouteRecord["family"]): RouteTarget {
  const gateway = need(call, idKinds.carrierGateway, id, "carrierGatewayId");
  if (gateway.deletedAt !== undefined) throw missing(idKinds.carrierGateway, id);
  if (gateway.vpcId !== table.vpcId) throw differentNetworks(table, `carrier gateway ${id}`);
  if (family === "ipv6") throw invalidValue("A carrier gateway takes IPv4 destinations only.");
  return { type: "carrierGateway", id };
}

function vpnTarget(call: Call, table: RouteTableRecord, id: string): RouteTarget {
  if (!isAttached(call, needGateway(call, id), table.vpcId)) throw differentNetworks(table, `network gateway ${id}`);
  return { type: "gateway", id };
}

function peeringTarget(call: Call, table: RouteTableRecord, id: string): RouteTarget {
  const peering = need(call, idKinds.vpcPeering, id, "vpcPeeringConnectionId");
  if (!isStanding(call, peering)) throw missing(idKinds.vpcPeering, id);
  if (![peering.requester.vpcId, peering.accepter.vpcId].includes(table.vpcId)) throw differentNetworks(table, `peering connection ${id}`);
  return { type: "vpcPeering", id };
}

/** The target of a route to a transit gateway. If the VPC is not attached to it, AWS answers that it does not exist. */
function transitTarget(call: Call, table: RouteTableRecord, id: string): RouteTarget {
  need(call, idKinds.transitGateway, id, "transitGatewayId");
  if (!hasTransitAttachment(call, table.vpcId, id)) throw missing(idKinds.transitGateway, id);
  return { type: "transitGateway", id };
}

function interfaceTarget(call: Call, table: RouteTableRecord, id: string): RouteTarget {
  const found = need(call, idKinds.networkInterface, id, "networkInterfaceId");
  if (found.vpcId !== table.vpcId) throw differentNetworks(table, `interface ${id}`);
  return { type: "networkInterface", id };
}

function interfaceOf(call: Call, instanceId: string): string {
  const instance = need(call, idKinds.instance, instanceId, "instanceId");
  if (instance.interfaces.length !== 1)
    throw new AwsFault(
      "InvalidInstanceID",
      `There are multiple interfaces attached to instance '${instanceId}'. Please specify an interface ID for the operation instead.`,
    );
  return instance.interfaces[0]!;
}

function differentNetworks(table: RouteTableRecord, other: string): AwsFault {
  return invalidValue(`route table ${table.id} and ${other} belong to different networks`);
}

/** Checks a route to a destination inside the VPC's own blocks: its target must be an interface. */
function checkInsideVpc(call: Call, table: RouteTableRecord, { destination, family }: Destination, target: RouteTarget): void {
  if (target.type === "networkInterface" || family === "prefixList") return;
  const vpc = vpcs(call).get(table.vpcId)!;
  const inside =
    family === "ipv4"
      ? vpc.cidrs.some((block) => isLive(block) && contains(parseIpv4(block.cidr)!, parseIpv4(destination)!))
      : vpc.ipv6.some((block) => isLive(block) && containsIpv6(block.cidr, destination));
  if (inside)
    throw invalidValue(
      `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
}

/** Describes a route. An instance target is shown as its interface, with the instance beside it. */
export function describeRoute(call: Call, table: RouteTableRecord, route: RouteRecord): Route {
  const { destination, family, target, origin } = route;
  const attachment = target.type === "networkInterface" ? interfaces(call).get(target.id)?.attachment : undefined;
  return {
    DestinationCidrBlock: family === "ipv4" ? destination : undefined,
    DestinationIpv6CidrBlock: family === "ipv6" ? destination : undefined,
    DestinationPrefixListId: family === "prefixList" ? destination : undefined,
    GatewayId: target.type === "local" ? "local" : target.type === "gateway" || target.type === "vpcEndpoint" ? target.id : undefined,
    NatGatewayId: target.type === "natGateway" ? target.id : undefined,
    NetworkInterfaceId: target.type === "networkInterface" ? target.id : undefined,
    InstanceId: attachment?.instanceId,
    InstanceOwnerId: attachment?.instanceId ? attachment.ownerId : undefined,
    TransitGatewayId: target.type === "transitGateway" ? target.id : undefined,
    VpcPeeringConnectionId: target.type === "vpcPeering" ? target.id : undefined,
    EgressOnlyInternetGatewayId: target.type === "egressOnlyInternetGateway" ? target.id : undefined,
    CarrierGatewayId: target.type === "carrierGateway" ? target.id : undefined,
    Origin: origin,
    State: isBlackhole(call, table, route) ? "blackhole" : "active",
  };
}

/** Whether the target of a route is gone. AWS does not delete such a route: it stays as a black hole. */
export function isBlackhole(call: Call, table: RouteTableRecord, { target }: RouteRecord): boolean {
  switch (target.type) {
    case "local":
      return false;
    case "gateway":
      if (target.id.startsWith("vgw-")) {
        const gateway = vpnGateways(call).get(target.id);
        return gateway === undefined || !isAttached(call, gateway, table.vpcId);
      }
      return internetGateways(call).get(target.id)?.vpcId !== table.vpcId;
    case "vpcEndpoint":
      return !vpcEndpoints(call).has(target.id);
    case "vpcPeering": {
      const peering = vpcPeerings(call).get(target.id);
      return peering === undefined || statusOf(call, peering) !== "active";
    }
    case "transitGateway":
      return !hasTransitAttachment(call, table.vpcId, target.id);
    case "egressOnlyInternetGateway":
      return !egressOnlyGateways(call).has(target.id);
    case "carrierGateway":
      return carrierGateways(call).get(target.id)?.deletedAt !== undefined || !carrierGateways(call).has(target.id);
    case "natGateway":
      return !["pending", "available"].includes(natGateways(call).get(target.id)?.state ?? "gone");
    case "networkInterface": {
      const attachment = interfaces(call).get(target.id)?.attachment;
      if (!attachment) return true;
      const state = attachment.instanceId ? instances(call).get(attachment.instanceId)?.state : "running";
      return state !== "running" && state !== "pending";
    }
  }
}

export const routeOperations: Record<string, Handler> = { CreateRoute: create, DeleteRoute: remove, ReplaceRoute: replace };
