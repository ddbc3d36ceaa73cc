import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { batches } from "./batches.ts";
import { difference, sameValue, sameValues, spelled, type Value, type Values } from "../shared/parameter-values.ts";
import { map, object, optional, string } from "../../resource/fields.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Scope, Tags } from "../kind.ts";
import { descriptionOf, markedDescription, mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { preflightRdsQuota } from "../shared/rds-limits.ts";
import { rdsTagging, rdsTagsOf, tagsOfRds } from "../shared/rds-tagging.ts";
import { parameterGroupKind, type FoundGroup, type GroupCalls, type ParameterGroup } from "../shared/parameter-group.ts";
import {
  askedFor,
  foundParameters,
  instancesWithGroups,
  rdsGroupCalls,
  rdsParameterGroupIam,
  sentParameters,
} from "../shared/rds-parameter-groups.ts";
import { foreign } from "./foreign.ts";
import type { DBParameterGroup as AwsGroup } from "@aws-sdk/client-rds";

export type DbParameterGroup = ParameterGroup;

export const dbParameterGroup = parameterGroupKind({
  name: "dbParameterGroup",
  section: "dbParameterGroups",
  doc: "Settings of a database engine. Dynamic ones reach the databases within seconds, static ones at their next reboot.",
  foreign,
  family: {
    doc: "Engine and major version: `mysql8.4`, `mariadb10.11`, `postgres17`; of instances in a cluster, `aurora-mysql8.0`, `aurora-postgresql16`.",
    pattern: "^((aurora-)?mysql\\d+\\.\\d+|mariadb\\d+\\.\\d+|postgres\\d+|aurora-postgresql\\d+)$",
    examples: ["mysql8.4", "postgres17", "aurora-postgresql16"],
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
  users: { many: "databases", one: "database" },
  because: "dynamic parameters change within seconds, static ones wait for a reboot of the databases",
  tagIndex: "rds:pg",
  iam: rdsParameterGroupIam("DB", "pg"),
  sub: "parameter group",
  load: async () => calls(await import("../../aws/sdk/rds.ts")),
});

function calls(rds: typeof import("../../aws/sdk/rds.ts")): GroupCalls {
    ...rdsGroupCalls("DBParameterGroups"),

    async *all(aws) {
        yield* (page.DBParameterGroups ?? []).map(found);
    },

    async one(aws, DBParameterGroupName) {
      const answer = await unlessGone(aws.rds(new rds.DescribeDBParameterGroupsCommand({ DBParameterGroupName })));
      return answer?.DBParameterGroups?.map(found)[0];
    },

    create: (aws, { name, family, description }, tags) =>
      aws.rds(
        new rds.CreateDBParameterGroupCommand({
          DBParameterGroupName: name,
          DBParameterGroupFamily: family,
          Description: description,
          Tags: tagList(tags),
        }),
        { once: true },
      ),

    delete: (aws, DBParameterGroupName) => unlessGone(aws.rds(new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName }))),

    async *parameters(aws, DBParameterGroupName, names) {
      for await (const page of aws.rds.pages(rds.DescribeDBParametersCommand, { DBParameterGroupName, ...askedFor(names) }))
        yield* foundParameters(page.Parameters);
    },

    set: (aws, DBParameterGroupName, parameters) =>
      aws.rds(new rds.ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters: sentParameters(parameters) })),

    reset: (aws, DBParameterGroupName, parameters) =>
      aws.rds(
        new rds.ResetDBParameterGroupCommand({
          DBParameterGroupName,
          ResetAllParameters: false,
          Parameters: sentParameters(parameters),
        }),
      ),

    users: instancesWithGroups,
  };
}

function found(group: AwsGroup): FoundGroup {
  return {
    name: group.DBParameterGroupName!,
    arn: group.DBParameterGroupArn!,
    family: group.DBParameterGroupFamily ?? "",
    description: group.Description ?? "",
  };
}
