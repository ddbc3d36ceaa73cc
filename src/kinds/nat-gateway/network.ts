import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey, subnetsOf } from "../shared/network/network-index.ts";
import type { NatGateway } from "./schema.ts";

/** A private gateway leads to networks that are not modelled. */
export function network({ address, spec }: Subject<Partial<NatGateway>>, index: ResourceIndex): readonly NetworkPart[] {
  const { availabilityMode, vpc, subnet, connectivityType, privateIpAddress, availabilityZoneAddresses: byZone } = spec;
  if (availabilityMode === "regional" && vpc !== undefined) {
    const served = new Set(byZone?.map(({ availabilityZone }) => availabilityZone));
    const others = subnetsOf(index, vpc).filter((one) => !served.has(one.spec.availabilityZone as string));
    return [
      {
        is: "door",
        id: address,
        leads: "nat",
        vpc: refKey(vpc),
        ...(byZone === undefined ? {} : { unsureFrom: others.map((one) => one.address) }),
      },
    ];
  }
  if (subnet === undefined || connectivityType === "private") return [];
  return [{ is: "door", id: address, leads: "nat", subnet: refKey(subnet), address: privateIpAddress }];
}
