import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isReachedFromInternet } from "../shared/network/tiers.ts";
import type { DbInstance } from "./schema.ts";

/** Draws a card in the subnet of its zone, or a bar across its subnet group while AWS chooses the zone or uses two. */
export function drawn({ spec }: Subject<Partial<DbInstance>>, index: ResourceIndex): Drawn {
  const source = sourceOf(spec, index);
  const group = index.get(refKey(spec.subnetGroup ?? source?.spec.subnetGroup));
  const at = ((group?.spec.subnets as unknown[] | undefined) ?? []).map(refKey);
  const zone = spec.availabilityZone;
  return {
    as: zone === undefined ? "bar" : "card",
    at,
    ...(zone === undefined ? {} : { zone }),
    glyph: "database",
    sub: factsOf(spec, source),
    chips: (spec.securityGroups ?? []).map(refKey),
    isPublic: spec.publiclyAccessible === true && at.some((subnet) => isReachedFromInternet(index, subnet, true)),
    sends: [],
    ...(source === undefined ? {} : { copies: source.address }),
  };
}

function sourceOf({ replicaOf }: Partial<DbInstance>, index: ResourceIndex): Subject | undefined {
  return typeof replicaOf === "string" && replicaOf !== "none" ? index.get(replicaOf) : undefined;
}

function factsOf(spec: Partial<DbInstance>, source: Subject | undefined): string {
  const what = source ? `replica of ${source.name}` : [spec.engine, spec.engineVersion].filter(Boolean).join(" ");
  const where =
    spec.multiAz === true ? "standby in another zone" : spec.availabilityZone === undefined ? "AWS chooses the zone" : undefined;
  return [what, spec.instanceClass, where].filter(Boolean).join(" · ");
}
