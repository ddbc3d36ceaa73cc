/** What AWS does that nobody expects, of templates, balancers, groups and databases, where no test of the kind's own shows it. */
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient, StopDBInstanceCommand } from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { applyEnvironment } from "../../src/engine.ts";
import { autoScalingGroup } from "../../src/kinds/auto-scaling-group.ts";
import { elbv2TagsOf } from "../../src/kinds/elbv2-objects.ts";
import type { Run } from "../../src/kinds/kind.ts";
import { observe } from "../../src/kinds/load-balancer/observe.ts";
import type { Applied } from "../support/lab.ts";
import { lab, machines, network, settle, stepsOf, stranger } from "./elbv2-lab.ts";
import { all, scope } from "./mocked-ec2.ts";
import { balanced, group, groupIn, machinesIn, strangers, told } from "./group-lab.ts";

/** What was called, in order. */
function operations(world: ReturnType<typeof lab>, service: string): string[] {
  return world.sandbox.calls.filter((call) => call.service === service && call.mutating).map((call) => call.operation);
}

const steps = ({ events }: Applied) =>
  events.flatMap((event) => (event.type === "step-done" ? [`${event.step.address} ${event.step.stage}`] : []));

describe("launch templates", () => {
  const template = (fields: string) => `${network}
launchTemplates:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro${fields} }
`;

  it("a version is a whole document: what left the YAML is not merged in from the version before", async () => {
    const world = lab();
    await settle(world, template(", monitoring: true, ebsOptimized: true"));
    await settle(world, template(", ebsOptimized: false"));
    const { LaunchTemplateVersions: [latest] = [] } = await strangers(world).ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: "test-web", Versions: ["$Latest"] }),
    );
    expect(latest!.LaunchTemplateData).toMatchObject({ EbsOptimized: false });
    expect(latest!.LaunchTemplateData).not.toHaveProperty("Monitoring");
  });

  it("security groups stand on the interface where there is one: else groups accept the template and launch nothing", async () => {
    const world = lab();
    await settle(world, group().replace("securityGroups: [one] }", "securityGroups: [one], associatePublicIpAddress: true }"));
    const found = await machinesIn(world);
    expect(found).toHaveLength(2);
    expect(found.every((one) => one.PublicIpAddress !== undefined && one.SecurityGroups?.length === 1)).toBe(true);
  });

  it("what does not exist is found out at the launch, and the template goes after the group that AWS would let starve", async () => {
    const world = lab();
    const broken = group().replace("instanceType: t3.micro,", "instanceType: t3.micro, placementGroup: nowhere,");
    expect(told(await world.tryApply(broken)).failed.join()).toContain("nowhere");
    const done = steps(await world.destroy(broken));
    expect(done.indexOf("launchTemplate/web delete")).toBeGreaterThan(done.indexOf("autoScalingGroup/web delete"));
  });
});

describe("target groups and load balancers", () => {
  const application = `${network}${machines}
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 8001, healthCheck: { interval: 10, healthyThreshold: 2 }, targets: [a] }
loadBalancers:
  web: { scheme: internet-facing, subnets: [a, b], securityGroups: [one], listeners: { 80: { protocol: HTTP, forward: web } } }
`;

  it("a group that goes between the list and its tags fails the batch of twenty, and the rest is read all the same", async () => {
    const world = lab();
    await settle(world, `${network}targetGroups:\n  web: { vpc: main, protocol: HTTP, port: 80 }\n`);
    const aws = stranger(world);
    const { TargetGroups: [ours] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const made = await aws.send(new CreateTargetGroupCommand({ Name: "brief", Protocol: "HTTP", Port: 80, VpcId: ours!.VpcId! }));
    const gone = made.TargetGroups![0]!.TargetGroupArn!;
    await aws.send(new DeleteTargetGroupCommand({ TargetGroupArn: gone }));
    const tags = await elbv2TagsOf((await world.connection()).aws, [gone, ours!.TargetGroupArn!]);
    expect([...tags.keys()]).toEqual([ours!.TargetGroupArn]);
  });

  it("a gRPC group's answers are matched by gRPC codes", async () => {
    const world = lab();
    const grpc = (matcher: string) =>
      `${network}targetGroups:\n  web: { vpc: main, protocol: HTTP, port: 80, protocolVersion: GRPC, healthCheck: { path: /up, matcher: "${matcher}" } }\n`;
    await settle(world, grpc("0"));
    expect(stepsOf((await settle(world, grpc("0-12"))).run)).toEqual(["update targetGroup/web"]);
    const { TargetGroups: [found] = [] } = await stranger(world).send(new DescribeTargetGroupsCommand({}));
    expect(found!.Matcher).toEqual({ GrpcCode: "0-12" });
  });

  it("a new group is not seen for seconds, and a listener on it is tried again", async () => {
    const world = lab({ sandbox: { faults: { lag: { ids: 4000, of: ["arn:aws:elasticloadbalancing"] } } } });
    await world.apply(application);
    await world.clock.sleep(5000);
    expect(stepsOf(await world.plan(application))).toEqual([]);
    expect(world.sandbox.counts().errors).toHaveProperty("TargetGroupNotFound");
  });

  it("targets that AWS never checks are told, instead of waiting for their health", async () => {
    const world = lab();
    await settle(world, application);
    await world.clock.sleep(600_000);
    const elsewhere =
      `${application.replace("instances:", "instances:\n  far: { subnet: c, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [one], disposable: true }")}`
        .replace("targetGroups:\n", "targetGroups:\n  far: { vpc: main, protocol: HTTP, port: 8001, targets: [far] }\n")
        .replace("forward: web", "forward: far");
    const began = world.clock.now();
    const applied = await world.tryApply(elsewhere);
    expect(told(applied).failed.join()).toMatch(
      /AWS does not check the targets of test-far: they stand in zones in which the balancer has no subnet/,
    );
    expect(world.clock.now() - began).toBeLessThan(600_000);
  });

  it("a balancer that is active_impaired serves, and says that it is short of addresses", async () => {
    const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1";
    const found = { LoadBalancerArn: arn, State: { Code: "active_impaired", Reason: "no free addresses" } } as const;
    // Another project's is not looked into, so nothing is called.
    const tags = new Map([[arn, { "infra:resource": "loadBalancer/web", "infra:project": "other" }]]);
    const [live] = await observe({} as Aws, {} as never, [found], tags, scope, "all");
    expect(live).toMatchObject({ state: "ready", notes: [expect.stringContaining("cannot grow (no free addresses)")] });
  });

  it("a secure listener gets a policy of today, not AWS's of 2016", async () => {
    const world = lab();
    await settle(
      world,
      application.replace(
        "80: { protocol: HTTP,",
        "443: { protocol: HTTPS, certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/one',",
      ),
    );
    const aws = stranger(world);
    const { TargetGroups: [found] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const { Listeners: [listener] = [] } = await aws.send(new DescribeListenersCommand({ LoadBalancerArn: found!.LoadBalancerArns![0]! }));
    expect(listener!.SslPolicy).toBe("ELBSecurityPolicy-TLS13-1-2-2021-06");
  });
});

describe("auto-scaling groups", () => {
  it("target groups are attached ten a call", async () => {
    const world = lab();
    const names = Array.from({ length: 23 }, (_, i) => `t${i}`);
    const groups = `targetGroups:\n${names.map((name) => `  ${name}: { vpc: main, protocol: HTTP, port: 80 }\n`).join("")}`;
    await settle(world, group("targetGroups: [t0]", groups));
    world.sandbox.forgetCalls();
    await settle(world, group(`targetGroups: [${names.join(", ")}]`, groups));
    expect(operations(world, "autoscaling")).toEqual(Array(3).fill("AttachLoadBalancerTargetGroups"));
    expect((await groupIn(world)).TargetGroupARNs).toHaveLength(23);
  });

  it("the kind of health check and its grace period are sent together", async () => {
    const sent: object[] = [];
    const aws = { autoscaling: (command: { input: object }) => Promise.resolve(void sent.push(command.input)) } as unknown as Aws;
    const live = { id: "test-web", spec: { healthCheckType: "ELB", healthCheckGracePeriod: 100 } };
    const change = { healthCheckGracePeriod: { before: 100, after: 200 } };
    const want = { launchTemplate: "lt-1", subnets: ["subnet-1"], minSize: 0, maxSize: 1, healthCheckGracePeriod: 200 };
    const driver = await autoScalingGroup.load();
    await driver.apply!(aws, "create", live as never, want, change, {} as Run);
    expect(sent).toEqual([{ AutoScalingGroupName: "test-web", HealthCheckType: "ELB", HealthCheckGracePeriod: 200 }]);
  });

  it("hooks are there before the first machine, and a topic that IAM does not let them reach yet is tried again", async () => {
    const yaml = group(
      "lifecycleHooks: { boot: { transition: launching, heartbeat: 30, defaultResult: CONTINUE, topic: ops, role: 'arn:aws:iam::123456789012:role/hooks' } }",
      "topics: { ops: {} }",
    );
    const message = "Unable to publish test message to notification target";
    const world = lab({
      sandbox: {
        faults: { refuse: [{ operation: "autoscaling:PutLifecycleHook", code: "ValidationError", status: 400, message, times: 3 }] },
      },
    });
    await settle(world, yaml);
    expect(operations(world, "autoscaling")).toEqual([
      "CreateAutoScalingGroup",
      ...Array(4).fill("PutLifecycleHook"),
      "UpdateAutoScalingGroup",
    ]);
    expect((await groupIn(world)).Instances).toHaveLength(2);
  });

  it("an instance profile that has not arrived yet is waited for", async () => {
    const message = "You must use a valid fully-formed launch template. Invalid IAM Instance Profile name";
    const world = lab({
      sandbox: {
        faults: { refuse: [{ operation: "autoscaling:CreateAutoScalingGroup", code: "ValidationError", status: 400, message, times: 2 }] },
      },
    });
    await settle(world, group().replace("securityGroups: [one] }", "securityGroups: [one], instanceProfile: web }"));
    expect(await machinesIn(world)).toHaveLength(2);
  });

  it("a delete resumes Terminate, ends the warm pool first, and waits until nobody sees the group", async () => {
    const world = lab();
    const yaml = group("suspendedProcesses: [Terminate]\nwarmPool: { minSize: 1 }");
    await settle(world, yaml);
    world.sandbox.forgetCalls();
    await world.destroy(yaml);
    expect(operations(world, "autoscaling")).toEqual([
      "DeleteWarmPool",
      "ResumeProcesses",
      "UpdateAutoScalingGroup",
      "DeleteAutoScalingGroup",
    ]);
    expect(await groupIn(world)).toBeUndefined();
  });

  it("a delete cancels the refresh that would keep machines coming", async () => {
    const world = lab();
    await settle(world, balanced());
    world.sandbox.setFaults({ events: { "elbv2:targetStaysUnhealthy": "always" } });
    const rolled = balanced().replace("t3.micro", "t3.small");
    expect((await world.tryApply(rolled)).outcome.status).not.toBe("done");
    world.sandbox.setFaults({});
    world.sandbox.forgetCalls();
    await world.destroy(rolled);
    expect(operations(world, "autoscaling")).toContain("DeleteAutoScalingGroup");
    expect(await machinesIn(world)).toEqual([]);
  });
});

describe("databases", () => {
  const database = `${network}
dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main:
    engine: mysql
    instanceClass: db.t3.micro
    allocatedStorage: 20
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/main }
    subnetGroup: main
    securityGroups: [one]
    deletionProtection: false
`;
  const rds = (world: ReturnType<typeof lab>) =>
    new RDSClient({
      region: "eu-west-1",
      requestHandler: world.sandbox.requestHandler as never,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
      maxAttempts: 1,
    });
  const seen = async (world: ReturnType<typeof lab>) => (await rds(world).send(new DescribeDBInstancesCommand({}))).DBInstances![0]!;

  it("trap 17: another port restarts at once, whatever applyImmediately says, and the plan says so", async () => {
    const world = lab();
    await settle(world, database);
    const { run } = await settle(world, `${database}    port: 3307\n`);
    expect(run.plan.steps).toMatchObject([
      { action: "restart", because: expect.stringContaining("at once, whatever applyImmediately says") },
    ]);
    expect((await seen(world)).Endpoint?.Port).toBe(3307);
  });

  it("a monitoring role that has not arrived yet is waited for", async () => {
    const message = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING";
    const world = lab({
      sandbox: {
        faults: { refuse: [{ operation: "rds:CreateDBInstance", code: "InvalidParameterValue", status: 400, message, times: 2 }] },
      },
    });
    await settle(world, `${database}    monitoringInterval: 60\n    monitoringRole: arn:aws:iam::123456789012:role/monitoring\n`);
    expect(operations(world, "rds").filter((name) => name === "CreateDBInstance")).toHaveLength(3);
    expect(await seen(world)).toMatchObject({ MonitoringInterval: 60 });
  });

  it("trap 27: replicas go before their source, which would leave them standing alone; then what RDS's interfaces held", async () => {
    const world = lab();
    const both = `${database}  replica: { replicaOf: main, securityGroups: [one], deletionProtection: false }\n`;
    await settle(world, both);
    const { DBInstances = [] } = await rds(world).send(new DescribeDBInstancesCommand({}));
    const allowed = DBInstances.map((one) => `dbInstance/${one.DBInstanceIdentifier!.replace("test-", "")}: ${one.DbiResourceId}`).join(
      ", ",
    );
    const done = steps(await world.apply(`${network.split("vpcs:")[0]}allowDestroy: { ${allowed} }\n`));
    const order = ["dbInstance/replica", "dbInstance/main", "dbSubnetGroup/main", "subnet/a", "vpc/main"].map((one) =>
      done.indexOf(`${one} delete`),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThanOrEqual(0);
  });

  it('a change that somebody made meanwhile is no failure: AWS\'s "no modifications" is what was wanted', async () => {
    const world = lab();
    await settle(world, database);
    const changed = `${database}    backupRetention: 14\n`;
    const run = await world.plan(changed);
    await rds(world).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "test-main", BackupRetentionPeriod: 14 }));
    const message = "No modifications were requested";
    world.sandbox.setFaults({ refuse: [{ operation: "rds:ModifyDBInstance", code: "InvalidParameterCombination", status: 400, message }] });
    const events = await all(applyEnvironment(run.connection, run, { signal: new AbortController().signal }));
    expect(events.at(-1)).toMatchObject({ type: "finished", outcome: { status: "done", failed: [] } });
    expect(stepsOf(await world.plan(changed))).toEqual([]);
  });

  it("a database that is stopped takes no change, and that is said before AWS is asked", async () => {
    const world = lab();
    await settle(world, database);
    await rds(world).send(new StopDBInstanceCommand({ DBInstanceIdentifier: "test-main" }));
    await world.clock.sleep(1_800_000);
    const applied = await world.tryApply(`${database}    backupRetention: 14\n`);
    expect(told(applied).failed.join()).toContain("test-main is stopped, and AWS changes no stopped database");
  });
});
