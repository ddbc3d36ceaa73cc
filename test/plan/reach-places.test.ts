/** The lines that are named for an opened connection: the lists of AWS and of the diff have another order than the file. */
import { expect, test } from "vitest";
import { header, openTestbed } from "../support/testbed.ts";

const estate = (rules: readonly string[], assert = "") => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true } }
routeTables: { main: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
securityGroups:
  web:
    vpc: main
    ingress:
${rules.map((rule) => `      - ${rule}\n`).join("")}instances:
  web: { subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [web] }
${assert}`;

const [ssh, http, https] = ["{ port: 22, source: 0.0.0.0/0 }", "{ port: 80, source: 0.0.0.0/0 }", "{ port: 443, source: 0.0.0.0/0 }"];

const lineOf = (text: string, part: string) => text.split("\n").findIndex((line) => line.includes(part)) + 1;

test("a rule that is new is named by its own line, whatever stands behind it", async () => {
  const testbed = openTestbed();
  await testbed.apply(estate([http!]));
  const text = estate([ssh!, http!]);
  const { plan } = await testbed.plan(text);
  expect(plan.reach?.opens.flatMap(({ from, via }) => via.map(({ address, at }) => [from, address, at?.line]))).toEqual([
    ["internet", "securityGroup/web", lineOf(text, ssh!)],
  ]);
});

test("so is the rule that breaks an assertion, of a group that stays as it is", async () => {
  const testbed = openTestbed();
  await testbed.apply(estate([https!, ssh!, http!]));
  const assert = "assert: { no-ssh: { severity: warning, deny: { from: internet, port: 22 } } }\n";
  const text = estate([http!, ssh!, https!], assert);
  const { diagnostics } = await testbed.plan(text);
  const said = diagnostics
    .filter(({ code }) => code === "assert-violated")
    .map(({ hint, detail, summary }) => `${summary} ${detail ?? ""} ${hint ?? ""}`);
  expect(said).toEqual([expect.stringContaining(`:${lineOf(text, ssh!)}`)]);
});
