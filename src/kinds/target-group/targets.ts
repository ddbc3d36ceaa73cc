/** Targets in the form in which desired and observed ones are compared. */
import type { Target, TargetGroup } from "./schema.ts";

/**
 * Returns targets as objects, and stickiness that is on unless the file says otherwise. A port equal to the group's is left out, because
 * AWS's answers do not show whether it was written.
 */
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

/** Returns the id that AWS uses for a target. */
export function idOf({ instance, ip, lambda, loadBalancer }: Target): string | undefined {
  return instance ?? ip ?? lambda ?? loadBalancer;
}

export function keyOf(target: Target): string {
  return `${idOf(target)}${target.port === undefined ? "" : `:${target.port}`}`;
}
