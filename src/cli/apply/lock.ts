/** The lock of an environment in words for people: our identity for others, the holder, and why a run waits or is refused. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { AcquireOptions, Frozen, LeaseRecord, LeaseView, Me } from "../../apply/lease.ts";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import { duration } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import type { Session } from "../session/session.ts";

/** The display that shows the waits for a lock. */
export interface WaitDisplay {
  say(text: string): void;
  /** Shows a wait of a number of seconds, counted down. */
  waitFor(text: string, seconds: number): void;
}

/** Reports each wait of a run that wants the lock. */
export function tellWaits(display: WaitDisplay): Pick<AcquireOptions, "isDead" | "waiting" | "fencing" | "recovering" | "kept"> {
  return {
    isDead: isDeadHere,
    waiting: (record, seconds) => display.say(waitingText(record, seconds)),
    fencing: (before, seconds) => display.waitFor(fencingText(before, seconds), seconds),
    recovering: (before, seconds) => display.waitFor(recoveringText(before, seconds), seconds),
    kept: (why) => display.say(`note: infra could not free the lock (${why}): \`infra unlock\` frees it, or the next run takes it over`),
  };
}

/** Says who holds the lock while a plan is shown. */
export function holderText(record: LeaseRecord): string {
  return isDeadHere(record)
    ? `the previous run (${record.run}) was killed on this machine; this run continues where it ended`
    : `${record.who} is applying this environment (run ${record.run}, since ${record.since})`;
}

/** The error that says why no run may write to the environment now. */
export function frozen({ who, why, since }: Frozen, thaw: string): DiagnosticError {
  return new DiagnosticError([
    {
      code: "frozen",
      severity: "error",
      summary: `applies of this environment have been blocked since ${since} by ${who}: ${why}`,
      hint: `\`${thaw}\` allows applies again`,
    },
  ]);
}

/** Returns our identity, for others who want to apply at the same time. */
export function meOf({ io }: Pick<Context, "io">, { connection }: Pick<Session, "connection">): Me {
  const run = `${io.env["GITHUB_RUN_ID"] ?? io.env["CI_PIPELINE_ID"] ?? "local"}-${randomUUID().slice(0, 8)}`; // different in every run
  return { who: connection.identity.arn, run, process: processName(process.pid) };
}

/** Whether the holder ran on this machine and has ended, so that it cannot come back. */
function isDeadHere(record: LeaseRecord): boolean {
  const pid = Number(/\d+$/.exec(record.process ?? "")?.[0]);
  if (!pid || record.process !== processName(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Milliseconds after its last heartbeat until a run may be taken for dead. Two more heartbeats were due in that time. */
const aliveFor = 150_000;

/** Says whether the holder is alive, as far as its heartbeat and this machine can tell. */
export function lifeOf({ record, changedAt }: LeaseView, now: number): { readonly text: string; readonly isFresh: boolean } {
  if (record !== undefined && isDeadHere(record)) return { text: "that process has ended", isFresh: false };
  if (changedAt === undefined) return { text: "the time of its last heartbeat is unknown", isFresh: true };
  const age = Math.max(0, now - changedAt);
  return { text: `last heartbeat ${duration(age)} ago`, isFresh: age < aliveFor };
}

/** Says which run a freeze does not stop; undefined when no run has the lock. `unlock` is the command that frees the lock. */
export function goesOnText(view: LeaseView, now: number, unlock: string): string | undefined {
  const { record } = view;
  if (record?.state !== "held") return undefined;
  const { text, isFresh } = lifeOf(view, now);
  const run = `run ${record.run}${record.process === undefined ? "" : `, ${record.process}`}, since ${record.since}; ${text}`;
  return isFresh
    ? `${record.who} is applying this environment now (${run}). A freeze stops that run only before its first change; after that, stop it with Ctrl-C where it runs, or with \`${unlock}\`.`
    : `${record.who} has the lock (${run}). If that run is alive, a freeze stops it only before its first change; \`${unlock}\` frees the lock.`;
}

function processName(pid: number): string {
  return `${hostname()} process ${pid}`;
}

function waitingText({ who, run, since }: LeaseRecord, seconds: number): string {
  return `Waiting for ${who}, who is applying this environment (run ${run}, since ${since})${seconds < 1 ? "" : `: ${duration(seconds * 1000)} so far`}. \`infra unlock\` frees the lock when that run is dead.`;
}

function fencingText(before: LeaseRecord, seconds: number): string {
  const { who, state, broken } = before;
  const left = `a run before that of ${who} may still be alive`;
  const why = broken
    ? `${who} freed the lock of a run that may still be alive`
    : state === "held" && !isDeadHere(before)
      ? `the run of ${who} may still be alive`
      : left;
  return `Waiting ${duration(seconds * 1000)} before the first change: ${why}, and it stops writing within that time`;
}

/** Says why a run with `--no-lock` waits before it changes anything. */
export function withoutLockText(seconds: number): string {
  return `Waiting ${duration(seconds * 1000)} before the first change: --no-lock cannot see whether another run has just ended, and AWS's tag index shows new objects late`;
}

function recoveringText({ run, state }: LeaseRecord, seconds: number): string {
  const ended = state === "held" ? "was killed on this machine" : "was stopped before AWS listed all its objects";
  return `The previous run (${run}) ${ended}; waiting ${duration(seconds * 1000)} for AWS's tag index before continuing`;
}
