/** Computes the remainder of an expression: everything that is known has been put in, and some of it is not known yet. */
import type { CelInput, CelValue } from "@bufbuild/cel";
import type { Late } from "./outcome.ts";
import { cel } from "./library.ts";
import { exprOf, folded, isSettled, nodeOfCel, type Node } from "./node.ts";
import { chainOf, freeNames, type Expr } from "./syntax.ts";

export type Tried =
  | { readonly value: CelValue }
  | { readonly late: Late }
  /** The message of the library, and the errors that were thrown meanwhile. */
  | { readonly failed: unknown; readonly thrown: readonly Error[] }
  | { readonly consequence: true };

export type Left = { readonly node: Node } | Exclude<Tried, { value: CelValue } | { late: Late }> | { readonly refused: string };

interface Around {
  tryOut(expr: Expr, bindings: Record<string, CelInput>): Tried;
  holdsObjects(name: string): boolean;
  isFunction(name: string): boolean;
  /** The function that counts turns. It is no part of the expression. */
  readonly tick: string;
}

/** The values of a loop's names inside the loop: a remainder, or the value itself; undefined when the value is known only later. */
type Scope = ReadonlyMap<string, Node | Held | undefined>;

/** A value that is known. It may be an object, whose fields no text could keep. */
class Held {
  readonly value: CelInput;
  constructor(value: CelInput) {
    this.value = value;
  }
}

/** The most parts of an expression when its loops are written out. More is a program. */
const mostParts = 10_000;

class Stop extends Error {
  readonly left: Left;
  constructor(left: Left) {
    super();
    this.left = left;
  }
}

export function remainder(expr: Expr, around: Around): Left {
  try {
    return { node: new Remainder(around).of(expr, new Map()) };
  } catch (error) {
    if (error instanceof Stop) return error.left;
    throw error;
  }
}

class Remainder {
  readonly #around: Around;
  #parts = 0;

  constructor(around: Around) {
    this.#around = around;
  }

  of(expr: Expr, scope: Scope): Node {
    if (++this.#parts > mostParts)
      throw new Stop({ refused: `with values that are not known yet, it takes more than ${mostParts.toLocaleString("en")} steps` });
    const tried = this.#try(expr, scope);
    if (!tried) return folded(this.#inside(expr, scope));
    if ("value" in tried) return this.#known(expr, tried.value);
    if (!("late" in tried)) throw new Stop(tried);
    return this.#isPlainName(expr, scope) ? tried.late.node : folded(this.#inside(expr, scope));
  }

  /** Evaluates an expression; undefined when a name of a loop in it has no value yet. */
  #try(expr: Expr, scope: Scope): Tried | undefined {
    const bindings: Record<string, CelInput> = {};
    for (const { name } of freeNames(expr, (name) => this.#around.isFunction(name))) {
      if (!scope.has(name)) continue;
      const node = scope.get(name);
      if (node instanceof Held) {
        bindings[name] = node.value;
        continue;
      }
      if (!node || !isSettled(node)) return undefined;
      const of = exprOf(node, { text: () => "", account: "", zones: [] });
      const value = this.#around.tryOut(of.expr, of.bindings);
      if (!("value" in value)) return undefined;
      bindings[name] = value.value as CelInput;
    }
    return this.#around.tryOut(expr, bindings);
  }

  #known(expr: Expr, value: CelValue): Node {
    // Fields of objects are read one by one, so it must be known which object is meant.
    if (this.#choosesAmongObjects(expr, value))
      throw new Stop({ refused: "a value that is not known yet cannot choose one of several objects" });
    const node = nodeOfCel(value);
    if (!node) throw new Stop({ refused: "a time, a type or bytes cannot be combined with a value that is not known yet" });
    return node;
  }

  #choosesAmongObjects(expr: Expr, value: CelValue): boolean {
    if (typeof value !== "object" || value === null) return false;
    for (let inner: Expr | undefined = expr; inner;) {
      const kind: Expr["exprKind"] = inner.exprKind;
      if (kind.case === "identExpr") return this.#around.holdsObjects(kind.value.name) && cel().isCelMap(value);
      inner =
        kind.case === "selectExpr"
          ? kind.value.operand
          : kind.case === "callExpr" && kind.value.function === "_[_]"
            ? kind.value.args[0]
            : undefined;
    }
    return false;
  }

  /** Whether the value itself is late while the way to it is known. A value made from a late value does not count. */
  #isPlainName(expr: Expr, scope: Scope): boolean {
    const { exprKind: kind } = expr;
    if (kind.case === "identExpr") return true;
    const parts =
      kind.case === "selectExpr" && !kind.value.testOnly
        ? [kind.value.operand!]
        : kind.case === "callExpr" && kind.value.function === "_[_]"
          ? kind.value.args
          : undefined;
    return parts !== undefined && parts.every((part) => isValue(this.#try(part, scope)));
  }

  /** Returns the parts of an expression, each as its own remainder. */
  #inside(expr: Expr, scope: Scope): Node {
    const { exprKind: kind } = expr;
    switch (kind.case) {
      case "identExpr": {
        const node = scope.get(kind.value.name);
        return node instanceof Held ? this.#known(expr, node.value as CelValue) : (node ?? ["name", kind.value.name]);
      }
      case "selectExpr":
        return ["select", this.of(kind.value.operand!, scope), kind.value.field, kind.value.testOnly];
      case "listExpr":
        return ["list", kind.value.elements.map((element) => this.of(element, scope))];
      case "structExpr": {
        const entries = kind.value.entries.flatMap(({ keyKind, value }) =>
          keyKind.case === "mapKey" ? [[this.of(keyKind.value, scope), this.of(value!, scope)] as const] : [],
        );
        return ["map", entries];
      }
      case "callExpr":
        return this.#call(kind.value, scope);
      case "comprehensionExpr":
        return this.#loop(kind.value, scope);
      default:
        throw new Stop({ refused: "it cannot be combined with a value that is not known yet" });
    }
  }

  #call({ function: name, target, args }: Extract<Expr["exprKind"], { case: "callExpr" }>["value"], scope: Scope): Node {
    if (name === this.#around.tick) return this.of(args[0]!, scope);
    const whole = `${chainOf(target)?.join(".")}.${name}`;
    if (target && this.#around.isFunction(whole)) return ["call", whole, args.map((argument) => this.of(argument, scope))];
    if (name === "_?_:_") {
      const choice = this.of(args[0]!, scope);
      if (choice[0] === "value" && typeof choice[1] === "boolean") return this.of(args[choice[1] ? 1 : 2]!, scope);
      return ["call", name, [choice, ...args.slice(1).map((argument) => this.of(argument, scope))]];
    }
    const nodes = args.map((argument) => this.of(argument, scope));
    return target ? ["call", name, nodes, this.of(target, scope)] : ["call", name, nodes];
  }

  /** Writes a loop out when its items are known, so that it is known which values the loop needs. */
  #loop(value: Extract<Expr["exprKind"], { case: "comprehensionExpr" }>["value"], scope: Scope): Node {
    const { iterVar, accuVar } = value;
    const held = itemsOf(this.#try(value.iterRange!, scope));
    const over = held ? undefined : this.of(value.iterRange!, scope);
    const begin = this.of(value.accuInit!, scope);
    const items = held ?? (over![0] === "list" ? over![1] : over![0] === "map" ? over![1].map(([key]) => key) : undefined);
    if (!items) {
      const inside: Scope = new Map([...scope, [iterVar, undefined], [accuVar, undefined]]);
      const [goesOn, step, result] = [value.loopCondition!, value.loopStep!, value.result!].map((part) => this.of(part, inside));
      return ["loop", { over: over!, item: iterVar, begin, sum: accuVar, goesOn: goesOn!, step: step!, result: result! }];
    }
    let sum = begin;
    for (const item of items) sum = this.of(value.loopStep!, new Map([...scope, [iterVar, item], [accuVar, sum]]));
    return this.of(value.result!, new Map([...scope, [accuVar, sum]]));
  }
}

/** Returns the items of a loop when they are known: the items of a list, the keys of a map. */
function itemsOf(tried: Tried | undefined): readonly Held[] | undefined {
  if (!tried || !("value" in tried)) return undefined;
  const { isCelList, isCelMap } = cel();
  const { value } = tried;
  const items = isCelList(value) ? [...value] : isCelMap(value) ? [...value.keys()] : undefined;
  return items?.map((item) => new Held(item as CelInput));
}

function isValue(tried: Tried | undefined): boolean {
  return tried !== undefined && "value" in tried;
}
