import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it, test } from "vitest";
import { asMeasured, checkDimensions } from "../../src/kinds/shared/alarm-dimensions.ts";
import { openTestbed, network, settle, stepsOf } from "./elbv2-testbed.ts";
import { unmanaged } from "./group-testbed.ts";

const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

test.each([
  ["LoadBalancer", `${arn}:loadbalancer/app/web/50dc6c495c0c9188`, "app/web/50dc6c495c0c9188"],
  ["LoadBalancer", `${arn}:loadbalancer/net/web/50dc6c495c0c9188`, "net/web/50dc6c495c0c9188"],
  ["TargetGroup", `${arn}:targetgroup/web/73e2d6bc24d8a067`, "targetgroup/web/73e2d6bc24d8a067"],
  ["TopicName", "arn:aws:sns:eu-west-1:123456789012:ops", "ops"],
  ["Topic", "arn:aws:sns:eu-west-1:123456789012:ops", "arn:aws:sns:eu-west-1:123456789012:ops"],
  ["StateMachineArn", "arn:aws:states:eu-west-1:123456789012:stateMachine:a", "arn:aws:states:eu-west-1:123456789012:stateMachine:a"],
  ["LoadBalancer", "app/web/50dc6c495c0c9188", "app/web/50dc6c495c0c9188"],
  ["InstanceId", "i-0123456789abcdef0", "i-0123456789abcdef0"],
])("%s of %s is %s to CloudWatch", (name, value, measured) => {
  expect(asMeasured({ [name]: value })).toEqual({ [name]: measured });
});

describe("check", () => {
  it("names the dimension that AWS's metrics have for an object", () => {
    expect(checkDimensions("AWS/ApplicationELB", { LoadBalancer: "loadBalancer/w", TargetGroup: "targetGroup/w" })).toEqual([]);
    expect(checkDimensions("AWS/ApplicationELB", { TargetGroup: "loadBalancer/w" })).toMatchObject([
      { path: "dimensions.TargetGroup", hint: "write `LoadBalancer: loadBalancer/w`" },
    ]);
    expect(checkDimensions("Ours", { Machine: "instance/w" }), "another's metric has other dimensions").toEqual([]);
  });

  it("takes 30 dimensions and no more", () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`d${i}`, "x"]));
    expect(checkDimensions("Ours", many(30))).toEqual([]);
    expect(checkDimensions("Ours", many(31))).toMatchObject([{ path: "dimensions" }]);
  });
});

const balanced = (dimensions: string, more = "") => `${network}
targetGroups: { w: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers: { w: { scheme: internal, subnets: [a, b], securityGroups: [one], listeners: { "80": { protocol: HTTP, forward: w } } } }
topics: { ops: {} }
alarms:
  a: { namespace: ${more || "AWS/ApplicationELB"}, metricName: UnHealthyHostCount, dimensions: ${dimensions}, statistic: Maximum, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanOrEqualToThreshold }
`;

it("watches a balancer, a target group and a topic by the names that CloudWatch has for them, and converges", async () => {
  const index = openTestbed();
  const seen = async () =>
    Object.fromEntries(
      (await unmanaged(index).cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms![0]!.Dimensions!.map(({ Name, Value }) => [
        Name,
        Value,
      ]),
    );
  await settle(index, balanced("{ LoadBalancer: loadBalancer/w, TargetGroup: targetGroup/w }"));
  expect(await seen()).toEqual({
    LoadBalancer: expect.stringMatching(/^app\/test-w\/[0-9a-f]+$/) as string,
    TargetGroup: expect.stringMatching(/^targetgroup\/test-w\/[0-9a-f]+$/) as string,
  });
  expect(stepsOf((await settle(index, balanced("{ TopicName: topic/ops }", "AWS/SNS"))).run)).toEqual(["update alarm/a"]);
  expect(await seen()).toEqual({ TopicName: "test-ops" });
});

test.each([
  ["{ LoadBalancer: loadBalancer/x }", 'alarm/a names loadBalancer "x", which is not declared.'],
  ["{ LoadBalancer: loadbalancer/w }", 'there is no kind "loadbalancer"'],
  ["{ LoadBalancer: loadBalancers/w }", 'did you mean "loadBalancer/w"'],
  ["{ VPC: vpc/main }", "not a vpc"],
])("refuses %s", (dimensions, says) => {
  expect(() => openTestbed().load(balanced(dimensions))).toThrow(says);
});

test("takes texts with slashes that name no kind, and any text as { id }", () => {
  const { nodes } = openTestbed().load(balanced('{ path: "/dev/sda1", Function: fn/live, Odd: { id: vpc/main } }', "Ours"));
  const alarm = nodes.find(({ address }) => address === "alarm/a")!;
  expect(alarm.spec).toMatchObject({ dimensions: { path: "/dev/sda1", Function: "fn/live", Odd: "vpc/main" } });
});
