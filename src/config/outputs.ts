/** `outputs:` of an environment: values for people and scripts, some of which only AWS knows. */
import type { Address } from "../kinds/kind.ts";
import { lateMark } from "./interpolate.ts";
import { toPlain, type MapTree } from "./tree.ts";

/** One output: its value where it is known, and else the text with places for what is asked of AWS. */
export type Output =
  | { readonly name: string; readonly value: unknown }
  | { readonly name: string; readonly parts: readonly (string | { readonly address: Address; readonly output: string })[] };

/** The outputs of an expanded section. */
export function outputsOf(section: MapTree): Output[] {
  return [...section.entries].map(([name, entry]) => {
    const value = toPlain(entry.value);
    return typeof value === "string" && value.includes("\uE000") ? { name, parts: partsOf(value) } : { name, value };
  });
}

/** An output with what is known of live objects; the addresses that it waits for where they do not exist. */
export function valueOfOutput(
  output: Output,
  known: (address: Address, name: string) => string | undefined,
): { readonly value: unknown } | { readonly waitsFor: readonly Address[] } {
  if ("value" in output) return { value: output.value };
  const waitsFor: Address[] = [];
  const texts = output.parts.map((part) => {
    if (typeof part === "string") return part;
    const text = known(part.address, part.output);
    if (text === undefined) waitsFor.push(part.address);
    return text ?? "";
  });
  return waitsFor.length > 0 ? { waitsFor } : { value: texts.join("") };
}

function partsOf(text: string): (string | { address: Address; output: string })[] {
  // Splitting by a pattern with two groups gives text, address, output, text and so on.
  const found = text.split(lateMark.pattern);
  return found.flatMap((part, i): (string | { address: string; output: string })[] => {
    if (i % 3 === 0) return part === "" ? [] : [part];
    return i % 3 === 1 ? [{ address: part, output: found[i + 1]! }] : [];
  });
}
