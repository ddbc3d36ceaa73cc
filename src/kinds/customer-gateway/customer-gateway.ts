import type { Static } from "typebox";
import * as Type from "typebox";
import type { CustomerGateway as AwsGateway } from "@aws-sdk/client-ec2";
import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { object, optional, string } from "../../resource/fields.ts";
import { cureOfTaken } from "../../resource/findings.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Driver, Kind, Live, Member, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { ec2Kind } from "../shared/ec2-kind.ts";
import { idFilters, type Filter } from "../shared/lookup.ts";
import { ifAllowed } from "../shared/instances/preflight.ts";
import { foreign } from "./foreign.ts";
import { ec2Index } from "../shared/ec2-index.ts";

/** The number that AWS uses when none is given (EC2 API, CreateCustomerGateway). */
const usualAsn = 65_000;

const schema = object({
  ipAddress: string("The static public IPv4 address of the customer gateway device.", {
    pattern: "^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$",
    examples: ["203.0.113.12"],
  }),
  bgpAsn: optional(
    Type.Integer({
      description: "The autonomous system number (ASN) of the device, for BGP. AWS's default: 65000.",
      minimum: 1,
      maximum: 4_294_967_295,
      examples: [65_001],
    }),
  ),
  deviceName: optional(
    string("The name of the device; it distinguishes devices with the same address and ASN.", { minLength: 1, maxLength: 255 }),
  ),
});

export type CustomerGateway = Static<typeof schema>;

const fixed = { change: "replace", because: "a customer gateway cannot be changed; a new one replaces it" } as const;

export const customerGateway: Kind<CustomerGateway, null> = {
  name: "customerGateway",
  section: "customerGateways",
  idPrefix: "cgw-",
  doc: "The description for AWS of the device at the customer's end of a VPN connection: a router in an office or a data centre.",
  outputs: { ipAddress: "The public address." },
  foreign,
  schema,
  fields: { ipAddress: fixed, bgpAsn: { ...fixed, default: { value: usualAsn, class: "enforced" } }, deviceName: fixed },
  summary: ({ ipAddress }) => ({ line: `at ${ipAddress}`, tells: ["ipAddress"] }),
  stages: [{ name: "create" }],
  create: "tag-lookup",
  slots,
  replace: "create-first",
  waits: { create: { typical: 10, limit: 600 }, delete: { typical: 5, limit: 300 }, poll: 3 },
  tagIndex: ec2Index("customer-gateway"),
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeCustomerGateways"],
    write: ["ec2:CreateCustomerGateway", "ec2:DeleteCustomerGateway", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteCustomerGateway"],
    access: { "ec2:CreateCustomerGateway": { made: ["customer-gateway/*"] } },
  },
  check,
  authored: asRead,
  drawn: ({ spec }) => ({ as: "beside", glyph: "endpoint", sub: `customer gateway ${spec.ipAddress ?? ""}`.trim() }),
  withoutNetwork: "it is the far end of a VPN connection, and infra cannot know the network behind it",
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function keyOf({ ipAddress, bgpAsn = usualAsn, deviceName }: Partial<CustomerGateway>): string {
  return `${ipAddress}, number ${bgpAsn}${deviceName === undefined ? "" : `, ${deviceName}`}`;
}

/** For an equal second gateway, AWS returns the existing one, whoever made it (EC2 API, CreateCustomerGateway). */
function slots({ spec }: Subject<Partial<CustomerGateway>>): readonly Slot[] {
  if (spec.ipAddress === undefined) return [];
  return [
    {
      space: "customer gateways",
      value: keyOf(spec),
      path: "ipAddress",
      what: `the single customer gateway that AWS allows for ${keyOf(spec)}`,
    },
  ];
}

function check(self: Subject<CustomerGateway>, index: ResourceIndex): readonly Problem[] {
  const first = index.of(self.kind).find((one) => keyOf(one.spec) === keyOf(self.spec));
  if (!first || first.address === self.address) return [];
  return [
    {
      code: "conflict",
      summary: `${first.address} has the same address and autonomous system number, and AWS does not create a second one.`,
      path: "ipAddress",
      hint: "give one of them a `deviceName`",
    },
  ];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<CustomerGateway, null> {
  type Aws = Parameters<Driver["list"]>[0];
  /** The call has no pages. */
  const described = async (aws: Aws, Filters: Filter[]) =>
    (await aws.ec2(new ec2.DescribeCustomerGatewaysCommand({ Filters }))).CustomerGateways ?? [];

  return {
    ...ec2Kind({
      described,
      idFilter: "customer-gateway-id",
      idOf: (one) => one.CustomerGatewayId,
      live,
      isGone: (one) => live(one).state === "dead",
    }),

    /** AWS may return an existing gateway. It is ours only if it has our tags. */
    async create(aws, { ipAddress: IpAddress, bgpAsn = usualAsn, deviceName }, identity) {
      const { CustomerGateway: made } = await aws.ec2(
        new ec2.CreateCustomerGatewayCommand({
          Type: "ipsec.1",
          IpAddress,
          ...(bgpAsn > 2_147_483_647 ? { BgpAsnExtended: bgpAsn } : { BgpAsn: bgpAsn }),
          ...(deviceName === undefined ? {} : { DeviceName: deviceName }),
          TagSpecifications: tagSpecifications("customer-gateway", identity.tags),
        }),
        { once: true },
      );
      const tags = tagsOf(made!.Tags);
      const isOurs = [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]);
      if (!isOurs)
        throw new Refusal(
          `the customer gateway ${made!.CustomerGatewayId} already has this address and autonomous system number, and it is not of this environment`,
          {
            hint: `refer to it by { id: ${made!.CustomerGatewayId} }, take it over with \`adopt:\`, or give yours a \`deviceName\``,
          },
        );
      return made!.CustomerGatewayId!;
    },

    async delete(aws, { id: CustomerGatewayId, state }) {
      if (state === "dead" || state === "deleting") return;
      await unlessGone(aws.ec2(new ec2.DeleteCustomerGatewayCommand({ CustomerGatewayId })));
    },

    async preflight(aws, planned, around) {
      const unchecked: string[] = [];
      const Values = [...new Set(planned.map(({ request }) => request.ipAddress))];
      const found = await ifAllowed(
        described(aws, [{ Name: "ip-address", Values }]),
        "whether the account already has the same customer gateway",
        unchecked,
      );
      const foreign = (found ?? []).map(live).filter((one) => one.state !== "dead" && one.state !== "deleting" && !around.isOurs(one.id));
      const problems = planned.flatMap(({ address, request }) =>
        foreign
          .filter(({ spec }) => keyOf(spec) === keyOf(request))
          .map(({ id }) => ({
            address,
            path: "ipAddress",
            code: "slot-taken" as const,
            text: `the customer gateway ${id}, which is not in this environment, already has this address and autonomous system number, and AWS does not create a second one`,
            cure: `${cureOfTaken(id)}; or remove this one, and refer to the other by \`{ id: ${id} }\``,
          })),
      );
      return { problems, unchecked };
    },

    /** The customer gateways at the other end of the VPN connections of the gateways that were found. */
    async within(aws, around) {
      const gateways = [...(around.get("vpnGateway") ?? [])];
      const members: Member[] = [];
      for (const Filters of idFilters("vpn-gateway-id", gateways)) {
        const { VpnConnections = [] } = await aws.ec2(new ec2.DescribeVpnConnectionsCommand({ Filters }));
        for (const { CustomerGatewayId, VpnGatewayId, State } of VpnConnections)
          if (State !== "deleted" && State !== "deleting" && !members.some(({ id }) => id === CustomerGatewayId))
            members.push({ id: CustomerGatewayId!, what: `customer gateway at the other end of ${VpnGatewayId}` });
      }
      return members;
    },
  };
}

/** AWS takes the ASN as a number and returns it as a text. */
function live(found: AwsGateway): Live<CustomerGateway, null> {
  const state = found.State;
  return {
    id: found.CustomerGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: state === "deleted" ? "dead" : state === "deleting" ? "deleting" : state === "pending" ? "pending" : "ready",
    spec: {
      ipAddress: found.IpAddress!,
      bgpAsn: Number(found.BgpAsn ?? found.BgpAsnExtended ?? usualAsn),
      deviceName: found.DeviceName,
    } as Partial<CustomerGateway>,
    handle: null,
    outputs: { ipAddress: found.IpAddress ?? "" },
  };
}
