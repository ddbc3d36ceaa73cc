/** Two ends that an assertion is about, and what is wrong between them at any moment of an apply. */
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

/** Traffic that is open at a moment and must not be, or that must be open and is not. */
export interface Wrong {
  readonly flows: Flows;
  readonly isCertain: boolean;
}

/** One end: an address, whose object may come and go, or a text that stands for places outside of all objects. */
export interface End {
  readonly name: string;
  readonly address?: Address;
  /** The id of a service: the end is the service or a client of it. The widest network sets no bound on such an end. */
  readonly service?: PartId;
  partiesIn(network: Network): readonly Party[];
}

/** The parts that matter to two ends, and the addresses that have these parts. */
export interface Surroundings {
  readonly related: ReadonlySet<PartId>;
  readonly addresses: readonly Address[];
}

/** The data about the rest of the network that a pair uses. */
interface Around {
  readonly moments: Moments;
  readonly foreign: Parts;
  readonly forms: ReadonlyMap<Address, readonly NetworkPart[]>;
  /** The networks at the first and the last moment. `withAllRules`: the last one with the rules of all moments. */
  readonly states: readonly [Network, Network];
  withAllRules(): Network;
  hasOneForm(address: Address): boolean;
  onlyGrows(address: Address): boolean;
  readonly steps: Work;
  around(): Surroundings;
}

/** Tells what is open between the two ends at any moment. */
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

  /** Computed on first use. Most pairs are open at the end as well, and then nobody asks for their surroundings. */
  get #surroundings(): Surroundings {
    return (this.#known ??= this.#around.around());
  }

  get addresses(): readonly Address[] {
    return this.#surroundings.addresses;
  }

  #about: ReadonlySet<Address> | undefined;
  #foreign: Parts | undefined;

  /** The turns that make the ends, where these do not exist from the beginning. Before these turns there is nothing to check. */
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
   * Returns a function that says what is wrong at a moment and right at the beginning and at the end: the apply is not blamed for the rest.
   * Undefined where nothing can be wrong: at the beginning or at the end, all forbidden traffic is open or the required traffic is not.
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

  /** Whether all forbidden traffic is open at the beginning or at the end. Then no moment in between is to blame. */
  isOpenAnyhow(): boolean {
    return this.#one.is !== "allow" && includesFlows(this.#usual(), this.#one.flows);
  }

  /** The traffic that is open at the beginning or at the end. */
  #usual(): Flows {
    if (this.#openUsually) return this.#openUsually;
    const [first, last] = this.#around.states;
    const will = this.#openIn(last).may;
    this.#openUsually = includesFlows(will, this.#one.flows) ? will : unionFlows(will, this.#openIn(first).may);
    return this.#openUsually;
  }

  #openUsually: Flows | undefined;

  /**
   * Whether nothing can be wrong when any of these turns are done and all other turns are done. True where the turns change only security
   * groups, and giving these the rules of all moments at once opens nothing more. Where the turns change anything else, it is not known
   * without a check of every moment, and the result is false.
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

  /** Whether every existing object of the first end reaches an existing object of the second one. */
  #isThere(done: Done): boolean {
    const network = this.#network(done);
    const [sources, targets] = this.#ends.map((end) => end.partiesIn(network)) as [readonly Party[], readonly Party[]];
    return sources.length > 0 && sources.every((source) => targets.some((target) => isThere(this.#one, reach(network, source, target))));
  }
}

/** Whether a security group has all rules of another one. */
export function hasRulesOf(all: FirewallPart, some: FirewallPart): boolean {
  if (all === some) return true;
  return (["ingress", "egress"] as const).every((direction) => {
    const known = new Set(all[direction].map(ruleOf));
    return some[direction].every((one) => known.has(ruleOf(one)));
  });
}

/** Returns a rule as a text, without its place in the file. */
function ruleOf({ path: _path, ...rule }: Opening): string {
  return JSON.stringify(rule);
}

const texts = new WeakMap<NetworkPart, string>();

/** A part as a text by which it is compared. */
export function textOf(part: NetworkPart): string {
  return inMap(texts, part, () => JSON.stringify(part));
}
