import type { Live, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isSameBlock } from "./ipv6.ts";
import type { Subnet } from "./schema.ts";

export function network({ address, spec }: Subject<Partial<Subnet>>, _index: unknown, live?: Live<Subnet>): readonly NetworkPart[] {
  const { vpc, cidrBlock, ipv6Native, availabilityZone, mapPublicIpOnLaunch, assignIpv6AddressOnCreation } = spec;
  if (cidrBlock === undefined && ipv6Native !== true) return [];
  const ipv6Range = ipv6RangeOf(spec.ipv6CidrBlock, live?.spec.ipv6CidrBlock);
  return [
    {
      is: "subnet",
      id: address,
      vpc: refKey(vpc),
      ...(cidrBlock === undefined ? {} : { range: cidrBlock }),
      ...(ipv6Range === undefined ? {} : { ipv6Range }),
      zone: String(availabilityZone),
      ...((assignIpv6AddressOnCreation ?? ipv6Native) === true ? { givesIpv6: true } : {}),
      givesPublic: mapPublicIpOnLaunch === true,
      path: "mapPublicIpOnLaunch",
    },
  ];
}

/** Returns the IPv6 range. For a number, the /64 is known only once the subnet has it. */
function ipv6RangeOf(written: Subnet["ipv6CidrBlock"], have: Subnet["ipv6CidrBlock"]): string | undefined {
  const block = typeof written === "number" && have !== undefined && isSameBlock(written, have) ? have : (written ?? have);
  if (block === undefined || block === "none") return undefined;
  return typeof block === "number" ? "unread" : block;
}
