import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { DbInstance } from "./schema.ts";

/** AWS picks one of the subnets of its group, in the written zone, and another one when a standby takes over. */
export function network({ address, spec }: Subject<Partial<DbInstance>>, index: ResourceIndex): readonly NetworkPart[] {
  const source = specOf<DbInstance>(spec.replicaOf, index);
  const group = specOf<{ readonly subnets: readonly unknown[] }>(spec.subnetGroup ?? source?.subnetGroup, index);
  const port = spec.port ?? source?.port ?? ports[spec.engine ?? source?.engine ?? ""];
  return [
    {
      is: "endpoint",
      id: address,
      subnets: placesOf((group?.subnets ?? []).map(refKey), spec, index),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: spec.publiclyAccessible === true ? "yes" : "no",
      publicPath: "publiclyAccessible",
      ...(port === undefined ? {} : { listens: [{ protocol: "tcp", from: Number(port), to: Number(port) }] }),
    },
  ];
}

/** The ports of the engines where none is written (Amazon RDS User Guide, settings for DB instances). */
const ports: Readonly<Record<string, number>> = { mysql: 3306, mariadb: 3306, postgres: 5432 };

function placesOf(subnets: readonly string[], { availabilityZone, multiAz }: Partial<DbInstance>, index: ResourceIndex): readonly string[] {
  if (availabilityZone === undefined || multiAz === true) return subnets;
  const here = subnets.filter((subnet) => {
    const zone: unknown = index.get(subnet)?.spec.availabilityZone;
    return zone === undefined || zone === availabilityZone;
  });
  return here.length === 0 ? subnets : here;
}

function specOf<S>(reference: unknown, index: ResourceIndex): S | undefined {
  return typeof reference === "string" ? index.get(reference)?.spec : undefined;
}
