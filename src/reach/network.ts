/** From the parts that resources contribute to a network that can be walked: tables with their routes, subnets with their ACLs. */
import type {
  AclPart,
  DoorPart,
  EndpointPart,
  FirewallPart,
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
import { rangeOf } from "../resource/ranges.ts";
import { has, minus, normal, type Span, type Spans } from "./spans.ts";
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
  readonly internet: Spans;
  /** What passes or stops packets and is not weighed. */
  readonly blind: readonly BlindPart[];
  /** What may be computed of it. */
  readonly work: Work;
}

export interface Vpc {
  readonly id: PartId;
  readonly ranges: Spans;
}

export interface Subnet {
  readonly id: PartId;
  readonly vpc: PartId;
  readonly zone: string;
  readonly range: Span;
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
  readonly range: Span;
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
  readonly addresses: Spans;
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
  const firewalls = new Map([...of.vpc.map(defaultFirewall), ...of.firewall].map((one) => [one.id, one]));
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
    internet: minus(publicAddresses, normal([...vpcs.values()].flatMap(({ ranges }) => [...ranges]))),
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
    blind: [],
  };
  for (const part of parts) (of[part.is] as NetworkPart[]).push(part);
  return of;
}

function spansOf(ranges: readonly string[]): Spans {
  return normal(ranges.map(spanOf).filter((span) => span !== undefined));
}

/** The addresses of an IPv4 network. */
export function spanOf(text: string): Span | undefined {
  const range = rangeOf(text);
  return range && [range.first, range.last];
}

/** IPv4 addresses that are not for private use, for this machine, for a link or for many (IANA, IPv4 Special-Purpose Address Registry). */
const publicAddresses: Spans = minus(
  [[0, 0xffffffff]],
  spansOf(["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"]),
);

// ───────────────────────────────────────────────────────────── subnets

function subnetsOf(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>): Map<PartId, Subnet> {
  const tables = new Tables(of, vpcs);
  const acls = new Map(of.acl.flatMap((acl) => acl.subnets.map((subnet) => [subnet, acl] as const)));
  const defaults = new Map(of.acl.flatMap((acl) => (acl.defaultOf === undefined ? [] : [[acl.defaultOf, acl] as const])));
  return new Map(
    of.subnet.flatMap((part): [PartId, Subnet][] => {
      const range = spanOf(part.range);
      if (!range) return [];
      // What AWS makes with a VPC is as AWS makes it only in a VPC of this environment.
      const acl = acls.get(part.id) ?? defaults.get(part.vpc) ?? (vpcs.has(part.vpc) ? "open" : "unread");
      return [[part.id, { id: part.id, vpc: part.vpc, zone: part.zone, range, part, table: tables.of(part), acl }]];
    }),
  );
}

class Tables {
  readonly #vpcs: ReadonlyMap<PartId, Vpc>;
  readonly #doors: ReadonlyMap<PartId, DoorPart>;
  readonly #subnets: ReadonlyMap<PartId, readonly SubnetPart[]>;
  readonly #named: ReadonlyMap<PartId, Table>;
  readonly #main: ReadonlyMap<PartId, Table>;

  constructor(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>) {
    this.#vpcs = vpcs;
    this.#doors = new Map(of.door.map((door) => [door.id, door]));
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
    const written = routes.map(({ to, by, path }) => ({
      range: spanOf(to),
      to,
      by: this.#doors.get(by) ?? { leads: "unknown" as const, id: by },
      path,
    }));
    const known = written.flatMap((route): Route[] => (route.range ? [{ ...route, range: route.range }] : []));
    const isLonger = (a: Route, b: Route) => a.range[1] - a.range[0] - (b.range[1] - b.range[0]);
    return {
      ...(id === undefined ? {} : { id }),
      // A route that replaces the local one stands before it.
      routes: [...known, ...this.#local(vpc)].sort(isLonger),
      unread: written.flatMap((route): Route[] => (route.range || route.to.includes(":") ? [] : [{ ...route, range: everywhere }])),
      ...(this.#vpcs.has(vpc) ? {} : { ofUnread: vpc }),
    };
  }

  /** Of a VPC that is not of this environment nothing is known but the subnets that are. */
  #local(vpc: PartId): Route[] {
    const ranges = this.#vpcs.get(vpc)?.ranges ?? spansOf((this.#subnets.get(vpc) ?? []).map(({ range }) => range));
    return ranges.map((range) => ({ range, to: "local", by: { leads: "local", id: vpc } }));
  }
}

const everywhere: Span = [0, 0xffffffff];

// ───────────────────────────────────────────────────────────── endpoints

/** What AWS makes with a VPC: its members reach each other, and everything may leave (VPC User Guide, "Default security groups"). */
function defaultFirewall({ id: vpc }: VpcPart): FirewallPart {
  const id = defaultFirewallOf(vpc);
  const all = { protocol: "all", from: -1, to: -1, path: "" };
  return {
    is: "firewall",
    id,
    ingress: [{ ...all, peer: { firewall: id } }],
    egress: [{ ...all, peer: { range: "0.0.0.0/0" } }],
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
  const fixed = part.address === undefined ? undefined : spanOf(`${part.address}/32`);
  return {
    place: subnet ?? "unread",
    addresses: fixed ? [fixed] : subnet ? [assignable(subnet.range)] : [everywhere],
    firewalls: part.firewalls === "default" ? defaultOf(subnet, known) : part.firewalls,
    ...publicity(part, subnet, made),
  };
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
export function assignable([first, last]: Span): Span {
  return last - first < 8 ? [first, last] : [first + 4, last - 1];
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
  const address = spanOf(`${target}/32`)?.[0];
  if (address === undefined) return [{ endpoint: target }];
  const holders = [...endpoints.values()].filter(({ spots }) => spots.some(({ addresses }) => has(addresses, address)));
  const owner = holders.find(({ part }) => part.address === target);
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
  address: number,
): { readonly route?: Route | undefined; readonly unsure?: string } {
  const route = table.routes.find(({ range }) => range[0] <= address && address <= range[1]);
  if (route?.by.leads === "local") return { route };
  const [list] = table.unread;
  if (list) return { route, unsure: `${list.to} is a prefix list whose entries were not read` };
  if (table.ofUnread === undefined || has(network.internet, address)) return { route };
  return { route, unsure: `the ranges of ${table.ofUnread} were not read` };
}
