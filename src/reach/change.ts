/** What a change opens, and what it closes. */
import type { FirewallPart, NetworkPart, PartId } from "../kinds/kind.ts";
import { isNetwork, ofFamily } from "./addresses.ts";
import { explain, type Hop } from "./explain.ts";
import { includesFlows, isNone, minusFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import { flowsOf, type Flow } from "./matrix.ts";
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
  const [was, now] = [flowsOf(before, "all", groups), flowsOf(after, "all", groups)];
  return {
    opens: gained({ flows: was, network: before }, { flows: now, network: after }, changed),
    closes: gained({ flows: now, network: after }, { flows: was, network: before }, changed),
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
    { flows: flowsOf(before, "inward"), network: before },
    { flows: flowsOf(after, "inward"), network: after },
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

function gained(was: Side, now: Side, changed: ReadonlySet<PartId>): readonly FlowChange[] {
  return more(was, now).map(({ must: _must, ...one }, i) => ({ ...one, via: i < explained ? viaOf(now.network, one, changed) : [] }));
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

function viaOf(network: Network, { from, to, flows }: Omit<FlowChange, "via">, changed: ReadonlySet<PartId>): readonly Hop[] {
  const [source, target] = [endsOf(network, from)?.[0], endsOf(network, to)?.[0]];
  if (!source || !target) return [];
  const { hops } = explain(network, source, target, flows);
  const isOurs = (id: PartId | undefined) => id !== undefined && changed.has(id);
  const passed = hops.filter(({ passes, isBack }) => passes !== "no" && !isBack);
  // Of a rule that names a prefix list the list alone may have changed.
  const ours = passed.flatMap((hop): readonly Hop[] => {
    const list = isOurs(hop.list) ? [{ ...hop, id: hop.list, path: undefined, says: `named by ${hop.id} ${hop.says}` }] : [];
    return isOurs(hop.id) ? [hop, ...list] : list;
  });
  return ours.filter((hop, i) => ours.findIndex(({ id, says }) => id === hop.id && says === hop.says) === i);
}
