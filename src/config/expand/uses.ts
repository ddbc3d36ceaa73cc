/** Uses of parts. Each use pastes the resources of its part under its own name, and is a scope of its own for their expressions. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import { place } from "../../diag/format.ts";
import type { Kind } from "../../kinds/kind.ts";
import { Consequence } from "../../expressions/outcome.ts";
import type { Evaluator } from "../../expressions/evaluate.ts";
import { itemPlace, type Used } from "./interpolate.ts";
import type { Named, UseOutputs, UseView } from "./name-scope.ts";
import { namesUnderUnknown } from "../mistakes/misspelt.ts";
import { Parameters } from "./parameters.ts";
import { ownKeys, PartFiles, usedAt, type Part } from "./parts.ts";
import type { Files } from "../files/files.ts";
import type { Report } from "../yaml/problem.ts";
import { isKey, type Item, type Repetition } from "../values/repetition.ts";
import { positionOf, type Source, type Spot } from "../yaml/source.ts";
import { isNull, whatItIs, type Entry, type MapTree, type Tree } from "../yaml/tree.ts";
import type { Host, PastedScope } from "./using.ts";

const deepest = 5;
/** The most uses of one environment, including those inside parts. */
const mostUses = 1000;

const useFields = ["part", "with", "forEach", "count", "when"];

/** All uses of an environment. */
export class Uses {
  readonly scopes: Scope[] = [];
  readonly #host: Host;
  readonly #parts: PartFiles;
  readonly #sections: ReadonlyMap<string, Kind>;
  readonly #report: Report;
  /** Prefixes of the names of uses that lack something, which is already reported. */
  readonly #broken = new Set<string>();
  /** Whether a name may be one that a use lacks, so that the missing resource is not reported again. Outlives the uses. */
  readonly mayLack = beginsIn(this.#broken);
  #isFull = false;

  /** Whether any use lacks something. */
  get isLacking(): boolean {
    return this.#broken.size > 0;
  }

  constructor(host: Host, files: Files, report: Report) {
    this.#host = host;
    this.#report = report;
    this.#sections = new Map([...host.kinds.values()].map((kind) => [kind.section, kind]));
    this.#parts = new PartFiles(files, report, [...this.#sections.keys()]);
  }

  /** Pastes the parts that a `use:` section names, and returns its uses by name. */
  paste({ key, value }: Entry, parent: Scope | undefined): Map<string, UseView> {
    const views = new Map<string, UseView>();
    if (value.type !== "map") {
      this.#host.fail(
        "wrong-type",
        isNull(value) ? key : value.spot,
        `use must be a mapping of names to parts, but ${whatItIs(value)}.`,
        "write `use: { web: { part: parts/web-tier.yaml, with: { … } } }`, or remove the line",
      );
      return views;
    }
    for (const [name, entry] of value.entries) {
      const view = this.#use(name, entry, parent);
      views.set(name, view);
      if (view.how === "broken") this.#broken.add(parent ? parent.fullName(name) : name);
    }
    return views;
  }

  #use(name: string, { key, value: written }: Entry, parent: Scope | undefined): UseView {
    const broken: UseView = { how: "broken" };
    const value = written.type === "map" ? this.#spelt(name, written) : written;
    const named = value.type === "map" ? value.entries.get("part")?.value : undefined;
    if (!isKey(name)) {
      this.#host.fail(
        "bad-name",
        key,
        `"${name}" cannot be the name of a use.`,
        "use letters, digits, - and _, at most 63 characters: the names of its resources begin with it",
      );
      return broken;
    }
    if (value.type !== "map" || named?.type !== "scalar" || typeof named.value !== "string" || named.value.includes("${")) {
      this.#host.fail(
        "missing-field",
        named?.spot ?? key,
        `use/${name} names no part.`,
        "write `part:` with the path of its file, relative to this one, without expressions",
      );
      return broken;
    }
    const part = this.#parts.read(named);
    if (!part || this.#isEndless(part, parent, key)) return broken;
    const repetition = this.#host.repetitionOf(`use/${name}`, value, parent);
    if (repetition.how === "broken" || repetition.how === "absent") return { how: repetition.how };
    const scopeOf = (item?: Item) =>
      this.#scope({ name, key, value, part, parent, item, how: "items" in repetition ? repetition.how : undefined });
    if (repetition.how === "one") {
      const scope = scopeOf();
      return scope ? { how: "one", outputs: scope } : broken;
    }
    const byKey = repetition.items.flatMap((item): [string, Scope][] => {
      const scope = scopeOf(item);
      return scope ? [[item.key, scope]] : [];
    });
    return { how: "several", byKey: new Map(byKey) };
  }

  /** Reports unknown fields. A misspelt field is read as it was meant, because otherwise its consequences would be reported, too. */
  #spelt(name: string, value: MapTree): MapTree {
    const entries = new Map([...value.entries].filter(([field]) => useFields.includes(field)));
    for (const [field, entry] of value.entries) {
      if (useFields.includes(field)) continue;
      const near = didYouMean(field, useFields);
      const hint = near ? `did you mean "${near}"?` : "write parameters of the part under `with`";
      this.#host.fail("unknown-field", entry.key, `use/${name} has no field "${field}".`, hint);
      if (near !== undefined && !entries.has(near)) entries.set(near, entry);
    }
    return { ...value, entries };
  }

  /** Whether a use would have no end. Parts that use each other are reported as a cycle, and so is too deep a nesting. */
  #isEndless(part: Part, parent: Scope | undefined, key: Spot): boolean {
    const chain = parent?.chain() ?? [];
    const from = chain.findIndex((scope) => scope.part.path === part.path);
    if (from >= 0) {
      const way = [...chain.slice(from).map((scope) => scope.file), chain[from]!.file].join(" → ");
      this.#host.fail("part-cycle", key, `these parts use each other: ${way}.`, "remove one of these uses");
      return true;
    }
    if (chain.length < deepest) return false;
    this.#host.fail("parts-too-many", key, `parts can use parts to a depth of at most ${deepest}.`, "use some of them in the environment");
    return true;
  }

  #scope(of: ScopeInput & { readonly key: Spot }): Scope | undefined {
    if (this.scopes.length >= mostUses) {
      if (!this.#isFull)
        this.#host.fail(
          "parts-too-many",
          of.key,
          `an environment can use parts at most ${mostUses.toLocaleString("en")} times.`,
          "divide it into several environments",
        );
      this.#isFull = true;
      return undefined;
    }
    const scope = new Scope(this.#host, of, this.#report);
    this.scopes.push(scope);
    const collisions = [...scope.tree.entries].flatMap(([section, entry]) => {
      const kind = this.#sections.get(section);
      return kind && entry.value.type === "map" ? this.#pasteSection(scope, kind, entry.value) : [];
    });
    if (collisions.length > 0) this.#collides(scope, collisions, of.key);
    for (const name of namesUnderUnknown(scope.tree, { own: ownKeys, others: new Set(this.#sections.keys()) }))
      this.#broken.add(scope.fullName(name));
    const inner = scope.tree.entries.get("use");
    if (inner) scope.uses = this.paste(inner, scope);
    return scope;
  }

  /** Adds the resources of a section to those of the environment, and returns those whose names are taken. */
  #pasteSection(scope: Scope, kind: Kind, section: MapTree): readonly Collision[] {
    const there = this.#host.resources(kind.name);
    const collisions: Collision[] = [];
    for (const [local, { key, value }] of section.entries) {
      // The section `parameters` holds the part's own parameters and resources of a kind with the same section. The resources have a
      // `value`.
      if (kind.section === "parameters" && !(value.type === "map" && value.entries.has("value"))) continue;
      const name = scope.fullName(local);
      const other = there.get(name);
      if (other) collisions.push({ address: `${kind.name}/${name}`, key, other: other.key });
      else if (value.type === "map") there.set(name, { kind, name, key, tree: value, shared: new Map(), whole: undefined, scope });
      else this.#host.fail("wrong-type", value.spot, `${kind.name}/${name} must be a mapping of fields.`);
    }
    return collisions;
  }

  #collides(scope: Scope, [first, ...others]: readonly Collision[], use: Spot): void {
    const { address, key, other } = first!;
    const more = others.length > 0 ? `; the same applies to ${others.map((one) => one.address).join(", ")}` : "";
    const summary = `${scope.address} makes ${address} (${place(positionOf(key))}), which ${place(positionOf(other))} declares, too${more}.`;
    this.#host.fail("name-collision", use, summary, "give the use another name");
    this.#broken.add(scope.prefix);
  }
}

interface Collision {
  readonly address: string;
  readonly key: Spot;
  /** The place of the resource with the same name. */
  readonly other: Spot;
}

interface ScopeInput {
  readonly name: string;
  readonly key: Spot;
  readonly value: MapTree;
  readonly part: Part;
  readonly parent: Scope | undefined;
  readonly item: Item | undefined;
  readonly how: "count" | "forEach" | undefined;
}

/** One use of a part, or one key of a repeated use: the names that expressions inside it may use. */
export class Scope implements PastedScope, UseOutputs {
  readonly isPart = true as const;
  readonly evaluator: Evaluator;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** "use/front" or "use/batch[small]", as its resources and errors show it. */
  readonly address: string;
  /** The prefix of the names of its resources. */
  readonly prefix: string;
  readonly part: Part;
  readonly parent: Scope | undefined;
  /** The part, with places that name this use. */
  readonly tree: MapTree;
  readonly file: string;
  uses: ReadonlyMap<string, UseView> = new Map();
  readonly #host: Host;
  readonly #parameters: Parameters;
  readonly #outputs = new Map<string, Tree | undefined>();

  constructor(host: Host, { name, key, value, part, parent, item, how }: ScopeInput, report: Report) {
    this.#host = host;
    this.evaluator = host.evaluator;
    this.kinds = host.kinds;
    this.part = part;
    this.parent = parent;
    this.prefix = [parent?.prefix, name, item?.key].filter((word) => word !== undefined).join("-");
    this.address = `use/${parent ? `${parent.prefix}-` : ""}${name}${item ? `[${item.key}]` : ""}`;
    const { file, line, column } = positionOf(key);
    const via = { use: this.address, file, line, column };
    const sources = new Map<Source, Source>();
    const ofUse = (source: Source) => {
      const known = sources.get(source) ?? source.usedAt(via);
      sources.set(source, known);
      return known;
    };
    this.file = part.tree.spot.source.file;
    this.tree = usedAt(part.tree, ofUse);
    const given: Used = { ...itemPlace(item, how), scope: parent, takesLate: true };
    this.#parameters = new Parameters({ host, scope: this, key, given: value.entries.get("with")?.value, here: given, report });
  }

  /** Returns the uses around it and itself, from the outermost on. */
  chain(): PastedScope[] {
    return [...(this.parent?.chain() ?? []), this];
  }

  fullName(local: string): string {
    return `${this.prefix}-${local}`;
  }

  /** Evaluates everything, also values that nobody asks for, so that every mistake is reported. */
  checkAll(): void {
    this.#parameters.checkAll();
    for (const name of this.names) this.#output(name);
  }

  // ── outputs

  get names(): readonly string[] {
    const outputs = this.tree.entries.get("outputs")?.value;
    return outputs?.type === "map" ? [...outputs.entries.keys()] : [];
  }

  get(name: string): Tree | undefined {
    const tree = this.#output(name);
    if (!tree) throw new Consequence();
    return tree;
  }

  #output(name: string): Tree | undefined {
    if (this.#outputs.has(name)) return this.#outputs.get(name);
    const section = this.tree.entries.get("outputs")!.value as MapTree;
    const { key, value } = section.entries.get(name)!;
    const here: Used = { ...itemPlace(undefined, undefined), scope: this, takesLate: true };
    const tree = this.#host.within(`${this.address}.${name}`, key, () => this.#host.evaluate(value, here));
    const made = here.used.broken ? undefined : tree;
    this.#outputs.set(name, made);
    return made;
  }

  // ── names that expressions inside may use

  variableNames = () => [];
  variable = () => undefined;
  guessVariable = () => "";
  top = () => undefined;
  zones = () => undefined;
  referred = (address: string) => this.#host.referred(address);
  parameterNames = () => this.#parameters.names();
  isReference = (name: string) => this.#parameters.isReference(name);
  parameter = (name: string) => this.#parameters.get(name);
  useNames = () => [...this.uses.keys()];
  useOf = (name: string) => this.uses.get(name);

  resourceNames(kind: string): readonly string[] {
    const own = [...this.#host.resources(kind).values()].filter(({ scope }) => isWithin(scope, this));
    return own.map(({ name }) => name.slice(this.prefix.length + 1));
  }

  repetition(kind: string, name: string): Repetition | undefined {
    const full = this.fullName(name);
    const resource = this.#host.resources(kind).get(full);
    if (resource && isWithin(resource.scope, this)) return this.#host.repetition(kind, full);
    return this.#host.mayLack(full) ? { how: "broken" } : undefined;
  }

  object(kind: string, name: string, key: string | undefined): Named {
    return this.#host.object(kind, this.fullName(name), key);
  }
}

/** Whether a resource belongs to a use, or to one inside it. */
export function isWithin(scope: PastedScope | undefined, around: PastedScope): boolean {
  return scope !== undefined && scope.chain().includes(around);
}

/** Returns a test for names that are one of these, or that begin with one and a hyphen. */
function beginsIn(prefixes: ReadonlySet<string>): (name: string) => boolean {
  return (name) => [...prefixes].some((prefix) => name === prefix || name.startsWith(`${prefix}-`));
}
