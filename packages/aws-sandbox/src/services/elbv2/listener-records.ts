import type { Call } from "../../model.ts";
import { setUses } from "./actions.ts";
import { listeners, loadBalancers, rules, type ListenerRecord, type RuleRecord } from "./state.ts";

/** Takes a listener away with its rules, and what they use is free. */
export function dropListener(call: Call, listener: ListenerRecord): void {
  for (const arn of Object.values(listener.rules)) dropRule(call, rules(call).get(arn)!);
  setUses(call, listener.arn, listener.loadBalancer, listener.actions, []);
  const balancer = loadBalancers(call).get(listener.loadBalancer);
  if (balancer) delete balancer.listeners[portKey(listener)];
  listeners(call).delete(listener.arn);
}

export function dropRule(call: Call, rule: RuleRecord): void {
  const listener = listeners(call).get(rule.listener);
  setUses(call, rule.arn, listener?.loadBalancer ?? "", rule.actions, []);
  if (listener) delete listener.rules[String(rule.priority)];
  rules(call).delete(rule.arn);
}

/** TCP and UDP are two ports of one number; TCP_UDP takes both. */
export function portKey({ port, protocol }: Pick<ListenerRecord, "port" | "protocol">): string {
  return `${port}/${protocol === "UDP" ? "udp" : "tcp"}`;
}
