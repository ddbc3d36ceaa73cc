/**
 * Turns a document as it is written into one without expressions: it evaluates every `${…}`, writes every repeated resource out as
 * `name[key]`, and leaves out everything whose `when` is false. A value that others name is evaluated when it is first needed, so the order
 * of the file never matters.
 */
import { isAbsolute, resolve } from "node:path";
import type { Code } from "../../diag/codes.ts";
import type { Kind } from "../../kinds/kind.ts";
import { partitionOf } from "../../resource/partition.ts";
import type { AnnotatedSchema } from "../../resource/references.ts";
import { Consequence } from "../../expressions/outcome.ts";
import { Evaluator } from "../../expressions/evaluate.ts";
import { ValueProblem, type Plain } from "../../expressions/values.ts";
import { readNamed } from "./named-file.ts";
import { Obj } from "./expanded-object.ts";
import { Interpolation, type Used } from "./interpolate.ts";
import { limits, type Files } from "../files/files.ts";
import { outputsOf, type Output } from "./outputs.ts";
import { isKnown, type FileKeys, namesUnderUnknown, withMeant } from "../mistakes/misspelt.ts";
import { movedUses } from "./moved-uses.ts";
import { pastedObjects, prefixesOf, withPasted } from "./pasted.ts";
import type { Named, UseView, NameScope } from "./name-scope.ts";
import { error, type Report } from "../yaml/problem.ts";
import { isKey, partsOfName, type Item, type Repetition } from "../values/repetition.ts";
import { repetitionOf } from "./repetition-of.ts";
import { topKeys } from "../schema/schema.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import { isNull, whatItIs, type Entry, type MapTree, type Tree } from "../yaml/tree.ts";
import { nobody, placeKey, Trees } from "./trees.ts";
import { Uses } from "./uses.ts";
import type { Host, Resource } from "./using.ts";
import { Variables, type Override } from "./variables.ts";

export interface Expanded {
  readonly tree: MapTree;
  readonly variables: Variables;
  readonly outputs: readonly Output[];
  /** How resources are repeated, by address without brackets. Resources that exist exactly once are left out. */
  readonly repetitions: ReadonlyMap<string, Repetition>;
  /** The prefixes of the uses around each resource of a part, from the outside in, by address without brackets. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>;
  /** Places of values that could not be evaluated, as `file:line:column`. Other problems at these places are consequences. */
  readonly broken: ReadonlySet<string>;
  /** The facts about the caller that the file needs and that AWS has not been asked for. */
  readonly asks: ReadonlySet<keyof Caller>;
  /**
   * Whether a resource of this name may be missing for a reason that is already reported. Holds nothing of the expansion, which is as large
   * as the environment.
   */
  readonly mayLack: (name: string) => boolean;
  /** Whether no resource is missing for such a reason. */
  readonly isWhole: boolean;
}

/** Facts about the caller that only AWS knows. */
export interface Caller {
  readonly account?: string;
  /** Names of the zones that the account may use in the region, sorted. */
  readonly zones?: readonly string[];
}

export interface ExpandInput {
  readonly kinds: readonly Kind[];
  /** The environment's name where the file does not write one. */
  readonly fileName: string;
  readonly overrides: ReadonlyMap<string, Override>;
  readonly files: Files;
  readonly report: Report;
  readonly caller?: Caller | undefined;
}

export function expand(written: MapTree, input: ExpandInput): Expanded {
  return new Expansion(written, input).run();
}

/** The longest chain of values that are made of other values. */
const longestChain = 100;

class Expansion implements NameScope, Host {
  readonly evaluator = new Evaluator();
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly #written: MapTree;
  readonly #keys: FileKeys;
  readonly #input: ExpandInput;
  readonly #variables: Variables;
  readonly #texts: Interpolation;
  readonly #trees: Trees;
  readonly #resources = new Map<string, Map<string, Resource>>();
  readonly #repetitions = new Map<string, Repetition | "busy">();
  readonly #objects = new Map<string, Obj>();
  readonly #broken = new Set<string>();
  readonly #asks = new Set<keyof Caller>();
  readonly #uses: Uses;
  /** Names under keys that an environment does not have. */
  readonly #unread: ReadonlySet<string>;
  readonly #lacking: (name: string) => boolean;
  #used: ReadonlyMap<string, UseView> = new Map();
  /** The values that are being evaluated, from the outside in, for messages about cycles. */
  readonly chain: { readonly what: string; readonly spot: Spot }[] = [];

  constructor(written: MapTree, input: ExpandInput) {
    const sections = input.kinds.map((kind) => kind.section);
    this.#keys = { own: ownKeys, others: new Set(["part", ...topKeys, ...sections]) };
    this.#written = withMeant(written, this.#keys);
    this.#input = input;
    this.kinds = new Map(input.kinds.map((kind) => [kind.name, kind]));
    for (const kind of input.kinds) this.#resources.set(kind.name, resourcesOf(kind, this.#written));
    this.#texts = new Interpolation(
      this,
      this.evaluator,
      (scalar, diagnostic) => {
        this.#broken.add(placeKey(scalar.spot));
        if (diagnostic) input.report(diagnostic);
      },
      (scalar, path) => readNamed(path, scalar.spot, input.files, this.evaluator),
    );
    this.#trees = new Trees(this.#texts, this, this.#broken, (code, spot, summary, hint) => this.fail(code, spot, summary, hint));
    this.#uses = new Uses(this, input.files, input.report);
    this.#unread = namesUnderUnknown(written, this.#keys);
    this.#lacking = lackingIn(this.#uses.mayLack, this.#unread);
    this.#variables = new Variables(this.#written, input.overrides, input.report, (tree) => this.#default(tree));
  }

  run(): Expanded {
    this.#variables.checkAll();
    const use = this.#written.entries.get("use");
    if (use) this.#used = this.#uses.paste(use, undefined);
    for (const scope of this.#uses.scopes) scope.checkAll();
    const sections = new Map(this.#input.kinds.map((kind) => [kind.section, kind]));
    const entries = new Map<string, Entry>();
    const outputs: Output[] = [];
    for (const [key, entry] of this.#written.entries) {
      if (key.startsWith("x-") || key === "variables" || key === "use") continue;
      if (key === "outputs") {
        outputs.push(...this.#outputs(entry));
        continue;
      }
      if (key === "part") {
        this.fail(
          "bad-part",
          entry.key,
          "this is a part, not an environment.",
          "use it in an environment: use: { NAME: { part: PATH, with: { … } } }",
        );
        return this.#nothing();
      }
      if (!isKnown(key, this.#keys)) {
        entries.set(key, entry);
        continue;
      }
      const kind = sections.get(key);
      const value =
        kind && entry.value.type === "map"
          ? this.#section(kind, entry.value)
          : this.evaluate(entry.value, beforeCaller.has(key) ? atHead() : nobody(), undefined);
      entries.set(key, { key: entry.key, value: value ?? entry.value });
    }
    for (const kind of this.#input.kinds) {
      const whole = withPasted(entries.get(kind.section), this.resources(kind.name), (resource) => this.#objectsOf(resource));
      if (whole) entries.set(kind.section, whole);
    }
    const moved = entries.get("moved");
    if (moved) entries.set("moved", { ...moved, value: this.#moved(moved.value, entries) });
    const repetitions = new Map(
      [...this.#repetitions].flatMap(([address, how]) => (how === "busy" || how.how === "one" ? [] : [[address, how] as const])),
    );
    const tree = { ...this.#written, entries };
    return {
      tree,
      variables: this.#variables,
      outputs,
      repetitions,
      prefixes: prefixesOf(this.#resources),
      broken: this.#broken,
      asks: this.#asks,
      mayLack: this.#lacking,
      isWhole: this.#unread.size === 0 && !this.#uses.isLacking,
    };
  }

  #moved(moved: Tree, entries: ReadonlyMap<string, Entry>): Tree {
    const objects = pastedObjects(this.#input.kinds, entries, this.#resources);
    const fail = (spot: Spot, summary: string, hint: string) => this.fail("bad-moved", spot, summary, hint);
    return movedUses(moved, this.#uses.scopes, objects, this.mayLack, fail);
  }

  /** Returns the result for a file that is no environment: only its head, so that nothing else is reported. */
  #nothing(): Expanded {
    const tree = { ...this.#written, entries: new Map([...this.#written.entries].filter(([key]) => isHead(key))) };
    return {
      tree,
      variables: this.#variables,
      outputs: [],
      repetitions: new Map(),
      prefixes: new Map(),
      broken: this.#broken,
      asks: this.#asks,
      mayLack: this.#lacking,
      isWhole: this.#unread.size === 0 && !this.#uses.isLacking,
    };
  }

  // ── names that expressions may use

  variableNames = () => this.#variables.names();
  guessVariable = (name: string) => this.#variables.guess(name);
  parameterNames = () => [];
  isReference = () => false;
  parameter = () => undefined;
  useNames = () => [...this.#used.keys()];
  useOf = (name: string) => this.#used.get(name);
  mayLack = (name: string) => this.#lacking(name);
  resources = (kind: string) => this.#resources.get(kind) ?? new Map();
  resourceNames = (kind: string) => [...(this.#resources.get(kind)?.keys() ?? [])];

  variable(name: string): Tree | undefined {
    if (!this.#variables.has(name)) return this.#unread.has(name) ? this.evaluator.raise(new Consequence()) : undefined;
    return this.#variables.get(name) ?? this.evaluator.raise(new Consequence());
  }

  top(name: string): Plain | undefined {
    if (name === "partition") return partitionOf(String(this.top("region") ?? ""));
    const entry = this.#written.entries.get(name);
    if (!entry && name === "account") return this.#ask("account");
    if (!entry) return name === "environment" ? this.#input.fileName : undefined;
    const used = atHead();
    const tree = this.within(name, entry.key, () => this.evaluate(entry.value, used, undefined));
    if (used.used.broken || tree?.type !== "scalar") return this.evaluator.raise(new Consequence());
    return typeof tree.value === "string" || tree.value === null ? tree.value : tree.raw;
  }

  zones = () => this.#ask("zones");

  #ask<K extends keyof Caller>(what: K): Caller[K] {
    const known = this.#input.caller?.[what];
    if (known === undefined) this.#asks.add(what);
    return known;
  }

  repetition(kind: string, name: string): Repetition | undefined {
    const resource = this.#resources.get(kind)?.get(name);
    if (!resource) return this.mayLack(name) ? { how: "broken" } : undefined;
    const address = `${kind}/${name}`;
    const known = this.#repetitions.get(address);
    if (known && known !== "busy") return known;
    if (known === "busy") this.#circle(`${address}.forEach`, resource.key);
    this.#repetitions.set(address, "busy");
    const made = this.within(`${address}.forEach`, resource.key, () => this.repetitionOf(address, resource.tree, resource.scope));
    this.#repetitions.set(address, made);
    return made;
  }

  object(kind: string, name: string, key: string | undefined): Named {
    return this.#object(this.#resources.get(kind)!.get(name)!, this.#itemOf(kind, name, key));
  }

  /** Returns the object that an absolute reference means, when this run has it. */
  referred(address: string): Named | undefined {
    const [, kind = "", name = ""] = /^([^/]+)\/(.*)$/s.exec(address) ?? [];
    const { base, key } = partsOfName(name);
    const repetition = this.kinds.has(kind) ? this.repetition(kind, base) : undefined;
    if (!repetition || repetition.how === "broken" || repetition.how === "absent") return undefined;
    return this.object(kind, base, key);
  }

  template(path: Tree): Tree | undefined {
    if (path.type !== "scalar" || typeof path.value !== "string") {
      this.fail("wrong-type", path.spot, "a file name must be a string.");
      return undefined;
    }
    const { source: from } = path.spot;
    const name = isAbsolute(path.value) ? path.value : resolve(from.folder, path.value);
    const source = this.#input.files.source(name, limits.named, positionOf(path.spot))?.seenFrom(from);
    if (!source) return undefined;
    const { text } = source;
    return { type: "scalar", spot: { source, start: 0, end: text.length }, value: text, raw: text, quoted: true };
  }

  /** Runs `work` as a link of the chain. A link that is already in the chain makes a cycle. */
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
    this.fail("value-cycle", top, `these values depend on each other: ${way}.`, "write one of them without the others");
    return this.evaluator.raise(new Consequence());
  }

  // ── values

  evaluate = (tree: Tree, here: Used, schema: AnnotatedSchema | undefined, file?: string): Tree | undefined =>
    this.#trees.evaluate(tree, here, schema, file);

  /** Returns how often a resource, or a use of a part, exists. */
  repetitionOf = (what: string, tree: MapTree, scope: NameScope | undefined): Repetition => repetitionOf(what, tree, scope, this.#trees);

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
        isNull(value) ? key : value.spot,
        `outputs must be a mapping of names to values, but ${whatItIs(value)}.`,
        'write `outputs: { url: "https://${loadBalancer.web.dnsName}" }`, or remove the line',
      );
      return [];
    }
    for (const [name, entry] of value.entries)
      if (!isKey(name))
        this.fail(
          "bad-name",
          entry.key,
          `"${name}" cannot be the name of an output.`,
          "use letters, digits, - and _, at most 63 characters",
        );
      else this.#warnOfBareName(name, entry.value);
    const evaluated = this.evaluate(value, { ...nobody(), takesLate: true, takesAnyShape: true }, undefined);
    return evaluated?.type === "map" ? outputsOf({ ...evaluated, spot: key }, this.kinds) : [];
  }

  /** Warns of an output that is the name of a value without `${…}`. */
  #warnOfBareName(name: string, tree: Tree): void {
    if (tree.type !== "scalar") return;
    const text = String(tree.value);
    const [, kind = "", resource = "", output = ""] = /^([A-Za-z]\w*)[./]([\w-]+)\.([A-Za-z]\w*)$/.exec(text) ?? [];
    if (!this.#resources.get(kind)?.has(resource)) return;
    const path = /^[A-Za-z_]\w*$/.test(resource) ? `.${resource}` : `['${resource}']`;
    this.warn(
      "output-is-text",
      tree.spot,
      `The output ${name} is the text "${text}", not a value of ${kind}/${resource}.`,
      `write "\${${kind}${path}.${output}}"`,
    );
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
            `"${name}" cannot be a resource's name: brackets are reserved for forEach and count.`,
            "write forEach or count inside the resource",
          );
        else entries.set(name, { key: entry.key, value: this.evaluate(entry.value, nobody(), undefined) ?? entry.value });
        continue;
      }
      for (const [object, made] of this.#objectsOf(resource)) entries.set(object, made);
    }
    return { ...section, entries };
  }

  /** Returns the objects of a resource in this run, by name: one object, one object for each key, or none. */
  #objectsOf(resource: Resource): readonly (readonly [string, Entry])[] {
    const { kind, name, key } = resource;
    const repetition = this.repetition(kind.name, name)!;
    if (repetition.how === "one") return [[name, { key, value: this.#object(resource, undefined).tree() }]];
    if (!("items" in repetition)) return [];
    return repetition.items.map((item) => [`${name}[${item.key}]`, { key, value: this.#object(resource, item).tree() }]);
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
    const made = new Obj(this, resource, address, item, repetition);
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

/** Keys that the expansion reads and removes. */
const ownKeys: ReadonlySet<string> = new Set(["variables", "use", "outputs"]);

/** Returns a test that holds the names alone, because it is kept as long as the environment. */
function lackingIn(mayLack: (name: string) => boolean, unread: ReadonlySet<string>): (name: string) => boolean {
  return (name) => mayLack(name) || unread.has(name);
}

function isHead(key: string): boolean {
  return key === "project" || key === "region" || key === "environment";
}

/** Keys whose values are needed before AWS can be asked. */
const beforeCaller: ReadonlySet<string> = new Set(["project", "region", "environment", "account", "assumeRole"]);

function atHead(): Used {
  return { ...nobody(), beforeCaller: true };
}
