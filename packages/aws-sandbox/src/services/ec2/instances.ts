/**
 * The lifecycle of instances. Other services' models (Auto Scaling) use:
 *
 *   launchInstance(call, { request, subnetId?, systemTags?, requesterId? }): InstanceRecord
 *     Launches one instance from a RunInstances request with its launch template, with the same checks and AWS's errors.
 *     `subnetId` overrides the subnet of the request or its template; keys of `systemTags` may begin with "aws:".
 *   terminateInstance(call, id)
 *     Terminates it despite termination protection. Does nothing when it is shutting down, terminated or gone.
 *   instances(call) in state.ts
 *     The records: `state` is "pending", "running", "shutting-down", "terminated", "stopping" or "stopped".
 *   resolveTemplate(call, { LaunchTemplateId | LaunchTemplateName, Version? }) in launch-template-versions.ts
 *   planLaunch(call, request) in launch.ts checks a request without launching anything.
 */
import type {
  InstanceStateChange,
  RebootInstancesRequest,
  RunInstancesRequest,
  RunInstancesCommandOutput,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { invalidCombination, invalidValue, required } from "./faults.ts";
import { idKinds, needAll } from "./ids.ts";
import { describeInstance, stateCode } from "./instance-describe.ts";
import { needType } from "./instance-types.ts";
import { checkInterfaces, detach, dropInterface } from "./interfaces.ts";
import { checkVcpus, makeInstance, planLaunch, useVcpus } from "./launch.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { dropPublicAddresses, givePublicAddresses, roomFor } from "./launch-network.ts";
import { withTemplate } from "./launch-template-versions.ts";
import { closeSpotRequest, makeSpotRequest } from "./spot.ts";
import { instances, interfaces, profileAssociations, spotRequests, type InstanceRecord, type InstanceState, type Tags } from "./state.ts";
import { dropTags } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { once } from "./tokens.ts";
import { releaseBusy, releaseDisks } from "./volumes.ts";

export interface Launch {
  readonly request: RunInstancesRequest;
  readonly subnetId?: string | undefined;
  readonly systemTags?: Tags | undefined;
  readonly requesterId?: string | undefined;
}

export function launchInstance(call: Call, { request, subnetId, systemTags, requesterId }: Launch): InstanceRecord {
  const merged = withTemplate(call, request);
  const plan = planLaunch(call, subnetId ? inSubnet(merged.request, subnetId) : merged.request, merged.template);
  const [made] = makeInstances(call, plan, 1, { systemTags, requesterId });
  return made!;
}

function inSubnet(request: RunInstancesRequest, subnetId: string): RunInstancesRequest {
  if (!request.NetworkInterfaces?.length) return { ...request, SubnetId: subnetId };
  return {
    ...request,
    NetworkInterfaces: request.NetworkInterfaces.map((one) => {
      const isFirst = (one.DeviceIndex ?? 0) === 0;
      return { ...one, DeviceIndex: one.DeviceIndex ?? 0, SubnetId: isFirst ? subnetId : (one.SubnetId ?? subnetId) };
    }),
  };
}

export function terminateInstance(call: Call, id: string): void {
  const instance = instances(call).get(id);
  if (instance)
    end(call, instance, {
      at: call.now,
      code: "Client.UserInitiatedShutdown",
      message: "Client.UserInitiatedShutdown: User initiated shutdown",
    });
}

const run: Handler<RunInstancesRequest, Omit<RunInstancesCommandOutput, "$metadata">> = (input, call) => {
  const least = required(input.MinCount, "MinCount");
  const most = required(input.MaxCount, "MaxCount");
  if (least < 1 || most < least)
    throw invalidValue(`The value '${least}' of MinCount and '${most}' of MaxCount make no number of instances`);
  const { ids, repeated } = once(call, input, () => {
    const { request, template } = withTemplate(call, input);
    const plan = planLaunch(call, request, template);
    if (most > 1 && plan.network.some((one) => one.existing || one.privateIps.length > 0))
      throw invalidCombination("A fixed interface or address is for one instance only");
    return makeInstances(call, plan, Math.max(least, Math.min(most, roomFor(plan.network)))).map((instance) => instance.id);
  });
  const found = ids.map((id) => instances(call).get(id));
  if (repeated && found.some((instance) => !instance || instance.state === "terminated" || instance.state === "shutting-down"))
    throw new AwsFault("IdempotentInstanceTerminated", "The instance that was launched with the client token you provided is terminated.");
  return {
    ReservationId: found[0]!.reservationId,
    OwnerId: call.account,
    Groups: [],
    Instances: found.map((instance) => describeInstance(call, instance!)),
  };
};

/** Makes all the instances or none. A lack of capacity is a server error. */
function makeInstances(
  call: Call,
  plan: LaunchPlan,
  count: number,
  more: Pick<Launch, "systemTags" | "requesterId"> = {},
): InstanceRecord[] {
  if (count > roomFor(plan.network))
    throw new AwsFault(
      "InsufficientFreeAddressesInSubnet",
      `There are not enough free addresses in subnet '${plan.network[0]!.subnet.id}' to satisfy the requested number of instances.`,
    );
  checkInterfaces(call, plan.network.filter((one) => !one.existing).length * count);
  checkCapacity(call, plan.type.id, plan.network[0]!.subnet.zone);
  checkVcpus(call, plan.type.vcpus * count);
  const reservationId = call.id("r");
  return Array.from({ length: count }, (_, launchIndex) => {
    const spot = plan.request.InstanceMarketOptions?.MarketType === "spot" ? call.id("sir") : undefined;
    const instance = makeInstance(call, plan, { reservationId, launchIndex, spotRequestId: spot, ...more });
    useVcpus(call, plan.type.vcpus);
    if (spot) makeSpotRequest(call, spot, instance.id, plan);
    return instance;
  });
}

function checkCapacity(call: Call, type: string, zone: string): void {
  if (call.fault("ec2:insufficientCapacity"))
    throw new AwsFault(
      "InsufficientInstanceCapacity",
      `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
      500,
    );
}

const stop: Handler<StopInstancesRequest, StopInstancesResult> = (input, call) => {
  const all = needAll(call, idKinds.instance, required(input.InstanceIds, "instanceId"), "instanceId");
  for (const instance of all) {
    if (["pending", "terminated", "shutting-down"].includes(instance.state)) throw notFrom(instance, "stopped");
    if (spotRequests(call).get(instance.spotRequestId ?? "")?.type === "one-time")
      throw new AwsFault(
        "UnsupportedOperation",
        `You can't stop the Spot Instance '${instance.id}' because it is associated with a one-time Spot Instance request.`,
      );
    if (instance.disableApiStop)
      throw new AwsFault(
        "OperationNotPermitted",
        `The instance '${instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
  }
  return { StoppingInstances: all.map((instance) => changing(instance, () => instance.state === "running" && halt(call, instance))) };
};

function halt(call: Call, instance: InstanceRecord): void {
  instance.reason = {
    at: call.now,
    code: "Client.UserInitiatedShutdown",
    message: "Client.UserInitiatedShutdown: User initiated shutdown",
  };
  dropPublicAddresses(call, instance.interfaces);
  useVcpus(call, -needType(instance.instanceType).vcpus);
  turn(call, instance, "stopping", timing.instanceStopped);
}

const start: Handler<StartInstancesRequest, StartInstancesResult> = (input, call) => {
  const all = needAll(call, idKinds.instance, required(input.InstanceIds, "instanceId"), "instanceId");
  for (const instance of all) if (["stopping", "terminated", "shutting-down"].includes(instance.state)) throw notFrom(instance, "started");
  const stopped = all.filter((instance) => instance.state === "stopped");
  for (const instance of stopped) checkCapacity(call, instance.instanceType, instance.zone);
  checkVcpus(
    call,
    stopped.reduce((sum, instance) => sum + needType(instance.instanceType).vcpus, 0),
  );
  return { StartingInstances: all.map((instance) => changing(instance, () => instance.state === "stopped" && rise(call, instance))) };
};

function rise(call: Call, instance: InstanceRecord): void {
  delete instance.reason;
  useVcpus(call, needType(instance.instanceType).vcpus);
  instance.launchedAt = call.now;
  givePublicAddresses(call, instance.interfaces);
  turn(call, instance, "pending", timing.instanceRunning);
}

const reboot: Handler<RebootInstancesRequest, object> = (input, call) => {
  for (const instance of needAll(call, idKinds.instance, required(input.InstanceIds, "instanceId"), "instanceId"))
    if (instance.state !== "running")
      throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is not in a state from which it can be rebooted.`);
  return {};
};

/** Terminates instances. Terminating one again is not an error. One protected instance prevents the whole call. */
const terminate: Handler<TerminateInstancesRequest, TerminateInstancesResult> = (input, call) => {
  const all = needAll(call, idKinds.instance, required(input.InstanceIds, "instanceId"), "instanceId");
  for (const instance of all)
    if (instance.disableApiTermination && instance.state !== "terminated")
      throw new AwsFault(
        "OperationNotPermitted",
        `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
  return { TerminatingInstances: all.map((instance) => changing(instance, () => terminateInstance(call, instance.id))) };
};

function notFrom(instance: InstanceRecord, to: string): AwsFault {
  return new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is not in a state from which it can be ${to}.`);
}

function changing(instance: InstanceRecord, change: () => unknown): InstanceStateChange {
  const before = { Code: stateCode(instance.state), Name: instance.state };
  change();
  return { InstanceId: instance.id, PreviousState: before, CurrentState: { Code: stateCode(instance.state), Name: instance.state } };
}

function turn(call: Call, instance: InstanceRecord, state: InstanceState, takes: readonly [number, number]): void {
  instance.state = state;
  instance.turn++;
  call.later(timeFor(call, instance.id, takes), "ec2:instanceSettles", { id: instance.id, turn: instance.turn });
}

function end(call: Call, instance: InstanceRecord, reason: NonNullable<InstanceRecord["reason"]>): void {
  if (instance.state === "shutting-down" || instance.state === "terminated") return;
  if (instance.state === "pending" || instance.state === "running") useVcpus(call, -needType(instance.instanceType).vcpus);
  instance.reason = reason;
  dropPublicAddresses(call, instance.interfaces);
  turn(call, instance, "shutting-down", timing.instanceTerminated);
}

interface Settling {
  readonly id: string;
  readonly turn: number;
}

/** Ends a change of state, unless another change was ordered since. */
function settle({ id, turn: when }: Settling, call: Call): void {
  const instance = instances(call).get(id);
  if (instance?.turn !== when) return;
  if (instance.state === "pending") instance.state = "running";
  else if (instance.state === "stopping") {
    instance.state = "stopped";
    releaseBusy(call, instance);
  } else if (instance.state === "shutting-down") die(call, instance);
}

/** Takes an instance from pending to terminated, as with a disk key that the caller may not use. The launch itself had succeeded. */
function fail({ id, turn: when }: Settling, call: Call): void {
  const instance = instances(call).get(id);
  if (instance?.turn !== when || instance.state !== "pending") return;
  useVcpus(call, -needType(instance.instanceType).vcpus);
  instance.reason = { at: call.now, code: "Client.InternalError", message: "Client.InternalError: Client error on launch" };
  instance.turn++;
  die(call, instance);
}

/**
 * Terminates an instance. Its own interfaces and disks go with it; attached ones stay. Answers show it, with its tags, for about an hour.
 */
function die(call: Call, instance: InstanceRecord): void {
  instance.state = "terminated";
  for (const id of instance.interfaces) {
    const one = interfaces(call).get(id);
    if (!one) continue;
    if (one.attachment?.deleteOnTermination) dropInterface(call, one);
    else detach(call, one);
  }
  instance.interfaces = [];
  releaseDisks(call, instance);
  if (instance.profile) profileAssociations(call).delete(instance.profile.associationId);
  delete instance.profile;
  delete instance.placementGroup;
  if (instance.spotRequestId) closeSpotRequest(call, instance.spotRequestId);
  call.later(timing.instanceForgotten, "ec2:instanceForgotten", { id: instance.id });
}

function forget({ id }: { readonly id: string }, call: Call): void {
  instances(call).delete(id);
  dropTags(call, id);
}

export const instanceOperations: Record<string, Handler> = {
  RebootInstances: reboot,
  RunInstances: run,
  StartInstances: start,
  StopInstances: stop,
  TerminateInstances: terminate,
};

export const instanceTransitions = { instanceFails: fail, instanceForgotten: forget, instanceSettles: settle };
