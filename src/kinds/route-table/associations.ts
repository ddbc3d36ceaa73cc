/** Which subnets follow a table, and which table the others of a VPC follow: its main one. */
import type { RouteTable as AwsRouteTable } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import type { Tags } from "../kind.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

interface Table {
  readonly id: string;
  readonly vpc: string;
  readonly tags: Tags;
}

/** Where a subnet, or the main table's role, is at the moment. Every change gives the association another id. */
interface Place {
  readonly association: string;
  readonly table: AwsRouteTable;
}

/** All tables of the VPC, read at once: EC2 tells a subnet's association only with the table that has it. */
export async function tablesIn(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly AwsRouteTable[]> {
  const tables: AwsRouteTable[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeRouteTablesCommand, { Filters: [{ Name: "vpc-id", Values: [vpc] }], MaxResults: 100 }))
    tables.push(...(page.RouteTables ?? []));
  return tables;
}

/** Makes exactly these subnets follow the table. One that follows another table is moved, in one call, without a moment in between. */
export async function setSubnets(
  ec2: Sdk,
  aws: Aws,
  table: Table,
  request: readonly string[],
  tables: readonly AwsRouteTable[],
  say: (text: string) => void,
): Promise<void> {
  const places = placesOf(tables);
  for (const subnet of request) {
    const place = places.get(subnet);
    if (place?.table.RouteTableId === table.id) continue;
    if (place) await move(ec2, aws, place, table, subnet, say);
    else await associate(ec2, aws, table, subnet, say);
  }
  for (const [subnet, place] of places)
    if (place.table.RouteTableId === table.id && !request.includes(subnet)) await disassociate(ec2, aws, place.association);
}

export async function disassociate(ec2: Sdk, aws: Aws, AssociationId: string): Promise<void> {
  await aws.ec2(new ec2.DisassociateRouteTableCommand({ AssociationId })).catch((error) => {
    if (!isNotFound(error)) throw error; // gone, or moved to another table: then it has another id
  });
}

/** Makes the table the one that all subnets follow which no table names. */
export async function becomeMain(ec2: Sdk, aws: Aws, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  await giveMain(ec2, aws, table.id, table, tables);
}

/**
 * Gives the role of the main table back to the one that AWS made with the VPC. Nothing remembers which that was; it is
 * the only one that nobody tagged as made by this program.
 */
export async function resignMain(ec2: Sdk, aws: Aws, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  const others = tables.filter((other) => other.RouteTableId !== table.id && tagsOf(other.Tags)[ownership.project] === undefined);
  if (others.length !== 1) {
    const found = others.length === 0 ? "there is none" : `there are ${others.map((other) => other.RouteTableId).join(", ")}`;
    throw new Refusal(
      `${table.id} is the main table of ${table.vpc}, and the table that AWS made with the VPC must take its place; it cannot be told which that is: ${found} without our tags. Make one of them main by hand, then run again.`,
    );
  }
  await giveMain(ec2, aws, others[0]!.RouteTableId!, table, tables);
}

async function giveMain(ec2: Sdk, aws: Aws, to: string, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  const main = mainOf(tables);
  if (!main) throw new Refusal(`AWS tells of no main table in ${table.vpc}`);
  if (main.table.RouteTableId === to) return;
  await aws.ec2(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: main.association, RouteTableId: to })).catch(async (error) => {
    // The id belongs to the past as soon as the role has moved, be it by an answer of ours that was lost.
    if (!isNotFound(error)) throw error;
    const now = mainOf(await tablesIn(ec2, aws, table.vpc));
    if (now?.table.RouteTableId === to) return;
    if (!now || now.association === main.association) throw error;
    await aws.ec2(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: now.association, RouteTableId: to }));
  });
}

async function associate(ec2: Sdk, aws: Aws, table: Table, SubnetId: string, say: (text: string) => void): Promise<void> {
  await aws.ec2(new ec2.AssociateRouteTableCommand({ RouteTableId: table.id, SubnetId })).catch(async (error) => {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const place = placesOf(await tablesIn(ec2, aws, table.vpc)).get(SubnetId);
    if (!place) throw error;
    if (place.table.RouteTableId !== table.id) await replace(ec2, aws, place, table, SubnetId, say);
  });
}

async function move(ec2: Sdk, aws: Aws, place: Place, table: Table, subnet: string, say: (text: string) => void): Promise<void> {
  await replace(ec2, aws, place, table, subnet, say).catch(async (error) => {
    if (!isNotFound(error)) throw error; // it left the other table meanwhile
    await associate(ec2, aws, table, subnet, say);
  });
}

async function replace(ec2: Sdk, aws: Aws, place: Place, table: Table, subnet: string, say: (text: string) => void): Promise<void> {
  if (isForeign(place.table, table))
    say(`${subnet} followed ${place.table.RouteTableId}, which is not of this environment; it follows this table now`);
  await aws.ec2(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: place.association, RouteTableId: table.id }));
}

/** Where each subnet is that some table names. */
function placesOf(tables: readonly AwsRouteTable[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const table of tables)
    for (const { SubnetId, RouteTableAssociationId, AssociationState } of table.Associations ?? [])
      if (SubnetId && AssociationState?.State !== "disassociated") places.set(SubnetId, { association: RouteTableAssociationId!, table });
  return places;
}

function mainOf(tables: readonly AwsRouteTable[]): Place | undefined {
  for (const table of tables) {
    const main = table.Associations?.find(({ Main }) => Main);
    if (main) return { association: main.RouteTableAssociationId!, table };
  }
  return undefined;
}

function isForeign(other: AwsRouteTable, table: Table): boolean {
  const tags = tagsOf(other.Tags);
  return [ownership.project, ownership.environment].some((key) => tags[key] !== table.tags[key]);
}
