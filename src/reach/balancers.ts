/**
 * Load balancers. An Application Load Balancer ends connections: a client that reaches it does not reach its targets. A Network Load
 * Balancer passes connections on, and so opens its targets to everybody who reaches it. (Elastic Load Balancing User Guide.)
 */
import type { ForwardPart, PartId } from "../kinds/kind.ts";
import { allFlows, flowsOf, flowsOfPorts, isNone, meetFlows, minusFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import { aclLets, firewallsLet, unknown, type Direction } from "./filters.ts";
import { families, type Address, type Family } from "./addresses.ts";
import { directOver } from "./direct.ts";
import { groupBy } from "../resource/group-by.ts";
import type { Endpoint, Network, Spot, Subnet } from "./network.ts";
import type { At, Step } from "./hop.ts";
import { offersOf, toNode } from "./offered.ts";
import { unsureOf } from "./steps.ts";
import { anyWay, eitherWay, limitedTo, never, type Party, type Verdict } from "./verdict.ts";

/** The flows on which an endpoint listens; all flows when it does not say. */
export function heardBy({ part: { listens } }: Endpoint): Flows {
  return listens ? listens.reduce((all, one) => unionFlows(all, flowsOf(one)), noFlows) : allFlows;
}

/**
 * Limits a verdict on a load balancer. It listens for certain only if each of its nodes certainly reaches a target of each target group.
 */
export function whereServed(network: Network, balancer: Endpoint, verdict: Verdict): Verdict {
  if (isNone(verdict.may) || !network.forwards.has(balancer.id)) return verdict;
  const { flows, why } = unservedBy(network, balancer);
  if (isNone(meetFlows(verdict.some, flows))) return verdict;
  const some = minusFlows(verdict.some, flows);
  return { ...verdict, must: minusFlows(verdict.must, flows), some, unknown: [...new Set([...verdict.unknown, ...why])] };
}

interface Unserved {
  readonly flows: Flows;
  readonly why: readonly string[];
}

const known = new WeakMap<Network, Map<PartId, Unserved>>();

function unservedBy(network: Network, balancer: Endpoint): Unserved {
  const cache = known.get(network) ?? new Map<PartId, Unserved>();
  known.set(network, cache);
  const found = cache.get(balancer.id);
  if (found) return found;
  let flows = noFlows;
  const why: string[] = [];
  for (const forward of network.forwards.get(balancer.id) ?? [])
    for (const pool of forward.pools) {
      const reason = whyUnserved(network, balancer, forward, pool);
      if (reason === undefined) continue;
      flows = unionFlows(flows, frontOf(forward));
      why.push(reason);
    }
  const unserved = { flows, why };
  cache.set(balancer.id, unserved);
  return unserved;
}

function whyUnserved(network: Network, balancer: Endpoint, forward: ForwardPart, id: PartId): string | undefined {
  const pool = network.pools.get(id);
  if (!pool) return `the targets of ${id} were not read`;
  if (pool.targets.length === 0) return `${id} has no target in this environment`;
  const isReached = balancer.spots.every((node) =>
    pool.targets.some(({ endpoint, port, isGuess }) => {
      const target = isGuess ? undefined : network.endpoints.get(endpoint);
      return target && !isNone(meetFlows(fromNode(network, node, target, forward, id).must, onPort(forward, port)));
    }),
  );
  return isReached ? undefined : `no target of ${id} is certain to be reached from every zone of ${balancer.id}`;
}

function frontOf({ protocol, port }: ForwardPart): Flows {
  return flowsOfPorts(protocol, [[port, port]]);
}

function onPort({ protocol }: ForwardPart, port: number): Flows {
  return flowsOfPorts(protocol, [[port, port]]);
}

/** The address family of a target group. The load balancer uses it for the targets, whatever family its clients use. */
function familyOfPool(network: Network, pool: PartId): Family {
  return network.pools.get(pool)?.part.ipv6 === true ? 6 : 4;
}

/** Returns the flows from a node of the load balancer to a target. The target sees the node's address. */
function fromNode(network: Network, node: Spot, target: Endpoint, forward: ForwardPart, pool: PartId): Verdict {
  const to = chosenBy(network, node, target, forward, pool);
  if (!to) return never;
  const from: Party = { name: forward.from, choice: "of-aws", spots: [node] };
  return limitedTo(directOver(familyOfPool(network, pool), network, from, to), heardBy(target));
}

/**
 * Returns the places of a target that a node may choose: those in the load balancer's zones, or only in the node's own zone when cross-zone
 * load balancing is off.
 */
function chosenBy(network: Network, node: Spot, target: Endpoint, forward: ForwardPart, pool: PartId): Party | undefined {
  const isCross = network.pools.get(pool)?.part.crossZone ?? forward.crossZone;
  const nodes = isCross ? (network.endpoints.get(forward.from)?.spots ?? [node]) : [node];
  const spots = target.spots.filter((spot) => nodes.some((one) => isOneZone(one, spot)));
  return spots.length === 0 ? undefined : { name: target.id, choice: "of-aws", spots };
}

function isOneZone({ place: a }: Spot, { place: b }: Spot): boolean {
  return typeof a !== "object" || typeof b !== "object" || a.zone === b.zone;
}

/** Returns the flows that reach a target through load balancers that pass connections on. */
export function passedOn(network: Network, from: Party, target: Endpoint): Verdict {
  let all = never;
  for (const { balancer, isGuess, ...passage } of passagesTo(network, target.id))
    if (from.endpoint !== balancer) all = eitherWay(all, guessed(through(network, from, balancer, { ...passage, target }), isGuess));
  return all;
}

interface PassageTo extends Omit<Passage, "target"> {
  readonly balancer: Endpoint;
  readonly isGuess: true | undefined;
}

const passages = new WeakMap<Network, Map<PartId, PassageTo[]>>();

/** Returns the load balancers, listeners and target groups through which connections come to a target. */
export function passagesTo(network: Network, target: PartId): readonly PassageTo[] {
  let byTarget = passages.get(network);
  if (!byTarget) passages.set(network, (byTarget = passagesOf(network)));
  return byTarget.get(target) ?? [];
}

function passagesOf(network: Network): Map<PartId, PassageTo[]> {
  const all = [...network.forwards].flatMap(([id, forwards]) => {
    const balancer = network.endpoints.get(id);
    if (!balancer) return [];
    return forwards.flatMap((forward) => {
      if (forward.passes === "connections")
        return forward.pools.flatMap((pool) =>
          (network.pools.get(pool)?.targets ?? []).map(({ endpoint, port, isGuess }) => ({
            endpoint,
            balancer,
            forward,
            pool,
            port,
            isGuess,
          })),
        );
      return [];
    });
  });
  return groupBy(all, ({ endpoint }) => endpoint);
}

function guessed(verdict: Verdict, isGuess: true | undefined): Verdict {
  if (!isGuess) return verdict;
  return { ...verdict, must: noFlows, some: noFlows, unknown: [...verdict.unknown, "AWS chooses which instance has the target's address"] };
}

interface Passage {
  readonly forward: ForwardPart;
  readonly pool: PartId;
  readonly target: Endpoint;
  readonly port: number;
}

function through(network: Network, from: Party, balancer: Endpoint, passage: Passage): Verdict {
  return families.reduce((all, family) => eitherWay(all, throughOver(family, network, from, balancer, passage)), never);
}

/**
 * Returns the flows through a load balancer over one family. Every node exists, so one node that passes a flow on is enough. A target of
 * another family than the client sees the load balancer's address (Network Load Balancer User Guide, "Client IP preservation").
 */
function throughOver(family: Family, network: Network, from: Party, balancer: Endpoint, { forward, pool, target, port }: Passage): Verdict {
  const isSeen = network.pools.get(pool)?.part.keepsClient ?? forward.keepsClient;
  const keeps = isSeen && family === familyOfPool(network, pool);
  let all = never;
  for (const node of balancer.spots) {
    const first = limitedTo(directOver(family, network, from, { name: balancer.id, choice: "of-aws", spots: [node] }), frontOf(forward));
    if (isNone(first.may)) continue;
    const second = limitedTo(
      keeps ? asClient(network, from, node, { forward, pool, target, port }) : fromNode(network, node, target, forward, pool),
      onPort(forward, port),
    );
    all = eitherWay(all, onwards(first, second));
  }
  return eitherWay(all, byService(family, network, from, balancer, { forward, pool, target, port }));
}

/**
 * Returns the flows of clients that reach the load balancer through an endpoint of its service. AWS picks the node, and the target sees the
 * node's address.
 */
function byService(family: Family, network: Network, from: Party, balancer: Endpoint, { forward, pool, target, port }: Passage): Verdict {
  if (offersOf(network, balancer.id).length === 0) return never;
  return anyWay(
    balancer.spots.map((node): Verdict => {
      const first = toNode(family, network, from, balancer, node, frontOf(forward));
      if (isNone(first.may)) return never;
      return onwards(first, limitedTo(fromNode(network, node, target, forward, pool), onPort(forward, port)));
    }),
  );
}

/** Combines two connections, one after the other, and returns the flows that the target gets. */
function onwards(first: Verdict, second: Verdict): Verdict {
  const after = (a: Flows, b: Flows) => (isNone(a) ? noFlows : b);
  return {
    must: after(first.must, second.must),
    may: second.may,
    some: after(first.some, second.some),
    unknown: [...first.unknown, ...second.unknown],
  };
}

/**
 * Returns the flows from a node to a target that sees the client's address. The target's rules also see the security groups of the load
 * balancer, if it has any.
 */
function asClient(network: Network, from: Party, node: Spot, { forward, pool, target }: Passage): Verdict {
  const to = chosenBy(network, node, target, forward, pool);
  if (!to) return never;
  const walk = (_network: Network, client: At, at: At) => [...unsureOf(client, at), ...stepsAsClient(network, client, node, at)];
  return limitedTo(directOver(familyOfPool(network, pool), network, from, to, walk), heardBy(target));
}

function stepsAsClient(network: Network, client: At, node: Spot, target: At): readonly Step[] {
  const [near, far] = [node.place, target.spot.place];
  const peer = { at: client.at, firewalls: node.firewalls };
  const into: Step = {
    what: "target-groups",
    direction: "ingress",
    peer: client,
    of: target.spot,
    ...firewallsLet(network, target.spot.firewalls, "ingress", peer),
  };
  if (typeof near !== "object" || typeof far !== "object") return [into, { what: "place", ...unknown("a subnet on the way was not read") }];
  if (near === far) return [into];
  return [
    filter(near, "egress", target.at),
    filter(far, "ingress", client.at),
    into,
    { ...filter(far, "egress", client.at), back: 0 },
    { ...filter(near, "ingress", target.at), back: 0 },
  ];
}

function filter({ id, acl }: Subnet, direction: Direction, at: Address): Step {
  if (acl === "open") return { what: "acl", id, must: allFlows, may: allFlows };
  if (acl === "unread") return { what: "acl", id, ...unknown(`the network ACL of ${id} was not read`) };
  const flows = aclLets(acl, direction, at);
  return { what: "acl", id: acl.id, must: flows, may: flows };
}
