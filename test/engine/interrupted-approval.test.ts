/** A run of an approved plan dies after any of its writes. The same approval is enough for the run that completes it. */
import { describe, expect, it } from "vitest";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { faults } from "../simulation/faults.ts";
import { runProcess, tell } from "../simulation/process.ts";
import { baseline, disturb, type Phase } from "../simulation/simulator.ts";
import { header, loadText } from "../support/testbed.ts";

const names = [
  "vpc",
  "subnet",
  "securityGroup",
  "routeTable",
  "internetGateway",
  "networkInterface",
  "instance",
  "targetGroup",
  "loadBalancer",
  "elasticIp",
];
const kinds = allKinds.filter(({ name }) => names.includes(name));

const yaml = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }, b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b } }
internetGateways: { main: { vpc: main } }
routeTables: { main: { vpc: main, subnets: [a, b], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 80, source: 10.0.0.0/16 }] }
  old: { vpc: main, description: Old, ingress: [{ port: 80, source: web }] }
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers:
  web:
    scheme: internal
    subnets: [a, b]
    securityGroups: [web]
    listeners: { 80: { protocol: HTTP, forward: web } }
instances:
  box: { subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [web, old], disposable: true }
`;

const approved = faults.find(({ isApproved }) => isApproved)!;

const addresses = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
internetGateways: { main: { vpc: main } }
routeTables: { main: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
networkInterfaces: { n: { subnet: a, privateIpAddresses: [10.0.1.20, 10.0.1.21] }, o: { subnet: a } }
instances:
  m: { subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, disposable: true }
  k: { subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, disposable: true }
elasticIps: { e: { instance: m }, f: { networkInterface: n, privateIpAddress: 10.0.1.20 } }
`;

/** Returns what the second run of the approval could not do, by the write after which the first run died. */
async function violationsOf(yaml: string, ...changes: readonly (readonly [from: string, to: string])[]): Promise<string[]> {
  const phase = (text: string): Phase => ({ name: "change", environment: loadText(text, kinds), goal: "agree" });
  const state = new SandboxState();
  const made = await runProcess(kinds, state, Date.UTC(2026, 0, 1), phase(yaml));
  expect(tell(made)).toMatch(/^done/);
  const second = changes.reduce((text, [from, to]) => text.replace(from, to), yaml);
  const base = await baseline(kinds, state, made.end + 1000, phase(second));
  const calls = base.run.log.flatMap((operation, i) => (approved.befalls(operation) && !operation.startsWith("ssm:") ? [i + 1] : []));
  expect(calls.length).toBeGreaterThan(1);
  const violations: string[] = [];
  for (const call of calls) {
    const { violation, operation } = await disturb(kinds, base, { phase: phase.name, fault: approved.name, call });
    if (violation !== undefined) violations.push(`${call} ${operation}: ${violation.slice(0, 300)}`);
  }
  return violations;
}

describe("the approval of a run that died is enough for the end of", () => {
  it.each<[what: string, ...changes: (readonly [string, string])[]]>([
    ["a replacement that is made first, and what has it", ["description: Web,", "description: Web servers,"]],
    ["a replacement whose balancer goes from the old to the new", ["protocol: HTTP, port: 80", "protocol: HTTP, port: 8080"]],
    ["a replacement that is made last", ["subnet: a, image", "subnet: b, privateIpAddress: 10.0.2.10, image"]],
    ["a restart", ["instanceType: t3.micro", "instanceType: t3.small"]],
    [
      "a deletion of what others have to let go of",
      ["  old: { vpc: main, description: Old, ingress: [{ port: 80, source: web }] }\n", ""],
      ["[web, old]", "[web]"],
    ],
    [
      "a gateway that goes before another comes",
      ["internetGateways: { main: { vpc: main } }", "internetGateways: { other: { vpc: main } }"],
      ["internetGateway/main }", "internetGateway/other }"],
    ],
  ])("%s", async (_what, ...changes) => expect(await violationsOf(yaml, ...changes)).toEqual([]));

  it.each<[what: string, ...changes: (readonly [string, string])[]]>([
    ["a machine to another", ["e: { instance: m }", "e: { instance: k }"]],
    ["a machine to an interface", ["e: { instance: m }", "e: { networkInterface: o }"]],
    ["an interface to a machine", ["networkInterface: n, privateIpAddress: 10.0.1.20", "instance: k"]],
    ["one address of an interface to another", ["n, privateIpAddress: 10.0.1.20", "n, privateIpAddress: 10.0.1.21"]],
    ["a machine that goes to another", ["e: { instance: m }", "e: { instance: k }"], [/  m: .*\n/.exec(addresses)![0], ""]],
    ["a machine that is replaced, with it", ["m: { subnet: a,", "m: { subnet: a, privateIpAddress: 10.0.1.99,"]],
    [
      "each of two to the place of the other",
      ["e: { instance: m }", "e: { instance: k }"],
      ["networkInterface: n, privateIpAddress: 10.0.1.20", "instance: m"],
    ],
  ])("the move of an Elastic IP from %s", async (_what, ...changes) => expect(await violationsOf(addresses, ...changes)).toEqual([]));
});
