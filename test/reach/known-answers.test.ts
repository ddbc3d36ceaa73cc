/**
 * The answers of AWS's own tools, written by hand as files. Sources: Reachability Analyzer User Guide, "Getting started" (a path from an
 * internet gateway to an instance, TCP 22) and "Explanation codes" (docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html),
 * whose sentence stands beside each code; Network Access Analyzer Guide, "Getting started" (traffic in and out through gateways). The
 * analyzer itself was not run. It analyses only IPv4; for IPv6 the pages of the VPC User Guide are named.
 */
import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { check, type Assertion } from "../../src/reach/assert.ts";
import { explain } from "../../src/reach/explain.ts";
import { flowsOfPorts, flowsText } from "../../src/reach/flows.ts";
import { flowsOfNetwork } from "../../src/reach/matrix.ts";
import { networkOf, partsOf, type Network } from "../../src/reach/network.ts";
import { partiesOf } from "../../src/reach/parties.ts";
import { folderWith } from "../config/write-files.ts";

function networkIn(text: string): Network {
  const cwd = folderWith({ "environments/lab.yaml": `project: lab\nenvironment: lab\nregion: eu-west-1\n${text}` });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "lab", cwd, kinds });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return networkOf(partsOf(kinds, resourceIndexOf("eu-west-1", environment.nodes)));
}

/** Returns "reachable", or "blocked at" with the place. */
function answer(network: Network, from: string, to: string, port: number): string {
  const [[source], [target]] = [partiesOf(network, from)!, partiesOf(network, to)!] as [[never], [never]];
  const { answer: is, blockedAt, verdict } = explain(network, source, target, flowsOfPorts("tcp", [[port, port]]));
  if (is === "blocked") return `blocked at ${blockedAt[0]?.what ?? "its port"}`;
  return is === "unknown" ? `unknown: ${verdict.unknown[0] ?? ""}` : is;
}

const image = "ami-0abcdef0123456789";

/** A public and a private instance, as in the guide. */
const guide = {
  vpcs: "vpcs: { main: { cidrBlock: 10.0.0.0/16 }, other: { cidrBlock: 10.1.0.0/16 } }\n",
  gateway: "internetGateways: { main: { vpc: main } }\n",
  subnets: `subnets:
  public: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  private: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
  other: { vpc: other, cidrBlock: 10.1.1.0/24, availabilityZone: a }
`,
  tables: `routeTables:
  public: { vpc: main, subnets: [public], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] }
`,
  groups: `securityGroups:
  web: { vpc: main, ingress: [{ port: 22, source: 0.0.0.0/0 }] }
  data: { vpc: main, ingress: [{ port: 3306, source: securityGroup/web }] }
  other: { vpc: other, ingress: [{ port: 22, source: 10.0.0.0/16 }] }
`,
  machines: `instances:
  web: { subnet: public, image: ${image}, instanceType: t3.micro, securityGroups: [web] }
  data: { subnet: private, image: ${image}, instanceType: t3.micro, securityGroups: [data] }
  other: { subnet: other, image: ${image}, instanceType: t3.micro, securityGroups: [other] }
`,
  more: "",
};

const file = (changes: Partial<typeof guide> = {}) => Object.values({ ...guide, ...changes }).join("");

describe("a path from the internet gateway to a machine, TCP 22 (Getting started)", () => {
  const asked = (changes: Partial<typeof guide>) => answer(networkIn(file(changes)), "internet", "instance/web", 22);

  it("is there", () => expect(asked({})).toBe("reachable"));

  it.each([
    // "This security group has no inbound or outbound rules that apply."
    [
      "ENI_SG_RULES_MISMATCH",
      { groups: guide.groups.replace("port: 22, source: 0.0.0.0/0", "port: 443, source: 0.0.0.0/0") },
      "securityGroup/web",
    ],
    // "This security group has no inbound or outbound rules."
    [
      "SG_HAS_NO_RULES",
      { groups: guide.groups.replace("web: { vpc: main, ingress: [{ port: 22, source: 0.0.0.0/0 }]", "web: { vpc: main, ingress: []") },
      "securityGroup/web",
    ],
    // "Inbound or outbound traffic for a subnet must be admitted by the network ACL for the subnet."
    [
      "SUBNET_ACL_RESTRICTION",
      {
        more: "networkAcls: { web: { vpc: main, subnets: [public], ingress: { 100: { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 } }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } } }\n",
      },
      "networkAcl/web",
    ],
    ["there is no gateway", { gateway: "", tables: "" }, "vpc/main"],
    // "Internet gateways reject inbound traffic with a destination address that is not the public IP address of a network interface …"
    ["IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", { subnets: guide.subnets.replace(", mapPublicIpOnLaunch: true", "") }, "public address"],
    // "The route table does not have an applicable route to the destination resource."
    ["NO_ROUTE_TO_DESTINATION, of the answer", { tables: "" }, "routes of subnet/public"],
  ])("%s", (_code, changes, at) => expect(asked(changes)).toBe(`blocked at ${at}`));
});

describe("between machines", () => {
  it("goes by the local route, and by groups that name groups", () =>
    expect(answer(networkIn(file()), "instance/web", "instance/data", 3306)).toBe("reachable"));

  // "This route can't transmit traffic because its destination CIDR or prefix list does not match the destination address of the packet."
  it("VPCs are apart, whatever groups allow: CANNOT_ROUTE", () =>
    expect(answer(networkIn(file()), "instance/web", "instance/other", 22)).toBe("blocked at routes of routeTable/public"));

  const peered = (routes: { readonly here: boolean; readonly back: boolean }) =>
    networkIn(
      file({
        tables: `routeTables:
  public: { vpc: main, subnets: [public], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }${routes.here ? ", { destination: 10.1.0.0/16, target: vpcPeering/both }" : ""}] }
  other: { vpc: other, subnets: [other], routes: [${routes.back ? "{ destination: 10.0.0.0/16, target: vpcPeering/both }" : ""}] }
`,
        more: "vpcPeerings: { both: { vpc: main, peerVpc: other } }\n",
      }),
    );

  it("a peering connects them where both tables lead there", () =>
    expect(answer(peered({ here: true, back: true }), "instance/web", "instance/other", 22)).toBe("reachable"));

  it.each([
    [{ here: false, back: true }, "blocked at routes of routeTable/public"],
    [{ here: true, back: false }, "blocked at routes of routeTable/other"],
  ])("a peering with one route alone does not: %j", (routes, said) =>
    expect(answer(peered(routes), "instance/web", "instance/other", 22)).toBe(said),
  );

  it("a peering that others must accept is not taken for active", () => {
    const text = file({
      tables:
        "routeTables: { public: { vpc: main, subnets: [public], routes: [{ destination: 10.7.0.0/16, target: vpcPeering/both }] } }\n",
      more: 'vpcPeerings: { both: { vpc: main, peerVpc: { id: vpc-0123456789abcdef0 }, peerOwner: "210987654321" } }\n',
    });
    expect(answer(networkIn(text), "instance/web", "10.7.1.7", 22)).toMatch(/^unknown: /);
  });
});

describe("ways out (Network Access Analyzer: egress by gateways)", () => {
  const out = (network: Network) =>
    flowsOfNetwork(network).flatMap(({ from, to }) => (to === "internet" || to.startsWith("vpcEndpoint/") ? [`${from} → ${to}`] : []));
  const nat = (table: string) =>
    file({
      tables: `${guide.tables}${table}`,
      more: "elasticIps: { nat: {} }\nnatGateways: { main: { subnet: public, elasticIp: nat } }\n",
    });

  it("a private machine without a route has none", () => expect(out(networkIn(file()))).toEqual(["instance/web → internet"]));

  it("a NAT gateway is one, and no way in", () => {
    const network = networkIn(
      nat("  private: { vpc: main, subnets: [private], routes: [{ destination: 0.0.0.0/0, target: natGateway/main }] }\n"),
    );
    expect(out(network)).toEqual(["instance/data → internet", "instance/web → internet"]);
    expect(answer(network, "internet", "instance/data", 3306)).toMatch(/^blocked/);
  });

  it("a gateway endpoint leads to its service and not to the internet, from the subnets of its tables alone", () => {
    const endpoint = (tables: string) =>
      file({
        tables: `${guide.tables}  private: { vpc: main, subnets: [private] }\n`,
        more: `vpcEndpoints: { s3: { vpc: main, service: s3, routeTables: [${tables}] } }\n`,
      });
    const network = networkIn(endpoint("private"));
    expect(out(network)).toEqual(["instance/data → vpcEndpoint/s3", "instance/web → internet"]);
    expect(answer(network, "instance/data", "internet", 443)).toBe("blocked at routes of routeTable/private");
    expect(answer(network, "instance/data", "vpcEndpoint/s3", 443)).toBe("reachable");
    expect(answer(network, "instance/web", "vpcEndpoint/s3", 443)).toBe("blocked at routes of routeTable/public");
    expect(answer(network, "vpcEndpoint/s3", "instance/data", 443)).toMatch(/^blocked/);
  });

  // "VPC gateway endpoints accept only TCP or ICMP ECHO traffic …"
  it("a gateway endpoint takes TCP and echo requests: VPCE_GATEWAY_PROTOCOL_RESTRICTION", () => {
    const network = networkIn(
      file({ tables: "routeTables: { private: { vpc: main, subnets: [private] } }\n", gateway: "", more: "vpcEndpoints: { s3: { vpc: main, service: s3, routeTables: [private] } }\n" }),
    );
    const [flow] = flowsOfNetwork(network).filter(({ to }) => to === "vpcEndpoint/s3");
    expect(flowsText(flow!.must)).toBe("tcp all; icmp echo");
  }); // oxfmt-ignore

  // "Internet gateways reject outbound traffic with destination addresses in the private IP address range (see RFC1918)."
  it.each([
    ["10.9.0.1", "blocked at internetGateway/main"],
    ["192.168.1.1", "blocked at internetGateway/main"],
    ["100.64.0.1", "blocked at internetGateway/main"],
    ["198.51.100.7", "reachable"],
  ])("an internet gateway passes no private address on, IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS and RFC6598: %s", (to, said) =>
    expect(answer(networkIn(file()), "instance/web", to, 443)).toBe(said),
  );

  // "NAT gateways can only transmit traffic that originates from network interfaces within the same VPC."
  it("a NAT gateway sends nothing for a peered VPC: NGW_REQUIRES_SOURCE_IN_VPC", () => {
    const network = networkIn(
      file({
        tables: `${guide.tables}  other: { vpc: other, subnets: [other], routes: [{ destination: 0.0.0.0/0, target: vpcPeering/both }] }\n`,
        more: "vpcPeerings: { both: { vpc: main, peerVpc: other } }\nelasticIps: { nat: {} }\nnatGateways: { main: { subnet: public, elasticIp: nat } }\n",
      }),
    );
    expect(answer(network, "instance/other", "internet", 443)).toMatch(/^blocked/);
  });

  // "The specified route can't be used to transmit traffic because there is a more specific route that matches."
  it("a more particular route counts before another one: MORE_SPECIFIC_ROUTE", () => {
    const network = networkIn(
      file({
        tables: `routeTables:
  public: { vpc: main, subnets: [public], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }, { destination: 198.51.100.0/24, target: { id: tgw-0123456789abcdef0 } }] }\n`,
      }),
    );
    expect(answer(network, "instance/web", "198.51.100.7", 443)).toMatch(/^unknown: 198\.51\.100\.0\/24 → tgw-/);
    expect(answer(network, "instance/web", "198.51.101.7", 443)).toBe("reachable");
  });

  it("a transit gateway leads to an unknown place", () =>
    expect(
      answer(
        networkIn(
          file({
            tables:
              "routeTables: { public: { vpc: main, subnets: [public], routes: [{ destination: 10.99.0.0/16, target: { id: tgw-0123456789abcdef0 } }] } }\n",
          }),
        ),
        "instance/web",
        "10.99.0.10",
        443,
      ),
    ).toBe("unknown: 10.99.0.0/16 → tgw-0123456789abcdef0, and infra does not model what is behind it"));
});

describe("transit gateways", () => {
  const subnet = "{ vpc: other, cidrBlock: 10.1.1.0/24, availabilityZone: a }";
  const gateway = {
    options: "",
    /** The attachments of the web instance's VPC and of the other one. */
    near: "{ transitGateway: hub, vpc: main, subnets: [public] }",
    far: "{ transitGateway: hub, vpc: other, subnets: [other] }",
    tables: "",
    groups: guide.groups,
    more: "",
    here: "{ destination: 10.1.0.0/16, target: transitGateway/hub }",
    back: "{ destination: 10.0.0.0/16, target: transitGateway/hub }",
    subnets: guide.subnets,
  };
  const joined = (changes: Partial<typeof gateway> = {}) => {
    const { options, near, far, tables, groups, more, here, back, subnets } = { ...gateway, ...changes };
    return networkIn(
      file({
        subnets,
        groups,
        tables: `routeTables:
  public: { vpc: main, subnets: [public], routes: [${here}] }
  other: { vpc: other, subnets: [other], routes: [${back}] }
`,
        more: `transitGateways: { hub: { ${options} } }
transitGatewayAttachments:
  near: ${near}
  far: ${far}
${tables === "" ? "" : `transitGatewayRouteTables:\n${tables}`}${more}`,
      }),
    );
  };
  const asked = (changes: Partial<typeof gateway> = {}) => answer(joined(changes), "instance/web", "instance/other", 22);
  const own = "defaultRouteTableAssociation: false, defaultRouteTablePropagation: false";
  const both = "  all: { transitGateway: hub, associations: [near, far], propagations: [near, far] }\n";

  it("connects the VPCs that are attached, by the table that AWS makes or by one of ours", () => {
    expect(asked()).toBe("reachable");
    expect(asked({ options: own, tables: both })).toBe("reachable");
  });

  it.each<[string, Partial<typeof gateway>, string]>([
    ["no route leads there: NO_ROUTE_TO_DESTINATION", { here: "" }, "routes of routeTable/public"],
    ["no route leads back", { back: "" }, "routes of routeTable/other"],
    // "This transit gateway attachment doesn't have a valid transit gateway route table association."
    ["nothing is associated: TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", { options: own }, "routes of transitGateway/hub"],
    [
      "the other side follows none",
      { options: own, tables: "  one: { transitGateway: hub, associations: [near], propagations: [near, far] }\n" },
      "routes of transitGateway/hub",
    ],
    // "This transit gateway route table has no route to this transit gateway attachment."
    [
      "its table has no route there: TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
      { options: own, tables: "  all: { transitGateway: hub, associations: [near, far], propagations: [near] }\n" },
      "routes of transitGatewayRouteTable/all",
    ],
    // "… can't be used because there is a higher-priority route with the same destination CIDR."
    [
      "a written route drops it: TGW_RTB_HIGHER_PRIORITY_ROUTE",
      { options: own, tables: both.replace(" }\n", ", routes: [{ destination: 10.1.0.0/16, blackhole: true }] }\n") },
      "routes of transitGatewayRouteTable/all",
    ],
    // "This transit gateway route table has a route to the destination, but there is a more specific route."
    [
      "a more particular one leads back where it comes from: TGW_RTB_MORE_SPECIFIC_ROUTE",
      { options: own, tables: both.replace(" }\n", ", routes: [{ destination: 10.1.1.0/24, target: near }] }\n") },
      "routes of transitGatewayRouteTable/all",
    ],
    // "This transit gateway is not registered in the Availability Zone where the traffic originates."
    [
      "it has no subnet in the zone: TGW_ROUTE_AZ_RESTRICTION",
      { near: gateway.near.replace("[public]", "[private]") },
      "transitGatewayAttachment/near",
    ],
    [
      "nor where the answer begins",
      {
        far: gateway.far.replace("[other]", "[far]"),
        subnets: `${guide.subnets}  far: ${subnet.replace("10.1.1.0", "10.1.2.0").replace("Zone: a", "Zone: b")}\n`,
      },
      "transitGatewayAttachment/far",
    ],
  ])("%s", (_code, changes, at) => expect(asked(changes)).toBe(`blocked at ${at}`));

  // "The transit gateway VPC attachment does not have security group referencing support enabled. Therefore, we discard …"
  it("groups of the other VPC are seen only where that is allowed: SG_REFERENCING_SUPPORT", () => {
    const groups = guide.groups.replace("{ port: 22, source: 10.0.0.0/16 }", "{ port: 22, source: securityGroup/web }");
    const options = "securityGroupReferencingSupport: true";
    expect(asked({ groups })).toBe("blocked at securityGroup/other");
    expect(asked({ groups, options })).toBe("reachable");
    const far = gateway.far.replace(" }", ", securityGroupReferencingSupport: false }");
    expect(asked({ groups, options, far })).toBe("blocked at securityGroup/other");
    // "Outbound security rules referencing over Transit Gateway aren't supported" (AWS's announcement of it).
    const outwards = guide.groups.replace("{ vpc: main, ingress: [{ port: 22,", "{ vpc: main, egress: [{ port: 22, destination: securityGroup/other }], ingress: [{ port: 22,"); // oxfmt-ignore
    expect(asked({ groups: outwards, options })).toBe("blocked at securityGroup/web");
  });

  // Transit Gateways Guide, "Network ACLs": for the same subnet and for different subnets.
  it("the ACL of its subnet filters traffic from other subnets, and not traffic within the subnet", () => {
    const closed = "networkAcls: { own: { vpc: other, subnets: [other], ingress: { 100: { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 } }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } } }\n"; // oxfmt-ignore
    expect(asked({ more: closed })).toBe("blocked at networkAcl/own");
    const ownSubnet = (range: string) => `${guide.subnets}  far: { vpc: other, cidrBlock: ${range}, availabilityZone: a }\n`;
    const far = gateway.far.replace("[other]", "[far]");
    expect(asked({ subnets: ownSubnet("10.1.2.0/24"), far })).toBe("reachable");
    expect(asked({ subnets: ownSubnet("10.1.2.0/24"), far, more: closed.replace("[other]", "[far]") })).toBe("blocked at networkAcl/own");
  });

  it("traffic that it passes on to the internet is neither open nor closed, unless it gets nowhere", () => {
    const here = "{ destination: 0.0.0.0/0, target: transitGateway/hub }";
    expect(answer(joined({ here }), "instance/web", "8.8.8.8", 443)).toBe("blocked at routes of routeTable/public");
    const tables = both.replace(" }\n", ", routes: [{ destination: 0.0.0.0/0, target: far }] }\n");
    expect(answer(joined({ here, options: own, tables }), "instance/web", "8.8.8.8", 443)).toBe(
      "unknown: infra does not model what transitGateway/hub forwards there",
    );
  });
});

describe("VPN gateways", () => {
  const led = (table: string) =>
    answer(
      networkIn(
        file({
          tables: `routeTables: { public: { vpc: main, subnets: [public], ${table} } }\n`,
          more: "vpnGateways: { office: { vpc: main } }\n",
        }),
      ),
      "instance/web",
      "10.99.0.10",
      443,
    );

  it("a route to one leads to an unknown place", () =>
    expect(led("routes: [{ destination: 10.99.0.0/16, target: vpnGateway/office }]")).toBe(
      "unknown: 10.99.0.0/16 → vpnGateway/office, and infra does not model what is behind it",
    ));

  it("and so may any address where it gives the table its routes", () =>
    expect(led("propagatingVpnGateways: [office]")).toMatch(/^unknown: .*vpnGateway\/office/));
});

describe("IPv6", () => {
  /** A public and a private instance with IPv6, whose groups allow 22 over both families. */
  const dual = (tables: string, more = "") =>
    networkIn(
      file({
        vpcs: "vpcs: { main: { cidrBlock: 10.0.0.0/16, ipv6: amazon }, other: { cidrBlock: 10.1.0.0/16 } }\n",
        subnets: guide.subnets
          .replace("10.0.1.0/24,", "10.0.1.0/24, ipv6CidrBlock: 0, assignIpv6AddressOnCreation: true,")
          .replace("10.0.2.0/24,", "10.0.2.0/24, ipv6CidrBlock: 1, assignIpv6AddressOnCreation: true,"),
        groups: `securityGroups:
  web: { vpc: main, ingress: [{ port: 22, source: "::/0" }, { protocol: icmpv6, source: "::/0" }] }
  data: { vpc: main, ingress: [{ port: 22, source: "::/0" }, { port: 3306, source: securityGroup/web }] }
  other: { vpc: other }
`,
        tables: `egressOnlyInternetGateways: { main: { vpc: main } }\nrouteTables:
  public: { vpc: main, subnets: [public], routes: [{ destination: "::/0", target: internetGateway/main }] }
  private: { vpc: main, subnets: [private], routes: [${tables}] }
`,
        more,
      }),
    );
  const onlyOut = '{ destination: "::/0", target: egressOnlyInternetGateway/main }';

  it("every address is a public one, for the route to an internet gateway (VPC User Guide, Internet gateways)", () => {
    expect(answer(dual(""), "::/0", "instance/web", 22)).toBe("reachable");
    expect(answer(dual(""), "instance/web", "2001:db8::1", 443)).toBe("reachable");
    // No rule allows IPv4.
    expect(answer(dual(""), "203.0.113.1", "instance/web", 22)).toBe("blocked at securityGroup/web");
  });

  it("an instance in an IPv6-only subnet has no IPv4 address (VPC User Guide, Subnets for your VPC)", () => {
    const image6 = `{ subnet: only, image: ${image}, instanceType: t3.micro, securityGroups: [both] }`;
    const network = networkIn(`vpcs: { main: { cidrBlock: 10.0.0.0/16, ipv6: amazon } }
internetGateways: { main: { vpc: main } }
subnets: { only: { vpc: main, ipv6Native: true, ipv6CidrBlock: 2, availabilityZone: a } }
routeTables:
  main:
    vpc: main
    subnets: [only]
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
      - { destination: "::/0", target: internetGateway/main }
securityGroups: { both: { vpc: main, ingress: [{ port: 22, source: 0.0.0.0/0 }, { port: 22, source: "::/0" }] } }
instances: { only: ${image6} }
`);
    expect(answer(network, "::/0", "instance/only", 22)).toBe("reachable");
    expect(answer(network, "instance/only", "2001:db8::1", 443)).toBe("reachable");
    expect(answer(network, "0.0.0.0/0", "instance/only", 22)).toMatch(/^blocked/);
  });

  it("an egress-only gateway lets out and not in (VPC User Guide, Egress-only internet gateway basics)", () => {
    expect(answer(dual(onlyOut), "instance/data", "::/0", 443)).toBe("reachable");
    expect(answer(dual(onlyOut), "::/0", "instance/data", 22)).toBe("blocked at egressOnlyInternetGateway/main");
    expect(answer(dual(""), "instance/data", "::/0", 443)).toBe("blocked at routes of routeTable/private");
  });

  it("between subnets it goes by the local route, and by groups that name groups, whatever range AWS picks", () => {
    expect(answer(dual(""), "instance/web", "instance/data", 3306)).toBe("reachable");
    expect(answer(dual(""), "instance/data", "instance/web", 22)).toBe("reachable");
  });

  it("an ACL without an entry for IPv6 lets none pass (VPC User Guide, Network ACL rules)", () => {
    const acl = (entry: string) =>
      dual("", `networkAcls: { web: { vpc: main, subnets: [public], ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 }${entry} }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 }, 101: { action: allow, protocol: all, destination: "::/0" } } } }\n`); // oxfmt-ignore
    expect(answer(acl(""), "::/0", "instance/web", 22)).toBe("blocked at networkAcl/web");
    expect(answer(acl(', 101: { action: allow, protocol: all, source: "::/0" }'), "::/0", "instance/web", 22)).toBe("reachable");
  });

  it("ICMP is a protocol of its own there", () => {
    const rows = flowsOfNetwork(dual("")).filter(({ to, from }) => to === "instance/web" && !from.startsWith("instance/"));
    expect(rows.map(({ from, must }) => [from, flowsText(must)])).toEqual([["::/0", "tcp 22; icmp all"]]);
  });
});

describe("further codes, whose sentences are those of the guide", () => {
  const asked = (changes: Partial<typeof guide>, from: string, to: string, port: number) =>
    answer(networkIn(file(changes)), from, to, port);
  const acl = (egress: string) =>
    `networkAcls: { web: { vpc: main, subnets: [public], ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 } }, egress: { ${egress} } } }\n`;

  // "Traffic can't reach the internet through the internet gateway if the source address is not paired with a public IP address …"
  it("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", () =>
    expect(asked({ subnets: guide.subnets.replace(", mapPublicIpOnLaunch: true", "") }, "instance/web", "internet", 443)).toBe(
      "blocked at public address",
    ));

  // "Internet gateways reject inbound traffic with source addresses in the private IP address range …"
  it.each(["10.9.0.1", "100.64.0.1"])("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS and RFC6598: %s", (from) =>
    expect(asked({}, from, "instance/web", 22)).toMatch(/^blocked/),
  );

  // "Inbound or outbound traffic for a subnet must be admitted by the network ACL …": the answer as well, to a port of the client.
  it("SUBNET_ACL_RESTRICTION, of the answer", () => {
    const to = (ports: string) => acl(`100: { action: allow, protocol: tcp, ${ports}, destination: 0.0.0.0/0 }`);
    expect(asked({ more: to("port: 22") }, "internet", "instance/web", 22)).toBe("blocked at networkAcl/web");
    expect(asked({ more: to("ports: 1024-65535") }, "internet", "instance/web", 22)).toBe("reachable");
    // Clients may call from these ports and from others.
    expect(asked({ more: to("ports: 32768-60999") }, "internet", "instance/web", 22)).toMatch(/^unknown/);
  });

  // "… discards security group information about forwarded traffic."
  it("SG_REFERENCES_NOT_PRESERVED: a client from outside has no group", () =>
    expect(asked({ groups: guide.groups.replace("22, source: 0.0.0.0/0", "22, source: self") }, "internet", "instance/web", 22)).toBe(
      "blocked at securityGroup/web",
    ));

  // "Traffic can traverse this peering connection only if the destination or source address is within the CIDR block of the destination VPC."
  it("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", () =>
    expect(
      asked(
        {
          tables: `${guide.tables}  private: { vpc: main, subnets: [private], routes: [{ destination: 0.0.0.0/0, target: vpcPeering/both }] }\n`,
          more: "vpcPeerings: { both: { vpc: main, peerVpc: other } }\n",
        },
        "instance/data",
        "internet",
        443,
      ),
    ).toBe("blocked at routes of routeTable/private"));

  // "A VPC endpoint can't initiate connections to resources in the same VPC where it is deployed."
  it("VPCE_INTRA_VPC_TRAFFIC", () => {
    const more =
      "vpcEndpoints: { ssm: { vpc: main, type: Interface, service: ssm, subnets: [private], securityGroups: [open], privateDns: false } }\n";
    const groups = `${guide.groups}  open: { vpc: main, ingress: [{ port: 443, source: 10.0.0.0/16 }] }\n`.replace("3306, source: securityGroup/web", "3306, source: 10.0.0.0/16"); // oxfmt-ignore
    expect(asked({ more, groups }, "instance/web", "vpcEndpoint/ssm", 443)).toBe("reachable");
    expect(asked({ more, groups }, "vpcEndpoint/ssm", "instance/data", 3306)).toBe("blocked at vpcEndpoint/ssm");
  });
});

describe("the objects that AWS makes with a VPC", () => {
  const alone = (more: string) =>
    file({
      machines: `instances:\n  web: { subnet: public, image: ${image}, instanceType: t3.micro }\n  data: { subnet: private, image: ${image}, instanceType: t3.micro }\n`,
      more,
    });

  it("members of the default group reach each other, and no one else reaches them", () => {
    const network = networkIn(alone(""));
    expect(answer(network, "instance/web", "instance/data", 22)).toBe("reachable");
    expect(answer(network, "internet", "instance/web", 22)).toMatch(/^blocked/);
  });

  it("a declared default group belongs to instances without a group", () => {
    const network = networkIn(
      alone("").replace(
        "securityGroups:\n",
        "securityGroups:\n  own: { vpc: main, default: true, ingress: [{ port: 22, source: 0.0.0.0/0 }] }\n",
      ),
    );
    expect(answer(network, "internet", "instance/web", 22)).toBe("reachable");
    expect(answer(network, "instance/web", "instance/data", 443)).toBe("blocked at securityGroup/own");
  });

  it("a default ACL that is declared filters at the subnets that no ACL names", () => {
    const acl = (entry: string) => `networkAcls: { own: { vpc: main, default: true${entry} } }\n`;
    expect(answer(networkIn(file({ more: acl("") })), "internet", "instance/web", 22)).toBe("reachable");
    const closed = networkIn(file({ more: acl(", ingress: { 100: { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 } }") }));
    expect(answer(closed, "internet", "instance/web", 22)).toBe("blocked at networkAcl/own");
  });

  it("a declared default table belongs to the subnets that no table names", () =>
    expect(
      answer(
        networkIn(
          file({
            tables:
              "routeTables: { own: { vpc: main, default: true, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }\n",
          }),
        ),
        "internet",
        "instance/web",
        22,
      ),
    ).toBe("reachable"));
});

describe("load balancers", () => {
  interface Balanced {
    readonly targets?: string;
    readonly subnets?: string;
    readonly zone?: string;
    /** The source that the target's group allows. */
    readonly from?: string;
    readonly attributes?: string;
  }
  const balanced = (type: string, changes: Balanced = {}) => {
    const { targets = "[{ instance: data }]", subnets = "[public, second]", zone = "b", from = "0.0.0.0/0", attributes = "" } = changes;
    return networkIn(
      file({
        subnets:
          guide.subnets.replace("availabilityZone: b", `availabilityZone: ${zone}`) +
          "  second: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: b }\n",
        tables: guide.tables.replace("[public]", "[public, second]"),
        groups: guide.groups.replace("{ port: 3306, source: securityGroup/web }", `{ port: 80, source: ${from} }`),
        more: `loadBalancers: { web: { type: ${type}, scheme: internet-facing, subnets: ${subnets}, securityGroups: [front], listeners: { 80: { protocol: ${type === "network" ? "TCP" : "HTTP"}, forward: web } } } }
targetGroups: { web: { vpc: main, port: 80, protocol: ${type === "network" ? "TCP" : "HTTP"}, targets: ${targets}${attributes} } }
`,
      }).replace("securityGroups:\n", "securityGroups:\n  front: { vpc: main, ingress: [{ port: 80, source: 0.0.0.0/0 }] }\n"),
    );
  };

  it("answers where it listens", () => expect(answer(balanced("application"), "internet", "loadBalancer/web", 80)).toBe("reachable"));

  it("and nowhere else: ELBV2_LISTENER_PORT_RESTRICTION", () =>
    expect(answer(balanced("application"), "internet", "loadBalancer/web", 443)).toMatch(/^blocked/));

  it("not for certain where its group has no targets: ELBV2_LISTENER_HAS_NO_TG", () =>
    expect(answer(balanced("application", { targets: "[]" }), "internet", "loadBalancer/web", 80)).toMatch(
      /^unknown: targetGroup\/web has no target/,
    ));

  it("not for certain where no target is in its zones: ELBV2_NO_TARGETS_IN_AZ", () =>
    expect(answer(balanced("application", { zone: "c" }), "internet", "loadBalancer/web", 80)).toMatch(
      /^unknown: no target of targetGroup\/web/,
    ));

  // "This listener does not have a target group that accepts the traffic."
  it("not for certain where its target lets it not in: ELBV2_LISTENER_REQUIRES_TG_ACCEPT", () =>
    expect(answer(balanced("application", { from: "192.0.2.0/24" }), "internet", "loadBalancer/web", 80)).toMatch(
      /^unknown: no target of targetGroup\/web/,
    ));

  // "This load balancer can send traffic only to targets in Availability Zones that are enabled for the load balancer."
  it("a network balancer leads to no target outside of its zones: ELB_INSTALLED_AZ_RESTRICTION", () =>
    expect(answer(balanced("network", { zone: "c" }), "internet", "instance/data", 80)).toMatch(/^blocked/));

  // "A load balancer can only route traffic to a target using its registered port."
  it("and to no other port of its target: TARGET_PORT_RESTRICTION", () =>
    expect(answer(balanced("network", { from: "0.0.0.0/0 }, { port: 443, source: 0.0.0.0/0" }), "internet", "instance/data", 443)).toMatch(
      /^blocked/,
    ));

  // "If source address preservation is enabled, the outgoing source address is unaltered while traversing the Network Load Balancer."
  it("whose target sees the client: ELBV2_SOURCE_ADDRESS_PRESERVATION", () => {
    expect(answer(balanced("network", { from: "10.0.0.0/16" }), "internet", "instance/data", 80)).toMatch(/^blocked/);
    const attributes = ", preserveClientIp: false";
    expect(answer(balanced("network", { from: "10.0.0.0/16", attributes }), "internet", "instance/data", 80)).toBe("reachable");
  });

  it("an application balancer opens no way to its target, and a network balancer does", () => {
    expect(answer(balanced("application"), "internet", "instance/data", 80)).toMatch(/^blocked/);
    expect(answer(balanced("network"), "internet", "instance/data", 80)).toBe("reachable");
  });
});

describe("endpoint services (AWS PrivateLink Guide, Create a service powered by AWS PrivateLink)", () => {
  const usual = {
    service: "acceptanceRequired: false",
    /** The sources that the groups of the load balancer, the target and the endpoint allow. */
    front: "10.1.0.0/16",
    target: "securityGroup/front",
    door: "securityGroup/other",
    balancerGroups: "securityGroups: [front]",
    subnets: "[private]",
    more: "",
  };
  /** A Network Load Balancer in one VPC, and an endpoint to its service in another VPC without a route between them. */
  const offered = (changes: Partial<typeof usual> = {}) => {
    const { service, front, target, door, balancerGroups, subnets, more } = { ...usual, ...changes };
    return networkIn(
      file({
        groups: `securityGroups:
  front: { vpc: main, ingress: [{ port: 80, source: ${front} }] }
  web: { vpc: main }
  data: { vpc: main, ingress: [{ port: 8080, source: ${target} }] }
  other: { vpc: other }
  door: { vpc: other, ingress: [{ port: 80, source: ${door} }] }
`,
        more: `loadBalancers: { api: { type: network, scheme: internal, crossZone: true, subnets: ${subnets}, ${balancerGroups === "" ? "securityGroups: []" : balancerGroups}, listeners: { 80: { protocol: TCP, forward: api } } } }
targetGroups: { api: { vpc: main, port: 8080, protocol: TCP, targets: [{ instance: data }] } }
vpcEndpointServices: { api: { loadBalancers: [api], ${service} } }
vpcEndpoints: { api: { vpc: other, type: Interface, service: vpcEndpointService/api, subnets: [other], securityGroups: [door] } }
${more}`,
      }),
    );
  };
  const clients = "vpcEndpointService/api";
  const held = (network: Network, is: Assertion["is"], from: readonly string[], to: string) =>
    check(network, { name: "it", is, from, to: [to], flows: flowsOfPorts("tcp"), isAnyPort: true }).is;

  it("connect VPCs that no route connects", () => {
    expect(answer(offered(), "instance/other", "loadBalancer/api", 80)).toBe("reachable");
    expect(answer(offered(), "instance/other", "loadBalancer/api", 443)).toMatch(/^blocked/);
    expect(answer(offered(), "instance/data", "instance/other", 80)).toMatch(/^blocked/);
  });

  // "… the source IP addresses provided to the application are the private IP addresses of the load balancer nodes …"
  it("show targets the balancer", () => {
    expect(answer(offered(), "instance/other", "instance/data", 8080)).toBe("reachable");
    expect(answer(offered({ target: "10.1.0.0/16" }), "instance/other", "instance/data", 8080)).toMatch(/^blocked/);
  });

  // "… the source of the traffic is the private IP address of the client, not the endpoint interface." (Network Load Balancer User Guide)
  it("show the groups of the balancer the client's address", () => {
    expect(answer(offered({ front: "10.0.0.0/16" }), "instance/other", "loadBalancer/api", 80)).toMatch(/^blocked/);
    expect(answer(offered({ balancerGroups: "", target: "10.0.0.0/16" }), "instance/other", "loadBalancer/api", 80)).toBe("reachable");
  });

  it("are reached by the clients that reach the endpoint", () =>
    expect(answer(offered({ door: "10.9.0.0/16" }), "instance/other", "loadBalancer/api", 80)).toMatch(/^blocked/));

  it("are certain to be reached only where the endpoint needs no acceptance, and no ACL stands at the load balancer", () => {
    expect(answer(offered({ service: "acceptanceRequired: true" }), "instance/other", "loadBalancer/api", 80)).toBe(
      "unknown: whether vpcEndpointService/api has accepted vpcEndpoint/api is not known",
    );
    const more = "networkAcls: { own: { vpc: main, subnets: [private], ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 } }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } } }\n"; // oxfmt-ignore
    const unsure = /^unknown: whether the network ACL of subnet\/private/;
    expect(answer(offered({ more }), "instance/other", "loadBalancer/api", 80)).toMatch(unsure);
    // AWS chooses the node to which the endpoint leads.
    const subnets = "[public, private]";
    expect(answer(offered({ subnets }), "instance/other", "loadBalancer/api", 80)).toBe("reachable");
    expect(answer(offered({ more, subnets }), "instance/other", "loadBalancer/api", 80)).toMatch(unsure);
  });

  it("is no destination: the clients behind it take no connections", () => {
    const flows = flowsOfPorts("tcp", [[80, 80]]);
    const asserted = { name: "it", is: "deny", from: ["instance/other"], to: ["vpcEndpointService/api"], flows, isAnyPort: false } as const;
    expect(check(offered(), asserted)).toEqual({ is: "nothing", names: ["vpcEndpointService/api"] });
  });

  it("may be reached by others, from unknown VPCs", () => {
    const who = "endpoints of vpcEndpointService/api in other VPCs are not known";
    expect(answer(offered(), clients, "loadBalancer/api", 80)).toBe(`unknown: ${who}`);
    expect(answer(offered(), clients, "instance/data", 8080)).toBe(`unknown: ${who}`);
    expect(answer(offered({ target: "10.1.0.0/16" }), clients, "instance/data", 8080)).toMatch(/^blocked/);
    expect(answer(offered(), clients, "instance/web", 80)).toMatch(/^blocked/);
    expect(answer(offered(), "instance/data", clients, 80)).toMatch(/^blocked/);
    const told = flowsOfNetwork(offered()).flatMap(({ from, to, may }) =>
      from.startsWith("clients of ") ? [`${to} ${flowsText(may)}`] : [],
    );
    expect(told).toEqual(["instance/data tcp 8080", "loadBalancer/api tcp 80"]);
  });

  it("leave no assertion certain about their clients, unless the load balancer's groups keep these out", () => {
    expect(held(offered({ front: "0.0.0.0/0" }), "deny", ["internet"], "loadBalancer/api")).toBe("unknown");
    expect(held(offered(), "deny", ["internet"], "loadBalancer/api")).toBe("holds");
    expect(held(offered(), "deny", ["10.1.0.0/16"], "instance/data")).not.toBe("holds");
    expect(held(offered(), "only", ["instance/other"], "loadBalancer/api")).toBe("unknown");
    expect(held(offered(), "only", ["instance/other", clients], "loadBalancer/api")).toBe("holds");
  });
});
