/** The calls that a dry run tries for each step, and what it reports of AWS's answers. */
import { describe, expect, test } from "vitest";
import { createIdentityOf } from "../../src/apply/create-identity.ts";
import { dryRun, type Tried } from "../../src/apply/dry-run.ts";
import { RehearsalEnded } from "../../src/aws/rehearsal.ts";
import type { Driver, Run } from "../../src/kinds/kind.ts";
import type { Found } from "../../src/plan/observed.ts";
import { Refusal } from "../../src/resource/refusal.ts";
import { refusal } from "./refusal.ts";
import { sceneOf, type SceneOptions } from "./scene.ts";

async function flown(before: string, after: string, options: SceneOptions = {}) {
  const scene = sceneOf(before, after, options);
  const { tried, unchecked } = await dryRun(scene);
  return { ...scene, lines: tried.map(lineOf), unchecked };
}

const linesOf = async (...of: Parameters<typeof flown>) => (await flown(...of)).lines;

function lineOf({ address, outcome, text, code, finding, at }: Tried): string {
  const place = at ? `, line ${at.line}` : "";
  return `${address}${place}: ${outcome}${code ? ` (${code})` : ""}${finding ? ` [${finding}]` : ""}: ${text}`;
}

const allowed = (operation: string) => () => new RehearsalEnded(`${operation} is allowed`, true);

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const subnet = "subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n";
const zones = { "ec2 DescribeAvailabilityZones": () => ({ AvailabilityZones: [{ ZoneName: "eu-west-1a" }] }) };

describe("a create", () => {
  test.each<[what: string, answer: unknown, line: string]>([
    ["allowed", new RehearsalEnded("CreateVpc is allowed", true), "allowed: CreateVpc is allowed"],
    ["without a dry run", new RehearsalEnded("CreateVpc has no dry run", false), "untried: CreateVpc has no dry run"],
    ["there already", undefined, "untried: there is nothing left to send"],
    ["refused by its driver", new Refusal("somebody else holds it"), "refused (conflict): somebody else holds it"],
    [
      "denied",
      refusal("auth", { code: "UnauthorizedOperation", operation: "CreateVpc" }),
      "refused (UnauthorizedOperation): CreateVpc: no",
    ],
    ["over a quota", refusal("quota", { code: "VpcLimitExceeded", operation: "CreateVpc" }), "refused (VpcLimitExceeded): CreateVpc: no"],
    ["in use, which the plan may end", refusal("dependency"), "untried: not yet: Call: no"],
    ["in a state that passes", refusal("wrong-state"), "untried: not yet: Call: no"],
    ["at work already", refusal("concurrency"), "untried: not yet: Call: no"],
  ])("%s", async (_what, answer, line) => {
    expect(await linesOf("", vpc, { answers: { "create vpc/main": () => answer } })).toEqual([`vpc/main, line 5: ${line}`]);
  });

  test("a defect of infra is no answer of AWS", async () => {
    await expect(flown("", vpc, { answers: { "create vpc/main": () => new TypeError("x is undefined") } })).rejects.toThrow(
      "x is undefined",
    );
  });

  test("is asked for as an apply would: with defaults, ids, and the token of the first attempt", async () => {
    const { asked, planned, environment, observed } = await flown(vpc, vpc + subnet, {
      answers: { "create subnet/a": allowed("CreateSubnet"), ...zones },
      observed: (all) => ({ ...all, shown: new Map([["subnet/a", ["subnet-old"]]]) }),
    });
    const { desired, kind } = planned.decisions.get("subnet/a")!.declared!;
    const place = { account: observed.account, region: "eu-west-1", project: "lab", environment: environment.name };
    const identity = createIdentityOf({ ...place, shown: ["subnet-old"], attempt: 0 }, kind, desired, "a");
    expect(asked.find(({ what }) => what === "create subnet/a")!.details).toMatchObject({
      request: { vpc: "id of vpc/main", cidrBlock: "10.0.1.0/24", availabilityZone: "eu-west-1a", mapPublicIpOnLaunch: false },
      ...identity,
    });
  });

  test("waits for the objects that it refers to, and for those in a text of it", async () => {
    const after = `${vpc}${subnet}internetGateways: { main: { vpc: main } }
routeTables: { r: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
topics: { t: {} }
parameters: { p: { value: "\${topic.t.arn}" } }
`;
    const answers = { "create vpc/main": allowed("CreateVpc"), "create topic/t": allowed("CreateTopic"), ...zones };
    const { lines, planned } = await flown("", after, { answers });
    expect(lines).toEqual([
      "vpc/main, line 5: allowed: CreateVpc is allowed",
      "internetGateway/main, line 7: untried: vpc/main must be created first",
      "topic/t, line 9: allowed: CreateTopic is allowed",
      "parameter/p, line 10: untried: topic/t must be created first",
      "subnet/a, line 6: untried: vpc/main must be created first",
      "routeTable/r, line 8: untried: internetGateway/main, subnet/a, vpc/main must be created first",
    ]);
    expect(lines.map((line) => line.split(",")[0])).toEqual(planned.plan.steps.map(({ address }) => address)); // in the order of the plan
  });

  test("waits for objects that are replaced: the old id says nothing about the new one", async () => {
    const before = vpc + subnet;
    const answers = { "create vpc/main": allowed("CreateVpc"), ...zones };
    expect(await linesOf(before, before.replaceAll("10.0.", "10.1."), { answers })).toEqual([
      "vpc/main, line 5: allowed: CreateVpc is allowed",
      "subnet/a, line 6: untried: vpc/main must be created first",
    ]);
  });

  test("beside the old one gets a name of its own, as an apply would give it; in its place it has to wait", async () => {
    const group = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nsecurityGroups: { web: { vpc: main, description: Web } }\n";
    const { asked, lines } = await flown(group, group.replace("description: Web", "description: All"), {
      answers: { "create securityGroup/web": allowed("CreateSecurityGroup") },
    });
    expect(lines).toEqual(["securityGroup/web, line 6: allowed: CreateSecurityGroup is allowed"]);
    expect(asked.find(({ what }) => what === "create securityGroup/web")!.details).toMatchObject({
      name: expect.stringMatching(/^test-web-[0-9a-f]{6}$/),
    });
    const inZone = (zone: string) => vpc + subnet.replace("Zone: a", `Zone: ${zone}`);
    const both = { "ec2 DescribeAvailabilityZones": () => ({ AvailabilityZones: [{ ZoneName: "eu-west-1b" }] }) };
    expect(await linesOf(inZone("a"), inZone("b"), { answers: both })).toEqual([
      "subnet/a, line 6: untried: id of subnet/a must be deleted first",
    ]);
  });

  test("is not tried a second time where a read has found who holds its place", async () => {
    const topics = "topics:\n  a: {}\n  b: {}\n";
    const named = async () => new Map([["test-b", "arn:theirs:test-b"]]);
    const exists = () => refusal("duplicate", { code: "Exists" });
    const answers = { "create topic/a": exists, "create topic/b": exists };
    expect(await linesOf("", topics, { answers, drivers: { topic: { named } } })).toEqual([
      "topic/a, line 6: refused (Exists): Call: no",
      'topic/b, line 7: refused [slot-taken]: the name "test-b" is taken by arn:theirs:test-b',
    ]);
    const letThrough = { ...answers, "create topic/b": allowed("CreateTopic") };
    expect(await linesOf("", topics, { answers: letThrough, drivers: { topic: { named } } })).toContain(
      "topic/b, line 7: allowed: CreateTopic is allowed",
    );
  });

  test("is tried all the same where a read has found something else, and the account's limits are read as well", async () => {
    const around: boolean[] = [];
    const preflight: Driver["preflight"] = async (_aws, [one], { thorough }) => {
      around.push(thorough);
      return { problems: [{ address: one!.address, path: "displayName", text: "it is too long" }], unchecked: ["how many there may be"] };
    };
    const answers = { "create topic/t": () => refusal("auth", { code: "AuthorizationError" }) };
    const { lines, unchecked } = await flown("", "topics: { t: {} }\n", { answers, drivers: { topic: { preflight } } });
    expect(lines).toEqual([
      "topic/t, line 5: refused [preflight]: it is too long",
      "topic/t, line 5: refused (AuthorizationError): Call: no",
    ]);
    expect([around, unchecked]).toEqual([[true], ["how many there may be"]]);
  });
});

describe("a change", () => {
  const before = `vpcs:
  main:
    cidrBlock: 10.0.0.0/16
    enableDnsHostnames: false
    secondaryCidrBlocks: []
`;
  const after = before.replace("false", "true").replace("[]", "[10.9.0.0/16]");
  const dryRuns = {
    "update vpc/main attributes": () => new RehearsalEnded("ModifyVpcAttribute has no dry run", false),
    "update vpc/main ranges": allowed("AssociateVpcCidrBlock"),
    "tag vpc/main": allowed("CreateTags"),
  };

  test("is tried stage by stage, each on the line of its first field, and the tags after them", async () => {
    const { lines, asked } = await flown(before, `${after}    tags: { team: web }\n`, { answers: dryRuns });
    expect(lines).toEqual([
      "vpc/main, line 8: untried: ModifyVpcAttribute has no dry run",
      "vpc/main, line 9: allowed: AssociateVpcCidrBlock is allowed",
      "vpc/main, line 10: allowed: CreateTags is allowed",
    ]);
    expect(asked.map(({ what, details }) => ({ [what]: details }))).toMatchObject([
      { "update vpc/main attributes": { enableDnsHostnames: { before: false, after: true } } },
      { "update vpc/main ranges": { secondaryCidrBlocks: { after: ["10.9.0.0/16"] } } },
      { "tag vpc/main": { set: { team: "web" }, remove: [] } },
    ]);
    expect(Object.keys(asked[0]!.details as object)).toEqual(["enableDnsHostnames"]); // only the changes of its own stage
  });

  test("is not tried where it needs an object that is made first, except for its tags", async () => {
    const table = (more: string) => `${vpc}internetGateways: { main: { vpc: main } }\nrouteTables: { r: { vpc: main${more} } }\n`;
    const was = vpc + "routeTables: { r: { vpc: main } }\n";
    const now = table(", tags: { team: web }, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }]");
    const answers = { "create internetGateway/main": allowed("CreateInternetGateway"), "tag routeTable/r": allowed("CreateTags") };
    expect(await linesOf(was, now, { answers })).toEqual([
      "internetGateway/main, line 6: allowed: CreateInternetGateway is allowed",
      "routeTable/r, line 7: untried: internetGateway/main must be created first",
      "routeTable/r, line 7: allowed: CreateTags is allowed",
    ]);
  });

  test("is tried with its tags alone where nothing else differs, whether one is written or taken away", async () => {
    const tagged = (tags: string) => `topics: { t: { tags: ${tags} } }\n`;
    const answers = { "tag topic/t": allowed("TagResource") };
    for (const [was, now] of [
      ["{}", "{ team: web }"],
      ["{ team: web }", "{ team: null }"],
    ] as const)
      expect(await linesOf(tagged(was), tagged(now), { answers })).toEqual(["topic/t, line 5: allowed: TagResource is allowed"]);
  });

  test("is tried whatever the change costs: a restart, or our own tags alone", async () => {
    const machine = (type: string) =>
      `${vpc}${subnet}instances: { web: { subnet: a, image: ami-0123456789abcdef0, instanceType: ${type} } }\n`;
    const images = { "ec2 DescribeImages": () => ({ Images: [{ ImageId: "ami-0123456789abcdef0" }] }), ...zones };
    const answers = { ...images, "update instance/web create": () => new RehearsalEnded("StopInstances is allowed", true) };
    const restarted = await flown(machine("t3.micro"), machine("t3.small"), { answers });
    expect(restarted.planned.plan.steps.map(({ action }) => action)).toEqual(["restart"]);
    expect(restarted.lines).toEqual(["instance/web, line 7: allowed: StopInstances is allowed"]);
    const moved = await flown(
      "topics: { t: { name: news } }\n",
      "topics: { u: { name: news } }\nmoved: [{ from: topic/t, to: topic/u }]\n",
      {
        answers: { "tag topic/t": allowed("TagResource") },
        observed: (all) => ({
          ...all,
          objects: new Map([...all.objects.values()].map((one) => ["topic/u", { ...one, address: "topic/u", movedFrom: "topic/t" }])),
        }),
      },
    );
    expect(moved.planned.plan.steps.map(({ action }) => action)).toEqual(["retag"]);
    expect(moved.lines).toEqual(["topic/u, line 5: allowed: TagResource is allowed"]);
  });

  test("is tried under the identity that the object has, and an adopted one keeps the tags that the file omits", async () => {
    const identities: Run["identity"][] = [];
    const update: Driver["update"] = async (_aws, _stage, _live, _request, _changes, run) => void identities.push(run.identity);
    const adopted: SceneOptions["observed"] = (all) => {
      const adopt = ({ live, ...one }: Found): Found => ({ ...one, live: { ...live, tags: { ...live.tags, "infra:adopted": "true" } } });
      return { ...all, objects: new Map([...all.objects].map(([address, one]) => [address, adopt(one)])) };
    };
    const { planned, environment } = await flown(before, after, { drivers: { vpc: { update } } });
    await flown(before, after, { drivers: { vpc: { update } }, observed: adopted });
    const { kind, declared } = planned.decisions.get("vpc/main")!;
    const place = { account: "123456789012", region: "eu-west-1", project: "lab", environment: environment.name, shown: [], attempt: 0 };
    expect(identities[0]).toEqual(createIdentityOf(place, kind, declared!.desired, "vpc/main"));
    expect([identities[0]!.tags["Name"], identities.at(-1)!.tags["Name"]]).toEqual(["test-main", undefined]);
  });

  test("claims entries of its own beside the tags", async () => {
    const claiming: SceneOptions["decide"] = (one) => ({ ...one, tags: { ...one.tags, claim: { ingress: ["tcp 22"] } } });
    const group = (tags: string) =>
      `${vpc}securityGroups:\n  web:\n    vpc: main\n    ingress: [{ port: 22, source: 10.0.0.0/8 }]\n    tags: ${tags}\n`;
    const answers = { "claim securityGroup/web ingress": allowed("CreateTags"), "tag securityGroup/web": allowed("CreateTags") };
    const { lines, asked } = await flown(group("{}"), group("{ team: web }"), { answers, decide: claiming });
    expect(lines).toEqual([
      "securityGroup/web, line 9: allowed: CreateTags is allowed",
      "securityGroup/web, line 10: allowed: CreateTags is allowed",
    ]);
    expect(asked.map(({ what, details }) => [what, details])[0]).toEqual(["claim securityGroup/web ingress", ["tcp 22"]]);
  });

  test("says nothing of tags that are not known yet", async () => {
    const parameter = (tags: string) => `topics: { t: {} }\nparameters: { p: { value: x, tags: ${tags} } }\n`;
    const answers = { "create topic/t": allowed("CreateTopic") };
    const was = parameter("{}").replace("topics: { t: {} }\n", "");
    expect(await linesOf(was, parameter('{ topic: "${topic.t.arn}" }'), { answers })).toEqual([
      "topic/t, line 5: allowed: CreateTopic is allowed",
    ]);
  });

  test("waits for nothing: a driver that would have to wait has tried all that can be tried", async () => {
    const waits = (run: Run) => run.wait("the VPC to be at rest", 60, () => true);
    const until = (run: Run) => run.until("the ranges to be there", 60, 5, async () => true);
    const [attributes, ranges] = [
      { stage: "attributes", wait: waits },
      { stage: "ranges", wait: until },
    ];
    const update = async (_aws: unknown, stage: string, _live: unknown, _request: unknown, _changes: unknown, run: Run) => {
      run.say("2 of 4");
      await [attributes, ranges].find((one) => one.stage === stage)!.wait(run);
    };
    expect(await linesOf(before, after, { drivers: { vpc: { update } } })).toEqual([
      "vpc/main, line 8: untried: the apply first waits for the VPC to be at rest",
      "vpc/main, line 9: untried: the apply first waits for the ranges to be there",
    ]);
  });
});

describe("a delete", () => {
  test("is tried with the driver's own delete and the object's name", async () => {
    const runs: Run["identity"][] = [];
    const remove = async (_aws: unknown, _live: unknown, run: Run) => {
      runs.push(run.identity);
      throw new RehearsalEnded("DeleteTopic has no dry run", false);
    };
    const { lines, observed } = await flown("topics: { t: {} }\n", "", { drivers: { topic: { delete: remove } } });
    expect(lines).toEqual(["topic/t: untried: DeleteTopic has no dry run"]);
    expect(runs).toEqual([{ tags: observed.objects.get("topic/t")!.live.tags, token: "", name: "test-t" }]);
  });

  test("is no refusal where the plan itself removes the object that uses it", async () => {
    const answers = {
      "delete subnet/a": allowed("DeleteSubnet"),
      "delete vpc/main": () => refusal("dependency", { operation: "DeleteVpc" }),
    };
    expect(await linesOf(vpc + subnet, "", { answers })).toEqual([
      "subnet/a: allowed: DeleteSubnet is allowed",
      "vpc/main: untried: not yet: DeleteVpc: no",
    ]);
  });
});

test("an object that stays is not tried, whether or not the plan mentions it", async () => {
  const kept = "topics: { t: { retain: true } }\n";
  const { lines, asked, planned } = await flown(vpc + kept, vpc);
  expect(planned.plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["keep topic/t"]);
  expect([lines, asked]).toEqual([[], []]);
});
