/** Sets up the SDK's own HTTP client: time limits, and the proxies that the environment variables name. */
import { Agent as HttpAgent, type AgentOptions, type ClientRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";

const sockets: AgentOptions = { keepAlive: true, maxSockets: 128 };

/**
 * Returns the SDK's `requestHandler` settings. `deadline`: milliseconds for a whole call. The gate enforces it in the end; these limits
 * come before.
 */
export async function httpSettings(deadline: number, env: NodeJS.ProcessEnv = process.env) {
  const connectionTimeout = Math.min(10_000, deadline);
  const proxies = namesProxy(env) ? await proxyAgents(connectionTimeout * 0.9) : undefined; // the SDK's own limit does not cover a proxy
  return {
    connectionTimeout,
    requestTimeout: deadline,
    httpAgent: proxies?.http ?? sockets,
    httpsAgent: proxies?.https ?? sockets,
  };
}

/** Whether a variable names a proxy. curl, the AWS CLI and Terraform read the same variables. */
function namesProxy(env: NodeJS.ProcessEnv): boolean {
  return ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].some((name) => env[name] || env[name.toLowerCase()]);
}

/**
 * Makes agents that decide for every host whether to use a proxy (NO_PROXY), and wait `limit` milliseconds for a proxy. The packages are
 * loaded only where a proxy is named.
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

/** The proxy that a request could not get through, and the variable that names it. The error has it as `proxy`. */
export interface FailedProxy {
  /** The URL of the proxy without its password. */
  readonly url: string;
  readonly variable: string;
}

/**
 * Makes failures to connect name the proxy. Node's error has only an address, which looks like one of AWS. A proxy that accepts and then
 * sends nothing for `limit` milliseconds counts as a failure, too.
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

/** Returns the promise's result. @throws an error with the code ETIMEDOUT when the promise does not settle within `limit` milliseconds. */
async function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`no data within ${limit} ms`), { code: "ETIMEDOUT" })), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the variable that names the proxy, in the order in which `proxy-from-env` looks. */
function variableOf(scheme: "http" | "https"): string {
  const names = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), "all_proxy", "ALL_PROXY"];
  return names.find((name) => process.env[name]) ?? names[1]!;
}

/** The methods that Node calls on the agent of a request. */
interface RequestAgent {
  addRequest(request: ClientRequest, options: RequestOptions & { secureEndpoint?: boolean }): void;
  destroy(): void;
}

/** An agent that hands each request to the agent of its host. */
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
    this.#direct = direct as unknown as RequestAgent; // Node's agents have the method, but their types leave it out
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
