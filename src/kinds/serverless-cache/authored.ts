import type { Authored } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { LiveCache } from "./observe.ts";
import type { ServerlessCache } from "./schema.ts";

/** Returns a cache as an author writes it, without AWS's defaults. */
export function authored(spec: Partial<ServerlessCache>, live: LiveCache): Authored<ServerlessCache> {
  const isBare = spec.description === "" || spec.description === live.id;
  return { spec: without(omit(spec, isBare ? ["description"] : []), { snapshotRetention: 0 }) };
}
