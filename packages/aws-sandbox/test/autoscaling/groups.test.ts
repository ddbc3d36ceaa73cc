import * as asg from "@aws-sdk/client-auto-scaling";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { account, codeOf } from "./account.ts";

const AutoScalingGroupName = "web";

describe("a group", () => {
  it("launches later, spread over its zones, and marks its machines", async () => {
    const here = await account();
    await here.create({
      Tags: [
        { Key: "team", Value: "web", PropagateAtLaunch: true },
        { Key: "secret", Value: "no", PropagateAtLaunch: false },
      ],
    });
    expect((await here.look())!.Instances).toEqual([]);
    here.pass(120);
    const { Instances = [], AutoScalingGroupARN, VPCZoneIdentifier } = (await here.look())!;
    expect(Instances.map((one) => one.AvailabilityZone).sort()).toEqual(["ap-northeast-2a", "ap-northeast-2c"]);
    expect(Instances.every((one) => one.LifecycleState === "InService" && one.LaunchTemplate!.Version === "1")).toBe(true);
    expect(AutoScalingGroupARN).toMatch(
      /^arn:aws:autoscaling:ap-northeast-2:\d{12}:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web$/,
    );
    expect(VPCZoneIdentifier!.split(",").sort()).toEqual([...here.subnets].sort());
    const tags = (await here.machines())[0]!.Tags!.map(({ Key, Value }) => `${Key}=${Value}`);
    expect(tags).toEqual(expect.arrayContaining(["aws:autoscaling:groupName=web", "team=web"]));
    expect(tags.join()).not.toContain("secret");
    expect((await here.activities()).map((one) => one.StatusCode)).toEqual(["Successful", "Successful"]);
  });

  it("answers success while every launch fails, and says why in its activities alone", async () => {
    const here = await account();
    const Ebs = { Encrypted: true, KmsKeyId: "99999999-9999-9999-9999-999999999999", VolumeSize: 30 };
    const bad = await here.version({ BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs }] });
    await here.create({ LaunchTemplate: here.LaunchTemplate(bad) });
    here.pass(60);
    expect((await here.look())!.Instances!.filter((one) => one.LifecycleState === "InService")).toEqual([]);
    const failed = (await here.activities()).filter((one) => one.StatusCode === "Failed");
    expect(failed[0]).toMatchObject({ Progress: 100, StatusMessage: expect.stringMatching(/Client\.InternalError/) as string });
  });

  it.each([
    [{ ImageId: "ami-0123456789abcdef0" }, /valid fully-formed launch template.*ami-0123456789abcdef0/],
    [{ SecurityGroupIds: ["sg-0123456789abcdef0"] }, /valid fully-formed launch template.*sg-0123456789abcdef0/],
    [{ IamInstanceProfile: { Name: "nobody" } }, /valid fully-formed launch template.*Invalid IAM Instance Profile name/],
    [{ KeyName: "nobody" }, /valid fully-formed launch template.*nobody/],
    [{ InstanceType: "t9.huge" }, /valid fully-formed launch template.*t9\.huge/],
    [{ InstanceType: "t4g.micro" }, /valid fully-formed launch template.*architecture/],
  ] as const)("is not made from a template with %j", async (data, says) => {
    const here = await account();
    const made = here.create({ LaunchTemplate: here.LaunchTemplate(await here.version(data)) });
    await expect(made).rejects.toThrow(says);
  });

  it.each([
    [{ TerminationPolicies: ["Oldest"] }, "ValidationError"],
    [{ TerminationPolicies: ["OldestInstance"] }, "succeeded"],
    [
      {
        LifecycleHookSpecificationList: [
          {
            LifecycleHookName: "out",
            LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
            NotificationTargetARN: "arn:aws:sqs:ap-northeast-2:123456789012:q",
            RoleARN: "arn:aws:iam::123456789012:role/nobody",
          },
        ],
      },
      "ValidationError",
    ],
  ])("as %j: %s", async (more, code) => {
    const here = await account();
    expect(await codeOf(here.create(more))).toBe(code);
  });

  it("tracks each metric with one policy", async () => {
    const here = await account();
    await here.create();
    const track = (PolicyName: string, PredefinedMetricType: string) =>
      here.autoscaling.send(
        new asg.PutScalingPolicyCommand({
          AutoScalingGroupName,
          PolicyName,
          PolicyType: "TargetTrackingScaling",
          TargetTrackingConfiguration: {
            PredefinedMetricSpecification: { PredefinedMetricType: PredefinedMetricType as never },
            TargetValue: 50,
          },
        }),
      );
    await track("one", "ASGAverageCPUUtilization");
    await track("one", "ASGAverageCPUUtilization");
    await track("two", "ASGAverageNetworkIn");
    expect(await codeOf(track("three", "ASGAverageCPUUtilization"))).toBe("ValidationError");
    expect(await codeOf(track("four", "ASGAverageMemory"))).toBe("ValidationError");
  });

  it("refuses a taken name, also while the old group is going", async () => {
    const here = await account();
    await here.create();
    expect(await codeOf(here.create())).toBe("AlreadyExistsFault");
    here.pass(60);
    await here.autoscaling.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }));
    expect((await here.look())!.Status).toBe("Delete in progress");
    expect(await codeOf(here.create())).toBe("AlreadyExistsFault");
    here.pass(300);
    expect(await here.look()).toBeUndefined();
    await here.create();
  });

  it("is not deleted with machines in it, unless forced", async () => {
    const here = await account();
    await here.create();
    here.pass(60);
    expect(await codeOf(here.autoscaling.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName })))).toBe("ResourceInUseFault");
    await here.autoscaling.send(
      new asg.UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }),
    );
    here.pass(300);
    await here.autoscaling.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName }));
    here.pass(30);
    expect(await here.look()).toBeUndefined();
    expect(await here.machines()).toEqual([]);
  });

  it("moves the desired capacity with its bounds", async () => {
    const here = await account();
    await here.create();
    const update = async (input: object) => {
      await here.autoscaling.send(new asg.UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...input }));
      return (await here.look())!.DesiredCapacity;
    };
    expect(await update({ MinSize: 3 })).toBe(3);
    expect(await update({ MinSize: 1, MaxSize: 2 })).toBe(2);
    expect(await codeOf(update({ MinSize: 5 }))).toBe("ValidationError");
    here.pass(200);
    expect((await here.look())!.Instances).toHaveLength(2);
  });

  it("takes a template by id or name, not both, and pins nothing by itself", async () => {
    const here = await account();
    expect(await codeOf(here.create({ LaunchTemplate: { LaunchTemplateId: here.template, LaunchTemplateName: "web" } }))).toBe(
      "ValidationError",
    );
    expect(await codeOf(here.create({ LaunchTemplate: here.LaunchTemplate("9") }))).toBe("ValidationError");
    await here.create({ LaunchTemplate: here.LaunchTemplate("$Latest") });
    expect((await here.look())!.LaunchTemplate).toEqual({ LaunchTemplateId: here.template, LaunchTemplateName: "web", Version: "$Latest" });
  });

  it("is found by its tags, and an unknown name returns nothing without an error", async () => {
    const here = await account();
    await here.create({ Tags: [{ Key: "env", Value: "dev" }] });
    const found = async (value: string) =>
      (await here.autoscaling.send(new asg.DescribeAutoScalingGroupsCommand({ Filters: [{ Name: "tag:env", Values: [value] }] })))
        .AutoScalingGroups!.length;
    expect([await found("dev"), await found("prod")]).toEqual([1, 0]);
    expect(
      (await here.autoscaling.send(new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["nobody"] }))).AutoScalingGroups,
    ).toEqual([]);
  });

  it("replaces a machine that somebody ends", async () => {
    const here = await account();
    await here.create();
    here.pass(60);
    const [victim] = await here.machines();
    await here.ec2.send(new TerminateInstancesCommand({ InstanceIds: [victim!.InstanceId!] }));
    await here.look();
    here.pass(120);
    const { Instances = [] } = (await here.look())!;
    expect(Instances.filter((one) => one.LifecycleState === "InService")).toHaveLength(2);
    expect(Instances.map((one) => one.InstanceId)).not.toContain(victim!.InstanceId);
  });

  it("registers its instances, and with the load balancer's health checks and no grace period ends unhealthy ones at once", async () => {
    const here = await account({ faults: { events: { "elbv2:targetStaysUnhealthy": 2 } } });
    const arn = await here.balancer();
    await here.create({ TargetGroupARNs: [arn], HealthCheckType: "ELB", HealthCheckGracePeriod: 0 });
    here.pass(900);
    const activities = await here.activities();
    expect(activities.filter((one) => one.Cause!.includes("ELB system health check failure"))).toHaveLength(2);
    const { TargetHealthDescriptions = [] } = await here.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    expect(TargetHealthDescriptions.filter((one) => one.TargetHealth!.State === "healthy")).toHaveLength(2);
  });

  it("suspends everything when it is given no list, and launches nothing then", async () => {
    const here = await account();
    await here.create({ MinSize: 0 });
    await here.autoscaling.send(new asg.SuspendProcessesCommand({ AutoScalingGroupName }));
    expect((await here.look())!.SuspendedProcesses).toHaveLength(9);
    await here.autoscaling.send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 2 }));
    here.pass(120);
    expect((await here.look())!.Instances).toEqual([]);
    await here.autoscaling.send(new asg.ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["Launch"] }));
    here.pass(120);
    expect((await here.look())!.Instances).toHaveLength(2);
  });
});

describe("hooks", () => {
  it("hold a machine until they are answered, or time is up", async () => {
    const here = await account();
    await here.create({
      MinSize: 1,
      LifecycleHookSpecificationList: [
        { LifecycleHookName: "boot", LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", HeartbeatTimeout: 300 },
      ],
    });
    here.pass(60);
    const [held] = (await here.look())!.Instances!;
    expect(held!.LifecycleState).toBe("Pending:Wait");
    await here.autoscaling.send(
      new asg.CompleteLifecycleActionCommand({
        AutoScalingGroupName,
        LifecycleHookName: "boot",
        InstanceId: held!.InstanceId,
        LifecycleActionResult: "CONTINUE",
      }),
    );
    expect((await here.look())!.Instances![0]!.LifecycleState).toBe("InService");
    await here.autoscaling.send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 2 }));
    here.pass(340);
    expect((await here.activities()).some((one) => one.Cause!.includes("abandoned"))).toBe(true);
  });
});

describe("policies", () => {
  it("of target tracking make their own alarms and remove them again", async () => {
    const here = await account();
    await here.create();
    const TargetTrackingConfiguration = {
      PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
      TargetValue: 50,
    } as const;
    const put = await here.autoscaling.send(
      new asg.PutScalingPolicyCommand({
        AutoScalingGroupName,
        PolicyName: "cpu",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration,
      }),
    );
    expect(put.Alarms!.map((one) => one.AlarmName!.replace(/-[0-9a-f-]{36}$/, ""))).toEqual([
      "TargetTracking-web-AlarmHigh",
      "TargetTracking-web-AlarmLow",
    ]);
    await here.autoscaling.send(new asg.DeletePolicyCommand({ AutoScalingGroupName, PolicyName: "cpu" }));
    expect(await codeOf(here.autoscaling.send(new asg.DeletePolicyCommand({ AutoScalingGroupName, PolicyName: "cpu" })))).toBe(
      "ValidationError",
    );
  });

  it("take the parameters of their type only", async () => {
    const here = await account();
    await here.create();
    const put = (input: object) =>
      codeOf(here.autoscaling.send(new asg.PutScalingPolicyCommand({ AutoScalingGroupName, PolicyName: "p", ...input })));
    expect(await put({ PolicyType: "StepScaling", AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 })).toBe("ValidationError");
    expect(
      await put({
        PolicyType: "StepScaling",
        AdjustmentType: "ChangeInCapacity",
        StepAdjustments: [
          { MetricIntervalUpperBound: 1, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 2, ScalingAdjustment: 1 },
        ],
      }),
    ).toBe("ValidationError");
    expect(await put({ AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 })).toBe("succeeded");
  });
});

describe("scheduled actions", () => {
  it("fire at their hour in their zone; one that recurs tells its next run, one that does not is gone", async () => {
    const here = await account();
    await here.create();
    const put = (ScheduledActionName: string, input: object) =>
      here.autoscaling.send(new asg.PutScheduledUpdateGroupActionCommand({ AutoScalingGroupName, ScheduledActionName, ...input }));
    await put("morning", { Recurrence: "30 9 * * *", TimeZone: "Asia/Seoul", MinSize: 3 });
    await put("once", { StartTime: new Date(Date.UTC(2026, 0, 1, 1)), DesiredCapacity: 4 });
    expect(await codeOf(put("past", { StartTime: new Date(0), MinSize: 1 }))).toBe("ValidationError");
    expect(await codeOf(put("same", { StartTime: new Date(Date.UTC(2026, 0, 1, 1)), MinSize: 1 }))).toBe("AlreadyExistsFault");
    here.pass(40 * 60);
    expect(await here.look()).toMatchObject({ MinSize: 3, DesiredCapacity: 3 });
    here.pass(30 * 60);
    expect(await here.look()).toMatchObject({ DesiredCapacity: 4 });
    const { ScheduledUpdateGroupActions = [] } = await here.autoscaling.send(new asg.DescribeScheduledActionsCommand({}));
    expect(ScheduledUpdateGroupActions.map((one) => [one.ScheduledActionName, one.StartTime!.toISOString()])).toEqual([
      ["morning", "2026-01-02T00:30:00.000Z"],
    ]);
  });
});
