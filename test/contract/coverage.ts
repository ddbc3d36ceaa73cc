/** The fields of a kind, including the members of members, and which of them a form sets and a change changes. */
import { isDeepStrictEqual } from "node:util";
import type { TSchema } from "typebox";
import type { AnnotatedSchema } from "../../src/resource/references.ts";
import type { Resource } from "./case.ts";

/**
 * Returns every field of a schema: `listeners`, `listeners.*.protocol`, `ingress[].port`. A field that names a file is left out, because it
 * stands for another field's text.
 */
export function fieldsOf(schema: TSchema): ReadonlySet<string> {
  const fields = new Set<string>();
  const walk = (of: AnnotatedSchema, path: string): void => {
    for (const branch of [...(of.anyOf ?? []), ...(of.oneOf ?? []), ...(of.allOf ?? [])]) walk(branch, path);
    for (const [key, member] of Object.entries(of.properties ?? {})) {
      if (member["x-file"] !== undefined) continue;
      fields.add(below(path, key));
      walk(member, below(path, key));
    }
    for (const entry of Object.values(of.patternProperties ?? {})) walk(entry, below(path, "*"));
    if (of.items) walk(of.items, `${path}[]`);
  };
  walk(schema as AnnotatedSchema, "");
  return fields;
}

/** The fields that have a value. */
export function setBy(fields: ReadonlySet<string>, value: unknown, path = ""): string[] {
  if (value === undefined) return [];
  const here = fields.has(path) ? [path] : [];
  if (Array.isArray(value)) return [...here, ...value.flatMap((item) => setBy(fields, item, `${path}[]`))];
  if (!isObject(value)) return here;
  return [...here, ...Object.entries(value).flatMap(([key, inner]) => setBy(fields, inner, memberOf(fields, path, key)))];
}

/** Returns the fields whose value differs. The fields of an added or removed entry do not count; the field that holds the entry does. */
export function changedBy(fields: ReadonlySet<string>, before: unknown, after: unknown, path = ""): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const here = fields.has(path) ? [path] : [];
  if (Array.isArray(before) && Array.isArray(after))
    return [...here, ...before.flatMap((item, i) => (i in after ? changedBy(fields, item, after[i], `${path}[]`) : []))];
  if (!isObject(before) || !isObject(after)) return here;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...here, ...[...keys].flatMap((key) => changedBy(fields, before[key], after[key], memberOf(fields, path, key)))];
}

/**
 * Returns the resource with other values at some paths, each a chain of keys and positions: `listeners.80.rules.api.priority`,
 * `ingress.0.port`.
 */
export function withValues(resource: Resource, values: Resource): Resource {
  return Object.entries(values).reduce<Resource>((now, [path, value]) => withValue(now, path.split("."), value) as Resource, resource);
}

function withValue(holder: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(holder)) return holder.map((item, i) => (i === Number(key) ? withValue(item, rest, value) : item));
  if (holder !== undefined && !isObject(holder)) throw new Error(`nothing is below ${JSON.stringify(holder)}, and ${key} is asked for`);
  return { ...holder, [key]: withValue(holder?.[key], rest, value) };
}

/** Returns the path of a member that the schema names, or of an entry of a map. */
function memberOf(fields: ReadonlySet<string>, path: string, key: string): string {
  return fields.has(below(path, key)) ? below(path, key) : below(path, "*");
}

function below(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function isObject(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
