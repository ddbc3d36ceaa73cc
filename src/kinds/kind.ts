/**
 * The contract between the engine and the kinds of resources. Pure: types only.
 *
 * A spec is written in the user's vocabulary (the schema's fields). Four forms of it exist and all have the same type:
 *  - authored (`desired.spec`): what the YAML says. A reference is an address ("vpc/web"), an AWS id (foreign), or an unresolved lookup.
 *  - observed: what a driver read. The driver fills references with AWS ids; the engine swaps the ids of our own
 *    objects for their addresses once every list is in, so like meets like.
 *  - resolved: the authored spec with images, zones and lookups resolved; references to our own objects are still addresses.
 *  - request:  what a driver is told to make: the resolved spec with every reference as an AWS id.
 */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { TSchema } from "typebox";
import type { Aws } from "../aws/aws.ts";
import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { NetworkPart } from "./network-part.ts";

export type * from "./network-part.ts";

/** Ours: `subnet/elb-a`, `instance/web[0]`. In tags, which allow no brackets, `instance/web.0`. */
export type Address = string;
/** Amazon's: what other calls take to name the object (`vpc-…`, a key pair's name, a load balancer's ARN). */
export type AwsId = string;
export type Tags = Readonly<Record<string, string>>;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** Words of CloudFormation, Terraform and people. Upper case, `_` and `-` mean nothing in them. */
export interface ForeignNames {
  /** Words for the kind: "alb"; `aws_lb` is "lb", and `AWS::EC2::VPC` is "VPC". */
  readonly kind: readonly string[];
  /** From a foreign name to the field here, or several with spaces between, of which those are offered that fit the place. */
  readonly fields?: Readonly<Record<string, string>>;
}
/** Any spec, where the kind does not matter. */
export type Spec = Readonly<Record<string, unknown>>;

// ───────────────────────────────────────────────────────────── what a kind says about itself (pure)

export interface Kind<S extends object = any, H = any> {
  /** "subnet": the first half of an address, and the word in `kind/name` references. */
  readonly name: string;
  /** "subnets": the top-level key in the YAML. */
  readonly section: string;
  /** The file of an environment in several files into which `infra import --split` writes it; "compute" when absent. */
  readonly file?: "network" | "data";
  /**
   * AWS makes one by itself: one a region (the default VPC), one a zone (its subnets) or one with each parent. `{ default: … }` refers to
   * it. Where one comes with each parent, a resource with `default: true` is that one: it is taken over, never made and never deleted.
   */
  readonly bornWith?: BornWith;
  /** By which fields somebody else's object is looked up without tags, which other accounts do not share: all of them together say which. */
  readonly placedBy?: Readonly<Record<string, PlaceField>>;
  /** EC2's ids: this and hexadecimal digits. Where absent, ids are names or ARNs. `{ id: … }` is held against it before AWS is asked. */
  readonly idPrefix?: string;
  /** One sentence for `infra explain`. */
  readonly doc: string;
  /**
   * What AWS makes of it and the YAML cannot know before, by name, each with a sentence: `${loadBalancer.web.dnsName}`. Keys
   * of what `Live.outputs` shows. Its `id` is one of every kind.
   */
  readonly outputs?: Readonly<Record<string, string | OutputDoc>>;
  /** What other tools and people call it and its fields, where the rule of names does not find it (src/config/foreign-names.ts). */
  readonly foreign?: ForeignNames;
  /** The fields as authors write them, built with fields.ts: types, JSON Schema and documentation in one text. */
  readonly schema: TSchema;
  /** For a kind that is made while infra runs: what authors may write, as a JSON Schema that is interpreted; `schema` then only tells the walkers where to go. */
  readonly written?: object;
  /** How each field is compared and what a change costs. Forget a field: a type error. */
  readonly fields: Fields<S>;
  /**
   * Steps in the making of one object, in order. The first creates it; a field named in a later stage is applied
   * there, every other field belongs to the first. The graph's nodes are (address, stage).
   */
  readonly stages: readonly Stage<S>[];
  /** The stage after which others may use the object; the last one when absent. A group: "create", so that groups may name each other. */
  readonly usableAfter?: string;
  /** How a lost answer to a create is resolved: same token again, look-up by tag, or look-up by AWS name. */
  readonly create: "token" | "tag-lookup" | "name";
  /** AWS has a name for it (`infra:name` keeps it): its longest length and what it may not hold. Absent: AWS knows it by id only. */
  readonly naming?: Naming;
  /** AWS gives it no tags: the driver keeps those of ours in another way, and nobody can write others. */
  readonly untagged?: true;
  /**
   * What only one object may hold at a time, of all that this object holds: a range, an address, a gateway's place. Pure, and told
   * in the same way of what is declared and of what was found. Names are no business of a kind: `naming` says what there is to say.
   */
  slots?(self: Subject<S>, index: ResourceIndex): readonly Slot[];
  /** Which half of a replacement comes first where its slots do not decide it: a slot that the old and the new object share makes it delete-first. */
  readonly replace?: "create-first" | "delete-first" | ((was: Partial<S>, now: S) => "create-first" | "delete-first");
  /** Its fields name others by whatever AWS calls them, and no annotation says where: an id, an ARN or an output of another object that stands in a text counts as its name. */
  readonly namesByValue?: true;
  /** A replacement has the same id, because AWS's name is the id: unless it gets another name, nothing changes for those that refer to it. */
  readonly keepsId?: true;
  /** One that is replaced is kept by the driver, so that a replacement loses nothing, whatever `dataLoss` says of a delete. */
  readonly keepsReplaced?: true;
  /** What deleting one destroys for good. `data` is deleted only with `allowDestroy`, `machine` and `address` also by `infra destroy`. */
  readonly dataLoss?: DataLoss | ((spec: Partial<S>, live?: Live<S, H>) => DataLoss | undefined);
  /** What a delete leaves behind, unless `allowDestroy` names the object ("the private key stays in …"); undefined: nothing. */
  keeps?(live: Live<S, H>): string | undefined;
  /** One is never replaced, whatever `allowDestroy` says: what to do by hand instead. */
  readonly neverReplaced?: string;
  /** How long AWS takes. The executor polls nothing for a kind whose create is "instant". */
  readonly waits: Waits;
  /**
   * How the index of the Resource Groups Tagging API names objects of the kind. Absent where it shows none of them, as of Auto
   * Scaling groups.
   */
  readonly tagIndex?: TagIndex;
  /** How its ARNs look, where `tagIndex` does not say: `service:type`, and the id in one. */
  readonly fromArn?: { readonly type: string; readonly idOf: (arn: string) => AwsId };
  /** Read calls of a plan that finds `n` objects of ours (see Counts); asserted by tests. */
  readCost(n: Counts): number;
  readonly iam: IamNeeds<S>;
  /** Deleting or replacing even one of them without a person at the terminal needs an approval. */
  readonly critical?: true;
  /**
   * Order that no reference in the YAML expresses: self is made after these and deleted before them. `found`: what is
   * there of self, with addresses, when it is declared and exists: it may have to let go only after others took over.
   */
  after?(self: Subject<S>, index: ResourceIndex, found?: Partial<S>): readonly Address[];
  /**
   * Where it lies for good though none of its fields names the place, and the field that settles it: a balancer lies in the
   * VPC of its subnets. In another place, or when the place is replaced, it is another object.
   */
  liesIn?(spec: Partial<S>, index: ResourceIndex): { readonly place: Address; readonly field: keyof S & string } | undefined;
  /** What a schema cannot say: siblings, quotas, combinations. Sees the desired state only; pure. */
  check?(self: Subject<S>, index: ResourceIndex): readonly Problem[];
  /** Brings a desired or observed spec into the one form in which both are compared (`port: "80"` and `ports: "80-80"`). Pure and idempotent. */
  normalise?(spec: Partial<S>): Partial<S>;
  /** Our tags that keep what must outlive the YAML: how a database is to be deleted. Written at creation and held. */
  marks?(spec: S): Tags;
  /** True things about a pair that agree: "a newer image is available". `wanted` is the spec after lookups. */
  notes?(self: Subject<S>, live: Live<S, H>, resolved: S): readonly string[];
  /** Why this object must be left as it is, as a whole: somebody quarantined it. Undefined: no reason. */
  leaveAlone?(self: Subject<S>, live: Live<S, H>): string | undefined;
  /** Its part in who can reach whom. Pure, and told in the same way of what is declared and of what was found (`live`). */
  network?(self: Subject<Partial<S>>, index: ResourceIndex, live?: Live<S, H>): readonly NetworkPart[];
  /**
   * What an author would write of an object that was read: what AWS fills in by itself left out, what no file may say mended.
   * `spec` is as the driver read it, `specOf` tells those of the objects that are imported with it,
   * by id or alias, of one kind where that matters: a machine is known by its first network interface, too. Absent: `infra import` lists such objects, and refers to them by `{ id }`.
   */
  authored?(spec: Partial<S>, live: Live<S, H>, specOf: (id: AwsId, kind?: string) => Spec | undefined): Authored<S>;
  /** It belongs to what refers to it: `infra import` takes it along (an address, a launch template). */
  goesWithUsers?: true;
  /** How a plan begins the line of a new object, and the fields that this tells; all others follow as "field: value". */
  summary?(spec: Partial<S>): { readonly line: string; readonly tells: readonly (keyof S & string)[] };
  /** Outputs that people need right after an apply, shown at its end: "dnsName", "endpoint", "publicIp". */
  readonly wanted?: readonly string[];
  /** How a picture of the network shows an object. Pure, and told in the same way of what is declared and of what was found. */
  drawn(self: Subject<Partial<S>>, index: ResourceIndex): Drawn;
  /** Of a kind that is drawn as a chip: who may open connections to the objects that bear it. */
  admits?(self: Subject<Partial<S>>, index: ResourceIndex): readonly Admission[];
  /** The SDK enters here, when first needed (`await import(…)`). */
  load(): Promise<Driver<S, H>>;
}

/** What AWS makes an object with by itself: one a region, one a zone, or one with each object of the kind `parent`, whose name is also the field that names it. */
export type BornWith = "region" | "zone" | { readonly parent: string };

/**
 * What `infra import` writes of an object, with remarks; or why it writes none: AWS made it by itself (`madeByAws`), or no file can
 * say what it is (`left`). What is not written is listed with its id, and referred to by `{ id }`.
 */
export type Authored<S> =
  | {
      readonly spec: Partial<S>;
      readonly remarks?: readonly Remark[];
      /** What people call it, where neither a tag `Name` nor a name in AWS says so. */
      readonly called?: string | undefined;
    }
  | { readonly madeByAws: string }
  | { readonly left: string };

/** A comment above a field, or above the resource. */
export interface Remark {
  readonly path?: string;
  readonly text: string;
}

/** What an output is; a sentence alone says that it is a text which stays as long as the object does. */
export interface OutputDoc {
  readonly doc: string;
  readonly type?: "number";
  /** What gives the object that stays another value: any change in place, a restart, or a change of one of these fields. */
  readonly changesWith?: "update" | "restart" | readonly string[];
}

export type DataLoss = "data" | "address" | "machine";

/**
 * The place of an object in a picture of the network. Other boxes are named by address, or, where they are somebody else's, by
 * what the spec says of them (an id, or a look-up as JSON).
 */
export type Drawn =
  /** A network with a border. */
  | { readonly as: "frame"; readonly sub: string }
  /** A box in a frame, in the column of its zone and the row of its tier. `by`: the route table that makes the tier. */
  | {
      readonly as: "cell";
      readonly in: string;
      readonly zone: string;
      readonly sub: string;
      readonly tier: Tier;
      readonly way: string;
      readonly by?: Address;
    }
  /** A card lies in one cell, that of `zone` where several are named; a bar lies across all its cells. */
  | {
      readonly as: "card" | "bar";
      readonly at: readonly string[];
      readonly zone?: string;
      readonly glyph: Glyph;
      readonly sub: string;
      /** Objects that are drawn as chips on it: its security groups. */
      readonly chips: readonly string[];
      /** Has an address on the internet. */
      readonly isPublic?: boolean;
      /** The ports to which it opens connections; absent: any. A database opens none. */
      readonly sends?: readonly number[];
      /** How many machines there are is not settled: a dashed border. */
      readonly isElastic?: boolean;
      /** An object that it copies: a dashed line from there. */
      readonly copies?: Address;
    }
  /** A pill on the border of a frame; `also`: another frame, to which it leads from this one. */
  | {
      readonly as: "door";
      readonly of: string;
      readonly also?: string;
      readonly sub: string;
      readonly leadsTo: "internet" | "outwards" | "service" | "network";
    }
  | { readonly as: "chip" }
  /** Some words on other boxes. */
  | { readonly as: "fact"; readonly on: readonly string[]; readonly text: string }
  /** It has no place in a network: it is listed below. */
  | { readonly as: "beside"; readonly glyph: Glyph; readonly sub: string }
  /** Told by others; listed below when it changes. */
  | { readonly as: "hidden"; readonly sub: string };

/** A subnet whose table leads to an internet gateway; one that leads out in another way; one without a way out. */
export type Tier = "public" | "private" | "isolated";

export type Glyph =
  "machine" | "machines" | "database" | "balancer" | "nat" | "endpoint" | "bell" | "log" | "setting" | "lock" | "person" | "part";

/** Who may open a connection: an object that is drawn as a chip, by address or id, or a network. */
export interface Admission {
  readonly from: string;
  /** "tcp", "udp", "all". */
  readonly protocol: string;
  /** -1 to -1: all, or ICMP. */
  readonly ports: { readonly first: number; readonly last: number };
}

export interface Stage<S> {
  readonly name: string;
  readonly fields?: readonly (keyof S & string)[];
  /** The create sends its fields, too: a new object has them from the beginning, and the stage is for what a change takes. */
  readonly isBorn?: true;
  /** Has work of its own before a delete, as a node in the graph (a group's rules are revoked before any group is deleted). */
  readonly detach?: true;
  /** What leaves its fields may be held by others that go in the same plan: it is taken away (`shrink`) once they are gone. */
  readonly shrinks?: true;
}

/** Something that only one object may hold at a time. Two slots of one space conflict when their values are equal, or their ranges overlap. */
export interface Slot {
  /** What the value is unique in: "ranges of vpc/main". */
  readonly space: string;
  readonly value: string | SlotRange;
  /** The field that holds it ("cidrBlock", "subnetMappings[0].elasticIp"); its stage takes the slot and lets go of it. */
  readonly path: string;
  /** For people: "the range 10.0.1.0/24 in vpc/main". */
  readonly what: string;
  /** Objects by which the space or the value is named. When one of them is replaced, the slot is another one. */
  readonly of?: readonly (Address | AwsId)[];
  /** An item that somebody else made inside our object, by its key in the field: it holds the slot unless the plan removes it. */
  readonly foreign?: { readonly key: string; readonly what: string };
  /** Something foreign of the same likeness is taken over instead of being in the way. */
  readonly likeness?: string;
}

/** All values from `first` to `last`. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

export interface Naming {
  /** The field that names the place in which names are unique; the account and region when absent. */
  readonly within?: string;
  /** The field in which authors write it, where that is one of AWS's own; `name` when absent. */
  readonly field?: string;
  readonly max: number;
  /** Characters that are replaced by "-". */
  readonly forbidden: RegExp;
  readonly lower?: true;
  /** AWS keeps upper and lower case, and takes two names for one that differ in nothing else. */
  readonly anyCase?: true;
  /** What else is wrong with a name that somebody wrote. */
  readonly whyNot?: (name: string) => string | undefined;
  /** Names are unique in the whole account: those that we give carry the project and the region, too. */
  readonly perAccount?: true;
  /** Names are unique in the whole world: those that we give carry the account, too, which the file must then tell. */
  readonly perWorld?: true;
}

export type Fields<S extends object> = { readonly [F in keyof S]-?: FieldRule<NonNullable<S[F]>, S> };

/** What a change costs: nothing but a remark ("note"), in place, a restart, a new object; or it cannot be done, and why. */
export type Impact = "note" | "update" | "restart" | "replace" | { readonly refuse: string };

/** One field of the place of somebody else's object. */
export interface PlaceField {
  readonly doc: string;
  readonly pattern: string;
  readonly example: string;
}

/** How one field is compared. */
export interface FieldRule<V = unknown, S = any> {
  /**
   * "never": not compared (how to behave, not what to be: `userDataChange`). `was` lacks the entries that we made and that go:
   * a size that their schedule set is nobody's any more. `live`: all that was read of the object; absent where the change
   * only follows that of another.
   */
  readonly change:
    | Impact
    | "never"
    | ((was: V | undefined, now: V | undefined, spec: { readonly was: Partial<S>; readonly now: S; readonly live?: Live<S> }) => Impact);
  /** For people, after "because": "availabilityZone of a subnet cannot be changed". */
  readonly because?: string;
  /** The same where AWS has no value so far, and `because` tells of the one that goes. */
  readonly becauseUnset?: string;
  /**
   * enforced even when omitted. at creation only: not compared when omitted. floor: when omitted,
   * only a value less safe than the default is a difference (`lessSafe` decides). No default and unwritten: AWS's, never compared.
   */
  readonly default?: {
    readonly value: V;
    readonly class: DefaultClass;
    /** Specs that have it from elsewhere, so that the default is neither sent, compared nor shown: a replica has its source's password. */
    readonly unless?: (spec: Partial<S>) => boolean;
  };
  readonly lessSafe?: (have: V, dflt: V) => boolean;
  /** A value that only an interrupted run of ours leaves behind. It is brought to the default even on an adopted object whose file does not write the field. */
  readonly unfinished?: (have: V | undefined) => boolean;
  /** How two values are held against each other; scalars by equality and objects by their written keys when absent. */
  readonly as?: Shape;
  /** For an object: rules of its members, so that a member may be cheaper or dearer to change than the rest. */
  readonly of?: { readonly [member: string]: FieldRule<any> };
  /** Replaces the comparison where equality needs more than the two values (hashes kept in tags, version prefixes). `spec`: all that is desired of the object. */
  readonly same?: (request: V, have: V | undefined, live: Live<S>, resolved: unknown, spec?: Partial<S>) => boolean;
  /** What a value means, where several say the same: a script, and what gzip makes of it. Meanings are compared then. */
  readonly means?: (value: V) => unknown;
  /**
   * Compared by a hash that is kept in this tag, because AWS does not tell the value back (user data) or tells what it
   * was resolved to (an image). The engine writes the tag at creation and after a change; without the tag (adopted) the values are compared.
   */
  readonly hashTag?: string;
  /** What a change of this list in place opens to everybody or cuts off ("lets in tcp 22 0.0.0.0/0"); undefined: nothing. Where nobody is asked it counts like a delete. */
  readonly exposes?: (items: NonNullable<Change<V>["items"]>) => string | undefined;
  /** The value reaches no plan, event, log or trace. */
  readonly secret?: true;
  /** Its texts may hold what AWS tells only when another object exists: `${loadBalancer.web.dnsName}`. Never a field by which an object is known or placed. */
  readonly late?: true;
  /** Plans, drift and events tell a hash in its place: scripts are long, and hold passwords although they should not. */
  readonly hashed?: true;
  /**
   * For a field that refers to others: what AWS does when one of them is deleted while this object stays. "free": it deletes it
   * (a route, a target). A function: AWS refuses, and this object can do without it for a while, as `left` says, unless the function
   * says why not. Absent: AWS refuses, and the object cannot do without it.
   */
  readonly whileGone?: "free" | ((left: V, spec: Partial<S>) => string | undefined);
  /**
   * For a field that refers to others: the object outlives them. It is deleted after them, and where it is kept, they are not kept
   * for its sake: a disk and the machine that holds it.
   */
  readonly outlives?: true;
  /** For a field that refers to others: a change of what it refers to, in place, changes this field too (a group follows its template). */
  readonly follows?: true;
  /**
   * How its driver brings a list or a map from old to new, for what AWS has in between. "grown": all new entries in one call, then
   * the old ones go in another. "grown-each": entry by entry, the new ones first. "moves": element by element, and one that comes
   * leaves the object of the kind that had it. Absent: entry by entry in any order where entries have keys, else in one call.
   */
  readonly passes?: "grown" | "grown-each" | "moves";
  /** How the value, or each entry of the list or map, reads in a plan: on a line of its own, which is never folded. */
  readonly tell?: (value: any, key?: string) => Told;
  /** The same where the value as a whole is a document of its own: a policy, statement by statement. What it does not know stays as it is written. */
  readonly lines?: (value: Json, field: string) => readonly Told[] | undefined;
  /** A plan shows it of a new object even where it has its default. */
  readonly show?: "always";
  /** Others write to it too: what we made in it goes when the file no longer has it, and what others made stays. */
  readonly made?: Made<V>;
}

/**
 * How it is known who made an entry of a list or a map (docs/decisions/0018-made-marks.md):
 *  - "entries": by its mark in the tags of the object that holds it (made-marks.ts);
 *  - `only`: the same, for those entries alone (in AWS's ids) that nothing else tells from those of others;
 *  - `bears`: by tags of the entry itself; undefined for an entry that can bear none, which then has a mark;
 *  - `off`: the setting as a whole has a mark, and this is its value when it is taken away.
 */
export type Made<V = any> =
  | "entries"
  | { readonly only: (entry: any) => boolean }
  | { readonly bears: (key: string, live: Live) => boolean | undefined }
  | { readonly off: V };

/** One line of a plan; `warning` stands out behind it: "open to the internet". */
export interface Told {
  readonly text: string;
  readonly warning?: string;
}

export type DefaultClass = "enforced" | "create-only" | "floor";

export type Shape =
  | "set" //                                                 order and repetition mean nothing
  | "cidr"
  | "json" //                                                a JSON document in a string
  | "map" //                                                 by key; each value by its written keys; unlisted keys are removed
  | MapShape
  | ListShape;

/** A map whose unlisted keys are not simply removed. */
export interface MapShape {
  readonly map: true;
  /** What happens to keys that AWS has and the YAML has not; the author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((value: any, key: string) => "remove" | "keep");
  /** Whether two values of an entry mean the same; by their written keys when absent. */
  readonly same?: (request: any, have: any) => boolean;
  /** Entries that are never ours whatever `unlisted` says. */
  readonly foreign?: (value: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

/** A list whose items have an identity: order means nothing, an item with the same key is changed in place. */
export interface ListShape {
  readonly key: (item: any) => string;
  /** What happens to items that AWS has and the YAML has not; the author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((item: any) => "remove" | "keep");
  /** Items that are never ours whatever `unlisted` says: known writers, propagated routes. `wanted`: all that the YAML has, by key. */
  readonly foreign?: (item: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

export interface Waits {
  /** Seconds AWS typically takes and the longest it is waited for; "instant" when the answer is the end of it. */
  readonly create:
    | "instant"
    | {
        readonly typical: number;
        readonly limit: number;
        /** For objects that take longer than `limit`: a replica of a large database. */
        readonly limitOf?: (spec: Spec) => number;
      };
  readonly delete: "instant" | { readonly typical: number; readonly limit: number };
  /** Seconds for which a deleted object keeps its slots though AWS shows it as gone. */
  readonly lag?: number;
  /** Seconds between two looks at objects that are waited for; 5 when absent. */
  readonly poll?: number;
}

export interface TagIndex {
  /** As GetResources takes it: the service and the type in the ARN ("ec2:vpc"); "*" where that is not known. */
  readonly type: string;
  /**
   * For a kind whose API lists without tags, or without a filter for them: the id in an ARN. A plan reads only the objects that
   * the index names, and asks for what the file declares and the index does not show.
   */
  readonly idOf?: (arn: string) => AwsId;
  /**
   * For a kind that is listed without tags and known by a mark in its description: what was adopted bears no mark, so what a
   * listing leaves in doubt is looked up in the index (`Scope.indexed`).
   */
  readonly inDoubt?: true;
}

export interface Counts {
  /** Objects of ours that exist. */
  readonly ours: number;
  /** Objects in the account and region, where the API has no tag filter and all must be listed. */
  readonly account: number;
  /** Parts of ours that cost reads of their own (listeners and rules of load balancers), where that is known. */
  readonly parts?: number;
}

/** What a role must be allowed for resources of the kind. `infra iam-policy` makes its statements from it. */
export interface IamNeeds<S = any> {
  readonly read: readonly string[];
  /** Reads that tell contents: allowed on what bears our tags only. */
  readonly readOurs?: readonly string[];
  readonly write: readonly string[];
  /** Of `write`: what deletes an object or a part of it. Granted even when the YAML has none of the kind, because it may have had one, unless its `access` is `any`. */
  readonly remove: readonly string[];
  /** Actions that only some fields need, with the paths of those fields (`volumes.*.size`): granted when a resource writes one of them. */
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
  /** On which resources AWS checks an action of `write`. An action that is not listed changes only objects with our tags. */
  readonly access?: Readonly<Record<string, Access>>;
  /** How the ARN of an object ends (`instance/*`), where `access` has no create that tells it. */
  readonly arn?: string;
  /** What AWS made by itself (`bornWith`) bears nobody's ownership tags: a reference to it needs nothing that `free` does not allow. */
  readonly bornFree?: true;
  /** What AWS also checks of the caller because of what a resource writes: roles that it passes, keys, secrets. */
  implied?(self: Subject<S>, index: ResourceIndex, place: IamPlace): readonly Grant[];
}

/**
 * The resources of one action, by how a statement is tied to our tags. A resource is the end of its ARN, after the account
 * (`subnet/*`); `*:image/*` is one of any account.
 */
export interface Access {
  /** Made by the call, with our tags in it (`aws:RequestTag`). */
  readonly made?: readonly string[];
  /** Bears our tags before the call (`aws:ResourceTag`). */
  readonly ours?: readonly string[];
  /** Bears our tags or no ownership tags at all, such as a disk. */
  readonly free?: readonly string[];
  /** Public or shared by others, or told by its name alone: `{project}-{environment}-*`. */
  readonly any?: readonly string[];
}

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of its own. Grants that differ in their resources, or in the values of one condition, become one statement. */
export interface Grant {
  /** The statement's name. */
  readonly sid: string;
  readonly actions: readonly string[];
  /** Ends of ARNs, as in Access, or whole ARNs. */
  readonly resources: readonly string[];
  /** Adds the condition on tags that Access would add. */
  readonly tie?: keyof Access;
  readonly condition?: Condition;
}

/** Where the environment is, in the words of a policy. */
export interface IamPlace {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  arn(service: string, end: string): string;
  /** The value of `kms:ViaService` for a service. */
  via(service: string): string;
}

export interface Problem {
  readonly code: Code;
  readonly severity?: "error" | "warning";
  readonly summary: string;
  readonly hint?: string;
  /** Field path inside the resource ("ingress[2].port"); the resource's own line when absent. */
  readonly path?: string;
}

/** A resource as `after` and `check` see it: desired where it is declared, else observed. */
export interface Subject<S = any> {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: S;
  readonly tags: Readonly<Record<string, string | null>>;
  /** What AWS should call it, where it is declared and its kind has names. */
  readonly awsName?: string;
}

export interface ResourceIndex {
  readonly region: string;
  of(kind: string): readonly Subject<any>[];
  get(address: Address): Subject<any> | undefined;
}

// ───────────────────────────────────────────────────────────── what is declared

/** One resource as the YAML declares it, with references made into addresses and defaults not yet filled in. */
export interface Desired<S = any> extends Subject<S> {
  /** The declared tags: the environment's, the resource's own, and Name. `null` asks for the removal of a key. */
  readonly tags: Readonly<Record<string, string | null>>;
  /** Keys among `tags` that nobody wrote and we derived: `Name`. An adopted object keeps its own. */
  readonly derivedTags?: readonly string[];
  /** For kinds with `naming`: what AWS should call it. */
  readonly awsName?: string;
  /** True when the author wrote `name:`; only then is a different AWS name a change. */
  readonly awsNameWritten: boolean;
  readonly protect: boolean;
  readonly retain: boolean;
  readonly disposable: boolean;
  readonly adopt?: AwsId;
  readonly ignoreChanges: readonly string[];
  /** Seconds for which it is waited for, where the author wrote so. */
  readonly timeouts?: { readonly [purpose in "create" | "update" | "delete"]?: number | undefined };
  /** `unlisted:` as written: for all lists of the resource, or by field. */
  readonly unlisted?: "remove" | "keep" | Readonly<Record<string, "remove" | "keep">>;
  /** Fields whose reference was looked up by tags, with the lookup as text; filled in when lookups are resolved. */
  readonly lookups?: Readonly<Record<string, string>>;
  /** Where the resource, or the field at a path inside it ("routes[0].target"), was written. The nearest enclosing place when the path itself was not. */
  at(path?: string): Position;
}

// ───────────────────────────────────────────────────────────── what exists

export interface Live<S = any, H = any> {
  readonly id: AwsId;
  /** Other ids by which AWS refers to it: ARN, interface, allocation, name. For linking ids to addresses. */
  readonly aliases: readonly AwsId[];
  readonly tags: Tags;
  /** As observed; only what the listing calls told. A field that was not read is absent, and then never compared. */
  readonly spec: Partial<S>;
  /** The driver's own: rule and association ids, versions. Not looked at by anyone else. */
  readonly handle: H;
  readonly state: "pending" | "ready" | "deleting" | "dead" | { readonly failed: string };
  /** The account that owns it, when AWS says. */
  readonly owner?: string;
  /** AWS's own name, for kinds with one; evidence: must equal the tag infra:name. */
  readonly name?: string;
  /** The client token it was created with, where Describe returns it; evidence: must equal the tag infra:token. */
  readonly token?: string;
  /** AWS made it together with its VPC, and deletes it together with it: nobody else can. */
  readonly isDefault?: true;
  /** For `infra status` and `infra output`, in the order shown: zone, addresses, endpoints. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** ISO 8601, when AWS says. */
  readonly createdAt?: string;
  /** Things that are true and no difference: pending maintenance, a newer image, an unconfirmed subscription. */
  readonly notes?: readonly string[];
  /** Objects that belong to it and are shown under it: the machines of a group. */
  readonly parts?: readonly { readonly id: AwsId; readonly text: string }[];
}

/** How an observed spec tells "AWS has none" from "not read": the first has the key with the value undefined, the second has no key. */

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
  /** ARNs that the tag index shows with the environment's tags, of the kinds with `tagIndex.inDoubt`: asked for once, by whoever needs it first. */
  indexed?(): Promise<ReadonlySet<AwsId>>;
}

export interface CreateIdentity {
  /** The complete set: ownership tags, declared tags, `infra:name`, hashes. Goes into the create call. */
  readonly tags: Tags;
  /** Client token, 64 hexadecimal characters at most, the same for the same attempt in every process. */
  readonly token: string;
  /** AWS name for kinds with `naming`, else the resource's name. */
  readonly name: string;
}

// ───────────────────────────────────────────────────────────── what a kind does (talks to AWS)

/** Each function may run twice: "already so" and "already gone" are success. Errors of AWS are thrown as they come. */
export interface Driver<S extends object = any, H = any> {
  /** All objects that bear the environment's tag (`infra:environment`), dead ones that AWS still shows included. */
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
  /** For stages with `undo`: clears what would block deletes of others. */
  detach?(aws: Aws, stage: string, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** For stages with `trims`: takes away what is no longer wanted, after `apply` has added what is. */
  shrink?(aws: Aws, stage: string, live: Live<S, H>, request: S, run: Run<S, H>): Promise<void>;
  delete(aws: Aws, live: Live<S, H>, run: Run<S, H>): Promise<void>;
  /** Writes and removes tags; the EC2 kinds pass `ec2Tagging` from aws/tagging.ts. */
  tag(aws: Aws, live: Live<S, H>, set: Tags, remove: readonly string[]): Promise<void>;
  /** For kinds with `bears`: writes on these entries of a field, by key, whose they are. */
  claim?(aws: Aws, live: Live<S, H>, field: string, keys: readonly string[], identity: CreateIdentity): Promise<void>;
  /** Who stands in the way of deleting these, by id: asked of what a plan would delete, and of a delete that AWS refused. */
  blockers?(aws: Aws, lives: readonly Live<S, H>[]): Promise<ReadonlyMap<AwsId, readonly Blocker[]>>;
  /** Ids of live objects that bear all these tags, for `{ tags: … }` references. */
  find?(aws: Aws, tags: Tags, owner: string | undefined): Promise<readonly AwsId[]>;
  /** For kinds with `placedBy`: ids of live objects of which these fields are true, of one account where an owner is given. */
  at?(aws: Aws, place: Readonly<Record<string, string>>, owner: string | undefined): Promise<readonly AwsId[]>;
  /** For kinds with `bornWith`: what AWS made, by the names of the zones or the ids of the parents in `of`; a region's by "". */
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

export interface Change<V = unknown> {
  readonly before: V | undefined;
  readonly after: V | undefined;
  /** For lists with a key and maps: the items that differ. */
  readonly items?: {
    readonly added: readonly { readonly key: string; readonly value: unknown }[];
    /** `made`: we made it, and the file no longer has it. */
    readonly removed: readonly { readonly key: string; readonly value: unknown; readonly made?: true }[];
    readonly changed: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
  };
}

export type Changes<S> = { readonly [F in keyof S]?: Change<S[F]> };

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
  /** The spec of what stands behind a reference: ours, declared or found, or a stranger's. */
  spec(ref: Address | AwsId): Spec | undefined;
}

export interface PreflightFindings {
  /** `code` where one of its own says what it is; "preflight" when absent. */
  readonly problems: readonly { readonly address: Address; readonly path?: string; readonly text: string; readonly code?: Code }[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly string[];
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
