/** A proxy in front of moto that passes requests on and damages answers as networks and AWS do. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { rememberingTokens } from "../bends.ts";
import { callOf, type Call } from "./calls.ts";

export type Fate =
  | "pass"
  /** The request does not arrive. */
  | "stop-before"
  /** AWS acts; the answer is lost. */
  | "drop-answer"
  | { readonly status: number; readonly type: string; readonly body: string };

/** Decides what happens to one request. A promise lets the test act first. */
export type Meddle = (call: Call) => Fate | Promise<Fate>;

export interface Proxy {
  readonly url: string;
  /** The calls since the last `reset`. */
  readonly calls: Call[];
  /**
   * Forgets the calls and sets the next `meddle`; without one, everything passes. `acted` is called when AWS has acted on a call whose
   * answer is dropped.
   */
  reset(meddle?: Meddle, acted?: (call: Call) => void): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const calls: Call[] = [];
  const remembered = rememberingTokens<Answer>();
  let meddle: Meddle = () => "pass";
  let acted: (call: Call) => void = () => {};
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const call = callOf({ method: request.method, url: request.url, headers: request.headers, body: body.toString("utf8") });
    calls.push(call);
    const fate = await meddle(call);
    if (fate === "stop-before") return void response.destroy();
    if (typeof fate === "object") return void response.writeHead(fate.status, { "content-type": fate.type }).end(fate.body);
    const answer = await remembered(call, () => forward(target, request, body));
    if (fate === "pass") return void response.writeHead(answer.status, answer.headers).end(answer.body);
    acted(call);
    response.destroy();
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    reset(next = () => "pass", told = () => {}) {
      calls.length = 0;
      meddle = next;
      acted = told;
    },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Sends the request on and resolves when the whole answer is there, that is, when AWS has acted. */
function forward(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = send(new URL(url ?? "/", target), { method, headers: { ...headers, connection: "close" } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 500,
          headers: { "content-type": answer.headers["content-type"] ?? "text/xml" },
          body: Buffer.concat(chunks),
        }),
      );
    });
    onward.on("error", reject);
    onward.end(body);
  });
}

/** EC2's refusal of too many calls. */
export const throttled: Fate = {
  status: 503,
  type: "text/xml",
  body: "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors><RequestID>throttled</RequestID></Response>",
};
