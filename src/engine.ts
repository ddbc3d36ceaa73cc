/** The engine as the command line and the tests use it: plan, apply, look. */
import { applyPlan } from "./apply/apply.ts";
import type { ApplyEvent, Outcome, StepRef } from "./apply/events.ts";
import { preflight, type PreflightFinding } from "./apply/preflight.ts";
import {
  acquireLease,
  LeaseLostError,
  readLease,
  type AcquireOptions,
  type Frozen,
  type LeaseOwner,
  type LeaseView,
  type Me,
} from "./apply/lease.ts";
import { deleteAppliedHistory, readAppliedHistory, recordApplied } from "./apply/applied-history.ts";
import { forgetKindsIfNoneIsLeft, keepKinds } from "./apply/keep-kinds.ts";
import { formerTypes, readKnownKinds, readKnownKindsWith } from "./apply/known-kinds.ts";
import { waitUntilListed } from "./apply/read-after-write.ts";
import type { Aws } from "./aws/aws.ts";
import type { Connection } from "./aws/connect.ts";
import { AwsError } from "./aws/errors.ts";
import { kindsFor, type Environment } from "./config/environment.ts";
import { sourcesOf } from "./config/outputs.ts";
import type { Diagnostic } from "./diag/diagnostic.ts";
import type { Address, AwsId, FieldRule, Kind, Live, NetworkPart } from "./kinds/kind.ts";
import { liveEnvironments } from "./observe/environments.ts";
import { Drivers, observe, scopeOf } from "./observe/observe.ts";
import { noForeignFacts, readForeign, type ForeignFacts } from "./observe/foreign.ts";
import { idsOf } from "./resource/ownership-check.ts";
import { resolve, type Resolved } from "./observe/resolve.ts";
import { foreignDependentsOf } from "./observe/foreign-dependents.ts";
import { approvalOf, checkApproval, type Approval, type ApprovalCheck } from "./plan/approval.ts";
import type { AppliedHistory } from "./plan/flapping.ts";
import { imageParameters } from "./plan/iam-needs.ts";
import { makePlan, type Planned } from "./plan/make-plan.ts";
import type { AssertionsHeld } from "./plan/reach.ts";
import type { StepCheck } from "./plan/meanwhile.ts";
import type { Observed } from "./plan/observed.ts";
import type { AssertionVerdict, Note, Plan, ReachChanges } from "./plan/plan.ts";

export interface PlanOptions {
  readonly goal: Plan["goal"];
  readonly targets?: readonly Address[] | undefined;
  /** Only what is still to be adopted of these. */
  readonly adopting?: readonly Address[] | undefined;
  /** Also look for what is nobody's inside our networks: for drift, at a call a kind. */
  readonly unmanaged?: boolean | undefined;
  /** Where no apply has written down which kinds the environment has had, it is taken for new: what is declared and what the index of tags shows is read. */
  readonly isNew?: true;
  /** Ids of CloudFormation stacks whose objects are taken for nobody's: an import proves what is to be adopted when they are deleted. */
  readonly gone?: ReadonlySet<string> | undefined;
  /** Names of environments that have YAML: what else lives under the project may be this one's old name. */
  readonly known?: readonly string[] | undefined;
  /** Also warn of what AWS would refuse of the new objects, as far as a few reads tell. */
  readonly preflight?: boolean | undefined;
  /** What AWS would refuse and is tried all the same, as CODE@ADDRESS. */
  readonly ignorePreflight?: readonly string[] | undefined;
  /** Also set what others have set back time and again. */
  readonly repairContested?: boolean | undefined;
  /** How many steps may be taken to compute who reaches whom; a bound for all that is computed of one network when absent. */
  readonly reachSteps?: number | undefined;
  /** Gives up reading at once. */
  readonly signal?: AbortSignal | undefined;
}

/** A plan, with what it was made from: what `apply` needs to run it. */
export interface PlanRun {
  readonly plan: Plan;
  /** Errors among them stop their own addresses only. */
  readonly diagnostics: readonly Diagnostic[];
  /** What AWS would refuse of it, where that was looked for. */
  readonly found: readonly PreflightFinding[];
  readonly planned: Planned;
  readonly environment: Environment;
  readonly observed: Observed;
  readonly drivers: Drivers;
}

/** Reads AWS and compares. Makes no call that writes. Throws AwsError when a read fails; whatever else is being read is given up then. */
export async function planEnvironment(
  kinds: readonly Kind[],
  { aws }: Pick<Connection, "aws">,
  environment: Environment,
  options: PlanOptions,
): Promise<PlanRun> {
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  try {
    return await readAndCompare(kinds, aws.within({ signal }), environment, options);
  } catch (error) {
    giveUp.abort(error);
    throw error;
  }
}

async function readAndCompare(native: readonly Kind[], aws: Aws, environment: Environment, options: PlanOptions): Promise<PlanRun> {
  const kinds = kindsFor(native, environment);
  const drivers = new Drivers(aws);
  const declared = options.goal === "destroy" ? { ...environment, nodes: [] } : environment;
  const images = new Set(imageParameters(kinds, declared));
  const { known: written, parametersOf } = options.unmanaged ? allOfAll : readKnownKindsWith(aws, ownerOf(environment), [...images]);
  const known = options.isNew ? written?.then((had) => ("unknown" in had ? new Set<string>() : had)) : written;
  const former = formerTypes(environment, known ?? readKnownKinds(aws, ownerOf(environment)));
  former.catch(() => undefined); // observe tells of it, unless another read has failed before
  const resolving = resolve(kinds, drivers, aws, declared, parametersOf);
  const [observed, resolved] = await Promise.all([
    observe(kinds, drivers, aws, declared, { known, former, file: environment, resolved: resolving, gone: options.gone }),
    resolving,
  ]);
  const { goal, targets, adopting } = options;
  const input = { environment, goal, observed, ...resolved, targets, adopting };
  const first = makePlan(input);
  const memory = options.repairContested ? { appliedHistory: nothingSet, notes: [] } : await memoryFor(aws, environment, first);
  const draft = memory.appliedHistory.size > 0 ? makePlan({ ...input, appliedHistory: memory.appliedHistory }) : first;
  const inTheWay = await foreignDependentsOf(aws, drivers, draft.decisions.values(), observed);
  const isFree = inTheWay.users.size + inTheWay.standing.size === 0;
  const arranged = isFree ? draft : makePlan({ ...input, appliedHistory: memory.appliedHistory, ...inTheWay });
  const foreign = await foreignFor(kinds, drivers, aws, { environment, goal, arranged, resolved, observed });
  const around = { foreign: foreign.parts, steps: options.reachSteps };
  const meanwhile = await meanwhileOf(kinds, environment, arranged, observed, around);
  const planned = meanwhile ? { ...arranged, work: meanwhile.work } : arranged;
  const extra = planned.plan.isNew ? await namesakes(aws, environment, options.known ?? []) : [];
  const refusals = [...resolved.diagnostics, ...planned.diagnostics].filter(({ severity }) => severity === "error").length;
  const appliedHistory = options.repairContested ? { repairsContested: true as const } : {};
  const plan = {
    ...planned.plan,
    ...appliedHistory,
    ...(refusals > 0 ? { refusals } : {}),
    notes: [...planned.plan.notes, ...(meanwhile?.notes ?? []), ...memory.notes, ...extra],
  };
  plan.notes.push(...foreign.unread.map((text): Note => ({ code: "not-looked-at", text: `not looked at for who reaches whom: ${text}` })));
  const reach = await reachOf(kinds, environment, planned, observed, around);
  if (reach === "too-large")
    plan.notes.push({
      code: "not-looked-at",
      text: "what this plan opens and closes was not computed, because the estate is too large; `infra reach ENV FROM TO` answers single questions",
    });
  if (options.unmanaged) plan.notes.push(...(await unmanagedIn(kinds, drivers, aws, observed)));
  // What may not be read could open something, or close it: nothing that is asserted is certain then.
  const unread = foreign.unread.map((what): NetworkPart => ({ is: "blind", id: what, what, lets: "either" }));
  const withUnread = { ...around, foreign: [...foreign.parts, ...unread] };
  const held = await heldAssertions(kinds, environment, planned, observed, options, withUnread);
  const diagnostics = [...resolved.diagnostics, ...planned.diagnostics, ...(held?.diagnostics ?? []), ...(meanwhile?.diagnostics ?? [])];
  const found: PreflightFinding[] = [];
  if (options.preflight) {
    const report = await preflight({ kinds, aws, environment, planned, observed, drivers }, false);
    found.push(...report.problems);
    diagnostics.push(...report.problems.map((one) => diagnosticOf(one, options.ignorePreflight)));
    plan.notes.push(...report.unchecked.map((text): Note => ({ code: "not-looked-at", text: `not looked at: ${text}` })));
  }
  const whole = {
    ...plan,
    ...(typeof reach === "object" ? { reach } : {}),
    ...(held ? { assertions: verdictsOf(held, meanwhile) } : {}),
  };
  return { plan: whole, diagnostics, found, planned, environment, observed, drivers };
}

/** At the end, and at every step where that is asked for and there are steps. */
function verdictsOf({ verdicts }: AssertionsHeld, meanwhile: StepCheck | undefined): readonly AssertionVerdict[] {
  return verdicts.map((one) => {
    const between = meanwhile?.verdicts.get(one.name);
    return between === undefined ? one : { ...one, meanwhile: between };
  });
}

/** What is there besides ours, and how much may be computed. */
interface ReachAround {
  readonly foreign: readonly NetworkPart[];
  readonly steps: number | undefined;
}

/** Objects of others are read only where something is to be said of who reaches whom, and ours refer to them. */
async function foreignFor(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  of: {
    readonly environment: Environment;
    readonly goal: Plan["goal"];
    readonly arranged: Planned;
    readonly resolved: Pick<Resolved, "declared">;
    readonly observed: Observed;
  },
): Promise<ForeignFacts> {
  const { environment, goal, arranged, resolved, observed } = of;
  const isAsked = environment.assertions !== undefined || arranged.plan.steps.some(({ action }) => action !== "keep" && action !== "retag");
  if (goal !== "agree" || !isAsked) return noForeignFacts;
  const asked = [
    ...[...resolved.declared.values()].map(({ kind, resolved: spec }) => ({ kind, spec })),
    ...[...observed.objects.values()].map(({ kind, linked }) => ({ kind, spec: linked })),
  ];
  // What nobody declared counts for what is asserted; for what a change opens it is the same before and after.
  return readForeign(kinds, drivers, aws, asked, observed, environment.region, environment.assertions === undefined ? "as-made" : "read");
}

/** In what the plan aims at; for drift in what AWS has. The file alone was looked at when it was loaded. */
async function heldAssertions(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Planned,
  observed: Observed,
  { goal, unmanaged }: PlanOptions,
  { foreign, steps }: ReachAround,
): Promise<AssertionsHeld | undefined> {
  if (goal !== "agree" || environment.assertions === undefined) return undefined;
  const { assertionsBroken } = await import("./plan/reach.ts");
  return assertionsBroken(kinds, environment, planned, observed, unmanaged ? "live" : "plan", foreign, steps);
}

/** Undefined: nothing is asserted of what happens in between. */
async function meanwhileOf(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Planned,
  observed: Observed,
  { foreign, steps }: ReachAround,
): Promise<StepCheck | undefined> {
  const isAsked = environment.assertions?.some(({ always }) => always) === true;
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0 || !isAsked) return undefined;
  const { checkMeanwhile } = await import("./plan/meanwhile.ts");
  return checkMeanwhile(kinds, environment, planned, observed, foreign, steps);
}

/** A plan without changes has nothing to load for it. */
async function reachOf(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Planned,
  observed: Observed,
  { foreign, steps }: ReachAround,
): Promise<ReachChanges | "too-large" | undefined> {
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0) return undefined;
  const { reachChanges } = await import("./plan/reach.ts");
  return reachChanges(kinds, environment, planned, observed, foreign, steps);
}

/** What a stranger has already is an error of the plan; what may be there by the time of the apply is a warning, at which the apply stops. */
function diagnosticOf(found: PreflightFinding, ignored: readonly string[] = []): Diagnostic {
  const { code, address, text, at } = found;
  const summary = `${address}: ${text}.`;
  if (ignored.includes(nameOf(found)))
    return { code, severity: "warning", at, summary, hint: "AWS will reject this. Fix it before you apply" };
  const severity = code === "slot-taken" ? "error" : "warning";
  return { code, severity, at, summary, hint: "AWS will reject this. Fix it before you apply" };
}

/** A run whose diagnostics do not say again what is said as the reason why it does not begin. */
function withoutSaid(run: PlanRun, said: readonly Diagnostic[]): PlanRun {
  const isSaid = (one: Diagnostic) => said.some(({ code, summary }) => code === one.code && summary === one.summary);
  return { ...run, diagnostics: run.diagnostics.filter((one) => !isSaid(one)) };
}

/** How `--ignore-preflight` names it. */
function nameOf({ code, address }: PreflightFinding): string {
  return `${code}@${address}`;
}

/** Why an apply does not begin: AWS is known to refuse a step of it, and nobody said to try all the same. */
function knownRefusals({ found }: PlanRun, { ignorePreflight = [] }: ApplyRequest): Diagnostic[] {
  const refusals = found.filter((one) => !ignorePreflight.includes(nameOf(one)));
  return refusals.map((one) => ({
    ...diagnosticOf(one),
    severity: "error",
    hint: `AWS will reject this, so nothing was written. Fix it first; --ignore-preflight ${nameOf(one)} tries it all the same`,
  }));
}

/** Why an apply does not begin: an assertion of the file would not hold, at its end or in between. Whoever approved the plan did not see that. */
function brokenAssertionsOf({ diagnostics }: PlanRun): readonly Diagnostic[] {
  const isAboutAssertion = (code: string) => code === "assert-violated" || code === "assert-unknown" || code === "assert-broken-meanwhile";
  return diagnostics.filter(({ code, severity }) => severity === "error" && isAboutAssertion(code));
}

/** Nothing narrows what is read: drift lists every kind in full. */
const allOfAll = { known: undefined, parametersOf: undefined };

const nothingSet: AppliedHistory = new Map();

/** What was set before matters only to a plan that would set something, and is looked at only then. */
async function memoryFor(
  aws: Aws,
  environment: Environment,
  { plan }: Planned,
): Promise<{ appliedHistory: AppliedHistory; notes: readonly Note[] }> {
  if (!plan.steps.some(({ action }) => action === "update" || action === "restart")) return { appliedHistory: nothingSet, notes: [] };
  try {
    return { appliedHistory: await readAppliedHistory(aws, ownerOf(environment)), notes: [] };
  } catch (error) {
    if (!(error instanceof AwsError) || error.class !== "auth") throw error;
    const text = `not looked at: which fields are contested: ${error.operation} was denied (${error.code})`;
    return { appliedHistory: nothingSet, notes: [{ code: "not-looked-at", text }] };
  }
}

function ownerOf({ project, name }: Environment): LeaseOwner {
  return { project, environment: name };
}

/** What stands in our networks without being in the YAML, or anybody's that we know of. */
async function unmanagedIn(kinds: readonly Kind[], drivers: Drivers, aws: Aws, observed: Observed): Promise<Note[]> {
  const ours = new Map<string, Set<AwsId>>();
  const known = new Map<string, Set<AwsId>>();
  for (const { kind, live } of [...observed.objects.values(), ...observed.leftovers]) {
    ours.set(kind.name, (ours.get(kind.name) ?? new Set()).add(live.id));
    known.set(kind.name, new Set([...(known.get(kind.name) ?? []), ...idsOf(live)]));
  }
  const found = await Promise.all(
    kinds.map(async (kind): Promise<Note[]> => {
      const driver = await drivers.of(kind);
      try {
        const members = (await driver.within?.(aws, ours)) ?? [];
        const unmanaged = members.filter(({ id, isMadeByService }) => !isMadeByService && !known.get(kind.name)?.has(id));
        return unmanaged.map(({ id, what }) => ({ code: "stranger", id, text: `${id} (${what}) is not in the YAML; it is left alone` }));
      } catch (error) {
        if (!(error instanceof AwsError) || error.class !== "auth") throw error;
        const text = `others' ${kind.section} in these networks were not looked for: ${error.operation} was denied (${error.code})`;
        return [{ code: "not-looked-at", text }];
      }
    }),
  );
  return found.flat();
}

/** A plan that would create everything may be an old environment under a new name. */
async function namesakes(aws: Aws, environment: Environment, known: readonly string[]): Promise<Note[]> {
  try {
    const live = await liveEnvironments(aws, environment.project);
    const others = [...live].filter(([name]) => name !== environment.name && !known.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (others.length === 0) return [];
    const names = others.map(([name, objects]) => `${name} (${objects} objects)`).join(", ");
    return [
      {
        code: "live-without-yaml",
        text: `project ${environment.project} has live environments without YAML here: ${names}; was this one renamed?`,
        at: environment.at,
      },
    ];
  } catch (error) {
    if (!(error instanceof AwsError) || error.class !== "auth") throw error;
    return [
      {
        code: "not-looked-at",
        text: `other environments of the project were not looked for: ${error.operation} was denied (${error.code})`,
      },
    ];
  }
}

/** Runs a plan as it stands, without a lease; the last event is "finished". For tests and for plans that somebody else guards. */
export function applyEnvironment(
  connection: Connection,
  run: PlanRun,
  options: { readonly signal: AbortSignal; readonly concurrency?: number | undefined },
): AsyncGenerator<ApplyEvent> {
  const { planned, environment, observed, drivers } = run;
  return applyPlan({
    planned,
    environment,
    observed,
    drivers,
    aws: connection.aws.within({ outageTimeout: applyOutageTimeout }),
    signal: options.signal,
    concurrency: options.concurrency,
  });
}

export interface ApplyRequest extends PlanOptions {
  /** Until the first step it gives up what is being read; from then on nothing new is started, and what is under way is finished. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: ApplyEvent) => void;
  /** Shown the plan before anything is written; false ends the apply. What is run is then no more than what was shown. Absent: whatever agreement takes. */
  readonly confirm?: (run: PlanRun, lease: LeaseView | undefined) => Promise<boolean>;
  /** Problems that forbid running a plan though it could be run; asked of the plan that was shown and of the one that is run. */
  readonly guards?: (run: PlanRun) => readonly Diagnostic[];
  /** Only what was approved may run. */
  readonly approval?: Approval | undefined;
  readonly commit?: string | undefined;
  readonly concurrency?: number | undefined;
  /** Seconds for which all of a kind is waited for, by the kind's name. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** "none" must be typed by the user: the run then waits a minute, in place of what a lease would have told. */
  readonly lease:
    | "none"
    | {
        readonly me: Me;
        readonly isDead?: AcquireOptions["isDead"];
        readonly waiting?: AcquireOptions["waiting"];
        readonly fencing?: AcquireOptions["fencing"];
        readonly recovering?: AcquireOptions["recovering"];
      };
  /** Seconds until AWS's tag index shows what a dead run may have made; 60 when absent. */
  readonly settle?: number | undefined;
}

export type ApplyResult =
  | { readonly ended: "nothing-to-do" | "declined"; readonly run: PlanRun }
  | { readonly ended: "frozen"; readonly frozen: Frozen }
  | { readonly ended: "braked"; readonly run: PlanRun; readonly problems: readonly Diagnostic[] }
  /** What would be done is not, or no longer, what was approved or confirmed. */
  | { readonly ended: "changed"; readonly run: PlanRun; readonly check: ApprovalCheck }
  | {
      readonly ended: "ran";
      readonly run: PlanRun;
      readonly outcome: Outcome;
      /** What the run made, as AWS lists it at the end. */
      readonly made: ReadonlyMap<Address, Live>;
      /** The objects that `outputs:` name, as AWS shows them after the run. */
      readonly sources: ReadonlyMap<Address, Live>;
      readonly alreadyDone: readonly string[];
      readonly unremembered?: string;
      /** Why the kinds of the environment are not written down. */
      readonly kindsUnknown?: string;
    };

/**
 * Looks at the lease, plans, asks; then takes the lease, reads again, holds the two plans against each other, runs,
 * waits until our own lists show what was made, and gives the lease back. Nothing to do: done without a write.
 */
export async function applyUnderLease(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  asked: ApplyRequest,
): Promise<ApplyResult> {
  const kinds = kindsFor(native, environment);
  const request = asked.approval?.repairsContested ? { ...asked, repairContested: true } : asked;
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
  const underLease = async <T>(me: Me, action: () => Promise<T>): Promise<T> => {
    const lease = await acquireLease(aws, owner, me, { signal: request.signal, ...acquireOptions(request) });
    connection.fence(lease.check);
    try {
      return await action();
    } finally {
      connection.fence(undefined);
      await lease.release();
    }
  };
  if (!first.plan.steps.some((step) => step.action !== "keep")) {
    // A destroy that died in its last reads has left the list of kinds behind.
    if (request.goal === "destroy" && request.lease !== "none" && first.observed.reads?.known)
      await underLease(request.lease.me, () => forgetKindsIfNoneIsLeft(kinds, aws, first));
    return { ended: "nothing-to-do", run: first };
  }
  const refusals = knownRefusals(first, request);
  const broken = brokenAssertionsOf(first);
  const problems = [...refusals, ...broken, ...(request.guards?.(first) ?? [])];
  if (problems.length > 0) return { ended: "braked", run: withoutSaid(first, [...refusals, ...broken]), problems };
  if (request.confirm && !(await request.confirm(first, view))) return { ended: "declined", run: first };
  if (request.lease === "none") {
    await aws.clock.sleep((request.settle ?? 60) * 1000, request.signal);
    return runAgain(native, connection, environment, request, first, false);
  }
  return underLease(request.lease.me, () => runAgain(native, connection, environment, request, first, isContinuing));
}

async function runAgain(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  request: ApplyRequest,
  first: PlanRun,
  isContinuing: boolean,
): Promise<ApplyResult> {
  const owner = ownerOf(environment);
  const kinds = kindsFor(native, environment);
  const aws = connection.aws.within({ outageTimeout: applyOutageTimeout });
  const run = await planEnvironment(native, { ...connection, aws }, environment, { ...request, preflight: false });
  const agreed = request.approval ?? (request.confirm ? approvalOf(first.plan) : undefined);
  const check = agreed && checkApproval(agreed, run.plan, request.commit);
  if (check && isChanged(check)) return { ended: "changed", run, check };
  const broken = brokenAssertionsOf(run);
  const problems = [...broken, ...(request.guards?.(run) ?? [])];
  if (problems.length > 0) return { ended: "braked", run: withoutSaid(run, broken), problems };
  const kindsUnknown = await keepKinds(aws, run, request.goal);
  // Before the first step: whatever stops a destroy, its last run leaves nothing behind.
  const unforgotten = request.lease !== "none" && request.goal === "destroy" ? await noted(deleteAppliedHistory(aws, owner)) : undefined;
  let outcome: Outcome | undefined;
  const input = {
    planned: run.planned,
    environment,
    observed: run.observed,
    aws,
    drivers: run.drivers,
    signal: request.signal,
    concurrency: request.concurrency,
    isContinuing,
    timeouts: request.timeouts,
  };
  const made = new Map<Address, string>();
  for await (const event of applyPlan(input)) {
    if (event.type === "step-done" && event.id !== undefined) made.set(event.step.address, event.id);
    // The index of tags may lose sight of what was tagged anew, too (a restart marks the machine, and whoever ends it takes the mark off);
    // a next run must not take it for missing.
    const wroteTags = event.type === "step-done" && (event.step.stage === "tags" || mayMark(kinds, event.step));
    const tagged = wroteTags ? run.observed.objects.get(event.step.address) : undefined;
    if (tagged) made.set(tagged.address, tagged.live.id);
    if (event.type === "finished") outcome = event.outcome;
    request.onEvent(event);
  }
  if (!outcome) throw new Error("the run ended without an outcome");
  const seen = outcome.status === "stopped" ? new Map<Address, Live>() : await waitUntilListed(kinds, run.drivers, aws, environment, made);
  const sources = await sourcesAfter(run, aws, request.goal, outcome, seen);
  const unremembered =
    request.lease === "none" || request.goal === "destroy"
      ? unforgotten
      : await noted(recordApplied(aws, owner, run.planned, outcome.done));
  if (request.goal === "destroy" && outcome.status === "done") await forgetKindsIfNoneIsLeft(kinds, aws, run);
  const contested = new Set(run.plan.contested?.map(({ address }) => address));
  const done = request.approval && check ? check.done.filter(({ address }) => !contested.has(address)) : [];
  return {
    ended: "ran",
    run,
    outcome,
    made: seen,
    sources,
    alreadyDone: done.map(({ address }) => address),
    ...(unremembered ? { unremembered } : {}),
    ...(kindsUnknown ? { kindsUnknown } : {}),
  };
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

/** Milliseconds for which an apply waits out an outage: what is under way in AWS goes on meanwhile. */
const applyOutageTimeout = 600_000;

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
    ...(request.settle !== undefined ? { settle: request.settle } : {}),
  };
}

function isChanged(check: ApprovalCheck): boolean {
  return check.mismatch !== undefined || check.unexpected.length > 0;
}
