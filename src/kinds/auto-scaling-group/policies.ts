/** Converts scaling policies to Auto Scaling's form and back. A put replaces the whole policy, so the whole policy is sent. */
import { trackedBy } from "./tracking.ts";
import type { PutScalingPolicyType, ScalingPolicy as AwsPolicy, TargetTrackingConfiguration } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { labelled, labelOf, mathOf, observedMath, observedPredictive, predictiveOf } from "./predictive.ts";
import { asMeasured } from "../shared/alarm-dimensions.ts";
import type { Change } from "../kind.ts";
import type { AutoScalingGroup, ScalingPolicy } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");
type Policies = NonNullable<AutoScalingGroup["scalingPolicies"]>;

/** New and changed policies first, so that the group always has one. */
export async function setPolicies(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  request: Policies,
  change: Change<Policies | undefined>,
): Promise<void> {
  const { added = [], changed = [], removed = [] } = change.items ?? {};
  const coming = [...added, ...changed].map(({ key }) => ({ key, metric: trackedBy(request[key]!) }));
  // AWS allows one policy for each metric. The policy that had the metric is removed first, also where two policies swap.
  const isInTheWay = (key: string, was: unknown) => {
    const metric = trackedBy(was as ScalingPolicy);
    return metric !== undefined && coming.some((one) => one.key !== key && one.metric === metric);
  };
  const [early, late] = [true, false].map((isEarly) => removed.filter(({ key, value }) => isInTheWay(key, value) === isEarly));
  for (const { key } of early!) await remove(key);
  // AWS does not document whether it changes the type of a policy in place.
  for (const { key, before } of changed)
    if (isInTheWay(key, before) || typeOf(before as ScalingPolicy) !== typeOf(request[key]!)) await remove(key);
  for (const { key } of [...added, ...changed]) await put(key);
  for (const { key } of late!) await remove(key);

  async function put(PolicyName: string): Promise<void> {
    await aws.autoscaling(new sdk.PutScalingPolicyCommand({ AutoScalingGroupName, PolicyName, ...requestOf(request[PolicyName]!) }));
  }

  async function remove(PolicyName: string): Promise<void> {
    await unlessGone(aws.autoscaling(new sdk.DeletePolicyCommand({ AutoScalingGroupName, PolicyName })));
  }
}

function typeOf(policy: ScalingPolicy): string {
  if (policy.targetTracking) return "TargetTrackingScaling";
  if (policy.predictive) return "PredictiveScaling";
  return policy.step ? "StepScaling" : "SimpleScaling";
}

function requestOf(policy: ScalingPolicy): Partial<PutScalingPolicyType> {
  const { targetTracking, step, simple, predictive, warmup } = policy;
  return {
    PolicyType: typeOf(policy),
    Enabled: policy.enabled,
    EstimatedInstanceWarmup: simple || predictive ? undefined : warmup,
    ...(predictive ? { PredictiveScalingConfiguration: predictiveOf(predictive) } : {}),
    ...(targetTracking ? { TargetTrackingConfiguration: trackingOf(targetTracking) } : {}),
    ...(step
      ? {
          AdjustmentType: step.adjustmentType,
          MinAdjustmentMagnitude: step.minAdjustmentMagnitude,
          MetricAggregationType: step.metricAggregationType,
          StepAdjustments: step.steps.map(({ lower, upper, adjustment }) => ({
            MetricIntervalLowerBound: lower,
            MetricIntervalUpperBound: upper,
            ScalingAdjustment: adjustment,
          })),
        }
      : {}),
    ...(simple
      ? {
          AdjustmentType: simple.adjustmentType,
          ScalingAdjustment: simple.adjustment,
          Cooldown: simple.cooldown,
          MinAdjustmentMagnitude: simple.minAdjustmentMagnitude,
        }
      : {}),
  };
}

function trackingOf(request: NonNullable<ScalingPolicy["targetTracking"]>): TargetTrackingConfiguration {
  const { metric, customMetric: custom } = request;
  return {
    TargetValue: request.target,
    DisableScaleIn: request.disableScaleIn,
    ...(metric
      ? {
          PredefinedMetricSpecification: {
            PredefinedMetricType: metric,
            ResourceLabel: labelOf(request.loadBalancer, request.targetGroup),
          },
        }
      : {}),
    ...(request.metrics ? { CustomizedMetricSpecification: { Metrics: mathOf(request.metrics) } } : {}),
    ...(custom
      ? {
          CustomizedMetricSpecification: {
            Namespace: custom.namespace,
            MetricName: custom.name,
            Statistic: custom.statistic,
            Unit: custom.unit,
            ...(custom.dimensions
              ? { Dimensions: Object.entries(asMeasured(custom.dimensions)).map(([Name, Value]) => ({ Name, Value })) }
              : {}),
          },
        }
      : {}),
  };
}

/** Reads the policies of a group in the words of a spec. */
export async function readPolicies(aws: Aws, sdk: Sdk, AutoScalingGroupName: string): Promise<Policies> {
  const found: AwsPolicy[] = [];
  for await (const page of aws.autoscaling.pages(sdk.DescribePoliciesCommand, { AutoScalingGroupName, MaxRecords: 100 }))
    found.push(...(page.ScalingPolicies ?? []));
  return Object.fromEntries(found.map((one) => [one.PolicyName!, policyOf(aws, one)]));
}

function policyOf(aws: Aws, found: AwsPolicy): ScalingPolicy {
  const common = { warmup: found.EstimatedInstanceWarmup, enabled: found.Enabled ?? true };
  const adjustmentType = found.AdjustmentType as "ChangeInCapacity";
  if (found.PolicyType === "TargetTrackingScaling")
    return { ...common, targetTracking: observedTracking(aws, found.TargetTrackingConfiguration!) };
  if (found.PolicyType === "PredictiveScaling")
    return { enabled: true, predictive: observedPredictive(aws, found.PredictiveScalingConfiguration) };
  if (found.PolicyType === "StepScaling")
    return {
      ...common,
      step: {
        adjustmentType,
        steps: (found.StepAdjustments ?? []).map((one) => ({
          lower: one.MetricIntervalLowerBound,
          upper: one.MetricIntervalUpperBound,
          adjustment: one.ScalingAdjustment!,
        })),
        minAdjustmentMagnitude: found.MinAdjustmentMagnitude,
        metricAggregationType: (found.MetricAggregationType ?? "Average") as "Average",
      },
    };
  return {
    ...common,
    simple: {
      adjustmentType,
      adjustment: found.ScalingAdjustment!,
      cooldown: found.Cooldown,
      minAdjustmentMagnitude: found.MinAdjustmentMagnitude,
    },
  };
}

function observedTracking(aws: Aws, found: TargetTrackingConfiguration): NonNullable<ScalingPolicy["targetTracking"]> {
  const custom = found.CustomizedMetricSpecification;
  return {
    ...labelled(aws, found.PredefinedMetricSpecification?.ResourceLabel),
    metric: found.PredefinedMetricSpecification?.PredefinedMetricType as "ASGAverageCPUUtilization" | undefined,
    metrics: custom?.Metrics?.length ? observedMath(custom.Metrics) : undefined,
    customMetric:
      custom?.MetricName === undefined
        ? undefined
        : {
            namespace: custom.Namespace!,
            name: custom.MetricName!,
            statistic: custom.Statistic!,
            unit: custom.Unit,
            dimensions: Object.fromEntries((custom.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value!])),
          },
    target: found.TargetValue!,
    disableScaleIn: found.DisableScaleIn ?? false,
  };
}
