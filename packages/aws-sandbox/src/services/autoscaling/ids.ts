import type { Call } from "../../model.ts";

/** The id of a refresh, and the id in the ARNs of groups and policies. */
export function uuid(call: Call): string {
  const id = call.id("uuid").slice("uuid-".length);
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(12, 15)}-a${id.slice(14, 17)}-${id.slice(5)}`;
}
