/** The records of SNS, by ARN. They are plain JSON. */
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
  /** The attributes that were set, without empty ones. */
  attributes?: Record<string, string>;
}

export const topics = (call: Pick<Call, "store">): Map<string, TopicRecord> => call.store.table<TopicRecord>("sns.topics");
export const subscriptions = (call: Pick<Call, "store">): Map<string, SubscriptionRecord> =>
  call.store.table<SubscriptionRecord>("sns.subscriptions");
