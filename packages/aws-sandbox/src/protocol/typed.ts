/**
 * Calls without the wire, for simulations that make millions of calls. It changes the values themselves as the protocol would: the two
 * sides share no object, and no undeclared member gets through.
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { toDate } from "./timestamp.ts";

/** A call without a wire. */
export interface TypedRequest {
  /** Our name of the service: "ec2". */
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly input: object;
}

/** The input as it would arrive: a copy without undefined values. EC2's clients send no empty lists. */
export function arrives(input: object, dropEmptyLists: boolean): Record<string, unknown> {
  return copyOf(input, dropEmptyLists) as Record<string, unknown>;
}

function copyOf(value: unknown, dropEmptyLists: boolean): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined && item !== null).map((item) => copyOf(item, dropEmptyLists));
  if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined || item === null || (dropEmptyLists && Array.isArray(item) && item.length === 0)) continue;
    copy[name] = copyOf(item, dropEmptyLists);
  }
  return copy;
}

/** The output as a client would read it: a copy of the declared members, each of its declared type. */
export function isRead(schema: NormalizedSchema, output: unknown): Record<string, unknown> {
  if (schema.isUnitSchema() || output === undefined || output === null) return {};
  return readerOf(schema)(output) as Record<string, unknown>;
}

type Reader = (value: unknown) => unknown;

const compiled = new WeakMap<object, Reader>();

function readerOf(schema: NormalizedSchema): Reader {
  if (schema.isStructSchema()) return structReader(schema);
  if (schema.isListSchema()) return listReader(readerOf(schema.getValueSchema()));
  if (schema.isMapSchema()) return mapReader(readerOf(schema.getValueSchema()));
  if (schema.isTimestampSchema()) return (value) => new Date(Math.trunc(toDate(value).getTime()));
  if (schema.isStringSchema()) return String;
  if (schema.isNumericSchema()) return Number;
  if (schema.isBooleanSchema()) return (value) => (typeof value === "boolean" ? value : value === "true");
  return (value) => value;
}

function structReader(schema: NormalizedSchema): Reader {
  const key = schema.getSchema() as object;
  const known = compiled.get(key);
  if (known) return known;
  const members: Record<string, Reader> = Object.create(null);
  const reader: Reader = (value) => {
    const copy: Record<string, unknown> = {};
    for (const name in value as object) {
      const item = (value as Record<string, unknown>)[name];
      if (item === undefined || item === null) continue;
      const read = members[name];
      if (read) copy[name] = read(item);
    }
    return copy;
  };
  compiled.set(key, reader); // before the members: shapes may contain themselves
  for (const [name, member] of schema.structIterator()) members[name] = readerOf(member);
  return reader;
}

function listReader(read: Reader): Reader {
  return (list) =>
    Array.from(list as Iterable<unknown>)
      .filter((item) => item !== undefined && item !== null)
      .map(read);
}

function mapReader(read: Reader): Reader {
  return (map) =>
    Object.fromEntries(
      Object.entries(map as object)
        .filter(([, item]) => item !== undefined && item !== null)
        .map(([key, item]) => [key, read(item)]),
    );
}
