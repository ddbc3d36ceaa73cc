/** The fields of an event subscription as authors write them. */
import type { Static } from "typebox";
import { boolean, list, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";

/** The types of objects that can send events (RDS API, CreateEventSubscription: SourceType), and the kind for each. */
export const sourceTypes = {
  all: undefined,
  "db-instance": "dbInstance",
  "db-cluster": "dbCluster",
  "db-parameter-group": "dbParameterGroup",
  "db-snapshot": undefined,
  "db-cluster-snapshot": undefined,
  "db-proxy": "dbProxy",
  "blue-green-deployment": undefined,
  "custom-engine-version": undefined,
  "zero-etl": undefined,
} as const satisfies Readonly<Record<string, string | undefined>>;

export type SourceType = keyof typeof sourceTypes;

export const schema = object({
  topic: ref("topic", "The topic that gets the events."),
  sourceType: optional(oneOf(Object.keys(sourceTypes) as SourceType[], "The type of the sources whose events are sent.")),
  sources: optional(
    list(
      refOr(
        "^[A-Za-z][A-Za-z0-9:-]*$",
        ["dbInstance", "dbCluster", "dbParameterGroup", "dbProxy"],
        "A database, cluster, group or proxy as `dbInstance/NAME`; a snapshot or another object by its name in AWS.",
      ),
      "The sources whose events are sent. If omitted: all of the type.",
      { minItems: 1 },
    ),
  ),
  eventCategories: optional(
    list(
      string("An event category, as AWS names it for the type: `failure`, `low storage`.", { minLength: 1 }),
      "The event categories to send. If omitted: all.",
      { minItems: 1 },
    ),
  ),
  enabled: optional(boolean("Whether the subscription is active.")),
});

export type DbEventSubscription = Static<typeof schema>;

export const defaults = { enabled: true, sourceType: "all" } as const satisfies Partial<DbEventSubscription>;
