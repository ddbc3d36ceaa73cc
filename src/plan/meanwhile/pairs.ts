/** The pairs of ends that an assertion is about at some moment of an apply. */
import type { Asserted } from "../../config/assertions.ts";
import type { Address, NetworkPart, PartId, PoolPart } from "../../kinds/kind.ts";
import { spanOfEither } from "../../reach/addresses.ts";
import { clientsAmong, everyoneOutside, otherClients, othersOutside } from "../../reach/assert.ts";
import { isNone, meetFlows, type Flows } from "../../reach/flows.ts";
import { flowsOfNetwork, type Flow } from "../../reach/matrix.ts";
import { groupBy } from "../../resource/group-by.ts";
import { networkOf, type Endpoint, type Network, type Parts } from "../../reach/network.ts";
import { internet, internet6, partiesOf } from "../../reach/parties.ts";
import { reach } from "../../reach/reach.ts";
import { inMap } from "../../reach/memo.ts";
import { Relations } from "../../reach/related.ts";
import { clients, partyOf, type Party } from "../../reach/verdict.ts";
import type { Work } from "../../reach/work.ts";
import { generous, ofAllMoments } from "./widest-networks.ts";
import { hasRulesOf, Pair, textOf, type End, type Surroundings } from "./pair.ts";
import { allDone, nothingDone, type Done, type Moments } from "./moments.ts";

export class PairsOf {
  readonly #moments: Moments;
  readonly #foreign: Parts;
  readonly #steps: Work;
  readonly #all: readonly NetworkPart[];
  #relations: Relations | undefined;
  readonly #addressOf = new Map<PartId, Set<Address>>();
  readonly #states: readonly [Network, Network];
  /** Every form that an object has at some moment. Most have one or two. The same done turns give the same list. */
  readonly #forms: ReadonlyMap<Address, readonly NetworkPart[]>;
  #generous: Network | undefined;

  /** `last`: the network after the plan, where the caller has already made it. */
  constructor(moments: Moments, foreign: Parts, steps: Work, last?: Network) {
    this.#moments = moments;
    this.#foreign = foreign;
    this.#steps = steps;
    const forms = moments.addresses.map((address): [Address, readonly NetworkPart[]] => {
      const turns = moments.affecting(address);
      const lists = [moments.partsOf(address, nothingDone), moments.partsOf(address, allDone)];
      for (const turn of turns) lists.push(moments.partsOf(address, (id) => id <= turn));
      return [address, [...new Set(lists)].flat()];
    });
    this.#forms = new Map(forms);
    for (const [address, parts] of forms)
      for (const part of parts) {
        const id = part.is === "forward" ? part.from : part.is === "member" ? part.of : part.id;
        for (const one of [id, ...(part.is === "member" ? [part.endpoint] : part.is === "public-address" ? [part.of] : [])]) {
          const known = this.#addressOf.get(one);
          if (known) known.add(address);
          else this.#addressOf.set(one, new Set([address]));
        }
      }
    this.#all = [...foreign, ...forms.flatMap(([, parts]) => parts)];
    const stateOf = (parts: Parts) => networkOf([...foreign, ...parts], steps);
    this.#states = [stateOf(this.#partsAt(nothingDone)), last ?? stateOf(this.#partsAt(allDone))];
  }

  #allRules: Network | undefined;

  #withAllRules(): Network {
    if (this.#allRules) return this.#allRules;
    const others = [...this.#foreign, ...this.#partsAt(allDone)].filter(({ is }) => is !== "firewall");
    const firewalls = ofAllMoments(this.#all.filter((part) => part.is === "firewall"));
    this.#allRules = networkOf([...others, ...firewalls], this.#steps);
    return this.#allRules;
  }

  readonly #oneForm = new Map<Address, boolean>();

  /** Whether an object has the same parts at every moment at which it exists. */
  #hasOneForm(address: Address): boolean {
    return inMap(this.#oneForm, address, () => {
      const last = this.#moments.partsOf(address, allDone);
      const without = this.#moments.affecting(address).map((turn) => this.#moments.partsOf(address, (id) => id !== turn));
      const texts = new Set([...(this.#forms.get(address) ?? []), ...[...new Set(without)].flat()].map(textOf));
      return texts.size <= last.length;
    });
  }

  readonly #growing = new Map<Address, boolean>();

  /** Whether an object is a security group that never has a rule which it lacks at the end. Then the end lets through the most. */
  #onlyGrows(address: Address): boolean {
    return inMap(this.#growing, address, () => {
      const last = new Map(this.#moments.partsOf(address, allDone).map((part) => ["id" in part ? part.id : "", part]));
      return (this.#forms.get(address) ?? []).every((part) => {
        const end = part.is === "firewall" ? last.get(part.id) : undefined;
        return part.is === "firewall" && end?.is === "firewall" && hasRulesOf(end, part);
      });
    });
  }

  #partsAt(done: Done): readonly NetworkPart[] {
    return this.#moments.addresses.flatMap((address) => this.#moments.partsOf(address, done));
  }

  /** The pairs that a change between the first and the last moment can affect. */
  *of(one: Asserted): Iterable<Pair> {
    const isOnly = one.is === "only";
    const named = isOnly ? this.#others(one.from ?? []) : this.#ends(one.from);
    const sources = [...named, ...(one.is === "deny" ? this.#clientEnds(one.from) : [])];
    const targets = this.#ends(one.to);
    const isFew = sources.length * targets.length <= 2 * (sources.length + targets.length);
    const isCandidate = one.is === "allow" ? () => true : this.#candidates(one.flows, isFew);
    for (const from of sources)
      for (const to of targets) {
        if (from.address === undefined && to.address === undefined) continue;
        const pair = new Pair(one, from, to, {
          moments: this.#moments,
          foreign: this.#foreign,
          forms: this.#forms,
          states: this.#states,
          withAllRules: () => this.#withAllRules(),
          hasOneForm: (address) => this.#hasOneForm(address),
          onlyGrows: (address) => this.#onlyGrows(address),
          steps: this.#steps,
          around: () => this.#around(from, to),
        });
        // For few pairs it is cheaper to ask whether all is open at the end as well than to compute what could be open at all.
        if ((isFew && pair.isOpenAnyhow()) || !isCandidate(from, to)) continue;
        yield pair;
      }
  }

  /** Returns the parts that matter to two ends, and the addresses that have these parts. */
  #around(from: End, to: End): Surroundings {
    this.#relations ??= new Relations(this.#all);
    const related = this.#relations.of([...this.#idsOf(from), ...this.#idsOf(to)]);
    return { related, addresses: [...new Set([...related].flatMap((id) => [...(this.#addressOf.get(id) ?? [])]))] };
  }

  #idsOf({ name, address, service }: End): readonly string[] {
    if (address === undefined) return [service ?? name];
    const old = this.#moments.oldIds.get(address);
    return old === undefined ? [address] : [address, old];
  }

  #endpointsOnce: readonly Address[] | undefined;

  #endpoints(): readonly Address[] {
    return (this.#endpointsOnce ??= this.#everyEndpoint());
  }

  #everyEndpoint(): readonly Address[] {
    const ids = this.#all.filter(({ is }) => is === "endpoint").flatMap((part) => ("id" in part ? [part.id] : []));
    return [...new Set(ids.flatMap((id) => [...(this.#addressOf.get(id) ?? [])]))].sort();
  }

  #ends(names: readonly string[] | undefined): readonly End[] {
    if (names === undefined)
      return [
        ...this.#endpoints().map((address) => this.#endOf(address, () => true)),
        { name: internet, partiesIn: (network) => [everyoneOutside(network)] },
        ...this.#idsOfParts("service", "offer").map((id) => this.#serviceEnd(id)),
      ];
    return names.flatMap((name): End[] => {
      if (name === internet || isAddress(name)) return [{ name, partiesIn: (network) => partiesOf(network, name) ?? [] }];
      const parties = this.#states.flatMap((network) => this.#meant(network, name));
      const meant = new Set(parties.flatMap(({ endpoint }) => endpoint?.id ?? []));
      const services = new Set(parties.flatMap(({ spots }) => spots.flatMap(({ service, clientOf }) => service?.id ?? clientOf ?? [])));
      const addresses = new Set([...meant].flatMap((id) => [...(this.#addressOf.get(id) ?? [])]));
      const isMeant = (network: Network, id: PartId) => this.#meant(network, name).some(({ endpoint }) => endpoint?.id === id);
      return [
        ...[...addresses].sort().map((address) => this.#endOf(address, isMeant)),
        ...[...services].sort().map((id) => this.#serviceEnd(id)),
      ];
    });
  }

  #idsOfParts(...kinds: readonly NetworkPart["is"][]): readonly PartId[] {
    return [...new Set(this.#all.flatMap((part) => (kinds.includes(part.is) && "id" in part ? [part.id] : [])))];
  }

  #serviceEnd(id: PartId): End {
    return { name: id, service: id, partiesIn: (network) => partiesOf(network, id) ?? [] };
  }

  /** For each service, the clients that come through an endpoint in somebody else's VPC. */
  #clientEnds(from: readonly string[] | undefined): readonly End[] {
    if (from === undefined) return [];
    const listed = (network: Network) => from.flatMap((name) => this.#meant(network, name));
    return this.#idsOfParts("offer").map((id) => clientEnd(id, (network) => clientsAmong(network, listed(network))));
  }

  #others(names: readonly string[]): readonly End[] {
    const isListed = (network: Network, id: PartId) =>
      names.some((name) => this.#meant(network, name).some(({ endpoint }) => endpoint?.id === id));
    return [
      ...this.#endpoints().map((address) => this.#endOf(address, (network, id) => !isListed(network, id))),
      {
        name: "everybody else outside",
        partiesIn: (network) =>
          othersOutside(
            network,
            names.flatMap((name) => this.#meant(network, name)),
          ),
      },
      ...this.#idsOfParts("offer").map((id) =>
        clientEnd(id, (network) =>
          otherClients(
            network,
            names.flatMap((name) => this.#meant(network, name)),
          ),
        ),
      ),
    ];
  }

  #endOf(address: Address, isMeant: (network: Network, id: PartId) => boolean): End {
    const ids = [address, this.#moments.oldIds.get(address)].filter((id) => id !== undefined);
    return {
      name: address,
      address,
      partiesIn: (network) =>
        ids.flatMap((id) => {
          const endpoint = network.endpoints.get(id);
          return endpoint && isMeant(network, id) ? [partyOf(endpoint)] : [];
        }),
    };
  }

  /** Returns the parties that a name stands for. The old objects of replaced addresses have the same names. */
  #meant(network: Network, name: string): readonly Party[] {
    const old = [...this.#moments.oldIds].flatMap(([address, id]) =>
      address === name || (name.endsWith("/*") && address.startsWith(name.slice(0, -1))) ? [id] : [],
    );
    // Old objects that a run which died has left of a replacement.
    const left = this.#moments.addresses.filter((address) => address.startsWith(`${name} (`));
    return [name, ...old, ...left].flatMap((one) => partiesOf(network, one) ?? []);
  }

  /**
   * Returns whether a pair could be open if every rule of any moment held at once, wherever the routes lead. No other pair is ever open.
   * With few pairs each is asked one by one; with many, all flows are found at once.
   */
  #candidates(flows: Flows, isFew: boolean): (from: End, to: End) => boolean {
    this.#generous ??= networkOf(generous(this.#all), this.#steps);
    const isOpen = isFew ? this.#askedIn(this.#generous, flows) : this.#listedIn(this.#generous, flows);
    const turned = this.#turnedTargets();
    // A NAT gateway may speak for clients that come by IPv6. Then its own address counts.
    const hasNat64 = this.#all.some((part) => part.is === "table" && part.routes.some(({ to }) => to.startsWith("64:ff9b:")));
    return (from, to) => hasNat64 || turned.has(to.address ?? "") || isOpen(from, to);
  }

  #askedIn(network: Network, flows: Flows): (from: End, to: End) => boolean {
    const partiesAt = (end: End) =>
      end.address === undefined ? end.partiesIn(network) : this.#endpointsAt(end.address, network).map(partyOf);
    return (from, to) =>
      isInside(from) ||
      isInside(to) ||
      partiesAt(from).some((one) => partiesAt(to).some((other) => !isNone(meetFlows(reach(network, one, other, flows).may, flows))));
  }

  #endpointsAt(address: Address, network: Network): readonly Endpoint[] {
    this.#idsAt ??= byAddress(this.#addressOf);
    return (this.#idsAt.get(address) ?? []).flatMap((id) => network.endpoints.get(id) ?? []);
  }

  #idsAt: ReadonlyMap<Address, readonly PartId[]> | undefined;

  #listedIn(network: Network, flows: Flows): (from: End, to: End) => boolean {
    this.#open ??= flowsOfNetwork(network);
    const open = this.#open.filter(({ may }) => !isNone(meetFlows(may, flows)));
    const sideOf = (id: string) => (id === internet || isAddress(id) ? [outside] : [...(this.#addressOf.get(id) ?? [])]);
    const pairs = new Set(open.flatMap(({ from, to }) => sideOf(from).flatMap((one) => sideOf(to).map((other) => `${one} ${other}`))));
    return (from, to) => isInside(from) || isInside(to) || pairs.has(`${from.address ?? outside} ${to.address ?? outside}`);
  }

  #open: readonly Flow[] | undefined;

  /** Targets of pools that pass on other client addresses than before. They see other clients, which a union of rules cannot show. */
  #turnedTargets(): ReadonlySet<Address> {
    const pools = this.#all.filter((part): part is PoolPart => part.is === "pool");
    const forms = groupBy(pools, ({ id }) => id);
    const isTurned = (id: PartId) => new Set((forms.get(id) ?? []).map((one) => JSON.stringify([one.keepsClient, one.crossZone]))).size > 1;
    const ids = this.#all.flatMap((part) => {
      if (part.is === "member") return isTurned(part.of) ? [part.endpoint] : [];
      return part.is === "pool" && isTurned(part.id) ? part.targets.map(({ endpoint }) => endpoint) : [];
    });
    return new Set(ids.flatMap((id) => [...(this.#addressOf.get(id) ?? [])]));
  }
}

const outside = "outside";

function clientEnd(id: PartId, of: (network: Network) => readonly Party[]): End {
  const isOfService = ({ spots }: Party) => spots.some(({ clientOf }) => clientOf === id);
  return { name: `${clients}${id}`, service: id, partiesIn: (network) => of(network).filter(isOfService) };
}

/** Whether an end may lie inside a VPC: a service, or a network, whose addresses may have security groups that nobody knows. */
function isInside({ name, address, service }: End): boolean {
  if (service !== undefined) return true;
  return address === undefined && name !== internet6 && isAddress(name);
}

function byAddress(addressOf: ReadonlyMap<PartId, ReadonlySet<Address>>): ReadonlyMap<Address, readonly PartId[]> {
  const ids = new Map<Address, PartId[]>();
  for (const [id, addresses] of addressOf) for (const address of addresses) ids.set(address, [...(ids.get(address) ?? []), id]);
  return ids;
}

function isAddress(name: string): boolean {
  return spanOfEither(name) !== undefined;
}
