import type { Call } from "../../model.ts";
import { setUses } from "./actions.ts";
import { listeners, loadBalancers, rules, type ListenerRecord, type RuleRecord } from "./state.ts";

/** Deletes a listener with its rules, and releases the target groups that they use. */
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

/** The key of a listener's port. TCP and UDP are two ports with one number; TCP_UDP has the key of TCP. */
export function portKey({ port, protocol }: Pick<ListenerRecord, "port" | "protocol">): string {
  return `${port}/${protocol === "UDP" ? "udp" : "tcp"}`;
}
