/** Which failures are sent again, and after what pause. */
import type { AwsError } from "./errors.ts";
import { isRead } from "./limits.ts";

/** Milliseconds for which an outage is waited out where nobody says otherwise. */
export const defaultOutageTimeout = 60_000;

/** Milliseconds for which throttled calls are sent again: they were not carried out. */
const throttleTimeout = 600_000;

export interface Tried {
  readonly error: AwsError;
  readonly attempts: number;
  /** Milliseconds since the call was wanted. */
  readonly elapsed: number;
  /** Milliseconds for which an outage is waited out. */
  readonly outageTimeout: number;
  /** A create without a token. */
  readonly isOnce: boolean;
  /** Whether this way to AWS has ever had an answer: before, what fails is a wrong endpoint and not an outage. */
  readonly hasAnswered: boolean;
}

export function mayRepeat({ error, attempts, elapsed, outageTimeout, isOnce, hasAnswered }: Tried): boolean {
  const isOutage = hasAnswered && elapsed < outageTimeout;
  switch (error.class) {
    case "throttle":
      return elapsed < throttleTimeout;
    case "expired":
      return error.skew !== undefined && attempts < 2; // the SDK has corrected its clock by the refusal's
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

/** Milliseconds; doubles from a quarter second (a half after a throttle) to ten. */
export function pause(error: AwsError, attempts: number): number {
  return Math.min(10_000, (error.class === "throttle" ? 500 : 250) * 2 ** (attempts - 1));
}

/** Something that answers, and not as AWS does: it will not learn to within minutes. A server's failure in a proxy's words is an outage. */
function isNonsense({ code, status }: AwsError): boolean {
  return code === "UnexpectedAnswer" && (status === undefined || status < 500);
}

/** Calls that run into their deadline, or into that of a connection (ten seconds): five of them would be minutes. */
function isSlow(elapsed: number, attempts: number): boolean {
  return elapsed / attempts > 5_000;
}
