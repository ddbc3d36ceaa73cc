/** A subnet's IPv6 network: the author's form, and its form in EC2's requests and answers. */
import type { Subnet as AwsSubnet } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { canonicalCidr, hextetsOf } from "../../resource/ranges.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Live, Run } from "../kind.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** An IPv6 network. A number is that of a /64 in the /56 that Amazon gave the VPC. */
export type Ipv6Block = number | string;

/** A subnet's IPv6 networks by CIDR, with the association's id and its progress. */
export type Ipv6Blocks = Readonly<Record<string, { readonly association: string; readonly state: string }>>;

export function ipv6BlocksOf({ Ipv6CidrBlockAssociationSet = [] }: AwsSubnet): Ipv6Blocks {
  const alive = Ipv6CidrBlockAssociationSet.filter(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State !== "disassociated" && Ipv6CidrBlockState?.State !== "failed",
  );
  return Object.fromEntries(
    alive.map(({ Ipv6CidrBlock, AssociationId, Ipv6CidrBlockState }) => [
      canonicalCidr(Ipv6CidrBlock!),
      { association: AssociationId!, state: Ipv6CidrBlockState?.State ?? "associated" },
    ]),
  );
}

/** Whether the written value means the subnet's network. */
export function isSameBlock(request: Ipv6Block, have: Ipv6Block | undefined): boolean {
  if (typeof request !== "number" || have === undefined) return request === have;
  return numberOf(have) === request;
}

/** Returns the number of a /64 in the /56 around it; undefined for a network of another size. */
export function numberOf(block: Ipv6Block): number | undefined {
  if (typeof block === "number") return block;
  const hextets = block.endsWith("/64") ? hextetsOf(block) : undefined;
  return hextets && hextets[3]! % 256;
}

/** Returns the /64 with this number in a /56. */
export function blockOf(vpcBlock: string, number: number): string | undefined {
  const hextets = vpcBlock.endsWith("/56") ? hextetsOf(vpcBlock) : undefined;
  if (!hextets) return undefined;
  const [a, b, c, d] = hextets;
  return canonicalCidr(`${[a!, b!, c!, d! - (d! % 256) + number].map((hextet) => hextet.toString(16)).join(":")}::/64`);
}

interface Handle {
  readonly ipv6: Ipv6Blocks;
}

/** Sets the IPv6 network. A subnet has one, so the old one is removed before the new one is added (EC2 API, AssociateSubnetCidrBlock). */
export async function setBlock<S extends object>(
  ec2: Sdk,
  aws: Aws,
  live: Live<S, Handle>,
  vpc: AwsId,
  request: Ipv6Block,
  run: Run<S, Handle>,
): Promise<void> {
  const wanted = await blockFor(ec2, aws, vpc, request);
  const surplus = Object.entries(live.handle.ipv6).filter(([block]) => block !== wanted);
  for (const [, { association }] of surplus)
    await unlessGone(aws.ec2(new ec2.DisassociateSubnetCidrBlockCommand({ AssociationId: association })));
  if (surplus.length > 0)
    await run.wait("AWS to remove its IPv6 range", 180, (now) => surplus.every(([block]) => now?.handle.ipv6[block] === undefined));
  if (wanted === undefined) return;
  if (!live.handle.ipv6[wanted])
    await aws.ec2(new ec2.AssociateSubnetCidrBlockCommand({ SubnetId: live.id, Ipv6CidrBlock: wanted })).catch(async (error) => {
      // When an answer is lost, the gate sends the call again, and AWS refuses a second network.
      const { Subnets: [found] = [] } = await aws.ec2(
        new ec2.DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [live.id] }] }),
      );
      if (!found || !ipv6BlocksOf(found)[wanted]) throw error;
    });
  await run.wait("AWS to add its IPv6 range", 180, (now) => now?.handle.ipv6[wanted]?.state === "associated");
}

/** Returns the written network. A number is resolved in the VPC's range. */
export async function blockFor(ec2: Sdk, aws: Aws, vpc: AwsId, request: Ipv6Block): Promise<string | undefined> {
  if (request === "none") return undefined;
  return typeof request === "number" ? blockInVpc(ec2, aws, vpc, request) : canonicalCidr(request);
}

async function blockInVpc(ec2: Sdk, aws: Aws, vpc: AwsId, number: number): Promise<string> {
  const { Vpcs: [found] = [] } = await aws.ec2(new ec2.DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }));
  const blocks = (found?.Ipv6CidrBlockAssociationSet ?? [])
    .filter(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === "associated")
    .flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []);
  const block = blocks.map((one) => blockOf(one, number)).find((one) => one !== undefined);
  if (block === undefined)
    throw new Refusal(`${vpc} has no IPv6 range from Amazon (a /56), so the subnet cannot take number ${number} of it`, {
      hint: "write `ipv6: amazon` on the VPC, or write the network itself: `ipv6CidrBlock: …/64`",
    });
  return block;
}
