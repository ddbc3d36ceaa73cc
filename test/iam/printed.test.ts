/**
 * Simulates the printed policies: each call of each environment is checked as AWS would, against the policy that is printed for the
 * environment.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dryRun } from "../../src/apply/dry-run.ts";
import type { Environment } from "../../src/config/environment.ts";
import { listEnvironments, loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { iamPolicy } from "../../src/iam/policy.ts";
import type { PolicyDocument } from "../../src/iam/subject.ts";
import { isNight } from "../support/night.ts";
import { environmentTestbed } from "../support/testbed.ts";
import type { Authorisation } from "./authorisation.ts";
import { elsewhere, isRead, Recorder } from "./recorder.ts";
import { loadReference, type Reference } from "./reference.ts";
import { startSimulator, type Simulator } from "./simulator.ts";

const cwd = new URL("../..", import.meta.url).pathname;
const all = listEnvironments(cwd).map(({ name }) => {
  const { environment } = loadEnvironment({ nameOrPath: name, cwd, kinds, types });
  return { name, environment: environment!, kinds: new Set(environment!.nodes.map(({ kind }) => kind)) };
});
/** By day as few environments as are needed to have every kind in one of them; at night all. */
const environments = isNight ? all : covering(all);

let simulator: Simulator;
let reference: Reference;

beforeAll(async () => {
  simulator = startSimulator();
  reference = await loadReference();
});

afterAll(() => {
  process.stdout.write(`${simulator.asked} different authorisations of whole environments simulated\n`);
  simulator.stop();
});

describe.each(environments)("$name", ({ environment }) => {
  test("allows each call of plan, preflight, apply, change and destroy, and none of them on another environment's objects", async () => {
    const { planned, applied } = await callsOf(environment);
    // A broken recorder would make everything pass, so there must be enough calls. Small environments make fewer calls. Objects of AWS's
    // types do not count, because the same few calls make, change and delete all of them; nor do records, which share one call on their
    // zone.
    const { length } = environment.nodes.filter(({ kind }) => !types.isType(kind) && kind !== "record");
    expect(planned.length).toBeGreaterThan(5);
    expect(applied.filter((one) => !isRead(one)).length).toBeGreaterThan(Math.min(30, 3 * length));
    expect(elsewhere(applied).length).toBeGreaterThan(Math.min(50, 2 * length));
    const policies = (purpose: "plan" | "apply") => [true, false].map((fileOnly) => iamPolicy(kinds, environment, purpose, { fileOnly }));
    for (const policy of policies("plan")) expect.soft(await refused(policy, planned)).toEqual([]);
    for (const policy of policies("apply")) {
      expect.soft(await refused(policy, applied)).toEqual([]);
      expect.soft(await allowed(policy, elsewhere(applied))).toEqual([]);
    }
  });
});

describe("refuses objects of another environment", () => {
  const at = "ap-northeast-2:123456789012";
  const ours = (name: string) => ({ "aws:RequestTag/infra:project": "plumbline", "aws:RequestTag/infra:environment": name });
  const theirs = { "aws:ResourceTag/infra:project": "plumbline", "aws:ResourceTag/infra:environment": "theirs" };

  test.each<[name: string, what: string, action: string, resource: string, context: Authorisation["context"]]>([
    ["database", "a snapshot that nobody marked", "rds:DeleteDBSnapshot", `arn:aws:rds:${at}:snapshot:main-pre-1`, {}],
    [
      "database",
      "a snapshot of another environment",
      "rds:DeleteDBSnapshot",
      `arn:aws:rds:${at}:snapshot:main-pre-1`,
      { "aws:ResourceTag/infra:snapshot-by": "plumbline/theirs" },
    ],
    ["database", "the database", "rds:AddTagsToResource", `arn:aws:rds:${at}:db:main`, { ...ours("database"), ...theirs }],
    ["auto-scaling", "the topic", "sns:TagResource", `arn:aws:sns:${at}:main`, { ...ours("auto-scaling"), ...theirs }],
    ["auto-scaling", "the alarm", "cloudwatch:TagResource", `arn:aws:cloudwatch:${at}:alarm:main`, { ...ours("auto-scaling"), ...theirs }],
    [
      "auto-scaling",
      "the group",
      "autoscaling:CreateOrUpdateTags",
      `arn:aws:autoscaling:${at}:autoScalingGroup:0:autoScalingGroupName/main`,
      { ...ours("auto-scaling"), ...theirs },
    ],
    [
      "auto-scaling",
      "the balancer",
      "elasticloadbalancing:AddTags",
      `arn:aws:elasticloadbalancing:${at}:loadbalancer/app/main/0`,
      { ...ours("auto-scaling"), ...theirs },
    ],
    ["auto-scaling", "the launch template", "ec2:RunInstances", `arn:aws:ec2:${at}:launch-template/lt-0`, theirs],
    ["auto-scaling", "a launch template that nobody owns", "ec2:RunInstances", `arn:aws:ec2:${at}:launch-template/lt-0`, {}],
    [
      "auto-scaling",
      "a role",
      "iam:PassRole",
      "arn:aws:iam::123456789012:role/admin",
      { "iam:PassedToService": "autoscaling.amazonaws.com" },
    ],
    ["basic-vpc", "a role", "iam:PassRole", "arn:aws:iam::123456789012:role/admin", { "iam:PassedToService": "ec2.amazonaws.com" }],
    [
      "basic-vpc",
      "a profile",
      "ec2:RunInstances",
      `arn:aws:ec2:${at}:instance/new`,
      { ...ours("basic-vpc"), "ec2:InstanceProfile": "arn:aws:iam::123456789012:instance-profile/admin" },
    ],
    [
      "basic-vpc",
      "ownership of a disk",
      "ec2:CreateTags",
      `arn:aws:ec2:${at}:volume/vol-0`,
      { "aws:RequestTag/infra:resource": "instance/x", "aws:TagKeys": ["infra:resource"], "ec2:CreateAction": "RunInstances" },
    ],
    ["basic-vpc", "the interface", "ec2:ModifyNetworkInterfaceAttribute", `arn:aws:ec2:${at}:network-interface/eni-0`, theirs],
    ["basic-vpc", "the route table", "ec2:ReplaceRouteTableAssociation", `arn:aws:ec2:${at}:route-table/rtb-0`, theirs],
    ["basic-vpc", "the disk", "ec2:ModifyVolume", `arn:aws:ec2:${at}:volume/vol-0`, theirs],
  ])("%s: %s (%s)", async (name, _what, action, resource, context) => {
    const policy = iamPolicy(kinds, loadEnvironment({ nameOrPath: name, cwd, kinds, types }).environment!, "apply");
    expect(await allowed(policy, [{ action, resource, context }])).toEqual([]);
  });
});

type Listed = (typeof all)[number];

/** Returns environments of which each adds the most kinds that those before it lack. */
function covering(all: readonly Listed[]): readonly Listed[] {
  const taken: Listed[] = [];
  const covered = new Set<string>();
  for (;;) {
    const adds = (one: Listed) => [...one.kinds].filter((kind) => !covered.has(kind)).length;
    const [most] = [...all].sort((one, other) => adds(other) - adds(one));
    if (!most || adds(most) === 0) return taken;
    taken.push(most);
    for (const kind of most.kinds) covered.add(kind);
  }
}

/**
 * Plays the whole life of an environment: dry run, apply, agreement (a drift has the reads of a plan), a change of every tag, and destroy.
 */
async function callsOf(environment: Environment): Promise<{ planned: readonly Authorisation[]; applied: readonly Authorisation[] }> {
  const recorder = new Recorder(reference);
  const used = new Set(environment.nodes.map(({ kind }) => kind));
  const here = kinds.filter(({ name }) => used.has(name));
  const testbed = environmentTestbed(here, recorder.hear);
  recorder.watch(() => testbed.sandbox, environment.region);
  const tried = async (goal: "agree" | "destroy") => {
    const run = await testbed.plan(environment, goal);
    const { tried: steps } = await dryRun({ kinds: here, aws: run.connection.aws, ...run });
    expect(steps.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  };
  await testbed.plan(environment);
  const planned = [...recorder.take()];
  await tried("agree");
  await testbed.apply(environment);
  const applied = [...recorder.take()];
  await testbed.plan(environment);
  planned.push(...recorder.take());
  const nodes = environment.nodes.map((node) => ({ ...node, tags: { ...node.tags, changed: "yes" } }));
  await testbed.apply({ ...environment, nodes });
  await testbed.apply(environment);
  await tried("destroy");
  await testbed.apply(environment, "destroy");
  return { planned, applied: [...planned, ...applied, ...recorder.take()] };
}

async function refused(policy: PolicyDocument, authorisations: readonly Authorisation[]): Promise<readonly string[]> {
  return asked(policy, authorisations, (result) => result !== "Allowed");
}

async function allowed(policy: PolicyDocument, authorisations: readonly Authorisation[]): Promise<readonly string[]> {
  return asked(policy, authorisations, (result) => result === "Allowed");
}

async function asked(
  policy: PolicyDocument,
  authorisations: readonly Authorisation[],
  which: (result: string) => boolean,
): Promise<readonly string[]> {
  const results = await simulator.run(authorisations.map((one) => ({ ...one, policies: [policy] })));
  return authorisations.flatMap((one, i) =>
    which(results[i]!) ? [`${results[i]} ${one.action} on ${one.resource} ${JSON.stringify(one.context)}`] : [],
  );
}
