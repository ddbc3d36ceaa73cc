import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { ApplyEvent, Outcome } from "../apply/events.ts";
import type { Frozen, LeaseRecord, LeaseView, Me } from "../apply/lease.ts";
import type { Environment } from "../config/environment.ts";
import { DiagnosticError, type Diagnostic } from "../diag/diagnostic.ts";
import { applyUnderLease, type ApplyRequest, type ApplyResult, type PlanRun } from "../engine.ts";
import { kinds } from "../kinds/index.ts";
import type { Approval } from "../plan/approval.ts";
import { duration, listed } from "../render/layout.ts";
import { planText, stepsText } from "../render/plan-text.ts";
import { countSteps } from "../render/summary.ts";
import { textOptions, type Context } from "./context.ts";
import { knownEnvironments } from "./environment.ts";
import { exit, exitOfOutcome, type ExitCode } from "./exit.ts";
import { annotate, folded, setOutputs } from "./github.ts";
import { openDisplay, type Display } from "./progress-display.ts";
import { commitOf, refuseStaleCommit } from "./stale-commit.ts";
import { printDiagnostics } from "./report-error.ts";
import { reportOutcome } from "./report-outcome.ts";
import { stale } from "./saved-plan.ts";
import { printFooter, type Session } from "./session.ts";
import { Interrupted } from "./signals.ts";

export interface RunOptions {
  readonly goal: "agree" | "destroy";
  readonly targets?: readonly string[] | undefined;
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
    confirm: async (run, lease) => {
      showPlan(context, run, lease);
      if (!options.mayGoBack) await refuseStaleCommit(context, lease);
      const isAgreed = await options.mayRun(run);
      if (context.signals.received !== undefined) throw new Interrupted(context.signals.received);
      watcher.isAgreed = isAgreed;
      return isAgreed;
    },
    lease: options.withoutLease
      ? "none"
      : {
          me: meOf(context, session),
          isDead: isDeadHere,
          waiting: (record, seconds) => sayWaiting(context, record, seconds),
          fencing: (before, seconds) => sayFencing(context, before, seconds),
        },
    settle: settleSeconds(context.io.env),
  };
  const work = applyUnderLease(kinds, session.connection, environment, request);
  try {
    return await finish(context, session, await stoppableUntilAgreed(context, watcher, work), watcher.events, options.again);
  } finally {
    watcher.end();
  }
}

/** Endpoints whose lists show at once what was made need no wait for a tag index after a run that died: INFRA_SETTLE_SECONDS=0. */
function settleSeconds(env: Context["io"]["env"]): number | undefined {
  const seconds = Number(env["INFRA_SETTLE_SECONDS"] || Number.NaN);
  return seconds >= 0 ? seconds : undefined;
}

/** The plan goes to stderr: what an apply answers with is what came of it. */
function showPlan(context: Context, run: PlanRun, lease?: LeaseView): void {
  const { io } = context;
  const { plan } = run;
  io.stderr.write(`\n${folded(context, `Plan of ${plan.project}/${plan.environment}`, planText(plan, textOptions(context, io.stderr)))}\n`);
  printDiagnostics(run.diagnostics, io);
  annotate(context, run.diagnostics);
  if (lease?.record?.state === "held")
    io.stderr.write(`note: ${lease.record.who} is applying this environment (run ${lease.record.run}, since ${lease.record.since})\n`);
}

/** Until the plan is agreed to, nothing is written and no lease is held: a signal may end it on the spot. From then on it is given the time to end in order. */
function stoppableUntilAgreed<T>(context: Context, watcher: Watcher, work: Promise<T>): Promise<T> {
  const agreed = new Promise<never>((_resolve, reject) => {
    context.signals.onFirst((signal) => {
      if (!watcher.isAgreed) reject(new Interrupted(signal));
      else context.io.stderr.write("\nStopping: nothing new is started, what is under way is finished. Once more ends it at once.\n");
    });
  });
  agreed.catch(() => {}); // a signal that comes when the work has ended
  return Promise.race([work, agreed]);
}

/** Hears the events of a run: shows them, and keeps them for `--format jsonl`. */
class Watcher {
  isAgreed = false;
  readonly events: ApplyEvent[] = [];
  readonly #context: Context;
  readonly #session: Session;
  #display: Display | undefined;
  readonly #say: (text: string) => void;

  constructor(context: Context, session: Session) {
    this.#context = context;
    this.#session = session;
    this.#say = session.throttling.say;
  }

  take(event: ApplyEvent): void {
    this.#display ??= this.#open();
    this.#display.take(event);
    this.events.push(event);
    if (event.type === "finished") this.end();
  }

  end(): void {
    this.#display?.end();
    this.#session.throttling.say = this.#say;
  }

  /** From now on lines of others would tear the live ones apart: they come as notes among the events. */
  #open(): Display {
    const { throttling, clock } = this.#session;
    throttling.say = (text) => this.take({ type: "note", at: clock.now(), text });
    return openDisplay(this.#context, clock);
  }
}

const nothingDone: Outcome = { status: "done", done: [], failed: [], skipped: [], ms: 0 };

async function finish(
  context: Context,
  session: Session,
  result: ApplyResult,
  events: readonly ApplyEvent[],
  again: string,
): Promise<ExitCode> {
  switch (result.ended) {
    case "frozen":
      throw frozen(result.frozen);
    case "declined":
      return exit.error;
    case "braked":
      showPlan(context, result.run);
      throw new DiagnosticError(result.problems);
    case "changed": {
      const { mismatch, unexpected, done } = result.check;
      if (mismatch !== undefined) throw stale(`the plan that was agreed to does not fit: ${mismatch}.`);
      if (done.length > 0) context.io.stderr.write(`\nAgreed to, and no longer needed: ${listed(done.map(({ address }) => address))}.\n`);
      const steps = unexpected.map(({ step }) => step);
      context.io.stderr.write(`\nNot agreed to:\n\n${stepsText(steps, textOptions(context, context.io.stderr))}`);
      throw stale("what would be done now is not what was agreed to.", unexpected.map(({ why }) => why).join("\n"));
    }
    case "nothing-to-do":
      showPlan(context, result.run);
      return report(context, session, result.run, nothingDone, events, again);
    case "ran":
      if (result.alreadyDone.length > 0) context.io.stderr.write(`Done already: ${listed(result.alreadyDone)}.\n`);
      if (result.unremembered !== undefined) context.io.stderr.write(`note: ${result.unremembered}\n`);
      return report(context, session, result.run, result.outcome, events, again);
  }
}

function report(
  context: Context,
  session: Session,
  run: PlanRun,
  outcome: Outcome,
  events: readonly ApplyEvent[],
  again: string,
): ExitCode {
  reportOutcome(context, run, outcome, events, again);
  printFooter(context, session);
  const code = withRefused(exitOfOutcome(outcome, context.signals.received), outcome, run.diagnostics);
  setOutputs(context, code, countSteps(run.plan.steps));
  return code;
}

/** Addresses that were refused are not done, however well the rest went. */
function withRefused(code: ExitCode, outcome: Outcome, diagnostics: readonly Diagnostic[]): ExitCode {
  if (code !== exit.ok || !diagnostics.some(({ severity }) => severity === "error")) return code;
  return outcome.done.length > 0 ? exit.partial : exit.error;
}

function frozen({ who, why, since }: Frozen): DiagnosticError {
  return new DiagnosticError([
    {
      code: "frozen",
      severity: "error",
      summary: `every apply of this environment is refused since ${since}, by ${who}: ${why}`,
      hint: "`infra freeze ENV --thaw` ends it",
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

function sayWaiting(context: Context, { who, run, since }: LeaseRecord, seconds: number): void {
  context.io.stderr.write(
    `Waiting for ${who}, who is applying this environment (run ${run}, since ${since}): ${duration(seconds * 1000)} so far. \`infra unlock\` frees it when that run is dead.\n`,
  );
}

function sayFencing(context: Context, { who, broken }: LeaseRecord, seconds: number): void {
  const why = broken ? `${who} freed the lease of a run that may still be alive` : `the run of ${who} may still be alive`;
  context.io.stderr.write(`Waiting ${duration(seconds * 1000)} before the first change: ${why}, and it stops writing within that time.\n`);
}
