/** The VPC's networks besides its first one: further IPv4 ranges, and the IPv6 range from Amazon or a pool. */
import type { AssociateVpcCidrBlockCommandInput, Vpc as AwsVpc } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { contains, rangeOf } from "../../resource/ranges.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Impact, Live, Run } from "../kind.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { Ipv6Pool } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** A network of the VPC: the association's id and its progress. */
export interface Block {
  readonly association: string;
  readonly state: string;
  readonly message?: string | undefined;
}

/** Networks by CIDR. */
export type Blocks = Readonly<Record<string, Block>>;

interface Vpc {
  readonly secondaryCidrBlocks?: readonly string[];
  readonly ipv6?: "amazon" | "none" | Ipv6Pool;
}
interface Handle {
  readonly secondary: Blocks;
  readonly ipv6: Blocks;
}
/** Returns the further IPv4 ranges. AWS's list also holds the first range and, for a while, removed ones. */
export function secondaryOf(found: AwsVpc): Blocks {
  const alive = (found.CidrBlockAssociationSet ?? []).filter(
    ({ CidrBlock, CidrBlockState }) =>
      CidrBlock !== found.CidrBlock && CidrBlockState?.State !== "disassociated" && CidrBlockState?.State !== "failed",
  );
  return Object.fromEntries(
    alive.map(({ CidrBlock, AssociationId, CidrBlockState }) => [
      CidrBlock!,
      { association: AssociationId!, state: CidrBlockState?.State ?? "associated", message: CidrBlockState?.StatusMessage },
    ]),
  );
}

/** Returns the IPv6 ranges of every origin. AWS's list also holds removed ones for a while. */
export function ipv6Of(found: AwsVpc): Blocks {
  const alive = (found.Ipv6CidrBlockAssociationSet ?? []).filter(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State !== "disassociated" && Ipv6CidrBlockState?.State !== "failed",
  );
  return Object.fromEntries(
    alive.map(({ Ipv6CidrBlock, AssociationId, Ipv6CidrBlockState }) => [
      Ipv6CidrBlock!,
      { association: AssociationId!, state: Ipv6CidrBlockState?.State ?? "associated", message: Ipv6CidrBlockState?.StatusMessage },
    ]),
  );
}

/** Adds written ranges that are missing, and waits until AWS has finished. */
export async function addRanges<S extends Vpc>(ec2: Sdk, aws: Aws, live: Live<S, Handle>, request: S, run: Run<S, Handle>): Promise<void> {
  await addIpv4(ec2, aws, live, request.secondaryCidrBlocks ?? [], run);
  if (request.ipv6 !== undefined && request.ipv6 !== "none") await addIpv6(ec2, aws, live, requestOf(request.ipv6), run);
}

/** Removes ranges that are no longer desired. By now, the subnets in them are deleted, or no longer use them. */
export async function dropRanges<S extends Vpc>(ec2: Sdk, aws: Aws, live: Live<S, Handle>, request: S, run: Run<S, Handle>): Promise<void> {
  if (request.secondaryCidrBlocks) await dropIpv4(ec2, aws, live, request.secondaryCidrBlocks, run);
  if (request.ipv6 === "none") await dropIpv6(ec2, aws, live, run);
}

async function addIpv4<S>(ec2: Sdk, aws: Aws, live: Live<S, Handle>, request: readonly string[], run: Run<S, Handle>): Promise<void> {
  const have = live.handle.secondary;
  for (const CidrBlock of request) {
    if (have[CidrBlock]) continue;
    await aws.ec2(new ec2.AssociateVpcCidrBlockCommand({ VpcId: live.id, CidrBlock })).catch(async (error) => {
      // When an answer is lost, the gate sends the call again, and then the range overlaps itself.
      const { Vpcs: [found] = [] } = await aws.ec2(new ec2.DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [live.id] }] }));
      if (!found || !secondaryOf(found)[CidrBlock]) throw error;
    });
  }
  if (request.some((block) => have[block]?.state !== "associated"))
    await run.wait("AWS to add its IPv4 ranges", 600, (now) => request.every((block) => stateOf(now, block) === "associated"));
}

async function dropIpv4<S>(ec2: Sdk, aws: Aws, live: Live<S, Handle>, request: readonly string[], run: Run<S, Handle>): Promise<void> {
  const have = live.handle.secondary;
  const surplus = Object.keys(have).filter((block) => !request.includes(block));
  for (const block of surplus)
    await aws.ec2(new ec2.DisassociateVpcCidrBlockCommand({ AssociationId: have[block]!.association })).catch(async (error) => {
      if (isNotFound(error)) return;
      const inside = await subnetsInside(ec2, aws, live.id, block);
      if (inside.length === 0) throw error;
      throw new Refusal(
        `${block} cannot be removed from ${live.id} while ${inside.join(", ")} ${inside.length === 1 ? "is" : "are"} in it`,
        {
          cause: error,
        },
      );
    });
  if (surplus.length > 0)
    await run.wait("AWS to remove its IPv4 ranges", 600, (now) => surplus.every((block) => stateOf(now, block) === undefined));
}

/** Adds an IPv6 range. Amazon gives a VPC one range (EC2 API, AssociateVpcCidrBlock), which is not known before. */
async function addIpv6<S>(
  ec2: Sdk,
  aws: Aws,
  live: Live<S, Handle>,
  what: ReturnType<typeof requestOf>,
  run: Run<S, Handle>,
): Promise<void> {
  if (Object.keys(live.handle.ipv6).length === 0)
    await aws
      .ec2(new ec2.AssociateVpcCidrBlockCommand({ VpcId: live.id, ...what }), { once: !what.AmazonProvidedIpv6CidrBlock })
      .catch(async (error) => {
        // When an answer is lost, the gate sends the call again, and AWS refuses a second range of Amazon's. A pool would give one, so such
        // a call is sent once.
        const { Vpcs: [found] = [] } = await aws.ec2(new ec2.DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [live.id] }] }));
        if (!found || Object.keys(ipv6Of(found)).length === 0) throw error;
      });
  await run.wait("AWS to add its IPv6 range", 600, (now) =>
    Object.keys(now?.handle.ipv6 ?? {}).some((block) => stateOf(now, block) === "associated"),
  );
}

function requestOf(ipv6: "amazon" | Ipv6Pool): Omit<AssociateVpcCidrBlockCommandInput, "VpcId"> {
  if (ipv6 === "amazon") return { AmazonProvidedIpv6CidrBlock: true };
  const { pool, cidrBlock: Ipv6CidrBlock, netmaskLength: Ipv6NetmaskLength } = ipv6;
  return isOfIpam(pool) ? { Ipv6IpamPoolId: pool, Ipv6CidrBlock, Ipv6NetmaskLength } : { Ipv6Pool: pool, Ipv6CidrBlock };
}

export function isOfIpam(pool: string): boolean {
  return pool.startsWith("ipam-pool-");
}

/** AWS's text for a network from a pool of IPAM. AWS does not say which pool it is (EC2 API, VpcIpv6CidrBlockAssociation). */
export const ipamManaged = "IPAM Managed";

/** Whether the written value means the VPC's network. */
export function isSameIpv6(request: NonNullable<Vpc["ipv6"]>, have: Vpc["ipv6"]): boolean {
  if (typeof request === "string" || typeof have !== "object") return request === have;
  const isPool = have.pool === request.pool || (have.pool === ipamManaged && isOfIpam(request.pool));
  return (
    isPool &&
    (request.cidrBlock === undefined || canonicalCidr(request.cidrBlock) === have.cidrBlock) &&
    (request.netmaskLength === undefined || request.netmaskLength === have.netmaskLength)
  );
}

/**
 * Returns the impact of a change. A range can be added or removed. For another range, everything in the old one would have to be removed
 * first.
 */
export function ipv6Impact(was: Vpc["ipv6"], now: Vpc["ipv6"]): Impact {
  if (was === undefined || was === "none" || now === "none") return "update";
  return { refuse: "a VPC keeps its IPv6 network until it is removed; write `ipv6: none`, apply, and then write the new network" };
}

async function dropIpv6<S>(ec2: Sdk, aws: Aws, live: Live<S, Handle>, run: Run<S, Handle>): Promise<void> {
  const blocks = Object.entries(live.handle.ipv6);
  for (const [block, { association }] of blocks)
    await aws.ec2(new ec2.DisassociateVpcCidrBlockCommand({ AssociationId: association })).catch(async (error) => {
      if (isNotFound(error)) return;
      const inside = await subnetsWithIpv6(ec2, aws, live.id);
      if (inside.length === 0) throw error;
      throw new Refusal(
        `${block} cannot be removed from ${live.id} while ${inside.join(", ")} ${inside.length === 1 ? "uses" : "use"} a part of it`,
        {
          cause: error,
        },
      );
    });
  if (blocks.length > 0)
    await run.wait("AWS to remove its IPv6 range", 600, (now) => blocks.every(([block]) => stateOf(now, block) === undefined));
}

async function subnetsWithIpv6(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters: [{ Name: "vpc-id", Values: [vpc] }], MaxResults: 1000 }))
    for (const { SubnetId, Ipv6CidrBlockAssociationSet = [] } of page.Subnets ?? [])
      if (Ipv6CidrBlockAssociationSet.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === "associated")) found.push(SubnetId!);
  return found;
}

/** Returns the status of a range. Throws when AWS gave up on it, because waiting has no use then. */
function stateOf(now: Live<unknown & object, Handle> | undefined, block: string): string | undefined {
  const range = now?.handle.secondary[block] ?? now?.handle.ipv6[block];
  if (range?.state === "failing") throw new Refusal(`AWS could not add ${block} to ${now!.id}: ${range.message ?? "AWS gives no reason"}`);
  return range?.state;
}

async function subnetsInside(ec2: Sdk, aws: Aws, vpc: string, block: string): Promise<readonly string[]> {
  const inside: string[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters: [{ Name: "vpc-id", Values: [vpc] }], MaxResults: 1000 }))
    for (const { SubnetId, CidrBlock } of page.Subnets ?? []) {
      const [outer, inner] = [rangeOf(block), rangeOf(CidrBlock)];
      if (outer && inner && contains(outer, inner)) inside.push(`${SubnetId} (${CidrBlock})`);
    }
  return inside;
}
