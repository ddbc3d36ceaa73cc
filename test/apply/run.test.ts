/** Plans that run without AWS, as printed text: which calls are sent when, what each waits for, and which events are reported. */
import type { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import { applyPlan } from "../../src/apply/apply.ts";
import type { ApplyEvent, StepRef } from "../../src/apply/events.ts";
import type { ApplyInput } from "../../src/apply/apply-input.ts";
import type { CreateIdentity, Live } from "../../src/kinds/kind.ts";
import { refusal } from "./refusal.ts";
import { sceneOf, type Scene, type SceneOptions } from "./scene.ts";

interface PlayOptions extends SceneOptions {
  readonly input?: (scene: Scene) => Partial<ApplyInput>;
}

/** Plays the run and returns a line for each event and each call, with its second first. */
async function played(before: string, after: string, { input = () => ({}), ...options }: PlayOptions = {}) {
  const scene = sceneOf(before, after, options);
  const began = scene.clock.now();
  const told: string[] = [];
  for await (const event of applyPlan({ ...scene, signal: new AbortController().signal, ...input(scene) }))
    told.push(`${(event.at - began) / 1000} ${textOf(event)}`);
  return { ...scene, told, sent: scene.asked.map(({ at, what }) => `${at} ${what}`) };
}

const toldOf = async (...of: Parameters<typeof played>) => (await played(...of)).told;
const step = ({ address, stage }: StepRef) => `${address} ${stage}`;

function textOf(event: ApplyEvent): string {
  switch (event.type) {
    case "started":
      return `${event.steps} steps: ${Object.entries(event.resources!)
        .map(([address, steps]) => `${address} ${steps}`)
        .join(", ")}`;
    case "step-started":
      return `${step(event.step)}: begins`;
    case "step-waiting":
      return `${step(event.step)}: waits for ${event.what}${event.typical === undefined ? "" : `, usually ${event.typical} s`}`;
    case "step-said":
      return `${step(event.step)}: ${event.text}`;
    case "step-done":
      return `${step(event.step)}: done in ${event.ms / 1000} s${event.id === undefined ? "" : `, ${event.id}`}`;
    case "step-failed":
      return `${step(event.step)}: failed after ${event.ms / 1000} s: ${event.failure.code}: ${event.failure.message}`;
    case "step-skipped":
      return `${step(event.step)}: skipped: ${event.because}`;
    case "note":
      return event.text;
    case "finished": {
      const { status, done, failed, skipped } = event.outcome;
      return `${status}: ${done.length} done, ${failed.length} failed, ${skipped.length} skipped`;
    }
  }
}

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const subnet = "subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n";
const cached = (caches: string) => `${vpc}${subnet}cacheSubnetGroups: { g: { subnets: [a] } }\n${caches}`;
const cache = "cacheClusters: { c: { engine: memcached, nodeType: cache.t3.micro, numCacheNodes: 1, subnetGroup: g } }\n";
const topics = (...names: string[]) => `topics: { ${names.map((name) => `${name}: {}`).join(", ")} }\n`;

describe("a new object", () => {
  test("is waited for until AWS shows it as ready, and the steps that need it follow", async () => {
    const { told, sent } = await played("", vpc + subnet, { takes: { "vpc/main": 3 } });
    expect(told).toEqual([
      "0 4 steps: vpc/main 2, subnet/a 2",
      "0 vpc/main create: begins",
      "0 vpc/main create: waits for vpc new vpc/main to be ready, usually 2 s",
      "4 vpc/main create: done in 4 s, new vpc/main",
      "4 vpc/main attributes: begins",
      "4 vpc/main attributes: done in 0 s",
      "4 subnet/a create: begins",
      "4 subnet/a create: done in 0 s, new subnet/a",
      "4 subnet/a attributes: begins",
      "4 subnet/a attributes: done in 0 s",
      "4 done: 4 done, 0 failed, 0 skipped",
    ]);
    const looks = ["0 get new vpc/main", "2 get new vpc/main", "4 get new vpc/main"]; // every two seconds, as its kind says
    expect(sent).toEqual(["0 create vpc/main", ...looks, "4 create subnet/a", "4 get new subnet/a"]);
  });

  test("that takes many minutes is polled half-way, at three quarters, and then all the time", async () => {
    const { sent } = await played(cached(""), cached(cache), { takes: { "cacheCluster/c": 380 } });
    expect(sent).toEqual(["0 create cacheCluster/c", ...[0, 225, 337.5, 352.5, 367.5, 382.5].map((at) => `${at} get new cacheCluster/c`)]);
    const emulated = (scene: Scene) => ({ aws: { ...scene.aws, isEmulated: true } });
    const often = await played(cached(""), cached(cache), { takes: { "cacheCluster/c": 40 }, input: emulated });
    expect(often.sent.slice(1)).toEqual([0, 15, 30, 45].map((at) => `${at} get new cacheCluster/c`));
  });

  test.each<[what: string, seen: Partial<Live> | undefined, why: string]>([
    ["fails", { state: { failed: "no nodes left" } }, "no nodes left"],
    ["is deleted by somebody", { state: "deleting" }, "AWS shows it as deleting"],
  ])("and %s in the making is reported in AWS's words", async (_what, seen, why) => {
    const get = async () => new Map([["new topic/t", { id: "new topic/t", aliases: [], tags: {}, spec: {}, handle: {}, ...seen } as Live]]);
    expect(await toldOf("", topics("t"), { drivers: { topic: { get } } })).toContain(
      `0 topic/t create: failed after 0 s: failed: topic new topic/t did not become ready: ${why}`,
    );
  });

  test("is given up when its time is over, and its later stages are not tried", async () => {
    const timeouts = new Map([["vpc", 5]]);
    expect(await toldOf("", vpc, { takes: { "vpc/main": 1e6 }, input: () => ({ timeouts }) })).toEqual([
      "0 2 steps: vpc/main 2",
      "0 vpc/main create: begins",
      "0 vpc/main create: waits for vpc new vpc/main to be ready, usually 2 s",
      "6 vpc/main create: failed after 6 s: timeout: waited 5 s for vpc new vpc/main to be ready; AWS still shows it as pending",
      "6 vpc/main attributes: skipped: vpc/main failed",
      "6 failed: 0 done, 1 failed, 1 skipped",
    ]);
  });

  test("that AWS should make at once, and does not, is given up after five minutes", async () => {
    const told = await toldOf("", topics("t"), { takes: { "topic/t": 1e6 } });
    expect(told.at(-2)).toBe(
      "300 topic/t create: failed after 300 s: timeout: waited 300 s for topic new topic/t to be ready; AWS still shows it as pending",
    );
  });

  test("at once and known without a read is not polled, and gets all that its later stages bring", async () => {
    const initialState = () => ({ spec: { vpc: undefined }, handle: {} });
    const { sent, asked } = await played(vpc, `${vpc}internetGateways: { g: { vpc: main } }\n`, {
      drivers: { internetGateway: { initialState } },
    });
    expect(sent).toEqual(["0 create internetGateway/g", "0 update internetGateway/g attachment"]);
    expect(asked[1]!.details).toEqual({ vpc: { before: undefined, after: "id of vpc/main" } });
  });

  test("in the place of another one: the old one is marked before, and goes at the end", async () => {
    const group = (description: string) => `${vpc}securityGroups: { web: { vpc: main, description: ${description} } }\n`;
    const { told, sent, asked } = await played(group("Web"), group("All"));
    expect(told.map((line) => line.replaceAll("securityGroup/", ""))).toEqual([
      "0 3 steps: web 3",
      "0 web create: begins",
      "0 web create: done in 0 s, new web",
      "0 web rules: begins",
      "0 web rules: done in 0 s",
      "0 web delete: begins",
      "1 web delete: done in 1 s",
      "1 done: 3 done, 0 failed, 0 skipped",
    ]);
    expect(sent).toEqual([
      "0 tag securityGroup/web",
      "0 create securityGroup/web",
      "0 get new securityGroup/web",
      "1 get id of securityGroup/web",
      "1 delete securityGroup/web",
    ]);
    expect(asked[0]!.details).toEqual({ set: { "infra:superseded": expect.any(String) }, remove: [] });
    expect(asked[1]!.details).toMatchObject({ name: expect.stringMatching(/^test-web-[0-9a-f]{6}$/) });
  });
});

describe("a call that AWS refuses", () => {
  test("for now is sent again, and each reason is reported once", async () => {
    const busy = refusal("concurrency", { code: "Busy", operation: "CreateTopic" });
    const notYet = refusal("wrong-state", { code: "NotYet", operation: "CreateTopic" });
    const answers = { "create topic/t": (nth: number) => [busy, busy, notYet][nth - 1] };
    const { told, sent } = await played("", topics("t"), { answers });
    expect(told.slice(2)).toEqual([
      "0 topic/t create: waits for AWS to accept CreateTopic (it answered Busy)",
      "3 topic/t create: waits for AWS to accept CreateTopic (it answered NotYet)",
      "7 topic/t create: done in 7 s, new topic/t",
      "7 done: 1 done, 0 failed, 0 skipped",
    ]);
    expect(sent.slice(0, 4)).toEqual([0, 1, 3, 7].map((at) => `${at} create topic/t`));
  });

  test.each<[what: string, before: string, message: string, seconds: number]>([
    ["this run made what it needs: it may still appear", "", "it is not there", 300],
    ["the refusal names what is not of this run", "", "vpc-0123456789abcdef0 is not there", 0],
    ["this run made nothing", vpc, "it is not there", 0],
  ])("because something is missing is tried for as long as it may still appear: %s", async (_what, before, message, seconds) => {
    const answers = { "create subnet/a": () => refusal("not-found", { message, operation: "CreateSubnet" }) };
    expect(await toldOf(before, vpc + subnet, { answers })).toContain(
      `${seconds} subnet/a create: failed after ${seconds} s: not-found: ${message}`,
    );
  });

  test("is retried where an earlier run may have made the object that it names", async () => {
    const answers = { "create subnet/a": () => refusal("not-found", { message: "it is not there", operation: "CreateSubnet" }) };
    const told = await toldOf(vpc, vpc + subnet, { answers, input: () => ({ isContinuing: true }) });
    expect(told).toContain("300 subnet/a create: failed after 300 s: not-found: it is not there");
  });

  test("for good skips the steps that need it, leaves the rest alone, and lets nothing be deleted", async () => {
    const answers = { "create vpc/main": () => refusal("quota", { code: "VpcLimitExceeded", operation: "CreateVpc" }) };
    expect(await toldOf(topics("old"), vpc + subnet + topics("new"), { answers })).toEqual([
      "0 6 steps: vpc/main 2, subnet/a 2, topic/new 1, topic/old 1",
      "0 vpc/main create: begins",
      "0 topic/new create: begins",
      "0 vpc/main create: failed after 0 s: VpcLimitExceeded: no",
      "0 vpc/main attributes: skipped: vpc/main failed",
      "0 subnet/a create: skipped: vpc/main failed",
      "0 topic/old delete: skipped: nothing is deleted before every create and change has succeeded",
      "0 subnet/a attributes: skipped: vpc/main failed",
      "0 topic/new create: done in 0 s, new topic/new",
      "0 partial: 1 done, 1 failed, 4 skipped",
    ]);
  });

  test("of all there is to do is a run that failed", async () => {
    const answers = { "create topic/t": () => refusal("auth") };
    expect((await toldOf("", topics("t"), { answers })).at(-1)).toBe("0 failed: 0 done, 1 failed, 0 skipped");
  });
});

describe("a changed object", () => {
  const ranges = (more: string) => vpc.replace("/16 }", `/16, ${more} }`);

  test("is changed stage by stage, then its tags, without a poll", async () => {
    const { told, sent, asked } = await played(vpc, ranges("enableDnsHostnames: true, tags: { team: web }"));
    expect(told.slice(1)).toEqual([
      "0 vpc/main attributes: begins",
      "0 vpc/main attributes: done in 0 s",
      "0 vpc/main tags: begins",
      "0 vpc/main tags: done in 0 s",
      "0 done: 2 done, 0 failed, 0 skipped",
    ]);
    expect(sent).toEqual(["0 update vpc/main attributes", "0 tag vpc/main"]);
    expect(asked.map(({ details }) => details)).toEqual([
      { enableDnsHostnames: { before: false, after: true } },
      { set: { team: "web" }, remove: [] },
    ]);
  });

  test("loses the tags that the file removes, and gets the new ones in the same step", async () => {
    const { asked } = await played(ranges("tags: { cost: a }"), ranges("tags: { cost: null }"));
    expect(asked).toEqual([{ at: 0, what: "tag vpc/main", details: { set: {}, remove: ["cost"] } }]);
    const both = await played(ranges("tags: { cost: a }"), ranges("tags: { cost: null, team: web }"));
    expect(both.asked).toEqual([{ at: 0, what: "tag vpc/main", details: { set: { team: "web" }, remove: ["cost"] } }]);
  });

  test("gets the default of a field that the file no longer has", async () => {
    const { asked } = await played(ranges("enableDnsHostnames: true"), vpc);
    expect(asked).toEqual([{ at: 0, what: "update vpc/main attributes", details: { enableDnsHostnames: { before: true, after: false } } }]);
  });

  test("loses removed parts in a separate step, after others are added", async () => {
    const { sent } = await played(
      ranges("secondaryCidrBlocks: [10.8.0.0/16]") + topics("old"),
      ranges("secondaryCidrBlocks: [10.9.0.0/16]"),
    );
    expect(sent).toEqual(["0 update vpc/main ranges", "0 shrink vpc/main ranges", "0 get id of topic/old", "0 delete topic/old"]);
  });
});

describe("a deleted object", () => {
  test("is read before, and until it is gone", async () => {
    const { told, sent } = await played(cached(cache), cached(""), { takes: { "cacheCluster/c": 400 } });
    expect(told.slice(1)).toEqual([
      "0 cacheCluster/c delete: begins",
      "15 cacheCluster/c delete: waits for cacheCluster id of cacheCluster/c to be gone, usually 330 s",
      "412.5 cacheCluster/c delete: done in 412.5 s",
      "412.5 done: 1 done, 0 failed, 0 skipped",
    ]);
    const looks = [15, 165, 247.5, 262.5, 277.5]; // half-way, at three quarters, and then all the time
    expect(sent.slice(0, 7)).toEqual([
      "0 get id of cacheCluster/c",
      "0 delete cacheCluster/c",
      ...looks.map((at) => `${at} get id of cacheCluster/c`),
    ]);
  });

  test("and is gone is not deleted", async () => {
    const { told, sent } = await played(topics("t"), "", { drivers: { topic: { get: async () => new Map() } } });
    expect(told.at(-1)).toBe("0 done: 1 done, 0 failed, 0 skipped");
    expect(sent).toEqual([]);
  });

  const ours = { "infra:project": "lab", "infra:environment": "test", "infra:resource": "topic/t" };
  test.each<[what: string, tags: Live["tags"]]>([
    ["another project's", { ...ours, "infra:project": "blog" }],
    ["another environment's", { ...ours, "infra:environment": "prod" }],
    ["another address's", { ...ours, "infra:resource": "topic/u" }],
    ["nobody's", {}],
  ])("and is %s by now is not deleted", async (_what, tags) => {
    const live = { id: "id of topic/t", aliases: [], tags, spec: {}, handle: {}, state: "ready" } as Live;
    const { told, sent } = await played(topics("t"), "", { drivers: { topic: { get: async () => new Map([[live.id, live]]) } } });
    expect(told).toContain(
      "0 topic/t delete: failed after 0 s: not-ours: id of topic/t no longer has the tags of topic/t; it was not deleted.",
    );
    expect(sent).toEqual([]);
  });

  test("is waited for while something uses it, and the user is named", async () => {
    const inUse = refusal("dependency", { code: "InUse", operation: "DeleteTopic" });
    const answers = { "delete topic/t": (nth: number) => (nth < 7 ? inUse : undefined) };
    const blockers = async () => new Map([["id of topic/t", [{ id: "eni-1", what: "an interface" }]]]);
    expect((await toldOf(topics("t"), "", { answers, drivers: { topic: { blockers } } })).slice(2)).toEqual([
      "0 topic/t delete: waits for AWS to accept DeleteTopic (it answered InUse)",
      "0 topic/t delete: waits for eni-1 (an interface) to stop using it",
      "30 topic/t delete: waits for eni-1 (an interface) to stop using it",
      "45 topic/t delete: done in 45 s",
      "45 done: 1 done, 0 failed, 0 skipped",
    ]);
  });

  test("is given up after ten minutes, or when a longer time of its kind is over", async () => {
    const refused = (address: string) => ({ [`delete ${address}`]: () => refusal("dependency", { operation: "Delete" }) });
    expect((await toldOf(topics("t"), "", { answers: refused("topic/t") })).at(-1)).toMatch(/^600 failed/);
    expect((await toldOf(cached(cache), cached(""), { answers: refused("cacheCluster/c") })).at(-1)).toMatch(/^2400 failed/);
  });
});

describe("a run that is stopped", () => {
  test("ends its waits, starts nothing, and says what was not finished", async () => {
    const stop = new AbortController();
    const answers = { "create vpc/main": () => stop.abort() };
    expect(
      (await toldOf("", vpc + subnet, { answers, takes: { "vpc/main": 60 }, input: () => ({ signal: stop.signal }) })).slice(2),
    ).toEqual([
      "0 vpc/main create: waits for vpc new vpc/main to be ready, usually 2 s",
      "0 vpc/main create: skipped: the run was stopped while it waited; the next run continues it",
      "0 vpc/main attributes: skipped: vpc/main was not finished",
      "0 subnet/a create: skipped: vpc/main was not finished",
      "0 subnet/a attributes: skipped: vpc/main was not finished",
      "0 stopped: 0 done, 0 failed, 4 skipped",
    ]);
  });

  test("between two polls ends at once", async () => {
    const stop = new AbortController();
    const input = ({ clock }: Scene) => (void clock.sleep(7_000).then(() => stop.abort()), { signal: stop.signal });
    const { told, sent } = await played("", vpc + subnet, { takes: { "vpc/main": 60 }, input });
    expect(told[3]).toBe("7 vpc/main create: skipped: the run was stopped while it waited; the next run continues it");
    expect(told.at(-1)).toBe("7 stopped: 0 done, 0 failed, 4 skipped");
    expect(sent.at(-1)).toBe("6 get new vpc/main");
  });

  test("when its last write is under way has done everything", async () => {
    const stop = new AbortController();
    const answers = { "create topic/t": () => stop.abort() };
    expect((await toldOf("", topics("t"), { answers, input: () => ({ signal: stop.signal }) })).at(-1)).toBe(
      "0 done: 1 done, 0 failed, 0 skipped",
    );
  });

  test("before it began sends nothing", async () => {
    const { told, sent } = await played("", topics("t"), { input: () => ({ signal: AbortSignal.abort() }) });
    expect(told.slice(1)).toEqual(["0 topic/t create: skipped: the run was stopped", "0 stopped: 0 done, 0 failed, 1 skipped"]);
    expect(sent).toEqual([]);
  });
});

describe("calls of one sort", () => {
  test("no more are sent at once than allowed, and a step that only waits makes room", async () => {
    const vpcs = "vpcs: { a: { cidrBlock: 10.0.0.0/16 }, b: { cidrBlock: 10.1.0.0/16 }, c: { cidrBlock: 10.2.0.0/16 } }\n";
    const create =
      (clock: VirtualClock) =>
      async (_aws: unknown, _request: unknown, { name }: CreateIdentity) => {
        await clock.sleep(10_000);
        return name;
      };
    const begun = async (concurrency: number) => {
      const ready = async (_aws: unknown, ids: readonly string[]) =>
        new Map(ids.map((id) => [id, { id, aliases: [], tags: {}, spec: {}, handle: {}, state: "ready" } as Live]));
      const input = (scene: Scene) => ({
        concurrency,
        drivers: { of: async () => ({ create: create(scene.clock), get: ready }) } as unknown as ApplyInput["drivers"],
      });
      const told = await toldOf("", vpcs, { input });
      return told.filter((line) => line.endsWith("create: begins"));
    };
    expect(await begun(1)).toEqual(["0 vpc/a create: begins", "10 vpc/b create: begins", "20 vpc/c create: begins"]);
    expect(await begun(2)).toEqual(["0 vpc/a create: begins", "0 vpc/b create: begins", "10 vpc/c create: begins"]);
  });
});

test("an object that AWS has shown and has not shown for a minute is gone, and is not waited for to the limit", async () => {
  let scene: Scene | undefined;
  const gone = () => void scene!.objects.delete("new vpc/main");
  const { told } = await played("", vpc, {
    takes: { "vpc/main": 1000 },
    answers: { "get new vpc/main": (_nth, seconds) => (seconds >= 20 ? gone() : undefined) },
    input: (of) => ((scene = of), {}),
  });
  expect(told.slice(-3)).toEqual([
    "80 vpc/main create: failed after 80 s: failed: vpc new vpc/main did not become ready: it is gone",
    "80 vpc/main attributes: skipped: vpc/main failed",
    "80 failed: 0 done, 1 failed, 1 skipped",
  ]);
});

test("when the reader leaves, nothing new is started, and the run has ended before the reader continues", async () => {
  const scene = sceneOf("", vpc + subnet, { takes: { "vpc/main": 3 } });
  const reading = async () => {
    for await (const event of applyPlan({ ...scene, signal: new AbortController().signal }))
      if (event.type === "step-waiting") throw new Error("the disk is full");
  };
  await expect(reading()).rejects.toThrow("the disk is full");
  const sent = scene.asked.length;
  await scene.clock.sleep(600_000);
  expect(scene.asked.slice(sent)).toEqual([]);
  expect(scene.asked.filter(({ what }) => what.includes("subnet/a"))).toEqual([]);
});
