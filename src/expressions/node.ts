/**
 * The remainder of an expression: what is left when all that is known has been put in. It is a tree of plain data that can wait in a text
 * until AWS tells the rest. It holds no name of the file, so it means the same wherever and whenever it is finished.
 */
import type { CelInput, CelValue } from "@bufbuild/cel";
import { cel } from "./library.ts";
import type { Expr } from "./syntax.ts";
import { short, ValueProblem, type Plain } from "./values.ts";

export type Node =
  | readonly ["value", string | boolean | null]
  /** Whole numbers keep their size, other numbers their kind: 1.0 is not 1. */
  | readonly ["int" | "uint" | "double", string]
  /** A text with marks for late values (resource/late.ts). `number`: the text is one late value, and that is a number. */
  | readonly ["text" | "number", string]
  /** Facts that only the caller's account tells and that every plan knows. */
  | readonly ["account"]
  | readonly ["zones"]
  | readonly ["list", readonly Node[]]
  | readonly ["map", readonly (readonly [Node, Node])[]]
  | readonly ["call", string, readonly Node[], Node?]
  | readonly ["select", Node, string, boolean]
  /** A name that a loop defines. */
  | readonly ["name", string]
  | readonly ["loop", Loop];

export interface Loop {
  readonly over: Node;
  readonly item: string;
  readonly begin: Node;
  readonly sum: string;
  readonly goesOn: Node;
  readonly step: Node;
  readonly result: Node;
}

/** The values for the leaves of a node. */
export interface Given {
  text(text: string): string;
  readonly account: string;
  readonly zones: readonly string[];
}

/** The nodes inside of a node. */
function nodesIn(node: Node): readonly Node[] {
  switch (node[0]) {
    case "list":
      return node[1];
    case "map":
      return node[1].flat();
    case "call":
      return node[3] ? [...node[2], node[3]] : node[2];
    case "select":
      return [node[1]];
    case "loop": {
      const { over, begin, goesOn, step, result } = node[1];
      return [over, begin, goesOn, step, result];
    }
    default:
      return [];
  }
}

/** Returns a copy of the node with other leaves. */
export function withLeaves(node: Node, leaf: (node: Node) => Node): Node {
  const put = (inner: Node) => withLeaves(inner, leaf);
  switch (node[0]) {
    case "list":
      return ["list", node[1].map(put)];
    case "map":
      return ["map", node[1].map(([key, value]) => [put(key), put(value)] as const)];
    case "call":
      return node[3] ? ["call", node[1], node[2].map(put), put(node[3])] : ["call", node[1], node[2].map(put)];
    case "select":
      return ["select", put(node[1]), node[2], node[3]];
    case "loop": {
      const { over, begin, goesOn, step, result } = node[1];
      const inside = { over: put(over), begin: put(begin), goesOn: put(goesOn), step: put(step), result: put(result) };
      return ["loop", { ...node[1], ...inside }];
    }
    default:
      return leaf(node);
  }
}

/** Every leaf, from left to right. */
export function leavesOf(node: Node): readonly Node[] {
  const inside = nodesIn(node);
  return inside.length === 0 ? [node] : inside.flatMap(leavesOf);
}

/** Whether a node waits for nothing. */
export function isSettled(node: Node): boolean {
  return !leavesOf(node).some(([kind]) => kind === "text" || kind === "number" || kind === "account" || kind === "zones");
}

/** Returns a value that CEL made as a node; undefined for bytes, times and types, which no text can keep. */
export function nodeOfCel(value: CelValue): Node | undefined {
  const { isCelList, isCelMap, isCelUint } = cel();
  if (value === null || typeof value === "boolean" || typeof value === "string") return ["value", value];
  if (typeof value === "bigint") return ["int", String(value)];
  if (typeof value === "number") return ["double", String(value)];
  if (isCelUint(value)) return ["uint", String(value.value)];
  if (isCelList(value)) {
    const items = Array.from(value, (item) => nodeOfCel(item));
    return items.includes(undefined) ? undefined : ["list", items as Node[]];
  }
  if (!isCelMap(value)) return undefined;
  const entries = [...value.entries()].map(([key, inner]) => [nodeOfCel(key), nodeOfCel(inner)] as const);
  return entries.some((entry) => entry.includes(undefined)) ? undefined : ["map", entries as [Node, Node][]];
}

/** Returns a value of the YAML as a node, with marks in its texts. */
export function nodeOfPlain(value: Plain, text: (value: string) => Node): Node {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? ["int", String(value)] : ["double", String(value)];
  if (typeof value !== "object" || value === null) return ["value", value];
  if (Array.isArray(value)) return ["list", value.map((item) => nodeOfPlain(item as Plain, text))];
  return ["map", Object.entries(value).map(([key, inner]) => [["value", key], nodeOfPlain(inner as Plain, text)] as const)];
}

/** Returns the node as CEL's own tree, with the names to which its values are bound. */
export function exprOf(node: Node, given: Given): { readonly expr: Expr; readonly bindings: Record<string, CelInput> } {
  const bindings = Object.create(null) as Record<string, CelInput>;
  let id = 0n;
  const made = (kind: string, value: object): Expr =>
    ({ $typeName: "cel.expr.Expr", id: ++id, exprKind: { case: kind, value } }) as unknown as Expr;
  const named = (name: string) => made("identExpr", { $typeName: "cel.expr.Expr.Ident", name });
  const bound = (value: CelInput) => {
    const name = `@v${Object.keys(bindings).length}`;
    bindings[name] = value;
    return named(name);
  };
  const go = (node: Node): Expr => {
    const constant = constantOf(node, given);
    if (constant !== undefined) return bound(constant.value);
    switch (node[0]) {
      case "list":
        return made("listExpr", { elements: node[1].map(go), optionalIndices: [] });
      case "map": {
        const entry = ([key, value]: readonly [Node, Node]) => ({ keyKind: { case: "mapKey", value: go(key) }, value: go(value) });
        return made("structExpr", { messageName: "", entries: node[1].map(entry) });
      }
      case "call":
        return made("callExpr", { function: node[1], args: node[2].map(go), target: node[3] && go(node[3]) });
      case "select":
        return made("selectExpr", { operand: go(node[1]), field: node[2], testOnly: node[3] });
      case "loop": {
        const { over, item, begin, sum, goesOn, step, result } = node[1];
        const [iterRange, accuInit, loopCondition, loopStep, whole] = [over, begin, goesOn, step, result].map(go);
        const names = { iterVar: item, iterVar2: "", accuVar: sum };
        return made("comprehensionExpr", { iterRange, accuInit, loopCondition, loopStep, result: whole, ...names });
      }
      default:
        return named(String(node[1]));
    }
  };
  return { expr: go(node), bindings };
}

function constantOf(node: Node, given: Given): { readonly value: CelInput } | undefined {
  switch (node[0]) {
    case "value":
      return { value: node[1] };
    case "int":
      return { value: BigInt(node[1]) };
    case "uint":
      return { value: cel().celUint(BigInt(node[1])) };
    case "double":
      return { value: Number(node[1]) };
    case "text":
      return { value: given.text(node[1]) };
    case "number":
      return { value: numberOf(given.text(node[1])) };
    case "account":
      return { value: given.account };
    case "zones":
      return { value: [...given.zones] };
    default:
      return undefined;
  }
}

function numberOf(text: string): CelInput {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw new ValueProblem(`AWS returned "${text}" where a number was expected`);
  return Number.isSafeInteger(number) ? BigInt(number) : number;
}

/** Does the steps that need no late value: a list is put together, a choice is made, an item is picked. */
export function folded(node: Node): Node {
  if (node[0] === "select" && !node[3] && node[1][0] === "map") return entryIn(node[1][1], node[2]) ?? node;
  if (node[0] !== "call" || node[3]) return node;
  const [, name, args] = node;
  const [first, second, third] = args;
  if (name === "_?_:_" && first![0] === "value" && typeof first![1] === "boolean") return first![1] ? second! : third!;
  // As in CEL, one of the two can decide alone, whatever the other is.
  if (name === "_&&_" || name === "_||_") return args.find((one) => one[0] === "value" && one[1] === (name === "_||_")) ?? node;
  if (name === "_[_]" && first![0] === "list" && second![0] === "int") return first![1][Number(second![1])] ?? node;
  if (name === "_[_]" && first![0] === "map" && second![0] === "value") return entryIn(first![1], second![1]) ?? node;
  if (name === "size" && first![0] === "list") return ["int", String(first![1].length)];
  if (name !== "_+_") return node;
  if (first![0] === "list" && second![0] === "list") return ["list", [...first![1], ...second![1]]];
  const [left, right] = [textIn(first!), textIn(second!)];
  return left === undefined || right === undefined ? node : ["text", short(left + right)];
}

function entryIn(entries: readonly (readonly [Node, Node])[], key: unknown): Node | undefined {
  return entries.find(([name]) => name[0] === "value" && name[1] === key)?.[1];
}

/** Returns a plain text, or a text with marks. */
function textIn(node: Node): string | undefined {
  return (node[0] === "value" && typeof node[1] === "string") || node[0] === "text" ? (node[1] as string) : undefined;
}
