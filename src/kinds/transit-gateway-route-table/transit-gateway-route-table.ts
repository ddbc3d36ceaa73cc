import { ownership } from "../../resource/ownership.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { Kind, ListShape, Problem, ResourceIndex, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { defaultMarks, defaultRule, isTakenOver, takeOverGrants } from "../shared/network/defaults.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { type Handle, routes, schema, type TransitGatewayRouteTable } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const attached: ListShape = { key: (one: unknown) => refKey(one), unlisted: "keep" };

const gateways = ["transit-gateway/*"];

const tables = ["transit-gateway-route-table/*"];

const attachments = ["transit-gateway-attachment/*"];

export const transitGatewayRouteTable: Kind<TransitGatewayRouteTable, Handle> = {
  name: "transitGatewayRouteTable",
  section: "transitGatewayRouteTables",
  file: "network",
  madeWith: { parent: "transitGateway" },
  idPrefix: "tgw-rtb-",
  doc: "A route table of a transit gateway, for the traffic of attachments. Attachments with different tables reach different networks.",
  foreign,
  schema,
  fields: {
    transitGateway: { change: "replace", because: "a route table cannot move to another transit gateway" },
    default: { ...defaultRule, because: "only AWS can create the default route table of a transit gateway" },
    // AWS deletes both with the attachment. A route to it stays as a black hole (Transit Gateways Guide, "Delete a VPC attachment").
    associations: {
      change: "update",
      as: attached,
      made: "entries",
      default: { value: [], class: "enforced", unless: isTakenOver },
      because: "an attachment that moves from one route table to another has no routes for about a minute",
      whileGone: "free",
      urgency: "traffic",
    },
    propagations: {
      change: "update",
      as: attached,
      made: "entries",
      default: { value: [], class: "enforced", unless: isTakenOver },
      whileGone: "free",
      urgency: "traffic",
    },
    routes: {
      change: "update",
      as: routes,
      default: { value: [], class: "enforced", unless: isTakenOver },
      whileGone: "free",
      tell: ({ destination, target }: { destination: unknown; target?: unknown }) => ({
        text: `${textOf(destination)} → ${target === undefined ? "nowhere" : textOf(target)}`,
      }),
      urgency: "traffic",
    },
  },
  summary: ({ default: isDefault, transitGateway }) => ({
    line: isDefault === true ? `the route table that AWS makes with ${textOf(transitGateway)}` : `of ${textOf(transitGateway)}`,
    tells: ["default", "transitGateway"],
  }),
  stages: [{ name: "create" }, { name: "routes", fields: ["associations", "propagations", "routes"] }],
  create: "tag-lookup",
  waits: { create: { typical: 20, limit: 600 }, delete: "instant", poll: 5 },
  tagIndex: ec2Index("transit-gateway-route-table"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)) + 3 * n.ours,
  iam: {
    read: [
      "ec2:DescribeTransitGatewayRouteTables",
      "ec2:DescribeTransitGatewayAttachments",
      "ec2:GetTransitGatewayRouteTableAssociations",
      "ec2:GetTransitGatewayRouteTablePropagations",
      "ec2:SearchTransitGatewayRoutes",
    ],
    write: [
      "ec2:CreateTransitGatewayRouteTable",
      "ec2:DeleteTransitGatewayRouteTable",
      "ec2:AssociateTransitGatewayRouteTable",
      "ec2:DisassociateTransitGatewayRouteTable",
      "ec2:EnableTransitGatewayRouteTablePropagation",
      "ec2:DisableTransitGatewayRouteTablePropagation",
      "ec2:CreateTransitGatewayRoute",
      "ec2:ReplaceTransitGatewayRoute",
      "ec2:DeleteTransitGatewayRoute",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteTransitGatewayRouteTable", "ec2:DisassociateTransitGatewayRouteTable"],
    onlyFor: {
      "ec2:DescribeTransitGatewayAttachments": ["associations"],
      "ec2:AssociateTransitGatewayRouteTable": ["associations"],
      "ec2:DisassociateTransitGatewayRouteTable": ["associations"],
      "ec2:EnableTransitGatewayRouteTablePropagation": ["propagations"],
      "ec2:DisableTransitGatewayRouteTablePropagation": ["propagations"],
      "ec2:CreateTransitGatewayRoute": ["routes"],
      "ec2:ReplaceTransitGatewayRoute": ["routes"],
      "ec2:DeleteTransitGatewayRoute": ["routes"],
    },
    // Foreign attachments, and the table that AWS made, do not have our tags.
    access: {
      "ec2:CreateTransitGatewayRouteTable": { made: tables, free: gateways },
      "ec2:AssociateTransitGatewayRouteTable": { ours: tables, free: attachments },
      "ec2:DisassociateTransitGatewayRouteTable": { free: [...tables, ...attachments] },
      "ec2:EnableTransitGatewayRouteTablePropagation": { ours: tables, free: attachments },
      "ec2:DisableTransitGatewayRouteTablePropagation": { ours: tables, free: attachments },
      "ec2:CreateTransitGatewayRoute": { ours: tables, free: attachments },
      "ec2:ReplaceTransitGatewayRoute": { ours: tables, free: attachments },
      "ec2:DeleteTransitGatewayRoute": { ours: tables },
    },
    implied: ({ spec }, _index, place) => takeOverGrants({ spec }, tables[0]!, place),
  },
  normalise: (spec) =>
    spec.routes ? { ...spec, routes: spec.routes.map((one) => ({ ...one, destination: canonicalCidr(one.destination) })) } : spec,
  check,
  marks: defaultMarks,
  authored: (spec, live) => {
    const isDefault = spec.default === true && live.tags[ownership.default] !== "true";
    const isEmpty = (spec.routes ?? []).length === 0;
    if (isDefault && isEmpty) return { madeByAws: "the default route table of its transit gateway, to which nobody added routes" };
    // AWS adds attachments and their networks to the default table by itself.
    return { spec: isDefault ? omit(spec, ["associations", "propagations"]) : omit(spec, ["default"]) };
  },
  drawn: () => ({ as: "hidden", sub: "transit gateway route table" }),
  network,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check(self: Subject<TransitGatewayRouteTable>, index: ResourceIndex): readonly Problem[] {
  const { associations = [], propagations = [], routes: all = [] } = self.spec;
  const named = [
    ...associations.map((one, i) => [one, `associations[${i}]`] as const),
    ...propagations.map((one, i) => [one, `propagations[${i}]`] as const),
    ...all.flatMap(({ target }, i) => (target === undefined ? [] : [[target, `routes[${i}].target`] as const])),
  ];
  return [
    ...named.flatMap(([one, path]) => checkGateway(self, index, one, path)),
    ...associations.flatMap((one, i) => checkAssociation(self, index, one, i)),
    ...all.flatMap((one, i) => checkRoute(all, one, i)),
    ...checkOneDefault(self, index),
  ];
}

function checkGateway({ spec }: Subject<TransitGatewayRouteTable>, index: ResourceIndex, one: unknown, path: string): Problem[] {
  const of = index.get(String(one))?.spec.transitGateway as unknown;
  if (of === undefined || refKey(of) === refKey(spec.transitGateway)) return [];
  return [
    {
      code: "conflict",
      path,
      summary: `${refKey(one)} is an attachment of ${refKey(of)}, and the route table is of ${refKey(spec.transitGateway)}.`,
    },
  ];
}

/** Reports each pair once, on the later table. */
function checkAssociation(self: Subject, index: ResourceIndex, one: unknown, i: number): Problem[] {
  const following = indexBy(index, "transit tables by association", self.kind, ({ spec }) => (spec.associations as unknown[]) ?? []);
  const first = following.get(refKey(one))?.[0];
  if (!first || first.address === self.address) return [];
  return [
    {
      code: "two-tables",
      path: `associations[${i}]`,
      summary: `${refKey(one)} is already associated with ${first.address}, and an attachment has only one route table.`,
    },
  ];
}

type Route = NonNullable<TransitGatewayRouteTable["routes"]>[number];

function checkRoute(all: readonly Route[], { destination, target, blackhole }: Route, i: number): Problem[] {
  const path = `routes[${i}]`;
  const first = all.findIndex((other) => canonicalCidr(other.destination) === canonicalCidr(destination));
  return [
    ...((target === undefined) === (blackhole !== true)
      ? [
          {
            code: target === undefined ? ("missing-field" as const) : ("conflict" as const),
            path,
            summary:
              target === undefined
                ? `The route to ${destination} has no target.`
                : `The route to ${destination} has both \`target\` and \`blackhole: true\`.`,
            hint: "write `target` with the name of an attachment, or `blackhole: true`",
          },
        ]
      : []),
    ...(first < i
      ? [
          {
            code: "duplicate-route" as const,
            path: `${path}.destination`,
            summary: `routes[${first}] already has the destination ${canonicalCidr(destination)}, and a route table has one route per destination.`,
          },
        ]
      : []),
  ];
}

function checkOneDefault({ address, kind, spec }: Subject<TransitGatewayRouteTable>, index: ResourceIndex): Problem[] {
  if (spec.default !== true) return [];
  const gateway = index.get(spec.transitGateway)?.spec as Readonly<Record<string, unknown>> | undefined;
  const all = indexBy(index, "default transit tables", kind, (one) => (one.spec.default === true ? [one.spec.transitGateway] : []));
  const first = all.get(refKey(spec.transitGateway))?.[0];
  return [
    ...(first && first.address !== address
      ? [
          {
            code: "two-defaults" as const,
            path: "default",
            summary: `${first.address} is already the default route table of ${refKey(spec.transitGateway)}, and a transit gateway has only one.`,
          },
        ]
      : []),
    ...(gateway?.["defaultRouteTableAssociation"] === false && gateway["defaultRouteTablePropagation"] === false
      ? [
          {
            code: "conflict" as const,
            path: "default",
            summary: `${refKey(spec.transitGateway)} has no default route table, because it has \`defaultRouteTableAssociation: false\` and \`defaultRouteTablePropagation: false\`.`,
            hint: "remove one of the two, or remove `default` here",
          },
        ]
      : []),
  ];
}
