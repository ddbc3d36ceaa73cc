import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import { canonicalCidr, overlap, type Range, rangeOf, whyNotSized } from "../../resource/ranges.ts";
import type { Authored, Driver, Grant, IamPlace, Kind, Live, Problem, ResourceIndex, Spec, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { saysTheDefault } from "../shared/network/dhcp-defaults.ts";
import { byEach, idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { textOf } from "../shared/told.ts";
import { blockersOf } from "./blockers.ts";
import { vpcCodes } from "./codes.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { addRanges, type Blocks, dropRanges, ipamManaged, ipv6Impact, ipv6Of, isOfIpam, isSameIpv6, secondaryOf } from "./ranges.ts";
import { schema, type Ipv6Pool, type Vpc } from "./schema.ts";
import type { Vpc as AwsVpc } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

interface Handle {
  readonly isDefault: boolean;
  readonly secondary: Blocks;
  readonly ipv6: Blocks;
}

export const vpc: Kind<Vpc, Handle> = {
  name: "vpc",
  critical: true,
  section: "vpcs",
  file: "network",
  idPrefix: "vpc-",
  madeWith: "region",
  placedBy: {
    cidrBlock: { doc: "its IPv4 network", pattern: "^[0-9.]+/[0-9]{1,2}$", example: "10.0.0.0/16" },
  },
  doc: "A private network in one region.",
  outputs: { cidr: "The primary IPv4 network.", ipv6Cidr: "The IPv6 network, if there is one." },
  foreign,
  summary: ({ cidrBlock }) => ({ line: textOf(cidrBlock), tells: ["cidrBlock"] }),
  codes: vpcCodes,
  schema,
  fields: {
    cidrBlock: { change: "replace", as: "cidr", because: "cidrBlock of a VPC cannot be changed" },
    secondaryCidrBlocks: { change: "update", as: "set" },
    ipv6: { change: ipv6Impact, same: isSameIpv6, urgency: "traffic" },
    enableDnsSupport: { change: "update", default: { value: true, class: "enforced" }, urgency: "traffic" },
    enableDnsHostnames: { change: "update", default: { value: false, class: "enforced" }, urgency: "traffic" },
    // When a set of options is deleted, its VPCs get AWS's own set again (dhcp-options/).
    dhcpOptions: { change: "update", whileGone: "free", urgency: "traffic" },
    instanceTenancy: {
      change: (was, now) => (was === "dedicated" && now === "default" ? "update" : "replace"),
      default: { value: "default", class: "create-only" },
      because: { replace: "a VPC can change from dedicated tenancy to default in place, but not the other way" },
    },
  },
  stages: [
    { name: "create" },
    { name: "attributes", fields: ["enableDnsSupport", "enableDnsHostnames", "dhcpOptions", "instanceTenancy"] },
    { name: "ranges", fields: ["secondaryCidrBlocks", "ipv6"], shrinks: true },
  ],
  create: "tag-lookup",
  replace: "create-first",
  waits: { create: { typical: 2, limit: 600 }, delete: "instant", poll: 2 },
  tagIndex: ec2Index("vpc"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)) + 2 * n.ours, // no call returns the DNS flags of several VPCs
  iam: {
    read: [
      "ec2:DescribeVpcs",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeRouteTables",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeEgressOnlyInternetGateways",
      "ec2:DescribeCarrierGateways",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpnGateways",
    ],
    write: [
      "ec2:CreateVpc",
      "ec2:DeleteVpc",
      "ec2:AssociateDhcpOptions",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcTenancy",
      "ec2:AssociateVpcCidrBlock",
      "ec2:DisassociateVpcCidrBlock",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    // A VPC that stays gets AWS's own DHCP options when its present ones are deleted.
    remove: ["ec2:DeleteVpc", "ec2:AssociateDhcpOptions", "ec2:DisassociateVpcCidrBlock"],
    onlyFor: {
      "ec2:AssociateDhcpOptions": ["dhcpOptions"],
      "ec2:AssociateVpcCidrBlock": ["secondaryCidrBlocks", "ipv6"],
      "ec2:DisassociateVpcCidrBlock": ["secondaryCidrBlocks", "ipv6"],
      "ec2:ModifyVpcTenancy": ["instanceTenancy"],
    },
    access: {
      "ec2:CreateVpc": { made: ["vpc/*"] },
      "ec2:AssociateDhcpOptions": { ours: ["vpc/*"], free: ["dhcp-options/*"] },
    },
    implied: ({ spec }, _index, place) => takeFromPool(spec.ipv6, place),
  },
  check,
  authored,
  machines: "around",
  network,
  drawn: ({ spec }) => ({ as: "frame", sub: [spec.cidrBlock ?? "", ...(spec.secondaryCidrBlocks ?? [])].join(" · ") }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** Returns a VPC as an author writes it. AWS's own DHCP options are not imported and need not be named, because every VPC has them. */
function authored(spec: Partial<Vpc>, _live: unknown, specOf: (id: string) => Spec | undefined): Authored<Vpc> {
  const options = spec.dhcpOptions === undefined ? undefined : specOf(spec.dhcpOptions);
  const isWritten = options !== undefined && !saysTheDefault(options);
  const { ipv6, ...rest } = isWritten ? spec : omit(spec, ["dhcpOptions"]);
  const isOfUnknownPool = typeof ipv6 === "object" && ipv6.pool === ipamManaged;
  // The CIDR already contains the size of a network.
  const written = typeof ipv6 === "object" ? (isOfUnknownPool ? undefined : (omit<Ipv6Pool>(ipv6, ["netmaskLength"]) as Ipv6Pool)) : ipv6;
  return {
    spec: without<Vpc>({ ...rest, ipv6: written }, { ipv6: "none" }),
    ...(isOfUnknownPool
      ? { remarks: [{ text: "its IPv6 network is from an IPAM pool that AWS does not name; the network stays as it is" }] }
      : {}),
  };
}

function check(self: Subject<Vpc>, index: ResourceIndex): readonly Problem[] {
  const { cidrBlock, secondaryCidrBlocks = [], ipv6, enableDnsSupport = true, enableDnsHostnames = false } = self.spec;
  const problems: Problem[] = [
    ...beyondQuota(self, index.of("vpc"), 5, "VPCs in one region"),
    ...checkRanges(cidrBlock, secondaryCidrBlocks),
  ];
  if (enableDnsHostnames && !enableDnsSupport)
    problems.push({
      code: "conflict",
      summary: "enableDnsHostnames needs enableDnsSupport.",
      path: "enableDnsHostnames",
      hint: "remove `enableDnsSupport: false`",
    });
  if (typeof ipv6 === "object") problems.push(...checkPool(ipv6));
  if (secondaryCidrBlocks.length > 4)
    problems.push({
      code: "quota",
      severity: "warning",
      summary: `${secondaryCidrBlocks.length + 1} IPv4 ranges are declared, and AWS allows 5 per VPC unless the account's quota was raised.`,
      path: "secondaryCidrBlocks",
    });
  return problems;
}

/**
 * Returns the grant to take a network from a pool. The pool usually belongs to someone else; pools of IPAM are in no region (Service
 * Authorization Reference, "Resource types defined by Amazon EC2").
 */
function takeFromPool(ipv6: Vpc["ipv6"], place: IamPlace): readonly Grant[] {
  if (typeof ipv6 !== "object") return [];
  const [, partition] = place.arn("ec2", "vpc/*").split(":");
  const { pool } = ipv6;
  const resource = isOfIpam(pool) ? `arn:${partition}:ec2::*:ipam-pool/${pool}` : `ipv6pool-ec2/${pool}`;
  return [{ sid: "TakeFromAddressPools", actions: ["ec2:AssociateVpcCidrBlock"], resources: [resource] }];
}

/**
 * Checks the pool (EC2 API, AssociateVpcCidrBlock): a pool of your own addresses needs the network; IPAM gives a network by its CIDR or by
 * its size.
 */
function checkPool({ pool, cidrBlock, netmaskLength }: Ipv6Pool): Problem[] {
  if (isOfIpam(pool))
    return cidrBlock !== undefined && netmaskLength !== undefined
      ? [{ code: "conflict", path: "ipv6.netmaskLength", summary: "`cidrBlock` already states the size of the network." }]
      : [];
  return [
    ...(cidrBlock === undefined
      ? [
          {
            code: "missing-field" as const,
            path: "ipv6",
            summary: `${pool} holds your own addresses, and AWS does not choose a network from such a pool.`,
            hint: "add `cidrBlock`",
          },
        ]
      : []),
    ...(netmaskLength === undefined
      ? []
      : [{ code: "conflict" as const, path: "ipv6.netmaskLength", summary: "`netmaskLength` is for IPAM pools only." }]),
  ];
}

function checkRanges(first: string, secondary: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const before: { text: string; path: string }[] = [];
  for (const { text, path } of [
    { text: first, path: "cidrBlock" },
    ...secondary.map((text, i) => ({ text, path: `secondaryCidrBlocks[${i}]` })),
  ]) {
    const range = rangeOf(text);
    if (!range) continue;
    const size = whyNotSized(text, range);
    if (size) problems.push({ code: "cidr-size", summary: size, path });
    const other = before.find((earlier) => overlap(rangeOf(earlier.text)!, range));
    if (other) problems.push({ code: "cidr-overlap", summary: `${text} overlaps ${other.text} (${other.path}) of the same VPC.`, path });
    const apart = whyApart(range, before);
    if (apart) problems.push({ code: "cidr-mixed", severity: "warning", summary: `${text} ${apart}`, path, hint: mixedHint });
    before.push({ text, path });
  }
  return problems;
}

/**
 * Private ranges that exclude each other: the blocks of a VPC come from one of them (Amazon VPC User Guide, "IPv4 CIDR block association
 * restrictions").
 */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"];

const mixedHint = "write another range in the same private range, one in 100.64.0.0/10, or a public one";

function whyApart(range: Range, before: readonly { readonly text: string }[]): string | undefined {
  const familyOf = (one: Range) => privateRanges.find((text) => overlap(rangeOf(text)!, one));
  const mine = familyOf(range);
  const others = before.map(({ text }) => ({ text, family: familyOf(rangeOf(text)!) }));
  const other = others.find(({ family }) => mine !== undefined && family !== undefined && family !== mine);
  return other && `is in ${mine}, and ${other.text} is in ${other.family}. AWS's guide allows only one of these private ranges in a VPC.`;
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

function driver(ec2: Sdk): Driver<Vpc, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters: environmentFilter(scope), MaxResults: 1000 }))
        yield* await Promise.all(
          (page.Vpcs ?? []).map((found) =>
            // The flags of another project's VPC are not needed here, and reading them costs two calls.
            tagsOf(found.Tags)[ownership.project] === scope.project && !scope.existence ? withFlags(ec2, aws, found) : live(found, {}),
          ),
        );
    },

    async get(aws, ids, { existence }) {
      const lives = new Map<string, Live<Vpc, Handle>>();
      const read = (found: AwsVpc) => (existence ? live(found, {}) : withFlags(ec2, aws, found));
      for (const Filters of idFilters("vpc-id", ids))
        for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters, MaxResults: 1000 }))
          for (const one of await Promise.all((page.Vpcs ?? []).map(read))) lives.set(one.id, one);
      return lives;
    },

    async create(aws, request, identity) {
      const { Vpc: made } = await aws.ec2(
        new ec2.CreateVpcCommand({
          CidrBlock: request.cidrBlock,
          InstanceTenancy: request.instanceTenancy ?? "default",
          TagSpecifications: tagSpecifications("vpc", identity.tags),
        }),
        { once: true },
      );
      return made!.VpcId!;
    },

    async update(aws, stage, live, request, changes, run) {
      if (stage === "ranges") return addRanges(ec2, aws, live, request, run);
      await setFlags(ec2, aws, live.id, changes.enableDnsSupport?.after, changes.enableDnsHostnames?.after);
      if (changes.dhcpOptions?.after !== undefined)
        await aws.ec2(new ec2.AssociateDhcpOptionsCommand({ VpcId: live.id, DhcpOptionsId: changes.dhcpOptions.after }));
      if (changes.instanceTenancy) await aws.ec2(new ec2.ModifyVpcTenancyCommand({ VpcId: live.id, InstanceTenancy: "default" }));
    },

    shrink: (aws, _stage, live, request, run) => dropRanges(ec2, aws, live, request, run),

    async delete(aws, live, run) {
      if (live.handle.isDefault) {
        // An adopted default VPC was not made by us. Deleting it would remove an object that only AWS can create.
        await ec2Tagging(aws, live, {}, Object.values(ownership));
        return run.say("the account's default VPC is kept; only infra's tags were removed from it");
      }
      await unlessGone(aws.ec2(new ec2.DeleteVpcCommand({ VpcId: live.id })));
    },

    tag: ec2Tagging,

    blockers: (aws, lives) => byEach(lives, (live) => blockersOf(ec2, aws, live.id)),

    async defaults(aws) {
      const { Vpcs = [] } = await aws.ec2(new ec2.DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
      return new Map(Vpcs.filter(({ IsDefault }) => IsDefault).map((found) => ["", live(found, {})]));
    },

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters: tagFilters(tags), MaxResults: 1000 }))
        for (const found of page.Vpcs ?? []) if (isMeant(found, tags, owner)) ids.push(found.VpcId!);
      return ids;
    },

    async at(aws, { cidrBlock = "" }, owner) {
      const Filters = [{ Name: "cidr-block-association.cidr-block", Values: [cidrBlock] }];
      const ids: string[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters, MaxResults: 1000 }))
        for (const { VpcId, CidrBlock, CidrBlockAssociationSet = [], OwnerId } of page.Vpcs ?? []) {
          const ranges = [CidrBlock, ...CidrBlockAssociationSet.map((one) => one.CidrBlock)];
          if (ranges.includes(cidrBlock) && (owner === undefined || OwnerId === owner)) ids.push(VpcId!);
        }
      return ids;
    },
  };
}

interface Flags {
  readonly enableDnsSupport?: boolean;
  readonly enableDnsHostnames?: boolean;
}

/**
 * Returns a VPC with its DNS flags. Each flag needs a call of its own (EC2 API, DescribeVpcAttribute). A VPC that is listed but whose flags
 * are not found yet is still pending.
 */
async function withFlags(ec2: Sdk, aws: Aws, found: AwsVpc): Promise<Live<Vpc, Handle>> {
  if (found.State === "pending") return live(found, {});
  const ask = (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
    aws.ec2(new ec2.DescribeVpcAttributeCommand({ VpcId: found.VpcId!, Attribute }));
  try {
    const [support, hostnames] = await Promise.all([ask("enableDnsSupport"), ask("enableDnsHostnames")]);
    return live(found, {
      enableDnsSupport: support.EnableDnsSupport?.Value ?? false,
      enableDnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { ...live(found, {}), state: "pending" };
  }
}

function live(found: AwsVpc, flags: Flags): Live<Vpc, Handle> {
  const secondary = secondaryOf(found);
  const ipv6 = ipv6Of(found);
  const [ipv6Cidr] = Object.keys(ipv6);
  const given = ipv6Given(found, ipv6);
  return {
    id: found.VpcId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: found.State === "pending" ? "pending" : "ready",
    spec: {
      cidrBlock: found.CidrBlock!,
      // Only complete associations count, so that a later run waits for the others.
      secondaryCidrBlocks: Object.entries(secondary).flatMap(([block, { state }]) => (state === "associated" ? [block] : [])),
      ...(given ? { ipv6: given } : {}),
      ...(found.DhcpOptionsId === undefined ? {} : { dhcpOptions: found.DhcpOptionsId }),
      instanceTenancy: found.InstanceTenancy === "dedicated" ? "dedicated" : "default",
      ...flags,
    },
    handle: { isDefault: found.IsDefault ?? false, secondary, ipv6 },
    outputs: { cidr: found.CidrBlock ?? "", ...(ipv6Cidr === undefined ? {} : { ipv6Cidr }) },
    ...(found.IsDefault ? { notes: ["this is the account's default VPC"] } : {}),
  };
}

/** Returns the IPv6 range. A range that is still being added does not count yet, so that a later run waits for it. */
function ipv6Given(found: AwsVpc, blocks: Blocks): Vpc["ipv6"] {
  const [block] = Object.keys(blocks);
  if (block === undefined || blocks[block]!.state !== "associated") return "none";
  const pool = found.Ipv6CidrBlockAssociationSet?.find(({ Ipv6CidrBlock }) => Ipv6CidrBlock === block)?.Ipv6Pool;
  if (pool === undefined || pool === "Amazon") return pool === undefined ? undefined : "amazon";
  return { pool, cidrBlock: canonicalCidr(block), netmaskLength: Number(block.split("/")[1]) };
}

/** Sets the DNS flags. AWS takes one attribute in each call, and allows host names only together with DNS support. */
async function setFlags(ec2: Sdk, aws: Aws, id: string, support: boolean | undefined, hostnames: boolean | undefined): Promise<void> {
  const setSupport = async () =>
    support !== undefined && aws.ec2(new ec2.ModifyVpcAttributeCommand({ VpcId: id, EnableDnsSupport: { Value: support } }));
  const setHostnames = async () =>
    hostnames !== undefined && aws.ec2(new ec2.ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: hostnames } }));
  if (support === false) {
    await setHostnames();
    await setSupport();
  } else {
    await setSupport();
    await setHostnames();
  }
}
