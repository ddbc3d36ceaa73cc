/** From what is declared and what was observed to a plan: decide, refuse, order, say why. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import { keepToAdoptions, pendingAdoption } from "./adoption.ts";
import { arrange } from "./arrange.ts";
import type { Decided, Decision } from "./decision.ts";
import { decideWithValues } from "./late.ts";
import type { Plan } from "./plan.ts";
import type { PlanInput, Planned } from "./planned.ts";
import { likelyRenames } from "./renames.ts";
import { resourceIndexOf } from "./resource-index.ts";
import { makeSafe } from "./safety.ts";
import { contestedFields, leftAloneObject, stepsOf } from "./steps.ts";
import { withholdDeletes } from "./withdraw.ts";

export function makePlan(input: PlanInput): Planned {
  const staying = new Set<Address>();
  for (;;) {
    const safe = decideSafely(input, staying);
    const refused = safe.refusedOf().filter((address) => !staying.has(address));
    if (refused.length === 0) return ordered(input, safe);
    for (const address of refused) staying.add(address);
  }
}

/** What is to be done, without what cannot be planned and what is refused. */
function decideSafely(input: PlanInput, staying: ReadonlySet<Address>) {
  const { environment, goal } = input;
  const { declared, index, decided, failed, problems, refusedOf } = decideWithValues(input, staying);
  const diagnostics = [
    ...problems,
    ...blockUnplannable(decided, { ...input, declared, failed }),
    ...makeSafe(environment, goal, decided.decisions, index, input.users),
  ];
  return { declared, index, decided, failed, diagnostics, refusedOf };
}

function ordered(input: PlanInput, { declared, index, decided, failed, diagnostics }: ReturnType<typeof decideSafely>): Planned {
  const { environment, goal, observed } = input;
  if (input.targets) keepToTargets(decided.decisions, input.targets, declared, diagnostics);
  if (input.adopting) keepToAdoptions(decided.decisions, input.adopting);
  const { decisions } = decided;
  const indexes = { found: resourceIndexOf(environment.region, new Map(), observed), resolved: index };
  const { users = new Map(), standing = new Map() } = input;
  if (failed.size > 0 && goal === "agree") withholdDeletes(decisions);
  const { work, notes } = arrange({ environment, goal, decisions, observed, indexes, users, standing }, diagnostics);
  const steps = stepsOf(decided.decisions, work);
  const contested = [...decided.decisions.values()].flatMap(contestedFields);
  const leftAlone = [...decided.decisions.values()].flatMap(leftAloneObject);
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
      ...likelyRenames(decisions),
    ],
    lookups: input.lookups.values,
    ...(contested.length > 0 ? { contested } : {}),
    ...(leftAlone.length > 0 ? { leftAlone } : {}),
    objects: [...observed.objects.values()].map(({ address, live }) => ({ address, id: live.id })),
  };
  return { plan, diagnostics, work, decisions: decided.decisions };
}

/** Two live objects pass as one address, `adopt:` names what cannot be adopted, or a lookup failed: nothing is done for it, nor for what refers to it. */
function blockUnplannable(decided: Decided, { declared, observed, failed }: PlanInput): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const blocked = new Set<Address>([...observed.ambiguous.keys(), ...observed.unadoptable.keys(), ...failed]);
  for (const address of failed) decided.decisions.delete(address);
  for (const [address, ids] of observed.ambiguous)
    problems.push({
      code: "two-of-one",
      severity: "error",
      at: declared.get(address)?.desired.at(),
      summary: `${address} exists ${ids.length} times: ${ids.join(", ")}.`,
      hint: "take the tag infra:resource off the ones that are not meant; nothing is done for this address or what depends on it until then",
    });
  for (const [address, { code, summary, hint, holder }] of observed.unadoptable) {
    problems.push({ code, severity: "error", at: declared.get(address)?.desired.at("adopt.id"), summary, hint });
    if (holder === undefined || declared.has(holder)) continue;
    blocked.add(holder);
    decided.decisions.delete(holder);
  }
  for (let grew = blocked.size > 0; grew;) {
    grew = false;
    for (const one of decided.decisions.values()) {
      if (blocked.has(one.address)) continue;
      const specs = [one.declared?.desired.spec, one.found?.linked].filter((spec) => spec !== undefined);
      const late = one.declared ? lateNeeds(one.declared.held?.written.desired ?? one.declared.desired) : [];
      const isBlocked = (address: unknown) => blocked.has(address as string);
      const isUser = specs.some((spec) => refsOf(one.kind.schema, spec).some(({ value }) => isBlocked(value)));
      if (!isUser && !late.some(({ address }) => isBlocked(address))) continue;
      blocked.add(one.address);
      decided.decisions.delete(one.address);
      grew = true;
    }
  }
  return problems;
}

/** Leaves the targets, what they need made or changed first, and nothing else. */
function keepToTargets(
  decisions: Map<Address, Decision>,
  targets: readonly Address[],
  declared: PlanInput["declared"],
  diagnostics: Diagnostic[],
): void {
  const reached = new Set<Address>();
  const queue = [...targets];
  for (const target of targets)
    if (!decisions.has(target) && !declared.has(target))
      diagnostics.push({
        code: "unknown-target",
        severity: "error",
        summary: `--target ${target} names nothing that is declared or exists.`,
      });
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    const one = decisions.get(address);
    if (!one || reached.has(address)) continue;
    reached.add(address);
    const spec = one.declared?.desired.spec;
    if (spec) for (const { value } of refsOf(one.kind.schema, spec)) if (typeof value === "string") queue.push(value);
    if (one.declared) for (const need of lateNeeds(one.declared.desired)) queue.push(need.address);
  }
  for (const address of decisions.keys()) if (!reached.has(address)) decisions.delete(address);
}
