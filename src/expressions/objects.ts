/** The resources that an expression names, with the places of their names: what an editor follows and renames. */
import { cel } from "./library.ts";
import { outputsAsFields, resourcesAsItems, visit, withoutReserved, written, type Expr } from "./syntax.ts";

/** A stretch of an expression's text, by offsets in it. */
export interface Stretch {
  readonly text: string;
  readonly start: number;
}

export interface NamedObject {
  readonly kind: string;
  readonly name: Stretch;
  /** Where the dot before the name stands: a name with a hyphen needs brackets in its place. */
  readonly dot?: number;
}

export interface Objects {
  /** `vpc.main`, `subnet["front-a"]`, `resource("AWS::SQS::Queue/jobs")`: the kind, and the name where it stands. */
  readonly named: readonly NamedObject[];
  /** Kinds of which the expression takes resources by names that it computes: `subnet[var.name]`, `subnet.map(…)`. */
  readonly computed: readonly string[];
  /** Texts that can be the value of the whole expression, or an item of it, as they stand there. */
  readonly results: readonly Stretch[];
  /** Whether a value can come from anything but such a text and such a resource. */
  readonly isComputed: boolean;
}

/** What an expression names; undefined where it cannot be read. `isKind`: the names under which there are resources. */
export function objectsIn(code: string, isKind: (name: string) => boolean): Objects | undefined {
  const read = parsed(code);
  return read && new Reading(code, read, isKind).objects();
}

type Parsed = { readonly expr: Expr; readonly positions: Readonly<Record<string, number>> };

function parsed(code: string): Parsed | undefined {
  try {
    const { expr, sourceInfo } = cel().parse(withoutReserved(resourcesAsItems(outputsAsFields(code))));
    return { expr, positions: { ...sourceInfo?.positions } };
  } catch {
    return undefined; // who evaluates it tells why
  }
}

class Reading {
  readonly #code: string;
  readonly #parsed: Parsed;
  readonly #isKind: (name: string) => boolean;
  readonly #named: NamedObject[] = [];
  readonly #computed = new Set<string>();
  readonly #results: Stretch[] = [];
  #isComputed = false;

  constructor(code: string, read: Parsed, isKind: (name: string) => boolean) {
    this.#code = code;
    this.#parsed = read;
    this.#isKind = isKind;
  }

  objects(): Objects {
    const { expr } = this.#parsed;
    /** Roots of names whose resource is told already by the node around them. */
    const told = new Set<bigint>();
    visit(expr, new Set(), (node, bound) => {
      const step = stepIn(node);
      const root = step && rootIn(step.of);
      if (step && root && !bound.has(root.name) && this.#isOfResources(root.name) && this.#tell(root, step)) told.add(root.id);
      if (node.exprKind.case === "identExpr" && !bound.has(node.exprKind.value.name)) this.#root(node, told);
      return true;
    });
    this.#result(expr);
    return {
      named: this.#named,
      computed: [...this.#computed],
      results: this.#results,
      isComputed: this.#isComputed,
    };
  }

  #isOfResources(name: string): boolean {
    return written(name) === "resource" || this.#isKind(name);
  }

  /** A kind that is taken as a whole gives names to a loop, or to a text. */
  #root(node: Expr, told: ReadonlySet<bigint>): void {
    const { name } = (node.exprKind as { value: { name: string } }).value;
    if (this.#isKind(name) && !told.has(node.id)) this.#computed.add(name);
  }

  /** The resource of `vpc.main`; false where its name is computed. */
  #tell({ name: root, id }: Root, { field, index }: Step): boolean {
    const at = this.#parsed.positions[String(id)] ?? 0;
    if (written(root) === "resource") return this.#tellAddress(index ? textOf(index) : undefined, at);
    const name = field ?? (index && (textOf(index) ?? wholeNumber(index)));
    if (name === undefined) return false;
    const behind = at + root.length;
    const before = (index ? /^\s*\[\s*["']?/ : /^\s*\.\s*/).exec(this.#code.slice(behind))?.[0];
    const start = behind + (before?.length ?? 0);
    if (before === undefined || !this.#code.startsWith(name, start)) return false;
    this.#named.push({ kind: root, name: { text: name, start }, ...(!index && { dot: behind }) });
    return true;
  }

  #tellAddress(address: string | undefined, at: number): boolean {
    const [, kind, name] = /^([^/]+)\/([\w-]+)$/.exec(address ?? "") ?? [];
    if (kind === undefined || name === undefined) return false;
    this.#named.push({ kind, name: { text: name, start: at + `resource("${kind}/`.length } });
    return true;
  }

  /** What the whole comes to: branches of a condition, items of a list. */
  #result(node: Expr): void {
    const { exprKind: kind, id } = node;
    const text = textOf(node);
    if (text !== undefined) {
      const at = this.#parsed.positions[String(id)] ?? 0;
      if (this.#code.startsWith(text, at + 1)) this.#results.push({ text, start: at + 1 });
      else this.#isComputed = true;
    } else if (kind.case === "listExpr") kind.value.elements.forEach((element) => this.#result(element));
    else if (kind.case === "callExpr" && kind.value.function === "_?_:_")
      kind.value.args.slice(1).forEach((branch) => this.#result(branch));
    else if (kind.case !== "constExpr") this.#isComputed = true;
  }
}

interface Step {
  readonly of: Expr | undefined;
  readonly field?: string;
  readonly index?: Expr;
}

/** One step into a value: `.field`, or `[index]`. */
function stepIn({ exprKind: kind }: Expr): Step | undefined {
  if (kind.case === "selectExpr") return { of: kind.value.operand, field: kind.value.field };
  if (kind.case !== "callExpr" || kind.value.function !== "_[_]") return undefined;
  const [of, index] = kind.value.args;
  return index && { of, index };
}

interface Root {
  readonly name: string;
  readonly id: bigint;
}

function rootIn(expr: Expr | undefined): Root | undefined {
  return expr?.exprKind.case === "identExpr" ? { name: expr.exprKind.value.name, id: expr.id } : undefined;
}

function textOf({ exprKind: kind }: Expr): string | undefined {
  const constant = kind.case === "constExpr" ? kind.value.constantKind : undefined;
  return constant?.case === "stringValue" ? constant.value : undefined;
}

function wholeNumber({ exprKind: kind }: Expr): string | undefined {
  const constant = kind.case === "constExpr" ? kind.value.constantKind : undefined;
  return constant?.case === "int64Value" ? String(constant.value) : undefined;
}
