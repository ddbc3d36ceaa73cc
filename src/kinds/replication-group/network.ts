import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { ReplicationGroup } from "./schema.ts";

/** Nodes stand in the subnets of the group, and take connections on one port. */
export function network({ address, spec }: Subject<Partial<ReplicationGroup>>, index: ResourceIndex): readonly NetworkPart[] {
  const group = index.get(refKey(spec.subnetGroup))?.spec as { readonly subnets?: readonly unknown[] } | undefined;
  const port = Number(spec.port ?? 6379);
  return [
    {
      is: "endpoint",
      id: address,
      subnets: (group?.subnets ?? []).map(refKey),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: "no",
      listens: [{ protocol: "tcp", from: port, to: port }],
    },
  ];
}
