/** The place that an address leads to. */
import type { ResourceIndex, Subject } from "../kind.ts";
import { refKey, subnetOfMachine, vpcOfSubnet } from "../shared/network/network-index.ts";
import type { ElasticIp } from "./schema.ts";

/**
 * Whether the interface counts as the holder. An observed address names both its holder and the interface. An interface that is only an
 * unknown id does not count.
 */
export function isDeclared(networkInterface: unknown, index: ResourceIndex): boolean {
  const key = refKey(networkInterface);
  return index.get(key) !== undefined || !key.startsWith("eni-");
}

export const first = "its first address";

/** The private address that it leads to, or the text that it is the first. */
export function placeOf({ privateIpAddress }: Partial<ElasticIp>, holder: Subject | undefined): string {
  if (privateIpAddress === undefined) return first;
  const { privateIpAddress: own, privateIpAddresses } = (holder?.spec ?? {}) as {
    readonly privateIpAddress?: string;
    readonly privateIpAddresses?: readonly string[];
  };
  return privateIpAddress === (own ?? privateIpAddresses?.[0]) ? first : privateIpAddress;
}

/** The VPC of the holder of an address. */
export function vpcOf(spec: Partial<ElasticIp>, index: ResourceIndex): string | undefined {
  const machine = spec.instance === undefined ? undefined : index.get(spec.instance);
  if (machine) return vpcOfSubnet(index, subnetOfMachine(index, machine));
  return vpcOfSubnet(index, index.get(spec.networkInterface ?? "")?.spec.subnet);
}
