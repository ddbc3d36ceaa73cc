import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { Vpc as AwsVpc } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { interfacesIn } from "../../aws/interfaces.ts";
import { byEach, idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { boolean, cidr, list, object, oneOf, optional } from "../../resource/fields.ts";
import type { Blocker, Driver, Kind, Live, Problem, Run, Subject, ResourceIndex } from "../kind.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { contains, overlap, rangeOf, whyNotSized, type Range } from "../../resource/ranges.ts";
import { Refusal } from "../../resource/refusal.ts";

const schema = object({
  cidrBlock: cidr("Its first IPv4 network, /16 to /28."),
  secondaryCidrBlocks: optional(
    list(cidr("A further IPv4 network, /16 to /28."), "Further IPv4 networks, which overlap neither each other nor the first."),
  ),
  enableDnsSupport: optional(boolean("Whether machines can ask the VPC's own DNS resolver.")),
  enableDnsHostnames: optional(boolean("Whether machines with public addresses get public DNS names; needs `enableDnsSupport`.")),
  instanceTenancy: optional(
    oneOf(["default", "dedicated"], "`dedicated`: every machine runs on hardware of this account alone, at a price."),
  ),
});

export type Vpc = Static<typeof schema>;

/** The VPC's further networks, by CIDR: the association's id and how far it is. */
interface Handle {
  readonly isDefault: boolean;
  readonly secondary: Readonly<
    Record<string, { readonly association: string; readonly state: string; readonly message?: string | undefined }>
  >;
}

export const vpc: Kind<Vpc, Handle> = {
  name: "vpc",
  critical: true,
  section: "vpcs",
  idPrefix: "vpc-",
  doc: "A private network in one region.",
  outputs: { cidr: "Its first range." },
  foreign,
  schema,
  fields: {
    cidrBlock: { change: "replace", as: "cidr", because: "cidrBlock of a VPC cannot be changed" },
    secondaryCidrBlocks: { change: "update", as: "set" },
    enableDnsSupport: { change: "update", default: { value: true, class: "enforced" } },
    enableDnsHostnames: { change: "update", default: { value: false, class: "enforced" } },
    instanceTenancy: {
      change: (was, now) => (was === "dedicated" && now === "default" ? "update" : "replace"),
      default: { value: "default", class: "create-only" },
      because: "a VPC can leave dedicated tenancy in place, but not enter it",
    },
  },
  stages: [
    { name: "create" },
    { name: "attributes", fields: ["enableDnsSupport", "enableDnsHostnames", "instanceTenancy"] },
    { name: "ranges", fields: ["secondaryCidrBlocks"], shrinks: true },
  ],
  create: "tag-lookup",
  replace: "create-first",
  waits: { create: { typical: 2, limit: 600 }, delete: "instant", poll: 2 },
  tagIndex: { type: "ec2:vpc" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)) + 2 * n.ours, // no batch read tells the DNS flags
  iam: {
    read: [
      "ec2:DescribeVpcs",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeRouteTables",
    ],
    write: [
      "ec2:CreateVpc",
      "ec2:DeleteVpc",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcTenancy",
      "ec2:AssociateVpcCidrBlock",
      "ec2:DisassociateVpcCidrBlock",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVpc", "ec2:DisassociateVpcCidrBlock"],
    onlyFor: {
      "ec2:AssociateVpcCidrBlock": ["secondaryCidrBlocks"],
      "ec2:DisassociateVpcCidrBlock": ["secondaryCidrBlocks"],
      "ec2:ModifyVpcTenancy": ["instanceTenancy"],
    },
    access: { "ec2:CreateVpc": { made: ["vpc/*"] } },
  },
  check,
  authored: asRead,
  drawn: ({ spec }) => ({ as: "frame", sub: [spec.cidrBlock ?? "", ...(spec.secondaryCidrBlocks ?? [])].join(" · ") }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function check(self: Subject<Vpc>, index: ResourceIndex): readonly Problem[] {
  const { cidrBlock, secondaryCidrBlocks = [], enableDnsSupport = true, enableDnsHostnames = false } = self.spec;
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
  if (secondaryCidrBlocks.length > 4)
    problems.push({
      code: "quota",
      severity: "warning",
      summary: `${secondaryCidrBlocks.length + 1} IPv4 ranges are declared, and AWS allows 5 a VPC unless the account's quota was raised.`,
      path: "secondaryCidrBlocks",
    });
  return problems;
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

/** Private ranges of which a VPC has blocks of one only (Amazon VPC User Guide, "IPv4 CIDR block association restrictions"). */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"];
const mixedHint = "take a further range of the same private range, of 100.64.0.0/10, or a public one";

function whyApart(range: Range, before: readonly { readonly text: string }[]): string | undefined {
  const familyOf = (one: Range) => privateRanges.find((text) => overlap(rangeOf(text)!, one));
  const mine = familyOf(range);
  const others = before.map(({ text }) => ({ text, family: familyOf(rangeOf(text)!) }));
  const other = others.find(({ family }) => mine !== undefined && family !== undefined && family !== mine);
  return other && `is of ${mine} and ${other.text} of ${other.family}: AWS's guide allows blocks of one of them in a VPC.`;
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

function driver(ec2: Sdk): Driver<Vpc, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters: environmentFilter(scope), MaxResults: 1000 }))
        yield* await Promise.all(
          (page.Vpcs ?? []).map((found) =>
            // The flags of another project's VPC are nobody's business here, and cost two calls.
            tagsOf(found.Tags)[ownership.project] === scope.project && !scope.existence ? withFlags(ec2, aws, found) : live(found, {}),
          ),
        );
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<Vpc, Handle>>();
      for (const Filters of idFilters("vpc-id", ids))
        for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters, MaxResults: 1000 }))
          for (const one of await Promise.all((page.Vpcs ?? []).map((found) => withFlags(ec2, aws, found)))) lives.set(one.id, one);
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
      if (stage === "ranges") return addRanges(ec2, aws, live, request.secondaryCidrBlocks ?? [], run);
      await setFlags(ec2, aws, live.id, changes.enableDnsSupport?.after, changes.enableDnsHostnames?.after);
      if (changes.instanceTenancy) await aws.ec2(new ec2.ModifyVpcTenancyCommand({ VpcId: live.id, InstanceTenancy: "default" }));
    },

    shrink: (aws, _stage, live, request, run) => dropRanges(ec2, aws, live, request.secondaryCidrBlocks ?? [], run),

    async delete(aws, live, run) {
      if (live.handle.isDefault) {
        // An adopted default VPC was not made by us; deleting it would take from the account what only AWS can make.
        await ec2Tagging(aws, live, {}, Object.values(ownership));
        return run.say("the account's default VPC stays; it no longer bears our tags");
      }
      await aws.ec2(new ec2.DeleteVpcCommand({ VpcId: live.id })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: ec2Tagging,

    blockers: (aws, lives) => byEach(lives, (live) => blockers(ec2, aws, live.id)),

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters: tagFilters(tags), MaxResults: 1000 }))
        for (const found of page.Vpcs ?? []) if (isMeant(found, tags, owner)) ids.push(found.VpcId!);
      return ids;
    },
  };
}

interface Flags {
  readonly enableDnsSupport?: boolean;
  readonly enableDnsHostnames?: boolean;
}

/** One call tells one flag (EC2 API, DescribeVpcAttribute). A VPC that is listed but whose flags are not to be found yet is still pending. */
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
  return {
    id: found.VpcId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: found.State === "pending" ? "pending" : "ready",
    spec: {
      cidrBlock: found.CidrBlock!,
      // Only what is complete counts as there, so that a run that was stopped half-way waits for the rest of it.
      secondaryCidrBlocks: Object.entries(secondary).flatMap(([block, { state }]) => (state === "associated" ? [block] : [])),
      instanceTenancy: found.InstanceTenancy === "dedicated" ? "dedicated" : "default",
      ...flags,
    },
    handle: { isDefault: found.IsDefault ?? false, secondary },
    outputs: { cidr: found.CidrBlock ?? "" },
    ...(found.IsDefault ? { notes: ["this is the account's default VPC"] } : {}),
  };
}

/** The set also holds the first range, and for a while those that are gone. */
function secondaryOf(found: AwsVpc): Handle["secondary"] {
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

/** AWS takes one attribute a call, and names only where there is support. */
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

async function addRanges(ec2: Sdk, aws: Aws, live: Live<Vpc, Handle>, request: readonly string[], run: Run<Vpc, Handle>): Promise<void> {
  const have = live.handle.secondary;
  for (const CidrBlock of request) {
    if (have[CidrBlock]) continue;
    await aws.ec2(new ec2.AssociateVpcCidrBlockCommand({ VpcId: live.id, CidrBlock })).catch(async (error) => {
      // A lost answer makes the gate ask again, and then the range overlaps itself.
      const { Vpcs: [found] = [] } = await aws.ec2(new ec2.DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [live.id] }] }));
      if (!found || !secondaryOf(found)[CidrBlock]) throw error;
    });
  }
  if (request.some((block) => have[block]?.state !== "associated"))
    await run.wait("its further ranges", 600, (now) => request.every((block) => stateOf(now, block) === "associated"));
}

/** By now the subnets that go with them are gone. */
async function dropRanges(ec2: Sdk, aws: Aws, live: Live<Vpc, Handle>, request: readonly string[], run: Run<Vpc, Handle>): Promise<void> {
  const have = live.handle.secondary;
  const surplus = Object.keys(have).filter((block) => !request.includes(block));
  for (const block of surplus)
    await aws.ec2(new ec2.DisassociateVpcCidrBlockCommand({ AssociationId: have[block]!.association })).catch(async (error) => {
      if (isNotFound(error)) return;
      const inside = await subnetsInside(ec2, aws, live.id, block);
      if (inside.length === 0) throw error;
      throw new Refusal(`${block} cannot leave ${live.id} while ${inside.join(", ")} ${inside.length === 1 ? "lies" : "lie"} in it`, {
        cause: error,
      });
    });
  if (surplus.length > 0) await run.wait("ranges to go", 600, (now) => surplus.every((block) => stateOf(now, block) === undefined));
}

/** Throws when AWS gave up on a range: nothing will come of waiting for it. */
function stateOf(now: Live<Vpc, Handle> | undefined, block: string): string | undefined {
  const range = now?.handle.secondary[block];
  if (range?.state === "failing") throw new Refusal(`AWS could not add ${block} to ${now!.id}: ${range.message ?? "it gave no reason"}`);
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

/** Everything inside the VPC that AWS does not delete with it. */
async function blockers(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly Blocker[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpc] }];
  const [interfaces, { Subnets = [] }, { SecurityGroups = [] }, { RouteTables = [] }, { InternetGateways = [] }] = await Promise.all([
    interfacesIn(aws, "vpc-id", [vpc]),
    aws.ec2(new ec2.DescribeSubnetsCommand({ Filters })),
    aws.ec2(new ec2.DescribeSecurityGroupsCommand({ Filters })),
    aws.ec2(new ec2.DescribeRouteTablesCommand({ Filters })),
    aws.ec2(new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpc] }] })),
  ]);
  return [
    ...(interfaces.get(vpc) ?? []),
    ...Subnets.map(({ SubnetId, CidrBlock }) => inside(SubnetId, `subnet ${CidrBlock}`)),
    ...SecurityGroups.filter(({ GroupName }) => GroupName !== "default").map(({ GroupId, GroupName }) =>
      inside(GroupId, `security group "${GroupName}"`),
    ),
    ...RouteTables.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main)).map(({ RouteTableId }) =>
      inside(RouteTableId, "route table"),
    ),
    ...InternetGateways.map(({ InternetGatewayId }) => inside(InternetGatewayId, "internet gateway, attached")),
  ];
}

function inside(id: string | undefined, what: string): Blocker {
  return { id: id!, what, holder: id! };
}
