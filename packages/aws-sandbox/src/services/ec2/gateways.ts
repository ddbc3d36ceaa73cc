/** Internet gateways, and egress-only internet gateways for IPv6. */
import type {
  AttachInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  EgressOnlyInternetGateway,
  InternetGateway,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { dependency } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { quota, within } from "./quotas.ts";
import { dropEdgeAssociationsOf } from "./route-tables.ts";
import {
  addresses,
  egressOnlyGateways,
  interfaces,
  internetGateways,
  natGateways,
  type EgressOnlyGatewayRecord,
  type InternetGatewayRecord,
} from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";

const create: Handler<CreateInternetGatewayRequest, CreateInternetGatewayResult> = (input, call) => {
  const tags = tagsToBe(input.TagSpecifications, "internet-gateway");
  const most = Math.max(quota(call, "internetGateways"), quota(call, "vpcs"));
  if (internetGateways(call).size >= most)
    throw new AwsFault("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
  const gateway = makeInternetGateway(call);
  giveTags(call, gateway.id, tags["internet-gateway"]);
  return { InternetGateway: describe(call, gateway) };
};

export function makeInternetGateway(call: Call, vpcId?: string): InternetGatewayRecord {
  const gateway: InternetGatewayRecord = { id: call.id("igw"), ...(vpcId ? { vpcId } : {}) };
  internetGateways(call).set(gateway.id, gateway);
  return gateway;
}

export function gatewayOf(call: Call, vpcId: string): InternetGatewayRecord | undefined {
  for (const gateway of internetGateways(call).values()) if (gateway.vpcId === vpcId) return gateway;
  return undefined;
}

const attach: Handler<AttachInternetGatewayRequest, object> = (input, call) => {
  const gateway = need(call, idKinds.internetGateway, input.InternetGatewayId, "internetGatewayId");
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (gateway.vpcId)
    throw new AwsFault("Resource.AlreadyAssociated", `resource ${gateway.id} is already attached to network ${gateway.vpcId}`);
  const other = gatewayOf(call, vpc.id);
  if (other) throw new AwsFault("Resource.AlreadyAssociated", `Network ${vpc.id} already has an internet gateway attached`);
  gateway.vpcId = vpc.id;
  return {};
};

/** Detaches a gateway. Refused while any public address is mapped in the VPC: NAT gateways, load balancers and instances must go first. */
const detach: Handler<DetachInternetGatewayRequest, object> = (input, call) => {
  const gateway = need(call, idKinds.internetGateway, input.InternetGatewayId, "internetGatewayId");
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (gateway.vpcId !== vpc.id) throw new AwsFault("Gateway.NotAttached", `resource ${gateway.id} is not attached to network ${vpc.id}`);
  if (hasPublicAddresses(call, vpc.id))
    throw dependency(
      `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  delete gateway.vpcId;
  dropEdgeAssociationsOf(call, gateway.id);
  return {};
};

function hasPublicAddresses(call: Call, vpcId: string): boolean {
  for (const one of interfaces(call).values())
    if (one.vpcId === vpcId && (one.autoPublicIp !== undefined || Object.keys(one.allocations).length > 0)) return true;
  for (const { vpcId: of, regional, addresses: has } of natGateways(call).values())
    if (of === vpcId && regional && has.some(({ allocationId }) => addresses(call).get(allocationId ?? "")?.association)) return true;
  return false;
}

const remove: Handler<DeleteInternetGatewayRequest, object> = (input, call) => {
  const gateway = need(call, idKinds.internetGateway, input.InternetGatewayId, "internetGatewayId");
  if (gateway.vpcId) throw dependency(`The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
  internetGateways(call).delete(gateway.id);
  dropTags(call, gateway.id);
  return {};
};

const describeGateways: Handler<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult> = (input, call) => {
  const { found, NextToken } = list<InternetGatewayRecord>(call, input, {
    records: internetGateways(call).values(),
    ids: { kind: idKinds.internetGateway, given: input.InternetGatewayIds, parameter: "internetGatewayId" },
    pages: [5, 1000],
    filters: {
      "attachment.state": (gateway) => (gateway.vpcId ? "available" : undefined),
      "attachment.vpc-id": (gateway) => gateway.vpcId,
      "internet-gateway-id": (gateway) => gateway.id,
      "owner-id": () => call.account,
    },
  });
  return { NextToken, InternetGateways: found.map((gateway) => describe(call, gateway)) };
};

/** Describes a gateway. The state of an attached one reads `available`, not `attached`. */
function describe(call: Call, gateway: InternetGatewayRecord): InternetGateway {
  return {
    InternetGatewayId: gateway.id,
    OwnerId: call.account,
    Attachments: gateway.vpcId ? [{ VpcId: gateway.vpcId, State: "available" as "attached" }] : [],
    Tags: tagList(call, gateway.id),
  };
}

const createEgressOnly: Handler<CreateEgressOnlyInternetGatewayRequest, CreateEgressOnlyInternetGatewayResult> = (input, call) => {
  const { ids } = once(call, input, () => {
    const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
    const tags = tagsToBe(input.TagSpecifications, "egress-only-internet-gateway");
    within(
      call,
      "egressOnlyGateways",
      egressOnlyGateways(call).size,
      "EgressOnlyInternetGatewayLimitExceeded",
      "The maximum number of egress-only internet gateways has been reached.",
    );
    for (const other of egressOnlyGateways(call).values())
      if (other.vpcId === vpc.id)
        throw new AwsFault("Resource.AlreadyAssociated", `Network ${vpc.id} already has an egress-only internet gateway`);
    const gateway = { id: call.id("eigw"), vpcId: vpc.id };
    egressOnlyGateways(call).set(gateway.id, gateway);
    giveTags(call, gateway.id, tags["egress-only-internet-gateway"]);
    return [gateway.id];
  });
  const gateway = egressOnlyGateways(call).get(ids[0]!);
  return {
    ClientToken: input.ClientToken,
    EgressOnlyInternetGateway: gateway ? describeEgressOnly(call, gateway) : { EgressOnlyInternetGatewayId: ids[0] },
  };
};

const removeEgressOnly: Handler<DeleteEgressOnlyInternetGatewayRequest, DeleteEgressOnlyInternetGatewayResult> = (input, call) => {
  const gateway = need(call, idKinds.egressOnlyGateway, input.EgressOnlyInternetGatewayId, "egressOnlyInternetGatewayId");
  egressOnlyGateways(call).delete(gateway.id);
  dropTags(call, gateway.id);
  return { ReturnCode: true };
};

const describeEgressOnlyGateways: Handler<DescribeEgressOnlyInternetGatewaysRequest, DescribeEgressOnlyInternetGatewaysResult> = (
  input,
  call,
) => {
  const { found, NextToken } = list<EgressOnlyGatewayRecord>(call, input, {
    records: egressOnlyGateways(call).values(),
    ids: { kind: idKinds.egressOnlyGateway, given: input.EgressOnlyInternetGatewayIds, parameter: "egressOnlyInternetGatewayId" },
    pages: [5, 255],
    filters: {},
  });
  return { NextToken, EgressOnlyInternetGateways: found.map((gateway) => describeEgressOnly(call, gateway)) };
};

function describeEgressOnly(call: Call, gateway: EgressOnlyGatewayRecord): EgressOnlyInternetGateway {
  return {
    EgressOnlyInternetGatewayId: gateway.id,
    Attachments: [{ VpcId: gateway.vpcId, State: "attached" }],
    Tags: tagList(call, gateway.id),
  };
}

export const gatewayOperations: Record<string, Handler> = {
  AttachInternetGateway: attach,
  CreateEgressOnlyInternetGateway: createEgressOnly,
  CreateInternetGateway: create,
  DeleteEgressOnlyInternetGateway: removeEgressOnly,
  DeleteInternetGateway: remove,
  DescribeEgressOnlyInternetGateways: describeEgressOnlyGateways,
  DescribeInternetGateways: describeGateways,
  DetachInternetGateway: detach,
};
