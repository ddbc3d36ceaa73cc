import type { Static } from "typebox";
import * as Type from "typebox";
import type { VpnGateway as AwsGateway } from "@aws-sdk/client-ec2";
import { isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { object, optional, ref } from "../../resource/fields.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Driver, Kind, Live, Member, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { ec2Kind } from "../shared/ec2-kind.ts";
import { idFilters, networksOf, type Filter } from "../shared/lookup.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { foreign } from "./foreign.ts";
import { ec2Index } from "../shared/ec2-index.ts";

/** The number that AWS uses by default (EC2 API, CreateVpnGateway). */
const usualAsn = 64_512;

const schema = object({
  vpc: ref("vpc", "The VPC to which the gateway is attached; a VPC has at most one."),
  amazonSideAsn: optional(
    Type.Integer({
      description:
        "The private autonomous system number (ASN) of AWS's side, 64512 to 65534 or 4200000000 to 4294967294. AWS's default: 64512.",
      minimum: usualAsn,
      maximum: 4_294_967_294,
      examples: [65_010],
    }),
  ),
});

export type VpnGateway = Static<typeof schema>;

interface Handle {
  /** The VPC to which it is attached or is being attached. */
  readonly vpc: string | undefined;
}

type LiveGateway = Live<VpnGateway, Handle>;

export const vpnGateway: Kind<VpnGateway, Handle> = {
  name: "vpnGateway",
  section: "vpnGateways",
  idPrefix: "vgw-",
  doc: "A virtual private gateway: AWS's side of VPN connections of a VPC.",
  outputs: { asn: { doc: "The autonomous system number (ASN).", type: "number" } },
  foreign,
  schema,
  fields: {
    vpc: {
      change: "update",
      because: "the gateway is detached from one VPC and attached to the other, and its connections carry no traffic in between",
      urgency: "traffic",
    },
    amazonSideAsn: { change: "replace", because: "the ASN of a VPN gateway cannot be changed" },
  },
  summary: ({ vpc }) => ({ line: `for ${textOf(vpc)}`, tells: ["vpc"] }),
  stages: [{ name: "create" }, { name: "attachment", fields: ["vpc"] }],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 5, limit: 600 }, delete: { typical: 5, limit: 600 }, poll: 10 },
  tagIndex: ec2Index("vpn-gateway"),
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeVpnGateways"],
    write: [
      "ec2:CreateVpnGateway",
      "ec2:DeleteVpnGateway",
      "ec2:AttachVpnGateway",
      "ec2:DetachVpnGateway",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVpnGateway", "ec2:DetachVpnGateway"],
    access: {
      "ec2:CreateVpnGateway": { made: ["vpn-gateway/*"] },
      "ec2:AttachVpnGateway": { ours: ["vpn-gateway/*"], free: ["vpc/*"] },
      "ec2:DetachVpnGateway": { ours: ["vpn-gateway/*"], free: ["vpc/*"] },
    },
  },
  check,
  authored: (spec) => ({ spec: spec.amazonSideAsn === usualAsn ? omit(spec, ["amazonSideAsn"]) : spec }),
  drawn: ({ spec }) => ({ as: "door", of: refKey(spec.vpc), sub: "VPN gateway", leadsTo: "service" }),
  withoutNetwork: "infra cannot know the networks behind it; the route tables that get its routes say so",
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** Returns the slot of a VPC, which has one VPN gateway: AWS refuses a second one with InvalidVpcState (EC2 API, AttachVpnGateway). */
function slots({ spec }: Subject<Partial<VpnGateway>>): readonly Slot[] {
  if (spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  return [{ space: `VPN gateway of ${vpc}`, value: vpc, path: "vpc", what: `the single VPN gateway attachment of ${vpc}`, of: [vpc] }];
}

function check(self: Subject<VpnGateway>, index: ResourceIndex): readonly Problem[] {
  const { vpc, amazonSideAsn: asn } = self.spec;
  const first = indexBy(index, "VPN gateways by vpc", self.kind, (one) => [one.spec.vpc]).get(refKey(vpc))?.[0];
  return [
    ...(first && first.address !== self.address
      ? [
          {
            code: "one-gateway" as const,
            summary: `${first.address} is already the VPN gateway of this VPC, and a VPC has at most one.`,
            path: "vpc",
          },
        ]
      : []),
    ...(asn !== undefined && asn > 65_534 && asn < 4_200_000_000
      ? [
          {
            code: "bad-value" as const,
            summary: `${asn} is not a private number: write 64512 to 65534 or 4200000000 to 4294967294.`,
            path: "amazonSideAsn",
          },
        ]
      : []),
  ];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<VpnGateway, Handle> {
  type Aws = Parameters<Driver["list"]>[0];
  /** Reads gateways; the call has no pages. */
  const described = async (aws: Aws, Filters: Filter[]) =>
    (await aws.ec2(new ec2.DescribeVpnGatewaysCommand({ Filters }))).VpnGateways ?? [];

  const attach = async (aws: Aws, VpnGatewayId: string, VpcId: string) => {
    await aws.ec2(new ec2.AttachVpnGatewayCommand({ VpnGatewayId, VpcId })).catch(async (error) => {
      if (isNotFound(error)) throw error;
      const [now] = await described(aws, [{ Name: "vpn-gateway-id", Values: [VpnGatewayId] }]);
      if (!now || attachmentOf(now)?.VpcId !== VpcId) throw error;
    });
  };
  const detach = async (aws: Aws, VpnGatewayId: string, VpcId: string) => {
    await unlessGone(aws.ec2(new ec2.DetachVpnGatewayCommand({ VpnGatewayId, VpcId })));
  };

  return {
    ...ec2Kind({
      described,
      idFilter: "vpn-gateway-id",
      idOf: (one) => one.VpnGatewayId,
      live,
      isGone: (one) => live(one).state === "dead",
    }),

    async create(aws, { amazonSideAsn }, identity) {
      const { VpnGateway: made } = await aws.ec2(
        new ec2.CreateVpnGatewayCommand({
          Type: "ipsec.1",
          ...(amazonSideAsn === undefined ? {} : { AmazonSideAsn: amazonSideAsn }),
          TagSpecifications: tagSpecifications("vpn-gateway", identity.tags),
        }),
        { once: true },
      );
      return made!.VpnGatewayId!;
    },

    async update(aws, _stage, { id, handle }, request, _changes, run) {
      if (handle.vpc !== undefined && handle.vpc !== request.vpc) {
        await detach(aws, id, handle.vpc);
        await run.wait("the gateway to be detached", 1800, (now) => now?.handle.vpc === undefined);
      }
      if (handle.vpc !== request.vpc) await attach(aws, id, request.vpc);
      await run.wait("the gateway to be attached", 900, (now) => now === undefined || now.spec.vpc === request.vpc);
    },

    async delete(aws, { id, handle, state }, run) {
      if (state === "dead" || state === "deleting") return;
      if (handle.vpc !== undefined) {
        await detach(aws, id, handle.vpc);
        await run.wait("the gateway to be detached", 1800, (now) => now?.handle.vpc === undefined);
      }
      await unlessGone(aws.ec2(new ec2.DeleteVpnGatewayCommand({ VpnGatewayId: id })));
    },

    preflight: (aws, planned, around) =>
      heldByForeign(
        planned,
        around,
        "whether the VPCs already have a VPN gateway",
        async (networks) => {
          const found = await described(aws, [{ Name: "attachment.vpc-id", Values: [...networks] }]);
          return found.flatMap((one) => {
            const network = attachmentOf(one)?.VpcId;
            return network === undefined || !networks.includes(network) ? [] : [{ network, id: one.VpnGatewayId!, found: one }];
          });
        },
        () => ({ path: "vpc", text: "the VPC already has a VPN gateway, and a VPC has at most one:" }),
      ),

    async within(aws, around) {
      const members: Member[] = [];
      for (const Filters of idFilters("attachment.vpc-id", networksOf(around)))
        for (const one of await described(aws, Filters)) {
          const vpc = attachmentOf(one)?.VpcId;
          if (vpc !== undefined) members.push({ id: one.VpnGatewayId!, what: `VPN gateway of ${vpc}` });
        }
      return members;
    },
  };
}

function live(found: AwsGateway): LiveGateway {
  const attachment = attachmentOf(found);
  return {
    id: found.VpnGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: stateOf(found.State),
    spec: {
      // Only complete attachments count, so that a later run waits for the others.
      vpc: attachment?.State === "attached" ? attachment.VpcId! : undefined,
      ...(found.AmazonSideAsn === undefined ? {} : { amazonSideAsn: found.AmazonSideAsn }),
    } as Partial<VpnGateway>,
    handle: { vpc: attachment?.VpcId },
    outputs: { attached: attachment?.VpcId ?? "no", ...(found.AmazonSideAsn === undefined ? {} : { asn: String(found.AmazonSideAsn) }) },
  };
}

/** Returns the attachment. One that was detached is still listed for a while. */
function attachmentOf({ VpcAttachments = [] }: AwsGateway) {
  return VpcAttachments.find(({ State }) => State !== "detached");
}

function stateOf(state: string | undefined): Live["state"] {
  return state === "deleted" ? "dead" : state === "deleting" ? "deleting" : state === "pending" ? "pending" : "ready";
}
