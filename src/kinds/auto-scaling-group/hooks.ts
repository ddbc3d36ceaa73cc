/** Converts lifecycle hooks to Auto Scaling's form and back. */
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { Change } from "../kind.ts";
import type { AutoScalingGroup, LifecycleHook } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");
type Hooks = NonNullable<AutoScalingGroup["lifecycleHooks"]>;

const prefix = "autoscaling:EC2_INSTANCE_";

export async function setHooks(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  request: Hooks,
  change: Change<Hooks | undefined>,
): Promise<void> {
  const { added = [], changed = [], removed = [] } = change.items ?? {};
  for (const { key } of added) await put(key, request[key]!);
  for (const { key, before } of changed) await put(key, { ...(before as LifecycleHook), ...request[key]! });
  for (const { key } of removed)
    await unlessGone(aws.autoscaling(new sdk.DeleteLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName: key })));

  async function put(LifecycleHookName: string, hook: LifecycleHook): Promise<void> {
    await aws.autoscaling(
      new sdk.PutLifecycleHookCommand({
        AutoScalingGroupName,
        LifecycleHookName,
        LifecycleTransition: `${prefix}${hook.transition.toUpperCase()}`,
        HeartbeatTimeout: hook.heartbeat,
        DefaultResult: hook.defaultResult,
        NotificationTargetARN: hook.topic,
        RoleARN: hook.role,
        NotificationMetadata: hook.metadata,
      }),
    );
  }
}

export async function readHooks(aws: Aws, sdk: Sdk, AutoScalingGroupName: string): Promise<Hooks> {
  const { LifecycleHooks = [] } = await aws.autoscaling(new sdk.DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
  return Object.fromEntries(
    LifecycleHooks.map((hook): [string, LifecycleHook] => [
      hook.LifecycleHookName!,
      {
        transition: hook.LifecycleTransition!.slice(prefix.length).toLowerCase() as LifecycleHook["transition"],
        heartbeat: hook.HeartbeatTimeout,
        defaultResult: hook.DefaultResult as LifecycleHook["defaultResult"],
        topic: hook.NotificationTargetARN || undefined,
        role: hook.RoleARN || undefined,
        metadata: hook.NotificationMetadata || undefined,
      },
    ]),
  );
}
