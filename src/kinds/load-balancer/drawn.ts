import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { LoadBalancer } from "./schema.ts";

/** Draws a bar across its subnets. It opens connections only to the ports of its target groups. */
export function drawn({ spec }: Subject<Partial<LoadBalancer>>, index: ResourceIndex): Drawn {
  const ports = Object.keys(spec.listeners ?? {}).map((key) => key.split("/")[0] ?? key);
  return {
    as: "bar",
    at: [...(spec.subnets ?? []), ...(spec.subnetMappings ?? []).map(({ subnet }) => subnet)].map(refKey),
    glyph: "balancer",
    sub: [`${spec.type ?? "application"} load balancer`, spec.scheme ?? "internal", ...(ports.length > 0 ? [ports.join(", ")] : [])].join(
      " · ",
    ),
    chips: (spec.securityGroups ?? []).map(refKey),
    isPublic: spec.scheme === "internet-facing",
    ...sendsOf(spec, index),
  };
}

/** The ports to which it opens connections. Absent where a target group is not declared here, so that its port is not known. */
function sendsOf(spec: Partial<LoadBalancer>, index: ResourceIndex): { sends?: readonly number[] } {
  const groups = [...targetGroupsIn(spec.listeners)].map((ref) => index.get(ref));
  if (groups.some((group) => group === undefined)) return {};
  return { sends: groups.flatMap((group) => portsOf(group!)) };
}

function portsOf({ spec }: Subject): number[] {
  const targets = (spec.targets as readonly unknown[] | undefined) ?? [];
  const own = targets.flatMap((target) => (typeof target === "object" && target !== null && "port" in target ? [Number(target.port)] : []));
  const health = Number((spec.healthCheck as { port?: unknown } | undefined)?.port);
  return [Number(spec.port), ...own, ...(Number.isInteger(health) ? [health] : [])];
}

/** The addresses of target groups in all actions of listeners and rules. */
function* targetGroupsIn(value: unknown): Generator<string> {
  if (typeof value === "string" && value.startsWith("targetGroup/")) yield value;
  else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* targetGroupsIn(inner);
}
