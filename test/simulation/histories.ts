/**
 * Random histories: several runs with several faults, changes by others in between, and runs that meet. Then runs without faults must end
 * in the state of an undisturbed run. Everything comes from the seed.
 */
import { VirtualClock } from "@plumbline/clock";
import type { Kind } from "../../src/kinds/kind.ts";
import { ownership } from "../../src/resource/ownership.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { seeded } from "@plumbline/aws-sandbox/random.ts";
import { createSandbox, isMutating } from "@plumbline/aws-sandbox/sandbox.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { account } from "../support/past-the-wire.ts";
import { endedWell, runProcess, tell, type Circumstances, type Ended } from "./process.ts";
import { allowingAll, leaked, unawaited, whatIsWrong, type Baseline, type Phase } from "./simulator.ts";

export interface Lived {
  readonly seed: number;
  /** The events in order: "apply: stop before call 12, tags 30 s late". */
  readonly events: readonly string[];
  readonly furtherRuns: number;
  readonly violation: string | undefined;
}

/** Plays one history. */
export async function live(kinds: readonly Kind[], bases: readonly Baseline[], seed: number): Promise<Lived> {
  const history = new History(kinds, bases, seed);
  return history.live();
}

class History {
  readonly #kinds: readonly Kind[];
  readonly #bases: readonly Baseline[];
  readonly #seed: number;
  readonly #random: () => number;
  readonly #state: SandboxState;
  readonly #events: string[] = [];
  readonly #ended: Ended[] = [];
  /** A lag that lasts for the whole history, across runs. */
  readonly #lag: FaultPlan;
  #at: number;
  /** The number of runs that the author of the YAML had seen when the YAML named the objects that may be destroyed. */
  #seen = 0;

  constructor(kinds: readonly Kind[], bases: readonly Baseline[], seed: number) {
    this.#kinds = kinds;
    this.#bases = bases;
    this.#seed = seed;
    this.#random = seeded(seed);
    this.#state = bases[0]!.before.copy();
    this.#at = bases[0]!.startedAt;
    this.#lag = this.#chance(0.4)
      ? { seed, lag: { tags: this.#pick([1_000, 15_000, 60_000]), ids: this.#pick([0, 2_000, 5_000]) } }
      : { seed };
    if (this.#lag.lag)
      this.#events.push(`tags ${Number(this.#lag.lag.tags) / 1000} s late, ids ${Number(this.#lag.lag.ids) / 1000} s late`);
  }

  async live(): Promise<Lived> {
    const [apply, change, destroy] = this.#bases as [Baseline, Baseline, Baseline];
    const paths = [[apply], [apply, change], [apply, change, destroy], [apply, change, apply, change]];
    const path = this.#pick(paths);
    let furtherRuns = 0;
    let violation: string | undefined;
    for (const [i, base] of path.entries()) {
      const isOlder = i === 2 && base === apply;
      if (isOlder) this.#events.push("a run at an older commit");
      violation = await this.#disturbedRun(base, isOlder);
      if (violation) break;
      if (this.#chance(0.3)) await this.#foreignHand(base);
    }
    if (!violation) ({ violation, furtherRuns } = await this.#calm(path.at(-1)!));
    return { seed: this.#seed, events: this.#events, furtherRuns, violation: violation ?? leaked(this.#state, this.#ended) };
  }

  /** Plays one or several runs of a phase with faults. Returns a violation. */
  async #disturbedRun(base: Baseline, isOlder: boolean): Promise<string | undefined> {
    this.#seen = this.#ended.length;
    const kind = this.#random();
    if (kind < 0.15 && !isOlder) return this.#twoAtOnce(base);
    if (kind < 0.25) return this.#holderThatFallsSilent(base, isOlder);
    if (kind < 0.4) return this.#approvedTwice(base, isOlder);
    const { faults, text } = this.#troubles(base);
    this.#events.push(`${base.phase.name}: ${text}`);
    const ended = await this.#run(base, faults);
    if (ended.how === "died" && this.#chance(0.5)) {
      const again = this.#troubles(base);
      this.#events.push(`and again: ${again.text}`);
      const second = await this.#run(base, again.faults);
      return this.#complaint(second, isOlder);
    }
    return this.#complaint(ended, isOlder);
  }

  /**
   * Returns a violation of a run. A run may report that it cannot continue; it may not crash. An older version may ask for changes that AWS
   * cannot undo.
   */
  #complaint(ended: Ended, isOlder = false): string | undefined {
    if (endedWell(ended) || isOlder) return undefined;
    return tell(ended);
  }

  /** Returns the phase for this history, whose objects may be others than those of the undisturbed history. */
  #phaseOf({ phase }: Baseline): Phase {
    return phase.goal === "destroy" ? allowingAll(phase, this.#ended.slice(0, this.#seen)) : phase;
  }

  async #run(base: Baseline, faults: FaultPlan, how: Pick<Circumstances, "approval" | "repairContested"> = {}): Promise<Ended> {
    const ended = await runProcess(this.#kinds, this.#state, this.#at, this.#phaseOf(base), {
      faults: { ...this.#lag, ...faults },
      ...how,
    });
    this.#at = ended.end + 1000;
    this.#ended.push(ended);
    return ended;
  }

  #troubles(base: Baseline): { readonly faults: FaultPlan; readonly text: string } {
    const { calls } = base.run;
    const texts: string[] = [];
    const call = () => 1 + Math.floor(this.#random() * calls * 1.1);
    let faults: FaultPlan = {};
    if (this.#chance(0.6)) {
      const when = this.#pick(["before", "after"] as const);
      const at = call();
      faults = { ...faults, stop: [{ call: at, when }] };
      texts.push(`stop ${when} call ${at}`);
    }
    if (this.#chance(0.4)) {
      const lost = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, call);
      faults = { ...faults, loseAnswer: lost.map((n) => ({ call: n })) };
      texts.push(`answers ${lost.join(", ")} lost`);
    }
    if (this.#chance(0.4)) {
      const scale = this.#pick([1, 0.3, 0.1]);
      faults = { ...faults, throttle: { scale } };
      texts.push(`throttled at ${scale} of what is published`);
    }
    if (this.#chance(0.4)) {
      const refuse = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => ({ call: call(), ...this.#pick(refusals) }));
      faults = { ...faults, refuse };
      texts.push(refuse.map((one) => `${one.code} at call ${one.call}`).join(", "));
    }
    if (this.#chance(0.3)) {
      faults = { ...faults, latency: { default: { median: 300, sigma: 1 } } };
      texts.push("slow answers");
    }
    return { faults, text: texts.length > 0 ? texts.join("; ") : "nothing" };
  }

  /** Starts two runs of one version within a minute. One waits for the other, and both end well. */
  async #twoAtOnce(base: Baseline): Promise<string | undefined> {
    const late = Math.floor(this.#random() * 60_000);
    this.#events.push(`${base.phase.name}: two at once, the second ${late} ms later`);
    const clock = new VirtualClock(this.#at);
    const circumstances = (run: string) => ({
      clock,
      faults: { ...this.#lag, latency: { default: { median: 200, sigma: 1 } } },
      lease: { me: { who: "simulation", run } },
    });
    const first = runProcess(this.#kinds, this.#state, this.#at, this.#phaseOf(base), circumstances(`first of ${this.#at}`));
    const second = clock
      .sleep(late)
      .then(() => runProcess(this.#kinds, this.#state, this.#at, this.#phaseOf(base), circumstances(`second of ${this.#at}`)));
    const both = await Promise.all([first, second]);
    this.#at = clock.now() + 1000;
    this.#ended.push(...both);
    return both.map((ended) => (ended.how === "done" ? undefined : tell(ended))).find((what) => what !== undefined);
  }

  /**
   * Plays a holder whose heartbeats are lost and whose writes take minutes. A second run takes over after the lease expired. The first run
   * stops itself before that, and its last calls arrive late.
   */
  async #holderThatFallsSilent(base: Baseline, isOlder: boolean): Promise<string | undefined> {
    this.#events.push(`${base.phase.name}: a holder falls silent, another takes over`);
    const clock = new VirtualClock(this.#at);
    const slow = base.run.log.filter((operation) => !operation.startsWith("ssm:") && isMutating(operation.split(":")[1]!));
    const silent: FaultPlan = {
      ...this.#lag,
      latency: Object.fromEntries(slow.map((operation) => [operation, { median: 120_000, sigma: 0.5 }])),
      refuse: [{ operation: "ssm:PutParameter", nth: 2, times: "always", code: "InternalError", status: 500 }],
    };
    const first = runProcess(this.#kinds, this.#state, this.#at, this.#phaseOf(base), {
      clock,
      faults: silent,
      lease: { me: { who: "simulation", run: `silent of ${this.#at}` } },
    });
    const second = clock.sleep(90_000).then(() =>
      runProcess(this.#kinds, this.#state, this.#at, this.#phaseOf(base), {
        clock,
        faults: this.#lag,
        lease: { me: { who: "simulation", run: `second of ${this.#at}` } },
      }),
    );
    const [one, two] = await Promise.all([first, second]);
    this.#at = clock.now() + 1000;
    this.#ended.push(one, two);
    const tookOverAt = two.writesAt[0] ?? Infinity;
    const late = one.writesAt.filter((at) => at > tookOverAt && one.writesAt[0]! < tookOverAt).length;
    if (late > 0) return `a holder that had fallen silent sent ${late} writes after another had taken over`;
    return this.#complaint(one, isOlder) ?? this.#complaint(two, isOlder);
  }

  /** Runs an approved plan that dies, and runs the same approval again: the finished steps are left out, and the rest is still approved. */
  async #approvedTwice(base: Baseline, isOlder: boolean): Promise<string | undefined> {
    const call = 1 + Math.floor(this.#random() * base.run.calls);
    const when = this.#pick(["before", "after"] as const);
    this.#at += 120_000; // people need longer to approve than the seconds in which AWS hides what an earlier run made
    this.#events.push(`${base.phase.name}: approved, stop ${when} call ${call}, the same approval again`);
    const first = await this.#run(base, { stop: [{ call, when }] }, { approval: "own" });
    if (!first.approval || first.how !== "died") return this.#complaint(first, isOlder);
    return this.#complaint(await this.#run(base, {}, { approval: first.approval }), isOlder);
  }

  /** Changes our objects as somebody else, perhaps again after a run has restored them. */
  async #foreignHand(base: Baseline): Promise<void> {
    const edit = this.#pick(Object.keys(edits));
    const times = this.#chance(0.3) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const what = await edits[edit]!(this.#state, this.#at, base, this.#random);
      if (what) this.#events.push(`${i > 0 ? "again " : ""}a foreign hand ${what}`);
      this.#at += 60_000;
      if (i + 1 < times) await this.#run(base, {});
    }
  }

  /**
   * Runs without a fault until nothing is left to do. Contested fields, which a run leaves alone, are repaired with the flag that the plan
   * names.
   */
  async #calm(base: Baseline): Promise<{ violation: string | undefined; furtherRuns: number }> {
    let repairContested = false;
    for (let furtherRuns = 0; ; furtherRuns++) {
      this.#seen = this.#ended.length;
      const ended = await this.#run(base, {}, { repairContested });
      const isEmpty = ended.how === "done" && ended.steps === 0;
      if (isEmpty && !repairContested && contestedIn(ended)) {
        this.#events.push("what is contested is repaired on request");
        repairContested = true;
        furtherRuns = -1;
        continue;
      }
      if (ended.how !== "done" && (furtherRuns === 2 || ended.how !== "failed"))
        return { violation: `run ${furtherRuns + 1} in calm: ${tell(ended)}`, furtherRuns };
      if (isEmpty)
        return {
          violation:
            ended.writes > 0
              ? "a run with nothing to do wrote"
              : (unawaited(ended, this.#phaseOf(base)) ??
                (await whatIsWrong(base, this.#state, ended.end, {
                  aside: keptBackups,
                  ...(base === this.#bases[2] && { versions: this.#bases.map(({ shape }) => shape) }),
                }))),
          furtherRuns,
        };
      if (furtherRuns === 2) return { violation: `not done after two further runs: ${tell(ended)}`, furtherRuns };
    }
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!;
  }
}

function contestedIn({ result }: Ended): boolean {
  return result !== undefined && "run" in result && (result.run.plan.contested?.length ?? 0) > 0;
}

/** The number of snapshots, and how often the same was made, depend on the number of changes. */
const keptBackups = /^(rds\.(snapshots|clusterSnapshots|retainedBackups)|cloudcontrol\.made) /;

const refusals = [
  { code: "InternalError", status: 500 },
  { code: "RequestLimitExceeded", status: 503 },
  { code: "ServiceUnavailable", status: 503 },
  { code: "UnauthorizedOperation", status: 403 },
  { code: "InsufficientInstanceCapacity", status: 500 },
];

type Edit = (state: SandboxState, at: number, base: Baseline, random: () => number) => Promise<string | undefined>;

/** Changes that people make in the console. Each returns its description, or undefined when there was no object for it. */
const edits: Readonly<Record<string, Edit>> = {
  opensAPort: onOne(
    "securityGroup",
    "sg",
    (id) => [
      "AuthorizeSecurityGroupIngress",
      { GroupId: id, IpPermissions: [{ IpProtocol: "tcp", FromPort: 2222, ToPort: 2222, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] },
    ],
    "opens port 2222 of",
  ),
  renames: onOne("subnet", "subnet", (id) => ["CreateTags", { Resources: [id], Tags: [{ Key: "Name", Value: "mine" }] }], "renames"),
  terminates: onOne("instance", "i", (id) => ["TerminateInstances", { InstanceIds: [id] }], "terminates"),
  cutsARoute: onOne(
    "routeTable",
    "rtb",
    (id) => ["DeleteRoute", { RouteTableId: id, DestinationCidrBlock: "0.0.0.0/0" }],
    "deletes the default route of",
  ),
  takesATagOff: onOne("routeTable", "rtb", (id) => ["DeleteTags", { Resources: [id], Tags: [{ Key: "Name" }] }], "takes the name off"),
};

function onOne(kind: string, prefix: string, call: (id: string) => readonly [string, object], did: string): Edit {
  return async (state, at, { unmanaged }, random) => {
    const ours = [...state.regions.entries()].flatMap(([key, region]) =>
      (region.toJSON().tables["ec2.tags"] ?? [])
        .filter(
          ([id, tags]) =>
            id.startsWith(`${prefix}-`) &&
            !unmanaged.has(`ec2.tags ${id}`) &&
            (tags as Record<string, string>)[ownership.resource]?.startsWith(`${kind}/`),
        )
        .map(([id]) => ({ id, region: key.split("/")[1]! })),
    );
    const one = ours[Math.floor(random() * ours.length)];
    if (!one) return undefined;
    const [operation, input] = call(one.id);
    const sandbox = createSandbox({ clock: new VirtualClock(at), state });
    const isDone = await sandbox.call({ service: "ec2", operation, account, region: one.region, input }).then(
      () => true,
      () => false,
    );
    return isDone ? `${did} ${one.id}` : undefined;
  };
}
