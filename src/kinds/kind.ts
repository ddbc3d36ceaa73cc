/**
 * The contract between the engine and the kinds of resources. It holds types only.
 *
 * A spec is written with the fields of the schema. It has four forms, and all four have the same type:
 *  - authored (`desired.spec`): as the YAML says it. A reference is an address ("vpc/web"), an AWS id (of a foreign object), or a look-up
 *    that is not yet resolved.
 *  - resolved: the authored spec with images, zones and look-ups resolved. References to our own objects are still addresses.
 *  - request: the resolved spec with every reference as an AWS id. A driver gets this form.
 *  - observed: as a driver read it from AWS, with AWS ids as references. Once all lists are in, the engine replaces the ids of our own
 *    objects by their addresses, so that the plan compares addresses with addresses.
 *
 * Each subject of the contract has its own file in `contract/`. Other code imports its types from this file.
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

/** All that the engine knows about one kind of resource. Everything in it is pure, except `load`. */
export interface Kind<S extends object = any, H = any> {
  /** "subnet": the first half of an address, and the word in `kind/name` references. */
  readonly name: string;
  /** "subnets": the top-level key in the YAML. */
  readonly section: string;
  /** The file that `infra import --split` writes its resources to. Absent: "compute". */
  readonly file?: "network" | "data";
  /**
   * For a kind of which AWS makes objects by itself: one in a region (the default VPC), one in a zone (its subnets), or one with each
   * parent. `{ default: … }` refers to such an object. Where one comes with each parent, a resource with `default: true` is that object. It
   * is taken over, and never created or deleted.
   */
  readonly madeWith?: MadeWith;
  /** The fields that together identify a foreign object without its tags: other accounts do not share their tags. */
  readonly placedBy?: Readonly<Record<string, PlaceField>>;
  /**
   * The prefix of EC2's ids, before hexadecimal digits. Absent: ids are names or ARNs. `{ id: … }` is checked against it before AWS is
   * asked.
   */
  readonly idPrefix?: string;
  /** One sentence for `infra explain`. */
  readonly doc: string;
  /**
   * Outputs: values that AWS gives an object and that the YAML cannot know before, by name, each with a sentence:
   * `${loadBalancer.web.dnsName}`. The names are keys of `Live.outputs`. Every kind also has the output `id`.
   */
  readonly outputs?: Readonly<Record<string, string | OutputDoc>>;
  /**
   * Names of other tools and people for the kind and its fields, where the general rule does not find them (src/config/references/foreign-names.ts).
   */
  readonly foreign?: ForeignNames;
  /** Problem codes that only this kind uses. `infra explain CODE` and docs/errors.md show their texts. */
  readonly codes?: Readonly<Record<string, CodeDoc>>;
  /** The fields as authors write them, built with fields.ts. One text gives the types, the JSON Schema and the documentation. */
  readonly schema: TSchema;
  /**
   * For a kind that is made while infra runs: the JSON Schema of the fields that authors may write. It is interpreted; `schema` then only
   * tells the code that walks a spec where references are.
   */
  readonly written?: object;
  /** How each field is compared and the cost of a change. A field without a rule is a type error. */
  readonly fields: Fields<S>;
  /**
   * The steps that make one object, in order. The first creates it. A field that a later stage names is applied in that stage; every other
   * field belongs to the first. The nodes of the graph are (address, stage).
   */
  readonly stages: readonly Stage<S>[];
  /**
   * The stage after which others may use the object; absent: the last one. A security group has "create", so that groups may name each
   * other.
   */
  readonly usableAfter?: string;
  /** How the engine resolves a lost answer to a create: it sends the same token again, looks up our tags, or looks up the AWS name. */
  readonly create: "token" | "tag-lookup" | "name";
  /**
   * For a kind whose objects have a name in AWS (the tag `infra:name` keeps it): its maximum length and the characters that it may not
   * contain. Absent: AWS knows the object by its id only.
   */
  readonly naming?: Naming;
  /**
   * The object belongs to the account, not to a region. A tag names the region that it serves, so that environments of one name in two
   * regions stay apart.
   */
  readonly isGlobal?: true;
  /** AWS allows no tags on these objects. The driver keeps our tags in another way, and nobody can write other tags. */
  readonly untagged?: true;
  /**
   * The slots of this object: values that only one object may hold at a time, such as a range, an address or the place of a gateway. Pure.
   * It treats declared and observed objects alike. A kind does not list names here: the engine derives their slots from `naming`.
   */
  slots?(self: Subject<S>, index: ResourceIndex): readonly Slot[];
  /**
   * Which half of a replacement comes first. A slot that the old and the new object share makes the replacement delete-first in any case.
   */
  readonly replace?: "create-first" | "delete-first" | ((was: Partial<S>, now: S) => "create-first" | "delete-first");
  /**
   * Its fields may refer to other objects by any value that AWS uses for them, and no annotation says in which field. So an id, an ARN or
   * an output of another object inside a text counts as a reference to it.
   */
  readonly namesByValue?: true;
  /** The id is AWS's name, so a replacement has the same id. Resources that refer to it change only when it gets another name. */
  readonly keepsId?: true;
  /** The driver keeps the replaced object, so a replacement loses no data, whatever `dataLoss` says about a delete. */
  readonly keepsReplaced?: true;
  /**
   * The permanent loss of a delete. `data` is deleted only with `allowDestroy`; `infra destroy` alone also deletes `machine` and `address`.
   */
  readonly dataLoss?: DataLoss | ((spec: Partial<S>, live?: Live<S, H>) => DataLoss | undefined);
  /** Describes the rest that a delete keeps unless `allowDestroy` names the object ("the private key stays in …"). Undefined: nothing. */
  keeps?(live: Live<S, H>): string | undefined;
  /** Such an object is never replaced, whatever `allowDestroy` says. The text tells the user what to do by hand instead. */
  readonly neverReplaced?: string;
  /** How long AWS takes. The executor does not poll for a kind whose create is "instant". */
  readonly waits: Waits;
  /**
   * How the index of the Resource Groups Tagging API names these objects. Absent: it shows none of them (Auto Scaling groups, for example).
   */
  readonly tagIndex?: TagIndex;
  /** The form of its ARNs, where `tagIndex` does not say it: `service:type`, and a function that reads the id from an ARN. */
  readonly fromArn?: { readonly type: string; readonly idOf: (arn: string) => AwsId };
  /** The number of read calls of a plan that finds `n` of our objects (see Counts). Tests assert it. */
  readCost(n: Counts): number;
  readonly iam: IamNeeds<S>;
  /** Without a person at the terminal, the delete or replacement of even one such object needs an approval. */
  readonly critical?: true;
  /**
   * The order that no reference in the YAML expresses: self is created after these resources and deleted before them. `found` is the
   * observed spec of self, with addresses, when self is declared and exists: self may have to let go only after others took over.
   */
  after?(self: Subject<S>, index: ResourceIndex, found?: Partial<S>): readonly Address[];
  /** The same for creation only: the deletes have no order between them. */
  createdAfter?(self: Subject<S>, index: ResourceIndex): readonly Address[];
  /**
   * The place where the object stays for good although none of its fields names it, and the field that decides the place. A load balancer
   * lies in the VPC of its subnets. In another place, or after the place is replaced, it is another object.
   */
  liesIn?(spec: Partial<S>, index: ResourceIndex): { readonly place: Address; readonly field: keyof S & string } | undefined;
  /** Checks that a schema cannot express: siblings, quotas, combinations. Pure. It sees the desired state only. */
  check?(self: Subject<S>, index: ResourceIndex): readonly Problem[];
  /**
   * Brings a spec into the single form in which desired and observed are compared (`port: "80"` and `ports: "80-80"`). Pure and idempotent.
   */
  normalise?(spec: Partial<S>): Partial<S>;
  /** Our tags for settings that must outlive the YAML: how to delete a database. They are written at creation and enforced. */
  marks?(spec: S): Tags;
  /** Remarks about an object that agrees with its YAML: "a newer image is available". `resolved` is the spec after look-ups. */
  notes?(self: Subject<S>, live: Live<S, H>, resolved: S): readonly string[];
  /** Why the plan must leave the whole object as it is (somebody quarantined it). Undefined: there is no reason. */
  leaveAlone?(self: Subject<S>, live: Live<S, H>): string | undefined;
  /**
   * The parts of the object in the network model, which shows who can reach whom. Pure. It treats declared and observed objects (`live`)
   * alike.
   */
  network?(self: Subject<Partial<S>>, index: ResourceIndex, live?: Live<S, H>): readonly NetworkPart[];
  /**
   * In an assertion, one stands for all machines that are in it or have it, those of others among them. How those of others are found:
   * "within": by its id. "having": by theirs, and it is read with them. "around": through what lies in it.
   */
  readonly machines?: "within" | "having" | "around";
  /** Why the kind has no `network`: "it passes no packets". A kind must have one of the two. */
  readonly withoutNetwork?: string;
  /**
   * Turns an observed object into the YAML that an author would write: it leaves out values that AWS fills in by itself and corrects values
   * that no file may contain. `spec` is as the driver read it. `specOf` returns the spec of another object in the same import, by id or
   * alias, and by kind where one id may mean two kinds: an instance is also known by its first network interface. Absent: `infra import`
   * lists such objects and refers to them by `{ id }`.
   */
  authored?(spec: Partial<S>, live: Live<S, H>, specOf: (id: AwsId, kind?: string) => Spec | undefined): Authored<S>;
  /** The object belongs to the object that refers to it, so `infra import` takes it along (an address, a launch template). */
  goesWithUsers?: true;
  /** How a plan begins the line of a new object, and the fields that this line already shows. All other fields follow as "field: value". */
  summary?(spec: Partial<S>): { readonly line: string; readonly tells: readonly (keyof S & string)[] };
  /** Outputs that people need right after an apply. Its end shows them: "dnsName", "endpoint", "publicIp". */
  readonly wanted?: readonly string[];
  /** How a picture of the network shows the object. Pure. It treats declared and observed objects alike. */
  drawn(self: Subject<Partial<S>>, index: ResourceIndex): Drawn;
  /** For a kind that is drawn as a chip: the sources that may open connections to the objects that have the chip. */
  admits?(self: Subject<Partial<S>>, index: ResourceIndex): readonly Admission[];
  /** Loads the driver, and the SDK with it, when it is first needed (`await import(…)`). */
  load(): Promise<Driver<S, H>>;
}

/** Words that CloudFormation, Terraform and people use. Case, `_` and `-` do not matter in them. */
export interface ForeignNames {
  /** Words for the kind: "alb"; `aws_lb` is "lb", and `AWS::EC2::VPC` is "VPC". */
  readonly kind: readonly string[];
  /** From a foreign name to the field here. Several fields, separated by spaces, are offered where they fit the place. */
  readonly fields?: Readonly<Record<string, string>>;
  /** A sentence for a foreign field that has no counterpart here: what to do instead. */
  readonly advice?: Readonly<Record<string, string>>;
  /** From a value that people write to the choice that it means: `>` for `GreaterThanThreshold`. */
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * The scope in which AWS makes one object by itself: each region, each zone, or each object of the kind `parent`. The name of that kind is
 * also the field that refers to the parent.
 */
export type MadeWith = "region" | "zone" | { readonly parent: string };

/**
 * The result of `Kind.authored`: the spec that `infra import` writes for an object, with remarks. Otherwise the reason why it writes none:
 * AWS made the object by itself (`madeByAws`), or no file can express it (`left`). Import lists such an object with its id, and refers to
 * it by `{ id }`.
 */
export type Authored<S> =
  | {
      readonly spec: Partial<S>;
      readonly remarks?: readonly Remark[];
      /** The name that people use for it, where neither a tag `Name` nor a name in AWS says it. */
      readonly called?: string | undefined;
    }
  | { readonly madeByAws: string }
  | { readonly left: string };

/** A comment that `infra import` writes above a field, or above the resource when `path` is absent. */
export interface Remark {
  readonly path?: string;
  readonly text: string;
}

/** Describes an output. A plain sentence stands for a text that stays the same as long as the object exists. */
export interface OutputDoc {
  readonly doc: string;
  readonly type?: "number";
  /** The changes of an existing object that may change the output: any change in place, a restart, or a change of one of these fields. */
  readonly changesWith?: "update" | "restart" | readonly string[];
}

export type DataLoss = "data" | "address" | "machine";

export interface Stage<S> {
  readonly name: string;
  readonly fields?: readonly (keyof S & string)[];
  /** The create call sends these fields too. A new object has them from the beginning, so the stage runs only for a later change. */
  readonly sentWithCreate?: true;
  /**
   * The stage also works before a delete, as a node in the graph (the rules of all security groups are revoked before any group is
   * deleted).
   */
  readonly detach?: true;
  /**
   * A value that leaves these fields may be in use by objects that the same plan deletes, so it is removed (`shrink`) after they are gone.
   */
  readonly shrinks?: true;
  /** A change of one of these fields clears all of them and then sets them together: an address is taken off before it is put elsewhere. */
  readonly renewed?: true;
}

export interface Naming {
  /** The field that names the place in which names are unique. Absent: the account and region. */
  readonly within?: string;
  /** The field in which authors write the name, where AWS has its own word for it. Absent: `name`. */
  readonly field?: string;
  readonly max: number;
  /** Characters that are replaced by "-". */
  readonly forbidden: RegExp;
  /** Returns the ending that AWS requires for the name (`.fifo`). It is added where the author leaves it out. */
  readonly ending?: (spec: Readonly<Record<string, unknown>>) => string;
  readonly lower?: true;
  /** The limits here apply only to names that we derive. The schema and `whyNot` check a name that an author writes. */
  readonly writtenFreely?: true;
  /** AWS keeps upper and lower case, but treats two names that differ only in case as the same name. */
  readonly anyCase?: true;
  /** Says what else is wrong with a name that an author wrote. */
  readonly whyNot?: (name: string) => string | undefined;
  /** Names are unique in the whole account. The names that we derive therefore contain the project and the region, too. */
  readonly perAccount?: true;
  /** Names are unique in the whole world. The names that we derive also contain the account, which the file must then state. */
  readonly perWorld?: true;
}

/** One of the fields that together find a foreign object (`Kind.placedBy`). */
export interface PlaceField {
  readonly doc: string;
  readonly pattern: string;
  readonly example: string;
}

export interface TagIndex {
  /** The type as GetResources takes it: the service and the type in the ARN ("ec2:vpc"); "*" where the type is not known. */
  readonly type: string;
  /**
   * For a kind whose API lists objects without their tags, or has no filter for tags: reads the id from an ARN. A plan then reads only the
   * objects that the index names. It asks AWS directly for declared objects that the index does not show.
   */
  readonly idOf?: (arn: string) => AwsId;
  /**
   * For a kind that is listed without tags and whose objects carry a mark in their description. An adopted object has no mark, so the index
   * decides about the objects that a listing leaves in doubt (`Scope.indexed`).
   */
  readonly inDoubt?: true;
  /** The service takes tags with any character; others take letters, digits, spaces and a few signs. */
  readonly anyCharacters?: true;
}
