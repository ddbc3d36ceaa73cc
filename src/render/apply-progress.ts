import type { ApplyEvent, StepRef } from "../apply/events.ts";
import type { Action } from "../plan/plan.ts";
import { clip, counted, duration, pad } from "./layout.ts";
import { plain, type Painter } from "./painter.ts";

/** What runs, since when, and what it waits for: told by events, asked by the display. Times are those of the run's clock. */
export class Progress {
  readonly #running = new Map<string, Running>();
  #total = 0;
  #done = 0;
  #failed = 0;
  #skipped = 0;
  #began = 0;

  take(event: ApplyEvent): void {
    switch (event.type) {
      case "started":
        this.#total = event.steps;
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
        this.#done++;
        return;
      case "step-failed":
        this.#running.delete(keyOf(event.step));
        this.#failed++;
        return;
      case "step-skipped":
        this.#skipped++;
        return;
      case "note":
      case "finished":
        return;
    }
  }

  /** The lines of a live display: one per running step, the longest at work first, then the sum. */
  live(now: number, width: number, most: number, paint: Painter = plain): string[] {
    const running = [...this.#running.values()].sort((a, b) => a.since - b.since);
    const shown = running.slice(0, most);
    const longest = Math.max(0, ...shown.map(({ step }) => nameOf(step).length));
    const lines = shown.map((one) => {
      const cells = [pad(doing[one.step.action], 9), pad(nameOf(one.step), longest + 1), pad(duration(now - one.since), 10), activity(one)];
      return clip(`  ${cells.join(" ")}`.trimEnd(), width - 1);
    });
    if (running.length > shown.length) lines.push(`  and ${counted(running.length - shown.length, "more step")} under way`);
    return [...lines, paint.strong(clip(`  ${this.sum(now)}`, width - 1))];
  }

  /** "12 of 20 done, 1 failed, 40 s so far, about 1 min more". */
  sum(now: number): string {
    const parts = [`${this.#done} of ${this.#total} done`];
    if (this.#failed > 0) parts.push(`${this.#failed} failed`);
    if (this.#skipped > 0) parts.push(`${this.#skipped} skipped`);
    parts.push(`${duration(now - this.#began)} so far`);
    const rest = this.#estimate(now);
    if (rest >= 5_000) parts.push(`at least ${duration(Math.round(rest / 5_000) * 5_000)} more`);
    return parts.join(", ");
  }

  /** Lines for a log: what has been running for a while, and what it waits for. */
  standing(now: number): string[] {
    return [...this.#running.values()].map((one) => {
      const what = activity(one);
      return `${stamp(now - this.#began)} still ${doing[one.step.action]} ${nameOf(one.step)} after ${duration(now - one.since)}${what === "" ? "" : `: ${what}`}`;
    });
  }

  /** Lines for a log: one when a step starts, one when it ends. */
  log(event: ApplyEvent): string[] {
    const time = stamp(event.at - this.#began);
    switch (event.type) {
      case "started":
        return [`${time} ${counted(event.steps, "step")} to do`];
      case "step-started":
        return [`${time} ${doing[event.step.action]} ${nameOf(event.step)}`];
      case "step-said":
        return [`${time} ${nameOf(event.step)}: ${event.text}`];
      case "note":
        return [`${time} ${event.text}`];
      case "step-done":
      case "step-failed":
      case "step-skipped":
        return [`${time} ${ended(event)}`];
      case "step-waiting":
      case "finished":
        return [];
    }
  }

  #change(step: StepRef, at: number, more: Partial<Running>): void {
    this.#running.set(keyOf(step), { step, since: at, ...this.#running.get(keyOf(step)), ...more });
  }

  /** What the slowest wait still takes if it is typical: a lower bound, since more may come after it. */
  #estimate(now: number): number {
    const rests = [...this.#running.values()].map(({ typical, waitsSince }) =>
      typical === undefined || waitsSince === undefined ? 0 : typical * 1000 - (now - waitsSince),
    );
    return Math.max(0, ...rests);
  }
}

/** What a step came to, on one line: stays on the screen while the live lines move on. */
export function endedLine(event: ApplyEvent, paint: Painter): string | undefined {
  if (event.type === "step-done") return `  ${paint.added("✓")} ${ended(event)}`;
  if (event.type === "step-failed")
    return `  ${paint.danger("✗")} failed ${doing[event.step.action]} ${nameOf(event.step)}: ${event.failure.code}`;
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

const doing: Readonly<Record<Action, string>> = {
  create: "creating",
  update: "changing",
  restart: "restarting",
  replace: "replacing",
  delete: "deleting",
  retag: "tagging",
  keep: "keeping",
};

const did: Readonly<Record<Action, string>> = {
  create: "created",
  update: "changed",
  restart: "restarted",
  replace: "replaced",
  delete: "deleted",
  retag: "tagged",
  keep: "kept",
};

function ended(event: Extract<ApplyEvent, { type: "step-done" | "step-failed" | "step-skipped" }>): string {
  const name = nameOf(event.step);
  if (event.type === "step-done")
    return `${did[event.step.action]} ${name}${event.id === undefined ? "" : `  ${event.id}`}${event.ms < 100 ? "" : `  (${duration(event.ms)})`}`;
  if (event.type === "step-skipped") return `skipped ${name}: ${event.because}`;
  return `failed ${doing[event.step.action]} ${name}: ${event.failure.code}: ${event.failure.message}`;
}

/** The address, and the stage where it is more than the making or unmaking of the object. */
export function nameOf(step: StepRef): string {
  return step.stage === "create" || step.stage === "delete" || step.stage === "" ? step.address : `${step.address} (${step.stage})`;
}

function activity({ what, typical, said }: Running): string {
  const waits = what === undefined ? "" : `waits for ${what}${typical === undefined ? "" : `, typically ${duration(typical * 1000)}`}`;
  return [said, waits].filter(Boolean).join("; ");
}

function keyOf(step: StepRef): string {
  return `${step.address} ${step.action} ${step.stage}`;
}

/** "1:05" since the start. */
function stamp(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}]`;
}
