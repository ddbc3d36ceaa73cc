import { buildGraph, findCycle, type GraphNode } from "../graph/graph.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Desired } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf, usableStage } from "../resource/references.ts";
import { lateNeeds } from "../resource/late.ts";
import type { KindsByName } from "./checks.ts";
import { error } from "./yaml/problem.ts";

/**
 * Reports resources that need each other, so that neither can be created first. A node of the graph is (address, stage), so security groups
 * that name each other in their rules are no cycle: the rules come in a stage after both groups are usable.
 */
export function checkCycles(
  nodes: readonly Desired[],
  kinds: KindsByName,
): {
  readonly diagnostics: readonly Diagnostic[];
  /** The resources of the cycle. Their other problems may be consequences. */ readonly members: ReadonlySet<Address>;
} {
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  const cycle = findCycle(buildGraph(nodes.flatMap((node) => stagesOf(node, kinds, byAddress))));
  if (!cycle) return { diagnostics: [], members: new Set() };
  const where = new Map(nodes.flatMap((node) => needsOf(node, kinds, byAddress)).map((link) => [`${link.from} ${link.to}`, link]));
  const links = fromTheTop(cycle.slice(0, -1).flatMap((from, i) => where.get(`${from} ${cycle[i + 1]}`) ?? []));
  const way = links.map(({ node, path }) => `${node.address} (${path})`).join(" → ");
  const [first] = links;
  const summary = `these resources depend on each other: ${way} → ${first!.node.address}.`;
  const diagnostic = error("ref-cycle", first!.node.at(first!.path), summary, "remove one of these references");
  return { diagnostics: [diagnostic], members: new Set(links.map(({ node }) => node.address)) };
}

/** A reference: the stage that it belongs to needs the stage after which its target can be used. */
interface Link {
  readonly from: string;
  readonly to: string;
  readonly node: Desired;
  readonly path: string;
}

/** Returns the same cycle, starting with the reference that stands first in the file. */
function fromTheTop(links: readonly Link[]): Link[] {
  const lines = links.map(({ node, path }) => node.at(path).line);
  const first = lines.indexOf(Math.min(...lines));
  return [...links.slice(first), ...links.slice(0, first)];
}

function stagesOf(node: Desired, kinds: KindsByName, byAddress: ReadonlyMap<Address, Desired>): GraphNode[] {
  const ids = kinds.get(node.kind)!.stages.map(({ name }) => idOf(node, name));
  const stages = ids.map((id, i) => ({ id, needs: i === 0 ? [] : [ids[i - 1]!] }));
  for (const { from, to } of needsOf(node, kinds, byAddress)) stages[ids.indexOf(from)]!.needs.push(to);
  return stages;
}

function needsOf(node: Desired, kinds: KindsByName, byAddress: ReadonlyMap<Address, Desired>): Link[] {
  const kind = kinds.get(node.kind)!;
  const late = lateNeeds(node).map(({ path, address }) => ({ path, value: address }));
  return [...refsOf(kind.schema, node.spec), ...late].flatMap(({ path, value }) => {
    const target = typeof value === "string" ? byAddress.get(value) : undefined;
    if (!target) return [];
    const stage = stageOf(kind, fieldOf(path));
    // In a later stage the resource exists, so it may name itself.
    if (target === node && stage !== kind.stages[0]!.name) return [];
    return { from: idOf(node, stage), to: idOf(target, usableStage(kinds.get(target.kind)!)), node, path };
  });
}

const idOf = ({ address }: Desired, stage: string) => `${address}#${stage}`;
