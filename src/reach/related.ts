/**
 * Finds the parts of a network that can matter to a question: for each end its subnets, their tables and ACLs, the gateways, and the load
 * balancers in front of it. If all other parts are left out of the network, the answer is the same.
 */
import type { NetworkPart, PartId, PoolPart, SubnetPart } from "../kinds/kind.ts";
import { spanOf, spanOfEither, type Address } from "./addresses.ts";
import { groupBy } from "../resource/group-by.ts";
import { isEmpty, meet, type Span } from "./spans.ts";

type Of<I extends NetworkPart["is"]> = Extract<NetworkPart, { is: I }>;

/** The relations between parts. Several parts may have one id: an object as it was, and as it will be. */
export class Relations {
  readonly #byId: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #bySubnet: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #ofVpc: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #poolsOf: ReadonlyMap<PartId, readonly PartId[]>;
  readonly #balancersOf: ReadonlyMap<PartId, readonly PartId[]>;
  readonly #offersOf: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #leadingTo: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #publicOf: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #guesses: readonly { readonly pool: PartId; readonly address: string }[];
  /** The attachments and the route tables of each transit gateway. */
  readonly #ofGateway: ReadonlyMap<PartId, readonly NetworkPart[]>;
  readonly #subnets: readonly SubnetPart[];
  readonly #endpoints: readonly Of<"endpoint">[];
  /**
   * The VPCs with IPv6 ranges. Such ranges are public addresses, so all VPCs together decide whether an address belongs to the internet.
   */
  readonly #withIpv6: readonly PartId[];

  constructor(parts: readonly NetworkPart[]) {
    const of = <I extends NetworkPart["is"]>(is: I) => parts.filter((part): part is Of<I> => part.is === is);
    const named = (part: NetworkPart) => (part.is === "forward" ? part.from : part.is === "member" ? part.of : part.id);
    this.#byId = groupBy(parts, named);
    this.#bySubnet = byEach([...of("table"), ...of("acl")], ({ subnets }) => subnets);
    const own = [...of("acl"), ...of("firewall")].filter(({ defaultOf }) => defaultOf !== undefined);
    const found = [
      ...of("attachment"),
      ...of("table").filter(({ main }) => main),
      ...of("door").filter((door) => door.leads === "internet"),
      ...own,
    ];
    this.#ofVpc = groupBy(found, (part) => ("vpc" in part ? part.vpc : "defaultOf" in part ? (part.defaultOf ?? "") : ""));
    const targets = of("pool").flatMap((pool) => pool.targets.map(({ endpoint }) => ({ pool: pool.id, endpoint })));
    const members = of("member").map(({ of: pool, endpoint }) => ({ pool, endpoint }));
    const idsBy = (list: readonly { readonly pool: PartId; readonly endpoint: PartId }[]) =>
      new Map([...groupBy(list, ({ endpoint }) => endpoint)].map(([id, all]) => [id, all.map(({ pool }) => pool)]));
    this.#poolsOf = idsBy([...targets, ...members]);
    this.#guesses = targets.filter(({ endpoint }) => spanOfEither(endpoint)).map(({ pool, endpoint }) => ({ pool, address: endpoint }));
    this.#balancersOf = new Map(
      [...byEach(of("forward"), ({ pools }) => pools)].map(([pool, all]) => [pool, [...new Set(all.map(({ from }) => from))]]),
    );
    this.#ofGateway = groupBy([...of("attachment"), ...of("transit-table")], ({ gateway }) => gateway);
    this.#offersOf = byEach(of("offer"), ({ balancers }) => balancers);
    this.#leadingTo = groupBy(
      of("endpoint").filter(({ leadsTo }) => leadsTo !== undefined),
      ({ leadsTo }) => leadsTo!,
    );
    this.#publicOf = groupBy(of("public-address"), (part) => part.of);
    this.#subnets = of("subnet");
    this.#endpoints = of("endpoint");
    this.#withIpv6 = of("vpc").flatMap(({ id, ranges }) => (ranges.some((range) => range.includes(":")) ? [id] : []));
  }

  /** Returns the ids of everything that matters to these ends. An end is the id of an endpoint, or the text of a network. */
  of(ends: readonly string[]): ReadonlySet<PartId> {
    const related = new Set<PartId>();
    const queue: PartId[] = [...ends, ...this.#withIpv6, ...ends.flatMap((end) => this.#subnetsIn(end))];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (related.has(id)) continue;
      related.add(id);
      for (const part of this.#byId.get(id) ?? []) queue.push(...this.#next(part));
    }
    return related;
  }

  #next(part: NetworkPart): readonly PartId[] {
    switch (part.is) {
      case "endpoint": {
        const pools = [...(this.#poolsOf.get(part.id) ?? []), ...this.#guessesFor(part)];
        const given = this.#publicOf.get(part.id) ?? [];
        const offers = this.#offersOf.get(part.id) ?? [];
        return [...part.subnets, ...listOf(part.firewalls), ...pools, ...idsOf([...given, ...offers])];
      }
      case "subnet":
        return [part.vpc, ...idsOf([...(this.#bySubnet.get(part.id) ?? []), ...(this.#ofVpc.get(part.vpc) ?? [])]), ...this.#besides(part)];
      case "table":
        return part.routes.flatMap(({ by, to }) => [by, to]);
      case "door":
        return part.leads === "nat"
          ? "subnet" in part
            ? [part.subnet]
            : [part.vpc]
          : part.leads === "transit"
            ? idsOf(this.#ofGateway.get(part.id) ?? [])
            : [];
      case "attachment":
        return [part.gateway, part.vpc, ...part.subnets];
      case "transit-table":
        return [part.gateway];
      case "pool":
        return [...(this.#balancersOf.get(part.id) ?? []), ...this.#holdersOf(part)];
      case "forward":
        // The flows that a load balancer certainly serves depend on its targets.
        return [...part.pools, ...part.pools.flatMap((pool) => this.#targetsOf(pool))];
      case "service":
        return part.tables;
      case "offer":
        return [...part.balancers, ...idsOf(this.#leadingTo.get(part.id) ?? [])];
      case "firewall":
        return [...part.ingress, ...part.egress].flatMap(({ peer }) => ("unread" in peer ? [peer.unread] : []));
      case "vpc":
      case "acl":
      case "list":
      case "public-address":
      case "member":
      case "blind":
        return [];
    }
  }

  /** Returns the other known subnets of a VPC that is not ours. Only the ranges of those subnets are known. */
  #besides({ vpc }: SubnetPart): readonly PartId[] {
    return this.#byId.has(vpc) ? [] : idsOf(this.#subnets.filter((other) => other.vpc === vpc));
  }

  #targetsOf(pool: PartId): readonly PartId[] {
    return (this.#byId.get(pool) ?? []).flatMap((part) =>
      part.is === "pool" ? part.targets.map(({ endpoint }) => endpoint) : part.is === "member" ? [part.endpoint] : [],
    );
  }

  /** Returns the endpoints of targets that are written as addresses: each endpoint that may have such an address. */
  #holdersOf({ targets }: PoolPart): readonly PartId[] {
    const addresses = targets.filter(({ endpoint }) => spanOfEither(endpoint));
    if (addresses.length === 0) return [];
    return this.#endpoints.filter((one) => targets.some(({ endpoint }) => this.#mayHave(one, endpoint))).map(({ id }) => id);
  }

  #guessesFor(part: Of<"endpoint">): readonly PartId[] {
    return this.#guesses.filter(({ address }) => this.#mayHave(part, address)).map(({ pool }) => pool);
  }

  #mayHave({ address, ipv6Address, subnets }: Of<"endpoint">, text: string): boolean {
    const span = spanOfEither(text);
    if (!span) return false;
    const fixed = typeof span[0] === "bigint" ? ipv6Address : address;
    if (fixed !== undefined) return spanOfEither(fixed)?.[0] === span[0];
    const inside = subnets.flatMap((id) => this.#byId.get(id) ?? []);
    if (inside.length === 0) return true;
    return inside.some((part) => part.is === "subnet" && liesIn(part, span));
  }

  #subnetsIn(text: string): readonly PartId[] {
    const span = spanOfEither(text);
    if (!span) return [];
    const isAt = (fixed: string | undefined) => fixed !== undefined && spanOfEither(fixed)?.[0] === span[0];
    const owners = this.#endpoints.filter(({ address, ipv6Address }) => isAt(address) || isAt(ipv6Address)).map(({ id }) => id);
    return [...owners, ...this.#subnets.filter((one) => liesIn(one, span)).map(({ id }) => id)];
  }
}

/** Returns a part, limited to related ids. Returns undefined when the part is not related. */
export function limitedPart(part: NetworkPart, related: ReadonlySet<PartId>): NetworkPart | undefined {
  switch (part.is) {
    case "forward":
      return related.has(part.from) ? part : undefined;
    case "member":
      return related.has(part.of) && related.has(part.endpoint) ? part : undefined;
    case "public-address":
      return related.has(part.of) ? part : undefined;
    case "table":
    case "acl":
      return related.has(part.id) ? { ...part, subnets: part.subnets.filter((id) => related.has(id)) } : undefined;
    case "blind":
      return undefined;
    default:
      return related.has(part.id) ? part : undefined;
  }
}

function idsOf(parts: readonly NetworkPart[]): readonly PartId[] {
  return parts.flatMap((part) => ("id" in part ? [part.id] : []));
}

/** Whether a subnet contains addresses of a span. An unknown IPv6 network may contain any address. */
function liesIn({ range, ipv6Range }: SubnetPart, span: Span<Address>): boolean {
  if (typeof span[0] === "bigint" && ipv6Range === "unread") return true;
  return [range, ipv6Range].some((text) => {
    const one = text === undefined ? undefined : spanOf(text);
    return one !== undefined && !isEmpty(meet([one], [span]));
  });
}

function listOf(firewalls: Of<"endpoint">["firewalls"]): readonly PartId[] {
  return typeof firewalls === "string" ? [] : firewalls;
}

function byEach<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const all = new Map<string, T[]>();
  for (const item of items) for (const key of keysOf(item)) all.set(key, [...(all.get(key) ?? []), item]);
  return all;
}
