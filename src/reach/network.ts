/** From the parts that resources contribute to a network that can be walked: tables with their routes, subnets with their ACLs. */
import type {
  AclPart,
  DoorPart,
  EndpointPart,
  FirewallPart,
  ListPart,
  Opening,
  BlindPart,
  ForwardPart,
  Kind,
  Live,
  NetworkPart,
  PartId,
  PoolPart,
  ResourceIndex,
  RouteTablePart,
  ServicePart,
  Subject,
  SubnetPart,
  VpcPart,
} from "../kinds/kind.ts";
import {
  everywhere,
  globalIpv6,
  ofFamily,
  publicAddresses,
  sizeOf,
  spanOf,
  spanOfEither,
  spansOf,
  type Address,
  type Addresses,
} from "./addresses.ts";
import { has, isEmpty, minus, normal, union, type Span } from "./spans.ts";
import { Work } from "./work.ts";

export interface Network {
  readonly vpcs: ReadonlyMap<PartId, Vpc>;
  /** Internet gateways by the VPC to which they are attached: one at most where the environment is right. */
  readonly gateways: ReadonlyMap<PartId, readonly DoorPart[]>;
  readonly subnets: ReadonlyMap<PartId, Subnet>;
  readonly firewalls: ReadonlyMap<PartId, FirewallPart>;
  readonly endpoints: ReadonlyMap<PartId, Endpoint>;
  /** By balancer. */
  readonly forwards: ReadonlyMap<PartId, readonly ForwardPart[]>;
  readonly pools: ReadonlyMap<PartId, Pool>;
  readonly services: ReadonlyMap<PartId, ServicePart>;
  readonly internet: Addresses;
  /** What passes or stops packets and is not weighed. */
  readonly blind: readonly BlindPart[];
  /** What may be computed of it. */
  readonly work: Work;
}

export interface Vpc {
  readonly id: PartId;
  /** As far as they are known. */
  readonly ranges: Addresses;
}

export interface Subnet {
  readonly id: PartId;
  readonly vpc: PartId;
  readonly zone: string;
  readonly range: Span<Address>;
  /** Its IPv6 network; where that is not known all in which it may lie. */
  readonly ipv6: Addresses;
  readonly part: SubnetPart;
  readonly table: Table | "unread";
  /** "open": the default one that AWS makes. */
  readonly acl: AclPart | "open" | "unread";
}

export interface Table {
  /** Absent: the main table that AWS makes. */
  readonly id?: PartId;
  /** The longest prefix first. */
  readonly routes: readonly Route[];
  /** Routes to prefix lists, whose entries nobody read. */
  readonly unread: readonly Route[];
  /** The VPC, where its ranges are not known. */
  readonly ofUnread?: PartId;
}

export interface Route {
  readonly range: Span<Address>;
  readonly to: string;
  readonly by: Way;
  readonly path?: string;
}

export type Way = DoorPart | { readonly leads: "local" | "unknown"; readonly id: PartId };

/** Something with network interfaces: AWS chooses one of the spots for each. */
export interface Endpoint {
  readonly id: PartId;
  readonly part: EndpointPart;
  readonly spots: readonly Spot[];
}

/** Where an interface can be. */
export interface Spot {
  readonly endpoint?: Endpoint | undefined;
  /** Undefined: outside of all VPCs. */
  readonly place: Subnet | "unread" | undefined;
  readonly addresses: Addresses;
  /** "unread": it may have the IPv6 addresses among them, or none. */
  readonly ipv6: "yes" | "unread";
  readonly firewalls: readonly PartId[] | "none" | "unread";
  readonly public: "yes" | "no" | "unread";
  /** It is a service that gateway endpoints lead to, at public addresses. */
  readonly service?: ServicePart;
  /** What makes it public, or keeps it from being so. */
  readonly publicBy?: { readonly id: PartId; readonly path?: string | undefined };
}

export interface Pool {
  readonly part: PoolPart;
  readonly targets: readonly PoolTarget[];
}

export interface PoolTarget {
  readonly endpoint: PartId;
  readonly port: number;
  /** It is written as an address, which AWS may give to this endpoint. */
  readonly isGuess?: true;
}

export type Parts = readonly NetworkPart[];

/** The parts of everything in an index. `lives`: what was observed, where it is known. */
export function partsOf(kinds: readonly Kind[], index: ResourceIndex, lives: ReadonlyMap<string, Live> = new Map()): NetworkPart[] {
  return kinds.flatMap((kind) =>
    kind.network ? index.of(kind.name).flatMap((subject: Subject) => kind.network?.(subject, index, lives.get(subject.address)) ?? []) : [],
  );
}

export function networkOf(parts: Parts, work = new Work()): Network {
  const of = sorted(parts);
  const vpcs = new Map(of.vpc.map(({ id, ranges }): [PartId, Vpc] => [id, { id, ranges: spansOf(ranges) }]));
  const subnets = subnetsOf(of, vpcs);
  const lists = new Map(of.list.map((list) => [list.id, list]));
  const firewalls = new Map([...of.vpc.map(defaultFirewall), ...of.firewall].map((one) => [one.id, withLists(one, lists)]));
  const defaults = new Map(of.firewall.flatMap(({ id, defaultOf }) => (defaultOf === undefined ? [] : [[defaultOf, id] as const])));
  const endpoints = endpointsOf(of, subnets, { vpcs, defaults });
  return {
    vpcs,
    gateways: groupBy(
      of.door.filter((door) => door.leads === "internet"),
      ({ vpc }) => vpc,
    ),
    subnets,
    firewalls,
    endpoints,
    forwards: groupBy(of.forward, ({ from }) => from),
    pools: poolsOf(of, endpoints),
    services: new Map(of.service.map((one) => [one.id, one])),
    internet: minus(publicAddresses, rangesOf(vpcs)),
    blind: of.blind,
    work,
  };
}

type ByIs = { readonly [I in NetworkPart["is"]]: Extract<NetworkPart, { is: I }>[] };

function sorted(parts: Parts): ByIs {
  const of: ByIs = {
    vpc: [],
    subnet: [],
    table: [],
    acl: [],
    firewall: [],
    door: [],
    endpoint: [],
    "public-address": [],
    pool: [],
    member: [],
    forward: [],
    service: [],
    list: [],
    blind: [],
  };
  for (const part of parts) (of[part.is] as NetworkPart[]).push(part);
  return of;
}

/** A rule that names a list whose networks are known stands for one rule for each of them. */
function withLists(firewall: FirewallPart, lists: ReadonlyMap<PartId, ListPart>): FirewallPart {
  const isKnown = ({ peer }: Opening) => "unread" in peer && lists.has(peer.unread);
  if (lists.size === 0 || ![...firewall.ingress, ...firewall.egress].some(isKnown)) return firewall;
  const resolved = (openings: readonly Opening[]) =>
    openings.flatMap((opening): readonly Opening[] => {
      const list = "unread" in opening.peer ? lists.get(opening.peer.unread) : undefined;
      return list ? list.ranges.map((range) => ({ ...opening, peer: { range } })) : [opening];
    });
  return { ...firewall, ingress: resolved(firewall.ingress), egress: resolved(firewall.egress) };
}

/** The known ranges of all VPCs. */
export function rangesOf(vpcs: ReadonlyMap<PartId, Vpc>): Addresses {
  return normal([...vpcs.values()].flatMap(({ ranges }) => [...ranges]));
}

// ───────────────────────────────────────────────────────────── subnets

function subnetsOf(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>): Map<PartId, Subnet> {
  const tables = new Tables(of, vpcs);
  const strange = minus(globalIpv6, rangesOf(vpcs));
  const acls = new Map(of.acl.flatMap((acl) => acl.subnets.map((subnet) => [subnet, acl] as const)));
  const defaults = new Map(of.acl.flatMap((acl) => (acl.defaultOf === undefined ? [] : [[acl.defaultOf, acl] as const])));
  return new Map(
    of.subnet.flatMap((part): [PartId, Subnet][] => {
      const range = spanOf(part.range);
      if (!range) return [];
      // What AWS makes with a VPC is as AWS makes it only in a VPC of this environment.
      const acl = acls.get(part.id) ?? defaults.get(part.vpc) ?? (vpcs.has(part.vpc) ? "open" : "unread");
      const ipv6 = ipv6Of(part, vpcs.get(part.vpc), strange);
      return [[part.id, { id: part.id, vpc: part.vpc, zone: part.zone, range, ipv6, part, table: tables.of(part), acl }]];
    }),
  );
}

function ipv6Of({ ipv6Range }: SubnetPart, vpc: Vpc | undefined, strange: Addresses): Addresses {
  if (ipv6Range === undefined) return [];
  if (ipv6Range !== "unread") return spansOf([ipv6Range]);
  const known = ofFamily(vpc?.ranges ?? [], 6);
  return isEmpty(known) ? strange : known;
}

class Tables {
  readonly #vpcs: ReadonlyMap<PartId, Vpc>;
  readonly #doors: ReadonlyMap<PartId, DoorPart>;
  readonly #lists: ReadonlyMap<PartId, ListPart>;
  readonly #subnets: ReadonlyMap<PartId, readonly SubnetPart[]>;
  readonly #named: ReadonlyMap<PartId, Table>;
  readonly #main: ReadonlyMap<PartId, Table>;

  constructor(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>) {
    this.#vpcs = vpcs;
    this.#doors = new Map(of.door.map((door) => [door.id, door]));
    this.#lists = new Map(of.list.map((list) => [list.id, list]));
    this.#subnets = groupBy(of.subnet, ({ vpc }) => vpc);
    const made = of.table.map((part) => ({ part, table: this.#make(part) }));
    this.#named = new Map(made.flatMap(({ part, table }) => part.subnets.map((subnet) => [subnet, table] as const)));
    const ours = [...vpcs.keys()].map((vpc) => [vpc, this.#make({ id: undefined, vpc, routes: [] })] as const);
    this.#main = new Map([...ours, ...made.filter(({ part }) => part.main).map(({ part, table }) => [part.vpc, table] as const)]);
  }

  of({ id, vpc }: SubnetPart): Table | "unread" {
    return this.#named.get(id) ?? this.#main.get(vpc) ?? "unread";
  }

  #make({ id, vpc, routes }: Pick<RouteTablePart, "vpc" | "routes"> & { readonly id: PartId | undefined }): Table {
    const each = routes.flatMap((route) => this.#lists.get(route.to)?.ranges.map((to) => ({ ...route, to })) ?? [route]);
    const written = each.map(({ to, by, path }) => ({
      range: spanOf(to),
      to,
      by: this.#doors.get(by) ?? { leads: "unknown" as const, id: by },
      path,
    }));
    const known = written.flatMap((route): Route[] => (route.range ? [{ ...route, range: route.range }] : []));
    const isLonger = (a: Route, b: Route) => (sizeOf(a.range) < sizeOf(b.range) ? -1 : sizeOf(a.range) > sizeOf(b.range) ? 1 : 0);
    return {
      ...(id === undefined ? {} : { id }),
      // A route that replaces the local one stands before it.
      routes: [...known, ...this.#local(vpc)].sort(isLonger),
      unread: written.flatMap((route): Route[] => (route.range ? [] : [{ ...route, range: everywhere[0]! }])),
      ...(this.#vpcs.has(vpc) ? {} : { ofUnread: vpc }),
    };
  }

  /** Of a VPC whose ranges nobody knows those of its subnets are known, where they are written. */
  #local(vpc: PartId): Route[] {
    const known = this.#vpcs.get(vpc)?.ranges;
    const inside = (this.#subnets.get(vpc) ?? []).flatMap(({ range, ipv6Range }) => [
      ...(known ? [] : [range]),
      ...(ipv6Range ? [ipv6Range] : []),
    ]);
    const ranges = union(known ?? [], spansOf(inside));
    return ranges.map((range) => ({ range, to: "local", by: { leads: "local", id: vpc } }));
  }
}

// ───────────────────────────────────────────────────────────── endpoints

/** What AWS makes with a VPC: its members reach each other, and everything may leave (VPC User Guide, "Default security groups"). */
function defaultFirewall({ id: vpc }: VpcPart): FirewallPart {
  const id = defaultFirewallOf(vpc);
  const all = { protocol: "all", from: -1, to: -1, path: "" };
  return {
    is: "firewall",
    id,
    ingress: [{ ...all, peer: { firewall: id } }],
    egress: [
      { ...all, peer: { range: "0.0.0.0/0" } },
      { ...all, peer: { range: "::/0" } },
    ],
  };
}

export function defaultFirewallOf(vpc: PartId): PartId {
  return `the default security group of ${vpc}`;
}

/** VPCs of this environment, and the groups that were declared or read as a VPC's own. */
interface Defaults {
  readonly vpcs: ReadonlyMap<PartId, Vpc>;
  readonly defaults: ReadonlyMap<PartId, PartId>;
}

function endpointsOf(of: ByIs, subnets: ReadonlyMap<PartId, Subnet>, known: Defaults): Map<PartId, Endpoint> {
  const made = new Map(of["public-address"].map((one) => [one.of, one.id]));
  return new Map(
    of.endpoint.map((part): [PartId, Endpoint] => {
      const spots: Spot[] = [];
      const endpoint: Endpoint = { id: part.id, part, spots };
      const places = part.subnets.length === 0 ? ["unread"] : part.subnets;
      for (const id of places) spots.push({ endpoint, ...spotOf(part, subnets.get(id), made.get(part.id), known) });
      return [part.id, endpoint];
    }),
  );
}

function spotOf(part: EndpointPart, subnet: Subnet | undefined, made: PartId | undefined, known: Defaults): Spot {
  const fixed = part.address === undefined ? undefined : spanOfEither(part.address);
  const ipv4 = fixed ? [fixed] : subnet ? [assignable(subnet.range)] : ofFamily(everywhere, 4);
  const [isGiven, ipv6] = ipv6AddressesOf(part, subnet);
  return {
    place: subnet ?? "unread",
    addresses: [...ipv4, ...ipv6],
    ipv6: isGiven,
    firewalls: part.firewalls === "default" ? defaultOf(subnet, known) : part.firewalls,
    ...publicity(part, subnet, made),
  };
}

function ipv6AddressesOf({ ipv6, ipv6Address }: EndpointPart, subnet: Subnet | undefined): readonly [Spot["ipv6"], Addresses] {
  if (ipv6 === undefined || ipv6 === "no") return ["yes", []];
  if (ipv6Address !== undefined) return ["yes", spansOf([`${ipv6Address}/128`])];
  if (!subnet) return ["unread", ofFamily(everywhere, 6)];
  if (ipv6 === "as-subnet") return ["yes", subnet.part.givesIpv6 === true ? subnet.ipv6 : []];
  return [ipv6, subnet.ipv6];
}

function defaultOf(subnet: Subnet | undefined, { vpcs, defaults }: Defaults): Spot["firewalls"] {
  if (!subnet) return "unread";
  const declared = defaults.get(subnet.vpc);
  if (declared !== undefined) return [declared];
  return vpcs.has(subnet.vpc) ? [defaultFirewallOf(subnet.vpc)] : "unread";
}

function publicity(part: EndpointPart, subnet: Subnet | undefined, made: PartId | undefined): Pick<Spot, "public" | "publicBy"> {
  if (made !== undefined) return { public: "yes", publicBy: { id: made } };
  if (part.public !== "as-subnet") return { public: part.public, publicBy: { id: part.id } };
  if (!subnet) return { public: "unread" };
  return { public: subnet.part.givesPublic ? "yes" : "no", publicBy: { id: subnet.id, path: subnet.part.path } };
}

/** AWS keeps the first four addresses and the last of every subnet (VPC User Guide, "Subnet CIDR blocks"). */
export function assignable(range: Span<Address>): Span<Address> {
  const [first, last] = range;
  return typeof first !== "number" || typeof last !== "number" || last - first < 8 ? range : [first + 4, last - 1];
}

function poolsOf(of: ByIs, endpoints: ReadonlyMap<PartId, Endpoint>): Map<PartId, Pool> {
  const members = groupBy(of.member, (member) => member.of);
  return new Map(
    of.pool.map((part): [PartId, Pool] => {
      const written = part.targets.flatMap(({ endpoint, port }) => targetsAt(endpoint, endpoints).map((one) => ({ ...one, port })));
      const others = (members.get(part.id) ?? []).map(({ endpoint }) => ({ endpoint, port: part.port }));
      return [part.id, { part, targets: [...written, ...others] }];
    }),
  );
}

/** A target that is written as an address is whatever has it, or may get it. */
function targetsAt(target: PartId, endpoints: ReadonlyMap<PartId, Endpoint>): readonly Omit<PoolTarget, "port">[] {
  const address = spanOfEither(target)?.[0];
  if (address === undefined) return [{ endpoint: target }];
  const holders = [...endpoints.values()].filter(({ spots }) => spots.some(({ addresses }) => has(addresses, address)));
  const owner = holders.find(({ part }) => part.address === target || part.ipv6Address === target);
  if (owner) return [{ endpoint: owner.id }];
  return holders.length === 0 ? [{ endpoint: target }] : holders.map(({ id }) => ({ endpoint: id, isGuess: true }));
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** The route that an address takes; text: why another one may be the right one. */
export function routeFor(
  network: Network,
  table: Table,
  address: Address,
): { readonly route?: Route | undefined; readonly unsure?: string } {
  const route = table.routes.find(({ range }) => range[0] <= address && address <= range[1]);
  if (route?.by.leads === "local") return { route };
  const [list] = table.unread;
  if (list) return { route, unsure: `${list.to} is a prefix list whose entries were not read` };
  // No network of IPv6 is in two VPCs: what is not one of ours lies outside.
  const isOutside = has(typeof address === "bigint" ? globalIpv6 : network.internet, address);
  if (table.ofUnread === undefined || isOutside) return { route };
  return { route, unsure: `the ranges of ${table.ofUnread} were not read` };
}
