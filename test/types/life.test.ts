/** Types of AWS through every layer: created, compared, changed, drifted, replaced, removed from the file, destroyed. */
import { describe, expect, test } from "vitest";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { applyUnderLease, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { runProcess, tell } from "../simulation/process.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

const queue = (more = "") => `${header}
AWS::SQS::Queue:
  jobs: { VisibilityTimeout: 60, disposable: true, tags: { team: web }${more} }
`;

const table = (keys: string, more = "") => `${header}
AWS::DynamoDB::Table:
  items:
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: sk, AttributeType: S }]
    KeySchema: ${keys}
    disposable: true
${more}`;
const keys = "[{ AttributeName: pk, KeyType: HASH }, { AttributeName: sk, KeyType: RANGE }]";

const shop = "AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n";
const route = "AWS::ApiGatewayV2::Route: { a: { ApiId: '${resource(\"AWS::ApiGatewayV2::Api/shop\").id}', RouteKey: GET / } }\n";
const control =
  "AWS::CloudFront::OriginAccessControl: { c: { OriginAccessControlConfig: { Name: c, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 } } }\n";

const bus = `${header}\nAWS::Events::EventBus: { main: {} }\nAWS::Scheduler::ScheduleGroup: { nightly: {} }\nAWS::ECS::Cluster: { web: {} }\n`;

describe("the life of an object of a type", () => {
  test.each([
    ["a queue", queue()],
    ["a table", table(keys)],
    ["a bus, a group, a cluster", bus],
    ["a type that nobody tried", `${header}\nAWS::Athena::WorkGroup: { reports: { unproven: true, Description: of the night } }\n`],
  ])("%s: made once, found again, destroyed", async (_what, yaml) => {
    const bed = openTestbed();
    const { run } = await bed.apply(yaml);
    expect(run.plan.steps.every(({ action }) => action === "create")).toBe(true);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
    await bed.destroy(yaml);
    expect(stepsOf(await bed.plan(yaml, "destroy"))).toEqual([]);
  });

  test.each<[what: string, isLater: boolean, yaml: string]>(
    [false, true].flatMap((isLater): [string, boolean, string][] => [
      ["what has a name", isLater, queue()],
      ["what has an id of AWS's", isLater, `${header}\n${shop}`],
      ["what a mark tells", isLater, `${header}\n${control}`],
      ["a part of what stays", isLater, `${header}\n${shop}${route}`],
    ]),
  )(
    "%s is made again after it was taken away, though AWS still knows the token of the first time (much later: %j)",
    async (_what, isLater, yaml) => {
      const bed = openTestbed();
      const without = `${header}\n${yaml.includes("Route") ? shop : "AWS::Events::EventBus: { main: {} }\n"}`;
      const stay = (seconds: number) => bed.clock.sleep(seconds * 1000);
      await bed.apply(yaml);
      for (let times = 0; times < 2; times++) {
        await stay(isLater ? 1800 : 5);
        await bed.destroy(yaml);
        if (yaml.includes("Route")) await bed.apply(without);
        await stay(isLater ? 1800 : 5);
        const began = bed.clock.now();
        const { run } = await bed.apply(yaml);
        expect(stepsOf(run).every((step) => step.startsWith("create "))).toBe(true);
        expect(bed.clock.now() - began).toBeLessThan(60_000);
        expect(stepsOf(await bed.plan(yaml))).toEqual([]);
      }
    },
  );

  test("an object that is made again in another form each time is made each time, though the token belongs to earlier requests", async () => {
    const bed = openTestbed();
    for (let times = 0; times < 8; times++) {
      await bed.apply(queue(`, DelaySeconds: ${times}`));
      expect(stepsOf(await bed.plan(queue(`, DelaySeconds: ${times}`)))).toEqual([]);
      await bed.destroy(queue());
    }
  });

  test("a released object that stands in the file again is not taken for made because of its token", async () => {
    const bed = openTestbed();
    const yaml = `${header}\n${shop}`;
    await bed.apply(yaml);
    const cc = await import("@aws-sdk/client-cloudcontrol");
    const { aws } = await bed.connection();
    const ids = async () =>
      (await aws.cloudcontrol(new cc.ListResourcesCommand({ TypeName: "AWS::ApiGatewayV2::Api" }))).ResourceDescriptions!.map(
        (one) => one.Identifier!,
      );
    const [Identifier] = await ids();
    const PatchDocument = JSON.stringify([{ op: "add", path: "/Tags", value: {} }]);
    await aws.cloudcontrol(new cc.UpdateResourceCommand({ TypeName: "AWS::ApiGatewayV2::Api", Identifier, PatchDocument }));
    await bed.clock.sleep(10_000);
    await bed.apply(yaml);
    expect(await ids()).toHaveLength(2);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
  });

  test("a change of a property and of a tag is written in place, and then agrees", async () => {
    const bed = openTestbed();
    await bed.apply(queue());
    const changed = queue(", DelaySeconds: 5").replace("60", "90").replace("team: web", "team: jobs");
    const { run } = await bed.apply(changed);
    expect(run.plan.steps).toMatchObject([{ action: "update", address: "AWS::SQS::Queue/jobs" }]);
    expect(stepsOf(await bed.plan(changed))).toEqual([]);
  });

  test("a change of others is drift, and is set back", async () => {
    const bed = openTestbed();
    await bed.apply(queue());
    const cc = await import("@aws-sdk/client-cloudcontrol");
    const { aws } = await bed.connection();
    await aws.cloudcontrol(
      new cc.UpdateResourceCommand({
        TypeName: "AWS::SQS::Queue",
        Identifier: "https://sqs.eu-west-1.amazonaws.com/123456789012/test-jobs",
        PatchDocument: JSON.stringify([{ op: "add", path: "/VisibilityTimeout", value: 7 }]),
      }),
    );
    await bed.clock.sleep(10_000);
    const { plan } = await bed.plan(queue());
    expect(plan.steps).toMatchObject([{ action: "update", changes: [{ path: "VisibilityTimeout", before: 7, after: 60 }] }]);
  });

  test("a property that only a create may write replaces the object, the old one first because they share the name", async () => {
    const bed = openTestbed();
    await bed.apply(queue());
    const fifo = queue(", FifoQueue: true, QueueName: jobs.fifo");
    const { run } = await bed.apply(fifo);
    expect(run.plan.steps).toMatchObject([{ action: "replace", address: "AWS::SQS::Queue/jobs" }]);
    expect(stepsOf(await bed.plan(fifo))).toEqual([]);
  });

  test("a change that AWS sometimes makes by replacement is refused", async () => {
    const bed = openTestbed();
    await bed.apply(table(keys));
    const run = await bed.plan(table("[{ AttributeName: pk, KeyType: HASH }]"));
    expect(run.diagnostics.map(({ summary }) => summary).join()).toMatch(/KeySchema/);
  });

  test("a type that has left the file is known from the kinds that the environment has had", async () => {
    const bed = openTestbed();
    const run = async (yaml: string) => {
      const connection = await bed.connection();
      const me = { who: "tests", run: "r" };
      return applyUnderLease(kinds, connection, bed.load(yaml), {
        goal: "agree",
        signal: new AbortController().signal,
        onEvent: () => undefined,
        lease: { me },
      });
    };
    expect(await run(queue())).toMatchObject({ ended: "ran" });
    const second = await run(`${header}\nAWS::Events::EventBus: { main: {} }\n`);
    expect("run" in second && stepsOf(second.run).sort()).toEqual(["create AWS::Events::EventBus/main", "delete AWS::SQS::Queue/jobs"]);
  });

  test("a kind may name an object of a type: it waits for it, and agrees", async () => {
    const bed = openTestbed();
    const statement = "{ Effect: Allow, Action: sqs:SendMessage, Resource: '${resource(\"AWS::SQS::Queue/jobs\").Arn}' }";
    const policies = `{ send: { Version: "2012-10-17", Statement: [${statement}] } }`;
    const told = `${queue()}iamRoles: { sender: { trust: ec2.amazonaws.com, policies: ${policies} } }\n`;
    await bed.apply(told);
    expect(stepsOf(await bed.plan(told))).toEqual([]);
    await bed.destroy(told);
  });

  test("an object that names others is deleted before them, and nothing is tried twice", async () => {
    const sent: string[] = [];
    const bed = openTestbed({ watch: ({ operation }) => sent.push(operation) });
    const api = "ApiId: '${resource(\"AWS::ApiGatewayV2::Api/shop\").id}'";
    const target = "Target: 'integrations/${resource(\"AWS::ApiGatewayV2::Integration/pages\").IntegrationId}'";
    const yaml = `${header}
AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }
AWS::ApiGatewayV2::Integration: { pages: { ${api}, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com" } }
AWS::ApiGatewayV2::Route: { pages: { ${api}, RouteKey: GET /, ${target} } }
`;
    await bed.apply(yaml);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
    const { events } = await bed.destroy(yaml);
    const deleted = events.flatMap((event) => (event.type === "step-done" && event.step.action === "delete" ? [event.step.address] : []));
    expect(deleted).toEqual(["AWS::ApiGatewayV2::Route/pages", "AWS::ApiGatewayV2::Integration/pages", "AWS::ApiGatewayV2::Api/shop"]);
    expect(sent.filter((operation) => operation === "DeleteResource")).toHaveLength(3);
  });

  test("a value that AWS accepts and never returns is a note and no difference, until another value is asked for", async () => {
    const bed = openTestbed({ sandbox: { faults: { events: ["cloudcontrol:drops"] } } });
    const yaml = (seconds: number) => `${header}\nAWS::SQS::Queue: { jobs: { DelaySeconds: ${seconds}, VisibilityTimeout: 60 } }\n`;
    await bed.apply(yaml(5));
    const again = await bed.plan(yaml(5));
    expect(again.plan.steps).toEqual([]);
    expect(again.plan.notes.map(({ text }) => text).join()).toMatch(/AWS accepted DelaySeconds, but does not return it/);
    const { run } = await bed.apply(yaml(6));
    expect(run.plan.steps).toMatchObject([{ action: "update", changes: [{ path: "DelaySeconds" }] }]);
    expect(stepsOf(await bed.plan(yaml(6)))).toEqual([]);
    // The values that AWS returns are still compared.
    expect(stepsOf(await bed.plan(yaml(6).replace("60", "90")))).toEqual(["update AWS::SQS::Queue/jobs"]);
  });

  test("a part that is added while AWS changes its holder is not lost with the tags of before", async () => {
    const bed = openTestbed();
    const yaml = (timeout: number, source: string) => `${header}
iamRoles: { run: { trust: lambda.amazonaws.com } }
AWS::Lambda::Function: { f: { Role: '\${iamRole.run.arn}', Handler: i.h, Runtime: nodejs22.x, Code: { ZipFile: x }, Timeout: ${timeout} } }
AWS::Lambda::Permission: { p: { FunctionName: '\${resource("AWS::Lambda::Function/f").Arn}', Action: lambda:InvokeFunction, Principal: ${source}.amazonaws.com } }
`;
    await bed.apply(yaml(5, "sns"));
    const { run } = await bed.apply(yaml(6, "s3"));
    expect(stepsOf(run)).toEqual(["update AWS::Lambda::Function/f", "replace AWS::Lambda::Permission/p"]);
    expect(stepsOf(await bed.plan(yaml(6, "s3")))).toEqual([]);
  });

  test.each<[what: string, isMaking: boolean, operation: string, when: "before" | "after"]>([
    ["deleted and not yet forgotten", false, "tagging:UntagResources", "before"],
    ["named and not yet asked for", true, "cloudcontrol:CreateResource", "before"],
    ["asked for and not yet there", true, "cloudcontrol:CreateResource", "after"],
  ])("a part that a killed run had %s leaves neither its name nor itself", async (_what, isMaking, operation, when) => {
    const without = `${header}\nAWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n`;
    const routes = `AWS::ApiGatewayV2::Route: { a: { ApiId: '\${resource("AWS::ApiGatewayV2::Api/shop").id}', RouteKey: GET / } }\n`;
    const state = new SandboxState();
    let at = Date.UTC(2026, 0, 1);
    const run = async (yaml: string, faults: FaultPlan = {}) => {
      const ended = await runProcess(kinds, state, at, { environment: loadText(yaml), goal: "agree" }, { faults, afterDeath: true });
      at = ended.end + 1000;
      return ended;
    };
    const objects = () => JSON.stringify([...state.regions.values()][0]!.toJSON().tables["cloudcontrol.objects"]);
    await run(isMaking ? without : `${without}${routes}`);
    const hit = await run(isMaking ? `${without}${routes}` : without, { stop: [{ operation, when }] });
    expect(hit.how, tell(hit)).toBe("died");
    expect(objects()).toContain("infra:part:Route/a");
    const { result } = await run(without);
    expect(stepsOf((result as unknown as { readonly run: PlanRun }).run)).toEqual(["delete AWS::ApiGatewayV2::Route/a"]);
    expect(objects()).not.toMatch(/Route/);
    expect(await run(without)).toMatchObject({ how: "done", steps: 0 });
  });

  test("a part of an object outside this environment is refused, because nothing could name its owner", async () => {
    const bed = openTestbed();
    const { aws } = await bed.connection();
    const cc = await import("@aws-sdk/client-cloudcontrol");
    const DesiredState = JSON.stringify({ Name: "strange", ProtocolType: "HTTP" });
    await aws.cloudcontrol(new cc.CreateResourceCommand({ TypeName: "AWS::ApiGatewayV2::Api", DesiredState, ClientToken: "t" }));
    await bed.clock.sleep(60_000);
    const listed = await aws.cloudcontrol(new cc.ListResourcesCommand({ TypeName: "AWS::ApiGatewayV2::Api" }));
    const id = listed.ResourceDescriptions![0]!.Identifier!;
    const { outcome } = await bed.tryApply(`${header}\nAWS::ApiGatewayV2::Route: { pages: { ApiId: ${id}, RouteKey: GET / } }\n`);
    expect(outcome.failed.map(({ failure }) => failure.message).join()).toMatch(/is not of this environment/);
  });

  test("an object that names the name of another waits for it, although the file contains the name", async () => {
    const bed = openTestbed();
    const yaml = `${header}
AWS::ECS::Cluster: { web: { ClusterName: shop } }
AWS::ECS::TaskDefinition: { web: { ContainerDefinitions: [{ Name: web, Image: "nginx:1", Memory: 128 }] } }
AWS::ECS::Service:
  web: { Cluster: '\${resource("AWS::ECS::Cluster/web").ClusterName}', TaskDefinition: '\${resource("AWS::ECS::TaskDefinition/web").TaskDefinitionArn}' }
`;
    const { events } = await bed.apply(yaml);
    const made = events.flatMap((event) => (event.type === "step-done" ? [event.step.address] : []));
    expect(made.indexOf("AWS::ECS::Service/web")).toBeGreaterThan(made.indexOf("AWS::ECS::Cluster/web"));
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
  });

  test("two policies of one service, and a target: known by the tags of the service, and deleted with their lines", async () => {
    const bed = openTestbed();
    const target = '${resource("AWS::ApplicationAutoScaling::ScalableTarget/web").ResourceId}';
    const scaling = "ServiceNamespace: ecs, ScalableDimension: 'ecs:service:DesiredCount'";
    const service = `AWS::ECS::Cluster: { shop: {} }
AWS::ECS::TaskDefinition: { web: { ContainerDefinitions: [{ Name: web, Image: "nginx:1", Memory: 128 }] } }
AWS::ECS::Service:
  web: { Cluster: '\${resource("AWS::ECS::Cluster/shop").id}', TaskDefinition: '\${resource("AWS::ECS::TaskDefinition/web").TaskDefinitionArn}' }
AWS::ApplicationAutoScaling::ScalableTarget:
  web: { ResourceId: 'service/\${resource("AWS::ECS::Cluster/shop").id}/\${resource("AWS::ECS::Service/web").Name}', ${scaling}, MinCapacity: 1, MaxCapacity: 4 }
`;
    const policy = (name: string, metric: string) =>
      `  ${name}: { ResourceId: '${target}', ${scaling}, PolicyType: TargetTrackingScaling, TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, PredefinedMetricSpecification: { PredefinedMetricType: ${metric} } } }\n`;
    const policies = "AWS::ApplicationAutoScaling::ScalingPolicy:\n";
    const both = `${header}\n${service}${policies}${policy("cpu", "ECSServiceAverageCPUUtilization")}${policy("memory", "ECSServiceAverageMemoryUtilization")}`;
    await bed.apply(both);
    expect(stepsOf(await bed.plan(both))).toEqual([]);
    const one = `${header}\n${service}${policies}${policy("cpu", "ECSServiceAverageCPUUtilization")}`;
    const { run } = await bed.apply(one);
    expect(stepsOf(run)).toEqual(["delete AWS::ApplicationAutoScaling::ScalingPolicy/memory"]);
    expect(stepsOf(await bed.plan(one))).toEqual([]);
    await bed.destroy(one);
    expect(stepsOf(await bed.plan(one, "destroy"))).toEqual([]);
  });

  test("an object that has left the file is found and deleted", async () => {
    const bed = openTestbed();
    await bed.apply(queue());
    const { run } = await bed.apply(`${header}\nAWS::SQS::Queue: { other: { disposable: true } }\n`);
    expect(stepsOf(run).sort()).toEqual(["create AWS::SQS::Queue/other", "delete AWS::SQS::Queue/jobs"]);
  });
});
