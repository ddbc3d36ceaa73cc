/**
 * Targets and their health, which is computed when needed. Checks of a target begin when it is registered, its instance runs, a listener or
 * rule refers to its group, and the load balancer is active. After the group's number of checks it is healthy.
 *
 * For other services' models (Auto Scaling):
 *   addTarget(call, groupArn, id, port?)   Registers without the checks of the call; an instance may still be starting.
 *   dropTarget(call, groupArn, id)         Starts to drain it.
 *   targetHealth(call, groupArn, id)       "initial", "healthy", "unhealthy", "unused", "draining", or undefined when it is not registered.
 */
import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import ipaddr from "ipaddr.js";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { instances, subnets, vpcs } from "../ec2/state.ts";
import { invalid, needGroup, required } from "./faults.ts";
import { within } from "./quotas.ts";
import { loadBalancers, targetGroups, type TargetGroupRecord, type TargetRecord } from "./state.ts";
import { timing } from "./timing.ts";

export function addTarget(call: Call, groupArn: string, id: string, port?: number): void {
  const group = targetGroups(call).get(groupArn);
  if (group) register(call, group, { Id: id, Port: port });
}

export function dropTarget(call: Call, groupArn: string, id: string): void {
  const group = targetGroups(call).get(groupArn);
  if (!group) return;
  for (const target of Object.values(group.targets)) if (target.id === id) deregister(call, group, target);
}

export function targetHealth(call: Call, groupArn: string, id: string): TargetHealth["State"] | undefined {
  const group = targetGroups(call).get(groupArn);
  const target = group && present(call, group).find((one) => one.id === id);
  return target && healthOf(call, group, target).State;
}

const registerAll: Handler<RegisterTargetsInput, object> = (input, call) => {
  refuseUnknown(call, input, ["TargetGroupArn", "Targets"]);
  const group = needGroup(call, input.TargetGroupArn);
  const given = required(input.Targets, "Targets");
  if (given.length === 0) throw invalid("At least one target must be specified");
  for (const one of given) checkTarget(call, group, one);
  within(call, "targetsPerGroup", present(call, group).length + given.length - 1, "TooManyTargets");
  for (const one of given) register(call, group, one);
  return {};
};

function checkTarget(call: Call, group: TargetGroupRecord, { Id: id, Port: port, AvailabilityZone: zone }: TargetDescription): void {
  if (port !== undefined && (port < 1 || port > 65_535)) throw invalid(`The port '${port}' is not between 1 and 65535`);
  if (group.targetType === "lambda") return checkFunction(call, group, id, port);
  if (group.targetType === "alb") return checkBalancer(call, group, id, port ?? group.port);
  if (group.targetType === "ip") return checkIp(call, group, id, zone);
  const machine = instances(call).get(id ?? "");
  if (!machine || machine.state === "terminated")
    throw new AwsFault("InvalidTarget", `The following targets are not valid instances: '${id}'`);
  if (machine.state !== "running")
    throw new AwsFault("InvalidTarget", `The following targets are not in a running state and cannot be registered: '${id}'`);
  if (machine.vpcId !== group.vpcId)
    throw new AwsFault("InvalidTarget", `The following targets are not in the target group VPC '${group.vpcId}': '${id}'`);
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Checks a function as a target: a group has only one. The sandbox models neither the function nor the permission to invoke it. */
function checkFunction(call: Call, group: TargetGroupRecord, id: string | undefined, port: number | undefined): void {
  if (!/^arn:[^:]+:lambda:[^:]+:[0-9]{12}:function:.+$/.test(id ?? "")) throw invalid(`The target ID '${id}' is not a valid Lambda ARN`);
  if (port !== undefined) throw invalid("You cannot specify a port for targets of type lambda");
  refuseSecond(call, group, id!);
}

/** Checks a load balancer as a target (Elastic Load Balancing, "Use Application Load Balancers as targets of a Network Load Balancer"). */
function checkBalancer(call: Call, group: TargetGroupRecord, id: string | undefined, port: number): void {
  const balancer = loadBalancers(call).get(id ?? "");
  if (balancer?.type !== "application") throw new AwsFault("InvalidTarget", `The target '${id}' is not an Application Load Balancer`);
  if (balancer.vpcId !== group.vpcId)
    throw new AwsFault("InvalidTarget", `The target '${id}' is not in the target group VPC '${group.vpcId}'`);
  if (balancer.listeners[`${port}/tcp`] === undefined)
    throw new AwsFault("InvalidTarget", `The Application Load Balancer '${id}' has no listener on port ${port}`);
  refuseSecond(call, group, id!);
}

function refuseSecond(call: Call, group: TargetGroupRecord, id: string): void {
  if (present(call, group).some((one) => one.id !== id && one.drainedAt === undefined))
    throw new AwsFault("TooManyTargets", `A target group of type ${group.targetType} can have one target`);
}

/** Checks an address as a target. Outside the VPC it has the zone "all" (ELBv2 API, TargetDescription). */
function checkIp(call: Call, group: TargetGroupRecord, ip: string | undefined, zone: string | undefined): void {
  if (!ip || !ipaddr.isValid(ip)) throw invalid(`The IP address '${ip}' is not a valid address`);
  const address = ipaddr.parse(ip);
  const ranges = [...privateRanges, ...(vpcs(call).get(group.vpcId)?.cidrs ?? []).map((cidr) => cidr.cidr)];
  const fits =
    address.kind() === "ipv6"
      ? group.ipAddressType === "ipv6"
      : ranges.some((range) => (address as ipaddr.IPv4).match(ipaddr.IPv4.parseCIDR(range)));
  if (!fits) throw invalid(`The IP address '${ip}' is not within the VPC '${group.vpcId}' or a private range`);
  const isInside =
    address.kind() === "ipv6" ||
    (vpcs(call).get(group.vpcId)?.cidrs ?? []).some(({ cidr }) => (address as ipaddr.IPv4).match(ipaddr.IPv4.parseCIDR(cidr)));
  if (!isInside && zone === undefined)
    throw invalid(`The IP address '${ip}' is outside the VPC: you must specify the Availability Zone 'all'`);
  if (isInside && zone === "all") throw invalid(`The IP address '${ip}' is inside the VPC, and 'all' is for addresses outside`);
}

function register(call: Call, group: TargetGroupRecord, { Id, Port, AvailabilityZone }: TargetDescription): void {
  const port = Port ?? group.port;
  const key = keyOf(Id!, port);
  const have = present(call, group).find((one) => keyOf(one.id, one.port) === key);
  if (have && have.drainedAt === undefined) return;
  const zone = AvailabilityZone ?? zoneOf(call, Id!);
  group.targets[key] = {
    id: Id!,
    port,
    since: call.now,
    ...(zone === undefined ? {} : { zone }),
    ...(call.fault("elbv2:targetStaysUnhealthy") ? { sick: true } : {}),
  };
}

const deregisterAll: Handler<DeregisterTargetsInput, object> = (input, call) => {
  const group = needGroup(call, input.TargetGroupArn);
  const given = required(input.Targets, "Targets");
  const targets = given.flatMap(({ Id, Port }) => {
    const known = present(call, group).filter((one) => one.id === Id && (Port === undefined || one.port === Port));
    if (known.length === 0 && group.targetType === "instance" && !instances(call).has(Id ?? ""))
      throw new AwsFault("InvalidTarget", `The following targets are not valid: '${Id}'`);
    return known;
  });
  for (const target of targets) deregister(call, group, target);
  return {};
};

/** Deregisters a target. Its open requests may end first; a group that is not in use has none. */
function deregister(call: Call, group: TargetGroupRecord, target: TargetRecord): void {
  if (target.drainedAt !== undefined) return;
  const isUsed = Object.keys(group.users).length > 0;
  // A function has no connections to drain.
  if (!isUsed || group.targetType === "lambda") delete group.targets[keyOf(target.id, target.port)];
  else target.drainedAt = call.now + Number(group.attributes["deregistration_delay.timeout_seconds"]) * 1000;
}

const describeHealth: Handler<DescribeTargetHealthInput, DescribeTargetHealthOutput> = (input, call) => {
  refuseUnknown(call, input, ["TargetGroupArn", "Targets"]);
  const group = needGroup(call, input.TargetGroupArn);
  const all = present(call, group);
  const asked = input.Targets?.length
    ? input.Targets.map(
        (target) => all.find((one) => one.id === target.Id && (target.Port === undefined || one.port === target.Port)) ?? target,
      )
    : all;
  return {
    TargetHealthDescriptions: asked.map((one) => {
      if (!("since" in one))
        return {
          Target: one,
          TargetHealth: { State: "unused", Reason: "Target.NotRegistered", Description: "Target is not registered to the target group" },
        };
      return {
        Target: {
          Id: one.id,
          ...(group.targetType === "lambda" ? {} : { Port: one.port }),
          ...(one.zone && group.targetType === "ip" ? { AvailabilityZone: one.zone } : {}),
        },
        HealthCheckPort:
          group.targetType === "lambda" ? undefined : group.health.port === "traffic-port" ? String(one.port) : group.health.port,
        TargetHealth: healthOf(call, group, one),
      };
    }),
  };
};

export const targetOperations: Record<string, Handler> = {
  DeregisterTargets: deregisterAll,
  DescribeTargetHealth: describeHealth,
  RegisterTargets: registerAll,
};

/** The present targets. Forgets drained targets and terminated instances. */
function present(call: Call, group: TargetGroupRecord): TargetRecord[] {
  for (const [key, target] of Object.entries(group.targets)) {
    const machine = instances(call).get(target.id);
    const isGone =
      group.targetType === "instance" && (machine === undefined || machine.state === "terminated" || machine.state === "shutting-down");
    if (isGone || (target.drainedAt !== undefined && call.now >= target.drainedAt)) delete group.targets[key];
  }
  return Object.values(group.targets);
}

function healthOf(call: Call, group: TargetGroupRecord, target: TargetRecord): TargetHealth {
  if (target.drainedAt !== undefined)
    return { State: "draining", Reason: "Target.DeregistrationInProgress", Description: "Target deregistration is in progress" };
  const uses = Object.values(group.users);
  const user = uses[0];
  const balancer = user && loadBalancers(call).get(user.loadBalancer);
  if (!balancer)
    return {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    };
  if (group.targetType === "lambda" && !group.health.enabled)
    return { State: "unavailable", Reason: "Target.HealthCheckDisabled", Description: "Health checks are not enabled for this target" };
  if (target.zone !== undefined && target.zone !== "all" && !balancer.places.some((place) => place.zone === target.zone))
    return {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target is in an Availability Zone that is not enabled for the load balancer",
    };
  const machine = group.targetType === "instance" ? instances(call).get(target.id) : undefined;
  if (machine && machine.state !== "running" && machine.state !== "pending")
    return { State: "unused", Reason: "Target.InvalidState", Description: "Target is in the stopped state" };
  const checkedSince =
    Math.max(target.since, balancer.readyAt, Math.min(...uses.map((use) => use.since)), machine?.launchedAt ?? 0) + timing.registered;
  const period = group.health.interval * 1000;
  if (call.now < checkedSince || (machine && machine.state === "pending"))
    return { State: "initial", Reason: "Elb.RegistrationInProgress", Description: "Target registration is in progress" };
  if (target.sick) {
    if (call.now < checkedSince + group.health.unhealthy * period)
      return { State: "initial", Reason: "Elb.InitialHealthChecking", Description: "Initial health checks in progress" };
    return { State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" };
  }
  if (call.now < checkedSince + group.health.healthy * period)
    return { State: "initial", Reason: "Elb.InitialHealthChecking", Description: "Initial health checks in progress" };
  return { State: "healthy" };
}

/** The zone of an instance or address; undefined, which means all zones, for an address outside any subnet. */
function zoneOf(call: Call, id: string): string | undefined {
  const machine = instances(call).get(id);
  if (machine) return machine.zone;
  for (const subnet of subnets(call).values()) if (id in subnet.taken) return subnet.zone;
  return undefined;
}

function keyOf(id: string, port: number): string {
  return `${id}:${port}`;
}
