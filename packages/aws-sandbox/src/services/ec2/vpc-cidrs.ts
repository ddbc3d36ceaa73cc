/** Additional blocks of a VPC: secondary IPv4 ranges and IPv6 blocks. */
import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { canonicalIpv6, contains, containsIpv6, formatIpv4, ipv4, ipv6, overlap, parseIpv4 } from "./cidrs.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { openEgressToIpv6 } from "./groups.ts";
import { idKinds, need } from "./ids.ts";
import { openAclToIpv6 } from "./network-acls.ts";
import { within } from "./quotas.ts";
import { groups, networkAcls, next, routeTables, subnets, vpcs, type CidrRecord, type VpcRecord } from "./state.ts";

const associate: Handler<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  if (input.Ipv4IpamPoolId) throw notModelled("pools of IPv4 addresses");
  const origins = [input.AmazonProvidedIpv6CidrBlock || undefined, input.Ipv6Pool, input.Ipv6IpamPoolId, input.CidrBlock];
  if (origins.filter((one) => one !== undefined).length > 1)
    throw invalidCombination("Only one of cidrBlock, amazonProvidedIpv6CidrBlock, ipv6Pool and ipv6IpamPoolId may be given");
  if (input.AmazonProvidedIpv6CidrBlock || input.Ipv6Pool || input.Ipv6IpamPoolId) {
    const block = input.AmazonProvidedIpv6CidrBlock ? addIpv6Block(call, vpc) : addBlockOfPool(call, vpc, input);
    return {
      VpcId: vpc.id,
      Ipv6CidrBlockAssociation: {
        AssociationId: block.id,
        Ipv6CidrBlock: block.cidr,
        Ipv6CidrBlockState: { State: "associating" },
        NetworkBorderGroup: call.region,
        Ipv6Pool: block.pool ?? "Amazon",
      },
    };
  }
  if (!input.CidrBlock) throw missingParameter("cidrBlock");
  const block = addIpv4Block(call, vpc, input.CidrBlock);
  return {
    VpcId: vpc.id,
    CidrBlockAssociation: { AssociationId: block.id, CidrBlock: block.cidr, CidrBlockState: { State: "associating" } },
  };
};

function addIpv4Block(call: Call, vpc: VpcRecord, text: string): CidrRecord {
  const range = ipv4(text, "cidrBlock");
  if (range.prefix < 16 || range.prefix > 28) throw new AwsFault("InvalidVpc.Range", `The CIDR '${text}' is invalid.`);
  const live = vpc.cidrs.filter(isLive);
  if (live.some((block) => overlap(parseIpv4(block.cidr)!, range)))
    throw new AwsFault("InvalidVpc.Range", `The CIDR '${text}' conflicts with another CIDR of the VPC.`);
  checkRestricted(text, [...live.map((block) => parseIpv4(block.cidr)!), range]);
  if (isRouted(call, vpc.id, formatIpv4(range)))
    throw new AwsFault("InvalidVpc.Range", `The CIDR '${text}' is the same as or larger than the destination of a route of the VPC.`);
  within(
    call,
    "vpcCidrs",
    live.length,
    "CidrLimitExceeded",
    `This network '${vpc.id}' has met its maximum number of allowed CIDRs: ${live.length}`,
  );
  const block = { id: call.id("vpc-cidr-assoc"), cidr: formatIpv4(range), since: call.now };
  vpc.cidrs.push(block);
  for (const table of routeTables(call).values())
    if (table.vpcId === vpc.id)
      table.routes.push({ destination: block.cidr, family: "ipv4", target: { type: "local" }, origin: "CreateRouteTable" });
  return block;
}

const linkLocal = parseIpv4("169.254.0.0/16")!;
/**
 * Ranges that exclude each other: a VPC has blocks from only one of them (Amazon VPC User Guide,
 * "IPv4 CIDR block association restrictions").
 */
const apart = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"].map((text) => parseIpv4(text)!);

function checkRestricted(text: string, all: readonly ReturnType<typeof ipv4>[]): void {
  const families = new Set(all.flatMap((one) => apart.findIndex((range) => overlap(range, one))).filter((place) => place >= 0));
  if (families.size > 1 || all.some((one) => overlap(one, linkLocal)))
    throw new AwsFault(
      "InvalidVpc.Range",
      `The CIDR '${text}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR.`,
    );
}

/** Whether a block equals or contains the destination of a static route in any table of the VPC. Such a block is refused. */
function isRouted(call: Call, vpcId: string, cidr: string): boolean {
  for (const table of routeTables(call).values())
    if (table.vpcId === vpcId)
      for (const route of table.routes)
        if (route.family === "ipv4" && route.target.type !== "local" && contains(parseIpv4(cidr)!, parseIpv4(route.destination)!))
          return true;
  return false;
}

/**
 * Adds Amazon's IPv6 block to a VPC. AWS opens unedited security groups and network ACLs to it without being asked
 * (VPC User Guide, "Add an IPv6 CIDR block").
 */
export function addIpv6Block(call: Call, vpc: VpcRecord): CidrRecord {
  if (vpc.ipv6.some((block) => isLive(block) && block.pool === undefined))
    throw new AwsFault("InvalidParameterValue", `The VPC '${vpc.id}' already has an Amazon-provided IPv6 CIDR block.`);
  const number = next(call, "ipv6Block");
  const cidr = canonicalIpv6(`2600:1f10:${(number >> 8).toString(16)}:${((number & 0xff) << 8).toString(16)}::/56`)!;
  return addBlock(call, vpc, { id: call.id("vpc-cidr-assoc"), cidr, since: call.now });
}

type OfPool = Pick<AssociateVpcCidrBlockRequest, "Ipv6Pool" | "Ipv6IpamPoolId" | "Ipv6CidrBlock" | "Ipv6NetmaskLength">;

/**
 * Adds a block from a pool, which must be among the account's facts. A pool of own addresses needs the network; an IPAM pool may omit it.
 */
function addBlockOfPool(call: Call, vpc: VpcRecord, input: OfPool): CidrRecord {
  const { Ipv6Pool, Ipv6IpamPoolId, Ipv6CidrBlock, Ipv6NetmaskLength } = input;
  const pool = Ipv6Pool ?? Ipv6IpamPoolId!;
  if (!call.exists("addressPool", pool))
    throw new AwsFault(Ipv6Pool ? "InvalidIpv6PoolId.NotFound" : "InvalidIpamPoolId.NotFound", `The pool ID '${pool}' does not exist`);
  if (Ipv6Pool && !Ipv6CidrBlock) throw missingParameter("ipv6CidrBlock");
  if (Ipv6NetmaskLength !== undefined && (Ipv6Pool || Ipv6CidrBlock))
    throw invalidCombination("ipv6NetmaskLength is for a pool of IPAM, without ipv6CidrBlock");
  if (Ipv6NetmaskLength !== undefined && (Ipv6NetmaskLength < 44 || Ipv6NetmaskLength > 60 || Ipv6NetmaskLength % 4 !== 0))
    throw invalidValue(`Value (${Ipv6NetmaskLength}) for parameter ipv6NetmaskLength is invalid.`);
  if (vpc.ipv6.filter(isLive).length >= 5)
    throw new AwsFault("CidrLimitExceeded", `This network '${vpc.id}' has met its maximum number of allowed IPv6 CIDRs: 5`);
  const picked = `2001:db8:${next(call, "ipv6OfPool").toString(16)}::/${Ipv6NetmaskLength ?? 56}`;
  const cidr = ipv6(Ipv6CidrBlock ?? picked, "ipv6CidrBlock");
  // AWS does not show which IPAM pool it was.
  return addBlock(call, vpc, { id: call.id("vpc-cidr-assoc"), cidr, since: call.now, pool: Ipv6Pool ?? "IPAM Managed" });
}

function addBlock(call: Call, vpc: VpcRecord, block: CidrRecord): CidrRecord {
  const { cidr } = block;
  vpc.ipv6.push(block);
  for (const table of routeTables(call).values())
    if (table.vpcId === vpc.id)
      table.routes.push({ destination: cidr, family: "ipv6", target: { type: "local" }, origin: "CreateRouteTable" });
  for (const group of groups(call).values()) if (group.vpcId === vpc.id) openEgressToIpv6(call, group);
  for (const acl of networkAcls(call).values()) if (acl.vpcId === vpc.id) openAclToIpv6(acl);
  return block;
}

const disassociate: Handler<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult> = (input, call) => {
  const id = required(input.AssociationId, "associationId");
  for (const vpc of vpcs(call).values()) {
    const ipv4Block = vpc.cidrs.find((block) => block.id === id && isLive(block));
    const ipv6Block = vpc.ipv6.find((block) => block.id === id && isLive(block));
    if (ipv4Block) {
      removeBlock(call, vpc, ipv4Block, "ipv4");
      return {
        VpcId: vpc.id,
        CidrBlockAssociation: { AssociationId: id, CidrBlock: ipv4Block.cidr, CidrBlockState: { State: "disassociating" } },
      };
    }
    if (ipv6Block) {
      removeBlock(call, vpc, ipv6Block, "ipv6");
      return {
        VpcId: vpc.id,
        Ipv6CidrBlockAssociation: { AssociationId: id, Ipv6CidrBlock: ipv6Block.cidr, Ipv6CidrBlockState: { State: "disassociating" } },
      };
    }
  }
  throw new AwsFault("InvalidVpcCidrBlockAssociationID.NotFound", `The vpc CIDR block association ID '${id}' does not exist`);
};

function removeBlock(call: Call, vpc: VpcRecord, block: CidrRecord, family: "ipv4" | "ipv6"): void {
  if (block === vpc.cidrs[0])
    throw new AwsFault(
      "OperationNotPermitted",
      `The vpc CIDR block with association ID ${block.id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
    );
  for (const subnet of subnets(call).values()) {
    if (subnet.vpcId !== vpc.id) continue;
    const used =
      family === "ipv4"
        ? subnet.cidr !== undefined && contains(ipv4(block.cidr, "cidrBlock"), ipv4(subnet.cidr, "cidrBlock"))
        : subnet.ipv6.some((own) => isLive(own) && containsIpv6(block.cidr, own.cidr));
    if (used)
      throw invalidValue(
        `The vpc CIDR block with association ID ${block.id} may not be disassociated. It is used by the subnet ${subnet.id}`,
      );
  }
  block.goneAt = call.now;
  for (const table of routeTables(call).values())
    if (table.vpcId === vpc.id)
      table.routes = table.routes.filter((route) => route.target.type !== "local" || route.destination !== block.cidr);
}

export const vpcCidrOperations: Record<string, Handler> = { AssociateVpcCidrBlock: associate, DisassociateVpcCidrBlock: disassociate };
