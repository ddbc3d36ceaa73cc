import type { NetworkPart, Subject } from "../kind.ts";
import type { Vpc } from "./vpc.ts";

/** Its ranges: inside them every subnet reaches every other. */
export function network({ address, spec }: Subject<Partial<Vpc>>): readonly NetworkPart[] {
  const ranges = [spec.cidrBlock, ...(spec.secondaryCidrBlocks ?? [])].filter((range) => range !== undefined);
  return [{ is: "vpc", id: address, ranges }];
}
