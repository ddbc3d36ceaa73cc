import type { Action, Plan, Step } from "../plan/plan.ts";
import { counted, listed } from "./layout.ts";

/** How many steps of each sort a plan has. `changes` counts what would be written: everything but what is kept. */
export interface PlanCounts extends Readonly<Record<Action, number>> {
  readonly changes: number;
}

export function countSteps(steps: readonly Pick<Step, "action">[]): PlanCounts {
  const counts = { create: 0, update: 0, restart: 0, replace: 0, delete: 0, retag: 0, keep: 0 };
  for (const { action } of steps) counts[action]++;
  return { ...counts, changes: steps.length - counts.keep };
}

/** Everything in a plan that is not as the file has it: what would be written, and what differs and is left as it is. */
export function countDifferences({ steps, contested = [], leftAlone = [] }: Pick<Plan, "steps" | "contested" | "leftAlone">): number {
  return countSteps(steps).changes + contested.length + leftAlone.length;
}

/** The objects that a plan speaks of. */
export function objectsIn({ objects, narrowed }: Plan): Plan["objects"] {
  const within = narrowed && new Set(narrowed.within);
  return within ? objects.filter(({ address }) => within.has(address)) : objects;
}

/** "no changes", said of what was asked about. */
export function noChangesIn({ narrowed }: Plan): string {
  return narrowed && narrowed.beyond > 0 ? "no changes to its targets" : "no changes";
}

/** "3 to create, 1 to update, 0 to replace, 0 to destroy": four numbers always, the rarer ones when there are any. */
export function describeCounts(counts: PlanCounts): string {
  const parts = [`${counts.create} to create`, `${counts.update} to update`];
  if (counts.restart > 0) parts.push(`${counts.restart} to restart`);
  parts.push(`${counts.replace} to replace`, `${counts.delete} to destroy`);
  if (counts.retag > 0) parts.push(`${counts.retag} to retag`);
  if (counts.keep > 0) parts.push(`${counts.keep} kept`);
  return parts.join(", ");
}

/** What the plan is of: "lab/web-lab (account 123456789012, ap-northeast-2)". */
export function nameOf(plan: Pick<Plan, "project" | "environment" | "account" | "region">): string {
  return `${plan.project}/${plan.environment} (account ${plan.account}, ${plan.region})`;
}

/** The most that a step interrupts or takes away, as one word for badges and tables. */
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

/** Sentence for everything that is destroyed by the plan, or undefined when nothing is. */
export function describeLosses(steps: readonly Step[]): string | undefined {
  const losing = steps.filter((step) => "loses" in step && step.loses !== undefined);
  if (losing.length === 0) return undefined;
  const named = losing.slice(0, 5).map((step) => `${step.address} (${(step as { loses: string }).loses})`);
  if (losing.length > named.length) named.push(`${counted(losing.length - named.length, "other")}`);
  return `Lost for good: ${listed(named)}.`;
}
