/** Networks with a launch template for the tests of Auto Scaling groups, and a separate client of the same AWS. */
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DescribeInstancesCommand, EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Applied, Testbed } from "../support/testbed.ts";
import { network } from "./elbv2-testbed.ts";

/** A launch template and an Auto Scaling group of two instances in two zones; `fields` are further lines of the group. */
export function group(fields = "", more = ""): string {
  return `${network}
launchTemplates:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [one] }
autoScalingGroups:
  web:
    launchTemplate: web
    subnets: [a, b]
    minSize: 2
    maxSize: 4
${fields.replace(/^(?=.)/gm, "    ")}
${more}`;
}

/** The same behind a load balancer whose health checks count. */
export function balanced(fields = "", more = ""): string {
  return group(
    `targetGroups: [web]\nhealthCheckType: ELB\nhealthCheckGracePeriod: 120\ndefaultInstanceWarmup: 30\n${fields}`,
    `targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80, healthCheck: { interval: 10, healthyThreshold: 2 }, deregistrationDelay: 30 }
loadBalancers:
  web: { scheme: internet-facing, subnets: [a, b], securityGroups: [one], listeners: { 80: { protocol: HTTP, forward: web } } }
${more}`,
  );
}

/** Separate clients of the same AWS. */
export function unmanaged(index: Testbed) {
  const options = {
    region: "eu-west-1",
    requestHandler: index.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  };
  return {
    autoscaling: new AutoScalingClient(options),
    cloudwatch: new CloudWatchClient(options),
    ec2: new EC2Client(options),
    sns: new SNSClient(options),
  };
}

export async function groupIn(index: Testbed, name = "test-web"): Promise<AutoScalingGroup> {
  const { AutoScalingGroups: [found] = [] } = await unmanaged(index).autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return found!;
}

/** Returns the instances of Auto Scaling groups that still exist. */
export async function machinesIn(index: Testbed): Promise<Instance[]> {
  const { Reservations = [] } = await unmanaged(index).ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }] }),
  );
  return Reservations.flatMap((one) => one.Instances ?? []);
}

/** Returns the messages and waits of a run, and its failures. */
export function told({ events, outcome }: Applied): { readonly said: string[]; readonly failed: string[] } {
  return {
    said: events.flatMap((event) => (event.type === "step-said" ? [event.text] : [])),
    failed: outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.message}`),
  };
}
