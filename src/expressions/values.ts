import type { CelInput, CelValue } from "@bufbuild/cel";
import { cel } from "./library.ts";

/** Values as the YAML has them, without their places. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A problem of a value, described without its place. */
export class ValueProblem extends Error {}

/** A problem of the types of values, which remains for all values of these types. */
export class TypeProblem extends ValueProblem {}

/** The limits of a result. More is an accident or an attack. */
const mostItems = 100_000;
export const longestText = 1024 * 1024;

/** Returns a value of the YAML for CEL. Whole numbers become its int, and keys of maps are sorted by code point. */
export function toCel(value: Plain): CelInput {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toCel);
  return new Map(
    Object.entries(value as Readonly<Record<string, Plain>>)
      .sort(byCodePoint)
      .map(([key, inner]) => [key, toCel(inner)]),
  );
}

/** Returns a value of CEL in the form that the YAML could have. */
export function fromCel(value: CelValue): Plain {
  return plainOf(value, { items: mostItems, characters: 8 * longestText });
}

function plainOf(value: CelValue, budget: { items: number; characters: number }): Plain {
  const { isCelList, isCelMap, isCelUint } = cel();
  if (--budget.items < 0) throw new ValueProblem(`it makes more than ${mostItems.toLocaleString("en")} values`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if ((budget.characters -= value.length) < 0) throw new ValueProblem("it makes more than 8 MiB of text");
    return short(value);
  }
  if (typeof value === "bigint") return wholeNumber(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ValueProblem(`it gives ${value}, which is not a number in YAML`);
    return value;
  }
  if (isCelUint(value)) return wholeNumber(value.value);
  if (isCelList(value)) return Array.from(value, (item) => plainOf(item, budget));
  if (isCelMap(value)) {
    const entries = [...value.entries()].map(([key, inner]): [string, Plain] => [
      String(isCelUint(key) ? key.value : key),
      plainOf(inner, budget),
    ]);
    return Object.fromEntries(entries.sort(byCodePoint));
  }
  throw new ValueProblem(`it gives ${value instanceof Uint8Array ? "bytes" : "a value"} that YAML does not have; convert it to a string`);
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ValueProblem(`it gives ${value}, a number that is too large to be exact`);
  return number;
}

/** Returns a text, or throws when it has grown too long. */
export function short(text: string): string {
  if (text.length > longestText) throw new ValueProblem("it makes a string of more than 1 MiB");
  return text;
}

/** Returns a value as it stands inside a longer text. */
export function textOfValue(value: Plain): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null) throw new ValueProblem("it gives null, which cannot be part of a string");
  const [what, how] = Array.isArray(value) ? ["a list", "join(list, separator) or json(value)"] : ["a map", "json(value)"];
  throw new ValueProblem(`it gives ${what}, which cannot be part of a string; convert it with ${how}`);
}

/** Compares by code points, which gives the same order on every machine and for every key. */
export function byCodePoint([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
