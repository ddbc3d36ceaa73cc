/** Decides which calls fail and how, from a plan and its seed. */
import { AwsFault } from "../model.ts";
import { hash32, logNormal, seeded } from "../random.ts";
import { LONGEST_LAG } from "../region-state.ts";
import { Buckets } from "./buckets.ts";
import type { ThrottledCall } from "./buckets.ts";
import type { FaultPlan, Lag, Spread, Target } from "./plan.ts";

/** The facts of a call that the plan decides by. */
export interface CallFacts extends Omit<ThrottledCall, "input"> {
  /** The number of the call since the sandbox was made, from 1. */
  readonly n: number;
}

/** The fate of one call, in the order in which it happens. */
export interface Fate {
  readonly stopBefore: boolean;
  /** The error that refuses the call before it is run. */
  readonly refusal: AwsFault | LostAnswer | undefined;
  /** Milliseconds that the call takes. */
  readonly latency: number;
  readonly stopAfter: boolean;
  /** The error that the client sees instead of the answer; the call is run. */
  readonly lost: LostAnswer | undefined;
}

export class Faults {
  readonly #plan: FaultPlan;
  readonly #seed: number;
  readonly #random: () => number;
  readonly #buckets: Buckets | undefined;
  readonly #hits = new Map<object, number>();
  readonly #events: Map<string, number>;
  /** When the call that starts each outage was first made. */
  readonly #sawFirst = new Map<Outage, number>();

  constructor(plan: FaultPlan = {}) {
    this.#plan = plan;
    this.#seed = plan.seed ?? 1;
    this.#random = seeded(this.#seed);
    if (plan.throttle !== undefined) this.#buckets = new Buckets(plan.throttle === "published" ? 1 : plan.throttle.scale);
    const events = plan.events ?? {};
    this.#events = new Map(
      Array.isArray(events) ? events.map((name) => [name, 1]) : Object.entries(events).map(([name, times]) => [name, count(times)]),
    );
  }

  /** Decides the fate of a call, once for each call: every request for it counts. */
  fate(call: CallFacts, input: ThrottledCall["input"], now: number): Fate {
    const { refuse = none, loseAnswer = none, stop = none } = this.#plan;
    const stops = stop.filter((rule) => this.#hit(rule, call));
    const refusals = refuse.filter((rule) => this.#hit(rule, call));
    const losses = loseAnswer.filter((rule) => this.#hit(rule, call));
    const stopBefore = stops.some((rule) => rule.when === "before");
    return {
      stopBefore,
      refusal: stopBefore
        ? undefined
        : (this.#outage(call, now) ?? (refusals[0] ? refusal(refusals[0]) : this.#throttle(call, input, now))),
      latency: this.#latency(call),
      stopAfter: stops.some((rule) => rule.when === "after"),
      lost: losses[0] && new LostAnswer(losses[0].error ?? "ECONNRESET"),
    };
  }

  /** Whether the plan asks for this fault of a model; a true answer uses one up. */
  event(name: string): boolean {
    const left = this.#events.get(name) ?? 0;
    if (left <= 0) return false;
    this.#events.set(name, left - 1);
    return true;
  }

  /** How long reads do not find the record after its creation, or its tags after their change. The same for the same id. */
  lag(id: string, by: "id" | "tags" | "index"): number {
    const { ids, tags, index, of } = this.#plan.lag ?? {};
    const lag = { id: ids, tags, index: index ?? tags }[by];
    return lag === undefined || of?.every((prefix) => !id.startsWith(prefix))
      ? 0
      : Math.min(LONGEST_LAG, drawn(lag, seeded(hash32(`${by} ${id}`, this.#seed))));
  }

  get hasLag(): boolean {
    return this.#plan.lag !== undefined;
  }

  get skipsNewOnPages(): boolean {
    return this.#plan.skipNewOnPages ?? false;
  }

  #hit(rule: Target, call: CallFacts): boolean {
    if (!matches(rule, call)) return false;
    const seen = (this.#hits.get(rule) ?? 0) + 1;
    this.#hits.set(rule, seen);
    const first = rule.nth ?? 1;
    return seen >= first && seen < first + count(rule.times);
  }

  #outage(call: CallFacts, now: number): AwsFault | LostAnswer | undefined {
    for (const outage of this.#plan.outages ?? []) {
      const began = this.#sawFirst.get(outage);
      const elapsed = began === undefined ? -1 : (now - began) / 1000 - (outage.delay ?? 0);
      if (elapsed >= 0 && elapsed < outage.seconds) return unreached(outage.error);
      if (began === undefined && matches(outage.after === undefined ? {} : { operation: outage.after }, call))
        this.#sawFirst.set(outage, now);
    }
    return undefined;
  }

  #throttle(call: CallFacts, input: ThrottledCall["input"], now: number): AwsFault | undefined {
    try {
      this.#buckets?.take({ ...call, input }, now);
      return undefined;
    } catch (fault) {
      if (fault instanceof AwsFault) return fault;
      throw fault;
    }
  }

  #latency(call: CallFacts): number {
    const all = this.#plan.latency;
    const spread = all?.[`${call.service}:${call.operation}`] ?? all?.[call.service] ?? all?.["default"];
    return spread === undefined ? 0 : drawn(spread, this.#random);
  }
}

const none: readonly never[] = [];

function matches(rule: Target, call: CallFacts): boolean {
  if (rule.call !== undefined && rule.call !== call.n) return false;
  if (rule.mutating !== undefined && rule.mutating !== call.mutating) return false;
  if (rule.operation === undefined) return true;
  const [service, operation] = rule.operation.includes(":")
    ? (rule.operation.split(":") as [string, string])
    : [call.service, rule.operation];
  return service === call.service && (operation === "*" || operation === call.operation);
}

function count(times: number | "always" | undefined): number {
  return times === "always" ? Infinity : (times ?? 1);
}

function drawn(spread: Lag | Spread, random: () => number): number {
  return typeof spread === "number" ? spread : logNormal(random, spread.median, spread.sigma ?? 0.5);
}

type Outage = NonNullable<FaultPlan["outages"]>[number];

function unreached(error: Outage["error"]): AwsFault | LostAnswer {
  if (error === "ServiceUnavailable" || error === "InternalError")
    return new AwsFault(error, "The sandbox was asked for an outage.", error === "InternalError" ? 500 : 503);
  const syscall = error === "ECONNRESET" ? undefined : error === "ECONNREFUSED" ? "connect" : "getaddrinfo";
  return Object.assign(new LostAnswer(error), syscall === undefined ? {} : { syscall });
}

function refusal(rule: { readonly code: string; readonly status?: number; readonly message?: string }): AwsFault {
  return new AwsFault(rule.code, rule.message ?? `The sandbox was asked to refuse this call with ${rule.code}.`, rule.status);
}

/** The error that a client sees when its socket breaks, with the name and code that Node and the SDK's own handler give it. */
export class LostAnswer extends Error {
  readonly code: string;
  constructor(error: string) {
    super(error === "TimeoutError" ? "Connection timed out after the sandbox was asked to lose the answer" : `read ${error}`);
    this.name = error === "TimeoutError" ? "TimeoutError" : "Error";
    this.code = error;
  }
}
