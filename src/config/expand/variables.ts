import { didYouMean, writeOneOf } from "../../diag/did-you-mean.ts";
import { place } from "../../diag/format.ts";
import type { Code } from "../../diag/codes.ts";
import type { Position } from "../../diag/diagnostic.ts";
import { parseYaml } from "../yaml/parse.ts";
import { error, type Report } from "../yaml/problem.ts";
import { asksCaller, isLate } from "../../resource/late.ts";
import { positionOf, Source, type Spot } from "../yaml/source.ts";
import { entryOf, toPlain, valueOf, whatItIs, type Entry, type MapTree, type ScalarTree, type Tree } from "../yaml/tree.ts";
import { articled, badRules, ruleNames, types, whyNotFitting, type VariableType } from "./variable-rules.ts";
import { toWritten } from "../yaml/written-number.ts";
import { isNull } from "../yaml/tree.ts";

export type { VariableType } from "./variable-rules.ts";

/** A value from outside the YAML, and where it came from. */
export interface Override {
  /** A scalar as text, to be read as the declared type. `tree` is a list or map as its file writes it. */
  readonly text: string;
  readonly tree?: Tree;
  readonly at: Position;
  /**
   * Whether a name that the YAML does not declare is a mistake. It is one for --var, but not for a variable that merely exists in the
   * process's environment.
   */
  readonly mustBeDeclared: boolean;
  /** Replaces `text` and `tree`: a value of the YAML that is evaluated when it is needed. Returns undefined after a report. */
  evaluate?(): Tree | undefined;
}

/** The words for the values in messages: variables, or the parameters of a part. */
export interface Wording {
  readonly what: "variable" | "parameter";
  /** Returns how to give a value to one that has none. */
  how(name: string): string;
  /** The place where it should have been given; its declaration when absent. */
  readonly at?: Spot;
}

const asVariables: Wording = {
  what: "variable",
  how: (name) => `give it with --var ${name}=VALUE, a --var-file, or INFRA_VAR_${name}`,
};

/** One variable as `infra validate --variables` shows it. */
export interface VariableReport {
  readonly name: string;
  /** Absent when only `null` is written. */
  readonly type?: VariableType;
  readonly description?: string;
  readonly default?: unknown;
  readonly value?: unknown;
  /** "default", or the place that the value came from. */
  readonly from: string;
}

interface Declaration {
  readonly name: string;
  readonly key: Spot;
  readonly type: VariableType | undefined;
  readonly initial: Tree | undefined;
  readonly rules: MapTree | undefined;
  /** A mistake in it is already reported, so no value is checked against it. */
  readonly isBroken?: true;
}

/** The variables of a document with their final values: the strongest override, otherwise the default. */
export class Variables {
  readonly #declared = new Map<string, Declaration>();
  readonly #values = new Map<string, Tree | "busy" | undefined>();
  readonly #overrides: ReadonlyMap<string, Override>;
  readonly #report: Report;
  readonly #evaluate: (tree: Tree) => Tree | undefined;
  readonly #wording: Wording;

  /** `evaluate` returns a default with its expressions evaluated; undefined after a report. */
  constructor(
    tree: MapTree,
    overrides: ReadonlyMap<string, Override>,
    report: Report,
    evaluate: (tree: Tree) => Tree | undefined,
    wording: Wording = asVariables,
  ) {
    this.#wording = wording;
    this.#overrides = overrides;
    this.#report = report;
    this.#evaluate = evaluate;
    const written = entryOf(tree, "variables");
    const section = written?.value;
    const entries = section?.type === "map" ? section.entries : new Map<string, Entry>();
    for (const [name, entry] of entries) this.#declared.set(name, this.#declaration(name, entry));
    if (written && section && section.type !== "map") {
      const summary = `variables must be a mapping of names to values, but ${whatItIs(section)}.`;
      this.#error(
        "variable-type",
        isNull(section) ? written.key : section.spot,
        summary,
        "write `variables: { NAME: VALUE }`, or remove the line",
      );
    }
    for (const [name, { at, mustBeDeclared }] of overrides)
      if (mustBeDeclared && !this.#declared.has(name)) report(error("unknown-variable", at, undeclared(name), this.guess(name)));
  }

  names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** Returns the final value; undefined after a report when there is none. */
  get(name: string): Tree | undefined {
    const known = this.#values.get(name);
    const declaration = this.#declared.get(name);
    if (known === "busy") {
      const circle = [...this.#values].filter(([, value]) => value === "busy").map(([other]) => other);
      const way = [...circle.slice(circle.indexOf(name)), name].join(" → ");
      this.#error(
        "variable-cycle",
        declaration!.key,
        `these ${this.#wording.what}s depend on each other: ${way}.`,
        "give one of them a value that does not depend on the others",
      );
      return undefined;
    }
    if (this.#values.has(name) || !declaration) return known;
    this.#values.set(name, "busy");
    const value = this.#valueOf(declaration);
    this.#values.set(name, value);
    return value;
  }

  /** Reads all of them, so that every mistake is reported. */
  checkAll(): void {
    for (const name of this.#declared.keys()) this.get(name);
  }

  reports(): VariableReport[] {
    return [...this.#declared.values()].map(({ name, type, initial, rules }) => {
      const value = this.get(name);
      const override = this.#overrides.get(name);
      const description = rules && valueOf(rules, "description");
      return {
        name,
        ...((type ?? (value && typeOf(value))) && { type: type ?? typeOf(value!)! }),
        ...(description?.type === "scalar" && { description: String(description.value) }),
        ...(initial && { default: toWritten(initial) }),
        ...(value && { value: toWritten(value) }),
        from: override ? sourceOf(override) : "default",
      };
    });
  }

  /** Returns a hint about what was meant by a name that is not declared. */
  guess(name: string): string {
    const near = didYouMean(name, this.#declared.keys());
    if (near) return `did you mean "${near}"?`;
    return this.#declared.size > 0 ? writeOneOf([...this.#declared.keys()]) : "no variables are declared";
  }

  #declaration(name: string, { key, value }: Entry): Declaration {
    const isLong = value.type === "map";
    if (!isLong)
      return {
        name,
        key,
        type: isComputed(value) ? undefined : typeOf(value),
        initial: isNull(value) ? undefined : value,
        rules: undefined,
      };
    if (value.entries.size > 0 && ![...value.entries.keys()].some((field) => ruleNames.includes(field)))
      return this.#shortMap(name, key, value);
    const written = valueOf(value, "type");
    const type = types.find((known) => written?.type === "scalar" && written.value === known);
    if (!type) this.#badType(name, value, written);
    for (const [field, entry] of value.entries) if (!ruleNames.includes(field)) this.#badRule(name, field, entry.key);
    const { what } = this.#wording;
    const bad = badRules(value, type);
    for (const { spot, summary } of bad) this.#error("variable-type", spot, `the ${what} ${name}: ${summary}.`);
    const initial = valueOf(value, "default");
    return {
      name,
      key,
      type,
      initial: initial && isNull(initial) ? undefined : initial,
      rules: value,
      ...((!type || bad.length > 0) && { isBroken: true }),
    };
  }

  /** Reports a map in place of the rules of a declaration, and takes it as the value that was meant. */
  #shortMap(name: string, key: Spot, value: MapTree): Declaration {
    const { what } = this.#wording;
    const summary = `the ${what} ${name} is a map, and a map must be declared with its type.`;
    this.#error("variable-type", value.spot, summary, `write ${name}: { type: map, default: { … } }`);
    return { name, key, type: "map", initial: value, rules: undefined };
  }

  #badType(name: string, value: MapTree, written: Tree | undefined): void {
    const spot = written?.spot ?? value.spot;
    const found = written?.type === "scalar" ? `"${String(written.value)}" is not a type` : "it has no type";
    this.#error(
      "variable-type",
      spot,
      `the ${this.#wording.what} ${name} is declared with a mapping, but ${found}.`,
      `write type: ${types.join(" | ")}, and the value under default:`,
    );
  }

  #badRule(name: string, field: string, spot: Spot): void {
    const near = didYouMean(field, ruleNames);
    this.#error(
      "unknown-field",
      spot,
      `the ${this.#wording.what} ${name} has no rule "${field}".`,
      near ? `did you mean "${near}"?` : `write one of: ${ruleNames.join(", ")}`,
    );
  }

  #valueOf(declaration: Declaration): Tree | undefined {
    const { name, key, type, initial, rules } = declaration;
    const override = this.#overrides.get(name);
    if (!override && !initial) {
      if (declaration.isBroken) return undefined;
      const { what, how, at } = this.#wording;
      const code = what === "variable" ? "variable-without-value" : "missing-parameter";
      this.#error(code, at ?? key, `the ${what} ${name} has no value.`, how(name));
      return undefined;
    }
    const value = override ? (override.evaluate ? override.evaluate() : this.#converted(declaration, override)) : this.#evaluate(initial!);
    if (!value) return undefined;
    const at = override?.at ?? positionOf(initial!.spot);
    // A value that needs the caller's account has a type only when it is known.
    const fitting = type && !asksCaller(toPlain(value)) ? withType(value, type) : value;
    if (!fitting) {
      this.#report(error("variable-type", at, `${this.#declaredAs(declaration, override)}, but this is ${articled(typeOf(value))}.`));
      return undefined;
    }
    const why = rules && !declaration.isBroken && !isLate(toPlain(fitting)) && whyNotFitting(fitting, rules);
    if (why) {
      const declared = place(positionOf(key));
      const from = override && !override.evaluate ? ` (from ${sourceOf(override)})` : "";
      this.#report(error("variable-rule", at, `the ${this.#wording.what} ${name}${from} ${why}; it is declared in ${declared}.`));
      return undefined;
    }
    return fitting;
  }

  /** Converts an override to the declared type: `--var version=8.4` stays text when the file says "8.0". */
  #converted(declaration: Declaration, override: Override): Tree | undefined {
    const { type, key } = declaration;
    const { text, tree, at } = override;
    const wrong = (): undefined => {
      const summary = `${this.#declaredAs(declaration, override)}, but its value is ${tree ? articled(typeOf(tree)) : `"${text}"`}.`;
      this.#report(error("variable-type", at, summary));
    };
    const scalar = (value: string | number | boolean): ScalarTree => ({ type: "scalar", spot: key, value, raw: text, quoted: true });
    if (type === "list" || type === "map") {
      const { tree: read, diagnostics } = tree ? { tree, diagnostics: [] } : parseYaml(new Source(at.file, ".", text));
      const [mistake] = diagnostics.filter(({ severity }) => severity === "error");
      if (!mistake) return read?.type === type ? read : wrong();
      const summary = `${this.#declaredAs(declaration, override)}, but "${text}" is not valid YAML.`;
      return void this.#report(error("variable-type", at, summary, mistake.hint));
    }
    if (tree) return wrong();
    if (type === "number") return isNumeric(text) ? scalar(Number(text)) : wrong();
    if (type === "boolean") return text === "true" || text === "false" ? scalar(text === "true") : wrong();
    return scalar(text);
  }

  /** Returns the beginning of a sentence: "the variable n (from --var) is declared as a number in prod.yaml:9:3". */
  #declaredAs({ name, key, type }: Declaration, override: Override | undefined): string {
    const from = override && !override.evaluate ? ` (from ${sourceOf(override)})` : "";
    return `the ${this.#wording.what} ${name}${from} is declared as ${articled(type)} in ${place(positionOf(key))}`;
  }

  #error(code: Code, spot: Spot, summary: string, hint?: string): void {
    this.#report(error(code, positionOf(spot), summary, hint));
  }
}

function withType(value: Tree, type: VariableType): Tree | undefined {
  if (typeOf(value) === type) return value;
  const isScalar = value.type === "scalar" && value.value !== null;
  return isScalar && type === "string" ? { ...value, value: textOf(value), quoted: true } : undefined;
}

function typeOf(tree: Tree): VariableType | undefined {
  if (tree.type !== "scalar") return tree.type;
  const type = typeof tree.value;
  return type === "string" || type === "number" || type === "boolean" ? type : undefined;
}

/** Whether an expression makes a default. Such a default has the type of the result. */
function isComputed(tree: Tree): boolean {
  return tree.type === "scalar" && typeof tree.value === "string" && tree.value.includes("${");
}

function sourceOf({ at, mustBeDeclared }: Override): string {
  return at.file === "--var" || !mustBeDeclared ? at.file : place(at);
}

export function isNumeric(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
}

/** Returns a scalar as text, as it was written and not as YAML read it (8.10 is not 8.1). */
export function textOf(scalar: ScalarTree): string {
  return typeof scalar.value === "string" ? scalar.value : scalar.raw;
}

/** Returns the message about a name that no line of `variables:` declares. */
export const undeclared = (name: string) => `no variable "${name}" is declared under variables:.`;
