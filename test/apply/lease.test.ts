import { describe, expect, it } from "vitest";
import {
  acquireLease,
  breakLease,
  LeaseLostError,
  readLease,
  setFrozen,
  type Lease,
  type LeaseView,
  type Me,
} from "../../src/apply/lease.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { header, loadText } from "../support/testbed.ts";

const owner = { project: "lab", environment: "test" };
const never = new AbortController().signal;

/** Returns several processes that share one AWS and one clock. */
function index() {
  const clock = new VirtualClock();
  const state = new SandboxState();
  const join = async (faults: FaultPlan = {}) => {
    let die: (() => void) | undefined;
    const death = new Promise<"died">((resolve) => (die = () => resolve("died")));
    const sandbox = createSandbox({ clock, state, faults, onStop: () => die!() });
    const connection = await connect({
      region: "eu-west-1",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    return { connection, aws: connection.aws, sandbox, death };
  };
  return { clock, state, join };
}

const me = (run: string): Me => ({ who: `arn:aws:iam::123456789012:user/${run}`, run, process: `host ${run}` });

describe("the lease", () => {
  it.each([2, 3])("is held by one of %i contenders at a time, each in turn", async (contenders) => {
    const { clock, join } = index();
    const held: string[] = [];
    let atOnce = 0;
    let most = 0;
    const contend = async (run: string) => {
      const { aws } = await join({ latency: { default: { median: 200, sigma: 1 } }, seed: run.length });
      const lease = await acquireLease(aws, owner, me(run), { signal: never });
      most = Math.max(most, ++atOnce);
      held.push(run);
      await clock.sleep(45_000);
      await lease.check();
      atOnce--;
      await lease.giveBack();
    };
    await Promise.all(Array.from({ length: contenders }, (_, i) => contend("x".repeat(i + 1))));
    expect(most).toBe(1);
    expect(new Set(held).size).toBe(contenders);
  });

  it("keeps a holder that lives as long as it wants", async () => {
    const { clock, join } = index();
    const lease = await acquireLease((await join()).aws, owner, me("long"), { signal: never });
    const late = acquireLease((await join()).aws, owner, me("late"), { signal: never });
    await clock.sleep(40 * 60_000);
    await lease.check();
    await lease.giveBack();
    await (await late).giveBack();
  });

  it("names the holder that is waited for, at once and every half minute", async () => {
    const { clock, join } = index();
    const lease = await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    const said: [string, number][] = [];
    const second = acquireLease((await join()).aws, owner, me("second"), {
      signal: never,
      waiting: (record, seconds) => said.push([record.run, seconds]),
    });
    await clock.sleep(65_000);
    await lease.giveBack();
    await (await second).giveBack();
    expect(said).toEqual([
      ["first", 0],
      ["first", 30],
      ["first", 60],
    ]);
  });

  it("is released when the contender is stopped", async () => {
    const { clock, join } = index();
    const lease = await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    const stop = new AbortController();
    const second = acquireLease((await join()).aws, owner, me("second"), { signal: stop.signal });
    void clock.sleep(15_000).then(() => stop.abort(new Error("enough")));
    await expect(second).rejects.toThrow("enough");
    await lease.giveBack();
  });
});

describe("a holder that dies", () => {
  // The calls of one holder: STS, then read the lease, take it, (read, heartbeat)…, release it.
  const points = Array.from({ length: 9 }, (_, i) => i + 2).flatMap((call) =>
    (["before", "after"] as const).map((when) => ({ call, when })),
  );

  it.each(points)(
    "$when call $call: the next run takes over within eight minutes, and no two runs hold the lease",
    async ({ call, when }) => {
      const { clock, join } = index();
      const first = await join({ stop: [{ call, when }] });
      const life = async () => {
        const lease = await acquireLease(first.aws, owner, me("first"), { signal: never });
        await clock.sleep(130_000);
        await lease.giveBack();
        return "lived" as const;
      };
      void Promise.race([life(), first.death]);
      await clock.sleep(200_000);
      const began = clock.now();
      const lease = await acquireLease((await join()).aws, owner, me("second"), { signal: never });
      expect(clock.now() - began).toBeLessThan(8 * 60_000);
      await lease.check();
      await lease.giveBack();
      expect((await readLease((await join()).aws, owner)).record).toMatchObject({ state: "released", run: "second" });
    },
  );

  it("on this machine is followed at once, after the index of tags had its minute", async () => {
    const { clock, join } = index();
    await acquireLease(
      (await join({ refuse: [{ operation: "ssm:PutParameter", nth: 2, times: "always", code: "InternalError", status: 500 }] })).aws,
      owner,
      me("dead"),
      { signal: never },
    );
    const began = clock.now();
    const lease = await acquireLease((await join()).aws, owner, me("next"), {
      signal: never,
      isDead: ({ process }) => process === "host dead",
      consistencyDelay: 60,
    });
    expect(clock.now() - began).toBe(60_000);
    await lease.giveBack();
  });
});

it("a holder that writes nothing is followed after six minutes, by a run that looks every ten seconds", async () => {
  const { clock, join } = index();
  const refuse = [{ operation: "ssm:PutParameter", nth: 2, times: "always" as const, code: "InternalError", status: 500 }];
  await acquireLease((await join({ refuse })).aws, owner, me("silent"), { signal: never });
  const began = clock.now();
  const told: string[] = [];
  const tell = (what: string) => (_: unknown, seconds: number) => void told.push(`${(clock.now() - began) / 1000} ${what} ${seconds}`);
  const next = { signal: never, waiting: tell("waits"), fencing: tell("fenced for") };
  await (await acquireLease((await join()).aws, owner, me("next"), next)).giveBack();
  expect(told).toEqual([...Array.from({ length: 12 }, (_, i) => `${30 * i} waits ${30 * i}`), "360 fenced for 90"]);
});

describe("a lease that follows the one that was read before", () => {
  const held = { state: "held", who: "w", run: "r", since: "", beat: 0 } as const;
  const released = { ...held, state: "released" } as const;

  it.each<[what: string, seen: Partial<LeaseView>, isNext: boolean]>([
    ["nothing happened since", {}, true],
    ["the one before was given back", { record: released }, true],
    ["another run had a number meanwhile", { number: 0 }, false],
    ["the holder wrote meanwhile", { version: 1 }, false],
    ["it was held", { record: held }, false],
    ["it was freed by somebody, and its holder may have written since", { record: { ...released, broken: true } }, false],
    ["AWS may not list all that its run made", { record: { ...released, pause: "lag" } }, false],
  ])("knows whether anybody else wrote: %s", async (_what, seen, isNext) => {
    const { join } = index();
    const { aws } = await join();
    await (await acquireLease(aws, owner, me("before"), { signal: never })).giveBack();
    const view = await readLease(aws, owner);
    expect([view.number, view.version]).toEqual([1, 2]);
    const lease = await acquireLease(aws, owner, me("next"), { signal: never });
    expect(lease.isNextAfter({ ...view, ...seen })).toBe(isNext);
    await lease.giveBack();
  });
});

describe("a holder that sleeps past its lease", () => {
  const silent = (times: number | "always") => ({ operation: "ssm:PutParameter", nth: 2, times, code: "InternalError", status: 500 });

  it("writes nothing while its lease cannot be seen to be its own, even before another took over", async () => {
    const { clock, join } = index();
    const { aws } = await join({ refuse: [silent("always")] });
    const lease = await acquireLease(aws, owner, me("sleeper"), { signal: never });
    await clock.sleep(70_000);
    await lease.check();
    await clock.sleep(10_000);
    const began = clock.now();
    await expect(lease.check()).rejects.toThrow(LeaseLostError);
    expect(clock.now() - began).toBeGreaterThan(9 * 60_000); // the holder waits until the outage is over
  });

  it("continues when the outage ends and no other run took over meanwhile", async () => {
    const { clock, join } = index();
    const { aws } = await join({ refuse: [silent(20)] });
    const lease = await acquireLease(aws, owner, me("sleeper"), { signal: never });
    await clock.sleep(100_000);
    const began = clock.now();
    await lease.check();
    expect(clock.now() - began).toBeGreaterThan(30_000);
    await lease.giveBack();
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "released", run: "sleeper" });
  });

  it("looks again when the wall clock ran on while the machine slept", async () => {
    const { clock, join } = index();
    const lease = await acquireLease((await join()).aws, owner, me("sleeper"), { signal: never });
    const before = (await readLease((await join()).aws, owner)).version;
    await breakLease((await join()).aws, owner, me("admin"));
    const now = clock.now.bind(clock);
    clock.now = () => now() + 7 * 60_000;
    expect(before).toBe(1); // no heartbeat yet
    await expect(lease.check()).rejects.toThrow(/user\/admin took it over/);
    clock.now = now;
    await lease.giveBack();
  });

  it("finds at its next heartbeat that another has it", async () => {
    const { clock, join } = index();
    const first = await join();
    const lease = await acquireLease(first.aws, owner, me("first"), { signal: never });
    const { aws } = await join();
    expect(await breakLease(aws, owner, me("admin"))).toMatchObject({ run: "first" });
    await clock.sleep(61_000);
    await expect(lease.check()).rejects.toThrow(/user\/admin took it over/);
    const next: Lease = await acquireLease(aws, owner, me("next"), { signal: never });
    const { writes } = first.sandbox.counts();
    await lease.giveBack(); // leaves the lease of the other holder, and its own number, alone
    expect(first.sandbox.counts().writes).toBe(writes);
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "held", run: "next" });
    await next.giveBack();
  });
});

describe("a live run whose lease was freed", () => {
  it("writes nothing any more before the next run writes its first", async () => {
    const { clock, join } = index();
    const first = await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    const writes: { run: string; at: number }[] = [];
    const write = async (run: string, lease: Lease) => {
      await lease.check();
      writes.push({ run, at: clock.now() });
    };
    const live = async () => {
      for (;;) {
        await write("first", first);
        await clock.sleep(1_000);
      }
    };
    const lived = live().catch((error: unknown) => error);
    await clock.sleep(7_000);
    const { aws } = await join();
    await breakLease(aws, owner, me("admin"));
    const fenced: unknown[] = [];
    const next = await acquireLease(aws, owner, me("next"), { signal: never, fencing: (...said) => fenced.push(said) });
    await write("next", next);
    await clock.sleep(60_000);
    expect(await lived).toBeInstanceOf(LeaseLostError);
    const last = Math.max(...writes.filter(({ run }) => run === "first").map(({ at }) => at));
    expect(writes.find(({ run }) => run === "next")!.at).toBeGreaterThan(last + 10_000);
    expect(fenced).toEqual([[expect.objectContaining({ broken: true, run: "admin" }), 90]]);
    await next.giveBack();
  });

  it("is not waited for twice: the run after the next begins at once", async () => {
    const { clock, join } = index();
    const { aws } = await join();
    await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    await breakLease(aws, owner, me("admin"));
    await (await acquireLease(aws, owner, me("next"), { signal: never })).giveBack();
    const began = clock.now();
    await (await acquireLease(aws, owner, me("third"), { signal: never })).giveBack();
    expect(clock.now() - began).toBeLessThan(2_000); // Parameter Store takes three writes a second
  });

  it("ends when somebody freezes the environment meanwhile, and takes nothing", async () => {
    const { clock, join } = index();
    const { aws } = await join();
    const first = await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    const next = acquireLease((await join()).aws, owner, me("next"), { signal: never });
    const frozen = { who: "ops", why: "an audit", since: "2026-01-01T00:00:00.000Z" };
    void clock.sleep(15_000).then(() => setFrozen(aws, owner, frozen));
    await expect(next).rejects.toMatchObject({ frozen, message: expect.stringContaining("an audit") as string });
    await first.giveBack();
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "released", run: "first" });
  });

  it("ends when it must not follow the run that had the lease before, and takes nothing", async () => {
    const { join } = index();
    const { aws } = await join();
    await (await acquireLease(aws, owner, { ...me("first"), commit: "c1" }, { signal: never })).giveBack();
    const before = await readLease(aws, owner);
    const follow = async (view: LeaseView) => {
      throw new Error(`after run ${view.record?.run}`);
    };
    await expect(acquireLease(aws, owner, me("next"), { signal: never, follow })).rejects.toThrow("after run first");
    expect(await readLease(aws, owner)).toEqual(before);
  });

  it("tells when the lease is taken, and when it is given back", async () => {
    const { join } = index();
    const told: boolean[] = [];
    const lease = await acquireLease((await join()).aws, owner, me("first"), { signal: never, holding: (isHeld) => told.push(isHeld) });
    expect(told).toEqual([true]);
    await lease.giveBack();
    expect(told).toEqual([true, false]);
  });

  it("a wait that is broken off gives the lease back", async () => {
    const { clock, join } = index();
    const { aws } = await join();
    await acquireLease((await join()).aws, owner, me("first"), { signal: never });
    await breakLease(aws, owner, me("admin"));
    const stop = new AbortController();
    const next = acquireLease(aws, owner, me("next"), { signal: stop.signal });
    void clock.sleep(15_000).then(() => stop.abort(new Error("enough")));
    await expect(next).rejects.toThrow("enough");
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "released", run: "next" });
  });
});

describe("the commit of a lease", () => {
  const committed = async (aws: Aws) => (await readLease(aws, owner)).record?.commit;

  it("is the commit of the last run that began its steps", async () => {
    const { join } = index();
    const { aws } = await join();
    const ended = async (run: Me, begins: boolean) => {
      const lease = await acquireLease(aws, owner, run, { signal: never });
      if (begins) await lease.begin(aws);
      lease.clearPause();
      await lease.giveBack();
      return committed(aws);
    };
    expect(await ended({ ...me("one"), commit: "c1" }, true)).toBe("c1");
    expect(await ended({ ...me("refused"), commit: "c2" }, false)).toBe("c1");
    expect(await ended(me("by hand"), true)).toBe("c1");
    expect(await ended({ ...me("two"), commit: "c2" }, true)).toBe("c2");
  });

  it("is written down when the steps begin, so that a run that is killed in them counts, and one that is killed before does not", async () => {
    const { join } = index();
    const { aws } = await join();
    const lease = await acquireLease(aws, owner, { ...me("killed"), commit: "c1" }, { signal: never });
    expect(await committed(aws)).toBeUndefined();
    await lease.begin(aws);
    expect(await committed(aws)).toBe("c1");
  });
});

describe("the pause before the first write", () => {
  /** Takes the lease as another process would; `stopAt` seconds later it is told to stop. */
  async function taking(testbed: ReturnType<typeof index>, run: string, isDead = false, stopAt?: number) {
    const { clock, join } = testbed;
    const stop = new AbortController();
    const [began, told] = [clock.now(), [] as string[]];
    if (stopAt !== undefined) void clock.sleep(stopAt * 1000).then(() => stop.abort(new Error("stopped")));
    const ended = acquireLease((await join()).aws, owner, me(run), {
      signal: stop.signal,
      isDead: () => isDead,
      fencing: (_before, seconds) => told.push(`alive ${seconds}`),
      recovering: (_before, seconds) => told.push(`lag ${seconds}`),
    });
    const lease = await ended.catch((error: Error) => void told.push(error.message));
    return { lease, told, seconds: Math.round((clock.now() - began) / 1000) };
  }

  it("is made by the next run where one is stopped in it: a holder that is dead, a lock that was freed", async () => {
    const dead = index();
    await taking(dead, "first");
    expect(await taking(dead, "second", true, 20)).toMatchObject({ told: ["lag 60", "stopped"] });
    expect(await taking(dead, "third")).toMatchObject({ told: ["lag 60"], seconds: 60 });
    const freed = index();
    await taking(freed, "first");
    await breakLease((await freed.join()).aws, owner, me("admin"));
    expect(await taking(freed, "second", false, 20)).toMatchObject({ told: ["alive 90", "stopped"] });
    expect(await taking(freed, "third")).toMatchObject({ told: ["alive 90"], seconds: 90 });
  });

  it("is the longer one after a run that was killed in it", async () => {
    const testbed = index();
    await taking(testbed, "first");
    await breakLease((await testbed.join()).aws, owner, me("admin"));
    void taking(testbed, "killed");
    await testbed.clock.sleep(20_000);
    expect(await taking(testbed, "third", true)).toMatchObject({ told: ["alive 90"] });
  });

  it("is made once", async () => {
    const testbed = index();
    await taking(testbed, "first");
    const { lease } = await taking(testbed, "second", true);
    await lease!.giveBack();
    expect(await taking(testbed, "third")).toMatchObject({ told: [] });
  });

  it("is left by a run whose objects AWS does not list, for ten minutes", async () => {
    const testbed = index();
    const { lease } = await taking(testbed, "first");
    const { aws } = await testbed.join();
    await lease!.begin(aws);
    await lease!.giveBack();
    const view = await readLease(aws, owner);
    expect(lease!.isNextAfter(view)).toBe(false);
    await testbed.clock.sleep(60_000);
    const second = await taking(testbed, "second", false, 20);
    expect(second.told).toEqual(["lag 60", "stopped"]);
    await testbed.clock.sleep(601_000);
    expect(await taking(testbed, "third")).toMatchObject({ told: [] });
  });

  it("ends with a freeze that came meanwhile, and the lease is given back", async () => {
    const testbed = index();
    const { aws } = await testbed.join();
    await taking(testbed, "first");
    void testbed.clock.sleep(20_000).then(() => setFrozen(aws, owner, { who: "ops", why: "an audit", since: "2026-01-01T00:00:00.000Z" }));
    const { told } = await taking(testbed, "second", true);
    expect(told).toEqual(["lag 60", expect.stringContaining("an audit")]);
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "released", run: "second" });
  });

  it("a lease that cannot be given back is told with AWS's reason", async () => {
    const { join } = index();
    const kept: string[] = [];
    const refuse = [{ operation: "ssm:PutParameter", nth: 2, times: 1, code: "ExpiredTokenException", status: 400 }];
    const lease = await acquireLease((await join({ refuse })).aws, owner, me("first"), { signal: never, kept: (why) => kept.push(why) });
    await lease.giveBack();
    expect(kept).toEqual(["ExpiredTokenException"]);
  });
});

describe("numbers of leases that are over", () => {
  const numbersIn = (state: SandboxState) =>
    [...state.regions.values()]
      .flatMap((region) => region.toJSON().tables["ssm.parameters"] ?? [])
      .flatMap((record) => /\/lease\/0*(\d+)/.exec(JSON.stringify(record))?.[1] ?? []);

  it("are deleted but for the newest two, also after somebody freed a lock", async () => {
    const { join, state } = index();
    const { aws } = await join();
    for (const run of ["one", "two", "three"]) {
      await acquireLease(aws, owner, me(run), { signal: never });
      await breakLease(aws, owner, me("admin"));
    }
    expect(numbersIn(state)).toEqual(["5", "6"]);
  });

  it("stay where AWS refuses to delete them, and go with the next run that may", async () => {
    const { join, state } = index();
    const refuse = [{ operation: "ssm:DeleteParameter", times: 100, code: "AccessDeniedException", status: 400 }];
    const denied = await join({ refuse });
    for (const run of ["one", "two", "three", "four"]) await (await acquireLease(denied.aws, owner, me(run), { signal: never })).giveBack();
    expect(numbersIn(state)).toEqual(["1", "2", "3", "4"]);
    await (await acquireLease((await join()).aws, owner, me("five"), { signal: never })).giveBack();
    expect(numbersIn(state)).toEqual(["4", "5"]);
  });
});

describe("freeze and unlock", () => {
  const environment = loadText(`${header}vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n`);
  const request = { goal: "agree", signal: never, onEvent: () => undefined, lease: { me: me("apply") } } as const;

  it("a frozen environment is not applied, and says who froze it and why", async () => {
    const { join } = index();
    const { connection, aws, sandbox } = await join();
    const frozen = { who: "ops", why: "an audit", since: "2026-01-01T00:00:00.000Z" };
    await setFrozen(aws, owner, frozen);
    sandbox.forgetCalls();
    expect(await applyUnderLease(kinds, connection, environment, request)).toEqual({ ended: "frozen", frozen });
    expect(sandbox.counts().writes).toBe(0);
    await setFrozen(aws, owner, undefined);
    await setFrozen(aws, owner, undefined); // already unfrozen
    expect(await applyUnderLease(kinds, connection, environment, request)).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  });

  it("there is nothing to unlock where no run holds the lease", async () => {
    const { join } = index();
    const { aws } = await join();
    expect(await breakLease(aws, owner, me("admin"))).toBeUndefined();
    const lease = await acquireLease(aws, owner, me("first"), { signal: never });
    await lease.giveBack();
    expect(await breakLease(aws, owner, me("admin"))).toBeUndefined();
  });

  it("an apply that finds nothing to do writes nothing, not even the lease", async () => {
    const { join } = index();
    const { connection, sandbox } = await join();
    await applyUnderLease(kinds, connection, environment, request);
    sandbox.forgetCalls();
    expect((await applyUnderLease(kinds, connection, environment, request)).ended).toBe("nothing-to-do");
    expect(sandbox.counts().writes).toBe(0);
  });
});
