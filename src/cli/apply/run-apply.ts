import { hasChanged, type Outcome } from "../../apply/events.ts";
import type { LeaseView } from "../../apply/lease.ts";
import type { Environment } from "../../config/environment.ts";
import { outputValues } from "../../config/expand/outputs.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { applyUnderLease, type ApplyRequest, type ApplyResult, type PlanRun } from "../../engine.ts";
import { kinds } from "../../kinds/index.ts";
import type { Address, Live } from "../../kinds/kind.ts";
import { outputOf } from "../../resource/late.ts";
import { type Approval, isDone } from "../../plan/approval.ts";
import type { Output } from "../../render/apply-summary.ts";
import { listed } from "../../diag/words.ts";
import { planText, stepsText } from "../../render/plan-text.ts";
import { countSteps } from "../../render/summary.ts";
import { textOptions, type Context } from "../context.ts";
import { knownEnvironments, program } from "../environments/environment.ts";
import { exit, exitOfOutcome, type ExitCode } from "../exit.ts";
import { annotate, folded, setOutputs } from "../github.ts";
import { frozen, holderText, meOf, tellWaits, withoutLockText } from "./lock.ts";
import { commitOf, refuseStaleCommit } from "./stale-commit.ts";
import { printDiagnostics } from "../report-error.ts";
import { reportOutcome } from "./report-outcome.ts";
import { stale } from "./saved-plan.ts";
import { printFooter, type Session } from "../session/session.ts";
import { Interrupted } from "../terminal/signals.ts";
import { Watcher } from "../terminal/watcher.ts";

export interface RunOptions {
  readonly goal: "agree" | "destroy";
  readonly targets?: readonly string[] | undefined;
  /** Plans only the adoption of these addresses. */
  readonly adopting?: readonly string[] | undefined;
  readonly approval?: Approval | undefined;
  readonly withoutLease: boolean;
  /** Preflight problems that do not stop the apply, as CODE@ADDRESS. */
  readonly ignorePreflight?: readonly string[] | undefined;
  /** Whether to set fields that others have set back again and again. */
  readonly repairContested?: boolean | undefined;
  /** Whether an ancestor of the last applied commit may be applied. */
  readonly mayGoBack: boolean;
  /** Called once the plan has been shown; resolves to whether it may run. */
  mayRun(run: PlanRun): Promise<boolean>;
  /** Returns reasons against running a plan that has no errors. */
  guards(run: PlanRun): readonly Diagnostic[];
  /** The seconds to wait for all resources of a kind, by the kind's name. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** The command that continues where this one ends, without `--no-lock`. */
  readonly again: string;
  /** The words that name the environment in a command. */
  readonly words: string;
}

/** Plans, shows the plan, asks, runs it under the lock, and reports the result. */
export async function runApply(context: Context, session: Session, environment: Environment, options: RunOptions): Promise<ExitCode> {
  const watcher = new Watcher(context, session);
  const { goal, targets, approval } = options;
  // This run leaves no lock behind. The next one waits for the tag index only if it has the flag as well.
  const again = options.withoutLease ? `${options.again} --no-lock` : options.again;
  const commit = commitOf(context);
  const follow = refusesOlder(context, options);
  const request: ApplyRequest = {
    goal,
    targets,
    adopting: options.adopting,
    known: knownEnvironments(context),
    preflight: true,
    repairContested: options.repairContested,
    ignorePreflight: options.ignorePreflight,
    approval,
    commit,
    signal: context.signals.stop,
    timeouts: options.timeouts,
    onEvent: (event) => watcher.take(event),
    listing: (missing) =>
      watcher.say(
        `Waiting until AWS lists ${listed(missing)}, two minutes at most.${options.withoutLease ? "" : " After Ctrl-C the next run may wait a minute instead."}`,
      ),
    guards: options.guards,
    onlyWaits: (run) => {
      showPlan(context, run);
      watcher.isBegun = true;
    },
    confirm: async (run, lease) => {
      showPlan(context, run, lease);
      await follow(lease);
      const isAgreed = await options.mayRun(run);
      if (context.signals.received !== undefined) throw new Interrupted(context.signals.received);
      watcher.isBegun = isAgreed;
      return isAgreed;
    },
    lease: options.withoutLease
      ? "none"
      : {
          me: { ...meOf(context, session), ...(commit !== undefined && { commit }) },
          ...tellWaits(watcher),
          holding: (isHeld) => (watcher.isLocked = isHeld),
          follow,
        },
    waitingWithoutLease: (seconds) => watcher.waitFor(withoutLockText(seconds), seconds),
    consistencyDelay: consistencyDelay(context.io.env),
  };
  const work = applyUnderLease(kinds, session.connection, environment, request);
  try {
    const result = await stoppableUntilAgreed(context, watcher, work, again);
    return await finish(context, session, result, { again, thaw: `${program(context)} freeze ${options.words} --thaw` });
  } finally {
    watcher.end();
  }
}

/**
 * Returns the seconds to wait for a tag index after a run that died. An endpoint whose lists show new resources at once needs no wait:
 * INFRA_SETTLE_SECONDS=0.
 */
function consistencyDelay(env: Context["io"]["env"]): number | undefined {
  const seconds = Number(env["INFRA_SETTLE_SECONDS"] || Number.NaN);
  return seconds >= 0 ? seconds : undefined;
}

/** Prints the plan to stderr, because the output of an apply is its result. Problems stand above it, as `infra plan` prints them. */
function showPlan(context: Context, run: PlanRun, lease?: LeaseView): void {
  const { io } = context;
  const { plan } = run;
  printDiagnostics(run.diagnostics, io);
  io.stderr.write(`\n${folded(context, `Plan of ${plan.project}/${plan.environment}`, planText(plan, textOptions(context, io.stderr)))}\n`);
  annotate(context, run.diagnostics);
  if (lease?.record?.state === "held") io.stderr.write(`note: ${holderText(lease.record)}\n`);
}

/** Compares each last applied commit with ours once: before the question, and again before the lock is taken. */
function refusesOlder(context: Context, { mayGoBack }: RunOptions): (lease: LeaseView | undefined) => Promise<void> {
  const checked = new Set<string | undefined>();
  return async (lease) => {
    const last = lease?.record?.commit;
    if (mayGoBack || checked.has(last)) return;
    checked.add(last);
    await refuseStaleCommit(context, lease);
  };
}

/**
 * Ends a run at once on a signal before the plan is agreed to, unless the run has the lock. Later the run gets the time to end in order.
 */
function stoppableUntilAgreed<T>(context: Context, watcher: Watcher, work: Promise<T>, again: string): Promise<T> {
  context.signals.lastWords = () => lastWords(watcher, again);
  const ended = new Promise<never>((_resolve, reject) => {
    context.signals.onFirst((signal) => {
      if (!watcher.isBegun && !watcher.isLocked) reject(new Interrupted(signal));
      else sayStopping(watcher);
    });
  });
  ended.catch(() => {}); // a signal may come after the work has ended
  return Promise.race([work, ended]);
}

/** Says that the run is stopping. A run that waits, for the lock or for AWS, ends at once and reports what it did. */
function sayStopping(watcher: Watcher): void {
  if (watcher.steps !== "running") return;
  const lock = watcher.isLocked ? " (the lock then stays until you run again)" : "";
  watcher.say(`Stopping after the running steps. Press Ctrl-C again to stop immediately${lock}.`);
}

/** Returns what is true when the process ends now. The next run waits for the tag index only if it has something to write. */
function lastWords({ steps, isLocked }: Watcher, again: string): string {
  const done = { "not begun": "this run changed nothing", running: "steps may be half done", ended: "all steps have ended" }[steps];
  const [held, wait] = isLocked ? [", and the lock is still held", ": it may wait a minute first"] : ["", ""];
  return `Stopped immediately; ${done}${held}. Run \`${again}\` again to continue${wait}.`;
}

const nothingDone: Outcome = { status: "done", done: [], failed: [], skipped: [], ms: 0 };

async function finish(
  context: Context,
  session: Session,
  result: ApplyResult,
  { again, thaw }: { readonly again: string; readonly thaw: string },
): Promise<ExitCode> {
  switch (result.ended) {
    case "frozen":
      throw frozen(result.frozen, thaw);
    case "declined":
      return exit.error;
    case "refused":
      showPlan(context, result.run);
      throw new DiagnosticError(result.problems);
    case "changed": {
      const { mismatch, unexpected, absent } = result.check;
      if (mismatch !== undefined) throw stale(`The approved plan is not for this: ${mismatch}.`);
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
          `Agreed to, but not part of this plan: ${listed(result.notAskedFor)}. The YAML no longer asks for exactly this, or an error${result.run.plan.narrowed ? " or --target" : ""} prevents it.\n`,
        );
      for (const note of result.notes) context.io.stderr.write(`note: ${note}\n`);
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

/** Returns the `outputs:` of the environment, as far as AWS tells their values. */
function ownOutputs({ environment, plan }: PlanRun, sources: ReadonlyMap<Address, Live>): Output[] {
  if (plan.goal === "destroy") return [];
  const { values } = outputValues(environment.outputs ?? [], (address, name) => outputOf(sources.get(address), name));
  return values.map(([name, value]) => ({ name, value, isOwn: true }));
}

function sourcesIn({ observed }: PlanRun): ReadonlyMap<Address, Live> {
  return new Map([...observed.objects].map(([address, { live }]) => [address, live]));
}

/** Returns the outputs of new resources that people need right after an apply. The kinds say which of their outputs these are. */
function outputsOf(made: ReadonlyMap<Address, Live>): Output[] {
  return kinds.flatMap(({ name: kind, wanted = [] }) =>
    [...made]
      .filter(([address]) => address.startsWith(`${kind}/`))
      .flatMap(([address, { outputs = {} }]) =>
        wanted.flatMap((key) => (outputs[key] ? [{ name: `${address}.${key}`, value: outputs[key] }] : [])),
      ),
  );
}

/** Changes the exit code when addresses were refused. They are not done, even when everything else succeeded. */
function withRefused(code: ExitCode, outcome: Outcome, diagnostics: readonly Diagnostic[]): ExitCode {
  if (code !== exit.ok || !diagnostics.some(({ severity }) => severity === "error")) return code;
  return hasChanged(outcome) ? exit.partial : exit.error;
}
