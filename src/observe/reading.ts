/**
 * Which kinds are read, and how (docs/decisions/0030-reads-by-need.md): those that the file declares and those that the environment
 * has had are listed; of the others only those of which the tag index shows objects. A kind whose listing would ask every
 * object of the account for its tags is read by the ids that the index gives. Without certain knowledge of the kinds that the
 * environment has had, every kind is listed.
 */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Kind } from "../kinds/kind.ts";
import type { Reads } from "../plan/observed.ts";
import { indexedIn, readTagIndex, type TagIndex } from "./tag-index.ts";

/** The kinds that the environment has had, by name, none for one that is new; or why they are not known. */
export type KnownKinds = ReadonlySet<string> | { readonly unknown: string };

export const notWrittenDown = "no apply has written down which kinds this environment has had";

/** One kind is listed in full, is left out, or is read by these candidates. */
export type How = "list" | "skip" | readonly AwsId[];

/** Decides for each kind, once what it takes to decide has been read. */
export class Reading {
  readonly #declared: ReadonlySet<string>;
  #known: Promise<KnownKinds>;
  readonly #index: Promise<TagIndex | string>;
  readonly #kinds: Promise<readonly Kind[]>;
  readonly #unread: string[] = [];
  readonly #readInDoubt: () => Promise<ReadonlySet<AwsId> | string>;
  #inDoubt: Promise<ReadonlySet<AwsId> | string> | undefined;
  readonly #inDark = new Set<Kind>();

  /** `known` absent: every kind is to be listed, as for drift. `former`: kinds of types that an earlier file named. */
  constructor(
    kinds: readonly Kind[],
    aws: Aws,
    environment: Environment,
    known: Promise<KnownKinds> | undefined,
    former: Promise<readonly Kind[]> = Promise.resolve([]),
  ) {
    this.#kinds = former.then((more) => [...kinds, ...more]);
    this.#kinds.catch(() => undefined); // whoever reads them is told; nobody may be reading any more
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

  /** ARNs of ours among what a listing leaves in doubt, asked for once. Where the index cannot be asked, the kind is one of `inTheDark`. */
  async inDoubt(kind: Kind): Promise<ReadonlySet<AwsId>> {
    const index = await (this.#inDoubt ??= this.#readInDoubt());
    if (typeof index !== "string") return index;
    this.#inDark.add(kind);
    this.couldNotRead(kind);
    return new Set();
  }

  /** Kinds of which the listing left something in doubt that only the index could have told, and why it could not be asked. */
  async inTheDark(): Promise<{ readonly kinds: readonly Kind[]; readonly why: string } | undefined> {
    const why = await this.#inDoubt;
    return typeof why === "string" ? { kinds: [...this.#inDark].sort((a, b) => (a.section < b.section ? -1 : 1)), why } : undefined;
  }

  /** A kind that may not be read: whether it has objects is not known. */
  couldNotRead(kind: Kind): void {
    this.#unread.push(kind.name);
  }

  /**
   * Lists every kind from here on where the environment was taken for new and has objects all the same, which the index does not
   * show: a run that may not write to Parameter Store has made them, or the parameters were deleted. Answers whether that changes anything.
   */
  async listAllInstead(): Promise<boolean> {
    const index = await this.#index; // it may change what is known
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

/** How one kind is read where the kinds of the environment are known and the index answers. */
function howToRead(kind: Kind, declared: ReadonlySet<string>, known: ReadonlySet<string>, index: TagIndex): How {
  const arns = index.get(kind.name) ?? [];
  if (kind.tagIndex?.idOf) return [...new Set(arns.map(kind.tagIndex.idOf))];
  // Only the index tells that an environment is new.
  const isUnsure = known.size === 0 && !kind.tagIndex;
  return isUnsure || declared.has(kind.name) || known.has(kind.name) || arns.length > 0 ? "list" : "skip";
}
