/**
 * Computes the least time that an apply can take on AWS, however its steps are scheduled. Two things set it. One is the longest chain of
 * objects that need each other, each with its calls and with the time that AWS takes to make it. The other is the token bucket of each
 * action: the time until the bucket has refilled for the last call, plus the shortest way to the first call and the shortest way after the
 * last.
 */
import { publishedLimit } from "../src/aws/limits.ts";
import { buildGraph, criticalPath, reversed } from "../src/graph/graph.ts";
import type { Planned } from "../src/plan/planned.ts";
import type { Work } from "../src/plan/work.ts";

export interface Bound {
  readonly seconds: number;
  /** The cause of the bound: "critical path", or the action with the narrowest bucket. */
  readonly by: string;
  /** The time of all steps one after the other. */
  readonly inSequence: number;
}

/** The least seconds until AWS makes a new object usable, for kinds without a better figure. */
const leastWait: Readonly<Record<string, number>> = {
  vpc: 1.5,
  subnet: 1,
  instance: 12,
  natGateway: 75,
  loadBalancer: 90,
  dbInstance: 240,
};

/** Actions that draw from a bucket, with the operation, kind and stage of the nodes that send them. */
const senders: readonly { readonly op: Work["op"]; readonly kind: string; readonly stage: string; readonly action: string }[] = [
  { op: "create", kind: "vpc", stage: "create", action: "CreateVpc" },
  { op: "create", kind: "subnet", stage: "create", action: "CreateSubnet" },
  { op: "create", kind: "securityGroup", stage: "create", action: "CreateSecurityGroup" },
  { op: "update", kind: "securityGroup", stage: "rules", action: "AuthorizeSecurityGroupIngress" },
  { op: "create", kind: "routeTable", stage: "create", action: "CreateRouteTable" },
  { op: "create", kind: "instance", stage: "create", action: "RunInstances" },
  { op: "create", kind: "natGateway", stage: "create", action: "CreateNatGateway" },
];

/**
 * `latency`: seconds of one call. `waited`: seconds that AWS took for an object in this run, for kinds where that is known and varies much.
 */
export function lowerBound(
  { work, decisions }: Planned,
  { latency, waited }: { readonly latency: number; readonly waited?: ReadonlyMap<string, number> },
): Bound {
  const nodes = new Map(work.map((node) => [node.id, node]));
  const kindOf = (node: Work) => decisions.get(node.address)?.kind.name ?? "";
  const weight = (id: string) => {
    const node = nodes.get(id)!;
    if (node.op === "barrier") return 0;
    return latency + (node.op === "create" ? (waited?.get(node.address) ?? leastWait[kindOf(node)] ?? 0) : 0);
  };
  const graph = buildGraph(work);
  const after = criticalPath(graph, weight); // a node and all nodes that wait for it
  const before = criticalPath(reversed(graph), weight); // a node and all nodes that it waits for
  let bound: Pick<Bound, "seconds" | "by"> = { seconds: Math.max(0, ...after.values()), by: "critical path" };
  for (const sender of senders) {
    const own = work.filter((node) => node.op === sender.op && node.stage === sender.stage && kindOf(node) === sender.kind);
    const { burst, refill } = publishedLimit("ec2", sender.action);
    if (own.length <= burst) continue;
    const first = Math.min(...own.map(({ id }) => before.get(id)! - weight(id)));
    const last = Math.min(...own.map(({ id }) => after.get(id)!));
    const seconds = first + (own.length - burst) / refill + last;
    if (seconds > bound.seconds) bound = { seconds, by: sender.action };
  }
  return { ...bound, inSequence: work.reduce((sum, { id }) => sum + weight(id), 0) };
}
