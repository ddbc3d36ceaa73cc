/**
 * Checks what came over the wire before the SDK reads it. Only the operation's own answer counts. The SDK is lenient: an empty page, the
 * answer of another operation or an error with status 200 would come out as "there is nothing".
 */
import { restBody } from "./answer-rest.ts";
import { wrongShape } from "./answer-shape.ts";

/** The endpoint answered with something that is not the operation's answer. */
export class NotAnAnswer extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.name = "NotAnAnswer";
    this.status = status;
  }
}

export type Middleware = (
  next: (request: unknown) => Promise<{ readonly response: unknown }>,
  context: object,
) => (request: unknown) => Promise<unknown>;

/**
 * Closest to the wire, so that the check sees the answer before anything else reads it. It replaces a middleware of the same name, because
 * connections may share a client.
 */
export const whereAnswersCome = { step: "deserialize", priority: "low", name: "infraAnswer", override: true } as const;

/**
 * Returns the middleware that reads the whole body, but no more than `bytes`, and throws NotAnAnswer unless it is the answer of this
 * operation.
 */
export function onlyAnswers(protocol: string, bytes: number): Middleware {
  const problemOf = /json/i.test(protocol) ? problemOfJson : /rest/i.test(protocol) ? problemOfRest : problemOfXml;
  return (next, context) => async (request) => {
    const result = await next(request);
    const response = result.response as WireResponse;
    response.body = await whole(response.body, bytes, response.statusCode);
    const { statusCode, headers, body } = response;
    const problem =
      redirect(statusCode, headers) ?? problemOf({ status: statusCode, headers, text: headOf(body), body, ...operationIn(context) });
    if (problem !== undefined) throw new NotAnAnswer(statusCode, problem);
    return result;
  };
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

interface Arrived {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body. */
  readonly text: string;
  readonly body: string | Uint8Array;
  readonly operation: string;
  /** The schema of the operation's output. */
  readonly output: unknown;
  /** Whether the output of the operation has no members. */
  readonly isVoid: boolean;
}

/** Bytes of a body in which the root element must begin. */
const headSize = 2048;

async function whole(body: WireResponse["body"], limit: number, status: number): Promise<string | Uint8Array> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return body ?? "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new NotAnAnswer(status, `an answer of more than ${Math.floor(limit / 1_048_576)} MiB`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function headOf(body: string | Uint8Array): string {
  const head =
    typeof body === "string"
      ? body.slice(0, headSize)
      : Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, headSize)).toString();
  return head.trimStart();
}

/**
 * Describes a redirect. Among AWS's APIs only S3 redirects, and then it names the bucket's region. Any other redirect comes from a sign-in
 * page of the network, or from another server.
 */
function redirect(status: number, headers: Readonly<Record<string, string>>): string | undefined {
  if (status < 300 || status >= 400 || headers["x-amz-bucket-region"] !== undefined) return undefined;
  const to = headers["location"];
  return `a redirect${to === undefined ? "" : ` to ${printable(to)}`}`;
}

/** Query and EC2 protocols: the root is `<DescribeVpcsResponse>`. An error is a `<Response>` or `<ErrorResponse>` with an error status. */
function problemOfXml({ status, text, operation }: Arrived): string | undefined {
  if (text === "") return "nothing";
  const root = rootOf(text);
  const expected = `${operation}Response`;
  if (root === expected) return undefined;
  if (status >= 400 && /^(Response|ErrorResponse|Error)$/.test(root ?? "")) return undefined;
  if (root === undefined || /^html$/i.test(root) || status >= 400) return notOfAws(text);
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  const inside = [code, message].filter((part) => part !== undefined).join(": ");
  return `<${root}> in place of <${expected}>${inside === "" ? "" : ` (${printable(inside)})`}`;
}

/** REST: the body has the form that the schema promises. An error is an `<Error>`; an error of a HEAD request has no body. */
function problemOfRest({ status, text, operation, output }: Arrived): string | undefined {
  const root = rootOf(text);
  if (status >= 300)
    return /^(Error|ErrorResponse|InvalidChangeBatch)$/.test(root ?? "") || (text === "" && operation.startsWith("Head"))
      ? undefined
      : notOfAws(text);
  const promised = restBody(output);
  // Route 53 and emulators name the root element after the operation.
  const isOurs = new RegExp(`^${operation}(Response|Result|Output)$`).test(root ?? "");
  if (promised.sort === "none") return isOurs || !text.startsWith("<") ? undefined : notOfAws(text); // the SDK does not read this body
  if (text === "") return "nothing";
  if (promised.sort === "text") return root === undefined ? undefined : notOfAws(text);
  if (root === undefined || /^(html|Error)$/i.test(root)) return notOfAws(text);
  return promised.root === undefined || isOurs || root === promised.root ? undefined : `<${root}> in place of <${promised.root}>`;
}

/** The name of an XML document's root element. */
function rootOf(text: string): string | undefined {
  return /^(?:<\?[^>]*>\s*|<!--[^]*?-->\s*)*<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(text)?.[1];
}

/**
 * JSON protocols: an object of the shape that the operation's schema gives. The body may be empty when the output has no members (Smithy,
 * AWS JSON 1.1: "empty body").
 */
function problemOfJson({ status, headers, text, body, output, isVoid }: Arrived): string | undefined {
  if (text.startsWith("{")) return status < 300 ? problemOfShape(body, output) : undefined;
  if (status >= 400 && headers["x-amzn-errortype"] !== undefined) return undefined;
  // For an empty output, emulators send `null`.
  if (text.trim() === "null" && isVoid && status < 300) return undefined;
  if (text !== "") return notOfAws(text);
  return status < 300 && isVoid ? undefined : "nothing";
}

function problemOfShape(body: string | Uint8Array, output: unknown): string | undefined {
  const text = typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  try {
    return wrongShape(output, JSON.parse(text));
  } catch {
    return `JSON that ends too early or is broken (${printable(text)})`;
  }
}

function notOfAws(text: string): string {
  return `something that is not AWS's (${printable(text)})`;
}

/** Returns one short line without control characters, which could steer a terminal. */
function printable(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, 160);
}

/** Reads the operation from the schema by which the SDK reads the answer. */
function operationIn(context: object): Pick<Arrived, "operation" | "output" | "isVoid"> {
  const { __smithy_context: smithy } = context as { __smithy_context?: { operationSchema?: readonly unknown[] } };
  const schema = smithy?.operationSchema ?? [];
  const output = typeof schema[5] === "function" ? (schema[5] as () => unknown)() : schema[5];
  const members = Array.isArray(output) ? (output as readonly unknown[])[4] : undefined;
  return { operation: String(schema[2]), output, isVoid: !Array.isArray(members) || members.length === 0 };
}
