import type { Live } from "../kind.ts";

/** Of gateways and of their route tables. */
export function stateOf(state: string | undefined): Live["state"] {
  if (state === "deleted") return "dead";
  return state === "pending" || state === "deleting" ? state : "ready";
}
