/** The permissions that a role needs for resources of a kind. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { ResourceIndex, Subject } from "./resource.ts";

/** The actions that a role must be allowed for resources of the kind. `infra iam-policy` writes its statements from them. */
export interface IamNeeds<S = any> {
  readonly read: readonly string[];
  /** Reads that return contents. They are allowed only on objects with our tags. */
  readonly readOurs?: readonly string[];
  readonly write: readonly string[];
  /**
   * The actions of `write` that delete an object or a part of it. They are granted even when the YAML has no resource of the kind, because
   * it may have had one, unless the action's `access` is `any`.
   */
  readonly remove: readonly string[];
  /**
   * Actions that only some fields need, with the paths of those fields (`volumes.*.size`). They are granted when a resource writes one of
   * these fields.
   */
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
  /** The resources on which AWS checks an action of `write`. An action that is not listed changes only objects with our tags. */
  readonly access?: Readonly<Record<string, Access>>;
  /** Facts about the actions that write or remove tags of the objects, where `write` does not show them. */
  readonly tagging?: Tagging;
  /** The end of an object's ARN (`instance/*`), where `access` has no create that shows it. */
  readonly arn?: string;
  /** An object that AWS made by itself (`madeWith`) has no ownership tags. A reference to it therefore needs no more than `free` allows. */
  readonly defaultIsFree?: true;
  /** The other permissions that AWS checks because of the fields of a resource: for roles that the caller passes, keys and secrets. */
  implied?(self: Subject<S>, index: ResourceIndex, place: IamPlace): readonly Grant[];
}

/** A guard denies the actions of `write` that write or remove tags (their names show it), and these in addition. */
export interface Tagging {
  /** Other actions that write or remove tags: older ones, those of another API, and those whose names do not show it. */
  readonly more?: readonly string[];
  /** The actions for which AWS has no condition on tag keys (`aws:TagKeys`). A denial of our keys alone would never match. */
  readonly withoutKeys?: readonly string[];
}

/**
 * The resources of one action, grouped by how a statement depends on our tags. A resource is the end of its ARN, after the account
 * (`subnet/*`). `*:image/*` is one of any account.
 */
export interface Access {
  /** Created by the call, with our tags in it (`aws:RequestTag`). */
  readonly made?: readonly string[];
  /** Has our tags before the call (`aws:ResourceTag`). */
  readonly ours?: readonly string[];
  /** Has our tags or no ownership tags at all, such as a volume. */
  readonly free?: readonly string[];
  /** Public, shared by others, or identified by its name alone: `{project}-{environment}-*`. */
  readonly any?: readonly string[];
}

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A separate statement. Grants that differ only in their resources, or in the values of one condition, become one statement. */
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

/** Where the environment is, in the terms of a policy. */
export interface IamPlace {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  arn(service: string, end: string): string;
  /** The value of `kms:ViaService` for a service. */
  via(service: string): string;
}
