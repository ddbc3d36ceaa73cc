/** Assertions at every moment of an apply: which steps are ordered because of them, and which plans are refused. */
import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/kinds/index.ts";
import { checkMeanwhile } from "../../../src/plan/meanwhile/meanwhile.ts";
import { header, openTestbed } from "../../support/testbed.ts";

const machine = (subnet: string, groups: string) =>
  `{ subnet: ${subnet}, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [${groups}] }`;

interface Estate {
  readonly groups: Readonly<Record<string, string>>;
  readonly instances: Readonly<Record<string, string>>;
  readonly routes?: string;
  readonly assert?: string;
  readonly more?: string;
}

function fileOf({ groups, instances, routes = "", assert = "", more = "" }: Estate): string {
  const list = (entries: Readonly<Record<string, string>>) => Object.entries(entries).map(([name, text]) => `  ${name}: ${text}\n`).join(""); // oxfmt-ignore
  return `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: a }
routeTables:
  main: { vpc: main, subnets: [a], routes: [${routes}] }
securityGroups:
${list(groups)}instances:
${list(instances)}${more}${assert === "" ? "" : `assert:\n  it: ${assert}\n`}`;
}

const out = "{ destination: 0.0.0.0/0, target: internetGateway/main }";

/** Returns what the plan from one estate to the other says about the assertion, and which nodes got an edge. */
async function planOf(was: Estate, now: Estate, prepare: (yaml: string) => string = (yaml) => yaml) {
  const testbed = openTestbed();
  await testbed.apply(fileOf(was));
  const run = await testbed.plan(prepare(fileOf(now)));
  return {
    ordered: run.plan.notes.filter(({ code }) => code === "ordered").map(({ text }) => text),
    problems: run.diagnostics.map(({ code, severity, summary }) => `${severity} ${code}: ${summary}`),
    testbed,
    run,
  };
}

const everyone = "{ protocol: all, destination: 0.0.0.0/0 }";
const open = (port: number, source = "0.0.0.0/0") => `{ port: ${port}, source: ${source} }`;

describe("an assertion at every step", () => {
  it("speaks of a gateway endpoint as of everybody else", async () => {
    const more = "vpcEndpoints: { s3: { vpc: main, service: s3, type: Gateway, routeTables: [main] } }\n";
    const estate = (egress: string) => ({
      groups: { web: `{ vpc: main, egress: [${egress}] }` },
      instances: { web: machine("a", "web") },
      routes: out,
      more,
    });
    const assert = "{ deny: { from: instance/web, to: vpcEndpoint/s3, port: 443 } }";
    const { problems, run } = await planOf(estate(""), { ...estate("{ port: 80, destination: 0.0.0.0/0 }"), assert });
    expect(problems).toEqual([]);
    expect(run.plan.assertions).toMatchObject([{ name: "it", verdict: "holds", meanwhile: "holds" }]);
  });

  it("has a machine move to its new group before the rule of the old one goes, and after those of the new one have come", async () => {
    const assert = "{ allow: { from: internet, to: instance/web, port: 443 }, always: true }";
    const { ordered, problems, testbed } = await planOf(
      { groups: { old: `{ vpc: main, ingress: [${open(443)}] }` }, instances: { web: machine("a", "old") }, routes: out },
      {
        groups: { old: "{ vpc: main }", new: `{ vpc: main, ingress: [${open(443)}] }` },
        instances: { web: machine("a", "new") },
        routes: out,
        assert,
      },
    );
    expect(problems).toEqual([]);
    expect(ordered.sort()).toEqual([
      "instance/web (update) comes after securityGroup/new (rules), so that it holds in between",
      "securityGroup/old (rules) comes after instance/web (update), so that it holds in between",
    ]);
    await testbed.apply(
      fileOf({
        groups: { old: "{ vpc: main }", new: `{ vpc: main, ingress: [${open(443)}] }` },
        instances: { web: machine("a", "new") },
        routes: out,
        assert,
      }),
    );
    const writes = testbed.sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
    const last = ["AuthorizeSecurityGroupIngress", "ModifyNetworkInterfaceAttribute", "RevokeSecurityGroupIngress"].map((one) =>
      writes.lastIndexOf(one),
    );
    expect(last).toEqual([...last].sort((one, other) => one - other));
    expect(last).not.toContain(-1);
  });

  it("closes a group before a route opens the traffic that the missing route held back", async () => {
    const assert = "{ deny: { from: instance/web, to: internet, port: 25 } }";
    const { ordered, problems } = await planOf(
      { groups: { web: `{ vpc: main, egress: [${everyone}] }` }, instances: { web: machine("a", "web") } },
      {
        groups: { web: "{ vpc: main, egress: [{ port: 443, destination: 0.0.0.0/0 }] }" },
        instances: { web: machine("a", "web") },
        routes: out,
        assert,
      },
    );
    expect(problems).toEqual([]);
    expect(ordered).toEqual(["routeTable/main (routes) comes after securityGroup/web (rules), so that it holds in between"]);
  });

  it("makes an endpoint service only when the group of its load balancer keeps out the forbidden clients", async () => {
    const balancer = `loadBalancers: { api: { type: network, scheme: internal, subnets: [b], securityGroups: [front], listeners: { 80: { protocol: TCP, forward: api } } } }
targetGroups: { api: { vpc: main, port: 80, protocol: TCP, targets: [] } }\n`;
    const estate = (source: string, more: string) => ({
      groups: { other: "{ vpc: main }", front: `{ vpc: main, ingress: [${open(80, source)}] }` },
      instances: { other: machine("b", "other") },
      more: `${balancer}${more}`,
    });
    const service = "vpcEndpointServices: { api: { loadBalancers: [api] } }\n";
    const assert = "{ deny: { from: internet, to: loadBalancer/api } }";
    const { ordered, problems } = await planOf(estate("0.0.0.0/0", ""), { ...estate("10.0.0.0/16", service), assert });
    expect(problems).toEqual([]);
    expect(ordered).toEqual(["vpcEndpointService/api (create) comes after securityGroup/front (rules), so that it holds in between"]);
  });

  it("makes a machine only when its subnet follows the ACL that is written, and not AWS's default in between", async () => {
    const acl = `networkAcls:
  web: { vpc: main, subnets: [a], ingress: { 100: { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 } }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } }\n`;
    const assert = "{ deny: { from: internet, port: 22 } }";
    const testbed = openTestbed();
    const { plan, diagnostics } = await testbed.plan(
      fileOf({
        groups: { web: `{ vpc: main, ingress: [${open(443)}, ${open(22)}] }` },
        instances: { web: machine("a", "web") },
        routes: out,
        assert,
        more: acl,
      }),
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(plan.notes.filter(({ code }) => code === "ordered").map(({ text }) => text)).toEqual([
      expect.stringMatching(/comes after networkAcl\/web \(associations\), so that it holds in between/),
    ]);
  });

  it("makes a machine only when its new group has lost the rule that AWS gives it", async () => {
    const { ordered, problems } = await planOf(
      { groups: { other: "{ vpc: main }" }, instances: { other: machine("b", "other") }, routes: out },
      {
        groups: { other: "{ vpc: main }", web: "{ vpc: main, egress: [] }" },
        instances: { other: machine("b", "other"), web: machine("a", "web") },
        routes: out,
        assert: "{ deny: { from: instance/web, to: internet, protocol: any } }",
      },
    );
    expect(problems).toEqual([]);
    expect(ordered).toEqual(["instance/web (create) comes after securityGroup/web (rules), so that it holds in between"]);
  });

  it("makes machines without a group only when the VPC's own group has its rules, and not those of AWS in between", async () => {
    const bare = (subnet: string) => machine(subnet, "").replace(", securityGroups: []", "");
    const testbed = openTestbed();
    const { plan, diagnostics } = await testbed.plan(
      fileOf({
        groups: { own: "{ vpc: main, default: true, ingress: [], egress: [] }" },
        instances: { one: bare("a"), other: bare("b") },
        assert: '{ deny: { from: "instance/*", to: "instance/*", protocol: any } }',
      }),
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(plan.notes.filter(({ code }) => code === "ordered").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^instance\/(one|other) \(create\) comes after securityGroup\/own \(rules\)/),
    ]);
  });

  it("leads a route to a new NAT gateway only when that has a way out itself", async () => {
    const nats = (more: string, target: string, second: string) => `elasticIps: { old: {}${more === "" ? "" : ", new: {}"} }
natGateways:
  old: { subnet: a, elasticIp: old }
${more}routeTables:
  main: { vpc: main, subnets: [a], routes: [${out}] }
  second: { vpc: main, subnets: [c], routes: [${second}] }
  private: { vpc: main, subnets: [b], routes: [{ destination: 0.0.0.0/0, target: natGateway/${target} }] }
`;
    const estate = (more: string, assert = "") =>
      fileOf({ groups: { worker: "{ vpc: main }" }, instances: { worker: machine("b", "worker") }, assert })
        .replace(/routeTables:\n.*\n/, more)
        .replace("  b: { vpc", "  c: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: a }\n  b: { vpc");
    const testbed = openTestbed();
    await testbed.apply(estate(nats("", "old", "")));
    const assert = "{ allow: { from: instance/worker, to: internet, port: 443 }, always: true }";
    const run = await testbed.plan(estate(nats("  new: { subnet: c, elasticIp: new }\n", "new", out), assert));
    expect([run.diagnostics, run.plan.notes.filter(({ code }) => code === "ordered")]).toEqual([[], []]); // the plan's order is right
    const hasty = run.planned.work.map((node) =>
      node.op === "create" ? { ...node, needs: new Set([...node.needs].filter((need) => !need.includes("routeTable/"))) } : node,
    );
    const { notes, diagnostics } = checkMeanwhile(kinds, run.environment, { ...run.planned, work: hasty }, run.observed);
    expect(diagnostics).toEqual([]);
    expect(notes.map(({ text }) => text)).toEqual([
      "routeTable/private (routes) comes after routeTable/second (routes), so that it holds in between",
    ]);
  });

  it("refuses a change of one group that is open in the middle, and names the moment", async () => {
    const assert = '{ deny: { from: "instance/*", to: "instance/*", port: 22 } }';
    const { ordered, problems } = await planOf(
      { groups: { web: `{ vpc: main, egress: [${everyone}] }` }, instances: { web: machine("a", "web"), other: machine("b", "web") } },
      {
        groups: { web: `{ vpc: main, ingress: [${open(22, "self")}], egress: [] }` },
        instances: { web: machine("a", "web"), other: machine("b", "web") },
        assert,
      },
    );
    expect(ordered).toEqual([]);
    expect(problems).toEqual([
      "error assert-broken-meanwhile: it: deny from instance/* to instance/* tcp 22; while the plan is applied, in the middle of securityGroup/web (rules), instance/other → instance/web tcp 22 is open, and no order of the steps avoids that.",
    ]);
  });

  it("says nothing about an assertion for the end alone, nor about connections that were open before", async () => {
    const was = { groups: { web: `{ vpc: main, egress: [${everyone}] }` }, instances: { web: machine("a", "web") } };
    const now = {
      groups: { web: "{ vpc: main, egress: [{ port: 443, destination: 0.0.0.0/0 }] }" },
      instances: { web: machine("a", "web") },
      routes: out,
    };
    const later = await planOf(was, { ...now, assert: "{ deny: { from: instance/web, to: internet, port: 25 }, always: false }" });
    expect([later.ordered, later.problems]).toEqual([[], []]);
    const before = await planOf({ ...was, routes: out }, { ...now, assert: "{ deny: { from: instance/web, to: internet, port: 25 } }" });
    expect([before.ordered, before.problems]).toEqual([[], []]);
  });
});
