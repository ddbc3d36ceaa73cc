/** The observed form of a topic's subscriptions. */
import type { AwsId } from "../kind.ts";
import type { Subscription } from "./schema.ts";

export type Observed = Subscription & { readonly pending?: true };

export interface Handle {
  /** ARNs by protocol and endpoint; absent until the subscription is confirmed. */
  readonly subscriptions: Readonly<Record<string, AwsId>>;
}

export function keyOf({ protocol, endpoint }: Subscription): string {
  return `${protocol} ${endpoint}`;
}
