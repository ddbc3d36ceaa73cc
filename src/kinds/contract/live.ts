/** An object that exists in AWS, as a driver read it. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { AwsId, Tags } from "./values.ts";

export interface Live<S = any, H = any> {
  readonly id: AwsId;
  /** Other ids by which AWS refers to it: ARN, interface, allocation, name. For linking ids to addresses. */
  readonly aliases: readonly AwsId[];
  /** The one of these that no other object gets, where `id` is a name that another may have later: `allowDestroy` is told to name it. */
  readonly lastingId?: AwsId | undefined;
  readonly tags: Tags;
  /** As observed: only fields that the listing calls returned. A field that was not read is absent, and then never compared. */
  readonly spec: Partial<S>;
  /** Data for the driver alone: rule and association ids, versions. No other code reads it. */
  readonly handle: H;
  readonly state: "pending" | "ready" | "deleting" | "dead" | { readonly failed: string };
  /**
   * Whether AWS is still creating the object, or still making a change that somebody asked for. An apply waits until it has finished.
   * Absent: the value is true while the state is `pending`. Backups and maintenance, which AWS does by itself, do not count.
   */
  readonly isUnderWay?: boolean;
  /** AWS's own word for the state, where it is not the usual one, and what follows from it. A note shows it: "is modifying". */
  readonly status?: string | undefined;
  /** The account that owns it, when AWS says. */
  readonly owner?: string;
  /** AWS's own name, for kinds with one. The ownership check compares it with the tag infra:name. */
  readonly name?: string;
  /** The client token of its creation, where Describe returns it. The ownership check compares it with the tag infra:token. */
  readonly token?: string;
  /** AWS made it together with its VPC, and deletes it together with it. Nobody else can delete it. */
  readonly isDefault?: true;
  /** AWS no longer has the object. Only its name is left, in the tags of the object that it belonged to. */
  readonly isNameAlone?: true;
  /** For `infra status` and `infra output`, in the order shown: zone, addresses, endpoints. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** ISO 8601, when AWS says. */
  readonly createdAt?: string;
  /** Facts that are no difference: pending maintenance, a newer image, an unconfirmed subscription. */
  readonly notes?: readonly string[];
  /** For an object without tags: the object whose tags say who owns it, or through which alone it is found. */
  readonly toldBy?: { readonly kind: string; readonly id: AwsId };
  /** Objects that belong to it and are shown under it: the instances of an Auto Scaling group. */
  readonly parts?: readonly { readonly id: AwsId; readonly text: string }[];
}

/** How an observed spec shows "AWS has none" and "not read": "none" has the key with the value undefined, "not read" has no key. */
