import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { parameterGroupKind, type FoundGroup, type GroupCalls, type ParameterGroup } from "../shared/parameter-groups/kind.ts";
import {
  askedFor,
  foundParameters,
  instancesWithGroups,
  rdsGroupCalls,
  rdsParameterGroupIam,
  sentParameters,
} from "../shared/rds/parameter-groups.ts";
import { foreign } from "./foreign.ts";
import type { DBParameterGroup as AwsGroup } from "@aws-sdk/client-rds";

export type DbParameterGroup = ParameterGroup;

export const dbParameterGroup = parameterGroupKind({
  name: "dbParameterGroup",
  section: "dbParameterGroups",
  doc: "Parameters of a database engine. Dynamic ones take effect within seconds, static ones at the next reboot.",
  foreign,
  family: {
    doc: "The parameter group family, engine and major version: `mysql8.4`, `mariadb10.11`, `postgres17`; for instances of a cluster, `aurora-mysql8.0`, `aurora-postgresql16`.",
    pattern: "^((aurora-)?mysql\\d+\\.\\d+|mariadb\\d+\\.\\d+|postgres\\d+|aurora-postgresql\\d+)$",
    examples: ["mysql8.4", "postgres17", "aurora-postgresql16"],
  },
  users: { many: "databases", one: "database" },
  because: "dynamic parameters change within seconds, static ones wait for a reboot of the databases",
  tagIndex: "rds:pg",
  iam: rdsParameterGroupIam("DB", "pg"),
  sub: "parameter group",
  load: async () => calls(await import("../../aws/sdk/rds.ts")),
});

function calls(rds: typeof import("../../aws/sdk/rds.ts")): GroupCalls {
  return {
    ...rdsGroupCalls("DBParameterGroups"),

    async *all(aws) {
      for await (const page of aws.rds.pages(rds.DescribeDBParameterGroupsCommand, { MaxRecords: 100 }))
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
