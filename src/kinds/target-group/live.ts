/** A target group from AWS's answers, in the fields of the file. */
import type { TargetGroup as AwsGroup, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsId, Live, Tags } from "../kind.ts";
import type { HealthCheck, Target, TargetGroup } from "./schema.ts";

export interface Handle {
  /** The port; 0 for a group of functions. */
  readonly port: number;
  /** The load balancers whose listeners or rules forward to it. */
  readonly loadBalancers: readonly AwsId[];
}

export type LiveGroup = Live<TargetGroup, Handle>;

export function live(group: AwsGroup, tags: Tags): LiveGroup {
  const arn = group.TargetGroupArn!;
  return {
    id: arn,
    aliases: [arn.slice(arn.indexOf("targetgroup/"))], // CloudWatch's name
    tags,
    owner: arn.split(":")[4],
    name: group.TargetGroupName,
    state: "ready",
    spec: {
      vpc: group.VpcId,
      protocol: group.Protocol as TargetGroup["protocol"],
      port: group.Port,
      targetType: group.TargetType as TargetGroup["targetType"],
      protocolVersion: group.ProtocolVersion as TargetGroup["protocolVersion"],
      ipAddressType: group.IpAddressType ?? "ipv4",
      healthCheck: healthOf(group),
    },
    handle: { port: group.Port ?? 0, loadBalancers: group.LoadBalancerArns ?? [] },
    outputs: {
      name: group.TargetGroupName ?? "",
      traffic: group.Protocol === undefined ? "a function" : `${group.Protocol} ${group.Port}`,
    },
  };
}

function healthOf(group: AwsGroup): HealthCheck {
  const port = group.HealthCheckPort;
  return {
    enabled: group.HealthCheckEnabled ?? true,
    protocol: group.HealthCheckProtocol as HealthCheck["protocol"],
    port: port === undefined || port === "traffic-port" ? "traffic-port" : Number(port),
    path: group.HealthCheckPath,
    interval: group.HealthCheckIntervalSeconds,
    timeout: group.HealthCheckTimeoutSeconds,
    healthyThreshold: group.HealthyThresholdCount,
    unhealthyThreshold: group.UnhealthyThresholdCount,
    matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
  };
}

/** Whether a target is registered. A draining target is already being removed. */
export function isRegistered({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State !== "draining";
}

export function targetOf({ Target }: TargetHealthDescription, group: AwsGroup): Target {
  const id = Target!.Id!;
  const port = Target!.Port === group.Port ? undefined : Target!.Port;
  const zone = Target!.AvailabilityZone === "all" ? { availabilityZone: "all" as const } : {};
  return { ...named(group.TargetType, id), ...zone, ...(port === undefined ? {} : { port }) };
}

function named(type: AwsGroup["TargetType"], id: AwsId): Target {
  if (type === "ip") return { ip: id };
  if (type === "lambda") return { lambda: id };
  return type === "alb" ? { loadBalancer: id } : { instance: id };
}

export function partOf({ Target, TargetHealth: its }: TargetHealthDescription) {
  const why = its?.State === "healthy" ? "" : ` (${[its?.Reason, its?.Description].filter(Boolean).join(": ")})`;
  return {
    id: Target!.Id!,
    text: `${Target!.Port === undefined ? "" : `port ${Target!.Port}: `}${its?.State ?? "unknown"}${why === " ()" ? "" : why}`,
  };
}
