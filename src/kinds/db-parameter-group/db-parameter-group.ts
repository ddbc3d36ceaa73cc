import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { DBParameterGroup as AwsGroup, Parameter } from "@aws-sdk/client-rds";
import { Type, type Static, type TSchema } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { addressOfTag, ownership, tagOfAddress } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import { batches } from "./batches.ts";
import { difference, sameValue, sameValues, spelled, type Value, type Values } from "../shared/parameter-values.ts";
import { map, object, optional, string } from "../../resource/fields.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Scope, Tags } from "../kind.ts";
import { descriptionOf, markedDescription, mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { preflightRdsQuota } from "../shared/rds-limits.ts";
import { rdsTagging, rdsTagsOf, tagsOfRds } from "../shared/rds-tagging.ts";

const value = Type.Unsafe<Value>({
  description: "Its value; a formula such as `{DBInstanceClassMemory*3/4}` in quotes.",
  type: ["string", "number", "boolean"],
} as unknown as TSchema);

const schema = object({
  family: string("Engine and major version: `mysql8.4`, `mariadb10.11`, `postgres17`.", {
    pattern: "^(mysql\\d+\\.\\d+|mariadb\\d+\\.\\d+|postgres\\d+)$",
    examples: ["mysql8.4", "postgres17"],
  }),
  description: optional(
    string("What it is for; for good. AWS's description ends with whose the group is: `(infra PROJECT/ENVIRONMENT)`.", {
      minLength: 1,
      maxLength: 200,
      pattern: "^[^()]*$",
    }),
  ),
  parameters: optional(
    map(value, "Settings by name. What is not named has the engine's default; what others set here is reset.", "^[A-Za-z][A-Za-z0-9_.-]*$"),
  ),
});

export type DbParameterGroup = Static<typeof schema>;

interface Handle {
  readonly arn: string;
}

type LiveGroup = Live<DbParameterGroup, Handle>;

export const dbParameterGroup: Kind<DbParameterGroup, Handle> = {
  name: "dbParameterGroup",
  section: "dbParameterGroups",
  file: "data",
  doc: "Settings of a database engine. Dynamic ones reach the databases within seconds, static ones at their next reboot.",
  outputs: { family: "The engine and version that it is for." },
  foreign,
  schema,
  fields: {
    family: {
      change: {
        refuse:
          "The family of a parameter group cannot change, and databases hold on to it. Declare a second group of the new family, let `parameterGroup` of the database name it " +
          "(for a major upgrade together with its `engineVersion`), and remove this one afterwards.",
      },
    },
    description: { change: "note", because: "the description of a parameter group is written once, when it is made" },
    parameters: {
      change: "update",
      as: "map",
      default: { value: {}, class: "enforced" },
      same: (request, have) => have !== undefined && sameValues(request, have),
      because: "dynamic parameters change within seconds, static ones wait for a reboot of the databases",
    },
  },
  stages: [{ name: "create" }, { name: "parameters", fields: ["parameters"] }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "rds:pg", inDoubt: true },
  // All groups of the account are listed; ours are asked for their tags and for what is set in them, one by one. One
  // more where the YAML sets something to the engine's own default, which AWS does not list as set.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + 2 * n.ours,
  iam: {
    read: ["rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:ListTagsForResource"],
    write: [
      "rds:AddTagsToResource",
      "rds:CreateDBParameterGroup",
      "rds:DeleteDBParameterGroup",
      "rds:DescribeAccountAttributes",
      "rds:ModifyDBParameterGroup",
      "rds:RemoveTagsFromResource",
      "rds:ResetDBParameterGroup",
    ],
    remove: ["rds:DeleteDBParameterGroup"],
    onlyFor: { "rds:ModifyDBParameterGroup": ["parameters"] },
    access: { "rds:AddTagsToResource": tagsOfRds("pg:*"), "rds:CreateDBParameterGroup": { made: ["pg:*"] } },
  },
  authored: asRead,
  goesWithUsers: true,
  drawn: () => ({ as: "hidden", sub: "parameter group" }),
  load: async () => driver(await import("../../aws/sdk/rds.ts")),
};

function told({ DBParameterGroupName: name, DBParameterGroupArn: arn, Description: description }: AwsGroup): Listed {
  return { name: name!, arn: arn!, description };
}

function driver(rds: typeof import("../../aws/sdk/rds.ts")): Driver<DbParameterGroup, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.rds.pages(rds.DescribeDBParameterGroupsCommand, { MaxRecords: 100 }))
        for (const found of await mayBeOurs(page.DBParameterGroups ?? [], told, scope, "dbParameterGroup")) {
          const tags = await tagsIfThere(aws, found.DBParameterGroupArn!);
          if (tags && isIn(tags, scope)) yield live(found, tags, await valuesOf(aws, found.DBParameterGroupName!, wantedIn(scope, tags)));
        }
    },

    async get(aws, ids, scope) {
      const lives = new Map<string, LiveGroup>();
      for (const name of ids) {
        const found = await one(aws, name);
        const tags = found && (await tagsIfThere(aws, found.DBParameterGroupArn!));
        if (found && tags) lives.set(name, live(found, tags, await valuesOf(aws, name, wantedIn(scope, tags))));
      }
      return lives;
    },

    async create(aws, request, identity) {
      const owner = identity.tags;
      const text = request.description ?? (owner[ownership.resource] ?? "").split("/").at(-1) ?? "";
      await aws.rds(
        new rds.CreateDBParameterGroupCommand({
          DBParameterGroupName: identity.name,
          DBParameterGroupFamily: request.family,
          Description: markedDescription(text, owner[ownership.project] ?? "", owner[ownership.environment] ?? ""),
          Tags: tagList(owner),
        }),
        { once: true },
      );
      return identity.name;
    },

    initialState: () => ({ spec: { parameters: {} }, handle: { arn: "" } }),

    async update(aws, _stage, found, request, changes) {
      if (!changes.parameters) return;
      const { set, reset } = difference(changes.parameters.before ?? {}, request.parameters ?? {});
      const names = [...Object.keys(set), ...reset];
      const known = names.length > 0 ? await parametersNamed(aws, found.id, names) : new Map<string, Parameter>();
      for (const batch of batches(reset))
        await aws.rds(
          new rds.ResetDBParameterGroupCommand({
            DBParameterGroupName: found.id,
            ResetAllParameters: false,
            Parameters: batch.map((name) => ({ ParameterName: name, ApplyMethod: methodOf(known.get(name.toLowerCase())) })),
          }),
        );
      for (const batch of batches(Object.keys(set)))
        await aws.rds(
          new rds.ModifyDBParameterGroupCommand({
            DBParameterGroupName: found.id,
            Parameters: batch.map((name) => {
              const parameter = known.get(name.toLowerCase());
              return {
                ParameterName: name,
                ParameterValue: spelled(set[name]!, parameter?.AllowedValues),
                ApplyMethod: methodOf(parameter),
              };
            }),
          }),
        );
    },

    async delete(aws, found) {
      await aws.rds(new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName: found.id })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: (aws, found, set, remove) => rdsTagging(aws, found.handle.arn, set, remove),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name]));
    },

    preflight: (aws, planned, { thorough }) => preflightRdsQuota(aws, planned, "DBParameterGroups", thorough),

    async blockers(aws, lives) {
      const users = new Map<AwsId, Blocker[]>(lives.map(({ id }) => [id, []]));
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { MaxRecords: 100 }))
        for (const user of page.DBInstances ?? []) {
          const id = user.DBInstanceIdentifier!;
          for (const name of (user.DBParameterGroups ?? []).map((group) => group.DBParameterGroupName))
            users.get(name ?? "")?.push({ id, what: `database ${id} (${user.DBInstanceStatus})`, holder: id });
        }
      return users;
    },
  };

  async function one(aws: Aws, name: string): Promise<AwsGroup | undefined> {
    try {
      return (await aws.rds(new rds.DescribeDBParameterGroupsCommand({ DBParameterGroupName: name }))).DBParameterGroups?.[0];
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * What is set in a group. A parameter that was set to the very default of the engine is not listed as set ("user"), so
   * what the YAML wants and the list lacks is looked up by name: where the default is the wanted value, it counts as set.
   */
  async function valuesOf(aws: Aws, name: string, resolved: Values): Promise<Values> {
    const set: Record<string, Value> = {};
    for await (const page of aws.rds.pages(rds.DescribeDBParametersCommand, {
      DBParameterGroupName: name,
      Source: "user",
      MaxRecords: 100,
    }))
      for (const found of page.Parameters ?? []) if (found.ParameterValue !== undefined) set[found.ParameterName!] = found.ParameterValue;
    const present = new Set(Object.keys(set).map((key) => key.toLowerCase()));
    const missing = Object.keys(resolved).filter((key) => !present.has(key.toLowerCase()));
    if (missing.length === 0) return set;
    const defaults = await parametersNamed(aws, name, missing);
    for (const key of missing) {
      const dflt = defaults.get(key.toLowerCase())?.ParameterValue;
      if (dflt !== undefined && sameValue(dflt, resolved[key])) set[key] = dflt;
    }
    return set;
  }

  /** Parameters by lower-cased name, whoever set them. */
  async function parametersNamed(aws: Aws, group: string, names: readonly string[]): Promise<Map<string, Parameter>> {
    const asked = new Set(names.map((name) => name.toLowerCase()));
    const all = new Map<string, Parameter>();
    const input = { DBParameterGroupName: group, MaxRecords: 100, Filters: [{ Name: "parameter-name", Values: [...asked] }] };
    for await (const page of aws.rds.pages(rds.DescribeDBParametersCommand, input))
      for (const found of page.Parameters ?? [])
        if (asked.has(found.ParameterName!.toLowerCase())) all.set(found.ParameterName!.toLowerCase(), found);
    return all;
  }
}

/** What the YAML wants of this group, as far as the engine tells. */
function wantedIn(scope: Scope, tags: Tags): Values {
  return (scope.wants?.(addressOfTag(tags[ownership.resource] ?? ""), "parameters") as Values | undefined) ?? {};
}

/** Static parameters are taken at a reboot only, and AWS refuses to be asked for more; of an unknown one, the cautious way. */
function methodOf(parameter: Parameter | undefined): "immediate" | "pending-reboot" {
  return parameter?.ApplyType === "dynamic" ? "immediate" : "pending-reboot";
}

async function tagsIfThere(aws: Aws, arn: string): Promise<Tags | undefined> {
  try {
    return await rdsTagsOf(aws, arn);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isIn(tags: Tags, scope: Scope): boolean {
  if (tags[ownership.environment] !== scope.environment) return false;
  return scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address);
}

function live(found: AwsGroup, tags: Tags, parameters: Values): LiveGroup {
  return {
    id: found.DBParameterGroupName!,
    aliases: [found.DBParameterGroupArn!],
    tags,
    name: found.DBParameterGroupName!,
    owner: found.DBParameterGroupArn!.split(":")[4],
    state: "ready",
    spec: { family: found.DBParameterGroupFamily, description: descriptionOf(found.Description), parameters },
    handle: { arn: found.DBParameterGroupArn! },
    outputs: { family: found.DBParameterGroupFamily ?? "" },
  };
}
