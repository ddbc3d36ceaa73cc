/** The functions of a kind that talk to AWS, and the types of their inputs and results. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { Slot } from "./slots.ts";
import type { Aws } from "../../aws/aws.ts";
import type { Code } from "../../diag/codes.ts";
import type { Changes } from "./fields.ts";
import type { Live } from "./live.ts";
import type { Address, AwsId, Spec, Tags } from "./values.ts";

/**
 * The functions of a kind that talk to AWS. Each function may run twice: "already so" and "already gone" are success. AWS's errors are
 * thrown as they come.
 */
export interface Driver<S extends object = any, H = any> {
  /** Lists all objects that have the environment's tag (`infra:environment`), including dead ones that AWS still shows. */
  list(aws: Aws, scope: Scope): AsyncIterable<Live<S, H>>;
  /**
   * Reads those of `ids` that exist, in one call for all. The engine polls with it while steps wait. A missing id is absent from the
   * result, not an error.
   */
  get(aws: Aws, ids: readonly AwsId[], scope: Scope): Promise<ReadonlyMap<AwsId, Live<S, H>>>;
  /**
   * Creates the object with its tags, in one call. A create without a client token passes `{ once: true }` to the gate. `say` is the `say`
   * of `Run`.
   */
  create(aws: Aws, request: S, identity: CreateIdentity, say?: (text: string) => void, limit?: Limit): Promise<AwsId>;
  /**
   * Predicts a new object of an instant kind before its later stages, so that they need no read. Absent or undefined: the engine waits
   * until `get` says ready and compares with what it read.
   */
  initialState?(request: S): { readonly spec: Partial<S>; readonly handle: H } | undefined;
  /** Brings the fields of one stage from the observed to the desired values. `changes` holds only the fields that differ. */
  update?(aws: Aws, stage: string, live: Live<S, H>, request: S, changes: Changes<S>, run: Run<S, H>): Promise<void>;
  /** For stages with `detach`: clears what would block the deletes of other objects. */
  detach?(aws: Aws, stage: string, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** For stages with `shrinks`: removes what is no longer desired. `update` has already added what is desired. */
  shrink?(aws: Aws, stage: string, live: Live<S, H>, request: S, run: Run<S, H>): Promise<void>;
  delete(aws: Aws, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** Writes and removes tags; the EC2 kinds pass `ec2Tagging` from aws/tagging.ts. */
  tag(aws: Aws, live: Live<S, H>, set: Tags, remove: readonly string[]): Promise<void>;
  /** For fields whose rule has `made: { bears }`: writes our tags on these entries of the field, by key. */
  claim?(aws: Aws, live: Live<S, H>, field: string, keys: readonly string[], identity: CreateIdentity): Promise<void>;
  /**
   * Finds the objects that block the delete of these, by id. The engine asks for the deletes of a plan, and again when AWS refuses a
   * delete.
   */
  blockers?(aws: Aws, lives: readonly Live<S, H>[]): Promise<ReadonlyMap<AwsId, readonly Blocker[]>>;
  /** Finds the ids of live objects that have all these tags, for `{ tags: … }` references. */
  find?(aws: Aws, tags: Tags, owner: string | undefined): Promise<readonly AwsId[]>;
  /**
   * For kinds with `placedBy`: finds the ids of live objects that match all fields of `place`. With `owner`, only those of that account.
   */
  at?(aws: Aws, place: Readonly<Record<string, string>>, owner: string | undefined): Promise<readonly AwsId[]>;
  /**
   * For kinds with `madeWith`: reads the objects that AWS made, by the names of the zones or the ids of the parents in `of`. The object of
   * a region has the key "".
   */
  defaults?(aws: Aws, of: readonly string[]): Promise<ReadonlyMap<string, Live<S, H>>>;
  /** Reads details that only `infra status` shows and that cost a call for each object: the health of targets. */
  details?(aws: Aws, lives: readonly Live<S, H>[]): Promise<ReadonlyMap<AwsId, Pick<Live<S, H>, "parts" | "notes" | "outputs">>>;
  /** Finds objects that already have one of these names, ours or not, by name. For kinds whose names are unique in AWS. */
  named?(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, AwsId>>;
  /** Finds what AWS would refuse about objects that a plan would create, as far as reads can tell. */
  preflight?(aws: Aws, planned: readonly PlannedObject<S>[], around: Around): Promise<PreflightFindings>;
  /** The same for existing objects that a plan changes in place. */
  preflightChanges?(aws: Aws, changing: readonly PlannedObject<S>[], around: Around): Promise<PreflightFindings>;
  /**
   * Finds objects of this kind that lie in the found objects or serve them. `infra import` uses it, and so does drift for objects that are
   * in no file.
   */
  within?(aws: Aws, found: Neighbours): Promise<readonly Member[]>;
}

/** The scope of a read. The engine checks every answer again, because tag filters are patterns and some emulators ignore them. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
  /** Look for this resource only (to resolve an ambiguous create). */
  readonly address?: Address;
  /** Read only these ids, which came from the tag index or from a name. The account is not listed. For kinds with `tagIndex.idOf`. */
  readonly candidates?: readonly AwsId[];
  /**
   * Only the existence of the objects is asked for. Reads that cost a call for each object are skipped, and their fields are absent from
   * the specs.
   */
  readonly existence?: true;
  /** Read everything that AWS returns about an object, including values that are never compared. For `infra import`. */
  readonly whole?: true;
  /** Whether the YAML writes this field of this resource. A field that costs a call for each object is read only then. */
  asks(address: Address, field: string): boolean;
  /** The value that the YAML writes for a field, if any. For data that AWS returns only when it is asked for by name. */
  wants?(address: Address, field: string): unknown;
  /** The resource whose `adopt:` names an object. */
  adoptedAs?(id: AwsId): Address | undefined;
  /** The AWS names of the declared resources of a kind. For objects that AWS lists only under the path that we give it. */
  namesOf?(kind: string): readonly string[];
  /**
   * The declared resource of a kind that has this name in AWS, in whatever case. For objects of which AWS returns neither tags nor a
   * description.
   */
  called?(kind: string, name: string): Address | undefined;
  /**
   * The ARNs that the tag index shows with the environment's tags, for the kinds with `tagIndex.inDoubt`. The first caller reads the index
   * once for all.
   */
  indexed?(): Promise<ReadonlySet<AwsId>>;
  /**
   * The objects of another kind, as the same pass over AWS reads them, once for all: a kind of parts finds them through their parents.
   * Undefined where the pass does not read that kind.
   */
  found?(kind: string): Promise<readonly Live[] | undefined>;
}

export interface CreateIdentity {
  /** The complete set: ownership tags, declared tags, `infra:name`, hashes. It goes into the create call. */
  readonly tags: Tags;
  /** The client token, at most 64 hexadecimal characters. It is the same for the same attempt in every process. */
  readonly token: string;
  /** The AWS name for kinds with `naming`, else the resource's name. */
  readonly name: string;
}

/** The functions and values that the engine gives a running step. */
export interface Run<S = any, H = any> {
  /** The whole identity, as the create got it. An update writes its tags and hashes, too. */
  readonly identity: CreateIdentity;
  /** The file names the object in `allowDestroy`. A delete then also removes what the kind otherwise `keeps`. */
  readonly mayDestroy?: boolean;
  /**
   * Waits until `done` holds for this object. All waiting steps of the kind share one batched `get`. After `limit` seconds it throws a
   * timeout error that names `what` it waited for.
   */
  wait(what: string, limit: number, done: (live: Live<S, H> | undefined) => boolean): Promise<Live<S, H> | undefined>;
  /** The same for any other condition. It calls `look` every `every` seconds. */
  until(what: string, limit: number, every: number, look: () => Promise<boolean>): Promise<void>;
  /** The limit for a wait that the driver does itself. Absent where nothing is waited for. */
  readonly limit?: Limit;
  /** One line for the progress display: "2 of 4 machines replaced". */
  say(text: string): void;
}

/** Returns the seconds to wait: the time from the command line or the YAML, else `usual`. */
export type Limit = (usual: number) => number;

/** Ids of objects, by the name of their kind. */
export type Neighbours = ReadonlyMap<string, ReadonlySet<AwsId>>;

export interface Member {
  readonly id: AwsId;
  /** "subnet 10.0.0.0/24 in vpc-0abc…" */
  readonly what: string;
  /** AWS or a service makes it by itself, so no file needs to name it. */
  readonly isMadeByService?: boolean;
}

export interface Blocker {
  readonly id: AwsId;
  /** "network interface of ELB app/web/50dc6c495c0c9188 (amazon-elb)" */
  readonly what: string;
  /**
   * The object that keeps it there as long as that object lives. Absent where it disappears by itself, or where AWS does not name the
   * holder.
   */
  readonly holder?: AwsId;
  /**
   * The object that it belongs to, alive or not: a NAT gateway or a load balancer leaves its interfaces behind for minutes. An id, or the
   * end of an ARN.
   */
  readonly owner?: string;
}

/** An object that a plan would create or change. Its spec refers to our objects by address, and to all others by AWS id. */
export interface PlannedObject<S = any> {
  readonly address: Address;
  /** The name that AWS will have for it. */
  readonly name: string;
  readonly request: S;
}

/** The access of a preflight to the rest of the environment. */
export interface Around {
  /** Whether to read limits of the account, too. They cost more calls than they usually find. */
  readonly thorough: boolean;
  readonly scope: Scope;
  /** The AWS id behind a reference, if the object exists and stays. */
  id(ref: Address | AwsId): AwsId | undefined;
  /** Whether the id belongs to an object of this environment. */
  isOurs(id: AwsId): boolean;
  /** Whether an existing object of ours holds the slot. The plan has then already decided which object gets it. */
  isHeldByOurs(slot: Slot): boolean;
  /** The spec of the object behind a reference: ours (declared or found), or a foreign one. */
  spec(ref: Address | AwsId): Spec | undefined;
}

export interface PreflightFindings {
  readonly problems: readonly {
    readonly address: Address;
    readonly path?: string;
    readonly text: string;
    /** How to fix it: "write another cidrBlock". */
    readonly cure?: string;
    /** A specific code for the problem; "preflight" when absent. */
    readonly code?: Code;
    /** AWS would not refuse the request, but make something other than declared. */
    readonly isSilent?: true;
  }[];
  /** Checks that were not possible, and why. */
  readonly unchecked: readonly string[];
}
