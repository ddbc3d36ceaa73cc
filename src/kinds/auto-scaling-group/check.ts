/** Checks of an Auto Scaling group that a schema cannot express. */
import type { Address, Problem, Subject, ResourceIndex } from "../kind.ts";
import { checkDimensions } from "../shared/alarm-dimensions.ts";
import { gatewaysOf, refKey, tableFor, vpcOfSubnet } from "../shared/network/network-index.ts";
import { checkRequirements } from "../shared/instances/requirements.ts";
import { groupsOfTemplate } from "../shared/network/subnet-checks.ts";
import { whyNotType } from "../shared/instances/types.ts";
import { isSameHealthCheck } from "./normal.ts";
import type { AutoScalingGroup, ScalingPolicy } from "./schema.ts";
import { trackedBy } from "./tracking.ts";

type Group = Subject<AutoScalingGroup>;

export function check(self: Group, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkSizes(self),
    ...checkReplacing(self),
    ...checkTypes(self),
    ...checkHealth(self),
    ...checkNetwork(self, index),
    ...checkPolicies(self),
    ...checkTimes(self),
    ...checkTemplates(self, index),
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
  if (min > max) return [problem("minSize", `minSize is ${min}, which is more than maxSize, ${max}`)];
  if (desired !== undefined && (desired < min || desired > max))
    return [problem("desiredCapacity", `desiredCapacity is ${desired}, which is not between minSize, ${min}, and maxSize, ${max}`)];
  return [];
}

/** Checks instance replacement (Auto Scaling API, InstanceMaintenancePolicy and RefreshPreferences). */
function checkReplacing({ spec }: Group): Problem[] {
  const { maintenancePolicy: policy, refreshCheckpoints: checkpoints, capacityReservations: capacity } = spec;
  const found: Problem[] = [];
  if (policy) {
    const { minHealthyPercentage: min, maxHealthyPercentage: max } = policy;
    const isOff = min === -1 && max === -1;
    if (!isOff && (min < 0 || max < 100))
      found.push(
        problem(
          "maintenancePolicy",
          "minHealthyPercentage must be 0 to 100 and maxHealthyPercentage 100 to 200; write -1 for both to remove the policy",
        ),
      );
    else if (!isOff && max - min > 100)
      found.push(
        problem(
          "maintenancePolicy",
          `minHealthyPercentage is ${min} and maxHealthyPercentage ${max}, but the difference may be 100 at most`,
        ),
      );
  }
  const steps = checkpoints?.percentages ?? [];
  if (steps.some((one, i) => i > 0 && one <= steps[i - 1]!))
    found.push(problem("refreshCheckpoints.percentages", `the percentages ${steps.join(", ")} must ascend`));
  if (steps.length > 0 && steps.at(-1) !== 100)
    found.push({
      ...problem(
        "refreshCheckpoints.percentages",
        `the refresh ends at ${steps.at(-1)} %, so the other instances keep the old version`,
        "add 100",
      ),
      severity: "warning",
    });
  if (
    capacity?.reservations?.length &&
    capacity.preference !== "capacity-reservations-first" &&
    capacity.preference !== "capacity-reservations-only"
  )
    found.push(problem("capacityReservations.reservations", `the preference ${capacity.preference} does not allow \`reservations\``));
  return found;
}

function checkTypes({ spec: { mixedInstances } }: Group): Problem[] {
  return (mixedInstances?.overrides ?? []).flatMap(({ instanceType, instanceRequirements: needs }, i): Problem[] => {
    if (needs) {
      const at = `mixedInstances.overrides[${i}].instanceRequirements`;
      const both = instanceType === undefined ? [] : [problem(at, "an override has `instanceType` or `instanceRequirements`, not both")];
      return [...both, ...checkRequirements(needs, at)];
    }
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
      summary: "an instance that is not healthy at once is terminated, and so is each instance that replaces it",
      hint: "write the number of seconds that instances need to start, or remove the field: the default is 300",
    },
  ];
}

function checkNetwork({ spec }: Group, index: ResourceIndex): Problem[] {
  const vpcs = new Set(spec.subnets.flatMap((subnet) => vpcOfSubnet(index, subnet) ?? []));
  if (vpcs.size > 1) return [{ code: "other-vpc", path: "subnets", summary: "the subnets are in different VPCs" }];
  const [vpc] = vpcs;
  return (spec.targetGroups ?? []).flatMap((group, i) => {
    const other = index.get(group)?.spec.vpc;
    if (vpc === undefined || other === undefined || refKey(other) === vpc) return [];
    return [{ code: "other-vpc", path: `targetGroups[${i}]`, summary: `${group} is in another VPC than the subnets` }];
  });
}

/**
 * A group puts all interfaces of an instance into the one subnet that it picks (EC2 Auto Scaling User Guide, "Create a launch template").
 */
function checkTemplates({ spec }: Group, index: ResourceIndex): Problem[] {
  const paths = new Map<string, string>();
  const overrides = (spec.mixedInstances?.overrides ?? []).map(
    ({ launchTemplate }, i) => [launchTemplate, `mixedInstances.overrides[${i}].launchTemplate`] as const,
  );
  for (const [template, path] of [[spec.launchTemplate, "launchTemplate"] as const, ...overrides])
    if (template !== undefined && !paths.has(template)) paths.set(template, path);
  const isFixed = (template: string) =>
    ((index.get(template)?.spec.networkInterfaces as readonly { readonly subnet?: unknown }[] | undefined) ?? []).some(
      ({ subnet }) => subnet !== undefined,
    );
  return [...paths].flatMap(([template, path]) => [
    ...(isFixed(template)
      ? [
          problem(
            path,
            `a network interface of ${template} has a subnet, but an Auto Scaling group chooses the subnets of its instances`,
            `remove \`subnet\` from the \`networkInterfaces\` of ${template}`,
          ),
        ]
      : []),
    ...groupsOfTemplate(index, template, path, spec.subnets),
  ]);
}

function checkPolicies({ spec }: Group): Problem[] {
  const tracked = new Map<string, string>();
  return Object.entries(spec.scalingPolicies ?? {}).flatMap(([name, policy]) => {
    const path = `scalingPolicies.${name}`;
    const found = [
      ...checkKind(policy, path),
      ...checkTracking(policy, path),
      ...checkPredictive(policy, path),
      ...checkSteps(policy, path),
    ];
    const metric = trackedBy(policy);
    if (metric !== undefined && tracked.has(metric))
      found.push(
        problem(path, `"${tracked.get(metric)}" already tracks this metric; two policies for one metric would work against each other`),
      );
    if (metric !== undefined) tracked.set(metric, name);
    return found;
  });
}

function checkKind({ targetTracking, step, simple, predictive }: ScalingPolicy, path: string): Problem[] {
  const kinds = [targetTracking, step, simple, predictive].filter((one) => one !== undefined).length;
  return kinds === 1 ? [] : [problem(path, "a scaling policy needs exactly one of targetTracking, step, simple and predictive")];
}

function checkTracking({ targetTracking: one }: ScalingPolicy, path: string): Problem[] {
  if (!one) return [];
  if ([one.metric, one.customMetric, one.metrics].filter((way) => way !== undefined).length !== 1)
    return [problem(`${path}.targetTracking`, "a target tracking policy needs exactly one of metric, customMetric and metrics")];
  if (one.metrics) return checkMath(one.metrics, `${path}.targetTracking.metrics`);
  if (one.customMetric)
    return checkDimensions(one.customMetric.namespace, one.customMetric.dimensions ?? {}).map((found) =>
      problem(`${path}.targetTracking.customMetric.${found.path}`, found.summary, found.hint),
    );
  const isLabelled = one.loadBalancer !== undefined && one.targetGroup !== undefined;
  const needsLabel = one.metric === "ALBRequestCountPerTarget";
  if (needsLabel && !isLabelled) return [problem(`${path}.targetTracking`, "ALBRequestCountPerTarget needs loadBalancer and targetGroup")];
  if (!needsLabel && (one.loadBalancer !== undefined || one.targetGroup !== undefined))
    return [problem(`${path}.targetTracking`, "loadBalancer and targetGroup are allowed only with `metric: ALBRequestCountPerTarget`")];
  return [];
}

function checkMath(metrics: NonNullable<NonNullable<ScalingPolicy["targetTracking"]>["metrics"]>, path: string): Problem[] {
  const found: Problem[] = [];
  for (const [id, one] of Object.entries(metrics)) {
    const isWhole = one.namespace !== undefined && one.name !== undefined && one.statistic !== undefined;
    if ((one.expression === undefined) !== isWhole)
      found.push(problem(`${path}.${id}`, `${id} needs either an expression, or namespace, name and statistic of a metric`));
    if (one.period !== undefined && ![10, 30, 60].includes(one.period))
      found.push(problem(`${path}.${id}.period`, `the period must be 10, 30 or 60 seconds, not ${one.period}`));
    for (const wrong of checkDimensions(one.namespace ?? "", one.dimensions ?? {}))
      found.push(problem(`${path}.${id}.${wrong.path}`, wrong.summary, wrong.hint));
  }
  const watched = Object.values(metrics).filter(({ returnData }) => returnData ?? true).length;
  if (watched !== 1)
    found.push(
      problem(path, `exactly one of the metrics must return data, and here ${watched} do`, "write `returnData: false` on all others"),
    );
  return found;
}

function checkPredictive({ predictive: one }: ScalingPolicy, path: string): Problem[] {
  if (!one) return [];
  const at = `${path}.predictive`;
  const found: Problem[] = [];
  const isLabelled = one.loadBalancer !== undefined && one.targetGroup !== undefined;
  const isAny = one.loadBalancer !== undefined || one.targetGroup !== undefined;
  if (one.metric === "ALBRequestCount" ? !isLabelled : isAny)
    found.push(problem(at, "`metric: ALBRequestCount` needs both loadBalancer and targetGroup, and other metrics have neither"));
  if ((one.maxCapacityBuffer !== undefined) !== (one.maxCapacityBreachBehavior === "IncreaseMaxCapacity"))
    found.push(problem(at, "maxCapacityBuffer and `maxCapacityBreachBehavior: IncreaseMaxCapacity` must be written together"));
  return found;
}

/** Each step must begin where another ends. At most one step is open on either side. */
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
      found.push(problem(path, "the scheduled action changes nothing: write minSize, maxSize or desiredCapacity"));
    if (one.recurrence === undefined && one.startTime === undefined)
      found.push(problem(path, "the scheduled action never runs: write recurrence or startTime"));
    if (one.recurrence !== undefined && one.recurrence.trim().split(/\s+/).length !== 5)
      found.push(problem(`${path}.recurrence`, `"${one.recurrence}" must have five cron fields`));
    return found;
  });
}

function checkRest(self: Group): Problem[] {
  const { spec, tags } = self;
  const found: Problem[] = [];
  const isOn = (one: { readonly enabled?: boolean | undefined } | undefined) => one !== undefined && one.enabled !== false;
  for (const [i, key] of (spec.propagateTags ?? []).entries())
    if (typeof tags[key] !== "string")
      found.push(problem(`propagateTags[${i}]`, `the group has no tag "${key}" to propagate`, "declare it under `tags:`"));
  for (const [name, hook] of Object.entries(spec.lifecycleHooks ?? {}))
    if ((hook.topic === undefined) !== (hook.role === undefined))
      found.push(problem(`lifecycleHooks.${name}`, "a lifecycle hook needs a role to publish to its topic: write both or neither"));
  if (isOn(spec.warmPool) && isOn(spec.mixedInstances))
    found.push(problem("warmPool", "AWS does not allow a warm pool in a group with mixed instances"));
  const lifetime = spec.maxInstanceLifetime ?? 0;
  if (lifetime !== 0 && lifetime < 86_400)
    found.push(problem("maxInstanceLifetime", "maxInstanceLifetime must be 86400 seconds (a day) or more, or 0 for no limit"));
  if (spec.rollback && spec.refresh === "none") found.push(problem("rollback", "`rollback` has no effect with `refresh: none`"));
  return found;
}

/** The group comes after the routes and gateways to the outside, because the user data of its instances needs them at the first boot. */
export function after({ spec }: Group, index: ResourceIndex): readonly Address[] {
  const ways = spec.subnets.flatMap((subnet) => {
    const vpc = vpcOfSubnet(index, subnet);
    return [tableFor(index, subnet), ...(vpc === undefined ? [] : gatewaysOf(index, vpc))].flatMap((one) => one?.address ?? []);
  });
  return [...new Set(ways)];
}

/**
 * The group is created after its load balancers, because a target is healthy only when a listener forwards to its target group. The load
 * balancers are deleted while the instances drain: AWS deletes a load balancer whatever its target groups hold (ELBv2 API,
 * DeleteLoadBalancer), and to wait for both in turn would take twice as long.
 */
export function createdAfter({ spec }: Group, index: ResourceIndex): readonly Address[] {
  const targets = new Set<unknown>(spec.targetGroups ?? []);
  const balancers = index.of("loadBalancer").filter((one) => targetsOf(one.spec).some((target) => targets.has(target)));
  return balancers.map((one) => one.address);
}

/** All texts in a spec that may be the address of a target group. Listeners and rules nest them at several depths. */
function targetsOf(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("targetGroup/") ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(targetsOf) : [];
}
