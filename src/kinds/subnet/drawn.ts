import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { wayOf } from "../shared/network/tiers.ts";
import type { Subnet } from "./schema.ts";

/** Draws a box in its VPC: the column is the zone, the row is the way out. */
export function drawn({ address, spec }: Subject<Partial<Subnet>>, index: ResourceIndex): Drawn {
  const { tier, text, by } = wayOf(index, address);
  return {
    as: "cell",
    in: refKey(spec.vpc),
    zone: spec.availabilityZone ?? "",
    sub: spec.cidrBlock ?? (spec.ipv6Native === true ? "IPv6 only" : ""),
    tier,
    way: text,
    ...(by === undefined ? {} : { by }),
  };
}
