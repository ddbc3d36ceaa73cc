import {
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { targetGroup } from "../../src/kinds/target-group/target-group.ts";
import { openTestbed, machines, network, settle, stepsOf, foreignClient } from "./elbv2-testbed.ts";
import { resourceIndexOf } from "./mocked-ec2.ts";

const plain = `${network}
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 8001 }
`;

describe("fields", () => {
  it("creates the fields of the YAML, as another client reads them", async () => {
    const index = openTestbed();
    const yaml = `${network}
targetGroups:
  web:
    vpc: main
    protocol: HTTP
    port: 8001
    protocolVersion: HTTP2
    healthCheck: { protocol: HTTPS, port: 9000, path: /up, interval: 15, timeout: 4, healthyThreshold: 3, unhealthyThreshold: 4, matcher: 200-299 }
    deregistrationDelay: 30
    slowStart: 60
    stickiness: { type: app_cookie, cookieName: session, duration: 600 }
    crossZone: false
    dnsFailover: { count: 2, percentage: 50 }
    unhealthyStateRouting: { count: 2 }
`;
    await settle(index, yaml);
    const aws = foreignClient(index);
    const { TargetGroups: [found] = [] } = await aws.send(new DescribeTargetGroupsCommand({ Names: ["test-web"] }));
    expect(found).toMatchObject({
      Protocol: "HTTP",
      Port: 8001,
      ProtocolVersion: "HTTP2",
      TargetType: "instance",
      IpAddressType: "ipv4",
      HealthCheckProtocol: "HTTPS",
      HealthCheckPort: "9000",
      HealthCheckPath: "/up",
      HealthCheckIntervalSeconds: 15,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 4,
      Matcher: { HttpCode: "200-299" },
    });
    const { Attributes = [] } = await aws.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: found!.TargetGroupArn! }));
    expect(Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      "deregistration_delay.timeout_seconds": "30",
      "slow_start.duration_seconds": "60",
      "stickiness.enabled": "true",
      "stickiness.type": "app_cookie",
      "stickiness.app_cookie.cookie_name": "session",
      "stickiness.app_cookie.duration_seconds": "600",
      "load_balancing.cross_zone.enabled": "false",
      "target_group_health.dns_failover.minimum_healthy_targets.count": "2",
      "target_group_health.dns_failover.minimum_healthy_targets.percentage": "50",
      "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "2",
    });
  });

  it.each([
    ["port: 8001", "port: 8002"],
    ["protocol: HTTP", "protocol: HTTPS"],
    ["port: 8001", "port: 8001, protocolVersion: GRPC"],
    ["port: 8001", "port: 8001, targetType: ip"],
    ["port: 8001", "port: 8001, targetType: ip, ipAddressType: ipv6"],
  ])("replaces for %s to %s, under another name first", async (from, to) => {
    const index = openTestbed();
    await settle(index, plain);
    const changed = await settle(index, plain.replace(from, to));
    expect(changed.run.plan.steps).toMatchObject([{ action: "replace", address: "targetGroup/web", order: "create-first" }]);
    const { TargetGroups = [] } = await foreignClient(index).send(new DescribeTargetGroupsCommand({}));
    expect(TargetGroups.map((group) => group.TargetGroupName)).toEqual([expect.stringMatching(/^test-web-[0-9a-f]{6}$/)]);
  });

  it("repairs a health check that was changed by hand, and leaves omitted fields alone", async () => {
    const index = openTestbed();
    await settle(index, plain.replace("port: 8001", "port: 8001, healthCheck: { path: /a }"));
    const aws = foreignClient(index);
    const { TargetGroups: [found] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    await aws.send(
      new ModifyTargetGroupCommand({ TargetGroupArn: found!.TargetGroupArn!, HealthCheckPath: "/hand", HealthCheckIntervalSeconds: 99 }),
    );
    const repaired = await settle(index, plain.replace("port: 8001", "port: 8001, healthCheck: { path: /a }"));
    expect(repaired.run.plan.steps).toMatchObject([{ changes: [{ path: "healthCheck.path", before: "/hand", after: "/a" }] }]);
    const after = await aws.send(new DescribeTargetGroupsCommand({}));
    expect(after.TargetGroups![0]).toMatchObject({ HealthCheckPath: "/a", HealthCheckIntervalSeconds: 99 });
  });
});

describe("targets", () => {
  const yaml = `${network}${machines}
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 8001, targets: [a, { instance: b, port: 9000 }] }
`;

  async function registered(index: ReturnType<typeof openTestbed>) {
    const aws = foreignClient(index);
    const { TargetGroups: [found] = [] } = await aws.send(new DescribeTargetGroupsCommand({}));
    const { TargetHealthDescriptions = [] } = await aws.send(new DescribeTargetHealthCommand({ TargetGroupArn: found!.TargetGroupArn! }));
    return {
      arn: found!.TargetGroupArn!,
      ports: TargetHealthDescriptions.map((one) => one.Target!.Port).sort(),
      ids: TargetHealthDescriptions.map((one) => one.Target!.Id!),
    };
  }

  it("registers machines, each at its port", async () => {
    const index = openTestbed();
    await settle(index, yaml);
    expect((await registered(index)).ports).toEqual([8001, 9000]);
    // The group's own port, written explicitly, is the same target.
    expect(stepsOf(await index.plan(yaml.replace("[a,", "[{ instance: a, port: 8001 },")))).toEqual([]);
  });

  it("registers removed targets again, and keeps targets that somebody added", async () => {
    const index = openTestbed();
    await settle(index, yaml);
    const aws = foreignClient(index);
    const { arn, ids } = await registered(index);
    const own = ids.find((_id, i) => i === 0)!;
    await aws.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: own, Port: 7777 }] }));
    await aws.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: own, Port: 8001 }] }));
    const repaired = await index.apply(yaml);
    expect(stepsOf(repaired.run)).toEqual(["update targetGroup/web"]);
    expect((await registered(index)).ports).toEqual([7777, 8001, 9000]);
    const again = await index.plan(yaml);
    expect(again.plan.steps).toEqual([]);
    expect(again.plan.notes.map((note) => note.text)).toContainEqual(
      expect.stringMatching(/:7777, which the YAML does not list; it stays/),
    );
  });

  it("removes unlisted targets where the author says so", async () => {
    const index = openTestbed();
    await settle(index, yaml);
    const fewer = yaml.replace("targets: [a, { instance: b, port: 9000 }]", "targets: [a], unlisted: remove");
    await settle(index, fewer);
    expect((await registered(index)).ports).toEqual([8001]);
  });

  it("registers addresses in groups of them", async () => {
    const index = openTestbed();
    const byIp = `${network}
targetGroups:
  web: { vpc: main, protocol: TCP, port: 8001, targetType: ip, targets: [{ ip: 10.0.1.77 }, { ip: 10.0.2.77, port: 99 }] }
`;
    await settle(index, byIp);
    expect((await registered(index)).ids.sort()).toEqual(["10.0.1.77", "10.0.2.77"]);
  });
});

describe("a change of the protocol of health checks", () => {
  const tcp = (health: string) => `${network}targetGroups:\n  web: { vpc: main, protocol: TCP, port: 5000, healthCheck: ${health} }\n`;
  const timeout = async (index: ReturnType<typeof openTestbed>) =>
    (await foreignClient(index).send(new DescribeTargetGroupsCommand({}))).TargetGroups![0]!.HealthCheckTimeoutSeconds;

  it.each([
    ["{ protocol: TCP, interval: 30 }", "{ protocol: HTTP, interval: 10 }", 6],
    ["{ protocol: HTTP, interval: 10 }", "{ protocol: TCP, interval: 30 }", 10],
    ["{ protocol: HTTP, interval: 30, timeout: 20 }", "{ protocol: HTTP, interval: 10 }", 6],
    ["{ protocol: HTTP, interval: 30, timeout: 8 }", "{ protocol: HTTP, interval: 10 }", 8],
    ["{ protocol: TCP, interval: 30 }", "{ protocol: HTTP, interval: 10, timeout: 3 }", 3],
  ])("from %s to %s has the timeout of %i s", async (from, to, seconds) => {
    const index = openTestbed();
    await settle(index, tcp(from));
    await settle(index, tcp(to));
    expect(await timeout(index)).toBe(seconds);
  });
});

describe("trap 1: a create that answers with somebody else's group", () => {
  it("is found out, and the foreign group is left alone", async () => {
    const index = openTestbed();
    await index.apply(network);
    const aws = foreignClient(index);
    const { vpc } = await idsOf(index);
    const { TargetGroups: [theirs] = [] } = await aws.send(
      new CreateTargetGroupCommand({ Name: "test-web", Protocol: "HTTP", Port: 8001, VpcId: vpc }),
    );
    const tried = await index.tryApply(plain);
    expect(tried.outcome.failed.map(({ failure }) => failure)).toMatchObject([
      { code: "name-taken", message: expect.stringContaining(`The name "test-web" is taken by ${theirs!.TargetGroupArn}`) },
    ]);
    expect(tried.connection.calls.writes).toBe(0);
  });

  async function idsOf(index: ReturnType<typeof openTestbed>) {
    const { plan } = await index.plan(network);
    return { vpc: plan.objects.find((one) => one.address === "vpc/main")!.id };
  }
});

describe("checks", () => {
  const check = (spec: object) =>
    targetGroup.check!(
      {
        address: "targetGroup/web",
        kind: "targetGroup",
        name: "web",
        tags: {},
        spec: { vpc: "vpc/main", protocol: "HTTP", port: 80, ...spec },
      },
      resourceIndexOf(),
    );

  it.each([
    [{ healthCheck: { protocol: "TCP" } }, ["healthCheck.protocol"]],
    [{ protocol: "TCP", healthCheck: { path: "/" } }, ["healthCheck.path"]],
    [{ protocol: "TCP", healthCheck: { matcher: "200" } }, ["healthCheck.matcher"]],
    [{ protocol: "TCP", healthCheck: { protocol: "HTTP", path: "/", matcher: "200" } }, []],
    [{ healthCheck: { interval: 10, timeout: 10 } }, ["healthCheck.timeout"]],
    [{ healthCheck: { interval: 5 } }, ["healthCheck.interval"]],
    [{ protocol: "HTTPS", healthCheck: { protocol: "HTTPS", interval: 5 } }, ["healthCheck.interval"]],
    [{ healthCheck: { interval: 6 } }, []],
    [{ healthCheck: { interval: 5, timeout: 4 } }, []],
    [{ healthCheck: { timeout: 30 } }, ["healthCheck.timeout"]],
    [{ protocol: "TCP", healthCheck: { interval: 10 } }, ["healthCheck.interval"]],
    [{ protocol: "TLS", healthCheck: { protocol: "HTTPS", interval: 10 } }, ["healthCheck.interval"]],
    [{ protocol: "TCP", healthCheck: { protocol: "HTTP", interval: 10 } }, []],
    [{ healthCheck: { matcher: "200,500" } }, ["healthCheck.matcher"]],
    [{ protocol: "TCP", healthCheck: { protocol: "HTTP", matcher: "200-599" } }, []],
    [{ protocolVersion: "GRPC", healthCheck: { matcher: "0-100" } }, ["healthCheck.matcher"]],
    [{ preserveClientIp: true }, ["preserveClientIp"]],
    [{ protocol: "TCP", slowStart: 30, algorithm: "round_robin" }, ["slowStart", "algorithm"]],
    [{ slowStart: 10 }, ["slowStart"]],
    [{ slowStart: 30, algorithm: "weighted_random" }, ["slowStart"]],
    [{ anomalyMitigation: "on" }, ["anomalyMitigation"]],
    [{ stickiness: { type: "source_ip" } }, ["stickiness.type"]],
    [{ stickiness: { type: "app_cookie" } }, ["stickiness"]],
    [{ stickiness: { cookieName: "x" } }, ["stickiness.cookieName"]],
    [{ ipAddressType: "ipv6" }, ["ipAddressType"]],
    [{ targets: [{ ip: "10.0.0.1" }] }, ["targets[0]"]],
    [{ targetType: "ip", targets: ["instance/a"] }, ["targets[0]"]],
    [{ targets: [{ port: 80 }] }, ["targets[0]"]],
    [{ targets: ["instance/a", { instance: "instance/b", port: 81 }] }, []],
  ])("%j has problems at %j", (spec, paths) => expect(check(spec).map(({ path }) => path)).toEqual(paths));

  it("say of a group of a function that it is one, and report each field once", () => {
    const ofFunction = { targetType: "lambda", vpc: undefined, protocol: undefined, port: undefined };
    expect(check({ ...ofFunction, protocolVersion: "HTTP2", slowStart: 60, stickiness: { type: "lb_cookie" } })).toMatchObject([
      { path: "protocolVersion", summary: "a target group with `targetType: lambda` cannot have protocolVersion" },
      { path: "slowStart", summary: "a target group with `targetType: lambda` cannot have slowStart" },
      { path: "stickiness.type", summary: "a target group with `targetType: lambda` cannot have stickiness of type lb_cookie" },
    ]);
  });

  it("say nothing of a protocol that is missing, except that it is", () => {
    expect(check({ protocol: undefined, slowStart: 60, stickiness: { type: "lb_cookie" } })).toMatchObject([
      { summary: "protocol is missing" },
    ]);
  });
});
