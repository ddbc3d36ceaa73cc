/** VPNs: the values that a file may hold, both ends and the connection between them, and keys that are never shown. */
import {
  AttachVpnGatewayCommand,
  CreateCustomerGatewayCommand,
  CreateVpcCommand,
  CreateVpnGatewayCommand,
  DescribeRouteTablesCommand,
  DescribeVpnConnectionsCommand,
  DescribeVpnGatewaysCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { live } from "../../src/kinds/vpn-connection/driver.ts";
import { vpnConnection } from "../../src/kinds/vpn-connection/vpn-connection.ts";
import { vpnGateway } from "../../src/kinds/vpn-gateway/vpn-gateway.ts";
import { customerGateway } from "../../src/kinds/customer-gateway/customer-gateway.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const ends = `
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
vpnGateways: { office: { vpc: main } }
customerGateways: { office: { ipAddress: 203.0.113.12 } }
`;
const yaml = (connection: string, more = "") =>
  `${header}${ends}vpnConnections: { office: { customerGateway: office, vpnGateway: office, ${connection} } }\n${more}`;
const fixed = "staticRoutesOnly: true, routes: [192.168.0.0/16]";

describe("a file", () => {
  const problem = (text: string): string => {
    try {
      loadText(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    ["routes beside BGP", yaml("routes: [192.168.0.0/16]"), "AWS accepts no static routes"],
    [
      "two connections of the same ends",
      yaml(fixed).replace("vpnConnections: {", "vpnConnections: { other: { customerGateway: office, vpnGateway: office },"),
      "already connects these two gateways",
    ],
    [
      "two VPN gateways of a VPC",
      `${header}${ends.replace("vpnGateways: {", "vpnGateways: { other: { vpc: main },")}`,
      "already the VPN gateway",
    ],
    [
      "two customer gateways that are one",
      `${header}${ends.replace("customerGateways: {", "customerGateways: { other: { ipAddress: 203.0.113.12, bgpAsn: 65000 },")}`,
      "AWS does not create a second one",
    ],
    [
      "one number at both ends",
      yaml(fixed).replace("ipAddress: 203.0.113.12", "ipAddress: 203.0.113.12, bgpAsn: 64512"),
      "Both gateways have the autonomous system number 64512",
    ],
    [
      "a public number of a gateway",
      `${header}${ends.replace("vpc: main }", "vpc: main, amazonSideAsn: 70000 }")}`,
      "is not a private number",
    ],
    ["an address that is none", `${header}${ends.replace("203.0.113.12", "203.0.113.256")}`, "ipAddress"],
    [
      "a table that takes routes from another VPC's gateway",
      `${header}${ends.replace("vpcs: {", "vpcs: { other: { cidrBlock: 10.9.0.0/16 },")}routeTables: { main: { vpc: other, propagatingVpnGateways: [office] } }\n`,
      "is in vpc/main, and the route table is in vpc/other",
    ],
  ])("has a diagnostic for %s", (_what, text, says) => expect(problem(text)).toContain(says));
});

describe("the keys of the tunnels", () => {
  it("are in AWS's answers, and in nothing that infra makes of them", async () => {
    const testbed = openTestbed();
    const applied = await testbed.apply(yaml(fixed));
    const { aws } = await testbed.connection();
    const { VpnConnections = [] } = await aws.ec2(new DescribeVpnConnectionsCommand({}));
    const keys = VpnConnections[0]!.Options!.TunnelOptions!.map(({ PreSharedKey }) => PreSharedKey!);
    expect(keys).toEqual([expect.stringMatching(/^psk_/), expect.stringMatching(/^psk_/)]);
    expect(VpnConnections[0]!.CustomerGatewayConfiguration).toContain(keys[0]);
    const again = await testbed.plan(yaml(fixed));
    const all = JSON.stringify([live(VpnConnections[0]!), applied.events, applied.run.plan, again.plan, [...again.observed.objects]]);
    const stored = JSON.stringify([...testbed.sandbox.stores.values()].map((store) => [...store.table("ec2.vpnConnections")]));
    for (const key of keys) {
      expect(all).not.toContain(key);
      expect(stored).not.toContain(key);
    }
    expect(all).not.toContain("CustomerGatewayConfiguration");
    expect(all).toContain(VpnConnections[0]!.VgwTelemetry![0]!.OutsideIpAddress);
  });
});

const statesOf = async (testbed: Testbed) => {
  const { aws } = await testbed.connection();
  const { VpnGateways = [] } = await aws.ec2(new DescribeVpnGatewaysCommand({}));
  return VpnGateways.map(({ State, VpcAttachments = [] }) => [State, VpcAttachments[0]?.State]);
};

describe("in the sandbox", () => {
  it("a table takes over the routes of a connection, and releases them", async () => {
    const testbed = openTestbed();
    const table = (propagating: string) => `routeTables: { main: { vpc: main, propagatingVpnGateways: [${propagating}] } }\n`;
    const routes = async () => {
      const { aws } = await testbed.connection();
      const { RouteTables = [] } = await aws.ec2(
        new DescribeRouteTablesCommand({ Filters: [{ Name: "tag:infra:resource", Values: ["routeTable/main"] }] }),
      );
      return RouteTables[0]!.Routes!.filter(({ GatewayId }) => GatewayId !== "local");
    };
    await testbed.apply(yaml(fixed, table("office")));
    expect(await routes()).toMatchObject([
      { DestinationCidrBlock: "192.168.0.0/16", Origin: "EnableVgwRoutePropagation", State: "active" },
    ]);
    expect(stepsOf(await testbed.plan(yaml(fixed, table("office"))))).toEqual([]);
    await testbed.apply(yaml(fixed, table("")));
    expect(await routes()).toEqual([]);
  });

  it("a new device takes the place of the old one in the same connection", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml(fixed));
    const { run } = await testbed.apply(yaml(fixed).replace("203.0.113.12", "203.0.113.13"));
    expect(stepsOf(run)).toEqual(["replace customerGateway/office", "update vpnConnection/office"]);
  });

  it("a device that somebody else has declared is not taken for ours", async () => {
    const testbed = openTestbed();
    const { aws } = await testbed.connection();
    await aws.ec2(new CreateCustomerGatewayCommand({ Type: "ipsec.1", IpAddress: "203.0.113.12", BgpAsn: 65_000 }));
    const { outcome } = await testbed.tryApply(yaml(fixed));
    expect(outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`).join()).toMatch(
      /^customerGateway\/office: .*cgw-[0-9a-f]+/,
    );
    await testbed.apply(yaml(fixed).replace("ipAddress: 203.0.113.12", "ipAddress: 203.0.113.12, deviceName: ours"));
  });

  it("a gateway that somebody else has attached is named, and keeps the VPC", async () => {
    const testbed = openTestbed();
    const bare = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
    await testbed.apply(bare);
    const id = (await testbed.plan(bare)).observed.objects.get("vpc/main")!.live.id;
    const { aws } = await testbed.connection();
    const { VpnGateway } = await aws.ec2(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
    await aws.ec2(new AttachVpnGatewayCommand({ VpnGatewayId: VpnGateway!.VpnGatewayId!, VpcId: id }));
    const { run, outcome } = await testbed.tryApply(bare, "destroy");
    expect(JSON.stringify([run.diagnostics, run.plan.notes, outcome.failed])).toContain(VpnGateway!.VpnGatewayId);
    expect(await statesOf(testbed)).toEqual([[expect.any(String), expect.stringMatching(/^attach/)]]);
  });

  it("an import of a VPC finds both ends and the connection", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml(fixed));
    const { aws } = await testbed.connection();
    await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    const { observed } = await testbed.plan(yaml(fixed));
    const idOf = (address: string) => observed.objects.get(address)!.live.id;
    const around = new Map([["vpc", new Set([idOf("vpc/main")])]]);
    const gateways = await vpnGateway.load().then((driver) => driver.within!(aws, around));
    expect(gateways.map(({ id }) => id)).toEqual([idOf("vpnGateway/office")]);
    const more = new Map([["vpnGateway", new Set([idOf("vpnGateway/office")])]]);
    expect((await customerGateway.load().then((driver) => driver.within!(aws, more))).map(({ id }) => id)).toEqual([
      idOf("customerGateway/office"),
    ]);
    expect((await vpnConnection.load().then((driver) => driver.within!(aws, more))).map(({ id }) => id)).toEqual([
      idOf("vpnConnection/office"),
    ]);
  });
});
