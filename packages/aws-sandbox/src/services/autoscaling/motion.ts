/** Starts the work of a group. */
import type { Call } from "../../model.ts";
import { instances } from "../ec2/state.ts";
import { standing } from "./machines.ts";
import type { GroupRecord, MachineRecord } from "./state.ts";
import { timing } from "./timing.ts";

/** Schedules `look` for the group, unless it is already scheduled. */
export function stir(call: Call, group: GroupRecord): void {
  if (group.lookAt !== undefined) return;
  group.lookAt = call.now + timing.look;
  call.later(timing.look, "autoscaling:look", { name: group.name, arn: group.arn });
}

/** Starts the work of a group if a reading call notices an instance that a user or AWS has stopped or terminated. */
export function notice(call: Call, group: GroupRecord): void {
  const isDown = ({ id }: MachineRecord) => instances(call).get(id)?.state !== "running";
  if (standing(group).some((one) => one.state === "InService" && isDown(one))) stir(call, group);
}
