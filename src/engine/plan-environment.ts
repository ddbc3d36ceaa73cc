/** Makes a plan: reads AWS and compares. */
import { formerTypes } from "../apply/known-kinds.ts";
import { ownerOf } from "../apply/lease.ts";
import { readMemory } from "../apply/records.ts";
import { preflight } from "../apply/preflight.ts";
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { type Environment, kindsFor } from "../config/environment.ts";
import type { Kind } from "../kinds/kind.ts";
import { foreignDependentsOf } from "../observe/foreign-dependents.ts";
import { Drivers } from "../observe/drivers.ts";
import { observe } from "../observe/observe.ts";
import { type Resolved, resolve } from "../observe/resolve.ts";
import { imageParameters } from "../resource/images.ts";
import { draftPlan, makePlan } from "../plan/make-plan.ts";
import type { Observed } from "../plan/observed.ts";
import type { Note, Plan } from "../plan/plan.ts";
import type { PlanInput, Planned } from "../plan/planned.ts";
import type { PlanOptions, PlanRun } from "./plan-run.ts";
import { reachOfPlan } from "./reach-of-plan.ts";
import { diagnosticOf } from "./refusals.ts";
import { namesakes, unmanagedIn, unreadHistory } from "./remarks.ts";

/** Reads AWS and compares. Makes no call that writes. Throws AwsError when a read fails, and ends the other reads. */
export async function planEnvironment(
  kinds: readonly Kind[],
  { aws }: Pick<Connection, "aws">,
  environment: Environment,
  options: PlanOptions,
): Promise<PlanRun> {
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  try {
    return await readAndCompare(kinds, aws.within({ signal }), environment, options);
  } catch (error) {
    giveUp.abort(error);
    throw error;
  }
}

async function readAndCompare(native: readonly Kind[], aws: Aws, environment: Environment, options: PlanOptions): Promise<PlanRun> {
  const kinds = kindsFor(native, environment);
  const drivers = new Drivers(aws);
  const read = await readForPlan(kinds, drivers, aws, environment, options);
  const { observed, resolved } = read;
  const { input, planned: compared } = await compare(drivers, aws, environment, options, read);
  const reach = await reachOfPlan(kinds, drivers, aws, { environment, observed, resolved, planned: compared }, options);
  const planned = { ...compared, work: reach.work };
  const remarks = await remarksOn(kinds, drivers, aws, environment, options, { ...read, planned });
  const refused = options.preflight ? await preflight({ kinds, aws, environment, planned, observed, drivers }, false) : nothingLookedAt;
  const diagnostics = [...resolved.diagnostics, ...planned.diagnostics];
  const refusals = diagnostics.filter(({ severity }) => severity === "error").length;
  const plan: Plan = {
    ...planned.plan,
    ...(options.repairContested ? { repairsContested: true } : {}),
    ...(refusals > 0 ? { refusals } : {}),
    notes: [
      ...planned.plan.notes,
      ...reach.orderNotes,
      ...remarks.ofPlan,
      ...reach.gapNotes,
      ...remarks.unmanaged,
      ...refused.unchecked.map((text): Note => ({ code: "not-looked-at", text: `not checked: ${text}` })),
    ],
    ...reach.told,
  };
  const found = refused.problems;
  diagnostics.push(...reach.diagnostics, ...found.map((one) => diagnosticOf(one, options.ignorePreflight)));
  return { plan, diagnostics, found, planned, input, environment, observed, drivers };
}

const nothingLookedAt = { problems: [], unchecked: [] };

/** Everything that a plan compares: the objects in AWS, the answers to look-ups, and the values that earlier applies have set. */
interface Read {
  readonly observed: Observed;
  readonly resolved: Resolved;
  readonly history: Awaited<ReturnType<typeof readMemory>["history"]>;
}

async function readForPlan(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  { goal, unmanaged, gone }: PlanOptions,
): Promise<Read> {
  const declared = goal === "destroy" ? { ...environment, nodes: [] } : environment;
  const images = new Set(imageParameters(kinds, declared.nodes));
  const memory = readMemory(aws, ownerOf(environment), [...images]);
  // Nothing narrows the reads of drift: it lists every kind in full.
  const known = unmanaged ? undefined : memory.known;
  const former = formerTypes(environment, memory.known);
  former.catch(() => undefined); // observe reports this error, unless another read has failed before
  const resolving = resolve(kinds, drivers, aws, declared, memory.parametersOf);
  const [observed, resolved, history] = await Promise.all([
    observe(kinds, drivers, aws, declared, { known, former, file: environment, resolved: resolving, gone }),
    resolving,
    memory.history,
  ]);
  return { observed, resolved, history };
}

/** Compares. Between the draft and the plan stands one read: the foreign dependents of the objects that would be deleted. */
async function compare(
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  { goal, targets, targetsMayBeGone, adopting, repairContested }: PlanOptions,
  { observed, resolved, history }: Read,
): Promise<{ readonly input: PlanInput; readonly planned: Planned }> {
  const asked = { environment, goal, observed, ...resolved, targets, targetsMayBeGone, adopting };
  const draft = draftPlan(repairContested ? asked : { ...asked, appliedHistory: history.applied });
  const input = { ...draft.input, ...(await foreignDependentsOf(aws, drivers, draft.decisions.values(), observed)) };
  return { input, planned: makePlan(input, draft) };
}

/** Returns notes about things that the plan leaves alone. */
async function remarksOn(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  { known = [], repairContested, unmanaged }: PlanOptions,
  { observed, history, planned }: Read & { readonly planned: Planned },
): Promise<{ readonly ofPlan: readonly Note[]; readonly unmanaged: readonly Note[] }> {
  const contested = repairContested ? [] : unreadHistory(history, planned);
  const others = planned.plan.isNew ? await namesakes(aws, environment, known) : [];
  return { ofPlan: [...contested, ...others], unmanaged: unmanaged ? await unmanagedIn(kinds, drivers, aws, observed) : [] };
}
