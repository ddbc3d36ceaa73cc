/**
 * Parts that infra made inside a parent are deleted when they leave the file; parts that others made stay
 * (docs/decisions/0018-made-marks.md).
 */
import {
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeLifecycleHooksCommand,
  DescribeNotificationConfigurationsCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  PutScheduledUpdateGroupActionCommand,
  SuspendProcessesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateNetworkInterfaceCommand, CreateRouteCommand, DescribeRouteTablesCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { isDefaultPolicy } from "../../src/kinds/topic/policy.ts";
import { marksIn } from "../../src/resource/made-marks.ts";
import { plainText } from "../../src/render/text-options.ts";
import { planText } from "../../src/render/plan-text.ts";
import type { PlanRun } from "../../src/engine.ts";
import { loadText, type Testbed } from "../support/testbed.ts";
import { header, openTestbed, machines, network, settle, stepsOf, foreignClient } from "./elbv2-testbed.ts";
import { group, groupIn, unmanaged } from "./group-testbed.ts";

const empty = (fields: string, more = "topics: { ops: {}, other: {} }\n") => group(fields, more).replace("minSize: 2", "minSize: 0");

const policies = `scalingPolicies:
  p: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } }
  q: { targetTracking: { metric: ASGAverageNetworkIn, target: 50000 } }
`;
const others = `scheduledActions:
  s: { recurrence: "0 9 * * *", maxSize: 4 }
  t: { recurrence: "0 10 * * *", maxSize: 4 }
lifecycleHooks: { h: { transition: terminating, heartbeat: 60 } }
notifications: [{ topic: ops }, { topic: other }]
`;
const mix = "mixedInstances: { overrides: [{ instanceType: t3.micro }, { instanceType: t3.small }] }\n";

/** Returns the names of all parts of the group, and the number of marks of parts that infra made. */
async function partsOf(index: Testbed) {
  const aws = unmanaged(index).autoscaling;
  const AutoScalingGroupName = "test-web";
  const found = await groupIn(index);
  const tags = Object.fromEntries(found.Tags!.map((tag) => [tag.Key!, tag.Value!]));
  return {
    policies: (await aws.send(new DescribePoliciesCommand({ AutoScalingGroupName }))).ScalingPolicies!.map((one) => one.PolicyName).sort(),
    schedules: (await aws.send(new DescribeScheduledActionsCommand({ AutoScalingGroupName })))
      .ScheduledUpdateGroupActions!.map((one) => one.ScheduledActionName)
      .sort(),
    hooks: (await aws.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }))).LifecycleHooks!.map(
      (one) => one.LifecycleHookName,
    ),
    topics: [
      ...new Set(
        (
          await aws.send(new DescribeNotificationConfigurationsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }))
        ).NotificationConfigurations!.map((one) => one.TopicARN!.split(":").at(-1)),
      ),
    ].sort(),
    isMixed: found.MixedInstancesPolicy !== undefined,
    marks: marksIn(tags).size,
    handedOn: found.Tags!.filter((tag) => tag.PropagateAtLaunch).map((tag) => tag.Key),
  };
}

const text = (run: Pick<PlanRun, "plan">) => planText(run.plan, { ...plainText, width: 200 });

describe("of a group", () => {
  it("one entry that leaves the file is deleted, as an update of the group that says so", async () => {
    const index = openTestbed();
    await settle(index, empty(policies + others + mix));
    expect(await partsOf(index)).toEqual({
      policies: ["p", "q"],
      schedules: ["s", "t"],
      hooks: ["h"],
      topics: ["test-ops", "test-other"],
      isMixed: true,
      marks: 8,
      handedOn: [],
    });
    const fewer = empty(
      (policies + others + mix)
        .replace(/^ {2}q:.*\n/m, "")
        .replace(/^ {2}t:.*\n/m, "")
        .replace(", { topic: other }", ""),
    );
    const { run } = await settle(index, fewer);
    expect(stepsOf(run)).toEqual(["update autoScalingGroup/web"]);
    expect(text(run)).toContain("- scalingPolicies.q (no longer in the file)");
    expect(text(run)).toContain("- scheduledActions.t (no longer in the file)");
    expect(await partsOf(index)).toMatchObject({ policies: ["p"], schedules: ["s"], hooks: ["h"], topics: ["test-ops"], marks: 5 });
  });

  it("all are deleted with their keys, and those that others made stay and are reported", async () => {
    const index = openTestbed();
    await settle(index, empty(policies + others + mix));
    const aws = unmanaged(index).autoscaling;
    const AutoScalingGroupName = "test-web";
    const TargetTrackingConfiguration = {
      TargetValue: 9,
      PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageNetworkOut" as const },
    };
    await aws.send(
      new PutScalingPolicyCommand({
        AutoScalingGroupName,
        PolicyName: "theirs",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration,
      }),
    );
    await aws.send(
      new PutScheduledUpdateGroupActionCommand({
        AutoScalingGroupName,
        ScheduledActionName: "theirs",
        Recurrence: "0 1 * * *",
        MaxSize: 4,
      }),
    );
    const hook = { LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", HeartbeatTimeout: 60 };
    await aws.send(new PutLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName: "theirs", ...hook }));
    const { run } = await settle(index, empty(""));
    expect(stepsOf(run)).toEqual(["update autoScalingGroup/web"]);
    expect(text(run)).toContain("- mixedInstances (no longer in the file)");
    expect(run.plan.notes.map((note) => note.text).sort()).toEqual(
      ["lifecycleHooks", "scalingPolicies", "scheduledActions"].map(
        (list) => `autoScalingGroup/web: ${list} has theirs, which the YAML does not list; it stays`,
      ),
    );
    expect(await partsOf(index)).toEqual({
      policies: ["theirs"],
      schedules: ["theirs"],
      hooks: ["theirs"],
      topics: [],
      isMixed: false,
      marks: 0,
      handedOn: [],
    });
  });

  it("that an earlier version made, the listed entries are marked first, by tags alone", async () => {
    const index = openTestbed();
    const yaml = empty(policies);
    await settle(index, yaml);
    const tag = { ResourceId: "test-web", ResourceType: "auto-scaling-group", Key: "infra:made-1" };
    await unmanaged(index).autoscaling.send(new DeleteTagsCommand({ Tags: [tag] }));
    // A part without a mark and without a line in the file is somebody else's.
    const without = await index.plan(empty(policies.replace(/^ {2}q:.*\n/m, "")));
    expect(without.plan.notes.map((note) => note.text)).toContain(
      "autoScalingGroup/web: scalingPolicies has q, which the YAML does not list; it stays",
    );
    const { run } = await settle(index, yaml);
    expect(stepsOf(run)).toEqual(["retag autoScalingGroup/web"]);
    expect((await partsOf(index)).marks).toBe(2);
    await settle(index, empty(""));
    expect((await partsOf(index)).policies).toEqual([]);
  });

  it("a mark without an entry does no harm, and is tidied", async () => {
    const index = openTestbed();
    await settle(index, empty(policies));
    const tag = { ResourceId: "test-web", ResourceType: "auto-scaling-group", PropagateAtLaunch: false };
    await unmanaged(index).autoscaling.send(new CreateOrUpdateTagsCommand({ Tags: [{ ...tag, Key: "infra:made-2", Value: "0badf00d" }] }));
    expect(stepsOf((await settle(index, empty(policies))).run)).toEqual(["retag autoScalingGroup/web"]);
    expect(await partsOf(index)).toMatchObject({ policies: ["p", "q"], marks: 2 });
  });

  it("a run that ended before a policy was made does not make a plan read kinds that the file does not have", async () => {
    const index = openTestbed({
      sandbox: { faults: { refuse: [{ operation: "autoscaling:PutScalingPolicy", times: "always", code: "AccessDenied", status: 403 }] } },
    });
    await index.tryApply(empty(policies));
    expect((await partsOf(index)).marks).toBe(2);
    const before = index.sandbox.calls.length;
    expect(stepsOf(await index.plan(empty(policies)))).toEqual(["update autoScalingGroup/web"]);
    const reads = index.sandbox.calls.slice(before).map((call) => call.operation);
    expect(reads).toContain("DescribePolicies");
    for (const other of ["DescribeLifecycleHooks", "DescribeScheduledActions", "DescribeNotificationConfigurations"])
      expect(reads).not.toContain(other);
  });

  it("a warm pool and suspended processes are removed with their keys, and processes that others suspended stay suspended", async () => {
    const index = openTestbed();
    await settle(index, empty("warmPool: { minSize: 0 }\nsuspendedProcesses: [AZRebalance]"));
    const theirs = { AutoScalingGroupName: "test-web", ScalingProcesses: ["HealthCheck"] };
    await unmanaged(index).autoscaling.send(new SuspendProcessesCommand(theirs));
    const { run } = await settle(index, empty(""));
    expect(text(run)).toContain("- warmPool (no longer in the file)");
    const found = await groupIn(index);
    expect(found.WarmPoolConfiguration).toBeUndefined();
    expect(found.SuspendedProcesses!.map((one) => one.ProcessName)).toEqual(["HealthCheck"]);
  });

  it("a size that a schedule set is the file's again, in the very apply that takes the schedule away", async () => {
    const index = openTestbed();
    const yaml = empty('scheduledActions: { grow: { recurrence: "0 * * * *", minSize: 1 } }', "");
    await settle(index, yaml);
    await index.clock.sleep(3_600_000);
    expect((await groupIn(index)).MinSize).toBe(1);
    await settle(index, empty("", ""));
    expect((await groupIn(index)).MinSize).toBe(0);
  });

  it.each([
    "CreateOrUpdateTags",
    "PutScalingPolicy",
    "PutNotificationConfiguration",
    "DeleteScheduledAction",
    "DeleteNotificationConfiguration",
    "DeleteTags",
  ])("a run that ends at %s leaves nothing without an owner", async (operation) => {
    const index = openTestbed();
    const before = empty('scheduledActions: { s: { recurrence: "0 9 * * *", maxSize: 4 } }\nnotifications: [{ topic: ops }]\n');
    const after = empty(
      "scalingPolicies: { p: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } } }\nnotifications: [{ topic: other }]\n",
    );
    await settle(index, before);
    index.sandbox.setFaults({ refuse: [{ operation: `autoscaling:${operation}`, times: "always", code: "AccessDenied", status: 403 }] });
    await index.tryApply(after);
    index.sandbox.setFaults({ loseAnswer: [{ operation: `autoscaling:${operation}` }] });
    await index.apply(after);
    index.sandbox.setFaults({});
    await settle(index, after);
    expect(await partsOf(index)).toMatchObject({ policies: ["p"], schedules: [], topics: ["test-other"], marks: 2 });
    await settle(index, empty(""));
    expect(await partsOf(index)).toMatchObject({ policies: [], schedules: [], topics: [], marks: 0 });
  });
});

it("marks count among the 50 tags that AWS takes", () => {
  const tags = (count: number) => `tags: { ${Array.from({ length: count }, (_, n) => `t${n}: x`).join(", ")} }\n`;
  const most = Array.from({ length: 10 }, (_, n) => 40 + n).findLast((count) => isTaken(empty(tags(count))))!;
  expect(isTaken(empty(tags(most) + policies))).toBe(false);
  expect(isTaken(empty(tags(most - 1) + policies))).toBe(true);

  function isTaken(yaml: string): boolean {
    try {
      loadText(yaml);
      return true;
    } catch (error) {
      expect(String(error)).toContain("AWS allows 50");
      return false;
    }
  }
});

describe("destroying a group", () => {
  const yaml = group(
    'scheduledActions: { keep: { recurrence: "*/5 * * * *", minSize: 1, maxSize: 4 } }\nlifecycleHooks: { bye: { transition: terminating, heartbeat: 400, defaultResult: CONTINUE } }',
  );

  it("takes no longer because a schedule fires while its machines drain", async () => {
    const index = openTestbed();
    await settle(index, yaml);
    const began = index.clock.now();
    await index.destroy(yaml);
    expect(await groupIn(index)).toBeUndefined();
    expect((index.clock.now() - began) / 1000).toBeLessThan(1200);
  });

  it("that ends half-way is undone by the next apply: suspended processes are resumed", async () => {
    const index = openTestbed();
    await settle(index, yaml);
    index.sandbox.setFaults({
      refuse: [{ operation: "autoscaling:DeleteAutoScalingGroup", times: "always", code: "AccessDenied", status: 403 }],
    });
    expect((await index.tryApply(yaml, "destroy")).outcome.failed).toHaveLength(1);
    expect((await groupIn(index)).SuspendedProcesses).toHaveLength(3);
    index.sandbox.setFaults({});
    await settle(index, yaml);
    expect(await groupIn(index)).toMatchObject({ MinSize: 2, SuspendedProcesses: [] });
    expect((await groupIn(index)).Instances).toHaveLength(2);
  });
});

describe("of a topic", () => {
  it("its policy becomes SNS's default one when the file no longer has one", async () => {
    const index = openTestbed();
    const everybody = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "SNS:Publish", Resource: "*" }],
    });
    await settle(index, `${header}topics: { t: { policy: '${everybody}' } }\n`);
    const policyOf = async () => {
      const aws = unmanaged(index).sns;
      const [topic] = (await aws.send(new ListTopicsCommand({}))).Topics!;
      return (await aws.send(new GetTopicAttributesCommand({ TopicArn: topic!.TopicArn! }))).Attributes!["Policy"];
    };
    expect(await policyOf()).toBe(everybody);
    const run = await index.plan(`${header}topics: { t: {} }\n`);
    expect(stepsOf(run)).toEqual(["update topic/t"]);
    await settle(index, `${header}topics: { t: {} }\n`);
    expect(isDefaultPolicy(await policyOf())).toBe(true);
  });

  it("our confirmed subscriptions are deleted, one by one and with their key; those of others stay", async () => {
    const index = openTestbed();
    const topic = (list: string) => `${header}topics: { t: ${list} }\n`;
    const sqs = '{ protocol: sqs, endpoint: "arn:aws:sqs:eu-west-1:123456789012:q" }';
    const sms = '{ protocol: sms, endpoint: "+821012345678" }';
    await settle(index, topic(`{ subscriptions: [${sqs}, ${sms}] }`));
    const aws = unmanaged(index).sns;
    const { Topics: [{ TopicArn } = {}] = [] } = await aws.send(new ListTopicsCommand({}));
    await aws.send(new SubscribeCommand({ TopicArn, Protocol: "sms", Endpoint: "+4915112345678" }));
    const told = async () =>
      (await aws.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions!.map(
        (one) => one.Protocol + " " + one.Endpoint!.slice(-1),
      );
    const { run } = await settle(index, topic(`{ subscriptions: [${sqs}] }`));
    expect(stepsOf(run)).toEqual(["update topic/t"]);
    expect(await told()).toEqual(["sqs q", "sms 8"]);
    await settle(index, topic("{}"));
    expect(await told()).toEqual(["sms 8"]);
  });
});

describe("of a balancer", () => {
  const certificate = (name: string) => `"arn:aws:acm:eu-west-1:123456789012:certificate/${name}"`;
  const balancer = (listeners: string) => `${network}
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers:
  web: { scheme: internet-facing, subnets: [a, b], securityGroups: [one], ${listeners} }
`;
  const two = `listeners: { 80: { protocol: HTTP, forward: web }, 443: { protocol: HTTPS, certificate: ${certificate("one")}, certificates: [${certificate("two")}, ${certificate("three")}], forward: web } }`;

  async function seen(index: Testbed) {
    const aws = foreignClient(index);
    const { LoadBalancers: [found] = [] } = await aws.send(new DescribeLoadBalancersCommand({}));
    const arn = found!.LoadBalancerArn!;
    const { Listeners = [] } = await aws.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
    const certificatesOf = async (ListenerArn: string) =>
      (await aws.send(new DescribeListenerCertificatesCommand({ ListenerArn })))
        .Certificates!.filter((one) => !one.IsDefault)
        .map((one) => one.CertificateArn!.split("/").at(-1));
    return { aws, arn, listeners: Listeners, ports: Listeners.map((one) => one.Port).sort(), certificatesOf };
  }

  it("our listeners and certificates are deleted, one by one and with their key; those of others stay", async () => {
    const index = openTestbed({ sandbox: { facts: { certificate: ["one", "two", "three", "theirs"] } } });
    await settle(index, balancer(two));
    const { aws, arn, listeners, certificatesOf } = await seen(index);
    const secure = listeners.find((one) => one.Port === 443)!;
    await aws.send(
      new AddListenerCertificatesCommand({
        ListenerArn: secure.ListenerArn!,
        Certificates: [{ CertificateArn: JSON.parse(certificate("theirs")) as string }],
      }),
    );
    const { run } = await settle(index, balancer(two.replace(`, ${certificate("three")}`, "")));
    expect(text(run)).toContain(`- listeners.443.certificates.${JSON.parse(certificate("three")) as string} (no longer in the file)`);
    expect(await certificatesOf(secure.ListenerArn!)).toEqual(["two", "theirs"]);
    await settle(index, balancer(two.replace(/certificates: \[.*?\], /, "")));
    expect(await certificatesOf(secure.ListenerArn!)).toEqual(["theirs"]);
    await aws.send(
      new CreateListenerCommand({ LoadBalancerArn: arn, Port: 8080, Protocol: "HTTP", DefaultActions: secure.DefaultActions! }),
    );
    const gone = await settle(index, balancer("tags: { team: web }"));
    expect(gone.run.plan.notes.map((note) => note.text)).toContain(
      "loadBalancer/web: listeners has 8080, which the YAML does not list; it stays",
    );
    expect((await seen(index)).ports).toEqual([8080]);
  });

  it("a listed listener without our tags is taken over by tags alone, and those of others have none", async () => {
    const index = openTestbed({ sandbox: { facts: { certificate: ["one", "two", "three", "theirs"] } } });
    const yaml = balancer(two).replace("scheme:", "unlisted: keep, scheme:");
    await settle(index, yaml);
    const { aws, arn, listeners } = await seen(index);
    const [plain] = listeners.filter((one) => one.Port === 80);
    await aws.send(
      new RemoveTagsCommand({ ResourceArns: [plain!.ListenerArn!], TagKeys: ["infra:project", "infra:environment", "infra:resource"] }),
    );
    await aws.send(
      new CreateListenerCommand({ LoadBalancerArn: arn, Port: 8080, Protocol: "HTTP", DefaultActions: plain!.DefaultActions! }),
    );
    expect(stepsOf((await settle(index, yaml)).run)).toEqual(["retag loadBalancer/web"]);
    const moved = yaml.replace(
      "loadBalancers:\n  web:",
      "moved: [{ from: loadBalancer/web, to: loadBalancer/site }]\nloadBalancers:\n  site:",
    );
    await settle(index, moved);
    const after = await seen(index);
    const { TagDescriptions = [] } = await aws.send(
      new DescribeTagsCommand({ ResourceArns: after.listeners.map((one) => one.ListenerArn!) }),
    );
    const tagged = TagDescriptions.map((one) => [
      after.listeners.find((listener) => listener.ListenerArn === one.ResourceArn)!.Port,
      one.Tags!.find((tag) => tag.Key === "infra:resource")?.Value,
    ]);
    expect(Object.fromEntries(tagged)).toEqual({ 80: "loadBalancer/site", 443: "loadBalancer/site", 8080: undefined });
  });
});

describe("of a target group", () => {
  it("targets that we registered go, one by one and with their key; those of others stay", async () => {
    const index = openTestbed({ sandbox: { facts: { certificate: ["one", "two", "three", "theirs"] } } });
    const yaml = (targets: string) => `${network}${machines}
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80${targets} } }
`;
    await settle(index, yaml(", targets: [a, { instance: b, port: 9000 }]"));
    const aws = foreignClient(index);
    const { TargetGroups: [{ TargetGroupArn } = {}] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const targets = async () =>
      (await aws.send(new DescribeTargetHealthCommand({ TargetGroupArn })))
        .TargetHealthDescriptions!.filter((one) => one.TargetHealth!.State !== "draining")
        .map((one) => one.Target!);
    const [one] = await targets();
    await aws.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: one!.Id!, Port: 7777 }] }));
    await settle(index, yaml(", targets: [a]"));
    expect((await targets()).map(({ Port }) => Port).sort()).toEqual([7777, 80]);
    await settle(index, yaml(""));
    expect((await targets()).map(({ Port }) => Port)).toEqual([7777]);
  });
});

describe("of a route table", () => {
  it("our route to a foreign interface is deleted, and one that somebody else made stays", async () => {
    const index = openTestbed({ sandbox: { facts: { certificate: ["one", "two", "three", "theirs"] } } });
    const yaml = (routes: string) => `${network}routeTables: { out: { vpc: main, routes: [${routes}] } }\n`;
    await settle(index, yaml("{ destination: 0.0.0.0/0, target: internetGateway/main }"));
    const { ec2 } = unmanaged(index);
    const Filters = [{ Name: "cidr-block", Values: ["10.0.1.0/24"] }];
    const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    const { NetworkInterface: theirs } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet!.SubnetId! }));
    const id = theirs!.NetworkInterfaceId!;
    const ours = `{ destination: 10.8.0.0/16, target: { id: ${id} } }`;
    await settle(index, yaml(`{ destination: 0.0.0.0/0, target: internetGateway/main }, ${ours}`));
    const table = async () => {
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
      return RouteTables.find((one) => one.Tags!.some((tag) => tag.Value === "routeTable/out"))!;
    };
    const { RouteTableId, Tags = [] } = await table();
    expect(marksIn(Object.fromEntries(Tags.map((tag) => [tag.Key!, tag.Value!]))).size).toBe(1);
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "10.9.0.0/16", NetworkInterfaceId: id }));
    const { run } = await settle(index, yaml(""));
    expect(text(run)).toContain(`(no longer in the file)`);
    expect(run.plan.notes.map((note) => note.text)).toContain(
      "routeTable/out: routes has 10.9.0.0/16, which the YAML does not list; it stays",
    );
    expect((await table()).Routes!.map((one) => one.DestinationCidrBlock)).toEqual(["10.0.0.0/16", "10.9.0.0/16"]);
  });
});
