/** Converts predictive policies and computed metrics between the user's words and Auto Scaling's. */
import type { PredictiveScalingConfiguration, TargetTrackingMetricDataQuery } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import type { AwsId } from "../kind.ts";
import { asMeasured } from "../shared/alarm-dimensions.ts";
import type { ScalingPolicy } from "./policy-schema.ts";

type Predictive = NonNullable<ScalingPolicy["predictive"]>;
type Tracking = NonNullable<ScalingPolicy["targetTracking"]>;
type Metrics = NonNullable<Tracking["metrics"]>;

export function predictiveOf(request: Predictive): PredictiveScalingConfiguration {
  return {
    MetricSpecifications: [
      {
        TargetValue: request.target,
        PredefinedMetricPairSpecification: {
          PredefinedMetricType: request.metric,
          ...(request.loadBalancer === undefined ? {} : { ResourceLabel: labelOf(request.loadBalancer, request.targetGroup) }),
        },
      },
    ],
    Mode: request.mode,
    SchedulingBufferTime: request.schedulingBufferTime,
    MaxCapacityBreachBehavior: request.maxCapacityBreachBehavior,
    MaxCapacityBuffer: request.maxCapacityBuffer,
  };
}

/** A policy on metrics that no file can write has no `metric`, so a written policy differs from it. */
export function observedPredictive(aws: Aws, found: PredictiveScalingConfiguration | undefined): Predictive {
  const [first] = found?.MetricSpecifications ?? [];
  const pair = first?.PredefinedMetricPairSpecification;
  return {
    metric: pair?.PredefinedMetricType as Predictive["metric"],
    ...labelled(aws, pair?.ResourceLabel),
    target: first?.TargetValue ?? 0,
    mode: found?.Mode ?? "ForecastOnly",
    schedulingBufferTime: found?.SchedulingBufferTime ?? 300,
    maxCapacityBreachBehavior: found?.MaxCapacityBreachBehavior ?? "HonorMaxCapacity",
    maxCapacityBuffer: found?.MaxCapacityBuffer,
  } as Predictive;
}

export function mathOf(metrics: Metrics): TargetTrackingMetricDataQuery[] {
  return Object.entries(metrics).map(([Id, one]) => ({
    Id,
    ...(one.label === undefined ? {} : { Label: one.label }),
    ...(one.expression === undefined
      ? {
          MetricStat: {
            Metric: {
              Namespace: one.namespace,
              MetricName: one.name,
              Dimensions: Object.entries(asMeasured(one.dimensions ?? {})).map(([Name, Value]) => ({ Name, Value })),
            },
            Stat: one.statistic,
            ...(one.unit === undefined ? {} : { Unit: one.unit }),
            ...(one.period === undefined ? {} : { Period: one.period }),
          },
        }
      : { Expression: one.expression, ...(one.period === undefined ? {} : { Period: one.period }) }),
    ReturnData: one.returnData ?? true,
  }));
}

export function observedMath(found: readonly TargetTrackingMetricDataQuery[]): Metrics {
  return Object.fromEntries(
    found.map(({ Id, Expression, MetricStat: stat, Label, Period, ReturnData }) => [
      Id!,
      {
        ...(Expression === undefined
          ? {
              namespace: stat?.Metric?.Namespace,
              name: stat?.Metric?.MetricName,
              dimensions: Object.fromEntries((stat?.Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value!])),
              statistic: stat?.Stat,
              unit: stat?.Unit,
              period: stat?.Period ?? 60,
            }
          : { expression: Expression, period: Period ?? 60 }),
        label: Label,
        returnData: ReturnData ?? true,
      },
    ]),
  ) as Metrics;
}

/** Splits a label into its two ARNs. */
export function labelled(aws: Aws, label = ""): { readonly loadBalancer?: AwsId; readonly targetGroup?: AwsId } {
  const [, loadBalancer, targetGroup] = /^(.*)\/(targetgroup\/.*)$/.exec(label) ?? [];
  const arn = (rest: string) => `arn:${aws.partition}:elasticloadbalancing:${aws.region}:${aws.account}:${rest}`;
  if (loadBalancer === undefined || targetGroup === undefined) return {};
  return { loadBalancer: arn(`loadbalancer/${loadBalancer}`), targetGroup: arn(targetGroup) };
}

/** Builds `app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff` from the two ARNs. */
export function labelOf(loadBalancer: AwsId | undefined, targetGroup: AwsId | undefined): string | undefined {
  if (loadBalancer === undefined || targetGroup === undefined) return undefined;
  return `${loadBalancer.slice(loadBalancer.indexOf(":loadbalancer/") + ":loadbalancer/".length)}/${targetGroup.slice(targetGroup.lastIndexOf(":") + 1)}`;
}
