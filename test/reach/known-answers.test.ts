/**
 * What AWS's own tools answer, written down by hand as files. Sources: Reachability Analyzer User Guide, "Getting started" (a path
 * from an internet gateway to a machine, TCP 22) and "Explanation codes" (docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html),
 * whose sentence stands beside each code; Network Access Analyzer Guide, "Getting started" (who comes in and goes out by gateways).
 * The analyzer itself was not asked. It looks at IPv4 alone: of IPv6 the VPC User Guide's pages are named.
 */
import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { explain } from "../../src/reach/explain.ts";
import { flowsOfPorts, flowsText } from "../../src/reach/flows.ts";
import { flowsOf } from "../../src/reach/matrix.ts";
import { networkOf, partsOf, type Network } from "../../src/reach/network.ts";
import { partiesOf } from "../../src/reach/parties.ts";
import { folderWith } from "../config/write-files.ts";

function networkIn(text: string): Network {
  const cwd = folderWith({ "environments/lab.yaml": `project: lab\nenvironment: lab\nregion: eu-west-1\n${text}` });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "lab", cwd, kinds });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return networkOf(partsOf(kinds, resourceIndexOf("eu-west-1", environment.nodes)));
}

/** "reachable", or "blocked at" what. */
function answer(network: Network, from: string, to: string, port: number): string {
  const [[source], [target]] = [partiesOf(network, from)!, partiesOf(network, to)!] as [[never], [never]];
  const { answer: is, blockedAt, verdict } = explain(network, source, target, flowsOfPorts("tcp", [[port, port]]));
  if (is === "blocked") return `blocked at ${blockedAt[0]?.what ?? "its port"}`;
  return is === "unknown" ? `unknown: ${verdict.unknown[0] ?? ""}` : is;
}

const image = "ami-0abcdef0123456789";

/** A public machine and a private one, as in the guide. */
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
    flowsOf(network).flatMap(({ from, to }) => (to === "internet" || to.startsWith("vpcEndpoint/") ? [`${from} → ${to}`] : []));
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
    const [flow] = flowsOf(network).filter(({ to }) => to === "vpcEndpoint/s3");
    expect(flowsText(flow!.must)).toBe("tcp all; icmp echo");
  }); // prettier-ignore

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
  it("a NAT gateway speaks for nobody of a peered VPC: NGW_REQUIRES_SOURCE_IN_VPC", () => {
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
    expect(answer(network, "instance/web", "198.51.100.7", 443)).toMatch(/^unknown: 198\.51\.100\.0\/24 leads to tgw-/);
    expect(answer(network, "instance/web", "198.51.101.7", 443)).toBe("reachable");
  });

  it("a transit gateway leads where nobody can say", () =>
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
    ).toBe("unknown: 10.99.0.0/16 leads to tgw-0123456789abcdef0, and what is behind it is not modelled"));
});

describe("IPv6", () => {
  /** A public machine and a private one with IPv6, whose groups let both families in on 22. */
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
    // Of IPv4 no rule lets anybody in.
    expect(answer(dual(""), "203.0.113.1", "instance/web", 22)).toBe("blocked at securityGroup/web");
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
      dual("", `networkAcls: { web: { vpc: main, subnets: [public], ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 }${entry} }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 }, 101: { action: allow, protocol: all, destination: "::/0" } } } }\n`); // prettier-ignore
    expect(answer(acl(""), "::/0", "instance/web", 22)).toBe("blocked at networkAcl/web");
    expect(answer(acl(', 101: { action: allow, protocol: all, source: "::/0" }'), "::/0", "instance/web", 22)).toBe("reachable");
  });

  it("ICMP is a protocol of its own there", () => {
    const rows = flowsOf(dual("")).filter(({ to, from }) => to === "instance/web" && !from.startsWith("instance/"));
    expect(rows.map(({ from, must }) => [from, flowsText(must)])).toEqual([["::/0", "tcp 22; icmp all"]]);
  });
});

describe("what AWS makes with a VPC", () => {
  const alone = (more: string) =>
    file({
      machines: `instances:\n  web: { subnet: public, image: ${image}, instanceType: t3.micro }\n  data: { subnet: private, image: ${image}, instanceType: t3.micro }\n`,
      more,
    });

  it("members of the default group reach each other, and nobody else reaches them", () => {
    const network = networkIn(alone(""));
    expect(answer(network, "instance/web", "instance/data", 22)).toBe("reachable");
    expect(answer(network, "internet", "instance/web", 22)).toMatch(/^blocked/);
  });

  it("a default group that is declared is that of machines without a group", () => {
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

  it("a default table that is declared is that of the subnets that no table names", () =>
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
  const balanced = (type: string, changes: { readonly targets?: string; readonly subnets?: string; readonly zone?: string } = {}) => {
    const { targets = "[{ instance: data }]", subnets = "[public, second]", zone = "b" } = changes;
    return networkIn(
      file({
        subnets:
          guide.subnets.replace("availabilityZone: b", `availabilityZone: ${zone}`) +
          "  second: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: b }\n",
        tables: guide.tables.replace("[public]", "[public, second]"),
        groups: guide.groups.replace("{ port: 3306, source: securityGroup/web }", "{ port: 80, source: 0.0.0.0/0 }"),
        more: `loadBalancers: { web: { type: ${type}, scheme: internet-facing, subnets: ${subnets}, securityGroups: [front], listeners: { 80: { protocol: ${type === "network" ? "TCP" : "HTTP"}, forward: web } } } }
targetGroups: { web: { vpc: main, port: 80, protocol: ${type === "network" ? "TCP" : "HTTP"}, targets: ${targets} } }
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

  it("an application balancer opens no way to its target, and a network balancer does", () => {
    expect(answer(balanced("application"), "internet", "instance/data", 80)).toMatch(/^blocked/);
    expect(answer(balanced("network"), "internet", "instance/data", 80)).toBe("reachable");
  });
});
