import type { Fields, Impact, Kind, Problem, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { tagsOfRds } from "../shared/rds/tagging.ts";
import type { Handle } from "./driver.ts";
import { foreign } from "./foreign.ts";
import { defaults, schema, sourceTypes, type DbEventSubscription } from "./schema.ts";

const anew = "AWS cannot set a subscription back to all: a new subscription is created, and events in between are not sent";

/** AWS takes no empty list of categories and no empty type, so such a change needs a new subscription. */
const orAll = (_was: unknown, now: unknown): Impact =>
  now === undefined || now === "all" || (Array.isArray(now) && now.length === 0) ? "replace" : "update";

const fields: Fields<DbEventSubscription> = {
  topic: { change: "update" },
  sourceType: { change: orAll, default: { value: defaults.sourceType, class: "enforced" }, because: { replace: anew } },
  sources: {
    change: "update",
    as: "set",
    whileGone: "free",
    default: { value: [], class: "enforced" },
  },
  eventCategories: { change: orAll, as: "set", default: { value: [], class: "enforced" }, because: { replace: anew } },
  enabled: { change: "update", default: { value: defaults.enabled, class: "enforced" } },
};

export const dbEventSubscription: Kind<DbEventSubscription, Handle> = {
  name: "dbEventSubscription",
  section: "dbEventSubscriptions",
  file: "data",
  doc: "A subscription of an SNS topic to RDS events.",
  outputs: { arn: "The ARN." },
  foreign,
  summary: ({ sourceType, eventCategories = [] }) => ({
    line: `of ${eventCategories.length > 0 ? eventCategories.join(", ") : "all events"}${sourceType === undefined || sourceType === "all" ? "" : ` of ${sourceType}`}`,
    tells: ["sourceType", "eventCategories"],
  }),
  schema,
  fields,
  stages: [
    { name: "create" },
    { name: "settings", sentWithCreate: true, fields: ["topic", "sourceType", "sources", "eventCategories", "enabled"] },
  ],
  create: "name",
  naming: { max: 254, forbidden: /[^A-Za-z0-9-]/, lower: true },
  replace: "delete-first",
  waits: { create: { typical: 20, limit: 2400 }, delete: { typical: 20, limit: 2400 } },
  tagIndex: { type: "rds:es", inDoubt: true },
  // All subscriptions of the account, and the tags of those that may be ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["rds:DescribeEventSubscriptions", "rds:ListTagsForResource"],
    write: [
      "rds:AddSourceIdentifierToSubscription",
      "rds:AddTagsToResource",
      "rds:CreateEventSubscription",
      "rds:DeleteEventSubscription",
      "rds:DescribeAccountAttributes",
      "rds:ModifyEventSubscription",
      "rds:RemoveSourceIdentifierFromSubscription",
      "rds:RemoveTagsFromResource",
    ],
    remove: ["rds:DeleteEventSubscription"],
    onlyFor: {
      "rds:AddSourceIdentifierToSubscription": ["sources"],
      "rds:RemoveSourceIdentifierFromSubscription": ["sources"],
    },
    access: { "rds:AddTagsToResource": tagsOfRds("es:*"), "rds:CreateEventSubscription": { made: ["es:*"] } },
  },
  /** The create call also sends references of a later stage, so the referenced objects must exist before. */
  after: ({ spec: { topic, sources = [] } }) => [topic, ...sources].filter((one) => typeof one === "string" && one.includes("/")),
  check,
  authored: (spec) => ({ spec: without(spec, { enabled: true, sourceType: "all", sources: [], eventCategories: [] }) }),
  drawn: () => ({ as: "hidden", sub: "event subscription" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/rds.ts")),
};

function check({ spec: { sourceType = "all", sources = [], eventCategories = [] } }: Subject<DbEventSubscription>): readonly Problem[] {
  if (sourceType === "all" && sources.length + eventCategories.length > 0) {
    const path = sources.length > 0 ? "sources" : "eventCategories";
    return [
      {
        code: "missing-field",
        path,
        summary: `${path} needs sourceType`,
        hint: `write sourceType: ${typeOf(sources[0]) ?? "db-instance"}`,
      },
    ];
  }
  return sources.flatMap((source, i) => {
    const other = typeOf(source);
    if (other === undefined || other === sourceType) return [];
    return [
      {
        code: "conflict",
        path: `sources[${i}]`,
        summary: `${source} is a ${other}, and the subscription is for ${sourceType}`,
        hint: `write sourceType: ${other}, or give ${source} a subscription of its own`,
      },
    ];
  });
}

/** The source type of a declared object. */
function typeOf(source: string | undefined): string | undefined {
  const kind = source?.includes("/") === true ? source.split("/")[0] : undefined;
  return Object.entries(sourceTypes).find(([, one]) => one !== undefined && one === kind)?.[0];
}
