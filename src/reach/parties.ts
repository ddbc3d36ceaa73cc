/** Finds the parties that a text means: a resource, the resources with a security group or in a network, the internet, addresses. */
import { isNetwork, ofFamily, spanOfEither, type Address, type Addresses } from "./addresses.ts";
import { inMap, newMap } from "./memo.ts";
import { rangesOf, type Endpoint, type Network, type Spot, type Subnet } from "./network.ts";
import { isEmpty, meet, minus, type Span } from "./spans.ts";
import { clients, clientsOf, outsiders, partyOf, serviceParty, type Party } from "./verdict.ts";

/** The name of all public addresses of both families. */
export const internet = "internet";
/** The name of the public IPv6 addresses. */
export const internet6 = "::/0";

/** Whether a name means all public addresses, of one family or of both. */
export function isPublic(name: string): boolean {
  return name === internet || name === internet6;
}

/** Whether a name means a party outside of all resources. */
export function isOutside(name: string): boolean {
  return name === internet || name.startsWith(clients) || isNetwork(name);
}

/**
 * Returns all parties that a text means, or undefined when it names nothing known. The list may be empty: for a security group that no
 * interface has.
 */
export function partiesOf(network: Network, text: string): readonly Party[] | undefined {
  if (text === internet || text === internet6)
    return inMap(inMap(publics, network, newMap<string, readonly Party[]>), text, () => [everybody(network, text)]);
  const span = spanOfEither(text);
  if (span) return atAddresses(network, text, span);
  const service = network.services.get(text);
  if (service) return [serviceParty(service, network.internet)];
  const offer = network.offers.get(text.startsWith(clients) ? text.slice(clients.length) : text);
  if (offer) return [clientsOf(offer)];
  const endpoint = network.endpoints.get(text);
  if (endpoint) return [partyOf(endpoint)];
  const isMeant = membersOf(network, text);
  const others = text.endsWith("/*") ? othersOf(network, text.slice(0, -1)) : [];
  if (!isMeant && others.length === 0) return undefined;
  const endpoints = isMeant ? [...network.endpoints.values()].filter(isMeant) : [];
  return [...endpoints.map(partyOf), ...others];
}

/**
 * A cache, because every pair at every step of an apply asks for these. The same object is returned each time, so that results about it are
 * found again.
 */
const publics = new WeakMap<Network, Map<string, readonly Party[]>>();

function everybody(network: Network, text: typeof internet | typeof internet6): Party {
  return outsiders(text, text === internet ? network.internet : ofFamily(network.internet, 6));
}

/** Returns the services whose ids begin with a prefix, and the clients of such endpoint services. */
function othersOf({ services, offers, internet: open }: Network, prefix: string): readonly Party[] {
  const isOf = ({ id }: { readonly id: string }) => id.startsWith(prefix);
  return [
    ...[...services.values()].filter(isOf).map((service) => serviceParty(service, open)),
    ...[...offers.values()].filter(isOf).map((offer) => clientsOf(offer)),
  ];
}

/** Returns every text that means somebody, for suggestions. */
export function namesOf(network: Network): readonly string[] {
  const { endpoints, firewalls, subnets, vpcs, pools, services, offers } = network;
  return [internet, ...[endpoints, firewalls, subnets, vpcs, pools, services, offers].flatMap((map) => [...map.keys()])].filter(
    (name) => !name.includes(" "),
  );
}

function membersOf(network: Network, text: string): ((endpoint: Endpoint) => boolean) | undefined {
  if (text.endsWith("/*")) return membersOfAll(network, text.slice(0, -1));
  if (network.firewalls.has(text)) return ({ spots }) => spots.some((spot) => bears(spot, text));
  if (network.subnets.has(text)) return ({ spots }) => spots.some(({ place }) => typeof place === "object" && place.id === text);
  if (network.vpcs.has(text)) return ({ spots }) => spots.some(({ place }) => typeof place === "object" && place.vpc === text);
  const pool = network.pools.get(text);
  return pool && (({ id }) => pool.targets.some(({ endpoint }) => endpoint === id));
}

/** Selects the endpoints of `kind/*`: all endpoints of a kind, or all that belong to one of its objects. */
function membersOfAll(network: Network, prefix: string): ((endpoint: Endpoint) => boolean) | undefined {
  const isOf = (id: string) => id.startsWith(prefix);
  const { endpoints, firewalls, subnets, vpcs, pools } = network;
  const named = [endpoints, firewalls, subnets, vpcs, pools].find((map) => [...map.keys()].some(isOf));
  if (!named) return undefined;
  if (named === endpoints) return ({ id }) => isOf(id);
  const all = [...named.keys()].filter(isOf).flatMap((id) => membersOf(network, id) ?? []);
  return (endpoint) => all.some((isMeant) => isMeant(endpoint));
}

function bears({ firewalls }: Spot, id: string): boolean {
  return typeof firewalls !== "string" && firewalls.includes(id);
}

/**
 * Returns the parties at addresses. An address in one of our subnets belongs to an interface with unknown security groups, unless a
 * resource certainly has that address.
 */
function atAddresses(network: Network, name: string, span: Span<Address>): readonly Party[] {
  const owner = ownerOf(network, span);
  if (owner) return [partyOf(owner)];
  const addresses: Addresses = [span];
  const apart = minus(addresses, rangesOf(network.vpcs));
  const inside = [...network.subnets.values()].flatMap((place): Spot[] => {
    const here = meet(addresses, [...place.ipv4, ...(isPicked(network, place) ? place.ipv6 : [])]);
    return isEmpty(here) ? [] : [{ place, addresses: here, ipv6: "yes", firewalls: "unread", public: "unread" }];
  });
  return [
    ...(isEmpty(apart) ? [] : [outsiders(name, apart)]),
    ...(inside.length === 0 ? [] : [{ name, choice: "any", spots: inside } as const]),
  ];
}

/** Whether the IPv6 range of a subnet's VPC is known. A question about an IPv6 address does not mean a range that AWS has yet to pick. */
function isPicked({ vpcs }: Network, { part, vpc }: Subnet): boolean {
  return part.ipv6Range !== "unread" || ofFamily(vpcs.get(vpc)?.ranges ?? [], 6).length > 0;
}

function ownerOf({ endpoints }: Network, [first, last]: Span<Address>): Endpoint | undefined {
  if (first !== last) return undefined;
  const has = (text: string | undefined) => text !== undefined && spanOfEither(text)?.[0] === first;
  return [...endpoints.values()].find(({ part }) => has(part.address) || has(part.ipv6Address));
}
