import { KnownFacts, type FactKind } from "./account-facts.ts";
import type { Faults } from "./faults/faults.ts";
import type { Call } from "./model.ts";
import type { RegionState } from "./region-state.ts";
import { homeOf } from "./services/index.ts";
import { madeByIam, propagation } from "./services/iam/known.ts";
import { usableKey } from "./services/kms/state.ts";
import { buckets } from "./services/s3/state.ts";
import type { Store } from "./store.ts";

/** The account, region, service and operation of a call. */
export interface CallOrigin {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
}

/** One call, as handlers and transitions see it. */
export class StateCall implements Call {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly now: number;
  readonly store: RegionState;
  readonly #faults: Faults;
  readonly #facts: KnownFacts;
  readonly #elsewhere: (region: string) => Store;

  constructor(
    origin: CallOrigin,
    now: number,
    store: RegionState,
    faults: Faults,
    facts = new KnownFacts(),
    elsewhere: (region: string) => Store = () => store,
  ) {
    this.account = origin.account;
    this.region = origin.region;
    this.service = origin.service;
    this.operation = origin.operation;
    this.now = now;
    this.store = store;
    this.#faults = faults;
    this.#facts = facts;
    this.#elsewhere = elsewhere;
  }

  get accountStore(): Store {
    return this.storeOf(homeOf(this.region));
  }

  storeOf(region: string): Store {
    return region === this.region ? this.store : this.#elsewhere(region);
  }

  get partition(): string {
    if (this.region.startsWith("cn-")) return "aws-cn";
    return this.region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }

  later(ms: number, transition: string, args: unknown): void {
    this.store.later(this.now + Math.max(0, ms), transition, args);
  }

  id(prefix: string): string {
    return this.store.id(prefix);
  }

  fault(name: string): boolean {
    return this.#faults.event(name);
  }

  exists(kind: FactKind, name: string): boolean {
    if (this.#facts.has(kind, name, this)) return true;
    if (kind === "bucket" && buckets(this).has(name.replace(/^arn:[^:]*:s3:::/, ""))) return true;
    if (kind === "kmsKey") return usableKey(this.store, name) !== undefined;
    const made = madeByIam(this.accountStore, kind, name);
    return made !== undefined && (this.service === "iam" || this.now - made >= propagation);
  }

  sees(id: string, by: "id" | "tags" | "index"): boolean {
    if (!this.#faults.hasLag) return true;
    const since = by === "id" ? this.store.createdAt(id) : this.store.taggedAt(id);
    return since === undefined || this.now - since >= this.#faults.lag(id, by);
  }

  tagged(id: string): void {
    this.store.tag(id);
  }

  skips(id: string, since: number): boolean {
    return this.#faults.skipsNewOnPages && (this.store.createdAt(id) ?? 0) > since;
  }

  random(): number {
    return this.store.random();
  }
}
