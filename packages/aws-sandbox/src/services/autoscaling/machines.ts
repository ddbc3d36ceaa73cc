/** The lifecycle of one instance of a group: launched, put into service, taken out again. */
import { AwsFault, type Call } from "../../model.ts";
import { launchInstance, terminateInstance } from "../ec2/instances.ts";
import { instances, subnets } from "../ec2/state.ts";
import { addTarget, dropTarget, targetHealth } from "../elbv2/targets.ts";
import { beginActivity, endActivity } from "./activities.ts";
import { nextModel, type Model } from "./sources.ts";
import type { GroupRecord, LaunchSource, MachineRecord } from "./state.ts";
import { timing } from "./timing.ts";

export function machinesOf(group: GroupRecord): MachineRecord[] {
  return Object.values(group.machines);
}

/** The instances that count as capacity: all except those that are leaving or on standby. */
export function standing(group: GroupRecord): MachineRecord[] {
  return machinesOf(group).filter((one) => one.leaving === undefined && one.state !== "Standby");
}

/** The instances that a user has put on standby. The group leaves them alone. */
export function inStandby(group: GroupRecord): MachineRecord[] {
  return machinesOf(group).filter((one) => one.leaving === undefined && one.state === "Standby");
}

/** Launches one instance in the zone with the fewest. A refusal of AWS becomes a failed activity, never an error. */
export function launch(call: Call, group: GroupRecord, source: LaunchSource, cause: string): boolean {
  const failure = tryLaunch(call, group, source, cause);
  if (failure === undefined) {
    delete group.retry;
    return true;
  }
  const failures = (group.retry?.failures ?? 0) + 1;
  group.retry = { failures, at: call.now + Math.min(timing.retry[1], timing.retry[0] * 2 ** (failures - 1)) };
  return false;
}

function tryLaunch(call: Call, group: GroupRecord, source: LaunchSource, cause: string): string | undefined {
  const subnetId = emptiest(call, group);
  try {
    const model = nextModel(call, source, {
      all: standing(group).length,
      onDemand: standing(group).filter((one) => !isSpot(call, one)).length,
    });
    if (call.fault("autoscaling:launchFails")) throw new AwsFault("InsufficientInstanceCapacity", noCapacity(call, model, subnetId));
    const made = launchInstance(call, {
      request: requestOf(group, model),
      subnetId,
      systemTags: { "aws:autoscaling:groupName": group.name },
    });
    const activity = beginActivity(call, group, `Launching a new EC2 instance: ${made.id}`, cause);
    group.machines[made.id] = {
      id: made.id,
      type: made.instanceType,
      zone: made.zone,
      subnet: made.subnetId,
      template: { id: model.id, name: model.name, version: model.version },
      launchedAt: call.now,
      activity,
      state: "Pending",
      since: call.now,
      healthy: true,
      protected: group.protect,
    };
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    const message = `${error.message.replace(/\.?$/, ".")} Launching EC2 instance failed.`;
    endActivity(call, beginActivity(call, group, "Launching a new EC2 instance.  Status Reason: " + message, cause), message);
    return message;
  }
}

function noCapacity(call: Call, model: Model, subnetId: string): string {
  return `We currently do not have sufficient ${model.type} capacity in the Availability Zone you requested (${subnets(call).get(subnetId)?.zone}).`;
}

function requestOf(group: GroupRecord, model: Model) {
  const Tags = Object.entries(group.tags)
    .filter(([, tag]) => tag.propagate)
    .map(([Key, tag]) => ({ Key, Value: tag.value }));
  return {
    LaunchTemplate: model.reference,
    MinCount: 1,
    MaxCount: 1,
    InstanceType: model.type as "t3.micro",
    ...(model.isSpot ? { InstanceMarketOptions: { MarketType: "spot" as const } } : {}),
    ...(Tags.length > 0 ? { TagSpecifications: [{ ResourceType: "instance" as const, Tags }] } : {}),
  };
}

function isSpot(call: Call, machine: MachineRecord): boolean {
  return instances(call).get(machine.id)?.spotRequestId !== undefined;
}

function emptiest(call: Call, group: GroupRecord): string {
  const count = (zone: string | undefined) => standing(group).filter((one) => one.zone === zone).length;
  const counted = group.subnets.map((id) => ({
    id,
    have: count(subnets(call).get(id)?.zone),
    here: standing(group).filter((one) => one.subnet === id).length,
  }));
  return counted.sort((a, b) => a.have - b.have || a.here - b.here)[0]!.id;
}

/** Brings an instance to its present state. Returns "failed" when it is lost. */
export function advance(call: Call, group: GroupRecord, machine: MachineRecord): "failed" | undefined {
  const state = instances(call).get(machine.id)?.state;
  const isGone = state === undefined || state === "terminated" || state === "shutting-down";
  if (machine.leaving !== undefined) {
    leave(call, group, machine, isGone);
    return undefined;
  }
  if (machine.state === "Standby") return undefined;
  if (machine.state === "Pending") {
    if (isGone) return failLaunch(call, group, machine);
    if (state === "running") hookOr(call, group, machine, "LAUNCHING", () => serve(call, group, machine));
  } else if (machine.state === "Pending:Wait") {
    const hook = hookFor(group, "LAUNCHING");
    if (!hook || call.now < machine.since + hook.heartbeat * 1000) return undefined;
    if (hook.result === "CONTINUE") serve(call, group, machine);
    else takeOut(call, group, machine, "a user health-check or a lifecycle action was abandoned");
  } else if (machine.state === "InService" && (isGone || state === "stopped" || state === "stopping")) {
    machine.healthy = false;
  } else if (machine.state === "InService" && failsChecks(call, group, machine)) machine.healthy = false;
  return undefined;
}

function hookOr(call: Call, group: GroupRecord, machine: MachineRecord, which: "LAUNCHING" | "TERMINATING", go: () => void): void {
  if (!hookFor(group, which)) return go();
  machine.state = which === "LAUNCHING" ? "Pending:Wait" : "Terminating:Wait";
  machine.since = call.now;
}

function hookFor(group: GroupRecord, which: "LAUNCHING" | "TERMINATING") {
  return Object.values(group.hooks).find((hook) => hook.transition === `autoscaling:EC2_INSTANCE_${which}`);
}

export function serve(call: Call, group: GroupRecord, machine: MachineRecord): void {
  machine.state = "InService";
  machine.since = call.now;
  for (const arn of group.targetGroups) addTarget(call, arn, machine.id);
  endActivity(call, machine.activity);
}

/** Whether the load balancer's health checks fail. They count only when the group uses them and the grace period is over. */
function failsChecks(call: Call, group: GroupRecord, machine: MachineRecord): boolean {
  if (!group.healthCheckType.split(",").includes("ELB") || call.now < machine.since + group.grace * 1000) return false;
  return group.targetGroups.some((arn) => targetHealth(call, arn, machine.id) === "unhealthy");
}

/** Whether an instance will not change by itself. An unhealthy one may still become healthy or be replaced. */
export function isSettled(call: Call, group: GroupRecord, machine: MachineRecord): boolean {
  if (machine.leaving === undefined && machine.state === "Standby") return true;
  if (machine.leaving !== undefined || machine.state !== "InService" || !machine.healthy) return false;
  return isFit(call, group, machine) || !group.healthCheckType.split(",").includes("ELB");
}

/** Whether an instance is in service and healthy in all target groups. A group without target groups needs no check. */
export function isFit(call: Call, group: GroupRecord, machine: MachineRecord): boolean {
  if (machine.state !== "InService" || !machine.healthy) return false;
  return group.targetGroups.every((arn) => ["healthy", "unused", undefined].includes(targetHealth(call, arn, machine.id)));
}

function failLaunch(call: Call, group: GroupRecord, machine: MachineRecord): "failed" {
  const reason = instances(call).get(machine.id)?.reason?.message ?? "Client.InternalError: Client error on launch";
  endActivity(
    call,
    machine.activity,
    `Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: ${reason}`,
  );
  delete group.machines[machine.id];
  const failures = (group.retry?.failures ?? 0) + 1;
  group.retry = { failures, at: call.now + Math.min(timing.retry[1], timing.retry[0] * 2 ** (failures - 1)) };
  return "failed";
}

/** Starts to take an instance out. It drains in its target groups first, and a hook may hold it. */
export function takeOut(call: Call, group: GroupRecord, machine: MachineRecord, cause: string): void {
  if (machine.leaving !== undefined) return;
  if (machine.state !== "InService" && machine.state !== "Standby") endActivity(call, machine.activity, cause);
  machine.leaving = beginActivity(call, group, `Terminating EC2 instance: ${machine.id}`, cause);
  machine.state = "Terminating";
  machine.since = call.now;
  for (const arn of group.targetGroups) dropTarget(call, arn, machine.id);
}

function leave(call: Call, group: GroupRecord, machine: MachineRecord, isGone: boolean): void {
  if (isGone) {
    endActivity(call, machine.leaving!);
    delete group.machines[machine.id];
    return;
  }
  if (group.targetGroups.some((arn) => targetHealth(call, arn, machine.id) === "draining")) return;
  const hook = hookFor(group, "TERMINATING");
  if (machine.state === "Terminating" && hook && !group.deleting) return hookOr(call, group, machine, "TERMINATING", () => undefined);
  if (machine.state === "Terminating:Wait" && hook && call.now < machine.since + hook.heartbeat * 1000) return;
  terminateInstance(call, machine.id);
  machine.state = "Terminating:Proceed";
}
