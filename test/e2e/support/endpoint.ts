/** An AWS to test against, whichever it is. */
import type { Call } from "./calls.ts";

/** The keys of one account in moto; each test takes an account of its own, which nobody else writes to. */
export interface Account {
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** An AWS to test against. */
export interface Endpoint {
  readonly url: string;
  /** An account that nothing was done in yet; of this id, where a test needs one. */
  newAccount(id?: string): Promise<Account>;
  /** Runs `work` and tells every request with this account's keys that reached moto meanwhile. */
  record<T>({ credentials }: Account, work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: readonly Call[] }>;
  stop(): Promise<void>;
}

/** An account reached with these keys. */
export function accountOf(url: string, id: string, credentials: Account["credentials"]): Account {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    id,
    credentials,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    },
  };
}
