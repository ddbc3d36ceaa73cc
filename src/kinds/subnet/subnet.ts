import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import type { Subnet as AwsSubnet } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import { isNotFound } from "../../aws/errors.ts";
import { interfacesIn } from "../../aws/interfaces.ts";
import { asRead } from "../shared/authored.ts";
import { idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { boolean, cidr, object, optional, ref, zone } from "../../resource/fields.ts";
import type { Driver, Kind, Live, Member, Problem, Slot, Subject, ResourceIndex } from "../kind.ts";
import { refKey, subnetsOf } from "../shared/network-index.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { contains, overlap, rangeOf, rangesOf, whyNotSized } from "../../resource/ranges.ts";
import { heldByStrangers } from "../shared/vpc-strangers.ts";
import { drawn } from "./drawn.ts";

const schema = object({
  vpc: ref("vpc", "The VPC it lies in."),
  cidrBlock: cidr("Its IPv4 network, /16 to /28, inside the VPC; AWS keeps the first four addresses and the last.", 4, "10.0.1.0/24"),
  availabilityZone: zone("The zone it lies in."),
  mapPublicIpOnLaunch: optional(boolean("Whether machines launched in it get a public address.")),
});

export type Subnet = Static<typeof schema>;

export const subnet: Kind<Subnet, null> = {
  name: "subnet",
  section: "subnets",
  idPrefix: "subnet-",
  doc: "A range of a VPC's addresses in one availability zone.",
  outputs: { zone: "The zone in which it lies.", cidr: "Its range." },
  foreign,
  schema,
  fields: {
    vpc: { change: "replace", because: "a subnet cannot move to another VPC" },
    cidrBlock: { change: "replace", as: "cidr", because: "cidrBlock of a subnet cannot be changed" },
    availabilityZone: { change: "replace", because: "availabilityZone of a subnet cannot be changed" },
    mapPublicIpOnLaunch: { change: "update", default: { value: false, class: "enforced" } },
  },
  summary: ({ vpc, cidrBlock, availabilityZone, mapPublicIpOnLaunch }) => ({
    line: `${textOf(cidrBlock)} in ${textOf(vpc)}, ${textOf(availabilityZone)}${mapPublicIpOnLaunch === true ? ", public addresses on launch" : ""}`,
    tells: ["vpc", "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch"],
  }),
  stages: [{ name: "create" }, { name: "attributes", fields: ["mapPublicIpOnLaunch"] }],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 1, limit: 600 }, delete: "instant", poll: 1 },
  tagIndex: { type: "ec2:subnet" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"],
    write: ["ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteSubnet"],
    onlyFor: { "ec2:DescribeAvailabilityZones": ["availabilityZone"] },
    access: { "ec2:CreateSubnet": { made: ["subnet/*"], free: ["vpc/*"] } },
  },
  check,
  authored: asRead,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** EC2 refuses a range that overlaps another of the VPC with InvalidSubnet.Conflict (EC2 API, CreateSubnet). */
function slots({ spec }: Subject<Partial<Subnet>>): readonly Slot[] {
  const range = rangeOf(spec.cidrBlock);
  if (!range || spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  return [{ space: `ranges of ${vpc}`, value: range, path: "cidrBlock", what: `the range ${spec.cidrBlock} in ${vpc}`, of: [vpc] }];
}

function check(self: Subject<Subnet>, index: ResourceIndex): readonly Problem[] {
  const { cidrBlock } = self.spec;
  const problems: Problem[] = [...beyondQuota(self, subnetsOf(index, self.spec.vpc), 200, "subnets in one VPC")];
  const range = rangeOf(cidrBlock);
  if (range) {
    const size = whyNotSized(cidrBlock, range);
    if (size) problems.push({ code: "cidr-size", summary: size, path: "cidrBlock" });
    problems.push(...checkInside(self, index), ...checkSiblings(self, index));
  }
  return problems;
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
      summary: `${self.spec.cidrBlock} does not lie in ${vpc.address}, which has ${blocks.join(" and ")}.`,
      path: "cidrBlock",
    },
  ];
}

/** Each pair is told once, on the subnet that comes later. */
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
        },
      ];
  }
  return [];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<Subnet, null> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters: environmentFilter(scope), MaxResults: 1000 }))
        for (const found of page.Subnets ?? []) yield live(found);
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<Subnet, null>>();
      for (const Filters of idFilters("subnet-id", ids))
        for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters, MaxResults: 1000 }))
          for (const found of page.Subnets ?? []) lives.set(found.SubnetId!, live(found));
      return lives;
    },

    async create(aws, request, identity) {
      const { Subnet: made } = await aws.ec2(
        new ec2.CreateSubnetCommand({
          VpcId: request.vpc,
          CidrBlock: request.cidrBlock,
          AvailabilityZone: request.availabilityZone,
          TagSpecifications: tagSpecifications("subnet", identity.tags),
        }),
        { once: true },
      );
      return made!.SubnetId!;
    },

    async update(aws, _stage, live, _want, changes) {
      const { mapPublicIpOnLaunch } = changes;
      if (mapPublicIpOnLaunch)
        await aws.ec2(
          new ec2.ModifySubnetAttributeCommand({ SubnetId: live.id, MapPublicIpOnLaunch: { Value: mapPublicIpOnLaunch.after } }),
        );
    },

    async delete(aws, live) {
      await aws.ec2(new ec2.DeleteSubnetCommand({ SubnetId: live.id })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: ec2Tagging,

    blockers: (aws, lives) =>
      interfacesIn(
        aws,
        "subnet-id",
        lives.map(({ id }) => id),
      ),

    preflight: (aws, planned, around) =>
      heldByStrangers(
        planned,
        around,
        "whether ranges are free",
        async (networks) => {
          const there: { network: string; id: string; found: AwsSubnet }[] = [];
          for (const Filters of idFilters("vpc-id", networks))
            for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters, MaxResults: 1000 }))
              for (const found of page.Subnets ?? []) there.push({ network: found.VpcId!, id: found.SubnetId!, found });
          return there;
        },
        ({ request }, found) => {
          const [mine, theirs] = [rangeOf(request.cidrBlock), rangeOf(found.CidrBlock)];
          if (!mine || !theirs || !overlap(mine, theirs)) return undefined;
          return { path: "cidrBlock", text: `${request.cidrBlock} overlaps ${found.CidrBlock} of` };
        },
      ),

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters: tagFilters(tags), MaxResults: 1000 }))
        for (const found of page.Subnets ?? []) if (isMeant(found, tags, owner)) ids.push(found.SubnetId!);
      return ids;
    },

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const page of aws.ec2.pages(ec2.DescribeSubnetsCommand, { Filters, MaxResults: 1000 }))
          for (const one of page.Subnets ?? []) members.push({ id: one.SubnetId!, what: `subnet ${one.CidrBlock} in ${one.VpcId}` });
      return members;
    },
  };
}

function live(found: AwsSubnet): Live<Subnet, null> {
  return {
    id: found.SubnetId!,
    aliases: found.SubnetArn ? [found.SubnetArn] : [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(found),
    spec: {
      vpc: found.VpcId!,
      cidrBlock: found.CidrBlock!,
      availabilityZone: found.AvailabilityZone!,
      mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
    },
    handle: null,
    outputs: { zone: found.AvailabilityZone ?? "", cidr: found.CidrBlock ?? "" },
  };
}

function stateOf({ State }: AwsSubnet): Live["state"] {
  if (State === "pending") return "pending";
  return State === undefined || State === "available" ? "ready" : { failed: `AWS says "${State}"` };
}
