/**
 * Comparisons of values that can never be equal, such as a boolean with a text. CEL calls them false. Here they are a mistake, because a
 * resource whose `when` is false for such a reason would be deleted.
 */
import type { CelFunc, CelValue } from "@bufbuild/cel";
import { cel } from "./library.ts";
import { chainOf, nodeOf, type Expr } from "./syntax.ts";
import { TypeProblem } from "./values.ts";

type Sort = "boolean" | "number" | "string" | "list" | "map";

export class NeverEqual extends TypeProblem {
  readonly sorts: readonly [Sort, Sort];
  /** For `in`: the second sort is the sort of the items. */
  readonly isOfItems: boolean;

  constructor(sorts: readonly [Sort, Sort], isOfItems = false) {
    super(isOfItems ? `a ${sorts[0]} is never among ${sorts[1]}s` : `a ${sorts[0]} is never equal to a ${sorts[1]}`);
    this.sorts = sorts;
    this.isOfItems = isOfItems;
  }
}

const operators: Readonly<Record<string, string>> = { "_==_": "@item==", "_!=_": "@item!=", "@in": "@itemIn" };

/** Returns the name of a comparison that takes a number and a text as unequal; undefined when the operator is no comparison. */
export function lenient(operator: string): string | undefined {
  return operators[operator];
}

/**
 * Returns CEL's own ==, != and in, which `raise` a NeverEqual, and each of them again under its lenient name. `null` equals nothing else,
 * and may be compared with everything.
 */
export function comparisons(raise: (problem: NeverEqual) => never): CelFunc[] {
  const { celEnv, celFunc } = cel();
  return [...celEnv({}).funcs].flatMap((own) => {
    const ofItems = lenient(own.name);
    if (ofItems === undefined) return [];
    const check = own.name === "@in" ? checkItems : checkBoth;
    const compare = (name: string, minds: (problem: NeverEqual) => boolean) =>
      celFunc(name, own.arguments, own.result, (left: CelValue, right: CelValue) => {
        const problem = check(left, right);
        if (problem && minds(problem)) raise(problem);
        return own.call(0, undefined, [left, right]) as never;
      });
    return [compare(own.name, () => true), compare(ofItems, ({ sorts }) => !(sorts.includes("number") && sorts.includes("string")))];
  });
}

function checkBoth(left: CelValue, right: CelValue): NeverEqual | undefined {
  const [one, other] = [sortOf(left), sortOf(right)];
  if (!one || !other) return undefined;
  if (one !== other) return new NeverEqual([one, other]);
  if (one !== "list") return undefined;
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (items.length !== others.length) return undefined;
  for (const [i, item] of items.entries()) {
    const problem = checkBoth(item, others[i]!);
    if (problem) return problem;
  }
  return undefined;
}

/** Checks `in`. It is a mistake when all items have one sort and the value has another. */
function checkItems(value: CelValue, among: CelValue): NeverEqual | undefined {
  const sort = sortOf(value);
  const sorts = new Set(itemsOf(among).map(sortOf));
  const [first] = sorts;
  return sort && first && sorts.size === 1 && first !== sort ? new NeverEqual([sort, first], true) : undefined;
}

function itemsOf(value: CelValue): readonly CelValue[] {
  const { isCelList, isCelMap } = cel();
  return isCelList(value) ? [...value] : isCelMap(value) ? [...value.keys()] : [];
}

function sortOf(value: CelValue): Sort | undefined {
  const { isCelList, isCelMap, isCelUint } = cel();
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint" || typeof value === "number" || isCelUint(value)) return "number";
  return isCelList(value) ? "list" : isCelMap(value) ? "map" : undefined;
}

/** Returns what to write instead, in the words of the author. `id` is the id of the comparison. */
export function insteadOf({ sorts, isOfItems }: NeverEqual, expr: Expr, id: bigint | undefined): string {
  const kind = id === undefined ? undefined : nodeOf(expr, id)?.exprKind;
  const operands = kind?.case === "callExpr" ? kind.value.args : [];
  const named = (sort: Sort) => textOf(operands[sorts.indexOf(sort)]) ?? "x";
  const has = (sort: Sort) => sorts.includes(sort);
  if (isOfItems && has("number") && has("string"))
    return sorts[0] === "number"
      ? `convert it with string(${named("number")})`
      : `convert it with int(${named("string")}), or write the number without quotes`;
  if (isOfItems && sorts[0] !== "boolean") return `the value before \`in\` must be a ${sorts[1]}`;
  const inLists = !isOfItems && operands.length === 2 && !has("list") && operands.some((operand) => operand.exprKind.case === "listExpr");
  if (has("boolean") && /^(true|false)$/.test(named("boolean"))) return `compare it with a ${sorts.find((sort) => sort !== "boolean")}`;
  if (has("boolean") && !inLists) return `write ${named("boolean")} alone, or !${named("boolean")} for the opposite`;
  if (has("list")) return `write ${textOf(operands[1 - sorts.indexOf("list")]) ?? "x"} in ${named("list")}`;
  if (has("map")) return `compare one of its fields, or json(${named("map")}) for all of it`;
  const literal = literalOf(operands[sorts.indexOf("string")]);
  return literal !== undefined && literal.trim() !== "" && Number.isFinite(Number(literal))
    ? `write ${literal} without quotes`
    : `convert it with string(${named("number")})`;
}

/** Returns a name or a constant as it is written; undefined for anything longer. */
function textOf(expr: Expr | undefined): string | undefined {
  const chain = chainOf(expr);
  if (chain) return chain[0] + chain.slice(1).map(accessOf).join("");
  const text = literalOf(expr);
  if (text !== undefined) return `'${text}'`;
  const constant = expr?.exprKind.case === "constExpr" ? expr.exprKind.value.constantKind : undefined;
  return constant?.case === "int64Value" || constant?.case === "boolValue" ? String(constant.value) : undefined;
}

function accessOf(part: string): string {
  if (/^[A-Za-z_]\w*$/.test(part)) return `.${part}`;
  return /^\d+$/.test(part) ? `[${part}]` : `["${part}"]`;
}

function literalOf(expr: Expr | undefined): string | undefined {
  const constant = expr?.exprKind.case === "constExpr" ? expr.exprKind.value.constantKind : undefined;
  return constant?.case === "stringValue" ? constant.value : undefined;
}
