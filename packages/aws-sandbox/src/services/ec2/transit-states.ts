/** The present states of transit gateways, their attachments and their tables, and the common parts of the calls about them. */
import type { TransitGatewayAttachmentAssociation } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { knownValue } from "./faults.ts";
import { idKinds, missing, need } from "./ids.ts";
import {
  transitAttachments,
  transitTables,
  type Switch,
  type TransitAttachmentRecord,
  type TransitGatewayRecord,
  type TransitTableRecord,
} from "./state.ts";
import { timeFor, timing } from "./timing.ts";

export function switched(value: string | undefined, otherwise: Switch): Switch {
  knownValue(value, ["enable", "disable"], "options");
  return (value as Switch | undefined) ?? otherwise;
}

export function needGateway(call: Call, id: string | undefined): TransitGatewayRecord {
  const gateway = need(call, idKinds.transitGateway, id, "transitGatewayId");
  if (gateway.deletedAt !== undefined) throw missing(idKinds.transitGateway, gateway.id);
  return gateway;
}

/** Throws unless the gateway is available. Calls refuse a gateway that is being created or changed. */
export function needAvailable(call: Call, gateway: TransitGatewayRecord): void {
  const state = gatewayState(call, gateway);
  if (state !== "available") throw new AwsFault("IncorrectState", `${gateway.id} is in invalid state: ${state}`);
}

export function gatewayState(call: Call, one: TransitGatewayRecord): "pending" | "available" | "modifying" | "deleting" | "deleted" {
  if (one.deletedAt !== undefined)
    return call.now < one.deletedAt + timeFor(call, one.id, timing.transitGatewayDeleted) ? "deleting" : "deleted";
  if (call.now < one.createdAt + timeFor(call, one.id, timing.transitGatewayAvailable)) return "pending";
  return one.modifiedAt !== undefined && call.now < one.modifiedAt + timing.transitGatewayModified ? "modifying" : "available";
}

/** The records that answers show: they show deleted ones for a while. */
export function* listed<R extends { readonly deletedAt?: number }>(call: Call, table: Map<string, R>): Iterable<R> {
  for (const one of table.values()) if (one.deletedAt === undefined || call.now < one.deletedAt + timing.transitForgotten) yield one;
}

export function needAttachment(call: Call, id: string | undefined): TransitAttachmentRecord {
  const one = need(call, idKinds.transitAttachment, id, "transitGatewayAttachmentId");
  if (one.deletedAt !== undefined) throw missing(idKinds.transitAttachment, one.id);
  return one;
}

export function isAvailable(call: Call, one: TransitAttachmentRecord): boolean {
  return ["available", "modifying"].includes(attachmentState(call, one));
}

export function attachmentState(call: Call, one: TransitAttachmentRecord): "pending" | "available" | "modifying" | "deleting" | "deleted" {
  if (one.deletedAt !== undefined)
    return call.now < one.deletedAt + timeFor(call, one.id, timing.transitAttachmentDeleted) ? "deleting" : "deleted";
  if (call.now < one.createdAt + timeFor(call, one.id, timing.transitAttachmentAvailable)) return "pending";
  return one.modifiedAt !== undefined && call.now < one.modifiedAt + timing.transitAttachmentModified ? "modifying" : "available";
}

/** Whether a VPC has an available attachment to the given gateway. Without a gateway, any attachment that is not deleted counts. */
export function hasTransitAttachment(call: Call, vpcId: string, gateway?: string): boolean {
  for (const one of transitAttachments(call).values()) {
    if (one.vpcId !== vpcId || attachmentState(call, one) === "deleted") continue;
    if (gateway === undefined || (one.gateway === gateway && isAvailable(call, one))) return true;
  }
  return false;
}

export function makeTable(call: Call, gateway: string): TransitTableRecord {
  const made: TransitTableRecord = {
    id: call.id("tgw-rtb"),
    gateway,
    createdAt: call.now,
    associations: {},
    propagations: {},
    routes: {},
  };
  transitTables(call).set(made.id, made);
  return made;
}

export function associate(call: Call, table: string, attachment: string): void {
  transitTables(call).get(table)!.associations[attachment] = { since: call.now };
}

export function associationState(
  call: Call,
  { id, associations }: TransitTableRecord,
  attachment: string,
): "associating" | "associated" | "disassociating" | undefined {
  const one = associations[attachment];
  if (!one) return undefined;
  if (one.endedAt !== undefined)
    return call.now < one.endedAt + timeFor(call, id, timing.transitDisassociated) ? "disassociating" : undefined;
  const found = transitAttachments(call).get(attachment)!;
  if (!isAvailable(call, found)) return "associating";
  return call.now < one.since + timeFor(call, id, timing.transitAssociated) ? "associating" : "associated";
}

/** The association of an attachment with a table. */
export function associationOf(call: Call, attachment: string): TransitGatewayAttachmentAssociation | undefined {
  for (const table of transitTables(call).values()) {
    const State = associationState(call, table, attachment);
    if (State !== undefined) return { TransitGatewayRouteTableId: table.id, State };
  }
  return undefined;
}

export function propagate(call: Call, table: string, attachment: string): void {
  transitTables(call).get(table)!.propagations[attachment] = { since: call.now };
}

export function propagationState(
  call: Call,
  { propagations }: TransitTableRecord,
  attachment: string,
): "enabling" | "enabled" | "disabling" | undefined {
  const one = propagations[attachment];
  if (!one) return undefined;
  if (one.endedAt !== undefined) return call.now < one.endedAt + timing.transitPropagated ? "disabling" : undefined;
  return call.now < one.since + timing.transitPropagated ? "enabling" : "enabled";
}

/** Removes a deleted attachment from all tables: its association and its propagations. Static routes to it stay as black holes. */
export function leaveTables(call: Call, attachment: string): void {
  for (const table of transitTables(call).values()) {
    delete table.associations[attachment];
    delete table.propagations[attachment];
  }
}

export function told(call: Call, attachment: string) {
  const ResourceId = transitAttachments(call).get(attachment)?.vpcId;
  return { TransitGatewayAttachmentId: attachment, ResourceId, ResourceType: "vpc" as const };
}
