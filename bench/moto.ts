/** moto, an emulator by others, behind a proxy that counts the calls, because moto does not count them. */
import { resolve } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import type { AddressInfo } from "node:net";
import { callOf } from "../test/e2e/support/calls.ts";
import type { Counts, Endpoint } from "./endpoint.ts";

/** Undefined when moto_server is not on the PATH. */
export async function startMoto(): Promise<Endpoint | undefined> {
  const moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PYTHONPATH: resolve("test/e2e/support/moto") },
  });
  const target = await urlOf(moto);
  if (target === undefined) return undefined;
  let counts = none;
  let open = 0;
  const count = (message: IncomingMessage, body: Buffer) => {
    const { isWrite } = callOf({ method: message.method, url: message.url, headers: message.headers, body: body.toString("latin1") });
    counts = {
      total: counts.total + 1,
      reads: counts.reads + (isWrite ? 0 : 1),
      writes: counts.writes + (isWrite ? 1 : 0),
      maxConcurrency: Math.max(counts.maxConcurrency, open),
    };
  };
  const proxy = createServer((message, answer) => {
    open++;
    answer.once("close", () => open--);
    void read(message).then(
      (body) => {
        count(message, body);
        pass(target, message, body, answer);
      },
      () => answer.destroy(), // the measured program has closed the connection
    );
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async reset() {
      const answer = await fetch(`${target}/moto-api/reset`, { method: "POST" });
      if (!answer.ok) throw new Error(`moto: HTTP ${answer.status}`);
    },
    forgetCalls: async () => void (counts = none),
    counts: async () => counts,
    async stop() {
      proxy.close();
      moto.kill("SIGTERM");
      await once(moto, "exit");
    },
  };
}

const none: Counts = { total: 0, reads: 0, writes: 0, maxConcurrency: 0 };

/** Returns the URL that moto prints, and keeps reading its output: a full pipe would stop moto. */
function urlOf(moto: ReturnType<typeof spawn>): Promise<string | undefined> {
  return new Promise((resolve) => {
    moto.once("error", () => resolve(undefined));
    moto.once("exit", () => resolve(undefined));
    createInterface({ input: moto.stderr! }).on("line", (line) => {
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (found) resolve(found[1]!);
    });
  });
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function pass(target: string, { method, url, headers }: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const onward = request(new URL(url ?? "/", target), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  onward.end(body);
}
