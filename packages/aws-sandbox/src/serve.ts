/** Serves the sandbox over HTTP to any AWS client, with a few paths of its own under /_sandbox. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { factKinds, factsIn } from "./account-facts.ts";
import { isOwn, longestBody, tooLong, whyRefused, type Doorstep, type Refusal } from "./door.ts";
import { LostAnswer } from "./faults/faults.ts";
import { checkFaultPlan, FaultPlanError } from "./faults/plan.ts";
import { AwsFault } from "./model.ts";
import { encodeFault } from "./protocol/codec.ts";
import { identify } from "./protocol/identify.ts";
import type { WireAnswer, WireRequest } from "./protocol/wire.ts";
import { Stopped } from "./sandbox.ts";
import type { Sandbox } from "./sandbox.ts";
import { services } from "./services/index.ts";

export interface ServeOptions {
  readonly sandbox: Sandbox;
  /** The port; 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Receives errors inside the sandbox; the client sees an InternalFailure. */
  readonly onError?: (error: unknown) => void;
}

export interface Serving {
  /** The URL for AWS_ENDPOINT_URL: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Stops accepting connections, and resolves when the running calls are answered. */
  close(): Promise<void>;
}

/** Serves until it is closed. Only this computer can reach it unless another host is given. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const server = createServer((request, response) => {
    response.on("finish", () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections()); // the server is closing: no client may keep its connection
    });
    answer(options, doorstep(), request, response).catch((error: unknown) => {
      options.onError?.(error);
      response.destroy();
    });
  });
  const doorstep = (): Doorstep => ({ host: options.host ?? "127.0.0.1", port: (server.address() as AddressInfo | null)?.port ?? 0 });
  server.keepAliveTimeout = 300_000;
  await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  const { address, port } = server.address() as AddressInfo;
  return { url: `http://${address}:${port}`, port, close: () => close(server) };
}

async function answer(options: ServeOptions, doorstep: Doorstep, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url: path = "/", headers } = incoming;
  const refused = whyRefused({ method, path, headers }, doorstep);
  if (refused) return refuse(refused, response);
  const request = await received(incoming);
  if (request === undefined) return refuse(tooLong, response);
  if (isOwn(request.path)) return ownAnswer(options.sandbox, request, response);
  try {
    const { status, headers, body } = await options.sandbox.fetch(request);
    response.writeHead(status, headers).end(body);
  } catch (error) {
    if (error instanceof LostAnswer || error instanceof Stopped) return void response.destroy(); // the client sees its connection close
    options.onError?.(error);
    const { status, headers, body } = internalFailure(request, error);
    response.writeHead(status, headers).end(body);
  }
}

function internalFailure(request: WireRequest, error: unknown): WireAnswer {
  const fault = new AwsFault("InternalFailure", `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`, 500);
  return encodeFault(identify(request, services), fault, "00000000-0000-4000-a000-000000000000");
}

/** Refuses a request and ends the connection, because the rest of the request is not read. */
function refuse({ status, message }: Refusal, response: ServerResponse): void {
  response.shouldKeepAlive = false;
  sendJson(response, status, { message });
}

function ownAnswer(sandbox: Sandbox, request: WireRequest, response: ServerResponse): void {
  switch (`${request.method} ${request.path}`) {
    case "GET /_sandbox/calls":
      return sendJson(response, 200, sandbox.counts());
    case "POST /_sandbox/calls/reset":
      sandbox.forgetCalls();
      return sendJson(response, 200, {});
    case "POST /_sandbox/reset":
      sandbox.state.reset();
      sandbox.forgetCalls();
      return sendJson(response, 200, {});
    case "POST /_sandbox/facts":
      return addFacts(sandbox, request, response);
    case "POST /_sandbox/faults":
      return setFaults(sandbox, request, response);
    default:
      return sendJson(response, 404, { message: `The sandbox has no ${request.method} ${request.path}.` });
  }
}

/** Adds facts such as `{ "role": ["monitoring"] }`: every account has them from now on. */
function addFacts(sandbox: Sandbox, request: WireRequest, response: ServerResponse): void {
  const facts = factsIn(jsonOf(request));
  if (facts === undefined) return sendJson(response, 400, { message: `The body is lists of names by ${factKinds.join(", ")}.` });
  for (const kind of factKinds) sandbox.addFacts(kind, ...(facts[kind] ?? []));
  sendJson(response, 200, {});
}

/** The JSON value of the body; undefined when it is not JSON. */
function jsonOf({ body }: WireRequest): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function setFaults(sandbox: Sandbox, request: WireRequest, response: ServerResponse): void {
  try {
    sandbox.setFaults(checkFaultPlan(JSON.parse(request.body.toString()), "the body"));
    sendJson(response, 200, {});
  } catch (error) {
    if (!(error instanceof FaultPlanError) && !(error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { message: error.message });
  }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Reads a request; undefined when its body is too long. */
async function received(incoming: IncomingMessage): Promise<WireRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > longestBody) return undefined;
    chunks.push(chunk as Buffer);
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(",") : value;
  return { method: incoming.method ?? "GET", host: headers["host"] ?? "", path: incoming.url ?? "/", headers, body: Buffer.concat(chunks) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve()); // an already closed server counts as closed
    server.closeIdleConnections();
  });
}
