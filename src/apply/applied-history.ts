/** Stores the values that applies have set, in one String parameter beside the lease. */
import type { Aws } from "../aws/aws.ts";
import { hasCode } from "../aws/errors.ts";
import type { Decision } from "../plan/decision.ts";
import type { Planned } from "../plan/planned.ts";
import { parseAppliedHistory, recent, remembering, formatAppliedHistory, type AppliedHistory, type Setting } from "../plan/flapping.ts";
import type { StepRef } from "./events.ts";
import { parameterRoot, type LeaseOwner } from "./lease.ts";

/** Reads the values that applies set recently from the text of the parameter. */
export function historyFrom(text: string | undefined, now: number): AppliedHistory {
  return text === undefined ? new Map() : recent(parseAppliedHistory(text), now);
}

/** Records the values that the finished steps changed in place. A created or replaced object has no history. */
export async function recordApplied(aws: Aws, owner: LeaseOwner, planned: Planned, done: readonly StepRef[]): Promise<void> {
  const set = done.flatMap((step) => settingsOf(planned.decisions.get(step.address)!, step.stage));
  if (set.length === 0) return;
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  const appliedHistory = remembering(await readAppliedHistory(aws, owner), set, aws.clock.now());
  const input = { Name: nameOfHistory(owner), Type: "String" as const, Value: formatAppliedHistory(appliedHistory), Overwrite: true };
  await aws.ssm(new ssm.PutParameterCommand(input));
}

async function readAppliedHistory(aws: Aws, owner: LeaseOwner): Promise<AppliedHistory> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  for await (const page of aws.ssm.pages(ssm.GetParametersByPathCommand, { Path: parameterRoot(owner), MaxResults: 10 }))
    for (const { Name, Value } of page.Parameters ?? []) if (Name === nameOfHistory(owner)) return historyFrom(Value, aws.clock.now());
  return new Map();
}

/** Deletes the whole history: a destroyed object is never repaired. */
export async function deleteAppliedHistory(aws: Aws, owner: LeaseOwner): Promise<void> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  await aws.ssm(new ssm.DeleteParameterCommand({ Name: nameOfHistory(owner) })).catch((error: unknown) => {
    if (!hasCode(error, "ParameterNotFound")) throw error;
  });
}

function settingsOf({ action, found, declared, deltas, tags }: Decision, stage: string): Setting[] {
  if (!found || !declared || (action !== "update" && action !== "restart")) return [];
  const { id } = found.live;
  if (stage === "tags")
    return [
      ...Object.entries(tags.set).map(([key, want]) => ({ id, field: `tags.${key}`, want })),
      ...tags.remove.map((key) => ({ id, field: `tags.${key}`, want: null })),
    ];
  const fields = new Set(deltas.filter((delta) => delta.stage === stage).map(({ field }) => field));
  return [...fields].map((field) => ({ id, field, want: (declared.resolved as Readonly<Record<string, unknown>>)[field] }));
}

export function nameOfHistory(owner: LeaseOwner): string {
  return `${parameterRoot(owner)}/repairs`;
}
