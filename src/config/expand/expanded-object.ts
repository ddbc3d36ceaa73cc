import type { Code } from "../../diag/codes.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { AnnotatedSchema } from "../../resource/references.ts";
import { schemaOf, templateFor, textFieldFiles } from "../schema/expansion-schema.ts";
import { Consequence } from "../../expressions/outcome.ts";
import { itemPlace, type Used } from "./interpolate.ts";
import type { Named } from "./name-scope.ts";
import { adoptByKey, isByKey } from "./adopt-by-key.ts";
import { partsOfName, type Item, type Repetition } from "../values/repetition.ts";
import type { Spot } from "../yaml/source.ts";
import type { Entry, MapTree, Tree } from "../yaml/tree.ts";
import { isLiteral } from "./trees.ts";
import type { Resource } from "./using.ts";

/** Fields of a resource that say how often it exists. They do not reach the schema, except a `count` that is no whole number. */
const shapeFields: ReadonlySet<string> = new Set(["when", "forEach", "count"]);

/** The functions of the expansion that an object needs. */
export interface Expanding {
  evaluate(tree: Tree, here: Used, schema: AnnotatedSchema | undefined, file?: string): Tree | undefined;
  within<T>(what: string, spot: Spot, work: () => T): T;
  fail(code: Code, spot: Spot, summary: string, hint?: string): void;
  warn(code: Code, spot: Spot, summary: string, hint: string): void;
  /** Returns the text of the file that a field names, with the places of that file; undefined after a report. */
  template(path: Tree): Tree | undefined;
}

/** One object of a resource: its fields, each evaluated when it is first asked for. */
export class Obj implements Named {
  readonly kind: Kind;
  readonly address: string;
  readonly #expansion: Expanding;
  readonly #of: Resource;
  readonly #item: Item | undefined;
  readonly #how: "count" | "forEach" | undefined;
  readonly #keys: readonly string[];
  readonly #fields = new Map<string, { readonly tree: Tree | undefined; readonly isBroken: boolean }>();

  /** `repetition` is the repetition of the resource; all its items share it. */
  constructor(expansion: Expanding, of: Resource, address: string, item: Item | undefined, repetition: Repetition | undefined) {
    this.#expansion = expansion;
    this.#of = of;
    this.kind = of.kind;
    this.address = address;
    this.#item = item;
    const isRepeated = repetition !== undefined && "items" in repetition;
    this.#how = isRepeated ? repetition.how : undefined;
    this.#keys = isRepeated ? [...repetition.items.map(({ key }) => key), ...repetition.absent] : [];
  }

  fieldNames(): readonly string[] {
    return [...this.#of.tree.entries.keys()].filter((field) => !shapeFields.has(field)).map((field) => this.#filledBy(field) ?? field);
  }

  field(name: string): Tree | undefined {
    const { tree, isBroken } = this.#evaluated(name);
    if (isBroken) throw new Consequence();
    return tree;
  }

  /** Returns the whole object as the schema sees it. Items that do not differ share one tree. */
  tree(): MapTree {
    const { tree } = this.#of;
    if (this.#of.whole) return this.#of.whole;
    if (this.#isAsWritten()) return (this.#of.whole = tree);
    const entries = new Map<string, Entry>();
    let isShared = true;
    for (const [field, entry] of tree.entries) {
      if (shapeFields.has(field) && !(field === "count" && this.#item === undefined)) continue;
      const filled = this.#filledBy(field);
      if (filled !== undefined && tree.entries.has(filled)) {
        this.#expansion.fail("conflict", entry.key, `${this.address} has both ${filled} and ${field}.`, "keep one of the two");
        continue;
      }
      const name = filled ?? field;
      const value = this.#evaluated(name).tree;
      isShared &&= this.#of.shared.has(name);
      if (value) entries.set(name, value === entry.value ? entry : { key: entry.key, value });
    }
    const isSame = entries.size === tree.entries.size && [...entries].every(([field, entry]) => tree.entries.get(field) === entry);
    const whole = isSame ? tree : { ...tree, entries };
    if (isShared) this.#of.whole = whole;
    return whole;
  }

  /** Whether nothing in the object has to be evaluated, which holds for most objects of a large environment. */
  #isAsWritten(): boolean {
    const { tree } = this.#of;
    for (const field of tree.entries.keys()) if (shapeFields.has(field) || this.#filledBy(field) !== undefined) return false;
    return isLiteral(tree);
  }

  #evaluated(name: string): { readonly tree: Tree | undefined; readonly isBroken: boolean } {
    const known = this.#fields.get(name);
    if (known) return known;
    const template = [...this.#of.tree.entries].find(([field]) => this.#filledBy(field) === name && !this.#of.tree.entries.has(name));
    const entry = template?.[1] ?? this.#of.tree.entries.get(name);
    if (!entry || (shapeFields.has(name) && this.#item)) return { tree: undefined, isBroken: false };
    if (this.#of.shared.has(name)) return { tree: this.#of.shared.get(name), isBroken: false };
    const takesLate = name === "tags" || this.kind.fields[name]?.late === true;
    const here = { ...itemPlace(this.#item, this.#how), takesLate, scope: this.#of.scope };
    const schema = schemaOf(this.kind.schema as AnnotatedSchema, name);
    const file = textFieldFiles(this.kind.schema as AnnotatedSchema, name);
    const evaluate = (value: Tree) => this.#expansion.evaluate(value, here, schema, file);
    const whole = this.#expansion.within(`${this.address}.${name}`, entry.key, () =>
      template ? this.#fromFile(entry.value, here, evaluate) : evaluate(entry.value),
    );
    const evaluated = name === "adopt" && whole && this.#item && isByKey(whole) ? this.#adopted(whole, this.#item) : whole;
    const made = { tree: evaluated, isBroken: here.used.broken };
    this.#fields.set(name, made);
    if (!here.used.item && !here.used.broken && !(name === "adopt" && this.#item)) this.#of.shared.set(name, evaluated);
    if (here.used.index && this.kind.fields[name]?.change === "replace") this.#warnOfIndex(name, entry);
    return made;
  }

  /** Returns the field that this one fills with the text of a template. */
  #filledBy(field: string): string | undefined {
    return templateFor(this.kind.schema as AnnotatedSchema, field);
  }

  /** Evaluates the text of a template. The name of its file must be known at once, even when the text may hold late values. */
  #fromFile(path: Tree, here: Used, evaluate: (value: Tree) => Tree | undefined): Tree | undefined {
    const named = this.#expansion.evaluate(path, { ...here, takesLate: false }, undefined);
    const text = named && !here.used.broken ? this.#expansion.template(named) : undefined;
    if (text) return evaluate(text);
    here.used.broken = true;
    return undefined;
  }

  #adopted(whole: MapTree, item: Item): Tree | undefined {
    const { found, problems } = adoptByKey(whole, item, this.#keys);
    const { base } = partsOfName(this.address);
    for (const { spot, summary, hint } of problems) this.#expansion.fail("unknown-field", spot, `${base}${summary}`, hint);
    return found;
  }

  #warnOfIndex(name: string, entry: Entry): void {
    const { base } = partsOfName(this.address);
    const summary = `${base}.${name} is computed from each.index, but cannot change in place: adding or removing an earlier item of the list replaces this resource.`;
    this.#expansion.warn(
      "index-in-identity",
      entry.key,
      summary,
      "write a map with a number for each key, forEach: { a: 0, b: 1 }, and use each.value",
    );
  }
}
