/** Plans, asks, takes the lease, plans again and runs. */
import { deleteAppliedHistory, recordApplied } from "../apply/applied-history.ts";
import { applyPlan } from "../apply/apply.ts";
import type { Outcome, StepRef } from "../apply/events.ts";
import { forgetKindsIfNoneIsLeft, keepKinds } from "../apply/keep-kinds.ts";
import {
  acquireLease,
  type AcquireOptions,
  type Lease,
  LeaseLostError,
  type LeaseOwner,
  type LeaseView,
  type Me,
  ownerOf,
  readLease,
} from "../apply/lease.ts";
import { waitUntilListed } from "../apply/read-after-write.ts";
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { AwsError } from "../aws/errors.ts";
import { type Environment, kindsFor } from "../config/environment.ts";
import { sourcesOf } from "../config/outputs.ts";
import type { Address, FieldRule, Kind, Live } from "../kinds/kind.ts";
import { scopeOf } from "../observe/drivers.ts";
import { type ApprovalCheck, approvalOf, checkApproval, isDone } from "../plan/approval.ts";
import type { Plan } from "../plan/plan.ts";
import { applyOutageTimeout } from "./apply-environment.ts";
import type { ApplyRequest, ApplyResult } from "./apply-request.ts";
import { lookAgain } from "./look-again.ts";
import { planEnvironment } from "./plan-environment.ts";
import type { PlanRun } from "./plan-run.ts";
import { brokenAssertionsOf, knownRefusals, withoutSaid } from "./refusals.ts";

/**
 * Looks at the lease, plans, asks; then takes the lease, reads again, holds the two plans against each other, runs,
 * waits until our own lists show what was made, and gives the lease back. Nothing to do, or only to wait for what AWS has not finished:
 * done without a write.
 */
export async function applyUnderLease(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  asked: ApplyRequest,
): Promise<ApplyResult> {
  const kinds = kindsFor(native, environment);
  const { approval, targets = approval?.targets, repairContested = approval?.repairsContested } = asked;
  const request = { ...asked, targets, targetsMayBeGone: asked.targets === undefined, repairContested };
  const { aws } = connection;
  const owner = ownerOf(environment);
  const view = request.lease === "none" ? undefined : await readLease(aws.within({ signal: request.signal }), owner);
  if (view?.frozen) return { ended: "frozen", frozen: view.frozen };
  const first = await planEnvironment(native, connection, environment, request);
  // While another run holds the lease, or died with it, lists may lag behind what it made: the plan made after it decides.
  const isHeld = view?.record?.state === "held";
  const isContinuing = isHeld || (view?.changedAt ?? 0) > aws.clock.now() - freshFor;
  const approved = request.approval && !isHeld ? checkApproval(request.approval, first.plan, request.commit) : undefined;
  if (approved && isChanged(approved)) return { ended: "changed", run: first, check: approved };
  const underLease = async <T>(me: Me, action: (lease: Lease) => Promise<T>): Promise<T> => {
    const lease = await acquireLease(aws, owner, me, { signal: request.signal, ...acquireOptions(request) });
    connection.fence(lease.check);
    try {
      return await action(lease);
    } finally {
      connection.fence(undefined);
      await lease.giveBack();
    }
  };
  if (!first.plan.steps.some((step) => step.action !== "keep")) {
    // A destroy that died in its last reads has left the list of kinds behind. What is kept needs it.
    const isEmpty = first.plan.steps.length === 0;
    if (request.goal === "destroy" && isEmpty && request.lease !== "none" && first.observed.reads?.known?.size)
      await underLease(request.lease.me, () => forgetKindsIfNoneIsLeft(kinds, aws, first));
    const waits = first.planned.work.filter(({ op }) => op === "wait");
    if (waits.length === 0) return { ended: "nothing-to-do", run: first };
    request.onlyWaits?.(first);
    const run = { ...first, planned: { ...first.planned, work: waits } };
    return {
      ended: "ran",
      run: first,
      ...(await carriedOut(kinds, withOutageTimeout(connection), request, { run, isContinuing })),
      alreadyDone: [],
      notAskedFor: [],
    };
  }
  const refusals = knownRefusals(first, request);
  if (
    refusals.length > 0 &&
    request.lease !== "none" &&
    view &&
    (isHeld || (await isTaken(aws.within({ signal: request.signal }), owner, view)))
  ) {
    // What has a name already may be what the other run made since the lists were read.
    await underLease(request.lease.me, () => Promise.resolve());
    return applyUnderLease(native, connection, environment, asked);
  }
  const broken = brokenAssertionsOf(first);
  const problems = [...refusals, ...broken, ...(request.guards?.(first) ?? [])];
  if (problems.length > 0) return { ended: "refused", run: withoutSaid(first, [...refusals, ...broken]), problems };
  if (request.confirm && !(await request.confirm(first, view))) return { ended: "declined", run: first };
  if (request.lease === "none") {
    await aws.clock.sleep((request.consistencyDelay ?? 60) * 1000, request.signal);
    return runAgain(native, connection, environment, request, { first, isContinuing: false, isAlone: false });
  }
  return underLease(request.lease.me, (lease) => {
    const isAlone = view !== undefined && lease.isNextAfter(view);
    return runAgain(native, connection, environment, request, { first, isContinuing, isAlone });
  });
}

/** Whether another run has had the lock since `view`. */
async function isTaken(aws: Aws, owner: LeaseOwner, view: LeaseView): Promise<boolean> {
  const { number, version } = await readLease(aws, owner);
  return number !== view.number || version !== view.version;
}

/** What came before the lock was taken. */
interface Before {
  readonly first: PlanRun;
  /** Another run held the lock when the plan was made, or ended moments ago. */
  readonly isContinuing: boolean;
  /** Nobody else has held the lock since before the plan was made. */
  readonly isAlone: boolean;
}

async function runAgain(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  request: ApplyRequest,
  { first, isContinuing, isAlone }: Before,
): Promise<ApplyResult> {
  const owner = ownerOf(environment);
  const kinds = kindsFor(native, environment);
  const aws = withOutageTimeout(connection);
  const again = isAlone ? await lookAgain(native, aws.within({ signal: request.signal }), environment, first) : undefined;
  const run = again ?? (await planEnvironment(native, { ...connection, aws }, environment, { ...request, preflight: false }));
  const agreed = request.approval ?? (request.confirm ? approvalOf(first.plan) : undefined);
  const check = agreed && checkApproval(agreed, run.plan, request.commit);
  if (check && isChanged(check)) return { ended: "changed", run, check };
  const broken = brokenAssertionsOf(run);
  const problems = [...broken, ...(request.guards?.(run) ?? [])];
  if (problems.length > 0) return { ended: "refused", run: withoutSaid(run, broken), problems };
  const kindsUnknown = await keepKinds(aws, run, request.goal);
  // Before the first step: whatever stops a destroy, its last run leaves nothing behind.
  const unforgotten = request.lease !== "none" && request.goal === "destroy" ? await noted(deleteAppliedHistory(aws, owner)) : undefined;
  const { outcome, made, sources } = await carriedOut(kinds, aws, request, { run, isContinuing });
  const unremembered =
    request.lease === "none" || request.goal === "destroy"
      ? unforgotten
      : await noted(recordApplied(aws, owner, run.planned, outcome.done));
  if (request.goal === "destroy" && outcome.status === "done") await forgetKindsIfNoneIsLeft(kinds, aws, run);
  const contested = new Set(run.plan.contested?.map(({ address }) => address));
  const absent = request.approval && check ? check.absent.filter(({ address }) => !contested.has(address)) : [];
  return {
    ended: "ran",
    run,
    outcome,
    made,
    sources,
    alreadyDone: absent.filter((one) => isDone(one, run.planned)).map(({ address }) => address),
    notAskedFor: absent.filter((one) => !isDone(one, run.planned)).map(({ address }) => address),
    ...(unremembered ? { unremembered } : {}),
    ...(kindsUnknown ? { kindsUnknown } : {}),
  };
}

function withOutageTimeout({ aws }: Connection): Aws {
  return aws.within({ outageTimeout: applyOutageTimeout });
}

/** Runs a plan, and reads what came of it. */
async function carriedOut(
  kinds: readonly Kind[],
  aws: Aws,
  request: ApplyRequest,
  { run, isContinuing }: { readonly run: PlanRun; readonly isContinuing: boolean },
): Promise<Pick<Extract<ApplyResult, { ended: "ran" }>, "outcome" | "made" | "sources">> {
  const { planned, environment, observed, drivers } = run;
  const { signal, concurrency, timeouts } = request;
  let outcome: Outcome | undefined;
  const made = new Map<Address, string>();
  const input = { planned, environment, observed, aws, drivers, signal, concurrency, isContinuing, timeouts };
  for await (const event of applyPlan(input)) {
    if (event.type === "step-done" && event.id !== undefined) made.set(event.step.address, event.id);
    // The index of tags may lose sight of what was tagged again, too (a restart marks the machine, and whoever ends it takes the mark off);
    // a next run must not take it for missing.
    const wroteTags = event.type === "step-done" && (event.step.stage === "tags" || mayMark(kinds, event.step));
    const tagged = wroteTags ? observed.objects.get(event.step.address) : undefined;
    if (tagged) made.set(tagged.address, tagged.live.id);
    if (event.type === "finished") outcome = event.outcome;
    request.onEvent(event);
  }
  if (!outcome) throw new Error("the run ended without an outcome");
  const seen = outcome.status === "stopped" ? new Map<Address, Live>() : await waitUntilListed(kinds, drivers, aws, environment, made);
  return { outcome, made: seen, sources: await sourcesAfter(run, aws, request.goal, outcome, seen) };
}

/** The objects that `outputs:` name. Only what the run changed in place is read again: it may tell another value. */
async function sourcesAfter(
  { environment, observed, drivers }: PlanRun,
  aws: Aws,
  goal: Plan["goal"],
  outcome: Outcome,
  seen: ReadonlyMap<Address, Live>,
): Promise<ReadonlyMap<Address, Live>> {
  const addresses = goal === "destroy" ? [] : sourcesOf(environment.outputs ?? []);
  const changed = new Set(outcome.done.map(({ address }) => address));
  const found = addresses.map(async (address): Promise<readonly [Address, Live | undefined]> => {
    const was = observed.objects.get(address);
    if (seen.has(address) || !was || !changed.has(address) || outcome.status === "stopped")
      return [address, seen.get(address) ?? was?.live];
    const driver = await drivers.of(was.kind);
    return [address, (await driver.get(aws, [was.live.id], scopeOf(environment))).get(was.live.id)];
  });
  return new Map((await Promise.all(found)).flatMap(([address, live]) => (live ? [[address, live] as const] : [])));
}

/** Milliseconds after a run in which AWS may not show everywhere what it made. */
const freshFor = 600_000;

/** Whether the step is part of a change that marks the object while it is under way. */
function mayMark(kinds: readonly Kind[], { kind: name, action }: StepRef): boolean {
  if (action === "restart") return true;
  const kind = kinds.find((one) => one.name === name);
  return action === "update" && Object.values<FieldRule>(kind?.fields ?? {}).some(({ unfinished }) => unfinished !== undefined);
}

/** That it could not be written down keeps nothing from being done: it is told, and that is all. */
async function noted(writing: Promise<void>): Promise<string | undefined> {
  try {
    await writing;
    return undefined;
  } catch (error) {
    const why =
      error instanceof AwsError ? `${error.operation}: ${error.code}` : error instanceof LeaseLostError ? error.message : undefined;
    if (why === undefined) throw error;
    return `what was set could not be remembered: ${why}; whether others set it back will not be noticed`;
  }
}

function acquireOptions(request: ApplyRequest): Omit<AcquireOptions, "signal"> {
  const lease = request.lease === "none" ? undefined : request.lease;
  return {
    ...(lease?.isDead ? { isDead: lease.isDead } : {}),
    ...(lease?.waiting ? { waiting: lease.waiting } : {}),
    ...(lease?.fencing ? { fencing: lease.fencing } : {}),
    ...(lease?.recovering ? { recovering: lease.recovering } : {}),
    ...(request.consistencyDelay !== undefined ? { consistencyDelay: request.consistencyDelay } : {}),
  };
}

function isChanged(check: ApprovalCheck): boolean {
  return check.mismatch !== undefined || check.unexpected.length > 0;
}
