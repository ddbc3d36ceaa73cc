/** The records of Cloud Control. They are plain JSON. */
import type { Call } from "../../model.ts";

/** An object of any type. */
export interface ObjectRecord {
  readonly type: string;
  readonly id: string;
  readonly arn: string;
  /** All properties that reads show, including tags; `hidden` holds those that they do not show. */
  properties: Record<string, unknown>;
  hidden: Record<string, unknown>;
  /** A property that its handler never shows, although the schema says so. */
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
  /** The desired properties: of a create request, or of the object after an update. */
  readonly desired: Record<string, unknown>;
  readonly clientToken?: string;
  /** The request as a text; equal texts are the same request. */
  readonly payload: string;
  readonly since: number;
  outcome: Outcome;
}

type Stored = Pick<Call, "store">;

/** Types that belong to the account and not to a region: every region lists them (CloudFront, CloudWatch dashboards). */
const ofAccount = /^AWS::(CloudFront::|CloudWatch::Dashboard$)/;

/** The table with the objects of a type. */
export const objectsOf = (call: Pick<Call, "store" | "accountStore">, type: string): Map<string, ObjectRecord> =>
  objects(ofAccount.test(type) ? { store: call.accountStore } : call);
/** All objects in a region. Objects of the account are in the home region of its global services. */
export const objects = (call: { readonly store: Pick<Call["store"], "table"> }): Map<string, ObjectRecord> =>
  call.store.table<ObjectRecord>("cloudcontrol.objects");
export const requests = (call: Stored): Map<string, RequestRecord> => call.store.table<RequestRecord>("cloudcontrol.requests");
export const keyOf = (type: string, id: string) => `${type}|${id}`;

/** The tags of an object, from the form that its type uses. */
export function tagsOf(record: ObjectRecord, property: string | undefined): Record<string, string> {
  const value = property === undefined ? undefined : record.properties[property];
  if (Array.isArray(value)) return Object.fromEntries((value as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
  return { ...(value as Record<string, string> | undefined) };
}
