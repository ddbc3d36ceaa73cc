/** Blocks of addresses of VPCs and subnets: they take a moment to come and to go. */
import type { CidrRecord } from "./state.ts";
import { timing } from "./timing.ts";

/** Where a block is on its way to or from its VPC or subnet. */
export function blockState(block: CidrRecord, now: number): "associating" | "associated" | "disassociating" | "disassociated" {
  if (block.goneAt !== undefined) return now < block.goneAt + timing.cidrAssociated ? "disassociating" : "disassociated";
  return now < block.since + timing.cidrAssociated ? "associating" : "associated";
}

/** Not taken away; it may still be associating. */
export function isLive(block: CidrRecord): boolean {
  return block.goneAt === undefined;
}

/** Blocks that are gone stay in the answers for a while. */
export function isListed(block: CidrRecord, now: number): boolean {
  return block.goneAt === undefined || now < block.goneAt + timing.cidrForgotten;
}
