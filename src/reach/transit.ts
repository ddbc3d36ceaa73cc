/**
 * Transit gateways: traffic from an attached VPC follows the route table that its attachment is associated with, to the attachment of
 * another VPC (Transit Gateways Guide, "How AWS Transit Gateway works").
 */
import type { AttachmentPart, DoorPart, PartId, TransitTablePart } from "../kinds/kind.ts";
import { familyOf, sizeOf, spanOf, type Address, type Addresses } from "./addresses.ts";
import type { Span } from "./spans.ts";

export type TransitDoor = Extract<DoorPart, { leads: "transit" }>;

/** One gateway with all attachments that are known. */
export interface Transit {
  readonly door: TransitDoor;
  readonly attachments: ReadonlyMap<PartId, AttachmentPart>;
  readonly byVpc: ReadonlyMap<PartId, AttachmentPart>;
  /** The table that an attachment follows. An attachment that is absent follows none, and so sends traffic nowhere. */
  readonly follows: ReadonlyMap<PartId, TransitTable | "unread">;
}

export interface TransitTable {
  readonly id: PartId;
  /** The routes, the longest prefix first. Of two equal ranges, the written route comes first. */
  readonly routes: readonly TransitRoute[];
  /** The attachments or VPCs whose networks it gets and that were not read. */
  readonly unread: readonly string[];
}

export interface TransitRoute {
  readonly range: Span<Address>;
  readonly to: string;
  /** The attachment; absent for a route that drops traffic. */
  readonly by?: PartId | undefined;
  readonly isWritten: boolean;
  readonly path?: string;
}

type VpcRanges = ReadonlyMap<PartId, { readonly ranges: Addresses }>;

export function transitsOf(
  doors: readonly DoorPart[],
  attachments: readonly AttachmentPart[],
  tables: readonly TransitTablePart[],
  vpcs: VpcRanges,
): ReadonlyMap<PartId, Transit> {
  const gateways = doors.filter((door) => door.leads === "transit");
  return new Map(
    gateways.map((door): [PartId, Transit] => {
      const attached = attachments.filter(({ gateway }) => gateway === door.id);
      const own = tables.filter(({ gateway }) => gateway === door.id);
      return [door.id, transitOf(door, attached, own, vpcs)];
    }),
  );
}

function transitOf(door: TransitDoor, attached: readonly AttachmentPart[], tables: readonly TransitTablePart[], vpcs: VpcRanges): Transit {
  const attachments = new Map(attached.map((one) => [one.id, one]));
  const made: TransitTablePart = {
    is: "transit-table",
    id: `the default route table of ${door.id}`,
    gateway: door.id,
    isDefault: true,
    associations: "as-made",
    propagations: "as-made",
    routes: [],
  };
  const all = tables.some(({ isDefault }) => isDefault === true) ? tables : [...tables, made];
  const built = all.map((part) => ({ part, table: tableOf(part, door, attachments, vpcs) }));
  const usual = built.find(({ part }) => part.isDefault === true)!;
  const named = new Map(built.flatMap(({ part, table }) => idsIn(part.associations).map((id) => [id, table] as const)));
  // An attachment that exists and follows no table that was read may follow a table that was not read.
  const byItself = ({ isSettled }: AttachmentPart) =>
    isSettled && usual.part.associations !== "as-made" ? "unread" : door.associates ? usual.table : undefined;
  const follows = new Map(
    attached.flatMap((one): [PartId, TransitTable | "unread"][] => {
      const table = named.get(one.id) ?? byItself(one);
      return table ? [[one.id, table]] : [];
    }),
  );
  return { door, attachments, byVpc: new Map(attached.map((one) => [one.vpc, one])), follows };
}

function tableOf(
  part: TransitTablePart,
  door: TransitDoor,
  attachments: ReadonlyMap<PartId, AttachmentPart>,
  vpcs: VpcRanges,
): TransitTable {
  const isMade = part.isDefault === true && door.propagates;
  const given = [...attachments.values()].filter(({ isSettled }) => isMade && (part.propagations === "as-made" || !isSettled));
  const propagating = new Set([...idsIn(part.propagations), ...given.map(({ id }) => id)]);
  const known = [...propagating].flatMap((id) => attachments.get(id) ?? []);
  const written = part.routes.flatMap(({ to, by, path }): TransitRoute[] => {
    const range = spanOf(to);
    return range ? [{ range, to, by, path, isWritten: true }] : [];
  });
  const propagated = known.flatMap(({ id, vpc, ipv6 }) =>
    (vpcs.get(vpc)?.ranges ?? [])
      .filter(([first]) => ipv6 || familyOf(first) === 4)
      .map((range): TransitRoute => ({ range, to: vpc, by: id, isWritten: false })),
  );
  const unread = [
    ...[...propagating].filter((id) => !attachments.has(id)),
    ...known.filter(({ vpc }) => !vpcs.has(vpc)).map(({ vpc }) => vpc),
  ];
  return { id: part.id, routes: [...written, ...propagated].sort(firstTaken), unread };
}

function idsIn(list: readonly PartId[] | "as-made"): readonly PartId[] {
  return list === "as-made" ? [] : list;
}

/**
 * Compares two routes. Static routes come before those that an attachment propagates (Transit Gateways Guide, "Route evaluation order").
 */
function firstTaken(a: TransitRoute, b: TransitRoute): number {
  const [one, other] = [sizeOf(a.range), sizeOf(b.range)];
  if (one !== other) return one < other ? -1 : 1;
  return Number(b.isWritten) - Number(a.isWritten);
}

export type Taken =
  | { readonly is: "to"; readonly attachment: AttachmentPart; readonly table: PartId; readonly route: TransitRoute }
  | { readonly is: "nowhere"; readonly says: string; readonly table?: PartId; readonly path?: string | undefined }
  | { readonly is: "unknown"; readonly why: string };

/** Returns the destination to which a gateway sends traffic from an attachment. */
export function takenBy({ door, attachments, follows }: Transit, from: AttachmentPart, at: Address): Taken {
  const table = follows.get(from.id);
  if (table === "unread") return { is: "unknown", why: `the route table of ${door.id} for ${from.id} was not read` };
  if (!table) return { is: "nowhere", says: `${from.id} is not associated with a route table of ${door.id}` };
  const isIn = ({ range }: TransitRoute) => range[0] <= at && at <= range[1];
  const route = table.routes.find(isIn);
  if (table.unread.length > 0 && !(route && isAddress(route)))
    return { is: "unknown", why: `${table.id} has routes to the networks of ${table.unread.join(", ")}, which were not read` };
  if (!route) return { is: "nowhere", says: `${table.id} has no route there`, table: table.id };
  if (route.by === undefined) return { is: "nowhere", says: `${route.to} is a blackhole route`, table: table.id, path: route.path };
  const rival = table.routes.find((one) => isIn(one) && one !== route && isSameRange(one, route) && one.by !== route.by);
  if (rival && !route.isWritten) return { is: "unknown", why: `${route.by} and ${rival.by} propagate the same network to ${table.id}` };
  const attachment = attachments.get(route.by);
  if (!attachment) return { is: "unknown", why: `${route.to} → ${route.by}, and infra does not model what is behind it` };
  return { is: "to", attachment, table: table.id, route };
}

/** Whether a route is a written one to a single address. No route can be more specific. */
function isAddress({ range, isWritten }: TransitRoute): boolean {
  return isWritten && range[0] === range[1];
}

function isSameRange({ range: [a, b] }: TransitRoute, { range: [c, d] }: TransitRoute): boolean {
  return a === c && b === d;
}
