import { describe, expect, it } from "vitest";
import type { Desired, FieldRule, Kind, Live, Tags } from "../../src/kinds/kind.ts";
import { adoptable } from "../../src/observe/adopt.ts";
import { askedOf, isAdopted } from "../../src/plan/adoption.ts";
import { diff } from "../../src/plan/diff.ts";
import type { Found } from "../../src/plan/observed.ts";

const kind = { name: "thing", schema: {}, stages: [{ name: "create" }] } as unknown as Kind;
const node = { address: "thing/a", kind: "thing", name: "a", adopt: "x-1", tags: {}, spec: {} } as unknown as Desired;
const adopter = {
  environment: { project: "shop", name: "prod", region: "eu-west-1" },
  account: "123456789012",
  stacks: new Map<string, "there" | "gone" | "unknown">(),
};
const live = (tags: Tags, more: Partial<Live> = {}): Live => ({
  id: "x-1",
  aliases: [],
  tags,
  spec: {},
  handle: null,
  state: "ready",
  ...more,
});
const ours = (project: string, environment: string, resource: string) => ({
  "infra:project": project,
  "infra:environment": environment,
  "infra:resource": resource,
});

describe("the objects that may be adopted", () => {
  it.each([
    ["nobody's", live({ Name: "legacy", "kubernetes.io/cluster/main": "shared" }), "free"],
    ["ours, under this very address", live(ours("shop", "prod", "thing/a")), "ours"],
    ["a copy that has the tags of this address", live({ ...ours("shop", "prod", "thing/a"), "infra:token": "s" }, { token: "t" }), "free"],
    ["nothing", undefined, "adopt-missing"],
    ["dead", live({}, { state: "dead" }), "adopt-missing"],
    ["on its way out", live({}, { state: "deleting" }), "adopt-missing"],
    ["another account's", live({}, { owner: "999999999999" }), "adopt-owned"],
    ["ours, under another address", live(ours("shop", "prod", "thing/b")), "adopt-owned"],
    ["another environment's", live(ours("shop", "dev", "thing/a")), "adopt-owned"],
    ["another project's", live(ours("blog", "prod", "thing/a")), "adopt-owned"],
  ] as const)("%s", (_name, seen, verdict) => {
    const found = adoptable(kind, node, seen, adopter);
    expect(typeof found === "string" ? found : found.code).toBe(verdict);
  });

  it.each([
    ["aws:autoscaling:groupName", "web", "the Auto Scaling group web", /adopt the Auto Scaling group/],
    [
      "aws:cloudformation:stack-id",
      "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-net/0a1b",
      "the CloudFormation stack shop-net",
      /DeletionPolicy: Retain/,
    ],
    ["aws:ec2:fleet-id", "fleet-1", "the EC2 Fleet fleet-1", /the fleet replaces its instances/],
    ["eks:cluster-name", "main", "the EKS cluster main", /do not adopt it; refer to it/],
    ["aws:eks:cluster-name", "main", "the EKS cluster main", /do not adopt it; refer to it/],
    ["aws:ecs:clusterName", "main", "ECS (main)", /do not adopt it; refer to it/],
    ["elasticbeanstalk:environment-name", "shop", "Elastic Beanstalk (shop)", /do not adopt it; refer to it/],
    ["aws:backup:source-resource", "x", "AWS Backup", /do not adopt it; refer to it/],
  ])("not an object of a service, by its tag %s", (tag, value, who, hint) => {
    const found = adoptable(kind, node, live({ [tag]: value }), adopter);
    expect(found).toMatchObject({
      code: "adopt-made-by-other",
      summary: `x-1 is to be adopted as thing/a, but it was created by ${who} (tag ${tag}). An object that a service creates and deletes cannot be adopted.`,
      hint: expect.stringMatching(hint),
    });
  });
});

describe("an adopted object", () => {
  const held = (value: unknown): FieldRule => ({ change: "update", default: { value, class: "enforced" } });
  const safe: FieldRule = { change: "update", default: { value: true, class: "floor" }, lessSafe: (have) => have === false };
  const list = { key: String, unlisted: "remove" as const };
  const fields: Readonly<Record<string, FieldRule>> = {
    flag: held(false),
    safe,
    initialState: { change: "update", default: { value: 1, class: "create-only" } },
    list: { ...held([]), as: list },
    set: { ...held([]), as: "set" },
    map: { ...held({}), as: "map" },
    nested: { change: "update", of: { on: held(true), size: { change: "update" } } },
    paused: { change: "update", default: { value: "running", class: "floor" }, lessSafe: isHalfDone, unfinished: isHalfDone },
  };
  function isHalfDone(have: unknown): boolean {
    return have === "half-done";
  }
  const full = { ...kind, fields } as Kind;
  const have = {
    flag: true,
    safe: false,
    initialState: 2,
    list: ["x"],
    set: ["x"],
    map: { x: 1 },
    nested: { on: false, size: 2 },
    paused: "stopped",
  };
  const differing = (spec: object, writtenOnly: boolean, seen: object = have) =>
    diff(full, { spec, ignoreChanges: [], writtenOnly }, live({}, { spec: seen })).deltas.map(({ path }) => path);

  it("is held to no default that the file does not write, whatever its class", () => {
    expect(differing({}, false)).toEqual(["flag", "safe", "list", "set", "map", "nested.on"]);
    expect(differing({}, true)).toEqual([]);
  });

  it.each(Object.entries({ flag: false, safe: true, initialState: 1, list: [], set: [], map: {} }))(
    "is held to %s where it is written",
    (field, value) => {
      expect(differing({ [field]: value }, true)).toEqual([field]);
    },
  );

  it("is held to the written member of a mapping, and to no other", () => {
    expect(differing({ nested: { size: 3 } }, false, { ...have, flag: false, safe: true, list: [], set: [], map: {} })).toEqual([
      "nested.size",
      "nested.on",
    ]);
    expect(differing({ nested: { size: 3 } }, true)).toEqual(["nested.size"]);
  });

  it("is still completed where one of our runs left it unfinished", () => {
    expect(differing({}, true, { paused: "half-done" })).toEqual(["paused"]);
  });

  it("is known by its tag, or by having none of ours yet; its derived tags are not compared", () => {
    const desired = { ...node, tags: { Name: "prod-a", team: "web" }, derivedTags: ["Name"] } as unknown as Desired;
    const found = (tags: Tags, adopted?: true): Found => ({
      address: "thing/a",
      kind,
      live: live(tags),
      linked: {},
      ...(adopted && { adopted }),
    });
    const states = [found({}, true), found({ "infra:adopted": "true" }), found({})];
    expect(states.map(isAdopted)).toEqual([true, true, false]);
    expect(states.map((one) => askedOf(desired, one).tags)).toEqual([{ team: "web" }, { team: "web" }, { Name: "prod-a", team: "web" }]);
  });
});
