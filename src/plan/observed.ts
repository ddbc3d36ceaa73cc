import type { Address, AwsId, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Note } from "./plan.ts";

/** The objects of an environment in AWS, after ownership was checked and ids were linked to addresses. */
export interface Observed {
  readonly account: string;
  /** The live objects that are ours, one for each address. */
  readonly objects: ReadonlyMap<Address, Found>;
  /** Every id that AWS still shows under an address, dead or alive. The next client token is derived from them. */
  readonly shown: ReadonlyMap<Address, readonly AwsId[]>;
  /** Every listed object that has this environment's name. A second look at a part of them starts from this. */
  readonly sighted: ReadonlyMap<Kind, readonly Live[]>;
  /** Old objects whose replacement exists, left over from a run that ended between the two halves. */
  readonly leftovers: readonly Found[];
  /** Our objects that AWS is deleting and that still hold their slots. */
  readonly dying: readonly Found[];
  /** Addresses under which two or more objects pass the ownership check: an error for them and everything that depends on them. */
  readonly ambiguous: ReadonlyMap<Address, readonly AwsId[]>;
  /** The objects that pass under these addresses. */
  readonly doubles?: readonly Found[];
  /** Addresses whose `adopt:` names an object that cannot be taken over: an error for them and everything that depends on them. */
  readonly unadoptable: ReadonlyMap<Address, Unadoptable>;
  /** Copies, other projects' objects, kinds that were not looked at. */
  readonly notes: readonly Note[];
  /** How AWS was read; absent where nobody asks. */
  readonly reads?: Reads;
}

/** How the kinds were read. */
export interface Reads {
  /** Sections of the kinds that the environment has or had and that were read by the tag index. */
  readonly byIndex: readonly string[];
  /** Why every kind was listed, where only the kinds that the environment has or had were to be listed. */
  readonly listedBecause?: string;
  /** Names of the kinds that could not be read. */
  readonly unread: readonly string[];
  /** Names of the kinds that the environment is known to have had; absent where that is not known. */
  readonly known?: ReadonlySet<string>;
}

export interface Found {
  readonly address: Address;
  readonly kind: Kind;
  /** As read: references are AWS ids. */
  readonly live: Live;
  /** The same spec with the ids of our own objects replaced by their addresses. */
  readonly linked: Spec;
  /** Our other objects that it names, where its kind declares no references. They are deleted after it. */
  readonly names?: readonly Address[];
  /** The address in its tag, when a `moved:` line carries it to another. */
  readonly movedFrom?: Address;
  /** Found by `adopt:`, not yet tagged as ours. */
  readonly adopted?: true;
  /** Made by AWS and found because the file says `default: true`; not yet tagged as ours. */
  readonly takenOver?: true;
}

/** Why an object cannot be adopted. */
export interface Unadoptable {
  readonly code: "adopt-missing" | "adopt-owned" | "adopt-made-by-other";
  readonly summary: string;
  readonly hint: string;
  /** The address of this environment that has the object now: nothing is done to it either, unless it is declared. */
  readonly holder?: Address;
}

/** Image expressions, zone ids and foreign references, resolved. */
export interface Lookups {
  /** By the key that `lookupKey` makes of the expression. */
  readonly values: Readonly<Record<string, string>>;
}
