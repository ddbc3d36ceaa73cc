/** A request as it arrives, from any client. */
export interface WireRequest {
  readonly method: string;
  readonly host: string;
  /** The path with the query string, if there is one. */
  readonly path: string;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
