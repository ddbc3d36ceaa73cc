/**
 * Quotas with AWS's defaults (Elastic Load Balancing, Quotas). The table "elbv2.quotas" of the store overrides them:
 * `store.table("elbv2.quotas").set("loadBalancers", { value: 200 })`. The event "quotas:lifted" of a plan of faults lifts all.
 */
import { AwsFault, type Call } from "../../model.ts";

const defaults = {
  loadBalancers: 50,
  targetGroups: 3000,
  listenersPerBalancer: 50,
  rulesPerBalancer: 100,
  targetsPerGroup: 1000,
  certificatesPerBalancer: 25,
} as const;

/** Throws AWS's error when the quota does not allow one more. */
export function within(call: Call, name: keyof typeof defaults, have: number, code: string): void {
  if (call.fault("quotas:lifted")) return;
  const limit = call.store.table<{ value: number }>("elbv2.quotas").get(name)?.value ?? defaults[name];
  if (have >= limit) throw new AwsFault(code, `The limit of ${limit} has been reached (${name})`);
}
