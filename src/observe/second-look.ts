/**
 * The second look, before the first step of a plan. It reads the objects that the plan touches; all others stay as the first look found
 * them.
 */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Kind, Live } from "../kinds/kind.ts";
import type { Found, Observed } from "../plan/observed.ts";
import type { Touched } from "../plan/touched.ts";
import { listByIndex } from "./by-index.ts";
import { type Drivers, scopeOf } from "./drivers.ts";
import { Reading } from "./reading.ts";
import { Sorter } from "./sorter.ts";

/** Reads again. Undefined when an object that the plan refers to is gone or has other tags, or when reads by id do not show enough. */
export async function observeAgain(
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  before: Observed,
  { made, written, used }: Pick<Touched, "made" | "written" | "used">,
): Promise<Observed | undefined> {
  const scope = scopeOf(environment);
  const { known, listedBecause = "" } = before.reads ?? {};
  const reading = new Reading([...made], aws, environment, Promise.resolve(known ?? { unknown: listedBecause }));
  const get = async (kind: Kind, ids: readonly AwsId[], existence?: true) =>
    (await drivers.of(kind)).get(aws, ids, existence ? { ...scope, existence } : scope);
  const list = async (kind: Kind): Promise<readonly Live[]> => {
    const how = await reading.of(kind);
    if (how === "skip") return [];
    const driver = await drivers.of(kind);
    const all = kind.tagIndex?.inDoubt ? { ...scope, indexed: () => reading.inDoubt(kind) } : scope;
    return inFull(how === "list" ? driver.list(aws, all) : listByIndex(aws, kind, driver, all, how, environment));
  };
  const changing = idsByKind(written, made);
  const [listed, read, standing] = await Promise.all([
    each(new Map([...made].map((kind) => [kind, []])), list),
    each(changing, (kind, ids) => get(kind, ids)),
    each(idsByKind(used, made), (kind, ids) => get(kind, ids, true)),
  ]);
  const isMissing = ({ kind, live }: Found) => !made.has(kind) && !isAsItWas(live, standing.get(kind)?.get(live.id));
  if ([...used].some(isMissing) || (await reading.inTheDark())) return undefined;
  // A plan takes a field that a read by id leaves out for equal, and for no obstacle. Only a listing shows such a field.
  const isLess = ({ kind, live }: Found) => !made.has(kind) && tellsLess(live, read.get(kind)?.get(live.id));
  if ([...written].some(isLess)) return undefined;
  const sorter = new Sorter(environment, new Map(environment.nodes.map((node) => [node.address, node])), aws.account);
  const kinds = new Set([...before.sighted.keys(), ...made]);
  for (const kind of kinds) {
    const ids = new Set(changing.get(kind));
    const lives = (before.sighted.get(kind) ?? []).flatMap((live) => (ids.has(live.id) ? (read.get(kind)?.get(live.id) ?? []) : [live]));
    for (const live of listed.get(kind) ?? lives) sorter.add(kind, live);
  }
  if ([...kinds].some((kind) => sorter.toAdopt(kind).length > 0) || sorter.toTakeOver([...kinds]).length > 0) return undefined;
  const unread = before.notes.filter(({ code }) => code === "not-looked-at");
  const found = sorter.finish();
  return { ...found, notes: [...found.notes, ...unread], ...(before.reads ? { reads: before.reads } : {}) };
}

/** Returns the ids of the objects whose kinds are not listed anyway. */
function idsByKind(found: Iterable<Found>, listed: ReadonlySet<Kind>): ReadonlyMap<Kind, readonly AwsId[]> {
  const ids = new Map<Kind, AwsId[]>();
  for (const { kind, live } of found) if (!listed.has(kind)) ids.set(kind, [...(ids.get(kind) ?? []), live.id]);
  return ids;
}

/** Reads all kinds in parallel. */
async function each<T>(
  of: ReadonlyMap<Kind, readonly AwsId[]>,
  ask: (kind: Kind, ids: readonly AwsId[]) => Promise<T>,
): Promise<ReadonlyMap<Kind, T>> {
  return new Map(await Promise.all([...of].map(async ([kind, ids]) => [kind, await ask(kind, ids)] as const)));
}

async function inFull<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function tellsLess(was: Live, now: Live | undefined): boolean {
  const told = ({ spec, handle }: Live) => [spec, handle].map((of) => new Set(Object.keys((of ?? {}) as object)));
  if (now === undefined) return false;
  const [before, after] = [told(was), told(now)];
  return before.some((keys, i) => [...keys].some((key) => !after[i]!.has(key)));
}

function isAsItWas(was: Live, now: Live | undefined): boolean {
  const tagsOf = ({ tags }: Live) => JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
  return now !== undefined && JSON.stringify(was.state) === JSON.stringify(now.state) && tagsOf(was) === tagsOf(now);
}
