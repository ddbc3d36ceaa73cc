/**
 * The one form in which written and live listeners are compared: flat, with each rule an entry of its own beside its
 * listener ("80", "80.rules.api"), so that a rule that is gone from the YAML is an entry that is gone.
 */
import { conditionRequest, conditionTexts } from "./conditions.ts";
import type { ActionFields, Conditions, Listener, LoadBalancer, Rule, Weighted } from "./schema.ts";

/** Rules that bear no name of ours stand under "@" and their priority. */
export function isNameless(key: string): boolean {
  return key.includes(".rules.@");
}

export function ruleKey(port: number | string, name: string): string {
  return `${port}.rules.${name}`;
}

export function normalise(spec: Partial<LoadBalancer>): Partial<LoadBalancer> {
  return {
    ...spec,
    ...(spec.listeners ? { listeners: flat(spec.listeners) } : {}),
    ...(spec.accessLogs ? { accessLogs: onUnlessOff(spec.accessLogs) } : {}),
    ...(spec.connectionLogs ? { connectionLogs: onUnlessOff(spec.connectionLogs) } : {}),
  };
}

function flat(listeners: Readonly<Record<string, Listener>>): Record<string, Listener> {
  const entries: [string, unknown][] = [];
  for (const [port, { rules, ...listener }] of Object.entries(listeners)) {
    entries.push([
      port,
      { ...listener, ...normalAction(listener), ...(listener.certificates ? { certificates: [...listener.certificates].sort() } : {}) },
    ]);
    for (const [name, rule] of Object.entries(rules ?? {})) entries.push([ruleKey(port, name), normalRule(rule)]);
  }
  return Object.fromEntries(entries) as Record<string, Listener>;
}

function normalRule(rule: Rule) {
  return { ...rule, ...normalAction(rule), conditions: normalConditions(rule.conditions) };
}

/** What was observed, or is in this form already, is texts. */
export function normalConditions(conditions: Conditions | readonly string[]): readonly string[] {
  return Array.isArray(conditions) ? conditions : conditionTexts(conditionRequest(conditions as Conditions));
}

function normalAction({ forward, redirect }: ActionFields): ActionFields {
  return {
    ...(forward === undefined ? {} : { forward: normalForward(forward) }),
    ...(redirect === undefined
      ? {}
      : { redirect: { ...redirect, ...(redirect.port === undefined ? {} : { port: String(redirect.port) }) } }),
  };
}

/** A forward to one group is that group, whatever its weight; one to several has no order. */
function normalForward(forward: string | readonly Weighted[]): string | Weighted[] {
  if (typeof forward === "string") return forward;
  if (forward.length === 1) return forward[0]!.targetGroup;
  return forward
    .map((group) => ({ targetGroup: group.targetGroup, weight: group.weight ?? 1 }))
    .sort((a, b) => (String(a.targetGroup) < String(b.targetGroup) ? -1 : 1));
}

/** One that is off says nothing else. */
function onUnlessOff<L extends { enabled?: boolean }>(log: L): L | { enabled: boolean } {
  return log.enabled === false ? { enabled: false } : { ...log, enabled: true };
}
