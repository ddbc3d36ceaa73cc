/** What to do about a cycle: turn a replacement into a delete-first one, or say that the objects wait for each other. */
import type { Address } from "../../kinds/kind.ts";
import type { HandOver } from "../slots.ts";
import type { Stuck } from "../work.ts";
import type { WorkGraph } from "./work-graph.ts";

/**
 * Returns the replacements that close a cycle because the new object is made before the old one is deleted. Where one of them holds a
 * slot, that one is enough. Where none does, returns all that are in the way.
 */
export function turnable(graph: WorkGraph, cycle: readonly string[], handOvers: readonly HandOver[]): Address[] {
  const holders = new Set(handOvers.map(({ from }) => from));
  const on = [...new Set(cycle.map((id) => graph.withId(id).address))].filter((address) => isCreateFirst(graph, address));
  const holder = on.find((address) => holders.has(address));
  if (holder !== undefined) return [holder];
  const inner = graph.onCycles();
  const closing = [...graph.decisions.keys()].filter((address) => isCreateFirst(graph, address) && isClosing(graph, address, inner));
  // Where two refer to each other and one is already delete-first, the other must be delete-first too.
  return closing.length > 0 ? closing : on;
}

function isCreateFirst({ decisions }: WorkGraph, address: Address): boolean {
  const one = decisions.get(address);
  return one?.action === "replace" && one.order === "create-first";
}

function isClosing(graph: WorkGraph, address: Address, inner: ReadonlySet<string>): boolean {
  const [first] = graph.decisions.get(address)!.kind.stages;
  return [graph.get("delete", address), graph.get("create", address, first!.name)].every((node) => node && inner.has(node.id));
}

/** Returns the pairs of slots on a cycle that cannot be turned. */
export function circles(graph: WorkGraph, cycle: readonly string[], handOvers: readonly HandOver[]): Stuck[] {
  const on = new Set(cycle.map((id) => graph.withId(id).address));
  return handOvers
    .filter(({ from, to }) => on.has(from) && on.has(to))
    .map(({ from, to }) => ({ address: from, user: to, why: "each of the two waits for the other", isCircle: true, roots: [from] }));
}
