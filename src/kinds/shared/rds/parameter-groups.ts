/** The calls of DB parameter groups and of DB cluster parameter groups, which differ only in their names. */
import type { Parameter } from "@aws-sdk/client-rds";
import type { Aws } from "../../../aws/aws.ts";
import type { Blocker, IamNeeds } from "../../kind.ts";
import type { FoundParameter, GroupCalls, ParameterGroup, SentParameter } from "../parameter-groups/kind.ts";
import { preflightRdsQuota } from "./limits.ts";
import { rdsTagging, rdsTagsOf, tagsOfRds } from "./tagging.ts";

/** Returns the permissions. `of` is "DB" or "DBCluster", as in the names of the calls. `end` is the type in the ARNs. */
export function rdsParameterGroupIam(of: "DB" | "DBCluster", end: "pg" | "cluster-pg"): IamNeeds<ParameterGroup> {
  const action = (verb: string) => `rds:${verb}${of}ParameterGroup`;
  return {
    read: [`rds:Describe${of}ParameterGroups`, `rds:Describe${of}Parameters`, "rds:ListTagsForResource"],
    write: [
      "rds:AddTagsToResource",
      action("Create"),
      action("Delete"),
      "rds:DescribeAccountAttributes",
      action("Modify"),
      "rds:RemoveTagsFromResource",
      action("Reset"),
    ],
    remove: [action("Delete")],
    onlyFor: { [action("Modify")]: ["parameters"] },
    access: { "rds:AddTagsToResource": tagsOfRds(`${end}:*`), [action("Create")]: { made: [`${end}:*`] } },
  };
}

/** Returns the calls that both kinds share. */
export function rdsGroupCalls(quota: "DBParameterGroups" | "DBClusterParameterGroups"): Pick<GroupCalls, "preflight" | "tag" | "tagsOf"> {
  return {
    tagsOf: rdsTagsOf,
    tag: rdsTagging,
    preflight: (aws, planned, { thorough }) => preflightRdsQuota(aws, planned, quota, thorough),
  };
}

/** Returns the parameters of one page. */
export function* foundParameters(parameters: readonly Parameter[] | undefined): Iterable<FoundParameter> {
  for (const { ParameterName, ParameterValue, AllowedValues, ApplyType } of parameters ?? [])
    yield { name: ParameterName!, value: ParameterValue, allowed: AllowedValues, isDynamic: ApplyType === "dynamic" };
}

/**
 * Returns parameters in the form of the modify call. A static parameter takes effect only at a reboot, and AWS refuses to apply it
 * immediately.
 */
export function sentParameters(parameters: readonly SentParameter[]): Parameter[] {
  return parameters.map(({ name, value, isDynamic }) => ({
    ParameterName: name,
    ...(value === undefined ? {} : { ParameterValue: value }),
    ApplyMethod: isDynamic ? "immediate" : "pending-reboot",
  }));
}

/** Returns the parameters of a read. */
export function askedFor(names: readonly string[] | undefined) {
  return { MaxRecords: 100, ...(names ? { Filters: [{ Name: "parameter-name", Values: [...names] }] } : { Source: "user" }) };
}

/** Returns the instances with the groups that they use. */
export async function* instancesWithGroups(
  aws: Aws,
): AsyncIterable<{ readonly groups: readonly (string | undefined)[]; readonly user: Blocker }> {
  const { DescribeDBInstancesCommand } = await import("../../../aws/sdk/rds.ts");
  for await (const page of aws.rds.pages(DescribeDBInstancesCommand, { MaxRecords: 100 }))
    for (const { DBInstanceIdentifier: id = "", DBInstanceStatus, DBParameterGroups, DBClusterIdentifier: cluster } of page.DBInstances ??
      [])
      yield {
        groups: (DBParameterGroups ?? []).map((group) => group.DBParameterGroupName),
        user: { id, what: `database ${id} (${DBInstanceStatus})`, holder: cluster ?? id },
      };
}

/** Whether RDS itself provides the group as a default. */
export function isAwsOwnGroup(name: string | undefined): boolean {
  return name?.startsWith("default.") ?? false;
}
