/** Surprising behaviour of AWS with templates, load balancers, Auto Scaling groups and databases that the kinds' own tests do not show. */
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
import { autoScalingGroup } from "../../src/kinds/auto-scaling-group/auto-scaling-group.ts";
import { elbv2TagsOf } from "../../src/kinds/shared/elbv2/objects.ts";
import type { Run } from "../../src/kinds/kind.ts";
import { observe } from "../../src/kinds/load-balancer/observe.ts";
import type { Applied } from "../support/testbed.ts";
import { openTestbed, machines, network, settle, stepsOf, foreignClient } from "./elbv2-testbed.ts";
import { all, scope } from "./mocked-ec2.ts";
import { balanced, group, groupIn, machinesIn, unmanaged, told } from "./group-testbed.ts";

/** The operations that were called, in order. */
function operations(index: ReturnType<typeof openTestbed>, service: string): string[] {
  return index.sandbox.calls.filter((call) => call.service === service && call.mutating).map((call) => call.operation);
}

const steps = ({ events }: Applied) =>
  events.flatMap((event) => (event.type === "step-done" ? [`${event.step.address} ${event.step.stage}`] : []));

describe("launch templates", () => {
  const template = (fields: string) => `${network}
launchTemplates:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro${fields} }
`;

  it("a version is a whole document: a field that left the YAML is not merged in from the version before", async () => {
    const index = openTestbed();
    await settle(index, template(", monitoring: true, ebsOptimized: true"));
    await settle(index, template(", ebsOptimized: false"));
    const { LaunchTemplateVersions: [latest] = [] } = await unmanaged(index).ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: "test-web", Versions: ["$Latest"] }),
    );
    expect(latest!.LaunchTemplateData).toMatchObject({ EbsOptimized: false });
    expect(latest!.LaunchTemplateData).not.toHaveProperty("Monitoring");
  });

  it("security groups stand on the interface where there is one: else groups accept the template and launch nothing", async () => {
    const index = openTestbed();
    await settle(index, group().replace("securityGroups: [one] }", "securityGroups: [one], associatePublicIpAddress: true }"));
    const found = await machinesIn(index);
    expect(found).toHaveLength(2);
    expect(found.every((one) => one.PublicIpAddress !== undefined && one.SecurityGroups?.length === 1)).toBe(true);
  });

  it("a missing object is noticed at the launch, and the template is deleted after the group that AWS would leave without one", async () => {
    const index = openTestbed();
    const broken = group().replace("instanceType: t3.micro,", "instanceType: t3.micro, placementGroup: { id: nowhere },");
    expect(told(await index.tryApply(broken)).failed.join()).toContain("nowhere");
    const done = steps(await index.destroy(broken));
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
    const index = openTestbed();
    await settle(index, `${network}targetGroups:\n  web: { vpc: main, protocol: HTTP, port: 80 }\n`);
    const aws = foreignClient(index);
    const { TargetGroups: [ours] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const made = await aws.send(new CreateTargetGroupCommand({ Name: "brief", Protocol: "HTTP", Port: 80, VpcId: ours!.VpcId! }));
    const gone = made.TargetGroups![0]!.TargetGroupArn!;
    await aws.send(new DeleteTargetGroupCommand({ TargetGroupArn: gone }));
    const tags = await elbv2TagsOf((await index.connection()).aws, [gone, ours!.TargetGroupArn!]);
    expect([...tags.keys()]).toEqual([ours!.TargetGroupArn]);
  });

  it("a gRPC group's answers are matched by gRPC codes", async () => {
    const index = openTestbed();
    const grpc = (matcher: string) =>
      `${network}targetGroups:\n  web: { vpc: main, protocol: HTTP, port: 80, protocolVersion: GRPC, healthCheck: { path: /up, matcher: "${matcher}" } }\n`;
    await settle(index, grpc("0"));
    expect(stepsOf((await settle(index, grpc("0-12"))).run)).toEqual(["update targetGroup/web"]);
    const { TargetGroups: [found] = [] } = await foreignClient(index).send(new DescribeTargetGroupsCommand({}));
    expect(found!.Matcher).toEqual({ GrpcCode: "0-12" });
  });

  it("a new group is not seen for seconds, and a listener on it is tried again", async () => {
    const index = openTestbed({ sandbox: { faults: { lag: { ids: 4000, of: ["arn:aws:elasticloadbalancing"] } } } });
    await index.apply(application);
    await index.clock.sleep(5000);
    expect(stepsOf(await index.plan(application))).toEqual([]);
    expect(index.sandbox.counts().errors).toHaveProperty("TargetGroupNotFound");
  });

  it("targets that AWS never checks are reported, instead of waiting for their health", async () => {
    const index = openTestbed();
    await settle(index, application);
    await index.clock.sleep(600_000);
    const elsewhere =
      `${application.replace("instances:", "instances:\n  far: { subnet: c, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [one], disposable: true }")}`
        .replace("targetGroups:\n", "targetGroups:\n  far: { vpc: main, protocol: HTTP, port: 8001, targets: [far] }\n")
        .replace("forward: web", "forward: far");
    const began = index.clock.now();
    const applied = await index.tryApply(elsewhere);
    expect(told(applied).failed.join()).toMatch(
      /AWS does not check the targets of test-far: they are not running, or in zones where the load balancer has no subnet/,
    );
    expect(index.clock.now() - began).toBeLessThan(600_000);
  });

  it("a balancer that is active_impaired serves, and says that it is short of addresses", async () => {
    const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1";
    const found = { LoadBalancerArn: arn, State: { Code: "active_impaired", Reason: "no free addresses" } } as const;
    // The tags already name another project, so nothing else is read.
    const tags = new Map([[arn, { "infra:resource": "loadBalancer/web", "infra:project": "other" }]]);
    const [live] = await observe({} as Aws, {} as never, [found], tags, scope, "all");
    expect(live).toMatchObject({ state: "ready", notes: [expect.stringContaining("cannot scale up (no free addresses)")] });
  });

  it("a secure listener gets a policy of today, not AWS's of 2016", async () => {
    const index = openTestbed();
    await settle(
      index,
      application.replace(
        "80: { protocol: HTTP,",
        "443: { protocol: HTTPS, certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/one',",
      ),
    );
    const aws = foreignClient(index);
    const { TargetGroups: [found] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const { Listeners: [listener] = [] } = await aws.send(new DescribeListenersCommand({ LoadBalancerArn: found!.LoadBalancerArns![0]! }));
    expect(listener!.SslPolicy).toBe("ELBSecurityPolicy-TLS13-1-2-2021-06");
  });
});

describe("auto-scaling groups", () => {
  it("target groups are attached ten a call", async () => {
    const index = openTestbed();
    const names = Array.from({ length: 23 }, (_, i) => `t${i}`);
    const groups = `targetGroups:\n${names.map((name) => `  ${name}: { vpc: main, protocol: HTTP, port: 80 }\n`).join("")}`;
    await settle(index, group("targetGroups: [t0]", groups));
    index.sandbox.forgetCalls();
    await settle(index, group(`targetGroups: [${names.join(", ")}]`, groups));
    expect(operations(index, "autoscaling")).toEqual(Array(3).fill("AttachLoadBalancerTargetGroups"));
    expect((await groupIn(index)).TargetGroupARNs).toHaveLength(23);
  });

  it("the kind of health check and its grace period are sent together", async () => {
    const sent: object[] = [];
    const aws = { autoscaling: (command: { input: object }) => Promise.resolve(void sent.push(command.input)) } as unknown as Aws;
    const live = { id: "test-web", spec: { healthCheckType: "ELB", healthCheckGracePeriod: 100 } };
    const change = { healthCheckGracePeriod: { before: 100, after: 200 } };
    const request = { launchTemplate: "lt-1", subnets: ["subnet-1"], minSize: 0, maxSize: 1, healthCheckGracePeriod: 200 };
    const driver = await autoScalingGroup.load();
    await driver.update!(aws, "create", live as never, request, change, {} as Run);
    expect(sent).toEqual([{ AutoScalingGroupName: "test-web", HealthCheckType: "ELB", HealthCheckGracePeriod: 200 }]);
  });

  it("hooks are there before the first machine, and a topic that IAM does not let them reach yet is tried again", async () => {
    const yaml = group(
      "lifecycleHooks: { boot: { transition: launching, heartbeat: 30, defaultResult: CONTINUE, topic: ops, role: { name: hooks } } }",
      "topics: { ops: {} }",
    );
    const message = "Unable to publish test message to notification target";
    const index = openTestbed({
      sandbox: {
        faults: { refuse: [{ operation: "autoscaling:PutLifecycleHook", code: "ValidationError", status: 400, message, times: 3 }] },
      },
    });
    await settle(index, yaml);
    expect(operations(index, "autoscaling")).toEqual([
      "CreateAutoScalingGroup",
      ...Array(4).fill("PutLifecycleHook"),
      "UpdateAutoScalingGroup",
    ]);
    expect((await groupIn(index)).Instances).toHaveLength(2);
  });

  it("an instance profile that has not arrived yet is waited for", async () => {
    const message = "You must use a valid fully-formed launch template. Invalid IAM Instance Profile name";
    const index = openTestbed({
      sandbox: {
        faults: { refuse: [{ operation: "autoscaling:CreateAutoScalingGroup", code: "ValidationError", status: 400, message, times: 2 }] },
      },
    });
    await settle(index, group().replace("securityGroups: [one] }", "securityGroups: [one], instanceProfile: { name: web } }"));
    expect(await machinesIn(index)).toHaveLength(2);
  });

  it("a delete resumes Terminate, ends the warm pool first, and waits until no read shows the group", async () => {
    const index = openTestbed();
    const yaml = group("suspendedProcesses: [Terminate]\nwarmPool: { minSize: 1 }");
    await settle(index, yaml);
    index.sandbox.forgetCalls();
    await index.destroy(yaml);
    expect(operations(index, "autoscaling")).toEqual([
      "DeleteWarmPool",
      "CreateOrUpdateTags",
      "SuspendProcesses",
      "ResumeProcesses",
      "UpdateAutoScalingGroup",
      "DeleteAutoScalingGroup",
    ]);
    expect(await groupIn(index)).toBeUndefined();
  });

  it("a delete cancels the refresh that would keep machines coming", async () => {
    const index = openTestbed();
    await settle(index, balanced());
    index.sandbox.setFaults({ events: { "elbv2:targetStaysUnhealthy": "always" } });
    const rolled = balanced().replace("t3.micro", "t3.small");
    expect((await index.tryApply(rolled)).outcome.status).not.toBe("done");
    index.sandbox.setFaults({});
    index.sandbox.forgetCalls();
    await index.destroy(rolled);
    expect(operations(index, "autoscaling")).toContain("DeleteAutoScalingGroup");
    expect(await machinesIn(index)).toEqual([]);
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
  const rds = (index: ReturnType<typeof openTestbed>) =>
    new RDSClient({
      region: "eu-west-1",
      requestHandler: index.sandbox.requestHandler as never,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
      maxAttempts: 1,
    });
  const seen = async (index: ReturnType<typeof openTestbed>) =>
    (await rds(index).send(new DescribeDBInstancesCommand({}))).DBInstances![0]!;

  it("trap 17: another port restarts at once, whatever applyImmediately says, and the plan says so", async () => {
    const index = openTestbed();
    await settle(index, database);
    const { run } = await settle(index, `${database}    port: 3307\n`);
    expect(run.plan.steps).toMatchObject([
      { action: "restart", because: expect.stringContaining("at once, whatever applyImmediately says") },
    ]);
    expect((await seen(index)).Endpoint?.Port).toBe(3307);
  });

  it("a monitoring role that has not arrived yet is waited for", async () => {
    const message = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING";
    const index = openTestbed({
      sandbox: {
        faults: { refuse: [{ operation: "rds:CreateDBInstance", code: "InvalidParameterValue", status: 400, message, times: 2 }] },
      },
    });
    await settle(index, `${database}    monitoringInterval: 60\n    monitoringRole: { arn: arn:aws:iam::123456789012:role/monitoring }\n`);
    expect(operations(index, "rds").filter((name) => name === "CreateDBInstance")).toHaveLength(3);
    expect(await seen(index)).toMatchObject({ MonitoringInterval: 60 });
  });

  it("trap 27: replicas are deleted before their source, which would leave them standing alone; then the objects that RDS's interfaces kept", async () => {
    const index = openTestbed();
    const both = `${database}  replica: { replicaOf: main, securityGroups: [one], deletionProtection: false }\n`;
    await settle(index, both);
    const { DBInstances = [] } = await rds(index).send(new DescribeDBInstancesCommand({}));
    const allowed = DBInstances.map((one) => `dbInstance/${one.DBInstanceIdentifier!.replace("test-", "")}: ${one.DbiResourceId}`).join(
      ", ",
    );
    const done = steps(await index.apply(`${network.split("vpcs:")[0]}allowDestroy: { ${allowed} }\n`));
    const order = ["dbInstance/replica", "dbInstance/main", "dbSubnetGroup/main", "subnet/a", "vpc/main"].map((one) =>
      done.indexOf(`${one} delete`),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThanOrEqual(0);
  });

  it('a change that somebody made meanwhile is no failure: AWS\'s "no modifications" is what was wanted', async () => {
    const index = openTestbed();
    await settle(index, database);
    const changed = `${database}    backupRetention: 14\n`;
    const run = await index.plan(changed);
    await rds(index).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "test-main", BackupRetentionPeriod: 14 }));
    const message = "No modifications were requested";
    index.sandbox.setFaults({ refuse: [{ operation: "rds:ModifyDBInstance", code: "InvalidParameterCombination", status: 400, message }] });
    const events = await all(applyEnvironment(run.connection, run, { signal: new AbortController().signal }));
    expect(events.at(-1)).toMatchObject({ type: "finished", outcome: { status: "done", failed: [] } });
    expect(stepsOf(await index.plan(changed))).toEqual([]);
  });

  it("a stopped database takes no change, and that is reported before AWS is asked", async () => {
    const index = openTestbed();
    await settle(index, database);
    await rds(index).send(new StopDBInstanceCommand({ DBInstanceIdentifier: "test-main" }));
    await index.clock.sleep(1_800_000);
    const applied = await index.tryApply(`${database}    backupRetention: 14\n`);
    expect(told(applied).failed.join()).toContain("test-main is stopped, and AWS does not change a stopped database");
  });
});
