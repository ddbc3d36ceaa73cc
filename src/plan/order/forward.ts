/** The forward work: creates, changes, tags and adoptions, each after the work that it needs. */
import type { Address, FieldRule } from "../../kinds/kind.ts";
import { lateNeeds, outputsOfKind } from "../../resource/late.ts";
import { idsOf } from "../../resource/ownership-check.ts";
import { fieldOf, refsOf, stageOf, usableStage } from "../../resource/references.ts";
import { besidesAdoption } from "../adoption.ts";
import type { Decision, Declared } from "../decision.ts";
import { changesTags } from "../tags.ts";
import { isWaitedFor } from "../under-way.ts";
import type { Work } from "../work.ts";
import { stageMatters } from "./dropped.ts";
import type { WorkGraph, WorkNode } from "./work-graph.ts";

/** Adds the forward nodes of all decisions with their needs, and the barrier after them. */
export function addForward(graph: WorkGraph): void {
  const all = [...graph.decisions.values()];
  const isMoreThanAdoption = all.some((one) => !isAdoptionAlone(one) && (one.action !== "none" || one.awaited));
  for (const one of all) addNodes(graph, one, isMoreThanAdoption);
  for (const one of all) link(graph, one);
  const barrier = graph.add("barrier", "");
  for (const nodes of graph.forward.values()) for (const { id } of nodes) barrier.needs.add(id);
}

function addNodes(graph: WorkGraph, one: Decision, isMoreThanAdoption: boolean): void {
  const { address, kind } = one;
  const nodes = isWaitedFor(one) ? [graph.add("wait", address)] : [];
  if (one.action === "create" || one.action === "replace") {
    for (const [i, { name }] of kind.stages.entries())
      if (i === 0 || stageMatters(one, name)) nodes.push(graph.add(i === 0 ? "create" : "update", address, name));
  } else if (one.action === "update" || one.action === "restart" || one.action === "retag") {
    const changed = new Set(one.deltas.map(({ stage }) => stage));
    for (const { name } of kind.stages) if (changed.has(name)) nodes.push(graph.add("update", address, name));
    nodes.push(...addTags(graph, one, { isAdoptedFirst: isMoreThanAdoption && one.found?.adopted === true, isChanged: nodes.length > 0 }));
  }
  for (const [i, node] of nodes.entries()) if (i > 0) node.needs.add(nodes[i - 1]!.id);
  if (nodes.length > 0) graph.forward.set(address, nodes);
}

/** Adds the node that writes tags. It comes last, because some tags hold the hash of a value that the stages before write. */
function addTags(
  graph: WorkGraph,
  one: Decision,
  { isAdoptedFirst, isChanged }: { readonly isAdoptedFirst: boolean; readonly isChanged: boolean },
): WorkNode[] {
  if (!changesTags(one.tags)) return [];
  const isInTwoSteps = isAdoptedFirst && (isChanged || lateNeeds(one.declared!.desired).length > 0);
  if (isInTwoSteps) graph.adoptions.add(graph.add("adopt", one.address).id);
  if (!changesTags(isInTwoSteps ? besidesAdoption(one.tags) : one.tags)) return [];
  const node = graph.add("tag", one.address, "tags");
  if (isAdoptedFirst && !isInTwoSteps) graph.adoptions.add(node.id);
  return [node];
}

/** Whether the only change is that an object which `adopt:` names gets tags. */
function isAdoptionAlone({ action, found }: Decision): boolean {
  return action === "retag" && found?.adopted === true;
}

function link(graph: WorkGraph, one: Decision): void {
  const nodes = graph.forward.get(one.address);
  if (!nodes || !one.declared) return;
  linkReferences(graph, one, one.declared, nodes);
  for (const { address, output, path } of lateNeeds(one.declared.desired)) {
    const needed = nodeThatTells(graph, address, output);
    if (needed) for (const node of nodes) if (writes(node, path, one)) node.needs.add(needed.id);
  }
  const holder = holderOf(graph, one);
  const told = holder === undefined ? undefined : (graph.get("adopt", holder) ?? graph.forward.get(holder)?.at(-1));
  const own = graph.get("adopt", one.address);
  if (told) for (const node of own ? [own, ...nodes] : nodes) node.needs.add(told.id);
  linkAfter(graph, one, one.declared, nodes);
}

function linkReferences(graph: WorkGraph, { kind, address }: Decision, { desired }: Declared, nodes: readonly WorkNode[]): void {
  for (const { path, value } of refsOf(kind.schema, desired.spec)) {
    if (typeof value !== "string" || value === address) continue;
    const needed = usableNode(graph, value);
    const stage = stageOf(kind, fieldOf(path));
    if (needed) nodes.find((node) => node.stage === stage)?.needs.add(needed.id);
  }
}

/** The order in which a kind wants its objects, where no reference asks for it. */
function linkAfter(graph: WorkGraph, { kind, found }: Decision, { desired }: Declared, nodes: readonly WorkNode[]): void {
  const first = nodes.find(({ op }) => op === "create") ?? nodes.find(({ op }) => op === "update");
  if (!first) return;
  const before = kind.after?.(desired, graph.index, found?.linked) ?? [];
  for (const other of [...before, ...(kind.createdAfter?.(desired, graph.index) ?? [])]) {
    const last = graph.forward.get(other)?.at(-1);
    if (last) first.soft.add(last.id);
  }
}

/** Returns the address of the object that is adopted too and whose tags show who owns this object. */
function holderOf({ decisions }: WorkGraph, { found }: Decision): Address | undefined {
  const toldBy = found?.adopted ? found.live.toldBy : undefined;
  if (!toldBy) return undefined;
  for (const { found: other } of decisions.values())
    if (other?.adopted && other.kind.name === toldBy.kind && idsOf(other.live).includes(toldBy.id)) return other.address;
  return undefined;
}

/** Returns the node after which others may use the address: the last one up to the kind's usable stage. */
function usableNode(graph: WorkGraph, address: Address): WorkNode | undefined {
  const nodes = graph.forward.get(address);
  const kind = graph.decisions.get(address)?.kind;
  if (!nodes || !kind) return undefined;
  const placeOf = (stage: string) => kind.stages.findIndex(({ name }) => name === stage);
  const last = placeOf(usableStage(kind));
  return nodes.findLast(({ op, stage }) => op !== "tag" && placeOf(stage) <= last);
}

/** Returns the node after which AWS has an output. An output that changes with the object is known after all of its changes. */
function nodeThatTells(graph: WorkGraph, address: Address, output: string): WorkNode | undefined {
  const kind = graph.decisions.get(address)?.kind;
  const isMoving = kind !== undefined && outputsOfKind(kind)[output]?.changesWith !== undefined;
  return isMoving ? graph.forward.get(address)?.findLast(({ op }) => op !== "tag") : usableNode(graph, address);
}

/** Whether a node writes a field or tags that wait for a value. A create writes the tags too, and with them the hashes of fields. */
function writes({ op, stage }: Work, path: string, { kind }: Decision): boolean {
  if (op === "tag") return true;
  if (path === "tags") return op === "create";
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return stage === stageOf(kind, path) || (op === "create" && rules[path]?.hashTag !== undefined);
}
