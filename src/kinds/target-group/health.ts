/** What AWS takes for health checks where nothing is written. */
import type { HealthCheck, TargetGroup } from "./schema.ts";

type Asked = HealthCheck["protocol"];

export function isHttp({ protocol }: Pick<TargetGroup, "protocol">): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

/** What targets of the group are asked in where that is not written. */
export function defaultProtocol(group: Pick<TargetGroup, "protocol" | "targetType">): NonNullable<Asked> {
  return isHttp(group) || group.targetType === "lambda" || group.targetType === "alb" ? "HTTP" : "TCP";
}

/** Seconds between two checks, for all protocols; of a function 35 (Elastic Load Balancing API, CreateTargetGroup). */
export function defaultInterval({ targetType }: Pick<TargetGroup, "targetType">): number {
  return targetType === "lambda" ? 35 : 30;
}

/**
 * Seconds that a check of a new group may take: 5 in groups of application balancers; in those of network balancers 6 over
 * HTTP, and 10 over TCP and HTTPS; of a function 30 (Elastic Load Balancing, "Health checks for target groups" of each type of balancer).
 */
export function defaultTimeout(group: Pick<TargetGroup, "protocol" | "targetType">, asked: Asked = defaultProtocol(group)): number {
  if (group.targetType === "lambda") return 30;
  if (isHttp(group)) return 5;
  return asked === "HTTP" ? 6 : 10;
}
