/** The backward work: deletes, and the changes that make way for them. */
import type { Address } from "../../kinds/kind.ts";
import { fieldOf, outlives, refsOf, stageOf } from "../../resource/references.ts";
import type { Decision } from "../decision.ts";
import type { Found } from "../observed.ts";
import { subjectOfFound } from "../resource-index.ts";
import { droppedBy, refersToDropped, takesAway } from "./dropped.ts";
import type { WorkGraph, WorkNode } from "./work-graph.ts";

/** An object that stays and refers to an object that is deleted. */
export interface User {
  readonly one: Decision;
  readonly used: Address;
  readonly path: string;
}

/** Adds the backward nodes of all decisions with their needs. Returns the objects that stay and refer to deleted ones. */
export function addBackward(graph: WorkGraph): User[] {
  const all = [...graph.decisions.values()];
  for (const one of all) addNodes(graph, one);
  return all.flatMap((one) => link(graph, one));
}

function addNodes(graph: WorkGraph, one: Decision): void {
  addShrinks(graph, one);
  if (one.action !== "delete" && one.action !== "replace" && !one.awaited) return;
  const { address, kind } = one;
  const deletion = graph.add("delete", address);
  for (const { name, detach } of kind.stages)
    if (detach && (one.action === "delete" ? refersToDropped(one, name, graph.decisions) : isHeldBack(graph, one, name)))
      deletion.needs.add(graph.add("detach", address, name).id);
  if (one.action !== "replace") return;
  const creation = graph.get("create", address, kind.stages[0]!.name)!;
  if (one.order === "delete-first") {
    creation.needs.add(deletion.id);
    graph.urgent.push({ deletion, take: creation });
  } else deletion.needs.add(creation.id);
}

function addShrinks(graph: WorkGraph, { address, action, kind, deltas }: Decision): void {
  if (action !== "update" && action !== "restart") return;
  for (const { name, shrinks } of kind.stages) {
    const apply = shrinks && graph.get("update", address, name);
    if (apply && deltas.some((delta) => delta.stage === name && takesAway(delta))) graph.add("shrink", address, name).needs.add(apply.id);
  }
}

/**
 * Whether an object that this stage refers to also refers back to this object, over any number of references, and all of these are
 * replaced in the same order. Then neither of the old objects could be deleted before the other.
 */
function isHeldBack({ decisions }: WorkGraph, one: Decision, stage: string): boolean {
  if (one.action !== "replace") return false;
  const seen = new Set<Address>();
  const queue = droppedBy(one, stage);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === one.address) return true;
    const other = decisions.get(next);
    if (seen.has(next) || other?.action !== "replace" || other.order !== one.order) continue;
    seen.add(next);
    queue.push(...droppedBy(other));
  }
  return false;
}

/** Users go before the objects that they use: deleted users by their delete, changed users by the change that lets go. */
function link(graph: WorkGraph, one: Decision): User[] {
  const { address, kind, found } = one;
  if (!found) return [];
  const users: User[] = [];
  const mine = graph.get("delete", address);
  for (const { path, value } of refsOf(kind.schema, found.linked)) {
    if (typeof value !== "string") continue;
    if (mine) for (const shrink of shrinksOf(graph, value)) shrink.needs.add(mine.id);
    const used = value === address ? undefined : graph.get("delete", value);
    if (!used) continue;
    const detach = graph.get("detach", address, stageOf(kind, fieldOf(path)));
    if (detach) used.needs.add(detach.id);
    else if (mine && outlives(kind, path)) mine.needs.add(used.id);
    else if (mine) used.needs.add(mine.id);
    else users.push({ one, used: value, path });
  }
  if (mine) for (const other of softlyBefore(graph, found)) graph.get("delete", other)?.soft.add(mine.id);
  return users;
}

/** Returns the objects whose deletes should wait for the delete of this one, where no reference asks for it. */
function softlyBefore({ index }: WorkGraph, found: Found): readonly Address[] {
  return [...(found.names ?? []), ...(found.kind.after?.(subjectOfFound(found), index) ?? [])];
}

function shrinksOf(graph: WorkGraph, address: Address): readonly WorkNode[] {
  const stages = graph.decisions.get(address)?.kind.stages ?? [];
  return stages.flatMap(({ name, shrinks }) => (shrinks && graph.get("shrink", address, name)) || []);
}
