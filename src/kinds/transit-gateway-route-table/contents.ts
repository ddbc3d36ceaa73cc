/** The contents of a transit gateway route table: its associations, its propagations and its routes. */
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { AwsId, Change, Run } from "../kind.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type Items = NonNullable<Change["items"]>;

/** The longest wait for AWS and the time between two polls, in seconds. */
const [limit, every] = [600, 5] as const;

/**
 * Makes an attachment follow the table. An attachment follows one table, so it leaves the other one first (EC2 API,
 * AssociateTransitGatewayRouteTable).
 */
export async function follow(ec2: Sdk, aws: Aws, TransitGatewayRouteTableId: AwsId, attachment: AwsId, run: Run): Promise<void> {
  const now = await settled(ec2, aws, attachment, run);
  if (now === TransitGatewayRouteTableId) return;
  if (now !== undefined) {
    run.say(`${attachment} is moved from ${now} to this route table`);
    await leave(ec2, aws, now, attachment, run);
  }
  await aws
    .ec2(new ec2.AssociateTransitGatewayRouteTableCommand({ TransitGatewayRouteTableId, TransitGatewayAttachmentId: attachment }))
    .catch(async (error) => {
      if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
      if ((await settled(ec2, aws, attachment, run)) !== TransitGatewayRouteTableId) throw error;
    });
  await run.until(`${attachment} to be associated with the route table`, limit, every, async () => {
    return (await stateIn(ec2, aws, TransitGatewayRouteTableId, attachment)) === "associated";
  });
}

/** Removes an association and waits for its end. Only then can the attachment follow another table, or the table be deleted. */
export async function leave(ec2: Sdk, aws: Aws, table: AwsId, attachment: AwsId, run: Run): Promise<void> {
  await aws
    .ec2(new ec2.DisassociateTransitGatewayRouteTableCommand({ TransitGatewayRouteTableId: table, TransitGatewayAttachmentId: attachment }))
    .catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  await run.until(`${attachment} to be disassociated from the route table`, limit, every, async () => {
    return (await stateIn(ec2, aws, table, attachment)) === undefined;
  });
}

/** Returns the table that an attachment follows, once no change is under way. */
async function settled(ec2: Sdk, aws: Aws, attachment: AwsId, run: Run): Promise<AwsId | undefined> {
  let table: AwsId | undefined;
  await run.until(`an earlier change of the association of ${attachment} to end`, limit, every, async () => {
    const found = await associationOf(ec2, aws, attachment);
    table = found?.table;
    return found === undefined || found.state === "associated";
  });
  return table;
}

async function associationOf(ec2: Sdk, aws: Aws, id: AwsId): Promise<{ readonly table: AwsId; readonly state: string } | undefined> {
  const Filters = [{ Name: "transit-gateway-attachment-id", Values: [id] }];
  const { TransitGatewayAttachments = [] } = await aws.ec2(new ec2.DescribeTransitGatewayAttachmentsCommand({ Filters }));
  const { TransitGatewayRouteTableId: table, State: state = "" } =
    TransitGatewayAttachments.find((one) => one.TransitGatewayAttachmentId === id)?.Association ?? {};
  return table === undefined || state === "disassociated" ? undefined : { table, state };
}

async function stateIn(ec2: Sdk, aws: Aws, TransitGatewayRouteTableId: AwsId, attachment: AwsId): Promise<string | undefined> {
  const Filters = [{ Name: "transit-gateway-attachment-id", Values: [attachment] }];
  const find = () => aws.ec2(new ec2.GetTransitGatewayRouteTableAssociationsCommand({ TransitGatewayRouteTableId, Filters }));
  const { Associations = [] } = (await unlessGone(find())) ?? {};
  const state = Associations.find((one) => one.TransitGatewayAttachmentId === attachment)?.State;
  return state === "disassociated" ? undefined : state;
}

export async function setPropagations(ec2: Sdk, aws: Aws, table: AwsId, { added, removed }: Items, run: Run): Promise<void> {
  await Promise.all(added.map(({ key }) => propagate(ec2, aws, table, key, run)));
  for (const { key } of removed)
    await aws
      .ec2(
        new ec2.DisableTransitGatewayRouteTablePropagationCommand({
          TransitGatewayRouteTableId: table,
          TransitGatewayAttachmentId: key,
        }),
      )
      .catch((error) => {
        if (!isNotFound(error)) throw error;
      });
}

/** Switches propagation on. A propagation that was just removed is refused as a duplicate until it is gone. */
async function propagate(ec2: Sdk, aws: Aws, table: AwsId, attachment: AwsId, run: Run): Promise<void> {
  const pair = { TransitGatewayRouteTableId: table, TransitGatewayAttachmentId: attachment };
  const Filters = [{ Name: "transit-gateway-attachment-id", Values: [attachment] }];
  let isSent = false;
  await run.until(`the networks of ${attachment} to be propagated`, limit, every, async () => {
    const page = await aws.ec2(new ec2.GetTransitGatewayRouteTablePropagationsCommand({ TransitGatewayRouteTableId: table, Filters }));
    const found = (page.TransitGatewayRouteTablePropagations ?? []).find((one) => one.TransitGatewayAttachmentId === attachment);
    if (found?.State === "enabled") return true;
    if (found !== undefined && found.State !== "disabled") return isSent && found.State === "enabling";
    await aws.ec2(new ec2.EnableTransitGatewayRouteTablePropagationCommand(pair)).catch((error) => {
      if (!hasCode(error, "TransitGatewayRouteTablePropagation.Duplicate")) throw error;
    });
    isSent = true;
    return false;
  });
}

/** Adds new routes before it removes old ones, and changes a route in one call. */
export async function setRoutes(ec2: Sdk, aws: Aws, table: AwsId, { added, changed, removed }: Items): Promise<void> {
  for (const { key, value } of added)
    await aws.ec2(new ec2.CreateTransitGatewayRouteCommand(inputOf(table, key, value))).catch(async (error) => {
      if (!hasCode(error, "RouteAlreadyExists")) throw error;
      await aws.ec2(new ec2.ReplaceTransitGatewayRouteCommand(inputOf(table, key, value)));
    });
  for (const { key, after } of changed)
    await aws.ec2(new ec2.ReplaceTransitGatewayRouteCommand(inputOf(table, key, after))).catch(async (error) => {
      if (!hasCode(error, "InvalidRoute.NotFound")) throw error;
      await aws.ec2(new ec2.CreateTransitGatewayRouteCommand(inputOf(table, key, after)));
    });
  for (const { key } of removed)
    await aws
      .ec2(new ec2.DeleteTransitGatewayRouteCommand({ TransitGatewayRouteTableId: table, DestinationCidrBlock: key }))
      .catch((error) => {
        if (!isNotFound(error)) throw error;
      });
}

function inputOf(table: AwsId, destination: string, route: unknown) {
  const { target } = route as { readonly target?: string };
  return {
    TransitGatewayRouteTableId: table,
    DestinationCidrBlock: destination,
    ...(target === undefined ? { Blackhole: true } : { TransitGatewayAttachmentId: target }),
  };
}
