/** Spot requests, which RunInstances creates. A persistent request outlives its instance until it is cancelled. */
import type {
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult,
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult,
  SpotInstanceRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, knownValue, required } from "./faults.ts";
import { idKinds, needAll } from "./ids.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { instances, spotRequests, type SpotRequestRecord } from "./state.ts";
import { giveTags, tagList } from "./tags.ts";

export function makeSpotRequest(call: Call, id: string, instanceId: string, plan: LaunchPlan): void {
  const options = plan.request.InstanceMarketOptions?.SpotOptions;
  spotRequests(call).set(id, {
    id,
    instanceId,
    createdAt: call.now,
    type: options?.SpotInstanceType === "persistent" ? "persistent" : "one-time",
    interruption: options?.InstanceInterruptionBehavior ?? "terminate",
    ...(options?.MaxPrice ? { maxPrice: options.MaxPrice } : {}),
    state: "active",
  });
  giveTags(call, id, plan.tags["spot-instances-request"]);
}

/** Checks the Spot options. A persistent request needs an interruption behaviour that keeps the instance (EC2 API, RunInstances). */
export function checkSpot({ InstanceMarketOptions: market, DisableApiTermination }: LaunchPlan["request"]): void {
  const { MarketType, SpotOptions } = market ?? {};
  knownValue(MarketType, ["spot", "capacity-block"], "marketType");
  if (MarketType !== "spot") return;
  knownValue(SpotOptions?.SpotInstanceType, ["one-time", "persistent"], "spotInstanceType");
  knownValue(SpotOptions?.InstanceInterruptionBehavior, ["hibernate", "stop", "terminate"], "instanceInterruptionBehavior");
  // EC2 User Guide, "Change instance termination protection": not for Spot Instances.
  if (DisableApiTermination) throw invalidCombination("Termination protection cannot be enabled for Spot Instances");
  const behaviour = SpotOptions?.InstanceInterruptionBehavior ?? "terminate";
  if (SpotOptions?.SpotInstanceType === "persistent" ? behaviour === "terminate" : behaviour !== "terminate")
    throw new AwsFault(
      "InvalidParameterCombination",
      `The interruption behavior '${behaviour}' does not go with the spot instance type '${SpotOptions?.SpotInstanceType ?? "one-time"}'`,
    );
}

/** Ends a request with its instance. A persistent request waits for capacity again, which never comes in the sandbox. */
export function closeSpotRequest(call: Call, id: string): void {
  const request = spotRequests(call).get(id);
  if (request?.state !== "active") return;
  request.state = request.type === "persistent" ? "open" : "closed";
}

const cancel: Handler<CancelSpotInstanceRequestsRequest, CancelSpotInstanceRequestsResult> = (input, call) => {
  const all = needAll(call, idKinds.spotRequest, required(input.SpotInstanceRequestIds, "spotInstanceRequestId"), "spotInstanceRequestId");
  for (const request of all) if (request.state !== "closed") request.state = "cancelled";
  return {
    CancelledSpotInstanceRequests: all.map((request) => ({ SpotInstanceRequestId: request.id, State: request.state as "cancelled" })),
  };
};

const describeRequests: Handler<DescribeSpotInstanceRequestsRequest, DescribeSpotInstanceRequestsResult> = (input, call) => {
  const { found, NextToken } = list<SpotRequestRecord>(call, input, {
    records: spotRequests(call).values(),
    ids: { kind: idKinds.spotRequest, given: input.SpotInstanceRequestIds, parameter: "spotInstanceRequestId" },
    pages: [5, 1000],
    filters: {
      "instance-id": (one) => one.instanceId,
      "spot-instance-request-id": (one) => one.id,
      state: (one) => one.state,
      type: (one) => one.type,
    },
  });
  return { NextToken, SpotInstanceRequests: found.map((request) => describe(call, request)) };
};

function describe(call: Call, request: SpotRequestRecord): SpotInstanceRequest {
  const instance = instances(call).get(request.instanceId);
  return {
    SpotInstanceRequestId: request.id,
    InstanceId: request.state === "active" || request.state === "cancelled" ? request.instanceId : undefined,
    CreateTime: new Date(request.createdAt),
    Type: request.type,
    State: request.state,
    SpotPrice: request.maxPrice,
    InstanceInterruptionBehavior: request.interruption as "stop",
    ProductDescription: "Linux/UNIX",
    LaunchedAvailabilityZone: instance?.zone,
    Status: { Code: request.state === "active" ? "fulfilled" : request.state, Message: "" },
    Tags: tagList(call, request.id),
  };
}

export const spotOperations: Record<string, Handler> = {
  CancelSpotInstanceRequests: cancel,
  DescribeSpotInstanceRequests: describeRequests,
};
