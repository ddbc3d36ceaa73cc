/** What exists in AWS, as a driver read it. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { AwsId, Tags } from "./values.ts";

export interface Live<S = any, H = any> {
  readonly id: AwsId;
  /** Other ids by which AWS refers to it: ARN, interface, allocation, name. For linking ids to addresses. */
  readonly aliases: readonly AwsId[];
  /** The one of these that no other object gets, where `id` is a name that another may have later: `allowDestroy` is told to name it. */
  readonly lastingId?: AwsId | undefined;
  readonly tags: Tags;
  /** As observed; only what the listing calls told. A field that was not read is absent, and then never compared. */
  readonly spec: Partial<S>;
  /** The driver's own: rule and association ids, versions. Not looked at by anyone else. */
  readonly handle: H;
  readonly state: "pending" | "ready" | "deleting" | "dead" | { readonly failed: string };
  /**
   * Whether AWS is still making it, or still making a change that somebody asked for: an apply waits for the end of that. Absent: while
   * it is `pending`. Not a backup or maintenance, which AWS does by itself.
   */
  readonly isUnderWay?: boolean;
  /** AWS's own word where that is not its usual one, and what follows from it. A note tells it: "is modifying". */
  readonly status?: string | undefined;
  /** The account that owns it, when AWS says. */
  readonly owner?: string;
  /** AWS's own name, for kinds with one; the ownership check holds it against the tag infra:name. */
  readonly name?: string;
  /** The client token it was created with, where Describe returns it; the ownership check holds it against the tag infra:token. */
  readonly token?: string;
  /** AWS made it together with its VPC, and deletes it together with it: nobody else can. */
  readonly isDefault?: true;
  /** AWS no longer has it: all that is left is its name in the tags of what it belonged to. */
  readonly isNameAlone?: true;
  /** For `infra status` and `infra output`, in the order shown: zone, addresses, endpoints. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** ISO 8601, when AWS says. */
  readonly createdAt?: string;
  /** Things that are true and no difference: pending maintenance, a newer image, an unconfirmed subscription. */
  readonly notes?: readonly string[];
  /** Where it has no tags of its own: the object whose tags say whose it is, or by which alone it is found. */
  readonly toldBy?: { readonly kind: string; readonly id: AwsId };
  /** Objects that belong to it and are shown under it: the machines of a group. */
  readonly parts?: readonly { readonly id: AwsId; readonly text: string }[];
}

/** How an observed spec tells "AWS has none" from "not read": the first has the key with the value undefined, the second has no key. */
