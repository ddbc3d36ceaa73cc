import { isAskedFor } from "../asked-for.ts";

/**
 * Returns when a pending value of RDS takes effect, as the end of a sentence. While AWS works on the object, no call tells whether it works
 * on this value.
 */
export function whenMade(status: string, window: string | undefined, isAtOnce: boolean): string {
  const waits = `waits for the maintenance window${window ? ` ${window}` : ""}`;
  if (isAskedFor(status)) return `is being applied, or ${waits}`;
  return `${waits}; ${isAtOnce ? "a change with applyImmediately applies it too" : "applyImmediately applies it now"}`;
}
