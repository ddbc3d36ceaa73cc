import type { Live, NetworkPart, Subject } from "../kind.ts";
import type { Blocks } from "./ranges.ts";
import type { Vpc } from "./schema.ts";

type Found = Live<Vpc, { readonly ipv6: Blocks }>;

/** Returns its ranges: inside them, every subnet reaches every other one. An IPv6 range is known once the VPC has it. */
export function network({ address, spec }: Subject<Partial<Vpc>>, _index: unknown, live?: Found): readonly NetworkPart[] {
  const ranges = [spec.cidrBlock, ...(spec.secondaryCidrBlocks ?? [])].filter((range) => range !== undefined);
  const given = spec.ipv6 === "none" ? [] : Object.keys(live?.handle.ipv6 ?? {});
  const isAwaited = spec.ipv6 !== undefined && spec.ipv6 !== "none" && given.length === 0;
  return [{ is: "vpc", id: address, ranges: [...ranges, ...given], ...(isAwaited ? { ipv6: "unread" } : {}) }];
}
