/** Who reaches whom, of a plan: what it opens and closes, and whether what the file asserts holds at its end and in between. */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Kind, NetworkPart } from "../kinds/kind.ts";
import { type ForeignFacts, noForeignFacts, readForeign } from "../observe/foreign.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Resolved } from "../observe/resolve.ts";
import type { Planned } from "../plan/planned.ts";
import type { StepCheck } from "../plan/meanwhile.ts";
import type { Observed } from "../plan/observed.ts";
import type { AssertionVerdict, Plan, ReachChanges } from "../plan/plan.ts";
import type { AssertionsHeld, ReachNetworks } from "../plan/reach.ts";
import { meansStrangers } from "../reach/strangers.ts";
import type { PlanOptions } from "./plan-run.ts";

/** What is there besides ours, and how much may be computed. */
interface ReachAround {
  readonly foreign: readonly NetworkPart[];
  readonly steps: number | undefined;
}

/** Made when the first asks, and the same for all who ask. */
export type NetworksOf = () => Promise<ReachNetworks>;

export function networksOf(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Planned,
  observed: Observed,
  { foreign, steps }: ReachAround,
): NetworksOf {
  let made: Promise<ReachNetworks> | undefined;
  const make = async () => {
    const reach = await import("../plan/reach.ts");
    return new reach.ReachNetworks(kinds, environment, planned, observed, foreign, steps);
  };
  return () => (made ??= make());
}

/** Objects of others are read only where something is to be said of who reaches whom, and ours refer to them. */
export async function foreignFor(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  of: {
    readonly environment: Environment;
    readonly goal: Plan["goal"];
    readonly arranged: Planned;
    readonly resolved: Pick<Resolved, "declared">;
    readonly observed: Observed;
  },
): Promise<ForeignFacts> {
  const { environment, goal, arranged, resolved, observed } = of;
  const isAsked = environment.assertions !== undefined || arranged.plan.steps.some(({ action }) => action !== "keep" && action !== "retag");
  if (goal !== "agree" || !isAsked) return noForeignFacts;
  const asked = [
    ...[...resolved.declared.values()].map(({ kind, resolved: spec }) => ({ kind, spec })),
    ...[...observed.objects.values()].map(({ kind, linked }) => ({ kind, spec: linked })),
  ];
  // What nobody declared counts for what is asserted; for what a change opens it is the same before and after.
  return readForeign(kinds, drivers, aws, asked, observed, environment.region, {
    ofOurNetworks: environment.assertions === undefined ? "as-made" : "read",
    machines: environment.assertions?.some((one) => meansStrangers(one, kinds)) === true,
  });
}

/** In what the plan aims at; for drift in what AWS has. The file alone was looked at when it was loaded. */
export async function heldAssertions(
  environment: Environment,
  { goal, unmanaged }: PlanOptions,
  networks: NetworksOf,
): Promise<AssertionsHeld | undefined> {
  if (goal !== "agree" || environment.assertions === undefined) return undefined;
  const { assertionsBroken } = await import("../plan/reach.ts");
  return assertionsBroken(environment, await networks(), unmanaged ? "live" : "plan");
}

/** Undefined: nothing is asserted of what happens in between. */
export async function meanwhileOf(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Planned,
  observed: Observed,
  { foreign, steps }: ReachAround,
  networks: NetworksOf,
): Promise<StepCheck | undefined> {
  const isAsked = environment.assertions?.some(({ always }) => always) === true;
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0 || !isAsked) return undefined;
  const { checkMeanwhile } = await import("../plan/meanwhile.ts");
  return checkMeanwhile(kinds, environment, planned, observed, foreign, steps, (await networks()).after);
}

/** A plan without changes has nothing to load for it. */
export async function reachOf(
  environment: Environment,
  planned: Planned,
  networks: NetworksOf,
): Promise<ReachChanges | "too-large" | undefined> {
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0) return undefined;
  const { reachChanges } = await import("../plan/reach.ts");
  return reachChanges(environment, planned, await networks());
}

/** At the end, and at every step where that is asked for and there are steps. */
export function verdictsOf({ verdicts }: AssertionsHeld, meanwhile: StepCheck | undefined): readonly AssertionVerdict[] {
  return verdicts.map((one) => {
    const between = meanwhile?.verdicts.get(one.name);
    return between === undefined ? one : { ...one, meanwhile: between };
  });
}
