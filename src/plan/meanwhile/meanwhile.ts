/**
 * Checks whether the assertions hold at every moment of an apply. Each pair of ends is checked by itself, in the parts that matter to it
 * and at every cut of the turns that change these parts. Where a cut breaks an assertion, the check looks for an edge that keeps every run
 * from passing through that cut.
 */
import type { Environment } from "../../config/environment.ts";
import type { Asserted } from "../../config/assertions.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import type { Kind } from "../../kinds/kind.ts";
import { assertionText } from "../../reach/assert.ts";
import { flowsText } from "../../reach/flows.ts";
import type { Network, Parts } from "../../reach/network.ts";
import { TooMuchWork, Work as Steps, mostSteps } from "../../reach/work.ts";
import { cutsOf } from "./cuts.ts";
import { Moments, allDone, nothingDone, type Done } from "./moments.ts";
import type { Planned } from "../planned.ts";
import type { Pair, Wrong } from "./pair.ts";
import { PairsOf } from "./pairs.ts";
import type { Observed } from "../observed.ts";
import { WorkOrder } from "../order/work-order.ts";
import type { Work } from "../work.ts";
import type { Note } from "../plan.ts";

export interface StepCheck {
  /** The work with the edges that keep the assertions. */
  readonly work: readonly Work[];
  readonly notes: readonly Note[];
  readonly diagnostics: readonly Diagnostic[];
  /** The verdicts on the assertions that were checked, by name. */
  readonly verdicts: ReadonlyMap<string, "holds" | "violated" | "unknown">;
  /** The cost of the check, in steps of src/reach/work.ts. */
  readonly spent: number;
}

/** A pair with more states is not checked. */
const mostCuts = 4096;
/** A pair that takes more edges is refused: the change is better split in two. */
const mostEdges = 6;

/** Checks the assertions with `always`. `last`: the network after the plan, where the caller has already made and used it. */
export function checkMeanwhile(
  kinds: readonly Kind[],
  environment: Environment,
  planned: Pick<Planned, "work" | "decisions">,
  observed: Observed,
  foreign: Parts = [],
  steps = mostSteps,
  last?: Network,
): StepCheck {
  const asserted = (environment.assertions ?? []).filter(({ always }) => always);
  const verdicts = new Map(asserted.map(({ name }): [string, "holds"] => [name, "holds"]));
  const nothing = { work: planned.work, notes: [], diagnostics: [], verdicts, spent: 0 };
  if (asserted.length === 0 || !planned.work.some(({ op }) => !isQuiet.has(op))) return nothing;
  const work = new Steps(steps);
  last?.work.begin();
  const check = new MeanwhileCheck(kinds, environment, planned, observed, foreign, work, last);
  const said = new Map(asserted.map((one) => [one.name, check.look(one)]));
  return { work: check.order.work(), notes: check.notes, diagnostics: check.diagnostics, verdicts: said, spent: work.spent };
}

/** The operations that do not change who reaches whom. */
const isQuiet: ReadonlySet<string> = new Set(["tag", "adopt", "wait", "barrier"]);

interface Broken {
  readonly cut: ReadonlySet<number>;
  readonly wrong: Wrong;
}

class MeanwhileCheck {
  readonly order: WorkOrder;
  readonly notes: Note[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #moments: Moments;
  readonly #pairs: PairsOf;
  readonly #work: ReadonlyMap<string, Work>;
  /** The turns that are done before each turn. Cleared whenever the order changes. */
  readonly #needed = new Map<number, ReadonlySet<number>>();

  constructor(
    kinds: readonly Kind[],
    environment: Environment,
    planned: Pick<Planned, "work" | "decisions">,
    observed: Observed,
    foreign: Parts,
    steps: Steps,
    last: Network | undefined,
  ) {
    this.order = new WorkOrder(planned.work);
    this.#work = new Map(planned.work.map((node) => [node.id, node]));
    this.#moments = new Moments(kinds, environment.region, planned, observed);
    this.#pairs = new PairsOf(this.#moments, foreign, steps, last);
  }

  look(one: Asserted): "holds" | "violated" | "unknown" {
    let isUnknown = false;
    try {
      for (const pair of this.#pairs.of(one)) {
        const said = this.#lookAt(one, pair);
        if (said === "too-many") isUnknown = true;
        else if (said) {
          this.diagnostics.push(said);
          return "violated";
        }
      }
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      isUnknown = true;
    }
    if (!isUnknown) return "holds";
    this.diagnostics.push({
      code: "step-unknown",
      severity: "warning",
      at: one.at(),
      summary: `${one.name}: infra did not compute whether it holds at every step of the apply, because the steps have too many possible orders.`,
      hint: "apply fewer changes at once, or write `always: false`",
    });
    return "unknown";
  }

  #lookAt(one: Asserted, pair: Pair): Diagnostic | "too-many" | undefined {
    const judge = pair.judge();
    if (!judge) return undefined;
    const start = this.#startOf(pair);
    const affecting = this.#affecting(pair);
    // Turns that are done when both ends exist are done at every moment that is checked. Most pairs of a new estate have no others.
    const later = affecting.filter((turn) => !start.has(turn));
    if (later.length === 0 || pair.isClosed(later)) return undefined;
    const open = later.filter((turn) => this.#matters(pair, turn));
    if (open.length === 0 || this.#brokenCuts(open, [], judge).length === 0) return undefined;
    const turns = affecting.filter((turn) => open.includes(turn) || this.#matters(pair, turn));
    const added: [string, string][] = [];
    for (;;) {
      const broken = this.#brokenCuts(turns, this.#startOf(pair), judge);
      if (broken === "too-many") return this.#undo(added, "too-many");
      if (broken.length === 0) break;
      const edge = added.length < mostEdges ? this.#edgeAgainst(broken, turns) : undefined;
      if (!edge) return this.#undo(added, this.#refusal(one, pair, broken[0]!, turns));
      this.order.add(...edge);
      this.#needed.clear();
      added.push(edge);
    }
    for (const [later, earlier] of this.#withoutImplied(added))
      this.notes.push({
        code: "ordered",
        address: this.#work.get(later)!.address,
        text: `${this.#textOf(later)} comes after ${this.#textOf(earlier)}, so that ${one.name} holds in between`,
        at: one.at(),
      });
    return undefined;
  }

  /** Returns the turns that are certainly done when both ends exist. */
  #startOf(pair: Pair): ReadonlySet<number> {
    const makers = pair.makers(this.#moments);
    return new Set(makers.flatMap((maker) => [maker, ...this.#needs(maker)]));
  }

  /** Takes back the edges that follow from the others, and returns the rest. */
  #withoutImplied(added: readonly [string, string][]): readonly [string, string][] {
    this.#needed.clear();
    return added.filter(([later, earlier]) => {
      this.order.remove(later, earlier);
      if (this.order.before(later).has(earlier)) return false;
      this.order.add(later, earlier);
      return true;
    });
  }

  #undo<T>(added: readonly [string, string][], result: T): T {
    for (const [later, earlier] of added) this.order.remove(later, earlier);
    this.#needed.clear();
    return result;
  }

  /** Returns the turns that can change a part between the two ends. */
  #affecting(pair: Pair): readonly number[] {
    const turns = new Set(pair.addresses.flatMap((address) => this.#moments.affecting(address)));
    return [...turns].sort((a, b) => a - b);
  }

  /** Whether a turn changes a part that matters to the pair. */
  #matters(pair: Pair, turn: number): boolean {
    const before = this.#needs(turn);
    const addresses = this.#moments.affectedBy(turn).filter((address) => pair.isAbout(address));
    const differs = (one: Done, other: Done) => addresses.some((address) => !pair.isSameAt(address, one, other));
    return (
      differs(
        (id) => before.has(id),
        (id) => before.has(id) || id === turn,
      ) ||
      differs((id) => id !== turn, allDone) ||
      differs(nothingDone, (id) => id === turn)
    );
  }

  #needs(turn: number): ReadonlySet<number> {
    const known = this.#needed.get(turn);
    if (known) return known;
    const { node, after } = this.#moments.turns[turn]!;
    const found = new Set<number>();
    const queue = [...after];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...this.#moments.turns[next]!.after);
    }
    for (const other of this.order.before(node)) for (const { id } of this.#moments.turnsOf(other)) found.add(id);
    this.#needed.set(turn, found);
    return found;
  }

  #brokenCuts(
    turns: readonly number[],
    start: Iterable<number>,
    judge: NonNullable<ReturnType<Pair["judge"]>>,
  ): readonly Broken[] | "too-many" {
    const cuts = cutsOf(turns, { needs: (turn) => this.#needs(turn) }, start, mostCuts);
    if (!cuts) return "too-many";
    const known = new Set(turns);
    return cuts.flatMap((cut) => {
      const wrong = judge((id) => cut.has(id) || !known.has(id));
      return wrong ? [{ cut, wrong }] : [];
    });
  }

  /** Returns the edge that keeps a run from the most broken cuts. Of several such edges it takes the one that delays the fewest steps. */
  #edgeAgainst(broken: readonly Broken[], turns: readonly number[]): [later: string, earlier: string] | undefined {
    const nodes = [...new Set(turns.map((turn) => this.#moments.turns[turn]!.node))];
    const turnsOf = new Map(nodes.map((node) => [node, turns.filter((turn) => this.#moments.turns[turn]!.node === node)]));
    let best: [string, string] | undefined;
    let [most, fewest] = [0, 0];
    for (const later of nodes)
      for (const earlier of nodes) {
        if (this.order.before(later).has(earlier) || !this.order.mayWait(later, earlier)) continue;
        const kept = broken.filter(
          ({ cut }) => turnsOf.get(later)!.some((turn) => cut.has(turn)) && turnsOf.get(earlier)!.some((turn) => !cut.has(turn)),
        ).length;
        if (kept === 0 || kept < most) continue;
        const delayed = this.order.after(later) - this.order.after(earlier);
        if (kept === most && delayed >= fewest) continue;
        [most, fewest] = [kept, delayed];
        best = [later, earlier];
      }
    return best;
  }

  #refusal(one: Asserted, pair: Pair, { cut, wrong }: Broken, turns: readonly number[]): Diagnostic {
    const is = one.is === "allow" ? "is not open" : wrong.isCertain ? "is open" : "may be open";
    return {
      code: "assert-broken-meanwhile",
      severity: one.severity,
      at: one.at(),
      summary: `${one.name}: ${assertionText(one)}; while the plan is applied, ${this.#momentOf(cut, turns)}, ${pair.from} → ${pair.to} ${flowsText(wrong.flows)} ${is}, and no order of the steps avoids that.`,
      hint: "split the change into two that each keep the assertion, or write `always: false`",
    };
  }

  /** "after securityGroup/web (rules) and before routeTable/private (routes)". */
  #momentOf(cut: ReadonlySet<number>, turns: readonly number[]): string {
    const nodeOf = (turn: number) => this.#moments.turns[turn]!.node;
    const needed = new Set([...cut].flatMap((turn) => [...this.#needs(turn)]));
    const last = [...cut].filter((turn) => !needed.has(turn));
    const next = turns.filter((turn) => !cut.has(turn) && [...this.#needs(turn)].every((need) => cut.has(need) || !turns.includes(need)));
    const [done, open] = [last, next].map((some) => [...new Set(some.map(nodeOf))]) as [string[], string[]];
    const half = done.filter((node) => open.includes(node)).map((node) => `in the middle of ${this.#textOf(node)}`);
    const rest = (nodes: readonly string[]) => nodes.filter((node) => !(done.includes(node) && open.includes(node)));
    const after = rest(done).length > 0 ? [`after ${listed(rest(done).map((node) => this.#textOf(node)))}`] : [];
    const before = rest(open).length > 0 ? [`before ${listed(rest(open).map((node) => this.#textOf(node)))}`] : [];
    return [...half, ...after, ...before].join(" and ") || "for a moment";
  }

  #textOf(id: string): string {
    const { op, address, stage } = this.#work.get(id)!;
    if (op === "create") return `${address} (create)`;
    if (op === "delete") return `${address} (delete)`;
    return `${address} (${stage === "create" ? "update" : stage})`;
  }
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 3);
  return texts.length > shown.length ? `${shown.join(", ")} and ${texts.length - shown.length} more` : shown.join(", ");
}
