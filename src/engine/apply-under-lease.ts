/** Plans, asks, takes the lease, plans again and runs. */
import { deleteAppliedHistory, recordApplied } from "../apply/applied-history.ts";
import { applyPlan } from "../apply/apply.ts";
import type { Outcome, StepRef } from "../apply/events.ts";
import { forgetKindsIfNoneIsLeft, keepKinds } from "../apply/keep-kinds.ts";
import {
  acquireLease,
  type AcquireOptions,
  FrozenError,
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
  try {
    return await planAndApply(native, connection, environment, asked);
  } catch (error) {
    if (error instanceof FrozenError) return { ended: "frozen", frozen: error.frozen };
    throw error;
  }
}

async function planAndApply(
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
  if (view?.frozen) throw new FrozenError(view.frozen);
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
    const { unread, ...after } = await carriedOut(kinds, withOutageTimeout(connection), request, { run, isContinuing });
    return { ended: "ran", run: first, ...after, alreadyDone: [], notAskedFor: [], notes: unread === undefined ? [] : [unread] };
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
    return planAndApply(native, connection, environment, asked);
  }
  const broken = brokenAssertionsOf(first);
  const problems = [...refusals, ...broken, ...(request.guards?.(first) ?? [])];
  if (problems.length > 0) return { ended: "refused", run: withoutSaid(first, [...refusals, ...broken]), problems };
  if (request.confirm && !(await request.confirm(first, view))) return { ended: "declined", run: first };
  if (request.lease === "none") {
    await aws.clock.sleep((request.consistencyDelay ?? 60) * 1000, request.signal);
    return runAgain(native, connection, environment, request, { first, isContinuing: false, isAlone: false, lease: undefined });
  }
  return underLease(request.lease.me, (lease) => {
    const isAlone = view !== undefined && lease.isNextAfter(view);
    return runAgain(native, connection, environment, request, { first, isContinuing, isAlone, lease });
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
  /** Undefined with `--no-lock`. */
  readonly lease: Lease | undefined;
}

async function runAgain(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  request: ApplyRequest,
  { first, isContinuing, isAlone, lease }: Before,
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
  const unforgotten =
    request.lease !== "none" && request.goal === "destroy" ? await unremembered(deleteAppliedHistory(aws, owner)) : undefined;
  lease?.begin();
  const { outcome, ...after } = await carriedOut(kinds, aws, request, { run, isContinuing });
  const notes = [
    request.lease === "none" || request.goal === "destroy"
      ? unforgotten
      : await unremembered(recordApplied(aws, owner, run.planned, outcome.done)),
    after.unread,
    request.goal === "destroy" && outcome.status === "done" ? await unlooked(forgetKindsIfNoneIsLeft(kinds, aws, run)) : undefined,
    kindsUnknown,
  ];
  const contested = new Set(run.plan.contested?.map(({ address }) => address));
  const absent = request.approval && check ? check.absent.filter(({ address }) => !contested.has(address)) : [];
  return {
    ended: "ran",
    run,
    outcome,
    made: after.made,
    sources: after.sources,
    alreadyDone: absent.filter((one) => isDone(one, run.planned)).map(({ address }) => address),
    notAskedFor: absent.filter((one) => !isDone(one, run.planned)).map(({ address }) => address),
    notes: notes.filter((note) => note !== undefined),
  };
}

function withOutageTimeout({ aws }: Connection): Aws {
  return aws.within({ outageTimeout: applyOutageTimeout });
}

interface CarriedOut {
  readonly outcome: Outcome;
  /** The objects that the run made, as AWS lists them. */
  readonly made: ReadonlyMap<Address, Live>;
  readonly sources: ReadonlyMap<Address, Live>;
  /** Why the objects could not be read after the last step. */
  readonly unread?: string;
}

/** Runs a plan, and reads the objects that it made and those that `outputs:` name. A refused read does not hide how the run ended. */
async function carriedOut(
  kinds: readonly Kind[],
  aws: Aws,
  request: ApplyRequest,
  { run, isContinuing }: { readonly run: PlanRun; readonly isContinuing: boolean },
): Promise<CarriedOut> {
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
  try {
    const listed = outcome.status !== "stopped" && (await waitUntilListed(kinds, drivers, aws, environment, made, signal));
    const seen = listed || new Map<Address, Live>();
    return { outcome, made: seen, sources: await sourcesAfter(run, aws, request.goal, outcome, seen) };
  } catch (error) {
    const unread = `the objects could not be read after the last step: ${causeOf(error)}; outputs are missing here, \`infra output\` shows them`;
    return { outcome, made: new Map(), sources: new Map(), unread };
  }
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

/** The run is over, or can go on, without this record: why it was not written becomes a note. */
async function unremembered(writing: Promise<void>): Promise<string | undefined> {
  const cause = await causeOfFailure(writing);
  return cause && `the values that this run set could not be saved: ${cause}; later plans do not notice if others change them back`;
}

/** The list of kinds that the environment has had stays, at the price of a few reads. */
async function unlooked(forgetting: Promise<void>): Promise<string | undefined> {
  const cause = await causeOfFailure(forgetting);
  return cause && `whether anything is left could not be looked at: ${cause}; run the destroy again`;
}

async function causeOfFailure(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return causeOf(error);
  }
}

/** In AWS's words, or the lock's; a bug is thrown again. */
function causeOf(error: unknown): string {
  if (error instanceof AwsError) return `${error.operation}: ${error.code}`;
  if (error instanceof LeaseLostError) return error.message;
  throw error;
}

function acquireOptions(request: ApplyRequest): Omit<AcquireOptions, "signal"> {
  const lease = request.lease === "none" ? undefined : request.lease;
  return {
    ...(lease?.isDead ? { isDead: lease.isDead } : {}),
    ...(lease?.waiting ? { waiting: lease.waiting } : {}),
    ...(lease?.fencing ? { fencing: lease.fencing } : {}),
    ...(lease?.recovering ? { recovering: lease.recovering } : {}),
    ...(lease?.holding ? { holding: lease.holding } : {}),
    ...(lease?.follow ? { follow: lease.follow } : {}),
    ...(request.consistencyDelay !== undefined ? { consistencyDelay: request.consistencyDelay } : {}),
  };
}

function isChanged(check: ApprovalCheck): boolean {
  return check.mismatch !== undefined || check.unexpected.length > 0;
}
