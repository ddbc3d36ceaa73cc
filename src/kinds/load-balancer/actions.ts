/** Converts the actions of listeners and rules between the user's words and AWS's. */
import type { Action, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import { authenticationRequest, observeAuthentication } from "./authenticate.ts";
import type { ActionFields, Redirect, Weighted } from "./schema.ts";

/** The actions that end the handling of a request. Only authentication may come before one. */
const endings = new Set(["forward", "redirect", "fixed-response"]);

/** The fields of a live listener or rule. AWS returns a forward to one group in both the short and the long form. Ours is the short one. */
export function observeAction(actions: readonly Action[] | undefined): ActionFields {
  return { ...observeAuthentication(actions ?? []), ...observeEnding(actions) };
}

/** The final action for a request. */
export function observeEnding(actions: readonly Action[] | undefined): ActionFields {
  const ending = sorted(actions).find((action) => endings.has(action.Type ?? ""));
  if (ending?.RedirectConfig) return { redirect: observeRedirect(ending) };
  if (ending?.FixedResponseConfig) {
    const { StatusCode, ContentType, MessageBody } = ending.FixedResponseConfig;
    return { fixedResponse: { statusCode: Number(StatusCode), contentType: ContentType as never, messageBody: MessageBody } };
  }
  if (ending?.Type !== "forward") return {};
  const sticky = ending.ForwardConfig?.TargetGroupStickinessConfig;
  const groups = liveWeights(actions);
  return {
    forward: groups.length === 1 ? groups[0]!.targetGroup : groups,
    ...(sticky?.Enabled ? { forwardStickiness: sticky.DurationSeconds } : {}),
  };
}

/** The target groups of a live forward, with their weights. */
export function liveWeights(actions: readonly Action[] | undefined): Weighted[] {
  const forward = sorted(actions).find((action) => action.Type === "forward");
  const groups = forward?.ForwardConfig?.TargetGroups;
  if (groups?.length) return groups.map((group) => ({ targetGroup: group.TargetGroupArn!, weight: group.Weight ?? 1 }));
  return forward?.TargetGroupArn ? [{ targetGroup: forward.TargetGroupArn, weight: 1 }] : [];
}

/** The target groups of a written forward. A missing weight is 1. */
export function wantedWeights(forward: ActionFields["forward"]): Weighted[] {
  if (forward === undefined) return [];
  return typeof forward === "string"
    ? [{ targetGroup: forward, weight: 1 }]
    : forward.map((group) => ({ ...group, weight: group.weight ?? 1 }));
}

/**
 * The actions to send for the fields. A modify replaces the whole list, so authentication that others added stays in it, and so does an
 * unwritten stickiness.
 */
export function actionRequest(
  request: ActionFields,
  groups: readonly Weighted[],
  before: readonly Action[] = [],
  secret?: string,
): Action[] {
  const kept = authenticationRequest(request, sorted(before), secret);
  return [...kept, ending(request, groups, before)].map((action, i, all) => (all.length === 1 ? action : { ...action, Order: i + 1 }));
}

function ending(request: ActionFields, groups: readonly Weighted[], before: readonly Action[]): Action {
  const { redirect, fixedResponse } = request;
  if (redirect)
    return {
      Type: "redirect",
      RedirectConfig: {
        Protocol: redirect.protocol,
        Port: redirect.port === undefined ? undefined : String(redirect.port),
        Host: redirect.host,
        Path: redirect.path,
        Query: redirect.query,
        StatusCode: redirect.statusCode ?? "HTTP_301",
      },
    };
  if (fixedResponse)
    return {
      Type: "fixed-response",
      FixedResponseConfig: {
        StatusCode: String(fixedResponse.statusCode),
        ContentType: fixedResponse.contentType,
        MessageBody: fixedResponse.messageBody,
      },
    };
  const sticky = stickinessRequest(request, before);
  if (groups.length === 1 && !sticky) return { Type: "forward", TargetGroupArn: groups[0]!.targetGroup };
  const TargetGroups = groups.map((group): TargetGroupTuple => ({ TargetGroupArn: group.targetGroup, Weight: group.weight ?? 1 }));
  return { Type: "forward", ForwardConfig: { TargetGroups, ...(sticky ? { TargetGroupStickinessConfig: sticky } : {}) } };
}

function stickinessRequest(request: ActionFields, before: readonly Action[]) {
  if (request.forwardStickiness !== undefined) return { Enabled: true, DurationSeconds: request.forwardStickiness };
  const live = before.find((action) => action.Type === "forward")?.ForwardConfig?.TargetGroupStickinessConfig;
  return live?.Enabled ? live : undefined;
}

function observeRedirect({ RedirectConfig: to }: Action): Redirect {
  return {
    protocol: to!.Protocol,
    port: to!.Port,
    host: to!.Host,
    path: to!.Path,
    query: to!.Query,
    statusCode: to!.StatusCode as Redirect["statusCode"],
  };
}

function sorted(actions: readonly Action[] | undefined): Action[] {
  return [...(actions ?? [])].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
}
