import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { VpcPeering } from "./schema.ts";

/** Returns a door between two VPCs. When another account or region is involved, it is not known whether the connection is active. */
export function network({ address, spec }: Subject<Partial<VpcPeering>>): readonly NetworkPart[] {
  const { vpc, peerVpc, accept = true, peerOwner, peerRegion } = spec;
  const isSettled = accept === true && peerOwner === undefined && peerRegion === undefined;
  if (vpc === undefined || peerVpc === undefined || !isSettled) return [];
  return [{ is: "door", id: address, leads: "peer", vpcs: [refKey(vpc), refKey(peerVpc)] }];
}
