/** Finds the schema of a place inside a resource: where `when` may stand, where `[*]`, and where an author names a resource. */
import type { AnnotatedSchema } from "../../resource/references.ts";

/** The schema of a member of a mapping. */
export function schemaOf(schema: AnnotatedSchema, key: string): AnnotatedSchema | undefined {
  return memberOf(schema, key) ?? firstOf(schema, (branch) => schemaOf(branch, key));
}

/** The schema of a member of a mapping, outside of the branches of unions. */
export function memberOf<S extends Members<S>>(schema: S, key: string): S | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  for (const [pattern, inner] of Object.entries(schema.patternProperties ?? {})) if (new RegExp(pattern, "u").test(key)) return inner;
  return typeof schema.additionalProperties === "object" ? (schema.additionalProperties as S) : undefined;
}

interface Members<S> {
  readonly properties?: Readonly<Record<string, S>>;
  readonly patternProperties?: Readonly<Record<string, S>>;
  readonly additionalProperties?: unknown;
}

/** Every schema that a member of a mapping may have: an author's text need not be whole, so no branch of a union is ruled out. */
export function schemasOf(schema: AnnotatedSchema, key: string): readonly AnnotatedSchema[] {
  return [memberOf(schema, key) ?? [], branchesOf(schema).flatMap((branch) => schemasOf(branch, key))].flat();
}

/** Every schema that the items of a list may have. */
export function itemSchemas(schema: AnnotatedSchema): readonly AnnotatedSchema[] {
  return [schema.items ?? [], branchesOf(schema).flatMap(itemSchemas)].flat();
}

/** The schema of the items of a list. */
export function itemSchema(schema: AnnotatedSchema): AnnotatedSchema | undefined {
  return schema.items ?? firstOf(schema, itemSchema);
}

/** Returns the kinds to which the items of a list refer; undefined for anything else. */
export function listOfRefs(schema: AnnotatedSchema): readonly string[] | undefined {
  const items = schema["x-ref"] ? undefined : itemSchema(schema);
  return items && refKinds(items);
}

/** Returns the kinds to which a value may refer, when it may be a reference. */
export function refKinds(schema: AnnotatedSchema): readonly string[] | undefined {
  return schema["x-ref"] ?? firstOf(schema, refKinds);
}

/** Whether a mapping here has fields of its own, so that `when` among them can be a condition. A map of tags or a policy has none. */
export function conditional(schema: AnnotatedSchema): boolean {
  if (schema["x-ref"]) return true;
  if (schema.properties) return !Object.hasOwn(schema.properties, "when");
  return firstOf(schema, (branch) => conditional(branch) || undefined) ?? false;
}

/** Returns the field that names a file for this one: `userDataFile` for `userData`. */
export function textFieldFiles(schema: AnnotatedSchema, field: string): string | undefined {
  return Object.entries(schema.properties ?? {}).find(([, inner]) => inner["x-file"] === field)?.[0];
}

/** Returns the field that a template's text fills; undefined for every other field. */
export function templateFor(schema: AnnotatedSchema, field: string): string | undefined {
  const property = schema.properties && Object.hasOwn(schema.properties, field) ? schema.properties[field] : undefined;
  return property?.["x-template"] ? property["x-file"] : undefined;
}

function firstOf<T>(schema: AnnotatedSchema, find: (branch: AnnotatedSchema) => T | undefined): T | undefined {
  for (const branch of branchesOf(schema)) {
    const found = find(branch);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function branchesOf({ anyOf = [], oneOf = [], allOf = [] }: AnnotatedSchema): readonly AnnotatedSchema[] {
  return [...anyOf, ...oneOf, ...allOf];
}
