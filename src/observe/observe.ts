/** Reads the objects of one environment from AWS: all kinds in parallel, with ownership checked and ids linked to addresses. */
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import { Stacks } from "../aws/stacks.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Desired, Kind, Live, Scope, Spec } from "../kinds/kind.ts";
import type { Observed } from "../plan/observed.ts";
import { stacksOf } from "./adopt.ts";
import { listByIndex } from "./by-index.ts";
import { findDefaults } from "./defaults.ts";
import type { Drivers } from "./drivers.ts";
import { scopeOf } from "./drivers.ts";
import { type KnownKinds, Reading } from "./reading.ts";
import type { Resolved } from "./resolve.ts";
import { Sorter } from "./sorter.ts";

/**
 * Returns the scope for reading adopted objects. An object without our tags has no address, so its driver reads every field that one of the
 * adopting resources writes.
 */
function adoptingScope(scope: Scope, nodes: readonly Desired[]): Scope {
  const isWritten = (field: string) => nodes.some(({ spec }) => (spec as Spec)[field] !== undefined);
  return { ...scope, asks: (address, field) => scope.asks(address, field) || (address === "" && isWritten(field)) };
}

/** Options that narrow the reads. */
export interface Sight {
  /** The kinds that the environment has had. When absent, every kind is listed in full. */
  readonly known?: Promise<KnownKinds> | undefined;
  /** Kinds of types that an earlier file used, once they are known. */
  readonly former?: Promise<readonly Kind[]> | undefined;
  /**
   * The file whose resources are looked up by name when the index does not show them. It differs from the declared environment when
   * everything is to be deleted.
   */
  readonly file?: Environment;
  /** The declared resources with their look-ups resolved. Used only when a resource stands for an object that AWS made. */
  readonly resolved?: Promise<Pick<Resolved, "declared">>;
  /** Ids of CloudFormation stacks that count as gone without a read. */
  readonly gone?: ReadonlySet<string> | undefined;
}

const none: Promise<readonly Kind[]> = Promise.resolve([]);

/**
 * Reads the environment. Throws when a read fails: a throttled or denied read is never taken for "does not exist". A denied kind that the
 * YAML does not use is only noted as not looked at.
 */
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
  // A destroy declares nothing, but must see the objects that it keeps: those that hold data, and all objects that they depend on.
  const used = new Set([...environment.nodes, ...file.nodes].map((node) => node.kind));
  const sorter = new Sorter(environment, declared, aws.account);
  const stacks = new Stacks(aws, gone);
  const reading = new Reading(kinds, aws, { ...environment, nodes: [...environment.nodes, ...file.nodes] }, known, former);
  const { namesOf, called } = scopeOf(file);
  const givenUp = rejected(giveUp.signal); // the reads that others wait for may still be under way when another read has failed
  const shared: Scope = {
    ...scopeOf(environment),
    namesOf: namesOf!,
    called: called!,
    async found(name) {
      const kind = [...kinds, ...(await former)].find((one) => one.name === name);
      return kind && listed(kind);
    },
  };
  const scopeFor = (kind: Kind) => (kind.tagIndex?.inDoubt ? { ...shared, indexed: () => reading.inDoubt(kind) } : shared);
  const listings = new Map<Kind, Promise<readonly Live[] | undefined>>();
  /** Returns all objects of a kind, or undefined when the kind is not read. */
  const listed = (kind: Kind) => {
    if (!listings.has(kind)) listings.set(kind, listAll(kind));
    return listings.get(kind)!;
  };
  /** Kinds that were not listed in full, with the ids that were found. */
  const narrowed = new Map<Kind, ReadonlySet<AwsId>>();
  const listAll = async (kind: Kind): Promise<readonly Live[] | undefined> => {
    const how = await Promise.race([reading.of(kind), givenUp]);
    const ids = new Set<AwsId>();
    if (how !== "list") narrowed.set(kind, ids);
    if (how === "skip") return undefined;
    if (how !== "list" && how.length === 0 && !file.nodes.some((node) => node.kind === kind.name)) return [];
    const driver = await drivers.of(kind);
    const scope = scopeFor(kind);
    const lives: Live[] = [];
    const all = how === "list" ? driver.list(aws, scope) : listByIndex(aws, kind, driver, scope, how, file);
    for await (const live of all) lives.push(live);
    for (const { id } of lives) ids.add(id);
    return lives;
  };
  const read = async (kind: Kind, seen?: ReadonlySet<AwsId>) => {
    try {
      const lives = await listed(kind);
      if (!lives) return;
      for (const live of lives) if (!seen?.has(live.id)) sorter.add(kind, live);
      const adopting = sorter.toAdopt(kind);
      if (adopting.length > 0) {
        const driver = await drivers.of(kind);
        const found = await driver.get(aws, [...new Set(adopting.map((node) => node.adopt!))], adoptingScope(scopeFor(kind), adopting));
        const fates = await stacks.fates(stacksOf(found.values()));
        for (const node of adopting) sorter.adopt(kind, node, found, fates);
      }
    } catch (error) {
      if (used.has(kind.name) || !isDenied(error)) throw error;
      reading.couldNotRead(kind);
      sorter.notes.push({
        code: "not-looked-at",
        text: `infra could not list ${kind.section}: ${error.operation} was denied (${error.code}); it would miss one that was removed from the YAML`,
      });
    }
  };
  const readFormer = async () => void (await Promise.all((await Promise.race([former, givenUp])).map((kind) => read(kind))));
  await all([...longestFirst(kinds, environment).map((kind) => () => read(kind)), readFormer], giveUp);
  if (sorter.hasOurs && (await reading.listAllInstead())) {
    const rest = [...narrowed];
    for (const [kind] of rest) listings.delete(kind);
    const readRest = async () => void (await Promise.all(rest.map(([kind, seen]) => read(kind, seen))));
    await all([readRest], giveUp);
  }
  const toTakeOver = sorter.toTakeOver(kinds);
  if (toTakeOver.length > 0)
    for (const [kind, node, live] of await findDefaults(drivers, aws, toTakeOver, await resolved, (at) => sorter.idOf(at)))
      sorter.takeOver(kind, node, live);
  const dark = await reading.inTheDark();
  if (dark)
    sorter.notes.push({
      code: "not-looked-at",
      text: `${dark.why}: infra would miss adopted ${dark.kinds.map(({ section }) => section).join(", ")} that were removed from the YAML`,
    });
  return { ...sorter.finish(), reads: await reading.told() };
}

/** Sorts kinds so that those with many reads in a row begin before those with one. Together they end sooner. */
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
  rejecting.catch(() => undefined); // nobody may wait for it any more
  return rejecting;
}

/** Runs all reads in parallel. The first error ends those that are under way, and is thrown once they have ended. */
async function all(readings: readonly (() => Promise<void>)[], giveUp: AbortController): Promise<void> {
  await Promise.allSettled(readings.map((read) => read().catch((error: unknown) => giveUp.abort(error))));
  giveUp.signal.throwIfAborted();
}
