/** Reads what AWS has of one environment: every kind side by side, evidence weighed, ids linked to addresses. */
import type { Aws } from "../aws/aws.ts";
import { AwsError } from "../aws/errors.ts";
import { type StackFate, Stacks } from "../aws/stacks.ts";
import type { Environment } from "../config/environment.ts";
import type { Address, AwsId, Desired, Kind, Live, Scope, Spec } from "../kinds/kind.ts";
import type { Found, Observed, Unadoptable } from "../plan/observed.ts";
import type { Note } from "../plan/plan.ts";
import { idsOf, isAlive, isOfOtherRegion, whyNotOwned } from "../resource/ownership-check.ts";
import { addressOfTag, ownership } from "../resource/ownership.ts";
import { mapRefs } from "../resource/references.ts";
import { adoptable, adoptedTwice, stacksOf } from "./adopt.ts";
import { listByIndex } from "./by-index.ts";
import { findDefaults } from "./defaults.ts";
import type { Drivers } from "./drivers.ts";
import { scopeOf } from "./drivers.ts";
import { Names } from "./names.ts";
import { type KnownKinds, Reading } from "./reading.ts";
import type { Resolved } from "./resolve.ts";

/** What has no tags of ours has no address that its driver could tell: it is asked for whatever one of the adopting resources writes. */
function adoptingScope(scope: Scope, nodes: readonly Desired[]): Scope {
  const isWritten = (field: string) => nodes.some(({ spec }) => (spec as Spec)[field] !== undefined);
  return { ...scope, asks: (address, field) => scope.asks(address, field) || (address === "" && isWritten(field)) };
}

/** What narrows the reads. */
export interface Sight {
  /** The kinds that the environment has had; absent: every kind is listed in full. */
  readonly known?: Promise<KnownKinds> | undefined;
  /** Kinds of types that an earlier file named, once they are known. */
  readonly former?: Promise<readonly Kind[]> | undefined;
  /** Whose resources are looked for by name when the index does not show them; another one than what is declared when all is to go. */
  readonly file?: Environment;
  /** The declared resources with their look-ups answered: asked for only where a resource stands for what AWS made. */
  readonly resolved?: Promise<Pick<Resolved, "declared">>;
  /** Ids of CloudFormation stacks that are taken for gone without asking. */
  readonly gone?: ReadonlySet<string> | undefined;
}

const none: Promise<readonly Kind[]> = Promise.resolve([]);

/** Throws when a read fails: a throttled or denied read is never taken for "does not exist". A kind that the YAML does not use and that may not be read is noted as not looked at. */
export async function observe(
  kinds: readonly Kind[],
  drivers: Drivers,
  way: Aws,
  environment: Environment,
  { known, former = none, file = environment, resolved, gone }: Sight = {},
): Promise<Observed> {
  const giveUp = new AbortController();
  const aws = way.within({ signal: giveUp.signal });
  const declared = new Map(environment.nodes.map((node) => [node.address, node]));
  // A destroy declares nothing, and must see what it is to keep all the same: what holds data, with all that this stands on.
  const used = new Set([...environment.nodes, ...file.nodes].map((node) => node.kind));
  const sorter = new Sorter(environment, declared, aws.account);
  const stacks = new Stacks(aws, gone);
  const reading = new Reading(kinds, aws, environment, known, former);
  const { namesOf, called } = scopeOf(file);
  const givenUp = rejected(giveUp.signal); // what is read first may still be under way when another read has failed
  const shared: Scope = {
    ...scopeOf(environment),
    namesOf: namesOf!,
    called: called!,
    async found(name) {
      const kind = [...kinds, ...(await former)].find((one) => one.name === name);
      return kind && look(kind);
    },
  };
  const scopeFor = (kind: Kind) => (kind.tagIndex?.inDoubt ? { ...shared, indexed: () => reading.inDoubt(kind) } : shared);
  const looks = new Map<Kind, Promise<readonly Live[] | undefined>>();
  /** All of a kind, or nothing where the kind is not read. */
  const look = (kind: Kind) => {
    if (!looks.has(kind)) looks.set(kind, lookAt(kind));
    return looks.get(kind)!;
  };
  const lookAt = async (kind: Kind): Promise<readonly Live[] | undefined> => {
    const how = await Promise.race([reading.of(kind), givenUp]);
    if (how === "skip") return undefined;
    const driver = await drivers.of(kind);
    const scope = scopeFor(kind);
    const lives: Live[] = [];
    const all = how === "list" ? driver.list(aws, scope) : listByIndex(aws, kind, driver, scope, how, file);
    for await (const live of all) lives.push(live);
    return lives;
  };
  const read = async (kind: Kind) => {
    try {
      const lives = await look(kind);
      if (!lives) return;
      for (const live of lives) sorter.add(kind, live);
      const driver = await drivers.of(kind);
      const adopting = sorter.toAdopt(kind);
      if (adopting.length > 0) {
        const found = await driver.get(aws, [...new Set(adopting.map((node) => node.adopt!))], adoptingScope(scopeFor(kind), adopting));
        const fates = await stacks.fates(stacksOf(found.values()));
        for (const node of adopting) sorter.adopt(kind, node, found, fates);
      }
    } catch (error) {
      if (used.has(kind.name) || !(error instanceof AwsError) || error.class !== "auth") throw error;
      reading.couldNotRead(kind);
      sorter.notes.push({
        code: "not-looked-at",
        text: `${kind.section} were not looked at: ${error.operation} was denied (${error.code}); one that was taken out of the YAML would not be found`,
      });
    }
  };
  const readFormer = async () => void (await Promise.all((await Promise.race([former, givenUp])).map(read)));
  await all([...longestFirst(kinds, environment).map((kind) => () => read(kind)), readFormer], giveUp);
  const born = sorter.toTakeOver(kinds);
  if (born.length > 0)
    for (const [kind, node, live] of await findDefaults(drivers, aws, born, await resolved, (at) => sorter.idOf(at)))
      sorter.takeOver(kind, node, live);
  const dark = await reading.inTheDark();
  if (dark)
    sorter.notes.push({
      code: "not-looked-at",
      text: `${dark.why}: of ${dark.kinds.map(({ section }) => section).join(", ")}, what was adopted and then taken out of the YAML would not be found`,
    });
  return { ...sorter.finish(), reads: await reading.told() };
}

/** Kinds whose reads follow on each other begin before those that ask once: together they end sooner. */
function longestFirst(kinds: readonly Kind[], environment: Environment): Kind[] {
  const count = new Map<string, number>();
  for (const { kind } of environment.nodes) count.set(kind, (count.get(kind) ?? 0) + 1);
  const cost = ({ name, readCost }: Kind) => readCost({ ours: count.get(name) ?? 0, account: count.get(name) ?? 0 });
  return [...kinds].sort((a, b) => cost(b) - cost(a));
}

/** Rejects when the signal is aborted. */
function rejected(signal: AbortSignal): Promise<never> {
  const rejecting = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
  rejecting.catch(() => undefined); // nobody may be waiting any more
  return rejecting;
}

/** Runs everything side by side. The first error gives up all that is under way, and is thrown once that has ended. */
async function all(readings: readonly (() => Promise<void>)[], giveUp: AbortController): Promise<void> {
  await Promise.allSettled(readings.map((read) => read().catch((error: unknown) => giveUp.abort(error))));
  giveUp.signal.throwIfAborted();
}

interface Candidate {
  readonly kind: Kind;
  readonly live: Live;
  readonly adopted?: true;
  readonly takenOver?: true;
}

class Sorter {
  readonly notes: Note[] = [];
  readonly #environment: Environment;
  readonly #declared: ReadonlyMap<Address, Desired>;
  readonly #account: string;
  readonly #alive = new Map<Address, Candidate[]>();
  readonly #shown = new Map<Address, AwsId[]>();
  /** The node that has taken an object over, by its kind and its id: a database and its subnet group may have one name. */
  readonly #adopted = new Map<string, Desired>();
  readonly #unadoptable = new Map<Address, Unadoptable>();
  readonly #dying: { readonly address: Address; readonly candidate: Candidate }[] = [];

  constructor(environment: Environment, declared: ReadonlyMap<Address, Desired>, account: string) {
    this.#environment = environment;
    this.#declared = declared;
    this.#account = account;
  }

  /** The nodes of a kind that still have to be found by the id that their `adopt:` names. */
  toAdopt(kind: Kind): Desired[] {
    const nodes = [...this.#declared.values()].filter((node) => node.kind === kind.name && node.adopt !== undefined);
    for (const node of nodes) this.#noteIdle(node);
    return nodes.filter((node) => !this.#alive.has(node.address));
  }

  add(kind: Kind, live: Live): void {
    if (live.tags[ownership.environment] !== this.#environment.name) return; // filters are patterns, and some endpoints ignore them
    if (live.tags[ownership.project] !== this.#environment.project) return this.#noteOtherProject(kind, live);
    if (isOfOtherRegion(kind, live.tags, this.#environment.region)) return;
    const why = whyNotOwned(kind, live, this.#account);
    if (why !== undefined) {
      if (isAlive(live) && !this.#isNamed(live))
        this.notes.push({
          code: "copy",
          id: live.id,
          text: `${live.id} has the tags of ${live.tags[ownership.resource] ?? "nothing"} but is not it: ${why}; it is left alone`,
        });
      return;
    }
    const address = addressOfTag(live.tags[ownership.resource]!);
    push(this.#shown, address, live.id);
    if (isAlive(live)) push(this.#alive, address, { kind, live });
    else if (live.state === "deleting") this.#dying.push({ address, candidate: { kind, live } });
  }

  /** The nodes that stand for what AWS made with a VPC, and have not taken it over yet. */
  toTakeOver(kinds: readonly Kind[]): (readonly [Kind, Desired])[] {
    const born = new Map(kinds.filter(({ bornWith }) => typeof bornWith === "object").map((kind) => [kind.name, kind]));
    return [...this.#declared.values()].flatMap((node) => {
      const kind = born.get(node.kind);
      return kind && (node.spec as Spec)["default"] === true && !this.#alive.has(node.address) ? [[kind, node] as const] : [];
    });
  }

  takeOver(kind: Kind, node: Desired, live: Live): void {
    this.adopt(kind, { ...node, adopt: live.id }, new Map([[live.id, live]]), new Map(), { takenOver: true });
  }

  /** The id of what is there under an address. */
  idOf(address: Address): AwsId | undefined {
    return currentOf(this.#alive.get(address) ?? [])[0]?.live.id;
  }

  /** Takes what `adopt:` of a node names among what was found, or says why it cannot be taken. */
  adopt(
    kind: Kind,
    node: Desired,
    lives: ReadonlyMap<AwsId, Live>,
    stacks: ReadonlyMap<string, StackFate>,
    how: Pick<Candidate, "adopted" | "takenOver"> = { adopted: true },
  ): void {
    const live = lives.get(node.adopt!) ?? [...lives.values()].find((one) => idsOf(one).includes(node.adopt!));
    const first = live && this.#adopted.get(`${kind.name} ${live.id}`);
    const verdict = first
      ? adoptedTwice(node, first)
      : adoptable(kind, node, live, { environment: this.#environment, account: this.#account, stacks });
    if (typeof verdict === "object") {
      if (!this.#comesByMove(node, verdict)) this.#unadoptable.set(node.address, verdict);
      return;
    }
    this.#adopted.set(`${kind.name} ${live!.id}`, node);
    if (verdict === "ours") push(this.#shown, node.address, live!.id);
    push(this.#alive, node.address, { kind, live: live!, ...(verdict === "free" ? how : {}) });
  }

  /** A `moved:` line brings the object here anyway: it was adopted under its old address. */
  #comesByMove({ address }: Desired, { holder }: Unadoptable): boolean {
    return this.#environment.moved.some(({ from, to }) => from === holder && to === address && !this.#declared.has(from));
  }

  /** Whether an `adopt:` of the file names this object. */
  #isNamed(live: Live): boolean {
    return [...this.#declared.values()].some(({ adopt }) => adopt !== undefined && idsOf(live).includes(adopt));
  }

  #noteIdle({ address, adopt, at }: Desired): void {
    const here = this.#alive.get(address) ?? [];
    if (here.length === 0 || here.some(({ live }) => idsOf(live).includes(adopt!))) return;
    const ids = here.map(({ live }) => live.id).join(", ");
    this.notes.push({
      code: "adopt-idle",
      address,
      text: `${address} is ${ids}, and \`adopt:\` names ${adopt}, which is left alone; take the line out`,
      at: at("adopt.id"),
    });
  }

  finish(): Observed {
    this.#move();
    const linkOf = this.#links();
    const names = new Names(() =>
      [...this.#alive].flatMap(([address, candidates]) => {
        const [one] = currentOf(candidates);
        return one ? [{ address, kind: one.kind, live: one.live }] : [];
      }),
    );
    const objects = new Map<Address, Found>();
    const ambiguous = new Map<Address, readonly AwsId[]>();
    const leftovers: Found[] = [];
    const doubles: Found[] = [];
    const foundOf = (address: Address, { kind, live, adopted, takenOver }: Candidate): Found => {
      const linked = mapRefs(kind.schema, live.spec as Spec, (value, _path, allowed) =>
        typeof value === "string" ? (linkOf(value, allowed) ?? value) : value,
      );
      const from = addressOfTag(live.tags[ownership.resource] ?? address);
      const how = adopted ? { adopted } : takenOver ? { takenOver } : from !== address ? { movedFrom: from } : {};
      return { address, kind, live, linked, ...how, ...names.in(address, kind, live) };
    };
    for (const [address, candidates] of [...this.#alive].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [one, old] = currentOf(candidates);
      if (!one) {
        ambiguous.set(address, candidates.map(({ live }) => live.id).sort());
        doubles.push(...candidates.map((candidate) => foundOf(address, candidate)));
        continue;
      }
      objects.set(address, foundOf(address, one));
      for (const left of old) leftovers.push({ ...foundOf(address, left), address: replacedAddress(address, left.live) });
    }
    const dying = this.#dying.map(({ address, candidate }) => {
      const { movedFrom: _moved, ...found } = foundOf(address, candidate);
      return { ...found, address: `${address} (${candidate.live.id}, which AWS is deleting)` };
    });
    for (const [, ids] of this.#shown) ids.sort();
    const unadoptable = new Map([...this.#unadoptable].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.notes.sort((a, b) => (a.text < b.text ? -1 : 1));
    return { account: this.#account, objects, leftovers, dying, shown: this.#shown, ambiguous, doubles, unadoptable, notes: this.notes };
  }

  /** An object whose address a `moved:` line gives up goes to the new address, if nothing is there. */
  #move(): void {
    for (const { from, to } of this.#environment.moved) {
      const candidates = this.#alive.get(from);
      if (!candidates || this.#declared.has(from) || this.#alive.has(to)) continue;
      this.#alive.delete(from);
      this.#alive.set(to, candidates);
    }
  }

  /** Ids that are names are unique within a kind only: a database and its subnet group may both be `prod-main`. */
  #links(): (id: AwsId, kinds: readonly string[]) => Address | undefined {
    const links = new Map<string, Address>();
    for (const [address, candidates] of this.#alive) {
      const [one, old] = currentOf(candidates);
      if (!one) continue;
      for (const id of idsOf(one.live)) links.set(`${one.kind.name} ${id}`, address);
      // A run may have died before all users let go of what it replaced: for them it is ours, not a stranger's.
      for (const { kind, live } of old) for (const id of idsOf(live)) links.set(`${kind.name} ${id}`, replacedAddress(address, live));
    }
    return (id, kinds) => {
      for (const kind of kinds) {
        const address = links.get(`${kind} ${id}`);
        if (address !== undefined) return address;
      }
      return undefined;
    };
  }

  #noteOtherProject(kind: Kind, live: Live): void {
    if (!isAlive(live)) return;
    const project = live.tags[ownership.project] ?? "no project";
    const known = this.notes.find((note) => note.code === "other-project" && note.text.includes(`project ${project} `));
    if (!known)
      this.notes.push({
        code: "other-project",
        text: `project ${project} has an environment ${this.#environment.name} here too (${kind.name} ${live.id}, for one); it is left alone`,
      });
  }
}

function replacedAddress(address: Address, old: Live): Address {
  return `${address} (replaced ${old.id})`;
}

/** The one that counts, and those whose replacement it is. None counts when two have equal claims. */
function currentOf(candidates: readonly Candidate[]): readonly [Candidate | undefined, readonly Candidate[]] {
  if (candidates.length === 1) return [candidates[0]!, []];
  const isOld = ({ live }: Candidate) => ownership.superseded in live.tags;
  const current = candidates.filter((one) => !isOld(one));
  return current.length === 1 ? [current[0]!, candidates.filter(isOld)] : [undefined, []];
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
