/** The reads of a plan: the kinds that the environment has or had, whatever the tag index shows, hides or remembers. */
import { afterEach, describe, expect, test } from "vitest";
import { applyUnderLease, planEnvironment, type ApplyResult, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { setFrozen } from "../../src/apply/lease.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const network = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
`;
const topic = `topics:
  alerts: {}
`;
const group = `targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80 }
`;
const parameter = "/plumbline/lab/test/kinds";
const denied = { code: "AccessDeniedException", status: 400, times: "always" } as const;
const noIndex: FaultPlan = { refuse: [{ operation: "tagging:GetResources", ...denied }] };

let run = 0;

async function apply(testbed: Testbed, yaml: string, goal: "agree" | "destroy" = "agree"): Promise<ApplyResult> {
  const lease = { me: { who: "me", run: String(run++) } };
  const request = { goal, signal: new AbortController().signal, onEvent: () => undefined, lease, consistencyDelay: 0 } as const;
  return applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), request);
}

/** Returns an account in which this YAML was applied. */
async function made(yaml: string, ...later: readonly string[]): Promise<Testbed> {
  const testbed = openTestbed();
  for (const one of [yaml, ...later])
    expect(await apply(testbed, one)).toMatchObject({ ended: "ran", outcome: { status: "done", failed: [], skipped: [] } });
  return testbed;
}

async function drift(testbed: Testbed, yaml: string): Promise<PlanRun> {
  return planEnvironment(kinds, await testbed.connection(), testbed.load(yaml), { goal: "agree", unmanaged: true });
}

function operations(testbed: Testbed): string[] {
  return Object.keys(testbed.sandbox.counts().operations).sort();
}

interface Stored {
  readonly versions: { readonly version: number; readonly at: number; readonly value?: string }[];
}

/** Writes the parameter as somebody would by hand. */
function write(testbed: Testbed, value: string): void {
  parameters(testbed).get(parameter)!.versions.push({ version: 9, at: 0, value });
}

function parameters(testbed: Testbed): Map<string, Stored> {
  return testbed.sandbox.stores.get("123456789012/eu-west-1")!.table<Stored>("ssm.parameters");
}

function keptKinds(testbed: Testbed): unknown {
  const text = parameters(testbed).get(parameter)?.versions.at(-1)?.value;
  return text === undefined ? undefined : JSON.parse(text);
}

describe("the kinds that an environment has had", () => {
  test("are written down before the first object is made", async () => {
    const testbed = await made(network);
    const calls = testbed.sandbox.calls.map(({ service, operation }) => `${service}:${operation}`);
    expect(keptKinds(testbed)).toEqual({ format: 1, kinds: ["subnet", "vpc"] });
    expect(calls.filter((call) => call === "ssm:PutParameter").length).toBeGreaterThanOrEqual(3); // the lease, the kinds, the lease
    const puts = calls.flatMap((call, place) => (call === "ssm:PutParameter" ? [place] : []));
    expect(puts[1]).toBeLessThan(calls.indexOf("ec2:CreateVpc"));
  });

  test("are read, and no others", async () => {
    const testbed = await made(network);
    testbed.sandbox.forgetCalls();
    expect(stepsOf(await testbed.plan(network))).toEqual([]);
    expect(operations(testbed)).toEqual([
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcs",
      "ssm:GetParametersByPath",
      "sts:GetCallerIdentity",
      "tagging:GetResources",
    ]);
  });

  test("are none before the first apply: the kinds of the file are read, those that no index shows, and no others", async () => {
    const testbed = openTestbed();
    const look = await testbed.plan(network);
    expect(stepsOf(look)).toEqual(["create vpc/main", "create subnet/a"]);
    expect(look.observed.reads).toEqual({ byIndex: [], unread: [], known: new Set() });
    expect(operations(testbed)).toEqual([
      "autoscaling:DescribeAutoScalingGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags", // whether another environment of the project has a new name
      "ec2:DescribeVpcs",
      "iam:ListInstanceProfiles",
      "iam:ListOpenIDConnectProviders",
      "iam:ListPolicies",
      "iam:ListRoles",
      "route53:ListHostedZones",
      "ssm:GetParametersByPath",
      "sts:GetCallerIdentity",
      "tagging:GetResources",
    ]);
  });

  test("are none while the first apply is at its beginning, and in a frozen environment", async () => {
    const testbed = openTestbed({ sandbox: { faults: { refuse: [{ operation: "ssm:PutParameter", nth: 2, ...denied, times: 1 }] } } });
    const frozen = { who: "me", why: "a test", since: "2026-01-01T00:00:00Z" };
    await setFrozen((await testbed.connection()).aws, { project: "lab", environment: "test" }, frozen);
    await expect(apply(testbed, network)).resolves.toMatchObject({ ended: "frozen" });
    expect((await testbed.plan(network)).observed.reads?.known).toEqual(new Set());
  });

  test("are none before the first apply where a name of an image is read with them", async () => {
    const testbed = openTestbed();
    const machine = `securityGroups:\n  web: { vpc: main }\ninstances:\n  web: { subnet: a, instanceType: t3.micro, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, securityGroups: [web] }\n`;
    const look = await testbed.plan(network + machine);
    expect(look.observed.reads?.known).toEqual(new Set());
  });

  test("are not taken for none where something of the environment is found: everything is listed", async () => {
    const testbed = await made(network + group);
    parameters(testbed).clear();
    testbed.sandbox.setFaults({ events: { "tagging:silent": "always" } });
    const look = await testbed.plan(network);
    expect(stepsOf(look)).toEqual(["delete targetGroup/web"]);
    expect(look.observed.reads?.listedBecause).toContain("no apply has recorded");
  });

  test("are only added to", async () => {
    const testbed = await made(network + topic, network);
    expect(keptKinds(testbed)).toEqual({ format: 1, kinds: ["subnet", "topic", "vpc"] });
  });

  test("of another version stay written", async () => {
    const testbed = await made(network);
    write(testbed, JSON.stringify({ format: 1, kinds: ["hologram", "subnet", "vpc"] }));
    await apply(testbed, network + topic);
    expect(keptKinds(testbed)).toEqual({ format: 1, kinds: ["hologram", "subnet", "topic", "vpc"] });
  });

  test("hold the kinds of a run that died before it made any of them", async () => {
    const testbed = openTestbed({ sandbox: { faults: { stop: [{ operation: "ec2:CreateVpc", when: "before" }] } } });
    expect(await apply(testbed, network)).toMatchObject({ outcome: { done: [] } });
    expect(keptKinds(testbed)).toEqual({ format: 1, kinds: ["subnet", "vpc"] });
  });

  test("of an older environment are those found: until an apply writes, everything is listed", async () => {
    const testbed = openTestbed();
    await testbed.apply(network + group + topic); // writes no record, like the version before
    const look = await testbed.plan(network + topic);
    expect(stepsOf(look)).toEqual(["delete targetGroup/web"]);
    expect(look.observed.reads?.listedBecause).toContain("no apply has recorded");
    expect(keptKinds(testbed)).toBeUndefined();
    await apply(testbed, network + topic);
    expect(keptKinds(testbed)).toEqual({ format: 1, kinds: ["subnet", "targetGroup", "topic", "vpc"] });
  });

  const unknown: readonly (readonly [string, (testbed: Testbed) => void, string])[] = [
    ["the parameter is gone", (testbed) => void parameters(testbed).delete(parameter), "no apply has recorded"],
    ["it is not JSON", (testbed) => write(testbed, "["), "does not have the format"],
    ["it is of a later version", (testbed) => write(testbed, '{"format":2,"kinds":[]}'), "does not have the format"],
    [
      "it may not be read",
      (testbed) => testbed.sandbox.setFaults({ refuse: [{ operation: "ssm:GetParametersByPath", ...denied }] }),
      "GetParametersByPath was denied (AccessDeniedException)",
    ],
  ];
  test.each(unknown)("are not known when %s: everything is listed, and the plan says so", async (_when, happen, why) => {
    const testbed = await made(network + group);
    happen(testbed);
    const look = await testbed.plan(network);
    expect(stepsOf(look)).toEqual(["delete targetGroup/web"]);
    expect(look.observed.reads?.listedBecause).toContain(why);
  });

  test("that cannot be added end the run before its first step", async () => {
    const testbed = await made(network);
    testbed.sandbox.setFaults({ refuse: [{ operation: "ssm:PutParameter", nth: 2, ...denied, times: 1 }] });
    await expect(apply(testbed, network + topic)).rejects.toMatchObject({ operation: "PutParameter", class: "auth" });
    testbed.sandbox.setFaults({});
    expect(stepsOf(await testbed.plan(network + topic))).toEqual(["create topic/alerts"]);
  });

  test("that cannot be written at all are reported, and every plan lists every kind", async () => {
    const testbed = openTestbed({ sandbox: { faults: { refuse: [{ operation: "ssm:PutParameter", nth: 2, ...denied, times: 1 }] } } });
    const result = await apply(testbed, network + group);
    expect(result).toMatchObject({ ended: "ran", notes: [expect.stringContaining("PutParameter") as string] });
    expect(stepsOf(await testbed.plan(network))).toEqual(["delete targetGroup/web"]);
  });

  test("are forgotten when a destroy has left nothing", async () => {
    const testbed = await made(network + topic);
    await apply(testbed, network + topic, "destroy");
    expect(keptKinds(testbed)).toBeUndefined();
  });

  test("are kept while something of the environment stays, and a second destroy writes nothing", async () => {
    const retained = network + topic.replace("{}", "{ retain: true }");
    const testbed = await made(retained);
    await apply(testbed, retained, "destroy");
    const kept = { format: 1, kinds: ["subnet", "topic", "vpc"] };
    expect(keptKinds(testbed)).toEqual(kept);
    testbed.sandbox.forgetCalls();
    expect(await apply(testbed, retained, "destroy")).toMatchObject({ ended: "nothing-to-do" });
    expect([testbed.sandbox.calls.filter(({ mutating }) => mutating), keptKinds(testbed)]).toEqual([[], kept]);
  });
});

describe("the tag index", () => {
  let testbed: Testbed;
  afterEach(() => testbed.sandbox.setFaults({}));

  test("finds an object of a kind that no record names", async () => {
    testbed = await made(network);
    await testbed.apply(network + group + topic); // a run that writes no record
    expect(stepsOf(await testbed.plan(network))).toEqual(["delete targetGroup/web", "delete topic/alerts"]);
  });

  test.each([
    ["late", { lag: { index: 900_000 } }],
    ["silent", { events: { "tagging:silent": "always" } }],
    ["stale", { events: { "tagging:stale": "always" } }],
    ["denied", noIndex],
  ] as const)("that is %s makes nothing twice, and loses nothing that the file declares", async (_what, faults) => {
    testbed = openTestbed({ sandbox: { faults } });
    const all = network + topic + group;
    await apply(testbed, all);
    expect(stepsOf(await testbed.plan(all))).toEqual([]);
    const changed = all.replace("alerts: {}", "alerts: { displayName: Alerts }");
    expect(await apply(testbed, changed)).toMatchObject({ outcome: { status: "done" } });
    expect(stepsOf(await testbed.plan(changed))).toEqual([]);
    await apply(testbed, changed, "destroy");
    expect(stepsOf(await testbed.plan(changed, "destroy"))).toEqual([]);
    expect(stepsOf(await drift(testbed, `${header}`))).toEqual([]);
  });

  test("that remembers the dead brings none of them back", async () => {
    testbed = openTestbed({ sandbox: { faults: { events: { "tagging:stale": "always" } } } });
    await apply(testbed, network + topic + group);
    await testbed.plan(network + topic + group);
    expect(await apply(testbed, network)).toMatchObject({ outcome: { status: "done" } });
    expect(stepsOf(await testbed.plan(network))).toEqual([]);
  });

  test("that forgot an object which left the file hides it from a plan, and not from drift", async () => {
    testbed = await made(network + topic);
    testbed.sandbox.setFaults({ events: { "tagging:silent": "always" } });
    expect(stepsOf(await testbed.plan(network))).toEqual([]);
    expect(stepsOf(await drift(testbed, network))).toEqual(["delete topic/alerts"]);
  });

  test("that may not be asked makes every kind be listed, and the plan says so", async () => {
    testbed = await made(network + topic + group);
    testbed.sandbox.setFaults(noIndex);
    const look = await testbed.plan(network);
    expect(stepsOf(look)).toEqual(["delete targetGroup/web", "delete topic/alerts"]);
    expect(look.observed.reads?.listedBecause).toBe("GetResources of the tagging API was refused (AccessDeniedException)");
  });

  test("that fails is an error, and no empty answer", async () => {
    testbed = await made(network);
    testbed.sandbox.setFaults({ refuse: [{ operation: "tagging:GetResources", code: "InvalidParameterException", times: "always" }] });
    await expect(testbed.plan(network)).rejects.toMatchObject({ operation: "GetResources" });
  });

  test("shows a copy of tags on another type of object, which is no candidate", async () => {
    testbed = await made(network + group);
    const { aws } = await testbed.connection();
    const sns = await import("../../src/aws/sdk/sns.ts");
    const tags = { "infra:project": "lab", "infra:environment": "test", "infra:resource": "targetGroup/web" };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await aws.sns(new sns.CreateTopicCommand({ Name: "copy", Tags }));
    expect(stepsOf(await testbed.plan(network + group))).toEqual([]);
  });

  test("that does not show a topic under another name than the file tells: the account is listed", async () => {
    testbed = await made(network + topic);
    testbed.sandbox.setFaults({ events: { "tagging:silent": "always" } });
    const renamed = `${network}topics:\n  alarms: {}\nmoved:\n  - { from: topic/alerts, to: topic/alarms }\n`;
    const look = await testbed.plan(renamed);
    expect(stepsOf(look).filter((step) => /create|delete/.test(step))).toEqual([]);
  });
});
