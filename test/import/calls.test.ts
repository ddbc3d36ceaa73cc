/** What an import asks AWS: listings, and object by object only what AWS tells in no other way; what was read is not read again. */
import { expect, it } from "vitest";
import { groups, estates } from "../../bench/workloads.ts";
import { connect } from "../../src/aws/connect.ts";
import { applyUnderLease, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { importPolicy } from "../../src/plan/iam-policy.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { VirtualClock } from "@plumbline/clock";
import { isNight } from "../support/night.ts";
import { loadText } from "../support/testbed.ts";
import { importOf, stripped } from "./support.ts";

/** The calls of an import of all that lies in the VPCs of an estate that infra built and forgot. */
async function callsOf(yaml: string) {
  const environment = loadText(yaml);
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock, faults: { events: { "quotas:lifted": "always" } } });
  const { region } = environment;
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
  const way = await connect({ region, clock, requestHandler: sandbox.requestHandler, credentials });
  const lease = { me: { who: "calls", run: "1" } };
  await applyUnderLease(kinds, way, environment, { goal: "agree", signal: new AbortController().signal, onEvent: () => undefined, lease });
  const run = await planEnvironment(kinds, way, environment, { goal: "agree" });
  await stripped(run, way);
  const roots = [...run.observed.objects.values()]
    .filter(({ kind }) => kind.name === "vpc")
    .map(({ kind, live }) => ({ kind, id: live.id }));
  sandbox.forgetCalls();
  const imported = await importOf(way, environment, roots);
  expect(imported.open).toEqual([]);
  expect(imported.run!.plan.steps.map(({ action }) => action)).toEqual(run.plan.objects.map(() => "retag"));
  const { operations } = sandbox.counts();
  const count = (name: string) => operations[name] ?? 0;
  const all = Object.values(operations).reduce((sum, n) => sum + n, 0);
  return { objects: imported.entries.length, all, count, operations };
}

/** Of 300 the calls are the same, which takes longer to build than by day. */
const size = isNight ? 300 : 100;

it("reads a VPC of 300 objects, and proves its file, in fewer than 60 calls", async () => {
  const { objects, all, count } = await callsOf(groups(size - 1).yaml);
  expect(objects).toBe(size);
  expect(count("ec2:DescribeVpcAttribute")).toBe(2);
  expect(all).toBeLessThan(45);
});

it("asks object by object only for what no listing tells: two settings of a VPC, three of a machine, each once", async () => {
  const { objects, all, count, operations } = await callsOf(estates(2).yaml);
  expect(objects).toBe(82);
  expect(count("ec2:DescribeVpcAttribute")).toBe(2 * 2);
  expect(count("ec2:DescribeInstanceAttribute")).toBe(20 * 3);
  // Of each kind that lies in networks one listing says whether there is any.
  expect(all - count("ec2:DescribeInstanceAttribute")).toBeLessThanOrEqual(59);
  const allowed = importPolicy(kinds).Statement.flatMap(({ Action }) => Action);
  const names: Readonly<Record<string, string>> = { elbv2: "elasticloadbalancing", tagging: "tag", efs: "elasticfilesystem" };
  const asked = Object.keys(operations).map((one) => one.replace(/^[a-z0-9]+/, (service) => names[service] ?? service));
  expect(asked.filter((action) => !allowed.includes(action))).toEqual([]);
});
