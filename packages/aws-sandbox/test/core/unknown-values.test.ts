/** Values that AWS's API does not know are refused and not kept: a kept value would be compared with the YAML for ever. */
import { beforeAll, expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "../../src/sandbox.ts";

const sandbox = createSandbox({ clock: new VirtualClock() });
const call = async <T>(service: string, operation: string, input: object): Promise<T> =>
  (await sandbox.call({ service, operation, account: "123456789012", region: "eu-west-1", input })) as T;

/** Ids by the placeholder in the table. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  const { Vpcs } = await call<{ Vpcs: { VpcId: string }[] }>("ec2", "DescribeVpcs", {});
  const { Subnets } = await call<{ Subnets: { SubnetId: string }[] }>("ec2", "DescribeSubnets", {});
  ids["VPC"] = Vpcs[0]!.VpcId;
  ids["SUBNET"] = Subnets[0]!.SubnetId;
  ids["SUBNET2"] = Subnets[1]!.SubnetId;
  const group = { Name: "web", Protocol: "HTTP", Port: 80, VpcId: ids["VPC"] };
  const made = await call<{ TargetGroups: { TargetGroupArn: string }[] }>("elbv2", "CreateTargetGroup", group);
  ids["TARGETS"] = made.TargetGroups[0]!.TargetGroupArn;
  const balancer = { Name: "web", Scheme: "internal", Subnets: [ids["SUBNET"], ids["SUBNET2"]] };
  const { LoadBalancers } = await call<{ LoadBalancers: { LoadBalancerArn: string }[] }>("elbv2", "CreateLoadBalancer", balancer);
  ids["BALANCER"] = LoadBalancers[0]!.LoadBalancerArn;
  const DefaultActions = [{ Type: "forward", TargetGroupArn: ids["TARGETS"] }];
  const listener = { LoadBalancerArn: ids["BALANCER"], Protocol: "HTTP", Port: 80, DefaultActions };
  const { Listeners } = await call<{ Listeners: { ListenerArn: string }[] }>("elbv2", "CreateListener", listener);
  ids["LISTENER"] = Listeners[0]!.ListenerArn;
  const LaunchTemplateData = { ImageId: "ami-0a1b2c3d4e5f60001", InstanceType: "t3.micro" };
  await call("ec2", "CreateLaunchTemplate", { LaunchTemplateName: "web", LaunchTemplateData });
  const source = { LaunchTemplateName: "web", Version: "1" };
  const sizes = { MinSize: 0, MaxSize: 1, VPCZoneIdentifier: ids["SUBNET"] };
  await call("autoscaling", "CreateAutoScalingGroup", { AutoScalingGroupName: "web", LaunchTemplate: source, ...sizes });
});

const launch = { ImageId: "ami-0a1b2c3d4e5f60001", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, SubnetId: "SUBNET" };
const listen = (more: object) => ({ LoadBalancerArn: "BALANCER", Protocol: "HTTP", Port: 81, ...more });
const rule = (condition: object) => ({
  ListenerArn: "LISTENER",
  Priority: 1,
  Conditions: [condition],
  Actions: [{ Type: "forward", TargetGroupArn: "TARGETS" }],
});
const redirect = (more: object) =>
  listen({ DefaultActions: [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301", Host: "a", ...more } }] });

test.each<[service: string, operation: string, input: object]>([
  ["ec2", "RunInstances", { ...launch, InstanceInitiatedShutdownBehavior: "hibernate" }],
  ["ec2", "RunInstances", { ...launch, MetadataOptions: { HttpTokens: "maybe" } }],
  ["ec2", "RunInstances", { ...launch, MetadataOptions: { HttpEndpoint: "maybe" } }],
  ["ec2", "RunInstances", { ...launch, MetadataOptions: { InstanceMetadataTags: "maybe" } }],
  ["ec2", "RunInstances", { ...launch, PrivateDnsNameOptions: { HostnameType: "odd" } }],
  ["ec2", "RunInstances", { ...launch, MaintenanceOptions: { AutoRecovery: "odd" } }],
  ["ec2", "RunInstances", { ...launch, Placement: { Tenancy: "odd" } }],
  ["ec2", "RunInstances", { ...launch, Placement: { HostId: "h-0123456789abcdef0" } }],
  ["ec2", "RunInstances", { ...launch, InstanceMarketOptions: { MarketType: "spot", SpotOptions: { SpotInstanceType: "odd" } } }],
  ["ec2", "RunInstances", { ...launch, CreditSpecification: { CpuCredits: "some" } }],
  ["ec2", "ModifySubnetAttribute", { SubnetId: "SUBNET", PrivateDnsHostnameTypeOnLaunch: "odd" }],
  ["ec2", "CreateVpc", { CidrBlock: "10.1.0.0/16", InstanceTenancy: "shared" }],
  ["elbv2", "CreateListener", redirect({ StatusCode: "HTTP_303" })],
  ["elbv2", "CreateListener", redirect({ Protocol: "GOPHER" })],
  ["elbv2", "CreateListener", redirect({ Port: "99999" })],
  [
    "elbv2",
    "CreateListener",
    listen({ DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200", ContentType: "text/odd" } }] }),
  ],
  ["elbv2", "CreateRule", rule({ Field: "source-ip", SourceIpConfig: { Values: ["nonsense"] } })],
  ["elbv2", "CreateRule", rule({ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["get it"] } })],
  ["autoscaling", "PutWarmPool", { AutoScalingGroupName: "web", PoolState: "Odd" }],
  [
    "autoscaling",
    "PutScalingPolicy",
    {
      AutoScalingGroupName: "web",
      PolicyName: "out",
      PolicyType: "StepScaling",
      AdjustmentType: "ChangeInCapacity",
      MetricAggregationType: "Odd",
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  ],
  ["sns", "CreateTopic", { Name: "t", Attributes: { SignatureVersion: "9" } }],
  ["sns", "CreateTopic", { Name: "t", Attributes: { TracingConfig: "Odd" } }],
  ["sns", "CreateTopic", { Name: "t", Attributes: { DisplayName: "x".repeat(101) } }],
])("%s refuses %s of %j", async (service, operation, input) => {
  const filled = JSON.parse(JSON.stringify(input), (_key, value: unknown) =>
    typeof value === "string" ? (ids[value] ?? value) : value,
  ) as object;
  await expect(call(service, operation, filled)).rejects.toMatchObject({
    code: expect.stringMatching(/^(Invalid|ValidationError$)/) as string,
  });
});
