/** An emulator of AWS for tests: moto or our sandbox. */
import type { Call } from "./calls.ts";

/** The keys of one account in moto. Each test has its own account, to which nothing else writes. */
export interface Account {
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** An emulator of AWS for tests. */
export interface Endpoint {
  readonly url: string;
  /** Returns an unused account, with this id where a test needs one. */
  newAccount(id?: string): Promise<Account>;
  /** Runs `work` and returns every request with this account's keys that reached the emulator meanwhile. */
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
