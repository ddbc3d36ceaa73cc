/**
 * A sandbox's state in a folder that processes share. Calls that arrive together run as one batch: lock, read what others wrote, run,
 * write, unlock, and only then answer. So no answered call is lost, even by SIGKILL. Writing takes 4 to 8 ms for each megabyte (about a
 * thousand resources); parallel calls share that time.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RegionState } from "../region-state.ts";
import { newRegion } from "../state.ts";
import type { Storage } from "../state.ts";
import { reasonOf, SandboxFileError } from "./file-error.ts";
import { withLock } from "./lock.ts";
import { readHeader, readRegion, stampOf, writeRegion } from "./region-file.ts";
import type { Header } from "./region-file.ts";

/** How long a call waits for the batch of another process, in milliseconds. */
const LOCK_WAIT = 10_000;

export class DiskState implements Storage {
  readonly regions = new Map<string, RegionState>();
  readonly #dir: string;
  readonly #seed: number;
  readonly #stamps = new Map<string, string | undefined>();
  #batch: Job[] = [];

  /** Creates the folder `dir` when it does not exist. */
  constructor(dir: string, seed = 1) {
    this.#dir = dir;
    this.#seed = seed;
    inFolder(dir, () => prepareFolder(dir));
  }

  run<T>(account: string, region: string, work: (state: RegionState) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const answers: Job = { account, region, work, resolve: resolve as (value: unknown) => void, reject };
      if (this.#batch.push(answers) === 1) setImmediate(() => this.#drain());
    });
  }

  /** Call it only within `run`, which holds the lock. */
  look(account: string, region: string): RegionState {
    return this.#current(`${account}/${region}`, { account, region });
  }

  /**
   * Writes the time that the state has reached, so that the next process does not begin before it. Only a time
   * after `now`, the wall clock, needs writing.
   */
  close(now: number): void {
    if (this.#batch.length > 0) this.#drain();
    const ahead = [...this.regions].filter(([, state]) => state.now > now);
    if (ahead.length === 0) return;
    this.#locked(() => {
      for (const [key, state] of ahead) if (this.#isAheadOfFile(key, state)) this.#write(key, state);
    });
  }

  reset(): void {
    this.regions.clear();
    this.#stamps.clear();
    resetFolder(this.#dir);
  }

  #drain(): void {
    const batch = this.#batch;
    this.#batch = [];
    try {
      const settle = this.#locked(() => this.#runAll(batch));
      for (const answer of settle) answer();
    } catch (error) {
      this.#stamps.clear(); // the memory may be ahead of the files: read them again
      this.regions.clear();
      for (const job of batch) job.reject(error);
    }
  }

  #runAll(batch: readonly Job[]): (() => void)[] {
    const used = new Map<string, RegionState>();
    const settle = batch.map((job) => {
      const key = `${job.account}/${job.region}`;
      const state = used.get(key) ?? this.#current(key, job);
      used.set(key, state);
      return attempt(job, state);
    });
    for (const [key, state] of used) if (state.changed) this.#write(key, state);
    return settle;
  }

  /** The state as the last process left it. */
  #current(key: string, { account, region }: Pick<Job, "account" | "region">): RegionState {
    const path = this.#path(key);
    const stamp = stampOf(path);
    const known = this.regions.get(key);
    if (known !== undefined && stamp === this.#stamps.get(key)) return known;
    const state = stamp === undefined ? newRegion(account, region, this.#seed) : readRegion(path);
    if (known !== undefined && stamp !== undefined) state.inheritSecrets(known);
    this.regions.set(key, state);
    this.#stamps.set(key, stamp);
    return state;
  }

  #write(key: string, state: RegionState): void {
    const [account, region] = key.split("/") as [string, string];
    const path = this.#path(key);
    writeRegion(path, { account, region }, state);
    state.changed = false;
    this.#stamps.set(key, stampOf(path));
  }

  /** Runs `work` under the lock. Creates the folder first: a user may have deleted it. */
  #locked<T>(work: () => T): T {
    return inFolder(this.#dir, () => {
      if (!existsSync(this.#dir)) prepareFolder(this.#dir);
      return withLock(lockOf(this.#dir), LOCK_WAIT, work);
    });
  }

  /** Whether only time has passed since we last read the file. If others wrote it since, it stays as it is. */
  #isAheadOfFile(key: string, state: RegionState): boolean {
    const stamp = stampOf(this.#path(key));
    return stamp !== undefined && stamp === this.#stamps.get(key) && readHeader(this.#path(key)).now < state.now;
  }

  #path(key: string): string {
    return join(this.#dir, `${key}.json`);
  }
}

interface Job {
  readonly account: string;
  readonly region: string;
  readonly work: (state: RegionState) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function attempt(job: Job, state: RegionState): () => void {
  try {
    const value = job.work(state);
    return () => job.resolve(value);
  } catch (error) {
    return () => job.reject(error);
  }
}

/** The headers of the states in a folder, without reading the states themselves. */
export function savedRegions(dir: string): (Header & { readonly path: string })[] {
  return inFolder(dir, () => regionFiles(dir)).map((path) => ({ ...readHeader(path), path }));
}

/** The headers of the states in a folder, with the number of records in each table. */
export function countRecords(dir: string): (Header & { readonly tables: Readonly<Record<string, number>> })[] {
  return savedRegions(dir).map(({ path, ...header }) => ({ ...header, tables: readRegion(path).sizes() }));
}

/** Empties the sandbox in a folder, whatever its files contain, and leaves other files alone. Returns the number of deleted regions. */
export function resetFolder(dir: string): number {
  return inFolder(dir, () => {
    prepareFolder(dir);
    return withLock(lockOf(dir), LOCK_WAIT, () => {
      const paths = regionFiles(dir);
      for (const path of paths) rmSync(path);
      return paths.length;
    });
  });
}

/** Adds the name of the folder to errors of the operating system. */
function inFolder<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new SandboxFileError(
      `the sandbox cannot keep its state in ${dir}: ${reasonOf(error as Error)} (${code}).`,
      "make room or give yourself the right to write there, or choose another directory with -C",
      error,
    );
  }
}

function regionFiles(dir: string): string[] {
  const accounts = entries(dir).filter((name) => /^\d{12}$/.test(name));
  return accounts.flatMap((account) =>
    entries(join(dir, account))
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(dir, account, name)),
  );
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function prepareFolder(dir: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, ".gitignore"), "*\n");
}

function lockOf(dir: string): string {
  return join(dir, "lock");
}
