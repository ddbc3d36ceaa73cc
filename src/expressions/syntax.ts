import type { Cel } from "./library.ts";

/** A node of CEL's syntax tree. */
export type Expr = ReturnType<Cel["parse"]>["expr"];

/** `var` is a reserved word of CEL. This word of the same length replaces it, so that every position stays the same. */
const standIn = "_va";

/** `resource` is a function to authors, because an address has characters that no name has. To CEL it is a map with this name. */
const resources = "_typed_r";

/** The name of the same map when a key follows the address. It is shorter by as much as the key takes more room. */
const keyedResources = "_typed";

/**
 * Replaces `resource("AWS::SQS::Queue/jobs")` by `_typed_r["AWS::SQS::Queue/jobs"]`, and `…/jobs[a]")` by `_typed["…/jobs"]["a"]`, of the
 * same length.
 */
export function resourcesAsItems(code: string): string {
  const call = /\bresource\((["'])([A-Za-z0-9:]+\/[\w-]+)(?:\[([\w.-]+)\])?\1\)/g;
  return code.replace(call, (_found, _quote, address: string, key?: string) => {
    if (key === undefined) return `${resources}["${address}"]`;
    return `${keyedResources}["${address}"]${/^\d+$/.test(key) ? `[${key}  ]` : `["${key}"]`}`;
  });
}

/** Returns the expression as CEL takes it: the word `var` at the root of a name becomes its stand-in. Strings stay. */
export function withoutReserved(code: string): string {
  return code.replace(/[rR]?("""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\.\s*\w+|\bvar\b/g, (found) =>
    found === "var" ? standIn : found,
  );
}

/** Replaces `x.output("dnsName")` by `x["@dnsName"]`, of the same length. It names an output that has the same name as a field. */
export function outputsAsFields(code: string): string {
  return code.replace(
    /\.output\((["'])(\w+)\1\)/g,
    (found, _quote, name: string) => `["@${name}"${" ".repeat(found.length - name.length - 5)}]`,
  );
}

/** Returns a word of the tree as the author wrote it. */
export function written(name: string): string {
  if (name === resources || name === keyedResources) return "resource";
  return name === standIn ? "var" : name;
}

export interface Identifier {
  readonly name: string;
  readonly id: bigint;
}

/**
 * Returns the names that an expression takes from outside, once for each place. `isFunction` recognises names of functions such as
 * `cidr.subnet`, whose beginning is no value.
 */
export function freeNames(expr: Expr, isFunction: (name: string) => boolean): Identifier[] {
  const found: Identifier[] = [];
  visit(expr, new Set(), (node, bound) => {
    const kind = node.exprKind;
    if (kind.case === "identExpr" && !bound.has(kind.value.name)) found.push({ name: kind.value.name, id: node.id });
    return !(
      kind.case === "callExpr" &&
      kind.value.target &&
      isFunction(`${chainOf(kind.value.target)?.join(".")}.${kind.value.function}`)
    );
  });
  return found;
}

/** Walks over a tree. `see` returns whether the target of a call is visited, too. */
export function visit(expr: Expr, bound: ReadonlySet<string>, see: (node: Expr, bound: ReadonlySet<string>) => boolean): void {
  const seesTarget = see(expr, bound);
  const go = (inner: Expr | undefined, names = bound) => inner && visit(inner, names, see);
  const kind = expr.exprKind;
  switch (kind.case) {
    case "selectExpr":
      return void go(kind.value.operand);
    case "callExpr":
      if (seesTarget) go(kind.value.target);
      for (const argument of kind.value.args) go(argument);
      return;
    case "listExpr":
      for (const element of kind.value.elements) go(element);
      return;
    case "structExpr":
      for (const { keyKind, value } of kind.value.entries) {
        if (keyKind.case === "mapKey") go(keyKind.value);
        go(value);
      }
      return;
    case "comprehensionExpr": {
      const { iterRange, accuInit, iterVar, iterVar2, accuVar, loopCondition, loopStep, result } = kind.value;
      const inside = new Set([...bound, iterVar, iterVar2, accuVar]);
      go(iterRange);
      go(accuInit);
      for (const part of [loopCondition, loopStep, result]) go(part, inside);
      return;
    }
    default:
  }
}

/**
 * Returns `subnet["public-a"].cidrBlock` as ["subnet", "public-a", "cidrBlock"]; undefined when the expression is no chain of plain names.
 */
export function chainOf(expr: Expr | undefined): string[] | undefined {
  const kind = expr?.exprKind;
  if (kind?.case === "identExpr") return [written(kind.value.name)];
  if (kind?.case === "selectExpr") {
    const before = kind.value.testOnly ? undefined : chainOf(kind.value.operand);
    return before && [...before, kind.value.field];
  }
  if (kind?.case !== "callExpr" || kind.value.function !== "_[_]") return undefined;
  const [operand, index] = kind.value.args;
  const before = chainOf(operand);
  const key = index && keyOf(index);
  return before && key !== undefined ? [...before, key] : undefined;
}

/** Returns the node with an id; undefined for a node that a macro made. */
export function nodeOf(expr: Expr, id: bigint): Expr | undefined {
  let found: Expr | undefined;
  visit(expr, new Set(), (node) => {
    if (node.id === id) found = node;
    return true;
  });
  return found;
}

/**
 * Returns the path to a missing field or item, in plain names, and the id of its node. For an index, the library tells only the name with
 * which the path begins.
 */
export function pathTo(expr: Expr, id: bigint | undefined, missing: string): { readonly path: string[]; readonly at: bigint } | undefined {
  const node = id === undefined ? undefined : nodeOf(expr, id);
  if (!node) return undefined;
  if (node.exprKind.case === "selectExpr") {
    const path = chainOf(node);
    return path && { path, at: node.id };
  }
  let found: { readonly path: string[]; readonly at: bigint; readonly isSaid: boolean } | undefined;
  visit(expr, new Set(), ({ exprKind: kind }) => {
    if (kind.case !== "callExpr" || kind.value.function !== "_[_]") return true;
    const [operand, index] = kind.value.args;
    const before = rootOf(operand) === id ? chainOf(operand) : undefined;
    const key = index && keyOf(index);
    if (!before || (key !== undefined && key !== missing)) return true;
    // Of several indexes, takes the innermost that names the key, because those around it were not evaluated.
    const isSaid = key !== undefined;
    if (!found || isSaid || !found.isSaid) found = { path: [...before, missing], at: index!.id, isSaid };
    return true;
  });
  return found;
}

function rootOf(expr: Expr | undefined): bigint | undefined {
  const kind = expr?.exprKind;
  if (kind?.case === "selectExpr") return rootOf(kind.value.operand);
  if (kind?.case === "callExpr" && kind.value.function === "_[_]") return rootOf(kind.value.args[0]);
  return kind?.case === "identExpr" ? expr!.id : undefined;
}

function keyOf({ exprKind: kind }: Expr): string | undefined {
  const key = kind.case === "constExpr" ? kind.value.constantKind : undefined;
  return key?.case === "stringValue" || key?.case === "int64Value" ? String(key.value) : undefined;
}

/**
 * Gives a comparison of a loop item's field the name that `lenient` has for it. Such a field may be a number in one item and a text in the
 * next, as `ports` of rules are.
 */
export function tellItems(expr: Expr, lenient: (operator: string) => string | undefined): void {
  visit(expr, new Set(), ({ exprKind: kind }, bound) => {
    if (kind.case !== "callExpr") return true;
    const ofItem = kind.value.args.some((operand) => {
      const chain = chainOf(operand);
      return chain !== undefined && chain.length > 1 && bound.has(chain[0]!);
    });
    const name = ofItem ? lenient(kind.value.function) : undefined;
    if (name !== undefined) kind.value.function = name;
    return true;
  });
}

/** Counts each turn of a loop: `condition` becomes `tick(condition)`. */
export function countTurns(expr: Expr, tick: string): void {
  visit(expr, new Set(), ({ exprKind }) => {
    if (exprKind.case === "comprehensionExpr" && exprKind.value.loopCondition) {
      const inner = exprKind.value.loopCondition;
      const call = { $typeName: "cel.expr.Expr.Call", function: tick, args: [inner] };
      exprKind.value.loopCondition = { $typeName: "cel.expr.Expr", id: inner.id, exprKind: { case: "callExpr", value: call } } as Expr;
    }
    return true;
  });
}
