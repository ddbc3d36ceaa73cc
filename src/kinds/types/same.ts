/** Whether the value that AWS returns for a property is the value in the file, by the schema of its type. Pure. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { covers, deref, hasMembers, isSet, itemOf, memberOf, reachesInto, type TypeFacts, type Way } from "./facts.ts";
import { isAnswer, transformOf } from "./transform.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

export interface Comparing {
  readonly facts: TypeFacts;
  /** Lists whose order AWS does not keep although the schema does not say so, as paths into the spec. */
  readonly unordered: readonly Way[];
  /** Texts that hold JSON documents. */
  readonly documents?: readonly Way[];
  /** Objects whose members are alternatives. */
  readonly choices?: readonly Way[];
}

/** Compares a property. Only members that the file names count; AWS may set the others. */
export function sameProperty(comparing: Comparing, property: string, wanted: unknown, have: unknown): boolean {
  const node = comparing.facts.schema.properties?.[property] ?? {};
  return new Comparison(comparing).whole(node, wanted, have, property);
}

/** The place of two values: their path, and the object of the file that holds the desired value. */
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
  /** The value of the whole property. Some expressions start from it. */
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
    if (covers(this.#facts.writeOnly, way)) return true; // AWS never returns it; a hash in a tag is compared
    if (wanted === undefined) return true;
    const node = deref(this.#root, written);
    const isDocument = takesDocument(node) || covers(this.#documents, way);
    const [a, b] = isDocument ? [documentOf(wanted), documentOf(have)] : [wanted, have];
    // Where the schema names the members of an object, an empty object has a meaning by its presence: `Block: {}`.
    if (isNone(a) && isNone(b) && !(isPlainObject(a) && b === undefined && way.length > 1 && hasMembers(this.#root, node))) return true;
    if (isPolicy(a) && isPolicy(b)) return policyText(a) === policyText(b);
    if (Array.isArray(a)) return Array.isArray(b) && this.#sameList(node, a, b, spot);
    // Where AWS returns none of the members, it does not return the object either.
    const around = b === undefined && reachesInto(this.#facts.writeOnly, way) ? {} : b;
    if (isPlainObject(a)) return isPlainObject(around) && this.#sameObject(node, a, around, way);
    return scalarText(a) === scalarText(b) || isNameOf(a, b) || this.#isTransformed(b, spot);
  }

  #sameList(node: SchemaNode, wanted: readonly unknown[], have: readonly unknown[], { way, holder }: Spot): boolean {
    if (wanted.length !== have.length) return false;
    const item = itemOf(this.#root, node);
    const inner = { way: [...way, "*"], holder };
    // A name that AWS never returns cannot identify an item.
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

  /**
   * Whether AWS returns the value in the form that its schema states. Expressions start from the object that holds the value, or from the
   * whole property.
   */
  #isTransformed(told: unknown, { way, holder }: Spot): boolean {
    const expression = this.#facts.transforms.get(way.join("/"));
    const transform = expression === undefined ? undefined : transformOf(expression, way.at(-1)!);
    if (!transform || told === undefined || told === null) return false;
    const roots = [holder, { [way[0]!]: this.#whole }];
    return roots.some((root) => isAnswer(transform(root), scalarText(told)));
  }
}

/** Returns the member that names the items of a list, if there is one. Such items are matched by name, and their order has no meaning. */
function keyOf(items: readonly unknown[]): string | undefined {
  return ["Key", "Id", "Name", "AttributeName"].find((key) => {
    const names = items.map((item) => (isPlainObject(item) ? item[key] : undefined));
    return items.length > 0 && names.every((name) => typeof name === "string") && new Set(names).size === items.length;
  });
}

function sameKey(a: unknown, b: unknown, key: string): boolean {
  return isPlainObject(a) && isPlainObject(b) && a[key] === b[key];
}

/** Whether a property takes a JSON document as a mapping or as its text. */
function takesDocument({ type }: SchemaNode): boolean {
  return Array.isArray(type) && type.includes("object") && type.includes("string");
}

function documentOf(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return value; // not a document: the texts are compared
    throw error;
  }
}

function isPolicy(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && "Statement" in value;
}

/**
 * Returns one form of a policy (IAM User Guide, "IAM JSON policy elements reference"): a single value equals a list of one, and the order
 * of lists has no meaning.
 */
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

/** Returns the same value with the keys of its objects in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Returns a scalar as text, because some handlers return numbers and booleans as texts. */
function scalarText(value: unknown): string {
  return typeof value === "string" ? value : String(JSON.stringify(value) ?? "undefined");
}

/** Whether the file has a name and AWS returns the ARN that ends with it, as for the cluster of a service or the function of a mapping. */
function isNameOf(name: unknown, arn: unknown): boolean {
  if (typeof name !== "string" || typeof arn !== "string" || !arn.startsWith("arn:") || name === "" || /[:/]/.test(name)) return false;
  return arn.endsWith(`:${name}`) || arn.endsWith(`/${name}`);
}

function isNone(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isPlainObject(value) && Object.keys(value).length === 0;
}
