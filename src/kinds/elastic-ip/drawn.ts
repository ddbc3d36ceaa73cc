import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import type { ElasticIp } from "./schema.ts";

/** Draws a text on the instance, NAT gateway or load balancer that has the address. An address without such a holder is listed below. */
export function drawn({ address, spec }: Subject<Partial<ElasticIp>>, index: ResourceIndex): Drawn {
  const own = spec.instance ?? (index.get(refKey(spec.networkInterface)) && spec.networkInterface);
  const on = own === undefined ? holdersOf(address, index) : machinesAt(refKey(own), index);
  return on.length > 0 ? { as: "fact", on, text: "fixed address" } : { as: "beside", glyph: "part", sub: "Elastic IP" };
}

/** The instances that have the interface. The text is then drawn on the instance. */
function machinesAt(holder: string, index: ResourceIndex): string[] {
  const machines = indexBy(index, "machines by interface", "instance", (one) => one.spec.networkInterfaces ?? []).get(holder);
  return machines?.map((one) => one.address) ?? [holder];
}

function holdersOf(address: string, index: ResourceIndex): string[] {
  const gateways = indexBy(index, "NAT gateways by address", "natGateway", ({ spec }) => [
    spec.elasticIp,
    ...(spec.secondaryElasticIps ?? []),
    ...((spec.availabilityZoneAddresses as { elasticIp?: unknown }[] | undefined) ?? []).map(({ elasticIp }) => elasticIp),
  ]);
  const balancers = indexBy(index, "balancers by address", "loadBalancer", ({ spec }) =>
    ((spec.subnetMappings as { elasticIp?: unknown }[] | undefined) ?? []).map(({ elasticIp }) => elasticIp),
  );
  return [...(gateways.get(address) ?? []), ...(balancers.get(address) ?? [])].map((holder) => holder.address);
}
