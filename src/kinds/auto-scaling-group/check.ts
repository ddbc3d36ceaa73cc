/** What a schema cannot say of a group. */
import type { Address, Problem, Subject, ResourceIndex } from "../kind.ts";
import { checkDimensions } from "../shared/alarm-dimensions.ts";
import { gatewaysOf, refKey, tableFor, vpcOfSubnet } from "../shared/network-index.ts";
import { whyNotType } from "../shared/instance-types.ts";
import { isSameHealthCheck } from "./normal.ts";
import type { AutoScalingGroup, ScalingPolicy } from "./schema.ts";
import { trackedBy } from "./tracking.ts";

type Group = Subject<AutoScalingGroup>;

export function check(self: Group, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkSizes(self),
    ...checkTypes(self),
    ...checkHealth(self),
    ...checkNetwork(self, index),
    ...checkPolicies(self),
    ...checkTimes(self),
    ...checkRest(self),
  ];
}

const problem = (path: string, summary: string, hint?: string): Problem => ({
  code: "auto-scaling-group",
  path,
  summary,
  ...(hint ? { hint } : {}),
});

function checkSizes({ spec: { minSize: min, maxSize: max, desiredCapacity: desired } }: Group): Problem[] {
  if (min > max) return [problem("minSize", `minSize is ${min} and maxSize ${max}`)];
  if (desired !== undefined && (desired < min || desired > max))
    return [problem("desiredCapacity", `${desired} machines are not between ${min} and ${max}`)];
  return [];
}

function checkTypes({ spec: { mixedInstances } }: Group): Problem[] {
  return (mixedInstances?.overrides ?? []).flatMap(({ instanceType }, i): Problem[] => {
    const wrong = instanceType === undefined ? undefined : whyNotType(instanceType);
    const path = `mixedInstances.overrides[${i}].instanceType`;
    return wrong
      ? [{ code: "bad-instance-type", path, summary: `EC2 has no type "${instanceType}": ${wrong.why}.`, hint: wrong.hint }]
      : [];
  });
}

function checkHealth({ spec }: Group): Problem[] {
  if (spec.healthCheckGracePeriod !== 0 || isSameHealthCheck("EC2", spec.healthCheckType)) return [];
  return [
    {
      code: "health-grace",
      severity: "warning",
      path: "healthCheckGracePeriod",
      summary: "a machine that the balancer does not find healthy at once is terminated, and so is the next, for ever",
      hint: "give machines the time that they need to come up, or leave it out: it is 300 then",
    },
  ];
}

function checkNetwork({ spec }: Group, index: ResourceIndex): Problem[] {
  const vpcs = new Set(spec.subnets.flatMap((subnet) => vpcOfSubnet(index, subnet) ?? []));
  if (vpcs.size > 1) return [{ code: "other-vpc", path: "subnets", summary: "the subnets are of different VPCs" }];
  const [vpc] = vpcs;
  return (spec.targetGroups ?? []).flatMap((group, i) => {
    const other = index.get(group)?.spec.vpc;
    if (vpc === undefined || other === undefined || refKey(other) === vpc) return [];
    return [{ code: "other-vpc", path: `targetGroups[${i}]`, summary: `${group} is of another VPC than the subnets` }];
  });
}

function checkPolicies({ spec }: Group): Problem[] {
  const tracked = new Map<string, string>();
  return Object.entries(spec.scalingPolicies ?? {}).flatMap(([name, policy]) => {
    const path = `scalingPolicies.${name}`;
    const found = [...checkKind(policy, path), ...checkTracking(policy, path), ...checkSteps(policy, path)];
    const metric = trackedBy(policy);
    if (metric !== undefined && tracked.has(metric))
      found.push(problem(path, `"${tracked.get(metric)}" keeps the same metric at a value; two would work against each other`));
    if (metric !== undefined) tracked.set(metric, name);
    return found;
  });
}

function checkKind({ targetTracking, step, simple }: ScalingPolicy, path: string): Problem[] {
  const kinds = [targetTracking, step, simple].filter((one) => one !== undefined).length;
  return kinds === 1 ? [] : [problem(path, "a policy is exactly one of targetTracking, step and simple")];
}

function checkTracking({ targetTracking: one }: ScalingPolicy, path: string): Problem[] {
  if (!one) return [];
  if ((one.metric === undefined) === (one.customMetric === undefined))
    return [problem(`${path}.targetTracking`, "exactly one of metric and customMetric is kept at a value")];
  if (one.customMetric)
    return checkDimensions(one.customMetric.namespace, one.customMetric.dimensions ?? {}).map((found) =>
      problem(`${path}.targetTracking.customMetric.${found.path}`, found.summary, found.hint),
    );
  const isLabelled = one.loadBalancer !== undefined && one.targetGroup !== undefined;
  const needsLabel = one.metric === "ALBRequestCountPerTarget";
  if (needsLabel && !isLabelled)
    return [
      problem(
        `${path}.targetTracking`,
        "ALBRequestCountPerTarget needs loadBalancer and targetGroup: whose requests, and to which machines",
      ),
    ];
  if (!needsLabel && (one.loadBalancer !== undefined || one.targetGroup !== undefined))
    return [problem(`${path}.targetTracking`, "loadBalancer and targetGroup are for ALBRequestCountPerTarget")];
  return [];
}

/** Each step begins where another ends, and one at most is open on either side. */
function checkSteps({ step }: ScalingPolicy, path: string): Problem[] {
  const sorted = [...(step?.steps ?? [])].sort((a, b) => (a.lower ?? -Infinity) - (b.lower ?? -Infinity));
  const gap = sorted.findIndex((one, i) => i > 0 && (one.lower === undefined || one.lower !== sorted[i - 1]!.upper));
  return gap < 0 ? [] : [problem(`${path}.step`, `the steps leave a gap or overlap at ${sorted[gap]!.lower ?? "the open end"}`)];
}

function checkTimes({ spec }: Group): Problem[] {
  return Object.entries(spec.scheduledActions ?? {}).flatMap(([name, one]) => {
    const path = `scheduledActions.${name}`;
    const found: Problem[] = [];
    if (one.minSize === undefined && one.maxSize === undefined && one.desiredCapacity === undefined)
      found.push(problem(path, "it changes nothing: write minSize, maxSize or desiredCapacity"));
    if (one.recurrence === undefined && one.startTime === undefined)
      found.push(problem(path, "it never happens: write recurrence or startTime"));
    if (one.recurrence !== undefined && one.recurrence.trim().split(/\s+/).length !== 5)
      found.push(problem(`${path}.recurrence`, `"${one.recurrence}" is not five cron fields`));
    return found;
  });
}

function checkRest(self: Group): Problem[] {
  const { spec, tags } = self;
  const found: Problem[] = [];
  const isOn = (one: { readonly enabled?: boolean | undefined } | undefined) => one !== undefined && one.enabled !== false;
  for (const [i, key] of (spec.propagateTags ?? []).entries())
    if (typeof tags[key] !== "string")
      found.push(problem(`propagateTags[${i}]`, `the group has no tag "${key}" to hand on`, "declare it under `tags:`"));
  for (const [name, hook] of Object.entries(spec.lifecycleHooks ?? {}))
    if ((hook.topic === undefined) !== (hook.role === undefined))
      found.push(problem(`lifecycleHooks.${name}`, "a topic is told with a role: write both or neither"));
  if (isOn(spec.warmPool) && isOn(spec.mixedInstances)) found.push(problem("warmPool", "AWS gives groups of mixed instances no warm pool"));
  const lifetime = spec.maxInstanceLifetime ?? 0;
  if (lifetime !== 0 && lifetime < 86_400) found.push(problem("maxInstanceLifetime", "machines live a day, 86400 seconds, at least"));
  if (spec.rollback && spec.refresh === "none") found.push(problem("rollback", "there is nothing to go back from without a refresh"));
  return found;
}

/**
 * Machines come after the ways to the outside, which their user data needs at the first boot, and after the balancers
 * that forward to them: what no listener forwards to is never healthy.
 */
export function after({ spec }: Group, index: ResourceIndex): readonly Address[] {
  const ways = spec.subnets.flatMap((subnet) => {
    const vpc = vpcOfSubnet(index, subnet);
    return [tableFor(index, subnet), ...(vpc === undefined ? [] : gatewaysOf(index, vpc))].flatMap((one) => one?.address ?? []);
  });
  const targets = new Set<unknown>(spec.targetGroups ?? []);
  const balancers = index.of("loadBalancer").filter((one) => targetsOf(one.spec).some((target) => targets.has(target)));
  return [...new Set([...ways, ...balancers.map((one) => one.address)])];
}

/** Every text in a spec that could be a target group's address: listeners and rules nest them at several depths. */
function targetsOf(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("targetGroup/") ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(targetsOf) : [];
}
