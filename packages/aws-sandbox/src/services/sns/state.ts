/** What SNS remembers, by ARN. Plain JSON. */
import type { Call } from "../../model.ts";

export interface TopicRecord {
  readonly arn: string;
  readonly name: string;
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export interface SubscriptionRecord {
  readonly arn: string;
  readonly topic: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly since: number;
  pending: boolean;
  /** As they were set; empty ones are left out. */
  attributes?: Record<string, string>;
}

export const topics = (call: Pick<Call, "store">): Map<string, TopicRecord> => call.store.table<TopicRecord>("sns.topics");
export const subscriptions = (call: Pick<Call, "store">): Map<string, SubscriptionRecord> =>
  call.store.table<SubscriptionRecord>("sns.subscriptions");
