/** Explains a value that has the right type and is refused, and names the values that are allowed. */
import type { JsonSchema } from "../schema/json-schema.ts";
import { plainValue } from "../yaml/parse.ts";
import { secondsOf, timeMeant, timePattern } from "../values/seconds.ts";
import { partsOf } from "../schema/pointer.ts";
import { toPlain, type Tree } from "../yaml/tree.ts";
import { nearestChoice } from "./write-example.ts";
import { shown, type Explaining, type Words } from "./schema-words.ts";

export function notAllowed(it: string, allowed: readonly unknown[], value: Tree, instancePath: string, context: Explaining): Words {
  const options = allowed.map((option) => String(option));
  const near = value.type === "scalar" && options.length > 1 ? choiceMeant(String(value.value), options, instancePath, context) : undefined;
  const list = options.length === 1 ? options[0] : `one of ${options.join(", ")}`;
  return {
    code: "bad-value",
    summary: `${it} must be ${list}, but is ${shown(value)}.`,
    hint: near ? `did you mean "${near}"?` : undefined,
  };
}

function choiceMeant(word: string, options: readonly string[], instancePath: string, { kinds }: Explaining): string | undefined {
  const [section] = partsOf(instancePath);
  const foreign = kinds.find((kind) => kind.section === section)?.foreign?.values?.[word];
  return foreign !== undefined && options.includes(foreign) ? foreign : nearestChoice(word, options);
}

export function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema as Record<string, number | undefined>;
  if (minimum !== undefined && maximum !== undefined) return `between ${minimum} and ${maximum}`;
  if (minimum !== undefined) return `at least ${minimum}`;
  if (maximum !== undefined) return `at most ${maximum}`;
  return above !== undefined ? `more than ${above}` : `less than ${below}`;
}

export function lengths(schema: JsonSchema, of: string, word: string): string {
  const [least, most] = [schema[`min${of}`] as number | undefined, schema[`max${of}`] as number | undefined];
  const words = (n: number) => `${n} ${n === 1 ? word : word === "entry" ? "entries" : `${word}s`}`;
  if (least !== undefined && most !== undefined && least > 0)
    return least === most ? `exactly ${words(least)}` : `between ${least} and ${words(most)}`;
  return most !== undefined ? `at most ${words(most)}` : `at least ${words(least ?? 0)}`;
}

/** Returns the words of a pattern that is only a choice of words, such as `^(never|always)$`. AWS's schemas have many of these. */
export function choicesIn({ pattern }: JsonSchema): readonly string[] | undefined {
  return /^\^\(([\w-]+(?:\|[\w-]+)+)\)\$$/.exec(String(pattern))?.[1]!.split("|");
}

/**
 * Returns a hint with the value that was meant, when only capitals, blanks or the hyphens between digits differ: `TCP`, `1234-5678-9012`.
 */
export function meantByPattern({ pattern }: JsonSchema, value: Tree): string | undefined {
  const written = toPlain(value);
  if (typeof written !== "string") return undefined;
  const forms = [written.trim(), written.toLowerCase(), written.toUpperCase(), written.replaceAll(/(?<=\d)[ -](?=\d)/g, "")];
  const meant = forms.find((one) => new RegExp(String(pattern)).test(one));
  if (meant === undefined || meant === written.trim()) return undefined; // a block of text: stray.ts explains it
  return `write ${typeof plainValue(meant) === "string" ? meant : JSON.stringify(meant)}`;
}

/** Returns what to write for a length of time that is written in another form. */
export function timeInstead({ pattern }: JsonSchema, value: Tree): string | undefined {
  if (pattern !== timePattern || value.type !== "scalar") return undefined;
  if (secondsOf(`${value.raw}s`) !== undefined) return `write it with its unit: ${value.raw}s, if these are seconds`;
  const meant = timeMeant(value.raw);
  return meant && `write ${meant}`;
}
