import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isGateway, type VpcEndpointService } from "./schema.ts";

/**
 * Returns the load balancers of the service, without Gateway Load Balancers: appliances behind those take part in nobody's connections (AWS
 * PrivateLink Guide, "Access virtual appliances").
 */
export function network({ address, spec }: Subject<Partial<VpcEndpointService>>): readonly NetworkPart[] {
  const balancers = (spec.loadBalancers ?? []).filter((one) => !isGateway(one)).map(refKey);
  return [{ is: "offer", id: address, balancers, acceptsAll: spec.acceptanceRequired === false }];
}
