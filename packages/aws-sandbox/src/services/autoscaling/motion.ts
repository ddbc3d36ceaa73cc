/** What sets a group in motion. */
import type { Call } from "../../model.ts";
import { instances } from "../ec2/state.ts";
import { standing } from "./machines.ts";
import type { GroupRecord, MachineRecord } from "./state.ts";
import { timing } from "./timing.ts";

/** Sees to it that the group is looked at soon. */
export function stir(call: Call, group: GroupRecord): void {
  if (group.lookAt !== undefined) return;
  group.lookAt = call.now + timing.look;
  call.later(timing.look, "autoscaling:look", { name: group.name, arn: group.arn });
}

/** What a call that reads finds out in passing: a machine that somebody else ended. */
export function notice(call: Call, group: GroupRecord): void {
  const isDown = ({ id }: MachineRecord) => instances(call).get(id)?.state !== "running";
  if (standing(group).some((one) => one.state === "InService" && isDown(one))) stir(call, group);
}
