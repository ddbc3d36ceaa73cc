/** What a change opens, and what it closes. */
import type { FirewallPart, NetworkPart, PartId } from "../kinds/kind.ts";
import { isNetwork, ofFamily } from "./addresses.ts";
import { hopsFor, type Hop } from "./explain.ts";
import { includesFlows, isNone, minusFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import { flowsOfNetwork, type Flow } from "./matrix.ts";
import type { Network, Parts } from "./network.ts";
import { internet, partiesOf } from "./parties.ts";
import { reach } from "./reach.ts";
import { outsiders, type Party } from "./verdict.ts";

export interface FlowChange {
  readonly from: string;
  readonly to: string;
  readonly flows: Flows;
  /** Whether it passes for certain. */
  readonly isCertain: boolean;
  /** The hops that the change made or changed. */
  readonly via: readonly Hop[];
}

export interface FlowChanges {
  readonly opens: readonly FlowChange[];
  readonly closes: readonly FlowChange[];
}

/** `changed`: whose parts differ, for the lines that are named. `groups`: from `groupsThatDiffer`. */
export function flowChanges(before: Network, after: Network, changed: ReadonlySet<PartId>, groups?: ReadonlySet<PartId>): FlowChanges {
  const [was, now] = [flowsOfNetwork(before, "all", groups), flowsOfNetwork(after, "all", groups)];
  return {
    opens: gained({ flows: was, network: before }, { flows: now, network: after }, (one) => opening(before, after, one, changed)),
    closes: gained({ flows: now, network: after }, { flows: was, network: before }, (one) => closing(before, after, one, changed)),
  };
}

/**
 * The groups that differ, where nothing else does: only who has one of them begins or takes something else then. Undefined where
 * anything else differs, and where balancers stand, since what these pass on sees their groups.
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

/** The flows of the new state, and what it opens and closes, without those to the outside and without the reasons: for pictures. */
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

/** `must`: of what passes between the two for certain, whatever else does. */
export interface FlowDifference extends Omit<FlowChange, "via"> {
  readonly must: Flows;
}

/** More lines than these nobody reads; the ways of others are not looked for. */
const explained = 100;

interface Side {
  readonly flows: readonly Flow[];
  readonly network: Network;
}

type Told = Omit<FlowChange, "via">;

function gained(was: Side, now: Side, viaOf: (one: Told) => readonly Hop[]): readonly FlowChange[] {
  return more(was, now).map(({ must: _must, ...one }, i) => ({ ...one, via: i < explained ? viaOf(one) : [] }));
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

/** Networks outside stand in the list only where a rule names them: on the other side they may be part of the internet. */
function isOfRange({ from, to }: Flow): boolean {
  return isNetwork(from) || isNetwork(to);
}

function possible(network: Network, { from, to }: Flow): Flows {
  const [sources = [], targets = []] = [endsOf(network, from), endsOf(network, to)];
  return sources.flatMap((source) => targets.map((target) => reach(network, source, target).may)).reduce(unionFlows, noFlows);
}

/** In the list of all flows the two families stand apart. */
function endsOf(network: Network, name: string): readonly Party[] | undefined {
  return name === internet ? [outsiders(internet, ofFamily(network.internet, 4))] : partiesOf(network, name);
}

function keyOf({ from, to }: Flow): string {
  return `${from} ${to}`;
}

/** What lets it through and is new; where all of that was there before, what of it has changed otherwise. */
function opening(before: Network, after: Network, one: Told, changed: ReadonlySet<PartId>): readonly Hop[] {
  const passed = passedHops(hopsOf(after, one, true), changed);
  const had = new Set(passedHops(hopsOf(before, one, false), changed).map(textOf));
  const made = passed.filter((hop) => !had.has(textOf(hop)));
  return made.length > 0 ? made : passed;
}

/** What stands in the way now, and what let it through and does no more: the file has no line for the latter. */
function closing(before: Network, after: Network, one: Told, changed: ReadonlySet<PartId>): readonly Hop[] {
  const now = hopsOf(after, one, false);
  const blocking = distinct(now.filter(({ id, passes }) => passes !== "yes" && id !== undefined && changed.has(id)));
  const has = new Set(passedHops(now, changed).map(textOf));
  const blocks = new Set(blocking.map(({ id }) => id));
  const lost = passedHops(hopsOf(before, one, true), changed).filter((hop) => !has.has(textOf(hop)) && !blocks.has(hop.id));
  return [...blocking, ...lost.map((hop) => ({ ...hop, path: undefined, says: `no longer ${hop.says}` }))];
}

function hopsOf(network: Network, { from, to, flows, isCertain }: Told, isOpen: boolean): readonly Hop[] {
  const [source, target] = [endsOf(network, from)?.[0], endsOf(network, to)?.[0]];
  if (!source || !target) return [];
  return hopsFor(network, source, target, flows, isOpen ? (isCertain ? "reachable" : "unknown") : "blocked").hops;
}

/** Hops on the way there whose objects have changed. */
function passedHops(hops: readonly Hop[], changed: ReadonlySet<PartId>): readonly Hop[] {
  const isOurs = (id: PartId | undefined) => id !== undefined && changed.has(id);
  const passed = hops.filter(({ passes, isBack }) => passes !== "no" && !isBack);
  // Of a rule that names a prefix list the list alone may have changed.
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
