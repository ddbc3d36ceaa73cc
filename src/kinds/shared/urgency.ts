/** How urgent a difference is where that depends on both values: whether AWS is open to more than the file says. Pure. */
import type { FieldUrgency } from "../kind.ts";
import { meaningsOf } from "./policies/documents.ts";

type ByValues = (expected: unknown, actual: unknown) => FieldUrgency;

/** One value opens, and the others do not. */
export function opensWhen(value: unknown): ByValues {
  return (_expected, actual) => (actual === value ? "exposure" : "safety");
}

/** One value keeps it closed, and the others do not; so does what is not there. */
export function opensUnless(value: unknown): ByValues {
  return (expected, actual) => (actual !== value && (expected === value || expected === undefined) ? "exposure" : "safety");
}

/** An entry that the file does not list lets somebody in: a group whose rules add up to those of the others, a principal. */
export const opensWithMore: ByValues = (expected, actual) => {
  if (!Array.isArray(expected) && !Array.isArray(actual)) return actual !== undefined && expected === undefined ? "exposure" : "safety";
  const listed = new Set([expected].flat());
  return [actual].flat().some((one) => one !== undefined && !listed.has(one)) ? "exposure" : "safety";
};

/** A statement that the file does not have gives rights, or one that takes them is gone. */
export const opensByPolicy: ByValues = (expected, actual) => {
  const [written, there] = [meaningsOf(expected), meaningsOf(actual)];
  const isIn = (all: typeof written, { text }: (typeof written)[number]) => all.some((one) => one.text === text);
  const gives = there.some((one) => !one.isDeny && !isIn(written, one));
  const ceases = written.some((one) => one.isDeny && !isIn(there, one));
  return gives || ceases ? "exposure" : "safety";
};
