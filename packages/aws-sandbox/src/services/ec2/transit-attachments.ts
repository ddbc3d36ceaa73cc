/** Attachments of VPCs to transit gateways: one interface in each chosen subnet, at most one subnet in each zone. */
import type {
  CreateTransitGatewayVpcAttachmentRequest,
  CreateTransitGatewayVpcAttachmentResult,
  DeleteTransitGatewayVpcAttachmentRequest,
  DeleteTransitGatewayVpcAttachmentResult,
  DescribeTransitGatewayAttachmentsRequest,
  DescribeTransitGatewayAttachmentsResult,
  DescribeTransitGatewayVpcAttachmentsRequest,
  DescribeTransitGatewayVpcAttachmentsResult,
  ModifyTransitGatewayVpcAttachmentRequest,
  ModifyTransitGatewayVpcAttachmentResult,
  TransitGatewayVpcAttachment,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidValue, missingParameter } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { createManagedInterface, deleteManagedInterface } from "./interfaces.ts";
import { subnets, transitAttachments, type TransitAttachmentRecord, type VpcRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import {
  associate,
  associationOf,
  attachmentState,
  leaveTables,
  listed,
  needAttachment,
  needAvailable,
  needGateway,
  propagate,
  switched,
} from "./transit-states.ts";

const create: Handler<CreateTransitGatewayVpcAttachmentRequest, CreateTransitGatewayVpcAttachmentResult> = (input, call) => {
  const gateway = needGateway(call, input.TransitGatewayId);
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const options = input.Options ?? {};
  const tags = tagsToBe(input.TagSpecifications, "transit-gateway-attachment");
  needAvailable(call, gateway);
  const ids = checkSubnets(call, vpc, [], input.SubnetIds ?? []);
  for (const one of transitAttachments(call).values())
    if (one.gateway === gateway.id && one.vpcId === vpc.id && attachmentState(call, one) !== "deleted")
      throw new AwsFault(
        "DuplicateTransitGatewayAttachment",
        `${gateway.id} has non-deleted Transit Gateway Attachments with same VPC ID.`,
      );
  const made: TransitAttachmentRecord = {
    id: call.id("tgw-attach"),
    gateway: gateway.id,
    vpcId: vpc.id,
    createdAt: call.now,
    interfaces: {},
    options: {
      appliance: switched(options.ApplianceModeSupport, "disable"),
      dns: switched(options.DnsSupport, "enable"),
      ipv6: switched(options.Ipv6Support, "disable"),
      groups: switched(options.SecurityGroupReferencingSupport, "enable"),
    },
  };
  transitAttachments(call).set(made.id, made);
  for (const id of ids) addSubnet(call, made, id);
  if (gateway.options.association === "enable") associate(call, gateway.associationTable!, made.id);
  if (gateway.options.propagation === "enable") propagate(call, gateway.propagationTable!, made.id);
  giveTags(call, made.id, tags["transit-gateway-attachment"]);
  return { TransitGatewayVpcAttachment: describe(call, made) };
};

function checkSubnets(call: Call, vpc: Pick<VpcRecord, "id">, kept: readonly string[], added: readonly string[]): readonly string[] {
  if (kept.length + added.length === 0) throw missingParameter("subnetIds");
  const all = [...kept, ...added].map((id) => need(call, idKinds.subnet, id, "subnetIds"));
  for (const one of all) if (one.vpcId !== vpc.id) throw invalidValue(`The subnet ${one.id} is not in ${vpc.id}`);
  if (new Set(all.map(({ zone }) => zone)).size < all.length)
    throw new AwsFault("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ");
  return added;
}

function addSubnet(call: Call, to: TransitAttachmentRecord, subnetId: string): void {
  to.interfaces[subnetId] = createManagedInterface(call, {
    subnetId,
    groups: [],
    description: `Network Interface for Transit Gateway Attachment ${to.id}`,
    requesterId: "727180483921",
    type: "transit_gateway",
    instanceOwnerId: "amazon-aws",
  }).id;
}

const modify: Handler<ModifyTransitGatewayVpcAttachmentRequest, ModifyTransitGatewayVpcAttachmentResult> = (input, call) => {
  const one = needAttachment(call, input.TransitGatewayAttachmentId);
  const state = attachmentState(call, one);
  if (state !== "available") throw new AwsFault("IncorrectState", `${one.id} is in invalid state: ${state}`);
  const { AddSubnetIds: added = [], RemoveSubnetIds: removed = [], Options: options = {} } = input;
  for (const id of removed) if (!one.interfaces[id]) throw invalidValue(`The subnet ${id} is not one of ${one.id}`);
  const kept = Object.keys(one.interfaces).filter((id) => !removed.includes(id));
  checkSubnets(call, { id: one.vpcId }, kept, added);
  for (const id of removed) {
    deleteManagedInterface(call, one.interfaces[id]!);
    delete one.interfaces[id];
  }
  for (const id of added) addSubnet(call, one, id);
  const have = one.options;
  one.options = {
    appliance: switched(options.ApplianceModeSupport, have.appliance),
    dns: switched(options.DnsSupport, have.dns),
    ipv6: switched(options.Ipv6Support, have.ipv6),
    groups: switched(options.SecurityGroupReferencingSupport, have.groups),
  };
  one.modifiedAt = call.now;
  return { TransitGatewayVpcAttachment: describe(call, one) };
};

const remove: Handler<DeleteTransitGatewayVpcAttachmentRequest, DeleteTransitGatewayVpcAttachmentResult> = (input, call) => {
  const one = needAttachment(call, input.TransitGatewayAttachmentId);
  const state = attachmentState(call, one);
  if (state !== "available") throw new AwsFault("IncorrectState", `${one.id} is in invalid state: ${state}`);
  one.deletedAt = call.now;
  leaveTables(call, one.id);
  call.later(timeFor(call, one.id, timing.transitAttachmentDeleted), "ec2:transitAttachmentGone", { id: one.id });
  return { TransitGatewayVpcAttachment: describe(call, one) };
};

function gone({ id }: { readonly id: string }, call: Call): void {
  const one = transitAttachments(call).get(id);
  if (!one) return;
  for (const card of Object.values(one.interfaces)) deleteManagedInterface(call, card);
  one.interfaces = {};
}

const filters = (call: Call) => ({
  state: (one: TransitAttachmentRecord) => attachmentState(call, one),
  "transit-gateway-attachment-id": ({ id }: TransitAttachmentRecord) => id,
  "transit-gateway-id": ({ gateway }: TransitAttachmentRecord) => gateway,
});

const describeVpcAttachments: Handler<DescribeTransitGatewayVpcAttachmentsRequest, DescribeTransitGatewayVpcAttachmentsResult> = (
  input,
  call,
) => {
  const { found, NextToken } = list<TransitAttachmentRecord>(call, input, {
    records: listed(call, transitAttachments(call)),
    ids: { kind: idKinds.transitAttachment, given: input.TransitGatewayAttachmentIds, parameter: "transitGatewayAttachmentId" },
    pages: [5, 1000],
    filters: { ...filters(call), "vpc-id": ({ vpcId }) => vpcId },
  });
  return { NextToken, TransitGatewayVpcAttachments: found.map((one) => describe(call, one)) };
};

const describeAttachments: Handler<DescribeTransitGatewayAttachmentsRequest, DescribeTransitGatewayAttachmentsResult> = (input, call) => {
  const { found, NextToken } = list<TransitAttachmentRecord>(call, input, {
    records: listed(call, transitAttachments(call)),
    ids: { kind: idKinds.transitAttachment, given: input.TransitGatewayAttachmentIds, parameter: "transitGatewayAttachmentId" },
    pages: [5, 1000],
    filters: {
      ...filters(call),
      "association.state": ({ id }) => associationOf(call, id)?.State,
      "association.transit-gateway-route-table-id": ({ id }) => associationOf(call, id)?.TransitGatewayRouteTableId,
      "resource-id": ({ vpcId }) => vpcId,
      "resource-owner-id": () => call.account,
      "resource-type": () => "vpc",
    },
  });
  return {
    NextToken,
    TransitGatewayAttachments: found.map((one) => ({
      TransitGatewayAttachmentId: one.id,
      TransitGatewayId: one.gateway,
      TransitGatewayOwnerId: call.account,
      ResourceOwnerId: call.account,
      ResourceType: "vpc",
      ResourceId: one.vpcId,
      State: attachmentState(call, one),
      Association: associationOf(call, one.id),
      CreationTime: new Date(one.createdAt),
      Tags: tagList(call, one.id),
    })),
  };
};

function describe(call: Call, one: TransitAttachmentRecord): TransitGatewayVpcAttachment {
  return {
    TransitGatewayAttachmentId: one.id,
    TransitGatewayId: one.gateway,
    VpcId: one.vpcId,
    VpcOwnerId: call.account,
    State: attachmentState(call, one),
    SubnetIds: Object.keys(one.interfaces).filter((id) => subnets(call).has(id)),
    CreationTime: new Date(one.createdAt),
    Options: {
      ApplianceModeSupport: one.options.appliance,
      DnsSupport: one.options.dns,
      Ipv6Support: one.options.ipv6,
      SecurityGroupReferencingSupport: one.options.groups,
    },
    Tags: tagList(call, one.id),
  };
}

export const transitAttachmentOperations: Record<string, Handler> = {
  CreateTransitGatewayVpcAttachment: create,
  DeleteTransitGatewayVpcAttachment: remove,
  DescribeTransitGatewayAttachments: describeAttachments,
  DescribeTransitGatewayVpcAttachments: describeVpcAttachments,
  ModifyTransitGatewayVpcAttachment: modify,
};

export const transitAttachmentTransitions = { transitAttachmentGone: gone };
