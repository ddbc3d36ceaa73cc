/**
 * REST with XML, as S3 speaks it: an operation is a method and a path, and its members are labels, query parameters, headers or a
 * body, as the traits of the SDK's schemas say (Smithy, "HTTP binding traits" and "AWS restXml protocol").
 */
import { XmlShapeDeserializer } from "@aws-sdk/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromUtf8 } from "@smithy/core/serde";
import { AwsFault } from "../model.ts";
import { decode } from "./query.ts";
import { parseTimestamp } from "./timestamp.ts";
import type { WireRequest } from "./wire.ts";
import { writeMembers } from "./xml.ts";

/** An operation's place in HTTP. */
export interface RestRoute {
  readonly name: string;
  readonly method: string;
  /** "/{Key+}": of an object; "/": of a bucket or of the service. */
  readonly path: string;
  /** Parameters that tell it from others of its method and path: `tagging`, `list-type=2`. */
  readonly query: ReadonlyMap<string, string>;
  /** Whether it is asked of a bucket. */
  readonly ofBucket: boolean;
  /** Headers and parameters that it cannot do without: what is copied, for a copy; which upload, for a part of one. */
  readonly needs: { readonly headers: readonly string[]; readonly parameters: readonly string[] };
}

/** What a request is addressed to. */
interface Target {
  readonly bucket: string | undefined;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** A route from the `http` trait of an operation: `["PUT", "/?tagging", 200]`. */
export function routeOf(name: string, [method, uri]: readonly [string, string, number], input: NormalizedSchema): RestRoute {
  const [path = "/", query = ""] = uri.split("?");
  const ofBucket = !input.isUnitSchema() && input.getMemberSchemas()["Bucket"] !== undefined;
  return { name, method, path, query: parametersOf(query), ofBucket, needs: needsOf(input) };
}

function needsOf(input: NormalizedSchema): RestRoute["needs"] {
  if (input.isUnitSchema()) return { headers: [], parameters: [] };
  // The SDK puts the required members first and their number last.
  const schema = input.getSchema() as unknown as readonly unknown[];
  const required = (schema[4] as readonly string[]).slice(0, (schema[6] ?? 0) as number);
  const traits = required.map((name) => input.getMemberSchemas()[name]?.getMergedTraits() ?? {});
  return {
    headers: traits.flatMap(({ httpHeader }) => (httpHeader === undefined ? [] : [String(httpHeader).toLowerCase()])),
    parameters: traits.flatMap(({ httpQuery }) => (httpQuery === undefined ? [] : [String(httpQuery)])),
  };
}

/** The operation that a request asks for: of those whose method, path and parameters fit, the one that names most of them. */
export function operationOf(request: WireRequest, routes: readonly RestRoute[]): string {
  const { bucket, key, query } = targetOf(request);
  const fits = (route: RestRoute) =>
    route.method === request.method &&
    route.ofBucket === (bucket !== undefined) &&
    route.needs.headers.every((header) => request.headers[header] !== undefined) &&
    route.needs.parameters.every((name) => query.has(name)) &&
    route.path.includes("{Key+}") === (key !== "") &&
    [...route.query].every(([name, value]) => name === "x-id" || query.get(name) === value);
  const named = (route: RestRoute) => [...route.query.keys()].filter((name) => name !== "x-id").length;
  return routes.filter(fits).sort((a, b) => named(b) - named(a))[0]?.name ?? "";
}

/** The typed input of an operation. */
export async function readRest(request: WireRequest, schema: NormalizedSchema): Promise<Record<string, unknown>> {
  if (schema.isUnitSchema()) return {};
  const { bucket, key, query } = targetOf(request);
  const input: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    const header = traits.httpHeader === undefined ? undefined : request.headers[String(traits.httpHeader).toLowerCase()];
    if (traits.httpLabel) input[name] = name === "Bucket" ? bucket : key;
    else if (traits.httpQuery !== undefined) set(input, name, member, query.get(String(traits.httpQuery)));
    else if (traits.httpHeader !== undefined) set(input, name, member, header);
    else if (traits.httpPayload) await readPayload(input, name, member, request);
  }
  return input;
}

/** The answer: its body, and the members that are headers. */
export function writeRest(name: string, schema: NormalizedSchema, output: unknown): { body: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  if (schema.isUnitSchema() || output === undefined || output === null) return { body: "", headers };
  const values = output as Readonly<Record<string, unknown>>;
  let hasBody = false;
  let payload: string | undefined;
  for (const [member, inner] of schema.structIterator()) {
    const traits = inner.getMergedTraits();
    const value = values[member];
    if (traits.httpHeader !== undefined) {
      if (value !== undefined) headers[String(traits.httpHeader).toLowerCase()] = String(value);
    } else if (traits.httpPayload) payload = payloadOf(inner, member, value);
    else hasBody = true;
  }
  if (payload !== undefined) return { body: payload, headers };
  if (!hasBody) return { body: "", headers };
  const root = String(schema.getMergedTraits().xmlName ?? `${name}Result`);
  return { body: inXml(root, writeMembers(schema, output)), headers };
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function inXml(root: string, inner: string): string {
  return `${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`;
}

function payloadOf(schema: NormalizedSchema, name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (!schema.isStructSchema()) return String(value as string);
  return inXml(String(schema.getMergedTraits().xmlName ?? name), writeMembers(schema, value));
}

async function readPayload(input: Record<string, unknown>, name: string, schema: NormalizedSchema, { body }: WireRequest): Promise<void> {
  const bytes = typeof body === "string" ? fromUtf8(body) : body;
  if (bytes.length === 0) return;
  if (schema.isStructSchema()) input[name] = await parsed(schema, bytes);
  else input[name] = schema.isBlobSchema() ? bytes : Buffer.from(bytes).toString();
}

const xml = new XmlShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: true,
  xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/",
  serviceNamespace: "com.amazonaws.s3",
});

async function parsed(schema: NormalizedSchema, bytes: Uint8Array): Promise<unknown> {
  try {
    return await xml.read(schema, bytes);
  } catch {
    throw new AwsFault("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
  }
}

function set(input: Record<string, unknown>, name: string, schema: NormalizedSchema, text: string | undefined): void {
  if (text === undefined) return;
  if (schema.isBooleanSchema()) input[name] = text === "true";
  else if (schema.isNumericSchema()) input[name] = Number(text);
  else input[name] = schema.isTimestampSchema() ? parseTimestamp(text) : text;
}

/** `BUCKET.s3.REGION.amazonaws.com/KEY`, or `s3.REGION.amazonaws.com/BUCKET/KEY` (Amazon S3 User Guide, "Methods for accessing a bucket"). */
function targetOf({ host, path }: WireRequest): Target {
  const [place = "/", search = ""] = path.split("?");
  const segments = decode(place.replaceAll("+", "%2B")).split("/").slice(1);
  const bucket = bucketIn(host) ?? segments.shift();
  return { bucket: bucket === "" ? undefined : bucket, key: segments.join("/"), query: parametersOf(search) };
}

/** The bucket in a host: before `s3`, or before the name under which the sandbox is reached. */
function bucketIn(host: string): string | undefined {
  return /^(.+)\.(?:s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?|sandbox\.invalid|localhost)(?::\d+)?$/.exec(host)?.[1];
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return new Map(
    pairs.map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [decode(name), decode(value)] as const;
    }),
  );
}
