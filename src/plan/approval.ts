/** The changes that somebody agreed to, and whether a plan made later stays within them. */
import type { Address, AwsId } from "../kinds/kind.ts";
import { approvedFields, unapprovedPaths } from "./approved-differences.ts";
import type { Action, Plan, Step } from "./plan.ts";
import type { Planned } from "./planned.ts";
import { lossText } from "./safety.ts";
import { wantOf } from "./steps.ts";
import { changesMarksOnly } from "./tags.ts";

/** An approval is bound to one state of one environment in one account. A saved plan is an approval, too. */
export interface Approval {
  readonly format: 1;
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly goal: Plan["goal"];
  /** The commit that the plan was made from, when it was known. */
  readonly commit?: string;
  /** The approval covers changes of contested fields. */
  readonly repairsContested?: true;
  /** The plan covered only these addresses and the resources that they need. So does the plan that is run. */
  readonly targets?: readonly Address[];
  readonly actions: readonly ApprovedAction[];
}

export interface ApprovedAction {
  readonly address: Address;
  readonly action: Action;
  readonly fingerprint: string;
  readonly want: string;
  /** Values of other objects in its texts. null: not known at that time. */
  readonly holds?: Readonly<Record<string, string | null>>;
  /** The object that is replaced or deleted. `order`: whether a replaced one goes before the new one is made. */
  readonly goes?: AwsId;
  readonly order?: "create-first" | "delete-first";
  /** The loss with that object, for people, and a hash of what it leaves behind. */
  readonly loses?: string;
  readonly ends?: string;
  /** Hashes of each difference of a change, by path. They tell the rest that a run left of it from new differences. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface ApprovalCheck {
  /** Why the approval is for something else altogether. */
  readonly mismatch?: string;
  /** Approved actions that are not in the plan: done by an earlier run, refused, or no longer asked for. */
  readonly absent: readonly ApprovedAction[];
  /** Steps of the plan that were not approved, or were approved differently. */
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

/**
 * Whether AWS is as an approved action was to leave it: nothing is left to do for it, and the file asks for the same as at the time of the
 * approval.
 */
export function isDone({ address, action, goes, want }: ApprovedAction, { plan, decisions }: Planned): boolean {
  if (action === "delete") return !plan.objects.some(({ id }) => id === goes);
  const one = decisions.get(address);
  const isAsFound = one?.found !== undefined && one.action === "none" && !one.isWithdrawn && one.refused.length === 0;
  return isAsFound && one.leftAlone === undefined && wantOf(one) === want;
}

/** Returns the approved action that a step is a part of. */
function approvedBy({ actions }: Approval): (step: Step) => ApprovedAction | undefined {
  const keyOf = (address: Address, action: Action) => `${address} ${action === "retag"}`;
  const approved = new Map(actions.map((action) => [keyOf(action.address, action.action), action]));
  const replacements = actions.filter(({ action }) => action === "replace");
  return (step) =>
    approved.get(keyOf(step.address, step.action)) ??
    (step.action === "retag" ? approved.get(keyOf(step.address, "update")) : undefined) ??
    replacements.find((one) => isLeftOf(one, step));
}

/** Whether the step deletes the old object that an approved replacement left beside the new one. */
function isLeftOf({ address, action, goes }: ApprovedAction, step: Step): boolean {
  return action === "replace" && step.action === "delete" && step.address.startsWith(`${address} (`) && step.id === goes;
}

function mismatchOf(approval: Approval, plan: Plan, commit: string | undefined): string | undefined {
  for (const key of ["project", "environment", "account", "region", "goal"] as const)
    if (approval[key] !== plan[key]) return `it is for ${key} ${approval[key]}, and this plan is for ${plan[key]}`;
  if (approval.commit !== undefined && commit !== undefined && approval.commit !== commit)
    return `it is for commit ${approval.commit}, and this is commit ${commit}`;
  return undefined;
}

function whyNotApproved(approved: ApprovedAction | undefined, step: Step, going: ReadonlySet<AwsId>): string | undefined {
  if (!approved) return `${step.action} ${step.address} was not approved`;
  const ending = endingOtherwise(approved, step);
  if (ending !== undefined) return ending;
  if (isLeftOf(approved, step)) return undefined;
  const other = Object.entries(approved.holds ?? {}).find(([name, value]) => value !== null && step.holds?.[name] !== value);
  if (other)
    return `${step.address}: ${other[0]} was ${other[1]} in the approved plan, and is now ${step.holds?.[other[0]] ?? "not known yet"}`;
  if (approved.fingerprint === step.fingerprint) return undefined;
  const paths = unapprovedPaths(step, approved.fields, going);
  if (isRestOf(approved, step, paths)) return undefined;
  if (!canBeRestOf(approved.action, step)) return `${step.address}: the approved action was ${approved.action}, and is now ${step.action}`;
  const where = paths.length > 0 ? ` (${paths.join(", ")})` : "";
  return approved.want === step.want
    ? `${step.address}: AWS has other values than at the approval${where}`
    : `${step.address}: the YAML has other values than at the approval${where}`;
}

/** Returns why an object that was to go would take more with it than was approved, or leave something else behind. */
function endingOtherwise(approved: ApprovedAction, step: Step): string | undefined {
  if ((step.action !== "delete" && step.action !== "replace") || approved.goes !== step.id) return undefined;
  const { address, loses } = step;
  // A run that began the delete may have destroyed the data already, so that a smaller loss is left.
  if (loses !== undefined && loses !== approved.loses && approved.loses !== lossText("data"))
    return `${address}: the approved plan would lose ${approved.loses ?? "nothing"}, and this plan ${loses}`;
  return approved.ends === step.ends ? undefined : `${address}: its delete leaves behind something else than at the approval`;
}

/** Whether the step is the rest of an approved step after a run that ended half-way: it wants the same and touches nothing new. */
function isRestOf(approved: ApprovedAction, step: Step, unapproved: readonly string[]): boolean {
  if (approved.want !== step.want || !canBeRestOf(approved.action, step)) return false;
  // The same object may have to go before other resources than was approved. Of a part of another object, only its name may be left.
  if (step.action === "delete") return approved.goes === step.id || step.isNameAlone === true;
  if (step.want === "") return false;
  if (step.action === "replace") return approved.goes === step.id && approved.order === step.order;
  if (approved.action === "create" || approved.action === "replace") return true;
  const begun = "changes" in step ? step.changes.filter(({ unfinished }) => unfinished) : [];
  return unapproved.length === 0 && begun.every(({ path }) => approved.action === "restart" || path in approved.fields);
}

/** Whether a step can be the rest of an action. An object that a run has made may need a restart for the changes that are left. */
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
