import type { Drawn, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { VpcEndpoint } from "./schema.ts";

/** Draws a gateway endpoint as a door of its VPC; the others have addresses in subnets. */
export function drawn({ spec }: Subject<Partial<VpcEndpoint>>): Drawn {
  if ((spec.type ?? "Gateway") === "Gateway") return { as: "door", of: refKey(spec.vpc), sub: "gateway endpoint", leadsTo: "service" };
  return {
    as: "bar",
    at: (spec.subnets ?? []).map(refKey),
    glyph: "endpoint",
    sub: `${spec.type === "Interface" ? "interface" : "load balancer"} endpoint · ${spec.service ?? ""}`,
    chips: (spec.securityGroups ?? []).map(refKey),
    sends: [],
  };
}
