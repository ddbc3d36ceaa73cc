import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { defaultInterval, defaultProtocol, defaultTimeout, isHttp } from "./health.ts";
import type { Target, TargetGroup } from "./schema.ts";

/** Checks of a target group that a schema cannot express. */
export function check(self: Subject<TargetGroup>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkName(self),
    ...checkShape(self.spec),
    ...checkHealth(self.spec),
    ...checkAttributes(self.spec),
    ...checkTargets(self.spec),
    ...beyondQuota(self, index.of("targetGroup"), 3000, "target groups in one region"),
  ];
}

function checkName(self: Subject & { readonly awsName?: string }): Problem[] {
  if (self.awsName === undefined || !/^-|-$/.test(self.awsName)) return [];
  return [
    {
      code: "bad-name",
      summary: `the name of a target group neither begins nor ends with a hyphen, as "${self.awsName}" does`,
      path: "name",
    },
  ];
}

/**
 * Checks protocol, port and VPC: groups of functions have none of them, all others have them (Elastic Load Balancing API,
 * CreateTargetGroup).
 */
function checkShape(spec: TargetGroup): Problem[] {
  const fields = ["vpc", "protocol", "port"] as const;
  if (spec.targetType === "lambda")
    return ["protocolVersion" as const, ...fields]
      .filter((field) => spec[field] !== undefined)
      .map((field) => ({
        code: "conflict",
        path: field,
        summary: `a group of \`targetType: lambda\` has no ${field}`,
        hint: `remove ${field}`,
      }));
  const problems: Problem[] = fields
    .filter((field) => spec[field] === undefined)
    .map((field) => ({ code: "missing-field", summary: `${field} is missing`, hint: "only a group of `targetType: lambda` has none" }));
  if (spec.targetType === "alb" && spec.protocol !== undefined && spec.protocol !== "TCP")
    problems.push({ code: "conflict", path: "protocol", summary: `a group of \`targetType: alb\` has protocol TCP, not ${spec.protocol}` });
  if (spec.multiValueHeaders !== undefined)
    problems.push({ code: "conflict", path: "multiValueHeaders", summary: "`multiValueHeaders` goes with `targetType: lambda`" });
  if (spec.healthCheck?.enabled === false)
    problems.push({ code: "health-check", path: "healthCheck.enabled", summary: "only a group of `targetType: lambda` goes unchecked" });
  return problems;
}

function checkHealth(spec: TargetGroup): Problem[] {
  const health = spec.healthCheck;
  if (!health) return [];
  const problems: Problem[] = [];
  const wrong = (member: string, summary: string, hint?: string) =>
    problems.push({ code: "health-check", summary, path: `healthCheck.${member}`, ...(hint ? { hint } : {}) });
  const asks = health.protocol ?? defaultProtocol(spec);
  if (asks === "TCP" && isHttp(spec)) wrong("protocol", `a group of protocol ${spec.protocol} is checked by HTTP or HTTPS, not TCP`);
  if (asks === "TCP" && health.path !== undefined)
    wrong("path", "a TCP check asks for no path", "write `protocol: HTTP` in the health check, or remove the path");
  if (asks === "TCP" && health.matcher !== undefined)
    wrong("matcher", "a TCP check gets no answer to match", "write `protocol: HTTP` in the health check, or remove the matcher");
  const [least, most] = codesOf(spec);
  if (health.matcher !== undefined && !health.matcher.split(/[-,]/).every((code) => Number(code) >= least && Number(code) <= most))
    wrong("matcher", `its codes are ${least} to ${most}, and ${health.matcher} is not within that`);
  const { timeout = defaultTimeout(spec, asks), interval = defaultInterval(spec) } = health;
  if (timeout >= interval)
    wrong(
      health.timeout === undefined ? "interval" : "timeout",
      `the timeout of ${timeout} s${health.timeout === undefined ? ", AWS's default," : ""} is not less than the interval of ${interval} s${health.interval === undefined ? ", AWS's default" : ""}`,
      health.timeout === undefined ? `write \`timeout:\` with less than ${interval}` : undefined,
    );
  return problems;
}

/** Returns the range of codes that a matcher may have (Elastic Load Balancing API, Matcher). */
function codesOf(spec: TargetGroup): readonly [least: number, most: number] {
  if (spec.protocolVersion === "GRPC") return [0, 99];
  return [200, isHttp(spec) || spec.targetType === "lambda" ? 499 : 599];
}

/** Fields that only groups of one type of load balancer have. */
const onlyApplication = ["slowStart", "algorithm", "anomalyMitigation", "protocolVersion"] as const;
const onlyNetwork = ["preserveClientIp", "proxyProtocolV2", "connectionTermination"] as const;

function checkAttributes(spec: TargetGroup): Problem[] {
  const problems: Problem[] = [];
  const wrong = (path: string, summary: string) => problems.push({ code: "target-group", summary, path });
  for (const field of isHttp(spec) ? onlyNetwork : onlyApplication)
    if (spec[field] !== undefined)
      wrong(
        field,
        `\`${field}\` is for groups of ${isHttp(spec) ? "network" : "application"} load balancers, and ${spec.protocol} is not one's protocol`,
      );
  if (spec.slowStart !== undefined && spec.slowStart > 0 && spec.slowStart < 30)
    wrong("slowStart", `a slow start takes 30 seconds or more, or 0 for none; this says ${spec.slowStart}`);
  if (spec.slowStart && spec.algorithm && spec.algorithm !== "round_robin")
    wrong("slowStart", `a slow start needs the algorithm round_robin, not ${spec.algorithm}`);
  if (spec.anomalyMitigation === "on" && spec.algorithm !== "weighted_random")
    wrong("anomalyMitigation", "anomaly mitigation needs `algorithm: weighted_random`");
  const sticky = spec.stickiness;
  if (sticky?.type !== undefined && (sticky.type === "source_ip") === isHttp(spec))
    wrong("stickiness.type", `a group of protocol ${spec.protocol} cannot be sticky by ${sticky.type}`);
  if (sticky?.type === "app_cookie" && sticky.cookieName === undefined)
    wrong("stickiness", "`app_cookie` needs the name of the cookie in `cookieName`");
  if (sticky?.cookieName !== undefined && sticky.type !== "app_cookie")
    wrong("stickiness.cookieName", "`cookieName` goes with `type: app_cookie`");
  if (spec.ipAddressType === "ipv6" && spec.targetType !== "ip") wrong("ipAddressType", "a group of IPv6 targets needs `targetType: ip`");
  return problems;
}

/** The names of the targets for each type of group. */
const written = { instance: "instance", ip: "ip", lambda: "lambda", alb: "loadBalancer" } as const;
const called = { instance: "machines", ip: "addresses", lambda: "one function", alb: "one application balancer" } as const;

function checkTargets(spec: TargetGroup): Problem[] {
  const { targetType = "instance", targets = [] } = spec;
  const problems: Problem[] = [];
  targets.forEach((one, i) => {
    const target: Target = typeof one === "string" ? { instance: one } : one;
    const wrong = (summary: string, hint?: string) =>
      problems.push({ code: "target", summary, path: `targets[${i}]`, ...(hint ? { hint } : {}) });
    const given = Object.values(written).filter((field) => target[field] !== undefined);
    if (given.length !== 1) wrong("a target is one of `instance`, `ip`, `lambda` and `loadBalancer`");
    else if (given[0] !== written[targetType])
      wrong(`a group of \`targetType: ${targetType}\` takes ${called[targetType]}, written as \`${written[targetType]}\``);
    if (target.availabilityZone !== undefined && target.ip === undefined) wrong("`availabilityZone` goes with `ip`");
    if (target.lambda !== undefined && target.port !== undefined) wrong("a function has no port");
  });
  if ((targetType === "lambda" || targetType === "alb") && targets.length > 1)
    problems.push({ code: "target", path: "targets[1]", summary: `a group of \`targetType: ${targetType}\` takes ${called[targetType]}` });
  return problems;
}
