/** Which policies keep the same metric at a value: a group has one for each at most (EC2 Auto Scaling User Guide, "Target tracking scaling policies"). */
import type { ScalingPolicy } from "./schema.ts";

type Policies = Readonly<Record<string, ScalingPolicy>>;

/** What a policy tracks, as text that is the same for the same metric; undefined where it tracks none. */
export function trackedBy({ targetTracking: one }: ScalingPolicy): string | undefined {
  if (!one) return undefined;
  const { metric, customMetric: own, loadBalancer, targetGroup, metrics } = one;
  if (metrics) return JSON.stringify(Object.entries(metrics).sort());
  if (!own) return JSON.stringify([metric, loadBalancer, targetGroup]);
  return JSON.stringify([own.namespace, own.name, Object.entries(own.dimensions ?? {}).sort(), own.statistic, own.unit]);
}

/** Policies in AWS that the YAML does not list and that track what a new one of the YAML is to track. */
export function collisions(resolved: Policies, have: Policies): readonly string[] {
  return Object.entries(resolved).flatMap(([name, policy]) => {
    const metric = name in have ? undefined : trackedBy(policy);
    if (metric === undefined) return [];
    return Object.keys(have)
      .filter((other) => !(other in resolved) && trackedBy(have[other]!) === metric)
      .map(
        (other) =>
          `scalingPolicies.${name} keeps the same metric at a value as "${other}", which AWS has and the YAML does not list: ` +
          `AWS takes one of them. Give the policy the name "${other}", or delete that one`,
      );
  });
}
