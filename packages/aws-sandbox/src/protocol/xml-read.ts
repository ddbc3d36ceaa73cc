/** Reads an XML body into typed input, by the schema of an operation: for services that use REST with XML. */
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromBase64 } from "@smithy/core/serde";
import { parseTimestamp } from "./timestamp.ts";

/** An element: its attributes, its child elements in document order, and its text. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly kids: XmlNode[];
  text: string;
}

/** An error in a body. The service answers it with its own code. */
export class XmlError extends Error {}

/** Parses a document and returns its root element. Document types and processing instructions are refused: no client of AWS sends them. */
export function parseXml(text: string): XmlNode {
  const open: XmlNode[] = [];
  let root: XmlNode | undefined;
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== at) throw new XmlError(`unexpected character at ${at}`);
    at = match.index + match[0].length;
    const { close, name, attributes, empty, text: chunk, cdata } = match.groups!;
    const parent = open.at(-1);
    if (close !== undefined) {
      if (open.pop()?.name !== localName(close)) throw new XmlError(`</${close}> closes nothing`);
    } else if (name !== undefined) {
      if (!parent && root) throw new XmlError("more than one root element");
      const node: XmlNode = { name: localName(name), attributes: attributesIn(attributes ?? ""), kids: [], text: "" };
      if (parent) parent.kids.push(node);
      else root = node;
      if (empty === "") open.push(node);
    } else if (parent) parent.text += cdata ?? unescaped(chunk ?? "");
    else if ((chunk ?? cdata ?? "").trim() !== "") throw new XmlError("text outside the root element");
  }
  if (at !== text.length || open.length > 0 || !root) throw new XmlError("the document does not end");
  return root;
}

/** Reads the members of a struct from an element. An element that the struct does not have is an error. */
export function readXmlStruct(schema: NormalizedSchema, node: XmlNode): Record<string, unknown> {
  const members = membersOf(schema);
  const value: Record<string, unknown> = {};
  for (const [name, text] of node.attributes) {
    const member = members.get(`@${name}`);
    if (member) value[member.name] = text;
  }
  const flat = new Map<string, XmlNode[]>();
  for (const kid of node.kids) {
    const member = members.get(kid.name);
    if (member === undefined) throw new XmlError(`unexpected element ${kid.name} in ${node.name}`);
    if (isFlat(member.schema)) flat.set(kid.name, [...(flat.get(kid.name) ?? []), kid]);
    else value[member.name] = readXml(member.schema, kid);
  }
  for (const [name, kids] of flat) {
    const member = members.get(name)!;
    value[member.name] = member.schema.isMapSchema()
      ? readEntries(member.schema, kids)
      : kids.map((kid) => readXml(member.schema.getValueSchema(), kid));
  }
  return value;
}

/** Converts the text of an element, a header or a query parameter to the schema's type. */
export function readText(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) {
    if (text !== "true" && text !== "false") throw new XmlError(`'${text}' is not a boolean`);
    return text === "true";
  }
  if (schema.isNumericSchema()) {
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number)) throw new XmlError(`'${text}' is not a number`);
    return number;
  }
  if (schema.isTimestampSchema()) {
    const date = parseTimestamp(text);
    if (date === undefined) throw new XmlError(`'${text}' is not a timestamp`);
    return date;
  }
  return schema.isBlobSchema() ? fromBase64(text) : text;
}

function readXml(schema: NormalizedSchema, node: XmlNode): unknown {
  if (schema.isStructSchema()) return readXmlStruct(schema, node);
  if (schema.isListSchema()) return node.kids.map((kid) => readXml(schema.getValueSchema(), kid));
  if (schema.isMapSchema()) return readEntries(schema, node.kids);
  if (node.kids.length > 0) throw new XmlError(`${node.name} holds elements and should hold text`);
  return readText(schema, node.text);
}

function readEntries(schema: NormalizedSchema, entries: readonly XmlNode[]): Record<string, unknown> {
  const key = String(schema.getKeySchema().getMergedTraits().xmlName ?? "key");
  const value = String(schema.getValueSchema().getMergedTraits().xmlName ?? "value");
  const read = (entry: XmlNode, name: string) => entry.kids.find((kid) => kid.name === name);
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const held = read(entry, value);
      return held ? [[read(entry, key)?.text ?? "", readXml(schema.getValueSchema(), held)]] : [];
    }),
  );
}

interface Member {
  readonly name: string;
  readonly schema: NormalizedSchema;
}

const known = new WeakMap<object, Map<string, Member>>();

/** The members of a struct by their names on the wire; attributes start with `@`. */
function membersOf(schema: NormalizedSchema): Map<string, Member> {
  const key = schema.getSchema() as object;
  let members = known.get(key);
  if (members === undefined) {
    members = new Map();
    for (const [name, member] of schema.structIterator()) {
      const { xmlName, xmlAttribute } = member.getMergedTraits();
      members.set(`${xmlAttribute ? "@" : ""}${String(xmlName ?? name)}`, { name, schema: member });
    }
    known.set(key, members);
  }
  return members;
}

function isFlat(schema: NormalizedSchema): boolean {
  return (schema.isListSchema() || schema.isMapSchema()) && Boolean(schema.getMergedTraits().xmlFlattened);
}

/** A declaration, a comment, an end tag, a start tag, a CDATA section, or text. */
const TOKEN =
  /<\?xml[^>]*\?>|<!--[^]*?-->|<\/(?<close>[^\s>]+)\s*>|<(?<name>[^\s/>!?]+)(?<attributes>(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<empty>\/?)>|<!\[CDATA\[(?<cdata>[^]*?)\]\]>|(?<text>[^<]+)/g;

function attributesIn(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return new Map(Array.from(found, ([, name, double, single]) => [name!, unescaped(double ?? single ?? "")]));
}

/** The name of an element without its namespace prefix. Attributes keep their prefix, because the schemas have it too. */
function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return named[name] ?? whole;
    const hex = /^#x/i.test(name);
    return String.fromCodePoint(Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10));
  });
}
