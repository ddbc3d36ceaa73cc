/** Runs a plan: starts the nodes that wait for nothing, waits for any to end, unblocks the nodes that needed it. Each change of state is an event. */
import { buildGraph, criticalPath, type Graph, whyBlocked } from "../graph/graph.ts";
import type { Address } from "../kinds/kind.ts";
import { whenAdopted, type Work } from "../plan/work.ts";
import { hasChanged, type ApplyEvent, type Failure, type Outcome, type StepRef } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { ApplyInput } from "./apply-input.ts";
import { PriorityLimiter } from "./priority-limiter.ts";
import { EventQueue } from "./event-queue.ts";
import { StoppedError } from "./retry-policy.ts";
import { Worker } from "./worker.ts";

/**
 * Runs the plan and yields its events; the last one is "finished". AWS's refusals are events, only bugs are thrown. When the reader leaves
 * early, nothing new is started, and the generator returns after the running steps have ended.
 */
export async function* applyPlan(input: ApplyInput): AsyncGenerator<ApplyEvent> {
  const queue = new EventQueue<ApplyEvent>();
  const left = new AbortController();
  const signal = AbortSignal.any([input.signal, left.signal]);
  const run = new Execution({ ...input, signal }, (event) => queue.push(event)).run();
  void run.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* queue;
  } finally {
    left.abort(new Error("nobody reads the events any more"));
    await run;
  }
}

type State = "waiting" | "running" | "done" | "failed" | "skipped";

class Execution {
  readonly #input: ApplyInput;
  readonly #emit: (event: ApplyEvent) => void;
  readonly #worker: Worker;
  readonly #limiter: PriorityLimiter;
  /** For each running step that counts against the limit, the function that gives its place to the next step. */
  readonly #freePlace = new Map<string, () => void>();
  readonly #nodes: ReadonlyMap<string, Work>;
  readonly #graph: Graph;
  readonly #priority: ReadonlyMap<string, number>;
  readonly #states = new Map<string, State>();
  /** How many unfinished nodes each node still waits for. */
  readonly #open = new Map<string, number>();
  #unblocked: Work[];
  #running = 0;
  /** Errors beside AWS's refusals. The first one is thrown after the running nodes have ended, so that none writes without the lock. */
  readonly #bugs: unknown[] = [];
  readonly #done: StepRef[] = [];
  readonly #failed: { step: StepRef; failure: Failure }[] = [];
  readonly #skipped: { step: StepRef; because: string }[] = [];

  constructor(input: ApplyInput, emit: (event: ApplyEvent) => void) {
    this.#input = input;
    this.#emit = emit;
    this.#limiter = new PriorityLimiter(input.concurrency ?? 24);
    this.#worker = new Worker(input, emit, (node) => this.#freePlace.get(node.id)?.());
    const { work } = input.planned;
    this.#nodes = new Map(work.map((node) => [node.id, node]));
    this.#graph = buildGraph(work);
    this.#priority = criticalPath(this.#graph, (id) => this.#seconds(this.#nodes.get(id)!));
    for (const node of work) {
      this.#states.set(node.id, "waiting");
      this.#open.set(node.id, this.#graph.needsOf(node.id).length);
    }
    this.#unblocked = work.filter(({ id }) => this.#open.get(id) === 0);
  }

  async run(): Promise<void> {
    const { clock } = this.#input.aws;
    const began = clock.now();
    this.#emit({
      type: "started",
      at: began,
      steps: [...this.#nodes.values()].filter(({ op }) => op !== "barrier").length,
      resources: stepsByAddress(this.#input.planned.work),
    });
    await this.#runAll();
    const ms = clock.now() - began;
    this.#emit({
      type: "finished",
      at: clock.now(),
      outcome: { status: this.#status(), done: this.#done, failed: this.#failed, skipped: this.#skipped, ms },
    });
  }

  async #runAll(): Promise<void> {
    const ended = new EventQueue<Work>();
    this.#start(ended);
    while (this.#running > 0) {
      const node = await ended.next();
      this.#running -= 1;
      this.#unblock(node);
      if (this.#bugs.length === 0) this.#start(ended);
    }
    if (this.#bugs.length > 0) throw this.#bugs[0];
    const stuck = [...this.#states].find(([, state]) => state === "waiting");
    if (stuck)
      throw new Error(
        `nothing runs, and ${stuck[0]} waits for ${whyBlocked(this.#graph, stuck[0], (id) => this.#states.get(id) === "done").join(", ")}`,
      );
  }

  /** Starts every unblocked node, those on the longest path first; the limiter says when each may send. */
  #start(ended: EventQueue<Work>): void {
    const nodes = this.#unblocked.sort((a, b) => this.#priority.get(b.id)! - this.#priority.get(a.id)!);
    this.#unblocked = [];
    for (const node of nodes) {
      this.#states.set(node.id, "running");
      this.#running += 1;
      void this.#runInTurn(node)
        .catch((error: unknown) => this.#bugs.push(error))
        .then(() => ended.push(node));
    }
  }

  /** Collects the nodes that waited only for this one. A failed node unblocks none, because all nodes that need it are skipped already. */
  #unblock(node: Work): void {
    if (this.#states.get(node.id) !== "done") return;
    for (const id of this.#graph.neededBy(node.id)) {
      const left = this.#open.get(id)! - 1;
      this.#open.set(id, left);
      if (left === 0 && this.#states.get(id) === "waiting") this.#unblocked.push(this.#nodes.get(id)!);
    }
  }

  async #runInTurn(node: Work): Promise<void> {
    if (node.op === "barrier") return void this.#states.set(node.id, "done");
    if (node.op === "tag" || node.op === "adopt") return this.#runNode(node); // steps with equal tags share one call
    const kind = this.#input.planned.decisions.get(node.address)?.kind.name ?? "";
    const freePlace = await this.#limiter.acquire(`${node.op} ${kind} ${node.stage}`, this.#priority.get(node.id)!);
    this.#freePlace.set(node.id, freePlace);
    try {
      await this.#runNode(node);
    } finally {
      this.#freePlace.delete(node.id);
      freePlace();
    }
  }

  /** Runs one node. After a failure it also skips all nodes that need it. */
  async #runNode(node: Work): Promise<void> {
    const step = this.#worker.refOf(node);
    const { clock } = this.#input.aws;
    if (this.#input.signal.aborted) return this.#skip(node, "the run was stopped");
    const began = clock.now();
    this.#emit({ type: "step-started", at: began, step });
    try {
      const id = await this.#worker.run(node);
      this.#done.push(step);
      this.#emit({ type: "step-done", at: clock.now(), step, ms: clock.now() - began, ...(id !== undefined ? { id } : {}) });
      this.#states.set(node.id, "done");
    } catch (error) {
      if (error instanceof StoppedError) return this.#skip(node, error.message, `${node.address} was not finished`);
      const failure = failureOf(error);
      this.#failed.push({ step, failure });
      this.#emit({ type: "step-failed", at: clock.now(), step, ms: clock.now() - began, failure });
      this.#states.set(node.id, "failed");
      this.#skipUsers(node, `${node.address} failed`);
    }
  }

  #skip(node: Work, because: string, usersBecause = because): void {
    this.#tellSkipped(node, because);
    this.#skipUsers(node, usersBecause);
  }

  /** Skips all nodes that need `node`, directly or not. Nodes behind a barrier give their own reason. */
  #skipUsers(node: Work, because: string): void {
    const queue = this.#graph.neededBy(node.id).map((id) => ({ id, because }));
    for (let next = queue.shift(); next; next = queue.shift()) {
      const user = this.#nodes.get(next.id)!;
      if (this.#states.get(user.id) !== "waiting") continue;
      this.#tellSkipped(user, next.because);
      const reason = user.op === "barrier" ? whyNotBefore(user) : next.because;
      queue.push(...this.#graph.neededBy(user.id).map((id) => ({ id, because: reason })));
    }
  }

  #tellSkipped(node: Work, because: string): void {
    this.#states.set(node.id, "skipped");
    if (node.op === "barrier") return;
    const step = this.#worker.refOf(node);
    this.#skipped.push({ step, because });
    this.#emit({ type: "step-skipped", at: this.#input.aws.clock.now(), step, because });
  }

  #seconds(node: Work): number {
    const waits = this.#input.planned.decisions.get(node.address as Address)?.kind.waits;
    const wait = node.op === "create" || node.op === "wait" ? waits?.create : node.op === "delete" ? waits?.delete : undefined;
    return 1 + (typeof wait === "object" ? wait.typical : 0);
  }

  #status(): Outcome["status"] {
    if (this.#failed.length + this.#skipped.length === 0) return "done"; // also when the stop came too late to prevent anything
    if (this.#input.signal.aborted) return "stopped";
    return hasChanged({ done: this.#done }) ? "partial" : "failed";
  }
}

function whyNotBefore({ stage }: Work): string {
  return stage === whenAdopted
    ? "nothing else is done before every object that `adopt:` names has its tags"
    : "nothing is deleted before every create and change has succeeded";
}

function stepsByAddress(work: readonly Work[]): Readonly<Record<Address, number>> {
  const steps: Record<Address, number> = {};
  for (const { op, address } of work) if (op !== "barrier") steps[address] = (steps[address] ?? 0) + 1;
  return steps;
}
