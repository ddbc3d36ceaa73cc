/** Turns an error of the SDK into an AwsError, with its code, its class, and whether anything had been sent. */
import { NotAnAnswer } from "./answer-check.ts";
import { AwsError, classify, type ErrorClass } from "./errors.ts";
import { skewIn } from "./skew.ts";

/** The call that failed. */
export interface FailedCall {
  readonly service: string;
  readonly operation: string;
  readonly attempts: number;
  /** The call must not be sent twice. When its answer is lost, its outcome is unknown. */
  readonly isOnce: boolean;
  /** The call has a client token, and its caller looks for the new object before it sends the call again. */
  readonly hasToken: boolean;
  /** Our clock, in milliseconds. */
  readonly now: number;
}

export function understand(cause: unknown, call: FailedCall): AwsError {
  const { service, operation, attempts, isOnce, hasToken } = call;
  const error = (cause ?? {}) as SdkError;
  const status = cause instanceof NotAnAnswer ? cause.status : (error.$metadata?.httpStatusCode ?? error.$response?.statusCode);
  const isAlien = cause instanceof NotAnAnswer || isUnreadable(error);
  const code = isAlien ? "UnexpectedAnswer" : (textOf(error.Code) ?? socketCode(error) ?? textOf(error.name) ?? "Unknown");
  const message = isAlien ? alienText(call, status, cause) : (textOf(error.message) ?? String(cause));
  const isUnsent = !isAlien && isBeforeSending(error);
  let cls: ErrorClass = isAlien ? classOfAlien(status) : classify(code, message, status, operation);
  if (isUnsent) cls = "network";
  else if ((isOnce || hasToken) && (cls === "transient" || cls === "network")) cls = "ambiguous";
  const skew = skewIn(code, message, error.$response?.headers?.["date"], call.now);
  const requestId = error.$metadata?.requestId;
  return new AwsError(
    { class: cls, code, message, service, operation, status, requestId, attempts, isUnsent, hasToken: !isOnce && hasToken, skew },
    cause,
  );
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: string;
  readonly code?: string;
  /** The system call of Node's socket that failed. */
  readonly syscall?: string;
  /** One error for each address of the host name that was tried. */
  readonly errors?: readonly SdkError[];
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

function alienText({ service, operation }: FailedCall, status: number | undefined, cause: unknown): string {
  const { message = "" } = cause as SdkError;
  const what = cause instanceof NotAnAnswer ? message : `something that is not AWS's (${firstLine(message)})`;
  return `${service} ${operation}: the endpoint answered${status ? ` HTTP ${status}` : ""} with ${what}`;
}

/** A broken server may answer with a proxy's page before it is up again. A redirect or 4xx that is not AWS's is no outage. */
function classOfAlien(status: number | undefined): ErrorClass {
  return status !== undefined && status >= 300 && status < 500 ? "validation" : "transient";
}

/** Returns a member of an answer as text. A member that is not text comes from something that is not AWS. */
function textOf(member: unknown): string | undefined {
  if (member === undefined || member === null) return undefined;
  return typeof member === "string" ? member : JSON.stringify(member);
}

/** Whether the SDK could not parse the answer: a page that was cut off, a crash of an emulator. */
function isUnreadable(error: SdkError): boolean {
  if (error.Code) return false;
  return (
    error.name === "SyntaxError" || /XML parse error|Unexpected token|Deserialization error|mismatched tags/i.test(error.message ?? "")
  );
}

/** Whether no connection was made: the host name was not found, or nothing listens there. */
function isBeforeSending({ code = "", syscall, errors }: SdkError): boolean {
  if (errors !== undefined && errors.length > 0) return errors.every(isBeforeSending);
  return syscall === "connect" || syscall === "getaddrinfo" || /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(code);
}

function socketCode(error: SdkError): string | undefined {
  return typeof error.code === "string" && /^E[A-Z_]+$/.test(error.code) ? error.code : undefined;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.slice(0, 160);
}
