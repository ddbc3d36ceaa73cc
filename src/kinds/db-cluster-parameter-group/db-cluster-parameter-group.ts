import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { parameterGroupKind, type FoundGroup, type GroupCalls } from "../shared/parameter-groups/kind.ts";
import { askedFor, foundParameters, rdsGroupCalls, rdsParameterGroupIam, sentParameters } from "../shared/rds/parameter-groups.ts";
import { foreign } from "./foreign.ts";
import type { DBClusterParameterGroup as AwsGroup } from "@aws-sdk/client-rds";

export const dbClusterParameterGroup = parameterGroupKind({
  name: "dbClusterParameterGroup",
  section: "dbClusterParameterGroups",
  doc: "Parameters that all instances of a database cluster share. Dynamic ones take effect within seconds, static ones at the next reboot.",
  foreign,
  family: {
    doc: "The parameter group family, engine and major version: `aurora-mysql8.0`, `aurora-postgresql16`; for Multi-AZ clusters, `mysql8.0`, `postgres16`.",
    pattern: "^((aurora-)?mysql\\d+\\.\\d+|postgres\\d+|aurora-postgresql\\d+)$",
    examples: ["aurora-postgresql16", "aurora-mysql8.0"],
  },
  users: { many: "clusters", one: "cluster" },
  because: "dynamic parameters change within seconds, static ones wait for a reboot of the instances",
  tagIndex: "rds:cluster-pg",
  iam: rdsParameterGroupIam("DBCluster", "cluster-pg"),
  sub: "cluster parameter group",
  load: async () => calls(await import("../../aws/sdk/rds.ts")),
});

function calls(rds: typeof import("../../aws/sdk/rds.ts")): GroupCalls {
  return {
    ...rdsGroupCalls("DBClusterParameterGroups"),

    async *all(aws) {
      for await (const page of aws.rds.pages(rds.DescribeDBClusterParameterGroupsCommand, { MaxRecords: 100 }))
        yield* (page.DBClusterParameterGroups ?? []).map(found);
    },

    async one(aws, DBClusterParameterGroupName) {
      const answer = await unlessGone(aws.rds(new rds.DescribeDBClusterParameterGroupsCommand({ DBClusterParameterGroupName })));
      return answer?.DBClusterParameterGroups?.map(found)[0];
    },

    create: (aws, { name, family, description }, tags) =>
      aws.rds(
        new rds.CreateDBClusterParameterGroupCommand({
          DBClusterParameterGroupName: name,
          DBParameterGroupFamily: family,
          Description: description,
          Tags: tagList(tags),
        }),
        { once: true },
      ),

    delete: (aws, DBClusterParameterGroupName) =>
      unlessGone(aws.rds(new rds.DeleteDBClusterParameterGroupCommand({ DBClusterParameterGroupName }))),

    async *parameters(aws, DBClusterParameterGroupName, names) {
      for await (const page of aws.rds.pages(rds.DescribeDBClusterParametersCommand, { DBClusterParameterGroupName, ...askedFor(names) }))
        yield* foundParameters(page.Parameters);
    },

    set: (aws, DBClusterParameterGroupName, parameters) =>
      aws.rds(new rds.ModifyDBClusterParameterGroupCommand({ DBClusterParameterGroupName, Parameters: sentParameters(parameters) })),

    reset: (aws, DBClusterParameterGroupName, parameters) =>
      aws.rds(
        new rds.ResetDBClusterParameterGroupCommand({
          DBClusterParameterGroupName,
          ResetAllParameters: false,
          Parameters: sentParameters(parameters),
        }),
      ),

    async *users(aws) {
      for await (const page of aws.rds.pages(rds.DescribeDBClustersCommand, { MaxRecords: 100 }))
        for (const { DBClusterIdentifier: id = "", Status, DBClusterParameterGroup } of page.DBClusters ?? [])
          yield { groups: [DBClusterParameterGroup], user: { id, what: `database cluster ${id} (${Status})`, holder: id } };
    },
  };
}

function found(group: AwsGroup): FoundGroup {
  return {
    name: group.DBClusterParameterGroupName!,
    arn: group.DBClusterParameterGroupArn!,
    family: group.DBParameterGroupFamily ?? "",
    description: group.Description ?? "",
  };
}
