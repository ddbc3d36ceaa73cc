/**
 * The work of a plan as a graph. Terms: a node is one thing to do for one address.
 *   make   create it (first stage)          apply  one later stage of a new object, or one stage of a change
 *   tags   write tags                       undo   clear what would block deletes of others
 *   drop   delete it                        trim   take away from a stage what the deleted held
 *   barrier  stands for "every create and update has succeeded"
 * Premise: references and `after` say who needs whom. Creates and changes run along these edges, deletes against
 * them and behind the barrier; only the delete half of a delete-first replacement (and what it needs) runs before.
 * `after` edges are soft: where one would close a cycle (a route to a machine in the table's own subnet) it is left out.
 */
import { buildGraph, findCycle } from "../graph/graph.ts";
import type { Address, Kind, Spec, ResourceIndex } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf, usableStage } from "../resource/references.ts";
import type { Decision } from "./decide.ts";
import type { Delta } from "./diff.ts";
import { subjectOfFound } from "./decide.ts";
import { changesTags } from "./tags.ts";

export interface Work {
  readonly id: string;
  readonly op: "create" | "update" | "tag" | "detach" | "shrink" | "delete" | "barrier";
  readonly address: Address;
  /** The stage, for make, apply, undo and trim. */
  readonly stage: string;
  readonly needs: ReadonlySet<string>;
}

const barrierId = "barrier";

/** Orders what was decided. The nodes come in a fixed order: same decisions, same work. */
export function orderWork(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex): Work[] {
  const draft = new Draft(decisions, index);
  for (const one of decisions.values()) draft.addForward(one);
  for (const one of decisions.values()) draft.linkForward(one);
  draft.addBarrier();
  for (const one of decisions.values()) draft.addBackward(one);
  for (const one of decisions.values()) draft.linkBackward(one);
  draft.raiseBarrier();
  return draft.finish();
}

interface DraftNode extends Work {
  readonly needs: Set<string>;
  readonly soft: Set<string>;
}

class Draft {
  readonly #decisions: ReadonlyMap<Address, Decision>;
  readonly #index: ResourceIndex;
  readonly #nodes = new Map<string, DraftNode>();
  /** Addresses whose later stages were ordered, in stage order: what users of the address wait for. */
  readonly #forward = new Map<Address, DraftNode[]>();

  constructor(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex) {
    this.#decisions = decisions;
    this.#index = index;
  }

  addForward(one: Decision): void {
    const nodes: DraftNode[] = [];
    if (one.action === "create" || one.action === "replace") {
      for (const [i, stage] of one.kind.stages.entries())
        if (i === 0 || stageMatters(one, stage.name)) nodes.push(this.#add(i === 0 ? "create" : "update", one.address, stage.name));
    } else if (one.action === "update" || one.action === "restart" || one.action === "retag") {
      const changed = new Set(one.deltas.map((delta) => delta.stage));
      for (const stage of one.kind.stages) if (changed.has(stage.name)) nodes.push(this.#add("update", one.address, stage.name));
      // Tags last: some hold the hash of what the stages before bring about.
      if (changesTags(one.tags)) nodes.push(this.#add("tag", one.address, "tags"));
    }
    for (const [i, node] of nodes.entries()) if (i > 0) node.needs.add(nodes[i - 1]!.id);
    if (nodes.length > 0) this.#forward.set(one.address, nodes);
  }

  linkForward(one: Decision): void {
    const nodes = this.#forward.get(one.address);
    if (!nodes || !one.declared) return;
    for (const { path, value } of refsOf(one.kind.schema, one.declared.desired.spec)) {
      if (typeof value !== "string" || value === one.address) continue;
      const needed = this.#usable(value);
      const stage = stageOf(one.kind, fieldOf(path));
      const node = nodes.find((candidate) => candidate.stage === stage);
      if (needed && node) node.needs.add(needed.id);
    }
    const first = nodes.find((node) => node.op === "create") ?? nodes.find((node) => node.op === "update");
    if (!first) return;
    for (const other of one.kind.after?.(one.declared.desired, this.#index, one.found?.linked) ?? []) {
      const last = this.#forward.get(other)?.at(-1);
      if (last) first.soft.add(last.id);
    }
  }

  addBarrier(): void {
    const barrier = this.#add("barrier", "", "");
    for (const nodes of this.#forward.values()) for (const node of nodes) barrier.needs.add(node.id);
  }

  addBackward(one: Decision): void {
    for (const { name, shrinks } of one.action === "update" || one.action === "restart" ? one.kind.stages : []) {
      const apply = shrinks && this.#nodes.get(idOf("update", one.address, name));
      if (apply && one.deltas.some((delta) => delta.stage === name && takesAway(delta)))
        this.#add("shrink", one.address, name).needs.add(apply.id);
    }
    if (one.action !== "delete" && one.action !== "replace") return;
    const deletion = this.#add("delete", one.address, "");
    for (const stage of one.kind.stages)
      if (stage.detach && one.action === "delete" && refersToDropped(one, stage.name, this.#decisions))
        deletion.needs.add(this.#add("detach", one.address, stage.name).id);
    if (one.action === "replace") {
      const creation = this.#nodes.get(idOf("create", one.address, one.kind.stages[0]!.name))!;
      if (one.order === "delete-first") creation.needs.add(deletion.id);
      else deletion.needs.add(creation.id);
    }
  }

  /** Users go before what they use: deleted ones by their drop, changed ones by the change that lets go. */
  linkBackward(one: Decision): void {
    if (!one.found) return;
    const mine = this.#nodes.get(idOf("delete", one.address, ""));
    for (const { path, value } of refsOf(one.kind.schema, one.found.linked)) {
      if (mine) for (const shrink of this.#shrinksOf(value)) shrink.needs.add(mine.id);
      const used = typeof value === "string" && value !== one.address ? this.#nodes.get(idOf("delete", value, "")) : undefined;
      if (!used) continue;
      const stage = stageOf(one.kind, fieldOf(path));
      const detach = this.#nodes.get(idOf("detach", one.address, stage));
      if (detach) used.needs.add(detach.id);
      else if (mine) used.needs.add(mine.id);
      else if (this.#decisions.get(value as string)?.order !== "delete-first") {
        const letsGo = this.#nodes.get(idOf("update", one.address, stage));
        if (letsGo) used.needs.add(letsGo.id);
      }
    }
    if (!mine) return;
    for (const other of one.kind.after?.(subjectOfFound(one.found), this.#index) ?? [])
      this.#nodes.get(idOf("delete", other, ""))?.soft.add(mine.id);
  }

  /** Everything that deletes waits for the barrier, except what a delete-first replacement itself waits for. */
  raiseBarrier(): void {
    const early = new Set<string>();
    const queue = [...this.#nodes.values()]
      .filter((node) => node.op === "delete" && this.#isDeleteFirst(node.address))
      .map((node) => node.id);
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (early.has(id)) continue;
      early.add(id);
      const node = this.#nodes.get(id)!;
      for (const need of [...node.needs, ...node.soft]) if (isBackward(this.#nodes.get(need)!)) queue.push(need);
    }
    for (const node of this.#nodes.values()) if (isBackward(node) && !early.has(node.id)) node.needs.add(barrierId);
  }

  finish(): Work[] {
    for (;;) {
      const cycle = findCycle(buildGraph([...this.#nodes.values()].map((node) => ({ id: node.id, needs: [...node.needs, ...node.soft] }))));
      if (!cycle) break;
      this.#break(cycle);
    }
    return [...this.#nodes.values()].map(({ id, op, address, stage, needs, soft }) => ({
      id,
      op,
      address,
      stage,
      needs: new Set([...needs, ...soft]),
    }));
  }

  #break(cycle: readonly string[]): void {
    for (let i = 0; i + 1 < cycle.length; i++) {
      const node = this.#nodes.get(cycle[i]!)!;
      if (!node.needs.has(cycle[i + 1]!) && node.soft.delete(cycle[i + 1]!)) return;
    }
    throw new Error(`these steps wait for each other: ${cycle.join(" → ")}`); // config refuses cycles of references; this is a kind's mistake
  }

  #shrinksOf(address: unknown): readonly DraftNode[] {
    const stages = typeof address === "string" ? (this.#decisions.get(address)?.kind.stages ?? []) : [];
    return stages.flatMap(({ name, shrinks }) => (shrinks && this.#nodes.get(idOf("shrink", address as Address, name))) || []);
  }

  #isDeleteFirst(address: Address): boolean {
    const one = this.#decisions.get(address);
    return one?.action === "replace" && one.order === "delete-first";
  }

  /** The node after which others may use the address: the last one up to the kind's usable stage. */
  #usable(address: Address): DraftNode | undefined {
    const nodes = this.#forward.get(address);
    const kind = this.#decisions.get(address)?.kind;
    if (!nodes || !kind) return undefined;
    const last = kind.stages.findIndex((stage) => stage.name === usableStage(kind));
    return nodes.findLast((node) => node.op !== "tag" && kind.stages.findIndex((stage) => stage.name === node.stage) <= last);
  }

  #add(op: Work["op"], address: Address, stage: string): DraftNode {
    const node: DraftNode = {
      id: op === "barrier" ? barrierId : idOf(op, address, stage),
      op,
      address,
      stage,
      needs: new Set(),
      soft: new Set(),
    };
    this.#nodes.set(node.id, node);
    return node;
  }
}

function idOf(op: Work["op"], address: Address, stage: string): string {
  return `${op}:${address}${stage === "" || op === "tag" ? "" : `#${stage}`}`;
}

function isBackward(node: Work): boolean {
  return node.op === "delete" || node.op === "detach" || node.op === "shrink";
}

/** Whether a list loses something. */
function takesAway({ before, after, items }: Delta): boolean {
  if (items) return items.removed.length > 0;
  return Array.isArray(before) && Array.isArray(after) && before.some((item) => !after.includes(item));
}

/** A later stage of a new object is work only when one of its fields is written or defaulted. */
function stageMatters(one: Decision, stage: string): boolean {
  const fields = one.kind.stages.find((candidate) => candidate.name === stage)?.fields ?? [];
  const spec = one.declared!.desired.spec as Spec;
  const rules = one.kind.fields as Readonly<Record<string, { default?: unknown; of?: unknown }>>;
  return fields.some((field) => spec[field] !== undefined || rules[field]?.default !== undefined || rules[field]?.of !== undefined);
}

function refersToDropped(one: Decision, stage: string, decisions: ReadonlyMap<Address, Decision>): boolean {
  return refsOf(one.kind.schema, one.found!.linked).some(({ path, value }) => {
    if (typeof value !== "string" || value === one.address || stageOf(one.kind as Kind, fieldOf(path)) !== stage) return false;
    const action = decisions.get(value)?.action;
    return action === "delete" || action === "replace";
  });
}
