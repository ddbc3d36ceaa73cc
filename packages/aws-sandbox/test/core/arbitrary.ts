/** Random values that fit a schema of the SDK. */
import type { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";

export interface Shape {
  /** Whether lists and maps may be empty: some protocols cannot express this everywhere. */
  readonly empty: boolean;
  readonly text: fc.Arbitrary<string>;
}

/** Returns a value of the schema, at most `depth` deep; undefined when the shallowest value with all required members is deeper. */
export function valueOf(schema: NormalizedSchema, shape: Shape, depth = 4): fc.Arbitrary<unknown> | undefined {
  if (schema.isStructSchema()) return depth > 0 ? structOf(schema, shape, depth) : undefined;
  if (schema.isListSchema()) return listOf(valueOf(schema.getValueSchema(), shape, depth - 1), shape);
  if (schema.isMapSchema()) return mapOf(valueOf(schema.getValueSchema(), shape, depth - 1), shape);
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) return fc.integer();
  if (schema.isTimestampSchema()) return fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000));
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 40 });
  return shape.text;
}

function listOf(item: fc.Arbitrary<unknown> | undefined, shape: Shape): fc.Arbitrary<unknown> | undefined {
  return item && fc.array(item, { minLength: shape.empty ? 0 : 1, maxLength: 3 });
}

function mapOf(value: fc.Arbitrary<unknown> | undefined, shape: Shape): fc.Arbitrary<unknown> | undefined {
  const key = shape.text.filter((key) => key !== "__proto__" && key !== "");
  return value && fc.dictionary(key, value, { minKeys: shape.empty ? 0 : 1, maxKeys: 3 });
}

function structOf(schema: NormalizedSchema, shape: Shape, depth: number): fc.Arbitrary<unknown> | undefined {
  const members = [...schema.structIterator()].map(([name, member]) => [name, valueOf(member, shape, depth - 1), member] as const);
  const possible = Object.fromEntries(members.flatMap(([name, value]) => (value ? [[name, value] as const] : [])));
  const names = Object.keys(possible);
  const required = members.slice(0, (schema.getSchema() as unknown as { 6?: number })[6] ?? 0).map(([name]) => name);
  if (names.length === 0) return members.length === 0 ? fc.constant({}) : undefined;
  if (required.some((name) => !names.includes(name))) return undefined;
  if (schema.isUnionSchema()) return fc.oneof(...names.map((name) => possible[name]!.map((value) => ({ [name]: value }))));
  // A protocol of names and values cannot express a struct without members, so one member is always there.
  const tokens = members.filter(([, , member]) => member.isIdempotencyToken()).map(([name]) => name);
  return fc.record(possible, { requiredKeys: [...new Set([...required, ...tokens, names[0]!])] });
}
