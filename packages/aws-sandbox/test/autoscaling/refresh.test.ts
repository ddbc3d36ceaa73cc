import * as asg from "@aws-sdk/client-auto-scaling";
import { describe, expect, it } from "vitest";
import { account, codeOf } from "./account.ts";

const AutoScalingGroupName = "web";

async function grown(options: Parameters<typeof account>[0] = {}) {
  const here = await account(options);
  const target = await here.balancer();
  await here.create({ TargetGroupARNs: [target], HealthCheckType: "ELB", HealthCheckGracePeriod: 60, DefaultInstanceWarmup: 20 });
  here.pass(300);
  const version = await here.version();
  const start = (Preferences: asg.RefreshPreferences = {}) =>
    here.autoscaling.send(
      new asg.StartInstanceRefreshCommand({
        AutoScalingGroupName,
        DesiredConfiguration: { LaunchTemplate: here.LaunchTemplate(version) },
        Preferences: { SkipMatching: true, MinHealthyPercentage: 100, MaxHealthyPercentage: 150, ...Preferences },
      }),
    );
  const refresh = async () =>
    (await here.autoscaling.send(new asg.DescribeInstanceRefreshesCommand({ AutoScalingGroupName }))).InstanceRefreshes![0]!;
  return { ...here, version, start, refresh };
}

describe("a refresh", () => {
  it("replaces machine after machine without going below its minimum, and moves the group's version at the end", async () => {
    const here = await grown();
    await here.start();
    expect((await here.refresh()).Status).toBe("Pending");
    expect(await codeOf(here.start())).toBe("InstanceRefreshInProgressFault");
    const percentages = new Set<number>();
    for (let i = 0; i < 200 && (await here.refresh()).Status !== "Successful"; i++) {
      here.pass(10);
      const group = (await here.look())!;
      expect(
        group.Instances!.filter((one) => one.LifecycleState === "InService" && one.HealthStatus === "Healthy").length,
      ).toBeGreaterThanOrEqual(2);
      const { PercentageComplete, Status } = await here.refresh();
      percentages.add(PercentageComplete!);
      if (Status === "InProgress") expect(group.LaunchTemplate!.Version).toBe("1");
    }
    expect(await here.refresh()).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
    expect([...percentages]).toEqual([0, 50, 99, 100]);
    expect((await here.look())!.LaunchTemplate!.Version).toBe(here.version);
    expect((await here.machines()).map((one) => one.InstanceType)).toEqual(["t3.small", "t3.small"]);
  });

  it("to a version that all instances already have is over at once with SkipMatching", async () => {
    const here = await grown();
    await here.start();
    here.pass(3600);
    const before = (await here.machines()).map((one) => one.InstanceId).sort();
    await here.start();
    here.pass(30);
    expect((await here.refresh()).Status).toBe("Successful");
    expect((await here.machines()).map((one) => one.InstanceId).sort()).toEqual(before);
  });

  it("whose instances stay unhealthy fails and leaves the group's version; with AutoRollback it goes back", async () => {
    for (const AutoRollback of [false, true]) {
      const here = await grown();
      here.sandbox.setFaults({ events: { "elbv2:targetStaysUnhealthy": 3 } });
      await here.start({ AutoRollback });
      here.pass(3600);
      expect(await here.refresh()).toMatchObject({
        Status: AutoRollback ? "RollbackSuccessful" : "Failed",
        StatusReason: expect.stringContaining("failed their health checks"),
      });
      expect((await here.look())!.LaunchTemplate!.Version).toBe("1");
      if (AutoRollback) expect((await here.machines()).map((one) => one.InstanceType)).toEqual(["t3.micro", "t3.micro"]);
    }
  });

  it("that is cancelled leaves the instances that it replaced", async () => {
    const here = await grown();
    await here.start();
    here.pass(150);
    await here.autoscaling.send(new asg.CancelInstanceRefreshCommand({ AutoScalingGroupName }));
    here.pass(20);
    expect((await here.refresh()).Status).toBe("Cancelled");
    expect(await codeOf(here.autoscaling.send(new asg.CancelInstanceRefreshCommand({ AutoScalingGroupName })))).toBe(
      "ActiveInstanceRefreshNotFoundFault",
    );
    expect((await here.look())!.LaunchTemplate!.Version).toBe("1");
  });

  it("waits an hour for protected instances and then fails, unless it is set to leave them", async () => {
    for (const ScaleInProtectedInstances of ["Wait", "Ignore"] as const) {
      const here = await grown();
      const InstanceIds = (await here.machines()).map((one) => one.InstanceId!);
      await here.autoscaling.send(new asg.SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: true }));
      await here.start({ ScaleInProtectedInstances });
      here.pass(4000);
      expect((await here.refresh()).Status, ScaleInProtectedInstances).toBe(ScaleInProtectedInstances === "Wait" ? "Failed" : "Successful");
    }
  });

  it("stops the warm pool and the target groups from being changed", async () => {
    const here = await grown();
    await here.start();
    expect(await codeOf(here.autoscaling.send(new asg.PutWarmPoolCommand({ AutoScalingGroupName })))).toBe(
      "InstanceRefreshInProgressFault",
    );
    const [arn] = (await here.look())!.TargetGroupARNs!;
    expect(
      await codeOf(here.autoscaling.send(new asg.DetachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs: [arn!] }))),
    ).toBe("InstanceRefreshInProgressFault");
  });
});
