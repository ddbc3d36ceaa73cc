import { existing, unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import type { Driver, Kind, Live, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { isMeant, tagFilters } from "../shared/lookup.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { type EgressOnlyInternetGateway, schema } from "./schema.ts";
import type { EgressOnlyInternetGateway as AwsGateway } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

export const egressOnlyInternetGateway: Kind<EgressOnlyInternetGateway, null> = {
  name: "egressOnlyInternetGateway",
  section: "egressOnlyInternetGateways",
  file: "network",
  idPrefix: "eigw-",
  doc: "A gateway for IPv6 traffic from a VPC to the internet, and for no connections from the internet.",
  outputs: { vpc: "The id of the VPC." },
  foreign,
  schema,
  fields: { vpc: { change: "replace", because: "an egress-only internet gateway cannot move to another VPC" } },
  summary: ({ vpc }) => ({ line: `for ${textOf(vpc)}`, tells: ["vpc"] }),
  stages: [{ name: "create" }],
  create: "token",
  slots,
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("egress-only-internet-gateway"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 255)),
  iam: {
    read: ["ec2:DescribeEgressOnlyInternetGateways"],
    write: ["ec2:CreateEgressOnlyInternetGateway", "ec2:DeleteEgressOnlyInternetGateway", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteEgressOnlyInternetGateway"],
    access: { "ec2:CreateEgressOnlyInternetGateway": { made: ["egress-only-internet-gateway/*"], free: ["vpc/*"] } },
  },
  check,
  authored: asRead,
  network,
  drawn: ({ spec }) => ({ as: "door", of: refKey(spec.vpc), sub: "egress-only internet gateway", leadsTo: "outwards" }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** A VPC can have one (Amazon VPC User Guide, Amazon VPC quotas). */
function slots({ spec }: Subject<Partial<EgressOnlyInternetGateway>>): readonly Slot[] {
  if (spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  const what = `the single egress-only internet gateway attachment of ${vpc}`;
  return [{ space: `egress-only gateway of ${vpc}`, value: vpc, path: "vpc", what, of: [vpc] }];
}

function check(self: Subject<EgressOnlyInternetGateway>, index: ResourceIndex): readonly Problem[] {
  const byVpc = indexBy(index, "egress-only gateways by vpc", self.kind, (one) => [one.spec.vpc]);
  const first = byVpc.get(refKey(self.spec.vpc))?.[0];
  const vpc = index.get(self.spec.vpc);
  return [
    ...(first && first.address !== self.address
      ? [
          {
            code: "one-gateway" as const,
            summary: `${first.address} is already the egress-only internet gateway of this VPC, and a VPC has at most one.`,
            path: "vpc",
          },
        ]
      : []),
    ...(vpc && (vpc.spec.ipv6 ?? "none") === "none"
      ? [
          {
            code: "no-ipv6" as const,
            severity: "warning" as const,
            summary: `${vpc.address} has no IPv6 range, and an egress-only internet gateway is only for IPv6.`,
            path: "vpc",
            hint: `write \`ipv6: amazon\` on ${vpc.address}`,
          },
        ]
      : []),
  ];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<EgressOnlyInternetGateway, null> {
  const described = async function* (aws: Parameters<Driver["list"]>[0], Filters?: { Name: string; Values: string[] }[]) {
    const input = { ...(Filters ? { Filters } : {}), MaxResults: 255 };
    for await (const page of aws.ec2.pages(ec2.DescribeEgressOnlyInternetGatewaysCommand, input))
      yield* page.EgressOnlyInternetGateways ?? [];
  };
  return {
    async *list(aws, scope) {
      for await (const found of described(aws, environmentFilter(scope))) yield live(found);
    },

    /** Describes the gateways by their ids, because the call has no filter for ids. */
    async get(aws, ids) {
      const found = await existing(ids, 200, async (EgressOnlyInternetGatewayIds) => {
        const answer = await aws.ec2(new ec2.DescribeEgressOnlyInternetGatewaysCommand({ EgressOnlyInternetGatewayIds }));
        return answer.EgressOnlyInternetGateways ?? [];
      });
      return new Map(found.map((one) => [one.EgressOnlyInternetGatewayId!, live(one)]));
    },

    async create(aws, request, identity) {
      const { EgressOnlyInternetGateway: made } = await aws.ec2(
        new ec2.CreateEgressOnlyInternetGatewayCommand({
          VpcId: request.vpc,
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("egress-only-internet-gateway", identity.tags),
        }),
      );
      return made!.EgressOnlyInternetGatewayId!;
    },

    initialState: (request) => ({ spec: request, handle: null }),

    async delete(aws, { id: EgressOnlyInternetGatewayId }) {
      await unlessGone(aws.ec2(new ec2.DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId })));
    },

    tag: ec2Tagging,

    preflight: (aws, planned, around) =>
      heldByForeign(
        planned,
        around,
        "whether the VPCs already have an egress-only internet gateway",
        async (networks) => {
          const there: { network: string; id: string; found: AwsGateway }[] = [];
          for await (const found of described(aws)) {
            const network = attachedTo(found);
            if (network !== undefined && networks.includes(network)) there.push({ network, id: found.EgressOnlyInternetGatewayId!, found });
          }
          return there;
        },
        () => ({ path: "vpc", text: "the VPC already has an egress-only internet gateway, and a VPC has at most one:" }),
      ),

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner)) ids.push(found.EgressOnlyInternetGatewayId!);
      return ids;
    },
  };
}

function live(found: AwsGateway): Live<EgressOnlyInternetGateway, null> {
  const vpc = attachedTo(found);
  return {
    id: found.EgressOnlyInternetGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: "ready",
    spec: vpc === undefined ? {} : { vpc },
    handle: null,
    outputs: { vpc: vpc ?? "" },
  };
}

function attachedTo({ Attachments }: AwsGateway): string | undefined {
  return Attachments?.find(({ State }) => State !== "detached" && State !== "detaching")?.VpcId;
}
