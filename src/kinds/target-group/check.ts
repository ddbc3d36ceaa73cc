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
      summary: `the name of a target group must not begin or end with a hyphen: "${self.awsName}"`,
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
        summary: `a target group with \`targetType: lambda\` cannot have ${field}`,
        hint: `remove ${field}`,
      }));
  const problems: Problem[] = fields
    .filter((field) => spec[field] === undefined)
    .map((field) => ({
      code: "missing-field",
      summary: `${field} is missing`,
      hint: "write it; only a target group with `targetType: lambda` has none",
    }));
  if (spec.targetType === "alb" && spec.protocol !== undefined && spec.protocol !== "TCP")
    problems.push({
      code: "conflict",
      path: "protocol",
      summary: `a target group with \`targetType: alb\` must have protocol TCP, not ${spec.protocol}`,
    });
  if (spec.multiValueHeaders !== undefined)
    problems.push({
      code: "conflict",
      path: "multiValueHeaders",
      summary: "`multiValueHeaders` is allowed only with `targetType: lambda`",
    });
  if (spec.healthCheck?.enabled === false)
    problems.push({
      code: "health-check",
      path: "healthCheck.enabled",
      summary: "health checks can be turned off only with `targetType: lambda`",
    });
  return problems;
}

function checkHealth(spec: TargetGroup): Problem[] {
  const health = spec.healthCheck;
  if (!health) return [];
  const problems: Problem[] = [];
  const wrong = (member: string, summary: string, hint?: string) =>
    problems.push({ code: "health-check", summary, path: `healthCheck.${member}`, ...(hint ? { hint } : {}) });
  const asks = health.protocol ?? defaultProtocol(spec);
  if (asks === "TCP" && isHttp(spec))
    wrong("protocol", `the health checks of a target group with protocol ${spec.protocol} must use HTTP or HTTPS, not TCP`);
  if (asks === "TCP" && health.path !== undefined)
    wrong("path", "a TCP health check has no path", "write `protocol: HTTP` under `healthCheck`, or remove `path`");
  if (asks === "TCP" && health.matcher !== undefined)
    wrong("matcher", "a TCP health check has no matcher", "write `protocol: HTTP` under `healthCheck`, or remove `matcher`");
  const [least, most] = codesOf(spec);
  if (health.matcher !== undefined && !health.matcher.split(/[-,]/).every((code) => Number(code) >= least && Number(code) <= most))
    wrong("matcher", `the codes of a matcher must be ${least} to ${most} here, and "${health.matcher}" is not`);
  const { timeout = defaultTimeout(spec, asks), interval = defaultInterval(spec) } = health;
  if (timeout >= interval)
    wrong(
      health.timeout === undefined ? "interval" : "timeout",
      `the timeout of ${timeout} s${health.timeout === undefined ? ", AWS's default," : ""} is not less than the interval of ${interval} s${health.interval === undefined ? ", AWS's default" : ""}`,
      health.timeout === undefined ? `write a \`timeout:\` of less than ${interval}` : undefined,
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
  // A group of a function has no protocol, and `checkShape` reports one that is missing.
  const { protocol, targetType } = spec;
  for (const field of isHttp(spec) ? onlyNetwork : onlyApplication)
    if (spec[field] !== undefined && protocol !== undefined)
      wrong(
        field,
        `\`${field}\` is allowed only for target groups of ${isHttp(spec) ? "network" : "application"} load balancers, which do not use protocol ${protocol}`,
      );
    else if (spec[field] !== undefined && targetType === "lambda" && field !== "protocolVersion")
      wrong(field, `a target group with \`targetType: lambda\` cannot have ${field}`);
  if (spec.slowStart !== undefined && spec.slowStart > 0 && spec.slowStart < 30)
    wrong("slowStart", `slowStart must be 30 seconds or more, or 0 for none, not ${spec.slowStart}`);
  if (spec.slowStart && spec.algorithm && spec.algorithm !== "round_robin")
    wrong("slowStart", `slowStart needs \`algorithm: round_robin\`, not ${spec.algorithm}`);
  if (spec.anomalyMitigation === "on" && spec.algorithm !== "weighted_random")
    wrong("anomalyMitigation", "`anomalyMitigation: on` needs `algorithm: weighted_random`");
  const sticky = spec.stickiness;
  if (sticky?.type !== undefined && (protocol ?? targetType === "lambda") && (sticky.type === "source_ip") === isHttp(spec))
    wrong(
      "stickiness.type",
      `a target group with ${protocol === undefined ? `\`targetType: ${targetType}\`` : `protocol ${protocol}`} cannot have stickiness of type ${sticky.type}`,
    );
  if (sticky?.type === "app_cookie" && sticky.cookieName === undefined)
    wrong("stickiness", "`app_cookie` needs the name of the cookie in `cookieName`");
  if (sticky?.cookieName !== undefined && sticky.type !== "app_cookie")
    wrong("stickiness.cookieName", "`cookieName` is allowed only with `type: app_cookie`");
  if (spec.ipAddressType === "ipv6" && spec.targetType !== "ip") wrong("ipAddressType", "`ipAddressType: ipv6` needs `targetType: ip`");
  return problems;
}

/** The names of the targets for each type of group. */
const written = { instance: "instance", ip: "ip", lambda: "lambda", alb: "loadBalancer" } as const;
const called = { instance: "instances", ip: "IP addresses", lambda: "one function", alb: "one application load balancer" } as const;

function checkTargets(spec: TargetGroup): Problem[] {
  const { targetType = "instance", targets = [] } = spec;
  const problems: Problem[] = [];
  targets.forEach((one, i) => {
    const target: Target = typeof one === "string" ? { instance: one } : one;
    const wrong = (summary: string, hint?: string) =>
      problems.push({ code: "target", summary, path: `targets[${i}]`, ...(hint ? { hint } : {}) });
    const given = Object.values(written).filter((field) => target[field] !== undefined);
    if (given.length !== 1) wrong("a target needs exactly one of `instance`, `ip`, `lambda` and `loadBalancer`");
    else if (given[0] !== written[targetType])
      wrong(
        `the targets of a group with \`targetType: ${targetType}\` must be ${called[targetType]}, written as \`${written[targetType]}\``,
      );
    if (target.availabilityZone !== undefined && target.ip === undefined) wrong("`availabilityZone` is allowed only with `ip`");
    if (target.lambda !== undefined && target.port !== undefined) wrong("a target with `lambda` cannot have a port");
  });
  if ((targetType === "lambda" || targetType === "alb") && targets.length > 1)
    problems.push({
      code: "target",
      path: "targets[1]",
      summary: `a target group with \`targetType: ${targetType}\` can have only ${called[targetType]}`,
    });
  return problems;
}
