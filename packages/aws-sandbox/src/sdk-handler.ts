import type { HttpHandler } from "@smithy/core/protocols";
import { HttpResponse } from "@smithy/core/protocols";
import type { WireAnswer, WireRequest } from "./protocol/wire.ts";

/** The type of `requestHandler` in SDK v3 clients. */
export type SdkHandler = HttpHandler & { destroy(): void };

/** Passes a client's requests to `fetch` instead of the network. */
export function sdkHandler(fetch: (request: WireRequest, signal?: AbortSignal) => Promise<WireAnswer>): SdkHandler {
  return {
    metadata: { handlerProtocol: "h1" },
    async handle(request, options) {
      const signal = options?.abortSignal as AbortSignal | undefined;
      signal?.throwIfAborted();
      const answer = await fetch(toWire(request), signal);
      return { response: new HttpResponse({ statusCode: answer.status, headers: { ...answer.headers }, body: answer.body }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

/** The query with its question mark; empty when there is no query. */
function searchOf(query: SdkRequest["query"]): string {
  const words = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().map((one) => (one === null ? encodeURIComponent(key) : `${encodeURIComponent(key)}=${encodeURIComponent(one)}`)),
  );
  return words.length === 0 ? "" : `?${words.join("&")}`;
}

type SdkRequest = Parameters<HttpHandler["handle"]>[0];

function toWire(request: SdkRequest): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return {
    method: request.method,
    host: request.hostname,
    path: request.path + searchOf(request.query),
    headers,
    body: (request.body ?? "") as string | Uint8Array,
  };
}
