import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Address, AwsId, FieldUrgency, Json, Tags, Told } from "../kinds/kind.ts";

/** The actions that apply would take, as plain data. A plan survives JSON.stringify and holds no secret. */
export interface Plan {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Whether the plan makes AWS agree with the YAML, or deletes the environment. */
  readonly goal: "agree" | "destroy";
  /** Nothing of the environment exists yet. */
  readonly isNew: boolean;
  readonly steps: readonly Step[];
  /** Facts that lead to no action: copies of our tags, newer images, kept extras, unmanaged objects. */
  readonly notes: readonly Note[];
  /** Image expressions and foreign references as they were resolved for this plan. */
  readonly lookups: Readonly<Record<string, string>>;
  /** The number of errors that kept changes out of the steps. Where there are any, the steps alone do not reach agreement. */
  readonly refusals?: number;
  /** Differences that the plan reports and leaves alone, because somebody else sets these fields back each time. */
  readonly contested?: readonly ContestedField[];
  /** Objects that differ and that the plan does not touch at all, because somebody is at work on them. */
  readonly leftAlone?: readonly LeftAloneObject[];
  /** The user asked the plan to change contested fields too, so it leaves none of them alone. */
  readonly repairsContested?: true;
  /** Set when the plan covers only a part of the environment. It says nothing about the rest. */
  readonly narrowed?: Narrowed;
  /** The changes in who reaches whom. Absent where no step affects that. */
  readonly reach?: ReachChanges;
  /** The verdict on every assertion of the file. Absent where the file has none. */
  readonly assertions?: readonly AssertionVerdict[];
  /** Every object of the environment that was found, whether or not a step changes it. */
  readonly objects: readonly { readonly address: Address; readonly id: AwsId }[];
}

/** The part of the environment that a plan covers. */
export interface Narrowed {
  /** "target": `to` and everything that these resources need. "adopt": the resources of `to` that are still to be adopted. */
  readonly by: "target" | "adopt";
  readonly to: readonly Address[];
  /** All addresses that the plan covers, whether or not a step changes them. */
  readonly within: readonly Address[];
  /** The number of resources that the plan does not cover. */
  readonly beyond: number;
}

/** Whether an assertion of the file holds when the plan is done. In a drift report: whether it holds in AWS now. */
export interface AssertionVerdict {
  readonly name: string;
  /** "nothing": the names in the assertion stand for no resource, so it cannot fail. */
  readonly verdict: "holds" | "violated" | "unknown" | "nothing";
  readonly severity: "error" | "warning";
  /** Whether it holds at every step of the apply. Absent where the assertion is about the end alone. */
  readonly meanwhile?: "holds" | "violated" | "unknown";
}

export interface ReachChanges {
  readonly opens: readonly ReachChange[];
  readonly closes: readonly ReachChange[];
}

export interface ReachChange {
  /** KIND/NAME, "internet", a network outside of the VPCs, or "clients of vpcEndpointService/NAME". */
  readonly from: string;
  readonly to: string;
  /** Ports by protocol: `{ "tcp": "22, 8000-8100" }`. */
  readonly flows: Readonly<Record<string, string>>;
  /** false: the traffic may pass, but this is not certain. */
  readonly certain: boolean;
  /** The parts of the path that the plan makes or changes, each with a text for people. */
  readonly via: readonly { readonly address: Address; readonly text: string; readonly at?: Position }[];
  /**
   * For flows that close: what lets them through in AWS, as a field or an entry of a field: "publiclyAccessible", "routes.0.0.0.0/0". Without
   * a field where that is not known. Not in the JSON of a plan.
   */
  readonly letBy?: readonly { readonly address: Address; readonly field?: string }[];
}

export type Action = "create" | "update" | "restart" | "replace" | "delete" | "retag" | "keep";

interface StepBase {
  readonly address: Address;
  readonly kind: string;
  /** The reason, for people. It is made from the field rule, and no code decides by reading it. */
  readonly because: string;
  /** The place in the YAML that the reason is about. Absent for a resource that is no longer in the YAML. */
  readonly at?: Position;
  /** Hash of everything that this step would do and of the state that it found. An approval approves this hash. */
  readonly fingerprint: string;
  /** Values of other objects in its texts and tags by "dbInstance/main.endpoint". null: known only after that object is made or changed. */
  readonly holds?: Readonly<Record<string, string | null>>;
  /** Hash of the desired state. After a run that ended half-way, the rest of an approved step has the same hash. */
  readonly want: string;
}

export type Step =
  | (StepBase & { readonly action: "create"; readonly changes: readonly FieldChange[]; readonly summary?: Summary })
  | (StepBase & {
      readonly action: "update" | "restart";
      readonly id: AwsId;
      readonly changes: readonly FieldChange[];
      readonly tags: TagChange;
    })
  | (StepBase & {
      readonly action: "replace";
      readonly id: AwsId;
      readonly order: "create-first" | "delete-first";
      readonly changes: readonly FieldChange[];
      /** The loss with the old object, for people: "its disk", "its address". */
      readonly loses?: string;
      /** Hash of what the old object leaves behind and of its kind's marks in its tags. Absent where there is neither. */
      readonly ends?: string;
    })
  | (StepBase & {
      readonly action: "delete";
      readonly id: AwsId;
      /** The resources that take its range, its name or its address. It is deleted before they are made, and is gone until they exist. */
      readonly until?: readonly Address[];
      readonly loses?: string;
      readonly ends?: string;
      /** AWS no longer has the object: only its name in the tags of another object is left. */
      readonly isNameAlone?: true;
    })
  /** Tags only, for a `moved:`, an `adopt:`, a take-over or the marks of runs. Field changes of the same object are a step of their own. */
  | (StepBase & { readonly action: "retag"; readonly id: AwsId; readonly from?: Address; readonly tags: TagChange })
  /** An object that the YAML no longer has and that stays. `because` says why ("kept, because of dbInstance/main"). Writes nothing. */
  | (StepBase & { readonly action: "keep"; readonly id: AwsId; readonly of?: Address });

/** The beginning of the line of a new object, and the fields whose values it shows. */
export interface Summary {
  readonly line: string;
  readonly tells: readonly string[];
}

/** A field that apply has set to the same value so often that somebody else must be setting it back. */
export interface ContestedField {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  readonly times: number;
  /** YYYY-MM-DD. */
  readonly last: string;
  readonly change: FieldChange;
}

/** An object that differs from the YAML and is left alone as a whole. */
export interface LeftAloneObject {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  /** The reason, for people: "it has sg-0f1e…, which the YAML does not list". */
  readonly because: string;
  readonly at?: Position;
  readonly changes: readonly FieldChange[];
}

export interface TagChange {
  readonly set: Tags;
  readonly remove: readonly string[];
  /** Entries that can have tags of their own and do not have our tags, by field: "listeners": ["443"]. */
  readonly claim?: Readonly<Record<string, readonly string[]>>;
}

/** What all differences of an entry have in common. */
interface ItemChange {
  readonly key: string;
  readonly urgency?: FieldUrgency;
}

export interface FieldChange {
  /** "routes", "healthCheck.path"; "tags.team" for tags. */
  readonly path: string;
  readonly stage: string;
  readonly impact: "update" | "restart" | "replace";
  readonly because?: string;
  readonly before?: Json;
  readonly after?: Json;
  /** For keyed lists and maps. */
  readonly items?: {
    readonly added: readonly (ItemChange & { readonly value: Json; readonly at?: Position; readonly told?: Told })[];
    /** `made`: we made it, and the file no longer has it. */
    readonly removed: readonly (ItemChange & { readonly value: Json; readonly made?: true; readonly told?: Told })[];
    readonly changed: readonly (ItemChange & { readonly before: Json; readonly after: Json; readonly at?: Position })[];
  };
  /** How urgent it is that AWS has something else than the file; where entries differ, each has its own. Absent: an ordinary setting. */
  readonly urgency?: FieldUrgency;
  /** For a new object: lines about the field that a plan always shows. */
  readonly told?: readonly Told[];
  /** For a new object: the field is shown even though it has its default. */
  readonly isShown?: true;
  /** The setting goes as a whole: we made it, and the file no longer has it. */
  readonly isGone?: true;
  /** The access that the change opens to everybody or cuts off: "it lets in tcp 22 0.0.0.0/0". */
  readonly exposes?: string;
  /** The file does not write the field: a default asks for the change. */
  readonly unwritten?: true;
  /** The object is as the file says. It changes because an object that it refers to is replaced or changes. */
  readonly caused?: true;
  /** The value is known only after these resources are made or changed. `after` says so in its place. */
  readonly knownAfter?: readonly Address[];
  /** Hash of the value as the author wrote it, where it holds values of other objects. It is the same before and after these are known. */
  readonly form?: string;
  /** An interrupted run left the change unfinished, and this step finishes it. */
  readonly unfinished?: true;
  /** The field changes with the object that it refers to. */
  readonly follows?: true;
  /** The other fields that the change takes back first and then sets again, with their values. */
  readonly renews?: Readonly<Record<string, Json>>;
  /** The values are hidden everywhere: before and after are absent. */
  readonly secret?: true;
  readonly at?: Position;
}

export interface Note {
  readonly code: Code;
  readonly address?: Address;
  readonly id?: AwsId;
  readonly text: string;
  readonly at?: Position;
}
