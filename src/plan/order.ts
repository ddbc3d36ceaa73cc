/**
 * The work of a plan as a graph. Terms: a node is one thing to do for one address.
 *   create   make it (first stage)            update   one later stage of a new object, or one stage of a change
 *   tag      write tags                       detach   clear what would block deletes of others
 *   delete   delete it                        shrink   take away from a stage what the deleted held
 *   letGo    do without what is deleted until its successor exists, where an object of ours that stays refers to it
 *   adopt    write the tags that make an object ours which `adopt:` names, before anything of it is changed
 *   wait     wait for what AWS has not finished of an object that stays, before anything else is done with it
 *   barrier  stands for "every create and update has succeeded", and a second one for "every adoption has succeeded"
 * Premise: references and `after` say who needs whom. Creates and changes run along these edges, deletes against them and behind the
 * barrier. Early are only the deletes that a create waits for: the old half of a delete-first replacement, the holder of a slot that
 * something else takes, and whatever must be deleted before these. An object that stays and refers to an early delete lets go first:
 * by its own change where that does not wait for the delete itself, else by letting go for a while. Where it cannot, the order is stuck.
 * Where there is more to do than to adopt, adoptions come first and alone: a run that dies has changed nothing yet of what does not say whose it is.
 * `after` edges are soft: where one would close a cycle (a route to a machine in the table's own subnet) it is left out. A cycle of
 * the others is solved by turning a replacement into a delete-first one, and what cannot be solved so is stuck.
 */
import type { ResourceIndex } from "../kinds/kind.ts";
import type { Decisions } from "./decision.ts";
import { Draft } from "./draft.ts";
import type { HandOver } from "./slots.ts";
import { deleteFirst } from "./spread.ts";
import type { Ordered, Standing } from "./work.ts";

/** Orders what was decided. The nodes come in a fixed order: same decisions, same work. May turn replacements into delete-first ones. */
export function orderWork(
  decided: Decisions,
  index: ResourceIndex,
  handOvers: readonly HandOver[],
  standing: Standing,
): Ordered & { readonly decisions: Decisions } {
  for (let decisions = decided; ;) {
    const draft = new Draft(decisions, index);
    for (const one of decisions.values()) draft.addForward(one);
    for (const one of decisions.values()) draft.linkForward(one);
    draft.addBarrier();
    for (const one of decisions.values()) draft.addBackward(one);
    for (const one of decisions.values()) draft.linkBackward(one);
    for (const one of handOvers) draft.handOver(one);
    draft.letGo(standing);
    draft.raiseBarrier();
    const cycle = draft.findHardCycle();
    if (!cycle) return { ...draft.finish(), decisions };
    const turned = draft.turnable(cycle, handOvers);
    if (turned.length === 0) return { ...draft.circle(cycle, handOvers), decisions };
    decisions = turned.reduce(deleteFirst, decisions);
  }
}
