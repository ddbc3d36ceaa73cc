/** A sandbox with a VPC of two zones, a security group, and clients of both services. Errors are compared by wire code. */
import { CreateSecurityGroupCommand, CreateSubnetCommand, DescribeImagesCommand, RunInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  type CreateTargetGroupCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { openTestbed, type Testbed } from "../ec2/ec2.ts";
import { network, type Network } from "../ec2/network.ts";

export interface ElbTestbed extends Testbed, Network {
  readonly elb: ElasticLoadBalancingV2Client;
  /** In zones a and c. */
  readonly subnets: readonly [string, string];
  readonly group: string;
  balancer(more?: object): Promise<string>;
  targets(more?: Partial<CreateTargetGroupCommandInput>): Promise<string>;
  listener(balancer: string, targets: string, Port?: number): Promise<string>;
  machine(subnet?: string): Promise<{ readonly id: string; readonly ip: string }>;
}

export async function elbTestbed(options: Parameters<typeof openTestbed>[0] = {}): Promise<ElbTestbed> {
  const b = openTestbed(options);
  const net = await network(b);
  const other = (
    await b.ec2.send(new CreateSubnetCommand({ VpcId: net.vpc, CidrBlock: "10.0.9.0/24", AvailabilityZone: "ap-northeast-2c" }))
  ).Subnet!.SubnetId!;
  const group = (await b.ec2.send(new CreateSecurityGroupCommand({ VpcId: net.vpc, GroupName: "balancer", Description: "balancer" })))
    .GroupId!;
  const elb = new ElasticLoadBalancingV2Client({
    region: "ap-northeast-2",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    requestHandler: b.sandbox.requestHandler,
    maxAttempts: 1,
  });
  const subnets = [net.subnet, other] as const;
  return {
    ...b,
    ...net,
    elb,
    subnets,
    group,
    balancer: async (more = {}) =>
      (await elb.send(new CreateLoadBalancerCommand({ Name: "web", Subnets: [...subnets], SecurityGroups: [group], ...more })))
        .LoadBalancers![0]!.LoadBalancerArn!,
    targets: async (more = {}) =>
      (await elb.send(new CreateTargetGroupCommand({ Name: "web", Protocol: "HTTP", Port: 8001, VpcId: net.vpc, ...more })))
        .TargetGroups![0]!.TargetGroupArn!,
    listener: async (LoadBalancerArn, TargetGroupArn, Port = 80) =>
      (
        await elb.send(
          new CreateListenerCommand({
            LoadBalancerArn,
            Port,
            Protocol: LoadBalancerArn.includes("/net/") ? "TCP" : "HTTP",
            DefaultActions: [{ Type: "forward", TargetGroupArn }],
          }),
        )
      ).Listeners![0]!.ListenerArn!,
    machine: async (SubnetId = subnets[0]) => {
      const { Images } = await b.ec2.send(
        new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "architecture", Values: ["x86_64"] }] }),
      );
      const { Instances } = await b.ec2.send(
        new RunInstancesCommand({ ImageId: Images![0]!.ImageId!, InstanceType: "t3.micro", SubnetId, MinCount: 1, MaxCount: 1 }),
      );
      b.pass(60);
      return { id: Instances![0]!.InstanceId!, ip: Instances![0]!.PrivateIpAddress! };
    },
  };
}

/** Returns the wire code of the error of a call. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "succeeded",
    (error: { Code?: string; name: string }) => error.Code ?? error.name,
  );
}
