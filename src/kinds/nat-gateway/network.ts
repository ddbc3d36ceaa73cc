import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { NatGateway } from "./schema.ts";

/** A private one leads to networks that are not modelled. */
export function network({ address, spec }: Subject<Partial<NatGateway>>): readonly NetworkPart[] {
  const { subnet, connectivityType, privateIpAddress } = spec;
  if (subnet === undefined || connectivityType === "private") return [];
  return [{ is: "door", id: address, leads: "nat", subnet: refKey(subnet), address: privateIpAddress }];
}
