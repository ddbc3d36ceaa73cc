import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { isReachedFromInternet } from "../shared/network/tiers.ts";
import type { DbCluster } from "./schema.ts";

/** Draws a bar across its subnet group: its storage lies in three zones, and its writer moves between its instances. */
export function drawn({ spec }: Subject<Partial<DbCluster>>, index: ResourceIndex): Drawn {
  const group = index.get(refKey(spec.subnetGroup));
  const at = ((group?.spec.subnets as unknown[] | undefined) ?? []).map(refKey);
  const isPublic = Object.values(spec.instances ?? {}).some(({ publiclyAccessible }) => publiclyAccessible === true);
  return {
    as: "bar",
    at,
    glyph: "database",
    sub: [[spec.engine, spec.engineVersion].filter(Boolean).join(" "), machinesOf(spec)].filter(Boolean).join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    isPublic: isPublic && at.some((subnet) => isReachedFromInternet(index, subnet, true)),
    sends: [],
  };
}

/** "db.r7g.large, 2 instances" */
function machinesOf(spec: Partial<DbCluster>): string {
  if (!isAurora(spec.engine)) return [spec.instanceClass, "3 instances"].filter(Boolean).join(" · ");
  const classes = Object.values(spec.instances ?? {}).map(({ instanceClass }) => instanceClass);
  if (classes.length === 0) return "no instance";
  return `${[...new Set(classes)].join(", ")} · ${classes.length === 1 ? "one instance" : `${classes.length} instances`}`;
}
