import type { Live } from "../../kind.ts";

/** Returns the state of a transit gateway or of one of its route tables. */
export function stateOf(state: string | undefined): Live["state"] {
  if (state === "deleted") return "dead";
  return state === "pending" || state === "deleting" ? state : "ready";
}
