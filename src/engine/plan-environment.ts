/** Reads AWS and compares. */
import { formerTypes } from "../apply/known-kinds.ts";
import { ownerOf } from "../apply/lease.ts";
import { readMemory } from "../apply/records.ts";
import { preflight, type PreflightFinding } from "../apply/preflight.ts";
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { type Environment, kindsFor } from "../config/environment.ts";
import type { Kind, NetworkPart } from "../kinds/kind.ts";
import { foreignDependentsOf } from "../observe/foreign-dependents.ts";
import { Drivers } from "../observe/drivers.ts";
import { observe } from "../observe/observe.ts";
import { resolve } from "../observe/resolve.ts";
import { imageParameters } from "../resource/images.ts";
import { draftPlan, makePlan } from "../plan/make-plan.ts";
import type { Note } from "../plan/plan.ts";
import type { PlanOptions, PlanRun } from "./plan-run.ts";
import { foreignFor, heldAssertions, meanwhileOf, networksOf, reachOf, verdictsOf } from "./reach-of-plan.ts";
import { diagnosticOf } from "./refusals.ts";
import { namesakes, unmanagedIn, unreadHistory } from "./remarks.ts";

/** Reads AWS and compares. Makes no call that writes. Throws AwsError when a read fails; whatever else is being read is given up then. */
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
  const declared = options.goal === "destroy" ? { ...environment, nodes: [] } : environment;
  const images = new Set(imageParameters(kinds, declared.nodes));
  const memory = readMemory(aws, ownerOf(environment), [...images]);
  // Nothing narrows what drift reads: it lists every kind in full.
  const known = options.unmanaged ? undefined : memory.known;
  const former = formerTypes(environment, memory.known);
  former.catch(() => undefined); // observe tells of it, unless another read has failed before
  const resolving = resolve(kinds, drivers, aws, declared, memory.parametersOf);
  const [observed, resolved, history] = await Promise.all([
    observe(kinds, drivers, aws, declared, { known, former, file: environment, resolved: resolving, gone: options.gone }),
    resolving,
    memory.history,
  ]);
  const { goal, targets, targetsMayBeGone, adopting } = options;
  const asked = { environment, goal, observed, ...resolved, targets, targetsMayBeGone, adopting };
  const draft = draftPlan(options.repairContested ? asked : { ...asked, appliedHistory: history.applied });
  const input = { ...draft.input, ...(await foreignDependentsOf(aws, drivers, draft.decisions.values(), observed)) };
  const arranged = makePlan(input, draft);
  const foreign = await foreignFor(kinds, drivers, aws, { environment, goal, arranged, resolved, observed });
  const around = { foreign: foreign.parts, steps: options.reachSteps };
  const networks = networksOf(kinds, environment, arranged, observed, around);
  const reach = await reachOf(environment, arranged, networks);
  const meanwhile = await meanwhileOf(kinds, environment, arranged, observed, around, networks);
  const planned = meanwhile ? { ...arranged, work: meanwhile.work } : arranged;
  const extra = planned.plan.isNew ? await namesakes(aws, environment, options.known ?? []) : [];
  const refusals = [...resolved.diagnostics, ...planned.diagnostics].filter(({ severity }) => severity === "error").length;
  const repairs = options.repairContested ? { repairsContested: true as const } : {};
  const plan = {
    ...planned.plan,
    ...repairs,
    ...(refusals > 0 ? { refusals } : {}),
    notes: [
      ...planned.plan.notes,
      ...(meanwhile?.notes ?? []),
      ...(options.repairContested ? [] : unreadHistory(history, arranged)),
      ...extra,
    ],
  };
  plan.notes.push(...foreign.unread.map((text): Note => ({ code: "not-looked-at", text: `not looked at for who reaches whom: ${text}` })));
  if (reach === "too-large")
    plan.notes.push({
      code: "not-looked-at",
      text: `what this plan opens and closes was not computed, because the estate is too large; \`infra reach ${environment.name} FROM TO\` answers single questions`,
    });
  if (options.unmanaged) plan.notes.push(...(await unmanagedIn(kinds, drivers, aws, observed)));
  // What may not be read could open something, or close it: nothing that is asserted is certain then.
  const unread = foreign.unread.map((what): NetworkPart => ({ is: "blind", id: what, what, lets: "either" }));
  const withUnread = () => networksOf(kinds, environment, planned, observed, { ...around, foreign: [...foreign.parts, ...unread] });
  const held = await heldAssertions(environment, options, unread.length === 0 ? networks : withUnread());
  const diagnostics = [...resolved.diagnostics, ...planned.diagnostics, ...(held?.diagnostics ?? []), ...(meanwhile?.diagnostics ?? [])];
  const found: PreflightFinding[] = [];
  if (options.preflight) {
    const report = await preflight({ kinds, aws, environment, planned, observed, drivers }, false);
    found.push(...report.problems);
    diagnostics.push(...report.problems.map((one) => diagnosticOf(one, options.ignorePreflight)));
    plan.notes.push(...report.unchecked.map((text): Note => ({ code: "not-looked-at", text: `not looked at: ${text}` })));
  }
  const told = {
    ...plan,
    ...(typeof reach === "object" ? { reach } : {}),
    ...(held ? { assertions: verdictsOf(held, meanwhile) } : {}),
  };
  return { plan: told, diagnostics, found, planned, input, environment, observed, drivers };
}
