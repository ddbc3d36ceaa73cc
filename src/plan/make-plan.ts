/** Makes a plan from the declared and the observed resources: decides, refuses, orders and says why. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, ResourceIndex } from "../kinds/kind.ts";
import { keepToAdoptions, pendingAdoption } from "./adoption.ts";
import { arrange } from "./arrange.ts";
import type { Decided, Decisions } from "./decision.ts";
import { decideWithValues } from "./late.ts";
import type { Narrowed, Plan } from "./plan.ts";
import type { PlanInput, Planned } from "./planned.ts";
import { likelyRenames } from "./renames.ts";
import { resourceIndexOf } from "./resource-index.ts";
import { makeSafe, type Safe } from "./safety.ts";
import { contestedFields, leftAloneObject, stepsOf } from "./steps.ts";
import { keepToTargets, narrowingOf, unknownTarget } from "./targets.ts";
import { statusNotes } from "./under-way.ts";
import { withoutUnplannable } from "./unplannable.ts";
import { withholdDeletes } from "./withdraw.ts";

/** The decisions before they are ordered, and before anybody has looked for objects that stand in the way. */
export interface DraftPlan {
  readonly input: PlanInput;
  readonly decided: Decided;
  /** Without decisions that cannot be planned or are refused. */
  readonly decisions: Decisions;
  readonly index: ResourceIndex;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent: the plan covers everything. */
  readonly narrowed?: Narrowed;
  readonly made: ReturnType<typeof decideWithValues>;
}

/** Makes the plan. `draft` comes from the same input, before its `users` and `standing` were known. */
export function makePlan(input: PlanInput, draft: DraftPlan = draftPlan(input)): Planned {
  const safe = input.users === undefined || input.users.size === 0 ? draft : withoutRefused(input, draft.made);
  const diagnostics = [...safe.diagnostics];
  const { environment, goal, observed, users = new Map(), standing = new Map() } = input;
  const { index, decided } = safe;
  const indexes = { found: resourceIndexOf(environment.region, new Map(), observed), resolved: index };
  const { decisions, work, notes } = arrange(
    { environment, goal, decisions: safe.decisions, observed, indexes, users, standing },
    diagnostics,
  );
  const steps = stepsOf(environment, decisions, work);
  const within = safe.narrowed && new Set(safe.narrowed.within);
  const contested = [...decisions.values()].flatMap(contestedFields);
  const leftAlone = [...decisions.values()].flatMap(leftAloneObject);
  const plan: Plan = {
    project: environment.project,
    environment: environment.name,
    account: observed.account,
    region: environment.region,
    goal,
    isNew: observed.objects.size === 0 && goal === "agree",
    steps,
    notes: [
      ...pendingAdoption({ nodes: environment.nodes, goal }, observed.objects),
      ...observed.notes,
      ...decided.notes,
      ...notes,
      ...statusNotes({ work, decisions }, decided.decisions),
      ...likelyRenames(decisions),
    ].filter(({ address }) => address === undefined || !within || within.has(address)),
    lookups: input.lookups.values,
    ...(contested.length > 0 ? { contested } : {}),
    ...(leftAlone.length > 0 ? { leftAlone } : {}),
    ...(safe.narrowed ? { narrowed: safe.narrowed } : {}),
    objects: [...observed.objects.values()].map(({ address, live }) => ({ address, id: live.id })),
  };
  return { plan, diagnostics, work, decisions };
}

export function draftPlan(input: PlanInput): DraftPlan {
  return withoutRefused({ ...input, users: new Map() }, decideWithValues(input, new Set()));
}

/** Refuses forbidden changes. Decides again where a refused object now stays as it is and others hold a value of it. */
function withoutRefused(input: PlanInput, decided: ReturnType<typeof decideWithValues>): DraftPlan {
  const staying = new Set<Address>();
  for (let made = decided; ;) {
    const safe = decideSafely(input, made);
    const refused = made.refusedOf(safe.decisions).filter((address) => !staying.has(address));
    if (refused.length === 0) return narrowed(input, made, safe);
    for (const address of refused) staying.add(address);
    made = decideWithValues(input, staying);
  }
}

/** Returns the decisions without those that cannot be planned and those that are refused. */
function decideSafely(input: PlanInput, { declared, index, decided, failed, problems }: ReturnType<typeof decideWithValues>): Safe {
  const { environment, goal } = input;
  const possible = withoutUnplannable(decided.decisions, { ...input, declared, failed });
  const safe = makeSafe(environment, goal, possible.decisions, index, input.users);
  return { decisions: safe.decisions, problems: [...problems, ...possible.problems, ...safe.problems] };
}

/** Keeps the decisions that the user asked for. Withholds all deletes while there is an error. */
function narrowed(input: PlanInput, made: ReturnType<typeof decideWithValues>, { decisions: safe, problems }: Safe): DraftPlan {
  const { declared, index, decided, failed } = made;
  const { environment, goal, targets, targetsMayBeGone, adopting } = input;
  const unknown = targetsMayBeGone ? [] : (targets?.filter((target) => !safe.has(target) && !declared.has(target)) ?? []);
  const known = new Set([...declared.keys(), ...safe.keys()]);
  const diagnostics = [...problems, ...unknown.map((target) => unknownTarget(target, known, environment.name))];
  const aimed = targets ? keepToTargets(safe, targets) : safe;
  const asked = adopting ? keepToAdoptions(aimed, adopting) : aimed;
  const isWithheld = goal === "agree" && (failed.size > 0 || diagnostics.some(({ severity }) => severity === "error"));
  const narrowed = narrowingOf(input, safe, asked);
  return {
    input,
    decided,
    decisions: isWithheld ? withholdDeletes(asked) : asked,
    index,
    diagnostics,
    ...(narrowed && { narrowed }),
    made,
  };
}
