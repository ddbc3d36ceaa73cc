import type { Static } from "typebox";
import { boolean, integer, map, number, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { dimensions } from "../shared/alarm-dimensions.ts";

const customMetric = object(
  {
    namespace: string("The namespace of the metric."),
    name: string("The name of the metric."),
    dimensions: optional(dimensions),
    statistic: oneOf(["Average", "Maximum", "Minimum", "SampleCount", "Sum"], "The statistic of the metric."),
    unit: optional(string("The unit of the metric, if it has several.")),
  },
  "A metric of your own in CloudWatch. Either this or `metric`.",
);

/** CloudWatch's metric math (Auto Scaling API, TargetTrackingMetricDataQuery). */
const trackedMetric = object({
  expression: optional(string("A math expression over the other metrics, by their ids.", { maxLength: 2047 })),
  namespace: optional(string("The namespace of the metric.")),
  name: optional(string("The name of the metric.")),
  dimensions: optional(dimensions),
  statistic: optional(string("The statistic over one period: `Average`, `Sum`.")),
  unit: optional(string("The unit of the metric, if it has several.")),
  period: optional(integer("The period in seconds: 10, 30 or 60. Default: 60.", { minimum: 10, maximum: 60 })),
  label: optional(string("The label of the metric in graphs.")),
  returnData: optional(boolean("Whether this is the metric that is kept near the target; exactly one of several is.")),
});

const targetTracking = object(
  {
    metric: optional(
      oneOf(
        ["ALBRequestCountPerTarget", "ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"],
        "A predefined metric. Either this or `customMetric`.",
      ),
    ),
    loadBalancer: optional(ref("loadBalancer", "The load balancer whose requests are counted, for ALBRequestCountPerTarget.")),
    targetGroup: optional(ref("targetGroup", "The target group of the instances, for ALBRequestCountPerTarget.")),
    customMetric: optional(customMetric),
    metrics: optional(
      map(
        trackedMetric,
        "Several metrics and expressions over them, each by an id that you choose. Either this, `metric` or `customMetric`.",
        "^[a-z][a-zA-Z0-9_]{0,63}$",
      ),
    ),
    target: number("The target value of the metric."),
    disableScaleIn: optional(boolean("Whether the policy only adds instances and never removes any.")),
  },
  "A target tracking policy: adds and removes instances to keep a metric near a target value.",
);

const adjustmentType = oneOf(
  ["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"],
  "The unit of an adjustment: a change in the number of instances, a change in percent, or an exact number.",
);
const minAdjustmentMagnitude = optional(
  integer("The smallest number of instances by which a percentage changes the group.", { minimum: 1 }),
);

const step = object(
  {
    adjustmentType,
    steps: set(
      object({
        lower: optional(number("The lower bound, as distance from the alarm's threshold. If omitted: no bound.")),
        upper: optional(number("The upper bound, exclusive, as distance from the alarm's threshold. If omitted: no bound.")),
        adjustment: integer("The number of instances, or the percentage, to add; negative to remove."),
      }),
      "The adjustments by distance from the alarm's threshold, without gaps.",
      { minItems: 1, maxItems: 20 },
    ),
    minAdjustmentMagnitude,
    metricAggregationType: optional(oneOf(["Average", "Maximum", "Minimum"], "The statistic of the metric's values.")),
  },
  "A step scaling policy: adds or removes instances depending on how far a metric is from an alarm's threshold. The alarm names the policy in its actions.",
);

const simple = object(
  {
    adjustmentType,
    adjustment: integer("The number of instances, or the percentage, to add; negative to remove."),
    cooldown: optional(integer("The cooldown in seconds before the next scaling activity.", { minimum: 0 })),
    minAdjustmentMagnitude,
  },
  "A simple scaling policy: adds or removes instances when an alarm triggers it, and then waits for the cooldown.",
);

const predictive = object(
  {
    metric: oneOf(
      ["ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount"],
      "The predefined pair of metrics: the load to forecast and the metric to scale on.",
    ),
    loadBalancer: optional(ref("loadBalancer", "The load balancer whose requests are counted, for ALBRequestCount.")),
    targetGroup: optional(ref("targetGroup", "The target group of the instances, for ALBRequestCount.")),
    target: number("The target value of the metric."),
    mode: optional(
      oneOf(["ForecastOnly", "ForecastAndScale"], "Whether the policy forecasts and scales, or only forecasts. Default: `ForecastOnly`."),
    ),
    schedulingBufferTime: optional(
      integer("Number of seconds by which instances are launched before they are needed. Default: 300.", { minimum: 0, maximum: 3600 }),
    ),
    maxCapacityBreachBehavior: optional(
      oneOf(
        ["HonorMaxCapacity", "IncreaseMaxCapacity"],
        "The behaviour when a forecast is above the group's maximum. `IncreaseMaxCapacity` raises the maximum, and AWS never lowers it again.",
      ),
    ),
    maxCapacityBuffer: optional(
      integer("The percentage by which the raised maximum is above the forecast, with `IncreaseMaxCapacity`.", {
        minimum: 0,
        maximum: 100,
      }),
    ),
  },
  "A predictive scaling policy: adds instances ahead of the load that AWS forecasts from the last two weeks; it needs data of one day.",
);

export const scalingPolicy = object({
  predictive: optional(predictive),
  targetTracking: optional(targetTracking),
  step: optional(step),
  simple: optional(simple),
  warmup: optional(integer("Number of seconds until the metrics of a new instance count (instance warmup).", { minimum: 0 })),
  enabled: optional(boolean("Whether the policy is active.")),
});

export type ScalingPolicy = Static<typeof scalingPolicy>;
