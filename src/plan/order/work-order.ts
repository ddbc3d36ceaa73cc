/** The order of a plan's work, to which edges can be added: which node must be done before which. */
import type { Work } from "../work.ts";

export class WorkOrder {
  readonly #needs: ReadonlyMap<string, Set<string>>;
  readonly #work: readonly Work[];
  #before = new Map<string, ReadonlySet<string>>();

  constructor(work: readonly Work[]) {
    this.#work = work;
    this.#needs = new Map(work.map(({ id, needs }) => [id, new Set(needs)]));
  }

  /** Returns all nodes that are done before this one begins. */
  before(id: string): ReadonlySet<string> {
    const known = this.#before.get(id);
    if (known) return known;
    const found = new Set<string>();
    const queue = [...(this.#needs.get(id) ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...this.#needs.get(next)!);
    }
    this.#before.set(id, found);
    return found;
  }

  /** How many nodes wait for this one. */
  after(id: string): number {
    return this.#work.filter((node) => this.before(node.id).has(id)).length;
  }

  /** Whether `later` may wait for `earlier` without a circle. */
  mayWait(later: string, earlier: string): boolean {
    return later !== earlier && !this.before(earlier).has(later);
  }

  add(later: string, earlier: string): void {
    this.#needs.get(later)!.add(earlier);
    this.#before = new Map();
  }

  remove(later: string, earlier: string): void {
    this.#needs.get(later)!.delete(earlier);
    this.#before = new Map();
  }

  /** The work with the edges that were added. */
  work(): readonly Work[] {
    return this.#work.map((node) => ({ ...node, needs: this.#needs.get(node.id)! }));
  }
}
