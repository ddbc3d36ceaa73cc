/** An apply from end to end: plans, asks, takes the lease, plans again and runs. */
import { deleteAppliedHistory, recordApplied } from "../apply/applied-history.ts";
import { forgetKindsIfNoneIsLeft, keepKinds } from "../apply/keep-kinds.ts";
import {
  acquireLease,
  type AcquireOptions,
  FrozenError,
  type Lease,
  type LeaseOwner,
  type LeaseView,
  ownerOf,
  readLease,
} from "../apply/lease.ts";
import { freshFor } from "../apply/wait-limits.ts";
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { type Environment, kindsFor } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind } from "../kinds/kind.ts";
import { type ApprovalCheck, approvalOf, checkApproval, isDone } from "../plan/approval.ts";
import type { ApplyRequest, ApplyResult } from "./apply-request.ts";
import { carryOut, unlooked, unremembered, withOutageTimeout } from "./carry-out.ts";
import { lookAgain } from "./look-again.ts";
import { planEnvironment } from "./plan-environment.ts";
import type { PlanRun } from "./plan-run.ts";
import { brokenAssertionsOf, knownRefusals, withoutSaid } from "./refusals.ts";

/** One apply: the connection, the environment and the request. */
interface Task {
  readonly native: readonly Kind[];
  /** With the kinds of AWS's types that the file names. */
  readonly kinds: readonly Kind[];
  readonly connection: Connection;
  readonly environment: Environment;
  readonly owner: LeaseOwner;
  readonly request: ApplyRequest;
}

/** The plan that is shown, and the state of the lock before it was made. */
interface First {
  readonly run: PlanRun;
  /** Undefined with `--no-lock`. */
  readonly view: LeaseView | undefined;
  /** Another run had the lock. */
  readonly isHeld: boolean;
  /** Another run had the lock, or ended moments ago: AWS may not list everything that it made. */
  readonly isContinuing: boolean;
}

/**
 * Plans and asks; then takes the lease, reads again, compares the two plans, runs the second one, waits until AWS lists the new
 * objects, and gives the lease back. A plan without changes ends without a write, after it has waited for AWS where that is needed.
 */
export async function applyUnderLease(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  asked: ApplyRequest,
): Promise<ApplyResult> {
  const { approval, targets = approval?.targets, repairContested = approval?.repairsContested } = asked;
  const request = { ...asked, targets, targetsMayBeGone: asked.targets === undefined, repairContested };
  const task = { native, kinds: kindsFor(native, environment), connection, environment, owner: ownerOf(environment), request };
  try {
    return await planAndApply(task);
  } catch (error) {
    if (error instanceof FrozenError) return { ended: "frozen", frozen: error.frozen };
    throw error;
  }
}

async function planAndApply(task: Task): Promise<ApplyResult> {
  const { request } = task;
  const first = await planFirst(task);
  const { run } = first;
  // The other run may have done a part of what was approved: only the plan after it decides.
  const check = request.approval && !first.isHeld ? checkApproval(request.approval, run.plan, request.commit) : undefined;
  if (check && isChanged(check)) return { ended: "changed", run, check };
  if (run.plan.steps.every(({ action }) => action === "keep")) return waitForAws(task, first);
  const refusals = knownRefusals(run, request);
  if (refusals.length > 0 && (await isOvertaken(task, first))) {
    // A name that is taken may be that of an object that the other run has made since the lists were read.
    await underLease(task, () => Promise.resolve());
    return planAndApply(task);
  }
  const problems = problemsOf(run, request, refusals);
  if (problems) return problems;
  if (request.confirm && !(await request.confirm(run, first.view))) return { ended: "declined", run };
  if (request.lease !== "none") return underLease(task, (lease) => planAgainAndRun(task, first, lease));
  await waitWithoutLease(task);
  return planAgainAndRun(task, { ...first, isContinuing: false }, undefined);
}

async function planFirst({ native, connection, environment, owner, request }: Task): Promise<First> {
  const { aws } = connection;
  const known = await readUnfrozen(aws, owner, request);
  const view = request.lease === "none" ? undefined : known;
  const run = await planEnvironment(native, connection, environment, request);
  const isHeld = view?.record?.state === "held";
  return { run, view, isHeld, isContinuing: isHeld || (view?.changedAt ?? 0) > aws.clock.now() - freshFor };
}

/** Reads the lease. A frozen environment is refused with `--no-lock` too. */
async function readUnfrozen(aws: Aws, owner: LeaseOwner, { signal }: ApplyRequest): Promise<LeaseView> {
  const view = await readLease(aws.within({ signal }), owner);
  if (view.frozen) throw new FrozenError(view.frozen);
  return view;
}

/** Waits until AWS's tag index shows what another run may have made, and looks whether somebody froze the environment meanwhile. */
async function waitWithoutLease({ connection: { aws }, owner, request }: Task): Promise<void> {
  const { consistencyDelay: seconds = 60, signal } = request;
  if (seconds > 0) request.waitingWithoutLease?.(seconds);
  await aws.clock.sleep(seconds * 1000, signal);
  await readUnfrozen(aws, owner, request);
}

/** Ends an apply without changes. Waits, without the lease, for objects that AWS is still making or changing. */
async function waitForAws(task: Task, { run, isContinuing }: First): Promise<ApplyResult> {
  const { kinds, connection, request } = task;
  // A destroy that died in its last reads has left the list of kinds behind; it stays only if objects are kept.
  if (request.goal === "destroy" && run.plan.steps.length === 0 && request.lease !== "none" && run.observed.reads?.known?.size)
    await underLease(task, () => forgetKindsIfNoneIsLeft(kinds, connection.aws, run));
  const waits = run.planned.work.filter(({ op }) => op === "wait");
  if (waits.length === 0) return { ended: "nothing-to-do", run };
  request.onlyWaits?.(run);
  const waiting = { ...run, planned: { ...run.planned, work: waits } };
  const {
    unread,
    isUnlisted: _none,
    ...after
  } = await carryOut(kinds, withOutageTimeout(connection), request, { run: waiting, isContinuing });
  return { ended: "ran", run, ...after, alreadyDone: [], notAskedFor: [], notes: unread === undefined ? [] : [unread] };
}

/** Whether another run has had the lock since the first plan was begun, or has it now. */
async function isOvertaken({ connection, owner, request }: Task, { view, isHeld }: First): Promise<boolean> {
  if (view === undefined || isHeld) return isHeld;
  const { number, version } = await readLease(connection.aws.within({ signal: request.signal }), owner);
  return number !== view.number || version !== view.version;
}

/** Takes the lease, guards every write by it, and gives it back. */
async function underLease<T>({ connection, owner, request }: Task, action: (lease: Lease) => Promise<T>): Promise<T> {
  if (request.lease === "none") throw new Error("a run with --no-lock takes no lease");
  const { me, ...options } = request.lease;
  const { signal, consistencyDelay } = request;
  const all: AcquireOptions = { signal, ...options, ...(consistencyDelay === undefined ? {} : { consistencyDelay }) };
  const lease = await acquireLease(connection.aws, owner, me, all);
  connection.fence(lease.check);
  try {
    return await action(lease);
  } finally {
    connection.fence(undefined);
    await lease.giveBack();
  }
}

async function planAgainAndRun(task: Task, first: First, lease: Lease | undefined): Promise<ApplyResult> {
  const { kinds, connection, owner, request } = task;
  const aws = withOutageTimeout(connection);
  const run = await planAgain(task, first, lease);
  const agreed = request.approval ?? (request.confirm ? approvalOf(first.run.plan) : undefined);
  const check = agreed && checkApproval(agreed, run.plan, request.commit);
  if (check && isChanged(check)) return { ended: "changed", run, check };
  const problems = problemsOf(run, request, []);
  if (problems) return problems;
  const isDestroy = request.goal === "destroy";
  const kindsUnknown = await keepKinds(aws, run, request.goal);
  // Before the first step: whatever stops a destroy, its last run leaves nothing behind.
  const unforgotten = lease && isDestroy ? await unremembered(deleteAppliedHistory(aws, owner)) : undefined;
  if (!request.signal.aborted && run.planned.work.length > 0) await lease?.begin(aws);
  const { outcome, unread, isUnlisted, ...after } = await carryOut(kinds, aws, request, { run, isContinuing: first.isContinuing });
  if (!isUnlisted) lease?.clearPause();
  const unrecorded = lease && !isDestroy ? await unremembered(recordApplied(aws, owner, run.planned, outcome.done)) : undefined;
  const isGone = isDestroy && outcome.status === "done";
  const notLooked = isGone ? await unlooked(forgetKindsIfNoneIsLeft(kinds, aws, run)) : undefined;
  const notes = [unforgotten, unrecorded, unread, notLooked, kindsUnknown].filter((note) => note !== undefined);
  return { ended: "ran", run, outcome, ...after, ...absentFrom(run, check), notes };
}

/** Makes the second plan. Reads only the objects that the first one touches if no other run has had the lock since. */
async function planAgain(
  { native, connection, environment, request }: Task,
  { run, view }: First,
  lease: Lease | undefined,
): Promise<PlanRun> {
  const aws = withOutageTimeout(connection);
  const isAlone = view !== undefined && lease?.isNextAfter(view) === true;
  const again = isAlone ? await lookAgain(native, aws.within({ signal: request.signal }), environment, run) : undefined;
  return again ?? planEnvironment(native, { ...connection, aws }, environment, { ...request, preflight: false });
}

/** Returns the reasons why the plan must not run, or undefined if it may. */
function problemsOf(run: PlanRun, request: ApplyRequest, refusals: readonly Diagnostic[]): ApplyResult | undefined {
  const said = [...refusals, ...brokenAssertionsOf(run)];
  const problems = [...said, ...(request.guards?.(run) ?? [])];
  return problems.length > 0 ? { ended: "refused", run: withoutSaid(run, said), problems } : undefined;
}

/** Returns the approved steps that the plan does not have: done already, or no longer in the file. Contested fields are neither. */
function absentFrom(
  { plan, planned }: PlanRun,
  check: ApprovalCheck | undefined,
): { readonly alreadyDone: string[]; readonly notAskedFor: string[] } {
  const contested = new Set(plan.contested?.map(({ address }) => address));
  const absent = (check?.absent ?? []).filter(({ address }) => !contested.has(address));
  const addressesOf = (isWanted: boolean) => absent.filter((one) => isDone(one, planned) === isWanted).map(({ address }) => address);
  return { alreadyDone: addressesOf(true), notAskedFor: addressesOf(false) };
}

function isChanged(check: ApprovalCheck): boolean {
  return check.mismatch !== undefined || check.unexpected.length > 0;
}
