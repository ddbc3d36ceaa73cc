import type { Drawn, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { NatGateway } from "./schema.ts";

/** A card in its subnet. It opens connections for others only. */
export function drawn({ spec }: Subject<Partial<NatGateway>>): Drawn {
  const sub = spec.connectivityType === "private" ? "private NAT gateway" : "NAT gateway";
  return { as: "card", at: [refKey(spec.subnet)], glyph: "nat", sub, chips: [], sends: [] };
}
