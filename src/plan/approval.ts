/** What somebody agreed to, and whether a plan made later stays within it. */
import type { Address, AwsId } from "../kinds/kind.ts";
import { approvedFields, unapprovedPaths } from "./approved-differences.ts";
import type { Action, Plan, Step } from "./plan.ts";
import type { Planned } from "./planned.ts";
import { lossText } from "./safety.ts";
import { wantOf } from "./steps.ts";
import { changesMarksOnly } from "./tags.ts";

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
  /** The plan was narrowed to these and what they need: so is the one that is run. */
  readonly targets?: readonly Address[];
  readonly actions: readonly ApprovedAction[];
}

export interface ApprovedAction {
  readonly address: Address;
  readonly action: Action;
  readonly fingerprint: string;
  readonly want: string;
  /** What its texts hold of other objects: null where that was not known. */
  readonly holds?: Readonly<Record<string, string | null>>;
  /** The object that is replaced or deleted; and of what is replaced, whether it goes before the new one is made. */
  readonly goes?: AwsId;
  readonly order?: "create-first" | "delete-first";
  /** What is lost with that object, and a hash of what it leaves behind. */
  readonly loses?: string;
  readonly ends?: string;
  /** Of what is changed, by path: hashes of each difference, so that what a run left of it is told from what is new. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface ApprovalCheck {
  /** Why the approval is for something else altogether. */
  readonly mismatch?: string;
  /** Approved, and not in the plan: done by an earlier run, refused, or no longer asked for. */
  readonly absent: readonly ApprovedAction[];
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
    ...(plan.narrowed?.by === "target" ? { targets: plan.narrowed.to } : {}),
    actions: plan.steps.filter(isAction).map(approvedAction),
  };
}

/** Whether everything that `plan` would do was approved. Any part of it may have been done already. */
export function checkApproval(approval: Approval, plan: Plan, commit?: string): ApprovalCheck {
  const mismatch = mismatchOf(approval, plan, commit);
  if (mismatch !== undefined) return { mismatch, absent: [], unexpected: [] };
  const approvedFor = approvedBy(approval);
  const going = new Set(approval.actions.flatMap(({ goes }) => goes ?? []));
  const steps = plan.steps.filter(isAction);
  const unexpected = steps.flatMap((step) => {
    const why = whyNotApproved(approvedFor(step), step, going);
    return why === undefined ? [] : [{ step, why }];
  });
  const left = new Set(steps.map((step) => approvedFor(step)?.address));
  return { absent: approval.actions.filter((action) => !left.has(action.address)), unexpected };
}

/** Whether AWS is as an approved action was to leave it: nothing is to be done for it, and the file asks for what it asked for. */
export function isDone({ address, action, goes, want }: ApprovedAction, { plan, decisions }: Planned): boolean {
  if (action === "delete") return !plan.objects.some(({ id }) => id === goes);
  const one = decisions.get(address);
  const isAsFound = one?.found !== undefined && one.action === "none" && !one.isWithdrawn && one.refused.length === 0;
  return isAsFound && one.leftAlone === undefined && wantOf(one) === want;
}

/** What was approved of which a step is a part. */
function approvedBy({ actions }: Approval): (step: Step) => ApprovedAction | undefined {
  const keyOf = (address: Address, action: Action) => `${address} ${action === "retag"}`;
  const approved = new Map(actions.map((action) => [keyOf(action.address, action.action), action]));
  const replacements = actions.filter(({ action }) => action === "replace");
  return (step) =>
    approved.get(keyOf(step.address, step.action)) ??
    (step.action === "retag" ? approved.get(keyOf(step.address, "update")) : undefined) ??
    replacements.find((one) => isLeftOf(one, step));
}

/** Whether the step deletes what an approved replacement has left beside its new object. */
function isLeftOf({ address, action, goes }: ApprovedAction, step: Step): boolean {
  return action === "replace" && step.action === "delete" && step.address.startsWith(`${address} (`) && step.id === goes;
}

function mismatchOf(approval: Approval, plan: Plan, commit: string | undefined): string | undefined {
  for (const key of ["project", "environment", "account", "region", "goal"] as const)
    if (approval[key] !== plan[key]) return `it is for ${key} ${approval[key]}, this is ${plan[key]}`;
  if (approval.commit !== undefined && commit !== undefined && approval.commit !== commit)
    return `it is for commit ${approval.commit}, this is ${commit}`;
  return undefined;
}

function whyNotApproved(approved: ApprovedAction | undefined, step: Step, going: ReadonlySet<AwsId>): string | undefined {
  if (!approved) return `${step.action} ${step.address} was not approved`;
  const ending = endingOtherwise(approved, step);
  if (ending !== undefined) return ending;
  if (isLeftOf(approved, step)) return undefined;
  const other = Object.entries(approved.holds ?? {}).find(([name, value]) => value !== null && step.holds?.[name] !== value);
  if (other) return `${step.address}: approved was ${other[0]} as ${other[1]}, now it is ${step.holds?.[other[0]] ?? "not known yet"}`;
  if (approved.fingerprint === step.fingerprint) return undefined;
  const paths = unapprovedPaths(step, approved.fields, going);
  if (isRestOf(approved, step, paths)) return undefined;
  if (!canBeRestOf(approved.action, step)) return `${step.address}: approved was ${approved.action}, now it is ${step.action}`;
  const where = paths.length > 0 ? ` (${paths.join(", ")})` : "";
  return approved.want === step.want
    ? `${step.address}: what AWS has of it changed since${where}`
    : `${step.address}: what is wanted of it changed since${where}`;
}

/** Why an object that was to go would take more with it than was approved, or leave less behind. */
function endingOtherwise(approved: ApprovedAction, step: Step): string | undefined {
  if ((step.action !== "delete" && step.action !== "replace") || approved.goes !== step.id) return undefined;
  const { address, loses } = step;
  // A run that began to delete it may have taken the greater part of it.
  if (loses !== undefined && loses !== approved.loses && approved.loses !== lossText("data"))
    return `${address}: approved was to lose ${approved.loses ?? "nothing"}, now it is ${loses}`;
  return approved.ends === step.ends ? undefined : `${address}: what is left of it when it is deleted changed since`;
}

/** What a run that ended half-way left of an approved step: it wants the same, and touches nothing that was not approved. */
function isRestOf(approved: ApprovedAction, step: Step, unapproved: readonly string[]): boolean {
  if (approved.want !== step.want || !canBeRestOf(approved.action, step)) return false;
  // The same object may still have to go before the same things, or others; of a part of another, its name there may be all that is left.
  if (step.action === "delete") return approved.goes === step.id || step.isNameAlone === true;
  if (step.want === "") return false;
  if (step.action === "replace") return approved.goes === step.id && approved.order === step.order;
  if (approved.action === "create" || approved.action === "replace") return true;
  const begun = "changes" in step ? step.changes.filter(({ unfinished }) => unfinished) : [];
  return unapproved.length === 0 && begun.every(({ path }) => approved.action === "restart" || path in approved.fields);
}

/** What may be left of an action. What a run has made may need a restart for what is still to come. */
function canBeRestOf(approved: Action, step: Step): boolean {
  if (approved === step.action) return true;
  if (step.action === "retag" && changesMarksOnly(step.tags)) return approved !== "delete";
  if (approved === "create" || approved === "replace")
    return step.action === "create" || step.action === "update" || step.action === "restart" || step.action === "retag";
  return approved === "restart" && step.action === "update";
}

function approvedAction(step: Step): ApprovedAction {
  const { address, action, fingerprint, want, holds } = step;
  const goes =
    step.action === "replace" || step.action === "delete"
      ? { goes: step.id, ...(step.loses ? { loses: step.loses } : {}), ...(step.ends ? { ends: step.ends } : {}) }
      : {};
  const order = step.action === "replace" ? { order: step.order } : {};
  return { address, action, fingerprint, want, ...(holds ? { holds } : {}), ...goes, ...order, fields: approvedFields(step) };
}

function isAction(step: Step): boolean {
  return step.action !== "keep";
}
