import { rangeOf } from "../../resource/ranges.ts";
import type { Kind, Problem, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { type Handle, schema, type TransitGateway, usualAsn } from "./schema.ts";
import { opensWhen } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

/** AWS's defaults. */
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
  doc: "A router between VPCs and VPN connections: each is attached once, instead of a peering connection for every pair.",
  outputs: {
    arn: "The ARN.",
    associationDefaultRouteTable: "The id of the route table that new attachments are associated with, if there is one.",
    propagationDefaultRouteTable: "The id of the route table that gets the networks of new attachments, if there is one.",
  },
  foreign,
  schema,
  fields: {
    description: { change: "update", late: true, default: { value: "", class: "create-only" } },
    amazonSideAsn: { change: "update", default: { value: usualAsn, class: "create-only" } },
    cidrBlocks: { change: "update", as: "set", default: { value: [], class: "enforced" } },
    defaultRouteTableAssociation: { ...enforced(true), urgency: "traffic" },
    defaultRouteTablePropagation: { ...enforced(true), urgency: "traffic" },
    dnsSupport: { ...enforced(true), urgency: "traffic" },
    vpnEcmpSupport: enforced(true),
    securityGroupReferencingSupport: { ...enforced(false), urgency: "traffic" },
    autoAcceptSharedAttachments: { ...enforced(false), urgency: opensWhen(true) },
    multicastSupport: {
      change: "replace",
      default: { value: false, class: "enforced" },
      because: "multicast can only be enabled when a transit gateway is created",
    },
  },
  stages: [{ name: "create" }],
  create: "tag-lookup",
  waits: { create: { typical: 90, limit: 900 }, delete: { typical: 60, limit: 900 }, poll: 10 },
  tagIndex: ec2Index("transit-gateway"),
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

/** Checks the number and the CIDR blocks (EC2 API, TransitGatewayRequestOptions). */
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
          ? `${block} is in 169.254.0.0/16, which AWS does not accept.`
          : `${block} is too small: AWS accepts networks of /${most} or larger.`,
      },
    ];
  });
  if (asn > 65_534 && asn < 4_200_000_000)
    problems.push({
      code: "bad-value",
      path: "amazonSideAsn",
      summary: `${asn} is not a private number: write 64512 to 65534 or 4200000000 to 4294967294.`,
    });
  return problems;
}
