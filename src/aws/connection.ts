/** The options and the parts of a connection to AWS. */
import type { Aws, ServiceName } from "./aws.ts";
import type { CallLog } from "./calls.ts";
import { type CallRecord } from "./calls.ts";
import type { ClientCache } from "./client.ts";
import type { Clock } from "@plumbline/clock";

export interface ConnectOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly profile?: string | undefined;
  /** The in-process sandbox. When absent, the SDK's own HTTP client, endpoint and credential chain are used. */
  readonly requestHandler?: object | undefined;
  /** Keys, or a function that gets them; it is called again before they expire. */
  readonly credentials?: Keys | (() => Promise<Keys & { readonly expiration?: Date }>) | undefined;
  /** Product tokens after the SDK's own: `infra/1.2.3 run/abc commit/def`. */
  readonly userAgent?: readonly (readonly [string, string])[] | undefined;
  /** Called for every request that was answered or failed: `--trace`. */
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  /** Called for every throttled call that will be sent again, so that a slow run does not look dead. */
  readonly onThrottle?: ((throttled: Throttled) => void) | undefined;
  /** Ends the first call, which asks who we are. */
  readonly signal?: AbortSignal | undefined;
  /** Counts the calls, and holds those that are still without an answer. */
  readonly calls?: CallLog | undefined;
  /** Limits on an endpoint's use of our time and memory, where they differ from the usual ones. */
  readonly bounds?: Partial<Bounds> | undefined;
  /** SDK clients that connections with the same settings share. Making the clients is most of the cost of a short run. */
  readonly clients?: ClientCache | undefined;
}

/** Limits for every call. Without them a broken endpoint could hold up a run for ever. */
export interface Bounds {
  /**
   * Milliseconds of real time for a call, from the first byte of the request to the last byte of the answer. `Infinity` means no deadline,
   * for an endpoint that answers in virtual time, such as the sandbox. Virtual time stands still while a deadline runs.
   */
  readonly deadline: number;
  /** Bytes of one answer. A page of a thousand instances is ten megabytes. */
  readonly bytes: number;
  /** Pages of one listing. */
  readonly pages: number;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Throttled {
  readonly service: ServiceName;
  readonly operation: string;
  /** Milliseconds since the caller wanted the call. */
  readonly ms: number;
}

export interface Connection {
  readonly aws: Aws;
  readonly calls: CallLog;
  /** Sets a check that runs before every write from now on. If it throws, the call is not sent. The lease uses it as its fence. */
  fence(check: Fence | undefined): void;
  /** The identity that AWS reports for us. */
  readonly identity: { readonly account: string; readonly arn: string };
}

export type Fence = () => void | Promise<void>;
