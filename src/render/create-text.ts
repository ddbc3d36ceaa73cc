import type { FieldChange, Step } from "../plan/plan.ts";
import type { Json, Told } from "../kinds/kind.ts";
import { isTag } from "./change-lines.ts";
import { pad, widthOfText } from "./layout.ts";
import { placed } from "./placed.ts";
import type { TextOptions } from "./text-options.ts";
import { brief, inline } from "./values.ts";

type Create = Extract<Step, { action: "create" }>;

/** The text of a new object: one line of plain values, and a line for each rule, route, listener or disk. */
export interface NewObject {
  readonly line: string;
  readonly lines: readonly Told[];
}

/** Describes a new object: every value that is written for it, and those defaults that open something. Nothing is cut off. */
export function newObject({ changes, summary }: Create): NewObject {
  const told = new Set(summary?.tells);
  const shown = changes.filter((change) => !isTag(change) && !told.has(change.path) && isWorthALine(change));
  const inLine = shown.filter((change) => linesOf(change).length === 0);
  return {
    line: [summary?.line ?? "", ...inLine.map(inWords)].filter((text) => text !== "").join(", "),
    lines: shown.flatMap(linesOf),
  };
}

/** Returns a line for each new object. Below it stand the parts that open a network, give a role or hold data. */
export function createText(steps: readonly Step[], placeOfStep: (step: Step) => string, options: TextOptions): string[] {
  const { paint } = options;
  const longest = Math.min(34, Math.max(...steps.map((step) => widthOfText(step.address))));
  return steps.flatMap((step) => {
    if (step.action !== "create") return [];
    const { line, lines } = newObject(step);
    const head = `  +   ${pad(step.address, longest)}  `;
    const hanging = " ".repeat(options.width >= 80 ? widthOfText(head) : 10);
    return [
      ...placed(`${head}${line}`.trimEnd(), placeOfStep(step), options, paint.added, hanging),
      ...toldLines(lines, " ".repeat(options.width >= 80 ? 10 : 6), options),
    ];
  });
}

/** Returns the lines under an object, with their warnings aligned. */
function toldLines(lines: readonly Told[], indent: string, options: TextOptions): string[] {
  const { width, paint } = options;
  const warned = lines.filter(({ warning }) => warning !== undefined);
  const longest = Math.max(0, ...warned.map(({ text }) => widthOfText(text)));
  return lines.flatMap(({ text, warning }) => {
    if (warning === undefined) return placed(`${indent}${text}`, "", options, paint.added);
    const sign = `! ${warning}`;
    const beside = `${indent}${pad(text, longest)}  `;
    if (widthOfText(beside) + widthOfText(sign) <= width) return [`${paint.added(beside)}${paint.danger(sign)}`];
    return [...placed(`${indent}${text}`, "", options, paint.added), paint.danger(`${indent}  ${sign}`)];
  });
}

function isWorthALine({ unwritten, isShown, told }: FieldChange): boolean {
  return unwritten !== true || isShown === true || (told !== undefined && told.length > 0);
}

/**
 * Returns separate lines for values that do not read well within one line: a list of several items, a mapping with several keys, anything
 * deeper.
 */
function linesOf({ path, after, secret, told }: FieldChange): readonly Told[] {
  if (told) return told;
  if (secret || !isObject(after)) return [];
  if (Array.isArray(after)) {
    const items: readonly Json[] = after;
    if (items.some(isObject)) return items.map((item) => ({ text: `${path}: ${members(item)}` }));
    return items.length > 1 ? [{ text: `${path}: ${items.map(inline).join(", ")}` }] : [];
  }
  const entries = Object.entries(after);
  if (entries.some(([, value]) => isObject(value) && !isListOfWords(value)))
    return entries.map(([key, value]) => ({ text: `${path}.${key}: ${members(value)}` }));
  return entries.length > 1 ? [{ text: `${path}: ${members(after)}` }] : [];
}

function inWords({ path, after, secret }: FieldChange): string {
  if (secret) return `${path}: (secret)`;
  return `${path}: ${Array.isArray(after) && after.length === 0 ? "none" : isObject(after) ? members(after) : brief(after)}`;
}

/** Writes a mapping's members or a list's items without the braces: `path /, interval 10`. Deeper values are written as in YAML. */
function members(value: Json): string {
  if (!isObject(value)) return brief(value);
  const parts = Array.isArray(value) ? value.map(inline) : Object.entries(value).map(([key, of]) => `${key} ${inline(of)}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function isListOfWords(value: Json): boolean {
  return Array.isArray(value) && !value.some(isObject);
}

function isObject(value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null;
}
