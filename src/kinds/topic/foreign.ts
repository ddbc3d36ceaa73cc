import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["sns", "sns_topic", "aws_sns_topic", "sns_topic_subscription", "Subscription"],
  fields: { subscription: "subscriptions" },
};
