import type { Call } from "../../model.ts";
import { setUses } from "./actions.ts";
import { listeners, loadBalancers, rules, type ListenerRecord, type LoadBalancerRecord, type RuleRecord } from "./state.ts";

/** Deletes a listener with its rules, and releases the target groups that they use. */
export function dropListener(call: Call, listener: ListenerRecord): void {
  for (const arn of Object.values(listener.rules)) dropRule(call, rules(call).get(arn)!);
  setUses(call, listener.arn, listener.loadBalancer, listener.actions, []);
  const balancer = loadBalancers(call).get(listener.loadBalancer);
  if (balancer) for (const key of portKeys(listener)) delete balancer.listeners[key];
  listeners(call).delete(listener.arn);
}

export function dropRule(call: Call, rule: RuleRecord): void {
  const listener = listeners(call).get(rule.listener);
  setUses(call, rule.arn, listener?.loadBalancer ?? "", rule.actions, []);
  if (listener) delete listener.rules[String(rule.priority)];
  rules(call).delete(rule.arn);
}

/** The keys under which a load balancer knows a listener. TCP and UDP are two ports of one number; a TCP_UDP listener takes both. */
export function portKeys({ port, protocol }: Pick<ListenerRecord, "port" | "protocol">): readonly string[] {
  if (protocol === "TCP_UDP") return [`${port}/tcp`, `${port}/udp`];
  return [`${port}/${protocol === "UDP" ? "udp" : "tcp"}`];
}

/** The ARNs of a load balancer's listeners, each once. */
export function listenersOf({ listeners }: Pick<LoadBalancerRecord, "listeners">): string[] {
  return [...new Set(Object.values(listeners))];
}
