import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Address, AwsId, FieldUrgency, Json, Tags, Told } from "../kinds/kind.ts";

/** What apply would do, as plain data: it survives JSON.stringify and holds no secret. */
export interface Plan {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** What is being planned: agreement with the YAML, or with nothing. */
  readonly goal: "agree" | "destroy";
  /** Nothing of the environment exists yet. */
  readonly isNew: boolean;
  readonly steps: readonly Step[];
  /** True things that lead to no action: copies of our tags, newer images, kept extras, unmanaged objects. */
  readonly notes: readonly Note[];
  /** Image expressions and foreign references as they were resolved for this plan. */
  readonly lookups: Readonly<Record<string, string>>;
  /** How many errors kept something out of the steps: agreement is not complete without them. */
  readonly refusals?: number;
  /** What differs and stays as it is, because others set it back each time. */
  readonly contested?: readonly ContestedField[];
  /** What differs and is not touched at all, because somebody is at work on it. */
  readonly leftAlone?: readonly LeftAloneObject[];
  /** Nothing is left as it is for being contested: somebody asked for that. */
  readonly repairsContested?: true;
  /** Not everything was asked about: nothing is said of the rest. */
  readonly narrowed?: Narrowed;
  /** Who reaches whom when the plan is done and did not before; absent where nothing of it has to do with that. */
  readonly reach?: ReachChanges;
  /** Of every assertion of the file; absent where it has none. */
  readonly assertions?: readonly AssertionVerdict[];
  /** What was found of ours, whether or not anything happens to it. */
  readonly objects: readonly { readonly address: Address; readonly id: AwsId }[];
}

/** What a plan was narrowed to. */
export interface Narrowed {
  /** `--target`: these and what they need; `infra adopt`: these, as far as they are still to be adopted. */
  readonly by: "target" | "adopt";
  readonly to: readonly Address[];
  /** All that the plan speaks of, whether or not anything happens to it. */
  readonly within: readonly Address[];
  /** How many resources it does not speak of. */
  readonly beyond: number;
}

/** Whether an assertion of the file holds when the plan is done; in drift, in what AWS has. */
export interface AssertionVerdict {
  readonly name: string;
  /** "nothing": nobody is meant by it, so that it cannot fail. */
  readonly verdict: "holds" | "violated" | "unknown" | "nothing";
  readonly severity: "error" | "warning";
  /** At every step of the apply; absent where the assertion asks for the end alone. */
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
  /** false: it may pass, and nobody can say for certain. */
  readonly certain: boolean;
  /** What of the change it is by. */
  readonly via: readonly { readonly address: Address; readonly text: string; readonly at?: Position }[];
}

export type Action = "create" | "update" | "restart" | "replace" | "delete" | "retag" | "keep";

interface StepBase {
  readonly address: Address;
  readonly kind: string;
  /** For people; made from the field rule; nothing decides by reading it. */
  readonly because: string;
  /** The place in the YAML on which the reason stands; absent for what is no longer in the YAML. */
  readonly at?: Position;
  /** Hash of all that this step would do and of what it found: what an approval approves. */
  readonly fingerprint: string;
  /** What its texts and tags hold of other objects, by "dbInstance/main.endpoint"; null: known only after that object was made or changed. */
  readonly holds?: Readonly<Record<string, string | null>>;
  /** Hash of the state that is wanted: what is left of an approved step after a run that ended half-way wants the same. */
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
      /** "its disk", "its public address": what is lost with the old object. */
      readonly loses?: string;
      /** Hash of what the old object leaves behind; absent: nothing. */
      readonly ends?: string;
    })
  | (StepBase & {
      readonly action: "delete";
      readonly id: AwsId;
      /** What takes its range, its name or its address: it is deleted before these are made, and gone until they exist. */
      readonly until?: readonly Address[];
      readonly loses?: string;
      readonly ends?: string;
      /** All that is left of it is its name on another object. */
      readonly isNameAlone?: true;
    })
  /** Our tags only: a `moved:` or an `adopt:`. Field changes of the same object are a step of their own. */
  | (StepBase & { readonly action: "retag"; readonly id: AwsId; readonly from?: Address; readonly tags: TagChange })
  /** No longer wanted, but not deleted, and why ("kept, because of dbInstance/main"). Writes nothing. */
  | (StepBase & { readonly action: "keep"; readonly id: AwsId; readonly of?: Address });

/** How the line of a new object begins, and the fields that are told by it. */
export interface Summary {
  readonly line: string;
  readonly tells: readonly string[];
}

/** A field that apply has set to one and the same value so often that somebody else must be setting it back. */
export interface ContestedField {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  readonly times: number;
  /** YYYY-MM-DD. */
  readonly last: string;
  readonly change: FieldChange;
}

/** An object that differs and is left alone as a whole. */
export interface LeftAloneObject {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  /** "it has sg-0f1e…, which the YAML does not list": for people. */
  readonly because: string;
  readonly at?: Position;
  readonly changes: readonly FieldChange[];
}

export interface TagChange {
  readonly set: Tags;
  readonly remove: readonly string[];
  /** Entries that can have tags of their own and have none of ours, by field: "listeners": ["443"]. */
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
  /** Of a new object: lines that are shown of the field whatever the reader asked for. */
  readonly told?: readonly Told[];
  /** Of a new object: shown even though it is the default. */
  readonly isShown?: true;
  /** A setting that we made goes as a whole, because the file no longer has it. */
  readonly isGone?: true;
  /** What the change opens to everybody or cuts off: "it lets in tcp 22 0.0.0.0/0". */
  readonly exposes?: string;
  /** The file does not write the field: a default asks for the change. */
  readonly unwritten?: true;
  /** The object is as the file says; it changes because what it refers to is replaced or changes. */
  readonly caused?: true;
  /** It holds values that are known only after these were made or changed; `after` says so in their places. */
  readonly knownAfter?: readonly Address[];
  /** Hash of the value as the author wrote it, where it holds values of other objects: the same before and after these are known. */
  readonly form?: string;
  /** What a run that was interrupted left of a change: this brings it to its end. */
  readonly unfinished?: true;
  /** It changes with what it refers to. */
  readonly follows?: true;
  /** What other fields are set to again, because the change takes them back first. */
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
