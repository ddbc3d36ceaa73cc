import type { NormalizedSchema } from "@smithy/core/schema";

/** The path of the first member that the schema requires and the input lacks; undefined when nothing is missing. */
export function missingMember(schema: NormalizedSchema, value: unknown, path = ""): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (schema.isStructSchema()) return missingInStruct(schema, value as Record<string, unknown>, path);
  if (schema.isListSchema() && Array.isArray(value)) {
    return firstMissing(
      value.map((item, index) => [item, `${path}.${index + 1}`]),
      schema.getValueSchema(),
    );
  }
  if (schema.isMapSchema() && typeof value === "object") {
    return firstMissing(
      Object.entries(value).map(([key, item]) => [item, `${path}.${key}`]),
      schema.getValueSchema(),
    );
  }
  return undefined;
}

function missingInStruct(schema: NormalizedSchema, value: Record<string, unknown>, path: string): string | undefined {
  const [, , , , names, , required] = schema.getSchema() as unknown as StructSchema;
  for (let i = 0; i < (required ?? 0); i++) {
    const name = names[i]!;
    if (value[name] === undefined || value[name] === null) return join(path, name);
  }
  for (const [name, member] of schema.structIterator()) {
    const missing = missingMember(member, value[name], join(path, name));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function firstMissing(items: readonly (readonly [unknown, string])[], schema: NormalizedSchema): string | undefined {
  for (const [item, place] of items) {
    const missing = missingMember(schema, item, place);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** The SDK puts the required members first and their number last. */
type StructSchema = readonly [
  tag: number,
  namespace: string,
  name: string,
  traits: unknown,
  names: readonly string[],
  members: unknown,
  required?: number,
];

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
