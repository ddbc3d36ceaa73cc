import { buildGraph, findCycle, type GraphNode } from "../graph/graph.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Desired } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf, usableStage } from "../kinds/references.ts";
import type { KindsByName } from "./checks.ts";
import { error } from "./problem.ts";

/**
 * Resources that would each have to be made before the other. A node is (address, stage), so security groups that name
 * each other in their rules are no cycle: the rules come in a stage after both groups are usable.
 */
export function checkCycles(nodes: readonly Desired[], kinds: KindsByName): Diagnostic[] {
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  const where = new Map<string, Link>();
  const graph = buildGraph(nodes.flatMap((node) => stagesOf(node, kinds, byAddress, where)));
  const cycle = findCycle(graph);
  if (!cycle) return [];
  const links = fromTheTop(cycle.slice(0, -1).flatMap((from, i) => where.get(`${from} ${cycle[i + 1]}`) ?? []));
  const way = links.map(({ node, path }) => `${node.address} (${path})`).join(" → ");
  const [first] = links;
  return [
    error(
      "ref-cycle",
      first!.node.at(first!.path),
      `these need each other: ${way} → ${first!.node.address}.`,
      "take one of these references away",
    ),
  ];
}

interface Link {
  readonly node: Desired;
  readonly path: string;
}

/** The same circle, begun where a reader of the file meets it first. */
function fromTheTop(links: readonly Link[]): Link[] {
  const lines = links.map(({ node, path }) => node.at(path).line);
  const first = lines.indexOf(Math.min(...lines));
  return [...links.slice(first), ...links.slice(0, first)];
}

function stagesOf(node: Desired, kinds: KindsByName, byAddress: ReadonlyMap<Address, Desired>, where: Map<string, Link>): GraphNode[] {
  const kind = kinds.get(node.kind)!;
  const needs = new Map(kind.stages.map(({ name }, i) => [name, i === 0 ? [] : [`${node.address}#${kind.stages[i - 1]!.name}`]]));
  for (const { path, value } of refsOf(kind.schema, node.spec)) {
    const target = typeof value === "string" ? byAddress.get(value) : undefined;
    if (!target) continue;
    const stage = stageOf(kind, fieldOf(path));
    const needed = `${target.address}#${usableStage(kinds.get(target.kind)!)}`;
    needs.get(stage)!.push(needed);
    where.set(`${node.address}#${stage} ${needed}`, { node, path });
  }
  return [...needs].map(([stage, all]) => ({ id: `${node.address}#${stage}`, needs: all }));
}
