/** Sorts the objects that were read for one environment: their owners, their addresses, which of several counts, and their references. */
import { addTo } from "../resource/group-by.ts";
import type { StackFate } from "../aws/stacks.ts";
import type { Environment } from "../config/environment.ts";
import type { Address, AwsId, Desired, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Found, Observed, Unadoptable } from "../plan/observed.ts";
import type { Note } from "../plan/plan.ts";
import { idsOf, isAlive, isOfOtherRegion, whyNotOwned } from "../resource/ownership-check.ts";
import { addressOfTag, ownership, turnOf } from "../resource/ownership.ts";
import { imageKinds, mapAnnotated, mapRefs } from "../resource/references.ts";
import { adoptable, adoptedTwice } from "./adopt.ts";
import { Names } from "./names.ts";

interface Candidate {
  readonly kind: Kind;
  readonly live: Live;
  readonly adopted?: true;
  readonly takenOver?: true;
}

export class Sorter {
  readonly notes: Note[] = [];
  readonly #environment: Environment;
  readonly #declared: ReadonlyMap<Address, Desired>;
  readonly #account: string;
  readonly #alive = new Map<Address, Candidate[]>();
  readonly #shown = new Map<Address, AwsId[]>();
  readonly #sighted = new Map<Kind, Live[]>();
  /**
   * The node that has adopted an object, by the object's kind and id. The kind is needed: a database and its subnet group may have one
   * name.
   */
  readonly #adopted = new Map<string, Desired>();
  readonly #unadoptable = new Map<Address, Unadoptable>();
  #hasOurs = false;
  readonly #dying: { readonly address: Address; readonly candidate: Candidate }[] = [];

  constructor(environment: Environment, declared: ReadonlyMap<Address, Desired>, account: string) {
    this.#environment = environment;
    this.#declared = declared;
    this.#account = account;
  }

  /** Returns the nodes of a kind whose objects still have to be found by the id in `adopt:`. */
  toAdopt(kind: Kind): Desired[] {
    const nodes = [...this.#declared.values()].filter((node) => node.kind === kind.name && node.adopt !== undefined);
    for (const node of nodes) this.#noteIdle(node);
    return nodes.filter((node) => !this.#alive.has(node.address));
  }

  add(kind: Kind, live: Live): void {
    if (live.tags[ownership.environment] !== this.#environment.name) return; // filters are patterns, and some endpoints ignore them
    addTo(this.#sighted, kind, live);
    if (live.tags[ownership.project] !== this.#environment.project) return this.#noteOtherProject(kind, live);
    if (isOfOtherRegion(kind, live.tags, this.#environment.region)) return;
    const why = whyNotOwned(kind, live, this.#account);
    if (why !== undefined) {
      if (isAlive(live) && !this.#isNamed(live)) {
        const tag = live.tags[ownership.resource];
        const text = `${live.id} has the tags of ${tag === undefined ? "nothing" : addressOfTag(tag)} but is not it: ${why}; it is left alone`;
        this.notes.push({ code: "copy", id: live.id, text });
      }
      return;
    }
    const address = addressOfTag(live.tags[ownership.resource]!);
    addTo(this.#shown, address, live.id);
    if (isAlive(live)) addTo(this.#alive, address, { kind, live });
    else if (live.state === "deleting") this.#dying.push({ address, candidate: { kind, live } });
    else return;
    this.#hasOurs = true;
  }

  /** Whether an object of this environment was found. */
  get hasOurs(): boolean {
    return this.#hasOurs;
  }

  /** Returns the nodes that stand for objects that AWS made with a VPC, and that have not taken them over yet. */
  toTakeOver(kinds: readonly Kind[]): (readonly [Kind, Desired])[] {
    const madeByAws = new Map(kinds.filter(({ madeWith }) => typeof madeWith === "object").map((kind) => [kind.name, kind]));
    return [...this.#declared.values()].flatMap((node) => {
      const kind = madeByAws.get(node.kind);
      return kind && (node.spec as Spec)["default"] === true && !this.#alive.has(node.address) ? [[kind, node] as const] : [];
    });
  }

  takeOver(kind: Kind, node: Desired, live: Live): void {
    this.adopt(kind, { ...node, adopt: live.id }, new Map([[live.id, live]]), new Map(), { takenOver: true });
  }

  /** Returns the id of the object at an address. */
  idOf(address: Address): AwsId | undefined {
    return currentOf(this.#alive.get(address) ?? [])[0]?.live.id;
  }

  /** Adopts the object that a node's `adopt:` names among those found, or records why it cannot be adopted. */
  adopt(
    kind: Kind,
    node: Desired,
    lives: ReadonlyMap<AwsId, Live>,
    stacks: ReadonlyMap<string, StackFate>,
    how: Pick<Candidate, "adopted" | "takenOver"> = { adopted: true },
  ): void {
    const live = lives.get(node.adopt!) ?? [...lives.values()].find((one) => idsOf(one).includes(node.adopt!));
    const first = live && this.#adopted.get(`${kind.name} ${live.id}`);
    const verdict = first
      ? adoptedTwice(node, first)
      : adoptable(kind, node, live, { environment: this.#environment, account: this.#account, stacks });
    if (typeof verdict === "object") {
      if (!this.#comesByMove(node, verdict)) this.#unadoptable.set(node.address, verdict);
      return;
    }
    this.#adopted.set(`${kind.name} ${live!.id}`, node);
    if (verdict === "ours") {
      addTo(this.#shown, node.address, live!.id);
      this.#hasOurs = true;
    }
    addTo(this.#alive, node.address, { kind, live: live!, ...(verdict === "free" ? how : {}) });
  }

  /** Whether a `moved:` line brings the object here anyway, because it was adopted under its old address. */
  #comesByMove({ address }: Desired, { holder }: Unadoptable): boolean {
    return this.#environment.moved.some(({ from, to }) => from === holder && to === address && !this.#declared.has(from));
  }

  /** Whether an `adopt:` of the file names this object. */
  #isNamed(live: Live): boolean {
    return [...this.#declared.values()].some(({ adopt }) => adopt !== undefined && idsOf(live).includes(adopt));
  }

  #noteIdle({ address, adopt, at }: Desired): void {
    const here = this.#alive.get(address) ?? [];
    if (here.length === 0 || here.some(({ live }) => idsOf(live).includes(adopt!))) return;
    const ids = here.map(({ live }) => live.id).join(", ");
    this.notes.push({
      code: "adopt-idle",
      address,
      text: `${address} is ${ids}, and \`adopt:\` names ${adopt}, which is left alone; remove the line`,
      at: at("adopt.id"),
    });
  }

  finish(): Observed {
    this.#move();
    const linkOf = this.#links();
    const names = new Names(() =>
      [...this.#alive].flatMap(([address, candidates]) => {
        const [one] = currentOf(candidates);
        return one ? [{ address, kind: one.kind, live: one.live }] : [];
      }),
    );
    const objects = new Map<Address, Found>();
    const ambiguous = new Map<Address, readonly AwsId[]>();
    const leftovers: Found[] = [];
    const doubles: Found[] = [];
    const foundOf = (address: Address, { kind, live, adopted, takenOver }: Candidate): Found => {
      const addressed = (value: unknown, allowed: readonly string[]) =>
        typeof value === "string" ? (linkOf(value, allowed) ?? value) : value;
      const linked = mapAnnotated(
        kind.schema,
        mapRefs(kind.schema, live.spec as Spec, (value, _path, allowed) => addressed(value, allowed)),
        "x-image",
        (value, _path, schema) => addressed(value, imageKinds(schema)),
      );
      const from = addressOfTag(live.tags[ownership.resource] ?? address);
      const how = adopted ? { adopted } : takenOver ? { takenOver } : from !== address ? { movedFrom: from } : {};
      return { address, kind, live, linked, ...how, ...names.in(address, kind, live) };
    };
    for (const [address, candidates] of [...this.#alive].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [one, old] = currentOf(candidates);
      if (!one) {
        ambiguous.set(address, candidates.map(({ live }) => live.id).sort());
        doubles.push(...candidates.map((candidate) => foundOf(address, candidate)));
        continue;
      }
      objects.set(address, foundOf(address, one));
      for (const left of old) leftovers.push({ ...foundOf(address, left), address: replacedAddress(address, left.live) });
    }
    const dying = this.#dying.map(({ address, candidate }) => {
      const { movedFrom: _moved, ...found } = foundOf(address, candidate);
      return { ...found, address: `${address} (${candidate.live.id}, which AWS is deleting)` };
    });
    for (const [, ids] of this.#shown) ids.sort();
    const unadoptable = new Map([...this.#unadoptable].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.notes.sort((a, b) => (a.text < b.text ? -1 : 1));
    const [account, shown, sighted, notes] = [this.#account, this.#shown, this.#sighted, this.notes];
    return { account, objects, leftovers, dying, shown, sighted, ambiguous, doubles, unadoptable, notes };
  }

  /** Follows the `moved:` lines. An object whose old address is no longer declared goes to the new address, if nothing is there. */
  #move(): void {
    for (const { from, to } of this.#environment.moved) {
      const candidates = this.#alive.get(from);
      if (!candidates || this.#declared.has(from) || this.#alive.has(to)) continue;
      this.#alive.delete(from);
      this.#alive.set(to, candidates);
    }
  }

  /**
   * Returns a function that finds the address of an id. Ids that are names are unique within a kind only: a database and its subnet group
   * may both be `prod-main`.
   */
  #links(): (id: AwsId, kinds: readonly string[]) => Address | undefined {
    const links = new Map<string, Address>();
    for (const [address, candidates] of this.#alive) {
      const [one, old] = currentOf(candidates);
      if (!one) continue;
      for (const id of idsOf(one.live)) links.set(`${one.kind.name} ${id}`, address);
      // A run may have died before all users let go of an object that it replaced. For these users the object is ours, not foreign.
      for (const { kind, live } of old) for (const id of idsOf(live)) links.set(`${kind.name} ${id}`, replacedAddress(address, live));
    }
    return (id, kinds) => {
      for (const kind of kinds) {
        const address = links.get(`${kind} ${id}`);
        if (address !== undefined) return address;
      }
      return undefined;
    };
  }

  #noteOtherProject(kind: Kind, live: Live): void {
    if (!isAlive(live)) return;
    const project = live.tags[ownership.project] ?? "no project";
    const known = this.notes.find((note) => note.code === "other-project" && note.text.includes(`project ${project} `));
    if (!known)
      this.notes.push({
        code: "other-project",
        text: `project ${project} has an environment ${this.#environment.name} here too (${kind.name} ${live.id}, for example); it is left alone`,
      });
  }
}

function replacedAddress(address: Address, old: Live): Address {
  return `${address} (replaced ${old.id})`;
}

/**
 * Returns the current object of an address, and the objects that it replaces. The current object is the one that was not to be replaced. If
 * all were, it is the last one, because a killed run did not make its replacement. There is none when two have equal claims.
 */
function currentOf(candidates: readonly Candidate[]): readonly [Candidate | undefined, readonly Candidate[]] {
  if (candidates.length === 1) return [candidates[0]!, []];
  const turn = ({ live }: Candidate) => turnOf(live.tags) ?? Infinity;
  const last = Math.max(...candidates.map(turn));
  const [current, ...rivals] = candidates.filter((one) => turn(one) === last);
  return current && rivals.length === 0 ? [current, candidates.filter((one) => one !== current)] : [undefined, []];
}
