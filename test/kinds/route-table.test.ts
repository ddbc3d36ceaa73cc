import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type Route as AwsRoute,
  type RouteTable as AwsRouteTable,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { routeTable } from "../../src/kinds/route-table/route-table.ts";
import type { RouteTable } from "../../src/kinds/route-table/schema.ts";
import { fateOfUnlisted, routesOf, targetField } from "../../src/kinds/route-table/routes.ts";
import { changesOf, diff } from "../../src/plan/diff.ts";
import { identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await routeTable.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

const ours = [
  { Key: "infra:project", Value: "lab" },
  { Key: "infra:environment", Value: "dev" },
];
const local: AwsRoute = { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", Origin: "CreateRouteTable" };

function table(id: string, more: Partial<AwsRouteTable> = {}): AwsRouteTable {
  return { RouteTableId: id, VpcId: "vpc-1", OwnerId: "123456789012", Tags: ours, Routes: [local], Associations: [], ...more };
}

const follows = (subnet: string, association = `assoc-${subnet}`): RouteTableAssociation => ({
  SubnetId: subnet,
  RouteTableAssociationId: association,
  Main: false,
});
const isMain = (association: string): RouteTableAssociation => ({ RouteTableAssociationId: association, Main: true });

/** Makes DescribeRouteTables return these tables, by id when asked by id. */
function shows(...tables: AwsRouteTable[]) {
  ec2.on(DescribeRouteTablesCommand).callsFake((input: { Filters: { Name: string; Values: string[] }[] }) => {
    const byId = input.Filters.find(({ Name }) => Name === "route-table-id");
    return { RouteTables: tables.filter(({ RouteTableId }) => !byId || byId.Values.includes(RouteTableId!)) };
  });
}

async function get() {
  return (await driver.get(aws, ["rtb-1"], scope)).get("rtb-1")!;
}

/** Applies a stage from AWS's state to `spec`, as the engine does. Returns the writes and the messages. */
async function apply(stage: string, spec: RouteTable) {
  const live = await get();
  const request = { spec, ignoreChanges: [] };
  const changes = changesOf(routeTable, diff(routeTable, request, live), stage, request, live);
  const run = runOf(clock, get);
  ec2.resetHistory();
  await driver.update!(aws, stage, live, spec, changes as never, run);
  return { writes: sent(ec2).filter(({ name }) => !name.startsWith("Describe")), said: run.said };
}

describe("reading", () => {
  it.each<[string, AwsRoute, string | undefined]>([
    ["inside the VPC", local, undefined],
    [
      "inside a further range, to an interface",
      { DestinationCidrBlock: "10.1.0.0/16", NetworkInterfaceId: "eni-1", Origin: "CreateRouteTable" },
      undefined,
    ],
    ["propagated", { DestinationCidrBlock: "172.16.0.0/12", GatewayId: "vgw-1", Origin: "EnableVgwRoutePropagation" }, undefined],
    ["advertised", { DestinationCidrBlock: "172.16.0.0/12", GatewayId: "vgw-1", Origin: "Advertisement" as never }, undefined],
    ["of a gateway endpoint", { DestinationPrefixListId: "pl-1", GatewayId: "vpce-1" }, undefined],
    ["of VPC Lattice", { DestinationPrefixListId: "pl-1", GatewayId: "VpcLattice" }, undefined],
    [
      "to a service's interface",
      { DestinationCidrBlock: "192.0.2.0/24", NetworkInterfaceId: "eni-1", InstanceOwnerId: "amazon-aws" },
      undefined,
    ],
    ["to the internet", { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", Origin: "CreateRoute" }, "0.0.0.0/0 igw-1"],
    ["in IPv6, long", { DestinationIpv6CidrBlock: "2001:DB8:0:0::/32", EgressOnlyInternetGatewayId: "eigw-1" }, "2001:db8::/32 eigw-1"],
    ["to a Gateway Load Balancer's endpoint", { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "vpce-1" }, "0.0.0.0/0 vpce-1"],
    [
      "to a machine",
      { DestinationCidrBlock: "0.0.0.0/0", InstanceId: "i-1", NetworkInterfaceId: "eni-1", InstanceOwnerId: "123456789012" },
      "0.0.0.0/0 eni-1",
    ],
    ["into the void", { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1", State: "blackhole" }, "0.0.0.0/0 nat-1"],
    ["to a prefix list", { DestinationPrefixListId: "pl-1", TransitGatewayId: "tgw-1" }, "pl-1 tgw-1"],
    ["to a peering", { DestinationCidrBlock: "10.9.0.0/16", VpcPeeringConnectionId: "pcx-1" }, "10.9.0.0/16 pcx-1"],
  ])("a route %s", (_what, route, told) => {
    expect(routesOf(table("rtb-1", { Routes: [route] })).map(({ destination, target }) => `${destination} ${target}`)).toEqual(
      told === undefined ? [] : [told],
    );
  });

  it("tells associations, and leaves out dissolved ones and those of gateways", async () => {
    shows(
      table("rtb-1", {
        Associations: [
          follows("subnet-1"),
          isMain("assoc-main"),
          { GatewayId: "igw-1", RouteTableAssociationId: "assoc-igw" },
          { ...follows("subnet-2"), AssociationState: { State: "disassociated" } },
        ],
      }),
    );
    const live = await get();
    expect(live.spec).toMatchObject({ vpc: "vpc-1", routes: [], subnets: ["subnet-1"], main: true });
    expect(live.handle).toEqual({ vpc: "vpc-1", routes: {}, associations: ["assoc-subnet-1", "assoc-igw"], isMain: true });
  });

  it("finds the tables of a VPC, and says which AWS made", async () => {
    shows(table("rtb-2"), table("rtb-3", { Associations: [isMain("a")] }));
    expect(await driver.within!(aws, new Map([["vpc", new Set(["vpc-1"])]]))).toEqual([
      { id: "rtb-2", what: "route table in vpc-1", isMadeByService: false },
      { id: "rtb-3", what: "route table in vpc-1", isMadeByService: true },
    ]);
  });
});

it("sends the token and the tags with the create", async () => {
  ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: "rtb-1" } });
  expect(await driver.create(aws, { vpc: "vpc-1" }, identity())).toBe("rtb-1");
  expect(sent(ec2)[0]!.input).toEqual({
    VpcId: "vpc-1",
    ClientToken: "t0k3n",
    TagSpecifications: [{ ResourceType: "route-table", Tags: ours }],
  });
});

describe("routes", () => {
  const spec = (...routes: [string, string][]): RouteTable => ({
    vpc: "vpc-1",
    routes: routes.map(([destination, target]) => ({ destination, target })),
  });
  const has = (...Routes: AwsRoute[]) => shows(table("rtb-1", { Routes: [local, ...Routes] }));
  beforeEach(() => {
    for (const command of [CreateRouteCommand, ReplaceRouteCommand, DeleteRouteCommand]) ec2.on(command as never).resolves({});
  });

  it("are added before others are removed, and turned in place", async () => {
    has({ DestinationCidrBlock: "10.8.0.0/16", GatewayId: "igw-1" }, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" });
    const { writes } = await apply("routes", spec(["::/0", "igw-1"], ["0.0.0.0/0", "nat-1"]));
    expect(writes).toEqual([
      { name: "CreateRoute", input: { RouteTableId: "rtb-1", DestinationIpv6CidrBlock: "::/0", GatewayId: "igw-1" } },
      { name: "ReplaceRoute", input: { RouteTableId: "rtb-1", DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1" } },
      { name: "DeleteRoute", input: { RouteTableId: "rtb-1", DestinationCidrBlock: "10.8.0.0/16" } },
    ]);
  });

  it("to others' gateways stay unless they are listed", async () => {
    has(
      { DestinationCidrBlock: "10.8.0.0/16", TransitGatewayId: "tgw-1" },
      { DestinationCidrBlock: "10.9.0.0/16", VpcPeeringConnectionId: "pcx-1" },
    );
    expect((await apply("routes", spec())).writes).toEqual([
      { name: "DeleteRoute", input: { RouteTableId: "rtb-1", DestinationCidrBlock: "10.9.0.0/16" } },
    ]);
    expect(
      ["igw-1", "eigw-1", "nat-1", "pcx-1", "instance/nat", "vgw-1", "tgw-1", "eni-1", "vpce-1"].map((target) =>
        fateOfUnlisted({ destination: "x", target }),
      ),
    ).toEqual([...Array<string>(5).fill("remove"), ...Array<string>(4).fill("keep")]);
  });

  it("to a machine that is there by its interface need no change", async () => {
    has({ DestinationCidrBlock: "0.0.0.0/0", InstanceId: "i-1", NetworkInterfaceId: "eni-1" });
    expect((await apply("routes", spec(["0.0.0.0/0", "i-1"]))).writes).toEqual([]);
  });

  it("that exist after all are turned, and those that are missing after all are made", async () => {
    has();
    ec2.on(CreateRouteCommand).rejects(refusal("RouteAlreadyExists"));
    expect(
      (await apply("routes", spec(["10.8.1.5/16", "pcx-1"]))).writes.map(({ name, input }) => [
        name,
        (input as { DestinationCidrBlock: string }).DestinationCidrBlock,
      ]),
    ).toEqual([
      ["CreateRoute", "10.8.0.0/16"],
      ["ReplaceRoute", "10.8.0.0/16"],
    ]);
    has({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" });
    ec2.on(CreateRouteCommand).resolves({});
    ec2
      .on(ReplaceRouteCommand)
      .rejects(refusal("InvalidParameterValue", "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead."));
    expect((await apply("routes", spec(["0.0.0.0/0", "nat-1"]))).writes.map(({ name }) => name)).toEqual(["ReplaceRoute", "CreateRoute"]);
    ec2
      .on(ReplaceRouteCommand)
      .rejects(refusal("InvalidParameterValue", "route table rtb-1 and network gateway igw-2 belong to different networks"));
    await expect(apply("routes", spec(["0.0.0.0/0", "nat-1"]))).rejects.toThrow("different networks");
  });

  it("that are gone already are removed", async () => {
    has({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" });
    ec2.on(DeleteRouteCommand).rejects(refusal("InvalidRoute.NotFound"));
    await apply("routes", spec());
  });

  it.each([
    ["igw-1", "GatewayId"],
    ["vgw-1", "GatewayId"],
    ["i-1", "InstanceId"],
    ["eni-1", "NetworkInterfaceId"],
    ["vpce-1", "VpcEndpointId"],
    ["tgw-1", "TransitGatewayId"],
    ["pcx-1", "VpcPeeringConnectionId"],
    ["eigw-1", "EgressOnlyInternetGatewayId"],
    ["cagw-1", "CarrierGatewayId"],
    ["lgw-1", "LocalGatewayId"],
    ["arn:aws:networkmanager::1:core-network/x", "CoreNetworkArn"],
    ["sg-1", undefined],
  ])("to %s go into %s", (id, field) => expect(targetField(id)).toBe(field));
});

describe("associations", () => {
  const spec = (more: Partial<RouteTable>): RouteTable => ({ vpc: "vpc-1", ...more });
  beforeEach(() => {
    for (const command of [AssociateRouteTableCommand, ReplaceRouteTableAssociationCommand, DisassociateRouteTableCommand])
      ec2.on(command as never).resolves({});
  });

  it("are made for free subnets, moved from our other tables, and removed last", async () => {
    shows(table("rtb-1", { Associations: [follows("subnet-old")] }), table("rtb-2", { Associations: [follows("subnet-b")] }));
    const { writes, said } = await apply("associations", spec({ subnets: ["subnet-a", "subnet-b"] }));
    expect(writes).toEqual([
      { name: "AssociateRouteTable", input: { RouteTableId: "rtb-1", SubnetId: "subnet-a" } },
      { name: "ReplaceRouteTableAssociation", input: { AssociationId: "assoc-subnet-b", RouteTableId: "rtb-1" } },
      { name: "DisassociateRouteTable", input: { AssociationId: "assoc-subnet-old" } },
    ]);
    expect(said).toEqual([]);
  });

  it("say so when a subnet leaves a foreign table", async () => {
    shows(table("rtb-1"), table("rtb-9", { Tags: [], Associations: [follows("subnet-b")] }));
    const { said } = await apply("associations", spec({ subnets: ["subnet-b"] }));
    expect(said).toEqual([
      "subnet-b was associated with rtb-9, which is not of this environment; it is now associated with this route table",
    ]);
  });

  it("that AWS knows and the list did not show yet are moved", async () => {
    shows(table("rtb-1"));
    ec2.on(AssociateRouteTableCommand).callsFake(() => {
      shows(table("rtb-1"), table("rtb-2", { Associations: [follows("subnet-b")] }));
      throw refusal("Resource.AlreadyAssociated");
    });
    const { writes } = await apply("associations", spec({ subnets: ["subnet-b"] }));
    expect(writes.at(-1)).toEqual({
      name: "ReplaceRouteTableAssociation",
      input: { AssociationId: "assoc-subnet-b", RouteTableId: "rtb-1" },
    });
  });

  it("that are this table's already need nothing more", async () => {
    shows(table("rtb-1"));
    ec2.on(AssociateRouteTableCommand).callsFake(() => {
      shows(table("rtb-1", { Associations: [follows("subnet-b")] }));
      throw refusal("Resource.AlreadyAssociated");
    });
    expect((await apply("associations", spec({ subnets: ["subnet-b"] }))).writes).toHaveLength(1);
  });

  it("that left the other table meanwhile are made again", async () => {
    shows(table("rtb-1"), table("rtb-2", { Associations: [follows("subnet-b")] }));
    ec2.on(ReplaceRouteTableAssociationCommand).rejects(refusal("InvalidAssociationID.NotFound"));
    expect((await apply("associations", spec({ subnets: ["subnet-b"] }))).writes.map(({ name }) => name)).toEqual([
      "ReplaceRouteTableAssociation",
      "AssociateRouteTable",
    ]);
  });

  it("give a table the main role, whatever the role's id has become", async () => {
    shows(table("rtb-1"), table("rtb-0", { Tags: [], Associations: [isMain("assoc-main")] }));
    expect((await apply("associations", spec({ main: true }))).writes).toEqual([
      { name: "ReplaceRouteTableAssociation", input: { AssociationId: "assoc-main", RouteTableId: "rtb-1" } },
    ]);
    ec2.on(ReplaceRouteTableAssociationCommand).callsFakeOnce(() => {
      shows(table("rtb-1"), table("rtb-0", { Tags: [], Associations: [isMain("assoc-new")] }));
      throw refusal("InvalidAssociationID.NotFound");
    });
    expect(
      (await apply("associations", spec({ main: true }))).writes.map(({ input }) => (input as { AssociationId: string }).AssociationId),
    ).toEqual(["assoc-main", "assoc-new"]);
  });

  it("give the main role back to the table without our tags", async () => {
    shows(table("rtb-1", { Associations: [isMain("assoc-main")] }), table("rtb-2"), table("rtb-0", { Tags: [] }));
    expect((await apply("associations", spec({ main: false }))).writes).toEqual([
      { name: "ReplaceRouteTableAssociation", input: { AssociationId: "assoc-main", RouteTableId: "rtb-0" } },
    ]);
  });
});

describe("deleting", () => {
  const remove = async () => {
    const live = await get();
    ec2.resetHistory();
    await driver.delete(aws, live, runOf(clock, get));
    return sent(ec2).map(({ name }) => name);
  };
  beforeEach(() => {
    for (const command of [DeleteRouteTableCommand, ReplaceRouteTableAssociationCommand, DisassociateRouteTableCommand])
      ec2.on(command as never).resolves({});
  });

  it("dissolves associations first", async () => {
    shows(table("rtb-1", { Associations: [follows("subnet-a"), follows("subnet-b")] }));
    expect(await remove()).toEqual(["DisassociateRouteTable", "DisassociateRouteTable", "DeleteRouteTable"]);
  });

  it("hands the main role on", async () => {
    shows(table("rtb-1", { Associations: [isMain("assoc-main")] }), table("rtb-0", { Tags: [] }));
    expect(await remove()).toEqual(["DescribeRouteTables", "ReplaceRouteTableAssociation", "DeleteRouteTable"]);
  });

  it.each([
    [["rtb-8", "rtb-9"], "several (rtb-8, rtb-9) without infra's tags"],
    [[], "no route table without infra's tags"],
  ])("refuses to guess the original table among %j", async (others, text) => {
    shows(table("rtb-1", { Associations: [isMain("assoc-main")] }), ...others.map((id) => table(id, { Tags: [] })));
    await expect(remove()).rejects.toThrow(text);
    expect(sent(ec2).map(({ name }) => name)).toEqual(["DescribeRouteTables"]);
  });

  it("gone is done", async () => {
    shows(table("rtb-1", { Associations: [follows("subnet-a")] }));
    ec2.on(DisassociateRouteTableCommand).rejects(refusal("InvalidAssociationID.NotFound"));
    ec2.on(DeleteRouteTableCommand).rejects(refusal("InvalidRouteTableId.NotFound"));
    await remove();
  });
});

describe("checking and order", () => {
  const around: Declared[] = [
    { address: "vpc/a", spec: { cidrBlock: "10.0.0.0/16" } },
    { address: "internetGateway/a", spec: { vpc: "vpc/a" } },
    { address: "internetGateway/b", spec: { vpc: "vpc/b" } },
    { address: "subnet/a", spec: { vpc: "vpc/a" } },
    { address: "subnet/b", spec: { vpc: "vpc/b" } },
    { address: "natGateway/a", spec: { subnet: "subnet/a" } },
    { address: "natGateway/b", spec: { subnet: "subnet/b" } },
  ];
  const check = (...specs: object[]) => {
    const index = resourceIndexOf(...around, ...specs.map((spec, i) => ({ address: `routeTable/${i}`, spec: { vpc: "vpc/a", ...spec } })));
    return index.of("routeTable").flatMap((one) => routeTable.check!(one, index).map(({ code, path }) => `${one.name} ${code} ${path}`));
  };
  const to = (destination: string, target: string) => ({ routes: [{ destination, target }] });

  it.each([
    [[to("0.0.0.0/0", "internetGateway/a")], []],
    [[to("::/0", "internetGateway/a")], []],
    [[to("64:ff9b::/96", "natGateway/a")], []],
    [[to("::/0", "natGateway/a")], ["0 bad-target routes[0].target"]],
    [[to("0.0.0.0/0", "internetGateway/b")], ["0 other-vpc routes[0].target"]],
    [[to("0.0.0.0/0", "natGateway/b")], ["0 other-vpc routes[0].target"]],
    [[to("0.0.0.0/0", "eigw-0a1b")], ["0 bad-target routes[0].target"]],
    [[to("::/0", "eigw-0a1b")], []],
    [[to("0.0.0.0/0", "i-0a1b")], ["0 bad-target routes[0].target"]],
    [[to("0.0.0.0/0", "sg-0a1b")], ["0 bad-target routes[0].target"]],
    [[to("pl-0a1b", "vpce-0a1b")], ["0 bad-target routes[0].target"]],
    [[to("pl-0a1b", "tgw-0a1b")], []],
    [[to("10.0.0.0/16", "internetGateway/a")], ["0 local-route routes[0].destination"]],
    [[to({ tags: { Name: "offices" } } as never, "internetGateway/a")], ["0 bad-value routes[0].destination"]],
    [
      [{ routes: [...to("::/0", "internetGateway/a").routes, ...to("0:0::/0", "internetGateway/a").routes] }],
      ["0 duplicate-route routes[1].destination"],
    ],
    [[{ subnets: ["subnet/a"] }, { subnets: ["subnet/a"] }], ["1 two-tables subnets[0]"]],
    [[{ subnets: ["subnet/b"] }], ["0 other-vpc subnets[0]"]],
    [[{ main: true }, { main: true }, { main: true, vpc: "vpc/b" }], ["1 two-main-tables main"]],
  ])("%j: %j", (specs, problems) => expect(check(...specs)).toEqual(problems));

  it("a table lets a subnet go after the one that takes it over", () => {
    const index = resourceIndexOf(
      { address: "routeTable/old", spec: { vpc: "vpc/a", subnets: ["subnet/a"] } },
      { address: "routeTable/new", spec: { vpc: "vpc/a", subnets: ["subnet/b"] } },
    );
    expect(routeTable.after!(index.subject("routeTable/old"), index, { subnets: ["subnet/a", "subnet/b", "subnet/gone"] })).toEqual([
      "routeTable/new",
    ]);
    expect(routeTable.after!(index.subject("routeTable/old"), index)).toEqual([]);
  });
});
