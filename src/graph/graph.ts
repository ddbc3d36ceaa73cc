/**
 * A graph of string ids. An edge says "needs": a node is done after everything it needs. Every function here is linear
 * in nodes and edges and none is recursive, so that a chain of 50,000 nodes is no different from a flat list.
 */

export interface GraphNode {
  readonly id: string;
  readonly needs: Iterable<string>;
}

export interface Graph {
  /** All ids, in the order in which they were given. */
  readonly ids: readonly string[];
  /** The nodes that `id` needs, each once. Needs that are not nodes are left out. */
  needsOf(id: string): readonly string[];
  /** The nodes that need `id`. */
  neededBy(id: string): readonly string[];
}

/** Makes a graph of nodes and their needs. A need that is not a node counts as met. If a node is given twice, its needs are joined. */
export function buildGraph(nodes: Iterable<GraphNode>): Graph {
  const asked = new Map<string, Iterable<string>>();
  for (const { id, needs } of nodes) {
    const before = asked.get(id);
    asked.set(id, before ? [...before, ...needs] : needs);
  }
  const edges = new Map<string, { readonly needs: string[]; readonly neededBy: string[] }>();
  for (const id of asked.keys()) edges.set(id, { needs: [], neededBy: [] });
  for (const [id, needs] of asked) {
    const from = edges.get(id)!;
    for (const need of needs) {
      const to = edges.get(need);
      if (!to || to.neededBy.at(-1) === id) continue; // not a node, or linked just before
      from.needs.push(need);
      to.neededBy.push(id);
    }
  }
  return {
    ids: [...asked.keys()],
    needsOf: (id) => edges.get(id)?.needs ?? [],
    neededBy: (id) => edges.get(id)?.neededBy ?? [],
  };
}

/** Returns the same nodes with every edge reversed: the order of deletes. */
export function reversed(graph: Graph): Graph {
  return { ids: graph.ids, needsOf: graph.neededBy, neededBy: graph.needsOf };
}

/**
 * Returns the nodes by depth: the first layer needs nothing, and each further layer needs only earlier ones. Throws on a cycle; call
 * `findCycle` first.
 */
export function layers(graph: Graph): string[][] {
  const result: string[][] = [];
  const open = openNeeds(graph);
  let layer = graph.ids.filter((id) => open.get(id) === 0);
  while (layer.length > 0) {
    result.push(layer);
    layer = layer.flatMap((id) => release(graph, id, open));
  }
  const placed = result.reduce((sum, ids) => sum + ids.length, 0);
  if (placed < graph.ids.length) throw new Error(`cycle: ${findCycle(graph)!.join(" → ")}`);
  return result;
}

/** Returns one cycle as a path whose last id is its first ("a needs b needs a": a, b, a), or undefined. */
export function findCycle(graph: Graph): string[] | undefined {
  const stuck = stuckIn(graph);
  const [start] = stuck;
  return start === undefined ? undefined : walkUntilRepeat(graph, start, stuck);
}

/**
 * Returns the nodes on cycles and between cycles: those that remain when all nodes that need nothing, or that nothing needs, are removed.
 */
export function innerNodes(graph: Graph): ReadonlySet<string> {
  const [forward, backward] = [stuckIn(graph), stuckIn(reversed(graph))];
  return new Set([...forward].filter((id) => backward.has(id)));
}

/**
 * Returns, for every node, the weight of the heaviest path from its start to the end of the work: its own weight and the weights of the
 * nodes that need it. A run is short when the node with the greatest weight starts first. Throws on a cycle.
 */
export function criticalPath(graph: Graph, weight: (id: string) => number): Map<string, number> {
  const result = new Map<string, number>();
  for (const layer of layers(reversed(graph)))
    for (const id of layer) {
      let heaviest = 0;
      for (const user of graph.neededBy(id)) heaviest = Math.max(heaviest, result.get(user)!);
      result.set(id, weight(id) + heaviest);
    }
  return result;
}

/**
 * Returns why `id` cannot start: the path from it to an unfinished node that itself waits for nothing. Each node of the path needs the
 * next. Empty when nothing blocks `id`. In a cycle, the path ends with the first id that repeats.
 */
export function whyBlocked(graph: Graph, id: string, isDone: (id: string) => boolean): string[] {
  const way: string[] = [];
  const seen = new Set([id]);
  let at = id;
  for (;;) {
    const next = graph.needsOf(at).find((need) => !isDone(need));
    if (next === undefined) return way;
    way.push(next);
    if (seen.has(next)) return way;
    seen.add(next);
    at = next;
  }
}

/** Returns the nodes that remain when all nodes that need no remaining node are removed, again and again. */
function stuckIn(graph: Graph): Set<string> {
  const stuck = new Set(graph.ids);
  const open = openNeeds(graph);
  const free = graph.ids.filter((id) => open.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    stuck.delete(id);
    free.push(...release(graph, id, open));
  }
  return stuck;
}

function openNeeds(graph: Graph): Map<string, number> {
  return new Map(graph.ids.map((id) => [id, graph.needsOf(id).length]));
}

/** Counts `id` as done, and returns the nodes that this unblocks. */
function release(graph: Graph, id: string, open: Map<string, number>): string[] {
  return graph.neededBy(id).filter((user) => {
    const left = open.get(user)! - 1;
    open.set(user, left);
    return left === 0;
  });
}

/** Walks until a node repeats. Every stuck node needs a stuck node, so the walk ends only by coming back. */
function walkUntilRepeat(graph: Graph, start: string, stuck: ReadonlySet<string>): string[] {
  const way: string[] = [];
  const placeOf = new Map<string, number>();
  let at = start;
  while (!placeOf.has(at)) {
    placeOf.set(at, way.length);
    way.push(at);
    at = graph.needsOf(at).find((need) => stuck.has(need))!;
  }
  return [...way.slice(placeOf.get(at)!), at];
}
