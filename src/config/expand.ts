/**
 * From a document as it is written to one without expressions: every `${…}` evaluated, every repeated resource written
 * out as `name[key]`, everything left out whose `when` is false. A value that others name is evaluated when it is first
 * asked for, so the order of the file never matters.
 */
import type { Code } from "../diag/codes.ts";
import type { Kind } from "../kinds/kind.ts";
import type { AnnotatedSchema } from "../resource/references.ts";
import { conditional, itemSchema, listOfRefs, refKinds, schemaOf } from "./expansion-schema.ts";
import { Consequence, Evaluator } from "./expressions/evaluate.ts";
import { ValueProblem, type Plain } from "./expressions/values.ts";
import { readNamed } from "./expressions/named-file.ts";
import { itemPlace, Obj, type Resource } from "./expanded-object.ts";
import { Interpolation, type Used } from "./interpolate.ts";
import type { Files } from "./files.ts";
import { outputsOf, type Output } from "./outputs.ts";
import type { Named, World } from "./names.ts";
import { error, type Report } from "./problem.ts";
import { countOf, itemsOf, truthOf } from "./repeat.ts";
import { isKey, type Item, type Repetition } from "./repetition.ts";
import { positionOf, type Spot } from "./source.ts";
import type { Entry, ListTree, MapTree, ScalarTree, Tree } from "./tree.ts";
import { Variables, type Override } from "./variables.ts";

export interface Expanded {
  readonly tree: MapTree;
  readonly variables: Variables;
  readonly outputs: readonly Output[];
  /** By address without brackets; only of resources that are not simply there once. */
  readonly repetitions: ReadonlyMap<string, Repetition>;
  /** Places of values that could not be made, as `file:line:column`: what else is wrong with them follows from that. */
  readonly broken: ReadonlySet<string>;
}

export interface ExpandInput {
  readonly kinds: readonly Kind[];
  /** The environment's name where the file does not write one. */
  readonly fileName: string;
  readonly overrides: ReadonlyMap<string, Override>;
  readonly files: Files;
  readonly report: Report;
}

export function expand(written: MapTree, input: ExpandInput): Expanded {
  return new Expansion(written, input).run();
}

/** Values that are made of values that are made of values. */
const longestChain = 100;

class Expansion implements World {
  readonly evaluator = new Evaluator();
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly #written: MapTree;
  readonly #input: ExpandInput;
  readonly #variables: Variables;
  readonly #texts: Interpolation;
  readonly #resources = new Map<string, Map<string, Resource>>();
  readonly #repetitions = new Map<string, Repetition | "busy">();
  readonly #objects = new Map<string, Obj>();
  readonly #broken = new Set<string>();
  /** What is being evaluated, from the outside in: for naming circles. */
  readonly chain: { readonly what: string; readonly spot: Spot }[] = [];

  constructor(written: MapTree, input: ExpandInput) {
    this.#written = written;
    this.#input = input;
    this.kinds = new Map(input.kinds.map((kind) => [kind.name, kind]));
    for (const kind of input.kinds) this.#resources.set(kind.name, resourcesOf(kind, written));
    this.#texts = new Interpolation(
      this,
      this.evaluator,
      (scalar, diagnostic) => {
        this.#broken.add(placeKey(scalar.spot));
        if (diagnostic) input.report(diagnostic);
      },
      (scalar, path) => readNamed(path, scalar.spot, input.files, this.evaluator),
    );
    this.#variables = new Variables(written, input.overrides, input.report, (tree) => this.#default(tree));
  }

  run(): Expanded {
    this.#variables.checkAll();
    const sections = new Map(this.#input.kinds.map((kind) => [kind.section, kind]));
    const entries = new Map<string, Entry>();
    const outputs: Output[] = [];
    for (const [key, entry] of this.#written.entries) {
      if (key.startsWith("x-") || key === "variables") continue;
      if (key === "outputs") {
        outputs.push(...this.#outputs(entry));
        continue;
      }
      // A part has parameters of its own; elsewhere that is the section of a kind.
      if (key === "use" || key === "part" || (key === "parameters" && (this.#written.entries.has("part") || !sections.has(key)))) {
        this.fail(
          "unknown-field",
          entry.key,
          `\`${key}\` belongs to parts, which are not read yet.`,
          "write the resources here, or share them with `extends`",
        );
        continue;
      }
      const kind = sections.get(key);
      const value = kind && entry.value.type === "map" ? this.#section(kind, entry.value) : this.evaluate(entry.value, nobody(), undefined);
      entries.set(key, { key: entry.key, value: value ?? entry.value });
    }
    const repetitions = new Map(
      [...this.#repetitions].flatMap(([address, how]) => (how === "busy" || how.how === "one" ? [] : [[address, how] as const])),
    );
    return { tree: { ...this.#written, entries }, variables: this.#variables, outputs, repetitions, broken: this.#broken };
  }

  // ── what expressions may name

  variableNames = () => this.#variables.names();
  guessVariable = (name: string) => this.#variables.guess(name);
  resourceNames = (kind: string) => [...(this.#resources.get(kind)?.keys() ?? [])];

  variable(name: string): Tree | undefined {
    if (!this.#variables.has(name)) return undefined;
    return this.#variables.get(name) ?? this.evaluator.raise(new Consequence());
  }

  top(name: string): Plain | undefined {
    if (name === "partition") return partitionOf(String(this.top("region") ?? ""));
    const entry = this.#written.entries.get(name);
    if (!entry) return name === "environment" ? this.#input.fileName : undefined;
    const used = nobody();
    const tree = this.within(name, entry.key, () => this.evaluate(entry.value, used, undefined));
    if (used.used.broken || tree?.type !== "scalar") return this.evaluator.raise(new Consequence());
    return typeof tree.value === "string" || tree.value === null ? tree.value : tree.raw;
  }

  repetition(kind: string, name: string): Repetition | undefined {
    const resource = this.#resources.get(kind)?.get(name);
    if (!resource) return undefined;
    const address = `${kind}/${name}`;
    const known = this.#repetitions.get(address);
    if (known && known !== "busy") return known;
    if (known === "busy") this.#circle(`${address}.forEach`, resource.key);
    this.#repetitions.set(address, "busy");
    const made = this.within(`${address}.forEach`, resource.key, () => this.#repetitionOf(resource));
    this.#repetitions.set(address, made);
    return made;
  }

  object(kind: string, name: string, key: string | undefined): Named {
    return this.#object(this.#resources.get(kind)!.get(name)!, this.#itemOf(kind, name, key));
  }

  /** Runs `work` as part of the chain; a chain without end is a circle. */
  within<T>(what: string, spot: Spot, work: () => T): T {
    if (this.chain.some((link) => link.what === what)) this.#circle(what, spot);
    if (this.chain.length >= longestChain) this.evaluator.raise(new ValueProblem(`it needs a chain of more than ${longestChain} values`));
    this.chain.push({ what, spot });
    try {
      return work();
    } finally {
      this.chain.pop();
    }
  }

  #circle(what: string, spot: Spot): never {
    const from = this.chain.findIndex((link) => link.what === what);
    const links = this.chain.slice(Math.max(0, from));
    const top = [...links].sort((a, b) => a.spot.start - b.spot.start)[0]?.spot ?? spot;
    const way = [...links.map((link) => link.what), what].join(" → ");
    this.fail("value-cycle", top, `these values are made of each other: ${way}.`, "write one of them without the others");
    return this.evaluator.raise(new Consequence());
  }

  // ── values

  /** A tree without expressions; undefined for a mapping whose `when` is false. */
  evaluate(tree: Tree, around: Used, schema: AnnotatedSchema | undefined, file?: string): Tree | undefined {
    const here: Used = schema?.["x-embed"] === true ? { ...around, takesLate: "resource" } : around;
    if (tree.type === "scalar") return this.#scalar(tree, here, schema, file);
    if (tree.type === "list") return this.#list(tree, here, schema);
    return this.#map(tree, here, schema);
  }

  #scalar(tree: ScalarTree, here: Used, schema: AnnotatedSchema | undefined, file: string | undefined): Tree {
    const value = this.#texts.scalar(tree, here, file);
    const refs = schema && value.type === "scalar" && isSplat(value.value) ? listOfRefs(schema) : undefined;
    return refs ? { type: "list", spot: tree.spot, items: this.#splat(value as ScalarTree, refs) } : value;
  }

  #list(tree: ListTree, here: Used, schema: AnnotatedSchema | undefined): Tree {
    const inner = schema && itemSchema(schema);
    const refs = inner && refKinds(inner);
    const items = tree.items.flatMap((item): readonly Tree[] => {
      const value = this.evaluate(item, here, inner);
      if (!value) return [];
      return refs && value.type === "scalar" && isSplat(value.value) ? this.#splat(value, refs) : [value];
    });
    return items.length === tree.items.length && items.every((item, i) => item === tree.items[i]) ? tree : { ...tree, items };
  }

  #map(tree: MapTree, here: Used, schema: AnnotatedSchema | undefined): Tree | undefined {
    const when = schema && conditional(schema) ? tree.entries.get("when") : undefined;
    if (when && !this.#isTrue(when.value, here)) return undefined;
    const entries = new Map<string, Entry>();
    let isChanged = when !== undefined;
    for (const [key, entry] of tree.entries) {
      if (entry === when) continue;
      if (key.includes("${")) this.fail("bad-expression", entry.key, "a key cannot hold ${…}; only values can.");
      const value = this.evaluate(entry.value, here, schema && schemaOf(schema, key));
      if (value !== entry.value) isChanged = true;
      if (value) entries.set(key, value === entry.value ? entry : { key: entry.key, value });
    }
    return isChanged ? { ...tree, entries } : tree;
  }

  /** A condition that is neither true nor false is reported, and taken as true. */
  #isTrue(tree: Tree, here: Used): boolean {
    const value = this.evaluate(tree, here, undefined) ?? tree;
    const truth = truthOf(value);
    if (truth === undefined && !here.used.broken)
      this.fail(
        "bad-condition",
        tree.spot,
        "`when` is true or false, and this is neither.",
        "write a comparison, or a variable that is true or false",
      );
    return truth ?? true;
  }

  /** `public[*]` as the references that it stands for; one to nobody is left for the check of references. */
  #splat(scalar: ScalarTree, kinds: readonly string[]): readonly Tree[] {
    const text = String(scalar.value).slice(0, -"[*]".length);
    const [, prefix, name = ""] = /^(?:([^/]+)\/)?(.*)$/s.exec(text)!;
    const kind = prefix ?? kinds[0]!;
    const repetition = this.repetition(kind, name);
    const of = (value: string): ScalarTree => ({ ...scalar, value, raw: value });
    if (!repetition) return [of(text)];
    if (repetition.how === "one") return [of(text)];
    if (repetition.how === "absent" || repetition.how === "broken") return [];
    return repetition.items.map(({ key }) => of(`${text}[${key}]`));
  }

  #default(tree: Tree): Tree | undefined {
    const here = { ...nobody(), seesResources: false };
    const value = this.evaluate(tree, here, undefined);
    return here.used.broken ? undefined : value;
  }

  // ── resources

  #outputs({ key, value }: Entry): readonly Output[] {
    if (value.type !== "map") {
      this.fail(
        "wrong-type",
        value.spot,
        "outputs: is a mapping of names to values.",
        'outputs: { url: "https://${loadBalancer.web.dnsName}" }',
      );
      return [];
    }
    for (const [name, entry] of value.entries)
      if (!isKey(name))
        this.fail("bad-name", entry.key, `"${name}" cannot be the name of an output.`, "letters, digits, - and _, at most 63");
    const evaluated = this.evaluate(value, { ...nobody(), takesLate: "output" }, undefined);
    return evaluated?.type === "map" ? outputsOf({ ...evaluated, spot: key }) : [];
  }

  #section(kind: Kind, section: MapTree): MapTree {
    const entries = new Map<string, Entry>();
    for (const [name, entry] of section.entries) {
      const resource = this.#resources.get(kind.name)!.get(name);
      if (!resource) {
        if (/[[\]]/.test(name))
          this.fail(
            "bad-name",
            entry.key,
            `"${name}" cannot be a resource's name: brackets belong to forEach and count.`,
            "write forEach or count inside the resource",
          );
        else entries.set(name, { key: entry.key, value: this.evaluate(entry.value, nobody(), undefined) ?? entry.value });
        continue;
      }
      const repetition = this.repetition(kind.name, name)!;
      if (repetition.how === "one") entries.set(name, { key: entry.key, value: this.#object(resource, undefined).tree() });
      else if (repetition.how === "count" || repetition.how === "forEach")
        for (const item of repetition.items)
          entries.set(`${name}[${item.key}]`, { key: entry.key, value: this.#object(resource, item).tree() });
    }
    return { ...section, entries };
  }

  #repetitionOf(resource: Resource): Repetition {
    const { tree } = resource;
    const [when, forEach, count] = ["when", "forEach", "count"].map((field) => tree.entries.get(field));
    if (!when && !forEach && !count) return { how: "one" };
    if (forEach && count) {
      this.fail("conflict", count.key, `${resource.kind.name}/${resource.name} has both forEach and count.`, "keep one of the two");
      return { how: "broken" };
    }
    const here = nobody();
    const items = forEach ? this.#items(forEach, here) : count ? this.#count(count, here) : undefined;
    if (here.used.broken || items === "broken") return { how: "broken" };
    if (items === "one" || items === undefined)
      return when && !this.#isTrue(when.value, here)
        ? { how: "absent", at: when.key }
        : here.used.broken
          ? { how: "broken" }
          : { how: "one" };
    const how = forEach ? ("forEach" as const) : ("count" as const);
    const absent = new Set(when ? items.filter((item) => !this.#isTrue(when.value, itemPlace(item, how))).map((item) => item.key) : []);
    return { how, items: items.filter((item) => !absent.has(item.key)), absent };
  }

  #items(forEach: Entry, here: Used): readonly Item[] | "broken" {
    const value = this.evaluate(forEach.value, here, undefined);
    if (here.used.broken || !value) return "broken";
    const found = itemsOf(value);
    if ("items" in found) return found.items;
    this.fail("bad-for-each", found.spot ?? forEach.value.spot, found.summary, found.hint);
    return "broken";
  }

  /** A count that is no whole number is left to the schema, which says so. */
  #count(count: Entry, here: Used): readonly Item[] | "one" {
    const value = this.evaluate(count.value, here, undefined);
    return (value && countOf(value)) ?? "one";
  }

  #itemOf(kind: string, name: string, key: string | undefined): Item | undefined {
    const repetition = this.repetition(kind, name);
    return key !== undefined && repetition && "items" in repetition ? repetition.items.find((item) => item.key === key) : undefined;
  }

  #object(resource: Resource, item: Item | undefined): Obj {
    const address = `${resource.kind.name}/${resource.name}${item ? `[${item.key}]` : ""}`;
    const known = this.#objects.get(address);
    if (known) return known;
    const repetition = this.repetition(resource.kind.name, resource.name);
    const how = repetition && "items" in repetition ? repetition.how : undefined;
    const made = new Obj(this, resource, address, item, how);
    this.#objects.set(address, made);
    return made;
  }

  fail(code: Code, spot: Spot, summary: string, hint?: string): void {
    this.#input.report(error(code, positionOf(spot), summary, hint));
  }

  warn(code: Code, spot: Spot, summary: string, hint: string): void {
    this.#input.report({ ...error(code, positionOf(spot), summary, hint), severity: "warning" });
  }
}

function resourcesOf(kind: Kind, document: MapTree): Map<string, Resource> {
  const section = document.entries.get(kind.section)?.value;
  const found = new Map<string, Resource>();
  if (section?.type !== "map") return found;
  for (const [name, { key, value }] of section.entries)
    if (value.type === "map" && !/[[\]]/.test(name)) found.set(name, { kind, name, key, tree: value, shared: new Map(), whole: undefined });
  return found;
}

function nobody(): Used {
  return itemPlace(undefined, undefined);
}

function isSplat(value: unknown): value is string {
  return typeof value === "string" && value.endsWith("[*]");
}

function placeKey(spot: Spot): string {
  const { file, line, column } = positionOf(spot);
  return `${file}:${line}:${column}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
