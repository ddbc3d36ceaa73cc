/**
 * REST with XML: where the parts of an input and an output stand (path, query, headers, body) is said by the schema of the
 * operation. Terms and rules: Smithy 2.0, "HTTP bindings".
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromUtf8 } from "@smithy/core/serde";
import { toDate } from "./timestamp.ts";
import type { WireRequest } from "./wire.ts";
import { parseXml, readText, readXmlStruct, XmlError } from "./xml-read.ts";
import { writeDocument } from "./xml.ts";

/** How an operation is asked for: `POST /2013-04-01/hostedzone/{Id}/rrset`, with fixed words of the query. */
export interface HttpBinding {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly status: number;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The binding that the SDK writes as [method, path, status]. */
export function bindingOf(trait: readonly [method: string, uri: string, status: number]): HttpBinding {
  const [method, uri, status] = trait;
  const { segments, query } = addressOf(uri);
  query.delete("x-id"); // not sent by every client
  return { method, segments, query, status };
}

/** The values of the path's labels; undefined where the request is one for another operation. */
export function labelsOf(binding: HttpBinding, request: Pick<WireRequest, "method" | "path">): ReadonlyMap<string, string> | undefined {
  if (request.method !== binding.method) return undefined;
  const { segments, query } = addressOf(request.path);
  for (const [key, value] of binding.query) if (!query.has(key) || (value !== "" && query.get(key) !== value)) return undefined;
  const labels = new Map<string, string>();
  for (const [i, part] of binding.segments.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    if (label?.[2] === "+") return segments.length > i ? labels.set(label[1]!, segments.slice(i).map(decoded).join("/")) : undefined;
    const given = segments[i];
    if (given === undefined || (!label && given !== part)) return undefined;
    if (label) labels.set(label[1]!, decoded(given));
  }
  return segments.length === binding.segments.length ? labels : undefined;
}

/** The typed input of a request for the operation. Throws XmlError where the body is not what the operation takes. */
export function readRest(binding: HttpBinding, schema: NormalizedSchema, request: WireRequest): Record<string, unknown> {
  if (schema.isUnitSchema()) return {};
  const labels = labelsOf(binding, request) ?? new Map<string, string>();
  const { query } = addressOf(request.path);
  const value: Record<string, unknown> = {};
  let payload: string | undefined;
  for (const [name, member] of schema.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits() as HttpTraits;
    if (httpPayload) payload = name;
    const text = httpLabel
      ? labels.get(name)
      : httpQuery
        ? query.get(httpQuery)
        : httpHeader
          ? request.headers[httpHeader.toLowerCase()]
          : undefined;
    if (text !== undefined) value[name] = readText(member, text);
    if (httpPrefixHeaders) value[name] = withPrefix(request, httpPrefixHeaders.toLowerCase());
  }
  if (request.body.length === 0) return value;
  if (payload === undefined) return hasBody(schema) ? { ...readXmlStruct(schema, root(request)), ...value } : value;
  const member = schema.getMemberSchema(payload);
  if (member.isStructSchema()) value[payload] = readXmlStruct(member, root(request));
  else value[payload] = member.isBlobSchema() ? bytesOf(request.body) : textOf(request.body);
  return value;
}

/** The answer with its status, its headers and its body. */
export function writeRest(binding: HttpBinding, schema: NormalizedSchema, output: unknown, xmlNamespace: string): RestAnswer {
  const empty = new Uint8Array();
  const value = (output ?? {}) as Readonly<Record<string, unknown>>;
  if (schema.isUnitSchema()) return { status: binding.status, headers: {}, body: empty };
  const headers: Record<string, string> = {};
  let payload: { readonly member: NormalizedSchema; readonly value: unknown } | undefined;
  const inBody: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits() as HttpTraits;
    const own = value[name];
    if (traits.httpPayload) payload = { member, value: own };
    if (own === undefined || own === null) continue;
    if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = headerText(member, own);
    else if (traits.httpPrefixHeaders)
      for (const [key, text] of Object.entries(own)) headers[traits.httpPrefixHeaders.toLowerCase() + key.toLowerCase()] = String(text);
    else if (!traits.httpPayload) inBody[name] = own;
  }
  const { status } = binding;
  if (payload === undefined) {
    const body = hasBody(schema) ? fromUtf8(writeDocument(schema, inBody, xmlNamespace)) : empty;
    return { status, headers, body };
  }
  const { member, value: held } = payload;
  if (held === undefined || held === null) return { status, headers, body: empty };
  const body = member.isStructSchema() ? fromUtf8(writeDocument(member, held, xmlNamespace)) : bytesOf(held as string | Uint8Array);
  return { status, headers, body };
}

interface HttpTraits {
  readonly httpLabel?: unknown;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: unknown;
}

function isBound(member: NormalizedSchema): boolean {
  const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders } = member.getMergedTraits() as HttpTraits;
  return [httpLabel, httpQuery, httpHeader, httpPrefixHeaders].some((trait) => trait !== undefined);
}

/** Whether any member stands in the body. A struct without members is an empty element in it. */
function hasBody(schema: NormalizedSchema): boolean {
  const members = [...schema.structIterator()];
  return members.length === 0 || members.some(([, member]) => !isBound(member));
}

function root({ body }: WireRequest) {
  return parseXml(textOf(body));
}

function withPrefix({ headers }: WireRequest, prefix: string): Record<string, string> {
  const found = Object.entries(headers).filter(([name, text]) => name.startsWith(prefix) && text !== undefined);
  return Object.fromEntries(found.map(([name, text]) => [name.slice(prefix.length), text!]));
}

function headerText(schema: NormalizedSchema, value: unknown): string {
  return schema.isTimestampSchema() ? toDate(value).toUTCString() : String(value);
}

/** Paths are compared without a slash at their end. */
function addressOf(path: string): { readonly segments: readonly string[]; readonly query: Map<string, string> } {
  const [way = "", search = ""] = path.split("?", 2);
  const segments = way.replace(/^\//, "").replace(/\/$/, "").split("/");
  return { segments: segments.length === 1 && segments[0] === "" ? [] : segments, query: new Map(new URLSearchParams(search)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new XmlError(`'${text}' is not an encoded text`);
  }
}

function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? fromUtf8(body) : body;
}
