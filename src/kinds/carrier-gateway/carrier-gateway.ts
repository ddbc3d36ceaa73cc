import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Driver, Kind, Live, Member, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { ec2Index } from "../shared/ec2-index.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { idFilters, networksOf } from "../shared/lookup.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { type CarrierGateway, schema } from "./schema.ts";
import type { CarrierGateway as AwsGateway } from "@aws-sdk/client-ec2";

export const carrierGateway: Kind<CarrierGateway, null> = {
  name: "carrierGateway",
  section: "carrierGateways",
  file: "network",
  idPrefix: "cagw-",
  doc: "The connection of a VPC's subnets in Wavelength Zones to the network of a telecommunication carrier, and through it to the internet.",
  outputs: { vpc: "The id of the VPC." },
  foreign,
  schema,
  fields: { vpc: { change: "replace", because: "a carrier gateway cannot move to another VPC" } },
  summary: ({ vpc }) => ({ line: `for ${textOf(vpc)}`, tells: ["vpc"] }),
  stages: [{ name: "create" }],
  create: "token",
  slots,
  waits: { create: { typical: 10, limit: 300 }, delete: { typical: 10, limit: 300 }, poll: 5 },
  tagIndex: ec2Index("carrier-gateway"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeCarrierGateways"],
    write: ["ec2:CreateCarrierGateway", "ec2:DeleteCarrierGateway", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteCarrierGateway"],
    access: { "ec2:CreateCarrierGateway": { made: ["carrier-gateway/*"], free: ["vpc/*"] } },
  },
  check,
  authored: asRead,
  withoutNetwork: "infra cannot know which traffic the carrier allows",
  drawn: ({ spec }) => ({ as: "door", of: refKey(spec.vpc), sub: "carrier gateway", leadsTo: "network" }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** A VPC can have one (Amazon VPC User Guide, "Amazon VPC quotas"). */
function slots({ spec }: Subject<Partial<CarrierGateway>>): readonly Slot[] {
  if (spec.vpc === undefined) return [];
  const vpc = refKey(spec.vpc);
  return [
    { space: `carrier gateway of ${vpc}`, value: vpc, path: "vpc", what: `the single carrier gateway that ${vpc} can have`, of: [vpc] },
  ];
}

function check(self: Subject<CarrierGateway>, index: ResourceIndex): readonly Problem[] {
  const byVpc = indexBy(index, "carrier gateways by vpc", self.kind, (one) => [one.spec.vpc]);
  const first = byVpc.get(refKey(self.spec.vpc))?.[0];
  if (!first || first.address === self.address) return [];
  return [
    {
      code: "one-gateway",
      summary: `${first.address} is already the carrier gateway of this VPC, and a VPC has at most one.`,
      path: "vpc",
    },
  ];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<CarrierGateway, null> {
  const described = pagesOf(ec2.DescribeCarrierGatewaysCommand, (page) => page.CarrierGateways);
  return {
    ...ec2Kind({ described, idFilter: "carrier-gateway-id", idOf: (one) => one.CarrierGatewayId, live, isGone }),

    async create(aws, request, identity) {
      const { CarrierGateway: made } = await aws.ec2(
        new ec2.CreateCarrierGatewayCommand({
          VpcId: request.vpc,
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("carrier-gateway", identity.tags),
        }),
      );
      return made!.CarrierGatewayId!;
    },

    async delete(aws, { id: CarrierGatewayId, state }) {
      if (state === "deleting" || state === "dead") return;
      await unlessGone(aws.ec2(new ec2.DeleteCarrierGatewayCommand({ CarrierGatewayId })));
    },

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters))
          if (!isGone(one)) members.push({ id: one.CarrierGatewayId!, what: `carrier gateway of ${one.VpcId}` });
      return members;
    },

    preflight: (aws, planned, around) =>
      heldByForeign(
        planned,
        around,
        "whether the VPCs already have a carrier gateway",
        async (networks) => {
          const there: { network: string; id: string; found: null }[] = [];
          for (const Filters of idFilters("vpc-id", networks))
            for await (const one of described(aws, Filters))
              if (!isGone(one)) there.push({ network: one.VpcId!, id: one.CarrierGatewayId!, found: null });
          return there;
        },
        () => ({ path: "vpc", text: "the VPC already has a carrier gateway, and a VPC has at most one:" }),
      ),
  };
}

function isGone({ State }: AwsGateway): boolean {
  return State === "deleting" || State === "deleted";
}

function live(found: AwsGateway): Live<CarrierGateway, null> {
  return {
    id: found.CarrierGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(found),
    spec: found.VpcId === undefined ? {} : { vpc: found.VpcId },
    handle: null,
    outputs: { vpc: found.VpcId ?? "" },
  };
}

function stateOf({ State }: AwsGateway): Live["state"] {
  if (State === "pending" || State === "deleting") return State;
  return State === "deleted" ? "dead" : "ready";
}
