import type { Call } from "../../model.ts";

/** An ARN of Elastic Load Balancing: `arn:aws:elasticloadbalancing:REGION:ACCOUNT:` and the rest. */
export function arn(call: Call, rest: string): string {
  return `arn:${call.partition}:elasticloadbalancing:${call.region}:${call.account}:${rest}`;
}

/** Sixteen hexadecimal digits, the end of the service's ARNs. */
export function newId(call: Call): string {
  return call.id("elb").slice(-16);
}

/** The path in a load balancer's ARN, `app/web/50dc6c495c0c9188`. Descriptions of its interfaces and ARNs of its listeners contain it. */
export function pathOf(balancer: string): string {
  return balancer.slice(balancer.indexOf(":loadbalancer/") + ":loadbalancer/".length);
}
