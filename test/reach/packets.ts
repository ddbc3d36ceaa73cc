/**
 * A simulator of single packets, with which src/reach/ is compared. It shares no code with src/reach/ and knows neither sets nor spans: it
 * only says whether one packet arrives. `mood` decides about parts that were not read ("unread").
 */
import type {
  AclEntry,
  AclPart,
  AttachmentPart,
  EndpointPart,
  FirewallPart,
  NetworkPart,
  Opening,
  RouteTablePart,
  SubnetPart,
  Traffic,
} from "../../src/kinds/kind.ts";

export interface Packet {
  readonly protocol: "tcp" | "udp" | "icmp" | "other";
  readonly from: Place;
  readonly to: Place;
  /** The destination port; for ICMP 256 × type + code (over IPv6 those of ICMPv6); for other protocols their number. */
  readonly port: number;
  /** Names of the sender's groups, as far as group rules can see them. */
  readonly groups: readonly string[] | "none" | "unread";
}

/** An address: a number for IPv4, a bigint for IPv6. */
export type Place = number | bigint;

/** The place of one end of a connection: in one subnet of an endpoint, or outside. */
export interface Stand {
  readonly endpoint?: EndpointPart;
  readonly subnet?: SubnetPart;
  readonly at: Place;
  /** Whether it is unknown if the endpoint has the address at all. */
  readonly isUnsure?: boolean;
}

export class Simulator {
  readonly #parts: readonly NetworkPart[];
  readonly #generous: boolean;

  readonly #acls = new Map<string, AclPart>();
  readonly #tables = new Map<string, RouteTablePart>();
  // A cache: a packet is tried from every port and place, and most of its way is the same each time.
  readonly #hops = new Map<SubnetPart, Map<Place, ReturnType<Simulator["nextHop"]>>>();
  readonly #groups = new Map<EndpointPart, Map<SubnetPart | undefined, Packet["groups"]>>();
  readonly #passed = new Map<unknown, Map<unknown, Map<number, boolean>>>();

  constructor(parts: readonly NetworkPart[], mood: "generous" | "strict") {
    this.#parts = parts;
    this.#generous = mood === "generous";
    for (const part of parts) {
      if (part.is === "acl") for (const subnet of part.subnets) this.#acls.set(subnet, part);
      if (part.is === "table") for (const subnet of part.subnets) this.#tables.set(subnet, part);
    }
    for (const part of parts)
      if (part.is === "subnet" && !this.#acls.has(part.id)) {
        const own = parts.find((other): other is AclPart => other.is === "acl" && other.defaultOf === part.vpc);
        if (own) this.#acls.set(part.id, own);
      }
    for (const part of parts)
      if (part.is === "subnet" && !this.#tables.has(part.id)) {
        const main = parts.find((other): other is RouteTablePart => other.is === "table" && other.main && other.vpc === part.vpc);
        if (main) this.#tables.set(part.id, main);
      }
  }

  /** Whether a packet of the client reaches the server; `client` is the port that it calls from. */
  arrives(client: Stand, server: Stand, protocol: Packet["protocol"], port: number): boolean {
    const packet: Packet = { protocol, port, from: client.at, to: server.at, groups: this.groupsOf(client) };
    if ((client.isUnsure || server.isUnsure) && !this.#generous) return false;
    const gateway = this.#transitBetween(client, server);
    const seen = gateway ? "none" : this.groupsOf(server);
    if (client.endpoint && !this.#groupsPass(client, "egress", { ...packet, from: server.at, groups: seen })) return false;
    if (!this.#travels(client, server, packet)) return false;
    const shown = gateway && !this.#showsGroups(gateway, [client.subnet!.vpc, server.subnet!.vpc]) ? { ...packet, groups: none } : packet;
    return server.endpoint === undefined || this.#groupsPass(server, "ingress", shown);
  }

  /** Whether the answer to a packet that arrived returns to the port from which it was sent. Security groups remember the connection. */
  returns(client: Stand, server: Stand, protocol: Packet["protocol"], port: number, clientPort: number, natPort: number): boolean {
    const nat = client.subnet && !server.endpoint ? this.#natOf(client.subnet, server.at) : undefined;
    const answer = (at: number): Packet => ({
      protocol,
      from: server.at,
      to: client.at,
      groups: "none",
      port:
        protocol === "tcp" || protocol === "udp"
          ? at
          : protocol === "icmp"
            ? isEcho(port, client.at)
              ? isIpv6(client.at)
                ? 129 * 256
                : 0
              : -1
            : port,
    });
    if (protocol === "icmp" && !isEcho(port, client.at)) return true; // only echo requests get an answer
    if (nat) {
      if (!this.#aclPasses(nat, "ingress", answer(natPort))) return false;
      if (nat.id === client.subnet!.id) return true;
      return (
        this.#leads(nat, client.at, client.subnet!) &&
        this.#aclPasses(nat, "egress", answer(clientPort)) &&
        this.#aclPasses(client.subnet!, "ingress", answer(clientPort))
      );
    }
    return this.#travelsBack(server, client, answer(clientPort));
  }

  /** Returns the subnet of the NAT gateway that receives a packet for a translated address, if the packet reaches it and answers return. */
  translatorFor(client: Stand, protocol: Packet["protocol"], port: number): string | undefined {
    const to = placeOf("64:ff9b::808:801");
    if (!client.subnet) return undefined;
    const by = this.#nextHop(client.subnet, to);
    if (by === undefined || typeof by === "string" || by.is !== "door" || by.leads !== "nat") return undefined;
    // Echo requests have another number over IPv6, so any of these messages will do.
    const ports = protocol === "icmp" ? [128 * 256, 3 * 256, 129 * 256] : [port];
    const passes = ports.some((one) => {
      const packet: Packet = { protocol, port: one, from: to, to, groups: "none" };
      return this.#groupsPass(client, "egress", packet) && this.#aclPasses(client.subnet!, "egress", packet);
    });
    const answers = [1024, 50_000, 50_001, 65_535].some((at) =>
      this.#aclPasses(client.subnet!, "ingress", { protocol, port: at, from: to, to: client.at, groups: "none" }),
    );
    return passes && (protocol !== "tcp" || answers) && "subnet" in by ? by.subnet : undefined;
  }

  groupsOf({ endpoint, subnet }: Stand): Packet["groups"] {
    if (!endpoint) return "none";
    const known = mapIn(this.#groups, endpoint);
    const found = known.get(subnet) ?? this.#groupsOf(endpoint, subnet);
    known.set(subnet, found);
    return found;
  }

  #groupsOf(endpoint: EndpointPart, subnet: SubnetPart | undefined): Packet["groups"] {
    if (endpoint.firewalls !== "default") return endpoint.firewalls;
    const own = this.#parts.find((part) => part.is === "firewall" && part.defaultOf !== undefined && part.defaultOf === subnet?.vpc);
    if (own && "id" in own) return [own.id];
    return subnet && this.#isOurs(subnet.vpc) ? [`the default security group of ${subnet.vpc}`] : "unread";
  }

  // ─────────────────────────────────────────────── the way to the server

  #travels(client: Stand, server: Stand, packet: Packet): boolean {
    if (client.endpoint && !client.subnet) return this.#generous;
    if (server.endpoint && !server.subnet) return this.#generous;
    if (client.subnet && server.subnet) {
      if (client.subnet.id === server.subnet.id) return true;
      const gateway = this.#transitBetween(client, server);
      if (gateway) return this.#crosses(gateway, client.subnet, server.subnet, packet);
      return (
        this.#leads(client.subnet, packet.to, server.subnet) &&
        this.#aclPasses(client.subnet, "egress", packet) &&
        this.#aclPasses(server.subnet, "ingress", packet)
      );
    }
    if (client.subnet) return this.#leaves(client, packet);
    if (server.subnet) return this.#enters(server, packet);
    return false;
  }

  #leaves(client: Stand, packet: Packet): boolean {
    const subnet = client.subnet!;
    const nat = this.#natOf(subnet, packet.to);
    if (nat) {
      if (packet.protocol === "other") return false;
      if (nat.id !== subnet.id && !(this.#aclPasses(subnet, "egress", packet) && this.#aclPasses(nat, "ingress", packet))) return false;
      const next = this.#nextHop(nat, packet.to);
      if (isTransit(next))
        return this.#aclPasses(nat, "egress", packet) && this.#mayGoOn(next, nat, packet.to) && this.#hasGateway(nat.vpc);
      if (isRefused(packet.to) && next !== "open") return false;
      return this.#aclPasses(nat, "egress", packet) && this.#exits(nat, packet.to) && this.#hasGateway(nat.vpc);
    }
    const by = this.#nextHop(subnet, packet.to);
    if (by === "open") return this.#generous && this.#aclPasses(subnet, "egress", packet);
    if (isTransit(by)) return this.#mayGoOn(by, subnet, packet.to) && this.#aclPasses(subnet, "egress", packet);
    if (isRefused(packet.to) || !this.#aclPasses(subnet, "egress", packet)) return false;
    if (isIpv6(packet.to)) {
      if (!isInternet(client.at)) return false;
      const isOutwards = by !== undefined && typeof by !== "string" && by.is === "door" && by.leads === "outwards" && by.vpc === subnet.vpc;
      if (isOutwards) return client.endpoint!.isInternal !== true;
    }
    return this.#exits(subnet, packet.to) && this.#isPublic(client);
  }

  #enters(server: Stand, packet: Packet): boolean {
    const subnet = server.subnet!;
    if (!this.#aclPasses(subnet, "ingress", packet)) return false;
    if (isInternet(packet.from)) {
      const back = isIpv6(packet.from) ? this.#nextHop(subnet, packet.from) : undefined;
      if (back !== undefined && typeof back !== "string" && back.is === "door" && back.leads === "outwards" && back.vpc === subnet.vpc)
        return false; // such a gateway lets answers in, but no new connections
      return this.#hasGateway(subnet.vpc) && this.#isPublic(server);
    }
    const by = this.#nextHop(subnet, packet.from);
    return isTransit(by) ? this.#mayGoOn(by, subnet, packet.from) : by === "open" && this.#generous;
  }

  #travelsBack(server: Stand, client: Stand, answer: Packet): boolean {
    if ((client.endpoint && !client.subnet) || (server.endpoint && !server.subnet)) return this.#generous;
    const [source, target] = [client.subnet, server.subnet];
    if (source && target) {
      if (source.id === target.id) return true;
      const gateway = this.#transitBetween(server, client);
      if (gateway) return this.#crosses(gateway, target, source, answer);
      return (
        this.#leads(target, answer.to, source) && this.#aclPasses(target, "egress", answer) && this.#aclPasses(source, "ingress", answer)
      );
    }
    if (source) return this.#aclPasses(source, "ingress", answer);
    if (!this.#aclPasses(target!, "egress", answer)) return false;
    const by = this.#nextHop(target!, answer.to);
    if (by === "open") return this.#generous;
    if (isTransit(by)) return this.#mayGoOn(by, target!, answer.to);
    return isInternet(answer.to) ? this.#exits(target!, answer.to) : false;
  }

  // ─────────────────────────────────────────────── routes

  #nextHop(subnet: SubnetPart, to: Place): NetworkPart | "local" | "open" | undefined {
    const hops = mapIn(this.#hops, subnet);
    if (!hops.has(to)) hops.set(to, this.nextHop(subnet, to));
    return hops.get(to);
  }

  /** Returns the target of the longest prefix that holds the address. "open": unknown. */
  nextHop(subnet: SubnetPart, to: Place): NetworkPart | "local" | "open" | undefined {
    const table = this.#tables.get(subnet.id);
    let best: { bits: number; by: NetworkPart | "local" | "open" } | undefined;
    const isOurs = this.#isOurs(subnet.vpc);
    for (const range of isOurs ? [...this.#rangesOf(subnet.vpc), ...this.#ipv6In(subnet.vpc)] : this.#subnetsIn(subnet.vpc))
      if (contains(range, to)) best = { bits: bitsOf(range), by: "local" };
    if (!table && !isOurs) return "open";
    for (const { to: range, by } of table?.routes ?? [])
      if (contains(range, to) && bitsOf(range) > (best?.bits ?? -1))
        best = { bits: bitsOf(range), by: this.#parts.find((part) => part.is === "door" && part.id === by) ?? "open" };
    // A propagated route may have a longer prefix than all of these.
    const isGiven = table?.propagating !== undefined && best?.by !== "local" && !contains("64:ff9b::/96", to);
    if (isGiven && !(best && (isIpv6(to) ? isInternet(to) : isInternet(to) && !isShared(to)))) return "open";
    // The VPC was not read, so its private addresses are unknown.
    const isOutside = isInternet(to) || contains("64:ff9b::/96", to);
    return !isOurs && best?.by !== "local" && !isOutside ? "open" : best?.by;
  }

  #isOurs(vpc: string): boolean {
    return this.#parts.some((part) => part.is === "vpc" && part.id === vpc);
  }

  #rangesOf(vpc: string): readonly string[] {
    return this.#parts.flatMap((part) => (part.is === "vpc" && part.id === vpc ? part.ranges : []));
  }

  #subnetsIn(vpc: string): readonly string[] {
    return this.#parts.flatMap((part) =>
      part.is === "subnet" && part.vpc === vpc ? [...(part.range ? [part.range] : []), ...this.#ipv6In(vpc)] : [],
    );
  }

  #ipv6In(vpc: string): readonly string[] {
    return this.#parts.flatMap((part) =>
      part.is === "subnet" && part.vpc === vpc && part.ipv6Range !== undefined && part.ipv6Range !== "unread" ? [part.ipv6Range] : [],
    );
  }

  #leads(subnet: SubnetPart, to: Place, other: SubnetPart): boolean {
    const by = this.#nextHop(subnet, to);
    // Whatever range AWS chooses for a VPC, the address lies inside.
    const isKnown = this.#tables.has(subnet.id) || this.#isOurs(subnet.vpc);
    if (isIpv6(to) && other.ipv6Range === "unread" && subnet.vpc === other.vpc && isKnown) return true;
    if (by === "open") return this.#generous;
    if (by === "local") return subnet.vpc === other.vpc;
    if (isTransit(by)) return this.#mayGoOn(by, subnet, to);
    if (by?.is !== "door" || by.leads !== "peer") return false;
    return (by.vpcs[0] === subnet.vpc && by.vpcs[1] === other.vpc) || (by.vpcs[1] === subnet.vpc && by.vpcs[0] === other.vpc);
  }

  // ─────────────────────────────────────────────── transit gateways

  #transitBetween({ subnet }: Stand, { subnet: other, at }: Stand): Transit | undefined {
    if (!subnet || !other || subnet.vpc === other.vpc) return undefined;
    const by = this.#nextHop(subnet, at);
    return isTransit(by) ? by : undefined;
  }

  #attachmentOf(gateway: Transit, vpc: string): AttachmentPart | undefined {
    return this.#parts.find((part): part is AttachmentPart => part.is === "attachment" && part.gateway === gateway.id && part.vpc === vpc);
  }

  #showsGroups(gateway: Transit, vpcs: readonly string[]): boolean {
    return gateway.sharesGroups && vpcs.every((vpc) => this.#attachmentOf(gateway, vpc)?.sharesGroups);
  }

  /** Beyond the gateway the way is unknown, unless the gateway drops the packet. */
  #mayGoOn(gateway: Transit, { vpc }: SubnetPart, to: Place): boolean {
    const attachment = this.#attachmentOf(gateway, vpc);
    return this.#generous && attachment !== undefined && this.#nextAttachment(gateway, attachment, to) !== "nowhere";
  }

  /** Whether one packet passes the interfaces of the gateway in both VPCs. */
  #crosses(gateway: Transit, source: SubnetPart, target: SubnetPart, packet: Packet): boolean {
    const [here, there] = [this.#attachmentOf(gateway, source.vpc), this.#attachmentOf(gateway, target.vpc)];
    if (!here || !this.#aclPasses(source, "egress", packet)) return false;
    const exit = this.#subnetsOf(here).find(({ zone }) => zone === source.zone);
    if (!exit || !this.#aclPasses(exit, "ingress", packet)) return false;
    if (isIpv6(packet.to) && !(here.ipv6 && there?.ipv6 !== false)) return false;
    const next = this.#nextAttachment(gateway, here, packet.to);
    if (isIpv6(packet.to) && target.ipv6Range === "unread") {
      if (!this.#generous) return false;
    } else if (next === "nowhere" || (next === "open" && !this.#generous)) return false;
    else if (next !== "open" && next !== there) return false;
    if (!there) return this.#generous;
    const near = this.#subnetsOf(there).filter(({ zone }) => zone === source.zone && !here.anyZone && !there.anyZone);
    const entries = near.length > 0 ? near : this.#subnetsOf(there);
    const passes = (entry: SubnetPart) =>
      entry.id === target.id ||
      (this.#aclPasses(entry, "egress", packet) && this.#leads(entry, packet.to, target) && this.#aclPasses(target, "ingress", packet));
    return this.#generous ? entries.some(passes) : entries.every(passes);
  }

  #subnetsOf({ subnets }: AttachmentPart): readonly SubnetPart[] {
    return this.#parts.filter((part): part is SubnetPart => part.is === "subnet" && subnets.includes(part.id));
  }

  /** Returns the longest match, bit by bit, of all routes in the table of the attachment. */
  #nextAttachment(gateway: Transit, from: AttachmentPart, to: Place): AttachmentPart | "nowhere" | "open" {
    const tables = this.#parts.filter((part) => part.is === "transit-table");
    const others = this.#parts.filter((part) => part.is === "attachment");
    const table = tables.find(({ associations }) => associations.includes(from.id));
    if (!table && !gateway.associates) return "nowhere";
    const propagating = table ? [...table.propagations] : gateway.propagates ? others.map(({ id }) => id) : [];
    if (propagating.some((id) => !others.some((one) => one.id === id && this.#isOurs(one.vpc)))) {
      const exact = (table?.routes ?? []).find((one) => contains(one.to, to) && bitsOf(one.to) === (isIpv6(to) ? 128 : 32));
      if (!exact) return "open";
    }
    let best: { bits: number; by: string | undefined } | undefined;
    for (const { to: range, by } of table?.routes ?? [])
      if (contains(range, to) && bitsOf(range) > (best?.bits ?? -1)) best = { bits: bitsOf(range), by };
    for (const one of others.filter(({ id }) => propagating.includes(id)))
      for (const range of this.#rangesOf(one.vpc))
        if ((one.ipv6 || !range.includes(":")) && contains(range, to) && bitsOf(range) > (best?.bits ?? -1))
          best = { bits: bitsOf(range), by: one.id };
    if (best?.by === undefined) return "nowhere";
    return others.find(({ id }) => id === best.by) ?? "open";
  }

  #natOf(subnet: SubnetPart, to: Place): SubnetPart | undefined {
    const by = this.#nextHop(subnet, to);
    if (by === undefined || typeof by === "string" || by.is !== "door" || by.leads !== "nat" || !("subnet" in by)) return undefined;
    const { subnet: at } = by;
    return this.#parts.find((part) => part.is === "subnet" && part.id === at) as SubnetPart;
  }

  #exits(subnet: SubnetPart, to: Place): boolean {
    const by = this.#nextHop(subnet, to);
    if (by === "open") return this.#generous;
    return by !== undefined && typeof by !== "string" && by.is === "door" && by.leads === "internet" && by.vpc === subnet.vpc;
  }

  #hasGateway(vpc: string): boolean {
    if (this.#parts.some((part) => part.is === "door" && part.leads === "internet" && part.vpc === vpc)) return true;
    return !this.#isOurs(vpc) && this.#generous;
  }

  #isPublic({ endpoint, subnet, at }: Stand): boolean {
    if (isIpv6(at)) return endpoint!.isInternal !== true && isInternet(at);
    if (this.#parts.some((part) => part.is === "public-address" && part.of === endpoint!.id)) return true;
    if (endpoint!.public === "unread") return this.#generous;
    return endpoint!.public === "yes" || (endpoint!.public === "as-subnet" && subnet!.givesPublic);
  }

  // ─────────────────────────────────────────────── filters

  #aclPasses(subnet: SubnetPart, direction: "ingress" | "egress", packet: Packet): boolean {
    const acl = this.#acls.get(subnet.id);
    if (!acl) return this.#isOurs(subnet.vpc) || this.#generous;
    const peer = direction === "ingress" ? packet.from : packet.to;
    return this.#once(
      acl[direction],
      peer,
      packet,
      () => acl[direction].find((one: AclEntry) => contains(one.peer, peer) && speaksOf(one, packet))?.allows ?? false,
    );
  }

  /** `packet.from` and `packet.groups` belong to the other side. */
  #groupsPass(self: Stand, direction: "ingress" | "egress", packet: Packet): boolean {
    const own = this.groupsOf(self);
    const seen = mapIn(mapIn(this.#pairs, own), packet.groups);
    const list = seen.get(direction) ?? {};
    seen.set(direction, list);
    return this.#once(list, packet.from, packet, () => this.groupsLet(own, direction, packet));
  }

  readonly #pairs = new Map<unknown, Map<unknown, Map<string, object>>>();

  /** Evaluates a list of rules for the other side and the port of a packet, and keeps the result. */
  #once(list: unknown, peer: Place, packet: Packet, ask: () => boolean): boolean {
    const known = mapIn(mapIn(this.#passed, list), peer);
    // The family of the ends decides between ICMP and ICMPv6.
    const key = (protocols.indexOf(packet.protocol) * 2 + Number(isIpv6(packet.to))) * 100_000 + packet.port;
    const found = known.get(key) ?? ask();
    known.set(key, found);
    return found;
  }

  groupsLet(own: Packet["groups"], direction: "ingress" | "egress", packet: Packet): boolean {
    if (own === "none") return true;
    if (own === "unread") return this.#generous;
    return own.some((id) => {
      if (id.startsWith("the default security group of "))
        return direction === "egress" || (packet.groups === "unread" ? this.#generous : packet.groups.includes(id));
      const group = this.#parts.find((part): part is FirewallPart => part.is === "firewall" && part.id === id);
      return group ? group[direction].some((opening) => this.#opens(opening, packet)) : this.#generous;
    });
  }

  #opens(opening: Opening, packet: Packet): boolean {
    if (!speaksOf(opening, packet)) return false;
    const { peer } = opening;
    if ("range" in peer) return contains(peer.range, packet.from);
    if ("unread" in peer) return this.#generous;
    return packet.groups === "unread" ? this.#generous : packet.groups !== "none" && packet.groups.includes(peer.firewall);
  }

  /** Whether the subnet has no declared ACL and so the one that AWS makes, in one of our VPCs. */
  hasNoAcl(subnet: SubnetPart): boolean {
    return !this.#acls.has(subnet.id) && this.#isOurs(subnet.vpc);
  }

  /** One filter of a subnet, for connections through a load balancer. */
  passesAcl(subnet: SubnetPart, direction: "ingress" | "egress", packet: Packet): boolean {
    return this.#aclPasses(subnet, direction, packet);
  }
}

const protocols = ["tcp", "udp", "icmp", "other"];

function mapIn<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = maps.get(key);
  if (!found) maps.set(key, (found = new Map<L, V>()));
  return found;
}

type Transit = Extract<NetworkPart, { is: "door"; leads: "transit" }>;

const none = "none" as const;

function isTransit(by: NetworkPart | "local" | "open" | undefined): by is Transit {
  return typeof by === "object" && by.is === "door" && by.leads === "transit";
}

function speaksOf({ protocol, from, to }: Traffic, packet: Packet): boolean {
  if (protocol === "all") return true;
  if (packet.protocol === "other") return protocol === String(packet.port);
  if ((protocol === "icmpv6" || protocol === "icmp") && (protocol === "icmpv6") !== isIpv6(packet.to)) return false;
  if (protocol !== packet.protocol && !(protocol === "icmpv6" && packet.protocol === "icmp")) return false;
  if (from === -1) return true;
  if (packet.protocol !== "icmp") return packet.port >= from && packet.port <= to;
  return packet.port >> 8 === from && (to === -1 || (packet.port & 255) === to);
}

export function isIpv6(place: Place): place is bigint {
  return typeof place === "bigint";
}

function isEcho(port: number, between: Place): boolean {
  return port >> 8 === (isIpv6(between) ? 128 : 8);
}

const places = new Map<string, Place>();

export function placeOf(address: string): Place {
  const known = places.get(address) ?? readPlace(address);
  places.set(address, known);
  return known;
}

/** Reads an address, also "2001:db8::1": the eight groups, of which `::` leaves some out, as hexadecimal digits. */
function readPlace(address: string): Place {
  if (!address.includes(":")) return numberOf(address);
  const [head = "", tail = ""] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const left = 8 - groups(head).length - groups(tail).length;
  const all = address.includes("::") ? [...groups(head), ...Array<string>(left).fill("0"), ...groups(tail)] : groups(address);
  return BigInt(`0x${all.map((group) => group.padStart(4, "0")).join("")}`);
}

export function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function bitsOf(range: string): number {
  return Number(range.slice(range.indexOf("/") + 1));
}

const bits = new Map<string, string>();

/** Whether the first bits of an address are those of the network, compared one by one. */
export function contains(range: string, address: Place): boolean {
  if (range.includes(":") !== isIpv6(address)) return false;
  const prefix = bits.get(range) ?? bitsText(placeOf(range.split("/")[0]!)).slice(0, bitsOf(range));
  bits.set(range, prefix);
  return bitsText(address).startsWith(prefix);
}

const texts = new Map<Place, string>();

function bitsText(address: Place): string {
  const text = texts.get(address) ?? address.toString(2).padStart(isIpv6(address) ? 128 : 32, "0");
  texts.set(address, text);
  return text;
}

/** Whether no internet gateway passes the address on: the private addresses of IPv4. */
function isRefused(to: Place): boolean {
  return !isIpv6(to) && ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].some((range) => contains(range, to));
}

function isShared(to: Place): boolean {
  return contains("100.64.0.0/10", to);
}

/** Whether the address is public: in IPv6 those that begin with 001. */
function isInternet(address: Place): boolean {
  if (isIpv6(address)) return bitsText(address).startsWith("001");
  return !["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((range) => contains(range, address));
}
