/**
 * The least time that AWS takes for a plan, however it is scheduled. Two things bound it: the chain of objects that need
 * each other, each with its calls and with AWS's own time to make it; and, for every action with a token bucket, the time
 * until the bucket has refilled for the last call, after the shortest way to the first and before the shortest way from the last.
 */
import { publishedLimit } from "../src/aws/limits.ts";
import { buildGraph, criticalPath, reversed } from "../src/graph/graph.ts";
import type { Planned } from "../src/plan/planned.ts";
import type { Work } from "../src/plan/work.ts";

export interface Bound {
  readonly seconds: number;
  /** What sets it: "critical path" or the action whose bucket is the narrowest. */
  readonly by: string;
  /** The sum of all: one step at a time. */
  readonly inSequence: number;
}

/** Seconds that AWS itself takes at the least until a new object is usable, where nothing better is known. */
const leastWait: Readonly<Record<string, number>> = {
  vpc: 1.5,
  subnet: 1,
  instance: 12,
  natGateway: 75,
  loadBalancer: 90,
  dbInstance: 240,
};

/** Actions that draw from a bucket: by operation and kind of the node that sends them, and how often. */
const senders: readonly { readonly op: Work["op"]; readonly kind: string; readonly stage: string; readonly action: string }[] = [
  { op: "create", kind: "vpc", stage: "create", action: "CreateVpc" },
  { op: "create", kind: "subnet", stage: "create", action: "CreateSubnet" },
  { op: "create", kind: "securityGroup", stage: "create", action: "CreateSecurityGroup" },
  { op: "update", kind: "securityGroup", stage: "rules", action: "AuthorizeSecurityGroupIngress" },
  { op: "create", kind: "routeTable", stage: "create", action: "CreateRouteTable" },
  { op: "create", kind: "instance", stage: "create", action: "RunInstances" },
  { op: "create", kind: "natGateway", stage: "create", action: "CreateNatGateway" },
];

/** `latency`: seconds a call. `waited`: seconds that AWS took for an object in this very run, where that is known and varies much. */
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
  const after = criticalPath(graph, weight); // a node and all behind it
  const before = criticalPath(reversed(graph), weight); // a node and all in front of it
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
