/** Route tables of transit gateways: their associations, their propagations, and the static routes that users create. */
import type {
  AssociateTransitGatewayRouteTableRequest,
  AssociateTransitGatewayRouteTableResult,
  CreateTransitGatewayRouteRequest,
  CreateTransitGatewayRouteResult,
  CreateTransitGatewayRouteTableRequest,
  CreateTransitGatewayRouteTableResult,
  DeleteTransitGatewayRouteRequest,
  DeleteTransitGatewayRouteResult,
  DeleteTransitGatewayRouteTableRequest,
  DeleteTransitGatewayRouteTableResult,
  DescribeTransitGatewayRouteTablesRequest,
  DescribeTransitGatewayRouteTablesResult,
  DisableTransitGatewayRouteTablePropagationRequest,
  DisableTransitGatewayRouteTablePropagationResult,
  DisassociateTransitGatewayRouteTableRequest,
  DisassociateTransitGatewayRouteTableResult,
  EnableTransitGatewayRouteTablePropagationRequest,
  EnableTransitGatewayRouteTablePropagationResult,
  GetTransitGatewayRouteTableAssociationsRequest,
  GetTransitGatewayRouteTableAssociationsResult,
  GetTransitGatewayRouteTablePropagationsRequest,
  GetTransitGatewayRouteTablePropagationsResult,
  ReplaceTransitGatewayRouteRequest,
  ReplaceTransitGatewayRouteResult,
  SearchTransitGatewayRoutesRequest,
  SearchTransitGatewayRoutesResult,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
} from "@aws-sdk/client-ec2";
import { matcher } from "../../filters.ts";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { isLive } from "./blocks.ts";
import { formatIpv4, ipv4, ipv6 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidCombination, missingParameter, required } from "./faults.ts";
import { idKinds, missing, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { transitAttachments, transitGateways, transitTables, vpcs, type TransitTableRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import {
  associate,
  associationOf,
  associationState,
  isAvailable,
  listed,
  makeTable,
  needAttachment,
  needAvailable,
  needGateway,
  propagate,
  propagationState,
  told,
} from "./transit-states.ts";

const create: Handler<CreateTransitGatewayRouteTableRequest, CreateTransitGatewayRouteTableResult> = (input, call) => {
  const gateway = needGateway(call, input.TransitGatewayId);
  const tags = tagsToBe(input.TagSpecifications, "transit-gateway-route-table");
  needAvailable(call, gateway);
  const have = [...transitTables(call).values()].filter((one) => one.gateway === gateway.id && one.deletedAt === undefined).length;
  within(
    call,
    "transitTablesPerGateway",
    have,
    "TransitGatewayRouteTableLimitExceeded",
    "The maximum number of transit gateway route tables has been reached.",
  );
  const made = makeTable(call, gateway.id);
  giveTags(call, made.id, tags["transit-gateway-route-table"]);
  return { TransitGatewayRouteTable: describe(call, made) };
};

/**
 * Deletes a table without associations: "You must first run DisassociateRouteTable" (EC2 API, DeleteTransitGatewayRouteTable). A default
 * table stays with its gateway.
 */
const remove: Handler<DeleteTransitGatewayRouteTableRequest, DeleteTransitGatewayRouteTableResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const used = Object.keys(table.associations).filter((id) => associationState(call, table, id) !== undefined);
  if (used.length > 0) throw incorrect(`${table.id} has non-deleted associations: ${used.join(", ")}.`);
  if (isDefault(call, table)) throw incorrect(`${table.id} is the default route table of ${table.gateway} and cannot be deleted.`);
  table.deletedAt = call.now;
  return { TransitGatewayRouteTable: describe(call, table) };
};

function isDefault(call: Call, { id, gateway }: TransitTableRecord): boolean {
  const found = transitGateways(call).get(gateway);
  return found?.associationTable === id || found?.propagationTable === id;
}

const associateTable: Handler<AssociateTransitGatewayRouteTableRequest, AssociateTransitGatewayRouteTableResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const attachment = needSettled(call, input.TransitGatewayAttachmentId, table);
  needMade(call, table);
  const now = associationOf(call, attachment.id);
  if (now)
    throw new AwsFault("Resource.AlreadyAssociated", `Transit Gateway Attachment ${attachment.id} is already associated to a route table.`);
  associate(call, table.id, attachment.id);
  return { Association: { ...associationOf(call, attachment.id), ...told(call, attachment.id) } };
};

const disassociateTable: Handler<DisassociateTransitGatewayRouteTableRequest, DisassociateTransitGatewayRouteTableResult> = (
  input,
  call,
) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const id = required(input.TransitGatewayAttachmentId, "transitGatewayAttachmentId");
  const state = associationState(call, table, id);
  if (state === undefined) throw new AwsFault("InvalidAssociation.NotFound", `There is no association between ${id} and ${table.id}`);
  if (state === "associating") throw incorrect(`The association of ${id} with ${table.id} is in invalid state: associating`);
  table.associations[id]!.endedAt ??= call.now;
  call.later(timeFor(call, table.id, timing.transitDisassociated), "ec2:transitForgets", { table: table.id, attachment: id });
  return { Association: { TransitGatewayRouteTableId: table.id, State: "disassociating", ...told(call, id) } };
};

const enable: Handler<EnableTransitGatewayRouteTablePropagationRequest, EnableTransitGatewayRouteTablePropagationResult> = (
  input,
  call,
) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const attachment = needSettled(call, input.TransitGatewayAttachmentId, table);
  needMade(call, table);
  if (propagationState(call, table, attachment.id) !== undefined)
    throw new AwsFault(
      "TransitGatewayRouteTablePropagation.Duplicate",
      `Propagation for attachment ${attachment.id} already exists in Transit Gateway Route Table ${table.id}`,
    );
  propagate(call, table.id, attachment.id);
  return { Propagation: { TransitGatewayRouteTableId: table.id, State: "enabling", ...told(call, attachment.id) } };
};

const disable: Handler<DisableTransitGatewayRouteTablePropagationRequest, DisableTransitGatewayRouteTablePropagationResult> = (
  input,
  call,
) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const id = required(input.TransitGatewayAttachmentId, "transitGatewayAttachmentId");
  if (propagationState(call, table, id) === undefined)
    throw new AwsFault(
      "TransitGatewayRouteTablePropagation.NotFound",
      `Propagation for attachment ${id} does not exist in Transit Gateway Route Table ${table.id}`,
    );
  table.propagations[id]!.endedAt ??= call.now;
  call.later(timing.transitPropagated, "ec2:transitForgets", { table: table.id, attachment: id });
  return { Propagation: { TransitGatewayRouteTableId: table.id, State: "disabling", ...told(call, id) } };
};

type RouteInput = CreateTransitGatewayRouteRequest | ReplaceTransitGatewayRouteRequest;

const createRoute: Handler<CreateTransitGatewayRouteRequest, CreateTransitGatewayRouteResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const destination = destinationOf(input.DestinationCidrBlock);
  const route = routeOf(call, table, input);
  needMade(call, table);
  if (table.routes[destination]) throw new AwsFault("RouteAlreadyExists", `Route ${destination} already exists in ${table.id}`);
  table.routes[destination] = route;
  return { Route: describeStatic(call, table, destination) };
};

const replaceRoute: Handler<ReplaceTransitGatewayRouteRequest, ReplaceTransitGatewayRouteResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const destination = destinationOf(input.DestinationCidrBlock);
  const route = routeOf(call, table, input);
  if (!table.routes[destination]) throw noRoute(table, destination);
  table.routes[destination] = route;
  return { Route: describeStatic(call, table, destination) };
};

const deleteRoute: Handler<DeleteTransitGatewayRouteRequest, DeleteTransitGatewayRouteResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const destination = destinationOf(input.DestinationCidrBlock);
  if (!table.routes[destination]) throw noRoute(table, destination);
  const Route = { ...describeStatic(call, table, destination), State: "deleted" as const };
  delete table.routes[destination];
  return { Route };
};

function routeOf(
  call: Call,
  table: TransitTableRecord,
  { TransitGatewayAttachmentId: id, Blackhole }: RouteInput,
): { attachment?: string } {
  if (Blackhole && id) throw invalidCombination("A route is a black hole or leads to an attachment, and not both");
  if (Blackhole) return {};
  if (!id) throw missingParameter("transitGatewayAttachmentId");
  return { attachment: needSettled(call, id, table).id };
}

function destinationOf(cidr: string | undefined): string {
  const text = required(cidr, "destinationCidrBlock");
  return text.includes(":") ? ipv6(text, "destinationCidrBlock") : formatIpv4(ipv4(text, "destinationCidrBlock"));
}

/** Lists routes. A static route has priority over a propagated route with the same destination, which is then not active. */
const search: Handler<SearchTransitGatewayRoutesRequest, SearchTransitGatewayRoutesResult> = (input, call) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  if ((input.Filters ?? []).length === 0) throw missingParameter("filters");
  const all = [...Object.keys(table.routes).map((to) => describeStatic(call, table, to)), ...propagatedRoutes(call, table)];
  const attachmentOf = (route: TransitGatewayRoute) => route.TransitGatewayAttachments?.[0];
  const matches = matcher<TransitGatewayRoute>(input.Filters!, {
    "attachment.resource-id": (route) => attachmentOf(route)?.ResourceId,
    "attachment.resource-type": (route) => attachmentOf(route)?.ResourceType,
    "attachment.transit-gateway-attachment-id": (route) => attachmentOf(route)?.TransitGatewayAttachmentId,
    "route-search.exact-match": (route) => route.DestinationCidrBlock,
    state: (route) => route.State,
    type: (route) => route.Type,
  });
  const found = all.filter(matches);
  const most = input.MaxResults ?? 1000;
  return { Routes: found.slice(0, most), AdditionalRoutesAvailable: found.length > most };
};

function propagatedRoutes(call: Call, table: TransitTableRecord): TransitGatewayRoute[] {
  return Object.keys(table.propagations).flatMap((id) => {
    const attachment = transitAttachments(call).get(id);
    if (propagationState(call, table, id) !== "enabled" || !attachment || !isAvailable(call, attachment)) return [];
    const blocks = vpcs(call).get(attachment.vpcId)?.cidrs.filter(isLive) ?? [];
    return blocks
      .filter(({ cidr }) => !table.routes[cidr])
      .map(({ cidr }): TransitGatewayRoute => ({
        DestinationCidrBlock: cidr,
        TransitGatewayAttachments: [told(call, id)],
        Type: "propagated",
        State: "active",
      }));
  });
}

function describeStatic(call: Call, table: TransitTableRecord, destination: string): TransitGatewayRoute {
  const { attachment } = table.routes[destination]!;
  const found = attachment === undefined ? undefined : transitAttachments(call).get(attachment);
  const isActive = found !== undefined && found.deletedAt === undefined;
  return {
    DestinationCidrBlock: destination,
    ...(isActive ? { TransitGatewayAttachments: [told(call, found.id)] } : {}),
    Type: "static",
    State: isActive ? "active" : "blackhole",
  };
}

function noRoute(table: TransitTableRecord, destination: string): AwsFault {
  return new AwsFault("InvalidRoute.NotFound", `no route with destination-cidr-block ${destination} in route table ${table.id}`);
}

function needTable(call: Call, id: string | undefined): TransitTableRecord {
  const table = need(call, idKinds.transitTable, id, "transitGatewayRouteTableId");
  if (table.deletedAt !== undefined) throw missing(idKinds.transitTable, table.id);
  return table;
}

function needMade(call: Call, table: TransitTableRecord): void {
  const state = stateOf(call, table);
  if (state !== "available") throw incorrect(`${table.id} is in invalid state: ${state}`);
}

/** The attachment, if it is available and belongs to the table's gateway. */
function needSettled(call: Call, id: string | undefined, table: TransitTableRecord) {
  const attachment = needAttachment(call, id);
  if (attachment.gateway !== table.gateway)
    throw new AwsFault("InvalidTransitGatewayAttachmentID.NotFound", `${attachment.id} is not of the transit gateway of ${table.id}`);
  if (!isAvailable(call, attachment)) throw incorrect(`${attachment.id} is in invalid state: pending`);
  return attachment;
}

function incorrect(message: string): AwsFault {
  return new AwsFault("IncorrectState", message);
}

function stateOf(call: Call, one: TransitTableRecord): "pending" | "available" | "deleting" | "deleted" {
  if (one.deletedAt !== undefined) return call.now < one.deletedAt + timing.transitTableDeleted ? "deleting" : "deleted";
  return call.now < one.createdAt + timeFor(call, one.id, timing.transitTableAvailable) ? "pending" : "available";
}

const describeTables: Handler<DescribeTransitGatewayRouteTablesRequest, DescribeTransitGatewayRouteTablesResult> = (input, call) => {
  const { found, NextToken } = list<TransitTableRecord>(call, input, {
    records: listed(call, transitTables(call)),
    ids: { kind: idKinds.transitTable, given: input.TransitGatewayRouteTableIds, parameter: "transitGatewayRouteTableId" },
    pages: [5, 1000],
    filters: {
      "default-association-route-table": ({ id, gateway }) => transitGateways(call).get(gateway)?.associationTable === id,
      "default-propagation-route-table": ({ id, gateway }) => transitGateways(call).get(gateway)?.propagationTable === id,
      state: (one) => stateOf(call, one),
      "transit-gateway-id": ({ gateway }) => gateway,
      "transit-gateway-route-table-id": ({ id }) => id,
    },
  });
  return { NextToken, TransitGatewayRouteTables: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: TransitTableRecord): TransitGatewayRouteTable {
  const gateway = transitGateways(call).get(one.gateway);
  return {
    TransitGatewayRouteTableId: one.id,
    TransitGatewayId: one.gateway,
    State: stateOf(call, one),
    DefaultAssociationRouteTable: gateway?.associationTable === one.id,
    DefaultPropagationRouteTable: gateway?.propagationTable === one.id,
    CreationTime: new Date(one.createdAt),
    Tags: tagList(call, one.id),
  };
}

const associations: Handler<GetTransitGatewayRouteTableAssociationsRequest, GetTransitGatewayRouteTableAssociationsResult> = (
  input,
  call,
) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const all = Object.keys(table.associations).flatMap((id) => {
    const State = associationState(call, table, id);
    return State === undefined ? [] : [{ ...told(call, id), State }];
  });
  return paged(call, input, all, (Associations) => ({ Associations }));
};

const propagations: Handler<GetTransitGatewayRouteTablePropagationsRequest, GetTransitGatewayRouteTablePropagationsResult> = (
  input,
  call,
) => {
  const table = needTable(call, input.TransitGatewayRouteTableId);
  const all = Object.keys(table.propagations).flatMap((id) => {
    const State = propagationState(call, table, id);
    return State === undefined ? [] : [{ ...told(call, id), State }];
  });
  return paged(call, input, all, (TransitGatewayRouteTablePropagations) => ({ TransitGatewayRouteTablePropagations }));
};

type Paged = GetTransitGatewayRouteTableAssociationsRequest;
type Item = ReturnType<typeof told> & { readonly State: string };

function paged<I extends Item, O>(call: Call, input: Paged, all: readonly I[], as: (items: I[]) => O): O {
  const matches = matcher<I>(input.Filters ?? [], {
    "resource-id": ({ ResourceId }) => ResourceId,
    "resource-type": ({ ResourceType }) => ResourceType,
    "transit-gateway-attachment-id": ({ TransitGatewayAttachmentId }) => TransitGatewayAttachmentId,
  });
  const { items, next } = page(call, [...all], input, {
    key: ({ TransitGatewayAttachmentId }) => TransitGatewayAttachmentId,
    fits: matches,
    min: 5,
    max: 1000,
  });
  return { ...as([...items]), ...next };
}

export const transitTableOperations: Record<string, Handler> = {
  AssociateTransitGatewayRouteTable: associateTable,
  CreateTransitGatewayRoute: createRoute,
  CreateTransitGatewayRouteTable: create,
  DeleteTransitGatewayRoute: deleteRoute,
  DeleteTransitGatewayRouteTable: remove,
  DescribeTransitGatewayRouteTables: describeTables,
  DisableTransitGatewayRouteTablePropagation: disable,
  DisassociateTransitGatewayRouteTable: disassociateTable,
  EnableTransitGatewayRouteTablePropagation: enable,
  GetTransitGatewayRouteTableAssociations: associations,
  GetTransitGatewayRouteTablePropagations: propagations,
  ReplaceTransitGatewayRoute: replaceRoute,
  SearchTransitGatewayRoutes: search,
};

/** Deletes associations and propagations that have ended. */
function forget({ table, attachment }: { readonly table: string; readonly attachment: string }, call: Call): void {
  const found = transitTables(call).get(table);
  if (!found) return;
  if (associationState(call, found, attachment) === undefined) delete found.associations[attachment];
  if (propagationState(call, found, attachment) === undefined) delete found.propagations[attachment];
}

export const transitTableTransitions = { transitForgets: forget };
