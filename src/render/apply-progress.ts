import { stoppedWaiting, type ApplyEvent, type Failure, type StepRef } from "../apply/events.ts";
import { shortId } from "./plan-text.ts";
import { counted } from "../diag/words.ts";
import { clip, duration, pad, widthOfText } from "./layout.ts";
import type { Painter } from "./painter.ts";

/** When many steps are skipped for one reason, only this number of them is named during the run. The summary has the rest. */
const skipsNamed = 3;
/** Milliseconds that a step must have been running before the log reports it. */
const standsAfter = 5_000;
/** A log that names hundreds of running steps is not read. */
const mostStanding = 12;

/**
 * Collects the running steps, their start times and what they wait for. Events fill it, and the display reads it. Times are those of the
 * run's clock.
 */
export class Progress {
  readonly #running = new Map<string, Running>();
  #total = 0;
  #done = 0;
  /** The number of unfinished steps of each resource. */
  readonly #left = new Map<string, number>();
  readonly #failed = new Set<string>();
  readonly #skipped = new Set<string>();
  #began = 0;
  readonly #skipsBecause = new Map<string, number>();

  take(event: ApplyEvent): void {
    switch (event.type) {
      case "started":
        for (const [address, steps] of Object.entries(event.resources ?? {})) this.#left.set(address, steps);
        this.#total = this.#left.size || event.steps;
        this.#began = event.at;
        return;
      case "step-started":
        this.#running.set(keyOf(event.step), { step: event.step, since: event.at });
        return;
      case "step-waiting":
        this.#change(event.step, event.at, { what: event.what, typical: event.typical, waitsSince: event.at });
        return;
      case "step-said":
        this.#change(event.step, event.at, { said: event.text });
        return;
      case "step-done":
        this.#running.delete(keyOf(event.step));
        if (this.#isLast(event.step)) this.#done++;
        return;
      case "step-failed":
        this.#running.delete(keyOf(event.step));
        this.#failed.add(event.step.address);
        return;
      case "step-skipped":
        if (!this.#failed.has(event.step.address)) this.#skipped.add(event.step.address);
        this.#skipsBecause.set(event.because, (this.#skipsBecause.get(event.because) ?? 0) + 1);
        return;
      case "note":
      case "finished":
        return;
    }
  }

  /** Returns the lines of a live display: one per running step, with the oldest step first, then the totals. */
  live(now: number, width: number, most: number): string[] {
    const running = [...this.#running.values()].sort((a, b) => a.since - b.since);
    const shown = running.slice(0, most);
    const longest = Math.max(0, ...shown.map(({ step }) => stepName(step).length));
    const widest = Math.max(0, ...shown.map(({ step }) => doing(step).length));
    const lines = shown.map((one) => {
      const cells = [pad(doing(one.step), widest), pad(stepName(one.step), longest + 1), pad(duration(now - one.since), 10)];
      const line = (what: string) => `  ${[...cells, what].join(" ")}`.trimEnd();
      const whole = line(activity(one));
      return clip(widthOfText(whole) < width ? whole : line(activity(one, "typical")), width - 1);
    });
    if (running.length > shown.length) lines.push(`  and ${counted(running.length - shown.length, "more step")} running`);
    return [...lines, clip(`  ${this.sum(now)}`, width - 1)];
  }

  /** Returns the totals: "12 of 20 resources done, 1 failed, 40 s so far, at least 1 min more". */
  sum(now: number): string {
    const parts = [`${this.#done} of ${counted(this.#total, "resource")} done`];
    if (this.#failed.size > 0) parts.push(`${this.#failed.size} failed`);
    if (this.#skipped.size > 0) parts.push(`${this.#skipped.size} skipped`);
    parts.push(`${duration(now - this.#began)} so far`);
    const rest = this.#estimate(now);
    if (rest >= 5_000) parts.push(`at least ${duration(Math.round(rest / 5_000) * 5_000)} more`);
    return parts.join(", ");
  }

  /** Returns log lines for the steps that have been running for a while, with what each waits for. */
  standing(now: number): string[] {
    const standing = [...this.#running.values()].filter(({ since }) => now - since >= standsAfter).sort((a, b) => a.since - b.since);
    const shown = standing.slice(0, mostStanding);
    const lines = shown.map((one) => {
      const what = activity(one);
      return `${stamp(now - this.#began)} still ${doing(one.step)} ${stepName(one.step)} after ${duration(now - one.since)}${what === "" ? "" : `: ${what}`}`;
    });
    return standing.length > shown.length ? [...lines, `  and ${counted(standing.length - shown.length, "more step")} running`] : lines;
  }

  /** Returns log lines for one event: one when a step starts, one when it ends. */
  log(event: ApplyEvent): string[] {
    const time = stamp(event.at - this.#began);
    switch (event.type) {
      case "started":
        return event.steps === 0 ? [] : [`${time} ${counted(this.#total, "resource")} to apply`];
      case "step-started":
        return [`${time} ${doing(event.step)} ${stepName(event.step)}`];
      case "step-said":
        return [`${time} ${stepName(event.step)}: ${event.text}`];
      case "note":
        return [`${time} ${event.text}`];
      case "step-done":
      case "step-failed":
      case "step-skipped":
        return this.isNews(event) ? [`${time} ${ended(event)}`] : [];
      case "step-waiting":
      case "finished":
        return [];
    }
  }

  /** Whether an event that was taken is worth a line. When many steps are skipped for one reason, only the first few are. */
  isNews(event: ApplyEvent): boolean {
    return event.type !== "step-skipped" || this.#skipsBecause.get(event.because)! <= skipsNamed;
  }

  /** Whether this was the last unfinished step of its resource. */
  #isLast({ address }: StepRef): boolean {
    const left = this.#left.get(address);
    if (left === undefined) return true;
    this.#left.set(address, left - 1);
    return left === 1;
  }

  #change(step: StepRef, at: number, more: Partial<Running>): void {
    this.#running.set(keyOf(step), { step, since: at, ...this.#running.get(keyOf(step)), ...more });
  }

  /** The time that the slowest wait still takes if it is typical. It is a lower bound, since more steps may follow. */
  #estimate(now: number): number {
    const rests = [...this.#running.values()].map(({ typical, waitsSince }) =>
      typical === undefined || waitsSince === undefined ? 0 : typical * 1000 - (now - waitsSince),
    );
    return Math.max(0, ...rests);
  }
}

/** Returns the result of a step on one line. The line stays on the screen while the live lines move on. */
export function endedLine(event: ApplyEvent, paint: Painter): string | undefined {
  if (event.type === "step-done") return `  ${paint.added("✓")} ${ended(event)}`;
  if (event.type === "step-failed")
    return `  ${paint.danger("✗")} failed ${doing(event.step)} ${stepName(event.step)}: ${clip(reasonOf(event.failure), mostReason)}`;
  if (event.type === "step-skipped") return paint.faint(`  · ${ended(event)}`);
  if (event.type === "note") return `  ${event.text}`;
  return undefined;
}

interface Running {
  readonly step: StepRef;
  readonly since: number;
  readonly waitsSince?: number | undefined;
  readonly what?: string | undefined;
  readonly typical?: number | undefined;
  readonly said?: string | undefined;
}

/** The most characters of a reason on the live display. The summary has the whole text. */
const mostReason = 160;

/** For a replacement, says which half the step is: creating the new object or deleting the old one. */
function doing({ action, stage }: StepRef): string {
  if (action === "wait" && stage === "delete") return "waiting for the deletion of";
  return action === "replace" ? (stage === "delete" ? "deleting old" : "creating new") : doings[action];
}

function did({ action, stage }: StepRef): string {
  if (action === "wait" && stage === "delete") return "waited for the deletion of";
  return action === "replace" ? (stage === "delete" ? "deleted old" : "created new") : deeds[action];
}

const doings: Readonly<Record<StepRef["action"], string>> = {
  create: "creating",
  update: "changing",
  restart: "restarting",
  replace: "replacing",
  delete: "deleting",
  retag: "tagging",
  keep: "keeping",
  wait: "waiting for",
};

const deeds: Readonly<Record<StepRef["action"], string>> = {
  create: "created",
  update: "changed",
  restart: "restarted",
  replace: "replaced",
  delete: "deleted",
  retag: "tagged",
  keep: "kept",
  wait: "waited for",
};

function ended(event: Extract<ApplyEvent, { type: "step-done" | "step-failed" | "step-skipped" }>): string {
  const name = stepName(event.step);
  if (event.type === "step-done")
    return `${did(event.step)} ${name}${event.id === undefined ? "" : `  ${shortId(event.id)}`}${event.ms < 100 ? "" : `  (${duration(event.ms)})`}`;
  if (event.type === "step-skipped") return `${event.because === stoppedWaiting ? "stopped" : "skipped"} ${name}: ${event.because}`;
  return `failed ${doing(event.step)} ${name}: ${reasonOf(event.failure)}`;
}

/** Returns the code and the message on one line. The code "failed" says nothing after the word "failed". */
function reasonOf({ code, message }: Failure): string {
  const text = message.replaceAll(/\s+/g, " ");
  return code === "failed" ? text : `${code}: ${text}`;
}

/** The address of a step. The stage follows in brackets unless it is the create or the delete of the object. */
export function stepName(step: StepRef): string {
  return step.stage === "create" || step.stage === "delete" || step.stage === "" ? step.address : `${step.address} (${step.stage})`;
}

/** Says what a step waits for. `first: "typical"` puts the usual duration in front, because the end of the line may be cut off. */
function activity({ what, typical, said }: Running, first?: "typical"): string {
  const long = typical === undefined ? undefined : `typically ${duration(typical * 1000)}`;
  const waits = what === undefined ? undefined : `waits for ${what.replaceAll(/arn:\S+/g, shortId)}`;
  const both = waits === undefined ? [] : first === "typical" ? [long, waits] : [waits, long];
  return [said, both.filter(Boolean).join(", ")].filter(Boolean).join("; ");
}

function keyOf(step: StepRef): string {
  return `${step.address} ${step.action} ${step.stage}`;
}

/** The time since the start of the run, such as "[1:05]". */
function stamp(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}]`;
}
