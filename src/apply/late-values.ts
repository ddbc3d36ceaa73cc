/** Puts late values into a step when the step needs them. The plan's order has made their objects before. */
import type { Kind, Spec } from "../kinds/kind.ts";
import { isLate, lateNeeds, nameOfLate, withKnown, type LateValue } from "../resource/late.ts";
import type { Decision, Declared } from "../plan/decision.ts";
import { StepError } from "./failure.ts";
import { withKnownValues } from "../plan/late.ts";
import { hashTags } from "../plan/tags.ts";

/**
 * Polls an object until it shows an output; throws when it does not. Undefined: the object does not exist yet, and a later stage waits for
 * it.
 */
export type Ask = (of: LateValue) => Promise<string | undefined>;

/** Returns the decision with all late values put into its texts, or the same decision when it has none. */
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
    const summary = `an expression in ${path} has no value with the values that AWS returned: ${why}.`;
    throw new StepError("expression-without-value", summary, { hint: "correct the expression, and run again" });
  });
  return { ...decision, declared: final, tags: { ...tags, set: finalTags(kind, tags.set, final, known) } };
}

/** Gives a tag that holds the hash of a text with late values the hash of the final text. */
function finalTags(kind: Kind, set: Decision["tags"]["set"], { desired }: Declared, known: (of: LateValue) => string | undefined) {
  const hashes = hashTags(kind, desired.spec as Spec);
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, isLate(value) ? (hashes[key] ?? withKnown(value, known)) : value]),
  );
}
