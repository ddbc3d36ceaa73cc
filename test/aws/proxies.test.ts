import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { AwsError } from "../../src/aws/errors.ts";
import { diagnosticOfAwsError } from "../../src/cli/session/aws-errors.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve } from "@plumbline/aws-sandbox/serve.ts";

const closing: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(AWS_|https?_proxy|no_proxy|all_proxy)/i.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "no-such-file");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Proxy {
  readonly url: string;
  /** Hosts that the proxy was asked for or asked to connect to. */
  readonly asked: string[];
}

/** A proxy that passes plain requests on and refuses tunnels. */
async function proxy(): Promise<Proxy> {
  const asked: string[] = [];
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const to = new URL(request.url!);
    asked.push(to.host);
    const onward = httpRequest(to, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request: IncomingMessage, socket: NodeJS.WritableStream) => {
    asked.push(request.url!);
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (server.closeAllConnections(), void server.close()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function sandboxUrl(): Promise<string> {
  const clock = new VirtualClock();
  const serving = await serve({ sandbox: createSandbox({ clock }) });
  closing.push(() => serving.close());
  return serving.url;
}

const open = (deadline = 5_000) =>
  connect({
    region: "eu-west-1",
    clock: new VirtualClock(Date.now()),
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    bounds: { deadline },
  });

test("a proxy for plain HTTP is gone through", async () => {
  const { url, asked } = await proxy();
  const endpoint = await sandboxUrl();
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  vi.stubEnv("HTTP_PROXY", url);
  expect((await open()).identity.account).toBe("123456789012");
  expect(asked).toEqual([new URL(endpoint).host]);
});

test("and not for hosts that NO_PROXY names", async () => {
  const { url, asked } = await proxy();
  vi.stubEnv("AWS_ENDPOINT_URL", await sandboxUrl());
  vi.stubEnv("HTTP_PROXY", url);
  vi.stubEnv("NO_PROXY", "127.0.0.1");
  expect((await open()).identity.account).toBe("123456789012");
  expect(asked).toEqual([]);
});

test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])(
  "AWS itself is reached by a tunnel of %s, and the proxy's refusal is reported",
  async (name) => {
    const { url, asked } = await proxy();
    vi.stubEnv(name, url);
    await expect(open()).rejects.toMatchObject({
      code: "UnexpectedAnswer",
      status: 407,
      message: expect.stringContaining("HTTP 407") as string,
    });
    expect(asked).toEqual(["sts.eu-west-1.amazonaws.com:443"]);
  },
);

test.each([
  ["HTTPS_PROXY", "http://127.0.0.1:9", undefined, "ECONNREFUSED"],
  ["https_proxy", "http://ann:secret@127.0.0.1:9", undefined, "ECONNREFUSED"],
  ["ALL_PROXY", "http://no-such-proxy.invalid:9", undefined, "ENOTFOUND"],
  ["HTTP_PROXY", "http://127.0.0.1:9", "http://aws.invalid", "ECONNREFUSED"],
])("the error names a proxy of %s that does not run, and not AWS", async (variable, proxy, endpoint, code) => {
  vi.stubEnv(variable, proxy);
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  const error = await open().catch((thrown: unknown) => thrown as AwsError);
  expect(error).toMatchObject({ class: "network" });
  const { summary, hint } = diagnosticOfAwsError(error as AwsError, "eu-west-1");
  expect(summary).toBe(
    code === "ENOTFOUND"
      ? `the proxy ${proxy}, which ${variable} names, has a name that cannot be resolved.`
      : `the proxy http://127.0.0.1:9, which ${variable} names, cannot be reached (ECONNREFUSED).`,
  );
  expect(hint).toContain(`correct or unset ${variable}`);
});

test("a proxy that accepts and says nothing is named, and not AWS", async () => {
  const sockets: NodeJS.WritableStream[] = [];
  const server = createServer().on("connect", (_request, socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (sockets.forEach((socket) => socket.end()), void server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("HTTPS_PROXY", url);
  const error = await open(1_000).catch((thrown: unknown) => thrown as AwsError);
  expect(diagnosticOfAwsError(error as AwsError, "eu-west-1").summary).toBe(`the proxy ${url}, which HTTPS_PROXY names, does not answer.`);
  expect((error as AwsError).message).toContain("no data within 900 ms");
  expect(sockets.length).toBeGreaterThan(0);
});
