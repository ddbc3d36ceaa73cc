import type { Call } from "../../model.ts";

/** `arn:aws:elasticloadbalancing:REGION:ACCOUNT:` and the rest. */
export function arn(call: Call, rest: string): string {
  return `arn:${call.partition}:elasticloadbalancing:${call.region}:${call.account}:${rest}`;
}

/** Sixteen hexadecimal digits, as the service ends its ARNs. */
export function newId(call: Call): string {
  return call.id("elb").slice(-16);
}

/** `app/web/50dc6c495c0c9188` of a balancer's ARN, as its interfaces are described and its listeners named. */
export function pathOf(balancer: string): string {
  return balancer.slice(balancer.indexOf(":loadbalancer/") + ":loadbalancer/".length);
}
