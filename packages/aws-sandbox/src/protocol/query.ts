/** Reads query strings into typed input, by the schema of an operation: EC2's flavour and the flavour of the other query services. */
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromBase64 } from "@smithy/core/serde";
import { AwsFault } from "../model.ts";
import { parseTimestamp } from "./timestamp.ts";

export interface Flavour {
  /** EC2 capitalises names and flattens every list. */
  readonly ec2: boolean;
}

/** The content of a form body as a tree: `Filter.1.Name=x` is Filter → 1 → Name → "x". */
export interface FormNode {
  text?: string;
  kids?: Map<string, FormNode>;
}

/** The fields of a form body, decoded. */
export function parseForm(body: string): FormNode {
  const root: FormNode = {};
  for (const pair of body.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    let node = root;
    for (const part of key.split(".")) {
      node.kids ??= new Map();
      let kid = node.kids.get(part);
      if (kid === undefined) node.kids.set(part, (kid = {}));
      node = kid;
    }
    node.text = equals < 0 ? "" : decode(pair.slice(equals + 1));
  }
  return root;
}

/** The typed input of an operation. Names that the operation does not know are added to `unknown`. */
export function readForm(schema: NormalizedSchema, form: FormNode, flavour: Flavour, unknown: string[]): Record<string, unknown> {
  if (schema.isUnitSchema()) return {};
  const context: Context = { ...flavour, unknown };
  return readStruct(schema, form, "", context);
}

interface Context extends Flavour {
  readonly unknown: string[];
}

/** Parameters of the protocol itself, which no operation declares. Some clients still sign in the body. */
const PROTOCOL_PARAMETERS = new Set([
  "Action",
  "Version",
  "AWSAccessKeyId",
  "Signature",
  "SignatureMethod",
  "SignatureVersion",
  "Timestamp",
  "SecurityToken",
]);

function readValue(schema: NormalizedSchema, node: FormNode, path: string, context: Context): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node, path, context);
  if (schema.isListSchema()) return readList(schema, node, path, context);
  if (schema.isMapSchema()) return readMap(schema, node, path, context);
  return readScalar(schema, node.text ?? "", path);
}

function readStruct(schema: NormalizedSchema, node: FormNode, path: string, context: Context): Record<string, unknown> {
  const members = membersOf(schema, context.ec2);
  const value: Record<string, unknown> = {};
  for (const [wire, kid] of node.kids ?? []) {
    const member = members.get(wire);
    const place = path === "" ? wire : `${path}.${wire}`;
    if (member !== undefined) value[member.name] = readValue(member.schema, kid, place, context);
    else if (path !== "" || !PROTOCOL_PARAMETERS.has(wire)) context.unknown.push(place);
  }
  return value;
}

function readList(schema: NormalizedSchema, node: FormNode, path: string, context: Context): unknown[] {
  const item = schema.getValueSchema();
  const flat = context.ec2 || Boolean(schema.getMergedTraits().xmlFlattened);
  const itemName = String(item.getMergedTraits().xmlName ?? "member");
  const items = flat ? node : (node.kids?.get(itemName) ?? node.kids?.get("member") ?? {});
  return numbered(items, path, context).map(([index, kid]) => readValue(item, kid, `${path}.${index}`, context));
}

function readMap(schema: NormalizedSchema, node: FormNode, path: string, context: Context): Record<string, unknown> {
  const keys = schema.getKeySchema();
  const values = schema.getValueSchema();
  const entries = schema.getMergedTraits().xmlFlattened ? node : (node.kids?.get("entry") ?? {});
  const map: Record<string, unknown> = {};
  for (const [index, entry] of numbered(entries, path, context)) {
    const key = entry.kids?.get(String(keys.getMergedTraits().xmlName ?? "key"))?.text;
    const value = entry.kids?.get(String(values.getMergedTraits().xmlName ?? "value"));
    if (key !== undefined) map[key] = readValue(values, value ?? {}, `${path}.${index}`, context);
  }
  return map;
}

/** The children `1`, `2`, … in their numeric order, whatever the order on the wire. */
function numbered(node: FormNode, path: string, context: Context): [string, FormNode][] {
  const items: [string, FormNode][] = [];
  for (const [name, kid] of node.kids ?? []) {
    if (/^\d+$/.test(name)) items.push([name, kid]);
    else context.unknown.push(`${path}.${name}`);
  }
  return items.sort((a, b) => Number(a[0]) - Number(b[0]));
}

function readScalar(schema: NormalizedSchema, text: string, path: string): unknown {
  if (schema.isBooleanSchema()) {
    if (/^true$/i.test(text)) return true;
    if (/^false$/i.test(text)) return false;
    throw invalid(path, text, "Invalid boolean value");
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) {
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number)) throw invalid(path, text, "Invalid number value");
    return number;
  }
  if (schema.isTimestampSchema()) {
    const date = parseTimestamp(text);
    if (date === undefined) throw invalid(path, text, "Invalid timestamp");
    return date;
  }
  if (schema.isBlobSchema()) return fromBase64(text);
  return text;
}

function invalid(path: string, text: string, why: string): AwsFault {
  return new AwsFault("InvalidParameterValue", `Value (${text}) for parameter ${path} is invalid. ${why}.`);
}

interface Member {
  readonly name: string;
  readonly schema: NormalizedSchema;
}

const wireNames = { ec2: new WeakMap<object, Map<string, Member>>(), query: new WeakMap<object, Map<string, Member>>() };

/** The members of a struct by their names on the wire; made once for each struct. */
function membersOf(schema: NormalizedSchema, ec2: boolean): Map<string, Member> {
  const known = ec2 ? wireNames.ec2 : wireNames.query;
  const key = schema.getSchema() as object;
  let members = known.get(key);
  if (members === undefined) {
    members = new Map();
    for (const [name, member] of schema.structIterator()) members.set(wireName(name, member, ec2), { name, schema: member });
    known.set(key, members);
  }
  return members;
}

function wireName(name: string, member: NormalizedSchema, ec2: boolean): string {
  const traits = member.getMergedTraits();
  if (ec2 && traits.ec2QueryName) return String(traits.ec2QueryName);
  const wire = String(traits.xmlName ?? name);
  return ec2 ? wire.charAt(0).toUpperCase() + wire.slice(1) : wire;
}

/** Decodes one word of a form; bytes that are not UTF-8 are replaced. */
export function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return new URLSearchParams(`x=${text}`).get("x")!; // not UTF-8: unreadable bytes become U+FFFD
  }
}
