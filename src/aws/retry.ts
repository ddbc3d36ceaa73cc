/** Decides which failed calls are sent again, and after what pause. */
import type { AwsError } from "./errors.ts";
import { isRead } from "./limits.ts";

/** Milliseconds for which an outage is waited out when the caller sets no other time. */
export const defaultOutageTimeout = 60_000;

/** Milliseconds for which throttled calls are sent again, since AWS did not carry them out. */
const throttleTimeout = 600_000;

export interface Tried {
  readonly error: AwsError;
  readonly attempts: number;
  /** Milliseconds since the caller wanted the call. */
  readonly elapsed: number;
  /** Milliseconds for which an outage is waited out. */
  readonly outageTimeout: number;
  /** A create without a token. */
  readonly isOnce: boolean;
  /** Whether this connection has ever had an answer. A failure before the first answer means a wrong endpoint, not an outage. */
  readonly hasAnswered: boolean;
}

export function mayRepeat({ error, attempts, elapsed, outageTimeout, isOnce, hasAnswered }: Tried): boolean {
  const isOutage = hasAnswered && elapsed < outageTimeout;
  switch (error.class) {
    case "throttle":
      return elapsed < throttleTimeout;
    case "expired":
      return error.skew !== undefined && attempts < 2; // the SDK has corrected its clock by the date of the refusal
    case "network":
      return (error.isUnsent || !isOnce) && (isOutage || attempts < (isSlow(elapsed, attempts) ? 2 : 3));
    case "transient":
      if (isOnce) return false;
      return isOutage && !isNonsense(error) ? true : attempts < (isSlow(elapsed, attempts) ? 2 : 5);
    case "concurrency":
      return !isOnce && !isRead(error.operation) && attempts < 8;
    default:
      return false;
  }
}

/** Returns the milliseconds before the next try. They double from a quarter second (a half after a throttle) up to ten seconds. */
export function pause(error: AwsError, attempts: number): number {
  return Math.min(10_000, (error.class === "throttle" ? 500 : 250) * 2 ** (attempts - 1));
}

/**
 * Whether the endpoint does not answer as AWS does, which will not change within minutes. A failure of a server in the words of a proxy is
 * an outage.
 */
function isNonsense({ code, status }: AwsError): boolean {
  return code === "UnexpectedAnswer" && (status === undefined || status < 500);
}

/** Whether calls run into their deadline, or into the ten seconds for a connection. Five such calls would take minutes. */
function isSlow(elapsed: number, attempts: number): boolean {
  return elapsed / attempts > 5_000;
}
