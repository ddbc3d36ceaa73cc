/** Who is meant by a text: a resource, whoever bears a group or lies in a network, the internet, addresses. */
import { spanOf, type Endpoint, type Network, type Spot } from "./network.ts";
import { isEmpty, meet, minus, normal, type Spans } from "./spans.ts";
import { outsiders, partyOf, serviceParty, type Party } from "./verdict.ts";

export const internet = "internet";

/** All that a text means; undefined: it names nothing that is known. Nobody may be meant: a group that no interface bears. */
export function partiesOf(network: Network, text: string): readonly Party[] | undefined {
  if (text === internet) return [outsiders(internet, network.internet)];
  const span = spanOf(text.includes("/") ? text : `${text}/32`);
  if (span) return atAddresses(network, text, [span]);
  const service = network.services.get(text);
  if (service) return [serviceParty(service, network.internet)];
  const endpoint = network.endpoints.get(text);
  if (endpoint) return [partyOf(endpoint)];
  const isMeant = membersOf(network, text);
  const services = text.endsWith("/*") ? [...network.services.values()].filter(({ id }) => id.startsWith(text.slice(0, -1))) : [];
  if (!isMeant && services.length === 0) return undefined;
  const endpoints = isMeant ? [...network.endpoints.values()].filter(isMeant) : [];
  return [...endpoints.map(partyOf), ...services.map((service) => serviceParty(service, network.internet))];
}

/** Every text that means somebody, for suggestions. */
export function namesOf(network: Network): readonly string[] {
  const { endpoints, firewalls, subnets, vpcs, pools, services } = network;
  return [internet, ...[endpoints, firewalls, subnets, vpcs, pools, services].flatMap((map) => [...map.keys()])].filter(
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

/** `kind/*`: all endpoints of a kind, or all that belong to one of its objects. */
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

/** Addresses of our subnets are those of some interface, whose groups nobody knows, unless a resource has the address for sure. */
function atAddresses(network: Network, name: string, addresses: Spans): readonly Party[] {
  const owner = [...network.endpoints.values()].find(({ part }) => part.address === name);
  if (owner) return [partyOf(owner)];
  const apart = minus(addresses, normal([...network.vpcs.values()].flatMap(({ ranges }) => [...ranges])));
  const inside = [...network.subnets.values()].flatMap((place): Spot[] => {
    const here = meet(addresses, [place.range]);
    return isEmpty(here) ? [] : [{ place, addresses: here, firewalls: "unread", public: "unread" }];
  });
  return [
    ...(isEmpty(apart) ? [] : [outsiders(name, apart)]),
    ...(inside.length === 0 ? [] : [{ name, choice: "any", spots: inside } as const]),
  ];
}
