/** Actions of listeners and rules: AWS's checks, the form of its answers, and the users of each target group. */
import type { Action, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call } from "../../model.ts";
import { badConfiguration, invalid, needGroup, notModelled, oneOf } from "./faults.ts";
import { isHttp } from "./attributes.ts";
import { checkedLogin, isLogin } from "./logins.ts";
import { targetGroups, type LoadBalancerRecord } from "./state.ts";

/** Checks the actions of a call, and returns them in the form of AWS's answers. */
export function checkedActions(
  call: Call,
  balancer: LoadBalancerRecord,
  given: readonly Action[] | undefined,
  protocol: string,
  before: readonly Action[] = [],
): Action[] {
  if (!given?.length) throw invalid("You must specify at least one action");
  const actions = [...given].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
  const last = actions.at(-1)!;
  if (actions.length > 1 && actions.slice(0, -1).some((action) => ending(action)))
    throw new AwsFault("InvalidLoadBalancerAction", "Only the last action can be a forward, a redirect or a fixed response");
  if (!ending(last)) throw new AwsFault("InvalidLoadBalancerAction", "The last action must be a forward, a redirect or a fixed response");
  if (balancer.type === "network" && last.Type !== "forward")
    throw new AwsFault("InvalidLoadBalancerAction", "Network Load Balancers only forward");
  if (actions.filter(isLogin).length > 1)
    throw new AwsFault("InvalidLoadBalancerAction", "Only one action that authenticates can be specified");
  const done = actions.map((action) => checked(call, balancer, action, protocol, before));
  checkProtocols(call, protocol, done);
  return done;
}

/**
 * The protocols of the target groups that a listener of each protocol can forward to (Elastic Load Balancing,
 * "Listeners for your Network Load Balancers").
 */
const compatible: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTP", "HTTPS"],
  HTTPS: ["HTTP", "HTTPS"],
  TCP: ["TCP", "TCP_UDP"],
  TLS: ["TLS", "TCP"],
  UDP: ["UDP", "TCP_UDP"],
  TCP_UDP: ["TCP_UDP"],
};

/** Throws AWS's error when a listener of this protocol cannot forward to a target group of these actions. */
export function checkProtocols(call: Call, protocol: string, actions: readonly Action[]): void {
  for (const arn of groupsIn(actions)) {
    const group = targetGroups(call).get(arn)!;
    if (group.targetType === "lambda" && isHttp(protocol)) continue;
    if (!compatible[protocol]!.includes(group.protocol))
      throw new AwsFault(
        "IncompatibleProtocols",
        `The protocol ${group.protocol} of '${group.name}' is not compatible with a listener of protocol ${protocol}`,
      );
  }
}

/** Records that `user` (a listener or rule) forwards to the target groups of `now`, and no longer to the other ones of `before`. */
export function setUses(call: Call, user: string, loadBalancer: string, before: readonly Action[], now: readonly Action[]): void {
  const wanted = new Set(groupsIn(now));
  for (const arn of groupsIn(before)) if (!wanted.has(arn)) delete targetGroups(call).get(arn)?.users[user];
  for (const arn of wanted) targetGroups(call).get(arn)!.users[user] ??= { loadBalancer, since: call.now };
}

function ending({ Type }: Action): boolean {
  return Type === "forward" || Type === "redirect" || Type === "fixed-response";
}

function groupsIn(actions: readonly Action[]): string[] {
  return actions.flatMap((action) => (action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn!));
}

function checked(call: Call, balancer: LoadBalancerRecord, action: Action, protocol: string, before: readonly Action[]): Action {
  const order = action.Order === undefined ? {} : { Order: action.Order };
  if (isLogin(action)) return { ...order, ...checkedLogin(action, protocol, before) };
  switch (action.Type) {
    case "forward":
      return { ...order, ...forward(call, balancer, action) };
    case "redirect":
      return { ...order, ...redirect(action, protocol) };
    case "fixed-response":
      return { ...order, ...fixedResponse(action) };
    default:
      throw notModelled(`the action ${action.Type}`);
  }
}

/** A forward action in AWS's form. One target group is shown in the short and the long form, several in the long form only. */
function forward(call: Call, balancer: LoadBalancerRecord, action: Action): Action {
  const { TargetGroupArn: single, ForwardConfig: config } = action;
  const given: readonly TargetGroupTuple[] = config?.TargetGroups?.length
    ? config.TargetGroups
    : single
      ? [{ TargetGroupArn: single }]
      : [];
  if (given.length === 0) throw invalid("A forward action must name a target group");
  if (given.length > 5) throw new AwsFault("TooManyTargetGroups", "An action can forward to 5 target groups at most");
  if (single && config?.TargetGroups?.length && (config.TargetGroups.length > 1 || config.TargetGroups[0]!.TargetGroupArn !== single))
    throw invalid("The target group and the forward configuration do not agree");
  if (new Set(given.map((group) => group.TargetGroupArn)).size < given.length) throw invalid("A target group is specified more than once");
  const groups = given.map(({ TargetGroupArn, Weight = 1 }) => {
    if (!Number.isInteger(Weight) || Weight < 0 || Weight > 999) throw invalid(`The weight '${Weight}' is not between 0 and 999`);
    checkGroup(call, balancer, TargetGroupArn);
    return { TargetGroupArn: TargetGroupArn!, Weight };
  });
  const sticky = config?.TargetGroupStickinessConfig;
  if (sticky?.Enabled && sticky.DurationSeconds === undefined) throw invalid("The stickiness needs a duration");
  return {
    Type: "forward",
    ...(groups.length === 1 ? { TargetGroupArn: groups[0]!.TargetGroupArn } : {}),
    ForwardConfig: {
      TargetGroups: groups,
      TargetGroupStickinessConfig: sticky?.Enabled ? { Enabled: true, DurationSeconds: sticky.DurationSeconds } : { Enabled: false },
    },
  };
}

function checkGroup(call: Call, balancer: LoadBalancerRecord, arn: string | undefined): void {
  const group = needGroup(call, arn);
  if (group.targetType !== "lambda" && group.vpcId !== balancer.vpcId)
    throw badConfiguration(`The target group '${group.arn}' is not in the VPC of the load balancer`);
  const other = Object.values(group.users).find((user) => user.loadBalancer !== balancer.arn);
  if (other)
    throw new AwsFault(
      "TargetGroupAssociationLimit",
      `The target group '${group.arn}' is associated with the load balancer '${other.loadBalancer}'`,
    );
}

function redirect({ RedirectConfig: to }: Action, protocol: string): Action {
  if (!to?.StatusCode) throw invalid("A redirect needs a status code");
  oneOf(to.StatusCode, ["HTTP_301", "HTTP_302"], "redirectConfig.statusCode");
  oneOf(to.Protocol ?? "#{protocol}", ["HTTP", "HTTPS", "#{protocol}"], "redirectConfig.protocol");
  const port = to.Port ?? "#{port}";
  if (port !== "#{port}" && !(/^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    throw invalid(`The redirect port '${port}' is not valid. You can specify a value between 1 and 65535 or #{port}`);
  if (protocol === "HTTPS" && to.Protocol === "HTTP") throw new AwsFault("InvalidLoadBalancerAction", "You cannot redirect HTTPS to HTTP");
  const full = {
    Protocol: to.Protocol ?? "#{protocol}",
    Host: to.Host ?? "#{host}",
    Port: to.Port ?? "#{port}",
    Path: to.Path ?? "/#{path}",
    Query: to.Query ?? "#{query}",
  };
  const isLoop =
    full.Protocol === "#{protocol}" &&
    full.Host === "#{host}" &&
    full.Port === "#{port}" &&
    full.Path === "/#{path}" &&
    full.Query === "#{query}";
  if (isLoop) throw new AwsFault("InvalidLoadBalancerAction", "The redirect would loop: change the protocol, host, port, path or query");
  return { Type: "redirect", RedirectConfig: { ...full, StatusCode: to.StatusCode } };
}

function fixedResponse({ FixedResponseConfig: answer }: Action): Action {
  if (!/^[245][0-9][0-9]$/.test(answer?.StatusCode ?? "")) throw invalid("The status code of a fixed response is 2xx, 4xx or 5xx");
  if ((answer!.MessageBody?.length ?? 0) > 1024) throw invalid("The body of a fixed response has 1024 characters at most");
  oneOf(
    answer!.ContentType ?? "text/plain",
    ["text/plain", "text/css", "text/html", "application/javascript", "application/json"],
    "fixedResponseConfig.contentType",
  );
  return { Type: "fixed-response", FixedResponseConfig: answer };
}
