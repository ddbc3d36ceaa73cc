import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { Address, Authored, Driver, Kind, Live, Member, ResourceIndex, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { checkDefault, defaultMarks, defaultRule, isTakenOver, letGo, takeOver, takeOverGrants } from "../shared/network/defaults.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { defaultVpcs, idFilters, networksOf } from "../shared/lookup.ts";
import { refKey, tablesNaming } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { becomeMain, disassociate, resignMain, setSubnets, tablesIn } from "./associations.ts";
import { checkTable } from "./check.ts";
import { routeTableCodes } from "./codes.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { isKeptUnlisted, lostDefaults, routeKey, routesOf, type SeenRoute, setPropagation, setRoutes } from "./routes.ts";
import { routes, type RouteTable, schema } from "./schema.ts";
import type { RouteTable as AwsRouteTable } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

interface Handle {
  readonly vpc: string;
  readonly routes: Readonly<Record<string, SeenRoute>>;
  /** Ids of all associations except the main one, including those of gateways. */
  readonly associations: readonly string[];
  readonly isMain: boolean;
  /** Set when this run created the table. */
  readonly isNew?: true;
}

export const routeTable: Kind<RouteTable, Handle> = {
  name: "routeTable",
  section: "routeTables",
  file: "network",
  madeWith: { parent: "vpc" },
  idPrefix: "rtb-",
  doc: "The routes for the traffic that leaves subnets.",
  outputs: { vpc: "The id of the VPC." },
  foreign,
  codes: routeTableCodes,
  schema,
  fields: {
    vpc: { change: "replace", because: "a route table cannot move to another VPC" },
    default: defaultRule,
    // A route whose target was deleted stays as a black hole. An association is deleted with its subnet (VPC User Guide, "Route tables").
    routes: {
      change: "update",
      as: routes,
      passes: "grown-each",
      default: { value: [], class: "enforced", unless: isTakenOver },
      made: { only: isKeptUnlisted },
      exposes: ({ removed }) => lostDefaults(removed),
      whileGone: "free",
      tell: ({ destination, target }: { destination: unknown; target: unknown }) => ({
        text: `${textOf(destination)} → ${textOf(target)}`,
      }),
      urgency: "traffic",
    },
    propagatingVpnGateways: {
      change: "update",
      as: "set",
      default: { value: [], class: "enforced", unless: isTakenOver },
      whileGone: "free",
      urgency: "traffic",
    },
    subnets: { change: "update", as: "set", passes: "moves", whileGone: "free", urgency: "traffic" },
    main: {
      change: "update",
      because: "this route table becomes the main one, or the one that AWS made becomes the main one again",
      urgency: "traffic",
    },
  },
  summary: ({ default: isDefault, vpc, subnets = [] }) => ({
    line: `${isDefault === true ? `the route table that AWS makes with ${textOf(vpc)}` : `in ${textOf(vpc)}`}${subnets.length > 0 ? `, for ${subnets.map(textOf).join(", ")}` : ""}`,
    tells: ["default", "vpc", "subnets"],
  }),
  stages: [
    { name: "create" },
    { name: "routes", fields: ["routes", "propagatingVpnGateways"] },
    { name: "associations", fields: ["subnets", "main"] },
  ],
  create: "token",
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("route-table"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 100)),
  iam: {
    read: ["ec2:DescribeRouteTables"],
    write: [
      "ec2:CreateRouteTable",
      "ec2:DeleteRouteTable",
      "ec2:CreateRoute",
      "ec2:ReplaceRoute",
      "ec2:DeleteRoute",
      "ec2:EnableVgwRoutePropagation",
      "ec2:DisableVgwRoutePropagation",
      "ec2:AssociateRouteTable",
      "ec2:DisassociateRouteTable",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: [
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DisableVgwRoutePropagation",
      "ec2:DisassociateRouteTable",
      "ec2:ReplaceRouteTableAssociation",
    ],
    onlyFor: {
      "ec2:AssociateRouteTable": ["subnets"],
      "ec2:CreateRoute": ["routes"],
      "ec2:DisableVgwRoutePropagation": ["propagatingVpnGateways"],
      "ec2:DisassociateRouteTable": ["subnets"],
      "ec2:EnableVgwRoutePropagation": ["propagatingVpnGateways"],
      "ec2:ReplaceRoute": ["routes"],
      "ec2:ReplaceRouteTableAssociation": ["subnets", "main"],
    },
    access: {
      "ec2:AssociateRouteTable": { ours: ["route-table/*"], free: ["subnet/*"] },
      "ec2:CreateRouteTable": { made: ["route-table/*"], free: ["vpc/*"] },
      "ec2:DisableVgwRoutePropagation": { ours: ["route-table/*"], free: ["vpn-gateway/*"] },
      "ec2:EnableVgwRoutePropagation": { ours: ["route-table/*"], free: ["vpn-gateway/*"] },
      "ec2:DisassociateRouteTable": { ours: ["route-table/*"], free: ["subnet/*"] },
      // The other table of the call may be the VPC's main one, which AWS made.
      "ec2:ReplaceRouteTableAssociation": { free: ["route-table/*", "subnet/*"] },
    },
    implied: (self, _index, place) => takeOverGrants(self, "route-table/*", place),
  },
  normalise: (spec) => (spec.routes ? { ...spec, routes: spec.routes.map((one) => ({ ...one, destination: routeKey(one) })) } : spec),
  after: (self, index, found) => [...tablesThatTakeOver(self, index, found), ...attachmentsFor(self, index)],
  check: (self, index) => [...checkDefault(self, index, ["main"]), ...checkTable(self, index)],
  marks: defaultMarks,
  network,
  authored,
  drawn: () => ({ as: "hidden", sub: "route table" }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function authored(spec: Partial<RouteTable>, { handle }: Live<RouteTable, Handle>): Authored<RouteTable> {
  if (handle.isMain && (spec.routes ?? []).length + (spec.subnets ?? []).length === 0)
    return { madeByAws: "the main route table of its VPC, to which nobody added routes or subnets" };
  const dead = Object.values(handle.routes).filter(({ isDead }) => isDead);
  const remarks = dead.map(({ destination, target }) => ({
    path: "routes",
    text: `odd: the route to ${destination} has the target ${target}, which no longer exists; AWS drops its traffic`,
  }));
  return { spec: without(omit(spec, ["default"]), { main: false }), remarks };
}

/**
 * Returns the tables that take over subnets of this one. A subnet moves to the other table before this one gives it up; otherwise it would
 * follow the main table for a moment.
 */
function tablesThatTakeOver(self: Subject<RouteTable>, index: ResourceIndex, found?: Partial<RouteTable>): readonly Address[] {
  const leaving = (found?.subnets ?? []).filter((subnet) => !self.spec.subnets?.includes(subnet));
  return leaving
    .flatMap((subnet) => tablesNaming(index, subnet).map(({ address }) => address))
    .filter((address) => address !== self.address);
}

/** Returns the attachments that must exist first. AWS accepts a route to a transit gateway only while the VPC is attached to it. */
function attachmentsFor({ spec }: Subject<RouteTable>, index: ResourceIndex): readonly Address[] {
  const targets = new Set((spec.routes ?? []).map(({ target }) => refKey(target)));
  return index
    .of("transitGatewayAttachment")
    .filter((one) => refKey(one.spec.vpc) === refKey(spec.vpc) && targets.has(refKey(one.spec.transitGateway)))
    .map(({ address }) => address);
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<RouteTable, Handle> {
  const described = pagesOf(ec2.DescribeRouteTablesCommand, (page) => page.RouteTables, 100);
  const driver: Driver<RouteTable, Handle> = {
    ...ec2Kind({ described, idFilter: "route-table-id", idOf: (one) => one.RouteTableId, live }),

    async create(aws, request, identity) {
      if (request.default === true) {
        const found = await driver.defaults!(aws, [request.vpc]);
        return takeOver(aws, found.get(request.vpc), "route table", request.vpc, identity.tags);
      }
      const { RouteTable: made } = await aws.ec2(
        new ec2.CreateRouteTableCommand({
          VpcId: request.vpc,
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("route-table", identity.tags),
        }),
      );
      return made!.RouteTableId!;
    },

    initialState: (request) =>
      request.default === true
        ? undefined
        : {
            spec: { routes: [], propagatingVpnGateways: [], subnets: [], main: false },
            handle: { vpc: request.vpc, routes: {}, associations: [], isMain: false, isNew: true },
          },

    async update(aws, stage, live, request, changes, run) {
      if (stage === "routes") {
        const surplus = changes.routes?.items?.removed.map(({ key }) => key) ?? [];
        if (changes.routes) await setRoutes(ec2, aws, live.id, live.handle.routes, request.routes ?? [], surplus);
        if (changes.propagatingVpnGateways) await setPropagation(ec2, aws, live.id, changes.propagatingVpnGateways);
        return;
      }
      const table = { id: live.id, vpc: live.handle.vpc, tags: live.tags };
      // The subnets of a new table are nearly always new too, so the tables are not read. If a subnet follows another table, AWS's refusal
      // shows it.
      const tables = live.handle.isNew && changes.main === undefined ? [] : await tablesIn(ec2, aws, table.vpc);
      if (changes.subnets) await setSubnets(ec2, aws, table, request.subnets ?? [], tables, run.say);
      if (changes.main?.after === true) await becomeMain(ec2, aws, table, tables);
      if (changes.main?.after === false) await resignMain(ec2, aws, table, tables);
    },

    async delete(aws, live, run) {
      const { vpc, associations, isMain } = live.handle;
      await Promise.all(associations.map((association) => disassociate(ec2, aws, association)));
      if (live.isDefault) return letGo(aws, live, "route table", run);
      if (isMain) await resignMain(ec2, aws, { id: live.id, vpc, tags: live.tags }, await tablesIn(ec2, aws, vpc));
      await unlessGone(aws.ec2(new ec2.DeleteRouteTableCommand({ RouteTableId: live.id })));
    },

    async defaults(aws, of) {
      const lives = new Map<string, Live<RouteTable, Handle>>();
      for (const inNetworks of idFilters("vpc-id", of.includes("") ? await defaultVpcs(aws) : of)) {
        const Filters = [...inNetworks, { Name: "association.main", Values: ["true"] }];
        for await (const found of described(aws, Filters)) {
          const seen = live(found);
          if (seen.handle.isMain) lives.set(of.includes("") ? "" : found.VpcId!, seen);
        }
      }
      return lives;
    },

    /** Lists the tables of the VPCs. Each VPC has a main table from the beginning. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters)) {
          const isMadeByService = one.Associations?.some(({ Main }) => Main) ?? false;
          members.push({ id: one.RouteTableId!, what: `route table in ${one.VpcId}`, isMadeByService });
        }
      return members;
    },
  };
  return driver;
}

function live(found: AwsRouteTable): Live<RouteTable, Handle> {
  const seen = routesOf(found);
  const associations = (found.Associations ?? []).filter(({ AssociationState }) => AssociationState?.State !== "disassociated");
  const explicit = associations.filter(({ Main }) => !Main);
  const isMain = explicit.length < associations.length;
  const tags = tagsOf(found.Tags);
  // AWS does not say which table it created. It is the main one, unless somebody made another one main. A table that we took over has a tag
  // that says so.
  const isTaken = tags[ownership.default] === "true";
  const isDefault = isTaken || (isMain && tags[ownership.resource] === undefined);
  return {
    id: found.RouteTableId!,
    aliases: [],
    tags,
    ...(isTaken ? { isDefault: true } : {}),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: "ready",
    spec: {
      vpc: found.VpcId!,
      default: isDefault,
      routes: seen.map(({ destination, target }) => ({ destination, target })),
      propagatingVpnGateways: (found.PropagatingVgws ?? []).flatMap(({ GatewayId }) => GatewayId ?? []),
      subnets: explicit.flatMap(({ SubnetId }) => SubnetId ?? []),
      main: isMain,
    },
    handle: {
      vpc: found.VpcId!,
      routes: Object.fromEntries(seen.map((one) => [one.destination, one])),
      associations: explicit.map(({ RouteTableAssociationId }) => RouteTableAssociationId!),
      isMain,
    },
    outputs: { vpc: found.VpcId ?? "", routes: String(seen.length), ...(isMain ? { main: "yes" } : {}) },
  };
}
