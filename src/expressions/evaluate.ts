import { didYouMean } from "../diag/did-you-mean.ts";
import { comparisons, insteadOf, lenient, NeverEqual } from "./comparisons.ts";
import { functionForms, functionsOf } from "./functions.ts";
import { cel } from "./library.ts";
import { exprOf, type Given, isSettled, type Node } from "./node.ts";
import { Consequence, type ExpressionProblem, Late, type Names, type Outcome } from "./outcome.ts";
import { remainder, type Tried } from "./remainder.ts";
import {
  countTurns,
  type Expr,
  freeNames,
  outputsAsFields,
  pathTo,
  resourcesAsItems,
  tellItems,
  withoutReserved,
  written,
} from "./syntax.ts";
import { fromCel, type Plain, TypeProblem, ValueProblem } from "./values.ts";
import type { CelFunc, CelInput } from "@bufbuild/cel";

/** The most turns of loops that one expression may take, and all expressions of an environment together. */
export const mostTurns = { each: 10_000, all: 1_000_000 };

const tick = "@tick";

interface Compiled {
  readonly expr: Expr;
  readonly positions: Readonly<Record<string, number>>;
  readonly names: readonly { readonly name: string; readonly id: bigint }[];
  readonly run: (bindings: Record<string, CelInput>) => unknown;
}

/** Evaluates the expressions of one environment. Each text is parsed once, however many resources use it. */
export class Evaluator {
  readonly #compiled = new Map<string, Compiled | { readonly problem: ExpressionProblem }>();
  #environment: ReturnType<ReturnType<typeof cel>["celEnv"]> | undefined;
  #functions: readonly CelFunc[] = [];
  #turns = 0;
  #allTurns = 0;
  #file: (path: string) => string = () => "";
  /** Errors that were thrown while the expression ran. The library keeps the text of an error, but not always the error. */
  #thrown: Error[] = [];

  /**
   * Returns the value of an expression, or the one thing that is wrong with it. Never throws for a mistake in the expression, and never
   * runs for long.
   */
  evaluate(code: string, names: Names, file: (path: string) => string): Outcome {
    const compiled = this.#compile(code);
    if ("problem" in compiled) return compiled;
    // An expression may need the value of another. Turns, file and errors belong to the expression that runs.
    const outer = { turns: this.#turns, file: this.#file, thrown: this.#thrown };
    [this.#turns, this.#file, this.#thrown] = [0, file, []];
    try {
      const bindings = Object.create(null) as Record<string, CelInput>;
      for (const { name, id } of compiled.names) {
        const value = unlessLate(() => names.get(written(name)));
        if (value === undefined) return { problem: unknownName(code, written(name), compiled.positions[String(id)] ?? 0, names) };
        const get = () => (value instanceof Late ? this.raise(value) : value);
        Object.defineProperty(bindings, name, { get, configurable: true });
      }
      return this.#outcome(code, compiled, compiled.run(bindings), bindings, names);
    } catch (error) {
      return this.#failed(code, error);
    } finally {
      [this.#turns, this.#file, this.#thrown] = [outer.turns, outer.file, outer.thrown];
    }
  }

  /** Returns the value of a remainder once everything is known. Throws ValueProblem when it has none. */
  finish(node: Node, given: Given): Plain {
    this.#environment ??= cel().celEnv({ funcs: this.#allFunctions() });
    [this.#turns, this.#allTurns, this.#thrown] = [0, 0, []];
    this.#file = () => this.raise(new TypeProblem("file() takes a path that is written in the file"));
    const { expr, bindings } = exprOf(node, given);
    countTurns(expr, tick);
    const result = cel().plan(this.#environment, expr)(bindings);
    if (!cel().isCelError(result)) return fromCel(result as never);
    const [own] = this.#thrown;
    if (own) throw own instanceof ValueProblem ? own : new ValueProblem(own.message);
    const { summary, isOfTypes } = explain("", { expr, positions: {} }, result.message, undefined, nobody);
    throw new (isOfTypes ? TypeProblem : ValueProblem)(summary.replace(/\.$/, ""));
  }

  /** Throws an error and remembers it. For values that are looked up while an expression runs. */
  raise(error: Error): never {
    this.#thrown.push(error);
    throw error;
  }

  #compile(code: string): Compiled | { readonly problem: ExpressionProblem } {
    const known = this.#compiled.get(code);
    if (known) return known;
    const made = this.#compileNow(code);
    this.#compiled.set(code, made);
    return made;
  }

  #compileNow(code: string): Compiled | { readonly problem: ExpressionProblem } {
    const { parse, plan, celEnv } = cel();
    try {
      const { expr, sourceInfo } = parse(withoutReserved(resourcesAsItems(outputsAsFields(code))));
      const names = freeNames(expr, (name) => name in functionForms);
      this.#environment ??= celEnv({ funcs: this.#allFunctions() });
      tellItems(expr, lenient);
      countTurns(expr, tick);
      const run = plan(this.#environment, expr) as Compiled["run"];
      return { expr, positions: { ...sourceInfo?.positions }, names, run };
    } catch (error) {
      return { problem: syntaxProblem(code, error) };
    }
  }

  #allFunctions(): CelFunc[] {
    const { celFunc, CelScalar } = cel();
    const counted = celFunc(tick, [CelScalar.DYN], CelScalar.DYN, (condition) => {
      if (++this.#turns > mostTurns.each) this.raise(new ValueProblem(`it takes more than ${mostTurns.each.toLocaleString("en")} steps`));
      if (++this.#allTurns > mostTurns.all)
        this.raise(
          new ValueProblem(`with it, the expressions of this environment take more than ${mostTurns.all.toLocaleString("en")} steps`),
        );
      return condition as CelInput;
    });
    this.#functions = functionsOf({ file: (path) => this.#file(path) });
    return [counted, ...comparisons((problem) => this.raise(problem)), ...this.#functions];
  }

  #outcome(code: string, compiled: Compiled, result: unknown, bindings: Record<string, CelInput>, names: Names): Outcome {
    const { isCelError } = cel();
    if (!isCelError(result)) return { value: fromCel(result as never) };
    if (this.#thrown.some((error) => error instanceof Consequence)) return { consequence: true };
    const late = this.#thrown.find((error) => error instanceof Late);
    if (!late) return { problem: this.#problemOf(code, compiled, result, names) };
    const tryOut = (expr: Expr, more: Record<string, CelInput>) =>
      this.#try(expr, Object.assign(Object.create(bindings), more) as typeof bindings);
    const holdsObjects = (name: string) => names.holdsObjects(written(name));
    const left = remainder(compiled.expr, { tryOut, holdsObjects, isFunction: (name) => name in functionForms, tick });
    if ("node" in left) {
      // The answer may be known without the late values: how many there are, whether one is there.
      if (isSettled(left.node)) return { value: this.finish(left.node, nothing) };
      return this.#tried(code, { late: left.node, why: late.message });
    }
    if ("consequence" in left) return left;
    // The account may choose an object. Which one is known when AWS was asked. Zones choose none.
    if ("refused" in left && late.node[0] === "account") return { consequence: true };
    if ("refused" in left) return { problem: { summary: `${left.refused}.`, start: 0, length: code.length } };
    this.#thrown = [...left.thrown];
    return { problem: this.#problemOf(code, compiled, left.failed as never, names) };
  }

  /** Evaluates a part of an expression. */
  #try(expr: Expr, bindings: Record<string, CelInput>): Tried {
    this.#thrown = [];
    const result = cel().plan(this.#environment!, expr)(bindings);
    if (!cel().isCelError(result)) return { value: result as never };
    if (this.#thrown.some((error) => error instanceof Consequence)) return { consequence: true };
    const late = this.#thrown.find((error) => error instanceof Late);
    return late ? { late } : { failed: result, thrown: this.#thrown };
  }

  /** Evaluates a late expression with examples, to find mistakes that hold whatever AWS tells. Only mistakes of type count. */
  #tried(code: string, outcome: Extract<Outcome, { readonly late: Node }>): Outcome {
    const kept = { turns: this.#turns, all: this.#allTurns, file: this.#file, thrown: this.#thrown };
    const [kind] = outcome.late;
    try {
      const value = this.finish(outcome.late, { text: () => "a", account: "111122223333", zones: ["a", "b", "c", "d", "e", "f"] });
      if (typeof value !== "object" || value === null || kind === "list" || kind === "map") return outcome;
      return { ...outcome, shapeless: Array.isArray(value) ? "a list" : "a map" };
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      if (!(error instanceof TypeProblem)) return outcome;
      return { problem: { summary: `${error.message}.`, start: 0, length: code.length } };
    } finally {
      [this.#turns, this.#allTurns, this.#file, this.#thrown] = [kept.turns, kept.all, kept.file, kept.thrown];
    }
  }

  #problemOf(
    code: string,
    compiled: Compiled,
    result: { readonly message: string; readonly exprId?: bigint | undefined },
    names: Names,
  ): ExpressionProblem {
    const [own] = this.#thrown;
    const start = compiled.positions[String(result.exprId)] ?? 0;
    if (own instanceof NeverEqual) {
      const [, blank = "", operator] = /^(\s*)(==|!=|in\b)/.exec(code.slice(start)) ?? [];
      const place = { start: start + blank.length, length: operator?.length ?? spanAt(code, start) };
      return { summary: `${own.message}.`, hint: insteadOf(own, compiled.expr, result.exprId), ...place };
    }
    if (own) return { summary: `${own.message}.`, start, length: spanAt(code, start) };
    return explain(code, compiled, result.message, result.exprId, names);
  }

  #failed(code: string, error: unknown): Outcome {
    if (error instanceof Consequence) return { consequence: true };
    const whole = { start: 0, length: code.length };
    if (error instanceof ValueProblem) return { problem: { ...whole, summary: `${error.message}.` } };
    if (error instanceof RangeError) return { problem: { ...whole, summary: "it makes a value that is too large." } };
    throw error;
  }
}

/** Returns a late name as a value, because it is reported where it is used and not where it is looked up. */
function unlessLate<T>(get: () => T): T | Late {
  try {
    return get();
  } catch (error) {
    if (error instanceof Late) return error;
    throw error;
  }
}

const nobody: Names = { get: () => undefined, all: () => [], missing: () => undefined, holdsObjects: () => false };

const nothing: Given = { text: (text) => text, account: "", zones: [] };

function unknownName(code: string, name: string, start: number, names: Names): ExpressionProblem {
  const place = { start, length: name.length };
  const why = names.missing([name]);
  if (why) return { ...why, ...place };
  const before = /[\w\]]-$/.test(code.slice(0, start)) ? /[\w-]+$/.exec(code.slice(0, start))?.[0] : undefined;
  if (before !== undefined) {
    const hint = `write a name with a hyphen in brackets, as in x["${before}${name}"]: without them, - is a subtraction`;
    return { summary: `"${name}" is not a name that expressions know.`, hint, ...place };
  }
  if (name === "param")
    return { summary: "param is known only inside a part.", hint: "in an environment, use a variable: var.NAME", ...place };
  if (name === "use") return { summary: "use is known only where parts are used.", ...place };
  const called = new RegExp(`^${name}\\.(\\w+)\\s*\\(`).exec(code.slice(start));
  if (called && Object.keys(functionForms).some((form) => form.startsWith(`${name}.`)))
    return unknownFunction(code, `${name}.${called[1]}`, start);
  const near = didYouMean(name, [...names.all()]);
  return { summary: `"${name}" is not a name that expressions know.`, hint: near && `did you mean "${near}"?`, ...place, isForeign: true };
}

function syntaxProblem(code: string, error: unknown): ExpressionProblem {
  if (error instanceof RangeError) return { summary: "it is nested too deeply.", start: 0, length: code.length };
  const { location, message } = error as { location?: { start: { offset: number } }; message: string };
  const start = Math.min(location?.start.offset ?? 0, code.length);
  const isAtEnd = message.includes("found end of input but expecting");
  const what = start >= code.length ? "it ends too early" : `${isAtEnd ? "this" : JSON.stringify(code[start])} is not expected here`;
  return { summary: `${what}.`, start, length: 1, isForeign: true };
}

/** Translates the message of the library into our words, with the names that the author wrote. */
function explain(
  code: string,
  { expr, positions }: Pick<Compiled, "expr" | "positions">,
  message: string,
  id: bigint | undefined,
  names: Names,
): ExpressionProblem {
  const start = positions[String(id)] ?? 0;
  const field = /^field not found: (.*)$/s.exec(message)?.[1];
  const index = /^index (-?\d+) out of bounds/.exec(message)?.[1];
  const missing = field ?? index;
  if (missing !== undefined) {
    const { path = [missing], at } = pathTo(expr, id, missing) ?? {};
    const place = placeOf(code, missing, at === undefined ? start : (positions[String(at)] ?? start));
    const why = path.length > 1 ? names.missing(path) : undefined;
    const summary = index === undefined ? `there is no "${field}" here.` : `the list has no item number ${index}; the first is 0.`;
    return { summary, ...place, ...why };
  }
  const unbound = /^unbound function: (.*)$/s.exec(message)?.[1];
  if (unbound !== undefined) return unknownFunction(code, unbound, start);
  const notBoolean = /^(?:type mismatch: expected bool, got |found no matching overload for _\?_:_ applied to '\()(\w+)/.exec(message)?.[1];
  if (notBoolean !== undefined) {
    const sort = { string: "a string", int: "a number", uint: "a number", double: "a number", list: "a list", map: "a map" }[notBoolean];
    const hint = "compare it with a value, as in x == 'a'";
    return { summary: `this must be true or false, but it is ${sort ?? notBoolean}.`, hint, start, length: spanAt(code, start) };
  }
  const overload = /^found no matching overload for '(.*?)' applied to '(.*)'$/s.exec(message);
  if (overload) return mismatch(code, overload[1]!, overload[2]!, start);
  return { summary: `${message}.`, start, length: spanAt(code, start) };
}

function placeOf(code: string, field: string, from: number): { start: number; length: number } {
  const at = [`.${field}`, `"${field}"`, `'${field}'`, `[${field}]`]
    .map((form) => code.indexOf(form, Math.max(0, from - 1)))
    .find((found) => found >= 0);
  return at === undefined ? { start: from, length: spanAt(code, from) } : { start: at + 1, length: field.length };
}

function unknownFunction(code: string, name: string, start: number): ExpressionProblem {
  const near = didYouMean(name, [
    ...Object.keys(functionForms),
    ...Object.keys(functionForms).map((known) => known.split(".").at(-1)!),
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "has",
    "map",
    "filter",
    "exists",
    "all",
  ]);
  const form = near && Object.entries(functionForms).find(([known]) => known === near || known.endsWith(`.${near}`))?.[1];
  const hint = near
    ? `did you mean ${form ?? `${near}(…)`}?`
    : `besides CEL's own functions, there are: ${Object.keys(functionForms).join(", ")}`;
  const at = code.indexOf(name);
  return { summary: `there is no function "${name}".`, hint, start: at < 0 ? start : at, length: name.length, isOfTypes: true };
}

const operators: Readonly<Record<string, string>> = { "-_": "-", "!_": "!", "@in": "in" };

function mismatch(code: string, name: string, types: string, start: number): ExpressionProblem {
  const operator = operators[name] ?? /^_(.+)_$/.exec(name)?.[1];
  const shown = types.replace(/[()]/g, "").replaceAll(", ", " and ");
  // The library points at the operator, or at the blank before it.
  const at = operator ? Math.max(start, code.indexOf(operator, start)) : start;
  const place = { start: at, length: operator ? operator.length : spanAt(code, start), isOfTypes: true as const };
  if (!operator) {
    const form = functionForms[name];
    return { summary: `${name}() does not take ${shown}.`, hint: form && `write ${form}`, ...place };
  }
  const isMix = operator === "+" && /string/.test(types) && /int|double/.test(types);
  const isNumbers = /int/.test(types) && /double/.test(types);
  const isOfText = !isMix && /string/.test(types) && /int|double/.test(types);
  const hint = isMix
    ? "convert the number with string(…)"
    : isNumbers
      ? "convert one of the two with double(…) or int(…)"
      : isOfText
        ? "write the number without quotes, or convert a string with int(…)"
        : undefined;
  return { summary: `${operator} does not work with ${shown}.`, hint, ...place };
}

/** The length of the word at a place. */
function spanAt(code: string, start: number): number {
  return Math.max(1, /^[\w.]+/.exec(code.slice(start))?.[0].length ?? 1);
}
