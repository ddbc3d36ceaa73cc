import type { Fields, Kind, Problem, ResourceIndex, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { vpcOf } from "../shared/rds/checks.ts";
import { tagsOfRds } from "../shared/rds/tagging.ts";
import type { Handle } from "./driver.ts";
import { foreign } from "./foreign.ts";
import { isSameOption } from "./options.ts";
import { defaults, schema, type DbOptionGroup } from "./schema.ts";

const made = (what: string) => ({
  refuse:
    `RDS cannot change the ${what} of an option group, and databases and snapshots keep using the group. Declare a second group, ` +
    "write it as `optionGroup` of the database (for a major upgrade, together with its `engineVersion`), and then remove this one.",
});

const fields: Fields<DbOptionGroup> = {
  engine: { change: made("engine") },
  majorEngineVersion: { change: made("version") },
  description: { change: "note", because: "the description of an option group can only be written at creation" },
  options: {
    change: "update",
    as: { map: true, unlisted: "remove", same: isSameOption },
    default: { value: {}, class: "enforced" },
    because: "the databases get the options in their maintenance windows unless applyImmediately is set",
  },
  applyImmediately: { change: "never", default: { value: defaults.applyImmediately, class: "create-only" } },
};

export const dbOptionGroup: Kind<DbOptionGroup, Handle> = {
  name: "dbOptionGroup",
  section: "dbOptionGroups",
  file: "data",
  doc: "Additional features of a database engine: MariaDB's audit plugin, memcached. Snapshots and backups keep using the group of their database: if AWS cannot delete a group for that reason, infra removes its tags and leaves it, and takes it over again when it is declared again.",
  outputs: { arn: "The ARN." },
  foreign,
  summary: ({ engine, majorEngineVersion }) => ({
    line: ["for", engine, majorEngineVersion].filter(Boolean).join(" "),
    tells: ["engine", "majorEngineVersion"],
  }),
  schema,
  fields,
  stages: [{ name: "create" }, { name: "options", fields: ["options"] }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "rds:og", inDoubt: true },
  // All groups of the account, and the tags of those that may be ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    // When AWS refuses to delete a group, these reads find out which objects use it.
    read: [
      "rds:DescribeDBInstanceAutomatedBackups",
      "rds:DescribeDBInstances",
      "rds:DescribeDBSnapshots",
      "rds:DescribeOptionGroups",
      "rds:ListTagsForResource",
    ],
    write: [
      "rds:AddTagsToResource",
      "rds:CreateOptionGroup",
      "rds:DeleteOptionGroup",
      "rds:DescribeAccountAttributes",
      "rds:ModifyOptionGroup",
      "rds:RemoveTagsFromResource",
    ],
    remove: ["rds:DeleteOptionGroup", "rds:RemoveTagsFromResource"],
    onlyFor: { "rds:ModifyOptionGroup": ["options"] },
    access: { "rds:AddTagsToResource": tagsOfRds("og:*"), "rds:CreateOptionGroup": { made: ["og:*"] } },
  },
  check,
  authored: (spec, live) => (live.id.startsWith("default:") ? { madeByAws: `AWS's own option group ${live.id}` } : asRead(spec)),
  goesWithUsers: true,
  drawn: () => ({ as: "hidden", sub: "option group" }),
  withoutNetwork: "it only holds settings of databases",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/rds.ts")),
};

/**
 * Checks the options against those that exist (RDS User Guide, "Options for MySQL DB engine", "Options for MariaDB database engine"). AWS
 * judges the options of other engines.
 */
function check({ spec }: Subject<DbOptionGroup>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  const options = Object.entries(spec.options ?? {});
  if (spec.engine === "postgres" && options.length > 0)
    problems.push({
      code: "bad-value",
      path: "options",
      summary: "PostgreSQL has no options; its extensions are created with SQL",
      hint: "remove options; write settings in a dbParameterGroup",
    });
  for (const [name, { port, securityGroups }] of options) {
    if (name === "MEMCACHED" && securityGroups === undefined)
      problems.push({
        code: "missing-field",
        path: `options.${name}`,
        summary: "MEMCACHED listens on its own port, and needs securityGroups",
      });
    if (name === "MARIADB_AUDIT_PLUGIN" && (port !== undefined || securityGroups !== undefined))
      problems.push({
        code: "bad-value",
        path: `options.${name}`,
        summary: "MARIADB_AUDIT_PLUGIN has no port",
        hint: "remove port and securityGroups",
      });
  }
  const vpcs = new Set(options.flatMap(([, one]) => (one.securityGroups ?? []).flatMap((group) => vpcOf(group, index) ?? [])));
  if (vpcs.size > 1)
    problems.push({ code: "db-network", path: "options", summary: `the security groups are in different VPCs: ${[...vpcs].join(", ")}` });
  return problems;
}
