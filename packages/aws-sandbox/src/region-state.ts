/** The sandbox's memory of one account and region: the tables, the pending transitions, and when records appeared. */
import { hash32, mix32 } from "./random.ts";
import type { Store } from "./store.ts";

/** A transition that will run by itself. */
export interface Pending {
  readonly due: number;
  /** Transitions that are due at the same time run in the order in which they were scheduled. */
  readonly order: number;
  /** Service and name, such as "ec2:natGatewayAvailable". */
  readonly transition: string;
  readonly args: unknown;
}

/** The JSON form of the state. Tables are lists of pairs, because objects would reorder keys that look like numbers. */
export interface SavedRegion {
  readonly now: number;
  readonly ids: number;
  readonly draws: number;
  readonly salt: number;
  readonly order: number;
  readonly pending: readonly Pending[];
  readonly tables: Readonly<Record<string, readonly (readonly [string, object])[]>>;
  readonly born: readonly (readonly [string, number])[];
  readonly tagged: readonly (readonly [string, number])[];
}

/** The longest visibility lag that a plan of faults can ask for. Older creations need not be remembered. */
export const LONGEST_LAG = 15 * 60_000;

export class RegionState implements Store {
  /** The time of the last call; the next call is never earlier. */
  now = 0;
  /** Whether something changed that a storage has not yet written. */
  changed = false;
  readonly #tables = new Map<string, Table>();
  #pending: Pending[] = [];
  #order = 0;
  #ids = 0;
  #draws = 0;
  readonly #salt: number;
  #born = new Map<string, number>();
  #tagged = new Map<string, number>();
  #secrets = new Map<string, string>();

  constructor(salt: number) {
    this.#salt = salt >>> 0;
  }

  table<R extends object>(name: string): Map<string, R> {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, (table = new Table((id) => this.#creation(id))));
    return table as Map<string, object> as Map<string, R>;
  }

  keepSecret(id: string, value: string): void {
    this.#secrets.set(id, value);
  }

  secret(id: string): string | undefined {
    return this.#secrets.get(id);
  }

  /** Takes over the secrets of the state before this one, which no file holds. */
  inheritSecrets(from: RegionState): void {
    this.#secrets = from.#secrets;
  }

  /** A new id in AWS's form: 17 hexadecimal digits, the first of which is 0, as in AWS's ids. */
  id(prefix: string): string {
    const count = ++this.#ids;
    this.changed = true;
    return `${prefix}-0${hex(hash32(String(count), this.#salt))}${hex(mix32(count ^ this.#salt))}`;
  }

  /** A random number from 0 to below 1 that depends only on the history. */
  random(): number {
    return hash32(`draw ${++this.#draws}`, this.#salt) / 2 ** 32;
  }

  later(due: number, transition: string, args: unknown): void {
    const pending = { due, order: this.#order++, transition, args: structuredClone(args) };
    let place = this.#pending.length;
    while (place > 0 && this.#pending[place - 1]!.due > due) place--;
    this.#pending.splice(place, 0, pending);
  }

  /** The earliest transition that is due by `now`. It stays in the list until `take` removes it. */
  due(now: number): Pending | undefined {
    const next = this.#pending[0];
    return next !== undefined && next.due <= now ? next : undefined;
  }

  take(): void {
    this.#pending.shift();
    this.changed = true;
  }

  /** When the next transition will run. */
  get nextDue(): number | undefined {
    return this.#pending[0]?.due;
  }

  createdAt(id: string): number | undefined {
    return this.#born.get(id);
  }

  /** When the tags of the record last changed; its creation if they did not. */
  taggedAt(id: string): number | undefined {
    return this.#tagged.get(id) ?? this.#born.get(id);
  }

  tag(id: string): void {
    this.#tagged.delete(id);
    this.#tagged.set(id, this.now);
  }

  /** Names and sizes of the tables that are not empty. */
  sizes(): Record<string, number> {
    return Object.fromEntries([...this.#tables].filter(([, table]) => table.size > 0).map(([name, table]) => [name, table.size]));
  }

  toJSON(): SavedRegion {
    this.#forget();
    const tables = [...this.#tables].filter(([, table]) => table.size > 0).map(([name, table]) => [name, [...table]] as const);
    return {
      now: this.now,
      ids: this.#ids,
      draws: this.#draws,
      salt: this.#salt,
      order: this.#order,
      pending: this.#pending,
      tables: Object.fromEntries(tables),
      born: [...this.#born],
      tagged: [...this.#tagged],
    };
  }

  static from(saved: SavedRegion): RegionState {
    const state = new RegionState(saved.salt);
    state.now = saved.now;
    state.#ids = saved.ids;
    state.#draws = saved.draws;
    state.#order = saved.order;
    state.#pending = [...saved.pending];
    for (const [name, entries] of Object.entries(saved.tables)) {
      const table = state.table(name) as Table;
      for (const [id, record] of entries) table.restore(id, record);
    }
    state.#born = new Map(saved.born);
    state.#tagged = new Map(saved.tagged);
    return state;
  }

  /** A copy that shares nothing with this state, so that a dry run may change it. */
  copy(): RegionState {
    const copy = RegionState.from(copied(this.toJSON()));
    copy.#secrets = new Map(this.#secrets);
    return copy;
  }

  #creation(id: string): void {
    this.changed = true;
    this.#born.delete(id); // keeps the map in the order of creation
    this.#born.set(id, this.now);
    this.#tagged.delete(id);
    if (this.#born.size > FORGET_ABOVE) this.#forget();
  }

  /** Drops records that have long been visible to every read. Both maps are nearly in order of time, so this stops early. */
  #forget(): void {
    const old = this.now - LONGEST_LAG;
    for (const moments of [this.#born, this.#tagged]) {
      for (const [id, at] of moments) {
        if (at >= old) break;
        moments.delete(id);
      }
    }
  }
}

const FORGET_ABOVE = 4096;

/** A copy as JSON would make it, in half the time. Records are plain, and simulations copy them a hundred thousand times. */
function copied<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copied) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) copy[key] = copied(item);
  }
  return copy as T;
}

/** A map that reports when a key appears. */
class Table extends Map<string, object> {
  readonly #appears: (id: string) => void;

  constructor(appears: (id: string) => void) {
    super();
    this.#appears = appears;
  }

  override set(id: string, record: object): this {
    if (!this.has(id)) this.#appears(id);
    return super.set(id, record);
  }

  restore(id: string, record: object): void {
    super.set(id, record);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
