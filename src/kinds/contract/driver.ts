/** What a kind does: the functions that talk to AWS, and what the engine gives them. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { Slot } from "./slots.ts";
import type { Aws } from "../../aws/aws.ts";
import type { Code } from "../../diag/codes.ts";
import type { Changes } from "./fields.ts";
import type { Live } from "./live.ts";
import type { Address, AwsId, Spec, Tags } from "./values.ts";

/** Each function may run twice: "already so" and "already gone" are success. Errors of AWS are thrown as they come. */
export interface Driver<S extends object = any, H = any> {
  /** All objects that have the environment's tag (`infra:environment`), dead ones that AWS still shows included. */
  list(aws: Aws, scope: Scope): AsyncIterable<Live<S, H>>;
  /** Those of `ids` that exist, one call for all: the poll of everything that waits. A missing id is absent, not an error. */
  get(aws: Aws, ids: readonly AwsId[], scope: Scope): Promise<ReadonlyMap<AwsId, Live<S, H>>>;
  /** One call, tagged. Token-less creates pass `{ once: true }` to the gate. `say`: as that of `Run`. */
  create(aws: Aws, request: S, identity: CreateIdentity, say?: (text: string) => void, limit?: Limit): Promise<AwsId>;
  /**
   * What a new object of an instant kind looks like before its later stages, so that they need no read. Absent or undefined: the
   * engine waits until `get` says ready and compares with what it read.
   */
  initialState?(request: S): { readonly spec: Partial<S>; readonly handle: H } | undefined;
  /** Brings the fields of one stage from observed to wanted. `changes` holds just the fields that differ. */
  update?(aws: Aws, stage: string, live: Live<S, H>, request: S, changes: Changes<S>, run: Run<S, H>): Promise<void>;
  /** For stages with `detach`: clears what would block deletes of others. */
  detach?(aws: Aws, stage: string, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** For stages with `shrinks`: takes away what is no longer wanted, after `update` has added what is. */
  shrink?(aws: Aws, stage: string, live: Live<S, H>, request: S, run: Run<S, H>): Promise<void>;
  delete(aws: Aws, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** Writes and removes tags; the EC2 kinds pass `ec2Tagging` from aws/tagging.ts. */
  tag(aws: Aws, live: Live<S, H>, set: Tags, remove: readonly string[]): Promise<void>;
  /** For kinds with `bears`: writes on these entries of a field, by key, whose they are. */
  claim?(aws: Aws, live: Live<S, H>, field: string, keys: readonly string[], identity: CreateIdentity): Promise<void>;
  /** Who stands in the way of deleting these, by id: asked of what a plan would delete, and of a delete that AWS refused. */
  blockers?(aws: Aws, lives: readonly Live<S, H>[]): Promise<ReadonlyMap<AwsId, readonly Blocker[]>>;
  /** Ids of live objects that have all these tags, for `{ tags: … }` references. */
  find?(aws: Aws, tags: Tags, owner: string | undefined): Promise<readonly AwsId[]>;
  /** For kinds with `placedBy`: ids of live objects of which these fields are true, of one account where an owner is given. */
  at?(aws: Aws, place: Readonly<Record<string, string>>, owner: string | undefined): Promise<readonly AwsId[]>;
  /** For kinds with `madeWith`: what AWS made, by the names of the zones or the ids of the parents in `of`; a region's by "". */
  defaults?(aws: Aws, of: readonly string[]): Promise<ReadonlyMap<string, Live<S, H>>>;
  /** What only `infra status` shows and what costs a call an object: the health of targets. */
  details?(aws: Aws, lives: readonly Live<S, H>[]): Promise<ReadonlyMap<AwsId, Pick<Live<S, H>, "parts" | "notes" | "outputs">>>;
  /** Objects that have one of these names already, ours or not, by name: for kinds whose names AWS gives once only. */
  named?(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, AwsId>>;
  /** What AWS would refuse of objects that a plan would make, as far as reads tell. */
  preflight?(aws: Aws, planned: readonly PlannedObject<S>[], around: Around): Promise<PreflightFindings>;
  /** The same of objects that stay and are changed in place. */
  preflightChanges?(aws: Aws, changing: readonly PlannedObject<S>[], around: Around): Promise<PreflightFindings>;
  /** Objects of this kind that lie in what was found, or serve it: for `infra import`, and for what drift tells of objects that are in no file. */
  within?(aws: Aws, found: Neighbours): Promise<readonly Member[]>;
}

/** What to look for. Every answer is checked again by the engine: tag filters are patterns, and some emulators ignore them. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
  /** Look for this one only (to resolve an ambiguous create). */
  readonly address?: Address;
  /** Only these ids, which the tag index or a name has given: the listing of the whole account is left out. For kinds with `tagIndex.idOf`. */
  readonly candidates?: readonly AwsId[];
  /** Only whether they exist is asked: what else costs calls an object is left out of their specs. */
  readonly existence?: true;
  /** Everything is read that AWS tells of an object, also what is never compared: for `infra import`. */
  readonly whole?: true;
  /** Whether the YAML writes this field of this resource: what costs a call an object is read only then. */
  asks(address: Address, field: string): boolean;
  /** What the YAML writes for a field, where one exists: for what AWS answers only when it is asked by name. */
  wants?(address: Address, field: string): unknown;
  /** The resource whose `adopt:` names an object. */
  adoptedAs?(id: AwsId): Address | undefined;
  /** What AWS calls the declared resources of a kind, for what AWS lists only under the path that we give it. */
  namesOf?(kind: string): readonly string[];
  /** The declared resource of a kind that AWS knows by this name, whatever its case: for what AWS tells neither tags nor a description of. */
  called?(kind: string, name: string): Address | undefined;
  /** ARNs that the tag index shows with the environment's tags, of the kinds with `tagIndex.inDoubt`: asked for once, by whoever needs it first. */
  indexed?(): Promise<ReadonlySet<AwsId>>;
  /** What this look finds of another kind, which it reads once: parts are found through what they belong to. Undefined where it reads none of the kind. */
  found?(kind: string): Promise<readonly Live[] | undefined>;
}

export interface CreateIdentity {
  /** The complete set: ownership tags, declared tags, `infra:name`, hashes. Goes into the create call. */
  readonly tags: Tags;
  /** Client token, 64 hexadecimal characters at most, the same for the same attempt in every process. */
  readonly token: string;
  /** AWS name for kinds with `naming`, else the resource's name. */
  readonly name: string;
}

/** What a running step may ask of the engine. */
export interface Run<S = any, H = any> {
  /** The whole identity, as the create got it: tags and hashes that an update must also write. */
  readonly identity: CreateIdentity;
  /** The file names the object in `allowDestroy`: a delete also takes what the kind otherwise `keeps`. */
  readonly mayDestroy?: boolean;
  /**
   * Waits until `done` holds for this object, looking at it through the one batched `get` that serves every step of the
   * kind. Throws a timeout error after `limit` seconds that says `what` was waited for.
   */
  wait(what: string, limit: number, done: (live: Live<S, H> | undefined) => boolean): Promise<Live<S, H> | undefined>;
  /** The same for anything else; `look` is called every `every` seconds. */
  until(what: string, limit: number, every: number, look: () => Promise<boolean>): Promise<void>;
  /** For what a driver waits for by itself; absent where nothing is waited for. */
  readonly limit?: Limit;
  /** One line for the progress display: "2 of 4 machines replaced". */
  say(text: string): void;
}

/** Seconds for which something is waited for: what the command line or the YAML says, else what is usual. */
export type Limit = (usual: number) => number;

/** Ids of objects, by the name of their kind. */
export type Neighbours = ReadonlyMap<string, ReadonlySet<AwsId>>;

export interface Member {
  readonly id: AwsId;
  /** "subnet 10.0.0.0/24 in vpc-0abc…" */
  readonly what: string;
  /** AWS or a service makes it by itself: no file needs to name it. */
  readonly isMadeByService?: boolean;
}

export interface Blocker {
  readonly id: AwsId;
  /** "network interface of ELB app/web/50dc6c495c0c9188 (amazon-elb)" */
  readonly what: string;
  /** Who keeps it there for as long as it lives itself; absent where it goes by itself, or where AWS does not say whose it is. */
  readonly holder?: AwsId;
  /** Whose it is, alive or not: a NAT gateway or a balancer leaves its interfaces behind for minutes. An id, or the end of an ARN. */
  readonly owner?: string;
}

/** An object that a plan would make: its spec in addresses where it refers to ours, else in AWS ids. */
export interface PlannedObject<S = any> {
  readonly address: Address;
  /** What AWS is to call it. */
  readonly name: string;
  readonly request: S;
}

/** What surrounds the objects that a plan would make. */
export interface Around {
  /** Also what costs more calls than it usually tells: the account's limits. */
  readonly thorough: boolean;
  readonly scope: Scope;
  /** The AWS id behind a reference, if what it means exists and stays. */
  id(ref: Address | AwsId): AwsId | undefined;
  /** Whether an id is of an object of this environment. */
  isOurs(id: AwsId): boolean;
  /** Whether something of ours that is there holds a slot: then the plan has settled who gives it to whom. */
  isHeldByOurs(slot: Slot): boolean;
  /** The spec of what stands behind a reference: ours, declared or found, or a foreign one. */
  spec(ref: Address | AwsId): Spec | undefined;
}

export interface PreflightFindings {
  readonly problems: readonly {
    readonly address: Address;
    readonly path?: string;
    readonly text: string;
    /** What to do about it: "write another cidrBlock". */
    readonly cure?: string;
    /** One of its own that says what it is; "preflight" when absent. */
    readonly code?: Code;
    /** AWS would not refuse it, and make something else than is declared. */
    readonly isSilent?: true;
  }[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly string[];
}
