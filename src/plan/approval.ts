/** What somebody agreed to, and whether a plan made later stays within it. */
import type { Address, Json } from "../kinds/kind.ts";
import { hashOf } from "./hash.ts";
import type { Action, FieldChange, Plan, Step } from "./plan.ts";

/** Bound to one state of one environment in one account; a saved plan is one, too. */
export interface Approval {
  readonly format: 1;
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly goal: Plan["goal"];
  /** The commit that the plan was made from, when it was known. */
  readonly commit?: string;
  /** Contested fields are among what was approved. */
  readonly repairsContested?: true;
  readonly actions: readonly ApprovedAction[];
}

export interface ApprovedAction {
  readonly address: Address;
  readonly action: Action;
  readonly fingerprint: string;
  readonly want: string;
  /** What its texts hold of other objects: null where that was not known. */
  readonly holds?: Readonly<Record<string, string | null>>;
  /** Of what is changed, by path: a hash of each difference, so that what a run left of it is told from what is new. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface ApprovalCheck {
  /** Why the approval is for something else altogether. */
  readonly mismatch?: string;
  /** Approved, and no longer needed: done by an earlier run. */
  readonly done: readonly ApprovedAction[];
  /** In the plan and not approved, or differently. */
  readonly unexpected: readonly { readonly step: Step; readonly why: string }[];
}

export function approvalOf(plan: Plan, commit?: string): Approval {
  const { project, environment, account, region, goal } = plan;
  return {
    format: 1,
    project,
    environment,
    account,
    region,
    goal,
    ...(commit !== undefined ? { commit } : {}),
    ...(plan.repairsContested ? { repairsContested: true } : {}),
    actions: plan.steps.filter(isAction).map(approvedAction),
  };
}

/** Whether everything that `plan` would do was approved. Any part of it may have been done already. */
export function checkApproval(approval: Approval, plan: Plan, commit?: string): ApprovalCheck {
  const mismatch = mismatchOf(approval, plan, commit);
  if (mismatch !== undefined) return { mismatch, done: [], unexpected: [] };
  const approved = new Map(approval.actions.map((action) => [`${action.address} ${action.action === "retag"}`, action]));
  const steps = plan.steps.filter(isAction);
  const unexpected = steps.flatMap((step) => {
    const why = whyNotApproved(approved.get(`${step.address} ${step.action === "retag"}`), step);
    return why === undefined ? [] : [{ step, why }];
  });
  const left = new Set(steps.map((step) => step.address));
  return { done: approval.actions.filter((action) => !left.has(action.address)), unexpected };
}

function mismatchOf(approval: Approval, plan: Plan, commit: string | undefined): string | undefined {
  for (const key of ["project", "environment", "account", "region", "goal"] as const)
    if (approval[key] !== plan[key]) return `it is for ${key} ${approval[key]}, this is ${plan[key]}`;
  if (approval.commit !== undefined && commit !== undefined && approval.commit !== commit)
    return `it is for commit ${approval.commit}, this is ${commit}`;
  return undefined;
}

function whyNotApproved(approved: ApprovedAction | undefined, step: Step): string | undefined {
  if (!approved) return `${step.action} ${step.address} was not approved`;
  const other = Object.entries(approved.holds ?? {}).find(([name, value]) => value !== null && step.holds?.[name] !== value);
  if (other) return `${step.address}: approved was ${other[0]} as ${other[1]}, now it is ${step.holds?.[other[0]] ?? "not known yet"}`;
  if (approved.fingerprint === step.fingerprint) return undefined;
  if (isRestOf(approved, step)) return undefined;
  if (approved.action !== step.action) return `${step.address}: approved was ${approved.action}, now it is ${step.action}`;
  const paths = Object.entries(fieldsOf(step))
    .filter(([path, differences]) => !isWithin(differences, approved.fields[path]))
    .map(([path]) => path);
  const where = paths.length > 0 ? ` (${paths.join(", ")})` : "";
  return approved.want === step.want
    ? `${step.address}: what AWS has of it changed since${where}`
    : `${step.address}: what is wanted of it changed since${where}`;
}

/** What a run that ended half-way left of an approved step: it wants the same, and touches nothing that was not approved. */
function isRestOf(approved: ApprovedAction, step: Step): boolean {
  if (approved.want !== step.want || step.want === "") return false;
  if (approved.action === "create" || approved.action === "replace")
    return step.action === "create" || step.action === "update" || step.action === "retag";
  const fields = fieldsOf(step);
  const count = (of: ApprovedAction["fields"]) => Object.values(of).flat().length;
  const isAsMild = approved.action === step.action || (approved.action === "restart" && step.action === "update");
  return (
    isAsMild &&
    Object.entries(fields).every(([path, differences]) => isWithin(differences, approved.fields[path])) &&
    count(fields) < count(approved.fields)
  );
}

function isWithin(differences: readonly string[], approved: readonly string[] = []): boolean {
  return differences.every((one) => approved.includes(one));
}

function approvedAction(step: Step): ApprovedAction {
  const { address, action, fingerprint, want, holds } = step;
  return { address, action, fingerprint, want, ...(holds ? { holds } : {}), fields: fieldsOf(step) };
}

/** What is made is approved by what is wanted of it; of what is changed, each difference of this very object. */
function fieldsOf(step: Step): Record<string, string[]> {
  if (step.action !== "update" && step.action !== "restart") return {};
  return Object.fromEntries(
    step.changes.map((change) => [change.path, differencesOf(change).map((one) => hashOf([step.id, one]).slice(0, 12))]),
  );
}

/** A list's items count one by one, since a run may have come half-way. */
function differencesOf({ path, before, after, secret, items, form }: FieldChange): unknown[] {
  if (form !== undefined) return [[path, items ? null : (before ?? null), form]];
  const elements = items ? [] : elementsThatDiffer(path, before, after);
  if (elements.length > 0) return elements;
  if (!items) return [[path, before ?? null, after ?? null, secret ?? false]];
  return [
    ...items.added.map(({ key, value }) => [path, key, null, value]),
    ...items.removed.map(({ key, value }) => [path, key, value, null]),
    ...items.changed.map(({ key, before: was, after: now }) => [path, key, was, now]),
  ];
}

/** So do the elements of a list of names; where only their order differs, the list counts as a whole. */
function elementsThatDiffer(path: string, before: Json | undefined, after: Json | undefined): unknown[] {
  if (!isTexts(before) || !isTexts(after)) return [];
  return [
    ...after.filter((element) => !before.includes(element)).map((element) => [path, null, element]),
    ...before.filter((element) => !after.includes(element)).map((element) => [path, element, null]),
  ];
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function isAction(step: Step): boolean {
  return step.action !== "keep";
}
