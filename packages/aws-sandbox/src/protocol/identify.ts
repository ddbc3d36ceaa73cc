/** Reads service, operation, account and region from a request's headers, path and body, before any service is loaded. */
import { toUtf8 } from "@smithy/core/serde";
import { AwsFault } from "../model.ts";
import { homeOf, type ServiceEntry, type Services } from "../services/index.ts";
import { decode, parseForm } from "./query.ts";
import type { FormNode } from "./query.ts";
import type { WireRequest } from "./wire.ts";

/** The format of a request, and so of its answer. */
export type Dialect =
  | { readonly kind: "form"; readonly form: FormNode }
  | { readonly kind: "json"; readonly version: "1.0" | "1.1" }
  | { readonly kind: "rest"; readonly method: string }
  | { readonly kind: "cbor" };

export interface Identified {
  readonly dialect: Dialect;
  /** Our name of the service; undefined when the sandbox has no such service. */
  readonly service: string | undefined;
  readonly entry: ServiceEntry | undefined;
  /** The service as the client named it, for messages. */
  readonly signingName: string;
  /** Empty when only method and path tell the operation, until the schemas of the service are loaded. */
  readonly operation: string;
  readonly region: string;
  readonly account: string;
}

const DEFAULT_ACCOUNT = "123456789012";
const DEFAULT_REGION = "us-east-1";

export function identify(request: WireRequest, services: Services): Identified {
  const scope = credentialScope(request);
  const signingName = scope.service ?? hostService(request.host);
  const { dialect, operation, target, version } = isRest(signingName, services) ? rest(request) : dialectOf(request);
  const found = Object.entries(services).find(([, entry]) => speaksTo(entry, signingName, target, version));
  const region = scope.region ?? hostRegion(request.host) ?? DEFAULT_REGION;
  return {
    dialect,
    service: found?.[0],
    entry: found?.[1],
    signingName: signingName ?? "unknown",
    operation,
    region: found?.[1].isGlobal ? homeOf(region) : region,
    account: accountOf(scope.accessKey),
  };
}

function isRest(signingName: string | undefined, services: Services): boolean {
  return signingName !== undefined && Object.values(services).some((entry) => entry.rest && entry.signingName === signingName);
}

/** A REST request without its operation: it needs the service's schemas. */
function rest({ method }: WireRequest): ReturnType<typeof dialectOf> {
  return { dialect: { kind: "rest", method }, operation: "" };
}

/**
 * The account of an access key. A key that ends in twelve digits (like the keys from AssumeRole here) belongs to that
 * account, any other key to the default one.
 */
function accountOf(accessKey: string | undefined): string {
  return /(\d{12})$/.exec(accessKey ?? "")?.[1] ?? DEFAULT_ACCOUNT;
}

/** Whether a region can have this name. Regions are also file names, so any other text is refused here. */
export function isRegion(name: string): boolean {
  return /^[a-z]{2,8}(-[a-z]{1,20}){1,4}-\d{1,2}$/.test(name);
}

function credentialScope(request: WireRequest): { accessKey?: string; region?: string; service?: string } {
  const signed = request.headers["authorization"] ?? decode(/[?&]X-Amz-Credential=([^&]+)/.exec(request.path)?.[1] ?? "");
  const [, accessKey, region, service] = /(?:Credential=|^)([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(signed) ?? [];
  return { ...(accessKey && { accessKey }), ...(region && { region }), ...(service && { service }) };
}

function dialectOf(request: WireRequest): { dialect: Dialect; operation: string; target?: string; version?: string } {
  const rpc = /\/service\/([^/]+)\/operation\/([^/?]+)/.exec(request.path);
  if (rpc && request.headers["smithy-protocol"] === "rpc-v2-cbor")
    return { dialect: { kind: "cbor" }, operation: rpc[2]!, target: rpc[1]! };
  const target = request.headers["x-amz-target"];
  if (target !== undefined) {
    const dot = target.lastIndexOf(".");
    const version = request.headers["content-type"]?.includes("json-1.0") ? "1.0" : "1.1";
    return { dialect: { kind: "json", version }, operation: target.slice(dot + 1), target: target.slice(0, dot) };
  }
  const form = parseForm(formText(request));
  const version = form.kids?.get("Version")?.text;
  return { dialect: { kind: "form", form }, operation: form.kids?.get("Action")?.text ?? "", ...(version !== undefined && { version }) };
}

function formText(request: WireRequest): string {
  const query = request.path.includes("?") ? request.path.slice(request.path.indexOf("?") + 1) : "";
  const body = textOf(request.body);
  return body === "" ? query : body;
}

/**
 * Whether a request is for this service. The API version alone tells it when the request is not signed and the host has no service name.
 */
function speaksTo(entry: ServiceEntry, signingName: string | undefined, target: string | undefined, version: string | undefined): boolean {
  if (target !== undefined) return entry.target === target;
  if (signingName === undefined) return version === entry.version;
  return entry.signingName === signingName && (version === undefined || version === entry.version);
}

function hostService(host: string): string | undefined {
  return /^([a-z][a-z0-9-]*)\.(?:[a-z0-9-]+\.)*(?:amazonaws|api)\./.exec(host)?.[1];
}

function hostRegion(host: string): string | undefined {
  return /^[a-z0-9-]+\.((?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d)\./.exec(host)?.[1];
}

export function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : toUtf8(body);
}

/** The error for a service or operation that the sandbox does not have. Status 400, because clients retry most 5xx errors. */
export function notModelled(identified: Pick<Identified, "service" | "entry" | "signingName" | "operation">): AwsFault {
  const name = identified.service ?? identified.signingName;
  const what = identified.entry
    ? `the operation ${identified.operation || "(none)"} of ${name}`
    : `the service ${name} (operation ${identified.operation || "(none)"})`;
  return new AwsFault("NotImplemented", `The sandbox has no model of ${what}.`);
}
