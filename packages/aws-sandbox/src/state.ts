/** All that a sandbox remembers: one RegionState for each account and region. */
import { hash32 } from "./random.ts";
import { RegionState } from "./region-state.ts";
import type { SavedRegion } from "./region-state.ts";

/** Where calls find the state they work on. In memory, or on disk between two commands. */
export interface Storage {
  /** Runs `work` on the state of that account and region; what it changed is kept before the promise resolves. */
  run<T>(account: string, region: string, work: (state: RegionState) => T): Promise<T>;
  /** The state of an account and region, to be read within `run` of another. */
  look(account: string, region: string): RegionState;
  /** Those that exist, by "account/region". */
  readonly regions: ReadonlyMap<string, RegionState>;
  /** Forgets everything. */
  reset(): void;
}

/** State that lives as long as the process. Two sandboxes may share one: the second is the first after a restart. */
export class SandboxState implements Storage {
  readonly regions = new Map<string, RegionState>();
  readonly #seed: number;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  async run<T>(account: string, region: string, work: (state: RegionState) => T): Promise<T> {
    return work(this.region(account, region));
  }

  look(account: string, region: string): RegionState {
    return this.region(account, region);
  }

  reset(): void {
    this.regions.clear();
  }

  region(account: string, region: string): RegionState {
    const key = `${account}/${region}`;
    let state = this.regions.get(key);
    if (state === undefined) this.regions.set(key, (state = newRegion(account, region, this.#seed)));
    return state;
  }

  /** A copy that shares nothing with this one. */
  copy(): SandboxState {
    const copy = new SandboxState(this.#seed);
    for (const [key, state] of this.regions) copy.regions.set(key, state.copy());
    return copy;
  }

  toJSON(): { readonly seed: number; readonly regions: Record<string, SavedRegion> } {
    return { seed: this.#seed, regions: Object.fromEntries([...this.regions].map(([key, state]) => [key, state.toJSON()])) };
  }

  static from(saved: { readonly seed: number; readonly regions: Record<string, SavedRegion> }): SandboxState {
    const state = new SandboxState(saved.seed);
    for (const [key, region] of Object.entries(saved.regions)) state.regions.set(key, RegionState.from(region));
    return state;
  }
}

/** An empty account and region. Ids differ between any two of them, and between seeds. */
export function newRegion(account: string, region: string, seed: number): RegionState {
  return new RegionState(hash32(`${account}/${region}`, seed));
}
