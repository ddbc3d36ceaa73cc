import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const metric = {
  namespace: "AWS/EC2",
  metricName: "CPUUtilization",
  statistic: "Average",
  period: 300,
  evaluationPeriods: 3,
  threshold: 80,
  comparisonOperator: "GreaterThanThreshold",
};
const balanced = {
  namespace: "AWS/ApplicationELB",
  dimensions: { LoadBalancer: "loadBalancer/one" },
  statistic: "Sum",
  unit: "Count",
  period: 60,
  returnData: false,
};
const scales = { minSize: 0, maxSize: 1, subnets: ["a"], launchTemplate: "one" };
const policies = {
  in: { simple: { adjustmentType: "ChangeInCapacity", adjustment: -1 } },
  out: { simple: { adjustmentType: "ChangeInCapacity", adjustment: 1 } },
};

export const alarm: Case = {
  kind: "alarm",
  index: { topics: { one: {}, two: {} } },
  bare: metric,
  forms: [
    {
      full: {
        ...metric,
        description: "Too much to do",
        dimensions: { InstanceId: "i-0123456789abcdef0" },
        datapointsToAlarm: 2,
        treatMissingData: "notBreaching",
        unit: "Percent",
        actionsEnabled: true,
        alarmActions: ["topic/one"],
        okActions: ["topic/one"],
        insufficientDataActions: ["topic/one"],
      },
      changes: [
        ["description", "Far too much"],
        ["namespace", "Ours"],
        ["metricName", "Load"],
        ["dimensions", { InstanceId: "i-0fedcba9876543210" }],
        ["statistic", "Maximum"],
        ["period", 60],
        ["evaluationPeriods", 4],
        ["datapointsToAlarm", 3],
        ["threshold", 90],
        ["comparisonOperator", "GreaterThanOrEqualToThreshold"],
        ["treatMissingData", "breaching"],
        ["unit", "Count"],
        ["actionsEnabled", false],
        ["alarmActions", ["topic/one", "topic/two"]],
        ["okActions", ["topic/two"]],
        ["insufficientDataActions", []],
      ],
    },
    {
      index: {
        ...network,
        targetGroups: { one: { vpc: "net", protocol: "HTTP", port: 80 } },
        loadBalancers: { one: { scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] } },
        topics: { one: {}, two: {} },
      },
      full: {
        ...metric,
        namespace: "AWS/ApplicationELB",
        metricName: "UnHealthyHostCount",
        dimensions: { LoadBalancer: "loadBalancer/one", TargetGroup: "targetGroup/one" },
      },
      changes: [["dimensions", { LoadBalancer: "loadBalancer/one" }]],
    },
    { full: { ...metric, statistic: undefined, extendedStatistic: "p99" }, changes: [["extendedStatistic", "p90"]] },
    {
      index: {
        ...network,
        loadBalancers: { one: { scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] } },
      },
      full: {
        metrics: {
          rate: { expression: "100 * errors / requests", period: 60, label: "Errors in %", returnData: true },
          errors: { ...balanced, metricName: "HTTPCode_Target_5XX_Count" },
          requests: { ...balanced, metricName: "RequestCount" },
        },
        evaluationPeriods: 3,
        threshold: 5,
        comparisonOperator: "GreaterThanThreshold",
      },
      changes: [
        ["metrics.rate.expression", "errors / requests"],
        ["metrics.rate.label", "Errors"],
        ["metrics.rate.period", 120],
        ["metrics.rate.returnData", false, "update", { also: { "metrics.errors.returnData": true } }],
        ["metrics.errors.namespace", "Ours"],
        ["metrics.errors.metricName", "HTTPCode_ELB_5XX_Count"],
        ["metrics.errors.dimensions", { LoadBalancer: "app/other/0123456789abcdef" }],
        ["metrics.errors.statistic", "Average"],
        ["metrics.errors.unit", "None"],
        ["metricName", metric.metricName, "update", { also: { ...metric, threshold: 5, metrics: undefined } }],
      ],
    },
    {
      full: {
        metrics: {
          load: { namespace: "AWS/EC2", metricName: "CPUUtilization", statistic: "Average", period: 300 },
          usual: { expression: "ANOMALY_DETECTION_BAND(load, 2)" },
          wider: { expression: "ANOMALY_DETECTION_BAND(load, 3)", returnData: false },
        },
        thresholdMetric: "usual",
        evaluationPeriods: 3,
        comparisonOperator: "GreaterThanUpperThreshold",
      },
      changes: [
        ["comparisonOperator", "LessThanLowerOrGreaterThanUpperThreshold"],
        ["thresholdMetric", "wider", "update", { also: { "metrics.usual.returnData": false, "metrics.wider.returnData": true } }],
      ],
    },
    {
      index: {
        ...network,
        launchTemplates: { one: { image, instanceType: "t3.micro" } },
        autoScalingGroups: { one: { ...scales, scalingPolicies: policies }, two: { ...scales, scalingPolicies: policies } },
      },
      full: {
        ...metric,
        alarmActions: [{ autoScalingGroup: "one", policy: "out" }],
        okActions: [{ autoScalingGroup: "one", policy: "in" }],
        insufficientDataActions: [{ autoScalingGroup: "one", policy: "in" }],
      },
      changes: [
        ["alarmActions.0.autoScalingGroup", "two"],
        ["alarmActions.0.policy", "in"],
        ["okActions.0.autoScalingGroup", "two"],
        ["okActions.0.policy", "out"],
        ["insufficientDataActions.0.autoScalingGroup", "two"],
        ["insufficientDataActions.0.policy", "out"],
      ],
    },
  ],
};
