import { didYouMean } from "../diag/did-you-mean.ts";
import type { Code } from "../diag/codes.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import { error, type Report } from "./problem.ts";
import { positionOf, type Spot } from "./source.ts";
import type { Entry, MapTree, Scalar, ScalarTree, Tree } from "./tree.ts";

/** A value from outside the YAML, and where it came from. */
export interface Override {
  readonly text: string;
  readonly at: Position;
  /** Whether a name that the YAML does not declare is a mistake: yes for --var, no for what merely lies in the process's environment. */
  readonly mustBeDeclared: boolean;
}

export interface Variable {
  readonly value: Scalar;
  readonly raw: string;
}

/** The variables of a document with their final values: the strongest override, else what the file says. */
export function variablesOf(tree: MapTree, overrides: ReadonlyMap<string, Override>, report: Report): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  const declared = tree.entries.get("variables")?.value;
  const entries = declared?.type === "map" ? declared.entries : new Map<string, Entry>();
  for (const [name, { value, key }] of entries) {
    const override = overrides.get(name);
    if (value.type !== "scalar") {
      const what = value.type === "map" ? "a mapping" : "a list";
      report(errorAt("variable-type", value.spot, `the variable ${name} is ${what}; variables are plain scalars.`));
      variables.set(name, { value: "", raw: "" });
    } else if (typeof value.value === "string" && value.value.includes("${")) {
      report(errorAt("bad-expression", value.spot, `the variable ${name} holds \${…}; variables are not made of variables.`));
      variables.set(name, { value: "", raw: "" });
    } else if (override) variables.set(name, converted(name, value, override, report));
    else {
      const how = `give it with --var ${name}=VALUE, a --var-file, or INFRA_VAR_${name}`;
      if (value.value === null) report(errorAt("variable-without-value", key, `the variable ${name} has no value.`, how));
      variables.set(name, { value: value.value, raw: textOf(value) });
    }
  }
  for (const [name, { at, mustBeDeclared }] of overrides)
    if (mustBeDeclared && !variables.has(name)) report(error("unknown-variable", at, undeclared(name), guess(name, variables)));
  return variables;
}

/** An override keeps the declared type: `--var version=8.4` stays text where the file says "8.0". */
function converted(name: string, declared: ScalarTree, { text, at }: Override, report: Report): Variable {
  const wrong = (type: string): Variable => {
    report(error("variable-type", at, `the variable ${name} is declared as ${type}, and "${text}" is none.`));
    return { value: declared.value, raw: textOf(declared) };
  };
  if (typeof declared.value === "number") return isNumeric(text) ? { value: Number(text), raw: text } : wrong("a number");
  if (typeof declared.value === "boolean")
    return text === "true" || text === "false" ? { value: text === "true", raw: text } : wrong("true or false");
  return { value: text, raw: text };
}

export function isNumeric(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
}

/** A scalar as text: as it was written, not as YAML read it (8.10 is not 8.1). */
export function textOf(scalar: ScalarTree): string {
  return typeof scalar.value === "string" ? scalar.value : scalar.raw;
}

/** The document with every `${var.NAME}` replaced, `variables:` and `x-…` left out. */
export function substitute(tree: MapTree, variables: ReadonlyMap<string, Variable>, report: Report): MapTree {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    if (key.startsWith("x-") || key === "variables") continue;
    entries.set(key, { key: entry.key, value: substituted(entry.value, variables, report) });
  }
  return { ...tree, entries };
}

function substituted(tree: Tree, variables: ReadonlyMap<string, Variable>, report: Report): Tree {
  if (tree.type === "scalar") return substitutedScalar(tree, variables, report);
  if (tree.type === "list") {
    const items = tree.items.map((item) => substituted(item, variables, report));
    return items.every((item, i) => item === tree.items[i]) ? tree : { ...tree, items };
  }
  let changed: Map<string, Entry> | undefined;
  for (const [key, entry] of tree.entries) {
    if (key.includes("${")) report(errorAt("bad-expression", entry.key, "a key cannot hold ${…}; only values can."));
    const value = substituted(entry.value, variables, report);
    if (value !== entry.value) (changed ??= new Map(tree.entries)).set(key, { key: entry.key, value });
  }
  return changed ? { ...tree, entries: changed } : tree;
}

const expression = /\$\$\{|\$\{([^}]*)(\}?)/g;

function substitutedScalar(scalar: ScalarTree, variables: ReadonlyMap<string, Variable>, report: Report): ScalarTree {
  const text = scalar.value;
  if (typeof text !== "string" || !text.includes("${")) return scalar;
  const whole = /^\$\{var\.([A-Za-z_][\w-]*)\}$/.exec(text)?.[1];
  const variable = whole === undefined ? undefined : variables.get(whole);
  if (variable) return { ...scalar, value: variable.value, raw: variable.raw, substituted: true };
  const value = text.replace(expression, (all: string, inside: string | undefined, close: string) => {
    if (inside === undefined) return "${";
    const found = close === "" ? undefined : variables.get(/^var\.(.*)$/.exec(inside)?.[1] ?? "");
    if (found) return found.raw;
    report(badExpression(all, inside, close, scalar, variables));
    return all;
  });
  return { ...scalar, value, raw: value, substituted: true };
}

function badExpression(
  all: string,
  inside: string,
  close: string,
  { spot }: ScalarTree,
  variables: ReadonlyMap<string, Variable>,
): Diagnostic {
  const start = spot.source.text.indexOf(all, spot.start);
  const at: Spot = start < 0 ? spot : { source: spot.source, start, end: start + all.length };
  const [, scope, name = ""] = /^(var|env)\.(.*)$/.exec(inside) ?? [];
  if (close === "") return errorAt("bad-expression", at, "${ is not closed with a }.", "write $${ for a literal ${");
  if (scope === "env") {
    const instead = `declare a variable ${name} under variables:; INFRA_VAR_${name} sets it from outside`;
    return errorAt("env-in-yaml", at, `${all} is refused: an environment means the same on every machine.`, instead);
  }
  if (scope === "var") return errorAt("unknown-variable", at, undeclared(name), guess(name, variables));
  return errorAt("bad-expression", at, `${all} is no variable; only \${var.NAME} is known.`, `write $${all} for a literal ${all}`);
}

function guess(name: string, variables: ReadonlyMap<string, Variable>): string {
  const near = didYouMean(name, variables.keys());
  if (near) return `did you mean "${near}"?`;
  return variables.size > 0 ? `declared are: ${[...variables.keys()].join(", ")}` : "no variables are declared";
}

const undeclared = (name: string) => `no variable "${name}" is declared under variables:.`;

function errorAt(code: Code, spot: Spot, summary: string, hint?: string): Diagnostic {
  return error(code, positionOf(spot), summary, hint);
}
