/** Slots that several kinds take, and how little an object can do with while something it refers to is gone. */
import type { Slot } from "../kind.ts";
import { refKey } from "./network-index.ts";

/** An Elastic IP serves one thing: a machine, a NAT gateway or a network balancer. */
export function elasticIpSlot(elasticIp: unknown, path: string): Slot {
  const address = refKey(elasticIp);
  return { space: "uses of Elastic IPs", value: address, path, what: `the use of ${address}`, of: [address] };
}

/** A private address belongs to one interface of its subnet. */
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

/** Why an object cannot do without the rest of a list for a while; undefined when enough is left. */
export function atLeast(number: number, left: readonly unknown[], what: string): string | undefined {
  if (left.length >= number) return undefined;
  return left.length === 0 ? `it would be left without a ${what}` : `it would be left with ${left.length} ${what}, and needs ${number}`;
}
