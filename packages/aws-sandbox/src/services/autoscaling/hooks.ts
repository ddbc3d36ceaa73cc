/** Lifecycle hooks. A hook holds an instance at its launch or termination until a call completes it or its time is over. */
import type {
  CompleteLifecycleActionType,
  DeleteLifecycleHookType,
  DescribeLifecycleHooksType,
  LifecycleHookSpecification,
  PutLifecycleHookType,
  RecordLifecycleActionHeartbeatType,
} from "@aws-sdk/client-auto-scaling";
import type { Call, Handler } from "../../model.ts";
import { topics } from "../sns/state.ts";
import { between, invalid, needGroup, needLiving, required } from "./faults.ts";
import { stir } from "./motion.ts";
import { serve, takeOut } from "./machines.ts";
import type { GroupRecord } from "./state.ts";

const transitions = ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"];

/** Puts a hook. It replaces the whole hook; values that the call does not give get the API's defaults. */
export function putHook(call: Call, group: GroupRecord, given: LifecycleHookSpecification | PutLifecycleHookType): void {
  checkTarget(call, given);
  const name = required(given.LifecycleHookName, "lifecycleHookName");
  if (!/^[A-Za-z0-9\-_/]{1,255}$/.test(name)) throw invalid(`The lifecycle hook name '${name}' is not valid`);
  const had = group.hooks[name];
  const transition = given.LifecycleTransition ?? had?.transition;
  if (!transition || !transitions.includes(transition))
    throw invalid("Lifecycle Transition is required when you create a new lifecycle hook.");
  if (given.DefaultResult && !["ABANDON", "CONTINUE"].includes(given.DefaultResult))
    throw invalid("DefaultResult must be CONTINUE or ABANDON");
  if (!had && Object.keys(group.hooks).length >= 50) throw invalid("A group can have 50 lifecycle hooks at most");
  group.hooks[name] = {
    transition,
    heartbeat: between(given.HeartbeatTimeout, 30, 7200, "heartbeatTimeout") ?? had?.heartbeat ?? 3600,
    result: given.DefaultResult ?? had?.result ?? "ABANDON",
    ...(given.NotificationTargetARN ? { target: given.NotificationTargetARN } : {}),
    ...(given.RoleARN ? { role: given.RoleARN } : {}),
    ...(given.NotificationMetadata ? { metadata: given.NotificationMetadata } : {}),
  };
}

/** Checks the target, to which AWS sends a test message with the role. The sandbox does not model queues: every queue exists. */
function checkTarget(
  call: Call,
  { NotificationTargetARN: target, RoleARN: role }: LifecycleHookSpecification | PutLifecycleHookType,
): void {
  if (!target) return;
  if (!/^arn:[^:]+:(sns|sqs):/.test(target)) throw invalid(`Notification target ${target} is neither a topic nor a queue.`);
  if (!role) throw invalid("A role is required with a notification target.");
  if (!call.exists("role", role) || (target.includes(":sns:") && !topics(call).has(target)))
    throw invalid(
      `Unable to publish test message to notification target ${target} using IAM role ${role}. Please check your target and role configuration and try to put lifecycle hook again.`,
    );
}

export const hookOperations: Record<string, Handler> = {
  PutLifecycleHook(input: PutLifecycleHookType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    putHook(call, group, input);
    return {};
  },

  DeleteLifecycleHook(input: DeleteLifecycleHookType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    if (!group.hooks[input.LifecycleHookName!]) throw invalid(`No Lifecycle Hook found with name: ${input.LifecycleHookName}`);
    delete group.hooks[input.LifecycleHookName!];
    return {};
  },

  DescribeLifecycleHooks(input: DescribeLifecycleHooksType, call) {
    const group = needGroup(call, input.AutoScalingGroupName);
    const names = input.LifecycleHookNames ?? [];
    return {
      LifecycleHooks: Object.entries(group.hooks)
        .filter(([name]) => names.length === 0 || names.includes(name))
        .map(([LifecycleHookName, hook]) => ({
          LifecycleHookName,
          AutoScalingGroupName: group.name,
          LifecycleTransition: hook.transition,
          HeartbeatTimeout: hook.heartbeat,
          GlobalTimeout: Math.min(172_800, hook.heartbeat * 100),
          DefaultResult: hook.result,
          ...(hook.target ? { NotificationTargetARN: hook.target } : {}),
          ...(hook.role ? { RoleARN: hook.role } : {}),
          ...(hook.metadata ? { NotificationMetadata: hook.metadata } : {}),
        })),
    };
  },

  CompleteLifecycleAction(input: CompleteLifecycleActionType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const machine = group.machines[input.InstanceId ?? ""];
    if (!machine?.state.endsWith(":Wait")) throw invalid(`No active Lifecycle Action found with instance ID ${input.InstanceId}`);
    if (machine.state === "Terminating:Wait") machine.since = 0;
    else if (input.LifecycleActionResult === "CONTINUE") serve(call, group, machine);
    else takeOut(call, group, machine, "a lifecycle action was abandoned.");
    stir(call, group);
    return {};
  },

  RecordLifecycleActionHeartbeat(input: RecordLifecycleActionHeartbeatType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const machine = group.machines[input.InstanceId ?? ""];
    if (!machine?.state.endsWith(":Wait")) throw invalid(`No active Lifecycle Action found with instance ID ${input.InstanceId}`);
    machine.since = call.now;
    return {};
  },
};
