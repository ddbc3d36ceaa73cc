import type { Drawn, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { NatGateway } from "./schema.ts";

/**
 * Draws a card in the gateway's subnet, or a door of the VPC for a regional gateway, which is in no subnet. It opens connections only for
 * others.
 */
export function drawn({ spec }: Subject<Partial<NatGateway>>): Drawn {
  if (spec.availabilityMode === "regional") return { as: "door", of: refKey(spec.vpc), sub: "regional NAT gateway", leadsTo: "outwards" };
  const sub = spec.connectivityType === "private" ? "private NAT gateway" : "NAT gateway";
  return { as: "card", at: [refKey(spec.subnet)], glyph: "nat", sub, chips: [], sends: [] };
}
