/** Carrier gateways, which connect subnets in Wavelength Zones to the network of a carrier. A VPC has at most one. */
import type {
  CarrierGateway,
  CreateCarrierGatewayRequest,
  CreateCarrierGatewayResult,
  DeleteCarrierGatewayRequest,
  DeleteCarrierGatewayResult,
  DescribeCarrierGatewaysRequest,
  DescribeCarrierGatewaysResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { idKinds, need } from "./ids.ts";
import { carrierGateways, type CarrierGatewayRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";

const create: Handler<CreateCarrierGatewayRequest, CreateCarrierGatewayResult> = (input, call) => {
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const made = carrierGateways(call).get(ids[0]!);
  return { CarrierGateway: made ? describe(call, made) : { CarrierGatewayId: ids[0] } };
};

function begin(call: Call, input: CreateCarrierGatewayRequest): CarrierGatewayRecord {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const tags = tagsToBe(input.TagSpecifications, "carrier-gateway");
  // One in a VPC (Amazon VPC User Guide, "Amazon VPC quotas"). AWS does not document the code of the refusal.
  for (const other of carrierGateways(call).values())
    if (other.vpcId === vpc.id) throw new AwsFault("CarrierGatewayLimitExceeded", `The VPC ${vpc.id} has a carrier gateway already.`);
  const made: CarrierGatewayRecord = { id: call.id("cagw"), vpcId: vpc.id, createdAt: call.now };
  carrierGateways(call).set(made.id, made);
  giveTags(call, made.id, tags["carrier-gateway"]);
  return made;
}

/** Deletes a gateway. Routes to it stay as black holes (EC2 API, DeleteCarrierGateway). */
const remove: Handler<DeleteCarrierGatewayRequest, DeleteCarrierGatewayResult> = (input, call) => {
  const one = need(call, idKinds.carrierGateway, input.CarrierGatewayId, "carrierGatewayId");
  if (one.deletedAt === undefined) {
    one.deletedAt = call.now;
    call.later(timing.carrierGatewayDeleted, "ec2:carrierGatewayGone", { id: one.id });
  }
  return { CarrierGateway: describe(call, one) };
};

function gone({ id }: { readonly id: string }, call: Call): void {
  carrierGateways(call).delete(id);
  dropTags(call, id);
}

const describeGateways: Handler<DescribeCarrierGatewaysRequest, DescribeCarrierGatewaysResult> = (input, call) => {
  const { found, NextToken } = list<CarrierGatewayRecord>(call, input, {
    records: carrierGateways(call).values(),
    ids: { kind: idKinds.carrierGateway, given: input.CarrierGatewayIds, parameter: "carrierGatewayId" },
    pages: [5, 1000],
    filters: {
      "carrier-gateway-id": (one) => one.id,
      "owner-id": () => call.account,
      state: (one) => stateOf(call, one),
      "vpc-id": (one) => one.vpcId,
    },
  });
  return { NextToken, CarrierGateways: found.map((one) => describe(call, one)) };
};

function stateOf(call: Call, one: CarrierGatewayRecord): "pending" | "available" | "deleting" {
  if (one.deletedAt !== undefined) return "deleting";
  return call.now < one.createdAt + timing.carrierGatewayAvailable ? "pending" : "available";
}

function describe(call: Call, one: CarrierGatewayRecord): CarrierGateway {
  return { CarrierGatewayId: one.id, VpcId: one.vpcId, State: stateOf(call, one), OwnerId: call.account, Tags: tagList(call, one.id) };
}

export const carrierGatewayOperations: Record<string, Handler> = {
  CreateCarrierGateway: create,
  DeleteCarrierGateway: remove,
  DescribeCarrierGateways: describeGateways,
};

export const carrierGatewayTransitions = { carrierGatewayGone: gone };
