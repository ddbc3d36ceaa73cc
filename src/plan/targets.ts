/** Plans that are narrowed to some of the resources. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Address } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import type { Decisions } from "./decision.ts";
import type { Narrowed } from "./plan.ts";
import type { PlanInput } from "./planned.ts";

/** Leaves the targets and the resources that they refer to, and nothing else. */
export function keepToTargets(decisions: Decisions, targets: readonly Address[]): Decisions {
  const reached = new Set<Address>();
  const queue = [...targets];
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    const one = decisions.get(address);
    if (!one || reached.has(address)) continue;
    reached.add(address);
    const spec = one.declared?.desired.spec;
    if (spec) for (const { value } of refsOf(one.kind.schema, spec)) if (typeof value === "string") queue.push(value);
    if (one.declared) for (const need of lateNeeds(one.declared.desired)) queue.push(need.address);
  }
  return new Map([...decisions].filter(([address]) => reached.has(address)));
}

/** Returns how the plan was narrowed; undefined for a plan of everything. */
export function narrowingOf({ targets, adopting }: PlanInput, all: Decisions, asked: Decisions): Narrowed | undefined {
  const to = adopting ?? targets;
  if (!to) return undefined;
  return { by: adopting ? "adopt" : "target", to, within: [...asked.keys()], beyond: all.size - asked.size };
}

/** Reports a target that is neither in the file nor in AWS. */
export function unknownTarget(target: string, addresses: ReadonlySet<Address>, environment: string): Diagnostic {
  const near = [...addresses].filter((address) => address.endsWith(`/${target}`));
  const meant = near.length > 0 ? near.slice(0, 3).join(" or ") : didYouMean(target, addresses);
  return {
    code: "unknown-target",
    severity: "error",
    summary: `--target ${target} matches no resource in the YAML or in AWS.`,
    hint: target.includes(",")
      ? `repeat the option: ${target
          .split(",")
          .map((one) => `--target ${one.trim()}`)
          .join(" ")}`
      : meant === undefined
        ? `\`infra status ${environment}\` lists the addresses`
        : `did you mean ${meant}?`,
  };
}
