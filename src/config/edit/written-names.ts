/**
 * Where the text of a file names resources: in references, in expressions, in addresses of `moved:`, `assert:` and `allowDestroy:`, in
 * what is given to parts, in templates, and in what its parts say of other environments. Nothing is evaluated: a place counts also where it
 * is not in use in this run.
 */
import type { TSchema } from "typebox";
import { objectsIn, type NamedObject, type Objects } from "../../expressions/objects.ts";
import type { Address, Kind } from "../../kinds/kind.ts";
import { isLiteral, mapAnnotated, refKinds, type AnnotatedSchema } from "../../resource/references.ts";
import { branchesOf, itemSchemas, schemasOf, templateFor } from "../schema/expansion-schema.ts";
import { exactSpot } from "../expand/places.ts";
import { scan, type Piece } from "../expand/scan.ts";
import { splitRef } from "../values/repetition.ts";
import { topField } from "../schema/schema.ts";
import type { Source, Spot } from "../yaml/source.ts";
import { valueOf, type MapTree, type ScalarTree, type Tree } from "../yaml/tree.ts";

/** A place that names a resource. */
export interface WrittenName {
  readonly kind: string;
  readonly name: string;
  /** The name alone: without `kind/` and `[0]`. */
  readonly spot: Spot;
  /** In an expression, from the dot on: `.main`. */
  readonly fromDot?: Spot;
  /** The quotes around the whole text in the file. */
  readonly quotes?: ScalarTree["quotes"];
  /** Of another environment: its name, and its project where it is written. */
  readonly of?: { readonly environment: string; readonly project: string | undefined };
}

/** A place that may name a resource without saying so letter by letter. */
export interface Doubt {
  readonly spot: Spot;
  mayName(kind: string, name: string): boolean;
  /** What is there: "computes the name". */
  readonly why: string;
  /** What shows that it names another resource than before: an error of the environment, or its value. Absent where it may not be in use. */
  readonly shownBy?: "error" | "value" | undefined;
  /** The resource around it, where that may be absent as a whole. */
  readonly in?: Address | undefined;
  /** It names a resource of another environment. */
  readonly ofOther: boolean;
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

/** All places of a file that name resources of its own environment or of another one. */
export function writtenNames(tree: MapTree, kinds: readonly Kind[], others: OtherFiles): WrittenNames {
  return new Walk(tree, kinds, others, new Set()).walked();
}

type Coded = Extract<Piece, { readonly code: string }>;

/** What stands around a text. */
interface Around {
  /** Every form that the text may have. */
  readonly schemas: readonly AnnotatedSchema[];
  readonly in?: Address;
  /** A `when` may leave it out while the rest of the resource is declared. */
  readonly mayBeAbsent: boolean;
}

const top: Around = { schemas: [], mayBeAbsent: false };

class Walk {
  readonly #tree: MapTree;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #others: OtherFiles;
  /** Parts that are walked already: uses may share one, and by mistake a part may use itself. */
  readonly #parts: Set<MapTree>;
  readonly #names: WrittenName[] = [];
  readonly #doubts: Doubt[] = [];

  constructor(tree: MapTree, kinds: readonly Kind[], others: OtherFiles, parts: Set<MapTree>) {
    this.#tree = tree;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.#others = others;
    this.#parts = parts;
  }

  walked(): WrittenNames {
    const sections = new Map([...this.#kinds.values()].map((kind) => [kind.section, kind]));
    for (const [key, { value }] of this.#tree.entries) {
      const kind = sections.get(key);
      if (key.startsWith("x-")) continue;
      if (kind) this.#section(kind, value);
      else if (key === "use") this.#uses(value);
      else this.#value(value, { ...top, schemas: present(topField(key) as AnnotatedSchema | undefined) });
    }
    return { names: this.#names, doubts: this.#doubts };
  }

  #section(kind: Kind, section: Tree): void {
    if (section.type !== "map") return;
    const schema = kind.schema as AnnotatedSchema;
    for (const [name, { value: resource }] of section.entries) {
      if (resource.type !== "map") continue;
      const [when, ...repeated] = ["when", "forEach", "count"].map((field) => resource.entries.has(field));
      const mayBeAbsent = when === true && repeated.includes(true); // some of its objects, while others are declared
      const address = when || repeated.includes(true) ? { in: `${kind.name}/${name}` } : {};
      for (const [field, { value }] of resource.entries) {
        const around: Around = { schemas: schemasOf(schema, field), mayBeAbsent, ...address };
        this.#value(value, around);
        if (templateFor(schema, field) !== undefined) this.#template(value, around);
      }
    }
  }

  /** A file of which the text is a value, with expressions of its own. */
  #template(path: Tree, around: Around): void {
    if (path.type !== "scalar" || typeof path.value !== "string") return;
    const isComputed = path.value.includes("${");
    const source = isComputed ? undefined : this.#others.template(path.value, path.spot.source);
    if (!source)
      return this.#doubt(path.spot, () => true, "names a file that cannot be read here", isComputed ? shown(around, "value") : {});
    const { text } = source;
    const spot = { source, start: 0, end: text.length };
    this.#text({ type: "scalar", spot, value: text, raw: text, quoted: true }, { ...around, schemas: [] });
  }

  #uses(uses: Tree): void {
    if (uses.type !== "map") return;
    for (const { value: use } of uses.entries.values()) {
      if (use.type !== "map") continue;
      const around = { ...top, mayBeAbsent: use.entries.has("when") || use.entries.has("forEach") };
      const part = this.#part(valueOf(use, "part"));
      for (const [field, { value }] of use.entries) {
        if (field !== "with" || value.type !== "map") {
          this.#value(value, around);
          continue;
        }
        for (const [parameter, { value: given }] of value.entries)
          this.#value(given, { ...around, schemas: present(schemaOfParameter(valueOf(valueOf(part, "parameters"), parameter))) });
      }
    }
  }

  /** Reads a part. Its resources are its own, but it may name some of other environments. */
  #part(named: Tree | undefined): MapTree | undefined {
    if (named?.type !== "scalar") return undefined;
    const part = this.#others.part(named);
    if (!part) this.#doubt(named.spot, () => true, "names a part that cannot be read here", { ofOther: true });
    if (!part || this.#parts.has(part)) return part;
    this.#parts.add(part);
    const { names, doubts } = new Walk(part, [...this.#kinds.values()], this.#others, this.#parts).walked();
    this.#names.push(...names.filter(({ of }) => of));
    // Nobody tells here which of the part's resources there are.
    for (const { in: resource, ...doubt } of doubts)
      if (doubt.ofOther) this.#doubts.push(resource === undefined ? doubt : { ...doubt, shownBy: undefined });
    return part;
  }

  #value(tree: Tree, around: Around): void {
    const { schemas } = around;
    if (tree.type === "scalar") return this.#text(tree, around);
    if (tree.type === "list") {
      const inner = schemas.flatMap(itemSchemas);
      for (const item of tree.items) this.#value(item, { ...around, schemas: inner });
      return;
    }
    const mayBeAbsent = around.mayBeAbsent || tree.entries.has("when");
    const refs = schemas.flatMap(refSchemas);
    const told = refs.length > 0 ? this.#foreign(tree, refs, { ...around, mayBeAbsent }) : [];
    for (const [key, { key: spot, value }] of tree.entries) {
      if (told.includes(value)) continue;
      for (const schema of schemas) this.#key(key, spot, schema);
      this.#value(value, { ...around, schemas: schemas.flatMap((schema) => schemasOf(schema, key)), mayBeAbsent });
    }
  }

  #key(key: string, spot: Spot, schema: AnnotatedSchema): void {
    const scalar: ScalarTree = { type: "scalar", spot, value: key, raw: key, quoted: false };
    if (schema["x-keys"]) this.#reference(scalar, { "x-ref": schema["x-keys"] });
    if (schema["x-addresses"]) this.#address(scalar);
    for (const branch of branchesOf(schema)) this.#key(key, spot, branch);
  }

  /** `{ default: vpc/main }`, and `{ environment: network, address: vpc/main }`; answers with the values that are told by this. */
  #foreign(tree: MapTree, refs: readonly AnnotatedSchema[], around: Around): readonly Tree[] {
    const taken = valueOf(tree, "default");
    const parents = refs.flatMap((ref) =>
      (ref["x-ref"] ?? []).flatMap((kind) => {
        const madeWith = this.#kinds.get(kind)?.madeWith;
        return typeof madeWith === "object" ? [madeWith.parent] : [];
      }),
    );
    if (taken?.type === "scalar" && parents.length > 0) {
      this.#text(taken, { ...around, schemas: [{ "x-ref": [parents[0]!] }] });
      return [taken];
    }
    const [environment, address, project] = ["environment", "address", "project"].map((field) => valueOf(tree, field));
    if (!environment || !address) return [];
    const written = [environment, address, project].map((one) => (one?.type === "scalar" ? String(one.value) : undefined));
    if (written.some((text) => text?.includes("${"))) {
      const why = "computes a reference to another environment";
      this.#doubt(address.spot, isOneOf(refs.flatMap(refKinds)), why, { ...shown(around, "value"), ofOther: true });
      return [];
    }
    if (address.type === "scalar") this.#address(address, { environment: written[0] ?? "", project: written[2] });
    return [address];
  }

  // ── texts

  #text(scalar: ScalarTree, around: Around): void {
    const { value } = scalar;
    if (typeof value !== "string") return;
    const { schemas } = around;
    const isAddress = schemas.some((schema) => schema["x-address"]);
    if (!value.includes("${")) {
      if (isAddress) this.#address(scalar);
      for (const ref of schemas.flatMap((schema) => refsFor(schema, value))) this.#reference(scalar, ref);
      return;
    }
    const pieces = scan(value);
    for (const piece of pieces) if ("code" in piece) this.#expression(scalar, piece, around);
    const refs = [...schemas.flatMap(refSchemas), ...(isAddress ? [{ "x-ref": [...this.#kinds.keys()] }] : [])];
    for (const ref of refs) this.#computedReference(scalar, pieces, ref, around);
  }

  /** A text that is the address of a resource, or something else. */
  #address(scalar: ScalarTree, of?: WrittenName["of"]): void {
    const { kind, name } = splitRef(String(scalar.value));
    if (kind !== undefined && this.#kinds.has(kind)) this.#found(scalar, { kind, name, start: kind.length + 1, of });
  }

  /** A text that is a reference, as a plain value or as what an expression comes to. */
  #reference(scalar: ScalarTree, ref: AnnotatedSchema, { text, start } = { text: String(scalar.value), start: 0 }): void {
    const { kind: written, name } = splitRef(text);
    if (written === undefined && isLiteral(text, ref["x-literal"])) return;
    const kinds = ref["x-ref"] ?? [];
    const kind = written ?? (kinds.length === 1 || ref["x-key"] ? kinds[0] : undefined);
    if (kind !== undefined && [...kinds, ...(ref["x-also"] ?? [])].includes(kind))
      this.#found(scalar, { kind, name, start: start + (written === undefined ? 0 : written.length + 1) });
  }

  #found(
    scalar: ScalarTree,
    { kind, name, start, of, dot }: Pick<WrittenName, "kind" | "name"> & { start: number; of?: WrittenName["of"]; dot?: number },
  ): void {
    if (!/^[\w-]+$/.test(name)) return;
    const spot = exactSpot(scalar, start, start + name.length);
    const isThis = (otherKind: string, other: string) => otherKind === kind && other === name;
    if (!spot)
      return this.#doubt(scalar.spot, isThis, `names ${kind}/${name} in a string whose quotes or line breaks hide its place`, {
        ofOther: of !== undefined,
      });
    const fromDot = dot === undefined ? undefined : exactSpot(scalar, dot, start + name.length);
    const { quotes } = scalar;
    this.#names.push({ kind, name, spot, ...(fromDot && { fromDot }), ...(quotes && { quotes }), ...(of && { of }) });
  }

  // ── expressions

  #expression(scalar: ScalarTree, piece: Coded, around: Around): void {
    const objects = this.#objectsIn(piece);
    const { code, start } = piece;
    if (!objects) return this.#doubt(scalar.spot, (_kind, name) => code.includes(name), `has an expression that cannot be read`);
    for (const { kind, name, dot } of objects.named as readonly NamedObject[])
      this.#found(scalar, { kind, name: name.text, start: start + 2 + name.start, ...(dot !== undefined && { dot: start + 2 + dot }) });
    if (objects.computed.length === 0) return;
    const why = `may refer to any ${objects.computed.join(" and any ")} by a computed name: ${short(code)}`;
    this.#doubt(scalar.spot, isOneOf(objects.computed), why, shown(around, "value", code));
  }

  /** A reference that an expression makes, in whole or in part. */
  #computedReference(scalar: ScalarTree, pieces: readonly Piece[], ref: AnnotatedSchema, around: Around): void {
    const [first] = pieces;
    // The key alone is computed: public[${each.key}].
    if (first && "text" in first && /^(?:[^/]+\/)?[\w-]+\[/.test(first.text))
      return this.#reference(scalar, ref, { text: first.text.split("[")[0]!, start: 0 });
    const whole = pieces.length === 1 && first && "code" in first ? first : undefined;
    const objects = whole && this.#objectsIn(whole);
    if (whole) for (const { text, start } of objects?.results ?? []) this.#reference(scalar, ref, { text, start: whole.start + 2 + start });
    if (whole && !objects?.isComputed) return;
    const text = String(scalar.value);
    this.#doubt(scalar.spot, isOneOf(refKinds(ref)), `computes the name: ${short(text)}`, shown(around, "error", text));
  }

  #objectsIn({ code }: Coded): Objects | undefined {
    return objectsIn(code, (name) => this.#kinds.has(name));
  }

  #doubt(spot: Spot, mayName: Doubt["mayName"], why: string, more: Partial<Doubt> = {}): void {
    this.#doubts.push({ spot, mayName, why, ofOther: false, ...more });
  }
}

/** What shows that a place does not mean the same any more: nothing where a condition may leave it out. */
function shown({ in: resource, mayBeAbsent }: Around, by: "error" | "value", code = ""): Partial<Doubt> {
  return mayBeAbsent || /\?|&&|\|\|/.test(code) ? {} : { in: resource, shownBy: by };
}

function isOneOf(kinds: readonly string[]): Doubt["mayName"] {
  return (kind) => kinds.includes(kind);
}

/** A parameter that is a reference: of the first of its kinds where none is written. */
function schemaOfParameter(declaration: Tree | undefined): AnnotatedSchema | undefined {
  const [one, several] = [valueOf(declaration, "ref"), valueOf(declaration, "refs")];
  const written = one ?? several;
  const kinds = (written?.type === "list" ? written.items : present(written)).flatMap((item) =>
    item.type === "scalar" ? [String(item.value)] : [],
  );
  if (kinds.length === 0) return undefined;
  const ref: AnnotatedSchema = { "x-ref": kinds, "x-key": true };
  return one ? ref : { items: ref };
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

function short(text: string): string {
  const line = text.split("\n")[0]!.trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
