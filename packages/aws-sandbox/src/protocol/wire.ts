/** A request as it arrives, whoever sent it, and the answer to it. */
export interface WireRequest {
  readonly method: string;
  readonly host: string;
  /** With the query string, if there is one. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
