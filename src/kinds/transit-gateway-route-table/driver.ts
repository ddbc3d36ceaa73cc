import type { TransitGatewayRouteTable as AwsTable } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { marksIn, markOf } from "../../resource/made-marks.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Driver, Live, Member, Scope } from "../kind.ts";
import { letGo, takeOver } from "../shared/network/defaults.ts";
import { isInScope } from "../shared/in-scope.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import { follow, leave, setPropagations, setRoutes } from "./contents.ts";
import type { Handle, TransitGatewayRouteTable } from "./schema.ts";
import { stateOf } from "../shared/network/transit-gateways.ts";

type LiveTable = Live<TransitGatewayRouteTable, Handle>;

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<TransitGatewayRouteTable, Handle> {
  async function* described(aws: Aws, Filters: Filter[]) {
    for await (const page of aws.ec2.pages(ec2.DescribeTransitGatewayRouteTablesCommand, { Filters, MaxResults: 1000 }))
      yield* page.TransitGatewayRouteTables ?? [];
  }

  const driver: Driver<TransitGatewayRouteTable, Handle> = {
    /**
     * Lists all tables of the account, which are few. AWS takes no token for a table and allows two equal ones, and a filter by tags may
     * hide a table for a minute after its tags were written.
     */
    async *list(aws, scope) {
      const found: AwsTable[] = [];
      for await (const one of described(aws, [])) if (isInScope(tagsOf(one.Tags), scope)) found.push(one);
      yield* await observed(aws, found, scope);
    },

    async get(aws, ids, scope) {
      const found: AwsTable[] = [];
      for (const Filters of idFilters("transit-gateway-route-table-id", ids))
        for await (const one of described(aws, Filters)) found.push(one);
      return new Map((await observed(aws, found, scope)).map((one) => [one.id, one]));
    },

    async create(aws, request, identity) {
      if (request.default === true) {
        const found = await driver.defaults!(aws, [request.transitGateway]);
        return takeOver(aws, found.get(request.transitGateway), "route table", request.transitGateway, identity.tags);
      }
      const { TransitGatewayRouteTable: made } = await aws.ec2(
        new ec2.CreateTransitGatewayRouteTableCommand({
          TransitGatewayId: request.transitGateway,
          TagSpecifications: tagSpecifications("transit-gateway-route-table", identity.tags),
        }),
        { once: true },
      );
      return made!.TransitGatewayRouteTableId!;
    },

    async update(aws, _stage, live, request, { associations, propagations, routes }, run) {
      const { added = [], removed = [] } = associations?.items ?? {};
      // Networks and routes come first, so that a new attachment finds them in the table.
      if (propagations) await setPropagations(ec2, aws, live.id, propagations.items!, run);
      if (routes) await setRoutes(ec2, aws, live.id, routes.items!);
      await Promise.all([
        ...added.map(({ key }) => follow(ec2, aws, live.id, key, run)),
        ...removed.map(({ key }) => leave(ec2, aws, live.id, key, run)),
      ]);
    },

    async delete(aws, live, run) {
      if (live.state === "dead" || live.state === "deleting") return;
      if (live.isDefault) return letGo(aws, live, "route table", run, "transit gateway");
      const marks = marksIn(live.tags);
      const [foreign] = (live.spec.associations ?? []).filter((one) => !marks.has(markOf("associations", one)));
      if (foreign !== undefined)
        throw new Refusal(
          `${foreign} is associated with ${live.id}, and somebody else made the association. If infra deleted the route table, the traffic of the attachment would have no routes.`,
          {
            hint: `associate ${foreign} with another route table first`,
          },
        );
      await Promise.all((live.spec.associations ?? []).map((one) => leave(ec2, aws, live.id, one, run)));
      await unlessGone(aws.ec2(new ec2.DeleteTransitGatewayRouteTableCommand({ TransitGatewayRouteTableId: live.id })));
      await run.wait("AWS to delete it", 600, (now) => now === undefined || now.state === "dead");
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && stateOf(found.State) === "ready") ids.push(found.TransitGatewayRouteTableId!);
      return ids;
    },

    async defaults(aws, of) {
      const lives = new Map<string, LiveTable>();
      for (const Filters of idFilters("transit-gateway-id", of))
        for await (const one of described(aws, Filters)) {
          if (!isDefault(one) || stateOf(one.State) === "dead") continue;
          const [seen] = await observed(aws, [one], undefined);
          if (seen) lives.set(one.TransitGatewayId!, seen);
        }
      return lives;
    },

    async within(aws, around) {
      const members: Member[] = [];
      for (const Filters of idFilters("transit-gateway-id", [...(around.get("transitGateway") ?? [])]))
        for await (const one of described(aws, Filters))
          if (stateOf(one.State) === "ready")
            members.push({
              id: one.TransitGatewayRouteTableId!,
              what: `route table of ${one.TransitGatewayId}`,
              isMadeByService: isDefault(one),
            });
      return members;
    },
  };
  return driver;

  /** Returns tables with their contents, which need calls of their own. */
  async function observed(aws: Aws, found: readonly AwsTable[], scope: Scope | undefined): Promise<LiveTable[]> {
    const all = found.map(async (one) => {
      const isRead = scope?.existence !== true && stateOf(one.State) === "ready";
      const contents = isRead ? await unlessGone(contentsOf(aws, one.TransitGatewayRouteTableId!)) : {};
      return contents && liveOf(one, contents);
    });
    return (await Promise.all(all)).filter((one) => one !== undefined);
  }

  async function contentsOf(aws: Aws, id: AwsId): Promise<Partial<TransitGatewayRouteTable>> {
    const [associations, propagations, routes] = await Promise.all([associationsOf(aws, id), propagationsOf(aws, id), routesOf(aws, id)]);
    return { associations, propagations, routes };
  }

  async function associationsOf(aws: Aws, TransitGatewayRouteTableId: AwsId): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of aws.ec2.pages(ec2.GetTransitGatewayRouteTableAssociationsCommand, {
      TransitGatewayRouteTableId,
      MaxResults: 1000,
    }))
      for (const { TransitGatewayAttachmentId: id, State: state } of page.Associations ?? [])
        if (id && state !== "disassociating" && state !== "disassociated") ids.push(id);
    return ids;
  }

  async function propagationsOf(aws: Aws, TransitGatewayRouteTableId: AwsId): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of aws.ec2.pages(ec2.GetTransitGatewayRouteTablePropagationsCommand, {
      TransitGatewayRouteTableId,
      MaxResults: 1000,
    }))
      for (const { TransitGatewayAttachmentId: id, State: state } of page.TransitGatewayRouteTablePropagations ?? [])
        if (id && state !== "disabling" && state !== "disabled") ids.push(id);
    return ids;
  }

  /**
   * Returns the routes that people wrote. The networks of attachments come by themselves. The call has no pages and returns at most 1000
   * routes.
   */
  async function routesOf(aws: Aws, TransitGatewayRouteTableId: AwsId): Promise<NonNullable<TransitGatewayRouteTable["routes"]>> {
    const { Routes = [] } = await aws.ec2(
      new ec2.SearchTransitGatewayRoutesCommand({
        TransitGatewayRouteTableId,
        Filters: [{ Name: "type", Values: ["static"] }],
      }),
    );
    return Routes.flatMap(({ DestinationCidrBlock: destination, TransitGatewayAttachments: ways = [], State: state }) => {
      if (destination === undefined || state === "deleted" || state === "deleting") return [];
      const target = ways[0]?.TransitGatewayAttachmentId;
      return [target === undefined ? { destination, blackhole: true } : { destination, target }];
    });
  }
}

function isDefault(table: AwsTable): boolean {
  return table.DefaultAssociationRouteTable === true || table.DefaultPropagationRouteTable === true;
}

function liveOf(found: AwsTable, contents: Partial<TransitGatewayRouteTable>): LiveTable {
  const tags = tagsOf(found.Tags);
  return {
    id: found.TransitGatewayRouteTableId!,
    aliases: [],
    tags,
    ...(tags[ownership.default] === "true" ? { isDefault: true as const } : {}),
    state: stateOf(found.State),
    spec: { transitGateway: found.TransitGatewayId!, default: isDefault(found), ...contents },
    handle: { gateway: found.TransitGatewayId! },
    outputs: { transitGateway: found.TransitGatewayId! },
    ...(found.CreationTime === undefined ? {} : { createdAt: new Date(found.CreationTime).toISOString() }),
  };
}
