/** Shows before and after in one picture: all resources that exist or are declared, each with the action of the plan. */
import type { Address, Drawn, Kind, ResourceIndex, Subject } from "../kinds/kind.ts";
import type { Plan } from "../plan/plan.ts";
import { reachedChange, reachedIn, type Estate } from "./reached.ts";
import { shownOf, type Mark, type Shown, type PictureInput } from "./input.ts";

export interface BothStates {
  readonly kinds: readonly Kind[];
  readonly plan: Pick<Plan, "project" | "environment" | "region" | "steps" | "isNew">;
  /** The resources in AWS, with addresses instead of ids. */
  readonly before: readonly Subject[];
  /** The resources that the YAML declares; empty when everything is to be deleted. */
  readonly wanted: readonly Subject[];
  index(subjects: readonly Subject[]): ResourceIndex;
  /** Both states as the plan itself computes who can reach whom. Absent: the states are made from the subjects. */
  readonly reached?: { readonly before: Estate; readonly after: Estate };
}

/** Returns the picture of a plan: the network before and after. */
export function inputOfPlan({ kinds, plan, before, wanted, index, reached }: BothStates): PictureInput {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const marks = marksOf(plan);
  const here = new Set(before.map(({ address }) => address));
  const declared = new Set(wanted.map(({ address }) => address));
  // A declared resource that a plan with --target leaves out is not created.
  const made = wanted.filter(({ address }) => here.has(address) || marks.has(address));
  const after = [...made, ...before.filter(({ address }) => !declared.has(address) && marks.get(address) !== "delete")];
  const gone = before.filter(({ address }) => !declared.has(address) && marks.get(address) === "delete");
  const [indexBefore, indexAfter] = [index(before), index(after)];
  const shown = (subjects: readonly Subject[], of: ResourceIndex) =>
    subjects.flatMap((subject) => shownOf(byName, subject, of, marks.get(subject.address)) ?? []);
  const states = reached ?? { before: { subjects: before, index: indexBefore }, after: { subjects: after, index: indexAfter } };
  return {
    title: `${plan.project}/${plan.environment}`,
    region: plan.region,
    shown: [...shown(after, indexAfter), ...shown(gone, indexBefore)],
    ...(plan.isNew ? reachedIn(kinds, states.after) : reachedChange(kinds, states.before, states.after)),
    isPlan: true,
  };
}

/** Returns the most important action of each address, since an object can get new tags and a change. */
function marksOf({ steps }: Pick<Plan, "steps">): ReadonlyMap<Address, Mark> {
  const marks = new Map<Address, Mark>();
  for (const { address, action } of steps) {
    const known = marks.get(address);
    if (known === undefined || weights.indexOf(action) < weights.indexOf(known)) marks.set(address, action);
  }
  return marks;
}

const weights: readonly Mark[] = ["delete", "replace", "restart", "create", "update", "retag", "keep"];

/** Keeps only the resources that change, and those in which they lie. */
export function onlyChanged(input: PictureInput): PictureInput {
  const isChanged = ({ mark }: Shown) => mark !== undefined && mark !== "keep";
  const kept = new Set(input.shown.filter(isChanged).map(({ address }) => address));
  const keepAll = (wanted: (drawn: Drawn) => readonly string[], from: ReadonlySet<string>) => {
    for (const { address, drawn } of input.shown) if (from.has(address)) for (const other of wanted(drawn)) kept.add(other);
  };
  for (const { address, drawn } of input.shown)
    if ((drawn.as === "card" || drawn.as === "bar") && drawn.chips.some((chip) => kept.has(chip))) kept.add(address);
  keepAll((drawn) => (drawn.as === "card" || drawn.as === "bar" ? [...drawn.at, ...drawn.chips] : []), new Set(kept));
  keepAll((drawn) => (drawn.as === "cell" ? [drawn.in, ...(drawn.by === undefined ? [] : [drawn.by])] : []), new Set(kept));
  for (const { address, drawn } of input.shown)
    if (drawn.as === "door" && (kept.has(drawn.of) || (drawn.also !== undefined && kept.has(drawn.also)))) kept.add(address);
  return { ...input, shown: input.shown.filter(({ address }) => kept.has(address)), isPart: true };
}
