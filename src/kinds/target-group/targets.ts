/** Targets in the one form in which written and live ones are compared. */
import type { Target, TargetGroup } from "./schema.ts";

/** Targets as objects, sticky unless said otherwise, and no port where it is the group's own, as AWS's answers cannot tell. */
export function normalise(spec: Partial<TargetGroup>): Partial<TargetGroup> {
  const { stickiness, targets } = spec;
  return {
    ...spec,
    ...(stickiness && stickiness.enabled === undefined ? { stickiness: { ...stickiness, enabled: true } } : {}),
    ...(targets ? { targets: targets.map((target) => asObject(target, spec.port)) } : {}),
  };
}

function asObject(written: string | Target, groupPort: number | undefined): Target {
  if (typeof written === "string") return { instance: written };
  const { port, ...target } = written;
  return port === undefined || port === groupPort ? target : { ...target, port };
}

/** What AWS knows it by. */
export function idOf({ instance, ip, lambda, loadBalancer }: Target): string | undefined {
  return instance ?? ip ?? lambda ?? loadBalancer;
}

export function keyOf(target: Target): string {
  return `${idOf(target)}${target.port === undefined ? "" : `:${target.port}`}`;
}
