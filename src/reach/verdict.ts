/** The answer to a question, and the two parties of a question. */
import { isNone, meetFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import type { OfferPart, ServicePart } from "../kinds/kind.ts";
import type { Endpoint, Spot } from "./network.ts";
import { everywhere, ofFamily, type Addresses } from "./addresses.ts";

/** One end of a question. `choice` says who chooses its spot and address: AWS once ("of-aws"), or the client each time ("any"). */
export interface Party {
  readonly name: string;
  readonly choice: "of-aws" | "any";
  readonly spots: readonly Spot[];
  readonly endpoint?: Endpoint;
}

export interface Verdict {
  /** The flows that pass for certain: whatever addresses AWS picks, from and to every address that somebody may choose. */
  readonly must: Flows;
  /** The flows that may pass, from or to any of the addresses. */
  readonly may: Flows;
  /** The flows that pass for certain from or to at least one of the addresses. The same as `must` if AWS chooses both. */
  readonly some: Flows;
  /** The reasons why `must` and `may` differ. */
  readonly unknown: readonly string[];
}

export const never: Verdict = { must: noFlows, may: noFlows, some: noFlows, unknown: [] };

export function partyOf(endpoint: Endpoint): Party {
  return { name: endpoint.id, choice: "of-aws", spots: endpoint.spots, endpoint };
}

/** Returns addresses outside of every VPC as a party: the internet, or somebody's network. */
export function outsiders(name: string, addresses: Addresses): Party {
  return { name, choice: "any", spots: [outside(addresses)] };
}

/** Returns a service behind gateway endpoints as a party. AWS chooses among its public addresses. */
export function serviceParty(service: ServicePart, addresses: Addresses): Party {
  const known = service.ipv6 === true ? addresses : ofFamily(addresses, 4);
  return { name: service.id, choice: "of-aws", spots: [{ ...outside(known), service }] };
}

/** The beginning of the name for clients that have an endpoint to a service in a VPC of others. */
export const clients = "clients of ";

/**
 * Returns the clients of an endpoint service as a party. They may have any addresses, because their VPC may have the same ranges as ours.
 */
export function clientsOf({ id }: OfferPart, addresses: Addresses = everywhere): Party {
  return { name: `${clients}${id}`, choice: "any", spots: [{ ...outside(addresses), public: "no", clientOf: id }] };
}

function outside(addresses: Addresses): Spot {
  return { place: undefined, addresses, ipv6: "yes", firewalls: "none", public: "yes" };
}

/** Combines two ways, either of which is enough. */
export function eitherWay(a: Verdict, b: Verdict): Verdict {
  if (isNone(b.may)) return a;
  return {
    must: unionFlows(a.must, b.must),
    may: unionFlows(a.may, b.may),
    some: unionFlows(a.some, b.some),
    unknown: [...new Set([...a.unknown, ...b.unknown])],
  };
}

/** Combines several ways from which AWS picks one. Only flows that every way lets pass are certain. */
export function anyWay(ways: readonly Verdict[]): Verdict {
  const all = ways.reduce(eitherWay, never);
  if (isNone(all.may)) return never;
  const ofAll = (which: "must" | "some") => ways.map((one) => one[which]).reduce(meetFlows);
  return { ...all, must: ofAll("must"), some: ofAll("some") };
}

/** Limits a verdict to some flows. */
export function limitedTo(verdict: Verdict, flows: Flows): Verdict {
  const may = meetFlows(verdict.may, flows);
  if (isNone(may)) return never;
  return { may, must: meetFlows(verdict.must, flows), some: meetFlows(verdict.some, flows), unknown: verdict.unknown };
}
