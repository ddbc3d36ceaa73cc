import type { Drawn, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { NatGateway } from "./schema.ts";

/** A card in its subnet; a regional one stands in none, and is a door of its VPC. It opens connections for others only. */
export function drawn({ spec }: Subject<Partial<NatGateway>>): Drawn {
  if (spec.availabilityMode === "regional") return { as: "door", of: refKey(spec.vpc), sub: "regional NAT gateway", leadsTo: "outwards" };
  const sub = spec.connectivityType === "private" ? "private NAT gateway" : "NAT gateway";
  return { as: "card", at: [refKey(spec.subnet)], glyph: "nat", sub, chips: [], sends: [] };
}
