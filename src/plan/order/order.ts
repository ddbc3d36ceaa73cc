/**
 * The work of a plan as a graph. Terms: a node is one thing to do for one address.
 *   create   make it (first stage)            update   one later stage of a new object, or one stage of a change
 *   tag      write tags                       detach   clear what would block deletes of others
 *   delete   delete it                        shrink   take the entries that deleted objects held out of a stage
 *   letGo    do without a deleted object until its successor exists, for one of our objects that stays and refers to it
 *   adopt    write the tags that make an object ours, where `adopt:` names it, before anything in it is changed
 *   wait     wait until AWS has finished an object that stays, before anything else is done with it
 *   barrier  stands for "every create and update has succeeded", and a second one for "every adoption has succeeded"
 * Premise: references and `after` say which object needs which. Creates and changes run along these edges. Deletes run against them and
 * behind the barrier. The only early deletes are those that a create waits for: the old half of a delete-first replacement, the holder of
 * a slot that something else takes, and everything that must be deleted before these. An object that stays and refers to an early delete
 * lets go first: by its own change where that does not wait for the delete itself, else by letting go for a while. Where it cannot, the
 * order is stuck.
 * Where a plan does more than adopt, adoptions come first and alone. A run that dies then has changed no object that lacks our tags.
 * `after` edges are soft: an edge that would close a cycle (a route to an instance in the table's own subnet) is left out. Any other cycle
 * is solved by turning a replacement into a delete-first one. A cycle that cannot be solved in this way is stuck.
 */
import type { ResourceIndex } from "../../kinds/kind.ts";
import type { Decisions } from "../decision.ts";
import type { HandOver } from "../slots.ts";
import { deleteFirst } from "../spread.ts";
import type { Ordered, Standing, Stuck } from "../work.ts";
import { addBackward } from "./backward.ts";
import { circles, turnable } from "./cycles.ts";
import { handOver, letGo } from "./early.ts";
import { addForward } from "./forward.ts";
import { WorkGraph } from "./work-graph.ts";

/**
 * Orders the decisions. The nodes come in a fixed order: the same decisions give the same work. May turn replacements into delete-first
 * ones.
 */
export function orderWork(
  decided: Decisions,
  index: ResourceIndex,
  handOvers: readonly HandOver[],
  standing: Standing,
): Ordered & { readonly decisions: Decisions } {
  for (let decisions = decided; ;) {
    const graph = new WorkGraph(decisions, index);
    addForward(graph);
    const users = addBackward(graph);
    for (const one of handOvers) handOver(graph, one);
    const stuck = letGo(graph, users, standing);
    const cycle = graph.cycle();
    if (!cycle) return { work: graph.work(), stuck, decisions };
    const turned = turnable(graph, cycle, handOvers);
    if (turned.length === 0) return { work: [], stuck: stuckIn(graph, cycle, handOvers, stuck), decisions };
    decisions = turned.reduce(deleteFirst, decisions);
  }
}

/** Returns why a cycle has no solution: what is stuck, and the slots on it. A cycle without either is a mistake in a kind. */
function stuckIn(graph: WorkGraph, cycle: readonly string[], handOvers: readonly HandOver[], stuck: readonly Stuck[]): Stuck[] {
  const all = [...stuck, ...circles(graph, cycle, handOvers)];
  if (all.length === 0) throw new Error(`these steps wait for each other: ${cycle.join(" → ")}`);
  return all;
}
