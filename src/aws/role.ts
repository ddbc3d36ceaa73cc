import type { Clock } from "@plumbline/clock";

/** Keys of a role's session; `expiration` as the SDK's own contract for credentials has it. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** An apply that waits for a database outlives a session: this long before its end another is asked for. */
const early = 300_000;

/**
 * A provider of credentials that all clients share: one session for all, and another before it ends. When AWS does not
 * give another, what is left of the old one is used up before that is an error.
 */
export function roleCredentials(clock: Clock, assume: () => Promise<RoleCredentials>): () => Promise<RoleCredentials> {
  let current: RoleCredentials | undefined;
  let asking: Promise<RoleCredentials> | undefined;
  const left = () => (current === undefined ? 0 : current.expiration.getTime() - clock.now());
  const ask = async () => {
    try {
      return (current = await assume());
    } catch (error) {
      if (left() > 0) return current!;
      throw error;
    } finally {
      asking = undefined;
    }
  };
  return () => (current !== undefined && left() > early ? Promise.resolve(current) : (asking ??= ask()));
}
