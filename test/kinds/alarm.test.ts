import { DescribeAlarmsCommand, ListTagsForResourceCommand, PutMetricAlarmCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it } from "vitest";
import { alarm } from "../../src/kinds/alarm/alarm.ts";
import { header, openTestbed, settle, stepsOf } from "./elbv2-testbed.ts";
import { group, unmanaged, told } from "./group-testbed.ts";

type ResourceIndex = ReturnType<typeof openTestbed>;

const bare = `${header}
alarms:
  cpu: { namespace: AWS/EC2, metricName: CPUUtilization, statistic: Average, period: 60, evaluationPeriods: 2, threshold: 80, comparisonOperator: GreaterThanThreshold }
`;

const full = `${header}
topics:
  ops: {}
  other: {}
alarms:
  cpu:
    description: Too much to do
    namespace: AWS/EC2
    metricName: CPUUtilization
    dimensions: { A: one, B: two }
    statistic: Average
    period: 60
    evaluationPeriods: 3
    datapointsToAlarm: 2
    threshold: 80
    comparisonOperator: GreaterThanThreshold
    treatMissingData: breaching
    unit: Percent
    actionsEnabled: true
    alarmActions: [ops]
    okActions: [ops]
    insufficientDataActions: [ops]
`;

async function seen(index: ResourceIndex): Promise<MetricAlarm[]> {
  return (await unmanaged(index).cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];
}

async function tagsOf(index: ResourceIndex, arn: string): Promise<Record<string, string>> {
  const { Tags = [] } = await unmanaged(index).cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value!]));
}

describe("fields", () => {
  it("agrees with itself with all fields out and all set", async () => {
    for (const yaml of [bare, full]) {
      const index = openTestbed();
      await settle(index, yaml);
      expect(await seen(index)).toMatchObject([{ AlarmName: "test-cpu", MetricName: "CPUUtilization", Threshold: 80 }]);
    }
  });

  it("leaves omitted fields as somebody set them", async () => {
    const index = openTestbed();
    await settle(index, bare);
    const [found] = await seen(index);
    const { AlarmName, Namespace, MetricName, Statistic, Period, EvaluationPeriods, Threshold, ComparisonOperator, AlarmDescription } =
      found!;
    await unmanaged(index).cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace,
        MetricName,
        Statistic,
        Period,
        EvaluationPeriods,
        Threshold,
        ComparisonOperator,
        AlarmDescription,
        TreatMissingData: "ignore",
      }),
    );
    expect(stepsOf(await index.plan(bare))).toEqual([]);
    await settle(index, bare.replace("threshold: 80", "threshold: 90"));
    expect(await seen(index)).toMatchObject([{ TreatMissingData: "ignore", Threshold: 90 }]);
  });

  it("changes its tags, which a put would ignore", async () => {
    const index = openTestbed();
    await settle(index, bare);
    await settle(index, bare.replace("cpu: {", "cpu: { tags: { team: web },"));
    const [found] = await seen(index);
    expect(await tagsOf(index, found!.AlarmArn!)).toMatchObject({ team: "web", "infra:resource": "alarm/cpu" });
  });
});

describe("the ownership of an alarm", () => {
  it("finds one with a name of its own, also when the YAML no longer has it", async () => {
    const index = openTestbed();
    const yaml = bare.replace("cpu: {", "cpu: { name: Someones busy,");
    await settle(index, yaml);
    expect((await seen(index))[0]!.AlarmName).toBe("Someones busy");
    await index.apply(`${header}topics: { ops: {} }\n`);
    expect(await seen(index)).toEqual([]);
  });

  it("never overwrites a foreign one of the same name", async () => {
    const index = openTestbed();
    const theirs = {
      AlarmName: "test-cpu",
      Namespace: "Theirs",
      MetricName: "M",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
    } as const;
    await unmanaged(index).cloudwatch.send(new PutMetricAlarmCommand(theirs));
    expect(told(await index.tryApply(bare)).failed.join()).toContain("does not have the tags of this environment");
    expect(await seen(index)).toMatchObject([{ Namespace: "Theirs" }]);
  });

  it("costs the declared number of calls", async () => {
    const index = openTestbed();
    await index.apply(bare);
    index.sandbox.forgetCalls();
    await index.plan(bare);
    expect(index.sandbox.calls.filter((call) => call.service === "cloudwatch")).toHaveLength(alarm.readCost({ ours: 1, account: 1 }));
  });
});

describe("the references of an alarm", () => {
  const scaling = group(
    "scalingPolicies: { out: { step: { adjustmentType: ChangeInCapacity, steps: [{ lower: 0, adjustment: 1 }] } } }",
    `alarms:
  cpu:
    namespace: AWS/EC2
    metricName: CPUUtilization
    dimensions: { AutoScalingGroupName: autoScalingGroup/web }
    statistic: Average
    period: 60
    evaluationPeriods: 2
    threshold: 80
    comparisonOperator: GreaterThanThreshold
    alarmActions: [{ autoScalingGroup: web, policy: out }]
`,
  );

  it("is a group's policy and the group itself, made before it", async () => {
    const index = openTestbed();
    await settle(index, scaling);
    expect(await seen(index)).toMatchObject([
      {
        Dimensions: [{ Name: "AutoScalingGroupName", Value: "test-web" }],
        AlarmActions: [expect.stringMatching(/scalingPolicy:.*policyName\/out$/)],
      },
    ]);
    await index.destroy(scaling);
    expect(await seen(index)).toEqual([]);
  });

  it("is named when the group has no such policy", async () => {
    expect(told(await openTestbed().tryApply(scaling.replace("policy: out", "policy: outt"))).failed).toEqual([
      expect.stringContaining('the Auto Scaling group test-web has no scaling policy "outt"'),
    ]);
  });
});

describe("alarms that CloudWatch would refuse", () => {
  it.each([
    ["period: 60", "period: 45", "10, 20 or 30 seconds or a multiple of 60"],
    ["statistic: Average, ", "", "exactly one of statistic and extendedStatistic"],
    ["evaluationPeriods: 2", "evaluationPeriods: 2000", "allows 86400 at most"],
    [
      "evaluationPeriods: 2",
      "evaluationPeriods: 2, datapointsToAlarm: 3",
      "datapointsToAlarm is 3, which is more than evaluationPeriods, 2",
    ],
  ])("%s → %s is an error before any call", (from, to, says) => {
    expect(() => openTestbed().load(bare.replace(from, to))).toThrow(says);
  });
});
