/** What a connection to AWS is told, and what it tells. */
import type { Aws, ServiceName } from "./aws.ts";
import type { CallLog } from "./calls.ts";
import { type CallRecord } from "./calls.ts";
import type { ClientCache } from "./client.ts";
import type { Clock } from "@plumbline/clock";

export interface ConnectOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly profile?: string | undefined;
  /** The in-process sandbox; absent: the SDK's own HTTP client, endpoint and credential chain. */
  readonly requestHandler?: object | undefined;
  /** Keys, or where to get them: asked again before they expire. */
  readonly credentials?: Keys | (() => Promise<Keys & { readonly expiration?: Date }>) | undefined;
  /** Product tokens after the SDK's own: `infra/1.2.3 run/abc commit/def`. */
  readonly userAgent?: readonly (readonly [string, string])[] | undefined;
  /** Hears of every request that was answered or failed: `--trace`. */
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  /** Hears of every throttled call that will be sent again: what takes its time must not look as if it had died. */
  readonly onThrottle?: ((throttled: Throttled) => void) | undefined;
  /** Gives up asking who we are. */
  readonly signal?: AbortSignal | undefined;
  /** Counts the calls, and knows which of them are waited for. */
  readonly calls?: CallLog | undefined;
  /** How much an endpoint may take of our time and memory, where it is not what is usual. */
  readonly bounds?: Partial<Bounds> | undefined;
  /** SDK clients to share between connections of the same settings: making them is most of the cost of a short run. */
  readonly clients?: ClientCache | undefined;
}

/** What no call may exceed. Without them a broken endpoint would keep a run for ever. */
export interface Bounds {
  /**
   * Milliseconds of real time for a call, from the request's first byte to the answer's last. `Infinity`: none, for what
   * answers in virtual time, such as the sandbox. Virtual time stands still while a deadline runs.
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
  /** Milliseconds since the call was wanted. */
  readonly ms: number;
}

export interface Connection {
  readonly aws: Aws;
  readonly calls: CallLog;
  /** Called before every write from then on; what it throws stops the call. The lease's fence. */
  fence(check: Fence | undefined): void;
  /** Who AWS says we are. */
  readonly identity: { readonly account: string; readonly arn: string };
}

export type Fence = () => void | Promise<void>;
