import type { Live, NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { firstInterface, indexBy, refKey } from "../shared/network/network-index.ts";
import type { NetworkInterface } from "./schema.ts";

/** Returns an endpoint, unless an instance starts with this interface: then the instance contributes it. */
export function network(
  { address, spec }: Subject<Partial<NetworkInterface>>,
  index: ResourceIndex,
  live?: Live<NetworkInterface>,
): readonly NetworkPart[] {
  const users = indexBy(index, "machines by interface", "instance", (one) => one.spec.networkInterfaces ?? []).get(address) ?? [];
  if (users.some((one) => firstInterface(index, one)?.address === address)) return [];
  return [
    {
      is: "endpoint",
      id: address,
      subnets: spec.subnet === undefined ? [] : [refKey(spec.subnet)],
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      address: spec.privateIpAddresses?.[0],
      public: "no",
      ipv6: spec.ipv6AddressCount === undefined ? "as-subnet" : spec.ipv6AddressCount > 0 ? "yes" : "no",
      ...(live?.outputs?.ipv6 && spec.ipv6AddressCount !== 0 ? { ipv6Address: String(live.outputs.ipv6) } : {}),
    },
  ];
}
