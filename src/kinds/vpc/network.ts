import type { NetworkPart, Subject } from "../kind.ts";
import type { Vpc } from "./vpc.ts";

/** Its ranges: inside them every subnet reaches every other. */
export function network({ address, spec }: Subject<Partial<Vpc>>): readonly NetworkPart[] {
  const ranges = [spec.cidrBlock, ...(spec.secondaryCidrBlocks ?? [])].filter((range) => range !== undefined);
  const hasIpv6 = spec.ipv6 !== undefined && spec.ipv6 !== "none";
  return [
    { is: "vpc", id: address, ranges },
    ...(hasIpv6 ? [{ is: "blind", id: address, what: `IPv6 in ${address}`, lets: "more" } as const] : []),
  ];
}
