/** The parts that objects have in the network at any moment of an apply. */
import type { Address, AwsId, FieldRule, Kind, NetworkPart, ResourceIndex, Spec, Subject } from "../../kinds/kind.ts";
import { inMap } from "../../reach/memo.ts";
import type { Decision } from "../decision.ts";
import type { Observed } from "../observed.ts";
import type { Work } from "../work.ts";
import { linked } from "../../reach/network.ts";
import { turnsOf, type Turn, type Version, type Versions } from "./turns.ts";

/** Whether a turn is done. */
export type Done = (turn: number) => boolean;

export const nothingDone: Done = () => false;
export const allDone: Done = () => true;

export class Moments {
  readonly turns: readonly Turn[];
  /** The ids of the old objects of replaced addresses. The parts of an old object stand under its id. */
  readonly oldIds: ReadonlyMap<Address, AwsId>;
  /** Every address that has an object at any time. */
  readonly addresses: readonly Address[];
  readonly #region: string;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #before: ReadonlyMap<Address, Versions>;
  /** For each kind, the addresses that have an object of it at some time. Kinds mostly look up objects of their own kind. */
  readonly #ofKind = new Map<string, Address[]>();
  readonly #byAddress = new Map<Address, Turn[]>();
  readonly #ofOldId: ReadonlyMap<AwsId, Address>;
  /** The addresses by the ids of existing objects. Without the old objects of replaced addresses, which are known by their ids. */
  readonly #addressOfId: ReadonlyMap<AwsId, Address>;
  readonly #takers = new Map<string, Turn[]>();
  /** The addresses whose elements another object of their kind may take. */
  readonly #movables = new Set<Address>();
  readonly #affecting = new Map<Address, readonly number[]>();
  readonly #affected = new Map<number, readonly Address[]>();
  readonly #byNode = new Map<string, Turn[]>();
  readonly #versionsOf = new Map<Address, Map<string, readonly Version[]>>();
  readonly #known = new Map<Address, Map<string, readonly NetworkPart[]>>();

  constructor(
    kinds: readonly Kind[],
    region: string,
    { work, decisions }: { readonly work: readonly Work[]; readonly decisions: ReadonlyMap<Address, Decision> },
    observed: Observed,
  ) {
    const { turns, before, oldIds } = turnsOf(work, decisions, observed);
    this.#region = region;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.turns = turns;
    this.oldIds = oldIds;
    this.#before = before;
    const there = [...before].flatMap(([address, { old }]) => (old?.live && !oldIds.has(address) ? [[old.live.id, address] as const] : []));
    this.#addressOfId = new Map(there);
    this.#ofOldId = new Map([...oldIds].map(([address, id]) => [id, address]));
    for (const turn of turns) {
      this.#byNode.set(turn.node, [...(this.#byNode.get(turn.node) ?? []), turn]);
      this.#byAddress.set(turn.address, [...(this.#byAddress.get(turn.address) ?? []), turn]);
      if (turn.takes) this.#takers.set(keyOf(turn.takes), [...(this.#takers.get(keyOf(turn.takes)) ?? []), turn]);
    }
    this.addresses = [...new Set([...before.keys(), ...this.#byAddress.keys()])];
    for (const address of this.addresses) {
      const { old, now } = before.get(address) ?? {};
      const names = [old?.subject.kind, now?.subject.kind, decisions.get(address)?.kind.name].filter((name) => name !== undefined);
      if (this.#takers.size > 0 && names.some((kind) => this.#movable({ kind }).length > 0)) this.#movables.add(address);
      for (const name of new Set(names)) {
        const known = this.#ofKind.get(name);
        if (known) known.push(address);
        else this.#ofKind.set(name, [address]);
      }
    }
  }

  /**
   * Returns the turns that can change the parts of an address: its own turns, those of the objects that its kind looks up, and those that
   * take an element from these.
   */
  affecting(address: Address): readonly number[] {
    const known = this.#affecting.get(address);
    if (known) return known;
    const looked = new Set([address]);
    const [first, last] = [nothingDone, allDone].map((done) => this.#compute(address, done, (other) => looked.add(other)));
    const turns = new Set<number>();
    for (const one of looked) {
      for (const turn of this.#byAddress.get(one) ?? []) turns.add(turn.id);
      if (!this.#movables.has(one)) continue;
      for (const done of [nothingDone, allDone])
        for (const { subject } of this.#versions(one, done, false))
          for (const taken of this.#listed(subject)) for (const { id } of this.#takers.get(taken) ?? []) turns.add(id);
    }
    const found = [...turns].sort((a, b) => a - b);
    this.#affecting.set(address, found);
    this.#known.set(address, new Map([["", first!], [found.join(), found.length === 0 ? first! : last!]])); // oxfmt-ignore
    return found;
  }

  /** Returns the addresses whose parts a turn can change. */
  affectedBy(turn: number): readonly Address[] {
    if (this.#affected.size === 0)
      for (const address of this.addresses)
        for (const one of this.affecting(address)) this.#affected.set(one, [...(this.#affected.get(one) ?? []), address]);
    return this.#affected.get(turn) ?? [];
  }

  turnsOf(node: string): readonly Turn[] {
    return this.#byNode.get(node) ?? [];
  }

  /** The turn that makes the object of an address, where it is not there from the beginning. */
  makerOf(address: Address): number | undefined {
    return this.#before.has(address) ? undefined : this.#byAddress.get(address)?.[0]?.id;
  }

  partsOf(address: Address, done: Done): readonly NetworkPart[] {
    const turns = this.affecting(address);
    const key = done === nothingDone ? "" : (done === allDone ? turns : turns.filter(done)).join();
    let known = this.#known.get(address);
    if (!known) this.#known.set(address, (known = new Map<string, readonly NetworkPart[]>()));
    let parts = known.get(key);
    if (!parts) known.set(key, (parts = this.#compute(address, done, () => undefined)));
    return parts;
  }

  #compute(address: Address, done: Done, asked: (address: Address) => unknown): readonly NetworkPart[] {
    const index: ResourceIndex = {
      region: this.#region,
      of: (kind) =>
        (this.#ofKind.get(kind) ?? []).flatMap((one) => {
          const subjects = this.#versions(one, done).flatMap(({ subject }) => (subject.kind === kind ? [subject] : []));
          if (subjects.length > 0) asked(one);
          return subjects;
        }),
      get: (one) => {
        const at = this.#ofOldId.get(one) ?? one;
        asked(at);
        return this.#versions(at, done).find(({ subject }) => subject.address === one)?.subject;
      },
    };
    return this.#versions(address, done).flatMap(({ subject, live }) =>
      (this.#kinds.get(subject.kind)?.network?.(subject, index, live) ?? []).map((part) => linked(part, this.#addressOfId)),
    );
  }

  #versions(address: Address, done: Done, isTakenAway = true): readonly Version[] {
    const turns = (this.#byAddress.get(address) ?? []).filter(({ id }) => done(id));
    const key = turns.map(({ id }) => id).join();
    const known = inMap(this.#versionsOf, address, () => new Map<string, readonly Version[]>());
    const versions = inMap(known, key, () => {
      const has = turns.reduce((so, turn) => turn.does(so), this.#before.get(address) ?? {});
      return [has.old, has.now].filter((one) => one !== undefined);
    });
    if (!isTakenAway || !this.#movables.has(address)) return versions;
    return versions.map((one) => ({ ...one, subject: this.#withoutTaken(one.subject, address, done) }));
  }

  /** Returns the object without the elements that another object took. */
  #withoutTaken(subject: Subject, address: Address, done: Done): Subject {
    let spec = subject.spec as Spec;
    for (const field of this.#movable(subject)) {
      const list = spec[field];
      if (!Array.isArray(list)) continue;
      const isTaken = (value: unknown) =>
        this.#takers.get(keyOf({ kind: subject.kind, field, value }))?.some((turn) => turn.address !== address && done(turn.id)) === true;
      if (list.some(isTaken)) spec = { ...spec, [field]: list.filter((value) => !isTaken(value)) };
    }
    return spec === subject.spec ? subject : { ...subject, spec };
  }

  #listed(subject: Subject): readonly string[] {
    return this.#movable(subject).flatMap((field) => {
      const list: unknown = subject.spec[field];
      return Array.isArray(list) ? list.map((value) => keyOf({ kind: subject.kind, field, value })) : [];
    });
  }

  readonly #movableOf = new Map<string, readonly string[]>();

  #movable({ kind }: Pick<Subject, "kind">): readonly string[] {
    return inMap(this.#movableOf, kind, () => {
      const fields = (this.#kinds.get(kind)?.fields ?? {}) as Readonly<Record<string, FieldRule>>;
      return Object.keys(fields).filter((field) => fields[field]!.passes === "moves");
    });
  }
}

function keyOf({ kind, field, value }: { readonly kind: string; readonly field: string; readonly value: unknown }): string {
  return `${kind} ${field} ${JSON.stringify(value)}`;
}
