/** Pages of a listing, with AWS's limits and opaque tokens. */
import { AwsFault } from "./model.ts";
import type { Call } from "./model.ts";

export interface Paging<T> {
  /** The table key of an item. The next page begins after the last item of this one, even if items came or went in between. */
  readonly key: (item: T) => string;
  /** Whether an item is part of the listing; all are when absent. It runs only for items of the page, so that many pages stay cheap. */
  readonly fits?: (item: T) => boolean;
  readonly max: number;
  readonly min?: number;
  /** Size of a page when the caller gives none. When absent, a page holds everything, as in most EC2 calls. */
  readonly size?: number;
  /**
   * The service whose names for limit and token apply: "ec2" MaxResults and NextToken, "rds" MaxRecords and Marker, "elbv2" PageSize and
   * Marker → NextMarker, "autoscaling" MaxRecords and NextToken, "iam" MaxItems and Marker, "acm" MaxItems and NextToken, "kms" Limit and
   * Marker → NextMarker, "logs" limit and nextToken, "efs" MaxItems and Marker → NextMarker, "s3" MaxBuckets and ContinuationToken,
   * "tagging" ResourcesPerPage and PaginationToken.
   */
  readonly names?: keyof typeof NAMES;
  /** The ids that the caller asked for. EC2 refuses ids together with MaxResults. */
  readonly ids?: readonly string[] | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Members to spread into the answer: the token under the service's own name, or nothing on the last page. */
  readonly next: {
    readonly NextToken?: string;
    readonly Marker?: string;
    readonly NextMarker?: string;
    readonly nextToken?: string;
    readonly PaginationToken?: string;
    readonly ContinuationToken?: string;
  };
}

/** The page that the input asks for, from the items of `all` that fit. */
export function page<T>(call: Call, all: readonly T[], input: object, paging: Paging<T>): Page<T> {
  const names = NAMES[paging.names ?? "ec2"];
  const asked = input as Readonly<Record<string, unknown>>;
  const limit = asked[names.limit] as number | undefined;
  const token = asked[names.token] as string | undefined;
  checkLimit(limit, names.limit, paging, call);
  if (limit !== undefined && paging.ids !== undefined && paging.ids.length > 0 && call.service === "ec2") {
    throw new AwsFault("InvalidParameterCombination", "The parameter MaxResults cannot be used with a list of ids in the same request");
  }
  const from = token ? readToken(token, call) : { began: call.now, place: 0, after: "" };
  const size = limit ?? paging.size ?? Math.max(all.length, 1);
  const items: T[] = [];
  let end = token ? placeAfter(all, from, paging.key) : 0;
  for (let place = end; place < all.length; place++) {
    const item = all[place]!;
    if ((token && call.skips(paging.key(item), from.began)) || paging.fits?.(item) === false) continue;
    if (items.length === size)
      return { items, next: { [names.next]: writeToken({ began: from.began, place: end, after: paging.key(items.at(-1)!) }, call) } };
    items.push(item);
    end = place + 1;
  }
  return { items, next: {} };
}

const NAMES = {
  ec2: { limit: "MaxResults", token: "NextToken", next: "NextToken" },
  autoscaling: { limit: "MaxRecords", token: "NextToken", next: "NextToken" },
  rds: { limit: "MaxRecords", token: "Marker", next: "Marker" },
  elbv2: { limit: "PageSize", token: "Marker", next: "NextMarker" },
  logs: { limit: "limit", token: "nextToken", next: "nextToken" },
  tagging: { limit: "ResourcesPerPage", token: "PaginationToken", next: "PaginationToken" },
  iam: { limit: "MaxItems", token: "Marker", next: "Marker" },
  acm: { limit: "MaxItems", token: "NextToken", next: "NextToken" },
  kms: { limit: "Limit", token: "Marker", next: "NextMarker" },
  efs: { limit: "MaxItems", token: "Marker", next: "NextMarker" },
  s3: { limit: "MaxBuckets", token: "ContinuationToken", next: "ContinuationToken" },
} as const;

/** The position of a listing: when it began, the place after its last item, and the key of that item. */
interface Token {
  readonly began: number;
  readonly place: number;
  readonly after: string;
}

/** The place after the last item given; if that item is gone, its old place. */
function placeAfter<T>(all: readonly T[], token: Token, key: (item: T) => string): number {
  const near = all[token.place - 1];
  if (near !== undefined && key(near) === token.after) return token.place;
  const found = all.findIndex((item) => key(item) === token.after);
  return found >= 0 ? found + 1 : Math.min(token.place, all.length);
}

function checkLimit(limit: number | undefined, name: string, paging: { readonly max: number; readonly min?: number }, call: Call): void {
  const min = paging.min ?? 1;
  if (limit === undefined || (limit >= min && limit <= paging.max)) return;
  const range = `between ${min} and ${paging.max}`;
  if (call.service === "ec2")
    throw new AwsFault("InvalidParameterValue", `Value ( ${limit} ) for parameter ${name} is invalid. Expecting a value ${range}.`);
  if (call.service === "rds" || call.service === "elasticache")
    throw new AwsFault("InvalidParameterValue", `Invalid value ${limit} for ${name}. Must be ${range}`);
  const code = LIMIT_FAULT[call.service] ?? "ValidationError";
  throw new AwsFault(
    code,
    `1 validation error detected: Value '${limit}' at '${name}' failed to satisfy constraint: Member must have value ${range}`,
  );
}

function writeToken(token: Token, call: Call): string {
  return Buffer.from(JSON.stringify([call.operation, token.began, token.place, token.after])).toString("base64url");
}

function readToken(text: string, call: Call): Token {
  const [operation, began, place, after] = parsed(text);
  if (operation !== call.operation || typeof began !== "number" || typeof place !== "number" || typeof after !== "string") {
    throw new AwsFault(BAD_TOKEN[call.service] ?? "InvalidNextToken", "The token is not valid for this request.");
  }
  return { began, place, after };
}

const BAD_TOKEN: Readonly<Record<string, string>> = {
  acm: "ValidationException",
  cloudformation: "ValidationError",
  ec2: "InvalidParameterValue",
  efs: "BadRequest",
  elasticache: "InvalidParameterValue",
  rds: "InvalidParameterValue",
  elbv2: "ValidationError",
  iam: "ValidationError",
  kms: "InvalidMarkerException",
  logs: "InvalidParameterException",
  s3: "InvalidArgument",
  secretsmanager: "InvalidNextTokenException",
  tagging: "PaginationTokenExpiredException",
};

const LIMIT_FAULT: Readonly<Record<string, string>> = {
  acm: "ValidationException",
  efs: "BadRequest",
  ssm: "ValidationException",
  iam: "ValidationError",
  kms: "ValidationException",
  logs: "InvalidParameterException",
  s3: "InvalidArgument",
  secretsmanager: "InvalidParameterException",
  tagging: "InvalidParameterException",
};

function parsed(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return []; // not a token of the sandbox: the caller gets an error
  }
}
