/** Route tables and their associations. Routes are in routes.ts. */
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  RouteTable,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { list } from "./describe.ts";
import { dependency, invalidCombination, invalidValue, missingParameter, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { describeRoute, isBlackhole } from "./routes.ts";
import {
  natGateways,
  routeAssociations,
  routeTables,
  subnets,
  vpcs,
  type RouteAssociation,
  type RouteRecord,
  type RouteTableRecord,
  type SubnetRecord,
} from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";
import { propagatedRoutes } from "./vpn-connections.ts";

const create: Handler<CreateRouteTableRequest, CreateRouteTableResult> = (input, call) => {
  const { ids } = once(call, input, () => {
    const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
    const tags = tagsToBe(input.TagSpecifications, "route-table");
    const have = [...routeTables(call).values()].filter((table) => table.vpcId === vpc.id).length;
    within(call, "routeTablesPerVpc", have, "RouteTableLimitExceeded", "The maximum number of route tables has been reached.");
    const table = makeRouteTable(call, vpc.id);
    giveTags(call, table.id, tags["route-table"]);
    return [table.id];
  });
  const table = routeTables(call).get(ids[0]!);
  return {
    RouteTable: table
      ? describe(call, table)
      : { RouteTableId: ids[0], VpcId: input.VpcId, Routes: [], Associations: [], PropagatingVgws: [], Tags: [] },
    ClientToken: input.ClientToken,
  };
};

/** Makes a table with the local routes of the VPC's blocks. */
export function makeRouteTable(call: Call, vpcId: string, { main = false } = {}): RouteTableRecord {
  const vpc = vpcs(call).get(vpcId)!;
  const local =
    (family: "ipv4" | "ipv6") =>
    (block: { cidr: string }): RouteRecord => ({ destination: block.cidr, family, target: { type: "local" }, origin: "CreateRouteTable" });
  const table: RouteTableRecord = {
    id: call.id("rtb"),
    vpcId,
    routes: [...vpc.cidrs.filter(isLive).map(local("ipv4")), ...vpc.ipv6.filter(isLive).map(local("ipv6"))],
    associations: [],
  };
  routeTables(call).set(table.id, table);
  if (main) link(call, table, { main: true });
  return table;
}

export function mainTable(call: Call, vpcId: string): RouteTableRecord {
  for (const table of routeTables(call).values()) if (table.vpcId === vpcId && isMain(table)) return table;
  throw new Error(`VPC ${vpcId} has no main route table`);
}

function isMain(table: RouteTableRecord): boolean {
  return table.associations.some((association) => association.main);
}

const remove: Handler<DeleteRouteTableRequest, object> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  const isOfGateway = [...natGateways(call).values()].some(
    ({ regional, state }) => regional?.routeTableId === table.id && state !== "deleted",
  );
  if (table.associations.length > 0 || isOfGateway)
    throw dependency(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
  routeTables(call).delete(table.id);
  dropTags(call, table.id);
  return {};
};

const associate: Handler<AssociateRouteTableRequest, AssociateRouteTableResult> = (input, call) => {
  const table = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  if (input.SubnetId && input.GatewayId) throw invalidCombination("Only one of subnetId and gatewayId may be given");
  if (input.GatewayId) return associated(associateGateway(call, table, input.GatewayId));
  if (!input.SubnetId) throw missingParameter("subnetId");
  const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
  if (subnet.vpcId !== table.vpcId) throw invalidValue(`Route table ${table.id} and subnet ${subnet.id} belong to different networks`);
  if (subnet.routeTableId) throw alreadyAssociated(table);
  subnet.routeTableId = table.id;
  return associated(link(call, table, { subnetId: subnet.id }));
};

function associateGateway(call: Call, table: RouteTableRecord, gatewayId: string): RouteAssociation {
  const gateway = need(call, idKinds.internetGateway, gatewayId, "gatewayId");
  if (gateway.vpcId !== table.vpcId)
    throw invalidValue(`Route table ${table.id} and network gateway ${gateway.id} belong to different networks`);
  for (const other of routeTables(call).values())
    if (other.associations.some((one) => one.gatewayId === gateway.id)) throw alreadyAssociated(table);
  return link(call, table, { gatewayId: gateway.id });
}

function alreadyAssociated(table: RouteTableRecord): AwsFault {
  return new AwsFault(
    "Resource.AlreadyAssociated",
    `the specified association for route table ${table.id} conflicts with an existing association`,
  );
}

const disassociate: Handler<DisassociateRouteTableRequest, object> = (input, call) => {
  const { table, association } = needAssociation(call, input.AssociationId);
  if (association.main) throw invalidValue(`cannot disassociate the main route table association ${association.id}`);
  unlink(call, table, association);
  return {};
};

/** Replaces an association. The new one always has a new id, and the old one is gone. This call also changes the main table. */
const replace: Handler<ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult> = (input, call) => {
  const { table: from, association } = needAssociation(call, input.AssociationId);
  const to = need(call, idKinds.routeTable, input.RouteTableId, "routeTableId");
  if (to.vpcId !== from.vpcId) throw invalidValue(`Route table ${to.id} and route table ${from.id} belong to different networks`);
  unlink(call, from, association);
  const { id: _, ...what } = association;
  if (what.subnetId) subnets(call).get(what.subnetId)!.routeTableId = to.id;
  const made = link(call, to, what);
  return { NewAssociationId: made.id, AssociationState: { State: "associated" } };
};

function needAssociation(call: Call, id: string | undefined): { table: RouteTableRecord; association: RouteAssociation } {
  const owner = routeAssociations(call).get(required(id, "associationId"));
  const table = owner && routeTables(call).get(owner.owner);
  const association = table?.associations.find((one) => one.id === id);
  if (!table || !association) throw new AwsFault("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
  return { table, association };
}

function link(call: Call, table: RouteTableRecord, what: Omit<RouteAssociation, "id">): RouteAssociation {
  const association = { id: call.id("rtbassoc"), ...what };
  table.associations.push(association);
  routeAssociations(call).set(association.id, { owner: table.id });
  return association;
}

function unlink(call: Call, table: RouteTableRecord, association: RouteAssociation): void {
  table.associations = table.associations.filter((one) => one !== association);
  routeAssociations(call).delete(association.id);
  const subnet = association.subnetId ? subnets(call).get(association.subnetId) : undefined;
  if (subnet) delete subnet.routeTableId;
}

/** Removes the association of a subnet that is deleted. */
export function dropRouteAssociationsOf(call: Call, subnet: SubnetRecord): void {
  const table = subnet.routeTableId ? routeTables(call).get(subnet.routeTableId) : undefined;
  const association = table?.associations.find((one) => one.subnetId === subnet.id);
  if (table && association) unlink(call, table, association);
}

/** Removes the edge associations of a gateway that is detached. */
export function dropEdgeAssociationsOf(call: Call, gatewayId: string): void {
  for (const table of routeTables(call).values())
    for (const association of table.associations) if (association.gatewayId === gatewayId) unlink(call, table, association);
}

function associated(association: RouteAssociation): AssociateRouteTableResult {
  return { AssociationId: association.id, AssociationState: { State: "associated" } };
}

const describeTables: Handler<DescribeRouteTablesRequest, DescribeRouteTablesResult> = (input, call) => {
  const associations = (pick: (association: RouteAssociation) => string | boolean | undefined) => (table: RouteTableRecord) =>
    table.associations.map(pick);
  const routes = (pick: (route: RouteRecord) => string | undefined) => (table: RouteTableRecord) => table.routes.map(pick);
  const targets = (...types: string[]) =>
    routes((route) => ("id" in route.target && types.includes(route.target.type) ? route.target.id : undefined));
  const { found, NextToken } = list<RouteTableRecord>(call, input, {
    records: routeTables(call).values(),
    ids: { kind: idKinds.routeTable, given: input.RouteTableIds, parameter: "routeTableId" },
    pages: [5, 100],
    filters: {
      "association.gateway-id": associations((one) => one.gatewayId),
      "association.main": associations((one) => one.main ?? false),
      "association.route-table-association-id": associations((one) => one.id),
      "association.route-table-id": (table) => table.associations.map(() => table.id),
      "association.subnet-id": associations((one) => one.subnetId),
      "owner-id": () => call.account,
      "route-table-id": (table) => table.id,
      "route.destination-cidr-block": routes((route) => (route.family === "ipv4" ? route.destination : undefined)),
      "route.destination-ipv6-cidr-block": routes((route) => (route.family === "ipv6" ? route.destination : undefined)),
      "route.destination-prefix-list-id": routes((route) => (route.family === "prefixList" ? route.destination : undefined)),
      "route.egress-only-internet-gateway-id": targets("egressOnlyInternetGateway"),
      "route.gateway-id": routes((route) =>
        route.target.type === "local" ? "local" : route.target.type === "gateway" ? route.target.id : undefined,
      ),
      "route.instance-id": (table) => table.routes.map((route) => describeRoute(call, table, route).InstanceId),
      "route.nat-gateway-id": targets("natGateway"),
      "route.network-interface-id": targets("networkInterface"),
      "route.origin": routes((route) => route.origin),
      "route.state": (table) => table.routes.map((route) => (isBlackhole(call, table, route) ? "blackhole" : "active")),
      "route.transit-gateway-id": () => [],
      "route.vpc-peering-connection-id": () => [],
      "vpc-id": (table) => table.vpcId,
    },
  });
  return { NextToken, RouteTables: found.map((table) => describe(call, table)) };
};

function describe(call: Call, table: RouteTableRecord): RouteTable {
  return {
    RouteTableId: table.id,
    VpcId: table.vpcId,
    OwnerId: call.account,
    Routes: [...table.routes, ...propagatedRoutes(call, table)].map((route) => describeRoute(call, table, route)),
    Associations: table.associations.map((association) => ({
      RouteTableAssociationId: association.id,
      RouteTableId: table.id,
      SubnetId: association.subnetId,
      GatewayId: association.gatewayId,
      Main: association.main ?? false,
      AssociationState: { State: "associated" },
    })),
    PropagatingVgws: (table.propagating ?? []).map((GatewayId) => ({ GatewayId })),
    Tags: tagList(call, table.id),
  };
}

export const routeTableOperations: Record<string, Handler> = {
  AssociateRouteTable: associate,
  CreateRouteTable: create,
  DeleteRouteTable: remove,
  DescribeRouteTables: describeTables,
  DisassociateRouteTable: disassociate,
  ReplaceRouteTableAssociation: replace,
};
