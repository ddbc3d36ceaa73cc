/**
 * The single form in which written and live listeners are compared. It is flat: each rule and each further certificate is an entry beside
 * its listener ("443", "443.rules.api", "443.certificates.arn:…"). So a rule that is gone from the YAML is an entry that is gone.
 */
import { normalAuthentication } from "./authenticate.ts";
import { conditionRequest, conditionTexts } from "./conditions.ts";
import type { ActionFields, Conditions, Listener, LoadBalancer, Rule, Weighted } from "./schema.ts";

/** Whether the rule has no name of ours. Such a rule is listed under "@" and its priority. */
export function isNameless(key: string): boolean {
  return key.includes(".rules.@");
}

export function isRule(key: string): boolean {
  return key.includes(".rules.");
}

export function ruleKey(port: number | string, name: string): string {
  return `${port}.rules.${name}`;
}

export function certificateKey(port: number | string, arn: string): string {
  return `${port}.certificates.${arn}`;
}

export function isCertificate(key: string): boolean {
  return key.includes(".certificates.");
}

/**
 * Whether it is a foreign rule in a listener that the YAML does not have. Such a rule stays or is deleted with its listener, and the plan
 * does not mention it.
 */
export function isPartOfUnlisted(_value: unknown, key: string, resolved?: ReadonlyMap<string, unknown>): boolean {
  return isNameless(key) && resolved !== undefined && !resolved.has(key.slice(0, key.indexOf(".")));
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
  for (const [port, written] of Object.entries(listeners)) {
    // It already has this form.
    if (isCertificate(port)) {
      entries.push([port, written]);
      continue;
    }
    const { rules, certificates, ...listener } = written;
    entries.push([port, { ...listener, ...normalAction(listener) }]);
    for (const arn of certificates ?? []) entries.push([certificateKey(port, arn), arn]);
    for (const [name, rule] of Object.entries(rules ?? {})) entries.push([ruleKey(port, name), normalRule(rule)]);
  }
  return Object.fromEntries(entries) as Record<string, Listener>;
}

function normalRule(rule: Rule) {
  return { ...rule, ...normalAction(rule), conditions: normalConditions(rule.conditions) };
}

/** Converts conditions to texts. Observed conditions, and those already in this form, are texts. */
export function normalConditions(conditions: Conditions | readonly string[]): readonly string[] {
  return Array.isArray(conditions) ? conditions : conditionTexts(conditionRequest(conditions as Conditions));
}

function normalAction(action: ActionFields): ActionFields {
  const { forward, redirect } = action;
  return {
    ...normalAuthentication(action),
    ...(forward === undefined ? {} : { forward: normalForward(forward) }),
    ...(redirect === undefined
      ? {}
      : { redirect: { ...redirect, ...(redirect.port === undefined ? {} : { port: String(redirect.port) }) } }),
  };
}

/** A forward to one group is that group alone, whatever its weight. A forward to several groups has no order. */
function normalForward(forward: string | readonly Weighted[]): string | Weighted[] {
  if (typeof forward === "string") return forward;
  if (forward.length === 1) return forward[0]!.targetGroup;
  return forward
    .map((group) => ({ targetGroup: group.targetGroup, weight: group.weight ?? 1 }))
    .sort((a, b) => (String(a.targetGroup) < String(b.targetGroup) ? -1 : 1));
}

/** A disabled log has no other fields. */
function onUnlessOff<L extends { enabled?: boolean }>(log: L): L | { enabled: boolean } {
  return log.enabled === false ? { enabled: false } : { ...log, enabled: true };
}
