/** Decodes requests into typed input, and encodes typed output or a fault as an answer, in the client's dialect. */
import { CborCodec } from "@smithy/core/cbor";
import { JsonShapeDeserializer2, JsonShapeSerializer2 } from "@smithy/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import { fromBase64, fromUtf8, toBase64, toUtf8 } from "@smithy/core/serde";
import { AwsFault } from "../model.ts";
import { XmlError } from "./xml-read.ts";
import { readRest, writeRest, xmlBodies, type Bodies } from "./rest.ts";
import type { Dialect, Identified } from "./identify.ts";
import { textOf } from "./identify.ts";
import { readForm } from "./query.ts";
import { missingMember } from "./required.ts";
import type { ErrorSchema, OperationSchema, ServiceSchemas } from "./schemas.ts";
import { toDate } from "./timestamp.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";
import { escapeXml, writeMembers } from "./xml.ts";

/** The typed input of a call. Refuses unknown parameters (EC2 does, the other query services do not) and missing required ones. */
export function decodeInput(request: WireRequest, called: Identified, operation: OperationSchema): Record<string, unknown> {
  const input = parse(request, called, operation);
  refuseMissing(operation.input, input, called);
  return input;
}

/** Throws this service's error when a member that the operation requires is missing. */
export function refuseMissing(schema: NormalizedSchema, input: unknown, called: Pick<Identified, "service" | "entry">): void {
  const path = missingMember(schema, input);
  if (path !== undefined) throw missingFault(path, called);
}

/** A fault with the code and the status that a client of this service sees. */
export function asSeen(fault: AwsFault, entry: Identified["entry"], schemas: ServiceSchemas): AwsFault {
  const declared = schemas.error(fault.code);
  const code = entry?.form === undefined && entry?.rest === undefined ? (declared?.name ?? fault.code) : (declared?.code ?? fault.code);
  return new AwsFault(code, fault.message, statusOf(fault, declared, { entry }), fault.members);
}

export function encodeOutput(called: Identified, operation: OperationSchema, output: unknown, requestId: string): WireAnswer {
  const { dialect } = called;
  if (dialect.kind === "rest") return restAnswer(called, operation, output, requestId);
  if (dialect.kind !== "form")
    return typedAnswer(dialect, 200, operation.output.isUnitSchema() ? DOCUMENT : operation.output, output ?? {}, requestId);
  const members = writeMembers(operation.output, output);
  const open = `<${operation.name}Response xmlns="${called.entry!.xmlNamespace}">`;
  const close = `</${operation.name}Response>`;
  if (called.entry!.form === "ec2") return xmlAnswer(200, `${open}<requestId>${requestId}</requestId>${members}${close}`, requestId);
  const result = operation.output.isUnitSchema() ? "" : `<${operation.name}Result>${members}</${operation.name}Result>`;
  return xmlAnswer(200, `${open}${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>${close}`, requestId);
}

/**
 * Encodes a fault in the form of this service. Models may name an error by its code or by its class. They need
 * no status where the service declares one.
 */
export function encodeFault(
  called: Pick<Identified, "dialect" | "entry">,
  fault: AwsFault,
  requestId: string,
  schemas?: ServiceSchemas,
): WireAnswer {
  const declared = schemas?.error(fault.code);
  const status = statusOf(fault, declared, called);
  const type = status < 500 ? "Sender" : "Receiver";
  const code = declared?.code ?? fault.code;
  const { dialect, entry } = called;
  if (dialect.kind !== "form" && dialect.kind !== "rest") {
    const body = { __type: declared?.name ?? fault.code, message: fault.message };
    return typedAnswer(dialect, status, DOCUMENT, body, requestId, { "x-amzn-query-error": `${code};${type}` });
  }
  const text = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(fault.message)}</Message>`;
  if (entry?.form === "ec2") {
    return xmlAnswer(status, `<Response><Errors><Error>${text}</Error></Errors><RequestID>${requestId}</RequestID></Response>`, requestId);
  }
  if (entry?.rest?.json) {
    const name = declared?.name ?? fault.code;
    const body = JSON.stringify({ ErrorCode: name, Message: fault.message, ...fault.members });
    return answer(status, "application/json", fromUtf8(body), requestId, { "x-amzn-errortype": name });
  }
  if (entry?.rest?.bareErrors) {
    // The answer to HEAD has no body at all (Amazon S3 API Reference, "Error responses").
    const isHead = dialect.kind === "rest" && dialect.method === "HEAD";
    const body = isHead ? "" : `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${text}<RequestId>${requestId}</RequestId></Error>`;
    return answer(status, "application/xml", fromUtf8(body), requestId, { "x-amz-request-id": requestId });
  }
  const namespace = entry ? ` xmlns="${entry.xmlNamespace}"` : "";
  return xmlAnswer(
    status,
    `<ErrorResponse${namespace}><Error><Type>${type}</Type>${text}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    requestId,
  );
}

/**
 * The status that the model gave, or else the one that the service declares. Services with only JSON
 * answer every mistake of the caller with 400.
 */
function statusOf(fault: AwsFault, declared: ErrorSchema | undefined, called: Pick<Identified, "entry">): number {
  if (fault.status !== 400 || declared === undefined) return fault.status;
  return called.entry?.form === undefined && called.entry?.rest === undefined && declared.status < 500 ? 400 : declared.status;
}

const DOCUMENT = NormalizedSchema.of(15);

const jsonSettings = { timestampFormat: { useTrait: true, default: 7 as const }, jsonName: false };
const jsonReader = new JsonShapeDeserializer2(jsonSettings);
const jsonWriter = new JsonShapeSerializer2(jsonSettings);
const cbor = new CborCodec();
/** In REST with JSON, a member may have another name on the wire than in the model (Smithy 2.0, "jsonName trait"). */
const restSettings = { ...jsonSettings, jsonName: true };
const restReader = new JsonShapeDeserializer2(restSettings);
const restWriter = new JsonShapeSerializer2(restSettings);
for (const codec of [jsonReader, jsonWriter, restReader, restWriter, cbor]) {
  // The codecs use only these four from a client's configuration.
  codec.setSerdeContext({
    base64Decoder: fromBase64,
    base64Encoder: toBase64,
    utf8Decoder: fromUtf8,
    utf8Encoder: toUtf8,
  } as unknown as SerdeFunctions);
}

const jsonBodies: Bodies = {
  read: (schema, body) => restReader.readObject(schema, JSON.parse(body)) as Record<string, unknown>,
  write(schema, value) {
    restWriter.write(schema, withDates(schema, value));
    const { buffer, byteOffset, byteLength } = restWriter.flush();
    return new Uint8Array(buffer, byteOffset, byteLength);
  },
};

function bodiesOf({ entry }: Pick<Identified, "entry">): Bodies {
  return entry?.rest?.json ? jsonBodies : xmlBodies(entry!.xmlNamespace);
}

type SerdeFunctions = Parameters<typeof cbor.setSerdeContext>[0];

function parse(request: WireRequest, called: Identified, { input: schema, http }: OperationSchema): Record<string, unknown> {
  if (called.dialect.kind === "rest") {
    try {
      return readRest(http!, schema, request, bodiesOf(called));
    } catch (error) {
      if (called.entry!.rest!.json)
        throw new AwsFault(called.entry!.rest!.malformed, error instanceof Error ? error.message : String(error));
      if (error instanceof XmlError) throw new AwsFault(called.entry!.rest!.malformed, `Invalid XML ; ${error.message}`);
      throw error;
    }
  }
  if (called.dialect.kind === "form") {
    const unknown: string[] = [];
    const ec2 = called.entry?.form === "ec2";
    const input = readForm(schema, called.dialect.form, { ec2 }, unknown);
    if (ec2 && unknown.length > 0) throw new AwsFault("UnknownParameter", `The parameter ${unknown[0]} is not recognized`);
    return input;
  }
  try {
    return readTyped(request, called.dialect, schema);
  } catch (error) {
    throw new AwsFault("SerializationException", error instanceof Error ? error.message : String(error));
  }
}

function readTyped(request: WireRequest, dialect: Dialect, schema: NormalizedSchema): Record<string, unknown> {
  if (schema.isUnitSchema() || request.body.length === 0) return {};
  if (dialect.kind === "json") return jsonReader.readObject(schema, JSON.parse(textOf(request.body))) as Record<string, unknown>;
  return cbor.createDeserializer().read(schema, bytesOf(request.body)) as Record<string, unknown>;
}

function missingFault(path: string, { service, entry }: Pick<Identified, "service" | "entry">): AwsFault {
  if (entry?.rest) return new AwsFault(entry.rest.malformed, validationText(path));
  if (entry?.form === undefined) return new AwsFault("ValidationException", validationText(path));
  // EC2, RDS and ElastiCache name the parameter; Elastic Load Balancing, Auto Scaling, SNS and STS answer with the text of their validator.
  if (service === "ec2" || service === "rds" || service === "elasticache")
    return new AwsFault("MissingParameter", `The request must contain the parameter ${path}`);
  return new AwsFault("ValidationError", validationText(path));
}

function validationText(path: string): string {
  const name = path.charAt(0).toLowerCase() + path.slice(1);
  return `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
}

/** The answer of a REST operation. S3 sends its request id under another name; Route 53 uses this one. */
function restAnswer(called: Identified, operation: OperationSchema, output: unknown, requestId: string): WireAnswer {
  const { status, headers, body } = writeRest(operation.http!, operation.output, output, bodiesOf(called));
  return answer(status, called.entry!.rest!.json ? "application/json" : "text/xml", body, requestId, headers);
}

function xmlAnswer(status: number, xml: string, requestId: string): WireAnswer {
  return answer(status, "text/xml;charset=UTF-8", fromUtf8(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`), requestId);
}

function typedAnswer(
  dialect: Dialect,
  status: number,
  schema: NormalizedSchema,
  value: unknown,
  requestId: string,
  headers = {},
): WireAnswer {
  const typed = withDates(schema, value);
  if (dialect.kind === "cbor") {
    const serializer = cbor.createSerializer();
    serializer.write(schema, typed);
    return answer(status, "application/cbor", serializer.flush() as Uint8Array, requestId, {
      "smithy-protocol": "rpc-v2-cbor",
      ...headers,
    });
  }
  jsonWriter.write(schema, typed);
  const version = dialect.kind === "json" ? dialect.version : "1.1";
  const { buffer, byteOffset, byteLength } = jsonWriter.flush(); // a special string, which warns when it is used as a string
  return answer(status, `application/x-amz-json-${version}`, new Uint8Array(buffer, byteOffset, byteLength), requestId, headers);
}

function answer(status: number, contentType: string, body: Uint8Array, requestId: string, more: Record<string, string> = {}): WireAnswer {
  return {
    status,
    headers: { "content-type": contentType, "content-length": String(body.byteLength), "x-amzn-requestid": requestId, ...more },
    body,
  };
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? fromUtf8(body) : body;
}

/** Converts times to Dates for the codecs. Handlers may give ISO texts or milliseconds. */
function withDates(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.isTimestampSchema()) return toDate(value);
  if (schema.isListSchema()) return Array.from(value as Iterable<unknown>, (item) => withDates(schema.getValueSchema(), item));
  if (schema.isMapSchema()) return mapValues(value, () => schema.getValueSchema());
  if (!schema.isStructSchema()) return value;
  const members = schema.getMemberSchemas();
  return mapValues(value, (name) => members[name]);
}

function mapValues(value: unknown, schemaOf: (name: string) => NormalizedSchema | undefined): Record<string, unknown> {
  const mapped: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value as object)) {
    const schema = schemaOf(name);
    if (schema !== undefined && item !== undefined && item !== null) mapped[name] = withDates(schema, item);
  }
  return mapped;
}
