/** Runs a plan: starts what is unblocked, waits, unblocks, skips what a failure leaves without ground, and tells what happens as events. */
import { buildGraph, criticalPath } from "../graph/graph.ts";
import type { Address } from "../kinds/kind.ts";
import { whenAdopted, type Work } from "../plan/work.ts";
import { hasChanged, type ApplyEvent, type Failure, type Outcome, type StepRef } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { ApplyInput } from "./input.ts";
import { PriorityLimiter } from "./priority-limiter.ts";
import { EventQueue } from "./queue.ts";
import { StoppedError } from "./retry-policy.ts";
import { Worker } from "./worker.ts";

/** Runs the plan and yields what happens; the last event is "finished". AWS's refusals are events, only bugs are thrown. */
export async function* applyPlan(input: ApplyInput): AsyncGenerator<ApplyEvent> {
  const queue = new EventQueue<ApplyEvent>();
  const run = new Execution(input, (event) => queue.push(event)).run();
  void run.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  yield* queue;
  await run;
}

type State = "waiting" | "running" | "done" | "failed" | "skipped";

class Execution {
  readonly #input: ApplyInput;
  readonly #emit: (event: ApplyEvent) => void;
  readonly #worker: Worker;
  readonly #limiter: PriorityLimiter;
  /** What gives a running step's place in its queue to the next. */
  readonly #freePlace = new Map<string, () => void>();
  readonly #nodes: ReadonlyMap<string, Work>;
  readonly #neededBy: (id: string) => readonly string[];
  readonly #priority: ReadonlyMap<string, number>;
  readonly #states = new Map<string, State>();
  readonly #open = new Map<string, number>();
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
    const graph = buildGraph(work);
    this.#neededBy = graph.neededBy;
    this.#priority = criticalPath(graph, (id) => this.#seconds(this.#nodes.get(id)!));
    for (const node of work) {
      this.#states.set(node.id, "waiting");
      this.#open.set(node.id, node.needs.size);
    }
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
    await new Promise<void>((resolve, reject) => {
      let left = this.#nodes.size;
      const finish = (ids: readonly string[]) => {
        left -= ids.length;
        if (left === 0) resolve();
      };
      const start = (ids: readonly string[]) => {
        for (const id of [...ids].sort((a, b) => this.#priority.get(b)! - this.#priority.get(a)!)) {
          this.#states.set(id, "running");
          void this.#runInQueue(this.#nodes.get(id)!).then((finished) => {
            const free = this.#unblock(finished.filter((one) => this.#states.get(one) === "done"));
            finish(finished);
            start(free);
          }, reject);
        }
      };
      if (left === 0) resolve();
      start([...this.#nodes.keys()].filter((id) => this.#open.get(id) === 0));
    });
    const ms = clock.now() - began;
    this.#emit({
      type: "finished",
      at: clock.now(),
      outcome: { status: this.#status(), done: this.#done, failed: this.#failed, skipped: this.#skipped, ms },
    });
  }

  async #runInQueue(node: Work): Promise<readonly string[]> {
    if (node.op === "barrier") return this.#finish(node, "done");
    if (node.op === "tag" || node.op === "adopt") return this.#runNode(node); // those of equal tags share one call
    const kind = this.#input.planned.decisions.get(node.address)?.kind.name ?? "";
    const freePlace = await this.#limiter.acquire(`${node.op} ${kind} ${node.stage}`, this.#priority.get(node.id)!);
    this.#freePlace.set(node.id, freePlace);
    try {
      return await this.#runNode(node);
    } finally {
      this.#freePlace.delete(node.id);
      freePlace();
    }
  }

  /** Runs one node; returns the ids that are finished by it: its own, and after a failure all that needed it. */
  async #runNode(node: Work): Promise<readonly string[]> {
    const step = this.#worker.refOf(node);
    const { clock } = this.#input.aws;
    if (this.#input.signal.aborted) return this.#skip(node, "the run was stopped");
    const began = clock.now();
    this.#emit({ type: "step-started", at: began, step });
    try {
      const id = await this.#worker.run(node);
      this.#done.push(step);
      this.#emit({ type: "step-done", at: clock.now(), step, ms: clock.now() - began, ...(id !== undefined ? { id } : {}) });
      return this.#finish(node, "done");
    } catch (error) {
      if (error instanceof StoppedError) return this.#skip(node, error.message, `${node.address} was not finished`);
      const failure = failureOf(error);
      this.#failed.push({ step, failure });
      this.#emit({ type: "step-failed", at: clock.now(), step, ms: clock.now() - began, failure });
      return [...this.#finish(node, "failed"), ...this.#skipUsers(node, `${node.address} failed`)];
    }
  }

  #finish(node: Work, state: "done" | "failed" | "skipped"): string[] {
    this.#states.set(node.id, state);
    return [node.id];
  }

  #skip(node: Work, because: string, usersBecause = because): string[] {
    this.#sayskipped(node, because);
    return [...this.#finish(node, "skipped"), ...this.#skipUsers(node, usersBecause)];
  }

  /** Skips all that needs `node`, directly or not; deletes behind the barrier say so in their own words. */
  #skipUsers(node: Work, because: string): string[] {
    const finished: string[] = [];
    const queue = [...this.#neededBy(node.id)].map((id) => ({ id, because }));
    for (let next = queue.shift(); next; next = queue.shift()) {
      const user = this.#nodes.get(next.id)!;
      if (this.#states.get(user.id) !== "waiting") continue;
      this.#sayskipped(user, next.because);
      finished.push(...this.#finish(user, "skipped"));
      const reason = user.op === "barrier" ? whyNotBefore(user) : next.because;
      queue.push(...this.#neededBy(user.id).map((id) => ({ id, because: reason })));
    }
    return finished;
  }

  #sayskipped(node: Work, because: string): void {
    if (node.op === "barrier") return;
    const step = this.#worker.refOf(node);
    this.#skipped.push({ step, because });
    this.#emit({ type: "step-skipped", at: this.#input.aws.clock.now(), step, because });
  }

  #unblock(done: readonly string[]): string[] {
    const free: string[] = [];
    for (const id of done)
      for (const user of this.#neededBy(id)) {
        const left = this.#open.get(user)! - 1;
        this.#open.set(user, left);
        if (left === 0 && this.#states.get(user) === "waiting") free.push(user);
      }
    return free;
  }

  #seconds(node: Work): number {
    const waits = this.#input.planned.decisions.get(node.address as Address)?.kind.waits;
    const wait = node.op === "create" || node.op === "wait" ? waits?.create : node.op === "delete" ? waits?.delete : undefined;
    return 1 + (typeof wait === "object" ? wait.typical : 0);
  }

  #status(): Outcome["status"] {
    if (this.#input.signal.aborted) return "stopped";
    if (this.#failed.length === 0) return "done";
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
