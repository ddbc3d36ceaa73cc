import {
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  DescribeNotificationConfigurationsCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  EnterStandbyCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateLaunchTemplateVersionCommand, DescribeLaunchTemplatesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { autoScalingGroup } from "../../src/kinds/auto-scaling-group/auto-scaling-group.ts";
import { openTestbed, settle, stepsOf, thereAndBack } from "./elbv2-testbed.ts";
import { balanced, group, groupIn, machinesIn, unmanaged, told } from "./group-testbed.ts";

const topics = `topics:
  ops: {}
  other: {}
`;

const full = group(
  `desiredCapacity: 2
healthCheckType: EC2
healthCheckGracePeriod: 200
defaultCooldown: 100
defaultInstanceWarmup: 60
terminationPolicies: [OldestInstance, Default]
protectFromScaleIn: false
maxInstanceLifetime: 604800
capacityRebalance: false
suspendedProcesses: [AZRebalance]
metrics: [GroupMinSize, GroupMaxSize]
tags: { team: web, role: front }
propagateTags: [team]
targetGroups: [one]
mixedInstances: { enabled: false }
lifecycleHooks:
  boot: { transition: launching, heartbeat: 60, defaultResult: CONTINUE }
notifications:
  - { topic: ops }
warmPool: { minSize: 1 }
refresh: rolling
refreshMinHealthy: 50
rollback: false
unlisted: remove`,
  `${topics}targetGroups:
  one: { vpc: main, protocol: HTTP, port: 80 }
  two: { vpc: main, protocol: HTTP, port: 81 }
`,
);

describe("fields", () => {
  it("agrees with itself when all fields are out", async () => {
    const index = openTestbed();
    await settle(index, group());
    expect(await groupIn(index)).toMatchObject({
      MinSize: 2,
      MaxSize: 4,
      DesiredCapacity: 2,
      HealthCheckGracePeriod: 300,
      HealthCheckType: "EC2",
      LaunchTemplate: { Version: "1" },
    });
  });

  it("agrees with itself when all fields are set", async () => {
    const index = openTestbed();
    await settle(index, full);
    const found = await groupIn(index);
    expect(found).toMatchObject({
      DefaultCooldown: 100,
      DefaultInstanceWarmup: 60,
      HealthCheckGracePeriod: 200,
      TerminationPolicies: ["OldestInstance", "Default"],
      MaxInstanceLifetime: 604_800,
      WarmPoolConfiguration: { MinSize: 1 },
    });
    expect(found.SuspendedProcesses!.map((one) => one.ProcessName)).toEqual(["AZRebalance"]);
    expect(found.EnabledMetrics!.map((one) => one.Metric)).toEqual(["GroupMaxSize", "GroupMinSize"]);
  });

  it("takes a warm pool off again", async () => {
    const index = openTestbed();
    await settle(index, full);
    await settle(index, full.replace("warmPool: { minSize: 1 }", "warmPool: { enabled: false }"));
    expect((await groupIn(index)).WarmPoolConfiguration).toBeUndefined();
  });

  it.each([
    ["metric: ASGAverageCPUUtilization", "customMetric: { namespace: Lab, name: Queue, statistic: Average, dimensions: { Queue: jobs } }"],
    ['morning: { recurrence: "0 6 * * *", minSize: 2 }', 'once: { startTime: "2027-06-01T00:00:00Z", desiredCapacity: 3 }'],
  ])("changes %s of policies and schedules to %s, and back", async (from, to) => {
    const yaml = group(`scalingPolicies:
  cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 }, warmup: 60 }
  out: { step: { adjustmentType: ChangeInCapacity, steps: [{ upper: 10, adjustment: 1 }, { lower: 10, adjustment: 2 }] } }
scheduledActions:
  night: { recurrence: "0 20 * * *", minSize: 0 }
  morning: { recurrence: "0 6 * * *", minSize: 2 }
unlisted: remove`);
    const index = openTestbed();
    await settle(index, yaml);
    expect(await thereAndBack(index, yaml, from, to)).toEqual(["update autoScalingGroup/web"]);
  });

  it("mixes types and markets, changes the mix, and goes back to one", async () => {
    const index = openTestbed();
    const mixed = group(
      "mixedInstances: { overrides: [{ instanceType: t3.small }, { instanceType: t3.micro, weight: 1 }], onDemandBase: 1, onDemandPercentage: 0, spotStrategy: price-capacity-optimized }\nrefreshMinHealthy: 100",
    );
    await settle(index, mixed);
    const machines = await machinesIn(index);
    expect(machines.map((one) => one.InstanceType)).toEqual(["t3.small", "t3.small"]);
    expect(machines.filter((one) => one.InstanceLifecycle === "spot")).toHaveLength(1);
    expect(await thereAndBack(index, mixed, "onDemandPercentage: 0", "onDemandPercentage: 100")).toEqual(["update autoScalingGroup/web"]);
    await settle(index, mixed.replace(/mixedInstances: .*/, "mixedInstances: { enabled: false }"));
    expect((await groupIn(index)).MixedInstancesPolicy).toBeUndefined();
    expect((await machinesIn(index)).map((one) => one.InstanceType)).toEqual(["t3.micro", "t3.micro"]);
  });

  it("keeps a metric of objects that the YAML names at a value, its own among them", async () => {
    const index = openTestbed();
    const custom = (namespace: string, dimensions: string) =>
      `{ targetTracking: { customMetric: { namespace: ${namespace}, name: X, statistic: Average, dimensions: ${dimensions} }, target: 9 } }`;
    const yaml = balanced(
      `scalingPolicies:\n  a: ${custom("AWS/ApplicationELB", "{ LoadBalancer: loadBalancer/web, TargetGroup: targetGroup/web }")}\n` +
        `  b: ${custom("Ours", "{ Group: autoScalingGroup/web, Path: /dev/sda1 }")}`,
    );
    await settle(index, yaml);
    const { ScalingPolicies = [] } = await unmanaged(index).autoscaling.send(
      new DescribePoliciesCommand({ AutoScalingGroupName: "test-web" }),
    );
    const seen = ScalingPolicies.map(({ PolicyName, TargetTrackingConfiguration: tracking }) => [
      PolicyName,
      tracking!.CustomizedMetricSpecification!.Dimensions!.map(({ Name, Value }) => `${Name} ${Value}`).sort(),
    ]);
    expect(Object.fromEntries(seen)).toEqual({
      a: [
        expect.stringMatching(/^LoadBalancer app\/test-web\/[0-9a-f]+$/) as string,
        expect.stringMatching(/^TargetGroup targetgroup\/test-web\/[0-9a-f]+$/) as string,
      ],
      b: ["Group test-web", "Path /dev/sda1"],
    });
    expect(() => index.load(yaml.replace("LoadBalancer: loadBalancer/web", "LoadBalancer: loadBalancer/wbe"))).toThrow(
      'autoScalingGroup/web names loadBalancer "wbe", which is not declared.',
    );
    expect(() => index.load(yaml.replace("LoadBalancer: loadBalancer/web", "Balancer: loadBalancer/web"))).toThrow(
      "the metrics of AWS/ApplicationELB have the dimension LoadBalancer for loadBalancer/web, not Balancer",
    );
  });

  it("counts requests of a balancer that the YAML names", async () => {
    const index = openTestbed();
    await settle(
      index,
      balanced(
        "scalingPolicies: { requests: { targetTracking: { metric: ALBRequestCountPerTarget, loadBalancer: web, targetGroup: web, target: 100 } } }",
      ),
    );
    const { ScalingPolicies: [policy] = [] } = await unmanaged(index).autoscaling.send(new DescribePoliciesCommand({}));
    expect(policy!.TargetTrackingConfiguration!.PredefinedMetricSpecification!.ResourceLabel).toMatch(
      /^app\/test-web\/[0-9a-f]+\/targetgroup\/test-web\/[0-9a-f]+$/,
    );
  });

  it("reads no more than it declares", async () => {
    const index = openTestbed();
    const yaml = full.replace(
      "refresh: rolling",
      "scalingPolicies: { cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } } }",
    );
    await index.apply(yaml);
    index.sandbox.forgetCalls();
    await index.plan(yaml);
    expect(index.sandbox.calls.filter((call) => call.service === "autoscaling").length).toBeLessThanOrEqual(
      autoScalingGroup.readCost({ ours: 1, account: 1 }),
    );
  });
});

describe("machines", () => {
  it("are the group's: shown under it, never taken for orphans, and have none of our tags", async () => {
    const index = openTestbed();
    const yaml = group("tags: { team: web }\npropagateTags: [Name, team]");
    await settle(index, yaml);
    const machines = await machinesIn(index);
    expect(machines.map((one) => one.Placement!.AvailabilityZone).sort()).toEqual(["eu-west-1a", "eu-west-1b"]);
    for (const machine of machines) {
      const tags = Object.fromEntries(machine.Tags!.map(({ Key, Value }) => [Key, Value]));
      expect(tags).toMatchObject({ Name: "test-web", team: "web", "aws:autoscaling:groupName": "test-web" });
      expect(Object.keys(tags).filter((key) => key.startsWith("infra:"))).toEqual([]);
    }
    const { observed } = await index.plan(yaml);
    expect(
      observed.objects
        .get("autoScalingGroup/web")!
        .live.parts!.map((one) => one.id)
        .sort(),
    ).toEqual(machines.map((one) => one.InstanceId).sort());
  });

  it("that somebody ends are replaced by the group, and that is no drift", async () => {
    const index = openTestbed();
    await settle(index, group());
    const [victim] = await machinesIn(index);
    await unmanaged(index).ec2.send(new TerminateInstancesCommand({ InstanceIds: [victim!.InstanceId!] }));
    await index.clock.sleep(10_000);
    await groupIn(index);
    await index.clock.sleep(120_000);
    const { Instances = [] } = await groupIn(index);
    expect(Instances.filter((one) => one.LifecycleState === "InService")).toHaveLength(2);
    expect(Instances.map((one) => one.InstanceId)).not.toContain(victim!.InstanceId);
    expect(stepsOf(await index.plan(group()))).toEqual([]);
  });

  it("that others protect stay protected, and do not hinder a destroy", async () => {
    const index = openTestbed();
    await settle(index, group());
    const [one] = await machinesIn(index);
    await unmanaged(index).autoscaling.send(
      new SetInstanceProtectionCommand({ AutoScalingGroupName: "test-web", InstanceIds: [one!.InstanceId!], ProtectedFromScaleIn: true }),
    );
    await settle(index, group());
    expect((await groupIn(index)).Instances!.filter((machine) => machine.ProtectedFromScaleIn)).toHaveLength(1);
    await index.destroy(group());
    expect(await groupIn(index)).toBeUndefined();
    expect(await machinesIn(index)).toEqual([]);
  });
});

describe("a changed template", () => {
  const changed = (yaml: string) => yaml.replace("instanceType: t3.micro", "instanceType: t3.small");

  it("rolls the group in the same run, with health respected", async () => {
    const index = openTestbed();
    await settle(index, balanced());
    const before = await machinesIn(index);
    const applied = await settle(index, changed(balanced()));
    expect(stepsOf(applied.run).sort()).toEqual(["update autoScalingGroup/web", "update launchTemplate/web"]);
    const step = applied.run.plan.steps.find((one) => one.address === "autoScalingGroup/web")!;
    expect(step.because).toBe("launchTemplate/web changes");
    const after = await machinesIn(index);
    expect(after.map((one) => one.InstanceType)).toEqual(["t3.small", "t3.small"]);
    expect(after.map((one) => one.InstanceId)).not.toContain(before[0]!.InstanceId);
    expect(told(applied).said).toContainEqual(expect.stringMatching(/^\d+ % of the instances replaced$/));
    expect((await groupIn(index)).LaunchTemplate!.Version).toBe("2");
  });

  it("never leaves fewer healthy machines than it may", async () => {
    const index = openTestbed();
    await settle(index, balanced());
    let least = Infinity;
    const running = index.apply(changed(balanced()));
    const watch = { isOn: true };
    void running.finally(() => (watch.isOn = false));
    while (watch.isOn) {
      await index.clock.sleep(5_000);
      const found = await groupIn(index);
      least = Math.min(
        least,
        found.Instances!.filter((one) => one.LifecycleState === "InService" && one.HealthStatus === "Healthy").length,
      );
    }
    await running;
    expect(least).toBe(2);
  });

  it.each([
    ["left alone", "", ["t3.micro", "t3.small", "t3.small"]],
    ["ended where the file says so", "refreshStandbyInstances: Terminate", ["t3.small", "t3.small"]],
  ])("a machine in standby is no drift, and is %s when the others are replaced", async (_what, field, types) => {
    const index = openTestbed();
    await settle(index, group(field));
    const { autoscaling } = unmanaged(index);
    const { Instances: [first] = [] } = await groupIn(index);
    const InstanceIds = [first!.InstanceId!];
    const AutoScalingGroupName = "test-web";
    await autoscaling.send(new EnterStandbyCommand({ AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity: false }));
    await index.clock.sleep(600_000);
    expect((await groupIn(index)).Instances!.map((one) => one.LifecycleState).sort()).toEqual(["InService", "InService", "Standby"]);
    expect(stepsOf(await index.plan(group(field)))).toEqual([]);
    await settle(index, changed(group(field)));
    expect((await machinesIn(index)).map((one) => one.InstanceType).sort()).toEqual(types);
  });

  it("whose instances never get healthy fails, in the words of the activities, and the next plan says so", async () => {
    const index = openTestbed();
    await settle(index, balanced());
    index.sandbox.setFaults({ events: { "elbv2:targetStaysUnhealthy": 20 } });
    const applied = await index.tryApply(changed(balanced()));
    expect(told(applied).failed).toEqual([
      expect.stringMatching(/^autoScalingGroup\/web create: the refresh failed: .*ELB system health check failure/),
    ]);
    index.sandbox.setFaults({});
    expect(stepsOf(await index.plan(changed(balanced())))).toEqual(["update autoScalingGroup/web"]);
    await settle(index, changed(balanced()));
    expect((await machinesIn(index)).map((one) => one.InstanceType)).toEqual(["t3.small", "t3.small"]);
  });

  it("with `rollback: true` ends where it began", async () => {
    const index = openTestbed();
    const yaml = balanced("rollback: true");
    await settle(index, yaml);
    index.sandbox.setFaults({ events: { "elbv2:targetStaysUnhealthy": 3 } });
    const applied = await index.tryApply(changed(yaml));
    expect(told(applied).failed).toEqual([expect.stringContaining("the refresh failed and was rolled back to the old version")]);
    expect((await groupIn(index)).LaunchTemplate!.Version).toBe("1");
    expect((await machinesIn(index)).map((one) => one.InstanceType)).toEqual(["t3.micro", "t3.micro"]);
  });

  it("with `refresh: none` is for new machines only", async () => {
    const index = openTestbed();
    const yaml = group("refresh: none");
    await settle(index, yaml);
    const applied = await settle(index, changed(yaml));
    expect((await machinesIn(index)).map((one) => one.InstanceType)).toEqual(["t3.micro", "t3.micro"]);
    expect((await groupIn(index)).LaunchTemplate!.Version).toBe("2");
    expect((await index.plan(changed(yaml))).plan.notes.map((note) => note.text)).toContainEqual(
      expect.stringContaining("2 of 2 instances run another version"),
    );
    expect(told(applied).said).toContain("running instances keep the old version");
  });

  it("leaves machines that somebody protected, instead of waiting an hour for them", async () => {
    const index = openTestbed();
    await settle(index, group());
    const [one] = await machinesIn(index);
    await unmanaged(index).autoscaling.send(
      new SetInstanceProtectionCommand({ AutoScalingGroupName: "test-web", InstanceIds: [one!.InstanceId!], ProtectedFromScaleIn: true }),
    );
    await settle(index, changed(group()));
    expect((await machinesIn(index)).map((machine) => machine.InstanceType).sort()).toEqual(["t3.micro", "t3.small"]);
  });

  it("continues a refresh that an earlier run began", async () => {
    const index = openTestbed();
    await settle(index, balanced());
    await expect(
      (async () => {
        const run = await index.plan(changed(balanced()));
        const { applyEnvironment } = await import("../../src/engine.ts");
        const controller = new AbortController();
        for await (const event of applyEnvironment(run.connection, run, { signal: controller.signal }))
          if (event.type === "step-said" && event.text.includes("%")) controller.abort();
        return "stopped";
      })(),
    ).resolves.toBe("stopped");
    const applied = await settle(index, changed(balanced()));
    expect(told(applied).said).toContain("a refresh to this version is already under way");
    const started = index.sandbox.calls.filter((call) => call.operation === "StartInstanceRefresh");
    expect(started).toHaveLength(1);
  });

  it("only tagged again rolls nothing", async () => {
    const index = openTestbed();
    await settle(index, group());
    const applied = await settle(index, group().replace("launchTemplates:\n  web: {", "launchTemplates:\n  web: { tags: { team: web },"));
    expect(stepsOf(applied.run)).toEqual(["update launchTemplate/web"]);
  });
});

describe("launches that fail", () => {
  it("are reported in AWS's own words, within the budget", async () => {
    const index = openTestbed();
    const key = "rootVolume: { encrypted: true, kmsKey: 99999999-9999-9999-9999-999999999999 }, instanceType: t3.micro";
    const applied = await index.tryApply(group().replace("instanceType: t3.micro", key));
    expect(told(applied).failed).toEqual([expect.stringMatching(/AWS cannot launch the instances: .*Client\.InternalError/)]);
    expect(applied.outcome.ms).toBeLessThan(120_000);
  });

  it.each([
    [
      "image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }",
      "image: ami-0123456789abcdef0",
      "ami-0123456789abcdef0",
    ],
    ["instanceType: t3.micro", "instanceType: t3.micro, keyPair: { id: nobody }", "nobody"],
  ])("because the template names missing objects are refused when the group is made: %s, %s", async (from, to, says) => {
    const yaml = group();
    expect(yaml).toContain(from);
    const applied = await openTestbed().tryApply(yaml.replace(from, to));
    expect(told(applied).failed).toEqual([expect.stringMatching(`You must use a valid fully-formed launch template.*${says}`)]);
  });

  it("because the profile is not there are refused before anything is made of them", async () => {
    const nobodys = "instanceType: t3.micro, instanceProfile: { name: nobody }";
    const { run } = await openTestbed().tryApply(group().replace("instanceType: t3.micro", nobodys));
    expect(run.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([["lookup-failed", expect.stringContaining("nobody")]]);
  });

  it("for lack of room are waited out, and given up after three", async () => {
    const index = openTestbed({ sandbox: { faults: { events: { "autoscaling:launchFails": 1 } } } });
    await settle(index, group());
    const other = openTestbed({ sandbox: { faults: { events: { "autoscaling:launchFails": 50 } } } });
    expect(told(await other.tryApply(group())).failed).toEqual([
      expect.stringContaining("We currently do not have sufficient t3.micro capacity"),
    ]);
  });

  it("that die at once are reported too, and the next run heals them", async () => {
    const index = openTestbed({ sandbox: { faults: { events: { "ec2:instanceTerminatesAtLaunch": 1 } } } });
    expect(told(await index.tryApply(group())).failed).toEqual([expect.stringContaining("Client.InternalError: Client error on launch")]);
    await index.clock.sleep(300_000);
    await settle(index, group());
    expect(await machinesIn(index)).toHaveLength(2);
  });
});

describe("traps", () => {
  it("grace 0: an unwritten grace period is 300, and 0 behind a balancer is warned of", async () => {
    const index = openTestbed();
    await settle(index, group());
    expect((await groupIn(index)).HealthCheckGracePeriod).toBe(300);
    const spec = index
      .load(balanced().replace("healthCheckGracePeriod: 120", "healthCheckGracePeriod: 0"))
      .nodes.find((node) => node.address === "autoScalingGroup/web")!;
    expect(autoScalingGroup.check!(spec, { region: "eu-west-1", of: () => [], get: () => undefined })).toEqual([
      expect.objectContaining({ code: "health-grace", severity: "warning" }),
    ]);
  });

  it("$Latest: a version is pinned by number, a foreign version rolls nothing, and $Latest set by hand is drift", async () => {
    const index = openTestbed();
    await settle(index, group());
    const aws = unmanaged(index);
    const { LaunchTemplates: [template] = [] } = await aws.ec2.send(new DescribeLaunchTemplatesCommand({}));
    const LaunchTemplateId = template!.LaunchTemplateId!;
    await aws.ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: { InstanceType: "t3.large" } }));
    expect(stepsOf(await index.plan(group()))).toEqual([]);
    await aws.autoscaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "test-web", LaunchTemplate: { LaunchTemplateId, Version: "$Latest" } }),
    );
    expect(stepsOf(await index.plan(group()))).toEqual(["update autoScalingGroup/web"]);
    await settle(index, group());
    expect((await groupIn(index)).LaunchTemplate!.Version).toBe("1");
  });

  it("empty describe: a group that vanished is not taken for one in service", async () => {
    const index = openTestbed();
    const { untilInService } = await import("../../src/kinds/auto-scaling-group/launches.ts");
    const { aws } = await index.connection();
    const sdk = await import("../../src/aws/sdk/autoscaling.ts");
    const until = async (_what: string, _limit: number, _every: number, look: () => Promise<boolean>) => void (await look());
    await expect(untilInService(aws, sdk, "nobody", 0, { until, say: () => undefined })).rejects.toThrow(
      "the Auto Scaling group nobody no longer exists",
    );
  });

  it("MaxSize lowered: the plan shows it, and machines end", async () => {
    const index = openTestbed();
    const yaml = group("desiredCapacity: 4");
    await settle(index, yaml);
    const lower = yaml.replace("maxSize: 4", "maxSize: 2").replace("desiredCapacity: 4", "desiredCapacity: 2");
    const { run } = await settle(index, lower);
    expect(run.plan.notes.map((note) => note.text)).toContainEqual(
      expect.stringContaining("maxSize is 2 and the desired capacity is 4 now: AWS terminates 2 of its instances"),
    );
    await index.clock.sleep(120_000);
    expect((await groupIn(index)).Instances).toHaveLength(2);
  });

  it("processes suspended without a list: no call ever lacks its list", async () => {
    const index = openTestbed();
    await settle(index, group("suspendedProcesses: [AZRebalance]"));
    await settle(index, group("suspendedProcesses: []"));
    expect((await groupIn(index)).SuspendedProcesses).toEqual([]);
    await unmanaged(index).autoscaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: "test-web", ScalingProcesses: ["HealthCheck"] }),
    );
    expect(stepsOf(await index.plan(group()))).toEqual([]);
    await settle(index, group("suspendedProcesses: []"));
    const calls = index.sandbox.calls.filter((call) => /^(Suspend|Resume)Processes$/.test(call.operation));
    expect(calls.map((call) => call.operation)).toEqual(["SuspendProcesses", "ResumeProcesses", "SuspendProcesses", "ResumeProcesses"]);
    expect((await groupIn(index)).SuspendedProcesses).toEqual([]);
  });

  it("hooks of deployment tools lost: the parts that others add to a group stay, whatever `unlisted` says", async () => {
    const index = openTestbed();
    const yaml = group("lifecycleHooks: { boot: { transition: launching, heartbeat: 30, defaultResult: CONTINUE } }\nunlisted: remove");
    await settle(index, yaml);
    const aws = unmanaged(index).autoscaling;
    const hook = { AutoScalingGroupName: "test-web", LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" };
    await aws.send(new PutLifecycleHookCommand({ ...hook, LifecycleHookName: "CodeDeploy-managed-automatic-launch-deployment-hook" }));
    await aws.send(new PutLifecycleHookCommand({ ...hook, LifecycleHookName: "somebody" }));
    await settle(index, yaml);
    const names = async () =>
      (await aws.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName: "test-web" })))
        .LifecycleHooks!.map((one) => one.LifecycleHookName)
        .sort();
    expect(await names()).toEqual(["CodeDeploy-managed-automatic-launch-deployment-hook", "boot"]);
    await aws.send(new DeleteLifecycleHookCommand({ AutoScalingGroupName: "test-web", LifecycleHookName: "boot" }));
    await settle(index, yaml);
    expect(await names()).toContain("boot");
  });

  it("capacity moved by a policy or a schedule is no drift; a minimum changed by hand is", async () => {
    const index = openTestbed();
    const yaml = group(`desiredCapacity: 2
scalingPolicies: { cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } } }
scheduledActions: { night: { recurrence: "0 20 * * *", minSize: 0, desiredCapacity: 0 }, morning: { recurrence: "0 6 * * *", minSize: 2 } }`);
    await settle(index, yaml);
    const aws = unmanaged(index).autoscaling;
    await aws.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: "test-web", DesiredCapacity: 4 }));
    expect(stepsOf(await index.plan(yaml))).toEqual([]);
    await index.clock.sleep(22 * 3_600_000);
    expect(await groupIn(index)).toMatchObject({ MinSize: 0, DesiredCapacity: 0 });
    expect(stepsOf(await index.plan(yaml))).toEqual([]);
    await index.clock.sleep(9 * 3_600_000);
    expect(await groupIn(index)).toMatchObject({ MinSize: 2, DesiredCapacity: 2 });
    await aws.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "test-web", MinSize: 1 }));
    expect(stepsOf(await index.plan(yaml))).toEqual(["update autoScalingGroup/web"]);
    await settle(index, yaml);
    expect(await groupIn(index)).toMatchObject({ MinSize: 2 });
  });

  it("without policies and schedules, a written capacity that somebody moved is drift, an unwritten one is not", async () => {
    const index = openTestbed();
    await settle(index, group("desiredCapacity: 3"));
    await unmanaged(index).autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: "test-web", DesiredCapacity: 4 }));
    expect(stepsOf(await index.plan(group()))).toEqual([]);
    expect(stepsOf(await index.plan(group("desiredCapacity: 3")))).toEqual(["update autoScalingGroup/web"]);
  });

  it("a one-time action that has run is no drift, and its remains are reported", async () => {
    const index = openTestbed();
    const yaml = group('scheduledActions: { once: { startTime: "2026-01-01T02:00:00Z", desiredCapacity: 3 } }');
    await settle(index, yaml);
    await index.clock.sleep(3 * 3_600_000);
    const { ScheduledUpdateGroupActions } = await unmanaged(index).autoscaling.send(new DescribeScheduledActionsCommand({}));
    expect(ScheduledUpdateGroupActions).toEqual([]);
    const run = await index.plan(yaml);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("the scheduled action once has run"));
  });

  it("policies of others stay and are reported; the alarms of target tracking are nobody's", async () => {
    const index = openTestbed();
    const yaml = group("scalingPolicies: { cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } } }");
    await settle(index, yaml);
    const aws = unmanaged(index);
    await aws.autoscaling.send(
      new PutScalingPolicyCommand({
        AutoScalingGroupName: "test-web",
        PolicyName: "theirs",
        AdjustmentType: "ChangeInCapacity",
        ScalingAdjustment: 1,
      }),
    );
    const run = await index.plan(yaml);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("scalingPolicies has theirs"));
    expect((await aws.cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toHaveLength(2);
    await index.destroy(yaml);
    expect((await aws.cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });

  it("one policy is kept for a metric: a new name takes it over, two swap, and a policy of others is an error of the plan", async () => {
    const index = openTestbed();
    const tracking = (names: Record<string, string>) =>
      group(
        `scalingPolicies: { ${Object.entries(names)
          .map(([name, metric]) => `${name}: { targetTracking: { metric: ${metric}, target: 50 } }`)
          .join(", ")} }`,
      );
    const [cpu, net, out] = ["ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"] as const;
    await settle(index, tracking({ a: cpu, b: net }));
    const changes: readonly Record<string, string>[] = [
      { a: net, b: cpu },
      { c: cpu, a: net },
    ];
    for (const next of changes) {
      await settle(index, tracking(next));
      expect(stepsOf(await index.plan(tracking(next)))).toEqual([]);
    }
    await unmanaged(index).autoscaling.send(
      new PutScalingPolicyCommand({
        AutoScalingGroupName: "test-web",
        PolicyName: "theirs",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration: { PredefinedMetricSpecification: { PredefinedMetricType: out }, TargetValue: 9 },
      }),
    );
    const run = await index.plan(tracking({ c: cpu, a: out }));
    expect(run.diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      'slot-taken: autoScalingGroup/web needs the metric that scalingPolicies.a tracks, which the scaling policy "theirs" that somebody else made already has; this plan does not change that.',
    ]);
    expect(stepsOf(run)).toEqual([]);
  });

  it("ResumeProcesses comes before a refresh that Launch would stop", async () => {
    const index = openTestbed();
    const yaml = group("suspendedProcesses: []");
    await settle(index, yaml);
    await unmanaged(index).autoscaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: "test-web", ScalingProcesses: ["Launch"] }),
    );
    await settle(index, yaml.replace("instanceType: t3.micro", "instanceType: t3.small"));
    expect((await machinesIn(index)).map((one) => one.InstanceType)).toEqual(["t3.small", "t3.small"]);
  });
});

describe("the life of a group", () => {
  it("notifies the topics that it names", async () => {
    const index = openTestbed();
    await settle(index, group("notifications: [{ topic: ops, events: [launchError] }]", topics));
    const { NotificationConfigurations = [] } = await unmanaged(index).autoscaling.send(new DescribeNotificationConfigurationsCommand({}));
    expect(NotificationConfigurations.map((one) => one.NotificationType)).toEqual(["autoscaling:EC2_INSTANCE_LAUNCH_ERROR"]);
  });

  it("is finished by the next run wherever the first one was stopped", async () => {
    for (const operation of ["CreateAutoScalingGroup", "PutLifecycleHook", "UpdateAutoScalingGroup", "PutScalingPolicy"]) {
      const yaml = group(
        "desiredCapacity: 3\nlifecycleHooks: { boot: { transition: launching, heartbeat: 30, defaultResult: CONTINUE } }\nscalingPolicies: { cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } } }",
      );
      const index = openTestbed({
        sandbox: { faults: { refuse: [{ operation: `autoscaling:${operation}`, times: "always", code: "AccessDenied", status: 403 }] } },
      });
      expect((await index.tryApply(yaml)).outcome.failed, operation).toHaveLength(1);
      index.sandbox.setFaults({ loseAnswer: [{ operation: `autoscaling:${operation}` }] });
      await index.apply(yaml);
      index.sandbox.setFaults({});
      await settle(index, yaml);
      expect(await groupIn(index), operation).toMatchObject({ MinSize: 2, MaxSize: 4, DesiredCapacity: 3 });
    }
  });

  it("waits for a name that a group on its way out still holds", async () => {
    const index = openTestbed();
    await settle(index, group("protectFromScaleIn: false"));
    const aws = unmanaged(index).autoscaling;
    const { DeleteAutoScalingGroupCommand } = await import("@aws-sdk/client-auto-scaling");
    await aws.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: "test-web", ForceDelete: true }));
    expect((await groupIn(index)).Status).toBe("Delete in progress");
    const applied = await settle(index, group());
    expect(stepsOf(applied.run)).toEqual(["create autoScalingGroup/web"]);
    expect(await groupIn(index)).toMatchObject({ DesiredCapacity: 2 });
  });

  it("is deleted behind a load balancer: instances drain, the group is deleted, then the objects that it used", async () => {
    const index = openTestbed();
    const yaml = balanced("warmPool: { minSize: 1 }");
    await settle(index, yaml);
    const applied = await index.destroy(yaml);
    expect(told(applied).failed).toEqual([]);
    expect(await groupIn(index)).toBeUndefined();
    expect(stepsOf(await index.plan(yaml, "destroy"))).toEqual([]);
    // The load balancer is deleted while the instances drain. Each takes minutes, and the run takes only the longer of the two times.
    const took = applied.events.flatMap((event) => (event.type === "step-done" ? [event.ms] : []));
    expect(took.filter((ms) => ms > 120_000)).toHaveLength(2);
    expect(applied.outcome.ms).toBeLessThan(1.1 * Math.max(...took));
  });

  it("takes no foreign group that has its name", async () => {
    const index = openTestbed();
    await settle(index, group());
    const other = group()
      .replace("project: lab", "project: other")
      .replaceAll("10.0.", "10.9.")
      .replace("minSize: 2", "minSize: 0\n    name: test-web");
    const applied = await index.tryApply(other);
    expect(told(applied).failed.join()).toContain("does not have the tags of this environment");
    expect(await groupIn(index)).toMatchObject({ MinSize: 2 });
  });
});

describe("groups that AWS would refuse", () => {
  it.each([
    ["minSize: 2", "minSize: 9", "minSize is 9, which is more than maxSize, 4"],
    ["minSize: 2", "minSize: 2\n    desiredCapacity: 5", "desiredCapacity is 5, which is not between minSize, 2, and maxSize, 4"],
    ["minSize: 2", "minSize: 2\n    scalingPolicies: { a: {} }", "exactly one of targetTracking, step, simple and predictive"],
    [
      "minSize: 2",
      "minSize: 2\n    scalingPolicies: { a: { targetTracking: { metric: ASGAverageCPUUtilization, target: 1 } }, b: { targetTracking: { metric: ASGAverageCPUUtilization, target: 2 } } }",
      "already tracks this metric",
    ],
    [
      "minSize: 2",
      "minSize: 2\n    scalingPolicies: { a: { targetTracking: { metric: ALBRequestCountPerTarget, target: 1 } } }",
      "needs loadBalancer and targetGroup",
    ],
    [
      "minSize: 2",
      "minSize: 2\n    scalingPolicies: { a: { step: { adjustmentType: ChangeInCapacity, steps: [{ upper: 1, adjustment: 1 }, { lower: 2, adjustment: 1 }] } } }",
      "leave a gap",
    ],
    ["minSize: 2", 'minSize: 2\n    scheduledActions: { a: { recurrence: "0 1 * * *" } }', "the scheduled action changes nothing"],
    ["minSize: 2", "minSize: 2\n    scheduledActions: { a: { minSize: 1 } }", "the scheduled action never runs"],
    ["minSize: 2", "minSize: 2\n    propagateTags: [team]", 'no tag "team" to propagate'],
    ["minSize: 2", "minSize: 2\n    maxInstanceLifetime: 60", "maxInstanceLifetime must be 86400 seconds"],
  ])("%s → %s is an error before any call", (from, to, says) => {
    expect(() => openTestbed().load(group().replace(from, to))).toThrow(says);
  });

  it.each<[what: string, from: string, to: string]>([
    ["template", "securityGroups: [one] }\nauto", "securityGroups: [far] }\nauto"],
    ["further interfaces", "[one] }\nauto", "[one], networkInterfaces: [{ securityGroups: [one] }, { securityGroups: [far] }] }\nauto"],
  ])("groups of another VPC on the %s are an error of who launches it", (_what, from, to) => {
    const elsewhere = (vpc: string) =>
      group()
        .replace(from, to)
        .replace("\nvpcs:\n", "\nvpcs:\n  other: { cidrBlock: 10.9.0.0/16 }\n")
        .replace("\nsecurityGroups:\n", `\nsecurityGroups:\n  far: { vpc: ${vpc}, description: Far }\n`);
    expect(() => openTestbed().load(elsewhere("main"))).not.toThrow();
    const says = "securityGroup/far of launchTemplate/web is in vpc/other, but subnet/a is in vpc/main.";
    expect(() => openTestbed().load(elsewhere("other"))).toThrow(says);
    const overridden = "minSize: 2\n    mixedInstances: { overrides: [{ instanceType: t3.small, launchTemplate: web }] }";
    const rewritten = elsewhere("other")
      .replace("    launchTemplate: web", "    launchTemplate: plain")
      .replace("minSize: 2", overridden)
      .replace("\nlaunchTemplates:\n", "\nlaunchTemplates:\n  plain: { image: ami-0123456789abcdef0, instanceType: t3.micro }\n");
    expect(() => openTestbed().load(rewritten)).toThrow(says);
  });
});
