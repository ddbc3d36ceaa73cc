/** What a role must be allowed for resources of a kind. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { ResourceIndex, Subject } from "./resource.ts";

/** What a role must be allowed for resources of the kind. `infra iam-policy` makes its statements from it. */
export interface IamNeeds<S = any> {
  readonly read: readonly string[];
  /** Reads that tell contents: allowed on what has our tags only. */
  readonly readOurs?: readonly string[];
  readonly write: readonly string[];
  /** Of `write`: what deletes an object or a part of it. Granted even when the YAML has none of the kind, because it may have had one, unless its `access` is `any`. */
  readonly remove: readonly string[];
  /** Actions that only some fields need, with the paths of those fields (`volumes.*.size`): granted when a resource writes one of them. */
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
  /** On which resources AWS checks an action of `write`. An action that is not listed changes only objects with our tags. */
  readonly access?: Readonly<Record<string, Access>>;
  /** Of the actions that write or remove tags of the objects: what `write` does not tell. */
  readonly tagging?: Tagging;
  /** How the ARN of an object ends (`instance/*`), where `access` has no create that tells it. */
  readonly arn?: string;
  /** What AWS made by itself (`madeWith`) has nobody's ownership tags: a reference to it needs nothing that `free` does not allow. */
  readonly defaultIsFree?: true;
  /** What AWS also checks of the caller because of what a resource writes: roles that it passes, keys, secrets. */
  implied?(self: Subject<S>, index: ResourceIndex, place: IamPlace): readonly Grant[];
}

/** A guard denies the actions of `write` that write or remove tags, which their names tell, and these besides. */
export interface Tagging {
  /** Other actions by which anybody can write or remove tags: older ones, those of another API, and those whose names do not tell it. */
  readonly more?: readonly string[];
  /** Those for which AWS has no condition on the keys of tags (`aws:TagKeys`): a denial of ours alone would never match. */
  readonly withoutKeys?: readonly string[];
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
