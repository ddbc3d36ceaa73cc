/** Makes a plan from the declared and the observed resources: decides, refuses, orders and says why. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Address, ResourceIndex } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
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
import { beyondTagLimit } from "./tag-limit.ts";
import { statusNotes } from "./under-way.ts";
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
  const narrowed = narrowing(input, safe, asked);
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

function narrowing({ targets, adopting }: PlanInput, all: Decisions, asked: Decisions): Narrowed | undefined {
  const to = adopting ?? targets;
  if (!to) return undefined;
  return { by: adopting ? "adopt" : "target", to, within: [...asked.keys()], beyond: all.size - asked.size };
}

/**
 * Takes out the addresses for which nothing can be done, and everything that refers to them: two live objects pass as one address,
 * `adopt:` names an object that cannot be adopted, the object would have too many tags, or a lookup failed.
 */
function withoutUnplannable(decisions: Decisions, { declared, observed, failed }: PlanInput): Safe {
  const problems: Diagnostic[] = [];
  const blocked = new Set<Address>([...observed.ambiguous.keys(), ...observed.unadoptable.keys(), ...failed]);
  const gone = new Set<Address>(failed);
  for (const [address, ids] of observed.ambiguous)
    problems.push({
      code: "two-of-one",
      severity: "error",
      at: declared.get(address)?.desired.at(),
      summary: `AWS has ${ids.length} objects with the tags of ${address}: ${ids.join(", ")}.`,
      hint: "remove the tag infra:resource from all but one of them; until then nothing is done for this resource or those that depend on it",
    });
  for (const [address, { code, summary, hint, holder }] of observed.unadoptable) {
    problems.push({ code, severity: "error", at: declared.get(address)?.desired.at("adopt.id"), summary, hint });
    if (holder === undefined || declared.has(holder)) continue;
    blocked.add(holder);
    gone.add(holder);
  }
  for (const [address, problem] of beyondTagLimit(decisions)) {
    if (blocked.has(address)) continue;
    problems.push(problem);
    blocked.add(address);
    gone.add(address);
  }
  for (let grew = blocked.size > 0; grew;) {
    grew = false;
    for (const one of decisions.values()) {
      if (blocked.has(one.address)) continue;
      const specs = [one.declared?.desired.spec, one.found?.linked].filter((spec) => spec !== undefined);
      const late = one.declared ? lateNeeds(one.declared.held?.written.desired ?? one.declared.desired) : [];
      const isBlocked = (address: unknown) => blocked.has(address as string);
      const isUser = specs.some((spec) => refsOf(one.kind.schema, spec).some(({ value }) => isBlocked(value)));
      if (!isUser && !late.some(({ address }) => isBlocked(address))) continue;
      blocked.add(one.address);
      gone.add(one.address);
      grew = true;
    }
  }
  return { decisions: gone.size === 0 ? decisions : new Map([...decisions].filter(([address]) => !gone.has(address))), problems };
}

function unknownTarget(target: string, addresses: ReadonlySet<Address>, environment: string): Diagnostic {
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

/** Leaves the targets and the resources that they refer to, and nothing else. */
function keepToTargets(decisions: Decisions, targets: readonly Address[]): Decisions {
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
