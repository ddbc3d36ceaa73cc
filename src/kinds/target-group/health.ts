/** AWS's defaults for health checks. */
import type { HealthCheck, TargetGroup } from "./schema.ts";

type Asked = HealthCheck["protocol"];

export function isHttp({ protocol }: Pick<TargetGroup, "protocol">): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

/** Returns the default protocol of health checks. */
export function defaultProtocol(group: Pick<TargetGroup, "protocol" | "targetType">): NonNullable<Asked> {
  return isHttp(group) || group.targetType === "lambda" || group.targetType === "alb" ? "HTTP" : "TCP";
}

/**
 * Returns the default seconds between two checks, the same for all protocols; 35 for a function (Elastic Load Balancing API,
 * CreateTargetGroup).
 */
export function defaultInterval({ targetType }: Pick<TargetGroup, "targetType">): number {
  return targetType === "lambda" ? 35 : 30;
}

/**
 * Returns the default timeout of a check in a new group, in seconds: 5 for Application Load Balancers; for Network Load Balancers 6 over
 * HTTP, and 10 over TCP and HTTPS; 30 for a function (Elastic Load Balancing, "Health checks for target groups" of each type of load
 * balancer).
 */
export function defaultTimeout(group: Pick<TargetGroup, "protocol" | "targetType">, asked: Asked = defaultProtocol(group)): number {
  if (group.targetType === "lambda") return 30;
  if (isHttp(group)) return 5;
  return asked === "HTTP" ? 6 : 10;
}
