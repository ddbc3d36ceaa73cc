/** The cost of reachability in a plan, counted in steps and not in time: only what the answer needs is computed. */
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { checkMeanwhile } from "../../src/plan/meanwhile/meanwhile.ts";
import { assertionsBroken, reachChanges, ReachNetworks } from "../../src/plan/reach.ts";
import { mostSteps } from "../../src/reach/work.ts";
import { environmentTestbed, header, loadText } from "../support/testbed.ts";

const image = "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }";
const vpcs = ["a", "b", "c"];
const each = (make: (vpc: string, n: number) => string) => vpcs.map(make).join("");
const machines = [0, 1, 2, 3, 4, 5];

/** Three networks, each with a public and a private subnet, and a security group for each instance that names the group before it. */
const estate = (port: number) => `${header}
vpcs:
${each((vpc, n) => `  ${vpc}: { cidrBlock: 10.${n}.0.0/16 }\n`)}
internetGateways:
${each((vpc) => `  ${vpc}: { vpc: ${vpc} }\n`)}
subnets:
${each((vpc, n) => `  ${vpc}-in: { vpc: ${vpc}, cidrBlock: 10.${n}.1.0/24, availabilityZone: a }\n  ${vpc}-out: { vpc: ${vpc}, cidrBlock: 10.${n}.2.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }\n`)}
routeTables:
${each((vpc) => `  ${vpc}: { vpc: ${vpc}, subnets: [${vpc}-out], routes: [{ destination: 0.0.0.0/0, target: internetGateway/${vpc} }] }\n`)}
securityGroups:
${each((vpc) => machines.map((i) => `  ${vpc}-${i}: { vpc: ${vpc}, ingress: [{ port: ${i === 0 ? port : 8000 + i}, source: 10.0.0.0/8 }${i === 0 ? "" : `, { port: 9000, source: securityGroup/${vpc}-${i - 1} }`}] }\n`).join(""))}
instances:
${each((vpc) => machines.map((i) => `  ${vpc}-${i}: { subnet: ${vpc}-${i % 2 === 0 ? "in" : "out"}, image: ${image}, instanceType: t3.micro, securityGroups: [${vpc}-${i}] }\n`).join(""))}
assert:
  no-ssh-from-outside: { severity: warning, deny: { from: internet, port: 22 } }
  nobody-out-on-25: { severity: warning, deny: { to: internet, port: 25 } }
`;

async function spentOn(before: string | undefined, after: string) {
  const testbed = environmentTestbed();
  if (before !== undefined) await testbed.apply(loadText(before, kinds));
  const environment = loadText(after, kinds);
  const { planned, observed, plan } = await testbed.plan(environment);
  expect(plan.steps.length).toBeGreaterThan(0);
  const networks = new ReachNetworks(kinds, environment, planned, observed);
  reachChanges(environment, planned, networks);
  const opens = networks.before.work.spent + networks.after.work.spent;
  assertionsBroken(environment, networks, "plan");
  const assertions = networks.after.work.spent;
  const check = checkMeanwhile(kinds, environment, planned, observed, [], mostSteps, networks.after);
  expect([...check.verdicts.values()]).toEqual(["holds", "holds"]);
  return { opens, assertions, steps: check.spent + networks.after.work.spent };
}

// The measured number when this was written, plus a tenth.
test("for a new estate, the assertions and the steps compute little beyond the reported connections", async () => {
  const { opens, assertions, steps } = await spentOn(undefined, estate(8000));
  expect(opens).toBeLessThan(7250);
  expect(assertions).toBeLessThan(750);
  expect(steps).toBeLessThan(880);
});

test("a rule that changes three groups computes nothing for objects without these groups", async () => {
  const { opens, assertions, steps } = await spentOn(estate(8000), estate(8010));
  expect(opens).toBeLessThan(4300);
  expect(assertions).toBeLessThan(940);
  expect(steps).toBeLessThan(1470);
});
