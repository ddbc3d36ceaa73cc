/** The second look under the lock, before a plan runs. */
import type { Aws } from "../aws/aws.ts";
import { unlessDenied } from "../aws/errors.ts";
import { kindsFor, type Environment } from "../config/environment.ts";
import type { Kind } from "../kinds/kind.ts";
import { observeAgain } from "../observe/second-look.ts";
import { resolve } from "../observe/resolve.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Planned } from "../plan/planned.ts";
import { touchedBy } from "../plan/touched.ts";
import type { PlanRun } from "./plan-run.ts";

/**
 * Reads the objects that a plan touches once more, if no other run has held the lock since it was made. Returns the same plan with the
 * new reads. Returns undefined if anything has changed, or if reading a part is not enough: then the caller reads everything again
 * (docs/decisions/0098-a-second-look-at-what-is-touched.md).
 */
export async function lookAgain(native: readonly Kind[], aws: Aws, environment: Environment, first: PlanRun): Promise<PlanRun | undefined> {
  const touched = environment.assertions === undefined ? touchedBy(first.planned, first.observed) : undefined;
  if (first.plan.goal === "destroy" || !touched) return undefined;
  const nodes = environment.nodes.filter(({ address }) => touched.addresses.has(address));
  // A role may list objects that it may not ask for by id: then everything is read as before.
  const look = await unlessDenied(
    Promise.all([
      observeAgain(first.drivers, aws, environment, first.observed, touched),
      resolve(kindsFor(native, environment), first.drivers, aws, { ...environment, nodes }),
    ]),
  );
  if (!look) return undefined;
  const [observed, resolved] = look;
  const { lookups } = first.input;
  const isAnswered = Object.entries(resolved.lookups.values).every(([key, value]) => lookups.values[key] === value);
  if (!observed || !isAnswered || resolved.diagnostics.length > 0) return undefined;
  const planned = makePlan({ ...first.input, observed });
  return isSame(planned, first.planned) ? { ...first, observed, planned, input: { ...first.input, observed } } : undefined;
}

/** Compares every step, with its findings and its changes, and every problem, to the letter. */
function isSame(one: Planned, other: Planned): boolean {
  const told = ({ plan, diagnostics, work }: Planned) => JSON.stringify([plan.steps, diagnostics, work.map(({ id }) => id)]);
  return told(one) === told(other);
}
