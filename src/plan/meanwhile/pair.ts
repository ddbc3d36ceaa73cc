/** Two ends that an assertion speaks of, and what is wrong between them at any moment of an apply. */
import type { Asserted } from "../../config/assertions.ts";
import type { Address, FirewallPart, NetworkPart, Opening, PartId } from "../../kinds/kind.ts";
import { isThere } from "../../reach/assert.ts";
import { includesFlows, isNone, meetFlows, minusFlows, noFlows, unionFlows, type Flows } from "../../reach/flows.ts";
import { inMap } from "../../reach/memo.ts";
import { networkOf, type Network, type Parts } from "../../reach/network.ts";
import { reach } from "../../reach/reach.ts";
import { limitedPart } from "../../reach/related.ts";
import type { Party } from "../../reach/verdict.ts";
import type { Work } from "../../reach/work.ts";
import { allDone, nothingDone, type Done, type Moments } from "./moments.ts";

/** What is open at a moment and must not be, or what must be and is not. */
export interface Wrong {
  readonly flows: Flows;
  readonly isCertain: boolean;
}

/** One end: an address, whose object may come and go, or a text that means places outside of all objects. */
export interface End {
  readonly name: string;
  readonly address?: Address;
  /** The id of a service, to which it leads or which it uses: which groups and routes lead there, no bound tells. */
  readonly service?: PartId;
  partiesIn(network: Network): readonly Party[];
}

/** What matters to two ends, and the addresses whose parts these are. */
export interface Surroundings {
  readonly related: ReadonlySet<PartId>;
  readonly addresses: readonly Address[];
}

/** What a pair knows of the rest. */
interface Around {
  readonly moments: Moments;
  readonly foreign: Parts;
  readonly forms: ReadonlyMap<Address, readonly NetworkPart[]>;
  /** The first moment and the last, and the last with all rules that groups have at any. */
  readonly states: readonly [Network, Network];
  withAllRules(): Network;
  hasOneForm(address: Address): boolean;
  onlyGrows(address: Address): boolean;
  readonly steps: Work;
  around(): Surroundings;
}

/** Asks of the two ends what is so at any moment. */
export class Pair {
  readonly from: string;
  readonly to: string;
  readonly #one: Asserted;
  readonly #ends: readonly [End, End];
  readonly #around: Around;
  readonly #limited = new WeakMap<NetworkPart, NetworkPart | "left out">();

  constructor(one: Asserted, from: End, to: End, around: Around) {
    this.#one = one;
    this.#ends = [from, to];
    this.from = from.name;
    this.to = to.name;
    this.#around = around;
  }

  #known: Surroundings | undefined;

  /** Most pairs are open at the end as well, and nobody asks what stands around them. */
  get #surroundings(): Surroundings {
    return (this.#known ??= this.#around.around());
  }

  get addresses(): readonly Address[] {
    return this.#surroundings.addresses;
  }

  #about: ReadonlySet<Address> | undefined;
  #foreign: Parts | undefined;

  /** The turns that make the ends, where these are not there from the beginning: before them there is nothing to ask. */
  makers(moments: Moments): readonly number[] {
    if (this.#one.is === "allow") return [];
    return this.#ends.flatMap(({ address }) => (address === undefined ? [] : (moments.makerOf(address) ?? [])));
  }

  isAbout(address: Address): boolean {
    this.#about ??= new Set(this.addresses);
    return this.#about.has(address);
  }

  /** Whether an address has the same parts at two moments, as far as they matter here. */
  isSameAt(address: Address, one: Done, other: Done): boolean {
    const { moments } = this.#around;
    if (moments.partsOf(address, one) === moments.partsOf(address, other)) return true;
    const [a, b] = [this.partsOf(address, one), this.partsOf(address, other)];
    return a.length === b.length && a.every((part, i) => part === b[i] || textOf(part) === textOf(b[i]!));
  }

  partsOf(address: Address, done: Done): readonly NetworkPart[] {
    return this.#limitedTo(this.#around.moments.partsOf(address, done));
  }

  #limitedTo(parts: readonly NetworkPart[]): readonly NetworkPart[] {
    return parts.flatMap((part) => {
      let known = this.#limited.get(part);
      if (known === undefined) this.#limited.set(part, (known = limitedPart(part, this.#surroundings.related) ?? "left out"));
      return known === "left out" ? [] : [known];
    });
  }

  /**
   * What is wrong at a moment, beyond what is so at the beginning or at the end: nobody blames the apply for these. Undefined where
   * nothing can be: all that is asked about is so at the beginning or at the end.
   */
  judge(): ((done: Done) => Wrong | undefined) | undefined {
    const { flows } = this.#one;
    if (this.#one.is === "allow") {
      const isKept = this.#isThere(nothingDone) && this.#isThere(allDone);
      return isKept ? (done) => (this.#isThere(done) ? undefined : { flows, isCertain: true }) : undefined;
    }
    if (this.isOpenAnyhow()) return undefined;
    const usual = this.#usual();
    return (done) => {
      const { may, some } = this.#openIn(this.#network(done));
      const more = minusFlows(may, usual);
      if (isNone(more)) return undefined;
      const certain = meetFlows(more, some);
      return { flows: isNone(certain) ? more : certain, isCertain: !isNone(certain) };
    };
  }

  /** Whether all that is forbidden is open at the beginning or at the end: then no moment in between is to blame. */
  isOpenAnyhow(): boolean {
    return this.#one.is !== "allow" && includesFlows(this.#usual(), this.#one.flows);
  }

  /** What is open at the beginning or at the end. */
  #usual(): Flows {
    if (this.#openUsually) return this.#openUsually;
    const [first, last] = this.#around.states;
    const will = this.#openIn(last).may;
    this.#openUsually = includesFlows(will, this.#one.flows) ? will : unionFlows(will, this.#openIn(first).may);
    return this.#openUsually;
  }

  #openUsually: Flows | undefined;

  /**
   * Whether nothing can be wrong, whichever of these turns are done, and all others are: the groups that they change have the rules
   * of all moments at once, and that opens nothing. False where they change anything else: nobody can say without looking.
   */
  isClosed(turns: readonly number[]): boolean {
    if (this.#one.is === "allow") return false;
    const { moments, forms, hasOneForm, onlyGrows } = this.#around;
    const isMade = (address: Address) => turns.includes(moments.makerOf(address) ?? -1);
    const varying = new Set(
      turns
        .flatMap((turn) => moments.affectedBy(turn))
        .filter((address) => this.isAbout(address) && (isMade(address) || !hasOneForm(address))),
    );
    if ([...varying].every(onlyGrows)) return true;
    const parts = [...varying].flatMap((address) => this.#limitedTo(forms.get(address) ?? []));
    if (!parts.every((part) => part.is === "firewall")) return false;
    return includesFlows(this.#usual(), this.#openIn(this.#around.withAllRules()).may);
  }

  #network(done: Done): Network {
    this.#around.steps.spend(20 + this.addresses.length);
    this.#foreign ??= this.#around.foreign.flatMap((part) => limitedPart(part, this.#surroundings.related) ?? []);
    return networkOf([...this.#foreign, ...this.addresses.flatMap((address) => this.partsOf(address, done))], this.#around.steps);
  }

  #openIn(network: Network): { readonly may: Flows; readonly some: Flows } {
    let [may, some] = [noFlows, noFlows];
    const [from, to] = this.#ends;
    for (const source of from.partiesIn(network))
      for (const target of to.partiesIn(network)) {
        if (source.endpoint !== undefined && source.endpoint === target.endpoint && source.endpoint.part.isMany !== true) continue;
        const verdict = reach(network, source, target, this.#one.flows);
        may = unionFlows(may, meetFlows(verdict.may, this.#one.flows));
        some = unionFlows(some, meetFlows(verdict.some, this.#one.flows));
      }
    return { may, some };
  }

  /** Every object that is there reaches one of the other end that is there. */
  #isThere(done: Done): boolean {
    const network = this.#network(done);
    const [sources, targets] = this.#ends.map((end) => end.partiesIn(network)) as [readonly Party[], readonly Party[]];
    return sources.length > 0 && sources.every((source) => targets.some((target) => isThere(this.#one, reach(network, source, target))));
  }
}

/** Whether a group lets through what another does, rule by rule. */
export function hasRulesOf(all: FirewallPart, some: FirewallPart): boolean {
  if (all === some) return true;
  return (["ingress", "egress"] as const).every((direction) => {
    const known = new Set(all[direction].map(ruleOf));
    return some[direction].every((one) => known.has(ruleOf(one)));
  });
}

/** What a rule lets through, without its place in the file. */
function ruleOf({ path: _path, ...rule }: Opening): string {
  return JSON.stringify(rule);
}

const texts = new WeakMap<NetworkPart, string>();

/** A part as a text by which it is compared. */
export function textOf(part: NetworkPart): string {
  return inMap(texts, part, () => JSON.stringify(part));
}
