/** Slots that several kinds take, and a check for lists that must not become too short while a referenced object is gone. */
import type { Slot } from "../kind.ts";
import { refKey } from "./network/network-index.ts";

/** Returns the slot of an Elastic IP, which serves one object: an instance, a NAT gateway or a Network Load Balancer. */
export function elasticIpSlot(elasticIp: unknown, path: string): Slot {
  const address = refKey(elasticIp);
  return { space: "uses of Elastic IPs", value: address, path, what: `the use of ${address}`, of: [address] };
}

/** Returns the slot of a private address, which belongs to one interface of its subnet. */
export function privateAddressSlot(subnet: unknown, address: string, path: string): Slot {
  const place = refKey(subnet);
  return { space: `addresses of ${place}`, value: address, path, what: `the private address ${address} in ${place}`, of: [place] };
}

export function isElasticIpSlot({ space }: Slot): boolean {
  return space === "uses of Elastic IPs";
}

export function isPrivateAddressSlot({ space }: Slot): boolean {
  return space.startsWith("addresses of ");
}

/** Returns why an object cannot work with the remaining items of a list for a while; undefined when enough are left. */
export function atLeast(number: number, left: readonly unknown[], what: string): string | undefined {
  if (left.length >= number) return undefined;
  return left.length === 0 ? `it would be left without a ${what}` : `it would be left with ${left.length} ${what}, but it needs ${number}`;
}
