import { StopInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  DeleteListenerCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf, elbTestbed, type ElbTestbed } from "./elb.ts";

let b: ElbTestbed;
beforeEach(async () => void (b = await elbTestbed()));

const register = (TargetGroupArn: string, ...Targets: { Id: string; Port?: number; AvailabilityZone?: string }[]) =>
  b.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
const states = async (TargetGroupArn: string) =>
  (await b.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions!.map((one) =>
    [one.TargetHealth!.State, one.TargetHealth!.Reason].filter(Boolean).join(" "),
  );

describe("a target group", () => {
  it("is the same when it is asked for again, and another when the settings differ", async () => {
    const arn = await b.targets();
    expect(await b.targets({ Tags: [{ Key: "x", Value: "y" }] })).toBe(arn);
    expect(await codeOf(b.targets({ Port: 8002 }))).toBe("DuplicateTargetGroupName");
    expect(await codeOf(b.targets({ HealthCheckPath: "/other" }))).toBe("DuplicateTargetGroupName");
  });

  it("has defaults that depend on its protocol", async () => {
    await b.targets();
    await b.targets({ Name: "tcp", Protocol: "TCP" });
    const { TargetGroups } = await b.elb.send(new DescribeTargetGroupsCommand({}));
    expect(TargetGroups).toMatchObject([
      {
        ProtocolVersion: "HTTP1",
        HealthCheckProtocol: "HTTP",
        HealthCheckPath: "/",
        Matcher: { HttpCode: "200" },
        HealthCheckTimeoutSeconds: 5,
        HealthCheckPort: "traffic-port",
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
      },
      { HealthCheckProtocol: "TCP", HealthCheckTimeoutSeconds: 10 },
    ]);
    expect(TargetGroups![1]).not.toHaveProperty("HealthCheckPath");
    const arns = TargetGroups!.map((group) => group.TargetGroupArn!);
    const lists = await Promise.all(
      arns.map(async (TargetGroupArn) =>
        (await b.elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }))).Attributes!.map(({ Key }) => Key),
      ),
    );
    expect(lists[0]).toContain("load_balancing.algorithm.type");
    expect(lists[1]).toContain("preserve_client_ip.enabled");
    expect(lists[1]).not.toContain("load_balancing.algorithm.type");
  });

  it.each([
    [{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 }, "ValidationError"],
    [{ HealthCheckIntervalSeconds: 4 }, "ValidationError"],
    [{ HealthCheckIntervalSeconds: 5 }, "ValidationError"],
    [{ Protocol: "TCP", HealthCheckIntervalSeconds: 10 }, "ValidationError"],
    [{ Protocol: "TCP", HealthCheckProtocol: "HTTP", HealthCheckIntervalSeconds: 10 }, "succeeded"],
    [{ Matcher: { HttpCode: "200-500" } }, "ValidationError"],
    [{ Protocol: "TCP", HealthCheckProtocol: "HTTP", Matcher: { HttpCode: "200-599" } }, "succeeded"],
    [{ ProtocolVersion: "GRPC", Matcher: { GrpcCode: "0-100" } }, "ValidationError"],
    [{ HealthCheckPort: "90000" }, "ValidationError"],
    [{ ProtocolVersion: "HTTP3" }, "ValidationError"],
    [{ IpAddressType: "ipv5" as never }, "ValidationError"],
    [{ TargetType: "machine" as never }, "ValidationError"],
    [{ HealthCheckProtocol: "TCP" }, "InvalidConfigurationRequest"],
    [{ Protocol: "TCP", HealthCheckPath: "/" }, "InvalidConfigurationRequest"],
    [{ Protocol: "TCP", ProtocolVersion: "HTTP2" }, "InvalidConfigurationRequest"],
    [{ VpcId: "vpc-00000000000000000" }, "ValidationError"],
    [{ Name: "-web" }, "ValidationError"],
    [{ TargetType: "lambda" }, "InvalidConfigurationRequest"], // it has no port and no VPC
  ] as const)("is refused as %j", async (more, code) => expect(await codeOf(b.targets(more))).toBe(code));

  it("keeps the fields that a change omits", async () => {
    const TargetGroupArn = await b.targets({ HealthCheckPath: "/a", HealthCheckIntervalSeconds: 20 });
    const { TargetGroups } = await b.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckPath: "/b" }));
    expect(TargetGroups![0]).toMatchObject({ HealthCheckPath: "/b", HealthCheckIntervalSeconds: 20 });
    const set = (Key: string, Value: string) =>
      codeOf(b.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [{ Key, Value }] })));
    expect(await set("slow_start.duration_seconds", "29")).toBe("ValidationError");
    expect(await set("slow_start.duration_seconds", "30")).toBe("succeeded");
    expect(await set("load_balancing.algorithm.type", "weighted_random")).toBe("InvalidConfigurationRequest");
    expect(await set("nonsense", "1")).toBe("ValidationError");
  });

  it("is not deleted while a listener forwards to it; its targets do not matter", async () => {
    const targets = await b.targets();
    const listener = await b.listener(await b.balancer(), targets);
    await register(targets, { Id: (await b.machine()).id });
    const remove = () => codeOf(b.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: targets })));
    expect(await remove()).toBe("ResourceInUse");
    await b.elb.send(new DeleteListenerCommand({ ListenerArn: listener }));
    expect(await remove()).toBe("succeeded");
    expect(await remove()).toBe("succeeded");
    expect(await codeOf(states(targets))).toBe("TargetGroupNotFound");
  });
});

describe("a target", () => {
  it("is unused without a listener, then initial, then healthy after its checks", async () => {
    const targets = await b.targets({ HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 3 });
    await register(targets, { Id: (await b.machine()).id });
    b.pass(600);
    expect(await states(targets)).toEqual(["unused Target.NotInUse"]);
    const balancer = await b.balancer();
    await b.listener(balancer, targets);
    expect(await states(targets)).toEqual(["initial Elb.RegistrationInProgress"]);
    b.pass(250); // the load balancer is active
    b.pass(20);
    expect((await states(targets))[0]).toMatch(/initial|healthy/);
    b.pass(60);
    expect(await states(targets)).toEqual(["healthy"]);
  });

  it("is unused where the balancer does not stand in its zone", async () => {
    const targets = await b.targets({ TargetType: "ip", Protocol: "TCP" });
    const balancer = await b.balancer({ Type: "network", SecurityGroups: undefined, Subnets: [b.subnets[1]] });
    await b.listener(balancer, targets);
    await register(targets, { Id: (await b.machine()).ip });
    b.pass(900);
    expect(await states(targets)).toEqual(["unused Target.NotInUse"]);
  });

  it("must be a running machine of the VPC", async () => {
    const targets = await b.targets();
    expect(await codeOf(register(targets, { Id: "i-00000000000000000" }))).toBe("InvalidTarget");
    const machine = (await b.machine()).id;
    await b.ec2.send(new StopInstancesCommand({ InstanceIds: [machine] }));
    b.pass(120);
    expect(await codeOf(register(targets, { Id: machine }))).toBe("InvalidTarget");
    const byIp = await b.targets({ Name: "ip", TargetType: "ip" });
    expect(await codeOf(register(byIp, { Id: "8.8.8.8" }))).toBe("ValidationError");
    expect(await codeOf(register(byIp, { Id: "192.168.7.7" }))).toBe("ValidationError"); // outside the VPC and without a zone
    expect(await codeOf(register(byIp, { Id: "192.168.7.7", AvailabilityZone: "all" }))).toBe("succeeded");
  });

  it("drains when it leaves a group in use, and is gone when its machine is", async () => {
    const targets = await b.targets({ HealthCheckIntervalSeconds: 5, HealthyThresholdCount: 2, HealthCheckTimeoutSeconds: 2 });
    await b.listener(await b.balancer(), targets);
    const [one, two] = [(await b.machine()).id, (await b.machine(b.subnets[1])).id];
    await register(targets, { Id: one }, { Id: two }, { Id: two, Port: 9000 });
    b.pass(400);
    expect(await states(targets)).toEqual(["healthy", "healthy", "healthy"]);
    await b.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: targets, Targets: [{ Id: two, Port: 9000 }] }));
    expect((await states(targets)).sort()).toEqual(["draining Target.DeregistrationInProgress", "healthy", "healthy"]);
    b.pass(301);
    expect(await states(targets)).toEqual(["healthy", "healthy"]);
    await b.ec2.send(new TerminateInstancesCommand({ InstanceIds: [two] }));
    b.pass(120);
    expect(await states(targets)).toEqual(["healthy"]);
  });

  it("stays unhealthy when that is asked for", async () => {
    b = await elbTestbed({ faults: { events: ["elbv2:targetStaysUnhealthy"] } });
    const targets = await b.targets();
    await b.listener(await b.balancer(), targets);
    await register(targets, { Id: (await b.machine()).id });
    b.pass(900);
    expect(await states(targets)).toEqual(["unhealthy Target.FailedHealthChecks"]);
  });
});
