/**
 * Writes typed output as XML, by the schema of an operation. Writers are compiled once for each shape and write text directly: an answer
 * with a thousand security groups takes a tenth of the time of a general XML builder.
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { toBase64 } from "@smithy/core/serde";
import { toDate } from "./timestamp.ts";

/** Writes the members of a struct as elements, without an element around them. */
export function writeMembers(schema: NormalizedSchema, value: unknown): string {
  if (schema.isUnitSchema() || value === undefined || value === null) return "";
  return membersWriter(schema)(value as Record<string, unknown>);
}

/** Writes a whole document: an element for the struct, with its members inside. */
export function writeDocument(schema: NormalizedSchema, value: unknown, xmlNamespace: string): string {
  const name = String(schema.getMergedTraits().xmlName ?? schema.getName() ?? "Result");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${xmlNamespace}">${writeMembers(schema, value)}</${name}>`;
}

/** Escapes text for XML. A carriage return becomes a character reference; characters that XML 1.0 forbids become U+FFFD. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(SPECIALS, (character) => ESCAPES[character] ?? "\ufffd") : text;
}

const FORBIDDEN = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff";
const SPECIAL = new RegExp(`[&<>"'\\r${FORBIDDEN}]|[\\ud800-\\udfff]`);
const SPECIALS = new RegExp(`[&<>"'\\r${FORBIDDEN}]|[\\ud800-\\udfff]`, "gu");
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#xD;" };

type Writer = (value: unknown) => string;

const compiled = new WeakMap<object, (value: Record<string, unknown>) => string>();

function membersWriter(schema: NormalizedSchema): (value: Record<string, unknown>) => string {
  const key = schema.getSchema() as object;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const members: { name: string; write: Writer }[] = [];
  const writer = (value: Record<string, unknown>): string => {
    let xml = "";
    for (const member of members) {
      const own = value[member.name];
      if (own !== undefined && own !== null) xml += member.write(own);
    }
    return xml;
  };
  compiled.set(key, writer); // before the members: shapes may contain themselves
  for (const [name, member] of schema.structIterator()) {
    members.push({ name, write: element(String(member.getMemberTraits().xmlName ?? name), member) });
  }
  return writer;
}

function element(tag: string, schema: NormalizedSchema): Writer {
  const open = `<${tag}>`;
  const close = `</${tag}>`;
  if (schema.isListSchema()) return listWriter(tag, schema);
  if (schema.isMapSchema()) return mapWriter(tag, schema);
  if (schema.isStructSchema()) {
    const write = membersWriter(schema);
    return (value) => open + write(value as Record<string, unknown>) + close;
  }
  const scalar = scalarWriter(schema);
  return (value) => open + scalar(value) + close;
}

function listWriter(tag: string, schema: NormalizedSchema): Writer {
  const item = schema.getValueSchema();
  if (schema.getMergedTraits().xmlFlattened) {
    const write = element(tag, item);
    return (list) => joined(list as Iterable<unknown>, write);
  }
  const write = element(String(item.getMergedTraits().xmlName ?? "member"), item);
  return (list) => `<${tag}>${joined(list as Iterable<unknown>, write)}</${tag}>`;
}

function joined(list: Iterable<unknown>, write: Writer): string {
  let xml = "";
  for (const item of list) if (item !== undefined && item !== null) xml += write(item);
  return xml;
}

function mapWriter(tag: string, schema: NormalizedSchema): Writer {
  const keys = schema.getKeySchema();
  const values = schema.getValueSchema();
  const key = element(String(keys.getMergedTraits().xmlName ?? "key"), keys);
  const value = element(String(values.getMergedTraits().xmlName ?? "value"), values);
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const entry = flat ? tag : "entry";
  return (map) => {
    let xml = "";
    for (const [k, v] of Object.entries(map as Record<string, unknown>)) {
      if (v !== undefined && v !== null) xml += `<${entry}>${key(k)}${value(v)}</${entry}>`;
    }
    return flat ? xml : `<${tag}>${xml}</${tag}>`;
  };
}

function scalarWriter(schema: NormalizedSchema): Writer {
  if (schema.isTimestampSchema()) return timestampWriter(schema);
  if (schema.isBlobSchema()) return (value) => toBase64(value as Uint8Array | string);
  return (value) => escapeXml(String(value));
}

/** The schema's codes for timestamp formats. Code 4 is the default of the protocol, which is ISO 8601 in XML. */
const HTTP_DATE = 6;
const EPOCH_SECONDS = 7;

function timestampWriter(schema: NormalizedSchema): Writer {
  switch (schema.getSchema()) {
    case HTTP_DATE:
      return (value) => toDate(value).toUTCString();
    case EPOCH_SECONDS:
      return (value) => String(toDate(value).getTime() / 1000);
    default:
      return (value) => toDate(value).toISOString();
  }
}
