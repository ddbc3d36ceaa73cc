/** Whether what AWS tells of a property is what the file asks for, by the schema of its type. Pure. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { covers, deref, hasMembers, isSet, itemOf, memberOf, reachesInto, type TypeFacts, type Way } from "./facts.ts";
import { isAnswer, transformOf } from "./transform.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

export interface Comparing {
  readonly facts: TypeFacts;
  /** Lists whose order AWS does not keep though the schema does not say so, as ways into the spec. */
  readonly unordered: readonly Way[];
  /** Texts that hold JSON documents. */
  readonly documents?: readonly Way[];
  /** Objects of which one member is meant. */
  readonly choices?: readonly Way[];
}

/** Only what is written counts: members of objects that the file does not name are AWS's own. */
export function sameProperty(comparing: Comparing, property: string, wanted: unknown, have: unknown): boolean {
  const node = comparing.facts.schema.properties?.[property] ?? {};
  return new Comparison(comparing).whole(node, wanted, have, property);
}

/** Where two values stand: the way to them, and the object of the file that holds the one. */
interface Spot {
  readonly way: Way;
  readonly holder: Readonly<Record<string, unknown>>;
}

class Comparison {
  readonly #root: RegistrySchema;
  readonly #facts: TypeFacts;
  readonly #unordered: readonly Way[];
  readonly #documents: readonly Way[];
  readonly #choices: readonly Way[];
  /** The value of the whole property, from which some expressions begin. */
  #whole: unknown;

  constructor({ facts, unordered, documents = [], choices = [] }: Comparing) {
    this.#root = facts.schema;
    this.#facts = facts;
    this.#unordered = unordered;
    this.#documents = documents;
    this.#choices = choices;
  }

  whole(node: SchemaNode, wanted: unknown, have: unknown, property: string): boolean {
    this.#whole = wanted;
    return this.same(node, wanted, have, { way: [property], holder: { [property]: wanted } });
  }

  same(written: SchemaNode, wanted: unknown, have: unknown, spot: Spot): boolean {
    const { way } = spot;
    if (covers(this.#facts.writeOnly, way)) return true; // AWS does not tell it; a hash in a tag does
    if (wanted === undefined) return true;
    const node = deref(this.#root, written);
    const isDocument = takesDocument(node) || covers(this.#documents, way);
    const [a, b] = isDocument ? [documentOf(wanted), documentOf(have)] : [wanted, have];
    // An object whose members the schema names says something by being there, though it is empty: `Block: {}`.
    if (isNone(a) && isNone(b) && !(isPlainObject(a) && b === undefined && way.length > 1 && hasMembers(this.#root, node))) return true;
    if (isPolicy(a) && isPolicy(b)) return policyText(a) === policyText(b);
    if (Array.isArray(a)) return Array.isArray(b) && this.#sameList(node, a, b, spot);
    // Where AWS tells nothing of what is inside, it does not tell the object either.
    const around = b === undefined && reachesInto(this.#facts.writeOnly, way) ? {} : b;
    if (isPlainObject(a)) return isPlainObject(around) && this.#sameObject(node, a, around, way);
    return scalarText(a) === scalarText(b) || isNameOf(a, b) || this.#isTransformed(b, spot);
  }

  #sameList(node: SchemaNode, wanted: readonly unknown[], have: readonly unknown[], { way, holder }: Spot): boolean {
    if (wanted.length !== have.length) return false;
    const item = itemOf(this.#root, node);
    const inner = { way: [...way, "*"], holder };
    // A name that AWS never tells tells nothing apart.
    const named = keyOf(wanted);
    const key = named !== undefined && covers(this.#facts.writeOnly, [...inner.way, named]) ? undefined : named;
    const isUnordered = isSet(node, this.#unordered, way) || key !== undefined;
    if (!isUnordered) return wanted.every((one, i) => this.same(item, one, have[i], inner));
    const left = [...have];
    return wanted.every((one) => {
      const at = left.findIndex((other) => (key === undefined || sameKey(one, other, key)) && this.same(item, one, other, inner));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  }

  #sameObject(node: SchemaNode, wanted: Readonly<Record<string, unknown>>, have: Readonly<Record<string, unknown>>, way: Way): boolean {
    const isWhole = !hasMembers(this.#root, node) || covers(this.#choices, way);
    if (isWhole && Object.keys(have).some((key) => !Object.hasOwn(wanted, key))) return false;
    return Object.entries(wanted).every(([key, value]) =>
      this.same(memberOf(this.#root, node, key) ?? {}, value, have[key], { way: [...way, key], holder: wanted }),
    );
  }

  /** Whether AWS tells the value in the form that its schema says. Expressions look from the object that holds it, or from the whole. */
  #isTransformed(told: unknown, { way, holder }: Spot): boolean {
    const expression = this.#facts.transforms.get(way.join("/"));
    const transform = expression === undefined ? undefined : transformOf(expression, way.at(-1)!);
    if (!transform || told === undefined || told === null) return false;
    const roots = [holder, { [way[0]!]: this.#whole }];
    return roots.some((root) => isAnswer(transform(root), scalarText(told)));
  }
}

/** Items of a list that name themselves are told apart by that name, and their order means nothing. */
function keyOf(items: readonly unknown[]): string | undefined {
  return ["Key", "Id", "Name", "AttributeName"].find((key) => {
    const names = items.map((item) => (isPlainObject(item) ? item[key] : undefined));
    return items.length > 0 && names.every((name) => typeof name === "string") && new Set(names).size === items.length;
  });
}

function sameKey(a: unknown, b: unknown, key: string): boolean {
  return isPlainObject(a) && isPlainObject(b) && a[key] === b[key];
}

/** A JSON document that may be written as a mapping or as its text. */
function takesDocument({ type }: SchemaNode): boolean {
  return Array.isArray(type) && type.includes("object") && type.includes("string");
}

function documentOf(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return value; // no document after all: then the texts are compared
    throw error;
  }
}

function isPolicy(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && "Statement" in value;
}

/** One form of a policy (IAM User Guide, "IAM JSON policy elements reference"): one is a list of one, and order means nothing in lists. */
function policyText(policy: Readonly<Record<string, unknown>>): string {
  const listed = (value: unknown): unknown => {
    if (Array.isArray(value)) return [...new Set(value.map((one) => JSON.stringify(sorted(one))))].sort();
    return typeof value === "string" ? [JSON.stringify(value)] : value;
  };
  const statement = (one: unknown): unknown => {
    if (!isPlainObject(one)) return one;
    const parts = Object.entries(one).map(([key, value]): [string, unknown] => {
      if (/^(Not)?(Action|Resource)$/.test(key)) return [key, listed(value)];
      if (/^(Not)?Principal$/.test(key) && isPlainObject(value)) return [key, mapped(value, listed)];
      if (key === "Condition" && isPlainObject(value))
        return [key, mapped(value, (test) => (isPlainObject(test) ? mapped(test, listed) : test))];
      return [key, value];
    });
    return Object.fromEntries(parts);
  };
  const statements = [policy["Statement"]].flat().map((one) => JSON.stringify(sorted(statement(one))));
  return JSON.stringify(sorted({ Version: "2008-10-17", ...policy, Statement: statements.sort() }));
}

function mapped(value: Readonly<Record<string, unknown>>, fn: (inner: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fn(inner)]));
}

/** The same value with the keys of its objects in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Handlers tell numbers and booleans as texts here and there. */
function scalarText(value: unknown): string {
  return typeof value === "string" ? value : String(JSON.stringify(value) ?? "undefined");
}

/** A name where AWS tells the ARN that ends with it: the cluster of a service, the function of a mapping. */
function isNameOf(name: unknown, arn: unknown): boolean {
  if (typeof name !== "string" || typeof arn !== "string" || !arn.startsWith("arn:") || name === "" || /[:/]/.test(name)) return false;
  return arn.endsWith(`:${name}`) || arn.endsWith(`/${name}`);
}

function isNone(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isPlainObject(value) && Object.keys(value).length === 0;
}
