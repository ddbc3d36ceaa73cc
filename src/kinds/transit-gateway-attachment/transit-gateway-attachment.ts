import type { Kind, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { indexBy, refKey, tablesOf, vpcOfSubnet } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { transitGatewayAttachmentCodes } from "./codes.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { type Handle, schema, type TransitGatewayAttachment } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const because = "the gateway and the VPC of an attachment cannot be changed";

const enforced = (value: boolean) => ({
  change: "update" as const,
  default: { value, class: "enforced" as const },
  urgency: "traffic" as const,
});

export const transitGatewayAttachment: Kind<TransitGatewayAttachment, Handle> = {
  name: "transitGatewayAttachment",
  section: "transitGatewayAttachments",
  file: "network",
  idPrefix: "tgw-attach-",
  doc: "The attachment of a VPC to a transit gateway. Routes of the VPC lead to the gateway (`target: transitGateway/NAME`), and a route table of the gateway leads back.",
  outputs: { state: "The state: `pendingAcceptance` while the gateway's owner must accept it, `available`." },
  foreign,
  codes: transitGatewayAttachmentCodes,
  schema,
  fields: {
    transitGateway: { change: "replace", because },
    vpc: { change: "replace", because },
    subnets: { change: "update", as: "set", urgency: "traffic" },
    applianceModeSupport: enforced(false),
    dnsSupport: enforced(true),
    ipv6Support: enforced(false),
    securityGroupReferencingSupport: { change: "update", urgency: "traffic" },
  },
  summary: ({ vpc, transitGateway }) => ({ line: `${textOf(vpc)} at ${textOf(transitGateway)}`, tells: ["vpc", "transitGateway"] }),
  stages: [{ name: "create" }],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 70, limit: 900 }, delete: { typical: 50, limit: 900 }, poll: 10 },
  tagIndex: ec2Index("transit-gateway-attachment"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeTransitGatewayVpcAttachments"],
    write: [
      "ec2:CreateTransitGatewayVpcAttachment",
      "ec2:ModifyTransitGatewayVpcAttachment",
      "ec2:DeleteTransitGatewayVpcAttachment",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteTransitGatewayVpcAttachment"],
    access: {
      "ec2:CreateTransitGatewayVpcAttachment": {
        made: ["transit-gateway-attachment/*"],
        free: ["subnet/*", "transit-gateway/*", "vpc/*"],
      },
      "ec2:ModifyTransitGatewayVpcAttachment": { ours: ["transit-gateway-attachment/*"], free: ["subnet/*"] },
    },
  },
  check,
  authored: (spec) => ({
    spec: without(spec, { applianceModeSupport: false, dnsSupport: true, ipv6Support: false, securityGroupReferencingSupport: true }),
  }),
  drawn: ({ spec }) => ({
    as: "door",
    of: refKey(spec.vpc),
    sub: `to ${textOf(spec.transitGateway).replace(/^transitGateway\//, "transit gateway ")}`,
    leadsTo: "network",
  }),
  network,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** Returns the slot of a pair. AWS refuses a second attachment of the same two with DuplicateTransitGatewayAttachment. */
function slots({ spec }: Subject<Partial<TransitGatewayAttachment>>): readonly Slot[] {
  if (spec.vpc === undefined || spec.transitGateway === undefined) return [];
  const [vpc, gateway] = [refKey(spec.vpc), refKey(spec.transitGateway)];
  return [
    {
      space: `attachments of ${gateway}`,
      value: vpc,
      path: "vpc",
      what: `the single attachment of ${vpc} to ${gateway}`,
      of: [vpc, gateway],
    },
  ];
}

function check(self: Subject<TransitGatewayAttachment>, index: ResourceIndex): readonly Problem[] {
  const { vpc, transitGateway, subnets } = self.spec;
  const pair = `${refKey(vpc)} ${refKey(transitGateway)}`;
  const pairOf = ({ spec }: Subject) => [`${refKey(spec.vpc)} ${refKey(spec.transitGateway)}`];
  const first = indexBy(index, "transit attachments by pair", self.kind, pairOf).get(pair)?.[0];
  const zones = subnets.map((subnet) => index.get(String(subnet))?.spec.availabilityZone as unknown);
  return [
    ...(first && first.address !== self.address
      ? [
          {
            code: "conflict" as const,
            path: "vpc",
            summary: `${first.address} already attaches this VPC to this transit gateway, and AWS allows only one such attachment.`,
            hint: "list the subnets of all zones in one of them",
          },
        ]
      : []),
    ...subnets.flatMap((subnet, i): Problem[] => {
      const place = vpcOfSubnet(index, subnet);
      const path = `subnets[${i}]`;
      const twin = zones[i] === undefined ? -1 : zones.indexOf(zones[i]);
      return [
        ...(place !== undefined && place !== refKey(vpc)
          ? [{ code: "other-vpc" as const, path, summary: `${refKey(subnet)} is in ${place}, and the attachment is of ${refKey(vpc)}.` }]
          : []),
        ...(twin >= 0 && twin < i
          ? [
              {
                code: "conflict" as const,
                path,
                summary: `${refKey(subnet)} and ${refKey(subnets[twin])} are in the same zone, and an attachment has only one subnet per zone.`,
              },
            ]
          : []),
      ];
    }),
    ...checkZones(self.spec, zones, index),
  ];
}

/**
 * Checks that zones with traffic have a subnet. The attachment does not carry traffic of other zones (Transit Gateways Guide, "Attach a VPC
 * to a transit gateway").
 */
function checkZones({ vpc, transitGateway }: TransitGatewayAttachment, zones: readonly unknown[], index: ResourceIndex): Problem[] {
  if (zones.includes(undefined)) return [];
  const isHere = ({ target }: { target: unknown }) => refKey(target) === refKey(transitGateway);
  const led = tablesOf(index, vpc).filter(({ spec }) => ((spec.routes as { target: unknown }[] | undefined) ?? []).some(isHere));
  const cutOff = led
    .flatMap(({ spec }) => (spec.subnets as unknown[] | undefined) ?? [])
    .map((subnet) => index.get(String(subnet)))
    .find((subnet) => subnet?.spec.availabilityZone !== undefined && !zones.includes(subnet.spec.availabilityZone));
  if (!cutOff) return [];
  return [
    {
      code: "unserved-zone",
      severity: "warning",
      path: "subnets",
      summary: `${cutOff.address} has routes to ${refKey(transitGateway)}, but the attachment has no subnet in ${String(cutOff.spec.availabilityZone)}, so this traffic is dropped.`,
      hint: "list a subnet in each zone",
    },
  ];
}
