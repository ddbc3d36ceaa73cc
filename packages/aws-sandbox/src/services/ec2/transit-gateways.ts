/** Transit gateways. Their attachments are in transit-attachments.ts, their route tables in transit-tables.ts. */
import type {
  CreateTransitGatewayRequest,
  CreateTransitGatewayResult,
  DeleteTransitGatewayRequest,
  DeleteTransitGatewayResult,
  DescribeTransitGatewaysRequest,
  DescribeTransitGatewaysResult,
  ModifyTransitGatewayOptions,
  ModifyTransitGatewayRequest,
  ModifyTransitGatewayResult,
  TransitGateway,
  TransitGatewayRequestOptions,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { parseIpv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidValue } from "./faults.ts";
import { arn, idKinds } from "./ids.ts";
import { within } from "./quotas.ts";
import { transitAttachments, transitGateways, transitTables, type TransitGatewayRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { gatewayState, listed, makeTable, needAvailable, needGateway, switched } from "./transit-states.ts";
import { refuseUnknown } from "../../unmodelled.ts";

const create: Handler<CreateTransitGatewayRequest, CreateTransitGatewayResult> = (input, call) => {
  const options = input.Options ?? {};
  const asn = checkedAsn(options.AmazonSideAsn ?? 64_512);
  const tags = tagsToBe(input.TagSpecifications, "transit-gateway");
  const alive = [...transitGateways(call).values()].filter((one) => one.deletedAt === undefined).length;
  within(call, "transitGateways", alive, "TransitGatewayLimitExceeded", "The maximum number of transit gateways has been reached.");
  const made: TransitGatewayRecord = {
    id: call.id("tgw"),
    createdAt: call.now,
    description: input.Description ?? "",
    asn,
    cidrBlocks: (options.TransitGatewayCidrBlocks ?? []).map(checkedBlock),
    options: {
      autoAccept: switched(options.AutoAcceptSharedAttachments, "disable"),
      association: switched(options.DefaultRouteTableAssociation, "enable"),
      propagation: switched(options.DefaultRouteTablePropagation, "enable"),
      ecmp: switched(options.VpnEcmpSupport, "enable"),
      dns: switched(options.DnsSupport, "enable"),
      groups: switched(options.SecurityGroupReferencingSupport, "disable"),
      multicast: switched(options.MulticastSupport, "disable"),
    },
  };
  transitGateways(call).set(made.id, made);
  giveDefaultTable(call, made);
  giveTags(call, made.id, tags["transit-gateway"]);
  return { TransitGateway: describe(call, made) };
};

/**
 * Makes the default table, one for both purposes, when the first of the two is enabled (Transit
 * Gateways Guide, "Create a transit gateway").
 */
function giveDefaultTable(call: Call, gateway: TransitGatewayRecord): void {
  const { association, propagation } = gateway.options;
  if (association === "disable" && propagation === "disable") return;
  const table = gateway.associationTable ?? gateway.propagationTable ?? makeTable(call, gateway.id).id;
  if (association === "enable") gateway.associationTable ??= table;
  if (propagation === "enable") gateway.propagationTable ??= table;
}

const modify: Handler<ModifyTransitGatewayRequest, ModifyTransitGatewayResult> = (input, call) => {
  const gateway = needGateway(call, input.TransitGatewayId);
  needAvailable(call, gateway);
  const options: ModifyTransitGatewayOptions = input.Options ?? {};
  refuseUnknown(call, options, [
    "AddTransitGatewayCidrBlocks",
    "RemoveTransitGatewayCidrBlocks",
    "VpnEcmpSupport",
    "DnsSupport",
    "SecurityGroupReferencingSupport",
    "AutoAcceptSharedAttachments",
    "DefaultRouteTableAssociation",
    "DefaultRouteTablePropagation",
    "AmazonSideAsn",
  ]);
  const asn = options.AmazonSideAsn === undefined ? gateway.asn : checkedAsn(options.AmazonSideAsn);
  const added = (options.AddTransitGatewayCidrBlocks ?? []).map(checkedBlock);
  const { options: have } = gateway;
  gateway.options = {
    ...have,
    autoAccept: switched(options.AutoAcceptSharedAttachments, have.autoAccept),
    association: switched(options.DefaultRouteTableAssociation, have.association),
    propagation: switched(options.DefaultRouteTablePropagation, have.propagation),
    ecmp: switched(options.VpnEcmpSupport, have.ecmp),
    dns: switched(options.DnsSupport, have.dns),
    groups: switched(options.SecurityGroupReferencingSupport, have.groups),
  };
  gateway.asn = asn;
  gateway.description = input.Description ?? gateway.description;
  const left = gateway.cidrBlocks.filter((block) => !options.RemoveTransitGatewayCidrBlocks?.includes(block));
  gateway.cidrBlocks = [...new Set([...left, ...added])];
  giveDefaultTable(call, gateway);
  gateway.modifiedAt = call.now;
  return { TransitGateway: describe(call, gateway) };
};

const remove: Handler<DeleteTransitGatewayRequest, DeleteTransitGatewayResult> = (input, call) => {
  const gateway = needGateway(call, input.TransitGatewayId);
  const attached = [...transitAttachments(call).values()].filter((one) => one.gateway === gateway.id && !isGone(call, one));
  if (attached.length > 0)
    throw new AwsFault("IncorrectState", `${gateway.id} has non-deleted VPC Attachments: ${attached.map(({ id }) => id).join(", ")}.`);
  needAvailable(call, gateway);
  gateway.deletedAt = call.now;
  for (const table of transitTables(call).values()) if (table.gateway === gateway.id) table.deletedAt ??= call.now;
  return { TransitGateway: describe(call, gateway) };
};

function isGone(call: Call, one: { readonly id: string; readonly deletedAt?: number }): boolean {
  return one.deletedAt !== undefined && call.now >= one.deletedAt + timeFor(call, one.id, timing.transitAttachmentDeleted);
}

/** Checks an ASN: only private numbers are allowed (EC2 API, TransitGatewayRequestOptions). */
function checkedAsn(asn: number): number {
  if (!(asn >= 64_512 && asn <= 65_534) && !(asn >= 4_200_000_000 && asn <= 4_294_967_294))
    throw invalidValue(`The specified ASN ${asn} is not in a private range.`);
  return asn;
}

/**
 * Checks a block: "a size /24 CIDR block or larger for IPv4, or a size /64 CIDR block or larger for IPv6" (EC2 API,
 * TransitGatewayRequestOptions).
 */
function checkedBlock(block: string): string {
  const size = Number(block.split("/")[1]);
  const isIpv6 = block.includes(":");
  if (!(isIpv6 || parseIpv4(block)) || !(size <= (isIpv6 ? 64 : 24))) throw invalidValue(`The CIDR block ${block} is invalid.`);
  return block;
}

const describeGateways: Handler<DescribeTransitGatewaysRequest, DescribeTransitGatewaysResult> = (input, call) => {
  const { found, NextToken } = list<TransitGatewayRecord>(call, input, {
    records: listed(call, transitGateways(call)),
    ids: { kind: idKinds.transitGateway, given: input.TransitGatewayIds, parameter: "transitGatewayId" },
    pages: [5, 1000],
    filters: {
      "options.amazon-side-asn": ({ asn }) => String(asn),
      "owner-id": () => call.account,
      state: (one) => gatewayState(call, one),
      "transit-gateway-id": ({ id }) => id,
    },
  });
  return { NextToken, TransitGateways: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: TransitGatewayRecord): TransitGateway {
  const { options } = one;
  return {
    TransitGatewayId: one.id,
    TransitGatewayArn: arn(call, "transit-gateway", one.id),
    State: gatewayState(call, one),
    OwnerId: call.account,
    Description: one.description,
    CreationTime: new Date(one.createdAt),
    Options: {
      AmazonSideAsn: one.asn,
      TransitGatewayCidrBlocks: one.cidrBlocks,
      AutoAcceptSharedAttachments: options.autoAccept,
      DefaultRouteTableAssociation: options.association,
      AssociationDefaultRouteTableId: one.associationTable,
      DefaultRouteTablePropagation: options.propagation,
      PropagationDefaultRouteTableId: one.propagationTable,
      VpnEcmpSupport: options.ecmp,
      DnsSupport: options.dns,
      SecurityGroupReferencingSupport: options.groups,
      MulticastSupport: options.multicast,
    } satisfies TransitGatewayRequestOptions & TransitGateway["Options"],
    Tags: tagList(call, one.id),
  };
}

export const transitGatewayOperations: Record<string, Handler> = {
  CreateTransitGateway: create,
  DeleteTransitGateway: remove,
  DescribeTransitGateways: describeGateways,
  ModifyTransitGateway: modify,
};
