/** `outputs:` of an environment: values for people and scripts, some of which only AWS knows. */
import type { Address, Kind } from "../kinds/kind.ts";
import { isLate, outputsOfKind, partsOf, type LateValue } from "../resource/late.ts";
import { toPlain, type MapTree } from "./tree.ts";

/** One output: its value where it is known, and else the text with places for what is asked of AWS. */
export type Output =
  | { readonly name: string; readonly value: unknown }
  | {
      readonly name: string;
      readonly parts: readonly (string | LateValue)[];
      /** It is one value and nothing else, and that is a number. */
      readonly isNumber?: true;
    };

/** The outputs of an expanded section. */
export function outputsOf(section: MapTree, kinds: ReadonlyMap<string, Kind>): Output[] {
  return [...section.entries].map(([name, entry]) => {
    const value = toPlain(entry.value);
    if (typeof value !== "string" || !isLate(value)) return { name, value };
    const parts = partsOf(value);
    return { name, parts, ...(isNumber(parts, kinds) && { isNumber: true }) };
  });
}

function isNumber([only, ...others]: readonly (string | LateValue)[], kinds: ReadonlyMap<string, Kind>): boolean {
  if (only === undefined || typeof only === "string" || others.length > 0) return false;
  const kind = kinds.get(only.address.slice(0, only.address.indexOf("/")));
  return kind !== undefined && outputsOfKind(kind)[only.output]?.type === "number";
}

/** All outputs with what is known of live objects; apart from them those that wait, with the resources that they wait for. */
export function outputValues(outputs: readonly Output[], known: Known): OutputValues {
  const waiting = new Map<string, readonly Address[]>();
  const values = outputs.flatMap((one): (readonly [string, unknown])[] => {
    const found = valueOfOutput(one, known);
    if ("value" in found) return [[one.name, found.value]];
    waiting.set(one.name, found.waitsFor);
    return [];
  });
  return { values, waiting };
}

export interface OutputValues {
  readonly values: readonly (readonly [string, unknown])[];
  /** What is not known yet, with the resources that do not exist. */
  readonly waiting: ReadonlyMap<string, readonly Address[]>;
}

/** What AWS tells of an object for one of its kind's outputs. */
export type Known = (address: Address, name: string) => string | undefined;

/** The value of an output in a text. */
export function textOfOutput(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** The resources that outputs ask for. */
export function sourcesOf(outputs: readonly Output[]): readonly Address[] {
  const parts = outputs.flatMap((one) => ("parts" in one ? one.parts : []));
  return [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.address])))];
}

/** An output with what is known of live objects; the addresses that it waits for where they do not exist. */
export function valueOfOutput(output: Output, known: Known): { readonly value: unknown } | { readonly waitsFor: readonly Address[] } {
  if ("value" in output) return { value: output.value };
  const waitsFor: Address[] = [];
  const texts = output.parts.map((part) => {
    if (typeof part === "string") return part;
    const text = known(part.address, part.output);
    if (text === undefined) waitsFor.push(part.address);
    return text ?? "";
  });
  if (waitsFor.length > 0) return { waitsFor };
  return { value: output.isNumber ? Number(texts.join("")) : texts.join("") };
}
