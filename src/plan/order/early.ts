/** The early work: deletes that a create or a change waits for, and everything that must be deleted before these. */
import type { Address, FieldRule } from "../../kinds/kind.ts";
import { fieldOf, stageOf } from "../../resource/references.ts";
import type { HandOver } from "../slots.ts";
import { letsGo } from "../still-used.ts";
import { type StandsIn, type Standing, type Stuck, whenAdopted } from "../work.ts";
import type { User } from "./backward.ts";
import { droppedBy, without } from "./dropped.ts";
import { isBackward, type WorkGraph, type WorkNode } from "./work-graph.ts";

/** The holder of a slot lets go of it before another object takes it. */
export function handOver(graph: WorkGraph, { from, fromStage, to, toStage }: HandOver): void {
  const deletion = fromStage === undefined ? graph.get("delete", from) : undefined;
  const giver = deletion ?? graph.get("update", from, fromStage);
  const nodes = graph.forward.get(to) ?? [];
  const take = nodes.find(({ stage }) => stage === toStage) ?? nodes.find(({ op }) => op === "create");
  if (!giver || !take) return;
  take.needs.add(giver.id);
  if (deletion) graph.urgent.push({ deletion, take });
}

/**
 * Makes the objects that stay let go of the objects that are deleted, and all other deletes wait for the barrier. Returns the objects that
 * cannot let go of an early delete in time.
 */
export function letGo(graph: WorkGraph, users: readonly User[], standing: Standing): Stuck[] {
  const stuck = stand(graph, users, standing);
  const early = earlyIn(graph);
  const isEarly = ({ used }: User) => early.has(graph.get("delete", used)!.id);
  for (const { one, used, path } of users.filter((user) => !isEarly(user))) {
    const apply = graph.get("update", one.address, stageOf(one.kind, fieldOf(path)));
    if (apply) graph.get("delete", used)!.needs.add(apply.id);
  }
  const urgent = users.filter(isEarly);
  stuck.push(...urgent.flatMap((user) => letGoEarly(graph, user, urgent)));
  delay(graph);
  raiseBarrier(graph, early);
  return stuck;
}

/** Returns the ids of the early work: the deletes that something waits for, and all backward nodes that these wait for. */
function earlyIn(graph: WorkGraph): ReadonlySet<string> {
  const early = new Set<string>();
  const queue = graph.urgent.map(({ deletion }) => deletion);
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (early.has(node.id)) continue;
    early.add(node.id);
    queue.push(...[...node.needs, ...node.soft].map((id) => graph.withId(id)).filter(isBackward));
  }
  return early;
}

/**
 * Handles resources that have something in an object which is deleted early: each is deleted before, or lets go by a reference of its own,
 * or the order is stuck.
 */
function stand(graph: WorkGraph, users: readonly User[], standing: Standing): Stuck[] {
  const early = earlyIn(graph);
  const refersTo = (by: Address, address: Address) => users.some(({ one, used }) => one.address === by && used === address);
  const isStuck = (address: Address, { by, what, isPart }: StandsIn): readonly Stuck[] => {
    const deletion = graph.get("delete", address);
    if (!deletion || !early.has(deletion.id) || by === address) return [];
    const before = detachOf(graph, by, address) ?? graph.get("delete", by);
    if (before) deletion.needs.add(before.id);
    return before || (!isPart && refersTo(by, address)) ? [] : [withRoots(graph, deletion, { address, user: by, why: what })];
  };
  return [...standing].flatMap(([address, things]) => things.flatMap((one) => isStuck(address, one)));
}

/** Returns the node by which an object lets go of an object that it refers to, before it is deleted itself. */
function detachOf(graph: WorkGraph, address: Address, used: Address): WorkNode | undefined {
  const one = graph.decisions.get(address);
  const stage = one?.kind.stages.find(({ name }) => droppedBy(one, name).includes(used));
  return stage && graph.get("detach", address, stage.name);
}

/**
 * Makes an object let go of an early delete: by its own change where that does not wait for the delete itself, else for a while. Returns
 * why it cannot.
 */
function letGoEarly(graph: WorkGraph, { one, used, path }: User, urgent: readonly User[]): Stuck[] {
  const field = fieldOf(path);
  const stage = stageOf(one.kind, field);
  const deletion = graph.get("delete", used)!;
  const apply = graph.get("update", one.address, stage);
  const { whileGone } = (one.kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  if (whileGone === "free") return [];
  const changes = apply !== undefined && letsGo(one, used);
  if (changes && !graph.waitsFor(apply, deletion)) {
    deletion.needs.add(apply.id);
    return [];
  }
  const gone = new Set(urgent.filter((other) => other.one === one && fieldOf(other.path) === field).map((other) => other.used));
  const why = whileGone
    ? whileGone(without(one.kind, one.found!.linked, field, gone), one.found!.linked)
    : "AWS deletes no object that is in use";
  if (why !== undefined || !changes)
    return [
      withRoots(graph, deletion, { address: used, user: one.address, path, why: why ?? "nothing in the plan removes that reference" }),
    ];
  const node = graph.get("letGo", one.address, stage) ?? graph.add("letGo", one.address, stage);
  node.without.set(field, gone);
  apply.needs.add(node.id);
  deletion.needs.add(node.id);
  return [];
}

/** Adds the objects whose early delete waits for this one. */
function withRoots(graph: WorkGraph, deletion: WorkNode, stuck: Omit<Stuck, "roots">): Stuck {
  const urgent = new Set(graph.urgent.map((one) => one.deletion));
  return { ...stuck, roots: [...urgent].filter((node) => graph.waitsFor(node, deletion)).map(({ address }) => address) };
}

/** Puts an early delete as late as possible, after everything else that its successor needs, so that a failure there costs nothing. */
function delay(graph: WorkGraph): void {
  for (const { deletion, take } of graph.urgent)
    for (const id of take.needs)
      if (id !== deletion.id && !deletion.needs.has(id) && !graph.waitsFor(graph.withId(id), deletion)) deletion.needs.add(id);
}

/** Makes all deletes but the early ones wait for the barrier, and everything but the adoptions wait for the adoptions. */
function raiseBarrier(graph: WorkGraph, early: ReadonlySet<string>): void {
  if (graph.adoptions.size > 0) {
    const adopted = graph.add("barrier", "", whenAdopted);
    for (const node of graph.nodes()) if (!graph.adoptions.has(node.id) && node !== adopted) node.needs.add(adopted.id);
    for (const id of graph.adoptions) adopted.needs.add(id);
  }
  const barrier = graph.get("barrier", "")!;
  for (const node of graph.nodes()) if (isBackward(node) && !early.has(node.id)) node.needs.add(barrier.id);
}
