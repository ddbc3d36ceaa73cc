import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey } from "../shared/network-index.ts";
import type { ElasticIp } from "./elastic-ip.ts";

/** Words on the machine, the NAT gateway or the balancer that has the address; listed below when nothing here has it. */
export function drawn({ address, spec }: Subject<Partial<ElasticIp>>, index: ResourceIndex): Drawn {
  const on = spec.instance === undefined ? holdersOf(address, index) : [refKey(spec.instance)];
  return on.length > 0 ? { as: "fact", on, text: "fixed address" } : { as: "beside", glyph: "part", sub: "Elastic IP" };
}

function holdersOf(address: string, index: ResourceIndex): string[] {
  const gateways = indexBy(index, "NAT gateways by address", "natGateway", ({ spec }) => [
    spec.elasticIp,
    ...(spec.secondaryElasticIps ?? []),
  ]);
  const balancers = indexBy(index, "balancers by address", "loadBalancer", ({ spec }) =>
    ((spec.subnetMappings as { elasticIp?: unknown }[] | undefined) ?? []).map(({ elasticIp }) => elasticIp),
  );
  return [...(gateways.get(address) ?? []), ...(balancers.get(address) ?? [])].map((holder) => holder.address);
}
