/** How a node waits: for AWS to finish its work, and for a call that AWS refuses for now. */
import type { AwsError } from "../aws/errors.ts";
import type { AwsId, Driver, Kind, Live, Run, Scope } from "../kinds/kind.ts";
import type { Decision } from "../plan/decision.ts";
import type { Work } from "../plan/work.ts";
import type { ApplyEvent, StepRef } from "./events.ts";
import { StepError } from "./failure.ts";
import type { ApplyInput } from "./apply-input.ts";
import type { KnownIds } from "./known-ids.ts";
import { Poller } from "./poller.ts";
import { retryWhileRefused, sleepUnlessStopped } from "./retry-policy.ts";
import { isContinuing, mayMean, waitLimit } from "./wait-limits.ts";

const waitMore = "nothing is lost: run again to continue from here; to wait longer, write `timeouts:` in the YAML or --timeout KIND=TIME";

/** Seconds for which a refused delete or change is retried when the kind names no longer time. */
export const defaultWaitLimit = 600;

/** The state that a node waits for, and the limit in seconds. */
export interface Awaited {
  readonly what: string;
  readonly limit: number;
  /** Seconds that AWS usually takes, for the progress display. */
  readonly typical?: number | undefined;
}

/** The receiver of the events of a wait. */
export interface WaitListener {
  emit(event: ApplyEvent): void;
  /** Called when the node will send nothing for a while. */
  rests(node: Work): void;
  refOf(node: Work): StepRef;
}

export class NodeWaits {
  readonly #input: ApplyInput;
  readonly #listener: WaitListener;
  readonly #ids: KnownIds;
  readonly #scope: Scope;
  readonly #pollers = new Map<string, Poller>();
  /** Whether another run made something moments ago. */
  readonly #continues: boolean;

  constructor(input: ApplyInput, listener: WaitListener, ids: KnownIds, scope: Scope) {
    this.#input = input;
    this.#listener = listener;
    this.#ids = ids;
    this.#scope = scope;
    this.#continues = isContinuing(input);
  }

  /** Waits until `done` holds for an object, by the poll that all nodes of its kind share. */
  async until(
    node: Work,
    kind: Kind,
    id: AwsId,
    { what, limit, typical }: Awaited,
    done: (live: Live | undefined) => boolean,
  ): Promise<Live | undefined> {
    const { aws, signal } = this.#input;
    const poller = this.poller(kind, await this.#input.drivers.of(kind));
    this.#listener.rests(node);
    const began = aws.clock.now();
    for (let isSaid = false; ; isSaid = true) {
      const live = await poller.look(id);
      if (done(live)) return live;
      const elapsed = (aws.clock.now() - began) / 1000;
      if (elapsed >= limit)
        throw new StepError("timeout", `waited ${limit} s for ${what}; AWS still shows it as ${describe(live)}`, { hint: waitMore });
      if (!isSaid) this.#say(node, what, typical);
      const rest = aws.isEmulated ? 0 : restBeforeLook(elapsed, typical, limit);
      if (rest > 0 || signal.aborted) await sleepUnlessStopped(aws.clock, rest * 1000, signal);
    }
  }

  /** Returns the wait that a driver uses for a state that it reads itself. */
  untilLook(node: Work, decision: Decision): Run["until"] {
    const { aws, signal } = this.#input;
    return async (what, usual, every, look) => {
      const limit = waitLimit(this.#input, node, decision, usual);
      const began = aws.clock.now();
      if (await look()) return;
      this.#listener.rests(node);
      this.#say(node, what);
      for (;;) {
        await sleepUnlessStopped(aws.clock, every * 1000, signal);
        if (await look()) return;
        if (aws.clock.now() - began >= limit * 1000) throw new StepError("timeout", `waited ${limit} s for ${what}`, { hint: waitMore });
      }
    };
  }

  /**
   * Retries a call that AWS refuses for now: an object that it names has not appeared yet, another object blocks it, or another change is
   * under way.
   */
  retryWhileRefused<T>(
    node: Work,
    decision: Decision,
    action: () => Promise<T>,
    limit = defaultWaitLimit,
    waits: (error: AwsError, elapsed: number) => Promise<void> | void = () => undefined,
  ): Promise<T> {
    const { aws, signal } = this.#input;
    let said = "";
    return retryWhileRefused(
      {
        clock: aws.clock,
        limit,
        mayAppear: (error) =>
          decision.action !== "delete" &&
          ((this.#ids.hasMade && this.#ids.mayAppear(error)) || (this.#continues && mayMean(error, this.#ids.all()))),
        signal,
        waits: async (error, elapsed) => {
          this.#listener.rests(node);
          if (said !== error.code) this.#say(node, `AWS to accept ${error.operation} (it answered ${error.code})`);
          said = error.code;
          await waits(error, elapsed);
        },
      },
      action,
    );
  }

  poller(kind: Kind, driver: Driver): Poller {
    let poller = this.#pollers.get(kind.name);
    if (!poller) {
      poller = new Poller(this.#input.aws, kind, driver, this.#scope, this.#input.signal);
      this.#pollers.set(kind.name, poller);
    }
    return poller;
  }

  #say(node: Work, what: string, typical?: number): void {
    const step = this.#listener.refOf(node);
    this.#listener.emit({
      type: "step-waiting",
      at: this.#input.aws.clock.now(),
      step,
      what,
      ...(typical !== undefined ? { typical } : {}),
    });
  }
}

/** Seconds. A wait that typically takes at least this long is polled rarely at first. */
const long = 300;

/**
 * Returns the seconds without a poll. An object that typically takes many minutes (a database) is polled at the start, at half and at three
 * quarters of its time, and every few seconds after that.
 */
export function restBeforeLook(elapsed: number, typical: number | undefined, limit: number): number {
  if (typical === undefined || typical < long) return 0;
  const due = [typical / 2, (typical * 3) / 4].find((at) => at > elapsed);
  return due === undefined ? 0 : Math.min(due, limit) - elapsed;
}

function describe(live: Live | undefined): string {
  if (!live) return "absent";
  return typeof live.state === "object" ? `failed (${live.state.failed})` : live.state;
}
