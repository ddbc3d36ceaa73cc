import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { hasChanged, type Outcome } from "../apply/events.ts";
import type { Frozen, LeaseRecord, LeaseView, Me } from "../apply/lease.ts";
import type { Environment } from "../config/environment.ts";
import { outputValues } from "../config/outputs.ts";
import { DiagnosticError, type Diagnostic } from "../diag/diagnostic.ts";
import { applyUnderLease, type ApplyRequest, type ApplyResult, type PlanRun } from "../engine.ts";
import { kinds } from "../kinds/index.ts";
import type { Address, Live } from "../kinds/kind.ts";
import { outputOf } from "../resource/late.ts";
import { type Approval, isDone } from "../plan/approval.ts";
import type { Output } from "../render/apply-summary.ts";
import { duration, listed } from "../render/layout.ts";
import { planText, stepsText } from "../render/plan-text.ts";
import { countSteps } from "../render/summary.ts";
import { textOptions, type Context } from "./context.ts";
import { knownEnvironments } from "./environment.ts";
import { exit, exitOfOutcome, type ExitCode } from "./exit.ts";
import { annotate, folded, setOutputs } from "./github.ts";
import { commitOf, refuseStaleCommit } from "./stale-commit.ts";
import { printDiagnostics } from "./report-error.ts";
import { reportOutcome } from "./report-outcome.ts";
import { stale } from "./saved-plan.ts";
import { printFooter, type Session } from "./session.ts";
import { Interrupted } from "./signals.ts";
import { Watcher } from "./watcher.ts";

export interface RunOptions {
  readonly goal: "agree" | "destroy";
  readonly targets?: readonly string[] | undefined;
  /** Only the adoption of these. */
  readonly adopting?: readonly string[] | undefined;
  readonly approval?: Approval | undefined;
  readonly withoutLease: boolean;
  /** What AWS would refuse and is tried all the same, as CODE@ADDRESS. */
  readonly ignorePreflight?: readonly string[] | undefined;
  /** Whether fields are set that others have set back time and again. */
  readonly repairContested?: boolean | undefined;
  /** Whether an ancestor of the commit that was applied last may be applied. */
  readonly mayGoBack: boolean;
  /** Asked once the plan has been shown. */
  mayRun(run: PlanRun): Promise<boolean>;
  /** Why a plan must not run though nothing is wrong with it. */
  guards(run: PlanRun): readonly Diagnostic[];
  /** Seconds for which all of a kind is waited for, by the kind's name. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** The command that goes on from where this one ends. */
  readonly again: string;
}

/** Plans, shows, asks, runs under the lease, and reports what came of it. */
export async function runApply(context: Context, session: Session, environment: Environment, options: RunOptions): Promise<ExitCode> {
  const watcher = new Watcher(context, session);
  const { goal, targets, approval } = options;
  const request: ApplyRequest = {
    goal,
    targets,
    adopting: options.adopting,
    known: knownEnvironments(context),
    preflight: true,
    repairContested: options.repairContested,
    ignorePreflight: options.ignorePreflight,
    approval,
    commit: commitOf(context),
    signal: context.signals.stop,
    timeouts: options.timeouts,
    onEvent: (event) => watcher.take(event),
    guards: options.guards,
    onlyWaits: (run) => {
      showPlan(context, run);
      watcher.isBegun = true;
    },
    confirm: async (run, lease) => {
      showPlan(context, run, lease);
      if (!options.mayGoBack) await refuseStaleCommit(context, lease);
      const isAgreed = await options.mayRun(run);
      if (context.signals.received !== undefined) throw new Interrupted(context.signals.received);
      watcher.isBegun = watcher.isLocked = isAgreed;
      return isAgreed;
    },
    lease: options.withoutLease
      ? "none"
      : {
          me: meOf(context, session),
          isDead: isDeadHere,
          waiting: (record, seconds) => watcher.say(waitingText(record, seconds)),
          fencing: (before, seconds) => watcher.waitFor(fencingText(before, seconds), seconds),
          recovering: (before, seconds) => watcher.waitFor(recoveringText(before, seconds), seconds),
        },
    consistencyDelay: consistencyDelay(context.io.env),
  };
  const work = applyUnderLease(kinds, session.connection, environment, request);
  try {
    return await finish(context, session, await stoppableUntilAgreed(context, watcher, work, options.again), {
      again: options.again,
      name: environment.name,
    });
  } finally {
    watcher.end();
  }
}

/** Endpoints whose lists show at once what was made need no wait for a tag index after a run that died: INFRA_SETTLE_SECONDS=0. */
function consistencyDelay(env: Context["io"]["env"]): number | undefined {
  const seconds = Number(env["INFRA_SETTLE_SECONDS"] || Number.NaN);
  return seconds >= 0 ? seconds : undefined;
}

/** The plan goes to stderr: what an apply answers with is what came of it. Problems stand above it, as `infra plan` prints them. */
function showPlan(context: Context, run: PlanRun, lease?: LeaseView): void {
  const { io } = context;
  const { plan } = run;
  printDiagnostics(run.diagnostics, io);
  io.stderr.write(`\n${folded(context, `Plan of ${plan.project}/${plan.environment}`, planText(plan, textOptions(context, io.stderr)))}\n`);
  annotate(context, run.diagnostics);
  if (lease?.record?.state === "held") io.stderr.write(`note: ${holderText(lease.record)}\n`);
}

function holderText(record: LeaseRecord): string {
  return isDeadHere(record)
    ? `the previous run (${record.run}) was killed on this machine; this one continues where it ended`
    : `${record.who} is applying this environment (run ${record.run}, since ${record.since})`;
}

/** Until the plan is agreed to, nothing is written and no lock is held: a signal may end it on the spot. From then on it is given the time to end in order. */
function stoppableUntilAgreed<T>(context: Context, watcher: Watcher, work: Promise<T>, again: string): Promise<T> {
  const agreed = new Promise<never>((_resolve, reject) => {
    context.signals.onFirst((signal) => {
      if (!watcher.isBegun) reject(new Interrupted(signal));
      else if (watcher.isLocked) {
        watcher.say("Stopping after the running steps. Press Ctrl-C again to stop immediately (the lock then stays until you run again).");
        context.signals.lastWords = `Stopped immediately; steps may be half done, and the lock is still held. Run \`${again}\` to continue: it waits a minute first.`;
      }
    });
  });
  agreed.catch(() => {}); // a signal that comes when the work has ended
  return Promise.race([work, agreed]);
}

const nothingDone: Outcome = { status: "done", done: [], failed: [], skipped: [], ms: 0 };

async function finish(
  context: Context,
  session: Session,
  result: ApplyResult,
  { again, name }: { readonly again: string; readonly name: string },
): Promise<ExitCode> {
  switch (result.ended) {
    case "frozen":
      throw frozen(result.frozen, name);
    case "declined":
      return exit.error;
    case "refused":
      showPlan(context, result.run);
      throw new DiagnosticError(result.problems);
    case "changed": {
      const { mismatch, unexpected, absent } = result.check;
      if (mismatch !== undefined) throw stale(`The approved plan does not fit: ${mismatch}.`);
      const done = absent.filter((one) => isDone(one, result.run.planned));
      if (done.length > 0) context.io.stderr.write(`\nApproved, but already done: ${listed(done.map(({ address }) => address))}.\n`);
      const steps = unexpected.map(({ step }) => step);
      context.io.stderr.write(`\nNot in the approved plan:\n\n${stepsText(steps, textOptions(context, context.io.stderr))}`);
      throw stale("The plan has changed since it was approved.", unexpected.map(({ why }) => why).join("\n"));
    }
    case "nothing-to-do":
      showPlan(context, result.run);
      return report(context, session, result.run, nothingDone, ownOutputs(result.run, sourcesIn(result.run)), again);
    case "ran":
      if (result.alreadyDone.length > 0) context.io.stderr.write(`Done already: ${listed(result.alreadyDone)}.\n`);
      if (result.notAskedFor.length > 0)
        context.io.stderr.write(
          `Approved, and not part of this plan: ${listed(result.notAskedFor)}; the YAML no longer asks for it so, or an error${result.run.plan.narrowed ? " or --target" : ""} keeps it out.\n`,
        );
      if (result.kindsUnknown !== undefined) context.io.stderr.write(`note: ${result.kindsUnknown}\n`);
      if (result.unremembered !== undefined) context.io.stderr.write(`note: ${result.unremembered}\n`);
      return report(
        context,
        session,
        result.run,
        result.outcome,
        [...ownOutputs(result.run, result.sources), ...outputsOf(result.made)],
        again,
      );
  }
}

function report(context: Context, session: Session, run: PlanRun, outcome: Outcome, outputs: readonly Output[], again: string): ExitCode {
  reportOutcome(context, session, run, outcome, outputs, again);
  printFooter(context, session);
  const code = withRefused(exitOfOutcome(outcome, context.signals.received), outcome, run.diagnostics);
  setOutputs(context, code, countSteps(run.plan.steps));
  return code;
}

/** `outputs:` of the environment, as far as AWS tells what they hold. */
function ownOutputs({ environment, plan }: PlanRun, sources: ReadonlyMap<Address, Live>): Output[] {
  if (plan.goal === "destroy") return [];
  const { values } = outputValues(environment.outputs ?? [], (address, name) => outputOf(sources.get(address), name));
  return values.map(([name, value]) => ({ name, value, isOwn: true }));
}

function sourcesIn({ observed }: PlanRun): ReadonlyMap<Address, Live> {
  return new Map([...observed.objects].map(([address, { live }]) => [address, live]));
}

/** What people need right after an apply, of what it made: the kinds say which of their outputs that is. */
function outputsOf(made: ReadonlyMap<Address, Live>): Output[] {
  return kinds.flatMap(({ name: kind, wanted = [] }) =>
    [...made]
      .filter(([address]) => address.startsWith(`${kind}/`))
      .flatMap(([address, { outputs = {} }]) =>
        wanted.flatMap((key) => (outputs[key] ? [{ name: `${address}.${key}`, value: outputs[key] }] : [])),
      ),
  );
}

/** Addresses that were refused are not done, however well the rest went. */
function withRefused(code: ExitCode, outcome: Outcome, diagnostics: readonly Diagnostic[]): ExitCode {
  if (code !== exit.ok || !diagnostics.some(({ severity }) => severity === "error")) return code;
  return hasChanged(outcome) ? exit.partial : exit.error;
}

/** Why no run may write to the environment now. */
export function frozen({ who, why, since }: Frozen, name: string): DiagnosticError {
  return new DiagnosticError([
    {
      code: "frozen",
      severity: "error",
      summary: `applies of this environment are blocked since ${since}, by ${who}: ${why}`,
      hint: `\`infra freeze ${name} --thaw\` allows applies again`,
    },
  ]);
}

/** Who we are, for others who want to apply meanwhile. */
export function meOf({ io }: Pick<Context, "io">, { connection }: Pick<Session, "connection">): Me {
  const commit = commitOf({ io });
  const run = `${io.env["GITHUB_RUN_ID"] ?? io.env["CI_PIPELINE_ID"] ?? "local"}-${randomUUID().slice(0, 8)}`; // unlike that of any other run
  return { who: connection.identity.arn, run, process: processName(process.pid), ...(commit !== undefined && { commit }) };
}

/** A holder that ran on this machine and is gone does not come back. */
export function isDeadHere(record: LeaseRecord): boolean {
  const pid = Number(/\d+$/.exec(record.process ?? "")?.[0]);
  if (!pid || record.process !== processName(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function processName(pid: number): string {
  return `${hostname()} process ${pid}`;
}

function waitingText({ who, run, since }: LeaseRecord, seconds: number): string {
  return `Waiting for ${who}, who is applying this environment (run ${run}, since ${since}): ${duration(seconds * 1000)} so far. \`infra unlock\` frees the lock when that run is dead.`;
}

function fencingText({ who, broken }: LeaseRecord, seconds: number): string {
  const why = broken ? `${who} freed the lock of a run that may still be alive` : `the run of ${who} may still be alive`;
  return `Waiting ${duration(seconds * 1000)} before the first change: ${why}, and it stops writing within that time`;
}

function recoveringText({ run }: LeaseRecord, seconds: number): string {
  return `The previous run (${run}) was killed on this machine; waiting ${duration(seconds * 1000)} for AWS's tag index before continuing`;
}
