/** Passes over decisions, with all inputs and outputs frozen. */
import type { Decision, Decisions } from "../../src/plan/decision.ts";

/** The number of decisions that were frozen, so that a test can check that there were some. */
export const frozen = { decisions: 0 };

/** Returns the functions of a module, which then freeze all decisions in their inputs and outputs. */
export function withFrozen<M extends object>(module: M): M {
  const functions = Object.entries(module).map(([name, one]: [string, unknown]) => [
    name,
    typeof one === "function" ? (...given: unknown[]) => freeze((one as (...given: unknown[]) => unknown)(...given.map(freeze))) : one,
  ]);
  return Object.fromEntries(functions) as M;
}

/** Freezes a decision, a map of decisions, or such a map in the member "decisions". Everything else is left as it is. */
function freeze<T>(value: T): T {
  if (value instanceof Map) {
    const decisions = [...(value as Decisions).values()].filter(isDecision);
    if (decisions.length > 0) decisions.forEach(freezeOne);
    if (decisions.length > 0) freezeMap(value);
  } else if (isDecision(value)) freezeOne(value);
  else if (isHolder(value)) freeze(value.decisions);
  return value;
}

function freezeOne(one: Decision): void {
  frozen.decisions++;
  Object.freeze(one);
  freezeMap(one.causes);
  for (const list of [one.deltas, one.refused, one.contested, one.until ?? []]) Object.freeze(list);
  for (const delta of one.deltas) {
    Object.freeze(delta);
    for (const list of [delta.causes, delta.also]) if (list) Object.freeze(list);
  }
}

function freezeMap(map: ReadonlyMap<unknown, unknown>): void {
  const refuse = () => {
    throw new TypeError("a pass over decisions changes the map that it was given");
  };
  Object.assign(map, { set: refuse, delete: refuse, clear: refuse });
}

function isDecision(value: unknown): value is Decision {
  return typeof value === "object" && value !== null && "causes" in value && "refused" in value && "address" in value;
}

function isHolder(value: unknown): value is { readonly decisions: Decisions } {
  return typeof value === "object" && value !== null && "decisions" in value;
}
