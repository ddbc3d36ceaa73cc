import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupsInput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupInput,
  TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { vpcs } from "../ec2/state.ts";
import { arn, newId } from "./arns.ts";
import { attributeList, groupDefaults, isHttp, setGroupAttributes } from "./attributes.ts";
import { atMost20, badConfiguration, invalid, needBalancer, needGroup, notModelled, oneOf, required } from "./faults.ts";
import { within } from "./quotas.ts";
import { groupNames, targetGroups, type HealthCheck, type TargetGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";

const healthParameters = [
  "HealthCheckProtocol",
  "HealthCheckPort",
  "HealthCheckEnabled",
  "HealthCheckPath",
  "HealthCheckIntervalSeconds",
  "HealthCheckTimeoutSeconds",
  "HealthyThresholdCount",
  "UnhealthyThresholdCount",
  "Matcher",
] as const;

const create: Handler<CreateTargetGroupInput, CreateTargetGroupOutput> = (input, call) => {
  refuseUnknown(call, input, [
    "Name",
    "Protocol",
    "Port",
    "VpcId",
    "TargetType",
    "ProtocolVersion",
    "IpAddressType",
    "Tags",
    ...healthParameters,
  ]);
  createdWith(call);
  const name = required(input.Name, "Name");
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name))
    throw invalid(`The target group name '${name}' can have 32 letters, digits and hyphens at most and cannot begin or end with a hyphen`);
  const shape = shapeOf(call, input);
  const tags = newTags(input.Tags);
  const health = changedHealth(healthDefaults(shape, input.HealthCheckProtocol), input, shape.protocol);
  const known = groupNames(call).get(name);
  if (known) return { TargetGroups: [describe(sameOrRefuse(targetGroups(call).get(known.arn)!, shape, health))] };
  within(call, "targetGroups", targetGroups(call).size, "TooManyTargetGroups");
  const made: TargetGroupRecord = {
    arn: arn(call, `targetgroup/${name}/${newId(call)}`),
    name,
    ...shape,
    health,
    attributes: groupDefaults(shape),
    tags,
    targets: {},
    users: {},
  };
  targetGroups(call).set(made.arn, made);
  groupNames(call).set(name, { arn: made.arn });
  return { TargetGroups: [describe(made)] };
};

type Shape = Pick<TargetGroupRecord, "protocol" | "port" | "vpcId" | "targetType" | "protocolVersion" | "ipAddressType">;

function shapeOf(call: Call, input: CreateTargetGroupInput): Shape {
  const targetType = oneOf(input.TargetType ?? "instance", ["instance", "ip", "lambda", "alb"], "targetType");
  const ipAddressType = oneOf(input.IpAddressType ?? "ipv4", ["ipv4", "ipv6"], "ipAddressType");
  if (targetType === "lambda") {
    const given = (["Protocol", "Port", "VpcId", "ProtocolVersion"] as const).find((field) => input[field] !== undefined);
    if (given) throw badConfiguration(`${given} cannot be specified for target groups of type lambda`);
    return { protocol: "", port: 0, vpcId: "", targetType, ipAddressType };
  }
  const protocol: string = required(input.Protocol, "Protocol");
  oneOf(protocol, ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"], "protocol");
  if (["GENEVE", "QUIC", "TCP_QUIC"].includes(protocol)) throw notModelled(`target groups of protocol ${protocol}`);
  if (targetType === "alb" && protocol !== "TCP") throw badConfiguration("Target groups of type alb have the protocol TCP");
  const port = required(input.Port, "Port");
  if (port < 1 || port > 65_535) throw invalid(`The port '${port}' is not between 1 and 65535`);
  const vpcId = required(input.VpcId, "VpcId");
  if (!vpcs(call).has(vpcId) || !call.sees(vpcId, "id")) throw invalid(`The VPC ID '${vpcId}' is not found`);
  if (input.ProtocolVersion && !isHttp(protocol)) throw badConfiguration("A protocol version is for the protocols HTTP and HTTPS");
  if (input.ProtocolVersion && !["HTTP1", "HTTP2", "GRPC"].includes(input.ProtocolVersion))
    throw invalid(`Protocol version '${input.ProtocolVersion}' must be one of HTTP1, HTTP2, GRPC`);
  return {
    protocol,
    port,
    vpcId,
    targetType,
    ...(isHttp(protocol) ? { protocolVersion: input.ProtocolVersion ?? "HTTP1" } : {}),
    ipAddressType,
  };
}

/** The existing target group for a repeated create with the same settings, whoever created it. Tags are not compared. */
function sameOrRefuse(have: TargetGroupRecord, shape: Shape, health: HealthCheck): TargetGroupRecord {
  const isSame =
    (Object.keys(shape) as (keyof Shape)[]).every((key) => have[key] === shape[key]) &&
    JSON.stringify(have.health) === JSON.stringify(health);
  if (!isSame)
    throw new AwsFault("DuplicateTargetGroupName", `A target group with the same name '${have.name}' exists, but with different settings`);
  return have;
}

/**
 * The default health check of a new target group. The timeout is 5 seconds with Application Load Balancers; with Network Load Balancers it
 * is 6 over HTTP, and 10 over TCP and HTTPS (Elastic Load Balancing, "Health checks for target groups" of each).
 */
function healthDefaults(
  { protocol, protocolVersion, targetType }: Pick<Shape, "protocol" | "protocolVersion" | "targetType">,
  asked: string = isHttp(protocol) || targetType === "lambda" || targetType === "alb" ? "HTTP" : "TCP",
): HealthCheck {
  // Elastic Load Balancing, "Use Lambda functions as targets": off, every 35 seconds, timeout of 30.
  if (targetType === "lambda")
    return {
      enabled: false,
      protocol: "HTTP",
      path: "/",
      matcher: "200",
      port: "traffic-port",
      interval: 35,
      timeout: 30,
      healthy: 5,
      unhealthy: 2,
    };
  const common = { port: "traffic-port", interval: 30, healthy: 5, unhealthy: 2 };
  if (!isHttp(protocol)) return { protocol: asked, timeout: asked === "HTTP" ? 6 : 10, ...common };
  const isGrpc = protocolVersion === "GRPC";
  return { protocol: asked, path: isGrpc ? "/AWS.ALB/healthcheck" : "/", matcher: isGrpc ? "12" : "200", timeout: 5, ...common };
}

/** The changed health check. Values that the call does not give stay. */
function changedHealth(have: HealthCheck, input: Partial<ModifyTargetGroupInput>, groupProtocol: string): HealthCheck {
  const isLambda = have.enabled !== undefined;
  const protocol = input.HealthCheckProtocol ?? have.protocol;
  const isTcp = protocol === "TCP";
  if (!["HTTP", "HTTPS", "TCP"].includes(protocol)) throw invalid(`Health checks do not speak '${protocol}'`);
  if (isTcp && isHttp(groupProtocol))
    throw badConfiguration(`Health checks of target groups of protocol ${groupProtocol} are HTTP or HTTPS`);
  if (isTcp && (input.HealthCheckPath || input.Matcher)) throw badConfiguration("TCP health checks have neither path nor matcher");
  if (input.HealthCheckEnabled === false && !isLambda)
    throw badConfiguration("Health checks cannot be disabled for target groups of this type");
  checkMatcher(input, groupProtocol);
  const port = input.HealthCheckPort ?? have.port;
  if (port !== "traffic-port" && !(/^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    throw invalid(`Health check port '${port}' must be 'traffic-port' or in the range '1-65535' inclusive`);
  const health: HealthCheck = {
    ...(isLambda ? { enabled: input.HealthCheckEnabled ?? have.enabled! } : {}),
    protocol,
    port,
    ...(isTcp
      ? {}
      : {
          path: input.HealthCheckPath ?? have.path ?? "/",
          matcher: input.Matcher?.GrpcCode ?? input.Matcher?.HttpCode ?? have.matcher ?? (isHttp(groupProtocol) ? "200" : "200-399"),
        }),
    interval: between(input.HealthCheckIntervalSeconds ?? have.interval, 5, 300, "interval"),
    timeout: between(input.HealthCheckTimeoutSeconds ?? have.timeout, 2, 120, "timeout"),
    healthy: between(input.HealthyThresholdCount ?? have.healthy, 2, 10, "healthy threshold"),
    unhealthy: between(input.UnhealthyThresholdCount ?? have.unhealthy, 2, 10, "unhealthy threshold"),
  };
  if (health.timeout >= health.interval)
    throw invalid(`Health check timeout '${health.timeout}' must be smaller than the interval '${health.interval}'`);
  return health;
}

/**
 * Checks the success codes: 200 to 499 with Application Load Balancers, to 599 with Network Load
 * Balancers, 0 to 99 for gRPC (ELBv2 API, Matcher).
 */
function checkMatcher({ Matcher }: Partial<ModifyTargetGroupInput>, groupProtocol: string): void {
  const [codes, least, most] =
    Matcher?.GrpcCode === undefined ? [Matcher?.HttpCode, 200, isHttp(groupProtocol) ? 499 : 599] : [Matcher.GrpcCode, 0, 99];
  if (codes === undefined) return;
  const isCode = (text: string) => /^[0-9]+$/.test(text) && Number(text) >= least && Number(text) <= most;
  if (!codes.split(",").every((part) => part.split("-").length <= 2 && part.split("-").every(isCode)))
    throw invalid(`Health check matcher '${codes}' must be codes or ranges of codes from ${least} to ${most}`);
}

function between(value: number, min: number, max: number, what: string): number {
  if (value < min || value > max) throw invalid(`Health check ${what} '${value}' is not between ${min} and ${max}`);
  return value;
}

const describeAll: Handler<DescribeTargetGroupsInput, object> = (input, call) => {
  const given = [input.TargetGroupArns?.length, input.Names?.length, input.LoadBalancerArn].filter(Boolean);
  if (given.length > 1) throw invalid("You can specify one of load balancer ARN, target group ARNs and names");
  const names = atMost20(input.Names, "Names");
  const asked = [
    ...atMost20(input.TargetGroupArns, "TargetGroupArns"),
    ...names.map((name) => groupNames(call).get(name)?.arn ?? missing(name)),
  ];
  const balancer = input.LoadBalancerArn && needBalancer(call, input.LoadBalancerArn).arn;
  const every = () =>
    [...targetGroups(call).values()].filter((one) => call.sees(one.arn, "id") && (!balancer || balancersOf(one).includes(balancer)));
  const all = asked.length > 0 ? asked.map((one) => needGroup(call, one)) : every();
  const { items, next } = page(call, all, input, { key: (one) => one.arn, max: 400, size: 400, names: "elbv2" });
  return { TargetGroups: items.map(describe), ...next };
};

function missing(name: string): never {
  throw new AwsFault("TargetGroupNotFound", `One or more target groups not found: ${name}`);
}

const modify: Handler<ModifyTargetGroupInput, object> = (input, call) => {
  refuseUnknown(call, input, ["TargetGroupArn", ...healthParameters]);
  const found = needGroup(call, input.TargetGroupArn);
  found.health = changedHealth(found.health, input, found.protocol);
  return { TargetGroups: [describe(found)] };
};

/** Deletes a target group. Neither targets nor an Auto Scaling group prevent it. */
const remove: Handler<DeleteTargetGroupInput, object> = (input, call) => {
  const found = targetGroups(call).get(required(input.TargetGroupArn, "TargetGroupArn"));
  if (!found) return {};
  if (Object.keys(found.users).length > 0)
    throw new AwsFault("ResourceInUse", `Target group '${found.arn}' is currently in use by a listener or a rule`);
  targetGroups(call).delete(found.arn);
  groupNames(call).delete(found.name);
  return {};
};

const describeAttributes: Handler<DescribeTargetGroupAttributesInput, object> = (input, call) => ({
  Attributes: attributeList(needGroup(call, input.TargetGroupArn).attributes),
});

const modifyAttributes: Handler<ModifyTargetGroupAttributesInput, object> = (input, call) => {
  const found = needGroup(call, input.TargetGroupArn);
  setGroupAttributes(found, input.Attributes ?? []);
  return { Attributes: attributeList(found.attributes) };
};

export const groupOperations: Record<string, Handler> = {
  CreateTargetGroup: create,
  DeleteTargetGroup: remove,
  DescribeTargetGroupAttributes: describeAttributes,
  DescribeTargetGroups: describeAll,
  ModifyTargetGroup: modify,
  ModifyTargetGroupAttributes: modifyAttributes,
};

function balancersOf(group: TargetGroupRecord): string[] {
  return [...new Set(Object.values(group.users).map((user) => user.loadBalancer))];
}

function describe(one: TargetGroupRecord): TargetGroup {
  const { health } = one;
  const isGrpc = one.protocolVersion === "GRPC";
  return {
    TargetGroupArn: one.arn,
    TargetGroupName: one.name,
    ...(one.targetType === "lambda" ? {} : { Protocol: one.protocol as "HTTP", Port: one.port, VpcId: one.vpcId }),
    TargetType: one.targetType,
    ...(one.protocolVersion ? { ProtocolVersion: one.protocolVersion } : {}),
    IpAddressType: one.ipAddressType as TargetGroup["IpAddressType"],
    HealthCheckEnabled: health.enabled ?? true,
    ...(one.targetType === "lambda"
      ? {}
      : { HealthCheckProtocol: health.protocol as TargetGroup["HealthCheckProtocol"], HealthCheckPort: health.port }),
    ...(health.path === undefined ? {} : { HealthCheckPath: health.path }),
    HealthCheckIntervalSeconds: health.interval,
    HealthCheckTimeoutSeconds: health.timeout,
    HealthyThresholdCount: health.healthy,
    UnhealthyThresholdCount: health.unhealthy,
    ...(health.matcher === undefined ? {} : { Matcher: isGrpc ? { GrpcCode: health.matcher } : { HttpCode: health.matcher } }),
    LoadBalancerArns: balancersOf(one),
  };
}
