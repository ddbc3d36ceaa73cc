import type { FieldChange, Step } from "../plan/plan.ts";
import type { Json, Told } from "../kinds/kind.ts";
import { isTag } from "./change-lines.ts";
import { pad, widthOfText } from "./layout.ts";
import { placed } from "./placed.ts";
import type { TextOptions } from "./plan-text.ts";
import { brief, inline } from "./values.ts";

type Create = Extract<Step, { action: "create" }>;

/** What a reader must see of a new object: one line of plain values, and a line for each rule, route, listener or disk. */
export interface NewObject {
  readonly line: string;
  readonly lines: readonly Told[];
}

/** All that is written of a new object, and of its defaults those that open something. Nothing of it is cut off. */
export function newObject({ changes, summary }: Create): NewObject {
  const told = new Set(summary?.tells);
  const shown = changes.filter((change) => !isTag(change) && !told.has(change.path) && isWorthALine(change));
  const inLine = shown.filter((change) => linesOf(change).length === 0);
  return {
    line: [...(summary ? [summary.line] : []), ...inLine.map(inWords)].join(", "),
    lines: shown.flatMap(linesOf),
  };
}

/** One line each, with all that opens a network, gives a role or holds data under it. */
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

/** Lines under an object, their warnings under each other. */
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

function linesOf({ path, after, secret, told }: FieldChange): readonly Told[] {
  if (told) return told;
  if (secret || typeof after !== "object" || after === null) return [];
  if (Array.isArray(after)) {
    const items: readonly Json[] = after;
    return items.some(isObject) ? items.map((item) => ({ text: `${path}: ${inline(item)}` })) : [];
  }
  const entries = Object.entries(after as { readonly [key: string]: Json });
  return entries.some(([, value]) => isObject(value)) ? entries.map(([key, value]) => ({ text: `${path}.${key}: ${inline(value)}` })) : [];
}

function inWords({ path, after, secret }: FieldChange): string {
  return `${path}: ${secret ? "(secret)" : brief(after)}`;
}

function isObject(value: Json): boolean {
  return typeof value === "object" && value !== null;
}
