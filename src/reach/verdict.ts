/** The answer to a question, and the two ends of one. */
import { isNone, meetFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import type { OfferPart, ServicePart } from "../kinds/kind.ts";
import type { Endpoint, Spot } from "./network.ts";
import { everywhere, ofFamily, type Addresses } from "./addresses.ts";

/** One end of a question. `choice`: who says which spot and address it is: AWS once, or whoever comes, each time. */
export interface Party {
  readonly name: string;
  readonly choice: "of-aws" | "any";
  readonly spots: readonly Spot[];
  readonly endpoint?: Endpoint;
}

export interface Verdict {
  /** What passes for certain, whatever addresses AWS picks, from and to every one of the addresses that anybody may choose. */
  readonly must: Flows;
  /** What may pass, from or to any of them. */
  readonly may: Flows;
  /** What passes for certain from or to one of them at least. The same as `must` where AWS chooses both. */
  readonly some: Flows;
  /** Why `must` and `may` differ. */
  readonly unknown: readonly string[];
}

export const never: Verdict = { must: noFlows, may: noFlows, some: noFlows, unknown: [] };

export function partyOf(endpoint: Endpoint): Party {
  return { name: endpoint.id, choice: "of-aws", spots: endpoint.spots, endpoint };
}

/** Addresses outside of every VPC: the internet, a network of somebody. */
export function outsiders(name: string, addresses: Addresses): Party {
  return { name, choice: "any", spots: [outside(addresses)] };
}

/** A service behind gateway endpoints: AWS chooses among its public addresses. */
export function serviceParty(service: ServicePart, addresses: Addresses): Party {
  const known = service.ipv6 === true ? addresses : ofFamily(addresses, 4);
  return { name: service.id, choice: "of-aws", spots: [{ ...outside(known), service }] };
}

/** What those are called who have an endpoint to a service in a VPC of others. */
export const clients = "clients of ";

/** They have whatever addresses: a VPC of theirs may have the same ones as ours. */
export function clientsOf({ id }: OfferPart, addresses: Addresses = everywhere): Party {
  return { name: `${clients}${id}`, choice: "any", spots: [{ ...outside(addresses), public: "no", clientOf: id }] };
}

function outside(addresses: Addresses): Spot {
  return { place: undefined, addresses, ipv6: "yes", firewalls: "none", public: "yes" };
}

/** Two ways, either of which is enough. */
export function eitherWay(a: Verdict, b: Verdict): Verdict {
  if (isNone(b.may)) return a;
  return {
    must: unionFlows(a.must, b.must),
    may: unionFlows(a.may, b.may),
    some: unionFlows(a.some, b.some),
    unknown: [...new Set([...a.unknown, ...b.unknown])],
  };
}

/** Of several ways the one that somebody else picks: only what every one of them lets pass is certain. */
export function anyWay(ways: readonly Verdict[]): Verdict {
  const all = ways.reduce(eitherWay, never);
  if (isNone(all.may)) return never;
  const ofAll = (which: "must" | "some") => ways.map((one) => one[which]).reduce(meetFlows);
  return { ...all, must: ofAll("must"), some: ofAll("some") };
}

/** Only some of the flows. */
export function limitedTo(verdict: Verdict, flows: Flows): Verdict {
  const may = meetFlows(verdict.may, flows);
  if (isNone(may)) return never;
  return { may, must: meetFlows(verdict.must, flows), some: meetFlows(verdict.some, flows), unknown: verdict.unknown };
}
