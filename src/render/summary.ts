import type { Action, Plan, Step } from "../plan/plan.ts";
import { counted, listed } from "../diag/words.ts";

/** The number of steps by action. `changes` counts the steps that write: all but `keep`. */
export interface PlanCounts extends Readonly<Record<Action, number>> {
  readonly changes: number;
}

export function countSteps(steps: readonly Pick<Step, "action">[]): PlanCounts {
  const counts = { create: 0, update: 0, restart: 0, replace: 0, delete: 0, retag: 0, keep: 0 };
  for (const { action } of steps) counts[action]++;
  return { ...counts, changes: steps.length - counts.keep };
}

/** Counts everything in a plan that differs from the file: the steps that write, and the differences that stay. */
export function countDifferences({ steps, contested = [], leftAlone = [] }: Pick<Plan, "steps" | "contested" | "leftAlone">): number {
  return countSteps(steps).changes + contested.length + leftAlone.length;
}

/** The objects that a plan covers. */
export function objectsIn({ objects, narrowed }: Plan): Plan["objects"] {
  const within = narrowed && new Set(narrowed.within);
  return within ? objects.filter(({ address }) => within.has(address)) : objects;
}

/** Returns "no changes", or "no changes to its targets" when the plan was narrowed. */
export function noChangesIn({ narrowed }: Plan): string {
  return narrowed && narrowed.beyond > 0 ? "no changes to its targets" : "no changes";
}

/**
 * Returns "3 to create, 1 to update, 0 to replace, 0 to destroy". Four counts are always there, the rarer ones only when they are above
 * zero.
 */
export function describeCounts(counts: PlanCounts): string {
  const parts = [`${counts.create} to create`, `${counts.update} to update`];
  if (counts.restart > 0) parts.push(`${counts.restart} to restart`);
  parts.push(`${counts.replace} to replace`, `${counts.delete} to destroy`);
  if (counts.retag > 0) parts.push(`${counts.retag} to retag`);
  if (counts.keep > 0) parts.push(`${counts.keep} kept`);
  return parts.join(", ");
}

/** Names the environment of a plan: "lab/web-lab (account 123456789012, ap-northeast-2)". */
export function nameOf(plan: Pick<Plan, "project" | "environment" | "account" | "region">): string {
  return `${plan.project}/${plan.environment} (account ${plan.account}, ${plan.region})`;
}

/** Returns the worst disruption by a step as one word, for badges and tables. */
export function disruptionOf(step: Step): "none" | "in place" | "restart" | "replace" | "loss" {
  switch (step.action) {
    case "create":
    case "retag":
    case "keep":
      return "none";
    case "update":
      return "in place";
    case "restart":
      return "restart";
    case "replace":
      return step.loses === undefined ? "replace" : "loss";
    case "delete":
      return "loss";
  }
}

/** Returns a sentence about the data that the plan destroys for good, or undefined when there is none. */
export function describeLosses(steps: readonly Step[]): string | undefined {
  const losing = steps.filter((step) => "loses" in step && step.loses !== undefined);
  if (losing.length === 0) return undefined;
  const named = losing.slice(0, 5).map((step) => `${step.address} (${(step as { loses: string }).loses})`);
  if (losing.length > named.length) named.push(`${counted(losing.length - named.length, "other")}`);
  return `Lost for good: ${listed(named)}.`;
}
