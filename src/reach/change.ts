/** The flows that a change opens, and those that it closes. */
import type { FirewallPart, NetworkPart, PartId } from "../kinds/kind.ts";
import { isNetwork, ofFamily } from "./addresses.ts";
import { hopsFor, type Hop, type Letting } from "./explain.ts";
import { includesFlows, isNone, minusFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import { everybodyElse, flowsOfNetwork, type Flow } from "./matrix.ts";
import type { Network, Parts } from "./network.ts";
import { internet, isPublic, partiesOf } from "./parties.ts";
import { reach } from "./reach.ts";
import { outsiders, type Party } from "./verdict.ts";

export interface FlowChange {
  readonly from: string;
  readonly to: string;
  readonly flows: Flows;
  /** Whether all these flows pass for certain. */
  readonly isCertain: boolean;
  /** The hops that the change made or changed. */
  readonly via: readonly Hop[];
  /**
   * For flows that close: everything that the change takes away and that lets them through until then, and what stops them then. Without a
   * path where that is not known.
   */
  readonly letBy?: readonly Pick<Letting, "id" | "path">[];
}

export interface FlowChanges {
  readonly opens: readonly FlowChange[];
  readonly closes: readonly FlowChange[];
}

/**
 * Compares two states of a network. `changed`: the ids whose parts differ; only their lines are named. `groups`: the result of
 * `groupsThatDiffer`.
 */
export function flowChanges(before: Network, after: Network, changed: ReadonlySet<PartId>, groups?: ReadonlySet<PartId>): FlowChanges {
  const [was, now] = [flowsOfNetwork(before, "all", groups), flowsOfNetwork(after, "all", groups)];
  return {
    opens: gained({ flows: was, network: before }, { flows: now, network: after }, (one) => opening(before, after, one, changed)),
    closes: gained({ flows: now, network: after }, { flows: was, network: before }, (one) => closing(before, after, one, changed)),
  };
}

/**
 * Returns the security groups that differ, if nothing else does. Then only resources with one of these groups can open or take other
 * connections. Returns undefined if anything else differs, and if there are load balancers, because targets see the load balancers' groups.
 */
export function groupsThatDiffer(before: Parts, after: Parts): ReadonlySet<PartId> | undefined {
  const others = (parts: Parts) => parts.filter(({ is }) => is !== "firewall");
  const [was, will] = [others(before), others(after)];
  if (was.length !== will.length || was.some(({ is }) => is === "forward")) return undefined;
  const known = new Set(was.map((part) => JSON.stringify(part)));
  if (!will.every((part) => known.has(JSON.stringify(part)))) return undefined;
  const [old, now] = [before, after].map((parts) => new Map(parts.filter(isGroup).map((part) => [part.id, JSON.stringify(part)])));
  return new Set([...old!.keys(), ...now!.keys()].filter((id) => old!.get(id) !== now!.get(id)));
}

function isGroup(part: NetworkPart): part is FirewallPart {
  return part.is === "firewall";
}

/**
 * Returns the flows of the new state, and those that the change opens and closes, without flows to the outside and without reasons. For
 * pictures.
 */
export function flowDifferences(before: Network, after: Network): FlowDifferences {
  const [was, now] = [
    { flows: flowsOfNetwork(before, "inward"), network: before },
    { flows: flowsOfNetwork(after, "inward"), network: after },
  ];
  return { now: now.flows, opens: more(was, now), closes: more(now, was) };
}

export interface FlowDifferences {
  readonly now: readonly Flow[];
  readonly opens: readonly FlowDifference[];
  readonly closes: readonly FlowDifference[];
}

/** `must`: the flows between the two that pass for certain, changed or not. */
export interface FlowDifference extends Omit<FlowChange, "via" | "letBy"> {
  readonly must: Flows;
}

/** Nobody reads more lines than these, so the ways of further changes are not computed. */
const explained = 100;

interface Side {
  readonly flows: readonly Flow[];
  readonly network: Network;
}

type Told = Omit<FlowChange, "via" | "letBy">;
type Reasons = Pick<FlowChange, "via" | "letBy">;

function gained(was: Side, now: Side, reasonsOf: (one: Told) => Reasons): readonly FlowChange[] {
  return more(was, now).map(({ must: _must, ...one }, i) => ({ ...one, ...(i < explained ? reasonsOf(one) : { via: [] }) }));
}

function more(was: Side, now: Side): readonly FlowDifference[] {
  const known = new Map(was.flows.map((flow) => [keyOf(flow), flow.may]));
  return now.flows.flatMap((flow) => {
    const had = known.get(keyOf(flow)) ?? (isOfRange(flow) ? possible(was.network, flow) : noFlows);
    const flows = minusFlows(flow.may, had);
    const { from, to, must } = flow;
    return isNone(flows) ? [] : [{ from, to, flows, must, isCertain: includesFlows(must, flows) }];
  });
}

/**
 * Whether one end is a network. A list of flows has a network outside only if a rule names it; in the other state it may be part of the
 * internet.
 */
function isOfRange({ from, to }: Flow): boolean {
  return isNetwork(from) || isNetwork(to);
}

function possible(network: Network, { from, to }: Flow): Flows {
  const [sources = [], targets = []] = [endsOf(network, from), endsOf(network, to)];
  return sources.flatMap((source) => targets.map((target) => reach(network, source, target).may)).reduce(unionFlows, noFlows);
}

/** Returns the parties of a name in the list of all flows, in which the two families are separate. */
function endsOf(network: Network, name: string): readonly Party[] | undefined {
  return name === internet ? [outsiders(internet, ofFamily(network.internet, 4))] : partiesOf(network, name);
}

function keyOf({ from, to }: Flow): string {
  return `${from} ${to}`;
}

/** Returns the new hops that let a flow through. If all of them existed before, returns the hops whose objects changed in another way. */
function opening(before: Network, after: Network, one: Told, changed: ReadonlySet<PartId>): Reasons {
  const passed = passedHops(hopsOf(after, one, true, after), changed);
  const had = new Set(passedHops(hopsOf(before, one, false, after), changed).map(textOf));
  const made = passed.filter((hop) => !had.has(textOf(hop)));
  return { via: made.length > 0 ? made : passed };
}

/** Returns the hops that block a flow now, and those that let it through before and no longer do. The file has no line for the latter. */
function closing(before: Network, after: Network, one: Told, changed: ReadonlySet<PartId>): Reasons {
  const [was, now] = [hopsOf(before, one, true, before), hopsOf(after, one, false, before)];
  const blocking = distinct(now.filter(({ id, passes }) => passes !== "yes" && id !== undefined && changed.has(id)));
  const has = new Set(passedHops(now, changed).map(textOf));
  const blocks = new Set(blocking.map(({ id }) => id));
  const lost = passedHops(was, changed).filter((hop) => !has.has(textOf(hop)) && !blocks.has(hop.id));
  return {
    via: [...blocking, ...lost.map((hop) => ({ ...hop, path: undefined, says: `no longer ${hop.says}` }))],
    letBy: [...lostBy(was, now, changed), ...[...blocks].map((id) => ({ id: id! }))],
  };
}

/** Returns what let a flow through before and no longer does, on the way there and on the way of the answers. */
function lostBy(was: readonly Hop[], now: readonly Hop[], changed: ReadonlySet<PartId>): readonly Pick<Letting, "id" | "path">[] {
  const keyOf = ({ id, text }: Letting) => `${id} ${text}`;
  const has = new Set(now.flatMap(({ by }) => by).map(keyOf));
  const all = was.flatMap(({ by }) => by);
  const lists = all.flatMap(({ list }) => (list !== undefined && changed.has(list) ? [{ id: list }] : []));
  return [...all.filter((one) => changed.has(one.id) && !has.has(keyOf(one))), ...lists];
}

/** `open`: the network in which the flow passes. Both networks are asked about the addresses that "internet" means there. */
function hopsOf(network: Network, { from, to, flows, isCertain }: Told, isOpen: boolean, open: Network): readonly Hop[] {
  const endOf = (name: string, other: string) => {
    const endpoint = isPublic(name) ? open.endpoints.get(other) : undefined;
    return (endpoint && everybodyElse(open, name, endpoint)) ?? endsOf(network, name)?.[0];
  };
  const [source, target] = [endOf(from, to), endOf(to, from)];
  if (!source || !target) return [];
  return hopsFor(network, source, target, flows, isOpen ? (isCertain ? "reachable" : "unknown") : "blocked").hops;
}

/** Returns the hops on the way there whose objects have changed. */
function passedHops(hops: readonly Hop[], changed: ReadonlySet<PartId>): readonly Hop[] {
  const isOurs = (id: PartId | undefined) => id !== undefined && changed.has(id);
  const passed = hops.filter(({ passes, isBack }) => passes !== "no" && !isBack);
  // When a rule names a prefix list, only the list may have changed.
  return distinct(
    passed.flatMap((hop): readonly Hop[] => {
      const list = isOurs(hop.list) ? [{ ...hop, id: hop.list, path: undefined, says: `named by ${hop.id} ${hop.says}` }] : [];
      return isOurs(hop.id) ? [hop, ...list] : list;
    }),
  );
}

function distinct(hops: readonly Hop[]): readonly Hop[] {
  return hops.filter((hop, i) => hops.findIndex((other) => textOf(other) === textOf(hop)) === i);
}

function textOf({ id, says }: Hop): string {
  return `${id} ${says}`;
}
