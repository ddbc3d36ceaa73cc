/** Reads types.pack: which types there are, and the schema or the documentation of one of them, without the others. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { getRawAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { readable } from "./readable.ts";
import type { RegistrySchema } from "./schema.ts";

export type { Handler, RegistrySchema, SchemaNode } from "./schema.ts";

/** `AWS::SQS::Queue` and all others, sorted. */
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

/** What AWS says of a type and of each place in its schema, by the place's pointer (`/properties/QueueName`); the type itself is "". */
export function typeTexts(name: string): Readonly<Record<string, string>> | undefined {
  const { places, start } = index();
  const place = Object.hasOwn(places, name) ? places[name] : undefined;
  return place && (unpacked(bytes(start + place[0] + place[1], place[2])) as Record<string, string>);
}

interface Index {
  /** Where the first chunk begins. */
  readonly start: number;
  /** Offset from there, length of the schema and length of the documentation behind it, by name. */
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

/** A single executable carries the pack inside; else it lies in its folder here, or beside the built program. */
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
