import type { Authored } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { LiveCache } from "./observe.ts";
import type { ServerlessCache } from "./schema.ts";

/** A cache as an author writes it: what AWS gives by itself left out. */
export function authored(spec: Partial<ServerlessCache>, live: LiveCache): Authored<ServerlessCache> {
  const isBare = spec.description === "" || spec.description === live.id;
  return { spec: without(omit(spec, isBare ? ["description"] : []), { snapshotRetention: 0 }) };
}
