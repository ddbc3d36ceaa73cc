/** Reads types.pack: the list of types, and the schema or the documentation of one type without the others. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { getRawAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { readable } from "./readable.ts";
import type { RegistrySchema } from "./schema.ts";

export type { Handler, RegistrySchema, SchemaNode } from "./schema.ts";

/** The names of all types, `AWS::SQS::Queue` and so on, sorted. */
export function typeNames(): readonly string[] {
  return Object.keys(index().places);
}

/** The registry schema of a type; undefined for one that the pack does not have. */
export function typeSchema(name: string): RegistrySchema | undefined {
  const known = schemas.get(name);
  if (known) return known;
  const { places, start } = index();
  const place = Object.hasOwn(places, name) ? places[name] : undefined;
  if (!place) return undefined;
  const schema = readable(unpacked(bytes(start + place[0], place[1]))) as RegistrySchema;
  schemas.set(name, schema);
  return schema;
}

/**
 * AWS's descriptions of a type and of each place in its schema, by JSON pointer
 * (`/properties/QueueName`); the pointer of the type itself is "".
 */
export function typeTexts(name: string): Readonly<Record<string, string>> | undefined {
  const { places, start } = index();
  const place = Object.hasOwn(places, name) ? places[name] : undefined;
  return place && (unpacked(bytes(start + place[0] + place[1], place[2])) as Record<string, string>);
}

interface Index {
  /** Where the first chunk begins. */
  readonly start: number;
  /** For each type: the offset from there, the length of the schema, and the length of the documentation after it. */
  readonly places: Readonly<Record<string, readonly [offset: number, schema: number, texts: number]>>;
}

const schemas = new Map<string, RegistrySchema>();
let read: Index | undefined;

function index(): Index {
  if (read) return read;
  const length = bytes(0, 4).readUInt32BE();
  read = { start: 4 + length, places: unpacked(bytes(4, length)) as Index["places"] };
  return read;
}

function unpacked(chunk: Uint8Array): unknown {
  return JSON.parse(brotliDecompressSync(chunk).toString("utf8"));
}

/** Bytes of the pack. A single executable carries it inside; otherwise it is in its folder here, or beside the built program. */
function bytes(from: number, length: number): Buffer {
  if (isSea()) return Buffer.from(getRawAsset("types.pack") as ArrayBuffer, from, length);
  const file = openSync(path(), "r");
  try {
    const chunk = Buffer.alloc(length);
    if (readSync(file, chunk, 0, length, from) !== length) throw new Error("types.pack is cut short");
    return chunk;
  } finally {
    closeSync(file);
  }
}

function path(): string {
  const places = ["../types.pack", "./types.pack"].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error("types.pack is missing from this installation");
  return found;
}
