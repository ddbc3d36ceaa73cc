/**
 * Finds policies that keep the same metric at a value. A group may have one for each metric (EC2 Auto Scaling User Guide, "Target tracking
 * scaling policies").
 */
import type { Slot, Subject } from "../kind.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import type { AutoScalingGroup, ScalingPolicy } from "./schema.ts";

/** The metric that a policy tracks, as a text that is the same for the same metric. Undefined where it tracks none. */
export function trackedBy({ targetTracking: one }: ScalingPolicy): string | undefined {
  if (!one) return undefined;
  const { metric, customMetric: own, loadBalancer, targetGroup, metrics } = one;
  if (metrics) return JSON.stringify(Object.entries(metrics).sort());
  if (!own) return JSON.stringify([metric, loadBalancer, targetGroup]);
  return JSON.stringify([own.namespace, own.name, Object.entries(own.dimensions ?? {}).sort(), own.statistic, own.unit]);
}

/**
 * The slots of tracked metrics: one policy of a group holds a metric. A policy without our mark is foreign. Under the same name, the YAML
 * takes it over.
 */
export function trackedSlots({ address, spec, tags }: Subject<Partial<AutoScalingGroup>>): readonly Slot[] {
  const marks = marksIn(Object.fromEntries(Object.entries(tags).flatMap(([key, value]) => (value === null ? [] : [[key, value]]))));
  return Object.entries(spec.scalingPolicies ?? {}).flatMap(([name, policy]) => {
    const value = trackedBy(policy);
    if (value === undefined) return [];
    const isOurs = marks.has(markOf("scalingPolicies", name));
    return {
      space: `tracked metrics of ${address}`,
      value,
      path: `scalingPolicies.${name}`,
      what: `the metric that scalingPolicies.${name} tracks`,
      of: [address],
      likeness: name,
      ...(isOurs ? {} : { foreign: { key: name, what: `the scaling policy "${name}" that somebody else made` } }),
    };
  });
}
