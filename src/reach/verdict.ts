/** The answer to a question, and the two ends of one. */
import { isNone, meetFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import type { ServicePart } from "../kinds/kind.ts";
import type { Endpoint, Spot } from "./network.ts";
import { ofFamily, type Addresses } from "./addresses.ts";

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

/** Only some of the flows. */
export function limitedTo(verdict: Verdict, flows: Flows): Verdict {
  const may = meetFlows(verdict.may, flows);
  if (isNone(may)) return never;
  return { may, must: meetFlows(verdict.must, flows), some: meetFlows(verdict.some, flows), unknown: verdict.unknown };
}
