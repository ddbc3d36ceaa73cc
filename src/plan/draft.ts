/** The graph of a plan's work while it is built. */
import { buildGraph, findCycle, innerNodes } from "../graph/graph.ts";
import type { Address, FieldRule, ResourceIndex } from "../kinds/kind.ts";
import { lateNeeds, outputsOfKind } from "../resource/late.ts";
import { fieldOf, outlives, refsOf, stageOf, usableStage } from "../resource/references.ts";
import { idsOf } from "../resource/ownership-check.ts";
import { besidesAdoption } from "./adoption.ts";
import type { Decision } from "./decision.ts";
import { droppedBy, refersToDropped, stageMatters, takesAway, without } from "./dropped.ts";
import { subjectOfFound } from "./resource-index.ts";
import type { Found } from "./observed.ts";
import type { HandOver } from "./slots.ts";
import { letsGo } from "./still-used.ts";
import { changesTags } from "./tags.ts";
import { isWaitedFor } from "./under-way.ts";
import { type Ordered, type Standing, type StandsIn, type Stuck, whenAdopted, type Work } from "./work.ts";

interface DraftNode extends Work {
  readonly needs: Set<string>;
  readonly soft: Set<string>;
  readonly without: Map<string, Set<Address>>;
}

/** An object that stays and refers to an object that is deleted. */
interface User {
  readonly one: Decision;
  readonly used: Address;
  readonly path: string;
}

export class Draft {
  readonly #decisions: ReadonlyMap<Address, Decision>;
  readonly #index: ResourceIndex;
  readonly #nodes = new Map<string, DraftNode>();
  /** The forward nodes of each address in stage order, tags last. Other objects wait for one of these nodes. */
  readonly #forward = new Map<Address, DraftNode[]>();
  readonly #users: User[] = [];
  readonly #stuck: Stuck[] = [];
  readonly #early = new Set<string>();
  readonly #isMoreThanAdoption: boolean;
  /** Nodes that run before all others. */
  readonly #adoptions = new Set<string>();
  /** The objects that are to be adopted. Computed on first use. */
  #adopted: readonly Found[] | undefined;
  /** Deletes that a create or a change waits for, each with the node that waits. */
  readonly #urgent: { readonly deletion: DraftNode; readonly take: DraftNode }[] = [];

  constructor(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex) {
    this.#decisions = decisions;
    this.#index = index;
    this.#isMoreThanAdoption = [...decisions.values()].some((one) => !isAdoptionAlone(one) && (one.action !== "none" || one.awaited));
  }

  addForward(one: Decision): void {
    const nodes = isWaitedFor(one) ? [this.#add("wait", one.address, "")] : [];
    if (one.action === "create" || one.action === "replace") {
      for (const [i, stage] of one.kind.stages.entries())
        if (i === 0 || stageMatters(one, stage.name)) nodes.push(this.#add(i === 0 ? "create" : "update", one.address, stage.name));
    } else if (one.action === "update" || one.action === "restart" || one.action === "retag") {
      const changed = new Set(one.deltas.map((delta) => delta.stage));
      for (const stage of one.kind.stages) if (changed.has(stage.name)) nodes.push(this.#add("update", one.address, stage.name));
      const isAdoptedFirst = this.#isMoreThanAdoption && one.found?.adopted === true && changesTags(one.tags);
      const isAlone = nodes.length === 0 && lateNeeds(one.declared!.desired).length === 0;
      if (isAdoptedFirst && !isAlone) this.#adoptions.add(this.#add("adopt", one.address, "").id);
      const tags = isAdoptedFirst && !isAlone ? besidesAdoption(one.tags) : one.tags;
      // Tags come last: some hold the hash of a value that the stages before write.
      if (changesTags(tags)) {
        const node = this.#add("tag", one.address, "tags");
        nodes.push(node);
        if (isAdoptedFirst && isAlone) this.#adoptions.add(node.id);
      }
    }
    for (const [i, node] of nodes.entries()) if (i > 0) node.needs.add(nodes[i - 1]!.id);
    if (nodes.length > 0) this.#forward.set(one.address, nodes);
  }

  linkForward(one: Decision): void {
    const nodes = this.#forward.get(one.address);
    if (!nodes || !one.declared) return;
    for (const { path, value } of refsOf(one.kind.schema, one.declared.desired.spec)) {
      if (typeof value !== "string" || value === one.address) continue;
      const needed = this.#usable(value);
      const stage = stageOf(one.kind, fieldOf(path));
      const node = nodes.find((candidate) => candidate.stage === stage);
      if (needed && node) node.needs.add(needed.id);
    }
    const first = nodes.find((node) => node.op === "create") ?? nodes.find((node) => node.op === "update");
    for (const { address, output, path } of lateNeeds(one.declared.desired)) {
      const needed = this.#tells(address, output);
      if (needed) for (const node of nodes) if (tellsOf(node, path, one)) node.needs.add(needed.id);
    }
    const holder = this.#holderOf(one);
    const told = holder === undefined ? undefined : (this.#nodes.get(idOf("adopt", holder, "")) ?? this.#forward.get(holder)?.at(-1));
    const own = this.#nodes.get(idOf("adopt", one.address, ""));
    if (told) for (const node of own ? [own, ...nodes] : nodes) node.needs.add(told.id);
    if (!first) return;
    const { kind, declared, found } = one;
    const before = kind.after?.(declared.desired, this.#index, found?.linked) ?? [];
    for (const other of [...before, ...(kind.createdAfter?.(declared.desired, this.#index) ?? [])]) {
      const last = this.#forward.get(other)?.at(-1);
      if (last) first.soft.add(last.id);
    }
  }

  /** Returns the address of the object that is adopted too and whose tags show who owns this object. */
  #holderOf({ found }: Decision): Address | undefined {
    const toldBy = found?.adopted ? found.live.toldBy : undefined;
    if (!toldBy) return undefined;
    this.#adopted ??= [...this.#decisions.values()].flatMap((one) => (one.found?.adopted ? one.found : []));
    return this.#adopted.find(({ kind, live }) => kind.name === toldBy.kind && idsOf(live).includes(toldBy.id))?.address;
  }

  addBarrier(): void {
    const barrier = this.#add("barrier", "", "");
    for (const nodes of this.#forward.values()) for (const node of nodes) barrier.needs.add(node.id);
  }

  addBackward(one: Decision): void {
    for (const { name, shrinks } of one.action === "update" || one.action === "restart" ? one.kind.stages : []) {
      const apply = shrinks && this.#nodes.get(idOf("update", one.address, name));
      if (apply && one.deltas.some((delta) => delta.stage === name && takesAway(delta)))
        this.#add("shrink", one.address, name).needs.add(apply.id);
    }
    if (one.action !== "delete" && one.action !== "replace" && !one.awaited) return;
    const deletion = this.#add("delete", one.address, "");
    for (const stage of one.kind.stages)
      if (stage.detach && (one.action === "delete" ? refersToDropped(one, stage.name, this.#decisions) : this.#isHeldBack(one, stage.name)))
        deletion.needs.add(this.#add("detach", one.address, stage.name).id);
    if (one.action === "replace") {
      const creation = this.#nodes.get(idOf("create", one.address, one.kind.stages[0]!.name))!;
      if (one.order === "delete-first") {
        creation.needs.add(deletion.id);
        this.#urgent.push({ deletion, take: creation });
      } else deletion.needs.add(creation.id);
    }
  }

  /**
   * Whether an object that this stage refers to also refers back to this object, over any number of references, and all of these are
   * replaced in the same order. Then neither of the old objects could be deleted before the other.
   */
  #isHeldBack(one: Decision, stage: string): boolean {
    if (one.action !== "replace") return false;
    const seen = new Set<Address>();
    const queue = droppedBy(one, stage);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === one.address) return true;
      const other = this.#decisions.get(next);
      if (seen.has(next) || other?.action !== "replace" || other.order !== one.order) continue;
      seen.add(next);
      queue.push(...droppedBy(other));
    }
    return false;
  }

  /** Users go before the objects that they use: deleted users by their delete, changed users by the change that lets go. */
  linkBackward(one: Decision): void {
    if (!one.found) return;
    const mine = this.#nodes.get(idOf("delete", one.address, ""));
    for (const { path, value } of refsOf(one.kind.schema, one.found.linked)) {
      if (mine) for (const shrink of this.#shrinksOf(value)) shrink.needs.add(mine.id);
      const used = typeof value === "string" && value !== one.address ? this.#nodes.get(idOf("delete", value, "")) : undefined;
      if (!used) continue;
      const stage = stageOf(one.kind, fieldOf(path));
      const detach = this.#nodes.get(idOf("detach", one.address, stage));
      if (detach) used.needs.add(detach.id);
      else if (mine && outlives(one.kind, path)) mine.needs.add(used.id);
      else if (mine) used.needs.add(mine.id);
      else this.#users.push({ one, used: value as Address, path });
    }
    if (!mine) return;
    for (const other of one.found.names ?? []) this.#nodes.get(idOf("delete", other, ""))?.soft.add(mine.id);
    for (const other of one.kind.after?.(subjectOfFound(one.found), this.#index) ?? [])
      this.#nodes.get(idOf("delete", other, ""))?.soft.add(mine.id);
  }

  /** The holder of a slot lets go of it before another object takes it. */
  handOver({ from, fromStage, to, toStage }: HandOver): void {
    const deletion = fromStage === undefined ? this.#nodes.get(idOf("delete", from, "")) : undefined;
    const giver = deletion ?? this.#nodes.get(idOf("update", from, fromStage ?? ""));
    const nodes = this.#forward.get(to) ?? [];
    const take = nodes.find(({ stage }) => stage === toStage) ?? nodes.find(({ op }) => op === "create");
    if (!giver || !take) return;
    take.needs.add(giver.id);
    if (deletion) this.#urgent.push({ deletion, take });
  }

  /** Objects that stay let go of objects that are deleted. Where one cannot let go of an early delete in time, the order is stuck. */
  letGo(standing: Standing): void {
    this.#findEarly();
    for (const [address, things] of standing) for (const one of things) this.#stand(address, one);
    this.#findEarly();
    const early = this.#users.filter(({ used }) => this.#early.has(idOf("delete", used, "")));
    for (const { one, used, path } of this.#users) {
      const apply = this.#nodes.get(idOf("update", one.address, stageOf(one.kind, fieldOf(path))));
      if (apply && !this.#early.has(idOf("delete", used, ""))) this.#nodes.get(idOf("delete", used, ""))!.needs.add(apply.id);
    }
    for (const user of early) this.#letGoEarly(user, early);
    this.#delay();
  }

  /** Puts an early delete as late as possible, after everything else that its successor needs, so that a failure there costs nothing. */
  #delay(): void {
    for (const { deletion, take } of this.#urgent)
      for (const id of take.needs)
        if (id !== deletion.id && !deletion.needs.has(id) && !this.#waitsFor(this.#nodes.get(id)!, deletion.id)) deletion.needs.add(id);
  }

  #letGoEarly({ one, used, path }: User, early: readonly User[]): void {
    const field = fieldOf(path);
    const stage = stageOf(one.kind, field);
    const deletion = this.#nodes.get(idOf("delete", used, ""))!;
    const apply = this.#nodes.get(idOf("update", one.address, stage));
    const { whileGone } = (one.kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
    if (whileGone === "free") return;
    const changes = apply !== undefined && letsGo(one, used);
    if (changes && !this.#waitsFor(apply, deletion.id)) {
      deletion.needs.add(apply.id);
      return;
    }
    const gone = new Set(early.filter((other) => other.one === one && fieldOf(other.path) === field).map((other) => other.used));
    const why = whileGone
      ? whileGone(without(one.kind, one.found!.linked, field, gone), one.found!.linked)
      : "AWS deletes no object that is in use";
    if (why !== undefined || !changes) {
      this.#stick({ address: used, user: one.address, path, why: why ?? "nothing in the plan removes that reference" });
      return;
    }
    const letGo = this.#nodes.get(idOf("letGo", one.address, stage)) ?? this.#add("letGo", one.address, stage);
    letGo.without.set(field, gone);
    apply.needs.add(letGo.id);
    deletion.needs.add(letGo.id);
  }

  /**
   * Handles a resource that has something in an object which is deleted early: it is deleted before, or lets go by a reference of its own,
   * or the order is stuck.
   */
  #stand(address: Address, { by, what, isPart }: StandsIn): void {
    const deletion = this.#nodes.get(idOf("delete", address, ""));
    if (!deletion || !this.#early.has(deletion.id) || by === address) return;
    const before = this.#detachOf(by, address) ?? this.#nodes.get(idOf("delete", by, ""));
    if (before) deletion.needs.add(before.id);
    else if (isPart || !this.#users.some(({ one, used }) => one.address === by && used === address))
      this.#stick({ address, user: by, why: what });
  }

  /** Returns the node by which an object lets go of an object that it refers to, before it is deleted itself. */
  #detachOf(address: Address, used: Address): DraftNode | undefined {
    const one = this.#decisions.get(address);
    const stage = one?.kind.stages.find(({ name }) => droppedBy(one, name).includes(used));
    return stage && this.#nodes.get(idOf("detach", address, stage.name));
  }

  #stick(stuck: Omit<Stuck, "roots">): void {
    const urgent = new Set(this.#urgent.map(({ deletion }) => deletion));
    const roots = [...urgent].filter((node) => this.#waitsFor(node, idOf("delete", stuck.address, ""))).map(({ address }) => address);
    this.#stuck.push({ ...stuck, roots });
  }

  #waitsFor(node: DraftNode, id: string): boolean {
    const seen = new Set<string>();
    const queue = [node.id];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === id) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      const { needs, soft } = this.#nodes.get(next)!;
      queue.push(...needs, ...soft);
    }
    return false;
  }

  /** Finds the early work: the deletes that a create or a change waits for, and all backward nodes that these wait for. */
  #findEarly(): void {
    const queue = this.#urgent.map(({ deletion }) => deletion.id);
    this.#early.clear();
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (this.#early.has(id)) continue;
      this.#early.add(id);
      const node = this.#nodes.get(id)!;
      for (const need of [...node.needs, ...node.soft]) if (isBackward(this.#nodes.get(need)!)) queue.push(need);
    }
  }

  /** Makes all other deletes wait for the barrier, and everything but the adoptions wait for the adoptions. */
  raiseBarrier(): void {
    if (this.#adoptions.size > 0) {
      const adopted = this.#add("barrier", "", whenAdopted);
      for (const node of this.#nodes.values()) if (!this.#adoptions.has(node.id) && node !== adopted) node.needs.add(adopted.id);
      for (const id of this.#adoptions) adopted.needs.add(id);
    }
    for (const node of this.#nodes.values()) if (isBackward(node) && !this.#early.has(node.id)) node.needs.add(barrierId);
  }

  findHardCycle(): string[] | undefined {
    return findCycle(buildGraph([...this.#nodes.values()].map(({ id, needs }) => ({ id, needs }))));
  }

  /**
   * Returns the replacements that close a cycle because the new object is made before the old one is deleted. Where one of them holds a
   * slot, that one is enough. Where none does, returns all that are in the way.
   */
  turnable(cycle: readonly string[], handOvers: readonly HandOver[]): Address[] {
    const holders = new Set(handOvers.map(({ from }) => from));
    const on = [...new Set(cycle.map((id) => this.#nodes.get(id)!.address))];
    const holder = on.find((address) => holders.has(address) && this.#isCreateFirst(address));
    if (holder !== undefined) return [holder];
    const inner = innerNodes(buildGraph([...this.#nodes.values()].map(({ id, needs }) => ({ id, needs }))));
    const closing = [...this.#decisions.keys()].filter(
      (address) => this.#isCreateFirst(address) && inner.has(idOf("delete", address, "")) && inner.has(this.#makeOf(address)),
    );
    // Where two refer to each other and one is already delete-first, the other must be delete-first too.
    return closing.length > 0 ? closing : on.filter((address) => this.#isCreateFirst(address));
  }

  #isCreateFirst(address: Address): boolean {
    const one = this.#decisions.get(address);
    return one?.action === "replace" && one.order === "create-first";
  }

  #makeOf(address: Address): string {
    return idOf("create", address, this.#decisions.get(address)!.kind.stages[0]!.name);
  }

  /** Reports a cycle that cannot be solved, by the slots that are on it. A cycle without slots is a mistake in a kind. */
  circle(cycle: readonly string[], handOvers: readonly HandOver[]): Ordered {
    const on = new Set(cycle.map((id) => this.#nodes.get(id)!.address));
    const stuck = handOvers
      .filter(({ from, to }) => on.has(from) && on.has(to))
      .map(({ from, to }) => ({
        address: from,
        user: to,
        why: "each of the two waits for the other",
        isCircle: true as const,
        roots: [from],
      }));
    if (stuck.length === 0 && this.#stuck.length === 0) throw new Error(`these steps wait for each other: ${cycle.join(" → ")}`);
    return { work: [], stuck: [...this.#stuck, ...stuck] };
  }

  finish(): Ordered {
    for (;;) {
      const cycle = findCycle(buildGraph([...this.#nodes.values()].map((node) => ({ id: node.id, needs: [...node.needs, ...node.soft] }))));
      if (!cycle) break;
      this.#break(cycle);
    }
    const work = [...this.#nodes.values()].map(({ id, op, address, stage, needs, soft, without }) => ({
      id,
      op,
      address,
      stage,
      needs: new Set([...needs, ...soft]),
      ...(op === "letGo" ? { without } : {}),
    }));
    return { work, stuck: this.#stuck };
  }

  #break(cycle: readonly string[]): void {
    for (let i = 0; i + 1 < cycle.length; i++) {
      const node = this.#nodes.get(cycle[i]!)!;
      if (!node.needs.has(cycle[i + 1]!) && node.soft.delete(cycle[i + 1]!)) return;
    }
    throw new Error(`these steps wait for each other: ${cycle.join(" → ")}`); // config refuses cycles of references: a kind's mistake
  }

  #shrinksOf(address: unknown): readonly DraftNode[] {
    const stages = typeof address === "string" ? (this.#decisions.get(address)?.kind.stages ?? []) : [];
    return stages.flatMap(({ name, shrinks }) => (shrinks && this.#nodes.get(idOf("shrink", address as Address, name))) || []);
  }

  /** Returns the node after which others may use the address: the last one up to the kind's usable stage. */
  #usable(address: Address): DraftNode | undefined {
    const nodes = this.#forward.get(address);
    const kind = this.#decisions.get(address)?.kind;
    if (!nodes || !kind) return undefined;
    const last = kind.stages.findIndex((stage) => stage.name === usableStage(kind));
    return nodes.findLast((node) => node.op !== "tag" && kind.stages.findIndex((stage) => stage.name === node.stage) <= last);
  }

  /** Returns the node after which AWS has an output. An output that changes with the object is known after all of its changes. */
  #tells(address: Address, output: string): DraftNode | undefined {
    const kind = this.#decisions.get(address)?.kind;
    const isMoving = kind !== undefined && outputsOfKind(kind)[output]?.changesWith !== undefined;
    return isMoving ? this.#forward.get(address)?.findLast(({ op }) => op !== "tag") : this.#usable(address);
  }

  #add(op: Work["op"], address: Address, stage: string): DraftNode {
    const node: DraftNode = {
      id: op === "barrier" && stage === "" ? barrierId : idOf(op, address, stage),
      op,
      address,
      stage,
      needs: new Set(),
      soft: new Set(),
      without: new Map(),
    };
    this.#nodes.set(node.id, node);
    return node;
  }
}

const barrierId = "barrier";

/** Whether a node writes a field or tags that wait for a value. A create writes the tags too, and with them the hashes of fields. */
function tellsOf({ op, stage }: Work, path: string, { kind }: Decision): boolean {
  if (op === "tag") return true;
  if (path === "tags") return op === "create";
  return (
    stage === stageOf(kind, path) || (op === "create" && (kind.fields as Readonly<Record<string, FieldRule>>)[path]?.hashTag !== undefined)
  );
}

function idOf(op: Work["op"], address: Address, stage: string): string {
  return `${op}:${address}${stage === "" || op === "tag" ? "" : `#${stage}`}`;
}

/** Whether nothing is done but to write tags on an object that `adopt:` names. */
function isAdoptionAlone({ action, found }: Decision): boolean {
  return action === "retag" && found?.adopted === true;
}

function isBackward(node: Work): boolean {
  return node.op === "delete" || node.op === "detach" || node.op === "shrink";
}
