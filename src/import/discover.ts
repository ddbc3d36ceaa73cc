/** Finds the objects around some roots: everything that lies in them or serves them. It reads in rounds until a round adds nothing. */
import type { Aws } from "../aws/aws.ts";
import { AwsError } from "../aws/errors.ts";
import type { AwsId, Kind, Live, Member, Scope, Spec } from "../kinds/kind.ts";
import type { Drivers } from "../observe/drivers.ts";
import { idsOf, isAlive } from "../resource/ownership-check.ts";
import { isLiteral, mapAnnotated, refKinds, type AnnotatedSchema } from "../resource/references.ts";

/** An object by its kind and its id. */
export interface Root {
  readonly kind: Kind;
  readonly id: AwsId;
}

export interface Discovered {
  /** The objects that are alive, by kind and id. */
  readonly lives: ReadonlyMap<Kind, ReadonlyMap<AwsId, Live>>;
  /** Roots that AWS does not have. */
  readonly missing: readonly Root[];
  /** Descriptions of objects from listings, by id: "subnet 10.0.0.0/24 in vpc-0abc…". */
  readonly what: ReadonlyMap<AwsId, string>;
  /** Members that a listing showed and that their kind cannot read, such as a database of another engine. */
  readonly unread: readonly { readonly id: AwsId; readonly what: string }[];
  /** The exclusions that matched: names of kinds, and ids that were met. */
  readonly excluded: ReadonlySet<string>;
  readonly rounds: number;
}

export interface Sight {
  /**
   * "vpc": objects that lie in the roots, and objects that belong to those. "linked": also objects outside of the roots to which they
   * refer.
   */
  readonly depth: "vpc" | "linked";
  /** Names of kinds that are not read at all, and ids that are not taken. */
  readonly exclude: ReadonlySet<string>;
}

/**
 * Reads all objects around the roots, without any call that writes. Throws when a read fails. For a denied read the command line names the
 * `--exclude` that leaves its kind out.
 */
export async function discover(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  roots: readonly Root[],
  sight: Sight,
): Promise<Discovered> {
  const wanted = kinds.filter((kind) => kind.authored && !sight.exclude.has(kind.name) && !sight.exclude.has(kind.section));
  const excluded = new Set(kinds.flatMap(({ name, section }) => [name, section]).filter((word) => sight.exclude.has(word)));
  const search = new Search(wanted, drivers, aws, sight, excluded);
  search.add(roots);
  while (search.hasMore()) await search.round();
  return search.result(roots);
}

/** The scope of these reads: an unmarked object is read in full, and nothing is asked for by name. */
const everything: Scope = { project: "", environment: "", whole: true, asks: () => true };

class Search {
  readonly #kinds: readonly Kind[];
  readonly #drivers: Drivers;
  readonly #aws: Aws;
  readonly #sight: Sight;
  readonly #excluded: Set<string>;
  readonly #lives = new Map<Kind, Map<AwsId, Live>>();
  readonly #asked = new Map<Kind, Set<AwsId>>();
  readonly #what = new Map<AwsId, string>();
  /** Kinds that are found by the place where they lie. */
  readonly #located = new Set<Kind>();
  readonly #unread: { readonly id: AwsId; readonly what: string }[] = [];
  #open: Root[] = [];
  #rounds = 0;

  constructor(kinds: readonly Kind[], drivers: Drivers, aws: Aws, sight: Sight, excluded: Set<string>) {
    this.#kinds = kinds;
    this.#drivers = drivers;
    this.#aws = aws;
    this.#sight = sight;
    this.#excluded = excluded;
    for (const kind of kinds) {
      this.#lives.set(kind, new Map());
      this.#asked.set(kind, new Set());
    }
  }

  /** Adds objects that must be read, each once. */
  add(roots: readonly Root[]): void {
    for (const { kind, id } of roots) {
      const asked = this.#asked.get(kind);
      if (this.#sight.exclude.has(id)) this.#excluded.add(id);
      if (!asked || asked.has(id) || this.#sight.exclude.has(id)) continue;
      asked.add(id);
      this.#open.push({ kind, id });
    }
  }

  hasMore(): boolean {
    return this.#open.length > 0;
  }

  /** Reads the open objects, and looks for objects that lie in them. */
  async round(): Promise<void> {
    this.#rounds++;
    const open = this.#open;
    this.#open = [];
    const byKind = new Map<Kind, Root[]>();
    for (const one of open) byKind.set(one.kind, [...(byKind.get(one.kind) ?? []), one]);
    await allOf([...byKind.keys()], (kind) => this.#read(kind, byKind.get(kind)!));
    const fresh = new Map([...byKind].map(([kind, some]) => [kind.name, new Set(this.#livesOf(kind, some).map(({ id }) => id))]));
    const members = await allOf(this.#kinds, (kind) => this.#within(kind, fresh));
    this.#kinds.forEach((kind, i) => {
      for (const { id, what } of members[i]!) this.#what.set(id, what);
      this.add(members[i]!.map(({ id }) => ({ kind, id })));
    });
    for (const [kind, some] of byKind) for (const live of this.#livesOf(kind, some)) this.add(this.#followed(kind, live));
  }

  result(roots: readonly Root[]): Discovered {
    const missing = roots.filter((root) => this.#lives.has(root.kind) && this.#livesOf(root.kind, [root]).length === 0);
    return { lives: this.#lives, missing, what: this.#what, unread: this.#unread, excluded: this.#excluded, rounds: this.#rounds };
  }

  /** Returns the objects that were found for these roots. A root may be named by an alias. */
  #livesOf(kind: Kind, some: readonly Root[]): Live[] {
    const lives = this.#lives.get(kind)!;
    return some.flatMap(({ id }) => lives.get(id) ?? [...lives.values()].find(({ aliases }) => aliases.includes(id)) ?? []);
  }

  async #read(kind: Kind, some: readonly Root[]): Promise<void> {
    const driver = await this.#drivers.of(kind);
    const ids = some.map(({ id }) => id);
    const lives = this.#lives.get(kind)!;
    const found = await driver.get(this.#aws, ids, everything);
    for (const [id, live] of found) if (isAlive(live)) lives.set(id, live);
    const known = new Set([...found.values()].flatMap(idsOf));
    for (const id of ids) if (!known.has(id) && this.#what.has(id)) this.#unread.push({ id, what: this.#what.get(id)! });
  }

  async #within(kind: Kind, fresh: ReadonlyMap<string, ReadonlySet<AwsId>>): Promise<readonly Member[]> {
    const driver = await this.#drivers.of(kind);
    if (!driver.within) return [];
    this.#located.add(kind);
    return driver.within(this.#aws, fresh);
  }

  /**
   * Returns the objects to which an object refers and that are taken along. A kind that lies in networks is not followed, because its
   * object is found there or lies in another network.
   */
  #followed(kind: Kind, live: Live): Root[] {
    const found: Root[] = [];
    mapAnnotated(kind.schema, live.spec as Spec, "x-ref", (value, _path, schema) => {
      found.push(...this.#fitting(value, schema).filter((one) => this.#mayFollow(one.kind)));
      return value;
    });
    return found;
  }

  #fitting(value: unknown, schema: AnnotatedSchema): Root[] {
    // An ARN may count as a literal and still refer to an object: a KMS key.
    if (typeof value !== "string" || (isLiteral(value, schema["x-literal"]) && !value.startsWith("arn:"))) return [];
    const fitting = this.#kinds.filter(({ name, idPrefix = "" }) => refKinds(schema).includes(name) && value.startsWith(idPrefix));
    return fitting.flatMap((kind) => idsIn(kind, value).map((id) => ({ kind, id })));
  }

  #mayFollow(kind: Kind): boolean {
    return kind.goesWithUsers === true || (this.#sight.depth === "linked" && !this.#located.has(kind));
  }
}

/** Works on all kinds side by side. Kinds that may not be read are reported together, so that one more try is enough. */
async function allOf<T>(kinds: readonly Kind[], work: (kind: Kind) => Promise<T>): Promise<T[]> {
  const denied: Denied[] = [];
  const told = await Promise.all(
    kinds.map((kind) =>
      work(kind).catch((error: unknown) => {
        if (!(error instanceof AwsError && error.class === "auth")) throw error;
        denied.push({ kind, error });
        return undefined;
      }),
    ),
  );
  if (denied.length > 0) throw new ReadDenied(kinds.flatMap((kind) => denied.find((one) => one.kind === kind) ?? []));
  return told as T[];
}

interface Denied {
  readonly kind: Kind;
  readonly error: AwsError;
}

/** Thrown for kinds that may not be read. Otherwise their objects in the network would be missing from the file without a word. */
export class ReadDenied extends Error {
  readonly kinds: readonly Kind[];
  constructor(denied: readonly Denied[]) {
    super(denied.map(({ kind, error }) => `${kind.section} cannot be read: ${error.operation} was denied (${error.code}).`).join("\n"));
    this.kinds = denied.map(({ kind }) => kind);
  }
}

/**
 * Returns the ids that a reference may mean. Objects refer by ARN to some objects that AWS knows by name (roles, profiles), and to
 * templates with a version.
 */
function idsIn({ idPrefix }: Kind, value: string): AwsId[] {
  if (idPrefix !== undefined) return /^[a-z]+-[0-9a-f]+/.exec(value)?.slice(0, 1) ?? [];
  return value.startsWith("arn:") && value.includes("/") ? [value, value.slice(value.lastIndexOf("/") + 1)] : [value];
}
