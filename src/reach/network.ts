/** Makes a network from the parts that resources contribute: tables with their routes, subnets with their ACLs. */
import type {
  FirewallPart,
  ListPart,
  Opening,
  Kind,
  Live,
  NetworkPart,
  PartId,
  ResourceIndex,
  Subject,
  SubnetPart,
} from "../kinds/kind.ts";
import { globalIpv6, ofFamily, publicAddresses, spanOf, spansOf, type Addresses } from "./addresses.ts";
import { isEmpty, minus, normal } from "./spans.ts";
import { groupBy } from "../resource/group-by.ts";
import { defaultFirewall, endpointsOf, poolsOf } from "./places.ts";
import { Tables } from "./tables.ts";
import { transitsOf } from "./transit.ts";
import { Work } from "./work.ts";
import type { ByIs, Network, Subnet, Vpc } from "./model.ts";

export type * from "./model.ts";

export type Parts = readonly NetworkPart[];

/** Returns the parts of all resources in an index. `lives`: the resources as observed, if they are known. */
export function partsOf(kinds: readonly Kind[], index: ResourceIndex, lives: ReadonlyMap<string, Live> = new Map()): NetworkPart[] {
  const parts = kinds.flatMap((kind) =>
    kind.network ? index.of(kind.name).flatMap((subject: Subject) => kind.network?.(subject, index, lives.get(subject.address)) ?? []) : [],
  );
  const addresses = new Map([...lives].map(([address, { id }]) => [id, address]));
  return lives.size === 0 ? parts : parts.map((part) => linked(part, addresses));
}

/** Replaces ids by addresses in a part that was read through an AWS type. AWS names even our own resources by ids there. */
export function linked(part: NetworkPart, addresses: ReadonlyMap<string, PartId>): NetworkPart {
  if (part.is !== "endpoint" || !part.isOfType) return part;
  const { firewalls, subnets } = part;
  const known = (id: PartId) => addresses.get(id) ?? id;
  return { ...part, subnets: subnets.map(known), firewalls: typeof firewalls === "string" ? firewalls : firewalls.map(known) };
}

export function networkOf(parts: Parts, work = new Work()): Network {
  const of = sorted(parts);
  const vpcs = new Map(of.vpc.map(({ id, ranges }): [PartId, Vpc] => [id, { id, ranges: spansOf(ranges) }]));
  const subnets = subnetsOf(of, vpcs);
  const lists = new Map(of.list.map((list) => [list.id, list]));
  const firewalls = new Map([...of.vpc.map(defaultFirewall), ...of.firewall].map((one) => [one.id, withLists(one, lists)]));
  const defaults = new Map(of.firewall.flatMap(({ id, defaultOf }) => (defaultOf === undefined ? [] : [[defaultOf, id] as const])));
  const endpoints = endpointsOf(of, subnets, { vpcs: isAllRead(of) ? vpcs : new Map(), defaults });
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
    transits: transitsOf(of.door, of.attachment, of["transit-table"], vpcs),
    services: new Map(of.service.map((one) => [one.id, one])),
    offers: new Map(of.offer.map((one) => [one.id, one])),
    internet: minus(publicAddresses, rangesOf(vpcs)),
    blind: of.blind,
    work,
  };
}

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
    offer: [],
    attachment: [],
    "transit-table": [],
    list: [],
    blind: [],
  };
  for (const part of parts) (of[part.is] as NetworkPart[]).push(part);
  return of;
}

/** Replaces each rule that names a known prefix list by one rule for each of the list's networks. */
function withLists(firewall: FirewallPart, lists: ReadonlyMap<PartId, ListPart>): FirewallPart {
  const isKnown = ({ peer }: Opening) => "unread" in peer && lists.has(peer.unread);
  if (lists.size === 0 || ![...firewall.ingress, ...firewall.egress].some(isKnown)) return firewall;
  const resolved = (openings: readonly Opening[]) =>
    openings.flatMap((opening): readonly Opening[] => {
      const list = "unread" in opening.peer ? lists.get(opening.peer.unread) : undefined;
      return list ? list.ranges.map((range) => ({ ...opening, peer: { range }, list: list.id })) : [opening];
    });
  return { ...firewall, ingress: resolved(firewall.ingress), egress: resolved(firewall.egress) };
}

/** Returns the known ranges of all VPCs. */
export function rangesOf(vpcs: ReadonlyMap<PartId, Vpc>): Addresses {
  return normal([...vpcs.values()].flatMap(({ ranges }) => [...ranges]));
}

// ───────────────────────────────────────────────────────────── subnets

function subnetsOf(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>): Map<PartId, Subnet> {
  const tables = new Tables(of, vpcs, isAllRead(of));
  const strange = minus(globalIpv6, rangesOf(vpcs));
  const acls = new Map(of.acl.flatMap((acl) => acl.subnets.map((subnet) => [subnet, acl] as const)));
  const defaults = new Map(of.acl.flatMap((acl) => (acl.defaultOf === undefined ? [] : [[acl.defaultOf, acl] as const])));
  return new Map(
    of.subnet.flatMap((part): [PartId, Subnet][] => {
      const range = part.range === undefined ? undefined : spanOf(part.range);
      if (!range && part.range !== undefined) return [];
      const ipv4 = range ? [range] : [];
      // The ACL that AWS makes with a VPC is known to be unchanged only in a VPC of this environment.
      const acl = acls.get(part.id) ?? defaults.get(part.vpc) ?? (vpcs.has(part.vpc) && isAllRead(of) ? "open" : "unread");
      const ipv6 = ipv6Of(part, vpcs.get(part.vpc), strange);
      return [[part.id, { id: part.id, vpc: part.vpc, zone: part.zone, ipv4, ipv6, part, table: tables.of(part), acl }]];
    }),
  );
}

/** Whether everything was read. If a read was denied, an undeclared resource may differ from the one that AWS makes. */
function isAllRead({ blind }: Pick<ByIs, "blind">): boolean {
  return blind.every(({ lets }) => lets === "more");
}

function ipv6Of({ ipv6Range }: SubnetPart, vpc: Vpc | undefined, strange: Addresses): Addresses {
  if (ipv6Range === undefined) return [];
  if (ipv6Range !== "unread") return spansOf([ipv6Range]);
  const known = ofFamily(vpc?.ranges ?? [], 6);
  return isEmpty(known) ? strange : known;
}
