/**
 * Decides which kinds are read, and how (docs/decisions/0030-reads-by-need.md). Kinds that the file declares and kinds that the environment
 * has had are listed. Other kinds are listed only when the tag index shows objects of them. A kind whose listing would read the tags of
 * every object in the account is read by the ids from the index. When it is not certain which kinds the environment has had, every kind is
 * listed.
 */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Kind } from "../kinds/kind.ts";
import type { Reads } from "../plan/observed.ts";
import { indexedIn, readTagIndex, type TagIndex } from "./tag-index.ts";

/** The names of the kinds that the environment has had (none for a new one), or why they are not known. */
export type KnownKinds = ReadonlySet<string> | { readonly unknown: string };

export const notWrittenDown = "no apply has recorded which kinds this environment has had";

/** A kind is listed in full, left out, or read by these candidates. */
export type How = "list" | "skip" | readonly AwsId[];

/** Decides for each kind, after the index and the known kinds have been read. */
export class Reading {
  readonly #declared: ReadonlySet<string>;
  #known: Promise<KnownKinds>;
  readonly #index: Promise<TagIndex | string>;
  readonly #kinds: Promise<readonly Kind[]>;
  readonly #unread: string[] = [];
  readonly #readInDoubt: () => Promise<ReadonlySet<AwsId> | string>;
  #inDoubt: Promise<ReadonlySet<AwsId> | string> | undefined;
  readonly #inDark = new Set<Kind>();

  /** `known` absent: every kind is listed, as for drift. `former`: kinds of types that an earlier file used. */
  constructor(
    kinds: readonly Kind[],
    aws: Aws,
    environment: Environment,
    known: Promise<KnownKinds> | undefined,
    former: Promise<readonly Kind[]> = Promise.resolve([]),
  ) {
    this.#kinds = former.then((more) => [...kinds, ...more]);
    this.#kinds.catch(() => undefined); // the callers that need them get the error; there may be none
    this.#declared = new Set(environment.nodes.map(({ kind }) => kind));
    this.#known = known ?? Promise.resolve({ unknown: "" });
    this.#index = this.#readIndex(aws, environment);
    this.#index.catch(() => undefined); // thrown to the first kind that needs it
    const doubtful = kinds.filter(({ tagIndex }) => tagIndex?.inDoubt);
    this.#readInDoubt = () => indexedIn(aws, doubtful, { project: environment.project, environment: environment.name });
  }

  async of(kind: Kind): Promise<How> {
    if (this.#declared.has(kind.name) && !kind.tagIndex?.idOf) return "list";
    const index = await this.#index;
    const known = await this.#known;
    return "unknown" in known || typeof index === "string" ? "list" : howToRead(kind, this.#declared, known, index);
  }

  /**
   * Returns the ARNs of our objects among those that a listing leaves in doubt. The index is read once. If it cannot be read, the kind is
   * added to `inTheDark`.
   */
  async inDoubt(kind: Kind): Promise<ReadonlySet<AwsId>> {
    const index = await (this.#inDoubt ??= this.#readInDoubt());
    if (typeof index !== "string") return index;
    this.#inDark.add(kind);
    this.couldNotRead(kind);
    return new Set();
  }

  /** Returns the kinds whose listing left objects in doubt that only the index could decide, and why the index could not be read. */
  async inTheDark(): Promise<{ readonly kinds: readonly Kind[]; readonly why: string } | undefined> {
    const why = await this.#inDoubt;
    return typeof why === "string" ? { kinds: [...this.#inDark].sort((a, b) => (a.section < b.section ? -1 : 1)), why } : undefined;
  }

  /** Records a kind that AWS did not let us read: nobody knows whether it has objects. */
  couldNotRead(kind: Kind): void {
    this.#unread.push(kind.name);
  }

  /**
   * Lists every kind from now on when the environment was taken for new but has objects. The index does not show them, for one of two
   * reasons: a run without the right to write to Parameter Store made them, or the parameters were deleted. Returns whether that changes
   * anything.
   */
  async listAllInstead(): Promise<boolean> {
    const index = await this.#index; // the read of the index may change `#known`
    const known = await this.#known;
    if ("unknown" in known || known.size > 0) return false;
    this.#known = Promise.resolve({ unknown: notWrittenDown });
    return typeof index !== "string";
  }

  async told(): Promise<Reads> {
    const index = await this.#index;
    const [known, kinds] = await Promise.all([this.#known, this.#kinds]);
    const unread = [...this.#unread].sort();
    if ("unknown" in known) return { byIndex: [], unread, ...(known.unknown ? { listedBecause: known.unknown } : {}) };
    if (typeof index === "string") return { byIndex: [], unread, known, listedBecause: index };
    const has = (name: string) => this.#declared.has(name) || known.has(name);
    const indexed = kinds.filter(({ name, tagIndex }) => tagIndex?.idOf && has(name));
    return { byIndex: indexed.map(({ section }) => section), unread, known };
  }

  async #readIndex(aws: Aws, environment: Environment): Promise<TagIndex | string> {
    const known = await this.#known;
    if ("unknown" in known) return known.unknown;
    const isNew = known.size === 0;
    const isOpen = ({ name, tagIndex }: Kind) => isNew || tagIndex?.idOf || !(this.#declared.has(name) || known.has(name));
    const open = (await this.#kinds).filter(isOpen);
    const index = await readTagIndex(aws, open, { project: environment.project, environment: environment.name });
    if (!isNew || typeof index === "string" || index.size === 0) return index;
    this.#known = Promise.resolve({ unknown: notWrittenDown });
    return notWrittenDown;
  }
}

/** Decides how one kind is read when the kinds of the environment are known and the index answers. */
function howToRead(kind: Kind, declared: ReadonlySet<string>, known: ReadonlySet<string>, index: TagIndex): How {
  const arns = index.get(kind.name) ?? [];
  if (kind.tagIndex?.idOf) return [...new Set(arns.map(kind.tagIndex.idOf))];
  // Only the index shows that an environment is new. So a kind that the index does not have is listed.
  const isUnsure = known.size === 0 && !kind.tagIndex;
  return isUnsure || declared.has(kind.name) || known.has(kind.name) || arns.length > 0 ? "list" : "skip";
}
