import { Type, type Static } from "typebox";
import { boolean, cidr, list, object, optional, string } from "../../resource/fields.ts";
import { rangeOf } from "../../resource/ranges.ts";
import { without } from "../shared/authored.ts";
import type { Kind, Problem, Subject } from "../kind.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";

/** The number that AWS takes when none is asked for (EC2 API, TransitGatewayRequestOptions). */
const usualAsn = 64_512;

const schema = object({
  description: optional(string("What it is for.", { maxLength: 255 })),
  amazonSideAsn: optional(
    Type.Integer({
      description:
        "The private autonomous system number of AWS's side of VPNs, 64512 to 65534 or 4200000000 to 4294967294. Unwritten: 64512. AWS changes it only while no VPN or Direct Connect is attached.",
      minimum: usualAsn,
      maximum: 4_294_967_294,
      examples: [65_010],
    }),
  ),
  cidrBlocks: optional(
    list(
      cidr("A network, /24 or larger; of IPv6, /64 or larger.", "any", "10.255.0.0/24"),
      "Addresses of the gateway itself, for Connect attachments.",
    ),
  ),
  defaultRouteTableAssociation: optional(
    boolean(
      "Whether new attachments follow the route table that AWS makes with the gateway; true when unwritten. With route tables of your own: false.",
    ),
  ),
  defaultRouteTablePropagation: optional(
    boolean(
      "Whether that table gets the networks of new attachments by itself; true when unwritten. With route tables of your own: false.",
    ),
  ),
  dnsSupport: optional(boolean("Whether public names lead to private addresses across attached VPCs; true when unwritten.")),
  vpnEcmpSupport: optional(boolean("Whether traffic is spread over several VPNs that lead to the same networks; true when unwritten.")),
  securityGroupReferencingSupport: optional(
    boolean("Whether security groups may name groups of other attached VPCs as sources; false when unwritten."),
  ),
  autoAcceptSharedAttachments: optional(
    boolean("Whether attachments of accounts with which it is shared are accepted by themselves; false when unwritten."),
  ),
  multicastSupport: optional(boolean("Whether it can carry multicast; false when unwritten.")),
});

export type TransitGateway = Static<typeof schema>;

export interface Handle {
  /** Nothing is being changed on it. */
  readonly isSettled: boolean;
}

/** What AWS gives when nobody asks. */
const usual = {
  description: "",
  amazonSideAsn: usualAsn,
  cidrBlocks: [],
  defaultRouteTableAssociation: true,
  defaultRouteTablePropagation: true,
  dnsSupport: true,
  vpnEcmpSupport: true,
  securityGroupReferencingSupport: false,
  autoAcceptSharedAttachments: false,
  multicastSupport: false,
};

const enforced = (value: boolean) => ({ change: "update" as const, default: { value, class: "enforced" as const } });

export const transitGateway: Kind<TransitGateway, Handle> = {
  name: "transitGateway",
  section: "transitGateways",
  file: "network",
  idPrefix: "tgw-",
  doc: "A router between VPCs, and between them and VPNs: each is attached to it once, in place of a peering for every pair.",
  outputs: {
    arn: "Its ARN.",
    associationDefaultRouteTable: "The id of the route table that new attachments follow; absent where they follow none.",
    propagationDefaultRouteTable: "The id of the route table that gets the networks of new attachments; absent where there is none.",
  },
  foreign,
  schema,
  fields: {
    description: { change: "update", late: true, default: { value: "", class: "create-only" } },
    amazonSideAsn: { change: "update", default: { value: usualAsn, class: "create-only" } },
    cidrBlocks: { change: "update", as: "set", default: { value: [], class: "enforced" } },
    defaultRouteTableAssociation: enforced(true),
    defaultRouteTablePropagation: enforced(true),
    dnsSupport: enforced(true),
    vpnEcmpSupport: enforced(true),
    securityGroupReferencingSupport: enforced(false),
    autoAcceptSharedAttachments: enforced(false),
    multicastSupport: {
      change: "replace",
      default: { value: false, class: "enforced" },
      because: "multicast is settled when a transit gateway is made",
    },
  },
  stages: [{ name: "create" }],
  create: "tag-lookup",
  waits: { create: { typical: 90, limit: 900 }, delete: { typical: 60, limit: 900 }, poll: 10 },
  tagIndex: { type: "ec2:transit-gateway" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeTransitGateways"],
    write: ["ec2:CreateTransitGateway", "ec2:ModifyTransitGateway", "ec2:DeleteTransitGateway", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteTransitGateway"],
    access: { "ec2:CreateTransitGateway": { made: ["transit-gateway/*"] } },
  },
  check,
  authored: (spec) => ({ spec: without(spec, usual) }),
  drawn: () => ({ as: "beside", glyph: "part", sub: "transit gateway" }),
  network,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** EC2 API, TransitGatewayRequestOptions. */
function check({ spec: { amazonSideAsn: asn = usualAsn, cidrBlocks = [] } }: Subject<TransitGateway>): readonly Problem[] {
  const problems: Problem[] = cidrBlocks.flatMap((block, i) => {
    const size = Number(block.split("/")[1]);
    const most = block.includes(":") ? 64 : 24;
    const isReserved = rangeOf(block) !== undefined && block.startsWith("169.254.");
    if (size <= most && !isReserved) return [];
    return [
      {
        code: "bad-value" as const,
        path: `cidrBlocks[${i}]`,
        summary: isReserved
          ? `${block} is of 169.254.0.0/16, of which AWS takes nothing.`
          : `${block} is too small: AWS takes networks of /${most} or larger.`,
      },
    ];
  });
  if (asn > 65_534 && asn < 4_200_000_000)
    problems.push({
      code: "bad-value",
      path: "amazonSideAsn",
      summary: `${asn} is no private number: AWS takes 64512 to 65534 and 4200000000 to 4294967294.`,
    });
  return problems;
}
