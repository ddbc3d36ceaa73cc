/**
 * Decides who may talk to a served sandbox: programs may, pages in a browser may not, although they can reach 127.0.0.1. A page cannot
 * choose its `Host` header, so a foreign name that resolves to this computer is noticed. A page cannot leave out `Origin` when it writes,
 * and forms and images can use only their own methods and content types: https://fetch.spec.whatwg.org/#origin-header
 */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** The facts of a request that are known before its body is read. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The address where the sandbox listens. */
export interface Doorstep {
  /** The host that the user asked for; "127.0.0.1" by default. */
  readonly host: string;
  readonly port: number;
}

/** The largest allowed body: hundreds of times the largest request of an AWS client. */
export const longestBody = 8 * 1024 * 1024;

/** Why a request is refused; undefined when it is accepted. */
export function whyRefused({ method, path, headers }: Knock, doorstep: Doorstep): Refusal | undefined {
  if (!isOurName(headers.host ?? "", doorstep))
    return {
      status: 403,
      message: `The sandbox does not answer to the host "${headers.host ?? ""}"; it is served at ${doorstep.host}:${doorstep.port}.`,
    };
  const from = headers["sec-fetch-site"];
  if (headers.origin !== undefined || (from !== undefined && from !== "none"))
    return { status: 403, message: "The sandbox answers programs, not pages in a browser." };
  if (Number(headers["content-length"] ?? 0) > longestBody) return tooLong;
  if (!isOwn(path)) return method === "POST" || isSigned(method, headers) ? undefined : unsigned;
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const hasBody = Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
  if (type === "application/json" || (type === undefined && !hasBody)) return undefined;
  return { status: 415, message: `${path} takes content of the type application/json.` };
}

/** Whether a request is signed. A page cannot send `Authorization` to another origin without an OPTIONS request first, which is refused. */
function isSigned(method: string, { authorization }: IncomingHttpHeaders): boolean {
  return ["GET", "HEAD", "PUT", "DELETE"].includes(method) && authorization?.startsWith("AWS4-HMAC-SHA256 ") === true;
}

const unsigned: Refusal = { status: 405, message: "The sandbox takes AWS's calls by POST, and others where they are signed." };

export const tooLong: Refusal = { status: 413, message: `The sandbox takes at most ${longestBody} bytes.` };

/** Whether a path is one of the sandbox's own, which AWS does not have. */
export function isOwn(path: string): boolean {
  return path.startsWith("/_sandbox/");
}

/**
 * Whether a Host header names this server: the local names of this computer always; if it listens on another
 * host, also that host and every IP address.
 */
function isOurName(header: string, { host, port }: Doorstep): boolean {
  const [, bracketed, plain, shownPort] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(header) ?? [];
  const name = (bracketed ?? plain ?? "").toLowerCase();
  if (Number(shownPort ?? 80) !== port) return false;
  if (["127.0.0.1", "localhost", "::1"].includes(name)) return true;
  const isElsewhere = !["127.0.0.1", "localhost", "::1"].includes(host);
  return isElsewhere && (name === host.toLowerCase() || isIP(name) !== 0);
}
