/** The associations of route tables: the subnets that follow a table, and the main table, which all other subnets of a VPC follow. */
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

/** The current association of a subnet or of the main table. Every change gives it another id. */
interface Place {
  readonly association: string;
  readonly table: AwsRouteTable;
}

/** Returns all route tables of the VPC, in one read. EC2 shows a subnet's association only in the table that has it. */
export async function tablesIn(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly AwsRouteTable[]> {
  const tables: AwsRouteTable[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeRouteTablesCommand, { Filters: [{ Name: "vpc-id", Values: [vpc] }], MaxResults: 100 }))
    tables.push(...(page.RouteTables ?? []));
  return tables;
}

/**
 * Makes exactly these subnets follow the table. A subnet that follows another table is moved in one call, so that it always follows one.
 */
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
    if (!isNotFound(error)) throw error; // gone, or moved to another table and now with another id
  });
}

/** Makes the table the main one, which all subnets follow that no table names. */
export async function becomeMain(ec2: Sdk, aws: Aws, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  await giveMain(ec2, aws, table.id, table, tables);
}

/**
 * Makes the table that AWS created with the VPC the main one again. No record says which table that was; it is the only one without this
 * program's tags.
 */
export async function resignMain(ec2: Sdk, aws: Aws, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  const others = tables.filter((other) => other.RouteTableId !== table.id && tagsOf(other.Tags)[ownership.project] === undefined);
  if (others.length !== 1) {
    const found = others.length === 0 ? "no route table" : `several (${others.map((other) => other.RouteTableId).join(", ")})`;
    throw new Refusal(
      `${table.id} is the main route table of ${table.vpc}. The table that AWS made with the VPC must become the main one again, and infra cannot find it: the VPC has ${found} without infra's tags. Make another table the main one by hand, then run again.`,
    );
  }
  await giveMain(ec2, aws, others[0]!.RouteTableId!, table, tables);
}

async function giveMain(ec2: Sdk, aws: Aws, to: string, table: Table, tables: readonly AwsRouteTable[]): Promise<void> {
  const main = mainOf(tables);
  if (!main) throw new Refusal(`AWS shows no main route table in ${table.vpc}`);
  if (main.table.RouteTableId === to) return;
  await aws.ec2(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: main.association, RouteTableId: to })).catch(async (error) => {
    // The id is invalid once the main table has changed, even by our own call whose answer was lost.
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
    say(
      `${subnet} was associated with ${place.table.RouteTableId}, which is not of this environment; it is now associated with this route table`,
    );
  await aws.ec2(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: place.association, RouteTableId: table.id }));
}

/** Returns the association of each subnet that a table names. */
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
