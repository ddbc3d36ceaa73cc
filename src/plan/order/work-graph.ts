/** The work of a plan while it is put in order: nodes, and the nodes that each of them needs. */
import { buildGraph, findCycle, innerNodes } from "../../graph/graph.ts";
import type { Address, ResourceIndex } from "../../kinds/kind.ts";
import type { Decision } from "../decision.ts";
import type { Work } from "../work.ts";

export interface WorkNode extends Work {
  readonly needs: Set<string>;
  /** Needs that are left out where they would close a cycle. */
  readonly soft: Set<string>;
  readonly without: Map<string, Set<Address>>;
}

/** A delete that a create or a change waits for. */
export interface Urgent {
  readonly deletion: WorkNode;
  /** The node that waits. */
  readonly take: WorkNode;
}

export class WorkGraph {
  readonly decisions: ReadonlyMap<Address, Decision>;
  readonly index: ResourceIndex;
  /** The forward nodes of each address in stage order, tags last. Other objects wait for one of these nodes. */
  readonly forward = new Map<Address, readonly WorkNode[]>();
  /** The ids of the nodes that run before all others. */
  readonly adoptions = new Set<string>();
  readonly urgent: Urgent[] = [];
  readonly #nodes = new Map<string, WorkNode>();

  constructor(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex) {
    this.decisions = decisions;
    this.index = index;
  }

  add(op: Work["op"], address: Address, stage = ""): WorkNode {
    const id = idOf(op, address, stage);
    const node: WorkNode = { id, op, address, stage, needs: new Set(), soft: new Set(), without: new Map() };
    this.#nodes.set(id, node);
    return node;
  }

  get(op: Work["op"], address: Address, stage = ""): WorkNode | undefined {
    return this.#nodes.get(idOf(op, address, stage));
  }

  withId(id: string): WorkNode {
    return this.#nodes.get(id)!;
  }

  nodes(): IterableIterator<WorkNode> {
    return this.#nodes.values();
  }

  /** Whether a node waits for another, directly or through others. */
  waitsFor(node: WorkNode, other: WorkNode): boolean {
    const seen = new Set<string>();
    const queue = [node.id];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === other.id) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      const { needs, soft } = this.withId(next);
      queue.push(...needs, ...soft);
    }
    return false;
  }

  /** Returns a cycle of needs that cannot be left out. */
  cycle(): string[] | undefined {
    return findCycle(this.#graph());
  }

  /** Returns the ids of the nodes that are on a cycle, or between two cycles. */
  onCycles(): ReadonlySet<string> {
    return innerNodes(this.#graph());
  }

  #graph() {
    return buildGraph([...this.#nodes.values()].map(({ id, needs }) => ({ id, needs })));
  }

  /** Returns the finished work. Leaves out soft needs until there is no cycle. */
  work(): Work[] {
    for (;;) {
      const cycle = findCycle(buildGraph([...this.#nodes.values()].map(({ id, needs, soft }) => ({ id, needs: [...needs, ...soft] }))));
      if (!cycle) break;
      this.#leaveOut(cycle);
    }
    return [...this.#nodes.values()].map(({ id, op, address, stage, needs, soft, without }) => ({
      id,
      op,
      address,
      stage,
      needs: new Set([...needs, ...soft]),
      ...(op === "letGo" ? { without } : {}),
    }));
  }

  #leaveOut(cycle: readonly string[]): void {
    for (let i = 0; i + 1 < cycle.length; i++) {
      const { needs, soft } = this.withId(cycle[i]!);
      if (!needs.has(cycle[i + 1]!) && soft.delete(cycle[i + 1]!)) return;
    }
    throw new Error(`these steps wait for each other: ${cycle.join(" → ")}`); // config refuses cycles of references: a kind's mistake
  }
}

/** Whether a node takes something away. Such nodes run after everything else, unless something waits for them. */
export function isBackward({ op }: Work): boolean {
  return op === "delete" || op === "detach" || op === "shrink";
}

function idOf(op: Work["op"], address: Address, stage: string): string {
  if (op === "barrier" && stage === "") return "barrier";
  return `${op}:${address}${stage === "" || op === "tag" ? "" : `#${stage}`}`;
}
