/** The whole memory of a sandbox: one RegionState for each account and region. */
import { hash32 } from "./random.ts";
import { RegionState } from "./region-state.ts";
import type { SavedRegion } from "./region-state.ts";

/** The place where calls find their state: in memory, or on disk between two commands. */
export interface Storage {
  /** Runs `work` on the state of that account and region. The promise resolves after the changes are stored. */
  run<T>(account: string, region: string, work: (state: RegionState) => T): Promise<T>;
  /** The state of an account and region, for reading within `run` of another one. */
  look(account: string, region: string): RegionState;
  /** The existing states, by "account/region". */
  readonly regions: ReadonlyMap<string, RegionState>;
  /** Deletes all states. */
  reset(): void;
}

/** State that lives as long as the process. Two sandboxes may share one: the second is then the first after a restart. */
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

/** The state of an empty account and region. Ids differ between accounts, regions and seeds. */
export function newRegion(account: string, region: string, seed: number): RegionState {
  return new RegionState(hash32(`${account}/${region}`, seed));
}
