/** What reads say about a plan before its first write: missing objects, taken names, and the ids that the kinds are asked to read. */
import { describe, expect, test } from "vitest";
import { preflight } from "../../src/apply/preflight.ts";
import type { Around, Driver, PlannedObject } from "../../src/kinds/kind.ts";
import type { Observed } from "../../src/plan/observed.ts";
import { refusal } from "./refusal.ts";
import { sceneOf, type SceneOptions } from "./scene.ts";

async function foreseen(before: string, after: string, { isQuick = false, ...options }: SceneOptions & { isQuick?: boolean } = {}) {
  const scene = sceneOf(before, after, options);
  const { problems, unchecked } = await preflight(scene, !isQuick);
  const lines = problems.map(
    ({ address, at, code, text, isSilent }) => `${address}, line ${at.line}: ${code}: ${text}${isSilent ? " (silent)" : ""}`,
  );
  return { lines, unchecked, calls: scene.asked.map(({ what, details }) => ({ [what]: details })) };
}

const linesOf = async (...of: Parameters<typeof foreseen>) => (await foreseen(...of)).lines;

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const zonesAre = (...names: string[]) => ({
  "ec2 DescribeAvailabilityZones": () => ({
    AvailabilityZones: [
      ...names.map((ZoneName) => ({ ZoneName, State: "available" })),
      { ZoneName: "eu-west-1z" }, // moto returns no state
      { ZoneName: "eu-west-1x", State: "impaired" },
    ],
  }),
});
const subnets = (...zones: string[]) =>
  `subnets:\n${zones.map((zone, i) => `  ${zone}: { vpc: main, cidrBlock: 10.0.${i}.0/24, availabilityZone: ${zone} }\n`).join("")}`;

describe("zones", () => {
  test("that the account does not have, or that AWS does not serve now", async () => {
    expect(await linesOf("", vpc + subnets("a", "q", "x", "z"), { answers: zonesAre("eu-west-1b", "eu-west-1a") })).toEqual([
      "subnet/q, line 8: no-such-zone: eu-west-1 has no zone eu-west-1q for this account; it has eu-west-1a, eu-west-1b, eu-west-1z",
      "subnet/x, line 9: no-such-zone: eu-west-1 has no zone eu-west-1x for this account; it has eu-west-1a, eu-west-1b, eu-west-1z",
    ]);
  });

  test("are asked for only where a new object names one", async () => {
    const named = async (before: string, after: string) => (await foreseen(before, after, { answers: zonesAre("eu-west-1a") })).calls;
    expect(await named("", vpc)).toEqual([]);
    expect(await named(vpc + subnets("a"), vpc + subnets("a").replace("a }", "a, mapPublicIpOnLaunch: true }"))).toEqual([]);
    expect(await named(vpc, vpc + subnets("a"))).toEqual([{ "ec2 DescribeAvailabilityZones": {} }]);
  });
});

describe("images", () => {
  const machines = (...images: string[]) =>
    `${vpc}${subnets("a")}instances:\n${images.map((image, i) => `  m${i}: { subnet: a, image: ${image}, instanceType: t3.micro }\n`).join("")}`;
  const ami = (i: number) => `ami-${String(i).padStart(17, "0")}`;
  const there = (...ids: string[]) => ({
    ...zonesAre("eu-west-1a"),
    "ec2 DescribeImages": () => ({ Images: ids.map((ImageId) => ({ ImageId })) }),
  });

  test("that are not there", async () => {
    const { lines, calls } = await foreseen("", machines(ami(1), ami(2), ami(1)), { answers: there(ami(1)) });
    expect(lines).toEqual([`instance/m1, line 10: no-such-image: there is no available image ${ami(2)} in eu-west-1 for this account`]);
    expect(calls.filter((call) => "ec2 DescribeImages" in call)).toEqual([
      {
        "ec2 DescribeImages": {
          Filters: [
            { Name: "image-id", Values: [ami(1), ami(2)] },
            { Name: "state", Values: ["available"] },
          ],
          IncludeDeprecated: true,
          MaxResults: 1000,
        },
      },
    ]);
  });

  test("are asked for two hundred at a time", async () => {
    const ids = Array.from({ length: 201 }, (_, i) => ami(i));
    const { lines, calls } = await foreseen("", machines(...ids), { answers: there(...ids) });
    const asked = calls.flatMap((call) =>
      "ec2 DescribeImages" in call ? [call["ec2 DescribeImages"] as { Filters: { Values: string[] }[] }] : [],
    );
    expect([lines, asked.map(({ Filters }) => Filters[0]!.Values.length)]).toEqual([[], [200, 1]]);
  });

  test("that the plan has just looked up are there", async () => {
    const text = machines("{ ssm: /aws/image }");
    const { lines, calls } = await foreseen("", text, { answers: there(), decide: (one) => one });
    expect(lines).toEqual([]);
    expect(calls.some((call) => "ec2 DescribeImages" in call)).toBe(false);
  });
});

describe("objects of others", () => {
  const foreign = `${vpc}subnets:\n  a: { vpc: { id: vpc-0123456789abcdef0 }, cidrBlock: 10.0.0.0/24, availabilityZone: a }\n  b: { vpc: { id: vpc-0fedcba9876543210 }, cidrBlock: 10.0.1.0/24, availabilityZone: a }\n`;
  const answers = zonesAre("eu-west-1a");

  test("that are not there, asked for by their kind in one call", async () => {
    const asked: string[] = [];
    const get: Driver["get"] = async (_aws, ids) => {
      asked.push(ids.join(" "));
      return new Map([
        ["vpc-0123456789abcdef0", { id: "vpc-0123456789abcdef0", aliases: [], tags: {}, spec: {}, handle: null, state: "ready" }],
      ]);
    };
    expect(await linesOf("", foreign, { answers, drivers: { vpc: { get } } })).toEqual([
      "subnet/b, line 8: no-such-object: there is no vpc vpc-0fedcba9876543210 in eu-west-1 that this account can see",
    ]);
    expect(asked).toEqual(["vpc-0123456789abcdef0 vpc-0fedcba9876543210"]);
  });

  test("that may not be read are reported as unchecked, and everything else is checked", async () => {
    const get = async () => Promise.reject(refusal("auth", { code: "UnauthorizedOperation", operation: "DescribeVpcs" }));
    const { lines, unchecked } = await foreseen("", foreign.replace("Zone: a", "Zone: q"), { answers, drivers: { vpc: { get } } });
    expect(unchecked).toEqual(["whether vpcs that are named by id exist: DescribeVpcs was denied (UnauthorizedOperation)"]);
    expect(lines).toEqual([expect.stringMatching(/^subnet\/a, line 7: no-such-zone/)]);
    const broken = async () => Promise.reject(refusal("transient"));
    await expect(foreseen("", foreign, { answers, drivers: { vpc: { get: broken } } })).rejects.toMatchObject({ class: "transient" });
  });
});

describe("names", () => {
  const topics = (...names: string[]) => `topics:\n${names.map((name) => `  ${name}: {}\n`).join("")}`;
  const holding = (holder: string) => ({ topic: { named: async () => new Map([["test-b", holder]]) } });

  test.each([
    ["arn:theirs:test-b", 'the name "test-b" is taken by arn:theirs:test-b'],
    ["test-b", 'the name "test-b" is taken by a topic that does not belong to this environment'], // here the name is the id
  ])("that %s has", async (holder, text) => {
    expect(await linesOf("", topics("a", "b"), { drivers: holding(holder) })).toEqual([`topic/b, line 7: slot-taken: ${text}`]);
  });

  test("that one of our objects releases", async () => {
    const leftover = (all: Observed): Observed => ({
      ...all,
      leftovers: [{ ...all.objects.get("topic/old")!, live: { ...all.objects.get("topic/old")!.live, id: "t-left" } }],
    });
    expect(await linesOf(topics("old"), topics("b"), { drivers: holding("id of topic/old") })).toEqual([]);
    expect(await linesOf(topics("old"), topics("b"), { drivers: holding("t-left"), observed: leftover })).toEqual([]);
    expect(await linesOf(topics("old"), topics("b"), { drivers: holding("t-theirs") })).toHaveLength(1);
  });
});

describe("the reads that a kind makes by itself", () => {
  test("are its new objects and those that change in place, apart, with ids where they are known", async () => {
    const told: Record<string, unknown> = {};
    const look = (what: string) => async (_aws: unknown, objects: readonly PlannedObject[], around: Around) => {
      told[what] = objects.map(({ address, name }) => `${address} ${name}`);
      const refs = ["vpc/main", "vpc/new", "vpc/other", "subnet/a", "sg-theirs", "nothing/x"];
      told["ids"] = refs.map((ref) => around.id(ref));
      told["specs"] = ["vpc/main", "vpc/new", "nothing/x"].map((ref) => around.spec(ref)?.["cidrBlock"]);
      told["ours"] = ["id of vpc/main", "vpc-theirs"].map((id) => around.isOurs(id));
      told["thorough"] = around.thorough;
      const [{ address }] = objects as [PlannedObject];
      return {
        problems: [
          { address, text: "it is too large" },
          { address, path: "cidrBlock", text: "it is odd", code: "no-such-zone" as const, isSilent: true as const },
        ],
        unchecked: [`the limit of ${what}`, "the limit"],
      };
    };
    const before = "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n  other: { cidrBlock: 10.8.0.0/16 }\n";
    const after = `vpcs:\n  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }\n  other: { cidrBlock: 10.9.0.0/16 }\n  new:\n    cidrBlock: 10.1.0.0/16\n`;
    const drivers = { vpc: { preflight: look("new"), preflightChanges: look("changing") } };
    const { lines, unchecked } = await foreseen(before, after, { drivers });
    expect(told).toEqual({
      new: ["vpc/other other", "vpc/new new"],
      changing: ["vpc/main main"],
      ids: ["id of vpc/main", undefined, undefined, undefined, "sg-theirs", undefined], // an object to be created or replaced has no id yet
      specs: ["10.0.0.0/16", "10.1.0.0/16", undefined],
      ours: [true, false],
      thorough: true,
    });
    expect(lines).toEqual([
      "vpc/other, line 7: preflight: it is too large",
      "vpc/other, line 7: no-such-zone: it is odd (silent)",
      "vpc/main, line 6: preflight: it is too large",
      "vpc/main, line 6: no-such-zone: it is odd (silent)",
    ]);
    expect(unchecked).toEqual(["the limit", "the limit of changing", "the limit of new"]);
  });

  test("is nothing where nothing is made or changed", async () => {
    const never = async () => Promise.reject(new Error("nobody asked"));
    const drivers = { vpc: { preflight: never, preflightChanges: never } };
    expect(await foreseen(vpc, vpc.replace("/16 }", "/16, tags: { team: web } }"), { drivers })).toEqual({
      lines: [],
      unchecked: [],
      calls: [],
    });
    expect(await foreseen(vpc, "", { drivers })).toEqual({ lines: [], unchecked: [], calls: [] });
  });
});
