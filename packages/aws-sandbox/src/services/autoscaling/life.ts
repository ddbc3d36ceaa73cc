/**
 * The automatic work of a group. While something changes in it, `look` runs every few seconds: it advances instances, replaces unhealthy
 * ones, adjusts the capacity and takes the next step of a refresh. A group at rest costs nothing. Calls that read it notice a lost instance
 * and start the work again.
 */
import type { Call } from "../../model.ts";
import { instances } from "../ec2/state.ts";
import { advance, isSettled, launch, machinesOf, standing, takeOut } from "./machines.ts";
import { stir } from "./motion.ts";
import { activeRefresh, refreshStep } from "./refresh.ts";
import { groups, type GroupRecord, type MachineRecord } from "./state.ts";
import { timing } from "./timing.ts";

function look({ name, arn }: { readonly name: string; readonly arn: string }, call: Call): void {
  const group = groups(call).get(name);
  if (!group || group.arn !== arn) return;
  delete group.lookAt;
  const failed = machinesOf(group).filter((machine) => advance(call, group, machine) === "failed").length;
  const replaced = replaceUnhealthy(call, group);
  const refresh = activeRefresh(group);
  if (refresh) refreshStep(call, group, refresh, failed + replaced);
  else balance(call, group);
  if (isMoving(call, group)) stir(call, group);
}

function isMoving(call: Call, group: GroupRecord): boolean {
  if (activeRefresh(group)) return true;
  const have = standing(group).length;
  const mayChange =
    have < group.desired
      ? !("Launch" in group.suspended)
      : have > group.desired && !("Terminate" in group.suspended) && expendable(group).length > 0;
  return mayChange || machinesOf(group).some((one) => !isSettled(call, group, one));
}

function replaceUnhealthy(call: Call, group: GroupRecord): number {
  if ("HealthCheck" in group.suspended || "ReplaceUnhealthy" in group.suspended || "Terminate" in group.suspended) return 0;
  const sick = standing(group).filter((one) => !one.healthy);
  for (const machine of sick) {
    const isDown = instances(call).get(machine.id)?.state !== "running";
    const why = isDown ? "an EC2 health check indicating it has been terminated or stopped." : "an ELB system health check failure.";
    takeOut(call, group, machine, `an instance was taken out of service in response to ${why}`);
  }
  return sick.length;
}

function balance(call: Call, group: GroupRecord): void {
  const have = standing(group);
  if (have.length < group.desired) grow(call, group, group.desired - have.length);
  else if (have.length > group.desired && !("Terminate" in group.suspended))
    for (const machine of expendable(group).slice(0, have.length - group.desired))
      takeOut(
        call,
        group,
        machine,
        `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${have.length} to ${group.desired}.`,
      );
}

function grow(call: Call, group: GroupRecord, missing: number): void {
  if ("Launch" in group.suspended || (group.retry && call.now < group.retry.at)) return;
  const cause = `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${group.desired - missing} to ${group.desired}.`;
  for (let i = 0; i < missing; i++) if (!launch(call, group, group.source, cause)) return;
}

/**
 * The instances that may be terminated, in the order of termination: from the fullest zone, the oldest first. Protected ones are left out;
 * only a refresh with that preference takes them.
 */
function expendable(group: GroupRecord): MachineRecord[] {
  const free = standing(group).filter((one) => !one.protected);
  const inZone = (zone: string) => free.filter((one) => one.zone === zone).length;
  return free.sort((a, b) => inZone(b.zone) - inZone(a.zone) || a.launchedAt - b.launchedAt);
}

/** Ends the deletion of a group. A deleted group stays visible for a while. */
function gone({ name, arn }: { readonly name: string; readonly arn: string }, call: Call): void {
  const group = groups(call).get(name);
  if (group?.arn !== arn) return;
  for (const machine of machinesOf(group)) advance(call, group, machine);
  if (machinesOf(group).length > 0) call.later(timing.look, "autoscaling:groupGone", { name, arn });
  else groups(call).delete(name);
}

export const lifeTransitions = { groupGone: gone, look };
