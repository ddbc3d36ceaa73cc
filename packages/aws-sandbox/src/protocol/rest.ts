/**
 * REST with XML or JSON: the schema of the operation says where each part of an input and an output goes (path, query, headers, body).
 * Terms and rules: Smithy 2.0, "HTTP bindings".
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromUtf8 } from "@smithy/core/serde";
import { toDate } from "./timestamp.ts";
import type { WireRequest } from "./wire.ts";
import { parseXml, readText, readXmlStruct, XmlError } from "./xml-read.ts";
import { writeDocument } from "./xml.ts";

/** The method, path and query of an operation: `POST /2013-04-01/hostedzone/{Id}/rrset`, with the fixed words of the query. */
export interface HttpBinding {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly status: number;
  /**
   * Headers and parameters that the operation requires. They tell two operations with the same path apart:
   * the source of a copy, the upload of a part.
   */
  readonly needs: { readonly headers: readonly string[]; readonly parameters: readonly string[] };
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The binding of an operation from the SDK's [method, path, status]. For S3 the SDK leaves out the bucket, because it may be in the host.
 */
export function bindingOf(trait: readonly [method: string, uri: string, status: number], input: NormalizedSchema): HttpBinding {
  const [method, uri, status] = trait;
  const ofBucket = !input.isUnitSchema() && input.getMemberSchemas()["Bucket"]?.getMergedTraits().httpLabel !== undefined;
  const { segments, query } = addressOf(ofBucket && !uri.includes("{Bucket}") ? `/{Bucket}${uri}` : uri);
  query.delete("x-id"); // some clients do not send it
  return { method, segments, query, status, needs: needsOf(input) };
}

function needsOf(input: NormalizedSchema): HttpBinding["needs"] {
  if (input.isUnitSchema()) return { headers: [], parameters: [] };
  // The SDK puts the required members first and their number last.
  const schema = input.getSchema() as unknown as readonly unknown[];
  const required = (schema[4] as readonly string[]).slice(0, (schema[6] ?? 0) as number);
  // An empty list adds nothing to the query.
  const told = required.filter((name) => input.getMemberSchemas()[name]?.isListSchema() !== true);
  const traits = told.map((name) => (input.getMemberSchemas()[name]?.getMergedTraits() ?? {}) as HttpTraits);
  return {
    headers: traits.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
    parameters: traits.flatMap(({ httpQuery }) => httpQuery ?? []),
  };
}

/** Whether a request has the headers and parameters that the operation requires. */
export function hasNeeds({ needs }: HttpBinding, { path, headers }: Pick<WireRequest, "path" | "headers">): boolean {
  const { query } = addressOf(path);
  return needs.headers.every((name) => headers[name] !== undefined) && needs.parameters.every((name) => query.has(name));
}

/**
 * Rewrites a request to `BUCKET.s3.REGION.amazonaws.com/KEY` as one to `/BUCKET/KEY` (Amazon S3 User Guide, "Virtual hosting of buckets").
 * Returns any other request unchanged.
 */
export function withBucketInPath(request: WireRequest): WireRequest {
  const bucket = /^(.+)\.(?:s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?|sandbox\.invalid|localhost)(?::\d+)?$/.exec(request.host)?.[1];
  const isOfS3 = /\/s3\/aws4_request/.test(request.headers["authorization"] ?? "");
  return bucket === undefined || !isOfS3 ? request : { ...request, path: `/${bucket}${request.path}` };
}

/** The values of the path's labels; undefined when the request is for another operation. */
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

/** Reads and writes bodies. */
export interface Bodies {
  read(schema: NormalizedSchema, body: string): Record<string, unknown>;
  write(schema: NormalizedSchema, value: unknown): Uint8Array;
}

export function xmlBodies(namespace: string): Bodies {
  return {
    read: (schema, body) => readXmlStruct(schema, parseXml(body)),
    write: (schema, value) => fromUtf8(writeDocument(schema, value as Record<string, unknown>, namespace)),
  };
}

/** The typed input of a request for the operation. Throws XmlError when the body does not fit the operation. */
export function readRest(binding: HttpBinding, schema: NormalizedSchema, request: WireRequest, bodies: Bodies): Record<string, unknown> {
  if (schema.isUnitSchema()) return {};
  const labels = labelsOf(binding, request) ?? new Map<string, string>();
  const { query } = addressOf(request.path);
  const value: Record<string, unknown> = {};
  let payload: string | undefined;
  for (const [name, member] of schema.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits() as HttpTraits;
    if (httpPayload) payload = name;
    if (httpQuery && member.isListSchema()) {
      const given = allOf(request.path, httpQuery);
      if (given.length > 0) value[name] = given.map((one) => readText(member.getValueSchema(), one));
      continue;
    }
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
  if (payload === undefined) return hasBody(schema) ? { ...bodies.read(schema, textOf(request.body)), ...value } : value;
  const member = schema.getMemberSchema(payload);
  if (member.isStructSchema()) value[payload] = bodies.read(member, textOf(request.body));
  else value[payload] = member.isBlobSchema() ? bytesOf(request.body) : textOf(request.body);
  return value;
}

/** The answer to a request: status, headers and body. */
export function writeRest(binding: HttpBinding, schema: NormalizedSchema, output: unknown, bodies: Bodies): RestAnswer {
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
    const body = hasBody(schema) ? bodies.write(schema, inBody) : empty;
    return { status, headers, body };
  }
  const { member, value: held } = payload;
  if (held === undefined || held === null) return { status, headers, body: empty };
  const body = member.isStructSchema() ? bodies.write(member, held) : bytesOf(held as string | Uint8Array);
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

/** Whether any member is in the body. A struct without members is an empty element in the body. */
function hasBody(schema: NormalizedSchema): boolean {
  const members = [...schema.structIterator()];
  return members.length === 0 || members.some(([, member]) => !isBound(member));
}

function withPrefix({ headers }: WireRequest, prefix: string): Record<string, string> {
  const found = Object.entries(headers).filter(([name, text]) => name.startsWith(prefix) && text !== undefined);
  return Object.fromEntries(found.map(([name, text]) => [name.slice(prefix.length), text!]));
}

function headerText(schema: NormalizedSchema, value: unknown): string {
  return schema.isTimestampSchema() ? toDate(value).toUTCString() : String(value);
}

/** The segments and the query of a path. A slash at the end is ignored. */
function addressOf(path: string): { readonly segments: readonly string[]; readonly query: Map<string, string> } {
  const [way = "", search = ""] = path.split("?", 2);
  const segments = way.replace(/^\//, "").replace(/\/$/, "").split("/");
  return { segments: segments.length === 1 && segments[0] === "" ? [] : segments, query: new Map(new URLSearchParams(search)) };
}

/** All values of a query parameter: a list has one parameter for each item. */
function allOf(path: string, name: string): string[] {
  return new URLSearchParams(path.split("?", 2)[1] ?? "").getAll(name);
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
