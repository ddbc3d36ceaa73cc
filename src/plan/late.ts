/**
 * Late values in a plan. A value that stays as it is in AWS is put into the texts. A value of an object that is made, or that gets another
 * value, is known only after its object, and the text keeps its mark. Which of the two applies depends on the decision about the object,
 * and that decision may depend on such a text. So the plan decides again until no more values become unknown.
 */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Spec } from "../kinds/kind.ts";
import { isLate, lateNeeds, nameOfLate, outputOf, outputsOfKind, withKnown, type LateValue } from "../resource/late.ts";
import { decide } from "./decide.ts";
import { resourceIndexOf } from "./resource-index.ts";
import type { Decision, Decisions, Declared } from "./decision.ts";
import type { PlanInput } from "./planned.ts";
import type { Observed } from "./observed.ts";

/**
 * Decides with the values that AWS has now, until no more of them are about to change. Objects in `staying` keep their values whatever is
 * decided, because their changes were refused. `refusedOf` takes decisions from which changes were removed, and returns the objects that
 * now stay as well.
 */
export function decideWithValues(input: PlanInput, staying: ReadonlySet<Address>) {
  const { environment, goal, observed, appliedHistory } = input;
  const waiting = awaited(input.declared);
  const unknown = new Set<string>();
  for (;;) {
    const declared = waiting.size === 0 ? input.declared : withValues(input.declared, observed, unknown);
    const index = resourceIndexOf(environment.region, declared, observed);
    const decided = decide(environment, goal, declared, observed, index, appliedHistory);
    const isNew = ([name, of]: readonly [string, LateValue]) =>
      !unknown.has(name) && !staying.has(of.address) && isAnother(of.output, decided.decisions.get(of.address));
    const more = [...waiting].filter(isNew);
    if (more.length === 0) {
      const refusedOf = (safe: Decisions) =>
        [...waiting].flatMap(([name, of]) => {
          const source = safe.get(of.address);
          return unknown.has(name) && source?.found && !isAnother(of.output, source) ? [of.address] : [];
        });
      const { problems, failed } = missingValues(input, declared, unknown);
      const wrong = wrongValues(input.declared, valuesOf(observed, unknown));
      return {
        declared,
        index,
        decided,
        problems: [...problems, ...wrong.problems],
        failed: new Set([...failed, ...wrong.failed]),
        refusedOf,
      };
    }
    for (const [name] of more) unknown.add(name);
  }
}

/** Returns every value that a declared resource waits for, by name. Empty for nearly every environment. */
function awaited(declared: ReadonlyMap<Address, Declared>): ReadonlyMap<string, LateValue> {
  const found = new Map<string, LateValue>();
  for (const { desired } of declared.values())
    for (const { address, output } of lateNeeds(desired)) found.set(nameOfLate({ address, output }), { address, output });
  return found;
}

/** Returns the declared resources with the values that AWS has, except those that are `unknown`. */
function withValues(
  declared: ReadonlyMap<Address, Declared>,
  observed: Observed,
  unknown: ReadonlySet<string>,
): ReadonlyMap<Address, Declared> {
  const known = valuesOf(observed, unknown);
  return new Map(
    [...declared].map(([address, one]): [Address, Declared] => {
      const needs = lateNeeds(one.desired);
      if (needs.length === 0) return [address, one];
      const values = Object.fromEntries(needs.map((of) => [nameOfLate(of), known(of) ?? null]));
      return [address, { ...withKnownValues(one, known), held: { written: { desired: one.desired, resolved: one.resolved }, values } }];
    }),
  );
}

type Values = (of: LateValue) => string | undefined;

function valuesOf(observed: Observed, unknown: ReadonlySet<string>): Values {
  return (of) => (unknown.has(nameOfLate(of)) ? undefined : outputOf(observed.objects.get(of.address)?.live, of.output));
}

/** Puts the known values into the texts of a declared resource. Calls `wrong` with the reason why an expression has no value. */
export function withKnownValues(one: Declared, known: Values, wrong?: (path: string, why: string) => void): Declared {
  const { desired, resolved } = one;
  const put = (path: string, value: unknown) => withKnown(value, known, (why) => wrong?.(path, why));
  const written = desired.spec as Spec;
  const spec = isLate(written) ? Object.fromEntries(Object.entries(written).map(([path, value]) => [path, put(path, value)])) : written;
  const tags = put("tags", desired.tags) as typeof desired.tags;
  return { ...one, desired: { ...desired, spec, tags }, resolved: withKnown(resolved, known) };
}

/** Reports expressions that have no value although all values in them are known. */
function wrongValues(declared: PlanInput["declared"], known: Values) {
  const failed = new Set<Address>();
  const problems = [...declared.values()].flatMap((one): Diagnostic[] => {
    if (lateNeeds(one.desired).length === 0) return [];
    const found: Diagnostic[] = [];
    const { desired } = one;
    withKnownValues(one, known, (path, why) => {
      failed.add(desired.address);
      found.push({
        code: "expression-without-value",
        severity: "error",
        at: desired.at(path),
        summary: `${desired.address}: an expression in ${path} has no value with the values that AWS returned: ${why}.`,
        hint: "correct the expression; until then nothing is done for this resource or those that depend on it",
      });
    });
    return found;
  });
  return { problems, failed };
}

/** Whether the decision about the object gives its output another value. */
function isAnother(output: string, one: Decision | undefined): boolean {
  if (!one || one.action === "create" || one.action === "replace") return true;
  const changesWith = outputsOfKind(one.kind)[output]?.changesWith;
  if (changesWith === undefined || one.deltas.length === 0) return false;
  if (changesWith === "restart") return one.action === "restart";
  return changesWith === "update" || one.deltas.some(({ field }) => changesWith.includes(field));
}

/** Reports resources that hold a value which AWS does not have and nothing in the plan makes. They are not planned. */
function missingValues(
  { observed, failed }: Pick<PlanInput, "observed" | "failed">,
  declared: PlanInput["declared"],
  unknown: ReadonlySet<string>,
) {
  const isMissing = (of: LateValue) => {
    const live = observed.objects.get(of.address)?.live;
    return live?.state === "ready" && !unknown.has(nameOfLate(of)) && outputOf(live, of.output) === undefined;
  };
  const missing = [...declared.values()].flatMap(({ desired, held }) =>
    (held ? lateNeeds(held.written.desired) : []).filter(isMissing).map((need) => ({ desired, need })),
  );
  const problems = missing.map(({ desired, need: { address, output, path } }): Diagnostic => ({
    code: "output-not-known",
    severity: "error",
    at: desired.at(path),
    summary: `${desired.address}: ${path} uses ${address}.${output}, which AWS has not assigned to ${address}.`,
    hint: "change that resource so that AWS assigns the value, or remove the expression; until then nothing is done for this resource or those that depend on it",
  }));
  return { problems, failed: new Set([...failed, ...missing.map(({ desired }) => desired.address)]) };
}
