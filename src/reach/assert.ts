/** Checks whether an assertion of a file about its network holds. An assertion that depends on something unknown never holds. */
import { everywhere, type Addresses } from "./addresses.ts";
import { flowsText, includesFlows, isNone, meetFlows, type Flows } from "./flows.ts";
import { explain, type Hop } from "./explain.ts";
import { inMap } from "./memo.ts";
import { rangesOf, type Network } from "./network.ts";
import { internet, partiesOf } from "./parties.ts";
import { reach } from "./reach.ts";
import { isEmpty, minus, normal } from "./spans.ts";
import { clientsOf, outsiders, partyOf, serviceParty, type Party, type Verdict } from "./verdict.ts";
import { withinWork } from "./work.ts";

/** An assertion of a file: nobody may (`deny`), everybody must (`allow`), nobody but these may (`only`). */
export interface Assertion {
  readonly name: string;
  readonly is: "deny" | "allow" | "only";
  /** The sources; absent: everybody. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly flows: Flows;
  /** The assertion names no port. For `allow`, one open port is then enough. */
  readonly isAnyPort: boolean;
}

export type Held =
  | { readonly is: "holds" }
  /** The names mean nobody, so the assertion cannot fail. */
  | { readonly is: "nothing"; readonly names: readonly string[] }
  /** The estate is too large for an answer. */
  | { readonly is: "too-much" }
  /** The assertion would hold, but something that is not considered may change that. */
  | { readonly is: "not-considered"; readonly what: readonly string[] }
  | { readonly is: "no-such-name"; readonly end: "from" | "to"; readonly name: string }
  | { readonly is: "violated" | "unknown"; readonly cases: readonly Case[] };

/** A pair for which the assertion does not hold. */
export interface Case {
  readonly from: string;
  readonly to: string;
  /** The flows that pass and should not, or that should pass and do not. */
  readonly flows: Flows;
  readonly isKnown: boolean;
  readonly unknown: readonly string[];
  /** The hops that show it. They are computed only when they are read, because only those of the first case are shown. */
  readonly hops: readonly Hop[];
}

/** Checks an assertion. An answer that would take too many steps is unknown, so the assertion does not hold. */
export function check(network: Network, assertion: Assertion): Held {
  const held = withinWork(() => answerTo(network, assertion)) ?? { is: "too-much" };
  // For `allow`, parts that can only let more through change nothing: the flows pass already.
  const blind = network.blind.filter(({ lets }) => lets === "either" || assertion.is !== "allow");
  return held.is === "holds" && blind.length > 0 ? { is: "not-considered", what: blind.map(({ what }) => what) } : held;
}

function answerTo(network: Network, assertion: Assertion): Held {
  const from = meant(network, assertion.from);
  const to = meant(network, assertion.to);
  if (typeof from === "string") return { is: "no-such-name", end: "from", name: from };
  if (typeof to === "string") return { is: "no-such-name", end: "to", name: to };
  const targets = to?.filter(isReachable) ?? everybody(network);
  const isNobody = (name: string, isMeant: (party: Party) => boolean) => !partiesOf(network, name)?.some(isMeant);
  const empty = [
    ...(assertion.from ?? []).filter((name) => isNobody(name, () => true)),
    ...(assertion.to ?? []).filter((name) => isNobody(name, isReachable)),
  ];
  const sources = assertion.is === "only" ? others(network, from) : from ? withClients(network, assertion.is, from) : everybody(network);
  const nobody = (assertion.is !== "only" && sources.length === 0) || targets.length === 0;
  if (nobody) return { is: "nothing", names: empty };
  const cases = sources.flatMap((source) => targets.flatMap((target) => caseOf(network, assertion, source, target)));
  if (cases.length === 0) return empty.length > 0 && assertion.is !== "only" ? { is: "nothing", names: empty } : { is: "holds" };
  return {
    is: cases.some(({ isKnown }) => isKnown) ? "violated" : "unknown",
    cases: cases.sort((a, b) => Number(b.isKnown) - Number(a.isKnown)),
  };
}

/** Whether a party can take connections. Clients of an endpoint service take none; its load balancers and endpoints do. */
function isReachable({ spots }: Party): boolean {
  return spots.length === 0 || spots.some(({ clientOf }) => clientOf === undefined);
}

function meant(network: Network, names: readonly string[] | undefined): readonly Party[] | undefined | string {
  if (names === undefined) return undefined;
  const parties: Party[] = [];
  for (const name of names) {
    const found = partiesOf(network, name);
    if (!found) return name;
    parties.push(...found);
  }
  return parties;
}

function everybody(network: Network): readonly Party[] {
  const services = [...network.services.values()].map((service) => serviceParty(service, network.internet));
  const clients = [...network.offers.values()].map((offer) => clientsOf(offer));
  return [...[...network.endpoints.values()].map(partyOf), ...services, ...clients, everyoneOutside(network)];
}

/**
 * Adds clients to the sources of a `deny`. Somebody from outside may come through an endpoint in another VPC, where clients can have any
 * addresses.
 */
function withClients(network: Network, is: Assertion["is"], from: readonly Party[]): readonly Party[] {
  return is === "deny" ? [...from, ...clientsAmong(network, from)] : from;
}

/** Returns the clients of this environment's endpoint services with the addresses of those sources that are outside. */
export function clientsAmong({ offers }: Network, from: readonly Party[]): readonly Party[] {
  const addresses = normal(from.filter(isOutside).flatMap(({ spots }) => spots.flatMap((spot) => [...spot.addresses])));
  return isEmpty(addresses) ? [] : [...offers.values()].map((offer) => clientsOf(offer, addresses));
}

function isOutside({ spots }: Party): boolean {
  return spots.every(({ place, service, clientOf }) => place === undefined && service === undefined && clientOf === undefined);
}

const everyone = new WeakMap<Network, Party>();

/** Returns all addresses that are in no VPC, as one party. */
export function everyoneOutside(network: Network): Party {
  return inMap(everyone, network, () => outsiders(internet, outside(network)));
}

function outside(network: Network): Addresses {
  return minus(everywhere, rangesOf(network.vpcs));
}

/** Returns everybody who is not listed. */
function others(network: Network, listed: readonly Party[] = []): readonly Party[] {
  const endpoints = new Set(listed.map(({ endpoint }) => endpoint));
  return [
    ...[...network.endpoints.values()].filter((one) => !endpoints.has(one)).map(partyOf),
    ...otherClients(network, listed),
    ...othersOutside(network, listed),
  ];
}

/**
 * Returns the clients of services that are not listed themselves. A listed address does not exclude them, because anybody may have it in a
 * VPC of others.
 */
export function otherClients({ offers }: Network, listed: readonly Party[]): readonly Party[] {
  const known = new Set(listed.flatMap(({ spots }) => spots.flatMap(({ clientOf }) => clientOf ?? [])));
  return [...offers.values()].filter(({ id }) => !known.has(id)).map((offer) => clientsOf(offer));
}

/** Returns all addresses that are in no VPC and not listed. */
export function othersOutside(network: Network, listed: readonly Party[]): readonly Party[] {
  const addresses = listed.filter(isOutside).flatMap(({ spots }) => spots.flatMap((spot) => [...spot.addresses]));
  const rest = minus(outside(network), normal(addresses));
  return isEmpty(rest) ? [] : [outsiders("all other addresses outside", rest)];
}

function caseOf(network: Network, { is, flows, isAnyPort }: Assertion, from: Party, to: Party): readonly Case[] {
  if (from.endpoint !== undefined && from.endpoint === to.endpoint && from.endpoint.part.isMany !== true) return [];
  const outsideBoth = from.spots.every(({ place }) => place === undefined) && to.spots.every(({ place }) => place === undefined);
  if (outsideBoth) return [];
  network.work.spend(1);
  const verdict = reach(network, from, to, is === "allow" ? undefined : flows);
  return is === "allow" ? missing(network, flows, isAnyPort, from, to, verdict) : surplus(network, flows, from, to, verdict);
}

function surplus(network: Network, flows: Flows, from: Party, to: Party, verdict: Verdict): readonly Case[] {
  const open = meetFlows(verdict.may, flows);
  if (isNone(open)) return [];
  const known = meetFlows(verdict.some, flows);
  const shown = isNone(known) ? open : known;
  const deciding = () => {
    const { hops } = explain(network, from, to, shown);
    const unsure = isNone(known) ? hops.filter(({ path, passes, isBack }) => path !== undefined && passes === "unknown" && isBack) : [];
    const letThrough = ({ what, path, passes, isBack }: Hop) =>
      path !== undefined && passes !== "no" && !isBack && !what.startsWith("routes");
    return unsure.length > 0 ? unsure : hops.filter(letThrough);
  };
  return [caseWith({ from: from.name, to: to.name, flows: shown, isKnown: !isNone(known), unknown: verdict.unknown }, deciding)];
}

/** Whether all flows that an assertion asks for pass for certain. For any port, one flow is enough. */
export function isThere({ flows, isAnyPort }: Pick<Assertion, "flows" | "isAnyPort">, { must }: Verdict): boolean {
  return isAnyPort ? !isNone(meetFlows(must, flows)) : includesFlows(must, flows);
}

function missing(network: Network, flows: Flows, isAnyPort: boolean, from: Party, to: Party, verdict: Verdict): readonly Case[] {
  if (isThere({ flows, isAnyPort }, verdict)) return [];
  const isPossible = isAnyPort ? !isNone(meetFlows(verdict.may, flows)) : includesFlows(verdict.may, flows);
  const hold = () => {
    const { hops, blockedAt } = explain(network, from, to, flows);
    return blockedAt.length > 0 ? blockedAt : hops.filter(({ passes }) => passes !== "yes");
  };
  return [caseWith({ from: from.name, to: to.name, flows, isKnown: !isPossible, unknown: verdict.unknown }, hold)];
}

function caseWith(one: Omit<Case, "hops">, explained: () => readonly Hop[]): Case {
  return {
    ...one,
    get hops() {
      return explained();
    },
  };
}

/** Returns an assertion as text for people: "deny from internet to everything, tcp 22". */
export function assertionText({ is, from, to, flows, isAnyPort }: Assertion): string {
  const whom = (names: readonly string[] | undefined) => names?.join(", ") ?? "anybody";
  return `${is} from ${whom(from)} to ${whom(to)}${isAnyPort ? "" : ` ${flowsText(flows)}`}`;
}
