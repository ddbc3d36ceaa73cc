import { isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { publicInterfacesIn } from "../../aws/interfaces.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Driver, Kind, Live, Member, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { byEach, idFilters, networksOf } from "../shared/lookup.ts";
import { gatewaysOf, refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { type InternetGateway, schema } from "./schema.ts";
import type { InternetGateway as AwsGateway } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

/** The id of the VPC, which a detach needs. */
interface Handle {
  readonly vpc: string | undefined;
}

export const internetGateway: Kind<InternetGateway, Handle> = {
  name: "internetGateway",
  section: "internetGateways",
  file: "network",
  idPrefix: "igw-",
  doc: "The connection of a VPC to the internet.",
  outputs: {},
  foreign,
  summary: ({ vpc }) => ({ line: `for ${textOf(vpc)}`, tells: ["vpc"] }),
  schema,
  fields: {
    vpc: {
      change: "update",
      because: "the gateway is detached from one VPC and attached to the other",
      becauseUnset: "the gateway is not attached to a VPC",
      urgency: "traffic",
    },
  },
  stages: [{ name: "create" }, { name: "attachment", fields: ["vpc"] }],
  create: "tag-lookup",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("internet-gateway"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeInternetGateways", "ec2:DescribeNetworkInterfaces"],
    write: [
      "ec2:CreateInternetGateway",
      "ec2:DeleteInternetGateway",
      "ec2:AttachInternetGateway",
      "ec2:DetachInternetGateway",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteInternetGateway", "ec2:DetachInternetGateway"],
    access: {
      "ec2:AttachInternetGateway": { ours: ["internet-gateway/*"], free: ["vpc/*"] },
      "ec2:CreateInternetGateway": { made: ["internet-gateway/*"] },
      "ec2:DetachInternetGateway": { ours: ["internet-gateway/*"], free: ["vpc/*"] },
    },
  },
  slots,
  check,
  network,
  authored: asRead,
  drawn: ({ spec }) => ({ as: "door", of: refKey(spec.vpc), sub: "internet gateway", leadsTo: "internet" }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** A VPC can have one gateway. AWS refuses a second one with Resource.AlreadyAssociated (EC2 API, AttachInternetGateway). */
function slots({ spec }: Subject<Partial<InternetGateway>>): readonly Slot[] {
  if (spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  return [{ space: `gateway of ${vpc}`, value: vpc, path: "vpc", what: `the single internet gateway attachment of ${vpc}`, of: [vpc] }];
}

function check(self: Subject<InternetGateway>, index: ResourceIndex): readonly Problem[] {
  const first = gatewaysOf(index, self.spec.vpc)[0];
  if (!first || first.address === self.address) return [];
  return [
    {
      code: "one-gateway",
      summary: `${first.address} is already the internet gateway of this VPC, and a VPC has at most one.`,
      path: "vpc",
    },
  ];
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

function driver(ec2: Sdk): Driver<InternetGateway, Handle> {
  const described = pagesOf(ec2.DescribeInternetGatewaysCommand, (page) => page.InternetGateways);
  const detach = async (aws: Parameters<Driver["list"]>[0], InternetGatewayId: string, VpcId: string) => {
    await unlessGone(aws.ec2(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId })));
  };
  return {
    ...ec2Kind({ described, idFilter: "internet-gateway-id", idOf: (one) => one.InternetGatewayId, live }),

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("attachment.vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters))
          members.push({ id: one.InternetGatewayId!, what: `internet gateway of ${attachedTo(one) ?? "no VPC"}` });
      return members;
    },

    async create(aws, _want, identity) {
      const { InternetGateway: made } = await aws.ec2(
        new ec2.CreateInternetGatewayCommand({ TagSpecifications: tagSpecifications("internet-gateway", identity.tags) }),
        { once: true },
      );
      return made!.InternetGatewayId!;
    },

    initialState: () => ({ spec: { vpc: undefined }, handle: { vpc: undefined } }),

    async update(aws, _stage, live, request) {
      if (live.handle.vpc === request.vpc) return;
      if (live.handle.vpc) await detach(aws, live.id, live.handle.vpc);
      await aws.ec2(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: live.id, VpcId: request.vpc })).catch(async (error) => {
        // "Already associated" may mean this pair, another VPC, or another gateway. Only this pair is success.
        if (isNotFound(error)) throw error;
        const { InternetGateways: [now] = [] } = await aws.ec2(
          new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "internet-gateway-id", Values: [live.id] }] }),
        );
        if (!now || attachedTo(now) !== request.vpc) throw error;
      });
    },

    async delete(aws, live) {
      if (live.handle.vpc) await detach(aws, live.id, live.handle.vpc);
      await unlessGone(aws.ec2(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: live.id })));
    },

    /** AWS refuses to detach the gateway while the VPC has public addresses. */
    blockers: (aws, lives) => byEach(lives, async (live) => (live.handle.vpc ? publicInterfacesIn(aws, live.handle.vpc) : [])),

    preflight: (aws, planned, around) =>
      heldByForeign(
        planned,
        around,
        "whether the VPCs already have an internet gateway",
        async (networks) => {
          const there: { network: string; id: string; found: AwsGateway }[] = [];
          for (const Filters of idFilters("attachment.vpc-id", networks))
            for await (const found of described(aws, Filters))
              there.push({ network: attachedTo(found) ?? "", id: found.InternetGatewayId!, found });
          return there;
        },
        () => ({ path: "vpc", text: "the VPC already has an internet gateway, and a VPC has at most one:" }),
      ),
  };
}

function live(found: AwsGateway): Live<InternetGateway, Handle> {
  const vpc = attachedTo(found);
  return {
    id: found.InternetGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: "ready",
    spec: { vpc },
    handle: { vpc },
    outputs: { attached: vpc ?? "no" },
  };
}

function attachedTo(found: AwsGateway): string | undefined {
  return found.Attachments?.find(({ State }) => State !== "detached" && State !== "detaching")?.VpcId;
}
