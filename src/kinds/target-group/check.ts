import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { defaultInterval, defaultProtocol, defaultTimeout, isHttp } from "./health.ts";
import type { Target, TargetGroup } from "./schema.ts";

/** What the schema of a target group cannot say. */
export function check(self: Subject<TargetGroup>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkName(self),
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
  const { timeout = defaultTimeout(spec, asks), interval = defaultInterval } = health;
  if (timeout >= interval)
    wrong(
      health.timeout === undefined ? "interval" : "timeout",
      `the timeout of ${timeout} s${health.timeout === undefined ? ", AWS's default," : ""} is not less than the interval of ${interval} s${health.interval === undefined ? ", AWS's default" : ""}`,
      health.timeout === undefined ? `write \`timeout:\` with less than ${interval}` : undefined,
    );
  return problems;
}

/** The codes that answers may have (Elastic Load Balancing API, Matcher). */
function codesOf(spec: TargetGroup): readonly [least: number, most: number] {
  if (spec.protocolVersion === "GRPC") return [0, 99];
  return [200, isHttp(spec) ? 499 : 599];
}

/** Fields that only one kind of balancer's groups have. */
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

function checkTargets(spec: TargetGroup): Problem[] {
  const byIp = spec.targetType === "ip";
  const problems: Problem[] = [];
  (spec.targets ?? []).forEach((written, i) => {
    const target: Target = typeof written === "string" ? { instance: written } : written;
    const wrong = (summary: string) => problems.push({ code: "target", summary, path: `targets[${i}]` });
    if ((target.instance === undefined) === (target.ip === undefined)) wrong("a target is either an `instance` or an `ip`");
    else if (byIp && target.instance !== undefined) wrong("a group of `targetType: ip` takes addresses, not machines");
    else if (!byIp && target.ip !== undefined) wrong("a group takes addresses only with `targetType: ip`");
  });
  return problems;
}
