/** How the SDK's own HTTP client is set up: limits of time, and the proxies that the environment names. */
import { Agent as HttpAgent, type AgentOptions, type ClientRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";

const sockets: AgentOptions = { keepAlive: true, maxSockets: 128 };

/** What the SDK takes as `requestHandler`. `deadline`: milliseconds for a whole call; it is the last word, and these come before it. */
export async function httpSettings(deadline: number, env: NodeJS.ProcessEnv = process.env) {
  const connectionTimeout = Math.min(10_000, deadline);
  const proxies = namesProxy(env) ? await proxyAgents(connectionTimeout * 0.9) : undefined; // the SDK's own limit knows of no proxy
  return {
    connectionTimeout,
    requestTimeout: deadline,
    httpAgent: proxies?.http ?? sockets,
    httpsAgent: proxies?.https ?? sockets,
  };
}

/** The names that curl, the AWS CLI and Terraform read too. */
function namesProxy(env: NodeJS.ProcessEnv): boolean {
  return ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].some((name) => env[name] || env[name.toLowerCase()]);
}

/**
 * Agents that ask for every host whether it is reached through a proxy (NO_PROXY), and wait `limit` milliseconds for one. Loaded only
 * where one is named.
 */
async function proxyAgents(limit: number) {
  const [{ HttpProxyAgent }, { HttpsProxyAgent }, { getProxyForUrl }] = await Promise.all([
    import("http-proxy-agent"),
    import("https-proxy-agent"),
    import("proxy-from-env"),
  ]);
  return {
    http: new AgentByHost("http:", new HttpAgent(sockets), getProxyForUrl, (proxy) =>
      named(new HttpProxyAgent(proxy, sockets), "http", limit),
    ),
    https: new AgentByHost("https:", new HttpsAgent(sockets), getProxyForUrl, (proxy) =>
      named(new HttpsProxyAgent(proxy, sockets), "https", limit),
    ),
  };
}

/** Which proxy a request could not get through, and who names it. It stands in the error, as `proxy`. */
export interface FailedProxy {
  /** Without its password. */
  readonly url: string;
  readonly variable: string;
}

/**
 * An agent whose failures to connect tell which proxy it was: Node's error has only an address, which looks like that of AWS. A proxy that
 * accepts and then says nothing for `limit` milliseconds is one of them.
 */
function named<P extends { readonly proxy: URL }, A extends readonly unknown[]>(
  agent: HttpAgent & P & { connect(...args: A): Promise<unknown> },
  scheme: "http" | "https",
  limit: number,
): HttpAgent {
  const connect = agent.connect.bind(agent);
  const proxy: FailedProxy = { url: `${agent.proxy.protocol}//${agent.proxy.host}`, variable: variableOf(scheme) };
  agent.connect = (...args: A) =>
    within(limit, connect(...args)).catch((cause: unknown) => {
      throw Object.assign(cause instanceof Error ? cause : new Error(String(cause)), { proxy });
    });
  return agent;
}

/** @throws an error with the code ETIMEDOUT when the promise has not come to an end in `limit` milliseconds. */
async function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`nothing came within ${limit} ms`), { code: "ETIMEDOUT" })), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The variable that names the proxy, in the order in which `proxy-from-env` looks. */
function variableOf(scheme: "http" | "https"): string {
  const names = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), "all_proxy", "ALL_PROXY"];
  return names.find((name) => process.env[name]) ?? names[1]!;
}

/** What Node calls on the agent of a request. */
interface RequestAgent {
  addRequest(request: ClientRequest, options: RequestOptions & { secureEndpoint?: boolean }): void;
  destroy(): void;
}

/** Stands in for an agent, and hands each request to that of its host. */
class AgentByHost implements RequestAgent {
  readonly protocol: "http:" | "https:";
  readonly defaultPort: number;
  readonly keepAlive = true;
  readonly maxSockets = sockets.maxSockets;
  readonly sockets = {};
  readonly requests = {};
  readonly #direct: RequestAgent;
  readonly #proxyOf: (url: string) => string;
  readonly #make: (proxy: string) => RequestAgent;
  readonly #agents = new Map<string, RequestAgent>();

  constructor(protocol: "http:" | "https:", direct: HttpAgent, proxyOf: (url: string) => string, make: (proxy: string) => HttpAgent) {
    this.protocol = protocol;
    this.defaultPort = protocol === "https:" ? 443 : 80;
    this.#direct = direct as unknown as RequestAgent; // Node's agents have the method; their types leave it out
    this.#proxyOf = proxyOf;
    this.#make = make as unknown as (proxy: string) => RequestAgent;
  }

  addRequest(request: ClientRequest, options: RequestOptions): void {
    const { host, port } = options;
    const url = `${this.protocol}//${host?.includes(":") ? `[${host}]` : (host ?? "localhost")}:${port ?? this.defaultPort}`;
    this.#agentFor(this.#proxyOf(url)).addRequest(request, { ...options, secureEndpoint: this.protocol === "https:" });
  }

  destroy(): void {
    for (const agent of [this.#direct, ...this.#agents.values()]) agent.destroy();
  }

  #agentFor(proxy: string): RequestAgent {
    if (proxy === "") return this.#direct;
    const known = this.#agents.get(proxy);
    if (known) return known;
    const made = this.#make(proxy);
    this.#agents.set(proxy, made);
    return made;
  }
}
