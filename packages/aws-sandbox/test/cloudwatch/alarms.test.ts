import * as cw from "@aws-sdk/client-cloudwatch";
import * as asg from "@aws-sdk/client-auto-scaling";
import { describe, expect, it } from "vitest";
import { account, codeOf } from "../autoscaling/account.ts";

const base = {
  AlarmName: "cpu",
  Namespace: "AWS/EC2",
  MetricName: "CPUUtilization",
  Statistic: "Average",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
} as const;

describe("an alarm", () => {
  it("is replaced as a whole by a put, which ignores tags when it exists", async () => {
    const { cloudwatch } = await account();
    await cloudwatch.send(new cw.PutMetricAlarmCommand({ ...base, AlarmDescription: "first", Tags: [{ Key: "a", Value: "1" }] }));
    await cloudwatch.send(new cw.PutMetricAlarmCommand({ ...base, Threshold: 2, Tags: [{ Key: "a", Value: "2" }] }));
    const { MetricAlarms: [found] = [] } = await cloudwatch.send(new cw.DescribeAlarmsCommand({}));
    expect(found).toMatchObject({ Threshold: 2, ActionsEnabled: true, StateValue: "INSUFFICIENT_DATA" });
    expect(found!.AlarmDescription).toBeUndefined();
    expect((await cloudwatch.send(new cw.ListTagsForResourceCommand({ ResourceARN: found!.AlarmArn! }))).Tags).toEqual([
      { Key: "a", Value: "1" },
    ]);
  });

  it.each([
    [{ Period: 45 }, "ValidationException"],
    [{ Period: 3600, EvaluationPeriods: 200 }, "ValidationException"],
    [{ ExtendedStatistic: "p99" }, "ValidationException"],
    [{ Unit: "Percents" }, "ValidationException"],
    [{ Unit: "Count/Second" }, "succeeded"],
    [{ TreatMissingData: "breach" }, "ValidationException"],
    [{ Statistic: "Mean" }, "ValidationException"],
    [{ Dimensions: Array.from({ length: 31 }, (_, i) => ({ Name: `d${i}`, Value: "x" })) }, "ValidationException"],
    [{ Dimensions: [{ Name: "d", Value: "" }] }, "ValidationException"],
    [{ AlarmActions: ["arn:aws:sns:eu-west-1:123456789012:elsewhere"] }, "ValidationException"],
    [{ AlarmActions: ["arn:aws:sns:ap-northeast-2:123456789012:here"] }, "succeeded"],
  ])("with %j: %s", async (input, expected) => {
    const { cloudwatch } = await account();
    expect(await codeOf(cloudwatch.send(new cw.PutMetricAlarmCommand({ ...base, ...input } as never)))).toBe(expected);
  });

  it("is deleted with others though one of them is unknown", async () => {
    const { cloudwatch } = await account();
    await cloudwatch.send(new cw.PutMetricAlarmCommand(base));
    expect(await codeOf(cloudwatch.send(new cw.DeleteAlarmsCommand({ AlarmNames: ["nobody", "cpu"] })))).toMatch(/^ResourceNotFound/);
    expect((await cloudwatch.send(new cw.DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });

  it("loses an action with the policy, and goes with the group when none is left", async () => {
    const here = await account();
    await here.create({ MinSize: 0 });
    const policy = async () =>
      (
        await here.autoscaling.send(
          new asg.PutScalingPolicyCommand({
            AutoScalingGroupName: "web",
            PolicyName: "out",
            AdjustmentType: "ChangeInCapacity",
            ScalingAdjustment: 1,
          }),
        )
      ).PolicyARN!;
    await here.cloudwatch.send(new cw.PutMetricAlarmCommand({ ...base, AlarmActions: [await policy()] }));
    await here.autoscaling.send(new asg.DeletePolicyCommand({ AutoScalingGroupName: "web", PolicyName: "out" }));
    expect((await here.cloudwatch.send(new cw.DescribeAlarmsCommand({}))).MetricAlarms).toMatchObject([{ AlarmActions: [] }]);
    await here.cloudwatch.send(new cw.PutMetricAlarmCommand({ ...base, AlarmActions: [await policy()] }));
    await here.autoscaling.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: "web" }));
    expect((await here.cloudwatch.send(new cw.DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });
});
