/**
 * Checks that a JSON answer has the shape that its operation promises. The SDK does not check that a list is a list. Code that loops over
 * it would fail far from here, or find nothing.
 */
import { NormalizedSchema } from "@smithy/core/schema";

/** Says where an answer differs from its schema, as `MetricAlarms[3].Dimensions is text, not a list`. Undefined: it does not differ. */
export function wrongShape(schema: unknown, answer: unknown): string | undefined {
  return wrong(NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]), answer, "");
}

function wrong(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  // A service may leave out any member, and some send null in its place.
  if (value === undefined || value === null) return undefined;
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return `${path} is ${wordFor(value)}, not a list`;
    return first(value.entries(), ([index, item]) =>
      // Only a sparse list may have null items (Smithy, "sparse trait"), and the SDK does not check that.
      item === null && !isSparse(schema) ? `${path}[${index}] is null` : wrong(schema.getValueSchema(), item, `${path}[${index}]`),
    );
  }
  if (schema.isStringSchema()) return typeof value === "string" ? undefined : `${path} is ${wordFor(value)}, not text`;
  if (!schema.isStructSchema() && !schema.isMapSchema()) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) return `${path} is ${wordFor(value)}, not an object`;
  const members = value as Readonly<Record<string, unknown>>;
  if (schema.isMapSchema())
    return first(Object.entries(members), ([key, item]) => wrong(schema.getValueSchema(), item, `${path}[${JSON.stringify(key)}]`));
  return first(schema.structIterator(), ([name, member]) => wrong(member, members[name], path === "" ? name : `${path}.${name}`));
}

function isSparse(schema: NormalizedSchema): boolean {
  return schema.getMergedTraits().sparse === 1;
}

function first<T>(items: Iterable<T>, problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function wordFor(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
