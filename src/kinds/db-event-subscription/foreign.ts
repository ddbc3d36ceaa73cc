import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["event_subscription", "db_event_subscription", "rds_event_subscription"],
  fields: {
    SnsTopicArn: "topic",
    sns_topic: "topic",
    source_type: "sourceType",
    SourceIds: "sources",
    source_ids: "sources",
    event_categories: "eventCategories",
  },
};
