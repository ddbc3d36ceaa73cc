/** The rules of a declared variable or parameter, and what breaks them. */
import type { Spot } from "../yaml/source.ts";
import { toPlain, valueOf, type MapTree, type Tree } from "../yaml/tree.ts";

export const types = ["string", "number", "boolean", "list", "map"] as const;
export type VariableType = (typeof types)[number];

export const ruleNames = [
  "type",
  "default",
  "description",
  "enum",
  "pattern",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
];

/** Returns the rule of a declaration that a value breaks, as a sentence about the variable; undefined when the value fits. */
export function whyNotFitting(value: Tree, rules: MapTree): string | undefined {
  const rule = (name: string) => {
    const found = valueOf(rules, name);
    return found && toPlain(found);
  };
  const plain = toPlain(value);
  const shown = JSON.stringify(plain);
  const allowed = rule("enum");
  if (Array.isArray(allowed) && !allowed.includes(plain))
    return `is ${shown}, but enum allows ${allowed.map((one) => JSON.stringify(one)).join(", ")}`;
  const pattern = rule("pattern");
  if (typeof pattern === "string" && typeof plain === "string" && !matches(pattern, plain))
    return `is ${shown}, which does not match the pattern ${pattern}`;
  const [measure, what, least, most] = measureOf(plain);
  const [min, max] = [rule(least), rule(most)];
  if (typeof min === "number" && measure < min) return `has ${what(measure)}, but ${least} is ${min}`;
  if (typeof max === "number" && measure > max) return `has ${what(measure)}, but ${most} is ${max}`;
  return undefined;
}

function measureOf(plain: unknown): [number, (measure: number) => string, string, string] {
  if (typeof plain === "number") return [plain, (value) => `the value ${value}`, "minimum", "maximum"];
  if (typeof plain === "string")
    return [plain.length, (length) => `${length} character${length === 1 ? "" : "s"}`, "minLength", "maxLength"];
  const size = typeof plain === "object" && plain !== null ? Object.keys(plain).length : 0;
  return [size, (items) => `${items} item${items === 1 ? "" : "s"}`, "minItems", "maxItems"];
}

/** Whether a text matches. A pattern that is no regular expression is reported where it is declared, and refuses nothing. */
function matches(pattern: string, text: string): boolean {
  const expression = regularExpression(pattern);
  return expression instanceof RegExp ? expression.test(text) : true;
}

/** Returns the regular expression, or why the text is none. */
function regularExpression(pattern: string): RegExp | string {
  try {
    return new RegExp(pattern, "u");
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: \/.*\/\w*: /s, "");
  }
}

/** Returns the rules to which no value could be compared: those of a wrong form, or for values of another type. */
export function badRules(rules: MapTree, type: VariableType | undefined): { readonly spot: Spot; readonly summary: string }[] {
  return [...rules.entries].flatMap(([rule, { key, value }]) => {
    if (value.type === "scalar" && value.value === null) return [];
    const of = ofTypes[rule];
    if (of && type !== undefined && !of.includes(type))
      return [{ spot: key, summary: `${rule} is a rule for a ${of.join(" or ")}, but this is ${articled(type)}` }];
    const why = whyNotRule(rule, toPlain(value));
    return why === undefined ? [] : [{ spot: value.spot, summary: `${rule} ${why}` }];
  });
}

function whyNotRule(rule: string, value: unknown): string | undefined {
  if (rule === "enum") return Array.isArray(value) && value.length > 0 ? undefined : "takes a list of the values that are allowed";
  if (rule === "pattern") {
    const expression = typeof value === "string" ? regularExpression(value) : "it is not a string";
    return typeof expression === "string"
      ? `takes a regular expression, but ${JSON.stringify(value)} is not one: ${expression}`
      : undefined;
  }
  if (rule === "minimum" || rule === "maximum") return typeof value === "number" ? undefined : "takes a number";
  if (/^(min|max)(Length|Items)$/.test(rule))
    return Number.isInteger(value) && (value as number) >= 0 ? undefined : "takes a whole number, 0 or more";
  return rule === "description" && typeof value !== "string" ? "takes a string" : undefined;
}

/** The types to whose values each rule applies. */
const ofTypes: Readonly<Record<string, readonly VariableType[]>> = {
  enum: ["string", "number", "boolean"],
  pattern: ["string"],
  minLength: ["string"],
  maxLength: ["string"],
  minimum: ["number"],
  maximum: ["number"],
  minItems: ["list", "map"],
  maxItems: ["list", "map"],
};

export function articled(type: VariableType | undefined): string {
  if (type === "boolean") return "true or false";
  return type ? `a ${type}` : "no value";
}
