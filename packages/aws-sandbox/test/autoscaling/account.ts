/** A sandbox with a network and a launch template, the clients of its services, and time that tests move by hand. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type AutoScalingGroup,
  type CreateAutoScalingGroupCommandInput,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSubnetCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { openTestbed, codeOf, type Testbed } from "../ec2/ec2.ts";
import { network } from "../ec2/network.ts";

export { codeOf };

export async function account(options: Parameters<typeof openTestbed>[0] = {}) {
  const testbed = openTestbed(options);
  const net = await network(testbed);
  const zoneC = (
    await testbed.ec2.send(new CreateSubnetCommand({ VpcId: net.vpc, CidrBlock: "10.0.1.0/24", AvailabilityZone: "ap-northeast-2c" }))
  ).Subnet!.SubnetId!;
  testbed.pass(5);
  const { Images = [] } = await testbed.ec2.send(
    new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "architecture", Values: ["x86_64"] }] }),
  );
  const LaunchTemplateData = { ImageId: Images[0]!.ImageId!, InstanceType: "t3.micro" } as const;
  const template = (await testbed.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "web", LaunchTemplateData })))
    .LaunchTemplate!.LaunchTemplateId!;
  const clients = clientsOf(testbed);
  const AutoScalingGroupName = "web";
  const LaunchTemplate = (Version: string) => ({ LaunchTemplateId: template, Version });
  return {
    ...testbed,
    ...clients,
    net,
    template,
    subnets: [net.subnet, zoneC],
    LaunchTemplate,
    /** Makes another version with another instance type. */
    async version(more: object = { InstanceType: "t3.small" }) {
      const made = await testbed.ec2.send(
        new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: template, LaunchTemplateData: { ...LaunchTemplateData, ...more } }),
      );
      return String(made.LaunchTemplateVersion!.VersionNumber);
    },
    create: (input: Partial<CreateAutoScalingGroupCommandInput> = {}) =>
      clients.autoscaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName,
          LaunchTemplate: LaunchTemplate("1"),
          MinSize: 2,
          MaxSize: 4,
          VPCZoneIdentifier: `${net.subnet},${zoneC}`,
          ...input,
        }),
      ),
    async look(): Promise<AutoScalingGroup | undefined> {
      return (await clients.autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] })))
        .AutoScalingGroups?.[0];
    },
    async activities() {
      return (await clients.autoscaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName }))).Activities ?? [];
    },
    async machines() {
      const { Reservations = [] } = await testbed.ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running", "pending"] }] }),
      );
      return Reservations.flatMap((one) => one.Instances ?? []);
    },
    /** Makes a load balancer that forwards to a target group, and waits until it is ready. */
    async balancer(): Promise<string> {
      const elbv2 = clients.elbv2;
      const arn = (
        await elbv2.send(
          new CreateTargetGroupCommand({
            Name: "web",
            VpcId: net.vpc,
            Protocol: "HTTP",
            Port: 80,
            HealthCheckIntervalSeconds: 10,
            HealthyThresholdCount: 2,
          }),
        )
      ).TargetGroups![0]!.TargetGroupArn!;
      const balancer = (
        await elbv2.send(new CreateLoadBalancerCommand({ Name: "web", Subnets: [net.subnet, zoneC], SecurityGroups: [net.defaultGroup] }))
      ).LoadBalancers![0]!.LoadBalancerArn!;
      await elbv2.send(
        new CreateListenerCommand({
          LoadBalancerArn: balancer,
          Protocol: "HTTP",
          Port: 80,
          DefaultActions: [{ Type: "forward", TargetGroupArn: arn }],
        }),
      );
      testbed.pass(400);
      return arn;
    },
  };
}

function clientsOf({ sandbox }: Testbed) {
  const options = {
    region: "ap-northeast-2",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    requestHandler: sandbox.requestHandler,
    maxAttempts: 1,
  };
  return {
    autoscaling: new AutoScalingClient(options),
    cloudwatch: new CloudWatchClient(options),
    elbv2: new ElasticLoadBalancingV2Client(options),
  };
}
