/** Scaling policies. A put replaces the whole policy. Target tracking creates and keeps its own alarms. */
import type {
  DeletePolicyType,
  DescribePoliciesType,
  PredictiveScalingConfiguration,
  PutScalingPolicyType,
  TargetTrackingConfiguration,
} from "@aws-sdk/client-auto-scaling";
import type { Call, Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { dropAction, dropAlarm, putTrackingAlarm } from "../cloudwatch/alarms.ts";
import { loadBalancers, targetGroups } from "../elbv2/state.ts";
import { invalid, needGroup, needLiving, required } from "./faults.ts";
import { uuid } from "./ids.ts";
import { policies, type GroupRecord, type PolicyRecord } from "./state.ts";

const types = ["SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling"];
/** The policy types that each parameter belongs to. Other combinations are refused. */
const belongs: Readonly<Record<string, readonly string[]>> = {
  AdjustmentType: ["SimpleScaling", "StepScaling"],
  MinAdjustmentMagnitude: ["SimpleScaling", "StepScaling"],
  Cooldown: ["SimpleScaling"],
  ScalingAdjustment: ["SimpleScaling"],
  StepAdjustments: ["StepScaling"],
  MetricAggregationType: ["StepScaling"],
  EstimatedInstanceWarmup: ["StepScaling", "TargetTrackingScaling"],
  TargetTrackingConfiguration: ["TargetTrackingScaling"],
  PredictiveScalingConfiguration: ["PredictiveScaling"],
};

export const policyOperations: Record<string, Handler> = {
  PutScalingPolicy(input: PutScalingPolicyType, call) {
    refuseUnknown(call, input, ["AutoScalingGroupName", "Enabled", "PolicyName", "PolicyType", ...Object.keys(belongs)]);
    const group = needLiving(call, input.AutoScalingGroupName);
    const name = required(input.PolicyName, "policyName");
    checkPolicy(call, group, input);
    const had = find(call, group, name);
    const arn =
      had?.PolicyARN ??
      `arn:${call.partition}:autoscaling:${call.region}:${call.account}:scalingPolicy:${uuid(call)}:autoScalingGroupName/${group.name}:policyName/${name}`;
    if (!had && of(call, group).length >= 50) throw invalid("A group can have 50 scaling policies at most");
    for (const alarm of had?.PolicyType === "TargetTrackingScaling" ? (had.Alarms ?? []) : []) dropAlarm(call, alarm.AlarmName!);
    const type = input.PolicyType ?? "SimpleScaling";
    const Alarms =
      type === "TargetTrackingScaling"
        ? trackingAlarms(call, group, arn, input.TargetTrackingConfiguration!)
        : had?.PolicyType === type
          ? (had.Alarms ?? [])
          : [];
    const { AutoScalingGroupName: _, ...given } = input;
    const foreseen = given.PredictiveScalingConfiguration
      ? {
          PredictiveScalingConfiguration: {
            Mode: "ForecastOnly" as const,
            SchedulingBufferTime: 300,
            MaxCapacityBreachBehavior: "HonorMaxCapacity" as const,
            ...given.PredictiveScalingConfiguration,
          },
        }
      : {};
    const tracking = given.TargetTrackingConfiguration
      ? { TargetTrackingConfiguration: { DisableScaleIn: false, ...given.TargetTrackingConfiguration } }
      : {};
    policies(call).set(arn, {
      Enabled: true,
      ...given,
      ...tracking,
      ...foreseen,
      ...(type === "StepScaling" ? { MetricAggregationType: input.MetricAggregationType ?? "Average" } : {}),
      PolicyType: type,
      StepAdjustments: input.StepAdjustments ?? [],
      PolicyARN: arn,
      AutoScalingGroupName: group.name,
      PolicyName: name,
      Alarms,
    });
    return { PolicyARN: arn, Alarms };
  },

  DescribePolicies(input: DescribePoliciesType, call) {
    const group = input.AutoScalingGroupName ? needGroup(call, input.AutoScalingGroupName) : undefined;
    const names = input.PolicyNames ?? [];
    const all = [...policies(call).values()]
      .filter((one) => !group || one.AutoScalingGroupName === group.name)
      .filter((one) => names.length === 0 || names.includes(one.PolicyName) || names.includes(one.PolicyARN))
      .filter((one) => !input.PolicyTypes?.length || input.PolicyTypes.includes(one.PolicyType!))
      .sort((a, b) => (a.PolicyARN < b.PolicyARN ? -1 : 1));
    const { items, next } = page(call, all, input, { key: (one) => one.PolicyARN, max: 100, size: 50, names: "autoscaling" });
    return { ScalingPolicies: items, ...next };
  },

  DeletePolicy(input: DeletePolicyType, call) {
    const wanted = required(input.PolicyName, "policyName");
    const found = [...policies(call).values()].find(
      (one) => one.PolicyARN === wanted || (one.PolicyName === wanted && one.AutoScalingGroupName === input.AutoScalingGroupName),
    );
    if (!found) throw invalid(`PolicyName not found - Policy '${wanted}' not found`);
    drop(call, found, "alarms stay");
    return {};
  },
};

/** Deletes the policies of a group, and alarms that have no other action. */
export function dropPolicies(call: Call, group: GroupRecord): void {
  for (const policy of of(call, group)) drop(call, policy, "idle alarms go");
}

function drop(call: Call, policy: PolicyRecord, what: "alarms stay" | "idle alarms go"): void {
  if (policy.PolicyType === "TargetTrackingScaling") for (const alarm of policy.Alarms ?? []) dropAlarm(call, alarm.AlarmName!);
  else dropAction(call, policy.PolicyARN, what === "idle alarms go");
  policies(call).delete(policy.PolicyARN);
}

function of(call: Call, group: GroupRecord): PolicyRecord[] {
  return [...policies(call).values()].filter((one) => one.AutoScalingGroupName === group.name);
}

function find(call: Call, group: GroupRecord, name: string): PolicyRecord | undefined {
  return of(call, group).find((one) => one.PolicyName === name);
}

function checkPolicy(call: Call, group: GroupRecord, input: PutScalingPolicyType): void {
  const type = input.PolicyType ?? "SimpleScaling";
  if (!types.includes(type)) throw invalid(`The sandbox does not model policies of type ${type}`);
  for (const [parameter, ok] of Object.entries(belongs)) {
    const value = (input as unknown as Record<string, unknown>)[parameter];
    const isGiven = value !== undefined && value !== 0 && !(Array.isArray(value) && value.length === 0); // clients send zeros for absent values
    if (isGiven && !ok.includes(type)) throw invalid(`${parameter} is not a valid parameter for policies of type ${type}.`);
  }
  if (type === "SimpleScaling" && input.ScalingAdjustment === undefined)
    throw invalid("ScalingAdjustment is required for simple scaling policies.");
  if (
    type !== "TargetTrackingScaling" &&
    type !== "PredictiveScaling" &&
    !["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"].includes(input.AdjustmentType ?? "")
  )
    throw invalid("Adjustment type must be ChangeInCapacity, ExactCapacity or PercentChangeInCapacity");
  if (input.MetricAggregationType && !["Minimum", "Maximum", "Average"].includes(input.MetricAggregationType))
    throw invalid("MetricAggregationType must be Minimum, Maximum or Average");
  if (type === "StepScaling") checkSteps(input);
  if (type === "PredictiveScaling") checkForecast(required(input.PredictiveScalingConfiguration, "predictiveScalingConfiguration"));
  if (type === "TargetTrackingScaling")
    checkTracking(call, group, input.PolicyName!, required(input.TargetTrackingConfiguration, "targetTrackingConfiguration"));
}

/** Checks step adjustments: contiguous, and open at most at one end on each side. */
function checkSteps({ StepAdjustments: steps = [] }: PutScalingPolicyType): void {
  if (steps.length === 0 || steps.length > 20)
    throw invalid("At least one and at most 20 StepAdjustments must be specified for step policy");
  const sorted = [...steps].sort((a, b) => (a.MetricIntervalLowerBound ?? -Infinity) - (b.MetricIntervalLowerBound ?? -Infinity));
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i - 1]!.MetricIntervalUpperBound !== sorted[i]!.MetricIntervalLowerBound)
      throw invalid("StepAdjustments interval gaps or overlaps are not allowed.");
}

/** Checks a predictive policy: one metric, with a pair that AWS predefines (Auto Scaling API, PredictiveScalingConfiguration). */
function checkForecast(given: PredictiveScalingConfiguration): void {
  const [one, more] = given.MetricSpecifications ?? [];
  if (!one || more) throw invalid("Exactly one metric specification must be given.");
  required(one.TargetValue, "metricSpecifications.1.targetValue");
  const pair = one.PredefinedMetricPairSpecification;
  if (!pair) throw invalid("The sandbox does not model predictive policies without a predefined pair of metrics");
  if (!["ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount"].includes(pair.PredefinedMetricType ?? ""))
    throw invalid(`Predefined metric pair type ${pair.PredefinedMetricType} is not valid.`);
  if ((pair.PredefinedMetricType === "ALBRequestCount") !== (pair.ResourceLabel !== undefined))
    throw invalid("A resource label goes with ALBRequestCount, and only with it.");
  if (given.Mode && !["ForecastOnly", "ForecastAndScale"].includes(given.Mode)) throw invalid(`Mode ${given.Mode} is not valid.`);
  if ((given.MaxCapacityBuffer !== undefined) !== (given.MaxCapacityBreachBehavior === "IncreaseMaxCapacity"))
    throw invalid("MaxCapacityBuffer is required with IncreaseMaxCapacity, and only with it.");
}

const predefined = ["ALBRequestCountPerTarget", "ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"];

function checkTracking(call: Call, group: GroupRecord, name: string, tracking: TargetTrackingConfiguration): void {
  const metric = tracking.PredefinedMetricSpecification;
  checkMath(tracking.CustomizedMetricSpecification);
  if ((metric === undefined) === (tracking.CustomizedMetricSpecification === undefined))
    throw invalid("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is required.");
  required(tracking.TargetValue, "targetTrackingConfiguration.targetValue");
  if (metric && !predefined.includes(metric.PredefinedMetricType ?? ""))
    throw invalid(`Predefined metric type ${metric.PredefinedMetricType} is not one of ${predefined.join(", ")}.`);
  const others = of(call, group).filter((one) => one.PolicyName !== name && one.TargetTrackingConfiguration);
  if (others.some((one) => metricText(one.TargetTrackingConfiguration!) === metricText(tracking)))
    throw invalid("Only one TargetTrackingScaling policy for a given metric specification is allowed.");
  if (metric?.PredefinedMetricType !== "ALBRequestCountPerTarget") return;
  const [, balancer, target] = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(metric.ResourceLabel ?? "") ?? [];
  const targets = group.targetGroups.find((arn) => target !== undefined && arn.endsWith(`:${target}`));
  const used = Object.values(targetGroups(call).get(targets ?? "")?.users ?? {}).map(
    (user) => loadBalancers(call).get(user.loadBalancer)?.arn ?? "",
  );
  if (!targets || !used.some((arn) => arn.endsWith(`:loadbalancer/${balancer}`)))
    throw invalid(
      `The resource label ${metric.ResourceLabel} does not name a load balancer and a target group that this group is attached to.`,
    );
}

/** Checks a custom metric: one metric, or several of which one is tracked (Auto Scaling API, CustomizedMetricSpecification). */
function checkMath(own: TargetTrackingConfiguration["CustomizedMetricSpecification"]): void {
  if (!own) return;
  const metrics = own.Metrics ?? [];
  if (metrics.length > 0 === (own.MetricName !== undefined)) throw invalid("Exactly one of MetricName and Metrics must be specified.");
  if (metrics.length > 0 && metrics.filter(({ ReturnData }) => ReturnData ?? true).length !== 1)
    throw invalid("Exactly one of the metrics must return data.");
  for (const { Id, Expression, MetricStat } of metrics)
    if ((Expression === undefined) === (MetricStat === undefined))
      throw invalid(`The metric ${Id} needs exactly one of Expression and MetricStat.`);
}

/** The tracked metric of a policy as a text, the same for the same metric. */
function metricText({ PredefinedMetricSpecification: ready, CustomizedMetricSpecification: own }: TargetTrackingConfiguration): string {
  if (ready) return `${ready.PredefinedMetricType} ${ready.ResourceLabel ?? ""}`;
  const dimensions = (own?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return JSON.stringify([own?.Namespace, own?.MetricName, dimensions, own?.Statistic, own?.Unit, own?.Metrics]);
}

function trackingAlarms(call: Call, group: GroupRecord, arn: string, tracking: TargetTrackingConfiguration) {
  const kinds = tracking.DisableScaleIn ? ["AlarmHigh"] : ["AlarmHigh", "AlarmLow"];
  return kinds.map((kind) =>
    putTrackingAlarm(call, {
      name: `TargetTracking-${group.name}-${kind}-${uuid(call)}`,
      group: group.name,
      action: arn,
      threshold: tracking.TargetValue!,
      isHigh: kind === "AlarmHigh",
    }),
  );
}
