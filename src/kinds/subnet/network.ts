import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { Subnet } from "./subnet.ts";

export function network({ address, spec }: Subject<Partial<Subnet>>): readonly NetworkPart[] {
  const { vpc, cidrBlock, availabilityZone, mapPublicIpOnLaunch } = spec;
  if (cidrBlock === undefined) return [];
  return [
    {
      is: "subnet",
      id: address,
      vpc: refKey(vpc),
      range: cidrBlock,
      zone: String(availabilityZone),
      givesPublic: mapPublicIpOnLaunch === true,
      path: "mapPublicIpOnLaunch",
    },
  ];
}
