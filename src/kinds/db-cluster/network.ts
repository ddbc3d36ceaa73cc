import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { portOf } from "../shared/rds/engines.ts";
import type { DbCluster } from "./schema.ts";

/** Its instances lie in the subnets of its group, and its endpoints lead to any of them. */
export function network({ address, spec }: Subject<Partial<DbCluster>>, index: ResourceIndex): readonly NetworkPart[] {
  const group = index.get(refKey(spec.subnetGroup))?.spec as { readonly subnets?: readonly unknown[] } | undefined;
  const port = spec.port ?? portOf(spec.engine);
  const isPublic = Object.values(spec.instances ?? {}).some(({ publiclyAccessible }) => publiclyAccessible === true);
  return [
    {
      is: "endpoint",
      id: address,
      subnets: (group?.subnets ?? []).map(refKey),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: isPublic ? "yes" : "no",
      ...(port === undefined ? {} : { listens: [{ protocol: "tcp", from: Number(port), to: Number(port) }] }),
    },
  ];
}
