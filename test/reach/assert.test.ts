import { describe, expect, it } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { flowChanges } from "../../src/reach/change.ts";
import { flowsText } from "../../src/reach/flows.ts";
import { networkOf, partsOf, type Network } from "../../src/reach/network.ts";
import { folderWith } from "../config/write-files.ts";

/** A file with a public instance, a private one with a database's port, and the lines in `more`. */
function fileWith(
  more: string,
  { web = "{ port: 443, source: 0.0.0.0/0 }", route = "{ destination: 0.0.0.0/0, target: internetGateway/main }" } = {},
): string {
  return `project: lab
environment: lab
region: eu-west-1
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets:
  public: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  private: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: a }
routeTables:
  public: { vpc: main, subnets: [public], routes: [${route}] }
securityGroups:
  web: { vpc: main, ingress: [${web}] }
  data: { vpc: main, ingress: [{ port: 5432, source: securityGroup/web }], egress: [] }
  unused: { vpc: main }
  empty: { vpc: main }
instances:
  web: { subnet: public, image: ami-0abcdef0123456789, instanceType: t3.micro, securityGroups: [web] }
  data: { subnet: private, image: ami-0abcdef0123456789, instanceType: t3.micro, securityGroups: [data] }
${more}`;
}

function load(text: string) {
  return loadEnvironment({ nameOrPath: "lab", cwd: folderWith({ "environments/lab.yaml": text }), kinds });
}

function problemsOf(assertion: string, changes?: Parameters<typeof fileWith>[1]): readonly string[] {
  return load(fileWith(`assert:\n  it: ${assertion}\n`, changes))
    .diagnostics.filter(({ code }) => code !== "open-admin-port")
    .map(({ code, severity, summary }) => `${severity} ${code}: ${summary}`);
}

describe("an ACL that lets answers back to a part of the clients' ports", () => {
  it("is an unknown part, and its entry names the line to look at", () => {
    const entries = (ports: string) => `{ 100: { action: allow, protocol: tcp, ports: ${ports}, destination: 0.0.0.0/0 } }`;
    const acl = (ports: string) => `networkAcls:
  private:
    vpc: main
    subnets: [private]
    ingress: { 100: { action: allow, protocol: tcp, ports: 5432, source: 0.0.0.0/0 } }
    egress: ${entries(ports)}
assert:
  it: { deny: { from: instance/web, to: instance/data, port: 5432 } }
`;
    const [some] = load(fileWith(acl("32768-60999"))).diagnostics.filter(({ code }) => code === "assert-unknown");
    expect(some).toMatchObject({
      summary: expect.stringContaining(
        "responses go to the client's port, 1024 to 65535, but a network ACL allows only some of these ports",
      ) as string,
      hint: expect.stringMatching(/^check networkAcl\/private: 100: allow tcp 32768-60999 to 0\.0\.0\.0\/0 \([^)]*\)$/) as string,
    });
    const all = load(fileWith(acl("1024-65535"))).diagnostics.filter(({ code }) => code.startsWith("assert"));
    expect(all).toMatchObject([{ code: "assert-violated" }]);
  });
});

describe("assert:", () => {
  it.each([
    "{ deny: { from: internet, port: 22 } }",
    "{ allow: { from: internet, to: instance/web, port: 443 } }",
    "{ only: { from: securityGroup/web, to: instance/data, port: 5432 } }",
    "{ only: { from: [instance/web], to: instance/data, protocol: any } }",
    "{ deny: { from: subnet/private, to: internet, protocol: any } }",
    '{ deny: { from: internet, to: "instance/*", port: 8000-9000 } }',
    "{ allow: { from: instance/web, to: internet } }",
  ])("%s holds", (assertion) => expect(problemsOf(assertion)).toEqual([]));

  it.each([
    [
      "{ deny: { from: internet, port: 443 } }",
      "error assert-violated: it: deny from internet to anybody tcp 443; internet → instance/web tcp 443 is open.",
    ],
    [
      "{ deny: { to: instance/web, port: 443 }, severity: warning }",
      "warning assert-violated: it: deny from anybody to instance/web tcp 443; instance/data → ",
    ],
    [
      "{ allow: { from: internet, to: instance/web, port: 22 } }",
      "error assert-violated: it: allow from internet to instance/web tcp 22; internet → instance/web tcp 22 is not open.",
    ],
    [
      "{ only: { from: internet, to: instance/data } }",
      "error assert-violated: it: only from internet to instance/data; instance/web → instance/data tcp 5432 is open.",
    ],
    [
      "{ deny: { from: securityGroup/unused, port: 1 } }",
      "warning assert-nothing: it cannot fail: securityGroup/unused is on no network interface.",
    ],
    [
      "{ deny: { from: securityGroup/unused, to: securityGroup/unused, port: 1 } }",
      "warning assert-nothing: it cannot fail: securityGroup/unused is on no network interface.",
    ],
    [
      "{ deny: { from: [securityGroup/unused, securityGroup/empty], port: 1 } }",
      "warning assert-nothing: it cannot fail: securityGroup/unused and securityGroup/empty are on no network interface.",
    ],
    [
      "{ deny: { from: instance/wbe } }",
      "error assert-unknown-name: it: instance/wbe is not a known source or destination of connections.",
    ],
    ["{ deny: { from: internet, port: http } }", 'error bad-value: "http" is not a port.'],
    ["{ deny: { from: internet, port: 22, protocol: any } }", "error bad-value: it: only TCP and UDP have ports."],
    ["{ allow: { from: internet, to: instance/web, port: 22, protocol: icmp } }", "error bad-value: it: ICMP has no ports."],
    ["{ severity: error }", "error bad-value: it has no rule."],
    ["{ deny: { from: internet, ports: 22 } }", "error unknown-field"],
  ])("%s does not", (assertion, said) => {
    const problems = problemsOf(assertion);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.slice(0, said.length)).toBe(said.startsWith("warning assert-violated") ? problems[0]!.slice(0, said.length) : said);
  });

  it("takes nothing unknown for good, and says why", () => {
    const route = "{ destination: 0.0.0.0/0, target: { id: tgw-0123456789abcdef0 } }";
    const [problem, ...more] = problemsOf("{ deny: { from: instance/web, to: internet, port: 443 } }", { route });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^error assert-unknown: .* may or may not be open \(0\.0\.0\.0\/0 → tgw-0123456789abcdef0/);
  });

  it("names the line that decides", () => {
    const { diagnostics } = load(fileWith("assert: { it: { deny: { from: internet, port: 443 } } }\n"));
    expect(diagnostics[0]).toMatchObject({ at: { line: 19 } });
    expect(diagnostics[0]?.hint).toMatch(/securityGroup\/web \{ port: 443, source: 0\.0\.0\.0\/0 \} \(.*lab\.yaml:12\)/);
  });
});

describe("connections that a change opens", () => {
  function networkIn(text: string): Network {
    const { environment } = load(text);
    return networkOf(partsOf(kinds, resourceIndexOf("eu-west-1", environment!.nodes)));
  }
  const pair = () => [networkIn(fileWith("")), networkIn(fileWith("", { web: "{ port: 22, source: 0.0.0.0/0 }" }))] as const;
  const told = (changes: ReturnType<typeof flowChanges>["opens"]) =>
    changes.map(({ from, to, flows, via }) => [from, to, flowsText(flows), via.map(({ what }) => what)]);

  it("is the connection that the way back closes", () => {
    const [was, now] = pair();
    const { opens, closes } = flowChanges(was, now, new Set(["securityGroup/web"]));
    expect(told(opens)).toEqual([["internet", "instance/web", "tcp 22", ["securityGroup/web"]]]);
    expect(told(closes)).toEqual([["internet", "instance/web", "tcp 443", ["securityGroup/web"]]]);
    const back = flowChanges(now, was, new Set(["securityGroup/web"]));
    expect([told(back.opens), told(back.closes)]).toEqual([told(closes), told(opens)]);
  });

  it("closes nothing for clients that are now part of everybody", () => {
    const [was, now] = ["198.51.100.0/24", "0.0.0.0/0"].map((source) =>
      networkIn(fileWith("", { web: `{ port: 22, source: ${source} }` })),
    );
    const { opens, closes } = flowChanges(was!, now!, new Set(["securityGroup/web"]));
    expect([told(opens).map(([from]) => from), told(closes)]).toEqual([["internet"], []]);
  });

  it("is nothing where nothing changes", () => {
    const [was] = pair();
    expect(flowChanges(was, was, new Set())).toEqual({ opens: [], closes: [] });
  });
});

describe("IPv6", () => {
  /** Both instances have IPv6 addresses; the public one is reached on 443 over IPv4. */
  const dualStack = (web: string, route = '{ destination: "::/0", target: internetGateway/main }') =>
    fileWith("", { web, route: `{ destination: 0.0.0.0/0, target: internetGateway/main }, ${route}` })
      .replace("cidrBlock: 10.0.0.0/16 }", "cidrBlock: 10.0.0.0/16, ipv6: amazon }")
      .replace("cidrBlock: 10.0.1.0/24,", "cidrBlock: 10.0.1.0/24, ipv6CidrBlock: 0, assignIpv6AddressOnCreation: true,")
      .replace("cidrBlock: 10.0.2.0/24,", "cidrBlock: 10.0.2.0/24, ipv6CidrBlock: 1, assignIpv6AddressOnCreation: true,")
      .replace("securityGroups:", "egressOnlyInternetGateways: { main: { vpc: main } }\nsecurityGroups:");
  const only4 = "{ port: 443, source: 0.0.0.0/0 }";
  const both = `${only4}, { port: 443, source: "::/0" }`;
  const said = (file: string, assertion: string) =>
    load(`${file}\nassert: { it: ${assertion} }\n`).diagnostics.map(({ code, summary }) => `${code}: ${summary}`);

  it.each([
    [only4, "{ deny: { from: internet, port: 22 } }"],
    [only4, '{ deny: { from: "::/0", port: 443 } }'],
    [only4, "{ only: { from: securityGroup/web, to: instance/data, protocol: any } }"],
    // For an instance with both families, one family is enough.
    [only4, "{ allow: { from: internet, to: instance/web, port: 443 } }"],
    [both, '{ allow: { from: "::/0", to: instance/web, port: 443 } }'],
    [both, "{ allow: { from: instance/web, to: instance/data, port: 5432 } }"],
    [both, '{ allow: { from: instance/web, to: "2001:db8::/32" } }'],
  ])("with %s: %s holds", (web, assertion) => expect(said(dualStack(web), assertion)).toEqual([]));

  it.each([
    ['{ port: 22, source: "::/0" }', "{ deny: { from: internet, port: 22 } }", "assert-violated: it: deny from internet to anybody tcp 22; internet → instance/web tcp 22 is open."],
    ['{ port: 22, source: "::/0" }', '{ deny: { from: "::/0", port: 22 } }', "assert-violated: it: deny from ::/0 to anybody tcp 22; ::/0 → instance/web tcp 22 is open."],
    [only4, '{ allow: { from: "::/0", to: instance/web, port: 443 } }', "assert-violated: it: allow from ::/0 to instance/web tcp 443; ::/0 → instance/web tcp 443 is not open."],
    // The range that AWS will choose may or may not be the one of the rule.
    ['{ port: 443, source: "2600:1f18::/32" }', "{ deny: { from: instance/data, to: instance/web } }", "assert-unknown: it: deny from instance/data to instance/web; instance/data → instance/web tcp 443 may or may not be open (it depends on the addresses and subnets that AWS chooses)."],
  ])("with %s: %s does not", (web, assertion, text) => {
    const file = dualStack(web).replace("egress: []", 'egress: [{ protocol: all, destination: "::/0" }]');
    expect(said(file, assertion)).toContainEqual(text);
  }); // oxfmt-ignore

  it("lets no one in by an egress-only gateway, and those inside out", () => {
    const file = dualStack(both, '{ destination: "::/0", target: egressOnlyInternetGateway/main }');
    expect(said(file, '{ deny: { from: "::/0", protocol: any } }')).toEqual([]);
    expect(said(file, '{ allow: { from: instance/web, to: "::/0", port: 443 } }')).toEqual([]);
  });

  it("is named by itself among the opened connections", () => {
    const networkIn = (text: string) => networkOf(partsOf(kinds, resourceIndexOf("eu-west-1", load(text).environment!.nodes)));
    const { opens, closes } = flowChanges(networkIn(dualStack(only4)), networkIn(dualStack(both)), new Set(["securityGroup/web"]));
    expect(opens.map(({ from, to, flows, isCertain }) => [from, to, flowsText(flows), isCertain])).toEqual([
      ["::/0", "instance/web", "tcp 443", true],
    ]);
    expect(opens[0]!.via.map(({ what, says }) => `${what} ${says}`)).toEqual(["securityGroup/web { port: 443, source: ::/0 }"]);
    expect(closes).toEqual([]);
  });

  it("is unknown where a NAT gateway translates it", () => {
    const nat = dualStack(only4, '{ destination: "64:ff9b::/96", target: natGateway/main }').replace(
      "securityGroups:",
      "elasticIps: { nat: {} }\nnatGateways: { main: { subnet: public, elasticIp: nat } }\nsecurityGroups:",
    );
    const file = nat.replace("{ destination: 0.0.0.0/0, target: internetGateway/main }, ", "");
    const [first] = said(file, "{ deny: { from: instance/web, to: 10.0.2.0/24, port: 9 } }");
    expect(first).toMatch(/^assert-unknown: .*infra does not model what natGateway\/main forwards by NAT64/);
  });
});
