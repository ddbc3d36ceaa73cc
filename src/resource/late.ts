/**
 * Late values: values in texts that AWS shows only when an object exists. In a spec, such a value is a mark of characters that no YAML by
 * people contains, with the address and the output. A plan puts in the values that are known. The worker puts in the rest, just before it
 * sends the text.
 */
import type { Address, Kind, Live, OutputDoc, Spec } from "../kinds/kind.ts";
import { Evaluator } from "../expressions/evaluate.ts";
import { isSettled, leavesOf, withLeaves, type Given, type Node } from "../expressions/node.ts";
import { textOfValue, ValueProblem, type Plain } from "../expressions/values.ts";

/** One value of another object: `dbInstance/main` and `endpoint`. */
export interface LateValue {
  readonly address: Address;
  readonly output: string;
}

/** The remainder of an expression that computes with late values. */
export interface LateExpression {
  readonly node: Node;
}

const mark = /\uE000([^\uE001]+)\uE001([^\uE002]+)\uE002|\uE003([\w-]+)\uE004/g;

/** Returns the mark that stands for a value until it is known. */
export function markOf({ address, output }: LateValue): string {
  return `\uE000${address}\uE001${output}\uE002`;
}

/**
 * Returns the mark of an expression. Its characters stay unchanged in JSON and in every other text. Throws ValueProblem when it is too
 * long.
 */
export function markOfNode(node: Node): string {
  if (node[0] === "text" || node[0] === "number") return node[1];
  const text = JSON.stringify(node);
  // In a chain of expressions, each may contain the one before it twice.
  if (text.length > longestNode) throw new ValueProblem("with all values that it is computed from, it is more than 128 KiB");
  return `\uE003${Buffer.from(text).toString("base64url")}\uE004`;
}

const longestNode = 128 * 1024;

/** A text with its expressions as they are in their marks, for comparing by what they name. */
export function withNodesOpen(text: string): string {
  const open = text.replace(/\uE003([\w-]+)\uE004/g, (_mark, code: string) => Buffer.from(code, "base64url").toString());
  return open === text ? text : withNodesOpen(open);
}

/** Returns the name of a value in plans and approvals: `dbInstance/main.endpoint`. */
export function nameOfLate({ address, output }: LateValue): string {
  return `${address}.${output}`;
}

/** Returns the parts of a text, in order. */
export function partsOf(text: string): (string | LateValue | LateExpression)[] {
  // Splitting by a pattern with three groups gives text, address, output, expression, text and so on.
  const found = text.split(mark);
  return found.flatMap((part, i): (string | LateValue | LateExpression)[] => {
    if (i % 4 === 0) return part === "" ? [] : [part];
    if (i % 4 !== 1) return [];
    const code = found[i + 2];
    return [code === undefined ? { address: part, output: found[i + 1]! } : { node: nodeOfMark(code) }];
  });
}

const nodes = new Map<string, Node>();

function nodeOfMark(code: string): Node {
  const known = nodes.get(code);
  if (known) return known;
  const node = JSON.parse(Buffer.from(code, "base64url").toString()) as Node;
  nodes.set(code, node);
  return node;
}

/** Returns a text with marks as a node. If the text is a single expression, the node is that expression. */
export function nodeOfText(text: string): Node {
  const [only, ...others] = partsOf(text);
  return typeof only === "object" && "node" in only && others.length === 0 ? only.node : isLate(text) ? ["text", text] : ["value", text];
}

/** Whether a value contains a mark. */
export function isLate(value: unknown): boolean {
  // a single character of a mark belongs to somebody's text: terminal fonts have symbols there
  if (typeof value === "string") return value.search(mark) !== -1;
  return typeof value === "object" && value !== null && Object.values(value).some(isLate);
}

/** Returns every late value in a value, each once, in the order in which they appear. */
export function lateIn(value: unknown, found = new Map<string, LateValue>()): readonly LateValue[] {
  if (typeof value === "string") {
    if (isLate(value))
      for (const part of partsOf(value))
        if (typeof part === "object" && "node" in part) lateInNode(part.node, found);
        else if (typeof part === "object") found.set(nameOfLate(part), part);
  } else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) lateIn(inner, found);
  return [...found.values()];
}

/** Returns the late values of an expression. */
export function lateInNode(node: Node, found = new Map<string, LateValue>()): readonly LateValue[] {
  for (const leaf of leavesOf(node)) if (leaf[0] === "text" || leaf[0] === "number") lateIn(leaf[1], found);
  return [...found.values()];
}

/** Whether a value waits for the caller's account or its zones, which every plan knows. */
export function asksCaller(value: unknown): boolean {
  if (typeof value === "string") return partsOf(value).some((part) => typeof part === "object" && "node" in part && needsCaller(part.node));
  return typeof value === "object" && value !== null && Object.values(value).some(asksCaller);
}

function needsCaller(node: Node): boolean {
  return leavesOf(node).some((leaf) =>
    leaf[0] === "text" || leaf[0] === "number" ? asksCaller(leaf[1]) : leaf[0] === "account" || leaf[0] === "zones",
  );
}

/** Returns the late values that the fields and tags of a resource wait for, each with the field. */
export function lateNeeds({
  spec,
  tags,
}: {
  readonly spec: Spec;
  readonly tags: object;
}): readonly (LateValue & { readonly path: string })[] {
  const fields = isLate(spec) ? Object.entries(spec) : [];
  return [...fields, ["tags", tags] as const].flatMap(([path, value]) => lateIn(value).map((of) => ({ ...of, path })));
}

/**
 * Puts known values into a value; returns the same object when it has no marks. An expression is evaluated once all its values are known.
 * If it has no value then, `wrong` gets the reason, and the mark stays.
 */
export function withKnown<T>(value: T, known: (of: LateValue) => string | undefined, wrong?: (why: string) => void): T {
  return replaced(value, (part) => {
    if (!("node" in part)) return known(part);
    const node = withLeaves(part.node, (leaf) =>
      leaf[0] === "text" ? nodeOfText(withKnown(leaf[1], known, wrong)) : knownLeaf(leaf, known),
    );
    if (!isSettled(node)) return markOfNode(node);
    try {
      return textOfValue(finish(node, nothing));
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      wrong?.(error.message);
      return undefined;
    }
  });
}

function knownLeaf(leaf: Node, known: (of: LateValue) => string | undefined): Node {
  if (leaf[0] !== "number") return leaf;
  const text = withKnown(leaf[1], known);
  if (isLate(text)) return leaf;
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) return ["value", text];
  return Number.isSafeInteger(number) ? ["int", text] : ["double", text];
}

const nothing: Given = { text: (text) => text, account: "", zones: [] };

let evaluator: Evaluator | undefined;

/** Returns the value of an expression whose values are all known. */
export function finish(node: Node, given: Given): Plain {
  return (evaluator ??= new Evaluator()).finish(node, given);
}

/** Returns the value with a text for each mark. When `put` returns undefined, the mark stays. */
function replaced<T>(value: T, put: (part: LateValue | LateExpression) => string | undefined): T {
  if (!isLate(value)) return value;
  const text = (whole: string) =>
    whole.replace(
      mark,
      (all, address: string, output: string, code: string | undefined) =>
        put(code === undefined ? { address, output } : { node: nodeOfMark(code) }) ?? all,
    );
  const walk = (inner: unknown): unknown => {
    if (typeof inner === "string") return text(inner);
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, walk(one)]));
  };
  return walk(value) as T;
}

/** Returns the value with one text in place of all marks, for checks that need any text. */
export function standingIn<T>(value: T, text: string): T {
  return replaced(value, () => text);
}

/** An account and zones that nobody has, for checks that need a value of the right form. */
const examples = {
  account: "111122223333",
  zones: (region: string) => ["a", "b", "c", "d", "e", "f"].map((letter) => region + letter),
};

/**
 * Returns a text with examples for the caller's account and zones, where it waits for nothing else. The result may be no text. Undefined
 * when the text has no value with the examples, such as a map that lacks the example account.
 */
export function exemplified(text: string, region: string): unknown {
  let hasNone = false;
  const given: Given = { text: (inner) => String(exemplified(inner, region)), account: examples.account, zones: examples.zones(region) };
  const valueOf = (node: Node): unknown => {
    try {
      return finish(node, given);
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      hasNone = true;
      return "";
    }
  };
  const parts = partsOf(text);
  const isCallers = (part: (typeof parts)[number]): part is LateExpression =>
    typeof part === "object" && "node" in part && lateInNode(part.node).length === 0;
  const [only, ...others] = parts;
  const value =
    only !== undefined && others.length === 0 && isCallers(only)
      ? valueOf(only.node)
      : replaced(text, (part) => (isCallers(part) ? String(valueOf(part.node)) : undefined));
  return hasNone ? undefined : value;
}

/** Returns the value for people: `(known after dbInstance/main)` for a late value, `(unknown account)` when nobody has asked AWS. */
export function shownLate<T>(value: T): T {
  return replaced(value, (part) => {
    if (!("node" in part)) return `(known after ${part.address})`;
    const after = [...new Set(lateInNode(part.node).map(({ address }) => address))];
    return after.length > 0 ? `(known after ${after.join(" and ")})` : `(unknown ${callersIn(part.node).join(" and ")})`;
  });
}

/**
 * Returns the value with a text wherever it waits only for the caller's account and zones. When no text is given, it is "(unknown
 * account)".
 */
export function replacedForCaller<T>(value: T, text: string | undefined): T {
  return replaced(value, (part) => {
    if (!("node" in part) || !needsCaller(part.node)) return undefined;
    return lateInNode(part.node).length === 0 ? (text ?? `(unknown ${callersIn(part.node).join(" and ")})`) : undefined;
  });
}

function callersIn(node: Node): readonly string[] {
  const found = leavesOf(node).flatMap((leaf): readonly string[] =>
    leaf[0] === "account" || leaf[0] === "zones"
      ? [leaf[0]]
      : leaf[0] === "text"
        ? partsOf(leaf[1]).flatMap((part) => (typeof part === "object" && "node" in part ? callersIn(part.node) : []))
        : [],
  );
  return [...new Set(found)];
}

/** Returns an output of a live object. Undefined when AWS does not show it, or does not show it yet. */
export function outputOf(live: Told | undefined, output: string): string | undefined {
  if (!live) return undefined;
  if (output === "id") return live.id;
  const told = live.outputs?.[output];
  return told || (output === "arn" ? [live.id, ...(live.aliases ?? [])].find((alias) => alias.startsWith("arn:")) : undefined);
}

type Told = Pick<Live, "id" | "outputs"> & Partial<Pick<Live, "aliases">>;

/** Returns all outputs of a kind, including the id. */
export function outputsOfKind({ outputs = {} }: Pick<Kind, "outputs">): Readonly<Record<string, OutputDoc>> {
  const all = { id: "Its id in AWS.", ...outputs };
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, typeof one === "string" ? { doc: one } : one]));
}
