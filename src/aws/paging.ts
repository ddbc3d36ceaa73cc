import { AwsError } from "./errors.ts";

type TokenName = "NextToken" | "NextMarker" | "Marker" | "nextToken" | "PaginationToken" | "ContinuationToken";

type Answer = Partial<Record<TokenName, string>> & { readonly IsTruncated?: boolean };

/** Follows a listing from page to page. Throws when the endpoint would make the listing endless. */
export class Paging {
  readonly #service: string;
  readonly #most: number;
  readonly #seen = new Set<string>();

  constructor(service: string, most: number) {
    this.#service = service;
    this.#most = most;
  }

  /** Returns the member that the next request needs, under the name that the service uses. Undefined after the last page. */
  next(operation: string, output: unknown): Readonly<Record<string, string>> | undefined {
    const { NextToken, NextMarker, Marker, nextToken, PaginationToken, ContinuationToken, IsTruncated } = output as Answer;
    if (IsTruncated === false) return undefined; // Route 53 repeats the marker of the request on its last page
    const token = NextToken || NextMarker || Marker || nextToken || PaginationToken || ContinuationToken;
    if (!token) return undefined;
    if (this.#seen.has(token)) throw this.#endless(operation, "a page token that it had already returned");
    this.#seen.add(token);
    if (this.#seen.size >= this.#most) throw this.#endless(operation, `more than ${this.#most} pages`);
    if (NextToken) return { NextToken };
    if (nextToken) return { nextToken };
    if (ContinuationToken) return { ContinuationToken };
    return PaginationToken ? { PaginationToken } : { Marker: token };
  }

  #endless(operation: string, what: string): AwsError {
    return new AwsError({
      class: "validation",
      code: "UnexpectedAnswer",
      message: `${this.#service} ${operation}: the endpoint answered with ${what}, so that the list would not end`,
      service: this.#service,
      operation,
      status: 200,
      requestId: undefined,
      attempts: 1,
    });
  }
}
