/** One request to AWS as it went over the wire. */
export interface Call {
  /** "ec2", "ssm": the service name in the signature. */
  readonly service: string;
  readonly operation: string;
  readonly isWrite: boolean;
  /** The parameters of the query protocols; empty for the JSON protocols. */
  readonly parameters: URLSearchParams;
}

/** A request as the proxy or moto's recorder reports it; `url` may be a path alone. */
export interface Carried {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Reads service, operation and parameters from a request. A REST request names no operation, so its method and path stand for it. */
export function callOf({ method = "POST", url = "/", headers, body }: Carried): Call {
  const header = (name: string) =>
    Object.entries(headers)
      .find(([key]) => key.toLowerCase() === name)?.[1]
      ?.toString() ?? "";
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(header("authorization"))?.[1] ?? "unsigned";
  const target = header("x-amz-target").split(".").at(-1)!;
  const parameters = new URLSearchParams(target === "" ? body : "");
  const named = target || parameters.get("Action");
  const path = new URL(url, "http://aws.invalid").pathname;
  if (!named) return { service, operation: `${method} ${path}`, isWrite: !isRestRead(method, path), parameters };
  return { service, operation: named, isWrite: !/^(Describe|Get|List|Search|AssumeRole)/.test(named), parameters };
}

/** Route 53's ListTagsForResources is a POST (Route 53 API Reference). */
function isRestRead(method: string, path: string): boolean {
  return method === "GET" || method === "HEAD" || /^\/2013-04-01\/tags\/\w+\/?$/.test(path);
}

/** Returns the writes to the account's resources, in the order in which they were sent. The writes of the lease do not count. */
export function writes(calls: readonly Call[]): string[] {
  return calls.filter(({ isWrite, service }) => isWrite && service !== "ssm").map(({ operation }) => operation);
}

/** Returns every call that writes, including those of the lease. */
export function allWrites(calls: readonly Call[]): string[] {
  return calls.filter(({ isWrite }) => isWrite).map(({ service, operation }) => `${service}:${operation}`);
}
