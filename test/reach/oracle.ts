/** Compares src/reach/ with the simulator of packets, for every pair, address, port and client port of a network. */
import type { EndpointPart, ForwardPart, NetworkPart, OfferPart, PoolPart, SubnetPart } from "../../src/kinds/kind.ts";
import type { networkOf } from "../../src/reach/network.ts";
import type { reach } from "../../src/reach/reach.ts";
import type { spanOfEither } from "../../src/reach/addresses.ts";
import type { clientsOf, outsiders, partyOf } from "../../src/reach/verdict.ts";
import { contains, isIpv6, placeOf, Simulator, type Packet, type Place, type Stand } from "./packets.ts";
import { ipv6Samples, outside, ports } from "./random-network.ts";

/** The code under test: the sources as they are, or with a planted fault. */
export interface Core {
  readonly networkOf: typeof networkOf;
  readonly reach: typeof reach;
  readonly partyOf: typeof partyOf;
  readonly outsiders: typeof outsiders;
  readonly clientsOf: typeof clientsOf;
  readonly spanOfEither: typeof spanOfEither;
}

export interface Compared {
  readonly packets: number;
  /** Where the core reports less than is true, or more where it must be exact. */
  readonly differences: readonly string[];
  /** Where `may` is larger than what can happen, because each of two connections is possible and never both. That is the safe side. */
  readonly larger: number;
}

type Protocol = Packet["protocol"];
interface Truth {
  readonly must: boolean;
  readonly may: boolean;
  readonly some: boolean;
}

const noPorts = { tcp: [], udp: [], icmp: [], other: [] } as const;

/** Enough addresses to be in every range of the rules. */
const ipv4Samples = ["10.0.0.0", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.6", "10.0.0.8", "10.1.0.0", "10.1.0.1", "10.9.0.1", "8.8.8.0", "8.8.8.1", "1.1.1.1", "10.0.0.14", "10.2.0.0"]; // oxfmt-ignore

const clientPorts = [1024, 50_000, 50_001, 65_535];

export function compare(core: Core, parts: readonly NetworkPart[]): Compared {
  const network = core.networkOf(parts);
  const simulated = new PacketNetwork(parts);
  const isPassedOn = parts.some((part) => (part.is === "forward" && part.passes === "connections") || part.is === "offer");
  const differences: string[] = [];
  let larger = 0;
  for (const from of simulated.ends)
    for (const to of simulated.ends) {
      const party = (end: End) =>
        end.part
          ? core.partyOf(network.endpoints.get(end.part.id)!)
          : end.service !== undefined
            ? core.clientsOf(network.offers.get(end.service)!)
            : core.outsiders(
                end.name,
                end.texts!.map((text) => core.spanOfEither(text)!),
              );
      if (from.part === undefined && to.part === undefined) continue;
      const ends = [party(from), party(to)] as const;
      const verdict = core.reach(network, ...ends);
      for (const protocol of ["tcp", "udp", "icmp", "other"] as const)
        for (const port of ports[protocol]) {
          const truth = simulated.truth(from, to, protocol, port);
          const holds = (set: keyof Truth) => verdict[set][protocol].some(([first, last]) => first <= port && port <= last);
          const said = `${from.name} → ${to.name} ${protocol} ${port}`;
          if (holds("must") !== truth.must) differences.push(`${said}: must is ${holds("must")}, and ${truth.must} in truth`);
          if (truth.may && !holds("may")) differences.push(`${said}: may is false, and true in truth`);
          if (
            truth.may &&
            !core
              .reach(network, ...ends, { ...noPorts, [protocol]: [[port, port]] })
              .may[protocol].some(([first, last]) => first <= port && port <= last)
          )
            differences.push(`${said}: may is false where that alone is asked, and true in truth`);
          if (truth.some && !holds("some")) differences.push(`${said}: some is false, and true in truth`);
          if (truth.may || !holds("may")) continue;
          if (isPassedOn && !simulated.areAtTheDoor(from, to)) larger++;
          else differences.push(`${said}: may is true, and false in truth`);
        }
    }
  return { packets: simulated.packets, differences, larger };
}

/** One end of a connection: an endpoint at all places that AWS may give it, or addresses outside, each a separate case. */
interface End {
  readonly name: string;
  readonly part?: EndpointPart;
  /** Addresses outside. */
  readonly texts?: readonly string[];
  /** The service whose users, in VPCs of their own, have these addresses. */
  readonly service?: string;
}

/** The same end with the addresses of one family. */
interface Side extends End {
  readonly family: Family;
}

type Family = 4 | 6;

class PacketNetwork {
  packets = 0;
  readonly ends: readonly End[];
  readonly #parts: readonly NetworkPart[];
  readonly #served = new Map<string, boolean>();
  readonly #standing = new Map<string, readonly Stand[]>();
  readonly #placed = new Map<string, readonly Stand[]>();
  readonly #moods: { readonly strict: Simulator; readonly generous: Simulator };

  constructor(parts: readonly NetworkPart[]) {
    this.#parts = parts;
    this.#moods = { strict: new Simulator(parts, "strict"), generous: new Simulator(parts, "generous") };
    const outsiders = (name: keyof typeof outside): End => ({ name, texts: outside[name] });
    const endpoints = parts.filter((part) => part.is === "endpoint");
    const clients = this.#offers().map(({ id }): End => ({
      name: `clients of ${id}`,
      service: id,
      texts: [...ipv4Samples, ...ipv6Samples],
    }));
    this.ends = [...endpoints.map((part): End => ({ name: part.id, part })), outsiders("internet"), outsiders("elsewhere"), ...clients];
  }

  #offers(): readonly OfferPart[] {
    return this.#parts.filter((part) => part.is === "offer");
  }

  /**
   * Whether the two ends are the users behind endpoints of others and the load balancer that they reach: one connection, with nothing left
   * open.
   */
  areAtTheDoor(from: End, to: End): boolean {
    return this.#offers().some(({ id, balancers }) => from.service === id && to.part !== undefined && balancers.includes(to.part.id));
  }

  truth(from: End, to: End, protocol: Protocol, port: number): Truth {
    if (from.part?.isSilent) return nothing;
    const plain = ([4, 6] as const).map((family) => this.#truth(family, from, to, protocol, port)).reduce(either);
    return plain.may ? plain : { ...plain, may: this.#isTranslated(from, to, protocol, port) };
  }

  /**
   * Whether NAT64 applies: the instance's packet reaches the NAT gateway, and everything that the gateway itself can reach may then come
   * from there.
   */
  #isTranslated(from: End, to: End, protocol: Protocol, port: number): boolean {
    if (!from.part || protocol === "other" || (from.part === to.part && !from.part.isMany)) return false;
    return this.#stands({ ...from, family: 6 }).some((stand) => {
      const nat = this.#moods.generous.translatorFor(stand, protocol, port);
      if (!nat) return false;
      const part: EndpointPart = { is: "endpoint", id: `NAT of ${nat}`, subnets: [nat], firewalls: "none", public: "yes" };
      return ([4, 6] as const).some((family) => this.#truth(family, { name: "NAT", part }, to, protocol, port).may);
    });
  }

  #truth(family: Family, source: End, target: End, protocol: Protocol, port: number): Truth {
    const [from, to] = [source, target].map((end): Side => ({ ...end, family })) as [Side, Side];
    const direct = either(this.#direct(from, to, protocol, port), this.#byService(from, to, protocol, port));
    const isHeard = to.part?.listens?.some((one) => one.protocol === protocol && one.from <= port && port <= one.to) ?? true;
    const heard = isHeard ? direct : nothing;
    const served = to.part && protocol === "tcp" ? this.#isServed(to.part, port) : true;
    const alone = { ...heard, must: heard.must && served, some: heard.some && served };
    return to.part && protocol === "tcp" && (from.part !== to.part || to.part.isMany)
      ? either(alone, this.#through(from, to.part, port))
      : alone;
  }

  // ─────────────────────────────────────────────── one connection

  #direct(from: Side, to: Side, protocol: Protocol, port: number): Truth {
    if (from.part && from.part === to.part && from.part.isMany !== true) return nothing;
    if (from.service !== undefined || to.service !== undefined) return nothing;
    const truth = overCases(
      casesOf(from, this.#stands(from)),
      casesOf(to, this.#stands(to)),
      (client, server) => this.#connects("strict", client, server, protocol, port),
      (client, server) => this.#connects("generous", client, server, protocol, port),
    );
    return this.#isEverywhere(from) && this.#isEverywhere(to) ? truth : { ...truth, must: false, some: false };
  }

  /** AWS may choose a place without an address of the family. */
  #isEverywhere({ part, family }: Side): boolean {
    return part === undefined || part.subnets.every((id) => this.#standsIn(part, id, family).length > 0);
  }

  /** Strict: from every port of the client. Generous: from one port; a packet of a protocol without connections only has to arrive. */
  #connects(mood: "strict" | "generous", client: Stand, server: Stand, protocol: Protocol, port: number): boolean {
    this.packets++;
    const simulator = this.#moods[mood];
    if (!simulator.arrives(client, server, protocol, port)) return false;
    if (mood === "generous" && protocol !== "tcp") return true;
    const answers = (at: number) => natPorts.some((nat) => simulator.returns(client, server, protocol, port, at, nat));
    const always = (at: number) => natPorts.every((nat) => simulator.returns(client, server, protocol, port, at, nat));
    const natPorts = client.subnet && !server.subnet ? clientPorts : [1024];
    return mood === "strict" ? clientPorts.every(always) : clientPorts.some(answers);
  }

  #stands(side: Side): readonly Stand[] {
    const key = `${side.family} ${side.part?.id ?? side.name}`;
    const found = this.#standing.get(key) ?? this.#allStands(side);
    this.#standing.set(key, found);
    return found;
  }

  #allStands({ part, texts, family }: Side): readonly Stand[] {
    if (texts) return texts.map((text) => ({ at: placeOf(text) })).filter(({ at }) => isIpv6(at) === (family === 6));
    return part!.subnets.flatMap((id) => this.#standsIn(part!, id, family));
  }

  #standsIn(endpoint: EndpointPart, id: string, family: Family): readonly Stand[] {
    const key = `${endpoint.id} ${id} ${family}`;
    const known = this.#placed.get(key) ?? (family === 6 ? this.#ipv6In(endpoint, id) : this.#ipv4In(endpoint, id));
    this.#placed.set(key, known);
    return known;
  }

  #ipv6In(endpoint: EndpointPart, id: string): readonly Stand[] {
    const { ipv6 = "no", ipv6Address } = endpoint;
    const subnet = this.#parts.find((part): part is SubnetPart => part.is === "subnet" && part.id === id);
    if (ipv6 === "no") return [];
    const given = subnet ? { subnet } : {};
    if (ipv6Address !== undefined) return [{ endpoint, ...given, at: placeOf(ipv6Address) }];
    if (ipv6 === "as-subnet" && subnet && !subnet.givesIpv6) return [];
    if (!subnet) return ipv6Samples.map((text) => ({ endpoint, at: placeOf(text), isUnsure: true }));
    return this.#samplesIn(subnet).map((at) => ({ endpoint, subnet, at, isUnsure: ipv6 === "unread" }));
  }

  /** Returns sample places of a network that AWS is to choose: addresses in its VPC's range, or in no VPC. */
  #samplesIn({ ipv6Range, vpc }: SubnetPart): readonly Place[] {
    if (ipv6Range === undefined) return [];
    const all = ipv6Samples.map(placeOf);
    if (ipv6Range !== "unread") return all.filter((at) => contains(ipv6Range, at));
    const ranges = (of: (id: string) => boolean) =>
      this.#parts.flatMap((part) => (part.is === "vpc" && of(part.id) ? part.ranges.filter((range) => range.includes(":")) : []));
    const own = ranges((one) => one === vpc);
    const isIn = (list: readonly string[], at: Place) => list.some((range) => contains(range, at));
    if (own.length > 0) return all.filter((at) => isIn(own, at));
    const taken = ranges(() => true);
    return all.filter((at) => contains("2000::/3", at) && !isIn(taken, at));
  }

  #ipv4In(endpoint: EndpointPart, id: string): readonly Stand[] {
    const subnet = this.#parts.find((part): part is SubnetPart => part.is === "subnet" && part.id === id);
    if (endpoint.address !== undefined) return [{ endpoint, ...(subnet ? { subnet } : {}), at: placeOf(endpoint.address) }];
    // The subnet was not read, so any address is possible. These are enough to be in every range of the rules.
    if (!subnet) return ipv4Samples.map((text) => ({ endpoint, at: placeOf(text) }));
    if (subnet.range === undefined) return [];
    const first = Number(placeOf(subnet.range.split("/")[0]!));
    return [0, 1, 2, 3].map((i) => ({ endpoint, subnet, at: first + i }));
  }

  // ─────────────────────────────────────────────── load balancers

  /** A load balancer certainly answers when each node certainly reaches a target of each pool. */
  #isServed(balancer: EndpointPart, port: number): boolean {
    const key = `${balancer.id} ${port}`;
    const known = this.#served.get(key) ?? this.#serves(balancer, port);
    this.#served.set(key, known);
    return known;
  }

  #serves(balancer: EndpointPart, port: number): boolean {
    const forwards = this.#parts.filter(
      (part) => part.is === "forward" && part.from === balancer.id && part.port === port,
    ) as ForwardPart[];
    return forwards.every((forward) =>
      forward.pools.every((id) =>
        balancer.subnets.every((node) =>
          this.#targets(id).some(
            (target) => this.#fromNode(balancer, node, forward, target).must && this.#hears(target.endpoint, target.port),
          ),
        ),
      ),
    );
  }

  #hears(endpoint: EndpointPart, port: number): boolean {
    return endpoint.listens?.some((one) => one.protocol === "tcp" && one.from <= port && port <= one.to) ?? true;
  }

  #targets(id: string): { readonly endpoint: EndpointPart; readonly port: number }[] {
    const pool = this.#pool(id);
    if (!pool) return [];
    const members = this.#parts.flatMap((part) =>
      part.is === "member" && part.of === id ? [{ endpoint: part.endpoint, port: pool.port }] : [],
    );
    return [...pool.targets, ...members].map(({ endpoint, port }) => ({
      endpoint: this.#parts.find((part): part is EndpointPart => part.is === "endpoint" && part.id === endpoint)!,
      port,
    }));
  }

  #pool(id: string): PoolPart | undefined {
    return this.#parts.find((part): part is PoolPart => part.is === "pool" && part.id === id);
  }

  #fromNode(balancer: EndpointPart, node: string, forward: ForwardPart, target: { endpoint: EndpointPart; port: number }): Truth {
    const family = this.#familyOf(forward);
    const servers = this.#chosen(balancer, node, forward, target.endpoint, family);
    const clients = this.#standsIn(balancer, node, family);
    if (servers.length === 0 || clients.length === 0) return nothing;
    const truth = overCases(
      [clients],
      [servers],
      (client, server) => this.#connects("strict", client, server, "tcp", target.port),
      (client, server) => this.#connects("generous", client, server, "tcp", target.port),
    );
    return this.#isWhole(balancer, node, forward, target.endpoint, family) ? truth : { ...truth, must: false, some: false };
  }

  /** A load balancer uses the family of the target group. */
  #familyOf({ pools }: ForwardPart): Family {
    return this.#pool(pools[0]!)?.ipv6 === true ? 6 : 4;
  }

  #isWhole(balancer: EndpointPart, node: string, forward: ForwardPart, target: EndpointPart, family: Family): boolean {
    return this.#placesOf(balancer, node, forward, target).every((id) => this.#standsIn(target, id, family).length > 0);
  }

  #chosen(balancer: EndpointPart, node: string, forward: ForwardPart, target: EndpointPart, family: Family): readonly Stand[] {
    return this.#placesOf(balancer, node, forward, target).flatMap((id) => this.#standsIn(target, id, family));
  }

  #placesOf(balancer: EndpointPart, node: string, forward: ForwardPart, target: EndpointPart): readonly string[] {
    const zoneOf = (id: string) => (this.#parts.find((part) => part.is === "subnet" && part.id === id) as SubnetPart | undefined)?.zone;
    const isCross = this.#pool(forward.pools[0]!)?.crossZone ?? forward.crossZone;
    const zones = (isCross ? balancer.subnets : [node]).map(zoneOf);
    return target.subnets.filter((id) => zoneOf(id) === undefined || zones.includes(zoneOf(id)));
  }

  #through(from: Side, target: EndpointPart, port: number): Truth {
    let all = nothing;
    for (const forward of this.#parts.filter((part) => part.is === "forward")) {
      const balancer = this.#parts.find((part): part is EndpointPart => part.is === "endpoint" && part.id === forward.from)!;
      if (forward.passes !== "connections" || from.part === balancer) continue;
      for (const id of forward.pools)
        for (const one of this.#targets(id))
          if (one.endpoint === target && one.port === port && this.#hears(target, port)) {
            if (from.service === undefined)
              for (const node of balancer.subnets) all = either(all, this.#passed(from, balancer, node, forward, one));
            all = either(
              all,
              this.#atEveryNode(balancer, (node) => {
                const first = this.#toNode(from, balancer, node, "tcp", forward.port);
                return first.may ? both(first, this.#fromNode(balancer, node, forward, one)) : nothing;
              }),
            );
          }
    }
    return all;
  }

  #passed(from: Side, balancer: EndpointPart, node: string, forward: ForwardPart, target: { endpoint: EndpointPart; port: number }): Truth {
    const family = this.#familyOf(forward);
    const nodes = this.#standsIn(balancer, node, from.family);
    const senders = this.#standsIn(balancer, node, family);
    const servers = this.#chosen(balancer, node, forward, target.endpoint, family);
    if (servers.length === 0 || nodes.length === 0) return nothing;
    // Between two families the load balancer uses its own address.
    const keeps = family === from.family && (this.#pool(forward.pools[0]!)?.keepsClient ?? forward.keepsClient);
    if (!keeps && senders.length === 0) return nothing;
    const passes = (mood: "strict" | "generous") => (client: Stand, server: Stand) => {
      const ofAll = (list: readonly Stand[], is: (at: Stand) => boolean) => (mood === "strict" ? list.every(is) : list.some(is));
      const passesOn = (at: Stand) =>
        keeps
          ? this.#asClient(mood, client, at, server, target.port)
          : ofAll(family === from.family ? [at] : senders, (sender) => this.#connects(mood, sender, server, "tcp", target.port));
      return ofAll(nodes, (at) => this.#connects(mood, client, at, "tcp", forward.port) && passesOn(at));
    };
    const truth = overCases(casesOf(from, this.#stands(from)), [servers], passes("strict"), passes("generous"));
    const isWhole = this.#isEverywhere(from) && this.#isWhole(balancer, node, forward, target.endpoint, family);
    return isWhole ? truth : { ...truth, must: false, some: false };
  }

  // ─────────────────────────────────────────────── endpoint services

  #byService(from: Side, { part: balancer }: Side, protocol: Protocol, port: number): Truth {
    if (!balancer || (balancer === from.part && balancer.isMany !== true)) return nothing;
    if (!this.#offers().some(({ balancers }) => balancers.includes(balancer.id))) return nothing;
    return this.#atEveryNode(balancer, (node) => this.#toNode(from, balancer, node, protocol, port));
  }

  /** Evaluates every node, because nobody can choose the node that AWS uses. */
  #atEveryNode({ subnets }: EndpointPart, at: (node: string) => Truth): Truth {
    const all = subnets.map(at);
    return { must: all.every(({ must }) => must), some: all.every(({ some }) => some), may: all.some(({ may }) => may) };
  }

  /** Through an interface endpoint: the client reaches the endpoint, and the load balancer's groups allow the client's address. */
  #toNode(from: Side, balancer: EndpointPart, node: string, protocol: Protocol, port: number): Truth {
    if (protocol !== "tcp" && protocol !== "udp") return nothing;
    const nodes = this.#standsIn(balancer, node, from.family);
    let all = nothing;
    for (const offer of this.#offers()) {
      if (!offer.balancers.includes(balancer.id)) continue;
      if (from.service === offer.id) {
        const may = this.#stands(from).some((client) => nodes.some((at) => this.#entersNode("generous", client, at, protocol, port)));
        all = either(all, { must: false, some: false, may });
      }
      for (const part of this.#parts)
        if (part.is === "endpoint" && part.leadsTo === offer.id && part !== from.part && from.service === undefined)
          all = either(all, this.#byEndpoint(from, { name: part.id, part, family: from.family }, nodes, offer.acceptsAll, protocol, port));
    }
    return all;
  }

  #byEndpoint(from: Side, by: Side, nodes: readonly Stand[], isAccepted: boolean, protocol: "tcp" | "udp", port: number): Truth {
    const passes = (mood: "strict" | "generous") => (client: Stand, at: Stand) => {
      const ofAll = (list: readonly Stand[], is: (one: Stand) => boolean) => (mood === "strict" ? list.every(is) : list.some(is));
      return this.#connects(mood, client, at, protocol, port) && ofAll(nodes, (one) => this.#entersNode(mood, client, one, protocol, port));
    };
    if (nodes.length === 0) return nothing;
    const truth = overCases(casesOf(from, this.#stands(from)), casesOf(by, this.#stands(by)), passes("strict"), passes("generous"));
    const isCertain = isAccepted && protocol === "tcp" && this.#isEverywhere(from) && this.#isEverywhere(by);
    return isCertain ? truth : { ...truth, must: false, some: false };
  }

  /** AWS does not document whether a network ACL filters it. */
  #entersNode(mood: "strict" | "generous", client: Stand, node: Stand, protocol: "tcp" | "udp", port: number): boolean {
    const simulator = this.#moods[mood];
    if (mood === "strict" && (client.isUnsure || node.isUnsure || !node.subnet || !simulator.hasNoAcl(node.subnet))) return false;
    if (node.endpoint!.isOpenToClients) return true;
    const groups = mood === "strict" ? "none" : simulator.groupsOf(client);
    return simulator.groupsLet(simulator.groupsOf(node), "ingress", { protocol, port, from: client.at, to: node.at, groups });
  }

  /** The target sees the client's address and the groups of the load balancer. */
  #asClient(mood: "strict" | "generous", client: Stand, node: Stand, server: Stand, port: number): boolean {
    const simulator = this.#moods[mood];
    const packet: Packet = { protocol: "tcp", port, from: client.at, to: server.at, groups: simulator.groupsOf(node) };
    if ((client.isUnsure || server.isUnsure) && mood === "strict") return false;
    if (!simulator.groupsLet(simulator.groupsOf(server), "ingress", packet)) return false;
    if (!node.subnet || !server.subnet) return mood === "generous";
    if (node.subnet.id === server.subnet.id) return true;
    if (!simulator.passesAcl(node.subnet, "egress", packet) || !simulator.passesAcl(server.subnet, "ingress", packet)) return false;
    const returns = (at: number) => {
      const answer: Packet = { protocol: "tcp", port: at, from: server.at, to: client.at, groups: "none" };
      return simulator.passesAcl(server.subnet!, "egress", answer) && simulator.passesAcl(node.subnet!, "ingress", answer);
    };
    return mood === "strict" ? clientPorts.every(returns) : clientPorts.some(returns);
  }
}

const nothing: Truth = { must: false, may: false, some: false };

function both(a: Truth, b: Truth): Truth {
  return { must: a.must && b.must, may: a.may && b.may, some: a.some && b.some };
}

function either(a: Truth, b: Truth): Truth {
  return { must: a.must || b.must, may: a.may || b.may, some: a.some || b.some };
}

/** AWS chooses once among all places of an endpoint. Outside, each address is a separate case. */
function casesOf({ texts }: End, stands: readonly Stand[]): readonly (readonly Stand[])[] {
  return texts ? stands.map((stand) => [stand]) : [stands];
}

function overCases(
  sources: readonly (readonly Stand[])[],
  targets: readonly (readonly Stand[])[],
  isCertain: (client: Stand, server: Stand) => boolean,
  isPossible: (client: Stand, server: Stand) => boolean,
): Truth {
  const isNobody = (cases: readonly (readonly Stand[])[]) => cases.every((stands) => stands.length === 0);
  if (isNobody(sources) || isNobody(targets)) return nothing;
  const certain = sources.flatMap((clients) =>
    targets.map((servers) => clients.every((one) => servers.every((other) => isCertain(one, other)))),
  );
  const may = sources.some((clients) => targets.some((servers) => clients.some((one) => servers.some((other) => isPossible(one, other)))));
  return { must: certain.every(Boolean), some: certain.some(Boolean), may };
}
