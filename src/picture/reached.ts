/**
 * Converts the result of src/reach/ into the form that pictures use. When that is too much work, uses only the rules of security groups.
 */
import type { Kind, Live, ResourceIndex, Subject } from "../kinds/kind.ts";
import { flowDifferences } from "../reach/change.ts";
import { allFlows, isNone, isSameFlows, meetFlows, minusFlows, noFlows, protocols, type Flows } from "../reach/flows.ts";
import { flowsOfNetwork } from "../reach/matrix.ts";
import { networkOf, partsOf, type Network } from "../reach/network.ts";
import { internet, isOutside } from "../reach/parties.ts";
import { isSame } from "../reach/spans.ts";
import { withinWork, Work } from "../reach/work.ts";
import { changedFlows, rulesOf, type Flow } from "./flows.ts";

/** All flows of a picture, and the way in which they were found. */
export interface Reached {
  readonly flows: readonly Flow[];
  readonly by: "reach" | "rules";
  /** Things that pass or stop packets and were not considered, in words. */
  readonly notWeighed: readonly string[];
}

/** One state of an estate. */
export interface Estate {
  readonly subjects: readonly Subject[];
  readonly index: ResourceIndex;
  /** The resources as observed, if they are known. */
  readonly lives?: ReadonlyMap<string, Live> | undefined;
}

/** The steps of work for one picture: a fraction of a second. */
const mostSteps = 1_000_000;

export function reachedIn(kinds: readonly Kind[], estate: Estate, steps = mostSteps): Reached {
  const network = networkFrom(kinds, estate, steps);
  const found = withinWork(() => flowsOfNetwork(network, "inward"));
  if (!found) return { flows: rulesIn(kinds, estate), by: "rules", notWeighed: [] };
  const flows = found.flatMap(({ from, to, may, must }) => flowsBetween(from, to, may, must));
  return { flows, by: "reach", notWeighed: wordsOf([network]) };
}

/** Returns the flows of both states, each with the change that a plan makes to it. */
export function reachedChange(kinds: readonly Kind[], was: Estate, now: Estate, steps = mostSteps): Reached {
  const [before, after] = [networkFrom(kinds, was, steps), networkFrom(kinds, now, steps)];
  const found = withinWork(() => flowDifferences(before, after));
  if (!found) return { flows: changedFlows(rulesIn(kinds, was), rulesIn(kinds, now)), by: "rules", notWeighed: [] };
  const opened = new Map(found.opens.map((one) => [keyOf(one), one.flows]));
  const kept = found.now.flatMap(({ from, to, may, must }) => {
    const flows = minusFlows(may, opened.get(keyOf({ from, to })) ?? noFlows);
    return flowsBetween(from, to, flows, must);
  });
  // When an endpoint itself is created or deleted, its box already shows that.
  const changed = (list: typeof found.opens, other: Estate, change: "opens" | "closes") =>
    list.flatMap(({ from, to, flows, must }) => {
      const isOld = [from, to].every((end) => isOutside(end) || other.index.get(end) !== undefined);
      return flowsBetween(from, to, flows, must, isOld ? change : undefined);
    });
  const opens = changed(found.opens, was, "opens");
  const closes = changed(found.closes, now, "closes");
  return {
    flows: [...kept, ...opens, ...closes],
    by: "reach",
    notWeighed: wordsOf([before, after]),
  };
}

function networkFrom(kinds: readonly Kind[], { index, lives }: Estate, steps: number): Network {
  return networkOf(partsOf(kinds, index, lives), new Work(steps));
}

function rulesIn(kinds: readonly Kind[], { subjects, index }: Estate): readonly Flow[] {
  return rulesOf(new Map(kinds.map((kind) => [kind.name, kind])), subjects, index);
}

function wordsOf(networks: readonly Network[]): readonly string[] {
  return [...new Set(networks.flatMap(({ blind }) => blind.map(({ what }) => what)))].sort();
}

function keyOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from} ${to}`;
}

/**
 * Returns the flows between two endpoints. Flows to the outside get no arrows, because nearly every instance may open connections to it.
 */
function flowsBetween(from: string, to: string, may: Flows, must: Flows, change?: "opens" | "closes"): readonly Flow[] {
  if (isOutside(to)) return [];
  const rest = { from: from === internet ? "0.0.0.0/0" : from, to, ...(change && { change }) };
  const certain = meetFlows(may, must);
  return [...told(rest, certain), ...told({ ...rest, isPossible: true }, minusFlows(may, certain))];
}

function told(rest: Pick<Flow, "from" | "to" | "change" | "isPossible">, flows: Flows): readonly Flow[] {
  if (isNone(flows)) return [];
  if (isSameFlows(flows, allFlows)) return [{ ...rest, protocol: "all", ports: allPorts }];
  return protocols.flatMap((protocol): Flow[] => {
    const spans = flows[protocol];
    const name = protocol === "other" ? "other protocols" : protocol;
    if (spans.length === 0) return [];
    if (protocol === "icmp" || protocol === "other" || isSame(spans, allFlows[protocol]))
      return [{ ...rest, protocol: name, ports: allPorts }];
    return spans.map(([first, last]) => ({ ...rest, protocol: name, ports: { first, last } }));
  });
}

const allPorts = { first: -1, last: -1 } as const;
