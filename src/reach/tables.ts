/** Route tables: the table of each subnet, and the route of an address. */
import type { DoorPart, ListPart, PartId, RouteTablePart, SubnetPart } from "../kinds/kind.ts";
import { everywhere, globalIpv6, sizeOf, spanOf, spansOf, type Address } from "./addresses.ts";
import { groupBy } from "../resource/group-by.ts";
import type { ByIs, Network, Route, Table, Vpc } from "./model.ts";
import { has, union } from "./spans.ts";

type WrittenRoute = RouteTablePart["routes"][number];

export class Tables {
  readonly #vpcs: ReadonlyMap<PartId, Vpc>;
  readonly #doors: ReadonlyMap<PartId, DoorPart>;
  readonly #lists: ReadonlyMap<PartId, ListPart>;
  readonly #subnets: ReadonlyMap<PartId, readonly SubnetPart[]>;
  readonly #named: ReadonlyMap<PartId, Table>;
  readonly #main: ReadonlyMap<PartId, Table>;

  /** `isAllRead`: a main table that is not declared is as AWS makes it. */
  constructor(of: ByIs, vpcs: ReadonlyMap<PartId, Vpc>, isAllRead: boolean) {
    this.#vpcs = vpcs;
    this.#doors = new Map(of.door.map((door) => [door.id, door]));
    this.#lists = new Map(of.list.map((list) => [list.id, list]));
    this.#subnets = groupBy(of.subnet, ({ vpc }) => vpc);
    const made = of.table.map((part) => ({ part, table: this.#make(part) }));
    this.#named = new Map(made.flatMap(({ part, table }) => part.subnets.map((subnet) => [subnet, table] as const)));
    const ours = (isAllRead ? [...vpcs.keys()] : []).map((vpc) => [vpc, this.#make({ id: undefined, vpc, routes: [] })] as const);
    this.#main = new Map([...ours, ...made.filter(({ part }) => part.main).map(({ part, table }) => [part.vpc, table] as const)]);
  }

  of({ id, vpc }: SubnetPart): Table | "unread" {
    return this.#named.get(id) ?? this.#main.get(vpc) ?? "unread";
  }

  #make({
    id,
    vpc,
    routes,
    propagating = [],
  }: Pick<RouteTablePart, "vpc" | "routes" | "propagating"> & { readonly id: PartId | undefined }): Table {
    const each = routes.flatMap((route) => this.#eachOf(route));
    const written = each.map(({ to, by, path, list }) => ({
      range: spanOf(to),
      to,
      list,
      by: this.#doors.get(by) ?? { leads: "unknown" as const, id: by },
      path,
    }));
    const known = written.flatMap((route): Route[] => (route.range ? [{ ...route, range: route.range }] : []));
    const isLonger = (a: Route, b: Route) => (sizeOf(a.range) < sizeOf(b.range) ? -1 : sizeOf(a.range) > sizeOf(b.range) ? 1 : 0);
    return {
      ...(id === undefined ? {} : { id }),
      // A route that replaces the local route comes before it.
      routes: [...known, ...this.#local(vpc)].sort(isLonger),
      propagating,
      unread: written.flatMap((route): Route[] => (route.range ? [] : [{ ...route, range: everywhere[0]! }])),
      ...(this.#vpcs.has(vpc) ? {} : { ofUnread: vpc }),
    };
  }

  /** Replaces a route that names a known prefix list by one route for each of the list's networks. */
  #eachOf(route: WrittenRoute): readonly (WrittenRoute & { readonly list?: PartId })[] {
    const list = this.#lists.get(route.to);
    return list ? list.ranges.map((to) => ({ ...route, to, list: list.id })) : [route];
  }

  /** Returns the local routes of a VPC. If its ranges are unknown, the written ranges of its subnets are used. */
  #local(vpc: PartId): Route[] {
    const known = this.#vpcs.get(vpc)?.ranges;
    const inside = (this.#subnets.get(vpc) ?? []).flatMap(({ range, ipv6Range }) => [
      ...(known || range === undefined ? [] : [range]),
      ...(ipv6Range ? [ipv6Range] : []),
    ]);
    const ranges = union(known ?? [], spansOf(inside));
    return ranges.map((range) => ({ range, to: "local", by: { leads: "local", id: vpc } }));
  }
}

/** Returns the route of an address. `unsure`: why another route may be the right one. */
export function routeFor(
  network: Network,
  table: Table,
  address: Address,
): { readonly route?: Route | undefined; readonly unsure?: string } {
  const route = table.routes.find(({ range }) => range[0] <= address && address <= range[1]);
  if (route?.by.leads === "local") return { route };
  const [list] = table.unread;
  if (list) return { route, unsure: `${list.to} is a prefix list whose entries were not read` };
  // No IPv6 network is in two VPCs. An address that is in none of our VPCs is therefore outside.
  const isOutside = has(typeof address === "bigint" ? globalIpv6 : network.internet, address);
  const [giver] = table.propagating;
  if (giver !== undefined && !(route && isOutside)) return { route, unsure: `the routes that ${giver} propagates are not known` };
  if (table.ofUnread === undefined || isOutside) return { route };
  return { route, unsure: `the ranges of ${table.ofUnread} were not read` };
}
