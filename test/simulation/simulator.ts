/**
 * Simulation like FoundationDB's: one process, virtual time, one fault at one call, then runs without faults until the work is done. The
 * invariants are checked after each run. A failing point is named by its environment, phase, fault and call number, and replays from these
 * alone.
 */
import type { Environment } from "../../src/config/environment.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { approvalOf, type Approval } from "../../src/plan/approval.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { climates, faults, type Fault } from "./faults.ts";
import { endedWell, runProcess, tell, type Ended, type Job } from "./process.ts";
import { difference, harmTo, links, shapeOf, type Unmanaged } from "./shape.ts";
import { neighbourhood } from "./neighbourhood.ts";

export interface Phase extends Job {
  readonly name: string;
}

/** One fault: at a call, or (call 0) during the whole run. */
export interface Point {
  readonly phase: string;
  readonly fault: string;
  readonly call: number;
}

export interface Tried {
  readonly point: Point;
  /** The operation at which the fault happened, for people. */
  readonly operation: string;
  /** The invariant that did not hold. */
  readonly violation: string | undefined;
  /** The number of runs with work to do that followed the disturbed one. */
  readonly furtherRuns: number;
}

/** An undisturbed run of one phase, and its result. */
export interface Baseline {
  readonly phase: Phase;
  readonly before: SandboxState;
  readonly startedAt: number;
  readonly unmanaged: Unmanaged;
  readonly run: Ended;
  readonly after: SandboxState;
  readonly endedAt: number;
  readonly shape: string;
}

/** Plays the undisturbed history of an environment: apply, change, destroy. */
export async function story(kinds: readonly Kind[], first: Environment, second: Environment, start: number): Promise<Baseline[]> {
  let { state, at, unmanaged } = await neighbourhood(kinds, first, start);
  const story: Baseline[] = [];
  const phases: Phase[] = [
    { name: "apply", environment: first, goal: "agree" },
    { name: "change", environment: second, goal: "agree" },
    { name: "destroy", environment: second, goal: "destroy" },
  ];
  for (const phase of phases) {
    const allowed = phase.goal === "destroy" ? allowingAll(phase, [story.at(-1)!.run]) : phase;
    const base = await baseline(kinds, state, at, allowed, unmanaged);
    story.push(base);
    state = base.after;
    at = base.endedAt + 3_600_000; // so that the lists of the next phase show every object of this one
  }
  return story;
}

/** Allows `infra destroy` to delete data: the YAML must name the live object, so these are the ids that the runs found and made. */
export function allowingAll(phase: Phase, runs: readonly Ended[]): Phase {
  const ids = new Map(Object.entries(phase.environment.allowDestroy));
  for (const { result, events } of runs) {
    const run = result && "run" in result ? result.run : undefined;
    for (const { address, id } of run?.plan.objects ?? []) ids.set(address, id);
    for (const event of events) if (event.type === "step-done" && event.id !== undefined) ids.set(event.step.address, event.id);
  }
  return { ...phase, environment: { ...phase.environment, allowDestroy: Object.fromEntries(ids) } };
}

/**
 * Refusals that only the call itself can show. Interfaces of load balancers, databases and instances exist minutes longer than these, and
 * only the delete shows when they are gone. New IAM roles and profiles reach EC2 seconds later, and only the call shows when. Snapshots and
 * backups keep option groups in use, and the refused delete makes the run release the group.
 */
const outlived =
  /^(ec2:(Delete(SecurityGroup|Subnet) DependencyViolation:|CreateFlowLogs InvalidParameter:|RunInstances InvalidParameterValue: .*Invalid IAM Instance Profile)|rds:DeleteOptionGroup InvalidOptionGroupStateFault:)/;

/** Runs a phase without a fault and keeps the result. Throws when this fails, or when the run over the wire differs. */
export async function baseline(
  kinds: readonly Kind[],
  before: SandboxState,
  startedAt: number,
  phase: Phase,
  unmanaged: Unmanaged = new Map(),
): Promise<Baseline> {
  const after = before.copy();
  const run = await runProcess(kinds, after, startedAt, phase);
  if (run.how !== "done") throw new Error(`${phase.environment.name}, ${phase.name}, undisturbed: ${tell(run)}`);
  const avoidable = run.refusals.find((refusal) => !outlived.test(refusal));
  if (avoidable) throw new Error(`${phase.environment.name}, ${phase.name}, undisturbed: AWS refused ${avoidable}`);
  const again = await runProcess(kinds, after, run.end + 1000, phase);
  if (again.how !== "done" || again.writes > 0 || again.steps > 0)
    throw new Error(`${phase.environment.name}, ${phase.name}: the second run is not empty: ${tell(again)}`);
  if (again.outcome) throw new Error(`${phase.environment.name}, ${phase.name}: the first run did not wait for what the second waited for`);
  const harm = harmTo(unmanaged, after);
  if (harm) throw new Error(`${phase.environment.name}, ${phase.name}, undisturbed: ${harm}`);
  const shape = await shapeOf(after, again.end, unmanaged);
  const wired = before.copy();
  const overTheWire = await runProcess(kinds, wired, startedAt, phase, { overTheWire: true });
  const wiredShape = await shapeOf(wired, overTheWire.end, unmanaged);
  if (wiredShape !== shape)
    throw new Error(`${phase.environment.name}, ${phase.name}: over the wire it ends otherwise:\n${difference(shape, wiredShape)}`);
  return { phase, before, startedAt, unmanaged, run, after, endedAt: again.end + 1000, shape };
}

/** Returns every point of a phase. */
export function pointsOf({ phase, run }: Baseline): Point[] {
  const points = climates.map((fault) => ({ phase: phase.name, fault: fault.name, call: 0 }));
  for (const fault of faults.filter((one) => one.phase === undefined || one.phase === phase.name))
    for (const [i, operation] of run.log.entries())
      if (fault.befalls(operation)) points.push({ phase: phase.name, fault: fault.name, call: i + 1 });
  return points;
}

const byName = new Map<string, Fault>([...faults, ...climates].map((fault) => [fault.name, fault]));

/** Plays one fault, and then runs without faults until nothing is left to do. */
export async function disturb(kinds: readonly Kind[], base: Baseline, point: Point): Promise<Tried> {
  const fault = byName.get(point.fault);
  if (!fault) throw new Error(`there is no fault "${point.fault}"`);
  const state = base.before.copy();
  const operation = point.call === 0 ? "" : (base.run.log[point.call - 1] ?? "");
  const approval = fault.isApproved ? approvalOfRun(base.run) : undefined;
  const hit = await runProcess(kinds, state, base.startedAt, base.phase, { faults: fault.plan(point.call), approval });
  const { violation, furtherRuns } = endedWell(hit) ? await heal(kinds, base, state, hit, fault) : { violation: tell(hit), furtherRuns: 0 };
  return { point, operation, violation: violation ?? leaked(state, [hit]), furtherRuns };
}

/** Returns the approval of what an undisturbed run did. */
function approvalOfRun({ result }: Ended): Approval | undefined {
  return result?.ended === "ran" ? approvalOf(result.run.plan) : undefined;
}

async function heal(
  kinds: readonly Kind[],
  base: Baseline,
  state: SandboxState,
  hit: Ended,
  fault: Fault,
): Promise<{ violation: string | undefined; furtherRuns: number }> {
  let last = hit;
  const { approval } = hit;
  for (let furtherRuns = 0; ; furtherRuns++) {
    // The next process starts some time after the death of one, not in the same instant.
    const pause = furtherRuns === 0 ? 1000 : (fault.lastsFor ?? 1000);
    const next = await runProcess(kinds, state, last.end + pause, base.phase, {
      faults: fault.after ?? {},
      afterDeath: last.how === "died",
      approval,
    });
    if (next.how === "threw" || next.how === "died") return { violation: tell(next), furtherRuns };
    if (next.calls > 3 * base.run.calls + 100)
      return { violation: `${next.calls} calls in a further run, ${base.run.calls} undisturbed`, furtherRuns };
    const isDone = next.how === "done" && next.steps === 0;
    if (!isDone && furtherRuns === 2) return { violation: `not done after two further runs: ${tell(next)}`, furtherRuns };
    last = next;
    if (isDone)
      return {
        violation:
          next.writes > 0
            ? `the last run had nothing to do and wrote ${next.writes} times`
            : (unawaited(next, base.phase) ?? (await whatIsWrong(base, state, next.end))),
        furtherRuns,
      };
  }
}

/** Returns an object that a run found while AWS was still making it, and for which the run did not wait. */
export function unawaited({ result, outcome }: Ended, { environment, goal }: Job): string | undefined {
  if (goal === "destroy" || !result || !("run" in result)) return undefined;
  const awaited = new Set(outcome?.done.map(({ address }) => address));
  const objects = environment.nodes.flatMap(({ address }) => result.run.observed.objects.get(address) ?? []);
  const left = objects.find(({ address, live }) => live.state === "pending" && live.isUnderWay !== false && !awaited.has(address));
  return left && `${left.address} is not ready, and the last run did not wait for it`;
}

/**
 * Returns a violation. The result must equal the result of an undisturbed run exactly, and the objects of others must be unchanged.
 * `aside`: records that do not count. `versions`: after a destroy, objects with data stay. Earlier runs, which may have ended early, made
 * or changed them. There may therefore be fewer of them, and each member of a record must be that of one of these shapes, which are those
 * of the whole story. There is nothing else, and nothing twice.
 */
export async function whatIsWrong(
  base: Pick<Baseline, "shape" | "unmanaged">,
  state: SandboxState,
  at: number,
  { aside, versions }: { readonly aside?: RegExp; readonly versions?: readonly string[] } = {},
): Promise<string | undefined> {
  const harm = harmTo(base.unmanaged, state);
  if (harm) return `a foreign object was touched: ${harm}`;
  const linesOf = (shape: string) => shape.split("\n").filter((line) => line !== "" && !aside?.test(line));
  const left = await shapeOf(state, at, base.unmanaged);
  const isRight = versions ? isKept(linesOf, left, base.shape, versions) : linesOf(left).join("\n") === linesOf(base.shape).join("\n");
  const [wanted, have] = [base.shape, left].map((shape) => linesOf(shape).join("\n")) as [string, string];
  return isRight ? undefined : `what is left differs from an undisturbed run:\n${difference(wanted, have)}`;
}

/** Compares records without their links, because the links depend on which of the records exist. */
function isKept(linesOf: (shape: string) => string[], left: string, last: string, versions: readonly string[]): boolean {
  const plain = (shape: string) => linesOf(shape.split(links)[0]!);
  const free = new Map<string, number>();
  for (const line of plain(last)) free.set(identityIn(line), (free.get(identityIn(line)) ?? 0) + 1);
  const known = new Map<string, Set<string>>();
  for (const line of versions.flatMap(plain)) {
    const members = known.get(identityIn(line)) ?? new Set();
    for (const member of membersIn(line)) members.add(member);
    known.set(identityIn(line), members);
  }
  return plain(left).every((line) => {
    const identity = identityIn(line);
    free.set(identity, (free.get(identity) ?? 0) - 1);
    return free.get(identity)! >= 0 && membersIn(line).every((member) => known.get(identity)!.has(member));
  });
}

/** Returns the record of a line: its table, and its id where it has one. */
function identityIn(line: string): string {
  return /^\S+ .*?\b(?:id|arn|name|Name|key): [^,}]+/.exec(line)?.[0] ?? line;
}

/** Returns the members of the record in a line: `tags: {a: b, c: d}` is one. */
function membersIn(line: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let from = line.indexOf("{") + 1;
  for (let i = from; i < line.length; i++) {
    if ("{[".includes(line[i]!)) depth++;
    else if ("}]".includes(line[i]!)) depth--;
    if (depth < 0 || (depth === 0 && line[i] === ",")) {
      members.push(line.slice(from, i).trim());
      from = i + 1;
    }
    if (depth < 0) break;
  }
  return members;
}

/** Returns a secret of the state that a process printed. */
export function leaked(state: SandboxState, processes: readonly Ended[]): string | undefined {
  const secrets = [...state.regions.values()].flatMap((region) =>
    (region.toJSON().tables["ssm.parameters"] ?? []).flatMap(([name, parameter]) =>
      (parameter as Parameter).versions.map(({ version }) => region.secret(`ssm ${name}:${version}`)),
    ),
  );
  const known = secrets.filter((secret) => secret !== undefined);
  if (known.length === 0) return undefined;
  for (const { events, result, error } of processes) {
    const said = JSON.stringify([events, result && "run" in result ? [result.run.plan, result.run.diagnostics] : result, String(error)]);
    if (known.some((secret) => said.includes(secret))) return "a secret shows in what the run said";
  }
  return undefined;
}

interface Parameter {
  readonly versions: readonly { readonly version: number }[];
}
