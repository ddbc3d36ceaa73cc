import type { Code } from "../../diag/codes.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import type { Evaluator } from "../../expressions/evaluate.ts";
import { type ExpressionProblem, type Outcome, Consequence } from "../../expressions/outcome.ts";
import { spotInside } from "./places.ts";
import { longestExpression, deepestExpression, scan, type Piece } from "./scan.ts";
import { longestText, textOfValue, ValueProblem, type Plain } from "../../expressions/values.ts";
import { itemFields, lateAt, namesAt } from "./names.ts";
import { topNames, type Here, type NameScope } from "./name-scope.ts";
import { error } from "../yaml/problem.ts";
import type { Item } from "../values/repetition.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import { leavesOf, type Node } from "../../expressions/node.ts";
import { isLate, lateInNode, markOfNode } from "../../resource/late.ts";
import { toPlain, treeOf, type ScalarTree, type Tree } from "../yaml/tree.ts";
import { textOf, undeclared } from "./variables.ts";
import { writtenAt } from "./written-path.ts";

/** The place of an expression, and what its evaluation used. */
export interface Used extends Here {
  readonly used: { item: boolean; index: boolean; broken: boolean };
  /** Late values may stand here. */
  readonly takesLate?: boolean;
  /** The decision that the value makes, so that it cannot wait: "how many objects there are". */
  readonly decides?: string;
  /** The value is for people, so a list may stand here even if its items are not known yet. */
  readonly takesAnyShape?: true;
  /** The value says where the environment lives, so it is needed before AWS is asked. */
  readonly beforeCaller?: true;
}

/** `diagnostic` is absent when the mistake is reported elsewhere. */
type Fail = (scalar: ScalarTree, diagnostic?: Diagnostic) => void;
/**
 * Stands for a late value at a wrong place. It is reported as all mistakes are, but the text is no script of another language, so the rest
 * of it is checked, too.
 */
const misplaced = Symbol("late, where nothing late may stand");
/** Undefined after a report. */
type Result = Tree | typeof misplaced | undefined;
type Coded = Extract<Piece, { readonly code: string }>;

/** Replaces the expressions in strings by their values. */
export class Interpolation {
  readonly #scope: NameScope;
  readonly #evaluator: Evaluator;
  readonly #fail: Fail;
  readonly #readFile: (scalar: ScalarTree, path: string) => string;

  constructor(scope: NameScope, evaluator: Evaluator, fail: Fail, readFile: (scalar: ScalarTree, path: string) => string) {
    this.#scope = scope;
    this.#evaluator = evaluator;
    this.#fail = fail;
    this.#readFile = readFile;
  }

  /**
   * Evaluates the expressions of one scalar. A string that is one expression keeps the type of its value; inside a longer string it becomes
   * text.
   */
  scalar(scalar: ScalarTree, here: Used, file: string | undefined): Tree {
    const text = scalar.value;
    if (typeof text !== "string" || !text.includes("${")) return scalar;
    const pieces = scan(text);
    const [only] = pieces;
    if (pieces.length === 1 && only && "code" in only) {
      const value = this.#value(only, scalar, here, file);
      return marked(typeof value === "object" ? value : unknown(scalar), here);
    }
    let result = "";
    let isBroken = false;
    for (const piece of pieces) {
      if ("text" in piece) {
        result += piece.text;
        continue;
      }
      const value = "broken" in piece ? this.#brokenPiece(piece, scalar, here, file) : this.#text(piece, scalar, here, file);
      // The rest of a script in another language would only repeat the mistake.
      if (value === undefined) return unknown(scalar);
      if (value === misplaced) isBroken = true;
      else result += value;
      if (result.length > longestText) return this.#tooLong(scalar, here);
    }
    if (isBroken) return unknown(scalar);
    return { ...scalar, value: result, raw: result, substituted: true, ...(here.used.item && { ofItem: true as const }) };
  }

  /** Reports a text that is too long. Texts that are made of texts, several times over, grow without limit. */
  #tooLong(scalar: ScalarTree, here: Used): Tree {
    this.#failed("bad-expression", scalar.spot, scalar, here, "this makes a string of more than 1 MiB.", "shorten it, or name a file");
    return unknown(scalar);
  }

  #text(piece: Coded, scalar: ScalarTree, here: Used, file: string | undefined): string | typeof misplaced | undefined {
    const value = this.#value(piece, scalar, here, file);
    if (value === undefined || value === misplaced) return value;
    if (value.type === "scalar" && value.value !== null) return textOf(value);
    try {
      return textOfValue(value.type === "scalar" ? null : value.type === "list" ? [] : {});
    } catch (problem) {
      const { message } = problem as ValueProblem;
      this.#problem(piece, scalar, here, file, { summary: `${message}.`, start: 0, length: piece.code.length });
      return undefined;
    }
  }

  /** Evaluates one expression. */
  #value(piece: Coded, scalar: ScalarTree, here: Used, file: string | undefined): Result {
    try {
      const simple = this.#simple(piece, scalar, here);
      if (simple !== undefined) return simple === "failed" ? undefined : simple;
    } catch (problem) {
      if (problem instanceof ValueProblem)
        return this.#problem(piece, scalar, here, file, { summary: `${problem.message}.`, start: 0, length: piece.code.length });
      if (!(problem instanceof Consequence)) throw problem;
      return this.#consequence(scalar, here);
    }
    const told = lateAt(this.#scopeAt(here), here, piece.code);
    if (told) return this.#late(piece, scalar, here, { late: told.node, why: told.message });
    const outcome = this.#evaluator.evaluate(piece.code, namesAt(this.#scopeAt(here), here), (path) => this.#readFile(scalar, path));
    if ("value" in outcome) return this.#found(outcome.value, piece, scalar, here);
    if ("late" in outcome) return this.#late(piece, scalar, here, outcome);
    if ("problem" in outcome) return this.#problem(piece, scalar, here, file, outcome.problem);
    return this.#consequence(scalar, here);
  }

  /** Returns the value as a tree. A value that was not computed keeps the text that was written: 8.10 is not 8.1. */
  #found(value: Plain, { code }: Coded, scalar: ScalarTree, here: Used): Tree {
    const mayDiffer = typeof value === "number" || (typeof value === "object" && value !== null);
    const written = mayDiffer ? writtenAt(code, this.#scopeAt(here), here) : undefined;
    return written ? placedAt(written, scalar) : treeOf(value, scalar);
  }

  #late(piece: Coded, scalar: ScalarTree, here: Used, { late, why, shapeless }: Extract<Outcome, { readonly late: Node }>): Result {
    const isOfCaller = lateInNode(late).length === 0;
    if (isOfCaller && here.decides && !leavesOf(late).some(([kind]) => kind === "zones")) return this.#consequence(scalar, here);
    if (shapeless && !isOfCaller && here.takesLate && !here.takesAnyShape) {
      const summary = `it gives ${shapeless} whose items are not known yet.`;
      const hint = "write it item by item, or convert it to a string: join(list, separator), json(value)";
      return this.#problem(piece, scalar, here, undefined, { summary, hint, start: 0, length: piece.code.length });
    }
    if (isOfCaller ? !here.decides && !here.beforeCaller : here.takesLate) {
      try {
        return treeOfNode(late, scalar);
      } catch (problem) {
        if (!(problem instanceof ValueProblem)) throw problem;
        return this.#problem(piece, scalar, here, undefined, { summary: `${problem.message}.`, start: 0, length: piece.code.length });
      }
    }
    const [summary, hint] = here.decides
      ? [
          `${shown(piece)}: ${why}, but this decides ${here.decides}, which a plan must know.`,
          "use a variable, or a field that is written in the file",
        ]
      : here.beforeCaller
        ? [`${shown(piece)}: ${why}, but is needed here before that.`, "write the value, or use a variable"]
        : [
            `${shown(piece)}: ${why}, but is needed here before that.`,
            "values that AWS assigns may be used in outputs:, in tags of a resource and in fields for which `infra explain KIND` says so; here refer to the resource itself, or write the value",
          ];
    this.#failed("late-value", spotInside(scalar, piece.start, piece.end), scalar, here, summary, hint);
    return misplaced;
  }

  #consequence(scalar: ScalarTree, here: Used): undefined {
    here.used.broken = true;
    this.#fail(scalar);
  }

  /** Evaluates plain names without the library. A variable keeps its text as it was written (8.10 is not 8.1). */
  #simple(piece: Coded, scalar: ScalarTree, here: Used): Tree | "failed" | undefined {
    const [, root = "", name = ""] = /^\s*([A-Za-z]+)(?:\.([A-Za-z_][\w-]*))?\s*$/.exec(piece.code) ?? [];
    if (root === "var" && name !== "") return this.#variable(name, piece, scalar, here);
    if (root === "param" && name !== "") return this.#parameter(name, scalar, here);
    if (root === "env" && name !== "") return this.#environmentVariable(name, piece, scalar, here);
    if ((root === "each" || root === "count") && name !== "") return this.#item(root, name, piece, scalar, here);
    if (name === "" && (topNames as readonly string[]).includes(root)) {
      const value = this.#scopeAt(here).top(root);
      return value === undefined || isLate(value) ? undefined : treeOf(value, scalar);
    }
    return undefined;
  }

  #variable(name: string, piece: Coded, scalar: ScalarTree, here: Used): Tree | "failed" | undefined {
    const scope = this.#scopeAt(here);
    const value = scope.variable(name);
    if (value) return isLate(toPlain(value)) ? undefined : placedAt(value, scalar);
    // A part has no variables; the evaluation of the whole expression reports that.
    if (scope.isPart) return undefined;
    const isDifference = scope.variableNames().some((known) => name.startsWith(`${known}-`));
    if (isDifference) return undefined;
    return this.#failed(
      "unknown-variable",
      spotInside(scalar, piece.start, piece.end),
      scalar,
      here,
      undeclared(name),
      scope.guessVariable(name),
    );
  }

  /** Returns the value of a parameter of the part. The evaluation of the whole expression reports an unknown one. */
  #parameter(name: string, scalar: ScalarTree, here: Used): Tree | undefined {
    const scope = this.#scopeAt(here);
    const value = scope.isPart && scope.parameterNames().includes(name) ? scope.parameter(name) : undefined;
    return value && !isLate(toPlain(value)) ? placedAt(value, scalar) : undefined;
  }

  /** Returns the names that apply at a place: those of the environment, or of the part around it. */
  #scopeAt(here: Here): NameScope {
    return here.scope ?? this.#scope;
  }

  #environmentVariable(name: string, piece: Coded, scalar: ScalarTree, here: Used): "failed" {
    const instead = `declare a variable ${name} under variables:; INFRA_VAR_${name} sets it from outside`;
    const summary = `${shown(piece)} is not allowed: an environment must mean the same on every machine.`;
    return this.#failed("env-in-yaml", spotInside(scalar, piece.start, piece.end), scalar, here, summary, instead);
  }

  #item(root: "each" | "count", name: string, piece: Coded, scalar: ScalarTree, here: Used): Tree | undefined {
    const fields = itemFields(here, root);
    if (!fields || !Object.hasOwn(fields, name)) return undefined;
    here.used.item = true;
    if (root === "each" && name === "index") here.used.index = true;
    return this.#found(fields[name]!, piece, scalar, here);
  }

  #brokenPiece(piece: Extract<Piece, { readonly broken: string }>, scalar: ScalarTree, here: Used, file: string | undefined): undefined {
    const summaries = {
      "not-closed": "${ has no closing }.",
      "too-long": `an expression may have at most ${longestExpression.toLocaleString("en")} characters, but this one has more.`,
      "too-deep": `an expression may have at most ${deepestExpression} nested brackets, but this one has more.`,
    };
    const cure = {
      "not-closed": "close it, as in ${var.name}; or ",
      "too-long": 'put a long text in a file, and read it with file("PATH"); ',
      "too-deep": "",
    };
    const hint = `${cure[piece.broken]}${literalHint("${", file)}`;
    this.#failed("bad-expression", spotInside(scalar, piece.start, piece.end), scalar, here, summaries[piece.broken], hint);
  }

  #problem(piece: Coded, scalar: ScalarTree, here: Used, file: string | undefined, problem: ExpressionProblem): undefined {
    const { summary, hint, start, length, isForeign } = problem;
    const spot = spotInside(scalar, piece.start, piece.end, { start: start + 2, length });
    const literal = isForeign ? (repeatHint(piece, here) ?? literalHint(shown(piece), file)) : undefined;
    const hints = hint && literal ? `${hint} ${literal[0]!.toUpperCase()}${literal.slice(1)}` : (hint ?? literal);
    this.#failed("bad-expression", spot, scalar, here, `${shown(piece)}: ${summary}`, hints);
  }

  #failed(code: Code, spot: Spot, scalar: ScalarTree, here: Used, summary: string, hint?: string): "failed" {
    here.used.broken = true;
    this.#fail(scalar, error(code, positionOf(spot), summary, hint));
    return "failed";
  }
}

/**
 * Returns a stand-in for a value that could not be evaluated: a word that fits nearly everywhere, so that nothing else is reported about
 * it.
 */
function unknown(scalar: ScalarTree): ScalarTree {
  return { ...scalar, value: "unknown", raw: "unknown", substituted: true };
}

/**
 * Returns a late value as a tree at the place of its expression. A list or map of known shape becomes a tree with the late values inside.
 */
function treeOfNode(node: Node, scalar: ScalarTree): Tree {
  const { spot } = scalar;
  if (node[0] === "list") return { type: "list", spot, items: node[1].map((item) => treeOfNode(item, scalar)) };
  if (node[0] === "map" && node[1].every(([key]) => key[0] === "value"))
    return {
      type: "map",
      spot,
      entries: new Map(node[1].map(([key, value]) => [String(key[1]), { key: spot, value: treeOfNode(value, scalar) }])),
    };
  if (node[0] === "value") return treeOf(node[1], scalar);
  if (node[0] === "int" || node[0] === "double" || node[0] === "uint") return treeOf(Number(node[1]), scalar);
  return treeOf(markOfNode(node), scalar);
}

function marked(tree: Tree, { used }: Used): Tree {
  return used.item && tree.type === "scalar" ? { ...tree, ofItem: true } : tree;
}

function literalHint(text: string, file: string | undefined): string {
  const literal = `write $${text} for a literal ${text}`;
  return file ? `${literal}; a script in a file, named by ${file}, is not searched for expressions` : literal;
}

function repeatHint({ code }: Coded, { item }: Here): string | undefined {
  return !item && /\b(each|count)\./.test(code)
    ? "each.key and each.value are known only inside a resource with forEach, count.index only inside one with count"
    : undefined;
}

function shown({ code }: Coded): string {
  const line = code.split("\n")[0]!.trim();
  return `\${${line.length > 60 || line.length < code.trim().length ? `${line.slice(0, 57)}…` : line}}`;
}

/** Returns a variable's value with the place where it is used, so that mistakes in it are reported there. */
function placedAt(value: Tree, scalar: ScalarTree): Tree {
  const { spot } = scalar;
  if (value.type === "scalar") return { ...value, spot, quoted: scalar.quoted, substituted: true };
  if (value.type === "list") return { ...value, spot, items: value.items.map((item) => placedAt(item, scalar)) };
  return {
    ...value,
    spot,
    entries: new Map([...value.entries].map(([key, entry]) => [key, { key: spot, value: placedAt(entry.value, scalar) }])),
  };
}

/** Returns a place inside an object, or outside of all objects. */
export function itemPlace(item: Item | undefined, how: "count" | "forEach" | undefined): Used {
  return { item, how, used: { item: false, index: false, broken: false }, seesResources: true };
}
