import type { Authored, Kind, Live, Slot, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { checkPeering, isForeign } from "./check.ts";
import { foreign } from "./foreign.ts";
import { type Handle, isEnded } from "./live.ts";
import { network } from "./network.ts";
import { schema, type VpcPeering } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const vpcPeering: Kind<VpcPeering, Handle> = {
  name: "vpcPeering",
  section: "vpcPeerings",
  file: "network",
  idPrefix: "pcx-",
  doc: "A connection between two VPCs over the AWS network. Route tables on both sides need routes to it.",
  outputs: { status: "The status: `pending-acceptance`, `active`.", peerVpc: "The id of the VPC on the other side." },
  foreign,
  schema,
  fields: {
    vpc: { change: "replace", because: "the VPCs of a peering connection cannot be changed" },
    peerVpc: { change: "replace", because: "the VPCs of a peering connection cannot be changed" },
    peerOwner: { change: "replace", because: "the VPCs of a peering connection cannot be changed" },
    peerRegion: { change: "replace", because: "the VPCs of a peering connection cannot be changed" },
    accept: {
      // Nobody can undo an acceptance, and `false` requests nothing.
      change: (_was, now, { live }) => (typeof now === "string" && live?.id !== now ? "replace" : "update"),
      same: (request, have) => request === false || request === have,
      default: { value: true, class: "enforced", unless: isForeign },
      because: "each request makes a peering connection of its own",
      urgency: "traffic",
    },
    dnsResolution: {
      change: "update",
      default: { value: false, class: "enforced" },
      same: (request, _have, live) => (live.handle as Handle).dns.every((one) => one === request),
      urgency: "traffic",
    },
  },
  summary: ({ vpc, peerVpc, accept }) => ({
    line: typeof accept === "string" ? `${accept}, accepted for ${textOf(vpc)}` : `${textOf(vpc)} ↔ ${textOf(peerVpc)}`,
    tells: typeof accept === "string" ? ["vpc", "accept"] : ["vpc", "peerVpc"],
  }),
  network,
  stages: [{ name: "create" }, { name: "acceptance", fields: ["accept", "dnsResolution"] }],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 5, limit: 300 }, delete: { typical: 10, limit: 300 }, poll: 2 },
  tagIndex: ec2Index("vpc-peering-connection"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeVpcPeeringConnections"],
    write: [
      "ec2:CreateVpcPeeringConnection",
      "ec2:AcceptVpcPeeringConnection",
      "ec2:DeleteVpcPeeringConnection",
      "ec2:ModifyVpcPeeringConnectionOptions",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVpcPeeringConnection"],
    access: {
      "ec2:CreateVpcPeeringConnection": { made: ["vpc-peering-connection/*"], free: ["vpc/*"] },
      "ec2:AcceptVpcPeeringConnection": { free: ["vpc-peering-connection/*", "vpc/*"] },
    },
    // A request of another account does not have our tags until it is accepted.
    implied: ({ spec }, _index, { project, environment }) =>
      typeof spec.accept !== "string"
        ? []
        : [
            {
              sid: "TagAcceptedPeerings",
              actions: ["ec2:CreateTags"],
              resources: [`vpc-peering-connection/${spec.accept}`],
              condition: { StringEquals: { "aws:RequestTag/infra:project": project, "aws:RequestTag/infra:environment": environment } },
            },
          ],
  },
  check: checkPeering,
  authored,
  drawn: ({ spec }) => ({
    as: "door",
    of: refKey(spec.vpc),
    ...(spec.peerVpc === undefined ? {} : { also: refKey(spec.peerVpc) }),
    sub: "peering",
    leadsTo: "network",
  }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/**
 * Returns a connection as an author writes it. A foreign request is accepted by its id. As long as it is not accepted, it is left out,
 * because a file that declares it would accept it.
 */
function authored(spec: Partial<VpcPeering>, { id, handle }: Live<VpcPeering, Handle>): Authored<VpcPeering> {
  if (isEnded(handle.status)) return { left: `its request is ${handle.status}` };
  const isOthers = handle.sides.join() === "accepter";
  if (isOthers && handle.status === "pending-acceptance")
    return { left: "another account or region has requested it, and it is not accepted; declare it with `accept` to accept it" };
  const accept = isOthers ? id : isForeign(spec) ? undefined : spec.accept;
  return { spec: { ...spec, accept } };
}

/**
 * Returns the slot of a pair. Two VPCs have one connection, no matter which one requested it (VPC Peering Guide, "VPC peering
 * limitations").
 */
function slots({ spec }: Subject<Partial<VpcPeering>>): readonly Slot[] {
  if (spec.vpc === undefined || spec.peerVpc === undefined) return [];
  const pair = [refKey(spec.vpc), refKey(spec.peerVpc)].sort();
  return [
    {
      space: "peerings",
      value: pair.join(" and "),
      path: "peerVpc",
      what: `the single peering connection that AWS allows between ${pair.join(" and ")}`,
      of: pair,
    },
  ];
}
