/** The parameters of one use of a part: references, which mean the same inside as outside, and values with types and rules. */
import { withArticle } from "../../diag/words.ts";
import { didYouMean, writeOneOf } from "../../diag/did-you-mean.ts";
import type { Code } from "../../diag/codes.ts";
import { Consequence } from "../../expressions/outcome.ts";
import { itemPlace, type Used } from "./interpolate.ts";
import { error, type Report } from "../yaml/problem.ts";
import { splitRef } from "../values/repetition.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import { valueOf, whatItIs, type Entry, type MapTree, type ScalarTree, type Tree } from "../yaml/tree.ts";
import type { Host, PastedScope } from "./using.ts";
import { Variables, type Override } from "./variables.ts";
import { isNull } from "../yaml/tree.ts";

interface Input {
  readonly host: Host;
  readonly scope: PastedScope;
  /** The name of the use. */
  readonly key: Spot;
  readonly given: Tree | undefined;
  /** The place where the use stands. */
  readonly here: Used;
  readonly report: Report;
}

interface RefParameter {
  readonly kinds: readonly string[];
  readonly isList: boolean;
  readonly rules: MapTree;
}

export class Parameters {
  readonly #input: Input;
  readonly #references = new Map<string, RefParameter>();
  readonly #values = new Map<string, Tree | undefined>();
  readonly #typed: Variables;
  readonly #given: ReadonlyMap<string, Entry>;
  /** Names that the part does not declare. A misspelt one counts as given, because otherwise its consequences would be reported, too. */
  readonly #undeclared: readonly { readonly name: string; readonly key: Spot; readonly near: string | undefined }[];

  constructor(input: Input) {
    this.#input = input;
    const { scope, given, here, host, report } = input;
    const section = scope.tree.entries.get("parameters");
    const typed = new Map<string, Entry>();
    if (section && section.value.type !== "map") {
      const summary = `parameters must be a mapping of names to declarations, but ${whatItIs(section.value)}.`;
      const hint = "write `parameters: { NAME: { type: string } }`, or remove the line";
      this.#fail("wrong-type", isNull(section.value) ? section.key : section.value.spot, summary, hint);
    }
    for (const [name, entry] of section?.value.type === "map" ? section.value.entries : []) {
      const reference = this.#referenceOf(name, entry);
      if (reference) this.#references.set(name, reference);
      else if (!(entry.value.type === "map" && entry.value.entries.has("value"))) typed.set(name, entry);
    }
    if (given && given.type !== "map")
      this.#fail("wrong-type", given.spot, `with must be a mapping of parameters to values, but ${whatItIs(given)}.`);
    const written = given?.type === "map" ? given.entries : new Map<string, Entry>();
    const names = [...this.#references.keys(), ...typed.keys()];
    const spelt = new Map([...written].filter(([name]) => names.includes(name)));
    this.#undeclared = [...written]
      .filter(([name]) => !names.includes(name))
      .map(([name, entry]) => {
        const near = didYouMean(name, names);
        if (near !== undefined && !spelt.has(near)) spelt.set(near, entry);
        return { name, key: entry.key, near };
      });
    this.#given = spelt;
    const declared: MapTree = {
      ...scope.tree,
      entries: new Map([["variables", { key: section?.key ?? input.key, value: { ...scope.tree, entries: typed } }]]),
    };
    const overrides = new Map<string, Override>();
    for (const [name, { value }] of this.#given)
      if (typed.has(name) && !isNull(value))
        overrides.set(name, { text: "", at: positionOf(value.spot), mustBeDeclared: true, evaluate: () => this.#valueGiven(value, here) });
    const inside = (): Used => ({ ...itemPlace(undefined, undefined), scope, seesResources: false });
    this.#typed = new Variables(
      declared,
      overrides,
      report,
      (tree) => {
        const place = inside();
        const value = host.evaluate(tree, place);
        return place.used.broken ? undefined : value;
      },
      { what: "parameter", how: (name) => `write with: { ${name}: … }`, at: input.key },
    );
  }

  names(): readonly string[] {
    return [...this.#references.keys(), ...this.#typed.names()];
  }

  isReference(name: string): boolean {
    return this.#references.has(name);
  }

  /** Returns the value of a parameter. Throws Consequence when it is wrong, which is reported elsewhere. */
  get(name: string): Tree | undefined {
    const reference = this.#references.get(name);
    const value = reference ? this.#reference(name, reference) : this.#typed.get(name);
    if (!value) throw new Consequence();
    return value;
  }

  /** Reads all parameters, so that every mistake is reported, and reports names that are given and not declared. */
  checkAll(): void {
    this.#typed.checkAll();
    for (const [name, reference] of this.#references) this.#reference(name, reference);
    for (const { name, key, near } of this.#undeclared) {
      const all = this.names().length > 0 ? `it has: ${this.names().join(", ")}` : "it has none";
      this.#fail("unknown-parameter", key, `${this.#input.scope.file} has no parameter "${name}".`, near ? `did you mean "${near}"?` : all);
    }
  }

  #referenceOf(name: string, { key, value }: Entry): RefParameter | undefined {
    const [one, many] = [valueOf(value, "ref"), valueOf(value, "refs")];
    const written = one ?? many;
    if (value.type !== "map" || !written) return undefined;
    const items = written.type === "list" ? written.items : [written];
    const kinds = items.flatMap((item) => (item.type === "scalar" && typeof item.value === "string" ? [item.value] : []));
    const unknown = kinds.find((kind) => !this.#input.host.kinds.has(kind));
    if ((one && many) || kinds.length !== items.length)
      this.#fail("wrong-type", key, `the parameter ${name} must be declared as \`ref: KIND\` or \`refs: KIND\`.`);
    else if (unknown !== undefined) {
      const near = didYouMean(unknown, [...this.#input.host.kinds.keys()]);
      this.#fail("wrong-kind", written.spot, `there is no kind "${unknown}".`, near && `did you mean "${near}"?`);
    }
    return { kinds: unknown === undefined ? kinds : [], isList: many !== undefined, rules: value };
  }

  #reference(name: string, of: RefParameter): Tree | undefined {
    if (this.#values.has(name)) return this.#values.get(name);
    const value = this.#referenceNow(name, of);
    this.#values.set(name, value);
    return value;
  }

  #referenceNow(name: string, { kinds, isList, rules }: RefParameter): Tree | undefined {
    const { host, here, key, scope } = this.#input;
    const given = this.#given.get(name)?.value ?? valueOf(rules, "default");
    if (!given || isNull(given)) {
      this.#fail(
        "missing-parameter",
        key,
        `${scope.address} does not set ${name}, which ${scope.file} needs.`,
        `write with: { ${name}: … }, with the name of ${withArticle(kinds[0] ?? "resource")}`,
      );
      return undefined;
    }
    const schema = isList ? { type: "array", items: { "x-ref": kinds } } : { "x-ref": kinds };
    const place: Used = { ...here, takesLate: false, used: { ...here.used } };
    const tree = host.within(`${scope.address}.with.${name}`, given.spot, () => host.evaluate(given, place, schema));
    if (place.used.broken || !tree || kinds.length === 0) return undefined;
    if (!isList) return tree.type === "list" ? this.#wrong(given, `${name} takes one ${kinds.join(" or ")}.`) : this.#absolute(tree, kinds);
    if (tree.type !== "list")
      return this.#wrong(
        given,
        `${name} takes a list of ${kinds.join(" or ")}.`,
        `write [NAME], or "NAME[*]" for all objects of a repeated resource`,
      );
    const items = tree.items.map((item) => this.#absolute(item, kinds));
    if (items.some((item) => item === undefined)) return undefined;
    for (const [rule, isBroken] of [
      ["minItems", (n: number) => items.length < n],
      ["maxItems", (n: number) => items.length > n],
    ] as const) {
      const limit = valueOf(rules, rule);
      if (limit?.type === "scalar" && typeof limit.value === "number" && isBroken(limit.value))
        return this.#wrong(
          given,
          `the parameter ${name} has ${items.length} item${items.length === 1 ? "" : "s"}, but ${rule} is ${limit.value}.`,
          undefined,
          "variable-rule",
        );
    }
    return { ...tree, items: items as readonly Tree[] };
  }

  /**
   * Returns a reference in the form that means the same anywhere. `{ id }`, for an object outside the environment, has that form already.
   */
  #absolute(tree: Tree, kinds: readonly string[]): Tree | undefined {
    if (tree.type === "map" || (tree.type === "scalar" && tree.absolute)) return tree;
    if (tree.type !== "scalar" || typeof tree.value !== "string")
      return this.#wrong(tree, `a reference to ${kinds.map(withArticle).join(" or ")} must be a name.`);
    const { host, scope } = this.#input;
    const { kind: prefix, name: local, key } = splitRef(tree.value);
    const kind = prefix ?? kinds[0]!;
    if (!kinds.includes(kind))
      return this.#wrong(tree, `"${tree.value}" is not ${kinds.map(withArticle).join(" or ")}.`, undefined, "wrong-kind");
    const name = scope.parent ? scope.parent.fullName(local) : local;
    const around = scope.parent ?? {
      resourceNames: (of: string) => [...host.resources(of).keys()],
      repetition: (of: string, named: string) => host.repetition(of, named),
    };
    const repetition = around.repetition(kind, local);
    if (!repetition) {
      const names = around.resourceNames(kind);
      const near = didYouMean(local, names);
      const hint = near ? `did you mean "${near}"?` : names.length > 0 ? writeOneOf(names, 10) : `no ${kind} is declared here`;
      return this.#wrong(tree, `${scope.address} passes ${kind} "${local}", which is not declared.`, hint, "unknown-ref");
    }
    if (repetition.how === "broken") return undefined;
    if ("items" in repetition && !repetition.items.some((item) => item.key === key)) {
      const keys = repetition.items.map((item) => item.key);
      const hint = keys.length > 0 ? `name one: "${local}[${keys[0]}]"; keys are ${keys.slice(0, 10).join(", ")}` : undefined;
      return this.#wrong(
        tree,
        `${scope.address} passes ${kind}/${local}${key === undefined ? `, which is ${keys.length} object${keys.length === 1 ? "" : "s"}` : `[${key}], which does not exist`}.`,
        hint,
        "counted-ref",
      );
    }
    const address = `${kind}/${name}${key === undefined ? "" : `[${key}]`}`;
    return { ...(tree satisfies ScalarTree), value: address, raw: address, absolute: true, substituted: true };
  }

  #valueGiven(value: Tree, here: Used): Tree | undefined {
    const place: Used = { ...here, used: { ...here.used } };
    const { host, scope } = this.#input;
    const tree = host.within(`${scope.address}.with`, value.spot, () => host.evaluate(value, place));
    return place.used.broken ? undefined : tree;
  }

  #wrong(tree: Tree, summary: string, hint?: string, code: Code = "wrong-type"): undefined {
    this.#fail(code, tree.spot, summary, hint);
  }

  #fail(code: Code, spot: Spot, summary: string, hint?: string): void {
    this.#input.report(error(code, positionOf(spot), summary, hint));
  }
}
