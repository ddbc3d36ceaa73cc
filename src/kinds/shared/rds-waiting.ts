import { isAskedFor } from "./asked-for.ts";

/** When a pending value of RDS is made, as the end of a sentence. While AWS is at work on the object, nothing tells whether it is at this. */
export function whenMade(status: string, window: string | undefined, isAtOnce: boolean): string {
  const waits = `waits for the maintenance window${window ? ` ${window}` : ""}`;
  if (isAskedFor(status)) return `is being made, or ${waits}`;
  return `${waits}; ${isAtOnce ? "a change with applyImmediately makes it too" : "applyImmediately makes it now"}`;
}
