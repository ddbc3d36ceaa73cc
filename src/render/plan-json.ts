import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Json } from "../kinds/kind.ts";
import type { FieldChange, Plan, ReachChange, Step } from "../plan/plan.ts";
import { driftOf, type DriftReport } from "./drift.ts";
import { countSteps, disruptionOf, objectsIn } from "./summary.ts";

/** The version of the documents under schemas/. The first number changes when a reader would break, the second when something is added. */
export const formatVersion = "1.0";

/** Returns the plan under the names that policy tools read from `terraform show -json` (schemas/plan.schema.json). */
export function planJson(plan: Plan, diagnostics: readonly Diagnostic[] = []): object {
  const counts = countSteps(plan.steps);
  const touched = new Set(plan.steps.map((step) => ("from" in step && step.from) || step.address));
  for (const step of plan.steps) touched.add(step.address);
  return {
    format_version: formatVersion,
    project: plan.project,
    environment: plan.environment,
    account: plan.account,
    region: plan.region,
    goal: plan.goal,
    is_new: plan.isNew,
    ...(plan.narrowed?.by === "target" && { targets: plan.narrowed.to }),
    resource_changes: [
      ...plan.steps.map(resourceChange),
      ...objectsIn(plan)
        .filter(({ address }) => !touched.has(address))
        .map(({ address, id }) => ({ ...identity(address), id, change: { actions: ["no-op"], before: {}, after: {} } })),
    ],
    ...(plan.contested && {
      contested: plan.contested.map(({ change, ...one }) => ({ ...one, field: fieldJson(change) })),
    }),
    ...(plan.leftAlone && {
      left_alone: plan.leftAlone.map(({ changes, at, ...one }) => ({
        ...one,
        ...(at && { at: placeJson(at) }),
        fields: changes.map(fieldJson),
      })),
    }),
    ...(plan.reach && { reach: { opens: plan.reach.opens.map(reachChange), closes: plan.reach.closes.map(reachChange) } }),
    ...(plan.assertions && { assertions: plan.assertions }),
    summary: { ...counts },
    notes: plan.notes,
    lookups: plan.lookups,
    diagnostics,
  };
}

function reachChange({ via, letBy: _letBy, ...change }: ReachChange): object {
  return { ...change, via: via.map(({ at, ...one }) => ({ ...one, ...(at && { at: placeJson(at) }) })) };
}

/** Returns the findings of drift (schemas/drift.schema.json). */
export function driftJson(report: DriftReport | Plan, diagnostics: readonly Diagnostic[] = []): object {
  const { project, environment, account, region, findings, notes, objects } = "findings" in report ? report : driftOf(report);
  return { format_version: formatVersion, project, environment, account, region, objects, drift: findings, notes, diagnostics };
}

/** Returns the actions in Terraform's words. A replacement has its two halves in their order. */
function actionsOf(step: Step): readonly string[] {
  switch (step.action) {
    case "create":
      return ["create"];
    case "update":
    case "restart":
    case "retag":
      return ["update"];
    case "replace":
      return step.order === "create-first" ? ["create", "delete"] : ["delete", "create"];
    case "delete":
      return ["delete"];
    case "keep":
      return ["no-op"];
  }
}

function resourceChange(step: Step): object {
  const changes = "changes" in step ? step.changes : [];
  return {
    ...identity(step.address),
    ...("id" in step && { id: step.id }),
    ...(step.action === "retag" && step.from !== undefined && { previous_address: step.from }),
    change: {
      actions: actionsOf(step),
      before: step.action === "create" ? null : valuesOf(changes, "before"),
      after: step.action === "delete" ? null : valuesOf(changes, "after"),
      ...secrets(changes),
    },
    action: step.action,
    disruption: disruptionOf(step),
    because: step.because,
    ...(step.holds && { holds: step.holds }),
    ...("loses" in step && step.loses !== undefined && { loses: step.loses }),
    ...(step.action === "delete" && step.until !== undefined && { until: step.until }),
    ...(step.action === "keep" && step.of !== undefined && { kept_for: step.of }),
    ...("tags" in step && { tags: step.tags }),
    ...(step.at && { at: placeJson(step.at) }),
    fields: changes.map(fieldJson),
  };
}

function identity(address: string): { address: string; mode: "managed"; type: string; name: string } {
  const slash = address.indexOf("/");
  return { address, mode: "managed", type: address.slice(0, slash), name: address.slice(slash + 1) };
}

/** Returns the fields that differ as an object: "healthCheck.path" stands inside "healthCheck", and "tags.a.b" is the tag "a.b". */
function valuesOf(changes: readonly FieldChange[], side: "before" | "after"): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const change of changes) {
    const value = change[side];
    if (value === undefined) continue;
    const dot = change.path.indexOf(".");
    if (dot < 0) values[change.path] = value;
    else {
      const outer = change.path.slice(0, dot);
      const inner = change.path.startsWith("tags.") ? [change.path.slice(dot + 1)] : change.path.slice(dot + 1).split(".");
      values[outer] = within(values[outer], inner, value);
    }
  }
  return values;
}

function within(outer: Json | undefined, [first, ...rest]: readonly string[], value: Json): Json {
  const base = typeof outer === "object" && outer !== null && !Array.isArray(outer) ? (outer as { readonly [key: string]: Json }) : {};
  return { ...base, [first!]: rest.length === 0 ? value : within(base[first!], rest, value) };
}

function secrets(changes: readonly FieldChange[]): object {
  const hidden = changes.filter((change) => change.secret).map((change) => [change.path, true] as const);
  return hidden.length === 0 ? {} : { after_sensitive: Object.fromEntries(hidden) };
}

function fieldJson(change: FieldChange): object {
  const { path, stage, impact, because, knownAfter, exposes, unwritten, before, after, items, secret, at } = change;
  return {
    path,
    stage,
    impact,
    ...(because !== undefined && { because }),
    ...(knownAfter && { known_after: knownAfter }),
    ...(exposes !== undefined && { exposes }),
    ...(unwritten && { unwritten }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(items && { items: itemsJson(items) }),
    ...(secret && { secret }),
    ...(at && { at: placeJson(at) }),
  };
}

function itemsJson({ added, removed, changed }: NonNullable<FieldChange["items"]>): object {
  const placed = (at: Position | undefined) => (at ? { at: placeJson(at) } : {});
  return {
    added: added.map(({ key, value, at }) => ({ key, value, ...placed(at) })),
    removed: removed.map(({ key, value }) => ({ key, value })),
    changed: changed.map(({ key, before, after, at }) => ({ key, before, after, ...placed(at) })),
  };
}

function placeJson(at: { file: string; line: number; column: number }): object {
  return { file: at.file, line: at.line, column: at.column };
}

/** Returns a single document as it is, and several in a list. */
export function severalJson(documents: readonly object[]): object {
  return documents.length === 1 ? documents[0]! : { format_version: formatVersion, environments: documents };
}
