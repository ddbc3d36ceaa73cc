/** Transit gateways: the values that a file may hold, the route tables that attachments use, and deletes. */
import {
  AssociateTransitGatewayRouteTableCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DisassociateTransitGatewayRouteTableCommand,
  EC2Client,
  SearchTransitGatewayRoutesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { kinds as all } from "../../src/kinds/index.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const names = ["vpc", "subnet", "routeTable", "transitGateway", "transitGatewayAttachment", "transitGatewayRouteTable"];
const kinds = all.filter(({ name }) => names.includes(name));

const networks = `${header}
vpcs: { one: { cidrBlock: 10.1.0.0/16 }, two: { cidrBlock: 10.2.0.0/16 } }
subnets:
  one: { vpc: one, cidrBlock: 10.1.1.0/24, availabilityZone: a }
  one-too: { vpc: one, cidrBlock: 10.1.2.0/24, availabilityZone: a }
  two: { vpc: two, cidrBlock: 10.2.1.0/24, availabilityZone: a }
`;
const attached = `${networks}
transitGateways: { hub: {} }
transitGatewayAttachments:
  one: { transitGateway: hub, vpc: one, subnets: [one] }
  two: { transitGateway: hub, vpc: two, subnets: [two] }
`;

const client = (testbed: Testbed) =>
  new EC2Client({
    region: "eu-west-1",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });

/** Returns the route table that each VPC's attachment uses, by the tags of both. */
async function following(testbed: Testbed): Promise<Record<string, string>> {
  const ec2 = client(testbed);
  const { TransitGatewayAttachments = [] } = await ec2.send(new DescribeTransitGatewayAttachmentsCommand({}));
  const { TransitGatewayRouteTables = [] } = await ec2.send(new DescribeTransitGatewayRouteTablesCommand({}));
  const nameOf = (tags: { Key?: string; Value?: string }[] = []) => tags.find(({ Key }) => Key === "Name")?.Value?.replace("test-", "");
  return Object.fromEntries(
    TransitGatewayAttachments.map(({ Tags, Association }) => {
      const table = TransitGatewayRouteTables.find(({ TransitGatewayRouteTableId: id }) => id === Association?.TransitGatewayRouteTableId);
      return [nameOf(Tags) ?? "?", table ? (nameOf(table.Tags) ?? "default") : "none"];
    }),
  );
}

async function routesOf(testbed: Testbed, type: string): Promise<string[]> {
  const ec2 = client(testbed);
  const { TransitGatewayRouteTables = [] } = await ec2.send(new DescribeTransitGatewayRouteTablesCommand({}));
  const found = await Promise.all(
    TransitGatewayRouteTables.map(({ TransitGatewayRouteTableId }) =>
      ec2.send(new SearchTransitGatewayRoutesCommand({ TransitGatewayRouteTableId, Filters: [{ Name: "type", Values: [type] }] })),
    ),
  );
  return found.flatMap(({ Routes = [] }) => Routes.map(({ DestinationCidrBlock, State }) => `${DestinationCidrBlock} ${State}`)).sort();
}

describe("a file", () => {
  const problem = (more: string, base = attached): string => {
    try {
      loadText(base + more);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const table = (fields: string) => `transitGatewayRouteTables: { main: { transitGateway: hub, ${fields} } }\n`;

  it.each<[string, string, string]>([
    ["a route without a way", table("routes: [{ destination: 10.0.0.0/8 }]"), "has no target"],
    [
      "a route with two",
      table("routes: [{ destination: 10.0.0.0/8, target: one, blackhole: true }]"),
      "has both `target` and `blackhole: true`",
    ],
    [
      "two routes to one network",
      table("routes: [{ destination: 10.0.0.0/8, target: one }, { destination: 10.0.0.0/8, target: two }]"),
      "routes[0] already has the destination 10.0.0.0/8",
    ],
    [
      "an attachment in two tables",
      "transitGatewayRouteTables: { a: { transitGateway: hub, associations: [one] }, b: { transitGateway: hub, associations: [one] } }\n",
      "transitGatewayAttachment/one is already associated with transitGatewayRouteTable/a",
    ],
    [
      "an attachment of another gateway",
      "transitGatewayRouteTables: { a: { transitGateway: { id: tgw-0123456789abcdef0 }, propagations: [one] } }\n",
      "is an attachment of transitGateway/hub",
    ],
    [
      "two defaults",
      `transitGatewayRouteTables: { a: { transitGateway: hub, default: true }, b: { transitGateway: hub, default: true } }\n`,
      "a transit gateway has only one",
    ],
  ])("has a diagnostic for %s", (_what, more, says) => expect(problem(more)).toContain(says));

  it.each<[string, string, string]>([
    ["two subnets in a zone", "one: { transitGateway: hub, vpc: one, subnets: [one, one-too] }", "has only one subnet per zone"],
    ["a subnet of another VPC", "one: { transitGateway: hub, vpc: one, subnets: [two] }", "subnet/two is in vpc/two"],
    [
      "a VPC that is attached twice",
      "a: { transitGateway: hub, vpc: one, subnets: [one] }, b: { transitGateway: hub, vpc: one, subnets: [one] }",
      "AWS allows only one such attachment",
    ],
  ])("has a diagnostic for %s", (_what, fields, says) =>
    expect(problem(`transitGateways: { hub: {} }\ntransitGatewayAttachments: { ${fields} }\n`, networks)).toContain(says),
  );

  it.each<[string, string]>([
    ["amazonSideAsn: 70000", "70000 is not a private number"],
    ["cidrBlocks: [10.0.0.0/25]", "accepts networks of /24 or larger"],
  ])("has a diagnostic for %s", (fields, says) => expect(problem(`transitGateways: { hub: { ${fields} } }\n`, networks)).toContain(says));

  it("is warned of a subnet whose zone the gateway does not serve", () => {
    const check = kinds.find(({ name }) => name === "transitGatewayAttachment")!.check!;
    const warnings = (zone: string) => {
      const { nodes, region } = loadText(
        `${attached}routeTables: { one: { vpc: one, subnets: [one, one-b], routes: [{ destination: 10.0.0.0/8, target: transitGateway/hub }] } }\n`.replace(
          "  two: { vpc: two, cidr",
          `  one-b: { vpc: one, cidrBlock: 10.1.3.0/24, availabilityZone: ${zone} }\n  two: { vpc: two, cidr`,
        ),
      );
      const index = {
        region,
        of: (kind: string) => nodes.filter((node) => node.kind === kind),
        get: (address: string) => nodes.find((node) => node.address === address),
      };
      return check(index.get("transitGatewayAttachment/one")!, index).map(({ severity, summary }) => `${severity}: ${summary}`);
    };
    expect(warnings("a")).toEqual([]);
    expect(warnings("b")).toEqual([
      "warning: subnet/one-b has routes to transitGateway/hub, but the attachment has no subnet in eu-west-1b, so this traffic is dropped.",
    ]);
  });

  it("has a diagnostic for a default table that its gateway does not have", () =>
    expect(
      problem(
        "transitGateways: { hub: { defaultRouteTableAssociation: false, defaultRouteTablePropagation: false } }\n" +
          "transitGatewayRouteTables: { main: { transitGateway: hub, default: true } }\n",
        networks,
      ),
    ).toContain("has no default route table"));
});

describe("attachments", () => {
  it("use AWS's table, change to one of the file, and associations of others leave them alone", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, attached);
    expect(await following(testbed)).toEqual({ one: "default", two: "default" });
    expect(await routesOf(testbed, "propagated")).toEqual(["10.1.0.0/16 active", "10.2.0.0/16 active"]);

    const own = `${attached}transitGatewayRouteTables: { own: { transitGateway: hub, associations: [one], propagations: [two] } }\n`;
    const { events } = await settle(testbed, own);
    expect(await following(testbed)).toEqual({ one: "own", two: "default" });
    expect(JSON.stringify(events)).toMatch(/tgw-attach-\w+ is moved from tgw-rtb-\w+ to this route table/);

    await moveByHand(testbed, "two", "own");
    expect((await testbed.plan(own)).plan.steps).toEqual([]);
    const { run } = await testbed.tryApply(own.replace(/transitGatewayRouteTables.*/, ""));
    expect(stepsOf(run)).toEqual(["delete transitGatewayRouteTable/own"]);
    expect(told(await testbed.tryApply(attached)).failed.join()).toContain("somebody else made the association");
    expect(await following(testbed)).toEqual({ one: "own", two: "own" });
  });

  it("come before the routes to their gateway, which go first", async () => {
    const testbed = openTestbed({ kinds });
    const routed = `${attached}routeTables: { one: { vpc: one, subnets: [one], routes: [{ destination: 10.0.0.0/8, target: transitGateway/hub }] } }\n`;
    const { run } = await settle(testbed, routed);
    expect(stepsOf(run).indexOf("create routeTable/one")).toBeGreaterThan(stepsOf(run).indexOf("create transitGatewayAttachment/one"));
    const routes = testbed.sandbox.calls.map(({ operation }) => operation);
    expect(routes.filter((name) => name === "CreateRoute")).toHaveLength(1);
    await testbed.destroy(routed);
    const order = testbed.sandbox.calls.map(({ operation }) => operation).filter((name) => /^Delete(RouteTable|TransitGateway)/.test(name));
    expect(order).toEqual([
      "DeleteRouteTable",
      "DeleteTransitGatewayVpcAttachment",
      "DeleteTransitGatewayVpcAttachment",
      "DeleteTransitGateway",
    ]);
    expect((await testbed.plan(header)).plan.steps).toEqual([]);
  });
});

describe("the table that AWS makes with a gateway", () => {
  const taken = `${attached}transitGatewayRouteTables: { main: { transitGateway: hub, default: true, routes: [{ destination: 0.0.0.0/0, target: one }] } }\n`;

  it("is adopted with a route, keeps its associations, and stays with the gateway", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, taken);
    expect(await routesOf(testbed, "static")).toEqual(["0.0.0.0/0 active"]);
    expect(Object.values(await following(testbed))).toEqual(["main", "main"]);
    const { run } = await testbed.tryApply(attached);
    expect(run.plan.steps).toMatchObject([
      { action: "keep", because: "AWS created it with transitGateway/hub and deletes it only with transitGateway/hub; it stays as it is" },
    ]);
    await testbed.destroy(taken);
    expect((await testbed.plan(header)).plan.steps).toEqual([]);
  });
});

/** A change in the console. */
async function moveByHand(testbed: Testbed, name: string, to: string): Promise<void> {
  const ec2 = client(testbed);
  const byName = (value: string) => ({ Filters: [{ Name: "tag:Name", Values: [`test-${value}`] }] });
  const { TransitGatewayAttachments: [attachment] = [] } = await ec2.send(new DescribeTransitGatewayAttachmentsCommand(byName(name)));
  const { TransitGatewayRouteTables: [table] = [] } = await ec2.send(new DescribeTransitGatewayRouteTablesCommand(byName(to)));
  const TransitGatewayAttachmentId = attachment!.TransitGatewayAttachmentId!;
  const was = attachment!.Association!.TransitGatewayRouteTableId!;
  await ec2.send(new DisassociateTransitGatewayRouteTableCommand({ TransitGatewayAttachmentId, TransitGatewayRouteTableId: was }));
  await testbed.clock.sleep(60_000);
  const TransitGatewayRouteTableId = table!.TransitGatewayRouteTableId!;
  await ec2.send(new AssociateTransitGatewayRouteTableCommand({ TransitGatewayAttachmentId, TransitGatewayRouteTableId }));
  await testbed.clock.sleep(60_000);
}
