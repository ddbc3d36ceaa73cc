/** What Cloud Control remembers. Plain JSON. */
import type { Call } from "../../model.ts";

/** An object of a type, whatever the type. */
export interface ObjectRecord {
  readonly type: string;
  readonly id: string;
  readonly arn: string;
  /** All that a read answers, tags included, and what it does not answer. */
  properties: Record<string, unknown>;
  hidden: Record<string, unknown>;
  /** A property that its handler never tells, though the schema says that it does. */
  readonly untold?: string;
}

export type Outcome =
  | { readonly status: "IN_PROGRESS" }
  | { readonly status: "SUCCESS" }
  | { readonly status: "FAILED"; readonly code: string; readonly text: string };

export interface RequestRecord {
  readonly token: string;
  readonly type: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  id?: string;
  /** What a create asks for, or an update makes of the object. */
  readonly desired: Record<string, unknown>;
  readonly clientToken?: string;
  /** Equal texts are the same request. */
  readonly payload: string;
  readonly since: number;
  outcome: Outcome;
}

type Stored = Pick<Call, "store">;

/** What belongs to the account and not to a region: every region's list shows it (CloudFront, dashboards of CloudWatch). */
const ofAccount = /^AWS::(CloudFront::|CloudWatch::Dashboard$)/;

/** Objects of a type. */
export const objectsOf = (call: Pick<Call, "store" | "accountStore">, type: string): Map<string, ObjectRecord> =>
  objects(ofAccount.test(type) ? { store: call.accountStore } : call);
/** All that a region has; what belongs to the account is in the home of its global services. */
export const objects = (call: { readonly store: Pick<Call["store"], "table"> }): Map<string, ObjectRecord> =>
  call.store.table<ObjectRecord>("cloudcontrol.objects");
export const requests = (call: Stored): Map<string, RequestRecord> => call.store.table<RequestRecord>("cloudcontrol.requests");
export const keyOf = (type: string, id: string) => `${type}|${id}`;

/** The tags of an object, in whichever form its type has them. */
export function tagsOf(record: ObjectRecord, property: string | undefined): Record<string, string> {
  const value = property === undefined ? undefined : record.properties[property];
  if (Array.isArray(value)) return Object.fromEntries((value as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
  return { ...(value as Record<string, string> | undefined) };
}
