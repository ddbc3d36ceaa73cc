/** Who reaches whom, for a plan: the flows that it opens and closes, and whether the assertions of the file hold at its end and in between. */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind, NetworkPart } from "../kinds/kind.ts";
import { type ForeignFacts, noForeignFacts, readForeign } from "../observe/foreign.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Resolved } from "../observe/resolve.ts";
import type { Planned } from "../plan/planned.ts";
import type { StepCheck } from "../plan/meanwhile/meanwhile.ts";
import type { Observed } from "../plan/observed.ts";
import type { AssertionVerdict, Note, Plan, ReachChanges } from "../plan/plan.ts";
import type { AssertionsHeld, ReachNetworks } from "../plan/reach.ts";
import { meansUnmanaged } from "../reach/unmanaged.ts";
import type { PlanOptions } from "./plan-run.ts";

/** A plan, and everything that it was made from. */
export interface Compared {
  readonly environment: Environment;
  readonly observed: Observed;
  readonly resolved: Pick<Resolved, "declared">;
  readonly planned: Planned;
}

/** How the plan changes who reaches whom. */
export interface ReachOfPlan {
  /** The work of the plan, in an order in which the assertions hold at every step. */
  readonly work: Planned["work"];
  /** The parts of the plan that tell it. */
  readonly told: Pick<Plan, "reach" | "assertions">;
  readonly diagnostics: readonly Diagnostic[];
  /** The assertions that hold in between only in one order of the steps. */
  readonly orderNotes: readonly Note[];
  /** Parts that could not be read or computed. */
  readonly gapNotes: readonly Note[];
}

/** Reads the objects of others that the networks name, and computes only what somebody asks: a plan without changes and assertions loads nothing. */
export async function reachOfPlan(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  compared: Compared,
  options: PlanOptions,
): Promise<ReachOfPlan> {
  const { environment, observed, planned } = compared;
  const foreign = await foreignFor(kinds, drivers, aws, compared, options.goal);
  const networksWith = (unread: readonly NetworkPart[], of: Planned) =>
    networksOf(async () => {
      const reach = await import("../plan/reach.ts");
      return new reach.ReachNetworks(kinds, environment, of, observed, [...foreign.parts, ...unread], options.reachSteps);
    });
  const networks = networksWith([], planned);
  const reach = await changesOf(environment, planned, networks);
  const meanwhile = await meanwhileOf(kinds, compared, foreign.parts, options, networks);
  const work = meanwhile?.work ?? planned.work;
  // Objects that may not be read could open something, or close it: no assertion is certain then.
  const unread = foreign.unread.map((what): NetworkPart => ({ is: "blind", id: what, what, lets: "either" }));
  const held = await heldAssertions(environment, options, unread.length === 0 ? networks : networksWith(unread, { ...planned, work }));
  return {
    work,
    told: { ...(typeof reach === "object" ? { reach } : {}), ...(held ? { assertions: verdictsOf(held, meanwhile) } : {}) },
    diagnostics: [...(held?.diagnostics ?? []), ...(meanwhile?.diagnostics ?? [])],
    orderNotes: meanwhile?.notes ?? [],
    gapNotes: [...foreign.unread.map(unreadNote), ...(reach === "too-large" ? [tooLargeNote(environment)] : [])],
  };
}

function unreadNote(what: string): Note {
  return { code: "not-looked-at", text: `not read, so what this plan opens and closes is not certain: ${what}` };
}

function tooLargeNote({ name }: Environment): Note {
  return {
    code: "not-looked-at",
    text: `infra did not compute what this plan opens and closes, because there are too many resources; \`infra reach ${name} FROM TO\` answers single questions`,
  };
}

/** Made when the first asks, and the same for all who ask. */
type NetworksOf = () => Promise<ReachNetworks>;

function networksOf(make: NetworksOf): NetworksOf {
  let made: Promise<ReachNetworks> | undefined;
  return () => (made ??= make());
}

/** Objects of others are read only where something is to be said of who reaches whom, and ours refer to them. */
async function foreignFor(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  { environment, planned, resolved, observed }: Compared,
  goal: Plan["goal"],
): Promise<ForeignFacts> {
  const isAsked = environment.assertions !== undefined || planned.plan.steps.some(({ action }) => action !== "keep" && action !== "retag");
  if (goal !== "agree" || !isAsked) return noForeignFacts;
  const asked = [
    ...[...resolved.declared.values()].map(({ kind, resolved: spec }) => ({ kind, spec })),
    ...[...observed.objects.values()].map(({ kind, linked }) => ({ kind, spec: linked })),
  ];
  // Undeclared objects matter for assertions. For the flows that a change opens they are the same before and after.
  return readForeign(kinds, drivers, aws, asked, observed, environment.region, {
    ofOurNetworks: environment.assertions === undefined ? "as-made" : "read",
    machines: environment.assertions?.some((one) => meansUnmanaged(one, kinds)) === true,
  });
}

/** In what the plan aims at; for drift in what AWS has. The file alone was looked at when it was loaded. */
async function heldAssertions(
  environment: Environment,
  { goal, unmanaged }: PlanOptions,
  networks: NetworksOf,
): Promise<AssertionsHeld | undefined> {
  if (goal !== "agree" || environment.assertions === undefined) return undefined;
  const { assertionsBroken } = await import("../plan/reach.ts");
  return assertionsBroken(environment, await networks(), unmanaged ? "live" : "plan");
}

/** Undefined: nothing is asserted of what happens in between. */
async function meanwhileOf(
  kinds: readonly Kind[],
  { environment, planned, observed }: Compared,
  foreign: readonly NetworkPart[],
  { reachSteps }: PlanOptions,
  networks: NetworksOf,
): Promise<StepCheck | undefined> {
  const isAsked = environment.assertions?.some(({ always }) => always) === true;
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0 || !isAsked) return undefined;
  const { checkMeanwhile } = await import("../plan/meanwhile/meanwhile.ts");
  return checkMeanwhile(kinds, environment, planned, observed, foreign, reachSteps, (await networks()).after);
}

/** Returns the flows that the plan opens and closes. A plan without changes loads nothing for it. */
async function changesOf(
  environment: Environment,
  planned: Planned,
  networks: NetworksOf,
): Promise<ReachChanges | "too-large" | undefined> {
  if (planned.plan.goal !== "agree" || planned.plan.steps.length === 0) return undefined;
  const { reachChanges } = await import("../plan/reach.ts");
  return reachChanges(environment, planned, await networks());
}

/** At the end, and at every step where that is asked for and there are steps. */
function verdictsOf({ verdicts }: AssertionsHeld, meanwhile: StepCheck | undefined): readonly AssertionVerdict[] {
  return verdicts.map((one) => {
    const between = meanwhile?.verdicts.get(one.name);
    return between === undefined ? one : { ...one, meanwhile: between };
  });
}
