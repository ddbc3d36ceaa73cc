/**
 * Where the text of a file names resources: in references, in expressions, in addresses of `moved:`, `assert:` and `allowDestroy:`, in
 * what is given to parts and in templates. Nothing is evaluated: a place counts also where it is not in use in this run.
 */
import type { TSchema } from "typebox";
import { objectsIn, type NamedObject, type Objects } from "../expressions/objects.ts";
import type { Kind } from "../kinds/kind.ts";
import { isLiteral, mapAnnotated, type AnnotatedSchema } from "../resource/references.ts";
import { schemaOf, templateFor } from "./expansion-schema.ts";
import { exactSpot } from "./expressions/places.ts";
import { scan, type Piece } from "./expressions/scan.ts";
import { topField } from "./schema.ts";
import type { Source, Spot } from "./source.ts";
import { valueOf, type MapTree, type ScalarTree, type Tree } from "./tree.ts";

/** A place that names a resource. */
export interface WrittenName {
  readonly kind: string;
  readonly name: string;
  /** The name alone: without `kind/` and `[0]`. */
  readonly spot: Spot;
  /** In an expression, from the dot on: `.main`. */
  readonly fromDot?: Spot;
  /** Of another environment: its name, and its project where it is written. */
  readonly of?: { readonly environment: string; readonly project: string | undefined };
}

/** A place that may name a resource without saying so letter by letter. */
export interface Doubt {
  readonly spot: Spot;
  mayName(kind: string, name: string): boolean;
  /** What is there: "computes the name". */
  readonly why: string;
}

export interface WrittenNames {
  readonly names: readonly WrittenName[];
  readonly doubts: readonly Doubt[];
}

/** How other files that a file names are read. */
export interface OtherFiles {
  part(named: ScalarTree): MapTree | undefined;
  template(path: string, from: Source): Source | undefined;
}

/** All places of a file, or of a part, that name resources of its own. */
export function writtenNames(tree: MapTree, kinds: readonly Kind[], others: OtherFiles): WrittenNames {
  return new Walk(tree, kinds, others).walked();
}

type Coded = Extract<Piece, { readonly code: string }>;

/** What stands around a text. */
interface Around {
  /** Every form that the text may have; a file need not be whole, so no branch of a union is ruled out. */
  readonly schemas: readonly AnnotatedSchema[];
  /** The whole resource or use, for what `each` may be. */
  readonly repeated?: MapTree | undefined;
}

class Walk {
  readonly #tree: MapTree;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #others: OtherFiles;
  readonly #names: WrittenName[] = [];
  readonly #doubts: Doubt[] = [];
  /** Where scalars begin that name resources, with what they name; and those that name none. One scalar may be both by an anchor. */
  readonly #naming = new Map<string, { readonly scalar: ScalarTree; readonly named: Set<string> }>();
  readonly #plain = new Set<string>();

  constructor(tree: MapTree, kinds: readonly Kind[], others: OtherFiles) {
    this.#tree = tree;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.#others = others;
  }

  walked(): WrittenNames {
    const sections = new Map([...this.#kinds.values()].map((kind) => [kind.section, kind]));
    for (const [key, { value }] of this.#tree.entries) {
      const kind = sections.get(key);
      if (key.startsWith("x-")) continue;
      if (kind) this.#section(kind, value);
      else if (key === "use") this.#uses(value);
      else this.#value(value, { schemas: present(topField(key) as AnnotatedSchema | undefined) });
    }
    this.#doubtShared();
    return { names: withoutRepetition(this.#names), doubts: this.#doubts };
  }

  #section(kind: Kind, section: Tree): void {
    if (section.type !== "map") return;
    for (const { value: resource } of section.entries.values()) {
      if (resource.type !== "map") continue;
      for (const [field, { value }] of resource.entries) {
        const isTemplate = templateFor(kind.schema as AnnotatedSchema, field) !== undefined;
        this.#value(value, { schemas: everySchemaOf(kind.schema as AnnotatedSchema, field), repeated: resource });
        if (isTemplate) this.#template(value, resource);
      }
    }
  }

  /** A file of which the text is a value, with expressions of its own. */
  #template(path: Tree, repeated: MapTree): void {
    if (path.type !== "scalar" || typeof path.value !== "string") return;
    const source = path.value.includes("${") ? undefined : this.#others.template(path.value, path.spot.source);
    if (!source) return this.#doubt(path.spot, () => true, "names a file that cannot be read here");
    const { text } = source;
    this.#text(
      { type: "scalar", spot: { source, start: 0, end: text.length }, value: text, raw: text, quoted: true },
      { schemas: [], repeated },
    );
  }

  #uses(uses: Tree): void {
    if (uses.type !== "map") return;
    for (const { value: use } of uses.entries.values()) {
      if (use.type !== "map") continue;
      const named = valueOf(use, "part");
      const part = named?.type === "scalar" ? this.#others.part(named) : undefined;
      const parameters = valueOf(part, "parameters");
      for (const [field, { value }] of use.entries) {
        if (field !== "with" || value.type !== "map") {
          this.#value(value, { schemas: [], repeated: use });
          continue;
        }
        for (const [parameter, { value: given }] of value.entries) {
          if (!part) this.#doubtTexts(given, "is passed to a part that cannot be read here");
          this.#value(given, { schemas: present(schemaOfParameter(valueOf(parameters, parameter))), repeated: use });
        }
      }
    }
  }

  #value(tree: Tree, { schemas, repeated }: Around): void {
    if (tree.type === "scalar") return this.#text(tree, { schemas, repeated });
    if (tree.type === "list") {
      const inner = schemas.flatMap(everyItemSchema);
      for (const item of tree.items) this.#value(item, { schemas: inner, repeated });
      return;
    }
    const refs = schemas.flatMap(refSchemas);
    const told = refs.length > 0 ? this.#foreign(tree, refs) : [];
    for (const [key, { key: spot, value }] of tree.entries) {
      if (told.includes(value)) continue;
      for (const schema of schemas) this.#key(key, spot, schema);
      this.#value(value, { schemas: schemas.flatMap((schema) => everySchemaOf(schema, key)), repeated });
    }
  }

  #key(key: string, spot: Spot, schema: AnnotatedSchema): void {
    const scalar: ScalarTree = { type: "scalar", spot, value: key, raw: key, quoted: false };
    if (schema["x-keys"]) this.#reference(scalar, { "x-ref": schema["x-keys"] });
    if (schema["x-addresses"]) this.#address(scalar);
    for (const branch of branchesOf(schema)) this.#key(key, spot, branch);
  }

  /** `{ default: vpc/main }`, and `{ environment: network, address: vpc/main }`; answers with the values that are told by this. */
  #foreign(tree: MapTree, refs: readonly AnnotatedSchema[]): readonly Tree[] {
    const taken = valueOf(tree, "default");
    const parents = refs.flatMap((ref) =>
      (ref["x-ref"] ?? []).flatMap((kind) => {
        const madeWith = this.#kinds.get(kind)?.madeWith;
        return typeof madeWith === "object" ? [madeWith.parent] : [];
      }),
    );
    if (taken?.type === "scalar" && parents.length > 0) {
      this.#text(taken, { schemas: [{ "x-ref": [parents[0]!] }] });
      return [taken];
    }
    const [environment, address, project] = ["environment", "address", "project"].map((field) => valueOf(tree, field));
    if (environment?.type !== "scalar" || address?.type !== "scalar") return [];
    const of = { environment: String(environment.value), project: project?.type === "scalar" ? String(project.value) : undefined };
    if (String(address.value).includes("${")) return [];
    this.#address(address, of);
    return [address];
  }

  // ── texts

  #text(scalar: ScalarTree, around: Around): void {
    const { value } = scalar;
    if (typeof value !== "string") return;
    const { schemas } = around;
    const isAddress = schemas.some((schema) => schema["x-address"]);
    if (value.includes("${")) {
      const pieces = scan(value);
      for (const piece of pieces) if ("code" in piece) this.#expression(scalar, piece);
      for (const ref of schemas.flatMap(refSchemas)) this.#computedReference(scalar, pieces, ref, around);
      if (isAddress) this.#computedReference(scalar, pieces, { "x-ref": [...this.#kinds.keys()] }, around);
      return;
    }
    const before = this.#names.length;
    if (isAddress) this.#address(scalar);
    for (const ref of schemas.flatMap((schema) => refsFor(schema, value))) this.#reference(scalar, ref);
    if (this.#names.length === before) this.#plain.add(placeOf(scalar.spot));
  }

  /** A text that is the address of a resource, or something else. */
  #address(scalar: ScalarTree, of?: WrittenName["of"]): void {
    const [, kind, name] = /^([^/]+)\/([\w-]+)(?:\[[^\]]*\])?$/.exec(String(scalar.value)) ?? [];
    if (kind !== undefined && name !== undefined && this.#kinds.has(kind)) this.#found(scalar, kind, name, kind.length + 1, of);
  }

  /** A text that is a reference, as a plain value or as what an expression comes to. */
  #reference(scalar: ScalarTree, ref: AnnotatedSchema, stretch = { text: String(scalar.value), start: 0 }): void {
    const { text, start } = stretch;
    const [, written, name = ""] = /^(?:([^/]+)\/)?([\w-]+)(?:\[[^\]]*\])?$/.exec(text) ?? [];
    if (written === undefined && isLiteral(text, ref["x-literal"])) return;
    const kinds = ref["x-ref"] ?? [];
    const kind = written ?? (kinds.length === 1 || ref["x-key"] ? kinds[0] : undefined);
    if (name === "" || kind === undefined || ![...kinds, ...(ref["x-also"] ?? [])].includes(kind)) return;
    this.#found(scalar, kind, name, start + (written === undefined ? 0 : written.length + 1));
  }

  #found(scalar: ScalarTree, kind: string, name: string, start: number, of?: WrittenName["of"], dot?: number): void {
    const spot = exactSpot(scalar, start, start + name.length);
    const isThis = (otherKind: string, other: string) => otherKind === kind && other === name;
    if (!spot) return this.#doubt(scalar.spot, isThis, `names ${kind}/${name} in a string whose quotes or line breaks hide its place`);
    const fromDot = dot === undefined ? undefined : exactSpot(scalar, dot, start + name.length);
    this.#names.push({ kind, name, spot, ...(fromDot && { fromDot }), ...(of && { of }) });
    if (of) return;
    const place = placeOf(scalar.spot);
    const naming = this.#naming.get(place) ?? { scalar, named: new Set() };
    this.#naming.set(place, naming);
    if (dot === undefined && !String(scalar.value).includes("${")) naming.named.add(`${kind}/${name}`);
  }

  // ── expressions

  #expression(scalar: ScalarTree, piece: Coded): void {
    const objects = this.#objectsIn(piece);
    const { code, start } = piece;
    if (!objects) return this.#doubt(scalar.spot, (_kind, name) => code.includes(name), `has an expression that cannot be read`);
    for (const { kind, name, dot } of objects.named as readonly NamedObject[])
      this.#found(scalar, kind, name.text, start + 2 + name.start, undefined, dot === undefined ? undefined : start + 2 + dot);
    for (const kind of objects.computed)
      this.#doubt(scalar.spot, (of) => of === kind, `may refer to any ${kind} by a computed name: ${short(code)}`);
  }

  /** A reference that an expression makes, in whole or in part. */
  #computedReference(scalar: ScalarTree, pieces: readonly Piece[], ref: AnnotatedSchema, { repeated }: Around): void {
    const [first] = pieces;
    if (pieces.length === 1 && first && "code" in first) return this.#wholeReference(scalar, first, ref, repeated);
    if (first && "text" in first && /^(?:[^/]+\/)?[\w-]+\[/.test(first.text)) {
      // The key alone is computed: public[${each.key}].
      const [name] = first.text.split("[");
      return this.#reference(scalar, ref, { text: name!, start: 0 });
    }
    const written = pieces.map((piece) => ("text" in piece ? piece.text : "\0")).join("");
    const pattern = new RegExp(`^${written.split("[")[0]!.split("\0").map(escaped).join("[^]*")}$`);
    const kinds = [...(ref["x-ref"] ?? []), ...(ref["x-also"] ?? [])];
    const mayName = (kind: string, name: string) => kinds.includes(kind) && (pattern.test(name) || pattern.test(`${kind}/${name}`));
    this.#doubt(scalar.spot, mayName, `computes the name: ${short(String(scalar.value))}`);
  }

  #wholeReference(scalar: ScalarTree, piece: Coded, ref: AnnotatedSchema, repeated: MapTree | undefined): void {
    const objects = this.#objectsIn(piece);
    if (!objects) return;
    for (const { text, start } of objects.results) this.#reference(scalar, ref, { text, start: piece.start + 2 + start });
    if (!objects.isComputed) return;
    const kinds = [...(ref["x-ref"] ?? []), ...(ref["x-also"] ?? [])];
    const isPlain = /^\s*[\w.-]+\s*$/.test(piece.code);
    const texts = [...objects.texts.filter((text) => text.trim() !== ""), ...this.#given(objects, repeated)];
    const mayName = (kind: string, name: string) =>
      kinds.includes(kind) &&
      texts.some((text) => {
        const local = text.replace(/\[[^\]]*\]$/, "");
        return local === name || local === `${kind}/${name}` || (!isPlain && (text.includes(name) || name.includes(text)));
      });
    this.#doubt(scalar.spot, mayName, `computes the name: \${${short(piece.code)}}`);
  }

  /** The texts that the names of an expression may stand for: those of its variables, and of the keys and values of `forEach`. */
  #given({ names }: Objects, repeated: MapTree | undefined): readonly string[] {
    const variables = valueOf(this.#tree, "variables");
    return names.flatMap(([root = "", name = ""]) => {
      if (root === "var") return textsIn(valueOf(variables, name));
      if (root !== "each") return [];
      const each = valueOf(repeated, "forEach");
      const inner = textsIn(each).flatMap((text) => scan(text).flatMap((piece) => ("code" in piece ? [piece] : [])));
      return [...textsIn(each), ...inner.flatMap((piece) => this.#given(this.#objectsIn(piece) ?? nothing, undefined))];
    });
  }

  #objectsIn({ code }: Coded): Objects | undefined {
    return objectsIn(code, (name) => this.#kinds.has(name));
  }

  // ── what is not certain

  #doubt(spot: Spot, mayName: Doubt["mayName"], why: string): void {
    this.#doubts.push({ spot, mayName, why });
  }

  #doubtTexts(tree: Tree, why: string): void {
    for (const scalar of scalarsIn(tree)) {
      const text = String(scalar.value).replace(/\[[^\]]*\]$/, "");
      this.#doubt(scalar.spot, (kind, name) => text === name || text === `${kind}/${name}`, why);
    }
  }

  /** By an anchor one text can stand in several places, and mean something else in each. */
  #doubtShared(): void {
    for (const [place, { scalar, named }] of this.#naming) {
      if (named.size < 2 && !(named.size === 1 && this.#plain.has(place))) continue;
      const mayName = (kind: string, name: string) => named.has(`${kind}/${name}`);
      this.#doubt(scalar.spot, mayName, "is used in other places by an anchor, where it means something else");
    }
  }
}

const nothing: Objects = { named: [], computed: [], results: [], isComputed: false, texts: [], names: [] };

/** A parameter that is a reference: of the first of its kinds where none is written. */
function schemaOfParameter(declaration: Tree | undefined): AnnotatedSchema | undefined {
  const [one, several] = [valueOf(declaration, "ref"), valueOf(declaration, "refs")];
  const kinds = textsIn(one ?? several);
  if (kinds.length === 0) return undefined;
  const ref: AnnotatedSchema = { "x-ref": kinds, "x-key": true };
  return one ? ref : { items: ref };
}

function branchesOf({ anyOf = [], oneOf = [], allOf = [] }: AnnotatedSchema): readonly AnnotatedSchema[] {
  return [...anyOf, ...oneOf, ...allOf];
}

function everySchemaOf(schema: AnnotatedSchema, key: string): readonly AnnotatedSchema[] {
  const { anyOf: _any, oneOf: _one, allOf: _all, ...own } = schema;
  return [...present(schemaOf(own, key)), ...branchesOf(schema).flatMap((branch) => everySchemaOf(branch, key))];
}

function everyItemSchema(schema: AnnotatedSchema): readonly AnnotatedSchema[] {
  return [...present(schema.items), ...branchesOf(schema).flatMap(everyItemSchema)];
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** Every form of reference that a value, or an item of it, may have. */
function refSchemas(schema: AnnotatedSchema): readonly AnnotatedSchema[] {
  if (schema["x-ref"]) return [schema];
  return [...(schema.items ? refSchemas(schema.items) : []), ...branchesOf(schema).flatMap(refSchemas)];
}

/** The reference that a text is in the form that fits it; `public[*]` stands for a list. */
function refsFor(schema: AnnotatedSchema, text: string): readonly AnnotatedSchema[] {
  const found: AnnotatedSchema[] = [];
  for (const value of text.endsWith("[*]") ? [text, [text]] : [text])
    mapAnnotated(schema as TSchema, value, "x-ref", (written, _path, ref) => {
      found.push(ref);
      return written;
    });
  return found;
}

function scalarsIn(tree: Tree | undefined): readonly ScalarTree[] {
  if (!tree) return [];
  if (tree.type === "scalar") return [tree];
  return (tree.type === "list" ? tree.items : [...tree.entries.values()].map(({ value }) => value)).flatMap(scalarsIn);
}

/** All texts of a value, its keys among them. */
function textsIn(tree: Tree | undefined): readonly string[] {
  if (!tree) return [];
  if (tree.type === "scalar") return typeof tree.value === "string" ? [tree.value] : [];
  if (tree.type === "list") return tree.items.flatMap(textsIn);
  return [...tree.entries].flatMap(([key, { value }]) => [key, ...textsIn(value)]);
}

function withoutRepetition(names: readonly WrittenName[]): readonly WrittenName[] {
  const seen = new Set<string>();
  return names.filter(({ kind, spot }) => {
    const key = `${kind} ${placeOf(spot)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function placeOf({ source, start }: Spot): string {
  return `${source.file}:${start}`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function short(text: string): string {
  const line = text.split("\n")[0]!.trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
