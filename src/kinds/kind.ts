/**
 * The contract between the engine and the kinds of resources. Pure: types only.
 *
 * A spec is written in the user's vocabulary (the schema's fields). Four forms of it exist and all have the same type:
 *  - authored (`desired.spec`): what the YAML says. A reference is an address ("vpc/web"), an AWS id (foreign), or an unresolved lookup.
 *  - observed: what a driver read. The driver fills references with AWS ids; the engine swaps the ids of our own
 *    objects for their addresses once every list is in, so like meets like.
 *  - resolved: the authored spec with images, zones and lookups resolved; references to our own objects are still addresses.
 *  - request:  what a driver is told to make: the resolved spec with every reference as an AWS id.
 *
 * The subjects of the contract have a file each in `contract/`; everybody else imports them from here.
 */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { TSchema } from "typebox";
import type { CodeDoc } from "../diag/codes.ts";
import type { Admission, Drawn } from "./contract/drawn.ts";
import type { Driver } from "./contract/driver.ts";
import type { Fields } from "./contract/fields.ts";
import type { IamNeeds } from "./contract/iam.ts";
import type { Live } from "./contract/live.ts";
import type { NetworkPart } from "./contract/network-part.ts";
import type { Problem, ResourceIndex, Subject } from "./contract/resource.ts";
import type { Slot } from "./contract/slots.ts";
import type { Address, AwsId, Spec, Tags } from "./contract/values.ts";
import type { Counts, Waits } from "./contract/waits.ts";

export type * from "./contract/drawn.ts";
export type * from "./contract/driver.ts";
export type * from "./contract/fields.ts";
export type * from "./contract/iam.ts";
export type * from "./contract/live.ts";
export type * from "./contract/network-part.ts";
export type * from "./contract/resource.ts";
export type * from "./contract/slots.ts";
export type * from "./contract/values.ts";
export type * from "./contract/waits.ts";

/** What a kind says about itself: pure, but for `load`. */
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
  readonly madeWith?: MadeWith;
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
  /** Codes of problems that no other kind has; `infra explain CODE` and docs/errors.md tell them. */
  readonly codes?: Readonly<Record<string, CodeDoc>>;
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
  /** It belongs to the account and not to a region: a tag says whose region it serves, so that two environments of one name in two regions stay apart. */
  readonly isGlobal?: true;
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
  /** The same for its making alone: either may go without the other. */
  createdAfter?(self: Subject<S>, index: ResourceIndex): readonly Address[];
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
  /** True things about a pair that agree: "a newer image is available". `resolved` is the spec after look-ups. */
  notes?(self: Subject<S>, live: Live<S, H>, resolved: S): readonly string[];
  /** Why this object must be left as it is, as a whole: somebody quarantined it. Undefined: no reason. */
  leaveAlone?(self: Subject<S>, live: Live<S, H>): string | undefined;
  /** Its part in who can reach whom. Pure, and told in the same way of what is declared and of what was found (`live`). */
  network?(self: Subject<Partial<S>>, index: ResourceIndex, live?: Live<S, H>): readonly NetworkPart[];
  /**
   * In an assertion, one stands for all machines that are in it or have it, those of others among them. How those of others are found:
   * "within": by its id. "having": by theirs, and it is read with them. "around": through what lies in it.
   */
  readonly machines?: "within" | "having" | "around";
  /** Why it has no part in that: "it passes no packets". One that has neither is a mistake. */
  readonly withoutNetwork?: string;
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
  /** Of a kind that is drawn as a chip: who may open connections to the objects that have it. */
  admits?(self: Subject<Partial<S>>, index: ResourceIndex): readonly Admission[];
  /** The SDK enters here, when first needed (`await import(…)`). */
  load(): Promise<Driver<S, H>>;
}

/** Words of CloudFormation, Terraform and people. Upper case, `_` and `-` mean nothing in them. */
export interface ForeignNames {
  /** Words for the kind: "alb"; `aws_lb` is "lb", and `AWS::EC2::VPC` is "VPC". */
  readonly kind: readonly string[];
  /** From a foreign name to the field here, or several with spaces between, of which those are offered that fit the place. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What to do instead of a field that has no counterpart here, as a sentence. */
  readonly advice?: Readonly<Record<string, string>>;
  /** From what people write for a value to the choice that it means: `>` for `GreaterThanThreshold`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What AWS makes an object with by itself: one a region, one a zone, or one with each object of the kind `parent`, whose name is also the field that names it. */
export type MadeWith = "region" | "zone" | { readonly parent: string };

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

export interface Stage<S> {
  readonly name: string;
  readonly fields?: readonly (keyof S & string)[];
  /** The create sends its fields, too: a new object has them from the beginning, and the stage is for what a change takes. */
  readonly sentWithCreate?: true;
  /** Has work of its own before a delete, as a node in the graph (a group's rules are revoked before any group is deleted). */
  readonly detach?: true;
  /** What leaves its fields may be held by others that go in the same plan: it is taken away (`shrink`) once they are gone. */
  readonly shrinks?: true;
  /** A change of one of its fields takes back all of them first, and then sets them together: an address is taken off before it is put elsewhere. */
  readonly renewed?: true;
}

export interface Naming {
  /** The field that names the place in which names are unique; the account and region when absent. */
  readonly within?: string;
  /** The field in which authors write it, where that is one of AWS's own; `name` when absent. */
  readonly field?: string;
  readonly max: number;
  /** Characters that are replaced by "-". */
  readonly forbidden: RegExp;
  /** How AWS wants the name of such an object to end (`.fifo`); it is added where the author leaves it out. */
  readonly ending?: (spec: Readonly<Record<string, unknown>>) => string;
  readonly lower?: true;
  /** These bounds are for names that we give: what a file may write is checked by its schema alone. */
  readonly writtenFreely?: true;
  /** AWS keeps upper and lower case, and takes two names for one that differ in nothing else. */
  readonly anyCase?: true;
  /** What else is wrong with a name that somebody wrote. */
  readonly whyNot?: (name: string) => string | undefined;
  /** Names are unique in the whole account: those that we give carry the project and the region, too. */
  readonly perAccount?: true;
  /** Names are unique in the whole world: those that we give carry the account, too, which the file must then tell. */
  readonly perWorld?: true;
}

/** One field of the place of somebody else's object. */
export interface PlaceField {
  readonly doc: string;
  readonly pattern: string;
  readonly example: string;
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
   * For a kind that is listed without tags and known by a mark in its description: what was adopted has no mark, so what a
   * listing leaves in doubt is looked up in the index (`Scope.indexed`).
   */
  readonly inDoubt?: true;
  /** The service takes tags with any character; others take letters, digits, spaces and a few signs. */
  readonly anyCharacters?: true;
}
