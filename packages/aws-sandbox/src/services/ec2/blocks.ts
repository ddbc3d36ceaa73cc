/** CIDR blocks of VPCs and subnets. They take a moment to be associated and disassociated. */
import type { CidrRecord } from "./state.ts";
import { timing } from "./timing.ts";

/** The state of a block in its VPC or subnet. */
export function blockState(block: CidrRecord, now: number): "associating" | "associated" | "disassociating" | "disassociated" {
  if (block.goneAt !== undefined) return now < block.goneAt + timing.cidrAssociated ? "disassociating" : "disassociated";
  return now < block.since + timing.cidrAssociated ? "associating" : "associated";
}

/** Whether a block has not been removed; it may still be associating. */
export function isLive(block: CidrRecord): boolean {
  return block.goneAt === undefined;
}

/** Whether answers still show a block: they show a removed one for a while. */
export function isListed(block: CidrRecord, now: number): boolean {
  return block.goneAt === undefined || now < block.goneAt + timing.cidrForgotten;
}
