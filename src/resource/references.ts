/**
 * Walks over specs by the annotations that fields.ts puts into schemas, so that no other code walks a spec by itself. A walker is compiled
 * once for each schema, and skips every field without the annotation. Unchanged values are shared, not copied.
 */
import type { TSchema } from "typebox";
import type { Address, Kind } from "../kinds/kind.ts";

/** Returns the new value; the same value (===) means no change. `schema` is the annotated schema. */
export type Visit = (value: unknown, path: string, schema: AnnotatedSchema) => unknown;

/** The keywords of a JSON Schema that the walkers and the configuration read. */
export interface AnnotatedSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, AnnotatedSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, AnnotatedSchema>>;
  readonly additionalProperties?: boolean | AnnotatedSchema;
  readonly items?: AnnotatedSchema;
  readonly anyOf?: readonly AnnotatedSchema[];
  readonly oneOf?: readonly AnnotatedSchema[];
  readonly allOf?: readonly AnnotatedSchema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly const?: unknown;
  readonly "x-ref"?: readonly string[];
  /** On a map: its keys name objects of these kinds. */
  readonly "x-keys"?: readonly string[];
  /** Marks the schema that a visitor gets for a key of such a map. */
  readonly "x-key"?: true;
  /** A text that may be the address of a resource; on a map: its keys are addresses. No reference: what it names may be gone. */
  readonly "x-address"?: true;
  readonly "x-addresses"?: true;
  /** Further kinds, which fit when they are written as `kind/name`. */
  readonly "x-also"?: readonly string[];
  readonly "x-literal"?: string;
  /** On a reference: a foreign object is written `{ name }` or `{ arn }`. */
  readonly "x-named"?: boolean;
  /** On a reference: the object may be in another region. */
  readonly "x-far"?: boolean;
  /** Objects that AWS itself provides: the pattern of their names, and their ARN. */
  readonly "x-provided"?: { readonly names: string; readonly arn: string };
  readonly "x-derived"?: { readonly max: number; readonly forbidden: string };
  readonly "x-file"?: string;
  /** On a file: it may be binary. */
  readonly "x-binary"?: boolean;
  /** On a file: its expressions are evaluated. */
  readonly "x-template"?: boolean;
  readonly "x-image"?: boolean;
  readonly "x-zone"?: boolean;
  readonly "x-cidr"?: 4 | 6 | "any";
  /** On a list inside a field: its order means nothing. */
  readonly "x-set"?: true;
}

export type Annotation = "x-ref" | "x-file" | "x-image" | "x-zone" | "x-cidr" | "x-set";

/**
 * Returns `value` with every reference replaced by the result of `fn`. `fn` also gets literals (a rule's CIDR) and objects (`{ tags }`).
 */
export function mapRefs<T>(schema: TSchema, value: T, fn: (value: unknown, path: string, allowedKinds: readonly string[]) => unknown): T {
  return mapAnnotated(schema, value, "x-ref", (found, path, annotated) => fn(found, path, refKinds(annotated)));
}

/** Returns all kinds that a reference takes. */
export function refKinds(schema: AnnotatedSchema): readonly string[] {
  return [...schema["x-ref"]!, ...(schema["x-also"] ?? [])];
}

/** Returns the kinds that an image of the file may have: those of the form that takes an address. */
export function imageKinds(schema: AnnotatedSchema): readonly string[] {
  return (schema.anyOf ?? []).flatMap((form) => form["x-ref"] ?? []);
}

/** Returns every reference in a spec, with its path and its value. */
export function refsOf(
  schema: TSchema,
  spec: unknown,
): { readonly path: string; readonly value: unknown; readonly allowedKinds: readonly string[] }[] {
  const found: { path: string; value: unknown; allowedKinds: readonly string[] }[] = [];
  mapRefs(schema, spec, (value, path, allowedKinds) => {
    found.push({ path, value, allowedKinds });
    return value;
  });
  return found;
}

/** Returns the address in a reference. Undefined for an id, a literal and a look-up, even where their text is like an address. */
export function addressIn(value: unknown, schema: AnnotatedSchema): Address | undefined {
  if (typeof value !== "string") return undefined;
  const isAllowed = refKinds(schema).some((kind) => value.startsWith(`${kind}/`));
  return isAllowed && !isLiteral(value, schema["x-literal"]) ? value : undefined;
}

/**
 * Returns an id as a driver gets it. Where names of several kinds fit, it is `bucket:logs`, because a name alone does not show its kind.
 */
export function idFor(schema: AnnotatedSchema, kind: string, id: string): string {
  return schema["x-named"] === true && refKinds(schema).length > 1 ? `${kind}:${id}` : id;
}

export function kindOfAddress(address: Address): string {
  return address.slice(0, address.indexOf("/"));
}

/** Whether a text is one of the literals that may stand in place of a reference. */
export function isLiteral(value: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return false;
  const literal = literals.get(pattern) ?? new RegExp(pattern, "u");
  literals.set(pattern, literal);
  return literal.test(value);
}

const literals = new Map<string, RegExp>();

/** Returns `value` with everything under `annotation` replaced by the result of `fn`, or the same object when nothing changed. */
export function mapAnnotated<T>(schema: TSchema, value: T, annotation: Annotation, fn: Visit): T {
  const walk = walkerOf(schema as AnnotatedSchema, annotation);
  return (walk ? walk(value, "", fn) : value) as T;
}

/** Returns the stage in which a field is applied: the later stage that names it, else the first. */
export function stageOf(kind: Kind, field: string): string {
  return (kind.stages.find((stage) => stage.fields?.includes(field)) ?? kind.stages[0]!).name;
}

/** Returns the stage after which others may use an object of the kind. */
export function usableStage(kind: Kind): string {
  return kind.usableAfter ?? kind.stages.at(-1)!.name;
}

/** Returns the top-level field of a path: "routes" of "routes[0].target". */
export function fieldOf(path: string): string {
  return /^[^.[]*/.exec(path)![0];
}

/** Whether an object outlives the object that it refers to at a path. */
export function outlives(kind: Kind, path: string): boolean {
  return (kind.fields as Readonly<Record<string, { readonly outlives?: true } | undefined>>)[fieldOf(path)]?.outlives === true;
}

type Walker = (value: unknown, path: string, fn: Visit) => unknown;

const walkers: Record<Annotation, WeakMap<object, Walker | null>> = {
  "x-ref": new WeakMap(),
  "x-file": new WeakMap(),
  "x-image": new WeakMap(),
  "x-zone": new WeakMap(),
  "x-cidr": new WeakMap(),
  "x-set": new WeakMap(),
};

/** null: nothing below this schema has the annotation. */
function walkerOf(schema: AnnotatedSchema, annotation: Annotation): Walker | null {
  const known = walkers[annotation].get(schema);
  if (known !== undefined) return known;
  const made = compile(schema, annotation);
  walkers[annotation].set(schema, made);
  return made;
}

function compile(schema: AnnotatedSchema, annotation: Annotation): Walker | null {
  if (schema[annotation] !== undefined) return (value, path, fn) => (value === undefined ? value : fn(value, path, schema));
  const parts = [compileUnion(schema, annotation), compileArray(schema, annotation), compileObject(schema, annotation)].filter(
    (part) => part !== null,
  );
  if (parts.length === 0) return null;
  if (parts.length === 1) return parts[0]!;
  return (value, path, fn) => parts.reduce((now, part) => part(now, path, fn), value);
}

function compileArray(schema: AnnotatedSchema, annotation: Annotation): Walker | null {
  const walk = schema.items ? walkerOf(schema.items, annotation) : null;
  if (!walk) return null;
  return (value, path, fn) => {
    if (!Array.isArray(value)) return value;
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const now = walk(value[i], `${path}[${i}]`, fn);
      if (now !== value[i]) (copy ??= value.slice())[i] = now;
    }
    return copy ?? value;
  };
}

function compileObject(schema: AnnotatedSchema, annotation: Annotation): Walker | null {
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, sub]) => {
    const walk = walkerOf(sub, annotation);
    return walk ? [{ key, walk }] : [];
  });
  const patterns = Object.entries(schema.patternProperties ?? {}).flatMap(([pattern, sub]) => {
    const walk = walkerOf(sub, annotation);
    return walk ? [{ pattern: new RegExp(pattern, "u"), walk }] : [];
  });
  const rest = typeof schema.additionalProperties === "object" ? walkerOf(schema.additionalProperties, annotation) : null;
  const keys: AnnotatedSchema | undefined =
    annotation === "x-ref" && schema["x-keys"] ? { "x-ref": schema["x-keys"], "x-key": true } : undefined;
  if (named.length === 0 && patterns.length === 0 && !rest && !keys) return null;
  const walkOther = (key: string): Walker | null => {
    if (schema.properties && Object.hasOwn(schema.properties, key)) return null;
    return patterns.find(({ pattern }) => pattern.test(key))?.walk ?? rest;
  };
  const isOpen = patterns.length > 0 || rest !== null;
  return (value, path, fn) => {
    if (!isObject(value)) return value;
    let copy: Record<string, unknown> | undefined;
    const visit = (key: string, walk: Walker) => {
      const now = walk(value[key], path === "" ? key : `${path}.${key}`, fn);
      if (now !== value[key]) (copy ??= { ...value })[key] = now;
    };
    for (const { key, walk } of named) if (Object.hasOwn(value, key)) visit(key, walk);
    if (isOpen)
      for (const key of Object.keys(value)) {
        const walk = walkOther(key);
        if (walk) visit(key, walk);
      }
    return keys ? withKeys(copy ?? value, path, fn, keys) : (copy ?? value);
  };
}

/** Returns the map with every key replaced by the result of `fn`. A result that cannot be a key leaves the key as it is. */
function withKeys(value: Readonly<Record<string, unknown>>, path: string, fn: Visit, schema: AnnotatedSchema): unknown {
  let isSame = true;
  const entries = Object.entries(value).map(([key, inner]) => {
    const now = fn(key, path === "" ? key : `${path}.${key}`, schema);
    const next = typeof now === "string" ? now : key;
    if (next !== key) isSame = false;
    return [next, inner] as const;
  });
  return isSame ? value : Object.fromEntries(entries);
}

/** Walks the first branch whose shape the value fits. Annotated branches take strings and look-ups. */
function compileUnion(schema: AnnotatedSchema, annotation: Annotation): Walker | null {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((branch) => ({ branch, walk: walkerOf(branch, annotation) }));
  const all = (schema.allOf ?? []).flatMap((part) => walkerOf(part, annotation) ?? []);
  if (all.length === 0 && !branches.some(({ walk }) => walk)) return null;
  return (value, path, fn) => {
    const fitting = branches.find(({ branch }) => fits(branch, value));
    const once = fitting?.walk ? fitting.walk(value, path, fn) : value;
    return all.reduce((now, walk) => walk(now, path, fn), once);
  };
}

function fits(schema: AnnotatedSchema, value: unknown): boolean {
  if (schema.pattern !== undefined && typeof value === "string") return isLiteral(value, schema.pattern);
  if (schema["x-ref"])
    return (
      typeof value === "string" || (isObject(value) && ["id", "tags", "default", "name", "arn", "cidrBlock"].some((key) => key in value))
    );
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum) return schema.enum.includes(value);
  if (schema.anyOf) return schema.anyOf.some((branch) => fits(branch, value));
  if (Array.isArray(value)) return schema.type === "array";
  if (isObject(value)) return fitsObject(schema, value);
  return schema.type === typeof value || (schema.type === "integer" && Number.isInteger(value));
}

function fitsObject(schema: AnnotatedSchema, value: Readonly<Record<string, unknown>>): boolean {
  if (schema.type !== "object" && !schema.properties && !schema.patternProperties) return false;
  if (schema.required?.some((key) => !(key in value))) return false;
  if (schema.additionalProperties !== false) return true;
  return Object.keys(value).every(
    (key) =>
      (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) ||
      Object.keys(schema.patternProperties ?? {}).some((pattern) => new RegExp(pattern, "u").test(key)),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
