import type { Static } from "typebox";
import { boolean, integer, map, number, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { dimensions } from "../shared/alarm-dimensions.ts";

const customMetric = object(
  {
    namespace: string("Where the metric comes from."),
    name: string("The metric."),
    dimensions: optional(dimensions),
    statistic: oneOf(["Average", "Maximum", "Minimum", "SampleCount", "Sum"], "What of its values counts."),
    unit: optional(string("The unit of the series, where it has several.")),
  },
  "A metric of your own in CloudWatch. Either this or `metric`.",
);

/** CloudWatch's metric math (Auto Scaling API, TargetTrackingMetricDataQuery). */
const trackedMetric = object({
  expression: optional(string("What is computed of the others, by their ids.", { maxLength: 2047 })),
  namespace: optional(string("Where the metric comes from.")),
  name: optional(string("The metric.")),
  dimensions: optional(dimensions),
  statistic: optional(string("What of the values of one period counts: `Average`, `Sum`.")),
  unit: optional(string("The unit of the series, where it has several.")),
  period: optional(integer("Seconds of one period: 10, 30 or 60; a minute when unwritten.", { minimum: 10, maximum: 60 })),
  label: optional(string("What it is called in graphs.")),
  returnData: optional(boolean("Whether it is what is kept near the target; of several exactly one is.")),
});

const targetTracking = object(
  {
    metric: optional(
      oneOf(
        ["ALBRequestCountPerTarget", "ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"],
        "A metric that AWS has ready. Either this or `customMetric`.",
      ),
    ),
    loadBalancer: optional(ref("loadBalancer", "For ALBRequestCountPerTarget: whose requests.")),
    targetGroup: optional(ref("targetGroup", "For ALBRequestCountPerTarget: the target group in which the machines are.")),
    customMetric: optional(customMetric),
    metrics: optional(
      map(
        trackedMetric,
        "Several metrics, by an id of yours each, and what is computed of them. Either this, `metric` or `customMetric`.",
        "^[a-z][a-zA-Z0-9_]{0,63}$",
      ),
    ),
    target: number("What the metric is kept at."),
    disableScaleIn: optional(boolean("Whether it only ever adds machines.")),
  },
  "Adds and removes machines so that a metric stays near a value.",
);

const adjustmentType = oneOf(["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"], "What an adjustment is.");
const minAdjustmentMagnitude = optional(integer("The least number of machines that a percentage changes.", { minimum: 1 }));

const step = object(
  {
    adjustmentType,
    steps: set(
      object({
        lower: optional(number("From this distance to the alarm's threshold; unwritten: without end.")),
        upper: optional(number("Up to this one, exclusive; unwritten: without end.")),
        adjustment: integer("Machines, or percent of them, more or less."),
      }),
      "What is done at which distance; without gaps.",
      { minItems: 1, maxItems: 20 },
    ),
    minAdjustmentMagnitude,
    metricAggregationType: optional(oneOf(["Average", "Maximum", "Minimum"], "What of the metric's values counts.")),
  },
  "Adds or removes machines by how far a metric is from an alarm's threshold. An alarm names the policy in its actions.",
);

const simple = object(
  {
    adjustmentType,
    adjustment: integer("Machines, or percent of them, more or less."),
    cooldown: optional(integer("Seconds until the next.", { minimum: 0 })),
    minAdjustmentMagnitude,
  },
  "Adds or removes machines when an alarm says so, then waits.",
);

const predictive = object(
  {
    metric: oneOf(
      ["ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount"],
      "What is foreseen, with the metric that it is kept at: AWS's pairs of both.",
    ),
    loadBalancer: optional(ref("loadBalancer", "For ALBRequestCount: whose requests.")),
    targetGroup: optional(ref("targetGroup", "For ALBRequestCount: the target group in which the machines are.")),
    target: number("What the metric is kept at."),
    mode: optional(
      oneOf(["ForecastOnly", "ForecastAndScale"], "Whether it adds machines, or only foresees; `ForecastOnly` when unwritten."),
    ),
    schedulingBufferTime: optional(
      integer("Seconds by which machines are launched before they are needed; 300 when unwritten.", { minimum: 0, maximum: 3600 }),
    ),
    maxCapacityBreachBehavior: optional(
      oneOf(
        ["HonorMaxCapacity", "IncreaseMaxCapacity"],
        "What a forecast above the group's maximum does. `IncreaseMaxCapacity` raises it, and AWS lowers it never.",
      ),
    ),
    maxCapacityBuffer: optional(
      integer("With `IncreaseMaxCapacity`: by how many of 100 the maximum is above the forecast.", { minimum: 0, maximum: 100 }),
    ),
  },
  "Adds machines before the load comes, as the last two weeks foresee it; it needs a day of data.",
);

export const scalingPolicy = object({
  predictive: optional(predictive),
  targetTracking: optional(targetTracking),
  step: optional(step),
  simple: optional(simple),
  warmup: optional(integer("Seconds until a new machine counts.", { minimum: 0 })),
  enabled: optional(boolean("Whether it does anything.")),
});

export type ScalingPolicy = Static<typeof scalingPolicy>;
