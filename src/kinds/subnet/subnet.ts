import { unlessGone } from "../../aws/eventual.ts";
import { interfacesIn } from "../../aws/interfaces.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { canonicalCidr, contains, overlap, rangeOf, rangesOf, textOfRange, whyNotSized } from "../../resource/ranges.ts";
import type { Driver, Kind, Live, Member, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { idFilters, networksOf } from "../shared/lookup.ts";
import { refKey, subnetsOf } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { textOf } from "../shared/told.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { subnetCodes } from "./codes.ts";
import { checkFamilies, isIpv6Only } from "./families.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import { type Ipv6Blocks, ipv6BlocksOf, isSameBlock, numberOf, blockFor, setBlock } from "./ipv6.ts";
import { network } from "./network.ts";
import { schema, type Subnet } from "./schema.ts";
import type { ModifySubnetAttributeCommandInput, Subnet as AwsSubnet } from "@aws-sdk/client-ec2";
import { opensWhen } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

interface Handle {
  readonly ipv6: Ipv6Blocks;
}

export const subnet: Kind<Subnet, Handle> = {
  name: "subnet",
  section: "subnets",
  file: "network",
  idPrefix: "subnet-",
  madeWith: "zone",
  placedBy: {
    vpc: { doc: "the id of its VPC", pattern: "^vpc-[0-9a-f]{8,17}$", example: "vpc-0a1b2c3d4e5f60718" },
    cidrBlock: { doc: "its IPv4 network", pattern: "^[0-9.]+/[0-9]{1,2}$", example: "10.0.1.0/24" },
  },
  doc: "A range of a VPC's addresses in one Availability Zone.",
  outputs: { zone: "The Availability Zone.", cidr: "The IPv4 network.", ipv6Cidr: "The IPv6 network, if there is one." },
  foreign,
  codes: subnetCodes,
  schema,
  fields: {
    vpc: { change: "replace", because: "a subnet cannot move to another VPC" },
    cidrBlock: { change: "replace", as: "cidr", because: "cidrBlock of a subnet cannot be changed" },
    ipv6Native: {
      change: "replace",
      default: { value: false, class: "enforced" },
      because: "a subnet can only be made IPv6-only at creation",
    },
    availabilityZone: { change: "replace", because: "availabilityZone of a subnet cannot be changed" },
    mapPublicIpOnLaunch: { change: "update", default: { value: false, class: "enforced" }, urgency: opensWhen(true) },
    ipv6CidrBlock: {
      change: (_was, _now, { now }) => (now.ipv6Native ? "replace" : "update"),
      same: (request, have) => isSameBlock(request, have),
      because: {
        update: "the IPv6 network of the subnet is removed before the new one is added",
        replace: "the network of an IPv6-only subnet cannot be changed",
      },
      becauseUnset: "the subnet has no IPv6 network",
      urgency: "traffic",
    },
    assignIpv6AddressOnCreation: {
      change: "update",
      default: { value: false, class: "enforced", unless: isIpv6Only },
      urgency: opensWhen(true),
    },
    enableDns64: { change: "update", default: { value: false, class: "enforced" }, urgency: "traffic" },
    privateDnsHostnameTypeOnLaunch: { change: "update", default: { value: "ip-name", class: "enforced", unless: isIpv6Only } },
  },
  summary: ({ vpc, cidrBlock, ipv6Native, availabilityZone, mapPublicIpOnLaunch }) => ({
    line: `${ipv6Native === true ? "IPv6-only" : textOf(cidrBlock)} in ${textOf(vpc)}, ${textOf(availabilityZone)}${mapPublicIpOnLaunch === true ? ", public addresses on launch" : ""}`,
    tells: ["vpc", "cidrBlock", "ipv6Native", "availabilityZone", "mapPublicIpOnLaunch"],
  }),
  stages: [
    { name: "create" },
    {
      name: "attributes",
      fields: ["mapPublicIpOnLaunch", "ipv6CidrBlock", "assignIpv6AddressOnCreation", "enableDns64", "privateDnsHostnameTypeOnLaunch"],
    },
  ],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 1, limit: 600 }, delete: "instant", poll: 1 },
  tagIndex: ec2Index("subnet"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"],
    write: [
      "ec2:CreateSubnet",
      "ec2:DeleteSubnet",
      "ec2:ModifySubnetAttribute",
      "ec2:AssociateSubnetCidrBlock",
      "ec2:DisassociateSubnetCidrBlock",
      "ec2:DescribeVpcs",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteSubnet"],
    onlyFor: {
      "ec2:AssociateSubnetCidrBlock": ["ipv6CidrBlock"],
      "ec2:DescribeAvailabilityZones": ["availabilityZone"],
      "ec2:DescribeVpcs": ["ipv6CidrBlock"],
      "ec2:DisassociateSubnetCidrBlock": ["ipv6CidrBlock"],
    },
    access: { "ec2:CreateSubnet": { made: ["subnet/*"], free: ["vpc/*"] } },
  },
  normalise: (spec) => (typeof spec.ipv6CidrBlock === "string" ? { ...spec, ipv6CidrBlock: canonicalCidr(spec.ipv6CidrBlock) } : spec),
  check,
  authored: (spec) => ({
    spec: without(spec, {
      ipv6Native: false,
      ...(spec.ipv6Native === true ? { assignIpv6AddressOnCreation: true, privateDnsHostnameTypeOnLaunch: "resource-name" } : {}),
      ipv6CidrBlock: "none",
      assignIpv6AddressOnCreation: false,
      enableDns64: false,
      privateDnsHostnameTypeOnLaunch: "ip-name",
    }),
  }),
  machines: "within",
  network,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/**
 * Returns the slots of its ranges. EC2 refuses a range that overlaps another one in the VPC with InvalidSubnet.Conflict (EC2 API,
 * CreateSubnet).
 */
function slots({ spec }: Subject<Partial<Subnet>>): readonly Slot[] {
  const range = rangeOf(spec.cidrBlock);
  if (spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  const number = spec.ipv6CidrBlock === undefined ? undefined : numberOf(spec.ipv6CidrBlock);
  return [
    ...(range
      ? [{ space: `ranges of ${vpc}`, value: range, path: "cidrBlock", what: `the range ${spec.cidrBlock} in ${vpc}`, of: [vpc] }]
      : []),
    ...(number === undefined
      ? []
      : [
          {
            space: `IPv6 ranges of ${vpc}`,
            value: String(number),
            path: "ipv6CidrBlock",
            what: `the IPv6 range ${number} in ${vpc}`,
            of: [vpc],
          },
        ]),
  ];
}

function check(self: Subject<Subnet>, index: ResourceIndex): readonly Problem[] {
  const { cidrBlock } = self.spec;
  const problems: Problem[] = [...beyondQuota(self, subnetsOf(index, self.spec.vpc), 200, "subnets in one VPC")];
  const range = rangeOf(cidrBlock);
  if (range && cidrBlock !== undefined) {
    const size = whyNotSized(cidrBlock, range);
    if (size)
      problems.push({
        code: "cidr-size",
        summary: size,
        path: "cidrBlock",
        hint: "write a network of /16 to /28",
      });
    problems.push(...checkInside(self, index), ...checkSiblings(self, index));
  }
  return [...problems, ...checkFamilies(self.spec), ...checkIpv6(self, index)];
}

function checkIpv6(self: Subject<Subnet>, index: ResourceIndex): readonly Problem[] {
  const { ipv6CidrBlock: block, assignIpv6AddressOnCreation } = self.spec;
  if (block === undefined || block === "none")
    return assignIpv6AddressOnCreation === true && block === "none"
      ? [{ code: "conflict", summary: "assignIpv6AddressOnCreation needs an IPv6 range.", path: "assignIpv6AddressOnCreation" }]
      : [];
  const path = "ipv6CidrBlock";
  const vpc = index.get(self.spec.vpc);
  const prefix = typeof block === "string" ? Number(block.split("/")[1]) : 64;
  const number = numberOf(block);
  const siblings = subnetsOf(index, self.spec.vpc) as readonly Subject<Subnet>[];
  const first =
    number === undefined
      ? undefined
      : siblings.find(({ spec }) => spec.ipv6CidrBlock !== undefined && numberOf(spec.ipv6CidrBlock) === number);
  return [
    ...(vpc && (vpc.spec.ipv6 ?? "none") === "none"
      ? [
          {
            code: "no-ipv6" as const,
            summary: `${self.address} cannot have an IPv6 range, because ${vpc.address} has none.`,
            path,
            hint: `write \`ipv6: amazon\` on ${vpc.address}`,
          },
        ]
      : []),
    ...(prefix < 44 || prefix > 64 || prefix % 4 !== 0
      ? [{ code: "cidr-size" as const, summary: `${block} is a /${prefix}, and AWS accepts /44 to /64 in steps of 4.`, path }]
      : []),
    ...(first && first.address !== self.address
      ? [{ code: "cidr-overlap" as const, summary: `${first.address} already has the IPv6 range ${first.spec.ipv6CidrBlock}.`, path }]
      : []),
  ];
}

function checkInside(self: Subject<Subnet>, index: ResourceIndex): Problem[] {
  const vpc = index.get(self.spec.vpc);
  if (!vpc) return []; // not ours: only AWS knows its ranges
  const blocks: string[] = [vpc.spec.cidrBlock, ...(vpc.spec.secondaryCidrBlocks ?? [])];
  const range = rangeOf(self.spec.cidrBlock)!;
  const outer = rangesOf(blocks);
  if (outer.length === 0 || outer.some((block) => contains(block, range))) return [];
  return [
    {
      code: "cidr-outside-vpc",
      summary: `${self.spec.cidrBlock} is not inside ${vpc.address}, which has ${blocks.join(" and ")}.`,
      path: "cidrBlock",
      hint: `write a network inside that range, or add one to \`secondaryCidrBlocks\` of ${vpc.address}`,
    },
  ];
}

/** Reports each pair once, on the later subnet. */
function checkSiblings(self: Subject<Subnet>, index: ResourceIndex): Problem[] {
  const siblings = subnetsOf(index, self.spec.vpc) as readonly Subject<Subnet>[];
  const range = rangeOf(self.spec.cidrBlock)!;
  for (const other of siblings) {
    if (other.address === self.address) return [];
    const taken = rangeOf(other.spec.cidrBlock);
    if (taken && overlap(taken, range))
      return [
        {
          code: "cidr-overlap",
          summary: `${self.spec.cidrBlock} overlaps ${other.spec.cidrBlock} of ${other.address}.`,
          path: "cidrBlock",
          ...freeHint(self, siblings, index),
        },
      ];
  }
  return [];
}

/** Suggests the first network of the same size that no subnet of the VPC has. */
function freeHint(self: Subject<Subnet>, siblings: readonly Subject<Subnet>[], index: ResourceIndex): Pick<Problem, "hint"> {
  const vpc = index.get(self.spec.vpc);
  const { prefix } = rangeOf(self.spec.cidrBlock)!;
  const size = 2 ** (32 - prefix);
  const taken = rangesOf(siblings.map(({ spec }) => spec.cidrBlock));
  for (const { first, last } of rangesOf([vpc?.spec.cidrBlock, ...(vpc?.spec.secondaryCidrBlocks ?? [])]))
    for (let at = first; at + size - 1 <= last; at += size) {
      const free = { first: at, last: at + size - 1, prefix };
      if (!taken.some((one) => overlap(one, free))) return { hint: `${textOfRange(free)} is free` };
    }
  return {};
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<Subnet, Handle> {
  const described = pagesOf(ec2.DescribeSubnetsCommand, (page) => page.Subnets);
  return {
    ...ec2Kind({ described, idFilter: "subnet-id", idOf: (one) => one.SubnetId, live }),

    async create(aws, request, identity) {
      const only = request.ipv6Native ? await blockFor(ec2, aws, request.vpc, request.ipv6CidrBlock ?? "none") : undefined;
      const { Subnet: made } = await aws.ec2(
        new ec2.CreateSubnetCommand({
          VpcId: request.vpc,
          ...(only === undefined ? { CidrBlock: request.cidrBlock } : { Ipv6Native: true, Ipv6CidrBlock: only }),
          AvailabilityZone: request.availabilityZone,
          TagSpecifications: tagSpecifications("subnet", identity.tags),
        }),
        { once: true },
      );
      return made!.SubnetId!;
    },

    /**
     * Changes one attribute in each call, as EC2 requires. EC2 refuses another IPv6 range while new interfaces still get addresses from the
     * old one.
     */
    async update(aws, _stage, live, request, changes, run) {
      const set = (attribute: Omit<ModifySubnetAttributeCommandInput, "SubnetId">) =>
        aws.ec2(new ec2.ModifySubnetAttributeCommand({ SubnetId: live.id, ...attribute }));
      const { mapPublicIpOnLaunch, ipv6CidrBlock, assignIpv6AddressOnCreation: assigns, enableDns64 } = changes;
      const { privateDnsHostnameTypeOnLaunch: hostname } = changes;
      // An IPv6-only subnet is created with its range and never loses it.
      const pauses = ipv6CidrBlock !== undefined && request.ipv6Native !== true && live.spec.assignIpv6AddressOnCreation === true;
      if (pauses || assigns?.after === false) await set({ AssignIpv6AddressOnCreation: { Value: false } });
      if (ipv6CidrBlock) await setBlock(ec2, aws, live, request.vpc, request.ipv6CidrBlock ?? "none", run);
      if (assigns?.after === true || (pauses && request.assignIpv6AddressOnCreation === true))
        await set({ AssignIpv6AddressOnCreation: { Value: true } });
      if (enableDns64) await set({ EnableDns64: { Value: enableDns64.after } });
      // "ip-name" or "resource-name" (EC2 API, ModifySubnetAttribute).
      if (hostname) await set({ PrivateDnsHostnameTypeOnLaunch: hostname.after ?? "ip-name" });
      if (mapPublicIpOnLaunch) await set({ MapPublicIpOnLaunch: { Value: mapPublicIpOnLaunch.after } });
    },

    async delete(aws, live) {
      await unlessGone(aws.ec2(new ec2.DeleteSubnetCommand({ SubnetId: live.id })));
    },

    blockers: (aws, lives) =>
      interfacesIn(
        aws,
        "subnet-id",
        lives.map(({ id }) => id),
      ),

    preflight: (aws, planned, around) =>
      heldByForeign(
        planned,
        around,
        "whether ranges are free",
        async (networks) => {
          const there: { network: string; id: string; found: AwsSubnet }[] = [];
          for (const Filters of idFilters("vpc-id", networks))
            for await (const found of described(aws, Filters)) there.push({ network: found.VpcId!, id: found.SubnetId!, found });
          return there;
        },
        ({ request }, found) => {
          const [mine, theirs] = [rangeOf(request.cidrBlock), rangeOf(found.CidrBlock)];
          if (!mine || !theirs || !overlap(mine, theirs)) return undefined;
          return { path: "cidrBlock", text: `${request.cidrBlock} overlaps ${found.CidrBlock} of` };
        },
      ),

    async defaults(aws, of) {
      const Filters = [
        { Name: "default-for-az", Values: ["true"] },
        { Name: "availability-zone", Values: [...of] },
      ];
      const { Subnets = [] } = await aws.ec2(new ec2.DescribeSubnetsCommand({ Filters }));
      return new Map(Subnets.filter(({ DefaultForAz }) => DefaultForAz).map((found) => [found.AvailabilityZone!, live(found)]));
    },

    async at(aws, { vpc = "", cidrBlock = "" }, owner) {
      const Filters = [
        { Name: "vpc-id", Values: [vpc] },
        { Name: "cidr-block", Values: [cidrBlock] },
      ];
      const ids: string[] = [];
      for await (const { SubnetId, VpcId, CidrBlock, OwnerId } of described(aws, Filters))
        if (VpcId === vpc && CidrBlock === cidrBlock && (owner === undefined || OwnerId === owner)) ids.push(SubnetId!);
      return ids;
    },

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters))
          members.push({
            id: one.SubnetId!,
            what: `${one.CidrBlock === undefined ? "IPv6-only subnet" : `subnet ${one.CidrBlock}`} in ${one.VpcId}`,
          });
      return members;
    },
  };
}

/** Returns the type of host names. Some emulators do not return it. */
function hostnameOf({ PrivateDnsNameOptionsOnLaunch: options }: AwsSubnet): Pick<Subnet, "privateDnsHostnameTypeOnLaunch"> {
  return options?.HostnameType === undefined ? {} : { privateDnsHostnameTypeOnLaunch: options.HostnameType };
}

function live(found: AwsSubnet): Live<Subnet, Handle> {
  const ipv6 = ipv6BlocksOf(found);
  const [ipv6Cidr] = Object.keys(ipv6).filter((block) => ipv6[block]!.state === "associated");
  return {
    id: found.SubnetId!,
    aliases: found.SubnetArn ? [found.SubnetArn] : [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(found),
    spec: {
      vpc: found.VpcId!,
      ...(found.CidrBlock ? { cidrBlock: found.CidrBlock } : {}),
      ipv6Native: found.Ipv6Native ?? false,
      availabilityZone: found.AvailabilityZone!,
      mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
      ipv6CidrBlock: ipv6Cidr ?? "none",
      assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation ?? false,
      enableDns64: found.EnableDns64 ?? false,
      ...hostnameOf(found),
    },
    handle: { ipv6 },
    outputs: { zone: found.AvailabilityZone ?? "", cidr: found.CidrBlock ?? "", ...(ipv6Cidr === undefined ? {} : { ipv6Cidr }) },
  };
}

function stateOf({ State }: AwsSubnet): Live["state"] {
  if (State === "pending") return "pending";
  return State === undefined || State === "available" ? "ready" : { failed: `AWS says "${State}"` };
}
