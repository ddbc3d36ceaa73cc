/**
 * Who may talk to a served sandbox: programs, and no page in a browser, which reaches 127.0.0.1 as well. A page cannot choose
 * its `Host` (so another name that was made to mean this machine shows itself) nor leave out `Origin` where it writes, and no
 * form and no image can ask with a method or a type of content other than its own: https://fetch.spec.whatwg.org/#origin-header
 */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** What is known of a request before its body is read. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Where the sandbox listens. */
export interface Doorstep {
  /** As it was asked for, "127.0.0.1" unless somebody said otherwise. */
  readonly host: string;
  readonly port: number;
}

/** The longest body: hundreds of times the longest request that an AWS client makes. */
export const longestBody = 8 * 1024 * 1024;

/** Why a request is not heard; undefined where it is. */
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

/** No page can send `Authorization` elsewhere without asking first, by OPTIONS, which is refused. */
function isSigned(method: string, { authorization }: IncomingHttpHeaders): boolean {
  return ["GET", "HEAD", "PUT", "DELETE"].includes(method) && authorization?.startsWith("AWS4-HMAC-SHA256 ") === true;
}

const unsigned: Refusal = { status: 405, message: "The sandbox takes AWS's calls by POST, and others where they are signed." };

export const tooLong: Refusal = { status: 413, message: `The sandbox takes at most ${longestBody} bytes.` };

/** The sandbox's own paths, which AWS has not. */
export function isOwn(path: string): boolean {
  return path.startsWith("/_sandbox/");
}

/** This machine's own names; where it was asked to listen elsewhere, also that name and every address without a name. */
function isOurName(header: string, { host, port }: Doorstep): boolean {
  const [, bracketed, plain, shownPort] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(header) ?? [];
  const name = (bracketed ?? plain ?? "").toLowerCase();
  if (Number(shownPort ?? 80) !== port) return false;
  if (["127.0.0.1", "localhost", "::1"].includes(name)) return true;
  const isElsewhere = !["127.0.0.1", "localhost", "::1"].includes(host);
  return isElsewhere && (name === host.toLowerCase() || isIP(name) !== 0);
}
