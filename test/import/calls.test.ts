/** The calls of an import: listings, and reads of single objects only where AWS offers nothing else. Nothing is read twice. */
import { expect, it } from "vitest";
import { groups, estates } from "../../bench/workloads.ts";
import { connect } from "../../src/aws/connect.ts";
import { applyUnderLease, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { importPolicy } from "../../src/iam/policy.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { VirtualClock } from "@plumbline/clock";
import { isNight } from "../support/night.ts";
import { loadText } from "../support/testbed.ts";
import { importOf, stripped } from "./support.ts";

/** Returns the calls of an import of everything in the VPCs of an estate that infra built and released. */
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

/** 300 instances make the same calls, but take too long to build by day. */
const size = isNight ? 300 : 100;

it("reads a VPC of 300 objects, and proves its file, in fewer than 60 calls", async () => {
  const { objects, all, count } = await callsOf(groups(size - 1).yaml);
  expect(objects).toBe(size);
  expect(count("ec2:DescribeVpcAttribute")).toBe(2);
  expect(all).toBeLessThan(45);
});

it("reads single objects only where no listing has the values: two settings of a VPC, four of an instance, each once", async () => {
  const { objects, all, operations } = await callsOf(estates(2).yaml);
  expect(objects).toBe(82);
  const oneByOne = {
    "ec2:DescribeInstanceAttribute": 20 * 4,
    "ec2:DescribeVpcAttribute": 2 * 2,
    "route53:ListHostedZonesByVPC": 2,
  };
  // The listings for the roots and for each round of discovery, by ids or by the kind's place. The proof reads by ids again.
  const listings = {
    "ec2:DescribeVpcs": 2,
    "ec2:DescribeDhcpOptions": 1,
    "ec2:DescribeFlowLogs": 2,
    "ec2:DescribeInternetGateways": 3,
    "ec2:DescribeSubnets": 3,
    "ec2:DescribeRouteTables": 4,
    "ec2:DescribeNetworkAcls": 2,
    "ec2:DescribeSecurityGroups": 4,
    "ec2:DescribeSecurityGroupRules": 2,
    "ec2:DescribeInstances": 3,
    "ec2:DescribeInstanceCreditSpecifications": 1,
    "ec2:DescribeVolumes": 1,
    "ec2:DescribeNetworkInterfaces": 1,
    "ec2:DescribeVpcPeeringConnections": 2,
    "rds:DescribeDBSubnetGroups": 2,
    "elasticache:DescribeCacheClusters": 2,
    "elasticache:DescribeCacheSubnetGroups": 3,
  };
  // The record of the environment's kinds, and its objects in the tag index, as for any plan.
  const ofPlan = { "ssm:GetParametersByPath": 1, "tagging:GetResources": 1 };
  const known = { ...oneByOne, ...listings, ...ofPlan };
  expect(operations).toMatchObject(known);
  // There are no objects of the other kinds that may lie in a network. One call for each kind finds that out, however many kinds there are.
  const others = Object.keys(operations).filter((one) => !(one in known));
  expect(others.length).toBeGreaterThan(10);
  expect(others.filter((one) => operations[one] !== 1)).toEqual([]);
  const readsOfLying = (await lyingInOthers()).flatMap(({ iam }) => iam.read);
  expect(others.filter((one) => !readsOfLying.includes(actionOf(one)))).toEqual([]);
  expect(all).toBe(80 + 4 + 2 + 38 + others.length + 2);
  const allowed = importPolicy(kinds).Statement.flatMap(({ Action }) => Action);
  expect(Object.keys(operations).filter((one) => !allowed.includes(actionOf(one)))).toEqual([]);
});

/** The kinds that are asked for objects in the found networks: at most one call each. */
async function lyingInOthers(): Promise<readonly Kind[]> {
  const drivers = await Promise.all(kinds.map((kind) => kind.load()));
  return kinds.filter((_, place) => drivers[place]!.within !== undefined);
}

function actionOf(operation: string): string {
  const names: Readonly<Record<string, string>> = { elbv2: "elasticloadbalancing", tagging: "tag", efs: "elasticfilesystem" };
  return operation.replace(/^[a-z0-9]+/, (service) => names[service] ?? service);
}
