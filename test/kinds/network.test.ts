import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeAddressesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  ReplaceRouteCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { elasticIp } from "../../src/kinds/elastic-ip/elastic-ip.ts";
import { instance } from "../../src/kinds/instance/instance.ts";
import { internetGateway } from "../../src/kinds/internet-gateway/internet-gateway.ts";
import { keyPair } from "../../src/kinds/key-pair/key-pair.ts";
import { natGateway } from "../../src/kinds/nat-gateway/nat-gateway.ts";
import { routeTable } from "../../src/kinds/route-table/route-table.ts";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, openTestbed as openFullTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const openTestbed = () => openFullTestbed({ kinds: [vpc, internetGateway, subnet, routeTable, elasticIp, natGateway] });

const network = `${header}
vpcs:
  web: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
internetGateways:
  web: { vpc: web }
subnets:
  elb-a: { vpc: web, cidrBlock: 10.0.2.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  elb-c: { vpc: web, cidrBlock: 10.0.3.0/24, availabilityZone: c, mapPublicIpOnLaunch: true }
  web-a: { vpc: web, cidrBlock: 10.0.1.0/24, availabilityZone: a }
elasticIps:
  nat: {}
  spare: {}
natGateways:
  web: { subnet: elb-a, elasticIp: nat }
routeTables:
  public:
    vpc: web
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/web }
    subnets: [elb-a, elb-c]
  private:
    vpc: web
    routes:
      - { destination: 0.0.0.0/0, target: natGateway/web }
    subnets: [web-a]
`;

/** Applies `yaml` and checks that nothing is left to do. */
async function applyFully(index: Testbed, yaml: string) {
  const applied = await index.apply(yaml);
  expect((await index.plan(yaml)).plan.steps).toEqual([]);
  return applied;
}

async function idsOf(index: Testbed, yaml = network) {
  const { plan } = await index.plan(yaml);
  return Object.fromEntries(plan.objects.map(({ address, id }) => [address, id]));
}

describe("a network through every layer", () => {
  it("uses a subnet once AWS says that it is available", async () => {
    const index = openTestbed();
    await index.apply(network);
    const at = (operation: string) => index.sandbox.calls.filter((call) => call.operation === operation).map((call) => call.at);
    const available = Math.min(...at("CreateSubnet")) + 1000;
    expect(Math.min(...at("ModifySubnetAttribute"), ...at("AssociateRouteTable"), ...at("CreateNatGateway"))).toBeGreaterThanOrEqual(
      available,
    );
  });

  it("is made in order, agrees at the cost of one read a kind, and leaves nothing behind", async () => {
    const index = openTestbed();
    await index.apply(network);
    const again = await index.plan(network);
    expect(again.plan.steps).toEqual([]);
    expect(Object.fromEntries(again.connection.calls.byOperation)).toEqual({
      "sts:GetCallerIdentity": 1,
      "ec2:DescribeVpcs": 1,
      "ec2:DescribeVpcAttribute": 2,
      "ec2:DescribeInternetGateways": 1,
      "ec2:DescribeSubnets": 1,
      "ec2:DescribeRouteTables": 1,
      "ec2:DescribeAddresses": 1,
      "ec2:DescribeNatGateways": 1,
      "ssm:GetParametersByPath": 1, // the kinds that the environment has had
      "tagging:GetResources": 1, // because there is no record of them: the testbed takes no lock
    });
    await index.destroy(network);
    expect((await index.plan(network)).plan.objects).toEqual([]);
    const { aws } = await index.connection();
    expect((await aws.ec2(new DescribeVpcsCommand({}))).Vpcs!.every(({ IsDefault }) => IsDefault)).toBe(true);
    expect((await aws.ec2(new DescribeAddressesCommand({}))).Addresses).toEqual([]);
  });

  it("starts the NAT gateway after the route that carries it, and the private route after the gateway", async () => {
    const { events } = await openTestbed().apply(network);
    const done = events.flatMap((event) => (event.type === "step-done" ? [`${event.step.address} ${event.step.stage}`] : []));
    for (const [a, b] of [
      ["internetGateway/web attachment", "natGateway/web create"],
      ["routeTable/public associations", "natGateway/web create"],
      ["natGateway/web create", "routeTable/private routes"],
    ] as const) {
      expect(done.indexOf(a)).toBeGreaterThanOrEqual(0);
      expect(done.indexOf(a)).toBeLessThan(done.indexOf(b));
    }
  });

  it("moves a subnet to another table", async () => {
    const index = openTestbed();
    await index.apply(network);
    const moved = network.replace("subnets: [elb-a, elb-c]", "subnets: [elb-a]").replace("subnets: [web-a]", "subnets: [web-a, elb-c]");
    const { run } = await applyFully(index, moved);
    expect(stepsOf(run).sort()).toEqual(["update routeTable/private", "update routeTable/public"]);
  });
});

describe("routes changed by hand", () => {
  async function after(change: (send: (command: never) => Promise<unknown>, ids: Record<string, string>) => Promise<unknown>) {
    const index = openTestbed();
    await index.apply(network);
    const { aws } = await index.connection();
    await change((command) => aws.ec2(command), await idsOf(index));
    return index;
  }

  it("a deleted route comes back, in one call", async () => {
    const index = await after((send, ids) =>
      send(new DeleteRouteCommand({ RouteTableId: ids["routeTable/public"], DestinationCidrBlock: "0.0.0.0/0" }) as never),
    );
    const { run, connection } = await applyFully(index, network);
    expect(stepsOf(run)).toEqual(["update routeTable/public"]);
    expect([connection.calls.writes, connection.calls.byOperation.get("ec2:CreateRoute")]).toEqual([1, 1]);
  });

  it("a turned route is turned back in place", async () => {
    const index = await after((send, ids) =>
      send(
        new ReplaceRouteCommand({
          RouteTableId: ids["routeTable/private"],
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: ids["internetGateway/web"],
        }) as never,
      ),
    );
    const { connection } = await applyFully(index, network);
    expect([connection.calls.writes, connection.calls.byOperation.get("ec2:ReplaceRoute")]).toEqual([1, 1]);
  });

  it("an added route to the gateway is removed, unless the YAML keeps unlisted routes", async () => {
    const index = await after((send, ids) =>
      send(
        new CreateRouteCommand({
          RouteTableId: ids["routeTable/private"],
          DestinationCidrBlock: "192.0.2.0/24",
          GatewayId: ids["internetGateway/web"],
        }) as never,
      ),
    );
    const keeping = network.replace("subnets: [web-a]", "subnets: [web-a]\n    unlisted: keep");
    expect(stepsOf(await index.plan(keeping))).toEqual([]);
    const { connection } = await applyFully(index, network);
    expect([connection.calls.writes, connection.calls.byOperation.get("ec2:DeleteRoute")]).toEqual([1, 1]);
  });
});

describe("changes", () => {
  it("a NAT gateway moves with its address: the old one goes first", async () => {
    const index = openTestbed();
    await index.apply(network);
    const moved = network.replace("web: { subnet: elb-a, elasticIp: nat }", "web: { subnet: elb-c, elasticIp: nat }");
    const { run } = await applyFully(index, moved);
    expect(run.plan.steps).toMatchObject([
      { action: "replace", address: "natGateway/web", order: "delete-first", because: "a NAT gateway cannot move to another subnet" },
      { action: "update", address: "routeTable/private" },
    ]);
  });

  it("a NAT gateway with another address is made before the old one goes", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { run } = await applyFully(index, network.replace("elasticIp: nat }", "elasticIp: spare }"));
    expect(run.plan.steps[0]).toMatchObject({ action: "replace", address: "natGateway/web", order: "create-first" });
  });

  it("further addresses of a NAT gateway come and go in place", async () => {
    const index = openTestbed();
    await index.apply(network);
    const two = network.replace("elasticIp: nat }", "elasticIp: nat, secondaryElasticIps: [spare] }");
    expect(stepsOf((await applyFully(index, two)).run)).toEqual(["update natGateway/web"]);
    const none = network.replace("elasticIp: nat }", "elasticIp: nat, secondaryElasticIps: [] }");
    expect(stepsOf((await applyFully(index, none)).run)).toEqual(["update natGateway/web"]);
  });

  it("a private NAT gateway needs neither an address nor an internet gateway", async () => {
    const index = openTestbed();
    const yaml = `${header}
vpcs:
  a: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: a, cidrBlock: 10.0.1.0/24, availabilityZone: a }
natGateways:
  a: { subnet: a, connectivityType: private, privateIpAddress: 10.0.1.20 }
`;
    await applyFully(index, yaml);
    await index.destroy(yaml);
  });

  it("further ranges are there before the subnets in them", async () => {
    const index = openTestbed();
    const yaml = network
      .replace("cidrBlock: 10.0.0.0/16", "cidrBlock: 10.0.0.0/16, secondaryCidrBlocks: [10.1.0.0/16, 10.2.0.0/16]")
      .replace("10.0.3.0/24", "10.1.3.0/24");
    await applyFully(index, yaml);
    const fewer = yaml.replace("[10.1.0.0/16, 10.2.0.0/16]", "[10.1.0.0/16]");
    expect(stepsOf((await applyFully(index, fewer)).run)).toEqual(["update vpc/web"]);
  });

  it("a further range goes with the subnets in it, whether they go or move, in one apply", async () => {
    const index = openTestbed();
    const wide = network
      .replace("cidrBlock: 10.0.0.0/16", "cidrBlock: 10.0.0.0/16, secondaryCidrBlocks: [10.1.0.0/16, 10.2.0.0/16]")
      .replace("10.0.3.0/24", "10.1.3.0/24")
      .replace("subnets:\n", "subnets:\n  spare: { vpc: web, cidrBlock: 10.2.1.0/24, availabilityZone: a }\n");
    await applyFully(index, wide);
    // The subnet of elb-c moves into a new range, and the range that it leaves is removed.
    const moved = wide.replace("[10.1.0.0/16, 10.2.0.0/16]", "[10.2.0.0/16, 10.3.0.0/16]").replace("10.1.3.0/24", "10.3.3.0/24");
    const first = await applyFully(index, moved);
    expect(stepsOf(first.run)).toEqual(["update vpc/web", "replace subnet/elb-c", "update routeTable/public"]);
    const other = await index.plan(
      moved
        .replace("[10.2.0.0/16, ", "[")
        .replace("cidrBlock:", "instanceTenancy: dedicated, cidrBlock:")
        .replace(/ {2}spare.*\n/, ""),
    );
    expect(
      other.planned.work.filter(({ op }) => op === "shrink"),
      "a VPC that is replaced goes with all it has",
    ).toEqual([]);
    const narrow = network.replace("10.0.3.0/24", "10.0.4.0/24");
    const last = await applyFully(index, narrow.replace("cidrBlock: 10.0.0.0/16", "cidrBlock: 10.0.0.0/16, secondaryCidrBlocks: []"));
    expect(stepsOf(last.run)).toContain("delete subnet/spare");
    const done = last.events.flatMap((event) => (event.type === "step-done" ? [`${event.step.address} ${event.step.stage}`] : []));
    expect(done.indexOf("vpc/web ranges taken away")).toBeGreaterThan(done.indexOf("subnet/spare delete"));
  });

  it("DNS flags go off in the order that AWS wants", async () => {
    const index = openTestbed();
    await index.apply(network);
    const { connection } = await applyFully(index, network.replace("enableDnsHostnames: true", "enableDnsSupport: false"));
    expect(connection.calls.byOperation.get("ec2:ModifyVpcAttribute")).toBe(2);
    await applyFully(index, network);
  });

  it("an internet gateway moves to another VPC in place", async () => {
    const index = openTestbed();
    const yaml = `${header}
vpcs:
  a: { cidrBlock: 10.0.0.0/16 }
  b: { cidrBlock: 10.0.0.0/16 }
internetGateways:
  one: { vpc: a }
`;
    await index.apply(yaml);
    const { run } = await applyFully(index, yaml.replace("vpc: a", "vpc: b"));
    expect(stepsOf(run)).toEqual(["update internetGateway/one"]);
  });

  it("a machine's address, and the routes to it, move to the machine that replaces it", async () => {
    const index = openFullTestbed({ kinds: [vpc, internetGateway, subnet, routeTable, elasticIp, keyPair, instance] });
    const yaml = `${header}
vpcs:
  web: { cidrBlock: 10.0.0.0/16 }
internetGateways:
  web: { vpc: web }
subnets:
  a: { vpc: web, cidrBlock: 10.0.2.0/24, availabilityZone: a }
  b: { vpc: web, cidrBlock: 10.0.3.0/24, availabilityZone: b }
routeTables:
  t:
    vpc: web
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/web }
      - { destination: 10.200.0.0/16, target: instance/web }
    subnets: [a, b]
keyPairs:
  web: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK/DJ3ekXR3IC5c6V/XQFCmSPMN7ywQQPT5h0NkCDpIb web" }
instances:
  web:
    subnet: a
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    keyPair: web
    disposable: true
elasticIps:
  web: { instance: web }
`;
    await applyFully(index, yaml);
    const { "elasticIp/web": address } = await idsOf(index, yaml);
    const { run } = await applyFully(index, yaml.replace("subnet: a\n    image", "subnet: b\n    image"));
    expect(stepsOf(run)).toEqual(["replace instance/web", "update routeTable/t", "update elasticIp/web"]);
    const ids = await idsOf(index, yaml);
    expect(ids["elasticIp/web"]).toBe(address);
    const { aws } = await index.connection();
    expect((await aws.ec2(new DescribeAddressesCommand({}))).Addresses).toMatchObject([
      { AllocationId: address, InstanceId: ids["instance/web"] },
    ]);
    await index.destroy(yaml);
  });

  it("the main table's role moves, and goes back when the table goes", async () => {
    const index = openTestbed();
    await index.apply(network);
    const main = network.replace("subnets: [web-a]", "main: true");
    await applyFully(index, main);
    const ids = await idsOf(index, main);
    const mainTable = async () => {
      const { aws } = await index.connection();
      const { RouteTables = [] } = await aws.ec2(
        new DescribeRouteTablesCommand({
          Filters: [
            { Name: "vpc-id", Values: [ids["vpc/web"]!] },
            { Name: "association.main", Values: ["true"] },
          ],
        }),
      );
      return RouteTables.map(({ RouteTableId }) => RouteTableId);
    };
    expect(await mainTable()).toEqual([ids["routeTable/private"]]);
    await applyFully(index, network.replace("subnets: [web-a]", "main: false\n    subnets: []"));
    expect(await mainTable()).not.toEqual([ids["routeTable/private"]]);
    await applyFully(index, main);
    await index.destroy(main);
  });
});
