/** Assertions at every moment of an apply: which steps are put in order for them, and what is refused. */
import { describe, expect, it } from "vitest";
import { header, openTestbed } from "../support/testbed.ts";

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
  const list = (entries: Readonly<Record<string, string>>) => Object.entries(entries).map(([name, text]) => `  ${name}: ${text}\n`).join(""); // prettier-ignore
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

/** What the plan from the one to the other says of the assertion, and which nodes got an edge. */
async function planOf(was: Estate, now: Estate, prepare: (yaml: string) => string = (yaml) => yaml) {
  const lab = openTestbed();
  await lab.apply(fileOf(was));
  const run = await lab.plan(prepare(fileOf(now)));
  return {
    ordered: run.plan.notes.filter(({ code }) => code === "ordered").map(({ text }) => text),
    problems: run.diagnostics.map(({ code, severity, summary }) => `${severity} ${code}: ${summary}`),
    lab,
    run,
  };
}

const everyone = "{ protocol: all, destination: 0.0.0.0/0 }";
const open = (port: number, source = "0.0.0.0/0") => `{ port: ${port}, source: ${source} }`;

describe("an assertion at every step", () => {
  it("has a machine move to its new group before the rule of the old one goes, and after those of the new one have come", async () => {
    const assert = "{ allow: { from: internet, to: instance/web, port: 443 }, always: true }";
    const { ordered, problems, lab } = await planOf(
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
    await lab.apply(
      fileOf({
        groups: { old: "{ vpc: main }", new: `{ vpc: main, ingress: [${open(443)}] }` },
        instances: { web: machine("a", "new") },
        routes: out,
        assert,
      }),
    );
    const writes = lab.sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
    const last = ["AuthorizeSecurityGroupIngress", "ModifyNetworkInterfaceAttribute", "RevokeSecurityGroupIngress"].map((one) =>
      writes.lastIndexOf(one),
    );
    expect(last).toEqual([...last].sort((one, other) => one - other));
    expect(last).not.toContain(-1);
  });

  it("closes a group before a route opens what it held back", async () => {
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

  it("makes a machine only when its subnet follows the ACL that is written, and not AWS's default in between", async () => {
    const acl = `networkAcls:
  web: { vpc: main, subnets: [a], ingress: { 100: { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 } }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } }\n`;
    const assert = "{ deny: { from: internet, port: 22 } }";
    const lab = openTestbed();
    const { plan, diagnostics } = await lab.plan(
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

  it("says nothing of an assertion about the end alone, nor of what is open before", async () => {
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
