/** Alarms lie in no network. They are imported with the instances, load balancers and databases that they watch, and bring their topics. */
import { expect, it } from "vitest";
import { header, openTestbed } from "../support/testbed.ts";
import { importOf, stripped } from "./support.ts";

const watching = (dimensions: string, more = "") =>
  `{ namespace: AWS/EC2, metricName: X, dimensions: ${dimensions}, statistic: Sum, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold${more} }`;

it("come with the resources that they watch", async () => {
  const testbed = openTestbed();
  const text = `${header}
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.7.2.0/24, availabilityZone: b }
instances: { web: { image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, subnet: a } }
securityGroups: { web: { vpc: main } }
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers: { web: { scheme: internal, subnets: [a, b], securityGroups: [web], listeners: { "80": { protocol: HTTP, forward: web } } } }
topics: { ops: {} }
alarms:
  machine: ${watching("{ InstanceId: web }", ", alarmActions: [ops]")}
  group: ${watching("{ TargetGroup: targetGroup/web, LoadBalancer: loadBalancer/web }")}
  several: { metrics: { one: { namespace: AWS/EC2, metricName: X, dimensions: { InstanceId: instance/web }, statistic: Sum, period: 60 } }, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold }
  other: ${watching("{ InstanceId: i-0123456789abcdef0 }")}
`.replace("InstanceId: web }", "InstanceId: instance/web }");
  await testbed.apply(text);
  const run = await testbed.plan(text);
  await stripped(run, run.connection);
  const { kind, live } = run.observed.objects.get("vpc/main")!;
  const imported = await importOf(await testbed.connection(), run.environment, [{ kind, id: live.id }]);
  expect(imported.open).toEqual([]);
  const addresses = imported.entries.map(({ address }) => address);
  expect(addresses.filter((one) => /^(alarm|topic)/.test(one)).sort()).toEqual([
    "alarm/group",
    "alarm/machine",
    "alarm/several",
    "topic/ops",
  ]);
});
