/** The values that only AWS tells, at the moment in which a step needs them: the plan's order has brought their objects before it. */
import type { Kind, Spec } from "../kinds/kind.ts";
import { isLate, lateNeeds, nameOfLate, withKnown, type LateValue } from "../resource/late.ts";
import type { Decision, Declared } from "../plan/decision.ts";
import { StepError } from "./failure.ts";
import { withKnownValues } from "../plan/late.ts";
import { hashTags } from "../plan/tags.ts";

/** Looks at an object until it tells an output; throws when it does not. Undefined: it is not there yet, and a later stage waits for it. */
export type Ask = (of: LateValue) => Promise<string | undefined>;

/** The decision with all values put in that its texts wait for; the same object where they wait for none. */
export async function withLateValues(decision: Decision, ask: Ask): Promise<Decision> {
  const { declared, tags, kind } = decision;
  const needs = declared?.held ? lateNeeds(declared.desired) : [];
  if (!declared || needs.length === 0) return decision;
  const values = new Map<string, string>();
  for (const of of needs) {
    const value = values.has(nameOfLate(of)) ? undefined : await ask(of);
    if (value !== undefined) values.set(nameOfLate(of), value);
  }
  const known = (of: LateValue) => values.get(nameOfLate(of));
  const final = withKnownValues(declared, known, (path, why) => {
    const summary = `an expression in ${path} has no value with what AWS tells: ${why}.`;
    throw new StepError("expression-without-value", summary, { hint: "correct the expression, and run again" });
  });
  return { ...decision, declared: final, tags: { ...tags, set: finalTags(kind, tags.set, final, known) } };
}

/** A tag that holds the hash of a text which was not known gets the hash of the text that is sent. */
function finalTags(kind: Kind, set: Decision["tags"]["set"], { desired }: Declared, known: (of: LateValue) => string | undefined) {
  const hashes = hashTags(kind, desired.spec as Spec);
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, isLate(value) ? (hashes[key] ?? withKnown(value, known)) : value]),
  );
}
