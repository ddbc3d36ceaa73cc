import type { Clock } from "@plumbline/clock";

/** The keys of a role's session. `expiration` follows the SDK's own contract for credentials. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Milliseconds before the end of a session at which a new one is requested: an apply that waits for a database outlives a session. */
const early = 300_000;

/**
 * Returns a provider of credentials that all clients share. They use one session, and a new one before it ends. When AWS does not give a
 * new one, the old session is used until its end, and only then is that an error.
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
