/** Returns trees without expressions: every value put into its text, every `when` decided, every `[*]` written out. */
import type { Code } from "../../diag/codes.ts";
import type { AnnotatedSchema } from "../../resource/references.ts";
import { conditional, itemSchema, listOfRefs, refKinds, schemaOf } from "../schema/expansion-schema.ts";
import { type Interpolation, itemPlace, type Used } from "./interpolate.ts";
import { truthOf } from "./repeat.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import type { Entry, ListTree, MapTree, ScalarTree, Tree } from "../yaml/tree.ts";
import type { NameScope } from "./name-scope.ts";

export class Trees {
  readonly #texts: Interpolation;
  readonly #top: Pick<NameScope, "repetition">;
  /** Places of values that could not be evaluated. This class adds to it. */
  readonly #broken: Set<string>;
  readonly fail: (code: Code, spot: Spot, summary: string, hint?: string) => void;

  constructor(texts: Interpolation, top: Pick<NameScope, "repetition">, broken: Set<string>, fail: Trees["fail"]) {
    this.#texts = texts;
    this.#top = top;
    this.#broken = broken;
    this.fail = fail;
  }

  /** Returns a tree without expressions; undefined for a mapping whose `when` is false. */
  evaluate(tree: Tree, here: Used, schema: AnnotatedSchema | undefined, file?: string): Tree | undefined {
    if (tree.type === "scalar") return this.#scalar(tree, here, schema, file);
    if (tree.type === "list") return this.#list(tree, here, schema);
    // A reference to all objects of a repeated resource of another environment.
    const address = tree.entries.get("address")?.value;
    if (schema && address?.type === "scalar" && isSplat(address.value) && listOfRefs(schema))
      return this.#list({ type: "list", spot: tree.spot, items: [tree] }, here, schema);
    return this.#map(tree, here, schema);
  }

  #scalar(tree: ScalarTree, here: Used, schema: AnnotatedSchema | undefined, file: string | undefined): Tree {
    const value = this.#texts.scalar(tree, here, file);
    const refs = schema && value.type === "scalar" && isSplat(value.value) ? listOfRefs(schema) : undefined;
    return refs ? { type: "list", spot: tree.spot, items: this.#splat(value as ScalarTree, refs, here) } : value;
  }

  #list(tree: ListTree, here: Used, schema: AnnotatedSchema | undefined): Tree {
    const inner = schema && itemSchema(schema);
    const refs = inner && refKinds(inner);
    const splat = (value: ScalarTree, kinds: readonly string[]) => {
      const found = this.#splat(value, kinds, here);
      // Nobody can count the items of a broken resource, so no list that lacks them is reported as too short or too long.
      if (this.#broken.has(placeKey(value.spot))) this.#broken.add(placeKey(tree.spot));
      return found;
    };
    const items = tree.items.flatMap((item): readonly Tree[] => {
      const value = this.evaluate(item, here, inner);
      if (!value) return [];
      return refs && value.type === "scalar" && isSplat(value.value) ? splat(value, refs) : listed(value, item);
    });
    return items.length === tree.items.length && items.every((item, i) => item === tree.items[i]) ? tree : { ...tree, items };
  }

  #map(tree: MapTree, here: Used, schema: AnnotatedSchema | undefined): Tree | undefined {
    const when = schema && conditional(schema) ? tree.entries.get("when") : undefined;
    if (when && !this.isTrue(when.value, deciding(here, "whether this is declared"))) return undefined;
    const entries = new Map<string, Entry>();
    let isChanged = when !== undefined;
    for (const [key, entry] of tree.entries) {
      if (entry === when) continue;
      if (key.includes("${")) this.fail("bad-expression", entry.key, "a key cannot contain ${…}; only values can.");
      const value = this.evaluate(entry.value, here, schema && schemaOf(schema, key));
      if (value !== entry.value) isChanged = true;
      if (value) entries.set(key, value === entry.value ? entry : { key: entry.key, value });
    }
    return isChanged ? { ...tree, entries } : tree;
  }

  /** Whether a condition is true. One that is neither true nor false is reported and taken as true. */
  isTrue(tree: Tree, here: Used): boolean {
    const value = this.evaluate(tree, here, undefined) ?? tree;
    const truth = truthOf(value);
    if (truth === undefined && !here.used.broken)
      this.fail(
        "bad-condition",
        tree.spot,
        "`when` must be true or false, but this is neither.",
        "write a comparison, or a variable that is true or false",
      );
    return truth ?? true;
  }

  /** Returns the references that `public[*]` stands for. A reference to nothing is left for the check of references. */
  #splat(scalar: ScalarTree, kinds: readonly string[], { scope, used }: Used): readonly Tree[] {
    const text = String(scalar.value).slice(0, -"[*]".length);
    const [, prefix, name = ""] = /^(?:([^/]+)\/)?(.*)$/s.exec(text)!;
    const kind = prefix ?? kinds[0]!;
    const repetition = (scalar.absolute ? this.#top : (scope ?? this.#top)).repetition(kind, name);
    const of = (value: string): ScalarTree => ({ ...scalar, value, raw: value });
    if (!repetition) return [of(text)];
    if (repetition.how === "one") return [of(text)];
    // The number of items is not known, so the list is neither too short nor too long.
    if (repetition.how === "broken") {
      this.#broken.add(placeKey(scalar.spot));
      used.broken = true;
    }
    if (repetition.how === "absent" || repetition.how === "broken") return [];
    return repetition.items.map(({ key }) => of(`${text}[${key}]`));
  }
}

/** Whether a tree is already its own value: nothing in it is an expression, a condition, or a reference to several objects. */
export function isLiteral(tree: Tree): boolean {
  if (tree.type === "scalar") return typeof tree.value !== "string" || !(tree.value.includes("${") || isSplat(tree.value));
  if (tree.type === "list") return tree.items.every(isLiteral);
  for (const [key, { value }] of tree.entries) if (key === "when" || key.includes("${") || !isLiteral(value)) return false;
  return true;
}

/** Returns a place outside the items of any repeated resource. */
export function nobody(): Used {
  return itemPlace(undefined, undefined);
}

/** Returns the same place, for a value on which the structure depends. */
export function deciding(here: Used, what: string): Used {
  return { ...here, takesLate: false, decides: what };
}

function isSplat(value: unknown): value is string {
  return typeof value === "string" && value.endsWith("[*]");
}

/** Spreads an item that gives a list into the list of references around it. */
function listed(value: Tree, written: Tree): readonly Tree[] {
  return value.type === "list" && written.type === "scalar" ? value.items : [value];
}

/** `file:line:column` */
export function placeKey(spot: Spot): string {
  const { file, line, column } = positionOf(spot);
  return `${file}:${line}:${column}`;
}
