/** `outputs:` of an environment: values for people and scripts, some of which only AWS knows. */
import type { Node } from "../../expressions/node.ts";
import { ValueProblem } from "../../expressions/values.ts";
import type { Address, Kind } from "../../kinds/kind.ts";
import { finish, isLate, lateIn, markOfNode, outputsOfKind, partsOf, shownLate, withKnown, type LateValue } from "../../resource/late.ts";
import type { MapTree } from "../yaml/tree.ts";
import { jsonOf, toWritten, WrittenNumber } from "../yaml/written-number.ts";

/** One output: its value when it is known, otherwise a waiting value with marks in the places of late values. */
export type Output = { readonly name: string; readonly value: unknown } | { readonly name: string; readonly late: Waiting };

/** A waiting value, in the shape that it will have. */
type Waiting =
  | { readonly plain: unknown }
  /** `isNumber`: the text is a single late value, and that is a number. */
  | { readonly text: string; readonly isNumber?: true }
  | { readonly node: Node }
  | { readonly items: readonly Waiting[] }
  | { readonly entries: readonly (readonly [string, Waiting])[] };

/** The outputs of an expanded section. */
export function outputsOf(section: MapTree, kinds: ReadonlyMap<string, Kind>): Output[] {
  return [...section.entries].map(([name, entry]) => {
    const value = toWritten(entry.value);
    return isLate(value) ? { name, late: waitingOf(value, kinds) } : { name, value };
  });
}

function waitingOf(value: unknown, kinds: ReadonlyMap<string, Kind>): Waiting {
  if (!isLate(value)) return { plain: value };
  if (Array.isArray(value)) return { items: value.map((item) => waitingOf(item, kinds)) };
  if (typeof value !== "string")
    return { entries: Object.entries(value as object).map(([key, inner]) => [key, waitingOf(inner, kinds)] as const) };
  const [only, ...others] = partsOf(value);
  if (typeof only === "object" && "node" in only && others.length === 0) return only;
  return { text: value, ...(others.length === 0 && isNumber(only, kinds) && { isNumber: true as const }) };
}

function isNumber(only: ReturnType<typeof partsOf>[number] | undefined, kinds: ReadonlyMap<string, Kind>): boolean {
  if (typeof only !== "object" || "node" in only) return false;
  const kind = kinds.get(only.address.slice(0, only.address.indexOf("/")));
  return kind !== undefined && outputsOfKind(kind)[only.output]?.type === "number";
}

/** Returns the outputs as people see them before AWS was asked: `(known after loadBalancer/web)`. */
export function outputsBefore(outputs: readonly Output[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(outputs.map((one) => [one.name, "value" in one ? one.value : shownWaiting(one.late)]));
}

function shownWaiting(waiting: Waiting): unknown {
  if ("plain" in waiting) return waiting.plain;
  if ("items" in waiting) return waiting.items.map(shownWaiting);
  if ("entries" in waiting) return Object.fromEntries(waiting.entries.map(([key, inner]) => [key, shownWaiting(inner)]));
  return shownLate("node" in waiting ? markOfNode(waiting.node) : waiting.text);
}

/**
 * Returns all outputs that have a value with what is known of live objects, and apart from them those that wait, with the resources that
 * they wait for.
 */
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
  /** Outputs that have no value yet, with the resources that do not exist. */
  readonly waiting: ReadonlyMap<string, readonly Address[]>;
}

/** Returns the value that AWS tells for one output of an object. */
export type Known = (address: Address, name: string) => string | undefined;

/** Returns the value of an output as a text. */
export function textOfOutput(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  return typeof value === "object" && value !== null ? jsonOf(value) : String(value);
}

/** The resources whose values outputs need. */
export function sourcesOf(outputs: readonly Output[]): readonly Address[] {
  return [...new Set(outputs.flatMap((one) => ("late" in one ? lateIn(one.late) : [])).map(({ address }) => address))];
}

/** Returns the value of an output with what is known of live objects, or the addresses of the missing objects that it waits for. */
export function valueOfOutput(output: Output, known: Known): { readonly value: unknown } | { readonly waitsFor: readonly Address[] } {
  if ("value" in output) return { value: output.value };
  const missing = lateIn(output.late).filter(({ address, output: name }) => known(address, name) === undefined);
  if (missing.length > 0) return { waitsFor: missing.map(({ address }) => address) };
  return { value: finished(output.late, ({ address, output: name }) => known(address, name)) };
}

function finished(waiting: Waiting, known: (of: LateValue) => string | undefined): unknown {
  if ("plain" in waiting) return waiting.plain;
  if ("items" in waiting) return waiting.items.map((item) => finished(item, known));
  if ("entries" in waiting) return Object.fromEntries(waiting.entries.map(([key, inner]) => [key, finished(inner, known)]));
  try {
    if ("node" in waiting) return finish(waiting.node, { text: (text) => textWith(text, known), account: "", zones: [] });
    const text = textWith(waiting.text, known);
    return waiting.isNumber ? Number(text) : text;
  } catch (error) {
    // An output without a value takes nothing from the others. Its text says why it has none.
    if (error instanceof ValueProblem) return `(no value: ${error.message})`;
    throw error;
  }
}

function textWith(text: string, known: (of: LateValue) => string | undefined): string {
  return withKnown(text, known, (why) => {
    throw new ValueProblem(why);
  });
}
